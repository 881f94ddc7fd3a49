//! Ends that could not be written when they happened, and that nobody will ask for again.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};

use super::store::StoreError;
use crate::model::sessions::session::ProviderSession;

/// Sessions at the provider that ended while the store did not answer. They are tried again until it does, or until all
/// that they would end is over by its time.
#[derive(Debug, Default)]
pub(crate) struct MissedEnds {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// Until when each is tried.
    waiting: HashMap<ProviderSession, Instant>,
    /// What tries them, while there are some.
    task: Option<AbortHandle>,
}

/// Anyone may send invented ones.
const LIMIT: usize = 16_384;

/// Between two attempts.
const PAUSE: Duration = Duration::from_secs(1);

/// Ends what belongs to a session at the provider.
pub(crate) type EndOf = Box<dyn Fn(ProviderSession) -> Attempt + Send + Sync>;

/// Whether the store answered.
pub(crate) type Attempt = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

impl MissedEnds {
    /// Tries it again from now on, for at most so long. False if too many others wait.
    pub(crate) fn remember(&self, session: ProviderSession, at_most: Duration, end_of: EndOf) -> bool {
        let mut state = state(&self.state);
        if state.waiting.len() >= LIMIT && !state.waiting.contains_key(&session) {
            return false;
        }
        let now = Instant::now();
        state.waiting.entry(session).or_insert(now.checked_add(at_most).unwrap_or(now));
        // The runtime that it ran on may have ended.
        if state.task.as_ref().is_none_or(AbortHandle::is_finished) {
            state.task = Some(tokio::spawn(try_again(self.state.clone(), end_of)).abort_handle());
        }
        true
    }
}

impl Drop for MissedEnds {
    fn drop(&mut self) {
        if let Some(task) = state(&self.state).task.take() {
            task.abort();
        }
    }
}

async fn try_again(shared: Arc<Mutex<State>>, end_of: EndOf) {
    loop {
        sleep(PAUSE).await;
        while let Some(session) = next(&shared) {
            // One that fails is enough to know how it is with the others.
            if end_of(session).await.is_err() {
                break;
            }
            state(&shared).waiting.remove(&session);
        }
        let mut state = state(&shared);
        if state.waiting.is_empty() {
            // Under the lock, so that whoever adds one begins anew.
            state.task = None;
            return;
        }
    }
}

fn next(shared: &Mutex<State>) -> Option<ProviderSession> {
    let (mut state, now) = (state(shared), Instant::now());
    state.waiting.retain(|_, until| now < *until);
    state.waiting.keys().next().copied()
}

fn state(shared: &Mutex<State>) -> MutexGuard<'_, State> {
    // Nothing under this lock can panic half-way.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 3600);

    /// A store that answers or does not, and how often it was asked.
    #[derive(Default)]
    struct Server {
        answers: AtomicBool,
        asked: AtomicUsize,
        ended: Mutex<Vec<u64>>,
    }

    impl Server {
        fn end_of(self: &Arc<Self>) -> EndOf {
            let server = self.clone();
            Box::new(move |ProviderSession([number, _])| {
                server.asked.fetch_add(1, Ordering::Relaxed);
                let answers = server.answers.load(Ordering::Relaxed);
                if answers {
                    server.ended.lock().unwrap().push(number);
                }
                Box::pin(std::future::ready(if answers { Ok(()) } else { Err(StoreError::Unreachable) }))
            })
        }

        fn ended(&self) -> Vec<u64> {
            let mut ended = self.ended.lock().unwrap().clone();
            ended.sort_unstable();
            ended
        }
    }

    fn session(number: u64) -> ProviderSession {
        ProviderSession([number, 0])
    }

    fn waiting(missed: &MissedEnds) -> usize {
        state(&missed.state).waiting.len()
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_missed_happens_once_as_soon_as_the_store_answers() {
        let (server, missed) = (Arc::new(Server::default()), MissedEnds::default());
        for number in [1, 2, 1, 1] {
            assert!(missed.remember(session(number), DAY, server.end_of()));
        }
        sleep(10 * PAUSE + PAUSE / 2).await;
        assert_eq!(server.asked.load(Ordering::Relaxed), 10, "one question at a time shows that it is down");
        server.answers.store(true, Ordering::Relaxed);
        sleep(PAUSE).await;
        assert_eq!((server.ended(), waiting(&missed)), (vec![1, 2], 0));
        assert!(missed.remember(session(3), DAY, server.end_of()));
        sleep(2 * PAUSE).await;
        assert_eq!(server.ended(), [1, 2, 3], "it begins anew");
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_given_up_when_all_that_it_would_end_is_over() {
        let (server, missed) = (Arc::new(Server::default()), MissedEnds::default());
        missed.remember(session(1), 60 * PAUSE, server.end_of());
        sleep(59 * PAUSE).await;
        // The same again puts nothing off.
        missed.remember(session(1), 60 * PAUSE, server.end_of());
        sleep(3 * PAUSE).await;
        assert_eq!(waiting(&missed), 0);
        server.answers.store(true, Ordering::Relaxed);
        sleep(3 * PAUSE).await;
        assert_eq!(server.ended(), [0; 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn strangers_fill_a_bounded_list() {
        let (server, missed) = (Arc::new(Server::default()), MissedEnds::default());
        for number in 0..LIMIT as u64 {
            assert!(missed.remember(session(number), DAY, server.end_of()));
        }
        assert!(!missed.remember(session(u64::MAX), DAY, server.end_of()));
        assert!(missed.remember(session(1), DAY, server.end_of()), "it waits already");
        assert_eq!(waiting(&missed), LIMIT);
    }
}
