//! What a request says, read without Poem's cookie jar and without trusting forwarded headers.

use std::borrow::Cow;
use std::net::IpAddr;

use poem::http::header::{ACCEPT, AUTHORIZATION, AsHeaderName, CONNECTION, COOKIE, HOST, HeaderName, HeaderValue};
use poem::http::header::{ORIGIN, UPGRADE};
use poem::http::{Uri, Version};
use poem::{Addr, Request};
use url::form_urlencoded;

use crate::model::origin::Origin;
use crate::rules::cookies;
use crate::rules::navigation::{self, AnswerForm, RequestKind, answer_form};
use crate::rules::proxy_mark;
use crate::rules::same_origin::{self, RequestSource};

/// The whole address of the request: under the in-process test client Poem leaves the original one at `/`.
pub(crate) fn whole_uri(request: &Request) -> &Uri {
    let original = request.original_uri();
    if original.path() == "/" { request.uri() } else { original }
}

/// The first parameter of this name in the query.
pub(crate) fn parameter<'r>(request: &'r Request, wanted: &str) -> Option<Cow<'r, str>> {
    let query = whole_uri(request).query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted).map(|(_, value)| value)
}

/// Whether the answer will stand in a frame of a page.
pub(crate) fn is_in_frame(request: &Request) -> bool {
    navigation::is_in_frame(text(request, "sec-fetch-dest"))
}

/// Path and query, to come back to.
pub(crate) fn return_address(request: &Request) -> &str {
    whole_uri(request).path_and_query().map_or("/", |address| address.as_str())
}

pub(crate) fn cookie_headers(request: &Request) -> impl Iterator<Item = &[u8]> {
    request.headers().get_all(COOKIE).iter().map(HeaderValue::as_bytes)
}

/// The value of a cookie.
pub(crate) fn cookie<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    std::str::from_utf8(cookies::find(cookie_headers(request), name)?).ok()
}

/// Whether something else than a session says who sends the request.
pub(crate) fn has_authorization(request: &Request) -> bool {
    request.headers().contains_key(AUTHORIZATION)
}

/// The host the client asked for; `localhost` in process, where nobody names one.
pub(crate) fn host(request: &Request) -> Option<&str> {
    match (request.headers().get(HOST), whole_uri(request).authority()) {
        (Some(host), _) => host.to_str().ok(),
        (None, Some(authority)) => Some(authority.as_str()),
        (None, None) => Some("localhost"),
    }
}

pub(crate) fn is_safe(request: &Request) -> bool {
    same_origin::is_safe(request.method(), request.headers().contains_key(UPGRADE))
}

pub(crate) fn source(request: &Request) -> RequestSource<'_> {
    // Two headers are as good as a foreign one: no origin has a comma in it.
    let mut origins = request.headers().get_all(ORIGIN).iter();
    let origin = match (origins.next(), origins.next()) {
        (None, _) => None,
        (Some(only), None) => Some(only.to_str().unwrap_or_default()),
        (Some(_), Some(_)) => Some(","),
    };
    RequestSource { fetch_site: text(request, &FETCH_SITE), origin, ..RequestSource::default() }
}

/// The same with what the request is for.
pub(crate) fn whole_source(request: &Request) -> RequestSource<'_> {
    RequestSource {
        fetch_mode: text(request, "sec-fetch-mode"),
        fetch_destination: text(request, "sec-fetch-dest"),
        is_upgrade: request.headers().contains_key(UPGRADE),
        ..source(request)
    }
}

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

pub(crate) fn form_of_answer(request: &Request) -> AnswerForm {
    answer_form(RequestKind {
        method: request.method(),
        fetch_mode: text(request, "sec-fetch-mode"),
        fetch_destination: text(request, "sec-fetch-dest"),
        is_prefetch: request.headers().contains_key("sec-purpose") || request.headers().contains_key("purpose"),
        accept: text(request, ACCEPT.as_str()),
    })
}

/// The form of an answer that the application gives in its own words, which is whatever the sender accepts. Asked of every
/// request before it is handed on, so that it looks at one header only.
pub(crate) fn accepted_form(request: &Request) -> AnswerForm {
    const HTML: &[u8] = b"text/html";
    let accepts_html = request
        .headers()
        .get(ACCEPT)
        .is_some_and(|accept| accept.as_bytes().windows(HTML.len()).any(|part| part.eq_ignore_ascii_case(HTML)));
    if accepts_html { AnswerForm::Page } else { AnswerForm::Problem }
}

/// Whether nobody but a developer at this very machine sees the answer.
pub(crate) fn is_local(request: &Request) -> bool {
    let peer_is_loopback = match &request.remote_addr().0 {
        Addr::SocketAddr(address) => is_loopback(address.ip()),
        _ => false,
    };
    let host_is_loopback = host(request).is_some_and(|host| Origin::of_loopback_host(host).is_some());
    peer_is_loopback && host_is_loopback && !is_forwarded(request)
}

/// Whether a proxy left its mark. Read for diagnosis, never for decisions that open something.
///
/// Proxies that are not told otherwise name themselves as the host and leave no header, but speak HTTP/1.0 (nginx), or
/// close each connection.
fn is_forwarded(request: &Request) -> bool {
    let headers = request.headers();
    let mut connection = headers.get_all(CONNECTION).iter().map(|value| value.to_str().unwrap_or_default());
    let is_old = matches!(request.version(), Version::HTTP_09 | Version::HTTP_10);
    is_old || headers.keys().any(|name| proxy_mark::is_left_by(name.as_str())) || connection.any(proxy_mark::closes)
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

fn text(request: &Request, name: impl AsHeaderName) -> Option<&str> {
    // A header that is no text is none that a browser sends: present, and equal to nothing.
    request.headers().get(name).map(|value| value.to_str().unwrap_or_default())
}
