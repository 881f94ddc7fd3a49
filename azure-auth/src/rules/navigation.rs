//! What kind of answer does the sender of a request understand?

use http::Method;

/// What a request says about its sender.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestKind<'a> {
    pub(crate) method: &'a Method,
    pub(crate) fetch_mode: Option<&'a str>,
    pub(crate) fetch_destination: Option<&'a str>,
    /// `Sec-Purpose` or `Purpose`: the browser fetches ahead of the person.
    pub(crate) is_prefetch: bool,
    pub(crate) accept: Option<&'a str>,
}

/// How a refusal is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnswerForm {
    /// A person opens a page: they may be sent to sign in.
    Navigation,
    /// A person sent a form: a page, but no redirect, or what they typed is lost without a word.
    Page,
    /// A program.
    Problem,
}

/// Judges by fetch metadata (a script cannot forge it), and by `Accept` where a browser sends none.
pub(crate) fn answer_form(request: RequestKind<'_>) -> AnswerForm {
    let is_document = match (request.fetch_mode, request.fetch_destination) {
        (None, None) => request.accept.is_some_and(accepts_html),
        (mode, destination) => mode == Some("navigate") && matches!(destination, Some("document" | "empty")),
    };
    match (is_document, request.is_prefetch) {
        (true, false) if request.method == Method::GET => AnswerForm::Navigation,
        (true, false) => AnswerForm::Page,
        _ => AnswerForm::Problem,
    }
}

/// Whether a page will stand in a frame, by `Sec-Fetch-Dest`.
pub(crate) fn is_in_frame(fetch_destination: Option<&str>) -> bool {
    matches!(fetch_destination, Some("iframe" | "frame" | "object" | "embed"))
}

fn accepts_html(accept: &str) -> bool {
    accept
        .split(',')
        .any(|range| range.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/html")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_person_who_opens_a_page_is_sent_to_sign_in() {
        use AnswerForm::{Navigation, Page, Problem};
        let html = Some("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
        for (method, mode, destination, is_prefetch, accept, expected) in [
            (Method::GET, Some("navigate"), Some("document"), false, html, Navigation),
            (Method::GET, Some("navigate"), Some("document"), false, None, Navigation),
            (Method::GET, Some("navigate"), Some("document"), true, html, Problem),
            (Method::GET, Some("navigate"), Some("iframe"), false, html, Problem),
            (Method::GET, Some("navigate"), None, false, html, Problem),
            (Method::GET, Some("cors"), Some("empty"), false, html, Problem),
            (Method::POST, Some("navigate"), Some("document"), false, html, Page),
            (Method::HEAD, Some("navigate"), Some("document"), false, html, Page),
            (Method::GET, None, None, false, html, Navigation),
            (Method::GET, None, None, false, Some("Text/HTML"), Navigation),
            (Method::POST, None, None, false, html, Page),
            (Method::GET, None, None, true, html, Problem),
            (Method::GET, None, None, false, Some("*/*"), Problem),
            (Method::GET, None, None, false, Some("application/json"), Problem),
            (Method::GET, None, None, false, None, Problem),
        ] {
            let request =
                RequestKind { method: &method, fetch_mode: mode, fetch_destination: destination, is_prefetch, accept };
            assert_eq!(answer_form(request), expected, "{request:?}");
        }
    }
}
