//! Where sessions live between requests.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use thiserror::Error;
use tokio::sync::Notify;

use super::beside::{Beside, BesidePlace};
use crate::io::clock;
use crate::model::callers::identity::UserId;
use crate::model::moment::Moment;
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::model::refusals::lost_session::LostSession;
use crate::model::sessions::session::{Beginning, ProviderSession, SessionRecord};
use crate::model::unix_time::UnixTime;
use crate::rules::session::session_record::SessionRecordError;

/// A place that keeps sessions.
///
/// A session is found by its *ticket*: the value of its cookie, which nobody can guess. A ticket is good under the
/// *name* of the cookie it was made for and no other, so that what one application wrote opens nothing in another. Every
/// implementation keeps the promises below; one suite of tests asks all of them.
///
/// Where the ticket is the session itself, sealed, three of them hold less far. Nobody knows of a replacement: the ticket
/// from before stays good until the session ends, with what it says, and of two replacements both happen. A name is
/// asked only of tickets that are loaded. And an end is known to the process that was told of it, until it restarts.
///
/// What ended is told by the store's own order, never by comparing the clocks of two machines: what was begun before an
/// end is over, a session that is being created meanwhile included.
pub(crate) trait SessionStore: fmt::Debug + Send + Sync {
    /// What a session of this person must hold to be created. Asked for as soon as the person is proven: whatever ends
    /// from then on ends that session too.
    fn begin<'a>(&'a self, user: &'a UserId, provider_session: Option<ProviderSession>) -> StoreFuture<'a, Beginning>;

    /// Creates a session and returns its ticket, which is new: nothing that exists is ever overwritten. Where the
    /// sessions of its person, or of its session at the provider, ended after it [began](Self::begin), the ticket finds
    /// nothing.
    fn create<'a>(&'a self, name: &'a str, record: SessionRecord) -> StoreFuture<'a, String>;

    /// The session of a ticket. A ticket that was cut, changed, made for another name, or whose session ended, has none, and why is told;
    /// whether the time of the session is over is asked by whoever loads it.
    fn load<'a>(&'a self, name: &'a str, ticket: &'a str) -> StoreFuture<'a, Loaded>;

    /// Notes that a session was seen at `now`. It never brings back one that ended meanwhile.
    fn touch<'a>(
        &'a self,
        name: &'a str,
        ticket: &'a str,
        seen: &'a StoredSession,
        now: UnixTime,
    ) -> StoreFuture<'a, StoreOutcome>;

    /// Puts another record in the place of `seen`, unless that was replaced or ended meanwhile. When it began stays.
    fn replace<'a>(
        &'a self,
        name: &'a str,
        ticket: &'a str,
        seen: &'a StoredSession,
        record: SessionRecord,
    ) -> StoreFuture<'a, StoreOutcome>;

    /// Ends one session. A session that has already ended is not an error.
    fn delete<'a>(
        &'a self,
        name: &'a str,
        ticket: &'a str,
        seen: &'a StoredSession,
        now: UnixTime,
    ) -> StoreFuture<'a, ()>;

    /// Ends every session of a person, and every one that is being created.
    fn delete_of_user<'a>(&'a self, user: &'a UserId) -> StoreFuture<'a, ()>;

    /// The same for the sessions that belong to one session at the provider. False where none was known: anyone may ask.
    fn delete_of_provider_session(&self, session: ProviderSession) -> StoreFuture<'_, bool>;

    /// What is kept beside a session in a slot of that name. It is there as long as the session, and ends with it.
    fn load_beside<'a>(&'a self, place: BesidePlace<'a>) -> StoreFuture<'a, Beside>;

    /// Writes it, unless the session ended meanwhile or somebody else wrote the slot after the version `before`.
    fn put_beside<'a>(&'a self, place: BesidePlace<'a>, before: u64, content: Vec<u8>)
    -> StoreFuture<'a, StoreOutcome>;

    /// Whether anything can be kept beside sessions.
    fn keeps_beside(&self) -> bool {
        true
    }

    /// Whether somebody asks first for this name within the time.
    fn lease<'a>(&'a self, name: &'a str, now: Moment, duration: Duration) -> StoreFuture<'a, Lease>;

    /// Gives a name back before its time, by whoever was first: what it stood for cannot happen any more, or has
    /// happened. Where the time is over and somebody else has the name by now, they keep it.
    fn release<'a>(&'a self, name: &'a str, key: LeaseKey) -> StoreFuture<'a, ()>;

    /// Whether sessions can be kept and found now, and how.
    fn ready(&self) -> StoreFuture<'_, Readiness>;

    /// How many sessions it keeps itself, without those whose time is over. None where it cannot say.
    #[cfg_attr(not(feature = "metrics"), allow(dead_code, reason = "nobody else asks"))]
    fn kept(&self, _now: UnixTime) -> Option<usize> {
        None
    }

    /// Whether what was loaded is still valid, asked of memory alone: at every request.
    fn is_current(&self, seen: &StoredSession) -> bool {
        seen.is_fresh()
    }

    /// Resolves when what was loaded may no longer be valid, except by its age: then it is loaded again.
    fn over<'a>(&'a self, seen: &'a StoredSession) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(seen.freshness.over())
    }
}

/// What a store answers, or why it did not.
pub(crate) type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// What a ticket is good for.
pub(crate) type Loaded = Result<StoredSession, LostSession>;

/// A session as it was loaded.
#[derive(Clone, Debug)]
pub(crate) struct StoredSession {
    pub(crate) record: SessionRecord,
    /// The length of the record as text, in bytes.
    pub(crate) length: usize,
    /// Changes with every replacement; zero where a ticket is the session itself.
    pub(crate) version: u64,
    pub(crate) freshness: Freshness,
    /// From then on it is loaded again in any case. An age, which no clock on a wall measures.
    pub(crate) fresh_until: Option<Moment>,
    /// Whether an older key sealed it than the one that seals now.
    pub(crate) is_to_reseal: bool,
}

