//! A request with a session, from Poem's `Request` to its `Response`, beside the same handler without a guard.

use std::cell::Cell;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use azure_auth::{AzureAuth, User};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::http::header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, COOKIE, HOST, HeaderMap, HeaderValue, USER_AGENT};
use poem::http::{StatusCode, Uri};
use poem::{Endpoint, EndpointExt, Request, Response, Route, get, handler};

use super::{CLIENT, Iteration, Material, TENANT, by_hand, id_token};
use crate::model::callers::groups::RelevantGroups;
use crate::model::sessions::session::{Beginning, SessionId, SessionLifetimes, SessionRecord};
use crate::model::settings::configuration::Configuration;
use crate::model::unix_time::UnixTime;
use crate::rules::configuration::settings::{self, Settings};
use crate::rules::session::cookies::{CookieNames, CookiePlacement};
use crate::rules::session::seal::{Purpose, SealingKeys};
use crate::rules::session::session_record::{self, Birth, COOKIE_BUDGET};

/// The floor: what Poem itself needs for the request.
pub(super) fn plain_handler(material: &Material) -> Iteration {
    #[handler]
    fn page() -> &'static str {
        "page"
    }
    requests(Route::new().at("/", get(page)), material)
}

/// The same handler for signed-in people.
pub(super) fn guarded_handler(material: &Material) -> Iteration {
    #[azure_auth::protect]
    #[handler]
    fn page() -> &'static str {
        "page"
    }
    requests(azure_auth::endpoints! { "/" => get(page) }.with(azure_auth()), material)
}

/// A handler that asks who it is, too.
pub(super) fn guarded_handler_with_user(material: &Material) -> Iteration {
    requests(guarded_endpoint(), material)
}

/// The same with a session that this process never saw before, every time.
pub(super) fn guarded_handler_at_first_sight(material: &Material) -> Iteration {
    let endpoint = guarded_endpoint();
    // As many as are asked for; beginning again after all of them.
    let headers: Vec<HeaderMap> = (0..1024).map(|number| headers(material, number)).collect();
    let next = Cell::new(0);
    Box::new(move || {
        next.set((next.get() + 1) % headers.len());
        answered(&endpoint, &headers[next.get()]);
    })
}

/// The floor of a session seen before, written by hand.
pub(super) fn handler_by_hand(material: &Material) -> Iteration {
    let headers = headers(material, 0);
    requests_with(endpoint_by_hand(&headers), headers)
}

/// A hash map from whole cookies to those they prove, in front of the same handler; it knows the cookie in these headers.
pub(crate) fn endpoint_by_hand(headers: &HeaderMap) -> impl Endpoint<Output = Response> + 'static + use<> {
    by_hand::endpoint(ticket(headers).expect("a cookie"), ticket)
}

fn ticket(headers: &HeaderMap) -> Option<&str> {
    let mut cookies = headers.get(COOKIE)?.to_str().ok()?.split("; ");
    let (_, ticket) = cookies.find_map(|cookie| cookie.strip_prefix("__Host-azure-session-")?.split_once('='))?;
    Some(ticket)
}

pub(crate) fn guarded_endpoint() -> impl Endpoint<Output = Response> + 'static {
    guarded_endpoint_of(azure_auth())
}

pub(super) fn guarded_endpoint_of(auth: AzureAuth) -> impl Endpoint<Output = Response> + 'static {
    #[azure_auth::protect]
    #[handler]
    fn page(user: User) -> &'static str {
        black_box(user);
        "files"
    }
    azure_auth::endpoints! { "/" => get(page) }.with(auth)
}

/// The floor of the difference: the least that a sealed session costs, one opening and one typed pass over its JSON.
pub(super) fn opening_by_hand(material: &Material) -> Iteration {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[7; 32]).expect("a key"));
    let mut sealed = serde_json::to_vec(&session_record(material)).expect("a record");
    let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
    key.seal_in_place_append_tag(nonce, Aad::from(b"session"), &mut sealed).expect("a sealed record");
    let text = URL_SAFE_NO_PAD.encode(sealed);
    Box::new(move || {
        let mut sealed = URL_SAFE_NO_PAD.decode(black_box(&text)).expect("base64url");
        let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
        let plain = key.open_in_place(nonce, Aad::from(b"session"), &mut sealed).expect("a sealed record");
        black_box(serde_json::from_slice::<SessionRecord>(plain).expect("a record"));
    })
}

