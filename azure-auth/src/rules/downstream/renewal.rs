//! When is a token for another API renewed, and when does it serve nobody any more?

use std::time::Duration;

use crate::model::downstream::held_token::HeldToken;
use crate::model::http_date;
use crate::model::unix_time::UnixTime;

/// The state of a token at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Good,
    /// It still serves, and somebody should renew it.
    Due,
    /// It may not arrive in time any more.
    Over,
}

/// Before its end, for the way to the API and for clocks that differ a little.
const ON_THE_WAY: Duration = Duration::from_secs(30);

/// Before its end, where the provider does not say when.
const BEFORE_THE_END: Duration = Duration::from_secs(5 * 60);

/// Entra gives 28 hours at most. A longer life is cut, which costs a renewal, so that no store has to keep a number of
/// seconds that it cannot count.
const LONGEST_LIFE: Duration = Duration::from_secs(7 * 24 * 3600);

/// After a renewal that failed, where the provider does not say when.
const AFTER_A_FAILURE: Duration = Duration::from_secs(30);

/// Whatever the provider says: not at once, and not as if it were gone for good.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(600));

/// How much earlier replicas may differ from each other.
const MOST_JITTER: Duration = Duration::from_secs(60);

/// When a token that was given now for so long ends.
pub(crate) fn ends_at(now: UnixTime, expires_in: Duration) -> UnixTime {
    now + expires_in.min(LONGEST_LIFE)
}

/// When it is renewed: when the provider says (`refresh_in`), as long as it serves then; else five minutes before its end,
/// or at half of its life where that is later than those.
pub(crate) fn renew_at(now: UnixTime, expires_in: Duration, refresh_in: Option<Duration>) -> UnixTime {
    let life = expires_in.min(LONGEST_LIFE);
    let is_early_enough = |wanted: &Duration| !wanted.is_zero() && *wanted + ON_THE_WAY < life;
    now + refresh_in
        .map(|wanted| wanted.min(LONGEST_LIFE))
        .filter(is_early_enough)
        .unwrap_or(life.saturating_sub(BEFORE_THE_END).max(life / 2))
}

/// The same a little earlier, by a tenth of the time until then and by a minute at most, so that replicas do not all ask at
/// once.
pub(crate) fn with_jitter(now: UnixTime, renew_at: UnixTime, random: u16) -> UnixTime {
    let most = MOST_JITTER.min(renew_at.since(now) / 10).as_secs();
    UnixTime(renew_at.0.saturating_sub(most * u64::from(random) / u64::from(u16::MAX)))
}

/// Judges a token by its own times.
pub(crate) fn judge(token: &HeldToken, now: UnixTime) -> Standing {
    if now + ON_THE_WAY >= token.ends_at {
        Standing::Over
    } else if now >= token.renew_at {
        Standing::Due
    } else {
        Standing::Good
    }
}

/// When a renewal that failed is tried again.
pub(crate) fn after_failure(now: UnixTime, retry_after: Option<Duration>) -> UnixTime {
    let (least, most) = PATIENCE;
    now + retry_after.map_or(AFTER_A_FAILURE, |wanted| wanted.clamp(least, most))
}

