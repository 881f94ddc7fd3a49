//! A connection of its own on which a Redis server tells of every session and mark that changed (RESP3, `CLIENT TRACKING`).

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redis::{AsyncConnectionConfig, Client, ProtocolVersion, PushInfo, PushKind, RedisError, Value};
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use super::credentials::RedisCredentialsSource;
use super::link::{PATIENCE, store_error};
use super::near_cache::{NearCache, Watch};
use crate::io::sessions::store::StoreError;
use crate::rules::session::ticket::{MarkName, TicketHash};

/// Between two signs of life.
const PULSE: Duration = Duration::from_secs(1);

/// Before the next attempt to connect.
const PAUSE: Duration = Duration::from_millis(500);

/// Before a server that refuses to tell is asked again: its rights may have changed.
const LONG_PAUSE: Duration = Duration::from_secs(60);

/// Keeps a [`NearCache`] listening, from the first use until it is dropped.
pub(crate) struct RedisTracking {
    listener: Listener,
    task: Mutex<Option<AbortHandle>>,
}

#[derive(Clone)]
struct Listener {
    client: Client,
    credentials: Option<RedisCredentialsSource>,
    /// What the keys of sessions and of marks begin with.
    prefixes: [Arc<str>; 2],
    near_cache: Arc<NearCache>,
}

impl RedisTracking {
    pub(crate) fn new(
        client: &Client,
        credentials: Option<RedisCredentialsSource>,
        prefix: &str,
        near_cache: Arc<NearCache>,
    ) -> Result<Self, RedisError> {
        let information = client.get_connection_info();
        let settings = information.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let client = Client::open(information.clone().set_redis_settings(settings))?;
        let prefixes = ["session:", "mark:"].map(|kind| [prefix, kind].concat().into());
        let listener = Listener { client, credentials, prefixes, near_cache };
        Ok(Self { listener, task: Mutex::default() })
    }

    /// Starts it if it does not run: the runtime that it ran on may have ended.
    pub(crate) fn start(&self) {
        // Nothing under this lock can panic half-way.
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        if task.as_ref().is_none_or(AbortHandle::is_finished) {
            *task = Some(tokio::spawn(self.listener.clone().listen()).abort_handle());
        }
    }
}

impl Drop for RedisTracking {
    fn drop(&mut self) {
        if let Some(task) = self.task.get_mut().unwrap_or_else(PoisonError::into_inner) {
            task.abort();
        }
    }
}

impl Listener {
    async fn listen(self) {
        let mut was_refused = false;
        loop {
            let problem = self.listen_once().await;
            let is_refused = matches!(store_error(&problem), StoreError::Refused { .. });
            if is_refused && !was_refused {
                let code = problem.code().unwrap_or("NOPROTO");
                tracing::warn!(
                    target: "azure_auth::session",
                    code,
                    "the session store does not tell of changes: every request asks it; use Redis 6 or later, and allow \
                     `client|tracking` to its user"
                );
            }
            was_refused = is_refused;
            sleep(if is_refused { LONG_PAUSE } else { PAUSE }).await;
        }
    }

    /// Listens until it cannot.
    async fn listen_once(&self) -> RedisError {
        let connection_lost = Arc::new(Notify::new());
        // Whatever ends this function, the task itself included, ends what was loaded.
        let listening = Listening { near_cache: &self.near_cache, watch: self.near_cache.announce() };
        let mut configuration = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_push_sender(self.news(listening.watch, connection_lost.clone()));
        if let Some(credentials) = &self.credentials {
            configuration = configuration.set_credentials_provider(credentials.clone());
        }
        let heard = async {
            let mut connection = self.client.get_multiplexed_async_connection_with_config(&configuration).await?;
            let mut track = redis::cmd("CLIENT");
            track.arg("TRACKING").arg("ON").arg("BCAST");
            for prefix in &self.prefixes {
                track.arg("PREFIX").arg(&**prefix);
            }
            track.exec_async(&mut connection).await?;
            self.near_cache.restored(listening.watch);
            loop {
                let _ = timeout(PULSE, connection_lost.notified()).await;
                redis::cmd("PING").exec_async(&mut connection).await?;
            }
        };
        let heard: Result<Infallible, RedisError> = heard.await;
        match heard {
            Err(problem) => problem,
        }
    }

    /// What is done about what the server tells, at once, on the connection's own task.
    fn news(&self, watch: Watch, connection_lost: Arc<Notify>) -> impl Fn(PushInfo) -> Result<(), Infallible> + use<> {
        let Self { prefixes: [sessions, marks], near_cache, .. } = self.clone();
        move |push| {
            match push.kind {
                PushKind::Invalidate => match push.data.first() {
                    Some(Value::Array(keys)) => {
                        for key in keys {
                            if let Some(session) = named(key, &sessions) {
                                near_cache.invalidate(TicketHash(session));
                            } else if let Some(mark) = named(key, &marks) {
                                near_cache.invalidate_mark(MarkName(mark));
                            }
                        }
                    }
                    // The server forgot everything, or says something that nobody here knows.
                    _ => near_cache.invalidate_all(),
                },
                PushKind::Disconnection => {
                    near_cache.lost(watch);
                    connection_lost.notify_one();
                }
                _ => {}
            }
            Ok(())
        }
    }
}

/// The hash in a key that begins so.
fn named<const N: usize>(key: &Value, prefix: &str) -> Option<[u8; N]> {
    let Value::BulkString(key) = key else { return None };
    URL_SAFE_NO_PAD.decode(key.strip_prefix(prefix.as_bytes())?).ok()?.try_into().ok()
}

struct Listening<'c> {
    near_cache: &'c NearCache,
    watch: Watch,
}

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        self.near_cache.lost(self.watch);
    }
}

/// The address may hold a password.
impl std::fmt::Debug for RedisTracking {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("RedisTracking").finish_non_exhaustive()
    }
}
