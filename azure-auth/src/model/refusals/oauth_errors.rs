//! What the errors of OAuth 2.0 and OpenID Connect mean where no code says more, and Microsoft's sub-errors.

use super::explanation::{Explanation, Responsible};

macro_rules! errors {
    ($($code:literal $status:literal, $responsible:ident, $sentence:literal, $cause:literal, $remedy:literal;)+) => {
        &[$(Explanation {
            code: $code,
            status: $status,
            sentence: $sentence,
            cause: $cause,
            remedy: $remedy,
            responsible: Responsible::$responsible,
        },)+]
    };
}

/// RFC 6749 §4.1.2.1 and §5.2, OpenID Connect Core 1.0 §3.1.2.6, RFC 8628 §3.5, and those that are Microsoft's own. Any
/// provider may give them.
pub(crate) const ERRORS: &[Explanation] = errors! {
    "access_denied" 400, Visitor,
        "The sign-in was cancelled.",
        "the person cancelled or declined at the provider, or a rule there does not let them in",
        "sign in again; where a rule refuses, \"Sign-in logs\" of the tenant names it";
    "account_selection_required" 400, Visitor,
        "Please choose the account to sign in with.",
        "the sign-in was to show nothing (`prompt=none`), and the person has several accounts",
        "begin the sign-in without `Login::prompt(Prompt::None)`";
    "authorization_declined" 400, Visitor,
        "You declined the sign-in on the other device.",
        "the person declined the sign-in of a device",
        "begin again on the device, and agree at `https://microsoft.com/devicelogin`";
    "authorization_pending" 400, Visitor,
        "The sign-in service waits for you to sign in on the other device.",
        "the person has not finished the sign-in of a device yet",
        "enter the code at `https://microsoft.com/devicelogin`; the program asks again meanwhile";
    "bad_verification_code" 400, Visitor,
        "The code of the other device is not right.",
        "the code of the device is unknown",
        "begin again on the device, and enter its new code at `https://microsoft.com/devicelogin`";
    "consent_required" 400, Visitor,
        "This application needs your consent.",
        "neither the person nor an administrator has agreed to what the application asks for",
        "sign in without `Login::prompt(Prompt::None)` and agree, or let an administrator agree under \"API permissions\"";
    "expired_token" 400, Visitor,
        "The code of the other device is too old.",
        "the code of the device has expired",
        "begin again on the device, and enter its new code at `https://microsoft.com/devicelogin`";
    "interaction_required" 400, Visitor,
        "The sign-in service has to ask you something first.",
        "the sign-in was to show nothing (`prompt=none`), or a rule asks the person for something more",
        "begin the sign-in in a browser window, without `Login::prompt(Prompt::None)`";
    "invalid_client" 502, Developer,
        "The sign-in service did not accept this application's proof of itself.",
        "the provider does not know the client, or its secret or certificate is wrong or expired",
        "compare `AZURE_CLIENT_ID`, and the credential beside it, with the registration; of a secret the value is what counts";
    "invalid_grant" 400, Visitor,
        "The answer of the sign-in service was not accepted. Please sign in again.",
        "the code is over, was used, is another client's, or was issued for another redirect URI",
        "sign in again; if it lasts, give every replica the same `AZURE_PUBLIC_URL` and `AZURE_SESSION_KEYS`";
    "invalid_request" 502, Developer,
        "The sign-in service could not read what this application sent.",
        "the request lacks a parameter, has one twice, or has one in a wrong form",
        "look for a proxy that changes addresses or requests, and compare `AZURE_PUBLIC_URL` with the registered redirect URI";
    "invalid_resource" 502, Developer,
        "The sign-in service does not know the service that this application asks for.",
        "the API that is asked for is not in the tenant, or nobody has consented to it",
        "compare `protect(scopes = \"…\")` with \"API permissions\" of the app registration";
    "invalid_scope" 502, Developer,
        "This application asks for a permission that the sign-in service does not know.",
        "a scope has a wrong form, does not exist, or is not allowed for this client",
        "correct `protect(scopes = \"…\")`, and compare with the registration";
    "invalid_target" 502, Developer,
        "This application asks for a service that does not fit its request.",
        "the parameter `resource` is not supported, or names another API than the scopes",
        "send `scope` only, such as `<application id URI>/.default`";
    "invalid_tenant" 502, Developer,
        "The sign-in service does not know the organisation that this application belongs to.",
        "there is no such tenant in this cloud",
        "compare the tenant in `AZURE_ISSUER_URI` with \"Directory (tenant) ID\" of the app registration";
    "login_required" 400, Visitor,
        "You are not signed in at the sign-in service.",
        "the sign-in was to show nothing (`prompt=none`), and the person has no session at the provider, or several",
        "begin the sign-in without `Login::prompt(Prompt::None)`";
    "permission_denied" 403, TenantAdministrator,
        "An administrator did not agree to what this application asks for.",
        "the administrator cancelled on the consent page",
        "open the consent page again and agree, or see \"Enterprise applications\", \"Permissions\"";
    "server_error" 502, Visitor,
        "The sign-in service has a problem at the moment. Please try again later.",
        "the provider has a fault of its own",
        "try again; for Microsoft `https://status.azure.com` says whether it lasts";
    "slow_down" 400, Developer,
        "The other device asks too often.",
        "a program asks for the outcome of a device's sign-in more often than it may",
        "let it wait five seconds longer after each `slow_down`";
    "temporarily_unavailable" 502, Visitor,
        "The sign-in service is too busy at the moment. Please try again later.",
        "the provider is overloaded or maintained",
        "try again; for Microsoft `https://status.azure.com` says whether it lasts";
    "unauthorized_client" 502, Developer,
        "The sign-in service does not let this application sign people in.",
        "the client is unknown in this tenant, disabled, or not allowed to sign in this way",
        "compare `AZURE_CLIENT_ID` and `AZURE_ISSUER_URI` with the registration; then see \"Enterprise applications\"";
    "unsupported_grant_type" 502, Developer,
        "The sign-in service does not give access in the way that this application asks for.",
        "the `grant_type` of the token request is not supported, or not allowed for this client",
        "allow `authorization_code` for the client at the provider";
    "unsupported_response_mode" 400, Developer,
        "The sign-in service cannot answer in the way that this application asks for.",
        "the `response_mode` is not supported",
        "look for what changes this application's addresses on the way: the library asks for a code in the query, \
         `response_type=code`";
    "unsupported_response_type" 400, Developer,
        "The sign-in service does not give the kind of answer that this application asks for.",
        "the `response_type` is not supported, or not allowed for this client",
        "allow `response_type=code` for the client at the provider";
};

