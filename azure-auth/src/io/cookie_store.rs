//! Sessions that live in the browser, sealed: the ticket is the session itself.

use std::collections::HashSet;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::watch;

use super::entropy;
use super::leases::Leases;
use super::session_store::{Answer, Freshness, Kept, Lease, Readiness, SessionStore, StoreError, StoredSession};
use crate::model::identity::UserId;
use crate::model::moment::Moment;
use crate::model::session::{ProviderSession, SessionRecord};
use crate::model::unix_time::UnixTime;
use crate::rules::revocation::{Revocations, Revoked};
use crate::rules::seal::{OpenError, SealingKeys};
use crate::rules::session_record::{self, SealedSession};

/// Nothing is kept here but what must not come back: sessions that ended before their time, as far as this process
/// ended them. It forgets them when it restarts.
#[derive(Debug)]
pub(crate) struct CookieStore {
    keys: SealingKeys,
    /// Bytes of all the cookies of a session.
    budget: usize,
    /// No session lives longer.
    absolute_lifetime: Duration,
    revocations: ArcSwap<Revocations>,
    /// How often something was revoked.
    changes: watch::Sender<u64>,
    provider_sessions: Mutex<SeenProviderSessions>,
    leases: Leases,
    noted_unknown_key: AtomicBool,
    noted_forged_cookie: AtomicBool,
}

/// Sessions at the provider with which sessions here began, as far as they came by lately. Anyone may send a sign-out
/// for an invented one, and must not fill the list of revocations with them.
#[derive(Debug, Default)]
struct SeenProviderSessions {
    young: HashSet<ProviderSession>,
    old: HashSet<ProviderSession>,
}

/// In each half.
const SEEN_LIMIT: usize = 65_536;

impl CookieStore {
    pub(crate) fn new(keys: SealingKeys, budget: usize, absolute_lifetime: Duration) -> Self {
        Self {
            keys,
            budget,
            absolute_lifetime,
            revocations: ArcSwap::default(),
            changes: watch::channel(0).0,
            provider_sessions: Mutex::default(),
            leases: Leases::default(),
            noted_unknown_key: AtomicBool::new(false),
            noted_forged_cookie: AtomicBool::new(false),
        }
    }

    fn seal(&self, name: &str, record: SessionRecord) -> Result<String, StoreError> {
        let nonce = entropy::random().map_err(|_| StoreError::Entropy)?;
        let SealedSession { ticket, dropped_claims } =
            session_record::seal(record, &self.keys, name, self.budget, nonce)?;
        if let Some(biggest) = dropped_claims.first() {
            tracing::warn!(
                target: "azure_auth::session",
                biggest, dropped = dropped_claims.len(),
                "the session cookie is full; claims of `keep_claims` were dropped"
            );
        }
        Ok(ticket)
    }

    fn open(&self, name: &str, ticket: &str) -> Option<StoredSession> {
        let plain = self.keys.open(name, ticket).map_err(|problem| self.note_unreadable(problem)).ok()?;
        let record = session_record::read(&plain)?;
        if self.revocations.load().covers(&record) {
            return None;
        }
        if let Some(session) = record.provider_session {
            self.seen().note(session);
        }
        let freshness = Freshness::default();
        Some(StoredSession {
            record,
            length: plain.len(),
            version: 0,
            freshness,
            fresh_until: UnixTime(u64::MAX),
            is_to_reseal: false,
        })
    }

    /// The record under a new ticket, unless the session ended meanwhile.
    fn reissue(&self, name: &str, record: SessionRecord) -> Result<Kept, StoreError> {
        if self.revocations.load().covers(&record) {
            return Ok(Kept::Gone);
        }
        self.seal(name, record).map(Kept::Reissued)
    }

