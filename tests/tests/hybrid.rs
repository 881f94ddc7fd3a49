//! The example `hybrid`: every route, every kind of caller.

use std::path::Path;

use azure_auth_emulator::Emulator;
use azure_auth_tests::browser::Browser;
use azure_auth_tests::program::Program;
use futures_util::{SinkExt, StreamExt};
use poem::http::Method;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

struct Hybrid {
    emulator: Emulator,
    program: Program,
}

impl Hybrid {
    async fn start(name: &str) -> Self {
        let emulator = Emulator::start().await.unwrap();
        let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hybrid-{name}.log"));
        let program = Program::start("hybrid", &emulator.env(), &log);
        Self { emulator, program }
    }

    /// The tokens of the table, by the names of its columns.
    fn token(&self, caller: &str) -> String {
        let user = || self.emulator.access_token().user("alex@contoso.test");
        let admin = || self.emulator.access_token().user("adele@contoso.test");
        let daemon = || self.emulator.access_token().application("Local daemon");
        match caller {
            "reader" => user().scope("Files.Read"),
            "writer" => user().scope("Files.ReadWrite"),
            "admin" => admin().scope("Files.Read"),
            "daemon" => daemon().role("Files.Read.All"),
            "other daemon" => daemon().claim("roles", vec!["Other"]),
            "tool" => self.emulator.access_token().application("Local tool"),
            "expired" => user().scope("Files.Read").expires_in(-3600),
            "other audience" => user().scope("Files.Read").audience("99999999-9999-4999-8999-999999999999"),
            "other tenant" => user().scope("Files.Read").tenant("bbbbbbbb-0000-4000-8000-000000000002"),
            "version 1" => user().scope("Files.Read").version(1),
            "ID token" => user().id_token(),
            "Graph token" => user().graph(),
            other => panic!("no caller {other}"),
        }
        .issue()
    }
}

const ROUTES: [(&str, &str); 9] = [
    ("GET", "/"),
    ("GET", "/me"),
    ("GET", "/api/public"),
    ("GET", "/api/me"),
    ("GET", "/api/admin"),
    ("GET", "/api/files"),
    ("GET", "/api/staff"),
    ("POST", "/api/files"),
    ("GET", "/api/live"),
];

const OPEN: &str = "";
const TOKEN: &str = "invalid_token";
const MORE: &str = "insufficient_scope";

/// For each route what a caller gets.
type Row = [(u16, &'static str, &'static str); 9];

/// Caller, then for each route status, code of the refusal, and error of the challenge.
#[rustfmt::skip]
const TABLE: &[(&str, Row)] = &[
    ("nobody", [
        (200, OPEN, ""), (401, "not-signed-in", ""), (200, OPEN, ""), (401, "not-signed-in", ""), (401, "not-signed-in", ""),
        (401, "not-signed-in", ""), (401, "not-signed-in", ""), (401, "not-signed-in", ""), (401, "not-signed-in", ""),
    ]),
    ("reader", [
        (200, OPEN, ""), (401, "session-required", MORE), (200, OPEN, ""), (200, OPEN, ""), (403, "role-missing", MORE),
        (200, OPEN, ""), (403, "groups-unknown", MORE), (403, "scope-missing", MORE), (400, OPEN, ""),
    ]),
    ("writer", [
        (200, OPEN, ""), (401, "session-required", MORE), (200, OPEN, ""), (200, OPEN, ""), (403, "role-missing", MORE),
        (403, "scope-missing", MORE), (403, "groups-unknown", MORE), (200, OPEN, ""), (400, OPEN, ""),
    ]),
    ("admin", [
        (200, OPEN, ""), (401, "session-required", MORE), (200, OPEN, ""), (200, OPEN, ""), (200, OPEN, ""),
        (200, OPEN, ""), (200, OPEN, ""), (403, "scope-missing", MORE), (400, OPEN, ""),
    ]),
    ("daemon", [
        (200, OPEN, ""), (401, "session-required", MORE), (200, OPEN, ""), (403, "application-not-admitted", MORE),
        (403, "application-not-admitted", MORE), (200, OPEN, ""), (403, "application-not-admitted", MORE),
        (403, "application-not-admitted", MORE), (403, "application-not-admitted", MORE),
    ]),
    ("other daemon", [
        (200, OPEN, ""), (401, "session-required", MORE), (200, OPEN, ""), (403, "application-not-admitted", MORE),
        (403, "application-not-admitted", MORE), (403, "application-role-missing", MORE), (403, "application-not-admitted", MORE),
        (403, "application-not-admitted", MORE), (403, "application-not-admitted", MORE),
    ]),
    ("tool", refused(401, "token-without-permission")),
    ("expired", refused(401, "token-expired")),
    ("other audience", refused(401, "token-audience")),
    ("other tenant", refused(401, "token-issuer")),
    ("version 1", [
        (200, OPEN, ""), (401, "session-required", MORE), (200, OPEN, ""), (200, OPEN, ""), (403, "role-missing", MORE),
        (200, OPEN, ""), (403, "groups-unknown", MORE), (403, "scope-missing", MORE), (400, OPEN, ""),
    ]),
    ("ID token", refused(401, "token-is-id-token")),
    ("Graph token", refused(401, "token-of-graph")),
];

