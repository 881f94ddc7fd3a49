//! A live session as requests share it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::site::Site;
use crate::io::sessions::session_end;
use crate::io::sessions::store::{SessionStore, StoredSession};
use crate::model::callers::groups::RelevantGroups;
use crate::model::callers::principal::{Evidence, Party, Principal};
use crate::model::downstream::tokens_in_hand::TokensInHand;
use crate::model::unix_time::UnixTime;
use crate::rules::session::cookies::CookiePlacement;
use crate::rules::session::session_lifetime::{self, SessionState};

/// What a ticket opened, and whom it proves. It serves every request with the same ticket, until it is no longer valid.
#[derive(Debug)]
pub(crate) struct OpenedSession {
    pub(crate) site: Arc<Site>,
    pub(crate) placement: CookiePlacement,
    pub(crate) ticket: String,
    pub(crate) stored: StoredSession,
    pub(crate) principal: Arc<Principal>,
    /// One request in a while notes that it was seen.
    is_touched: AtomicBool,
    /// The browser came with it and without a count of sign-ins: there will be none before the next one.
    is_uncounted: AtomicBool,
}

impl OpenedSession {
    pub(crate) fn new(
        site: Arc<Site>,
        placement: CookiePlacement,
        ticket: String,
        stored: StoredSession,
        groups: &RelevantGroups,
    ) -> Self {
        let principal = Principal {
            party: Party::User(stored.record.identity.clone()),
            evidence: Evidence::Session,
            client_id: None,
            groups: groups.recall(stored.record.groups.as_ref()),
            ends_at: session_lifetime::end(&stored.record),
            known_until: UnixTime(u64::MAX),
            tokens: TokensInHand::default(),
        };
        let [is_touched, is_uncounted] = [AtomicBool::new(false), AtomicBool::new(false)];
        Self { site, placement, ticket, stored, principal: Arc::new(principal), is_touched, is_uncounted }
    }

    /// The name of the cookie it came in.
    pub(crate) fn cookie_name(&self) -> &str {
        self.site.names.session(self.placement)
    }

    /// Whether its time is not over.
    pub(crate) fn is_live(&self, now: UnixTime) -> bool {
        session_lifetime::judge(&self.stored.record, now) != SessionState::Over
    }

    /// Whether this request is the one that notes that the session was seen: the first since that is due.
    pub(crate) fn is_to_touch(&self, now: UnixTime) -> bool {
        session_lifetime::judge(&self.stored.record, now) == SessionState::ToRenew
            && !self.is_touched.swap(true, Ordering::Relaxed)
    }

    /// The note went to the browser as a new ticket: whether it arrived shows when the old one comes back.
    pub(crate) fn was_reissued(&self) {
        self.is_touched.store(false, Ordering::Relaxed);
    }

    /// Nobody need look for a count of sign-ins again.
    pub(crate) fn is_uncounted(&self) -> bool {
        self.is_uncounted.load(Ordering::Relaxed)
    }

    /// The browser came without one.
    pub(crate) fn came_uncounted(&self) {
        self.is_uncounted.store(true, Ordering::Relaxed);
    }

    /// Waits until the session is over.
    pub(crate) async fn ended(&self, store: &dyn SessionStore) {
        session_end::session(store, self.cookie_name(), &self.ticket, &self.stored).await;
    }
}
