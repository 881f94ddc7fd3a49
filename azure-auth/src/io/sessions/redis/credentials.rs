//! Who asks a Redis server, where a token takes the place of the password.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{Stream, unfold};
use redis::{BasicAuth, ErrorKind, RedisError, RedisResult, StreamingCredentialsProvider};
use secrecy::{ExposeSecret, SecretString};

/// A user of a Redis server, and a token that takes the place of its password for a while, such as an access token of
/// Microsoft Entra ID for Azure Managed Redis. [`AzureAuthBuilder::redis_credentials`](crate::AzureAuthBuilder::redis_credentials) takes a
/// function that makes them.
///
/// ```
/// use azure_auth::RedisCredentials;
/// use std::time::Duration;
///
/// let credentials = RedisCredentials::new("<object id>", "<access token>", Duration::from_secs(3000));
/// assert!(!format!("{credentials:?}").contains("<access token>"));
/// ```
#[derive(Clone)]
pub struct RedisCredentials {
    user: String,
    token: SecretString,
    renew_after: Duration,
}

/// Before an application that had no credentials is asked again, and the least time between two.
const PAUSE: Duration = Duration::from_secs(1);

impl RedisCredentials {
    /// The user and the token that the server accepts. `renew_after`: how long until the next ones are asked for, which
    /// should be some minutes before the token expires.
    ///
    /// ```
    /// use azure_auth::RedisCredentials;
    /// use std::time::Duration;
    ///
    /// let fifty_minutes = Duration::from_secs(50 * 60);
    /// let credentials = RedisCredentials::new("<object id>", "<access token>", fifty_minutes);
    /// ```
    pub fn new(user: impl Into<String>, token: impl Into<String>, renew_after: Duration) -> Self {
        Self { user: user.into(), token: SecretString::from(token.into()), renew_after }
    }
}

/// The token never prints.
impl fmt::Debug for RedisCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RedisCredentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Where an application has them from. Asked with every connection, and as long as one is open whenever it is time.
#[derive(Clone)]
pub(crate) struct RedisCredentialsSource(Arc<dyn Fn() -> Asked + Send + Sync>);

type Asked = Pin<Box<dyn Future<Output = Option<RedisCredentials>> + Send>>;

impl RedisCredentialsSource {
    pub(crate) fn new<S, F, E>(source: S) -> Self
    where
        S: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<RedisCredentials, E>> + Send + 'static,
        E: Error,
    {
        Self(Arc::new(move || {
            let asked = source();
            Box::pin(async move {
                let note = |error: &E| {
                    tracing::warn!(target: "azure_auth::session", "no credentials for the session store: {error}");
                };
                asked.await.inspect_err(note).ok()
            })
        }))
    }
}

impl StreamingCredentialsProvider for RedisCredentialsSource {
    fn subscribe(&self) -> Pin<Box<dyn Stream<Item = RedisResult<BasicAuth>> + Send + 'static>> {
        let source = self.clone();
        Box::pin(unfold(Duration::ZERO, move |pause| {
            let source = source.clone();
            async move {
                tokio::time::sleep(pause).await;
                Some(match (source.0)().await {
                    Some(RedisCredentials { user, token, renew_after }) => {
                        (Ok(BasicAuth::new(user, token.expose_secret().to_owned())), renew_after.max(PAUSE))
                    }
                    None => (Err(RedisError::from((ErrorKind::AuthenticationFailed, "no credentials"))), PAUSE),
                })
            }
        }))
    }
}
