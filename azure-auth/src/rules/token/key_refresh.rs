//! When the keys are fetched again.

use std::collections::HashMap;
use std::time::Duration;

use crate::model::moment::Moment;

/// Between two fetches that unknown key ids ask for: made-up ids must neither storm the provider nor hold off a real
/// rotation for longer than this.
pub(crate) const COOL_DOWN: Duration = Duration::from_secs(30);

/// After which age a snapshot is renewed in the background, unless the provider asks for less.
pub(crate) const RENEWAL_AGE: Duration = Duration::from_secs(12 * 3600);

/// However often the provider asks.
const SHORTEST_RENEWAL_AGE: Duration = Duration::from_secs(3600);

/// How long an id that a fetch did not bring causes no further one.
pub(crate) const UNKNOWN_KEY_REST: Duration = Duration::from_secs(300);

/// Whether a token with an unknown `kid` may cause a fetch. `last_fetch` counts from the start of the last one that was
/// caused so, successful or not.
pub(crate) fn may_fetch_for_unknown_key(last_fetch: Option<Moment>, now: Moment) -> bool {
    last_fetch.is_none_or(|last| now.since(last) >= COOL_DOWN)
}

/// The age after which keys are renewed, from the answer's `Cache-Control` (RFC 9111 §5.2.2.1).
pub(crate) fn renewal_age(cache_control: Option<&str>) -> Duration {
    let max_age = cache_control.and_then(|header| {
        header.split(',').find_map(|directive| directive.trim().strip_prefix("max-age=")?.parse().ok())
    });
    max_age.map_or(RENEWAL_AGE, Duration::from_secs).clamp(SHORTEST_RENEWAL_AGE, RENEWAL_AGE)
}

/// Whether a snapshot is old enough to be renewed, up to an hour earlier by `jitter` (0 to 255), so that replicas
/// started together do not ask together.
pub(crate) fn is_old(loaded_at: Moment, renewal_age: Duration, jitter: u8, now: Moment) -> bool {
    let head_start = Duration::from_secs(renewal_age.as_secs() / 12 * u64::from(jitter) / 256);
    now.since(loaded_at) + head_start >= renewal_age
}

/// Ids that the last fetches did not bring. Bounded: made-up ids beyond that rest on the cool-down alone.
#[derive(Debug, Default)]
pub(crate) struct UnknownKeys(HashMap<String, Moment>);

const UNKNOWN_KEYS_LIMIT: usize = 1024;

/// Longer ids are nobody's.
const KEY_ID_LIMIT: usize = 256;

impl UnknownKeys {
    /// Whether this id may cause a fetch.
    pub(crate) fn may_ask_for(&self, id: &str, now: Moment) -> bool {
        id.len() <= KEY_ID_LIMIT && self.0.get(id).is_none_or(|until| now >= *until)
    }

    /// A fetch has not brought this id.
    pub(crate) fn note(&mut self, id: &str, now: Moment) {
        if self.0.len() >= UNKNOWN_KEYS_LIMIT {
            self.0.retain(|_, until| now < *until);
        }
        if self.0.len() < UNKNOWN_KEYS_LIMIT && id.len() <= KEY_ID_LIMIT {
            self.0.insert(id.to_owned(), now + UNKNOWN_KEY_REST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::after(Duration::from_secs(1_000_000));

    fn ago(seconds: u64) -> Moment {
        Moment::after(Duration::from_secs(1_000_000 - seconds))
    }

    #[test]
    fn unknown_keys_cause_one_fetch_at_once_and_then_one_per_cool_down() {
        assert!(may_fetch_for_unknown_key(None, NOW));
        assert!(!may_fetch_for_unknown_key(Some(NOW), NOW));
        assert!(!may_fetch_for_unknown_key(Some(ago(29)), NOW));
        assert!(may_fetch_for_unknown_key(Some(ago(30)), NOW));
        assert!(!may_fetch_for_unknown_key(Some(ago(30) + Duration::from_millis(1)), NOW), "parts of a second count");
    }

    #[test]
    fn a_snapshot_is_renewed_after_half_a_day_or_up_to_an_hour_earlier() {
        let half_a_day = 12 * 3600;
        for (age, jitter, due) in [
            (half_a_day - 1, 0, false),
            (half_a_day, 0, true),
            (half_a_day - 3586, 255, false),
            (half_a_day - 3585, 255, true),
        ] {
            assert_eq!(is_old(ago(age), RENEWAL_AGE, jitter, NOW), due, "{age} {jitter}");
        }
    }

    #[test]
    fn the_provider_may_ask_for_an_hour_and_for_no_less() {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        for (header, expected) in [
            (None, 12),
            (Some("max-age=86400, private"), 12),
            (Some("private, max-age=7200"), 2),
            (Some("max-age=1"), 1),
            (Some("max-age=x"), 12),
            (Some("no-store"), 12),
        ] {
            assert_eq!(renewal_age(header), hours(expected), "{header:?}");
        }
    }

    #[test]
    fn an_id_that_was_not_brought_rests_and_others_do_not() {
        let mut unknown = UnknownKeys::default();
        unknown.note("a", NOW);
        assert!(!unknown.may_ask_for("a", NOW + Duration::from_secs(299)));
        assert!(unknown.may_ask_for("a", NOW + Duration::from_secs(300)));
        assert!(unknown.may_ask_for("b", NOW));
        let too_long = "x".repeat(257);
        unknown.note(&too_long, NOW);
        assert!(!unknown.may_ask_for(&too_long, NOW) && !unknown.0.contains_key(&too_long));
        for number in 0..10_000 {
            unknown.note(&number.to_string(), NOW);
        }
        assert!(unknown.0.len() <= UNKNOWN_KEYS_LIMIT);
    }
}
