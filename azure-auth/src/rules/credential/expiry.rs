//! When what proves this program ends, and who is told in time.

use std::time::Duration;

use crate::model::http_date;
use crate::model::unix_time::UnixTime;

const DAY: Duration = Duration::from_secs(86_400);

/// How long before its end there are words about it: whoever renews it needs some days.
pub(crate) const NOTICE: Duration = Duration::from_secs(30 * 86_400);

/// What is said of an end, if it is near.
pub(crate) fn notice(what: &str, ends_at: UnixTime, now: UnixTime) -> Option<String> {
    let left = ends_at.since(now);
    match left.as_secs() {
        0 => Some(format!("the {what} ended on {}; the provider refuses this program", http_date::written(ends_at))),
        _ if left > NOTICE => None,
        seconds => {
            let days = seconds / DAY.as_secs();
            let in_words = match days {
                0 => "today".to_owned(),
                1 => "in a day".to_owned(),
                days => format!("in {days} days"),
            };
            Some(format!("the {what} ends {in_words}, on {}; renew it before", http_date::written(ends_at)))
        }
    }
}

/// Whether a notice that was last given then is given again.
pub(crate) fn is_due(given_at: Option<UnixTime>, now: UnixTime) -> bool {
    given_at.is_none_or(|given_at| now.since(given_at) >= DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_from_thirty_days_before_it_on() {
        let end = UnixTime(1_767_225_600);
        let before = |seconds: u64| UnixTime(end.0 - seconds);
        for (now, expected) in [
            (before(31 * 86_400), None),
            (before(30 * 86_400 + 1), None),
            (before(30 * 86_400), Some("ends in 30 days, on Thu, 01 Jan 2026")),
            (before(2 * 86_400 - 1), Some("ends in a day, on Thu, 01 Jan 2026")),
            (before(1), Some("ends today, on Thu, 01 Jan 2026")),
            (end, Some("ended on Thu, 01 Jan 2026")),
            (end + DAY, Some("ended on Thu, 01 Jan 2026")),
        ] {
            let found = notice("certificate", end, now);
            assert_eq!(found.is_some(), expected.is_some(), "{now:?}: {found:?}");
            assert!(expected.is_none_or(|words| found.unwrap().contains(words)), "{now:?}");
        }
    }

    #[test]
    fn a_notice_is_given_once_a_day() {
        let now = UnixTime(1_767_225_600);
        assert!(is_due(None, now));
        assert!(!is_due(Some(now), now + Duration::from_secs(86_399)));
        assert!(is_due(Some(now), now + DAY));
    }
}
