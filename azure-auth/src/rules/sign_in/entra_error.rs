//! What Entra means by an error, in a plain sentence.

use std::fmt;

use azure_auth_policy::Guid;

use crate::model::refusals::explanation::{Explanation, Responsible};
use crate::model::refusals::{entra_codes, oauth_errors};

/// An error that Entra brought, reduced to what is safe to show. Its description is never repeated: some contain
/// addresses, and at the callback anyone can write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntraError {
    /// The number behind `AADSTS`.
    pub(crate) code: Option<u32>,
    /// The OAuth error, where it is one of the registered ones (RFC 6749 §4.1.2.1, §5.2; OpenID Connect Core §3.1.2.6).
    pub(crate) error: &'static str,
    /// What can be done, where Microsoft says so beside the error.
    suberror: Option<&'static str>,
    /// What Microsoft's support asks for.
    pub(crate) correlation_id: Option<Guid>,
}

/// In the texts about an unknown code: the code.
pub(crate) const CODE: &str = "<code>";

/// Microsoft's page about a code, which follows.
pub(crate) const LOOK_UP_ADDRESS: &str = "https://login.microsoftonline.com/error?code=";

impl EntraError {
    pub(crate) fn read(error: &str, description: Option<&str>) -> Self {
        let description = description.unwrap_or_default();
        Self {
            code: number_after(description, "AADSTS"),
            error: oauth_errors::find(error).map_or(UNKNOWN_ERROR, |known| known.code),
            suberror: None,
            correlation_id: id_after(description, "Correlation ID:"),
        }
    }

    /// The same with a code that was sent beside the description, where that has none.
    pub(crate) fn or_code(self, code: Option<u32>) -> Self {
        Self { code: self.code.or(code), ..self }
    }

    pub(crate) fn with_suberror(self, suberror: Option<&str>) -> Self {
        Self { suberror: suberror.and_then(oauth_errors::find_suberror).map(|known| known.code), ..self }
    }

    /// The code was redeemed before: to the visitor the same as a used `state`.
    pub(crate) fn is_spent_code(&self) -> bool {
        self.code == Some(54005)
    }

    /// What is wrong is the request, and the provider knows it; not the provider itself.
    pub(crate) fn is_about_the_request(&self) -> bool {
        !self.is_passing() && self.error != UNKNOWN_ERROR
    }

    /// What is wrong is the person's account, their assignment or a policy, not the request: refused for good, 403.
    pub(crate) fn is_forbidden(&self) -> bool {
        self.explanation().status == 403
    }

    /// Whether the code is one that is explained here.
    pub(crate) fn is_known(&self) -> bool {
        self.code.and_then(entra_codes::find).is_some()
    }

    /// Of a code where there is one; otherwise of what else the provider said. Its texts may have placeholders.
    pub(crate) fn explanation(&self) -> &'static Explanation {
        let by_suberror = || self.suberror.and_then(oauth_errors::find_suberror);
        match self.code {
            Some(code) => {
                let unknown = if self.is_passing() { &UNKNOWN_FOR_NOW } else { &UNKNOWN_CODE };
                entra_codes::find(code).or_else(by_suberror).unwrap_or(unknown)
            }
            None => by_suberror().or_else(|| oauth_errors::find(self.error)).unwrap_or(&UNKNOWN),
        }
    }

    fn is_passing(&self) -> bool {
        matches!(self.error, "server_error" | "temporarily_unavailable")
    }
}

impl fmt::Display for EntraError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(formatter, "{} (AADSTS{code})", self.error),
            None => formatter.write_str(self.error),
        }
    }
}

const UNKNOWN_ERROR: &str = "unknown_error";

const UNKNOWN_CODE: Explanation = Explanation {
    code: UNKNOWN_ERROR,
    status: 502,
    sentence: "Microsoft reports a problem that this program does not know.",
    cause: "Microsoft answered with the code AADSTS<code>, which this library has no words for",
    remedy: "look the code up at `https://login.microsoftonline.com/error?code=<code>`; \"Sign-in logs\" of the tenant \
             has the sign-in with this correlation id",
    responsible: Responsible::Developer,
};

