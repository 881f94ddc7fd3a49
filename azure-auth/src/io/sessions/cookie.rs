//! Sessions that live in the browser, sealed: the ticket is the session itself.

use std::future::{Future, ready};
use std::pin::Pin;
use std::time::Duration;

use super::beside::{Beside, BesidePlace};
use super::ended_list::EndedLists;
use super::leases::Leases;
use super::store::{
    Freshness, Lease, LeaseKey, Loaded, Readiness, SessionStore, StoreError, StoreFuture, StoreOutcome, StoredSession,
};
use crate::io::clock;
use crate::io::entropy;
use crate::model::callers::identity::UserId;
use crate::model::moment::Moment;
use crate::model::refusals::lost_session::LostSession;
use crate::model::sessions::session::{Beginning, ProviderSession, SessionRecord};
use crate::model::unix_time::UnixTime;
use crate::rules::session::revocation::Revoked;
use crate::rules::session::seal::SealingKeys;
use crate::rules::session::session_record::{self, SealedSession};

/// Nothing is kept here but what must not come back: sessions that ended before their time, as far as this process
/// ended them. It forgets them when it restarts.
#[derive(Debug)]
pub(crate) struct CookieStore {
    keys: SealingKeys,
    /// Bytes of all the cookies of a session.
    budget: usize,
    ended: EndedLists,
    leases: Leases,
}

impl CookieStore {
    pub(crate) fn new(keys: SealingKeys, budget: usize, ended: EndedLists) -> Self {
        Self { keys, budget, ended, leases: Leases::default() }
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

    fn open(&self, name: &str, ticket: &str) -> Loaded {
        let plain = self.keys.open(name, ticket)?;
        let record = session_record::read(&plain).ok_or(LostSession::Cut)?;
        let (length, freshness) = (plain.len(), Freshness::default());
        let stored = StoredSession { record, length, version: 0, freshness, fresh_until: None, is_to_reseal: false };
        if self.is_over(&stored) {
            return Err(LostSession::Ended);
        }
        self.ended.note(stored.record.provider_session);
        Ok(stored)
    }

    /// The record under a new ticket, unless the session ended meanwhile.
    fn reissue(&self, name: &str, seen: &StoredSession, record: SessionRecord) -> Result<StoreOutcome, StoreError> {
        if self.is_over(seen) {
            return Ok(StoreOutcome::Gone);
        }
        self.seal(name, SessionRecord { beginning: seen.record.beginning, ..record }).map(StoreOutcome::Reissued)
    }

    /// Whether something ended it, asked of the lists only if something ended since it was judged last.
    fn is_over(&self, seen: &StoredSession) -> bool {
        if !seen.freshness.is_current() {
            return true;
        }
        let changes = self.ended.changes();
        if seen.freshness.is_judged_as_of(changes) {
            return false;
        }
        if self.ended.covers(&seen.record) {
            seen.freshness.end();
            return true;
        }
        seen.freshness.judged_as_of(changes);
        false
    }
}

impl SessionStore for CookieStore {
    fn begin<'a>(&'a self, _: &'a UserId, provider_session: Option<ProviderSession>) -> StoreFuture<'a, Beginning> {
        Box::pin(ready(self.ended.begin(provider_session).ok_or(StoreError::Entropy)))
    }

    fn create<'a>(&'a self, name: &'a str, record: SessionRecord) -> StoreFuture<'a, String> {
        // If what it belongs to ended meanwhile, that shows when the ticket is loaded.
        Box::pin(ready(self.seal(name, record)))
    }

    fn load<'a>(&'a self, name: &'a str, ticket: &'a str) -> StoreFuture<'a, Loaded> {
        Box::pin(ready(Ok(self.open(name, ticket))))
    }

    fn touch<'a>(
        &'a self,
        name: &'a str,
        _: &'a str,
        seen: &'a StoredSession,
        now: UnixTime,
    ) -> StoreFuture<'a, StoreOutcome> {
        Box::pin(ready(self.reissue(name, seen, SessionRecord { last_seen: now, ..seen.record.clone() })))
    }

    fn replace<'a>(
        &'a self,
        name: &'a str,
        _: &'a str,
        seen: &'a StoredSession,
        record: SessionRecord,
    ) -> StoreFuture<'a, StoreOutcome> {
        Box::pin(ready(self.reissue(name, seen, record)))
    }

    fn delete<'a>(&'a self, _: &'a str, _: &'a str, seen: &'a StoredSession, now: UnixTime) -> StoreFuture<'a, ()> {
        self.ended.end(Revoked::Session(&seen.record), now);
        Box::pin(ready(Ok(())))
    }

    fn delete_of_user<'a>(&'a self, user: &'a UserId) -> StoreFuture<'a, ()> {
        self.ended.end(Revoked::User(user), clock::now());
        Box::pin(ready(Ok(())))
    }

    fn delete_of_provider_session(&self, session: ProviderSession) -> StoreFuture<'_, bool> {
        Box::pin(ready(Ok(self.ended.end_known(session))))
    }

    fn load_beside<'a>(&'a self, _: BesidePlace<'a>) -> StoreFuture<'a, Beside> {
        Box::pin(ready(Ok(Beside::default())))
    }

    /// A browser would carry it along with every request, and most of them have no room for it.
    fn put_beside<'a>(&'a self, _: BesidePlace<'a>, _: u64, _: Vec<u8>) -> StoreFuture<'a, StoreOutcome> {
        Box::pin(ready(Err(StoreError::NothingBeside)))
    }

    fn keeps_beside(&self) -> bool {
        false
    }

    fn lease<'a>(&'a self, name: &'a str, now: Moment, duration: Duration) -> StoreFuture<'a, Lease> {
        Box::pin(ready(Ok(self.leases.take(name, now, duration))))
    }

    fn release<'a>(&'a self, name: &'a str, key: LeaseKey) -> StoreFuture<'a, ()> {
        self.leases.release(name, key);
        Box::pin(ready(Ok(())))
    }

    fn ready(&self) -> StoreFuture<'_, Readiness> {
        Box::pin(ready(Ok(Readiness { near_cache: true, may_evict: false })))
    }

    fn is_current(&self, seen: &StoredSession) -> bool {
        !self.is_over(seen)
    }

    fn over<'a>(&'a self, seen: &'a StoredSession) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(self.ended.changed_until(|| !self.is_over(seen)))
    }
}
