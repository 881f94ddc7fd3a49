//! Our clock against the provider's, which it writes into every answer.

use std::time::Duration;

use super::examination::Check;
use super::finding::Finding;
use crate::model::http_date;
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
    let Some(theirs) = answer.date.as_deref().and_then(http_date::read).map(|date| date + age) else {
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

#[cfg(test)]
mod tests {
    use super::*;

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
