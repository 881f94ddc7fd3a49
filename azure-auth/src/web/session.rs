//! The session of a request: opened once, renewed or ended with the answer.

use std::sync::Arc;

use poem::Request;
use poem::http::header::HeaderValue;

use super::application::{Application, RequestCell, Site};
use super::{request_facts, rounds};
use crate::io::{clock, entropy};
use crate::model::groups::GroupsInQuestion;
use crate::model::principal::{Evidence, Party, Principal};
use crate::model::session::SessionRecord;
use crate::rules::cookies::{self, CookieNames};
use crate::rules::seal::OpenError;
use crate::rules::session_lifetime::{self, SessionState};
use crate::rules::session_record::{self, SealedSession, SessionRecordError};

/// A live session, and whether its cookie is due to be written again.
#[derive(Debug)]
pub(crate) struct OpenedSession {
    pub(crate) site: Arc<Site>,
    pub(crate) record: SessionRecord,
    pub(crate) principal: Arc<Principal>,
    pub(crate) is_to_renew: bool,
}

/// Opens the session that a request carries. A tampered, truncated, foreign, expired or oversized cookie is none.
pub(crate) fn open(cell: &RequestCell, request: &Request) -> Option<OpenedSession> {
    let application = cell.application.as_ref();
    let keys = application.session_keys.as_ref()?;
    let site = application.site(request).ok()?;
    let names = &site.names;
    let value = cookies::find(request_facts::cookie_headers(request), names.session())?;
    let plain = match keys.open(names.session(), value) {
        Ok(plain) => plain,
        Err(problem) => {
            application.note_unreadable_cookie(problem);
            return None;
        }
    };
    let record = session_record::read(&plain)?;
    let now = clock::now();
    let state = session_lifetime::judge(&record, now);
    let principal = principal(&record, &cell.table.groups);
    // A tenant may have left the list since.
    let is_accepted = principal.tenant().is_none_or(|tenant| application.configuration.tenants.accepts(tenant));
    if state == SessionState::Over || !is_accepted || application.revoked.covers(&principal.evidence) {
        return None;
    }
    if rounds::may_be_counted(record.signed_in_at, now) {
        rounds::forget(cell, request, &site);
    }
    Some(OpenedSession { site, record, principal: Arc::new(principal), is_to_renew: state == SessionState::ToRenew })
}

fn principal(record: &SessionRecord, groups: &GroupsInQuestion) -> Principal {
    Principal {
        party: Party::User(record.identity.clone()),
        evidence: Evidence::Session { id: record.id, signed_in_at: record.signed_in_at },
        groups: groups.recalled(record.groups.as_ref()),
        ends_at: session_lifetime::end(record),
    }
}

/// Seals a record into the header that sets its cookie.
pub(crate) fn seal(
    application: &Application,
    names: &CookieNames,
    record: SessionRecord,
) -> Result<HeaderValue, SessionRecordError> {
    let keys = application.session_keys.as_ref().ok_or(SessionRecordError::NotSealed)?;
    let nonce = entropy::random().map_err(|_| SessionRecordError::NotSealed)?;
    let SealedSession { cookie_value, dropped_claims } = session_record::seal(record, keys, names.session(), nonce)?;
    if let Some(biggest) = dropped_claims.first() {
        tracing::warn!(
            target: "azure_auth::session",
            biggest, dropped = dropped_claims.len(),
            "the session cookie is full; claims of `keep_claims` were dropped"
        );
    }
    set_cookie(names.session(), &cookie_value, names.is_secure, None).ok_or(SessionRecordError::NotSealed)
}

/// A session as the browser sends it back: `name=value`.
#[cfg(feature = "testing")]
pub(crate) fn cookie_pair(application: &Application, record: SessionRecord) -> Result<String, SessionRecordError> {
    let site = application.public_site().ok_or(SessionRecordError::NotSealed)?;
    let header = seal(application, &site.names, record)?;
    let pair = header.to_str().ok().and_then(|header| header.split(';').next());
    pair.map(ToOwned::to_owned).ok_or(SessionRecordError::NotSealed)
}

/// The same record, seen now.
pub(crate) fn renewed(record: &SessionRecord) -> SessionRecord {
    SessionRecord { last_seen: clock::now(), ..record.clone() }
}

/// A `Set-Cookie` header with the attributes that all our cookies have. `max_age`: seconds; without it the cookie
/// goes with the browser.
pub(crate) fn set_cookie(name: &str, value: &str, is_secure: bool, max_age: Option<u32>) -> Option<HeaderValue> {
    let mut cookie = cookie::Cookie::build((name, value)).path("/").http_only(true).same_site(cookie::SameSite::Lax);
    if is_secure {
        cookie = cookie.secure(true);
    }
    if let Some(seconds) = max_age {
        cookie = cookie.max_age(cookie::time::Duration::seconds(seconds.into()));
    }
    HeaderValue::from_str(&cookie.build().to_string()).ok()
}

impl RequestCell {
    /// Deletes a cookie, with the attributes it was set with, or browsers keep it.
    pub(crate) fn delete_cookie(&self, name: &str, is_secure: bool) {
        if let Some(cookie) = set_cookie(name, "", is_secure, Some(0)) {
            self.add_cookie(cookie);
        }
    }
}

impl Application {
    /// One event per process and kind: another replica or a changed secret shows at once, and cannot flood the log.
    fn note_unreadable_cookie(&self, problem: OpenError) {
        let noted = match problem {
            OpenError::UnknownKey => &self.noted_unknown_key,
            OpenError::Malformed | OpenError::Forged => &self.noted_forged_cookie,
        };
        if !noted.swap(true, std::sync::atomic::Ordering::Relaxed) {
            tracing::warn!(target: "azure_auth::session", "a session cookie was not opened: {problem}");
        }
    }
}
