//! Sessions that ended before their time.

use std::collections::HashMap;
use std::hash::Hash;

use crate::model::identity::UserId;
use crate::model::session::{ProviderSession, SessionId, SessionRecord};
use crate::model::unix_time::UnixTime;

/// More revocations of a kind are not remembered one by one.
const CAPACITY: usize = 65_536;

/// Which sessions this process knows to be over. Bounded: when it is full, every session begun until then is over;
/// closed, never open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Revocations {
    sessions: HashMap<SessionId, Ended>,
    users: HashMap<UserId, Ended>,
    provider_sessions: HashMap<ProviderSession, Ended>,
    not_before: Option<UnixTime>,
}

/// What ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Revoked<'a> {
    Session(SessionId),
    /// Every session of a person.
    User(&'a UserId),
    /// Every session that began with one session at the provider.
    ProviderSession(ProviderSession),
}

/// When it ended: what began later is not meant. And until when that must be remembered.
#[derive(Clone, Copy, Debug)]
struct Ended {
    at: UnixTime,
    remembered_until: UnixTime,
}

impl Revocations {
    pub(crate) fn covers(&self, record: &SessionRecord) -> bool {
        let begun = record.signed_in_at;
        self.not_before.is_some_and(|instant| begun <= instant)
            || self.sessions.contains_key(&record.id)
            || self.users.get(&record.identity.id).is_some_and(|ended| begun <= ended.at)
            || record
                .provider_session
                .and_then(|session| self.provider_sessions.get(&session))
                .is_some_and(|ended| begun <= ended.at)
    }

    /// Whether the same was revoked at the same instant, or later: once more would change nothing.
    pub(crate) fn holds(&self, revoked: Revoked<'_>, now: UnixTime) -> bool {
        let ended = match revoked {
            Revoked::Session(id) => self.sessions.get(&id),
            Revoked::User(user) => self.users.get(user),
            Revoked::ProviderSession(session) => self.provider_sessions.get(&session),
        };
        ended.is_some_and(|ended| now <= ended.at)
    }

    /// These revocations and one more. `remembered_until`: when everything that it ends is over by itself.
    #[must_use]
    pub(crate) fn with(&self, revoked: Revoked<'_>, now: UnixTime, remembered_until: UnixTime) -> Self {
        let mut next = self.clone();
        let ended = Ended { at: now, remembered_until };
        if !next.insert(revoked, ended) {
            // The one more is listed all the same: by another replica's clock it may have begun after now.
            next = Self { not_before: self.not_before.max(Some(now)), ..Self::default() };
            next.insert(revoked, ended);
        }
        next
    }

    fn insert(&mut self, revoked: Revoked<'_>, ended: Ended) -> bool {
        match revoked {
            Revoked::Session(id) => insert(&mut self.sessions, id, ended),
            Revoked::User(user) => insert(&mut self.users, user.clone(), ended),
            Revoked::ProviderSession(session) => insert(&mut self.provider_sessions, session, ended),
        }
    }
}

/// False if there is no room even without what nobody needs to remember any more.
fn insert<K: Eq + Hash>(list: &mut HashMap<K, Ended>, key: K, ended: Ended) -> bool {
    if list.len() >= CAPACITY {
        list.retain(|_, listed| listed.remembered_until > ended.at);
    }
    if list.len() >= CAPACITY {
        return false;
    }
    list.insert(key, ended);
    true
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::rules::session_record::tests::record;

    const NOW: UnixTime = UnixTime(1_800_000_000);
    const FAR: UnixTime = UnixTime(1_900_000_000);

    fn numbered(number: u64) -> SessionRecord {
        SessionRecord {
            id: SessionId([number, 0]),
            provider_session: Some(ProviderSession([number, 0])),
            ..record(NOW.0)
        }
    }

    #[test]
    fn a_session_that_was_signed_out_stays_dead_and_others_live() {
        let revocations = Revocations::default().with(Revoked::Session(SessionId([1, 0])), NOW, FAR);
        assert!(revocations.covers(&numbered(1)));
        assert!(!revocations.covers(&numbered(2)));
    }

    #[test]
    fn all_sessions_of_a_person_end_and_the_next_one_lives() {
        let (mut own, other) = (numbered(1), UserId::OpenId { issuer: "i".to_owned(), subject: "other".to_owned() });
        let ended = Revocations::default().with(Revoked::User(&own.identity.id), NOW, FAR);
        assert!(ended.covers(&own));
        assert!(!Revocations::default().with(Revoked::User(&other), NOW, FAR).covers(&own));
        own.signed_in_at = NOW + Duration::from_secs(1);
        assert!(!ended.covers(&own), "begun afterwards");
    }

    #[test]
    fn a_session_ends_with_the_one_at_the_provider() {
        let revoked = Revoked::ProviderSession(ProviderSession([1, 0]));
        let ended = Revocations::default().with(revoked, NOW, FAR);
        assert!(ended.covers(&numbered(1)));
        assert!(!ended.covers(&numbered(2)));
        assert!(!ended.covers(&SessionRecord { provider_session: None, ..numbered(1) }));
        let later = SessionRecord { signed_in_at: NOW + Duration::from_secs(1), ..numbered(1) };
        assert!(!ended.covers(&later), "begun afterwards");
    }

    #[test]
    fn a_full_list_ends_every_session_begun_until_then() {
        let mut full = Revocations::default();
        for number in 0..CAPACITY as u64 {
            full.sessions.insert(SessionId([number, 0]), Ended { at: NOW, remembered_until: FAR });
        }
        let revocations = full.with(Revoked::Session(SessionId([u64::MAX, 0])), NOW, FAR);
        assert!(revocations.covers(&numbered(3)), "one that was listed");
        assert!(revocations.covers(&numbered(9_999_999)), "one that was not");
        let later = SessionRecord { id: SessionId([7, 7]), ..record(NOW.0 + 1) };
        assert!(!revocations.covers(&later));
        let itself = SessionRecord { id: SessionId([u64::MAX, 0]), ..record(NOW.0 + 1) };
        assert!(revocations.covers(&itself), "though it began later by another clock");
        assert_eq!(revocations.sessions.len(), 1);
    }

    #[test]
    fn what_has_ended_anyway_makes_room() {
        let mut full = Revocations::default();
        for number in 0..CAPACITY as u64 {
            full.sessions.insert(SessionId([number, 0]), Ended { at: NOW, remembered_until: NOW });
        }
        let revocations = full.with(Revoked::Session(SessionId([5, 0])), NOW, FAR);
        assert_eq!((revocations.sessions.len(), revocations.not_before), (1, None));
    }
}