/// `suberror` of Microsoft's token endpoint. They say what can be done where the code does not.
pub(crate) const SUBERRORS: &[Explanation] = errors! {
    "additional_action" 403, TenantAdministrator,
        "Something has to be done before you can sign in, and not on this page.",
        "what is missing can be put right outside of the sign-in only, such as a device that is not registered",
        "see \"Sign-in logs\", the sign-in with this correlation id";
    "bad_token" 400, Visitor,
        "What you were signed in with is not valid any more. Please sign in again.",
        "the refresh token or the session behind it is broken or withdrawn",
        "sign in again; `AzureAuthBuilder::login_path` is where";
    "basic_action" 400, Visitor,
        "Microsoft has to ask you something first. Please sign in again.",
        "the person can put it right on Microsoft's pages: a second factor, a new password, terms of use",
        "sign in again in a browser window, without `Login::prompt(Prompt::None)`";
    "client_mismatch" 502, Developer,
        "What Microsoft was shown belongs to another application.",
        "the refresh token belongs to another client or family of clients",
        "compare `AZURE_CLIENT_ID` of every replica, and let clients share no tokens";
    "message_only" 403, TenantAdministrator,
        "Microsoft does not let you in, and nothing you do here changes that.",
        "the person can be shown a message and nothing else",
        "see \"Sign-in logs\", the sign-in with this correlation id";
    "protection_policy_required" 403, TenantAdministrator,
        "Your organisation asks for a protection that this program does not have.",
        "a policy asks for an application that Intune protects",
        "leave this application out of the policy under \"Conditional Access\", \"Grant\", \"Require app protection policy\"";
    "token_expired" 400, Visitor,
        "The time for which you were let in is over. Please sign in again.",
        "the token in the request has expired",
        "sign in again; `AzureAuthBuilder::login_path` is where";
    "user_password_expired" 400, Visitor,
        "Your password has expired. Please choose a new one.",
        "the password of the account has expired",
        "choose a new password on Microsoft's page, or at `https://passwordreset.microsoftonline.com`";
};

/// An error by its name, if it is a registered one.
pub(crate) fn find(error: &str) -> Option<&'static Explanation> {
    by_name(ERRORS, error)
}

/// A sub-error by its name. `consent_required` is an error as well.
pub(crate) fn find_suberror(name: &str) -> Option<&'static Explanation> {
    by_name(SUBERRORS, name).or_else(|| find(name).filter(|explanation| explanation.code == "consent_required"))
}

fn by_name(sorted: &'static [Explanation], name: &str) -> Option<&'static Explanation> {
    let index = sorted.binary_search_by(|explanation| explanation.code.cmp(name)).ok()?;
    sorted.get(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_found_by_its_name() {
        for explanation in ERRORS {
            assert_eq!(find(explanation.code), Some(explanation), "in the order of the names");
            assert_eq!(find_suberror(explanation.code).is_some(), explanation.code == "consent_required");
        }
        for explanation in SUBERRORS {
            assert_eq!(find_suberror(explanation.code), Some(explanation), "in the order of the names");
            assert_eq!(find(explanation.code), None);
        }
    }
}
