//! Is a session live, due for renewal, or over?

use std::time::Duration;

use crate::model::sessions::session::SessionRecord;
use crate::model::unix_time::UnixTime;

use crate::rules::token::token_claims::CLOCK_LEEWAY;

/// The state of a session at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionState {
    Live,
    /// Live, and long enough since it was last written that the idle time must be put off.
    ToRenew,
    Over,
}

/// Judges a record by its own limits. Renewal is due after a tenth of the idle time, not at every request.
pub(crate) fn judge(record: &SessionRecord, now: UnixTime) -> SessionState {
    let idle = Duration::from_secs(record.idle_seconds);
    let end = end(record);
    // Replicas' clocks may differ; a session from the far future was made by nobody we know.
    let is_from_future = record.last_seen > now + CLOCK_LEEWAY;
    if is_from_future || now >= end {
        SessionState::Over
    } else if now >= record.last_seen + idle / 10 {
        SessionState::ToRenew
    } else {
        SessionState::Live
    }
}

/// When a session is over unless it is seen again.
pub(crate) fn end(record: &SessionRecord) -> UnixTime {
    end_of(record.last_seen, Duration::from_secs(record.idle_seconds), record.ends_at)
}

/// The same by its parts.
pub(crate) fn end_of(last_seen: UnixTime, idle: Duration, ends_at: UnixTime) -> UnixTime {
    ends_at.min(last_seen + idle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::session::session_record::tests::record;

    #[test]
    fn a_session_lives_renews_and_ends_at_its_own_limits() {
        let hour = 3600;
        let begun = 1_800_000_000;
        let record = record(begun);
        for (seconds, expected) in [
            (0, SessionState::Live),
            (48 * 60 - 1, SessionState::Live),
            (48 * 60, SessionState::ToRenew),
            (8 * hour - 1, SessionState::ToRenew),
            (8 * hour, SessionState::Over),
            (25 * hour, SessionState::Over),
        ] {
            assert_eq!(judge(&record, UnixTime(begun + seconds)), expected, "after {seconds} s");
        }
    }

    #[test]
    fn a_busy_session_still_ends_at_its_absolute_limit() {
        let begun = 1_800_000_000;
        let end = begun + 24 * 3600;
        let mut record = record(begun);
        record.last_seen = UnixTime(end - 10);
        assert_eq!(judge(&record, UnixTime(end - 1)), SessionState::Live);
        assert_eq!(judge(&record, UnixTime(end)), SessionState::Over);
    }

    #[test]
    fn a_session_from_the_future_is_over() {
        let begun = 1_800_000_000;
        assert_eq!(judge(&record(begun), UnixTime(begun - 300)), SessionState::Live);
        assert_eq!(judge(&record(begun), UnixTime(begun - 301)), SessionState::Over);
    }
}
