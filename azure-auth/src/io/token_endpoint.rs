//! The exchange of an authorization code for tokens.

use openidconnect::{AuthorizationCode, OAuth2TokenResponse, PkceCodeVerifier, RequestTokenError};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use super::transport::{Transport, TransportError};
use crate::model::client::Client;
use crate::model::provider_metadata::ProviderMetadata;
use crate::model::sign_in_attempt::SignInAttempt;
use crate::rules::authorization_response::AcceptedCode;
use crate::rules::entra_error::EntraError;
use crate::rules::relying_party::{RelyingParty, RelyingPartyError};

/// What a code was redeemed for. Nothing here has been verified.
#[derive(Debug)]
pub(crate) struct RedeemedTokens {
    pub(crate) id_token: SecretString,
    pub(crate) access_token: SecretString,
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
    #[error("the token endpoint's answer has no ID token; the sign-in must ask for the scope `openid`")]
    IdTokenMissing,
    #[error(transparent)]
    Request(#[from] RelyingPartyError),
}

impl RedemptionError {
    /// Whether the code was surely not redeemed: the provider said so, or was not even asked. Silence, a broken answer and
    /// "a problem on our side" leave it open.
    pub(crate) fn is_sure(&self) -> bool {
        match self {
            Self::Refused(error) => error.is_about_the_request(),
            Self::Request(_) => true,
            Self::Transport(_) | Self::Unreadable | Self::IdTokenMissing => false,
        }
    }
}

/// Redeems a code, once (RFC 6749 §4.1.3 with RFC 7636 §4.5). It is never tried again: the provider may have seen it.
pub(crate) async fn redeem(
    transport: &Transport,
    metadata: &ProviderMetadata,
    client: &Client,
    redirect_uri: &str,
    code: AcceptedCode,
    attempt: &SignInAttempt,
) -> Result<RedeemedTokens, RedemptionError> {
    let relying_party = RelyingParty::new(metadata, client, redirect_uri)?;
    let http_client = |request| {
        let transport = transport.clone();
        async move { transport.send(request).await }
    };
    let code = AuthorizationCode::new(code.into_secret().expose_secret().to_owned());
    let answer = relying_party
        .client
        .exchange_code(code)
        .set_pkce_verifier(PkceCodeVerifier::new(attempt.code_verifier()))
        .request_async(&http_client)
        .await
        .map_err(|error| match error {
            RequestTokenError::ServerResponse(refusal) => {
                RedemptionError::Refused(EntraError::read(&refusal.error, refusal.error_description.as_deref()))
            }
            RequestTokenError::Request(error) => RedemptionError::Transport(error),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => RedemptionError::Unreadable,
        })?;
    let access_token = SecretString::from(answer.access_token().secret().as_str());
    let id_token = answer.id_token.ok_or(RedemptionError::IdTokenMissing)?;
    Ok(RedeemedTokens { id_token, access_token })
}

#[cfg(test)]
mod tests {
    use super::*;

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
