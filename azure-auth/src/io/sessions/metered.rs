//! How long a session store takes, and how many sessions it keeps.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::io::clock;
use crate::io::meters::catalogue::{SESSIONS, STORE_OPERATIONS};
use crate::io::meters::handles::{self, Gauge, Histogram, Stopwatch};
use crate::io::sessions::beside::{Beside, BesidePlace};
use crate::io::sessions::store::{
    Lease, LeaseKey, Loaded, Readiness, SessionStore, StoreError, StoreFuture, StoreOutcome, StoredSession,
};
use crate::model::callers::identity::UserId;
use crate::model::moment::Moment;
use crate::model::sessions::session::{Beginning, ProviderSession, SessionRecord};
use crate::model::unix_time::UnixTime;

/// A store whose operations are timed.
#[derive(Debug)]
pub(crate) struct MeteredStore {
    store: Arc<dyn SessionStore>,
    word: &'static str,
    /// Of operations that were done; each is made when it is first needed.
    done: [OnceLock<Histogram>; OPERATIONS.len()],
    kept: Option<Kept>,
}

/// What this store has added to the number of sessions that the process keeps.
#[derive(Debug)]
struct Kept {
    sessions: Gauge,
    added: AtomicUsize,
}

#[derive(Clone, Copy, Debug)]
enum Operation {
    Begin,
    Create,
    Load,
    Touch,
    Replace,
    Delete,
    DeleteOfUser,
    DeleteOfProviderSession,
    LoadBeside,
    PutBeside,
    Lease,
    Release,
    Ready,
}

const OPERATIONS: [&str; 13] = [
    "begin",
    "create",
    "load",
    "touch",
    "replace",
    "delete",
    "delete-of-user",
    "delete-of-provider-session",
    "load-beside",
    "put-beside",
    "lease",
    "release",
    "ready",
];

impl MeteredStore {
    /// `word`: what it is called in `AZURE_SESSION_STORE`.
    pub(crate) fn new(store: Arc<dyn SessionStore>, word: &'static str) -> Self {
        let kept = store.kept(clock::now()).map(|_| {
            let sessions = handles::gauge(&SESSIONS, &[word]);
            sessions.increment(0.0);
            Kept { sessions, added: AtomicUsize::new(0) }
        });
        Self { store, word, done: [const { OnceLock::new() }; OPERATIONS.len()], kept }
    }

    fn timed<'a, T: Send + 'a>(&'a self, operation: Operation, future: StoreFuture<'a, T>) -> StoreFuture<'a, T> {
        Box::pin(async move {
            let begun = Stopwatch::start();
            let answer = future.await;
            self.record(operation, answer.as_ref().err(), begun);
            answer
        })
    }

    /// The same for what may change how many sessions there are.
    fn counted<'a, T: Send + 'a>(&'a self, operation: Operation, future: StoreFuture<'a, T>) -> StoreFuture<'a, T> {
        let timed = self.timed(operation, future);
        Box::pin(async move {
            let answer = timed.await;
            self.count();
            answer
        })
    }

    fn record(&self, operation: Operation, error: Option<&StoreError>, begun: Stopwatch) {
        let word = OPERATIONS[operation as usize];
        let histogram = |outcome| handles::histogram(&STORE_OPERATIONS, &[self.word, word, outcome]);
        match error {
            None => self.done[operation as usize].get_or_init(|| histogram("done")).record(begun.seconds()),
            Some(error) => histogram(outcome(error)).record(begun.seconds()),
        }
    }

    fn count(&self) {
        if let Some(kept) = &self.kept {
            kept.set(self.store.kept(clock::now()).unwrap_or_default());
        }
    }
}

impl Kept {
    /// Several stores of one process are counted together.
    #[allow(clippy::cast_precision_loss, reason = "nobody keeps so many sessions")]
    fn set(&self, sessions: usize) {
        let before = self.added.swap(sessions, Ordering::AcqRel);
        self.sessions.increment(sessions as f64 - before as f64);
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.set(0);
    }
}

