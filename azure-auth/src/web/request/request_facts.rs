//! What a request says, read without Poem's cookie jar and without trusting forwarded headers.

use std::borrow::Cow;
use std::net::IpAddr;

use poem::http::header::{ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, AsHeaderName, CONNECTION, COOKIE, HOST};
use poem::http::header::{FORWARDED, HeaderName, HeaderValue, ORIGIN, REFERER, UPGRADE};
use poem::http::{Method, Uri, Version};
use poem::{Addr, Request};
use url::form_urlencoded;

use crate::model::settings::origin::Origin;
use crate::rules::request::navigation::{self, AHEAD, AnswerForm, RequestKind, answer_form};
use crate::rules::request::return_to::return_to;
use crate::rules::request::same_origin::{self, RequestSource};
use crate::rules::request::seen_address::SeenAddress;
use crate::rules::request::{negotiation, proxy_mark};
use crate::rules::session::cookies;
use crate::web::pages::page::Asked;

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

/// Whether the answer will be shown in a frame of a page.
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

/// Whether somebody names a host.
pub(crate) fn has_host(request: &Request) -> bool {
    request.headers().contains_key(HOST) || whole_uri(request).authority().is_some()
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
        fetch_site: text(request, &FETCH_SITE),
        fetch_mode: text(request, "sec-fetch-mode"),
        fetch_destination: text(request, "sec-fetch-dest"),
        is_ahead: is_ahead(request),
        accept: text(request, ACCEPT.as_str()),
    })
}

/// Whether the browser fetches ahead of the person.
pub(crate) fn is_ahead(request: &Request) -> bool {
    AHEAD.iter().any(|name| request.headers().contains_key(*name))
}

/// Whether a script of htmx asks for a part of a page.
pub(crate) fn is_htmx(request: &Request) -> bool {
    text(request, "hx-request") == Some("true")
}

/// Path and query of the page on which htmx asks for a part of it; `/` where that page is not ours. `None` where it is not
/// htmx that asks.
pub(crate) fn htmx_page(request: &Request, own: &Origin) -> Option<String> {
    if !is_htmx(request) {
        return None;
    }
    // A link that htmx follows in the place of the browser leads to a page.
    if text(request, "hx-boosted") == Some("true") && *request.method() == Method::GET {
        return Some(return_to(return_address(request)).to_owned());
    }
    Some(navigation::page_of_ours(text(request, "hx-current-url").unwrap_or_default(), own))
}

/// Path and query of the page from which a form or a script asks; `/` where that page is not ours, or not said.
pub(crate) fn referring_page(request: &Request, own: &Origin) -> String {
    navigation::page_of_ours(text(request, REFERER).unwrap_or_default(), own)
}

/// Whether a script wants the answer as JSON: it cannot follow a redirect to another site.
pub(crate) fn wants_json(request: &Request) -> bool {
    let is_script = form_of_answer(request) == AnswerForm::Problem;
    let mut accepted = request.headers().get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    is_script && accepted.any(negotiation::accepts_json)
}

/// What a page may say of a request.
pub(crate) fn asked(request: &Request) -> Asked {
    let language = text(request, ACCEPT_LANGUAGE.as_str()).and_then(negotiation::language);
    Asked { language: language.map(ToOwned::to_owned), path: whole_uri(request).path().to_owned() }
}

/// Whether a page of our own asks for a part of itself. What a browser does not say counts as no.
pub(crate) fn is_for_own_page(request: &Request) -> bool {
    text(request, &FETCH_SITE) == Some("same-origin")
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

/// What a request tells of the address under which the browser asked.
pub(crate) fn seen_address(request: &Request) -> SeenAddress<'_> {
    SeenAddress {
        // In process nobody names a host.
        host: text(request, HOST),
        forwarded: text(request, FORWARDED),
        forwarded_host: text(request, "x-forwarded-host"),
        forwarded_scheme: text(request, "x-forwarded-proto"),
        page: text(request, ORIGIN).or_else(|| text(request, REFERER)),
    }
}

fn text(request: &Request, name: impl AsHeaderName) -> Option<&str> {
    // Browsers send text. A header that is not text counts as present, and as equal to nothing.
    request.headers().get(name).map(|value| value.to_str().unwrap_or_default())
}
