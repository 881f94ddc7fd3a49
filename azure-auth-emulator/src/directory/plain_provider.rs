//! An ordinary OpenID Connect provider beside Entra: one literal issuer, no tenants.

/// How the ordinary provider behaves, within what the standards allow.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use azure_auth_emulator::{ClientAuthentication, Emulator, PlainProvider};
///
/// let provider =
///     PlainProvider { client_authentication: ClientAuthentication::Post, ..PlainProvider::default() };
/// let emulator = Emulator::builder().plain_provider(provider).start().await?;
/// let settings = emulator.env_for("plain");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PlainProvider {
    /// Whether keys say `alg: RS256`.
    pub algorithm_in_keys: bool,
    /// Whether keys and tokens say which key they are (`kid`).
    pub keys_are_named: bool,
    /// The one way in which clients prove themselves.
    pub client_authentication: ClientAuthentication,
    /// Whether the authorization response names the issuer, and discovery announces that (RFC 9207).
    pub issuer_in_response: bool,
    /// How it writes its ID tokens.
    pub id_token: IdTokenShape,
}

/// How an ordinary provider writes its ID tokens. All of these are honest: a relying party refuses none of them.
///
/// ```
/// use azure_auth_emulator::{IdTokenShape, PlainProvider};
///
/// for id_token in IdTokenShape::ALL.iter().copied() {
///     let provider = PlainProvider { id_token, ..PlainProvider::default() };
///     // … a sign-in works …
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdTokenShape {
    /// As most providers do.
    #[default]
    Usual,
    /// Claims that it does not know are null.
    Nulls,
    /// Times have fractions.
    Fractions,
    /// `aud` is a list of one.
    OneAudience,
    /// The token is for another client as well, and `azp` says whose it is.
    SeveralAudiences,
    /// Tokens have no `kid`, but the one key has.
    UnnamedKey,
    /// `roles` is an object, `groups` a list of objects.
    RolesAndGroupsAsObjects,
    /// `name` and `email` are objects.
    NamesAsObjects,
    /// Names are at the userinfo endpoint only.
    NamesAtUserInfo,
    /// `name` is empty.
    EmptyName,
    /// Claims with Microsoft's names mean something else.
    MicrosoftsNames,
}

impl IdTokenShape {
    /// All of them, to try one after the other.
    ///
    /// ```
    /// use azure_auth_emulator::IdTokenShape;
    ///
    /// assert!(IdTokenShape::ALL.contains(&IdTokenShape::Fractions));
    /// ```
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

/// How a client proves itself at the token endpoint of the ordinary provider.
///
/// ```
/// use azure_auth_emulator::{ClientAuthentication, PlainProvider};
///
/// assert_eq!(PlainProvider::default().client_authentication, ClientAuthentication::Basic);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// `client_secret_post`: id and secret are fields of the form.
    Post,
    /// `client_secret_basic`: id and secret are in the `Authorization` header.
    Basic,
}

impl Default for PlainProvider {
    /// Named keys with their algorithm, `client_secret_basic`, no issuer in the response, and the usual ID tokens.
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
