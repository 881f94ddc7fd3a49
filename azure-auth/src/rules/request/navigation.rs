//! What kind of answer does the sender of a request understand?

use http::Method;

use super::return_to::return_to;
use crate::model::settings::origin::Origin;

/// What a request says about its sender.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestKind<'a> {
    pub(crate) method: &'a Method,
    pub(crate) fetch_site: Option<&'a str>,
    pub(crate) fetch_mode: Option<&'a str>,
    pub(crate) fetch_destination: Option<&'a str>,
    /// The browser fetches ahead of the person.
    pub(crate) is_ahead: bool,
    pub(crate) accept: Option<&'a str>,
}

/// How a refusal is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnswerForm {
    /// A person opens a page: they may be sent to sign in.
    Navigation,
    /// A person sent a form: a page, but no redirect, or what they typed is lost without a word. Also a script of our own
    /// that fetches what it will show as a page, and cannot follow a redirect to the provider.
    Page,
    /// A program.
    Problem,
}

/// With any of these a browser says that it fetches ahead of the person, who may never come.
pub(crate) const AHEAD: [&str; 4] = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

/// Judges by fetch metadata (a script cannot forge it), and by `Accept` where a browser sends none.
///
/// A service worker that passes a page load on keeps the mode `navigate` (Chromium, Safari), which no script can set, or
/// makes it `same-origin` (Firefox); the destination is `empty` then. Turbo and others fetch pages with the mode `cors`.
pub(crate) fn answer_form(request: RequestKind<'_>) -> AnswerForm {
    if request.is_ahead {
        return AnswerForm::Problem;
    }
    let takes_html = request.accept.is_some_and(accepts_html);
    let is_page = match (request.fetch_mode, request.fetch_destination) {
        (None, None) => takes_html,
        (Some("navigate"), Some("document" | "empty")) => true,
        (Some("same-origin"), Some("empty")) if takes_html => return AnswerForm::Page,
        (Some("cors"), Some("empty")) if takes_html && request.fetch_site == Some("same-origin") => {
            return AnswerForm::Page;
        }
        _ => false,
    };
    match is_page {
        true if request.method == Method::GET => AnswerForm::Navigation,
        true => AnswerForm::Page,
        false => AnswerForm::Problem,
    }
}

/// Whether a page will be shown in a frame, by `Sec-Fetch-Dest`.
pub(crate) fn is_in_frame(fetch_destination: Option<&str>) -> bool {
    matches!(fetch_destination, Some("iframe" | "frame" | "object" | "embed"))
}

/// Path and query of a page of our own, fit to come back to; `/` for every other address.
pub(crate) fn page_of_ours(address: &str, own: &Origin) -> String {
    let page = address.strip_prefix(own.as_str()).filter(|path| path.starts_with('/')).unwrap_or("/");
    return_to(page.split('#').next().unwrap_or("/")).to_owned()
}

