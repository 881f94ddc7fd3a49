//! The few pages that the library shows itself: without scripts (but for those that frames need), readable by everyone,
//! replaceable.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use poem::Response;
use poem::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use poem::http::header::{HeaderValue, X_CONTENT_TYPE_OPTIONS};

use super::framing::Framing;
use super::page::Page;
use super::page_html::{STYLE, render};
use crate::io::entropy;

/// Writes pages as HTML: the library's own look, or the application's.
#[derive(Clone, Default)]
pub(crate) struct Pages {
    pub(crate) own: Option<PageWriter>,
    pub(crate) framing: Framing,
}

/// The application's own way to write a page, those in frames included.
pub(crate) type PageWriter = Arc<dyn Fn(&Page) -> String + Send + Sync>;

impl Pages {
    /// The page with the headers that keep it safe. `form_targets`: origins its forms may end up at, besides our own.
    pub(crate) fn response(&self, page: &Page, form_targets: &str) -> Response {
        self.answer(page, &format!("form-action 'self'{form_targets}"))
    }

    /// A page that a script of ours works on.
    pub(crate) fn response_with_script(&self, page: &Page) -> Response {
        self.answer(page, "form-action 'none'; script-src 'self'; connect-src 'self'")
    }

    /// The same pages where nobody may frame them.
    pub(crate) fn unframed(&self) -> Self {
        Self { framing: Framing::NOBODY, ..self.clone() }
    }

    fn answer(&self, page: &Page, directives: &str) -> Response {
        let Some(own) = &self.own else {
            let style = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
            return self.with_headers(page, render(page), &format!("'sha256-{style}'; {directives}"));
        };
        // Without randomness the page has no style of its own, and is shown all the same.
        let nonce = entropy::random::<16>().map(|bytes| STANDARD.encode(bytes)).unwrap_or_default();
        let allowed = if nonce.is_empty() { String::new() } else { format!("'nonce-{nonce}'") };
        let page = Page { style_nonce: nonce, ..page.clone() };
        let mut html = own(&page);
        if !html.contains(&page.library_html) {
            html.push_str(&page.library_html);
        }
        self.with_headers(&page, html, &format!("{allowed}; {directives}"))
    }

    /// `directives`: what else styles may be, and then the rest of the policy.
    fn with_headers(&self, page: &Page, html: String, directives: &str) -> Response {
        let policy = format!(
            "default-src 'none'; img-src 'self' data:; font-src 'self'; style-src 'self' {directives}; {}; base-uri 'none'",
            self.framing.directive()
        );
        let mut response = Response::builder().status(page.status).body(html);
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

#[cfg(test)]
mod tests {
    use poem::http::StatusCode;

    use super::*;
    use crate::model::refusals::page_kind::PageKind;

    fn page() -> Page {
        Page::new(PageKind::Failed, StatusCode::BAD_REQUEST, "Title", "Something happened.")
    }

    fn policy(response: &Response) -> String {
        response.headers()["content-security-policy"].to_str().unwrap().to_owned()
    }

    #[test]
    fn a_page_is_neither_stored_nor_framed_and_its_own_style_passes_its_policy() {
        let response = Pages::default().response(&page(), " https://login.example");
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert_eq!(header("x-frame-options"), "DENY");
        let policy = policy(&response);
        assert!(policy.contains("form-action 'self' https://login.example;"), "{policy}");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
    }

    #[tokio::test]
    async fn an_application_may_write_the_page_itself_with_a_style_of_its_own() {
        let own: PageWriter = Arc::new(|page| format!("own {} <{}>", page.title(), page.style_nonce()));
        let pages = Pages { own: Some(own), ..Pages::default() };
        let mut nonces = Vec::new();
        for _ in 0..2 {
            let response = pages.response(&page(), "");
            assert_eq!(response.status(), StatusCode::BAD_REQUEST);
            let policy = policy(&response);
            assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
            let html = response.into_body().into_string().await.unwrap();
            let nonce = html.strip_prefix("own Title <").and_then(|rest| rest.strip_suffix('>')).unwrap().to_owned();
            assert_eq!(nonce.len(), 24, "sixteen bytes");
            assert!(policy.contains(&format!("style-src 'self' 'nonce-{nonce}';")), "{policy}");
            nonces.push(nonce);
        }
        assert_ne!(nonces[0], nonces[1], "new for each page");
    }

    #[tokio::test]
    async fn what_a_script_of_ours_needs_stands_on_the_page_once_whoever_writes_it() {
        let page = Page { library_html: "<button>ours</button>".to_owned(), ..page() };
        let forgetful: PageWriter = Arc::new(|_| "own ".to_owned());
        let careful: PageWriter = Arc::new(|page| format!("<main>{}</main>", page.library_html()));
        for (own, expected) in
            [(forgetful, "own <button>ours</button>"), (careful, "<main><button>ours</button></main>")]
        {
            let response = Pages { own: Some(own), ..Pages::default() }.response_with_script(&page);
            assert!(policy(&response).contains("script-src 'self'; connect-src 'self'"));
            assert_eq!(response.into_body().into_string().await.unwrap(), expected);
        }
    }
}
