//! The connection to a Redis server that every question goes over, and what comes of questions that fail.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult, ServerErrorKind};
use tokio::time::{Instant, timeout};

use super::credentials::RedisCredentialsSource;
use crate::io::sessions::store::StoreError;

/// For one answer, and for one connection.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);

/// For a question with everything that belongs to it, so that whoever waits is told within two seconds.
const LIMIT: Duration = Duration::from_millis(1500);

/// After a failure nobody else waits for the same: questions fail at once for so long.
const REST: Duration = Duration::from_millis(500);

/// One connection that all questions share. It is made when it is needed, and again after a failure.
pub(crate) struct RedisLink {
    client: Client,
    credentials: Option<RedisCredentialsSource>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    connection: Option<ConnectionManager>,
    rest: Option<Rest>,
}

struct Rest {
    until: Instant,
    because: StoreError,
}

impl RedisLink {
    pub(crate) fn new(client: Client, credentials: Option<RedisCredentialsSource>) -> Self {
        Self { client, credentials, state: Mutex::default() }
    }

    /// Asks; and once more over a new connection, if the one there was had been closed meanwhile. For commands that do
    /// no harm when they run twice.
    pub(crate) async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        match timeout(LIMIT, self.ask_over(command)).await {
            Ok(answer) => self.judge(answer?),
            Err(_) => Err(self.rest(StoreError::TimedOut)),
        }
    }

    async fn ask_over<T: FromRedisValue>(&self, command: &Cmd) -> Result<RedisResult<T>, StoreError> {
        let answer = command.query_async(&mut self.connection()?).await;
        if answer.as_ref().is_err_and(was_closed) {
            self.state().connection = None;
            return Ok(command.query_async(&mut self.connection()?).await);
        }
        Ok(answer)
    }

    /// Waits for the answer to a question that was put to [`connection`](Self::connection).
    pub(crate) async fn answer<T>(&self, question: impl Future<Output = RedisResult<T>>) -> Result<T, StoreError> {
        match timeout(LIMIT, question).await {
            Ok(answer) => self.judge(answer),
            Err(_) => Err(self.rest(StoreError::TimedOut)),
        }
    }

    pub(crate) fn connection(&self) -> Result<impl ConnectionLike + Send + use<>, StoreError> {
        let mut state = self.state();
        if let Some(rest) = &state.rest {
            if Instant::now() < rest.until {
                return Err(rest.because.clone());
            }
            state.rest = None;
        }
        if let Some(connection) = &state.connection {
            return Ok(connection.clone());
        }
        let mut configuration = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(PATIENCE))
            // The limit of the whole question covers it; one timer less for each.
            .set_response_timeout(None);
        if let Some(credentials) = &self.credentials {
            configuration = configuration.set_credentials_provider(credentials.clone());
        }
        let connection = ConnectionManager::new_lazy_with_config(self.client.clone(), configuration)
            .map_err(|error| store_error(&error))?;
        state.connection = Some(connection.clone());
        Ok(connection)
    }

    fn judge<T>(&self, answer: RedisResult<T>) -> Result<T, StoreError> {
        answer.map_err(|error| match store_error(&error) {
            // The connection works, and other questions may be answered.
            problem @ StoreError::Full => problem,
            problem => self.rest(problem),
        })
    }

    /// A connection that failed is not used again: it may be one to a server that is gone or writes no more, or one that
    /// was never let in.
    fn rest(&self, because: StoreError) -> StoreError {
        let mut state = self.state();
        state.connection = None;
        state.rest = Some(Rest { until: Instant::now() + REST, because: because.clone() });
        because
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock can panic half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The address may hold a password.
impl fmt::Debug for RedisLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RedisLink").finish_non_exhaustive()
    }
}

fn was_closed(error: &RedisError) -> bool {
    error.is_connection_dropped() && !error.is_connection_refusal()
}

/// What went wrong, without a word of the server's beyond its code: its sentences repeat keys and users.
pub(crate) fn store_error(error: &RedisError) -> StoreError {
    let is_out_of_memory = error.code() == Some("OOM")
        // Before version 7 a script's error has a code of its own.
        || error.detail().is_some_and(|detail| detail.contains("OOM command not allowed"));
    match error.kind() {
        _ if error.is_timeout() => StoreError::TimedOut,
        _ if is_out_of_memory => StoreError::Full,
        // All of them pass, some by themselves.
        ErrorKind::Io
        | ErrorKind::Server(
            ServerErrorKind::BusyLoading
            | ServerErrorKind::MasterDown
            | ServerErrorKind::ClusterDown
            | ServerErrorKind::TryAgain,
        ) => StoreError::Unreachable,
        ErrorKind::AuthenticationFailed => StoreError::Refused { code: "WRONGPASS".to_owned() },
        ErrorKind::RESP3NotSupported => StoreError::Refused { code: "NOPROTO".to_owned() },
        _ => StoreError::Refused { code: error.code().unwrap_or("ERR").to_owned() },
    }
}
