//! When the keys are fetched again.

use std::time::Duration;

use crate::model::unix_time::UnixTime;

/// Between two fetches that unknown key ids ask for: made-up ids must neither storm the provider nor hold off a real
/// rotation for longer than this.
pub(crate) const COOL_DOWN: Duration = Duration::from_secs(30);

/// After which age a snapshot is renewed in the background.
const RENEWAL_AGE: Duration = Duration::from_secs(12 * 3600);

/// Whether a token with an unknown `kid` may cause a fetch. `last_fetch` counts from the start of the last one that was
/// caused so, successful or not.
pub(crate) fn may_fetch_for_unknown_key(last_fetch: Option<UnixTime>, now: UnixTime) -> bool {
    last_fetch.is_none_or(|last| now.since(last) >= COOL_DOWN)
}

/// Whether a snapshot is old enough to be renewed, up to an hour earlier by `jitter` (0 to 255), so that replicas
/// started together do not ask together. After a failure the next attempt waits for the cool-down.
pub(crate) fn is_due(loaded_at: UnixTime, last_fetch: Option<UnixTime>, jitter: u8, now: UnixTime) -> bool {
    let head_start = Duration::from_secs(u64::from(jitter) * 14);
    now.since(loaded_at) + head_start >= RENEWAL_AGE && may_fetch_for_unknown_key(last_fetch, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_800_000_000);

    fn ago(seconds: u64) -> UnixTime {
        UnixTime(NOW.0 - seconds)
    }

    #[test]
    fn unknown_keys_cause_one_fetch_at_once_and_then_one_per_cool_down() {
        assert!(may_fetch_for_unknown_key(None, NOW));
        assert!(!may_fetch_for_unknown_key(Some(NOW), NOW));
        assert!(!may_fetch_for_unknown_key(Some(ago(29)), NOW));
        assert!(may_fetch_for_unknown_key(Some(ago(30)), NOW));
    }

    #[test]
    fn a_clock_that_went_back_does_not_cause_a_storm() {
        assert!(!may_fetch_for_unknown_key(Some(NOW + Duration::from_secs(60)), NOW));
    }

    #[test]
    fn a_snapshot_is_renewed_after_half_a_day_or_up_to_an_hour_earlier() {
        let half_a_day = 12 * 3600;
        for (age, jitter, due) in [
            (half_a_day - 1, 0, false),
            (half_a_day, 0, true),
            (half_a_day - 3571, 255, false),
            (half_a_day - 3570, 255, true),
        ] {
            assert_eq!(is_due(ago(age), Some(ago(age)), jitter, NOW), due, "{age} {jitter}");
        }
        assert!(!is_due(ago(half_a_day), Some(ago(5)), 0, NOW), "a failed attempt cools down");
    }
}