    fn revoke(&self, revoked: Revoked<'_>, now: UnixTime, remembered_until: UnixTime) {
        if self.revocations.load().holds(revoked, now) {
            return;
        }
        self.revocations.rcu(|known| known.with(revoked, now, remembered_until));
        self.changes.send_modify(|count| *count += 1);
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, SeenProviderSessions> {
        // Nothing under this lock can panic half-way.
        self.provider_sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One event per process and kind: another replica or a changed secret shows at once, and cannot flood the log.
    fn note_unreadable(&self, problem: OpenError) {
        let noted = match problem {
            OpenError::UnknownKey => &self.noted_unknown_key,
            OpenError::Malformed | OpenError::Forged => &self.noted_forged_cookie,
        };
        if !noted.swap(true, Ordering::Relaxed) {
            tracing::warn!(target: "azure_auth::session", "a session cookie was not opened: {problem}");
        }
    }
}

impl SeenProviderSessions {
    fn note(&mut self, session: ProviderSession) {
        if self.young.len() >= SEEN_LIMIT {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(session);
    }

    fn contains(&self, session: ProviderSession) -> bool {
        self.young.contains(&session) || self.old.contains(&session)
    }
}

impl SessionStore for CookieStore {
    fn create<'a>(&'a self, name: &'a str, record: SessionRecord) -> Answer<'a, String> {
        if let Some(session) = record.provider_session {
            self.seen().note(session);
        }
        Box::pin(ready(self.seal(name, record)))
    }

    fn load<'a>(&'a self, name: &'a str, ticket: &'a str) -> Answer<'a, Option<StoredSession>> {
        Box::pin(ready(Ok(self.open(name, ticket))))
    }

    fn touch<'a>(&'a self, name: &'a str, _: &'a str, seen: &'a StoredSession, now: UnixTime) -> Answer<'a, Kept> {
        Box::pin(ready(self.reissue(name, SessionRecord { last_seen: now, ..seen.record.clone() })))
    }

    fn replace<'a>(
        &'a self,
        name: &'a str,
        _: &'a str,
        _: &'a StoredSession,
        record: SessionRecord,
    ) -> Answer<'a, Kept> {
        Box::pin(ready(self.reissue(name, record)))
    }

    fn delete<'a>(&'a self, _: &'a str, _: &'a str, seen: &'a StoredSession, now: UnixTime) -> Answer<'a, ()> {
        self.revoke(Revoked::Session(seen.record.id), now, seen.record.ends_at);
        Box::pin(ready(Ok(())))
    }

    fn delete_of_user<'a>(&'a self, user: &'a UserId, now: UnixTime) -> Answer<'a, ()> {
        self.revoke(Revoked::User(user), now, now + self.absolute_lifetime);
        Box::pin(ready(Ok(())))
    }

    fn delete_of_provider_session(&self, session: ProviderSession, now: UnixTime) -> Answer<'_, bool> {
        let is_known = self.seen().contains(session);
        if is_known {
            self.revoke(Revoked::ProviderSession(session), now, now + self.absolute_lifetime);
        }
        Box::pin(ready(Ok(is_known)))
    }

    fn lease<'a>(&'a self, name: &'a str, now: Moment, duration: Duration) -> Answer<'a, Lease> {
        Box::pin(ready(Ok(self.leases.take(name, now, duration))))
    }

    fn release<'a>(&'a self, name: &'a str) -> Answer<'a, ()> {
        self.leases.release(name);
        Box::pin(ready(Ok(())))
    }

    fn ready(&self) -> Answer<'_, Readiness> {
        Box::pin(ready(Ok(Readiness { near_cache: true, may_evict: false })))
    }

    fn is_current(&self, seen: &StoredSession) -> bool {
        !self.revocations.load().covers(&seen.record)
    }

    fn over<'a>(&'a self, seen: &'a StoredSession) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        let mut changes = self.changes.subscribe();
        Box::pin(async move {
            // The sender lives as long as `self` does, so that every change is seen.
            while self.is_current(seen) && changes.changed().await.is_ok() {}
        })
    }
}
