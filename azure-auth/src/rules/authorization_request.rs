//! The address to send the browser to, and what to remember.

use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope};
use url::Url;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::relying_party::{RelyingParty, RelyingPartyError};
use super::seal::derive_bytes;
use crate::model::client::Client;
use crate::model::provider_metadata::ProviderMetadata;
use crate::model::sign_in_attempt::SignInAttempt;

/// Sealed attempts with their names stay below this many bytes, so that four of them do not overfill a request.
pub(crate) const ATTEMPT_COOKIE_LIMIT: usize = 700;

/// Scopes of every sign-in: without `profile` Entra sends no `oid`.
const ALWAYS: [&str; 1] = ["profile"];

impl SignInAttempt {
    /// Ties the callback to this browser (RFC 6749 §10.12).
    pub(crate) fn state(&self) -> String {
        self.derived(b"state")
    }

    /// Ties the ID token to this attempt (OpenID Connect Core 1.0 §15.5.2).
    pub(crate) fn nonce(&self) -> String {
        self.derived(b"nonce")
    }

    /// Ties the code to this attempt (RFC 7636 §4.1).
    pub(crate) fn code_verifier(&self) -> String {
        self.derived(b"code verifier")
    }

    fn derived(&self, label: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(derive_bytes::<32>(&self.secret, &[label]))
    }
}

/// The part of a state that names the attempt's cookie; `None` for what is no state of ours.
pub(crate) fn attempt_name(state: &str) -> Option<&str> {
    let is_ours =
        state.len() == 43 && state.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_ours.then(|| &state[..8])
}

/// The authorization request (RFC 6749 §4.1.1) with PKCE S256, `state` and `nonce`, answered in the query.
pub(crate) fn address<'s>(
    metadata: &ProviderMetadata,
    client: &Client,
    redirect_uri: &str,
    scopes: impl IntoIterator<Item = &'s str>,
    attempt: &SignInAttempt,
) -> Result<Url, RelyingPartyError> {
    let relying_party = RelyingParty::new(metadata, client, redirect_uri)?;
    let verifier = PkceCodeVerifier::new(attempt.code_verifier());
    let (state, nonce) = (CsrfToken::new(attempt.state()), Nonce::new(attempt.nonce()));
    let mut request = relying_party
        .client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .add_extra_param("response_mode", "query");
    for scope in union(scopes) {
        request = request.add_scope(Scope::new(scope.to_owned()));
    }
    let (address, _, _) = request.url();
    Ok(address)
}

/// `openid` is the library's; every other scope once, in a fixed order.
fn union<'s>(scopes: impl IntoIterator<Item = &'s str>) -> Vec<&'s str> {
    let mut all: Vec<&str> = ALWAYS.into_iter().chain(scopes).filter(|scope| *scope != "openid").collect();
    all.sort_unstable_by_key(|scope| (*scope != "profile", *scope));
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::model::frame_challenge::FrameChallenge;
    use crate::model::session::AuthorityFingerprint;
    use crate::model::unix_time::UnixTime;
    use crate::rules::id_token::tests::metadata;

    fn attempt() -> SignInAttempt {
        SignInAttempt {
            secret: [9; 32],
            started_at: UnixTime(0),
            authority: AuthorityFingerprint(7),
            return_to: "/me".to_owned(),
            frame: None,
        }
    }

    fn client() -> Client {
        Client { id: "client".to_owned(), secret: None }
    }

    #[test]
    fn the_request_carries_everything_the_answer_is_checked_against() {
        let scopes = ["openid", "email", "profile", "email"];
        let address =
            address(&metadata(), &client(), "http://localhost:3000/authorization-code/callback", scopes, &attempt())
                .unwrap();
        let pairs: Vec<(String, String)> = address.query_pairs().into_owned().collect();
        let query: HashMap<&str, &str> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(query.len(), pairs.len(), "no parameter twice");
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], "client");
        assert_eq!(query["redirect_uri"], "http://localhost:3000/authorization-code/callback");
        assert_eq!(query["scope"], "openid profile email");
        assert_eq!(query["response_mode"], "query");
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!(query["state"], attempt().state());
        assert_eq!(query["nonce"], attempt().nonce());
        assert!(!address.as_str().contains(&attempt().code_verifier()));
    }

    #[test]
    fn state_nonce_and_verifier_are_three_values_and_new_at_every_attempt() {
        let first = attempt();
        let second = SignInAttempt { secret: [8; 32], ..first.clone() };
        let mut values: Vec<String> = [&first, &second]
            .iter()
            .flat_map(|attempt| [attempt.state(), attempt.nonce(), attempt.code_verifier()])
            .collect();
        assert!(values.iter().all(|value| value.len() == 43));
        values.sort();
        values.dedup();
        assert_eq!(values.len(), 6);
    }

    #[test]
    fn only_a_state_of_ours_names_an_attempt() {
        let state = attempt().state();
        assert_eq!(attempt_name(&state), Some(&state[..8]));
        for foreign in ["", "short", &"a".repeat(44), &"é".repeat(21), &format!("{} ", &state[..42]), &"=".repeat(43)]
        {
            assert_eq!(attempt_name(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn an_attempt_comes_back_from_its_bytes_and_nothing_else_does() {
        let attempt = attempt();
        let framed = SignInAttempt { frame: Some(FrameChallenge([b'/'; 32])), ..attempt.clone() };
        assert!(SignInAttempt::from_bytes(&framed.to_bytes()) == Some(framed.clone()));
        assert!(SignInAttempt::from_bytes(&framed.to_bytes()[..70]).is_none());
        assert!(SignInAttempt::from_bytes(&attempt.to_bytes()) == Some(attempt));
        assert!(SignInAttempt::from_bytes(&[0; 39]).is_none());
        assert!(SignInAttempt::from_bytes(&[0xff; 60]).is_none());
    }
}
