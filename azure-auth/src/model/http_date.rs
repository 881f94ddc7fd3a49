//! Dates in headers (RFC 9110 §5.6.7).

use std::time::{Duration, UNIX_EPOCH};

use super::unix_time::UnixTime;

/// A date in one of the three forms of the standard.
pub(crate) fn read(date: &str) -> Option<UnixTime> {
    let since = httpdate::parse_http_date(date.trim()).ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(UnixTime(since.as_secs()))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, which people read as well.
pub(crate) fn written(time: UnixTime) -> String {
    let time = time.min(UnixTime::END_OF_YEAR_9999);
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(time.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_the_forms_of_the_standard() {
        for (date, expected) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Tue, 29 Feb 2000 12:00:00 GMT", Some(951_825_600)),
            ("Mon, 01 Mar 2100 00:00:00 GMT", Some(4_107_542_400)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(784_111_777)),
            ("Sun Nov  6 08:49:37 1994", Some(784_111_777)),
            ("Sun, 06 Nov 1994 08:49:37 CET", None),
            ("Sun, 06 Nov 1994 25:49:37 GMT", None),
            ("Sun, 06 Nov 1994 08:49 GMT", None),
            ("", None),
        ] {
            assert_eq!(read(date), expected.map(UnixTime), "{date}");
        }
    }

    #[test]
    fn a_date_is_written_as_it_is_read_and_never_is_an_end() {
        for time in [UnixTime(0), UnixTime(784_111_777), UnixTime::END_OF_YEAR_9999] {
            assert_eq!(read(&written(time)), Some(time));
        }
        assert_eq!(written(UnixTime(u64::MAX)), "Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
