//! When a principal ends, for whoever waits for it.

use std::time::Duration;

use super::store::{SessionStore, StoredSession};
use crate::io::clock;
use crate::model::unix_time::UnixTime;
use crate::rules::session::session_lifetime;

/// Between two questions to a store that does not answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Between two questions to a store that answers and does not tell what changes.
const INTERVAL: Duration = Duration::from_secs(5);

/// How often it is asked. A store that is down for longer ends whatever lives outside requests: unsure means over.
const ATTEMPTS: u32 = 60;

/// Waits for an instant.
pub(crate) async fn at(instant: UnixTime) {
    tokio::time::sleep(instant.since(clock::now())).await;
}

/// Waits until a session is over: by its time, or because somebody ended it.
pub(crate) async fn session(store: &dyn SessionStore, name: &str, ticket: &str, opened: &StoredSession) {
    let mut stored = opened.clone();
    loop {
        let left = session_lifetime::end(&stored.record).since(clock::now()).min(stored.fresh_for());
        // Either of the two is a reason to look again.
        let _ = tokio::time::timeout(left, store.over(&stored)).await;
        match look_again(store, name, ticket).await {
            // A store that does not tell what changed is asked once in a while.
            Some(again) if !store.is_current(&again) => {
                tokio::time::sleep(INTERVAL).await;
                stored = again;
            }
            Some(again) => stored = again,
            None => return,
        }
    }
}

/// The session as the store has it now, if it has it and its time is not over.
async fn look_again(store: &dyn SessionStore, name: &str, ticket: &str) -> Option<StoredSession> {
    for _ in 0..ATTEMPTS {
        match store.load(name, ticket).await {
            Ok(stored) => return stored.ok().filter(|stored| clock::now() < session_lifetime::end(&stored.record)),
            Err(_) => tokio::time::sleep(PATIENCE).await,
        }
    }
    None
}
