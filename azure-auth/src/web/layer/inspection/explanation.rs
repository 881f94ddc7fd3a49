//! What the token on standard input opens, as a request with it would find out.

use thiserror::Error;

use crate::io::clock;
use crate::io::standard_streams;
use crate::model::callers::principal::Principal;
use crate::rules::configuration::settings::ConfigurationError;
use crate::rules::inspection::token_explanation::{Refusal, TokenExplanation};
use crate::rules::token::signature::TOKEN_SIZE_LIMIT;
use crate::web::layer::builder::AzureAuthBuilder;
use crate::web::layer::endpoints::Endpoints;
use crate::web::request::credential;

/// Why nothing can be said of a token.
#[derive(Debug, Error)]
pub(super) enum NotExplained {
    #[error("found nothing on standard input, expected an access token; write `--auth-explain - < token.txt`")]
    Missing,
    #[error(
        "found more than {TOKEN_SIZE_LIMIT} bytes on standard input, or something that is not text; expected one access token"
    )]
    TooLong,
    #[error("{0}\nask `--auth-doctor` for the rest")]
    Configuration(ConfigurationError),
}

/// `Bearer`, blanks and a line end may be around a token.
const AROUND: u64 = 64;

pub(super) async fn of_standard_input(
    endpoints: &Endpoints,
    builder: AzureAuthBuilder,
) -> Result<TokenExplanation, NotExplained> {
    let limit = u64::try_from(TOKEN_SIZE_LIMIT).unwrap_or(u64::MAX).saturating_add(AROUND);
    let text = standard_streams::read(limit).ok_or(NotExplained::TooLong)?;
    let token = without_scheme(text.trim());
    if token.is_empty() {
        return Err(NotExplained::Missing);
    }
    let auth = builder.build().map_err(NotExplained::Configuration)?;
    let outcome = credential::of_header(&auth.application, format!("Bearer {token}").as_bytes()).await;
    let is_verified = match &outcome {
        Ok(_) => true,
        // What a token says of itself is noted only behind its signature.
        Err(refusal) => refusal.facts().iss.is_some(),
    };
    let outcome: Result<&Principal, Refusal> =
        outcome.as_deref().map_err(|refusal| Refusal { reason: refusal.reason(), diagnosis: refusal.diagnosis() });
    Ok(TokenExplanation::of(endpoints.rows(), token, outcome, is_verified, clock::now()))
}

/// What is copied from a header has its scheme in front of it.
fn without_scheme(text: &str) -> &str {
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => token.trim(),
        _ if text.eq_ignore_ascii_case("Bearer") => "",
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_with_and_without_its_scheme() {
        for (text, expected) in
            [("a.b.c", "a.b.c"), ("Bearer a.b.c", "a.b.c"), ("bearer   a.b.c", "a.b.c"), ("Bearer", ""), ("a b", "a b")]
        {
            assert_eq!(without_scheme(text), expected, "{text}");
        }
    }
}
