//! Is this callback the answer to what was remembered?

use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use secrecy::SecretString;
use thiserror::Error;
use url::form_urlencoded;

use super::entra_error::EntraError;
use crate::model::provider_metadata::ProviderMetadata;
use crate::model::sign_in_attempt::SignInAttempt;
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
    /// Usual cause: cookies are off, the page was left open for long, or the sign-in began at another address.
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
    #[error("the provider refused: {0}")]
    Refused(EntraError),
}

/// Reads the query of a callback. An empty one is no answer at all: `Ok(None)`.
pub(crate) fn read(query: &str) -> Result<Option<AuthorizationResponse>, CallbackError> {
    let mut state = None;
    let mut code = None;
    let mut error = None;
    let mut description = None;
    let mut issuer = None;
    let mut is_empty = true;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        is_empty = false;
        let (slot, name) = match name.as_ref() {
            "state" => (&mut state, "state"),
            "code" => (&mut code, "code"),
            "error" => (&mut error, "error"),
            "error_description" => (&mut description, "error_description"),
            "iss" => (&mut issuer, "iss"),
            // Entra adds parameters of its own, and may add more.
            _ => continue,
        };
        if slot.replace(value.into_owned()).is_some() {
            return Err(CallbackError::Duplicate { name });
        }
    }
    if is_empty {
        return Ok(None);
    }

    let state = state.ok_or(CallbackError::Missing { name: "state" })?;
    let outcome = match (error, code) {
        (Some(error), _) => Outcome::Error(EntraError::read(&error, description.as_deref())),
        (None, Some(code)) => Outcome::Code(SecretString::from(code)),
        (None, None) => return Err(CallbackError::Missing { name: "code" }),
    };
    Ok(Some(AuthorizationResponse { state, issuer, outcome }))
}

/// Judges a response against the attempt whose cookie the browser sent.
pub(crate) fn judge(
    response: AuthorizationResponse,
    attempt: &SignInAttempt,
    metadata: &ProviderMetadata,
    now: UnixTime,
) -> Result<AcceptedCode, CallbackError> {
    verify_slices_are_equal(response.state.as_bytes(), attempt.state().as_bytes())
        .map_err(|_| CallbackError::AttemptMissing)?;
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
        Outcome::Error(error) => Err(CallbackError::Refused(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session::AuthorityFingerprint;
    use crate::rules::id_token::tests::metadata;

    const NOW: UnixTime = UnixTime(1_800_000_000);

    fn attempt() -> SignInAttempt {
        SignInAttempt {
            secret: [9; 32],
            started_at: NOW,
            authority: AuthorityFingerprint(7),
            return_to: "/me".to_owned(),
            frame: None,
        }
    }

    fn judged(query: &str, metadata: &ProviderMetadata, now: UnixTime) -> Result<AcceptedCode, CallbackError> {
        judge(read(query)?.unwrap(), &attempt(), metadata, now)
    }

    #[test]
    fn the_answer_to_this_attempt_yields_its_code() {
        use secrecy::ExposeSecret;
        let query = format!("code=c%2Fd&state={}&session_state=x&extra=1&extra=2", attempt().state());
        let code = judged(&query, &metadata(), NOW).unwrap();
        assert_eq!(code.into_secret().expose_secret(), "c/d");
    }

    #[test]
    fn an_empty_query_is_no_answer() {
        assert!(read("").unwrap().is_none());
        assert!(read("&&").unwrap().is_none());
    }

    #[test]
    fn a_doubled_or_missing_parameter_is_refused() {
        let state = attempt().state();
        for (query, expected) in [
            (format!("code=a&code=b&state={state}"), CallbackError::Duplicate { name: "code" }),
            (format!("code=a&state={state}&state={state}"), CallbackError::Duplicate { name: "state" }),
            (format!("code=a&%73tate={state}&state={state}"), CallbackError::Duplicate { name: "state" }),
            (format!("error=a&error=b&state={state}"), CallbackError::Duplicate { name: "error" }),
            (format!("iss=a&iss=a&code=a&state={state}"), CallbackError::Duplicate { name: "iss" }),
            ("code=a".to_owned(), CallbackError::Missing { name: "state" }),
            ("error=access_denied".to_owned(), CallbackError::Missing { name: "state" }),
            (format!("state={state}"), CallbackError::Missing { name: "code" }),
        ] {
            assert_eq!(judged(&query, &metadata(), NOW).unwrap_err(), expected, "{query}");
        }
    }

    #[test]
    fn the_state_of_another_attempt_is_refused() {
        let other = SignInAttempt { secret: [8; 32], ..attempt() }.state();
        for state in [other.as_str(), "", "x"] {
            let query = format!("code=a&state={state}");
            assert_eq!(judged(&query, &metadata(), NOW).unwrap_err(), CallbackError::AttemptMissing);
        }
    }

    #[test]
    fn an_attempt_ends_after_ten_minutes() {
        let query = format!("code=a&state={}", attempt().state());
        assert!(judged(&query, &metadata(), UnixTime(NOW.0 + 599)).is_ok());
        assert_eq!(judged(&query, &metadata(), UnixTime(NOW.0 + 600)).unwrap_err(), CallbackError::AttemptExpired);
    }

    #[test]
    fn the_issuer_of_the_response_is_checked_when_present_or_announced() {
        let plain = metadata();
        let announcing = ProviderMetadata { names_issuer_in_response: true, ..metadata() };
        let own = plain.issuer.to_string();
        let query = |issuer: &str| format!("code=a&state={}{issuer}", attempt().state());
        let with = |issuer: &str| query(&format!("&iss={issuer}"));
        assert!(judged(&with(&own), &plain, NOW).is_ok());
        assert!(judged(&with(&own), &announcing, NOW).is_ok());
        for issuer in ["", "https://evil.example", &format!("{own}/")] {
            assert_eq!(judged(&with(issuer), &plain, NOW).unwrap_err(), CallbackError::OtherIssuer, "{issuer}");
        }
        assert_eq!(judged(&query(""), &announcing, NOW).unwrap_err(), CallbackError::IssuerMissing);
    }

    #[test]
    fn an_error_is_taken_over_only_for_an_attempt_of_this_browser() {
        let error = "error=access_denied&error_description=AADSTS65004%3A+User+declined";
        let ours = format!("{error}&state={}", attempt().state());
        assert!(
            matches!(judged(&ours, &metadata(), NOW), Err(CallbackError::Refused(error)) if error.code == Some(65004))
        );
        let foreign = format!("{error}&state=x");
        assert_eq!(judged(&foreign, &metadata(), NOW).unwrap_err(), CallbackError::AttemptMissing);
    }
}
