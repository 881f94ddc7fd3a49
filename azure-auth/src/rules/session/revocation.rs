//! Sessions that ended before their time, where nobody else remembers them.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use crate::model::callers::identity::UserId;
use crate::model::sessions::session::{Beginning, ProviderSession, SessionId, SessionRecord};
use crate::model::unix_time::UnixTime;
use crate::rules::token::token_claims::CLOCK_LEEWAY;

/// More revocations of a kind are not remembered one by one.
pub(crate) const CAPACITY: usize = 65_536;

/// A list with so many that are still needed has no room: otherwise each revocation might look through all the others.
const FULL: usize = CAPACITY / 8 * 7;

/// Which sessions this process knows to be over. Bounded: when it is full, every session begun until then is over;
/// closed, never open.
///
/// What this process began is compared by its own order, in which no clock plays a part. What another one began can only
/// be compared by what it says of itself, give or take the leeway of clocks.
#[derive(Debug)]
pub(crate) struct Revocations {
    /// Names this process in the beginnings that it gave.
    process: u64,
    sessions: HashMap<SessionId, Ended>,
    users: HashMap<UserId, Ended>,
    provider_sessions: HashMap<ProviderSession, Ended>,
    /// Every session until then is over.
    everything: Until,
}

/// What ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Revoked<'a> {
    Session(&'a SessionRecord),
    /// Every session of a person.
    User(&'a UserId),
    /// Every session that began with one session at the provider.
    ProviderSession(ProviderSession),
}

/// When something ends, by both measures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    /// In the order of this process: what began earlier is meant, whatever its clock said.
    pub(crate) order: u64,
    pub(crate) now: UnixTime,
}

/// How far back sessions are over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Until {
    /// Sessions that this process began before that, in its own order.
    order: u64,
    /// Sessions of any other process that say that they began until then.
    signed_in_at: Option<UnixTime>,
}

#[derive(Clone, Copy, Debug)]
struct Ended {
    until: Until,
    /// By then everything that it ends is over by its time.
    remembered_until: UnixTime,
}

impl Revocations {
    pub(crate) fn new(process: u64) -> Self {
        Self {
            process,
            sessions: HashMap::new(),
            users: HashMap::new(),
            provider_sessions: HashMap::new(),
            everything: Until::default(),
        }
    }

    pub(crate) fn covers(&self, record: &SessionRecord) -> bool {
        self.is_until(record, &self.everything)
            || self.sessions.contains_key(&record.id)
            || self.users.get(&record.identity.id).is_some_and(|ended| self.is_until(record, &ended.until))
            || record
                .provider_session
                .and_then(|session| self.provider_sessions.get(&session))
                .is_some_and(|ended| self.is_until(record, &ended.until))
    }

    fn is_until(&self, record: &SessionRecord, until: &Until) -> bool {
        let Beginning([process, order]) = record.beginning;
        if process == self.process {
            order < until.order
        } else {
            until.signed_in_at.is_some_and(|instant| record.signed_in_at <= instant)
        }
    }

    /// `lifetime`: the longest that a session may live.
    pub(crate) fn add(&mut self, revoked: Revoked<'_>, end: End, lifetime: Duration) {
        let everything = &mut self.everything;
        let of_all = Ended::of_all(end, lifetime);
        match revoked {
            Revoked::Session(record) => {
                let ended = Ended::of_one(record, self.process);
                insert(&mut self.sessions, record.id, ended, end, everything);
            }
            Revoked::User(user) => insert(&mut self.users, user.clone(), of_all, end, everything),
            Revoked::ProviderSession(session) => {
                insert(&mut self.provider_sessions, session, of_all, end, everything);
            }
        }
    }
}

