//! May a script on a page of another origin read our answer?

use http::Method;

use crate::model::settings::origin::Origin;

/// A question that browsers ask before the request itself (Fetch §4.8).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Preflight<'a> {
    pub(crate) method: &'a Method,
    /// `Origin`.
    pub(crate) origin: Option<&'a str>,
    /// `Access-Control-Request-Method`.
    pub(crate) wanted: Option<&'a str>,
}

/// The trusted origin whose pages may read the answer to a request with this `Origin`. It is compared as a whole: browsers
/// write origins in one way only.
///
/// Our own pages need no permission, and `null` is everybody's.
pub(crate) fn reader<'o>(origin: Option<&str>, trusted: &'o [Origin]) -> Option<&'o Origin> {
    let origin = origin?;
    trusted.iter().find(|trusted| trusted.as_str() == origin)
}

/// The trusted origin that asks ahead whether it may send something. Whoever else asks gets the answer that there is no
/// such method.
pub(crate) fn preflight<'o>(question: Preflight<'_>, trusted: &'o [Origin]) -> Option<&'o Origin> {
    let is_question = *question.method == Method::OPTIONS && question.wanted.is_some();
    reader(question.origin, trusted).filter(|_| is_question)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted() -> [Origin; 2] {
        ["https://www.example.com", "http://localhost:5173"].map(|origin| Origin::parse(origin).unwrap())
    }

    #[test]
    fn only_the_very_origins_that_are_trusted_may_read() {
        let trusted = trusted();
        for (origin, is_reader) in [
            (Some("https://www.example.com"), true),
            (Some("http://localhost:5173"), true),
            (Some("https://www.example.com/"), false),
            (Some("https://www.example.com:443"), false),
            (Some("https://WWW.example.com"), false),
            (Some("http://www.example.com"), false),
            (Some("https://www.example.com.evil.example"), false),
            (Some("https://evil.example"), false),
            (Some("https://example.com"), false),
            (Some("http://localhost"), false),
            (Some("null"), false),
            (Some("*"), false),
            (Some(""), false),
            // Two headers.
            (Some(","), false),
            (None, false),
        ] {
            let found = reader(origin, &trusted).map(Origin::as_str);
            assert_eq!(found, origin.filter(|_| is_reader), "{origin:?}");
            assert_eq!(reader(origin, &[]), None, "{origin:?}: nobody is trusted");
        }
    }

    #[test]
    fn a_question_is_asked_with_options_and_names_a_method() {
        let trusted = trusted();
        for (method, origin, wanted, is_answered) in [
            (Method::OPTIONS, Some("https://www.example.com"), Some("POST"), true),
            (Method::OPTIONS, Some("https://www.example.com"), Some("DELETE"), true),
            (Method::OPTIONS, Some("https://www.example.com"), None, false),
            (Method::OPTIONS, Some("https://evil.example"), Some("POST"), false),
            (Method::OPTIONS, None, Some("POST"), false),
            (Method::POST, Some("https://www.example.com"), Some("POST"), false),
            (Method::GET, Some("https://www.example.com"), Some("GET"), false),
        ] {
            let question = Preflight { method: &method, origin, wanted };
            assert_eq!(preflight(question, &trusted).is_some(), is_answered, "{question:?}");
        }
    }
}
