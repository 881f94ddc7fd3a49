//! Our side of the protocol's messages, as openidconnect speaks them.

use std::fmt;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm, CoreTokenType,
};
use openidconnect::{
    AccessToken, AuthType, AuthUrl, ClientId, EmptyAdditionalClaims, EmptyExtraTokenFields, EndpointNotSet,
    EndpointSet, ErrorResponse, IdToken, IssuerUrl, JsonWebKeySet, OAuth2TokenResponse, RedirectUrl, RefreshToken,
    Scope, StandardTokenIntrospectionResponse, TokenResponse, TokenUrl,
};
use openidconnect::{core::CoreRevocableToken, core::CoreRevocationErrorResponse};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::entra_error::EntraError;
use crate::model::providers::provider_metadata::ProviderMetadata;
use crate::model::refusals::diagnosis::{Details, Diagnosed};

/// The library's client with our own answer types: it composes and parses, it verifies and proves nothing.
pub(crate) struct RelyingParty {
    pub(crate) client: ProtocolClient,
}

/// An address in the metadata or configuration that the library does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an address of the provider or of this application cannot be used in a request")]
pub(crate) struct RelyingPartyError;

impl Diagnosed for RelyingPartyError {
    fn details(&self) -> Details {
        Details::new("an address in another form", "an absolute address with http or https")
    }
}

type ProtocolClient = openidconnect::Client<
    EmptyAdditionalClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    TokenRefusal,
    TokenAnswer,
    StandardTokenIntrospectionResponse<EmptyExtraTokenFields, CoreTokenType>,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

impl RelyingParty {
    pub(crate) fn new(
        metadata: &ProviderMetadata,
        client_id: &str,
        redirect_uri: &str,
    ) -> Result<Self, RelyingPartyError> {
        let issuer = IssuerUrl::from_url(metadata.authorization_endpoint.clone());
        let client = openidconnect::Client::new(ClientId::new(client_id.to_owned()), issuer, JsonWebKeySet::default())
            .set_auth_uri(AuthUrl::from_url(metadata.authorization_endpoint.clone()))
            .set_token_uri(TokenUrl::from_url(metadata.token_endpoint.clone()))
            .set_redirect_uri(RedirectUrl::new(redirect_uri.to_owned()).map_err(|_| RelyingPartyError)?)
            // The id is in the form; whoever sends it adds the proof.
            .set_auth_type(AuthType::RequestBody);
        Ok(Self { client })
    }
}

/// A successful token answer (RFC 6749 §5.1). The ID token stays a text: our own reader judges it.
#[derive(Debug, Deserialize)]
pub(crate) struct TokenAnswer {
    /// Empty where there is none: that is for us to say, by name.
    #[serde(default = "no_token")]
    access_token: AccessToken,
    #[serde(default)]
    pub(crate) token_type: Option<String>,
    /// What was granted; absent where it is what was asked for.
    #[serde(default)]
    scope: Option<serde_json::Value>,
    /// What the library is told in its place.
    #[serde(skip, default = "bearer")]
    library_type: CoreTokenType,
    #[serde(default)]
    pub(crate) id_token: Option<SecretString>,
    /// What brings further tokens.
    #[serde(default)]
    pub(crate) refresh_token: Option<SecretString>,
}

impl TokenAnswer {
    /// Whether the person, or the provider, agreed to show the name. Every sign-in asks for it.
    pub(crate) fn grants_profile(&self) -> bool {
        let Some(scope) = self.scope.as_ref().and_then(|scope| scope.as_str()) else { return true };
        scope.split(' ').any(|scope| scope == "profile")
    }
}

fn no_token() -> AccessToken {
    AccessToken::new(String::new())
}

fn bearer() -> CoreTokenType {
    CoreTokenType::Bearer
}

/// The library wants to be able to write what it reads; nobody here does, and no token leaves this way.
impl Serialize for TokenAnswer {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl OAuth2TokenResponse for TokenAnswer {
    type TokenType = CoreTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &CoreTokenType {
        &self.library_type
    }

    fn expires_in(&self) -> Option<std::time::Duration> {
        None
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        None
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

impl TokenResponse<EmptyAdditionalClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>
    for TokenAnswer
{
    /// Always none: the library's own verifier is not used.
    fn id_token(
        &self,
    ) -> Option<
        &IdToken<EmptyAdditionalClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>,
    > {
        None
    }
}

/// A refusal of the token endpoint (RFC 6749 §5.2). The description is parsed for its code, never repeated.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct TokenRefusal {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
    /// Entra's, as is what follows. Neither makes the answer unreadable.
    #[serde(default)]
    error_codes: serde_json::Value,
    #[serde(default)]
    suberror: serde_json::Value,
}

impl TokenRefusal {
    /// What is safe to show of it.
    pub(crate) fn error(&self) -> EntraError {
        let code = self.error_codes.get(0).and_then(serde_json::Value::as_u64).and_then(|code| code.try_into().ok());
        EntraError::read(&self.error, self.error_description.as_deref())
            .or_code(code)
            .with_suberror(self.suberror.as_str())
    }
}

impl ErrorResponse for TokenRefusal {}

/// Neither part is ours to repeat.
impl fmt::Display for TokenRefusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the token endpoint refused")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_suberror_of_a_refusal_help_and_do_no_harm() {
        let read = |text: &str| serde_json::from_str::<TokenRefusal>(text).unwrap().error();
        for (rest, code) in [
            (r#""error_description":"AADSTS50076: x","error_codes":[50079]"#, Some(50076)),
            (r#""error_codes":[50079,50076]"#, Some(50079)),
            (r#""error_codes":["50079"]"#, None),
            (r#""error_codes":[-1]"#, None),
            (r#""error_codes":50079"#, None),
            (r#""error_codes":{},"suberror":[1]"#, None),
            (r#""error_description":null,"suberror":null"#, None),
        ] {
            assert_eq!(read(&format!(r#"{{"error":"invalid_grant",{rest}}}"#)).code, code, "{rest}");
        }
        let refusal = read(r#"{"error":"invalid_grant","suberror":"basic_action"}"#);
        assert_eq!(refusal.explanation().code, "basic_action");
    }
}
