//! What a discovery document says.

use azure_auth_policy::Guid;
use serde::Deserialize;
use url::Url;

use super::issuer::IssuerPattern;

/// A discovery document as received (OpenID Connect Discovery 1.0 §3). Unknown members are ignored.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DiscoveryDocument {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: String,
    #[serde(default)]
    pub(crate) end_session_endpoint: Option<String>,
    #[serde(default)]
    pub(crate) userinfo_endpoint: Option<serde_json::Value>,
    #[serde(default)]
    pub(crate) cloud_instance_name: Option<String>,
    #[serde(default)]
    pub(crate) msgraph_host: Option<serde_json::Value>,
    #[serde(default)]
    pub(crate) token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: Option<bool>,
}

/// A discovery document that is the one of the configured authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProviderMetadata {
    pub(crate) issuer: IssuerPattern,
    /// The issuer of version 1.0 tokens, where it is known: Microsoft's own clouds, and a provider on this machine.
    pub(crate) first_version_issuer: Option<IssuerPattern>,
    /// The one tenant behind the authority, where there is one.
    pub(crate) tenant: Option<Guid>,
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: Url,
    pub(crate) keys_address: Url,
    pub(crate) end_session_endpoint: Option<Url>,
    /// Where names can be asked for. None at Entra ID, whose ID tokens have them.
    pub(crate) user_info_endpoint: Option<Url>,
    pub(crate) cloud_instance_name: Option<String>,
    /// Microsoft Graph in the cloud of the authority. None where nobody knows, and at other providers.
    pub(crate) graph: Option<Url>,
    pub(crate) client_authentication: ClientAuthentication,
    /// The provider announces RFC 9207, so an authorization response without `iss` is not its own.
    pub(crate) names_issuer_in_response: bool,
}

/// How the client proves itself at the token endpoint (OpenID Connect Core 1.0 §9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientAuthentication {
    /// `client_secret_post`: in the form.
    Form,
    /// `client_secret_basic`: in the `Authorization` header.
    Header,
}