const UNKNOWN_FOR_NOW: Explanation = Explanation {
    sentence: "Microsoft has a problem at the moment that this program does not know. Please try again later.",
    ..UNKNOWN_CODE
};

const UNKNOWN: Explanation = Explanation {
    sentence: "The sign-in service reports a problem that this program does not know.",
    cause: "the provider answered with an error that OAuth 2.0 and OpenID Connect do not have, and without a code",
    remedy: "see what the provider says of it: at Microsoft \"Sign-in logs\" of the tenant; compare `AZURE_ISSUER_URI`",
    ..UNKNOWN_CODE
};

fn number_after(text: &str, marker: &str) -> Option<u32> {
    let rest = text.split_once(marker)?.1;
    let digits = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
    rest[..digits].parse().ok()
}

fn id_after(text: &str, marker: &str) -> Option<Guid> {
    text.split_once(marker)?.1.trim_start().get(..36)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "1fe73093-c804-4bf8-9a91-990f23c719c3";

    #[test]
    fn code_and_correlation_id_are_read_in_both_spellings() {
        for separator in ["\r\n", " "] {
            let description = format!(
                "AADSTS50105: The signed in user 'adele@contoso.com' is not assigned.{separator}Trace ID: \
                 fe370167-0bac-4a7c-98c7-b1df1d63f801{separator}Correlation ID: {ID}{separator}Timestamp: 2026-01-01 19:49:04Z"
            );
            let error = EntraError::read("interaction_required", Some(&description));
            assert_eq!((error.code, error.error), (Some(50105), "interaction_required"));
            assert_eq!(error.correlation_id.map(|id| id.to_string()).as_deref(), Some(ID));
            assert_eq!(error.explanation().responsible, Responsible::TenantAdministrator);
            assert!(!format!("{error} {error:?}").contains("adele"), "an address is never repeated");
        }
    }

    #[test]
    fn what_anyone_may_have_written_is_not_repeated() {
        let error = EntraError::read("<script>alert(1)</script>", Some("AADSTS<script>: Correlation ID: <b>"));
        assert_eq!((error.code, error.error, error.correlation_id), (None, "unknown_error", None));
        assert_eq!(EntraError::read("invalid_grant", None).with_suberror(Some("<b>")).suberror, None);
        for description in ["AADSTS99999999999999999999", "AADSTS", "Correlation ID:", "Correlation ID: é", ""] {
            assert_eq!(EntraError::read("access_denied", Some(description)).code, None);
        }
    }

    #[test]
    fn a_code_says_more_than_a_suberror_and_a_suberror_more_than_an_error() {
        let error = |description| EntraError::read("invalid_grant", description).with_suberror(Some("basic_action"));
        assert_eq!(error(Some("AADSTS65001: x")).explanation().code, "AADSTS65001");
        assert_eq!(error(Some("AADSTS1: x")).explanation().code, "basic_action");
        assert_eq!(error(None).explanation().code, "basic_action");
        assert_eq!(EntraError::read("invalid_grant", None).explanation().code, "invalid_grant");
        assert_eq!(EntraError::read("invented", None).explanation().code, "unknown_error");
        assert_eq!(error(None).or_code(Some(50105)).explanation().code, "AADSTS50105");
        assert_eq!(error(Some("AADSTS65001: x")).or_code(Some(50105)).code, Some(65001));
    }

    #[test]
    fn an_address_registered_for_a_page_is_for_developers_to_fix() {
        for code in [9_002_325, 9_002_326, 9_002_327] {
            let error = EntraError::read("invalid_request", None).or_code(Some(code));
            assert_eq!(error.explanation().responsible, Responsible::Developer, "AADSTS{code}");
        }
    }

    #[test]
    fn assignment_and_policy_are_forbidden_and_a_spent_code_is_known() {
        let with = |code: u32| EntraError::read("access_denied", None).or_code(Some(code));
        assert!(with(50105).is_forbidden() && with(53003).is_forbidden() && !with(65004).is_forbidden());
        assert!(!with(1).is_forbidden());
        assert!(with(54005).is_spent_code() && !with(70008).is_spent_code());
    }
}