fn accepts_html(accept: &str) -> bool {
    accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_html = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("text/html"));
        // A weight of zero means "not this" (RFC 9110 §12.4.2).
        let is_unwanted = |part: &str| {
            part.split_once('=')
                .is_some_and(|(name, weight)| name.trim().eq_ignore_ascii_case("q") && weight.trim().parse() == Ok(0.0))
        };
        is_html && !parts.any(is_unwanted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: Option<&str> = Some("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");

    #[test]
    fn only_a_person_who_opens_a_page_is_sent_to_sign_in() {
        use AnswerForm::{Navigation, Page, Problem};
        let html = HTML;
        for (method, mode, destination, is_ahead, accept, expected) in [
            (Method::GET, Some("navigate"), Some("document"), false, html, Navigation),
            (Method::GET, Some("navigate"), Some("document"), false, None, Navigation),
            (Method::GET, Some("navigate"), Some("document"), true, html, Problem),
            (Method::GET, Some("navigate"), Some("iframe"), false, html, Problem),
            (Method::GET, Some("navigate"), Some("object"), false, html, Problem),
            (Method::GET, Some("navigate"), None, false, html, Problem),
            (Method::GET, Some("cors"), Some("empty"), false, html, Problem),
            (Method::POST, Some("navigate"), Some("document"), false, html, Page),
            (Method::HEAD, Some("navigate"), Some("document"), false, html, Page),
            (Method::GET, None, None, false, html, Navigation),
            (Method::GET, None, None, false, Some("Text/HTML"), Navigation),
            (Method::GET, None, None, false, Some("*/* , TEXT/HTML ; q=0.1"), Navigation),
            (Method::GET, None, None, false, Some("text/html;q=0, application/json"), Problem),
            (Method::GET, None, None, false, Some("text/html ; Q = 0.000"), Problem),
            (Method::GET, None, None, false, Some("text/html;q=x"), Navigation),
            (Method::POST, None, None, false, html, Page),
            (Method::GET, None, None, true, html, Problem),
            (Method::GET, None, None, false, Some("*/*"), Problem),
            (Method::GET, None, None, false, Some("application/json"), Problem),
            (Method::GET, None, None, false, None, Problem),
            // Passed on by a service worker of ours.
            (Method::GET, Some("navigate"), Some("empty"), false, html, Navigation),
            (Method::GET, Some("navigate"), Some("empty"), false, None, Navigation),
            (Method::GET, Some("navigate"), Some("empty"), true, html, Problem),
            (Method::POST, Some("navigate"), Some("empty"), false, html, Page),
            (Method::GET, Some("same-origin"), Some("empty"), false, html, Page),
            (Method::GET, Some("same-origin"), Some("empty"), true, html, Problem),
            (Method::GET, Some("same-origin"), Some("empty"), false, Some("*/*"), Problem),
            (Method::GET, Some("same-origin"), Some("worker"), false, html, Problem),
            (Method::GET, Some("no-cors"), Some("empty"), false, html, Problem),
            (Method::GET, Some("websocket"), Some("empty"), false, html, Problem),
        ] {
            let request = RequestKind {
                method: &method,
                fetch_site: None,
                fetch_mode: mode,
                fetch_destination: destination,
                is_ahead,
                accept,
            };
            assert_eq!(answer_form(request), expected, "{request:?}");
        }
    }

    #[test]
    fn a_page_is_come_back_to_where_it_is_ours() {
        let own = Origin::parse("https://app.example.com").unwrap();
        for (address, expected) in [
            ("https://app.example.com/list?page=2#top", "/list?page=2"),
            ("https://app.example.com/", "/"),
            ("https://app.example.com", "/"),
            ("https://app.example.com.evil.example/x", "/"),
            ("https://app.example.com@evil.example/x", "/"),
            ("https://app.example.com//evil.example/x", "/"),
            ("http://app.example.com/x", "/"),
            ("https://evil.example/x", "/"),
            ("/x", "/"),
            ("", "/"),
        ] {
            assert_eq!(page_of_ours(address, &own), expected, "{address}");
        }
    }

    #[test]
    fn a_script_of_our_own_that_shows_pages_gets_one_and_no_redirect() {
        let turbo = Some("text/vnd.turbo-stream.html, text/html, application/xhtml+xml");
        for (fetch_site, accept, expected) in [
            (Some("same-origin"), turbo, AnswerForm::Page),
            (Some("same-origin"), HTML, AnswerForm::Page),
            (Some("same-origin"), Some("*/*"), AnswerForm::Problem),
            (Some("same-origin"), Some("application/json"), AnswerForm::Problem),
            (Some("same-site"), HTML, AnswerForm::Problem),
            (Some("cross-site"), HTML, AnswerForm::Problem),
            (None, HTML, AnswerForm::Problem),
        ] {
            for method in [Method::GET, Method::POST] {
                let request = RequestKind {
                    method: &method,
                    fetch_site,
                    fetch_mode: Some("cors"),
                    fetch_destination: Some("empty"),
                    is_ahead: false,
                    accept,
                };
                assert_eq!(answer_form(request), expected, "{request:?}");
            }
        }
    }
}
