//! Is this callback the answer to what was remembered?

use std::time::Duration;

use secrecy::SecretString;
use thiserror::Error;
use url::form_urlencoded;

use super::entra_error::EntraError;
use super::sign_in_state::OwnAttempt;
use crate::model::providers::provider_metadata::ProviderMetadata;
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::model::sessions::prompt::Prompt;
use crate::model::unix_time::UnixTime;

/// How long a person may take at the provider.
pub(crate) const ATTEMPT_LIFETIME: Duration = Duration::from_secs(600);

/// The query of the callback (RFC 6749 §4.1.2), every parameter once.
#[derive(Debug)]
pub(crate) struct AuthorizationResponse {
    pub(crate) state: String,
    /// RFC 9207.
    issuer: Option<String>,
    outcome: Outcome,
}

#[derive(Debug)]
enum Outcome {
    Code(SecretString),
    Error(EntraError),
}

/// What the redirect URI was opened with.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// Nothing: the provider sends browsers here after a sign-out.
    Nothing,
    /// Something that no sign-in of ours asked for.
    Unasked(Unasked),
    Answer(AuthorizationResponse),
}

/// What Microsoft tells the redirect URI of its own accord. Anybody can write such an address, so that it is told to the
/// visitor, and believed by nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unasked {
    /// An administrator agreed to the permissions of the application (`admin_consent=True`).
    ConsentGranted,
    /// An administrator did not.
    ConsentRefused(Option<EntraError>),
    /// Something else went wrong there.
    Error(EntraError),
}

/// Proof that the code answers the attempt of this browser.
#[derive(Debug)]
pub(crate) struct AcceptedCode(SecretString);

impl AcceptedCode {
    pub(crate) fn into_secret(self) -> SecretString {
        self.0
    }
}

/// Why a callback is not followed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum CallbackError {
    #[error("the callback carries `{name}` twice")]
    Duplicate { name: &'static str },
    #[error("the callback carries no `{name}`")]
    Missing { name: &'static str },
    /// Usual cause: cookies are off, the sign-in began at another address, or the keys changed meanwhile.
    #[error("no sign-in of this browser waits for this `state`")]
    AttemptMissing,
    #[error("this sign-in was answered already")]
    AttemptUsed,
    #[error("the sign-in took longer than {} minutes", ATTEMPT_LIFETIME.as_secs() / 60)]
    AttemptExpired,
    /// Usual cause: two providers share one redirect URI, and one of them answers for the other.
    #[error("the callback names another issuer than the one that was asked")]
    OtherIssuer,
    #[error("the provider announces `iss` in its answers, and this one has none")]
    IssuerMissing,
    /// A sign-in that was to show nothing needs a person.
    #[error("the provider cannot sign this person in without asking them")]
    NeedsAPerson,
    #[error("the provider refused: {0}")]
    Refused(EntraError),
}

impl Diagnosed for CallbackError {
    fn details(&self) -> Details {
        match self {
            Self::Duplicate { name } => Details::new(format!("`{name}` twice"), format!("`{name}` once")),
            Self::Missing { name } => Details::new(format!("no `{name}`"), format!("`{name}`")),
            Self::AttemptMissing => Details::new("no cookie of this sign-in", "the cookie that its beginning set")
                .remedy(
                    "open the application at one address, `AZURE_PUBLIC_URL`; give every replica the same \
                 `AZURE_SESSION_KEYS`; the browser must keep cookies",
                ),
            Self::AttemptUsed => Details::new("a `state` that was answered", "a `state` that waits"),
            Self::AttemptExpired => Details::new(
                "a sign-in that began earlier",
                format!("an answer within {} minutes", ATTEMPT_LIFETIME.as_secs() / 60),
            ),
            Self::OtherIssuer => Details::new("`iss` of another provider", "`iss` of the provider that was asked")
                .remedy("give each provider a redirect URI of its own (`AZURE_AUTHORIZATION_CODE_ENDPOINT`)"),
            Self::IssuerMissing => Details::new("no `iss`", "`iss`, as the discovery document announces"),
            Self::NeedsAPerson => {
                Details::new("a provider that has to ask the person", "a person who is signed in there")
            }
            Self::Refused(error) => Details::new(error.to_string(), "a code"),
        }
    }
}

/// Errors of a provider that was asked to show nothing (`prompt=none`; OpenID Connect Core 1.0 §3.1.2.6).
const NEEDS_A_PERSON: [&str; 4] =
    ["login_required", "interaction_required", "consent_required", "account_selection_required"];

/// The error of the consent page for administrators, which no authorization endpoint gives.
const CONSENT_ERROR: &str = "permission_denied";

/// Reads the query of a callback.
pub(crate) fn read(query: &str) -> Result<Arrival, CallbackError> {
    let mut state = None;
    let mut code = None;
    let mut error = None;
    let mut description = None;
    let mut issuer = None;
    let mut consent = None;
    let mut is_empty = true;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        is_empty = false;
        let (slot, name) = match name.as_ref() {
            "state" => (&mut state, "state"),
            "code" => (&mut code, "code"),
            "error" => (&mut error, "error"),
            "error_description" => (&mut description, "error_description"),
            "iss" => (&mut issuer, "iss"),
            "admin_consent" => (&mut consent, "admin_consent"),
            // Entra adds parameters of its own, and may add more.
            _ => continue,
        };
        if slot.replace(value.into_owned()).is_some() {
            return Err(CallbackError::Duplicate { name });
        }
    }
    if is_empty {
        return Ok(Arrival::Nothing);
    }

    let is_about_consent = consent.is_some() || error.as_deref() == Some(CONSENT_ERROR);
    let error = error.map(|error| EntraError::read(&error, description.as_deref()));
    if code.is_none() && is_about_consent {
        let is_granted = error.is_none() && consent.is_some_and(|consent| consent.eq_ignore_ascii_case("true"));
        let unasked = if is_granted { Unasked::ConsentGranted } else { Unasked::ConsentRefused(error) };
        return Ok(Arrival::Unasked(unasked));
    }
    let (outcome, state) = match (error, code, state) {
        (Some(error), None, None) => return Ok(Arrival::Unasked(Unasked::Error(error))),
        (_, _, None) => return Err(CallbackError::Missing { name: "state" }),
        (Some(error), _, Some(state)) => (Outcome::Error(error), state),
        (None, Some(code), Some(state)) => (Outcome::Code(SecretString::from(code)), state),
        (None, None, Some(_)) => return Err(CallbackError::Missing { name: "code" }),
    };
    Ok(Arrival::Answer(AuthorizationResponse { state, issuer, outcome }))
}

