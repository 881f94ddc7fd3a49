//! The few pages that the library shows itself: without scripts (but for two that frames need), readable by everyone, replaceable.

use std::fmt::Write;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use poem::Response;
use poem::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use poem::http::header::{HeaderValue, X_CONTENT_TYPE_OPTIONS};
use poem::http::{Method, StatusCode};

use super::framing::Framing;

/// What a page says. An application may put it into its own words and looks with
/// [`Builder::pages`](crate::Builder::pages); the security headers stay the library's.
///
/// Every text is plain: whoever writes HTML from it escapes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub(crate) status: StatusCode,
    pub(crate) title: &'static str,
    pub(crate) sentences: Vec<String>,
    pub(crate) details: Vec<(&'static str, String)>,
    pub(crate) actions: Vec<PageAction>,
}

/// Something the visitor can do on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageAction {
    pub(crate) label: &'static str,
    pub(crate) method: Method,
    pub(crate) address: String,
}

impl Page {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The heading, a few words.
    pub fn title(&self) -> &str {
        self.title
    }

    /// Plain sentences for the visitor.
    pub fn sentences(&self) -> &[String] {
        &self.sentences
    }

    /// Names and values to pass on to whoever can help: a reference number, a code, a correlation id.
    pub fn details(&self) -> impl Iterator<Item = (&str, &str)> {
        self.details.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Links and buttons.
    pub fn actions(&self) -> &[PageAction] {
        &self.actions
    }
}

impl PageAction {
    /// The words on it.
    pub fn label(&self) -> &str {
        self.label
    }

    /// `GET` for a link, `POST` for a form with one button.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Where it leads: a path of this application.
    pub fn address(&self) -> &str {
        &self.address
    }
}

/// Writes pages as HTML: the library's own look, or the application's.
#[derive(Clone, Default)]
pub(crate) struct Pages {
    pub(crate) own: Option<PageWriter>,
    pub(crate) framing: Framing,
}

/// The application's own way to write a page.
pub(crate) type PageWriter = Arc<dyn Fn(&Page) -> String + Send + Sync>;

impl Pages {
    /// The page with the headers that keep it safe. `form_targets`: origins its forms may end up at, besides our own.
    pub(crate) fn response(&self, page: &Page, form_targets: &str) -> Response {
        let html = match &self.own {
            Some(own) => own(page),
            None => render(page, ""),
        };
        self.with_headers(page.status, html, &format!("form-action 'self'{form_targets}"))
    }

    /// A page that a script of ours works on: always in the library's own words. `machinery`: HTML for the script.
    pub(crate) fn response_with_script(&self, page: &Page, machinery: &str) -> Response {
        self.with_headers(
            page.status,
            render(page, machinery),
            "form-action 'none'; script-src 'self'; connect-src 'self'",
        )
    }

    /// The same pages where nobody may frame them.
    pub(crate) fn unframed(&self) -> Self {
        Self { framing: Framing::NOBODY, ..self.clone() }
    }

    fn with_headers(&self, status: StatusCode, html: String, directives: &str) -> Response {
        let style = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
        let policy = format!(
            "default-src 'none'; style-src 'self' 'sha256-{style}'; img-src 'self' data:; font-src 'self'; \
             {directives}; {}; base-uri 'none'",
            self.framing.directive()
        );
        let mut response = Response::builder().status(status).body(html);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        protect(&mut response, &self.framing);
        response
    }
}

/// The headers of every answer that the library gives itself.
pub(crate) fn protect(response: &mut Response, framing: &Framing) {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    framing.protect(response);
}

const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#f4f5f7;--card:#fff;--line:#d5d9e0;--text:#1b1f24;--quiet:#4a5361;\
--accent:#0b5cad;--on-accent:#fff}\
@media(prefers-color-scheme:dark){:root{--paper:#14171b;--card:#1e2329;--line:#3a414b;--text:#e8eaed;--quiet:#aab3bf;\
--accent:#8ec1ff;--on-accent:#10233a}}\
body{font:1.0625rem/1.5 system-ui,sans-serif;margin:0;padding:0 1rem;background:var(--paper);color:var(--text)}\
main{max-width:29rem;margin:12vh auto;padding:2rem clamp(1.25rem,6vw,2.25rem);background:var(--card);\
border:1px solid var(--line);border-radius:.75rem}\
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .75rem}p{margin:.75rem 0}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:1.25rem 0;font-size:.9375rem}\
dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere;font-family:ui-monospace,monospace}\
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.5rem}form{margin:0}\
.action{display:inline-block;font:inherit;padding:.5rem 1.125rem;border:1px solid var(--accent);border-radius:.5rem;\
background:var(--accent);color:var(--on-accent);text-decoration:none;cursor:pointer}\
.actions>*+*,.actions>*+*>.action{background:none;color:var(--accent)}\
.action:hover{text-decoration:underline}.action:focus-visible{outline:3px solid var(--accent);outline-offset:3px}";

fn render(page: &Page, machinery: &str) -> String {
    let title = escape(page.title);
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    );
    // Writing to a text cannot fail.
    for sentence in &page.sentences {
        let _ = writeln!(html, "<p>{}</p>", escape(sentence));
    }
    if !page.details.is_empty() {
        html.push_str("<dl>\n");
        for (name, value) in &page.details {
            let _ = writeln!(html, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(value));
        }
        html.push_str("</dl>\n");
    }
    if !page.actions.is_empty() {
        html.push_str("<div class=\"actions\">\n");
        for PageAction { label, method, address } in &page.actions {
            let (label, address) = (escape(label), escape(address));
            let _ = if method == Method::POST {
                writeln!(
                    html,
                    "<form method=\"post\" action=\"{address}\"><button class=\"action\">{label}</button></form>"
                )
            } else {
                writeln!(html, "<a class=\"action\" href=\"{address}\">{label}</a>")
            };
        }
        html.push_str("</div>\n");
    }
    html.push_str(machinery);
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        Page {
            status: StatusCode::BAD_REQUEST,
            title: "Title",
            sentences: vec!["<script>alert('1')</script> & \"more\"".to_owned()],
            details: vec![("Reference", "<b>".to_owned())],
            actions: vec![
                PageAction { label: "Go", method: Method::GET, address: "/login?return_to=\"><script>".to_owned() },
                PageAction { label: "Send", method: Method::POST, address: "/logout".to_owned() },
            ],
        }
    }

    #[test]
    fn nothing_on_a_page_is_unescaped_and_nothing_runs() {
        let html = render(&page(), "");
        assert!(!html.contains("<script") && !html.contains("<b>") && !html.contains("\"&gt;&lt;script"), "{html}");
        assert!(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;more&quot;"), "{html}");
        assert!(html.contains("<form method=\"post\" action=\"/logout\">"), "{html}");
    }

    #[test]
    fn a_page_is_neither_stored_nor_framed_and_its_own_style_passes_its_policy() {
        let response = Pages::default().response(&page(), " https://login.example");
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert_eq!(header("x-frame-options"), "DENY");
        let policy = header("content-security-policy");
        assert!(policy.contains("form-action 'self' https://login.example;"), "{policy}");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }

    #[test]
    fn an_application_may_write_the_page_itself() {
        let own: PageWriter = Arc::new(|page| format!("own {}", page.title()));
        let pages = Pages { own: Some(own), ..Pages::default() };
        let response = pages.response(&page(), "");
        assert!(response.headers().contains_key("content-security-policy"));
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    }
}
