//! The exchange of an authorization code for tokens.

use std::sync::{Arc, Mutex, PoisonError};

use openidconnect::{AuthorizationCode, OAuth2TokenResponse, PkceCodeVerifier, RequestTokenError};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use super::client_proof::ProvenClient;
use super::transport::Transport;
use super::transport_error::TransportError;
use crate::io::clock;
use crate::io::provider::observed::Asked;
use crate::model::json::printable;
use crate::model::providers::provider_metadata::ProviderMetadata;
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::model::sessions::asked_access::AskedApi;
use crate::model::sessions::sign_in_attempt::SignInAttempt;
use crate::rules::downstream::scopes;
use crate::rules::downstream::token_answer::{self, GrantedTokens};
use crate::rules::sign_in::authorization_response::AcceptedCode;
use crate::rules::sign_in::entra_error::EntraError;
use crate::rules::sign_in::relying_party::{RelyingParty, RelyingPartyError, TokenAnswer};

/// What a code was redeemed for. Nothing here has been verified.
#[derive(Debug)]
pub(crate) struct RedeemedTokens {
    pub(crate) id_token: SecretString,
    pub(crate) access_token: SecretString,
    /// The access token is good for the person's name.
    pub(crate) grants_profile: bool,
    /// What brings further tokens, where it was asked for.
    pub(crate) refresh_token: Option<SecretString>,
    /// The access token for the API that was asked for, where it is one.
    pub(crate) granted: Option<GrantedTokens>,
    /// The same token, where it may ask Microsoft Graph for the person's groups.
    pub(crate) for_groups: Option<SecretString>,
}

