//! What this process knows of sessions that ended before their time, where a ticket is the session itself.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use futures_util::future::select_all;
use tokio::sync::watch;

use crate::io::generations::Generations;
use crate::io::{clock, entropy};
use crate::model::sessions::session::{Beginning, ProviderSession, SessionRecord};
use crate::model::unix_time::UnixTime;
use crate::rules::session::revocation::{End, Revocations, Revoked};

/// The lists of one store: one for each of its sealing keys, shared with every other store of this process that opens
/// what the same key sealed.
#[derive(Debug)]
pub(crate) struct EndedLists {
    process: u64,
    lists: Vec<Arc<EndedList>>,
}

/// What ended of all that one key sealed.
#[derive(Debug)]
struct EndedList {
    state: Mutex<State>,
    /// How often something ended.
    changes: AtomicU64,
    told: watch::Sender<()>,
}

#[derive(Debug)]
struct State {
    revocations: Revocations,
    /// The longest that a session lives in any of the stores.
    lifetime: Duration,
    /// Sessions at the provider with which sessions here began, as far as they came by lately. Anyone may send a sign-out
    /// for an invented one, and must not fill the list of revocations with them.
    provider_sessions: Generations<ProviderSession, ()>,
}

/// In each half.
const SEEN_LIMIT: usize = 65_536;

/// Names a list: derived from a sealing key, and from what else must be the same for one store to open what another one
/// sealed.
pub(crate) type ListName = [u8; 32];

/// The lists of this process, as long as a store has them.
static LISTS: Mutex<Vec<(ListName, Weak<EndedList>)>> = Mutex::new(Vec::new());

/// In which order this process began and ended sessions.
static ORDER: AtomicU64 = AtomicU64::new(1);

impl EndedLists {
    pub(crate) fn new(names: impl IntoIterator<Item = ListName>, lifetime: Duration) -> Self {
        let process = process();
        // Nothing under this lock can panic half-way.
        let mut known = LISTS.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(_, list)| list.strong_count() > 0);
        let mut list = |name| {
            if let Some(list) = known.iter().find_map(|(of, list)| (*of == name).then(|| list.upgrade())?) {
                return list;
            }
            let list = Arc::new(EndedList::new(process));
            known.push((name, Arc::downgrade(&list)));
            list
        };
        Self { process, lists: names.into_iter().map(&mut list).collect() }.living(lifetime)
    }

    /// As another process would have it.
    #[cfg(test)]
    pub(crate) fn of_process(process: u64, lifetime: Duration) -> Self {
        Self { process, lists: vec![Arc::new(EndedList::new(process))] }.living(lifetime)
    }

    fn living(self, lifetime: Duration) -> Self {
        for mut state in self.lists.iter().map(|list| list.state()) {
            state.lifetime = state.lifetime.max(lifetime);
        }
        self
    }

    /// For a session that is being created; none without randomness to name this process with.
    pub(crate) fn begin(&self, provider_session: Option<ProviderSession>) -> Option<Beginning> {
        self.note(provider_session);
        (self.process != 0).then(|| Beginning([self.process, next()]))
    }

    pub(crate) fn covers(&self, record: &SessionRecord) -> bool {
        self.lists.iter().any(|list| list.state().revocations.covers(record))
    }

    /// How often something ended: as long as it is the same, no list has changed.
    pub(crate) fn changes(&self) -> u64 {
        self.lists.iter().map(|list| list.changes.load(Ordering::Acquire)).sum()
    }

    pub(crate) fn end(&self, revoked: Revoked<'_>, now: UnixTime) {
        let end = End { order: next(), now };
        for list in &self.lists {
            let mut state = list.state();
            let lifetime = state.lifetime;
            state.revocations.add(revoked, end, lifetime);
            drop(state);
            list.changes.fetch_add(1, Ordering::AcqRel);
            list.told.send_replace(());
        }
    }

    /// The same as far as the session at the provider is known. False where it is not.
    pub(crate) fn end_known(&self, session: ProviderSession) -> bool {
        let is_known = self.lists.iter().any(|list| list.state().provider_sessions.contains(&session));
        if is_known {
            self.end(Revoked::ProviderSession(session), clock::now());
        }
        is_known
    }

    /// A session here began with it.
    pub(crate) fn note(&self, provider_session: Option<ProviderSession>) {
        let Some(session) = provider_session else { return };
        for list in &self.lists {
            list.state().provider_sessions.insert(session, (), 1);
        }
    }

    /// Waits as long as `is_valid` says so, asked again whenever something ended.
    pub(crate) async fn changed_until(&self, is_valid: impl Fn() -> bool) {
        let mut told: Vec<_> = self.lists.iter().map(|list| list.told.subscribe()).collect();
        while is_valid() && !told.is_empty() {
            // The senders live as long as the lists do, so that every change is seen.
            select_all(told.iter_mut().map(|told| Box::pin(told.changed()))).await.0.ok();
        }
    }
}

impl EndedList {
    fn new(process: u64) -> Self {
        let (revocations, provider_sessions) = (Revocations::new(process), Generations::new(SEEN_LIMIT));
        let state = State { revocations, lifetime: Duration::ZERO, provider_sessions };
        // A session that was never judged was judged after no change.
        Self { state: Mutex::new(state), changes: AtomicU64::new(1), told: watch::channel(()).0 }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock can panic half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Names this process to whoever reads a session that it began; zero only where there was no randomness.
fn process() -> u64 {
    static PROCESS: OnceLock<u64> = OnceLock::new();
    *PROCESS.get_or_init(|| entropy::random().map_or(0, u64::from_be_bytes))
}

fn next() -> u64 {
    ORDER.fetch_add(1, Ordering::AcqRel)
}