/// What leaves a list is over all the same, and so is everything that began before it: neither a list that is full nor a
/// clock that goes back opens anything.
fn insert<K: Eq + Hash>(list: &mut HashMap<K, Ended>, key: K, ended: Ended, end: End, everything: &mut Until) {
    if list.len() >= CAPACITY {
        list.retain(|_, listed| {
            let is_needed = listed.remembered_until > end.now;
            if !is_needed {
                everything.include(listed.until);
            }
            is_needed
        });
        if list.len() > FULL {
            for (_, listed) in list.drain() {
                everything.include(listed.until);
            }
            everything.include(Until { order: end.order, signed_in_at: Some(end.now) });
        }
    }
    list.insert(key, ended);
}

impl Ended {
    /// Everything of a person, or of a session at the provider.
    fn of_all(end: End, lifetime: Duration) -> Self {
        let latest = end.now + CLOCK_LEEWAY;
        Self { until: Until { order: end.order, signed_in_at: Some(latest) }, remembered_until: latest + lifetime }
    }

    fn of_one(record: &SessionRecord, process: u64) -> Self {
        let until = match record.beginning {
            Beginning([begun_by, order]) if begun_by == process => Until { order: order + 1, signed_in_at: None },
            _ => Until { order: 0, signed_in_at: Some(record.signed_in_at) },
        };
        Self { until, remembered_until: record.ends_at }
    }
}