/// A token that opens nothing: open routes stay open.
const fn refused(status: u16, code: &'static str) -> Row {
    let no = (status, code, TOKEN);
    let open = (200, OPEN, "");
    [open, no, open, no, no, no, no, no, no]
}

#[tokio::test]
async fn every_route_answers_every_caller_as_it_declares() {
    let hybrid = Hybrid::start("table").await;
    let browser = Browser::new();
    for (caller, expected) in TABLE {
        let token = (*caller != "nobody").then(|| hybrid.token(caller));
        for ((method, path), (status, code, error)) in ROUTES.iter().zip(expected) {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let mut call = browser.program(method, hybrid.program.at(path));
            if let Some(token) = &token {
                call = call.header("authorization", &format!("Bearer {token}"));
            }
            let answer = call.send().await;
            let context = format!("{caller} at {path}: {}", answer.text);
            assert_eq!(answer.status, *status, "{context}");
            assert_eq!(answer.reason().unwrap_or_default(), *code, "{context}");
            let challenge = answer.header("www-authenticate");
            match (*status, *error) {
                (200..=299 | 400, _) => assert_eq!(challenge, "", "{context}"),
                (_, "") => assert!(
                    challenge.starts_with("Bearer realm=") && !challenge.contains("error="),
                    "{challenge} {context}"
                ),
                (_, error) => assert!(challenge.contains(&format!("error=\"{error}\"")), "{challenge} {context}"),
            }
        }
    }
}

#[tokio::test]
async fn a_session_opens_the_same_handlers() {
    let hybrid = Hybrid::start("session").await;
    for (person, admin_and_staff) in [("Adele", 200), ("Alex", 403)] {
        let browser = Browser::new();
        let accounts = browser.visit(hybrid.program.at("/me")).await;
        let page = browser.pick(&accounts, person).await;
        assert!(page.text.contains("Welcome, "), "{}", page.text);
        for (method, path, status) in [
            (Method::GET, "/api/me", 200),
            (Method::GET, "/api/files", 200),
            (Method::GET, "/api/admin", admin_and_staff),
            (Method::GET, "/api/staff", admin_and_staff),
            (Method::GET, "/handbook", admin_and_staff),
            (Method::GET, "/handbook/index.html", admin_and_staff),
        ] {
            assert_eq!(browser.program(method, hybrid.program.at(path)).send().await.status, status, "{person} {path}");
        }
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens `/api/live` with one header, from our own origin.
async fn live(hybrid: &Hybrid, name: &'static str, value: &str) -> Socket {
    let address = hybrid.program.at("/api/live").replace("http://localhost", "ws://127.0.0.1");
    let mut request = address.into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("host", hybrid.program.origin.trim_start_matches("http://").parse().unwrap());
    headers.insert("origin", hybrid.program.origin.parse().unwrap());
    headers.insert(name, value.parse().unwrap());
    connect_async(request).await.unwrap().0
}

/// Says something, hears it back, and then waits for the end.
async fn converse(mut socket: Socket, then: impl Future<Output = ()>) -> u16 {
    socket.send(Message::text("hello")).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("hello"));
    then.await;
    match socket.next().await.unwrap().unwrap() {
        Message::Close(Some(frame)) => frame.code.into(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_web_socket_ends_when_its_session_is_signed_out() {
    let hybrid = Hybrid::start("sign-out").await;
    let browser = Browser::new();
    let accounts = browser.visit(hybrid.program.at("/me")).await;
    let page = browser.pick(&accounts, "Adele").await;
    let cookie = browser.session_cookie("localhost").unwrap();
    let socket = live(&hybrid, "cookie", &format!("{}={}", cookie.name, cookie.value)).await;
    let code = converse(socket, async {
        browser.press(&page, "Sign out").await;
    });
    assert_eq!(code.await, 4401);
}

#[tokio::test]
async fn a_web_socket_ends_when_its_token_is_over() {
    let hybrid = Hybrid::start("expiry").await;
    // Within the leeway of 300 seconds, of which one is left when it arrives.
    let token = hybrid.emulator.access_token().user("alex@contoso.test").scope("Files.Read").expires_in(-297).issue();
    let socket = live(&hybrid, "authorization", &format!("Bearer {token}")).await;
    assert_eq!(converse(socket, async {}).await, 4401);
}