fn requests<E>(endpoint: E, material: &Material) -> Iteration
where
    E: Endpoint<Output = Response> + 'static,
{
    requests_with(endpoint, headers(material, 0))
}

/// One request after the other with these headers.
pub(super) fn requests_with<E>(endpoint: E, headers: HeaderMap) -> Iteration
where
    E: Endpoint<Output = Response> + 'static,
{
    Box::new(move || answered(&endpoint, &headers))
}

pub(super) fn request(headers: &HeaderMap) -> Request {
    let mut request = Request::builder().uri(Uri::from_static("/")).finish();
    *request.headers_mut() = headers.clone();
    request
}

pub(super) fn answered(endpoint: &impl Endpoint<Output = Response>, headers: &HeaderMap) {
    let response = at_once(endpoint.call(request(headers))).expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
}

/// Runs a future that waits for nothing. Without a runtime there is only the request to count.
pub(super) fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}

const PUBLIC_URL: &str = "https://app.example.com";

/// The provider is on loopback, so that no certificates are read; nobody asks it anything.
fn variables() -> [(&'static str, String); 5] {
    [
        ("AZURE_CLIENT_ID", CLIENT.to_owned()),
        ("AZURE_CLIENT_SECRET", "a secret of more than thirty-two characters".to_owned()),
        ("AZURE_ISSUER_URI", format!("http://127.0.0.1:9/{TENANT}")),
        ("AZURE_PUBLIC_URL", PUBLIC_URL.to_owned()),
        ("AZURE_SESSION_KEYS", URL_SAFE_NO_PAD.encode([7, 11].repeat(16))),
    ]
}

fn azure_auth() -> AzureAuth {
    AzureAuth::from_variables(variables()).expect("a configuration")
}

/// What a browser sends when a person opens a page.
pub(super) fn browser_headers() -> HeaderMap {
    let fixed = [
        (HOST, "app.example.com"),
        (USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
        (ACCEPT, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        (ACCEPT_LANGUAGE, "en-US,en;q=0.5"),
        (ACCEPT_ENCODING, "gzip, deflate, br, zstd"),
    ];
    let mut headers: HeaderMap =
        fixed.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect();
    for (name, value) in [("dest", "document"), ("mode", "navigate"), ("site", "none"), ("user", "?1")] {
        headers.insert(
            poem::http::HeaderName::try_from(format!("sec-fetch-{name}")).expect("a name"),
            HeaderValue::from_static(value),
        );
    }
    headers
}

/// The same with a session, and two cookies of others beside ours.
pub(crate) fn headers(material: &Material, number: u32) -> HeaderMap {
    let mut headers = browser_headers();
    let cookies = format!("theme=dark; {}; visited=2027-01-15", session_cookie(material, number));
    headers.insert(COOKIE, HeaderValue::try_from(cookies).expect("a header"));
    headers
}

/// A cookie that the application would set at the end of a sign-in with the token of the material.
fn session_cookie(material: &Material, number: u32) -> String {
    let configuration = configuration();
    let keys = SealingKeys::derive(&configuration.sealing_secrets, Purpose::Session).expect("keys");
    let names = CookieNames::new(&configuration.client.id, configuration.public_urls.first().expect("a public URL"));
    let mut nonce = [0; NONCE_LEN];
    nonce[..4].copy_from_slice(&number.to_le_bytes());
    let name = names.session(CookiePlacement::FirstParty);
    let sealed = session_record::seal(session_record(material), &keys, name, COOKIE_BUDGET, nonce).expect("a cookie");
    format!("{name}={}", sealed.ticket)
}

fn configuration() -> Configuration {
    let variables = variables();
    let read = |wanted: &str| variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone());
    settings::judge(&Settings::from_variables(read)).expect("a configuration")
}

/// A session that began ten minutes ago: neither just signed in nor due for renewal.
pub(super) fn session_record(material: &Material) -> SessionRecord {
    let begun = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs() - 600;
    let id = SessionId([0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210]);
    let groups = RelevantGroups::default();
    let authority = session_record::fingerprint(&configuration().authority);
    // As another process would have given it.
    let beginning = Beginning([0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210]);
    let birth = Birth { id, beginning, authority, now: UnixTime(begun) };
    session_record::begin(id_token::validated(material), &groups, SessionLifetimes::default(), birth)
}