impl Until {
    fn include(&mut self, other: Self) {
        self.order = self.order.max(other.order);
        self.signed_in_at = self.signed_in_at.max(other.signed_in_at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::session::session_record::tests::record;

    const NOW: UnixTime = UnixTime(1_800_000_000);
    const LIFETIME: Duration = Duration::from_secs(24 * 3600);
    const HERE: u64 = 7;
    const ELSEWHERE: u64 = 8;

    /// A session that a process began, with what its clock said.
    fn begun(number: u64, process: u64, order: u64, signed_in_at: u64) -> SessionRecord {
        SessionRecord {
            id: SessionId([number, process]),
            provider_session: Some(ProviderSession([number, 0])),
            beginning: Beginning([process, order]),
            ..record(signed_in_at)
        }
    }

    fn after(revoked: Revoked<'_>, order: u64) -> Revocations {
        let mut revocations = Revocations::new(HERE);
        revocations.add(revoked, End { order, now: NOW }, LIFETIME);
        revocations
    }

    /// As many sign-outs of single sessions of other processes as are remembered one by one.
    fn full(signed_in_at: impl Fn(u64) -> u64) -> Revocations {
        let mut revocations = Revocations::new(HERE);
        for number in 0..CAPACITY as u64 {
            let record = begun(number, ELSEWHERE, 0, signed_in_at(number));
            revocations.add(Revoked::Session(&record), End { order: number, now: NOW }, LIFETIME);
        }
        revocations
    }

    #[test]
    fn a_session_that_was_signed_out_stays_dead_and_others_live() {
        let revocations = after(Revoked::Session(&begun(1, HERE, 1, NOW.0)), 5);
        assert!(revocations.covers(&begun(1, HERE, 1, NOW.0)));
        assert!(!revocations.covers(&begun(2, HERE, 2, NOW.0)));
    }

    #[test]
    fn an_end_of_all_is_compared_in_the_order_of_this_process_whatever_clocks_say() {
        let user = record(0).identity.id.clone();
        for revoked in [Revoked::User(&user), Revoked::ProviderSession(ProviderSession([1, 0]))] {
            let revocations = after(revoked, 5);
            for seconds in (NOW.0 - 300..=NOW.0 + 300).step_by(50) {
                assert!(revocations.covers(&begun(1, HERE, 4, seconds)), "begun before, by its clock at {seconds}");
                assert!(!revocations.covers(&begun(1, HERE, 6, seconds)), "begun after, by its clock at {seconds}");
            }
        }
    }

    #[test]
    fn what_another_process_began_is_over_within_the_leeway_of_clocks() {
        let user = record(0).identity.id.clone();
        for revoked in [Revoked::User(&user), Revoked::ProviderSession(ProviderSession([1, 0]))] {
            let revocations = after(revoked, 5);
            for (seconds, is_over) in [(NOW.0 - 300, true), (NOW.0, true), (NOW.0 + 300, true), (NOW.0 + 301, false)] {
                assert_eq!(revocations.covers(&begun(1, ELSEWHERE, 9, seconds)), is_over, "{seconds}");
            }
        }
    }

    #[test]
    fn only_what_is_meant_ends() {
        let other = UserId::OpenId { issuer: "i".to_owned(), subject: "other".to_owned() };
        assert!(!after(Revoked::User(&other), 5).covers(&begun(1, HERE, 4, NOW.0)));
        let of_provider = after(Revoked::ProviderSession(ProviderSession([1, 0])), 5);
        assert!(!of_provider.covers(&begun(2, HERE, 4, NOW.0)));
        assert!(!of_provider.covers(&SessionRecord { provider_session: None, ..begun(1, HERE, 4, NOW.0) }));
    }

    #[test]
    fn a_full_list_ends_what_began_until_then_and_brings_nothing_back() {
        // One of those that were signed out came from a clock that is ahead.
        let mut revocations = full(|number| if number == 3 { NOW.0 + 250 } else { NOW.0 });
        let itself = begun(u64::MAX, ELSEWHERE, 0, NOW.0 + 299);
        let end = End { order: CAPACITY as u64, now: NOW };
        revocations.add(Revoked::Session(&itself), end, LIFETIME);
        assert_eq!(revocations.sessions.len(), 1, "it was full");
        for (context, record, is_over) in [
            ("one that was listed", begun(5, ELSEWHERE, 0, NOW.0), true),
            ("one that was listed, from a clock ahead", begun(3, ELSEWHERE, 0, NOW.0 + 250), true),
            ("one that was not", begun(9_999_999, ELSEWHERE, 0, NOW.0), true),
            ("the last one", itself, true),
            ("one that began later, by what it says", begun(9_999_999, ELSEWHERE, 0, NOW.0 + 251), false),
            ("one that this process began before", begun(9_999_999, HERE, end.order - 1, NOW.0 + 300), true),
            ("one that this process began after", begun(9_999_999, HERE, end.order + 1, NOW.0 - 300), false),
        ] {
            assert_eq!(revocations.covers(&record), is_over, "{context}");
        }
    }

    #[test]
    fn what_has_ended_anyway_makes_room_and_a_clock_that_goes_back_does_not_open_it() {
        let mut revocations = full(|_| NOW.0);
        let later = NOW + LIFETIME;
        let one_more = begun(u64::MAX, ELSEWHERE, 0, later.0);
        revocations.add(Revoked::Session(&one_more), End { order: 1 << 20, now: later }, LIFETIME);
        assert_eq!(revocations.sessions.len(), 1);
        assert!(!revocations.covers(&begun(9_999_999, ELSEWHERE, 0, NOW.0 + 1)), "the list was not full");
        assert!(!revocations.covers(&begun(9_999_999, HERE, 0, NOW.0)), "nor is what this process began over");
        assert!(revocations.covers(&begun(5, ELSEWHERE, 0, NOW.0)), "what was signed out");
    }

    #[test]
    fn a_revocation_seldom_looks_through_all_the_others() {
        let mut revocations = Revocations::new(HERE);
        let mut looked_through = 0;
        for number in 0..4 * CAPACITY as u64 {
            // With every second one of those that are listed is over: the least that makes room.
            let record = begun(number, ELSEWHERE, 0, NOW.0 + number);
            let before = revocations.sessions.len();
            let now = NOW + LIFETIME + Duration::from_secs((number + 1).saturating_sub(CAPACITY as u64));
            revocations.add(Revoked::Session(&record), End { order: number, now }, LIFETIME);
            looked_through += usize::from(before >= CAPACITY);
        }
        assert!(looked_through <= 4 * 8, "{looked_through}");
    }
}
