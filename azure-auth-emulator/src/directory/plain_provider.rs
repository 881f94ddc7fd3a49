//! An ordinary OpenID Connect provider beside Entra: one literal issuer, no tenants.

/// How the ordinary provider behaves, within what the standards allow.
#[derive(Clone, Debug)]
pub struct PlainProvider {
    /// Keys say `alg: RS256`.
    pub algorithm_in_keys: bool,
    /// Keys and tokens say which key (`kid`).
    pub keys_are_named: bool,
    /// The one way in which clients prove themselves.
    pub client_authentication: ClientAuthentication,
    /// The authorization response names the issuer, and discovery announces it (RFC 9207).
    pub issuer_in_response: bool,
    /// How it writes its ID tokens.
    pub id_token: IdTokenShape,
}

/// How an ordinary provider writes its ID tokens: all of these are honest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdTokenShape {
    /// As most do.
    #[default]
    Usual,
    /// What it does not know is null.
    Nulls,
    /// Times have fractions.
    Fractions,
    /// `aud` is a list of one.
    OneAudience,
    /// The token is for another client as well, and `azp` says whose it is.
    SeveralAudiences,
    /// Tokens have no `kid`, the one key has.
    UnnamedKey,
    /// `roles` is an object, `groups` a list of objects.
    RolesAndGroupsAsObjects,
    /// `name` and `email` are objects.
    NamesAsObjects,
    /// Names are at the userinfo endpoint only.
    NamesAtUserInfo,
    /// `name` is empty.
    EmptyName,
    /// Names that are Microsoft's mean something else.
    MicrosoftsNames,
}

impl IdTokenShape {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Usual,
        Self::Nulls,
        Self::Fractions,
        Self::OneAudience,
        Self::SeveralAudiences,
        Self::UnnamedKey,
        Self::RolesAndGroupsAsObjects,
        Self::NamesAsObjects,
        Self::NamesAtUserInfo,
        Self::EmptyName,
        Self::MicrosoftsNames,
    ];
}

/// How a client proves itself at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// `client_secret_post`.
    Post,
    /// `client_secret_basic`.
    Basic,
}

impl Default for PlainProvider {
    fn default() -> Self {
        Self {
            algorithm_in_keys: true,
            keys_are_named: true,
            client_authentication: ClientAuthentication::Basic,
            issuer_in_response: false,
            id_token: IdTokenShape::Usual,
        }
    }
}