/// Reads `Retry-After`: seconds, or a date (RFC 9110 §10.2.3).
pub(crate) fn retry_after(header: Option<&[u8]>, now: UnixTime) -> Option<Duration> {
    let text = std::str::from_utf8(header?).ok()?.trim_matches([' ', '\t']);
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // What is too long for a number is long.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    http_date::read(text).map(|date| date.since(now))
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    const NOW: UnixTime = UnixTime(1_800_000_000);

    const fn seconds(number: u64) -> Duration {
        Duration::from_secs(number)
    }

    #[test]
    fn a_token_is_renewed_when_the_provider_says_or_before_its_end() {
        for (expires_in, refresh_in, expected) in [
            (3600, None, 3300),
            (86_400, Some(43_200), 43_200),
            (3600, Some(1), 1),
            // At the end or later, or at once: nobody can have meant it.
            (3600, Some(3569), 3569),
            (3600, Some(3570), 3300),
            (3600, Some(3600), 3300),
            (3600, Some(u64::MAX), 3300),
            (3600, Some(0), 3300),
            // Half of a short life.
            (601, None, 301),
            (600, None, 300),
            (599, None, 299),
            (300, None, 150),
            (1, None, 0),
            (0, None, 0),
            (u64::MAX, None, 7 * 24 * 3600 - 300),
            (u64::MAX, Some(u64::MAX), 7 * 24 * 3600 - 300),
        ] {
            let found = renew_at(NOW, seconds(expires_in), refresh_in.map(seconds));
            assert_eq!(found.since(NOW).as_secs(), expected, "{expires_in} {refresh_in:?}");
        }
        assert_eq!(ends_at(NOW, seconds(3600)), UnixTime(NOW.0 + 3600));
        assert_eq!(ends_at(NOW, seconds(u64::MAX)), UnixTime(NOW.0 + 7 * 24 * 3600));
    }

    #[test]
    fn a_token_is_good_then_due_and_over_before_it_could_end_on_the_way() {
        let token = HeldToken {
            secret: SecretString::from("t"),
            granted: Vec::new(),
            asked: Vec::new(),
            renew_at: UnixTime(NOW.0 + 3300),
            ends_at: UnixTime(NOW.0 + 3600),
        };
        for (after, expected) in [
            (0, Standing::Good),
            (3299, Standing::Good),
            (3300, Standing::Due),
            (3569, Standing::Due),
            (3570, Standing::Over),
            (3600, Standing::Over),
            (u64::MAX - NOW.0, Standing::Over),
        ] {
            assert_eq!(judge(&token, UnixTime(NOW.0 + after)), expected, "after {after} s");
        }
    }

    #[test]
    fn replicas_renew_at_different_times_and_never_later() {
        let renewal = |after: u64, random| with_jitter(NOW, UnixTime(NOW.0 + after), random).since(NOW).as_secs();
        for (after, random, expected) in [
            (3300, 0, 3300),
            (3300, u16::MAX, 3240),
            (3300, u16::MAX / 2, 3271),
            (100, u16::MAX, 90),
            (9, u16::MAX, 9),
            (0, u16::MAX, 0),
        ] {
            assert_eq!(renewal(after, random), expected, "{after} {random}");
        }
        assert_eq!(with_jitter(NOW, UnixTime(0), u16::MAX), UnixTime(0), "it was due long ago");
    }

    #[test]
    fn after_a_failure_the_provider_says_when_within_reason() {
        for (wanted, expected) in [
            (None, 30),
            (Some(0), 1),
            (Some(1), 1),
            (Some(17), 17),
            (Some(600), 600),
            (Some(601), 600),
            (Some(u64::MAX), 600),
        ] {
            assert_eq!(after_failure(NOW, wanted.map(seconds)).since(NOW).as_secs(), expected, "{wanted:?}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        // NOW is Fri, 15 Jan 2027 08:00:00 GMT.
        for (header, expected) in [
            ("0", Some(0)),
            ("120", Some(120)),
            (" 120\t", Some(120)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Fri, 15 Jan 2027 08:02:00 GMT", Some(120)),
            ("Fri, 15 Jan 2027 07:00:00 GMT", Some(0)),
            ("", None),
            (" ", None),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("1, 2", None),
            ("soon", None),
            ("Friday, 15-Jan-27 08:02:00 GMT", Some(120)),
            ("Fri Jan 15 08:02:00 2027", Some(120)),
            ("Fri, 15 Jan 2027 08:02:00 CET", None),
            ("Fri, 99 Jan 2027 08:02:00 GMT", None),
        ] {
            let found = retry_after(Some(header.as_bytes()), NOW).map(|wait| wait.as_secs());
            assert_eq!(found, expected, "{header}");
        }
        assert_eq!(retry_after(None, NOW), None);
        assert_eq!(retry_after(Some(b"12\xff"), NOW), None);
    }
}
