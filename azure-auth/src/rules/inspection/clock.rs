//! Our clock against the provider's, which it writes into every answer.

use std::time::Duration;

use super::examination::Check;
use super::finding::Finding;
use crate::model::unix_time::UnixTime;
use crate::rules::token::token_claims::CLOCK_LEEWAY;

/// More is worth a word: no clock that is kept right is a minute off.
const NOTICEABLE: Duration = Duration::from_secs(60);

/// The name of the check.
pub(crate) const CHECK: &str = "clock";

/// What an answer of the provider says about the time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AnswerTime {
    /// The header `Date`.
    pub(crate) date: Option<String>,
    /// The header `Age`: for how many seconds a cache has had the answer (RFC 9111 §5.1).
    pub(crate) age: Option<String>,
}

/// `now`: when the answer had come.
pub(crate) fn judge(answer: &AnswerTime, now: UnixTime) -> Check {
    let check = Check::new(CHECK);
    let age = answer.age.as_deref().and_then(|age| age.trim().parse().ok()).map_or(Duration::ZERO, Duration::from_secs);
    let Some(theirs) = answer.date.as_deref().and_then(read).map(|date| date + age) else {
        let finding = Finding::unknown("clock-unknown")
            .cause("a proxy or the provider left the header `Date` out, or wrote something else into it")
            .found("no time of the provider's")
            .expected("a header such as `Date: Sat, 28 Nov 2026 08:00:00 GMT`")
            .remedy("compare this machine's clock with another one");
        return check.finding(finding);
    };
    let (ahead, behind) = (now.since(theirs), theirs.since(now));
    let difference = ahead.max(behind);
    let side = if ahead > behind { "ahead of" } else { "behind" };
    let found = format!("{} s {side} the provider's", difference.as_secs());
    if difference <= NOTICEABLE {
        return check
            .fact("this machine's clock", if difference.is_zero() { "as the provider's".to_owned() } else { found });
    }
    let finding = if difference > CLOCK_LEEWAY {
        Finding::problem("clock-off")
            .cause("this machine's clock is not kept right, so that tokens seem expired, or not yet valid")
    } else {
        Finding::notice("clock-drifts")
            .cause("this machine's clock is not kept right; tokens are accepted all the same, for now")
    };
    check.finding(
        finding
            .found(format!("a clock that is {found}"))
            .expected(format!("at most {} s", CLOCK_LEEWAY.as_secs()))
            .remedy("turn on the time synchronisation of this machine (NTP)"),
    )
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that is written today (RFC 9110 §5.6.7).
fn read(date: &str) -> Option<UnixTime> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_, rest) = date.trim().split_once(", ")?;
    let mut parts = rest.split(' ');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let (time, zone) = (parts.next()?, parts.next()?);
    if zone != "GMT" || parts.next().is_some() {
        return None;
    }
    let (day, year): (u64, u64) = (day.parse().ok()?, year.parse().ok()?);
    let month = MONTHS.iter().position(|name| *name == month)? as u64;
    let mut clock = time.split(':').map(|part| part.parse::<u64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let is_possible =
        (1..=31).contains(&day) && (1970..=9999).contains(&year) && hour < 24 && minute < 60 && second < 61;
    is_possible.then(|| UnixTime(days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second))
}

/// Days since 1970-01-01; `month` counts from zero.
fn days(year: u64, month: u64, day: u64) -> u64 {
    const BEFORE_MONTH: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let leap_years = |year: u64| year / 4 - year / 100 + year / 400;
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let before = usize::try_from(month).ok().and_then(|month| BEFORE_MONTH.get(month)).copied().unwrap_or_default();
    let of_years = (year - 1970) * 365 + leap_years(year - 1) - leap_years(1969);
    of_years + before + u64::from(is_leap && month > 1) + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_the_form_of_the_standard_and_in_no_other() {
        for (date, expected) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Tue, 29 Feb 2000 12:00:00 GMT", Some(951_825_600)),
            ("Wed, 01 Mar 2000 00:00:00 GMT", Some(951_868_800)),
            ("Mon, 01 Mar 2100 00:00:00 GMT", Some(4_107_542_400)),
            ("Sat, 28 Nov 2026 08:00:00 GMT", Some(1_795_852_800)),
            ("Sun, 06 Nov 1994 08:49:37 CET", None),
            ("Sunday, 06-Nov-94 08:49:37 GMT", None),
            ("Sun Nov  6 08:49:37 1994", None),
            ("Sun, 06 Nov 1969 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 25:49:37 GMT", None),
            ("Sun, 06 Nov 1994 08:49 GMT", None),
            ("", None),
        ] {
            assert_eq!(read(date), expected.map(UnixTime), "{date}");
        }
    }

    #[test]
    fn a_minute_is_worth_a_word_and_what_tokens_are_not_given_is_a_problem() {
        let with = |date: &str, age: Option<&str>| AnswerTime {
            date: Some(date.to_owned()).filter(|date| !date.is_empty()),
            age: age.map(str::to_owned),
        };
        let date = with("Sun, 06 Nov 1994 08:49:37 GMT", None);
        let cached = with("Sun, 06 Nov 1994 08:29:37 GMT", Some("1200"));
        for (difference, expected) in
            [(0, None), (60, None), (61, Some("clock-drifts")), (300, Some("clock-drifts")), (301, Some("clock-off"))]
        {
            for now in [784_111_777 + difference, 784_111_777 - difference] {
                for answer in [&date, &cached] {
                    let check = judge(answer, UnixTime(now));
                    assert_eq!(check.findings.first().map(|finding| finding.name), expected, "{now} {answer:?}");
                }
            }
        }
        let found = |now| judge(&date, UnixTime(now)).findings[0].found.clone();
        assert_eq!(found(784_111_777 + 400), "a clock that is 400 s ahead of the provider's");
        assert_eq!(found(784_111_777 - 400), "a clock that is 400 s behind the provider's");
        for unreadable in ["", "yesterday"] {
            assert_eq!(judge(&with(unreadable, None), UnixTime(0)).findings[0].name, "clock-unknown");
        }
    }
}