/// Why a code was not redeemed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum RedemptionError {
    #[error("the token endpoint: {0}")]
    Transport(#[from] TransportError),
    /// Usual cause: a wrong or expired client secret; the code says which.
    #[error("the token endpoint refused: {0}")]
    Refused(EntraError),
    #[error("the token endpoint's answer is not the JSON document it should be")]
    Unreadable,
    #[error("the token endpoint's answer has no `{name}`, which RFC 6749 §5.1 requires")]
    MemberMissing { name: &'static str },
    /// Usual cause: the registration binds tokens to the client, as `DPoP` does.
    #[error("the token endpoint's answer has the `token_type` `{found}`, expected `Bearer`")]
    TokenType { found: String },
    #[error("the token endpoint's answer has no `id_token`")]
    IdTokenMissing,
    #[error(transparent)]
    Request(#[from] RelyingPartyError),
}

impl Diagnosed for RedemptionError {
    fn details(&self) -> Details {
        match self {
            Self::Transport(error) => Details::new(error.to_string(), "tokens").remedy(error.remedy()),
            Self::Refused(error) => Details::new(error.to_string(), "tokens"),
            Self::Unreadable => {
                Details::new("an answer that is not JSON, or of another shape", "tokens (RFC 6749 §5.1)")
            }
            Self::MemberMissing { name } => Details::new(format!("no `{name}`"), format!("`{name}`")),
            Self::TokenType { found } => Details::new(format!("`token_type` {found}"), "Bearer"),
            Self::IdTokenMissing => Details::new("no `id_token`", "`id_token`")
                .remedy("let the registration allow the scope `openid`, which every sign-in asks for"),
            Self::Request(error) => error.details(),
        }
    }
}

impl RedemptionError {
    /// Whether the code was surely not redeemed: the provider said so, or was not even asked. Silence, a broken answer and
    /// "a problem on our side" leave it open.
    pub(crate) fn is_sure(&self) -> bool {
        match self {
            Self::Refused(error) => error.is_about_the_request(),
            Self::Request(_) => true,
            Self::Transport(_)
            | Self::Unreadable
            | Self::MemberMissing { .. }
            | Self::TokenType { .. }
            | Self::IdTokenMissing => false,
        }
    }
}

/// Redeems a code, once (RFC 6749 §4.1.3 with RFC 7636 §4.5). It is never tried again: the provider may have seen it.
/// `groups_by`: what Microsoft Graph is asked for groups with, where the sign-in asked for that.
pub(crate) async fn redeem(
    transport: &Transport,
    metadata: &ProviderMetadata,
    client: &ProvenClient<'_>,
    redirect_uri: &str,
    code: AcceptedCode,
    attempt: &SignInAttempt,
    groups_by: Option<&AskedApi>,
) -> Result<RedeemedTokens, RedemptionError> {
    let code = AuthorizationCode::new(code.into_secret().expose_secret().to_owned());
    let verifier = PkceCodeVerifier::new(attempt.code_verifier());
    let api = attempt.access.as_ref().and_then(|access| access.apis.first());
    // Without one, the token is for the API of the first scope of the request before, which the answer names.
    let groups_by = groups_by.filter(|graph| api.is_none_or(|api| api.uri == graph.uri));
    let api = api.map(|api| joined(api, groups_by));
    let (answer, body) = exchange(transport, metadata, client, redirect_uri, (code, verifier), api.as_ref()).await?;
    let granted_to = |api: Option<&AskedApi>| api.and_then(|api| granted(&body, api));
    let for_groups = granted_to(groups_by).filter(|granted| granted.not_granted.is_empty());
    Ok(RedeemedTokens {
        granted: granted_to(api.as_ref()),
        for_groups: for_groups.map(|granted| granted.token.secret),
        ..tokens(answer)?
    })
}

/// The permissions of both, of one API.
fn joined(api: &AskedApi, other: Option<&AskedApi>) -> AskedApi {
    let names = api.names.iter().chain(other.into_iter().flat_map(|other| &other.names)).cloned();
    AskedApi { uri: api.uri.clone(), names: scopes::joined(names.collect()) }
}

/// An access token that is not one for the API is none: the sign-in goes on, and the page that needs it says what is wrong.
fn granted(body: &[u8], api: &AskedApi) -> Option<GrantedTokens> {
    let permissions: Vec<&str> = api.names.iter().map(String::as_str).collect();
    let asked = token_answer::Asked { resource_uri: &api.uri, permissions: &permissions };
    token_answer::read(body, &asked, clock::now()).ok()
}

/// Brings a code that nobody was given, to learn whether the client is accepted: providers ask first who brings a code
/// (RFC 6749 §4.1.3). What it would be redeemed for is thrown away.
pub(crate) async fn prove_client(
    transport: &Transport,
    metadata: &ProviderMetadata,
    client: &ProvenClient<'_>,
    redirect_uri: &str,
) -> Result<(), RedemptionError> {
    let code = AuthorizationCode::new("this-code-is-invalid-on-purpose".to_owned());
    let verifier = PkceCodeVerifier::new("v".repeat(43));
    exchange(transport, metadata, client, redirect_uri, (code, verifier), None).await.map(drop)
}

async fn exchange(
    transport: &Transport,
    metadata: &ProviderMetadata,
    client: &ProvenClient<'_>,
    redirect_uri: &str,
    (code, verifier): (AuthorizationCode, PkceCodeVerifier),
    api: Option<&AskedApi>,
) -> Result<(TokenAnswer, Vec<u8>), RedemptionError> {
    let relying_party = RelyingParty::new(metadata, client.id, redirect_uri)?;
    // What other APIs' tokens need of the answer the library does not hand on.
    let body = Arc::new(Mutex::new(Vec::new()));
    let http_client = |request| {
        let request = client.sign(request, metadata.client_authentication);
        let (transport, body) = (transport.clone(), body.clone());
        async move {
            let answer = transport.send(Asked::Token, request).await?;
            // Nothing under this lock can panic half-way.
            body.lock().unwrap_or_else(PoisonError::into_inner).clone_from(answer.body());
            Ok(answer)
        }
    };
    let mut request = relying_party.client.exchange_code(code).set_pkce_verifier(verifier);
    if let Some(api) = api {
        // Entra's own parameter, which says for which of several APIs the token is.
        let scopes: Vec<String> = api.names.iter().map(|name| scopes::scope(&api.uri, name)).collect();
        request = request.add_extra_param("scope", format!("openid profile offline_access {}", scopes.join(" ")));
    }
    let answer = request.request_async(&http_client).await.map_err(|error| match error {
        RequestTokenError::ServerResponse(refusal) => RedemptionError::Refused(refusal.error()),
        RequestTokenError::Request(error) => RedemptionError::Transport(error),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => RedemptionError::Unreadable,
    })?;
    let body = std::mem::take(&mut *body.lock().unwrap_or_else(PoisonError::into_inner));
    Ok((answer, body))
}

/// Everything that an answer to a sign-in has (RFC 6749 §5.1, OpenID Connect Core 1.0 §3.1.3.3).
fn tokens(answer: TokenAnswer) -> Result<RedeemedTokens, RedemptionError> {
    let access_token = SecretString::from(answer.access_token().secret().as_str());
    if access_token.expose_secret().is_empty() {
        return Err(RedemptionError::MemberMissing { name: "access_token" });
    }
    let grants_profile = answer.grants_profile();
    let token_type = answer.token_type.ok_or(RedemptionError::MemberMissing { name: "token_type" })?;
    if !token_type.eq_ignore_ascii_case("Bearer") {
        return Err(RedemptionError::TokenType { found: printable(&token_type) });
    }
    let id_token = answer.id_token.ok_or(RedemptionError::IdTokenMissing)?;
    Ok(RedeemedTokens {
        id_token,
        access_token,
        grants_profile,
        refresh_token: answer.refresh_token,
        granted: None,
        for_groups: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_granted_unless_the_answer_lists_other_scopes() {
        for (scope, expected) in [
            ("", true),
            (r#","scope":null"#, true),
            (r#","scope":"openid profile""#, true),
            (r#","scope":"openid""#, false),
            (r#","scope":"openid Profile profiles""#, false),
        ] {
            let text = format!(r#"{{"access_token":"a","token_type":"Bearer","id_token":"i"{scope}}}"#);
            let found = tokens(serde_json::from_str(&text).unwrap()).map(|tokens| tokens.grants_profile);
            assert_eq!(found, Ok(expected), "{scope}");
        }
    }

    #[test]
    fn an_answer_without_a_member_is_refused_by_its_name() {
        let judged = |text: &str| tokens(serde_json::from_str(text).unwrap()).map(|_| ());
        for token_type in ["Bearer", "bearer", "BEARER"] {
            let text = format!(r#"{{"access_token":"a","token_type":"{token_type}","id_token":"i"}}"#);
            assert_eq!(judged(&text), Ok(()));
        }
        let missing = |name| Err(RedemptionError::MemberMissing { name });
        let other = |found: &str| Err(RedemptionError::TokenType { found: found.to_owned() });
        for (text, expected) in [
            (r#"{"token_type":"Bearer","id_token":"i"}"#, missing("access_token")),
            (r#"{"access_token":"","token_type":"Bearer","id_token":"i"}"#, missing("access_token")),
            (r#"{"access_token":"a","id_token":"i"}"#, missing("token_type")),
            (r#"{"access_token":"a","token_type":null,"id_token":"i"}"#, missing("token_type")),
            (r#"{"access_token":"a","token_type":"DPoP","id_token":"i"}"#, other("DPoP")),
            (r#"{"access_token":"a","token_type":"","id_token":"i"}"#, other("")),
            (r#"{"access_token":"a","token_type":"Bearer"}"#, Err(RedemptionError::IdTokenMissing)),
        ] {
            assert_eq!(judged(text), expected, "{text}");
            assert!(!expected.unwrap_err().is_sure(), "{text}: the code is spent");
        }
    }

    #[test]
    fn a_code_is_refused_for_sure_only_where_the_provider_says_so() {
        let refused = |error: &str| RedemptionError::Refused(EntraError::read(error, Some("AADSTS70008: expired")));
        for error in ["invalid_grant", "invalid_client", "invalid_request", "unauthorized_client", "invalid_scope"] {
            assert!(refused(error).is_sure(), "{error}");
        }
        for error in ["server_error", "temporarily_unavailable", "invented", ""] {
            assert!(!refused(error).is_sure(), "{error}");
        }
        for error in [
            RedemptionError::Transport(TransportError::TimedOut),
            RedemptionError::Transport(TransportError::NoConnection),
            RedemptionError::Transport(TransportError::BrokenOff),
            RedemptionError::Transport(TransportError::TooLarge),
            RedemptionError::Transport(TransportError::Status { status: 502 }),
            RedemptionError::Unreadable,
            RedemptionError::IdTokenMissing,
        ] {
            assert!(!error.is_sure(), "{error}");
        }
    }
}
