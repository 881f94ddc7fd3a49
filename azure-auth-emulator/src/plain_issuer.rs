//! An ordinary OpenID Connect provider beside Entra: one literal issuer, no tenants.

/// How the ordinary provider behaves, within what the standards allow.
#[derive(Clone, Debug)]
pub struct PlainIssuer {
    /// Keys say `alg: RS256`.
    pub algorithm_in_keys: bool,
    /// Keys and tokens say which key (`kid`).
    pub keys_are_named: bool,
    /// The one way in which clients prove themselves.
    pub client_authentication: ClientAuthentication,
    /// The authorization response names the issuer, and discovery announces it (RFC 9207).
    pub issuer_in_response: bool,
}

/// How a client proves itself at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// `client_secret_post`.
    Post,
    /// `client_secret_basic`.
    Basic,
}

impl Default for PlainIssuer {
    fn default() -> Self {
        Self {
            algorithm_in_keys: true,
            keys_are_named: true,
            client_authentication: ClientAuthentication::Basic,
            issuer_in_response: false,
        }
    }
}
