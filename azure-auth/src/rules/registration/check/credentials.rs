//! Secrets and certificates of a registration that are over, or soon will be. Which of them a program uses is not known here.

use serde_json::Value;

use super::drift::{Drift, DriftKind};
use crate::model::unix_time::UnixTime;
use crate::rules::credential::expiry::NOTICE;
use crate::rules::registration::found::{FoundApplication, FoundCredential};

/// Those that end at `now` or within 30 days of it.
pub(crate) fn ending(found: &Value, now: UnixTime) -> Vec<Drift> {
    FoundApplication::of(found).credentials.iter().filter_map(|credential| drift(credential, now)).collect()
}

fn drift(FoundCredential { place, end }: &FoundCredential, now: UnixTime) -> Option<Drift> {
    let end = end.as_ref()?;
    let ends_at = instant(end)?;
    let kind = match ends_at {
        ended if ended <= now => DriftKind::Expired,
        ends if ends <= now + NOTICE => DriftKind::ExpiresSoon,
        _ => return None,
    };
    let remedy = match kind {
        DriftKind::Expired => {
            "delete it on page \"Certificates & secrets\"; if the program uses it, make a new one first"
        }
        _ => "make a new one on page \"Certificates & secrets\", give it to the program, and delete this one",
    };
    let found = if kind == DriftKind::Expired { format!("ended at {end}") } else { format!("ends at {end}") };
    let drift = Drift::new(kind, &format!("{place}/endDateTime"), (&found, "30 days left at least"), remedy);
    // One that is over may have been replaced long ago.
    Some(if kind == DriftKind::Expired { drift.notice() } else { drift })
}

/// A time of RFC 3339 §5.6 in whole seconds. None: another form, or before 1970.
fn instant(text: &str) -> Option<UnixTime> {
    let number = |range: std::ops::Range<usize>| -> Option<u64> {
        let digits = text.get(range)?;
        digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let is_at = |place: usize, letters: &[u8]| text.as_bytes().get(place).is_some_and(|found| letters.contains(found));
    let is_separated = is_at(4, b"-") && is_at(7, b"-") && is_at(10, b"Tt ") && is_at(13, b":") && is_at(16, b":");
    if !is_separated {
        return None;
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let offset = offset(text.get(19..)?)?;
    let seconds = days_before(year, month, day)?.checked_mul(86_400)? + hour * 3600 + minute * 60 + second;
    seconds.checked_add_signed(-offset).map(UnixTime)
}

/// What follows the seconds: a fraction, which is left out, and how many seconds the place is ahead.
fn offset(text: &str) -> Option<i64> {
    let zone = text.trim_start_matches(|letter: char| letter == '.' || letter.is_ascii_digit());
    let (sign, rest) = match zone {
        // `az` of some versions leaves the zone out.
        "Z" | "z" | "" => return Some(0),
        _ => zone.split_at_checked(1)?,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let seconds = hours.parse::<u32>().ok().filter(|hours| *hours < 24)? * 3600
        + minutes.parse::<u32>().ok().filter(|minutes| *minutes < 60)? * 60;
    match sign {
        "+" => Some(seconds.into()),
        "-" => Some(-i64::from(seconds)),
        _ => None,
    }
}

/// Days between 1970-01-01 and a day of the Gregorian calendar.
fn days_before(year: u64, month: u64, day: u64) -> Option<u64> {
    // The year begins in March, so that the day that some years have more is its last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    days.checked_sub(719_468)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: UnixTime = UnixTime(1_800_000_000); // 2027-01-15T08:00:00Z

    #[test]
    fn times_are_read_in_every_form_of_the_standard() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2000-02-29T23:59:59Z", Some(951_868_799)),
            ("2027-01-15T08:00:00Z", Some(NOW.0)),
            ("2027-01-15T08:00:00.1234567Z", Some(NOW.0)),
            ("2027-01-15T09:30:00+01:30", Some(NOW.0)),
            ("2027-01-15T03:00:00.5-05:00", Some(NOW.0)),
            ("2027-01-15 08:00:00+00:00", Some(NOW.0)),
            ("2027-01-15T08:00:00", Some(NOW.0)),
            ("9999-12-31T23:59:59Z", Some(UnixTime::END_OF_YEAR_9999.0)),
            ("1969-12-31T23:59:59Z", None),
            ("0000-01-01T00:00:00Z", None),
            ("1970-01-01T00:00:00+00:01", None),
            ("2027-13-15T08:00:00Z", None),
            ("2027-01-15", None),
            ("2027-01-15T08:00:00X", None),
            ("2027-01-15T08:00:00+x:00", None),
            ("soon", None),
            ("2027-01-15T08:00:é0Z", None),
        ] {
            assert_eq!(instant(text), expected.map(UnixTime), "{text}");
        }
    }

    #[test]
    fn what_ends_within_thirty_days_is_told_and_nothing_else() {
        let id = "11111111-aaaa-4bbb-8ccc-222222222222";
        for (end, expected) in [
            ("2020-01-01T00:00:00Z", Some(DriftKind::Expired)),
            ("2027-01-15T08:00:00Z", Some(DriftKind::Expired)),
            ("2027-01-15T08:00:01Z", Some(DriftKind::ExpiresSoon)),
            ("2027-02-14T08:00:00Z", Some(DriftKind::ExpiresSoon)),
            ("2027-02-14T08:00:01Z", None),
            ("2029-01-01T00:00:00Z", None),
            ("never", None),
        ] {
            for kind in ["passwordCredentials", "keyCredentials"] {
                let found = json!({ kind: [{ "keyId": id, "endDateTime": end, "hint": "abc" }] });
                let drifts = ending(&found, NOW);
                assert_eq!(drifts.first().map(|drift| drift.kind), expected, "{end}");
                for drift in drifts {
                    assert_eq!(drift.place, format!("/{kind}/{id}/endDateTime"));
                    assert!(drift.found.contains(end) && !format!("{drift:?}").contains("abc"), "{drift:?}");
                }
            }
        }
        assert_eq!(ending(&json!({}), NOW), []);
        assert_eq!(ending(&json!({ "passwordCredentials": [{ "keyId": 7 }, null, "x"] }), NOW), []);
    }
}
