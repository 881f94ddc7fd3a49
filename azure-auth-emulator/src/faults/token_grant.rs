//! The ways to get tokens.

/// What a token request offers in exchange for tokens. Tests count, hold and refuse requests by it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use azure_auth_emulator::{Emulator, TokenGrant};
///
/// let emulator = Emulator::start().await?;
/// assert_eq!(emulator.token_requests(TokenGrant::RefreshToken), 0, "nothing was renewed");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenGrant {
    /// The code of a sign-in.
    AuthorizationCode,
    /// A refresh token.
    RefreshToken,
    /// The access token of a person who called an API, which calls another one for them.
    OnBehalfOf,
    /// The application itself, without a person.
    ClientCredentials,
}

impl TokenGrant {
    /// The grant that the parameter `grant_type` names.
    pub(crate) fn of_type(name: &str) -> Option<Self> {
        Some(match name {
            "authorization_code" => Self::AuthorizationCode,
            "refresh_token" => Self::RefreshToken,
            "urn:ietf:params:oauth:grant-type:jwt-bearer" => Self::OnBehalfOf,
            "client_credentials" => Self::ClientCredentials,
            _ => return None,
        })
    }
}