impl AuthorizationResponse {
    /// The error that it brings, whoever it is for.
    pub(crate) fn error(&self) -> Option<&EntraError> {
        match &self.outcome {
            Outcome::Code(_) => None,
            Outcome::Error(error) => Some(error),
        }
    }
}

/// Judges a response to an attempt of this browser.
pub(crate) fn judge(
    response: AuthorizationResponse,
    own: OwnAttempt<'_>,
    metadata: &ProviderMetadata,
    now: UnixTime,
) -> Result<AcceptedCode, CallbackError> {
    let attempt = own.attempt();
    if now >= attempt.started_at + ATTEMPT_LIFETIME {
        return Err(CallbackError::AttemptExpired);
    }
    match &response.issuer {
        Some(issuer) if !metadata.issuer.is_possible(issuer) => return Err(CallbackError::OtherIssuer),
        None if metadata.names_issuer_in_response => return Err(CallbackError::IssuerMissing),
        _ => {}
    }
    match response.outcome {
        Outcome::Code(code) => Ok(AcceptedCode(code)),
        // Nobody was to be asked, and somebody would have to be: that is an answer, not a mistake.
        Outcome::Error(error) if attempt.prompt == Some(Prompt::None) && NEEDS_A_PERSON.contains(&error.error) => {
            Err(CallbackError::NeedsAPerson)
        }
        Outcome::Error(error) => Err(CallbackError::Refused(error)),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::model::sessions::sign_in_attempt::SignInAttempt;
    use crate::rules::sign_in::sign_in_state::bind;
    use crate::rules::sign_in::sign_in_state::tests::{self, own_cookie};
    use crate::rules::token::id_token::tests::metadata;

    const NOW: UnixTime = UnixTime(1_800_000_000);

    fn judged_for(
        attempt: &SignInAttempt,
        query: &str,
        metadata: &ProviderMetadata,
        now: UnixTime,
    ) -> Result<AcceptedCode, CallbackError> {
        let Arrival::Answer(response) = read(query)? else { panic!("{query} is not an answer") };
        let cookie = own_cookie();
        judge(response, bind(attempt, Some(&cookie)).ok().unwrap(), metadata, now)
    }

    fn judged(query: &str, metadata: &ProviderMetadata, now: UnixTime) -> Result<AcceptedCode, CallbackError> {
        judged_for(&tests::attempt(NOW), query, metadata, now)
    }

    #[test]
    fn the_answer_to_this_attempt_yields_its_code() {
        let query = "code=c%2Fd&state=s&session_state=x&extra=1&extra=2";
        let code = judged(query, &metadata(), NOW).unwrap();
        assert_eq!(code.into_secret().expose_secret(), "c/d");
    }

    #[test]
    fn an_empty_query_is_no_answer() {
        for query in ["", "&&"] {
            assert!(matches!(read(query), Ok(Arrival::Nothing)), "{query:?}");
        }
    }

    #[test]
    fn what_nobody_asked_for_is_told_apart() {
        use Unasked::{ConsentGranted, ConsentRefused, Error};
        let error = |error: &str, description: &str| EntraError::read(error, Some(description));
        for (query, expected) in [
            ("admin_consent=True&tenant=t", ConsentGranted),
            (
                "admin_consent=true&tenant=t&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&state=12345",
                ConsentGranted,
            ),
            ("admin_consent=TRUE", ConsentGranted),
            ("admin_consent=False&tenant=t", ConsentRefused(None)),
            ("admin_consent=", ConsentRefused(None)),
            (
                "error=permission_denied&error_description=AADSTS65004%3A+declined&admin_consent=True",
                ConsentRefused(Some(error("permission_denied", "AADSTS65004"))),
            ),
            ("error=permission_denied&state=12345", ConsentRefused(Some(error("permission_denied", "")))),
            ("error=access_denied", Error(error("access_denied", ""))),
            ("error=server_error&error_description=AADSTS50000%3A+x", Error(error("server_error", "AADSTS50000"))),
        ] {
            match read(query) {
                Ok(Arrival::Unasked(unasked)) => assert_eq!(unasked, expected, "{query}"),
                other => panic!("{query}: {other:?}"),
            }
        }
        // Where a code comes along, it is an answer, and judged as one.
        assert!(matches!(read("admin_consent=True&code=a&state=s"), Ok(Arrival::Answer(_))));
    }

    #[test]
    fn a_doubled_or_missing_parameter_is_refused() {
        for (query, expected) in [
            ("code=a&code=b&state=s", CallbackError::Duplicate { name: "code" }),
            ("code=a&state=s&state=s", CallbackError::Duplicate { name: "state" }),
            ("code=a&%73tate=s&state=s", CallbackError::Duplicate { name: "state" }),
            ("error=a&error=b&state=s", CallbackError::Duplicate { name: "error" }),
            ("iss=a&iss=a&code=a&state=s", CallbackError::Duplicate { name: "iss" }),
            ("admin_consent=True&admin_consent=True", CallbackError::Duplicate { name: "admin_consent" }),
            ("code=a", CallbackError::Missing { name: "state" }),
            ("x=1", CallbackError::Missing { name: "state" }),
            ("state=s", CallbackError::Missing { name: "code" }),
        ] {
            assert_eq!(judged(query, &metadata(), NOW).unwrap_err(), expected, "{query}");
        }
    }

    #[test]
    fn an_attempt_ends_after_ten_minutes() {
        let query = "code=a&state=s";
        assert!(judged(query, &metadata(), UnixTime(NOW.0 + 599)).is_ok());
        assert_eq!(judged(query, &metadata(), UnixTime(NOW.0 + 600)).unwrap_err(), CallbackError::AttemptExpired);
    }

    #[test]
    fn the_issuer_of_the_response_is_checked_when_present_or_announced() {
        let plain = metadata();
        let announcing = ProviderMetadata { names_issuer_in_response: true, ..metadata() };
        let own = plain.issuer.to_string();
        let query = |issuer: &str| format!("code=a&state=s{issuer}");
        let with = |issuer: &str| query(&format!("&iss={issuer}"));
        assert!(judged(&with(&own), &plain, NOW).is_ok());
        assert!(judged(&with(&own), &announcing, NOW).is_ok());
        for issuer in ["", "https://evil.example", &format!("{own}/")] {
            assert_eq!(judged(&with(issuer), &plain, NOW).unwrap_err(), CallbackError::OtherIssuer, "{issuer}");
        }
        assert_eq!(judged(&query(""), &announcing, NOW).unwrap_err(), CallbackError::IssuerMissing);
    }

    #[test]
    fn an_error_is_taken_over_with_its_code() {
        let query = "error=access_denied&error_description=AADSTS65004%3A+User+declined&state=s";
        assert!(
            matches!(judged(query, &metadata(), NOW), Err(CallbackError::Refused(error)) if error.code == Some(65004))
        );
    }

    #[test]
    fn whoever_was_not_to_be_asked_comes_back_without_an_error_and_nobody_else_does() {
        for error in NEEDS_A_PERSON {
            let query = format!("error={error}&error_description=AADSTS50058&state=s");
            for (prompt, expected) in [
                (Some(Prompt::None), true),
                (None, false),
                (Some(Prompt::Login), false),
                (Some(Prompt::SelectAccount), false),
            ] {
                let attempt = SignInAttempt { prompt, ..tests::attempt(NOW) };
                let problem = judged_for(&attempt, &query, &metadata(), NOW).unwrap_err();
                assert_eq!(problem == CallbackError::NeedsAPerson, expected, "{error} {prompt:?}");
            }
        }
        let silent = SignInAttempt { prompt: Some(Prompt::None), ..tests::attempt(NOW) };
        for error in ["access_denied", "server_error", "temporarily_unavailable", "invalid_request"] {
            let problem = judged_for(&silent, &format!("error={error}&state=s"), &metadata(), NOW).unwrap_err();
            assert!(matches!(problem, CallbackError::Refused(_)), "{error}");
        }
    }
}
