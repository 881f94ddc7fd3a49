//! Sessions that live in a store: known to this process, and fetched from a Redis server for the first time.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use azure_auth::SessionStore;
use azure_auth::testing::{TestAuth, TestIdentity};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::http::StatusCode;
use poem::http::header::{COOKIE, HeaderMap, HeaderValue};
use poem::web::Data;
use poem::{Endpoint, EndpointExt, Error, FromRequest, Request, RequestBody, Response, Result, Route, get, handler};
use redis::aio::ConnectionManager;
use tokio::runtime::{Builder, Runtime};

use super::redis_server::RedisServer;
use super::session::{self, answered, guarded_endpoint_of, request, requests_with};
use super::{Iteration, Material};
use crate::model::sessions::session::SessionRecord;
use crate::rules::session::session_record;

/// Tickets that are each opened for the first time; beginning again after all of them.
const TICKETS: usize = 1024;

/// A session in memory, opened before.
pub(super) fn in_memory(_: &Material) -> Iteration {
    let auth = TestAuth::with(|builder| builder.session_store(SessionStore::Memory));
    let runtime = runtime();
    let cookie = runtime.block_on(auth.session_cookie(&person()));
    requests_with(guarded_endpoint_of(auth.azure_auth()), headers(&cookie))
}

/// A session on a Redis server, opened before: the server has nothing to do with it.
pub(super) fn in_redis(_: &Material) -> Option<Iteration> {
    let server = RedisServer::start()?;
    let auth = TestAuth::with(|builder| builder.session_store(SessionStore::Redis(server.address())));
    let (runtime, endpoint) = (runtime(), guarded_endpoint_of(auth.azure_auth()));
    let headers = headers(&runtime.block_on(async {
        let cookie = auth.session_cookie(&person()).await;
        assert_answered(&endpoint, &self::headers(&cookie)).await;
        // The first question starts what listens for changes; from then on sessions are kept.
        while !auth.azure_auth().ready().await.notices().is_empty() {
            tokio::task::yield_now().await;
        }
        assert_answered(&endpoint, &self::headers(&cookie)).await;
        cookie
    }));
    Some(Box::new(move || {
        let _alive = (&server, &runtime);
        answered(&endpoint, &headers);
    }))
}

/// A session on a Redis server that this process sees for the first time, every time.
pub(super) fn fetched_from_redis(_: &Material) -> Option<Iteration> {
    let server = RedisServer::start()?;
    let auth = TestAuth::with(|builder| builder.session_store(SessionStore::Redis(server.address())));
    let (runtime, endpoint) = (runtime(), guarded_endpoint_of(auth.azure_auth()));
    let mut tickets = Vec::new();
    for _ in 0..TICKETS {
        tickets.push(headers(&runtime.block_on(auth.session_cookie(&person()))));
    }
    Some(one_after_the_other(runtime, server, endpoint, tickets))
}

/// The least that this takes: the hash of the ticket, one question, the seal opened, one typed pass.
pub(super) fn fetched_by_hand(material: &Material) -> Option<Iteration> {
    let server = RedisServer::start()?;
    let runtime = runtime();
    let mut connection = runtime.block_on(async {
        let client = redis::Client::open(server.address()).expect("an address");
        ConnectionManager::new(client).await.expect("a connection")
    });
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[7; 32]).expect("a key"));
    let record = serde_json::to_vec(&session::session_record(material)).expect("a record");
    let mut tickets = Vec::new();
    for number in 0..TICKETS {
        let ticket = URL_SAFE_NO_PAD.encode([number.to_le_bytes(), [1; 8], [2; 8], [3; 8]].concat());
        let mut sealed = record.clone();
        key.seal_in_place_append_tag(nonce(), Aad::from(b"session"), &mut sealed).expect("a sealed record");
        let mut set = redis::cmd("SET");
        set.arg(stored_under(&ticket)).arg(sealed);
        runtime.block_on(set.query_async::<()>(&mut connection)).expect("the server");
        tickets.push(headers(&format!("session={ticket}")));
    }
    #[handler]
    fn files(session: Fetched) -> &'static str {
        std::hint::black_box(session);
        "files"
    }
    let place = Place { connection, key: Arc::new(key) };
    let endpoint = Route::new().at("/", get(files)).data(place).map_to_response();
    Some(one_after_the_other(runtime, server, endpoint, tickets))
}

#[derive(Clone)]
struct Place {
    connection: ConnectionManager,
    key: Arc<LessSafeKey>,
}

struct Fetched(#[allow(dead_code, reason = "whoever writes it by hand reads it somewhere")] SessionRecord);

impl<'a> FromRequest<'a> for Fetched {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let refused = || Error::from_status(StatusCode::UNAUTHORIZED);
        let place = Data::<&Place>::from_request(request, body).await?;
        let mut cookies =
            request.headers().get(COOKIE).and_then(|header| header.to_str().ok()).ok_or_else(refused)?.split("; ");
        let ticket = cookies.find_map(|cookie| cookie.strip_prefix("session=")).ok_or_else(refused)?;
        let mut get = redis::cmd("GET");
        get.arg(stored_under(ticket));
        let mut sealed: Vec<u8> = get.query_async(&mut place.connection.clone()).await.map_err(|_| refused())?;
        let plain = place.key.open_in_place(nonce(), Aad::from(b"session"), &mut sealed).map_err(|_| refused())?;
        session_record::read(plain).map(Self).ok_or_else(refused)
    }
}

fn stored_under(ticket: &str) -> String {
    format!("session:{}", URL_SAFE_NO_PAD.encode(digest(&SHA256, ticket.as_bytes())))
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

fn one_after_the_other(
    runtime: Runtime,
    server: RedisServer,
    endpoint: impl Endpoint<Output = Response> + 'static,
    tickets: Vec<HeaderMap>,
) -> Iteration {
    let next = Rc::new(Cell::new(0));
    Box::new(move || {
        let _alive = &server;
        next.set((next.get() + 1) % tickets.len());
        runtime.block_on(assert_answered(&endpoint, &tickets[next.get()]));
    })
}

async fn assert_answered(endpoint: &impl Endpoint<Output = Response>, headers: &HeaderMap) {
    let response = endpoint.call(request(headers)).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
}

fn person() -> TestIdentity {
    TestIdentity::user().role("Admin").role("Writer").name("Adele Vance")
}

/// What a browser sends, with this session.
fn headers(cookie: &str) -> HeaderMap {
    let mut headers = session::browser_headers();
    let cookies = format!("theme=dark; {cookie}; visited=2027-01-15");
    headers.insert(COOKIE, HeaderValue::try_from(cookies).expect("a header"));
    headers
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}
