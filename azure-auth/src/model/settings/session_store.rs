//! Where sessions live, as an application's code says it.

use std::fmt;

use secrecy::SecretString;

/// Where sessions live between requests.
///
/// ```
/// use azure_auth::{AzureAuth, SessionStore};
///
/// # fn main() -> Result<(), azure_auth::ConfigurationError> {
/// let auth = AzureAuth::builder()
///     .client_id("11111111-aaaa-4bbb-8ccc-222222222222")
///     .client_secret("the secret's value, of 32 characters or more")
///     .issuer_uri("https://login.microsoftonline.com/33333333-cccc-4ddd-8eee-444444444444")
///     .session_store(SessionStore::Memory)
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionStore {
    /// Sealed, in the browser: nothing to run, and every replica with the same keys reads them. What ended before its time
    /// is known to the process that was told.
    Cookie,
    /// In this process: a restart ends them all.
    Memory,
    /// On a Redis server that replicas share: its address, `redis://…` or `rediss://…`, which may hold a password. It takes
    /// the feature `redis`.
    #[cfg(feature = "redis")]
    Redis(String),
}

impl SessionStore {
    /// As in `AZURE_SESSION_STORE`.
    pub(crate) fn into_text(self) -> SecretString {
        match self {
            Self::Cookie => "cookie".to_owned().into(),
            Self::Memory => "memory".to_owned().into(),
            #[cfg(feature = "redis")]
            Self::Redis(address) => address.into(),
        }
    }
}

impl fmt::Debug for SessionStore {
    /// Without the address, which may hold a password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Cookie => "Cookie",
            Self::Memory => "Memory",
            #[cfg(feature = "redis")]
            Self::Redis(_) => "Redis(…)",
        })
    }
}