impl StoredSession {
    /// Whether nobody has told that it changed, and it is not too old.
    pub(crate) fn is_fresh(&self) -> bool {
        self.freshness.is_current() && self.fresh_until.is_none_or(|moment| clock::moment() < moment)
    }

    /// The time that is left until its age is a reason to load it again.
    pub(crate) fn fresh_for(&self) -> Duration {
        self.fresh_until.map_or(Duration::MAX, |moment| moment.since(clock::moment()))
    }
}

/// What became of a session that was to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoreOutcome {
    /// Under the ticket it had.
    InPlace,
    /// Under a new ticket, for the browser to keep.
    Reissued(String),
    /// Somebody else replaced it first.
    Changed,
    /// It ended.
    Gone,
}

/// What somebody gets who asks for a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Lease {
    /// It is theirs, to be given back with the key.
    First(LeaseKey),
    /// Somebody else asked before.
    Taken,
    /// Whether somebody asked before would not be remembered.
    NoRoom,
}

/// Tells one who has a lease from the next one who has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LeaseKey(pub(crate) u64);

/// How a store that is ready works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Readiness {
    /// Whether a session that was loaded serves further requests without asking the store. Where it does not, every
    /// request costs a way to the store and back.
    pub(crate) near_cache: bool,
    /// Whether the server may drop keys to make room: then sessions may end before their time.
    pub(crate) may_evict: bool,
}

/// Tells everyone who holds a loaded session when it is no longer valid.
#[derive(Clone, Debug, Default)]
pub(crate) struct Freshness(Arc<FreshnessState>);

#[derive(Debug, Default)]
struct FreshnessState {
    is_over: AtomicBool,
    /// As of how many changes of a list it was judged last.
    judged_as_of: AtomicU64,
    waiting: Notify,
}

impl Freshness {
    /// For something that is never used twice.
    #[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "without a server nothing is so uncertain"))]
    pub(crate) fn none() -> Self {
        let freshness = Self::default();
        freshness.end();
        freshness
    }

    pub(crate) fn is_current(&self) -> bool {
        !self.0.is_over.load(Ordering::Acquire)
    }

    /// Whether it was judged after so many changes.
    pub(crate) fn is_judged_as_of(&self, changes: u64) -> bool {
        self.0.judged_as_of.load(Ordering::Acquire) == changes
    }

    pub(crate) fn judged_as_of(&self, changes: u64) {
        self.0.judged_as_of.store(changes, Ordering::Release);
    }

    pub(crate) fn end(&self) {
        self.0.is_over.store(true, Ordering::Release);
        self.0.waiting.notify_waiters();
    }

    pub(crate) async fn over(&self) {
        loop {
            let waiting = self.0.waiting.notified();
            if !self.is_current() {
                return;
            }
            waiting.await;
        }
    }
}

/// Why a store did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "most of them are a server's"))]
pub(crate) enum StoreError {
    /// Usual cause: the store's server is down, or a network is between; an operator looks after it.
    #[error("the session store cannot be reached")]
    Unreachable,
    #[error("the session store did not answer in time")]
    TimedOut,
    /// Usual cause: the server's memory is full, or the limit of the memory store is reached.
    #[error("the session store is full")]
    Full,
    /// Usual cause: a password or an access rule of the server. The code is the server's own first word.
    #[error("the session store refused with `{code}`")]
    Refused { code: String },
    /// Usual cause: sessions live in cookies, which have no room for anything else.
    #[error("this session store keeps nothing beside sessions")]
    NothingBeside,
    /// Usual cause: tokens of another API that say very much of a person.
    #[error("what was to be kept beside a session has {found} bytes, the limit is {limit}")]
    BesideTooLong { found: usize, limit: usize },
    #[error(transparent)]
    Record(#[from] SessionRecordError),
    #[error("no randomness for a ticket")]
    Entropy,
}

impl Diagnosed for StoreError {
    fn details(&self) -> Details {
        match self {
            Self::Unreachable => Details::new("no connection", "the server that `AZURE_SESSION_STORE` names")
                .remedy("check that it runs and that `AZURE_SESSION_STORE` names it (`redis-cli -u <address> ping`)"),
            Self::TimedOut => Details::new("no answer in time", "an answer")
                .remedy("check the load of the server that `AZURE_SESSION_STORE` names, and the network to it"),
            Self::Full => Details::new("no room", "room for one session more")
                .remedy("give the store of `AZURE_SESSION_STORE` more memory"),
            Self::Refused { code } => Details::new(code.clone(), "an answer")
                .remedy("check the user and the rights that `AZURE_SESSION_STORE` names"),
            Self::NothingBeside => Details::new("sessions in cookies", "sessions on the server")
                .remedy("set `AZURE_SESSION_STORE` to `memory`, or to the address of a Redis server (`redis://…`)"),
            Self::BesideTooLong { found, limit } => {
                Details::new(format!("{found} bytes"), format!("at most {limit} bytes"))
                    .remedy("let the other API's tokens say less: `optionalClaims` and `groupMembershipClaims` of its registration make them long")
            }
            Self::Record(error) => error.details(),
            Self::Entropy => Details::new("no randomness", "randomness of the operating system"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_learns_that_a_session_no_longer_stands() {
        let freshness = Freshness::default();
        let held = freshness.clone();
        let waiting = tokio::spawn(async move { held.over().await });
        assert!(freshness.is_current());
        freshness.end();
        waiting.await.unwrap();
        assert!(!freshness.is_current());
        Freshness::none().over().await;
    }
}