fn outcome(error: &StoreError) -> &'static str {
    match error {
        StoreError::Unreachable => "unreachable",
        StoreError::TimedOut => "timed-out",
        StoreError::Full => "full",
        StoreError::Refused { .. } => "refused",
        StoreError::NothingBeside | StoreError::BesideTooLong { .. } | StoreError::Record(_) | StoreError::Entropy => {
            "failed"
        }
    }
}

impl SessionStore for MeteredStore {
    fn begin<'a>(&'a self, user: &'a UserId, provider_session: Option<ProviderSession>) -> StoreFuture<'a, Beginning> {
        self.timed(Operation::Begin, self.store.begin(user, provider_session))
    }

    fn create<'a>(&'a self, name: &'a str, record: SessionRecord) -> StoreFuture<'a, String> {
        self.counted(Operation::Create, self.store.create(name, record))
    }

    fn load<'a>(&'a self, name: &'a str, ticket: &'a str) -> StoreFuture<'a, Loaded> {
        self.timed(Operation::Load, self.store.load(name, ticket))
    }

    fn touch<'a>(
        &'a self,
        name: &'a str,
        ticket: &'a str,
        seen: &'a StoredSession,
        now: UnixTime,
    ) -> StoreFuture<'a, StoreOutcome> {
        self.counted(Operation::Touch, self.store.touch(name, ticket, seen, now))
    }

    fn replace<'a>(
        &'a self,
        name: &'a str,
        ticket: &'a str,
        seen: &'a StoredSession,
        record: SessionRecord,
    ) -> StoreFuture<'a, StoreOutcome> {
        self.timed(Operation::Replace, self.store.replace(name, ticket, seen, record))
    }

    fn delete<'a>(
        &'a self,
        name: &'a str,
        ticket: &'a str,
        seen: &'a StoredSession,
        now: UnixTime,
    ) -> StoreFuture<'a, ()> {
        self.counted(Operation::Delete, self.store.delete(name, ticket, seen, now))
    }

    fn delete_of_user<'a>(&'a self, user: &'a UserId) -> StoreFuture<'a, ()> {
        self.counted(Operation::DeleteOfUser, self.store.delete_of_user(user))
    }

    fn delete_of_provider_session(&self, session: ProviderSession) -> StoreFuture<'_, bool> {
        self.counted(Operation::DeleteOfProviderSession, self.store.delete_of_provider_session(session))
    }

    fn load_beside<'a>(&'a self, place: BesidePlace<'a>) -> StoreFuture<'a, Beside> {
        self.timed(Operation::LoadBeside, self.store.load_beside(place))
    }

    fn put_beside<'a>(
        &'a self,
        place: BesidePlace<'a>,
        before: u64,
        content: Vec<u8>,
    ) -> StoreFuture<'a, StoreOutcome> {
        self.timed(Operation::PutBeside, self.store.put_beside(place, before, content))
    }

    fn keeps_beside(&self) -> bool {
        self.store.keeps_beside()
    }

    fn lease<'a>(&'a self, name: &'a str, now: Moment, duration: Duration) -> StoreFuture<'a, Lease> {
        self.timed(Operation::Lease, self.store.lease(name, now, duration))
    }

    fn release<'a>(&'a self, name: &'a str, key: LeaseKey) -> StoreFuture<'a, ()> {
        self.timed(Operation::Release, self.store.release(name, key))
    }

    fn ready(&self) -> StoreFuture<'_, Readiness> {
        self.counted(Operation::Ready, self.store.ready())
    }

    fn is_current(&self, seen: &StoredSession) -> bool {
        self.store.is_current(seen)
    }

    fn over<'a>(&'a self, seen: &'a StoredSession) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        self.store.over(seen)
    }

    fn kept(&self, now: UnixTime) -> Option<usize> {
        self.store.kept(now)
    }
}
