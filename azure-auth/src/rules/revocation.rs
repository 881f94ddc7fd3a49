//! Sessions that ended before their time.

use std::collections::HashMap;

use crate::model::session::{SessionId, SessionRecord};
use crate::model::unix_time::UnixTime;

/// More revocations at a time are not remembered one by one.
const CAPACITY: usize = 16_384;

/// Which sessions this process knows to be signed out. Bounded: when it is full, every session begun until then is
/// over; closed, never open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Revocations {
    /// By session, until when remembering is needed.
    ended: HashMap<SessionId, UnixTime>,
    not_before: Option<UnixTime>,
}

impl Revocations {
    pub(crate) fn covers(&self, id: SessionId, signed_in_at: UnixTime) -> bool {
        self.not_before.is_some_and(|instant| signed_in_at <= instant) || self.ended.contains_key(&id)
    }

    /// These revocations and one more.
    #[must_use]
    pub(crate) fn with(&self, record: &SessionRecord, now: UnixTime) -> Self {
        let mut next = self.clone();
        if next.ended.len() >= CAPACITY {
            next.ended.retain(|_, until| *until > now);
        }
        if next.ended.len() >= CAPACITY {
            next.ended.clear();
            next.not_before = Some(now);
        }
        next.ended.insert(record.id, record.ends_at);
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::session_record::tests::record;

    const NOW: UnixTime = UnixTime(1_800_000_000);

    fn covers(revocations: &Revocations, record: &SessionRecord) -> bool {
        revocations.covers(record.id, record.signed_in_at)
    }

    fn numbered(number: u64) -> SessionRecord {
        SessionRecord { id: SessionId([number, 0]), ..record(NOW.0) }
    }

    #[test]
    fn a_session_that_was_signed_out_stays_dead_and_others_live() {
        let revocations = Revocations::default().with(&numbered(1), NOW);
        assert!(covers(&revocations, &numbered(1)));
        assert!(!covers(&revocations, &numbered(2)));
    }

    #[test]
    fn a_full_list_ends_every_session_begun_until_then() {
        let mut revocations = Revocations::default();
        for number in 0..=CAPACITY as u64 {
            revocations = if number < CAPACITY as u64 - 1 {
                let mut ended = revocations.ended;
                ended.insert(SessionId([number, 0]), NOW + std::time::Duration::from_secs(10));
                Revocations { ended, not_before: None }
            } else {
                revocations.with(&numbered(number), NOW)
            };
        }
        assert!(covers(&revocations, &numbered(3)), "one that was listed");
        assert!(covers(&revocations, &numbered(9_999_999)), "one that was not");
        let later = SessionRecord { id: SessionId([7, 7]), ..record(NOW.0 + 1) };
        assert!(!covers(&revocations, &later));
        assert!(revocations.ended.len() < CAPACITY);
    }

    #[test]
    fn what_has_ended_anyway_makes_room() {
        let ended = (0..CAPACITY as u64).map(|number| (SessionId([number, 0]), NOW)).collect();
        let revocations = Revocations { ended, not_before: None }.with(&numbered(5), NOW);
        assert_eq!((revocations.ended.len(), revocations.not_before), (1, None));
    }
}
