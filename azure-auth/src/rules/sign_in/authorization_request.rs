//! The address to send the browser to, and what to remember.

use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope};
use url::Url;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::login_request::Wishes;
use super::relying_party::{RelyingParty, RelyingPartyError};
use crate::model::providers::provider_metadata::ProviderMetadata;
use crate::model::sessions::prompt::Prompt;
use crate::model::sessions::sign_in_attempt::SignInAttempt;
use crate::rules::session::seal::derive_bytes;

/// Scopes of every sign-in: without `profile` Entra sends no `oid`.
const ALWAYS: [&str; 1] = ["profile"];

impl SignInAttempt {
    /// Under which it is remembered that the attempt was answered. It is in no address.
    pub(crate) fn lease_name(&self) -> String {
        self.derived(b"lease")
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

/// The authorization request (RFC 6749 §4.1.1) with PKCE S256, `state` and `nonce`, answered in the query. `state` is the
/// sealed attempt.
pub(crate) fn address<'s>(
    metadata: &ProviderMetadata,
    client_id: &str,
    redirect_uri: &str,
    scopes: impl IntoIterator<Item = &'s str>,
    attempt: &SignInAttempt,
    state: String,
    wishes: &Wishes,
) -> Result<Url, RelyingPartyError> {
    let relying_party = RelyingParty::new(metadata, client_id, redirect_uri)?;
    let verifier = PkceCodeVerifier::new(attempt.code_verifier());
    let (state, nonce) = (CsrfToken::new(state), Nonce::new(attempt.nonce()));
    let mut request = relying_party
        .client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .add_extra_param("response_mode", "query");
    let hints = [
        ("prompt", wishes.prompt.map(Prompt::as_str)),
        ("login_hint", wishes.login_hint.as_deref()),
        ("domain_hint", wishes.domain_hint.as_deref()),
        ("claims", wishes.claims.as_deref()),
    ];
    for (name, value) in hints {
        if let Some(value) = value {
            request = request.add_extra_param(name, value.to_owned());
        }
    }
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
    use crate::model::unix_time::UnixTime;
    use crate::rules::sign_in::sign_in_state::tests;
    use crate::rules::token::id_token::tests::metadata;

    fn attempt() -> SignInAttempt {
        tests::attempt(UnixTime(0))
    }

    fn asked(scopes: &[&str], wishes: &Wishes) -> HashMap<String, String> {
        let redirect_uri = "http://localhost:3000/authorization-code/callback";
        let scopes = scopes.iter().copied();
        let address =
            address(&metadata(), "client", redirect_uri, scopes, &attempt(), "sealed".to_owned(), wishes).unwrap();
        assert!(!address.as_str().contains(&attempt().code_verifier()));
        let pairs: Vec<(String, String)> = address.query_pairs().into_owned().collect();
        let query: HashMap<String, String> = pairs.iter().cloned().collect();
        assert_eq!(query.len(), pairs.len(), "no parameter twice");
        query
    }

    #[test]
    fn the_request_carries_everything_the_answer_is_checked_against() {
        let query = asked(&["openid", "email", "profile", "email"], &Wishes::default());
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], "client");
        assert_eq!(query["redirect_uri"], "http://localhost:3000/authorization-code/callback");
        assert_eq!(query["scope"], "openid profile email");
        assert_eq!(query["response_mode"], "query");
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!(query["state"], "sealed");
        assert_eq!(query["nonce"], attempt().nonce());
        for name in ["prompt", "login_hint", "domain_hint"] {
            assert!(!query.contains_key(name), "{name} is asked for by nobody");
        }
    }

    #[test]
    fn wishes_go_along() {
        let wishes = Wishes {
            prompt: Some(Prompt::SelectAccount),
            login_hint: Some("adele@contoso.test".to_owned()),
            domain_hint: Some("contoso.test".to_owned()),
            claims: Some("{}".to_owned()),
        };
        let query = asked(&[], &wishes);
        assert_eq!(query["prompt"], "select_account");
        assert_eq!(query["login_hint"], "adele@contoso.test");
        assert_eq!(query["domain_hint"], "contoso.test");
        assert_eq!(query["claims"], "{}");
    }

    #[test]
    fn nonce_verifier_and_lease_are_three_values_and_new_at_every_attempt() {
        let first = attempt();
        let second = SignInAttempt { secret: [8; 32], ..first.clone() };
        let mut values: Vec<String> = [&first, &second]
            .iter()
            .flat_map(|attempt| [attempt.lease_name(), attempt.nonce(), attempt.code_verifier()])
            .collect();
        assert!(values.iter().all(|value| value.len() == 43));
        values.sort();
        values.dedup();
        assert_eq!(values.len(), 6);
    }
}
