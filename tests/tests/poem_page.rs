//! What docs/poem.md says of Poem's middleware, of pages of other origins, and of connections that stay open, where no
//! other test holds it.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use azure_auth::testing::{TestAuth, TestIdentity};
use azure_auth::{AzureAuth, Endpoints, Guard, Login, Logout, Principal, Refused, RefusedForm, User};
use azure_auth_emulator::Emulator;
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::Browser;
use azure_auth_tests::log::Log;
use azure_auth_tests::scene::auth;
use futures_util::{SinkExt, StreamExt, stream};
use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderMap, Method, StatusCode};
use poem::middleware::{CatchPanic, Compression, Cors, SetHeader, SizeLimit, Tracing};
use poem::test::TestClient;
use poem::web::sse::{Event, SSE};
use poem::web::websocket::{CloseCode, Message, WebSocket};
use poem::web::{Data, Json};
use poem::{Endpoint, EndpointExt, IntoResponse, Response, Route, get, handler, post};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_tungstenite::{client_async, tungstenite};

#[azure_auth::public]
#[handler]
fn home(user: Option<User>) -> String {
    user.map_or("nobody".to_owned(), |user| user.display_name().to_owned())
}

#[azure_auth::protect]
#[handler]
fn me(user: User) -> String {
    user.display_name().to_owned()
}

#[azure_auth::protect]
#[handler]
fn panics(_: User) -> String {
    panic!("on purpose")
}

#[azure_auth::protect]
#[handler]
fn write(text: String) -> String {
    text
}

fn table() -> Endpoints {
    azure_auth::endpoints! {
        "/"        => get(home),
        "/me"      => get(me),
        "/panics"  => get(panics),
        "/entries" => post(write),
        "/upload"  => post(write.with(SizeLimit::new(4))),
    }
}

type Client = TestClient<BoxEndpoint<'static, Response>>;

/// An application in this process, and the cookie of somebody's session.
async fn signed_in<E>(auth: &TestAuth, endpoint: E) -> (Client, String)
where
    E: Endpoint + 'static,
    E::Output: IntoResponse,
{
    let client = TestClient::new(endpoint.map_to_response().boxed());
    let cookie = auth.session_cookie(&TestIdentity::user().name("Adele")).await;
    (client, cookie)
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn all(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }

    fn reason(&self) -> Option<String> {
        let problem: serde_json::Value = serde_json::from_str(&self.text).ok()?;
        Some(problem["code"].as_str()?.to_owned())
    }
}

async fn sent(client: &Client, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = client.request(method, path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let response = request.send().await.0;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, text: response.into_body().into_string().await.unwrap() }
}

#[tokio::test]
async fn a_panic_inside_is_an_answer_that_the_layer_finishes_and_outside_it_is_not() {
    let test = TestAuth::new();
    let (inside, cookie) = signed_in(&test, table().with(CatchPanic::new()).with(test.azure_auth())).await;
    let answer = sent(&inside, Method::GET, "/panics", &[("cookie", &cookie)]).await;
    assert_eq!((answer.status, answer.header("cache-control")), (500, "no-store"));
    assert_eq!(answer.header("vary"), "Cookie, Authorization");

    let (outside, cookie) = signed_in(&test, table().with(test.azure_auth()).with(CatchPanic::new())).await;
    let answer = sent(&outside, Method::GET, "/panics", &[("cookie", &cookie)]).await;
    assert_eq!((answer.status, answer.header("cache-control"), answer.header("vary")), (500, "", ""));
}

#[tokio::test]
async fn headers_set_outside_are_on_every_answer_and_those_set_inside_on_no_refusal_and_no_page_of_the_layer() {
    let test = TestAuth::new();
    let header = || SetHeader::new().overriding("x-set", "yes");
    let (outside, cookie) = signed_in(&test, table().with(test.azure_auth()).with(header())).await;
    let (inside, _) = signed_in(&test, table().with(header()).with(test.azure_auth())).await;
    for (path, session, is_of_handler) in [
        ("/", "", true),
        ("/me", cookie.as_str(), true),
        ("/me", "", false),
        ("/login", "", false),
        ("/logout", "", false),
    ] {
        let headers = [("cookie", session)];
        assert_eq!(sent(&outside, Method::GET, path, &headers).await.header("x-set"), "yes", "{path}");
        let expected = if is_of_handler { "yes" } else { "" };
        assert_eq!(sent(&inside, Method::GET, path, &headers).await.header("x-set"), expected, "{path}");
    }
}

#[tokio::test]
async fn a_content_policy_that_is_set_outside_replaces_that_of_the_layers_pages() {
    let test = TestAuth::new();
    let policy = || SetHeader::new().overriding("content-security-policy", "default-src 'self'");
    let (outside, _) = signed_in(&test, table().with(test.azure_auth()).with(policy())).await;
    let (inside, _) = signed_in(&test, table().with(policy()).with(test.azure_auth())).await;
    let of_page = sent(&outside, Method::GET, "/logout", &[]).await;
    assert_eq!(of_page.header("content-security-policy"), "default-src 'self'");
    let of_page = sent(&inside, Method::GET, "/logout", &[]).await;
    assert!(of_page.header("content-security-policy").contains("form-action"), "{:?}", of_page.headers);
    assert_eq!(sent(&inside, Method::GET, "/", &[]).await.header("content-security-policy"), "default-src 'self'");
}

#[tokio::test]
async fn tracing_of_poem_logs_the_code_of_the_callback_outside_and_not_inside() {
    for (is_inside, expected) in [(true, 0), (false, 1)] {
        let emulator = Emulator::start().await.unwrap();
        let layer = auth(&emulator, &[]);
        let (log, _guard) = Log::begin();
        let application = if is_inside {
            Application::start(table().with(Tracing).with(layer)).await
        } else {
            Application::start(table().with(layer).with(Tracing)).await
        };
        let browser = Browser::new();
        for path in ["/", "/authorization-code/callback?code=SECRETCODE&state=s"] {
            browser.open(application.at(path)).await;
        }
        assert!(!log.lines("uri=/}").is_empty(), "it is there: {:?}", log.lines(""));
        assert_eq!(log.lines("SECRETCODE").len().min(1), expected, "inside: {is_inside}");
    }
}

#[tokio::test]
async fn compression_of_poem_leaves_sign_in_as_it_is_and_lets_streams_flow_on_either_side() {
    let test = TestAuth::new();
    let (inside, cookie) = signed_in(&test, table().with(Compression::new()).with(test.azure_auth())).await;
    let (outside, _) = signed_in(&test, table().with(test.azure_auth()).with(Compression::new())).await;
    for (name, client, of_layer) in [("inside", inside, None), ("outside", outside, Some("gzip"))] {
        let get = |path: &str| client.get(path).header("cookie", &cookie).header("accept-encoding", "gzip");
        let encoding = |answer: &Response| {
            answer.headers().get("content-encoding").map(|value| value.to_str().unwrap().to_owned())
        };
        let page = get("/me").send().await.0;
        assert_eq!((page.status(), encoding(&page).as_deref()), (StatusCode::OK, Some("gzip")), "{name}");
        let of_layers = get("/logout").send().await.0;
        assert_eq!((of_layers.status(), encoding(&of_layers).as_deref()), (StatusCode::OK, of_layer), "{name}");
        let redirect = client.get("/me").header("accept", "text/html").header("accept-encoding", "gzip").send().await.0;
        assert_eq!(
            (redirect.status(), redirect.headers().contains_key("location")),
            (StatusCode::FOUND, true),
            "{name}"
        );

        assert_eq!(encoding(&redirect).as_deref(), of_layer, "{name}: a refusal");

        // The end of a session does not wait for a buffer to be full.
        let events = get("/session/events").send().await.0;
        let (mut body, mut bytes) = (events.into_body().into_async_read(), [0; 64]);
        let first = timeout(Duration::from_secs(20), body.read(&mut bytes)).await.expect("`live` comes at once");
        assert!(first.unwrap() > 0, "{name}");
    }
}

#[tokio::test]
async fn a_size_limit_around_everything_refuses_pages_and_the_sign_in_and_one_on_a_handler_does_not() {
    let test = TestAuth::new();
    let (client, cookie) = signed_in(&test, table().with(test.azure_auth()).with(SizeLimit::new(1 << 20))).await;
    for path in ["/", "/me", "/login"] {
        assert_eq!(sent(&client, Method::GET, path, &[("cookie", &cookie)]).await.status, 411, "{path}");
    }
    let (client, cookie) = signed_in(&test, table().with(test.azure_auth())).await;
    for (length, expected) in [("4", 200), ("5", 413)] {
        let headers = [("cookie", cookie.as_str()), ("origin", TestAuth::ORIGIN), ("content-length", length)];
        assert_eq!(sent(&client, Method::POST, "/upload", &headers).await.status, expected, "{length}");
    }
    assert_eq!(sent(&client, Method::GET, "/login", &[]).await.status, 302);
}

#[tokio::test]
async fn what_stands_inside_sees_a_refusal_as_an_error_of_its_own_type() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let test = TestAuth::new();
    let noted = seen.clone();
    let table = table().after(move |outcome: poem::Result<Response>| {
        let code = outcome.as_ref().err().and_then(|error| error.downcast_ref::<Refused>()).map(Refused::code);
        noted.lock().unwrap().push(code);
        async move { outcome }
    });
    let (client, cookie) = signed_in(&test, table.with(test.azure_auth())).await;
    sent(&client, Method::GET, "/me", &[]).await;
    sent(&client, Method::GET, "/me", &[("cookie", &cookie)]).await;
    sent(&client, Method::GET, "/session", &[]).await;
    assert_eq!(*seen.lock().unwrap(), [Some("not-signed-in"), None], "and nothing of the layer's own paths");
}

#[azure_auth::public]
#[handler]
fn links(login: Login, logout: Logout) -> String {
    format!("{login} {}", logout.return_to("/app/bye"))
}

#[tokio::test]
async fn login_and_logout_know_the_path_in_front_of_the_application() {
    let layer = |url: &'static str| TestAuth::with(|builder| builder.public_urls([url]));
    let part = |auth: &TestAuth| azure_auth::endpoints! { "/links" => get(links) }.with(auth.azure_auth());
    let whole = layer("http://localhost");
    let below = layer("http://localhost/app");
    let (at_root, _) = signed_in(&whole, part(&whole)).await;
    let (nested, _) = signed_in(&below, Route::new().nest("/app", part(&below))).await;
    let (stripped, _) = signed_in(&below, part(&below)).await;
    for (name, client, path, expected) in [
        ("at the root", at_root, "/links", "/login?return_to=%2Flinks /logout?return_to=%2Fapp%2Fbye"),
        ("nested", nested, "/app/links", "/app/login?return_to=%2Fapp%2Flinks /app/logout?return_to=%2Fapp%2Fbye"),
        (
            "behind a proxy",
            stripped,
            "/links",
            "/app/login?return_to=%2Fapp%2Flinks /app/logout?return_to=%2Fapp%2Fbye",
        ),
    ] {
        let answer = sent(&client, Method::GET, path, &[]).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, expected), "{name}");
    }
}

/// As on the page.
async fn refused(refused: Refused) -> Response {
    match refused.form() {
        RefusedForm::Problem => {
            let body = serde_json::json!({ "error": refused.code(), "reference": refused.reference() });
            refused.into_response_with(Json(body))
        }
        _ => refused.into_response(),
    }
}

/// As on the page.
async fn failed(error: poem::Error) -> Response {
    let body = serde_json::json!({ "error": error.status().as_u16() });
    Json(body).with_status(error.status()).into_response()
}

#[tokio::test]
async fn errors_in_ones_own_words_keep_what_makes_a_refusal_one() {
    let test = TestAuth::new();
    let program = [("accept", "application/json")];
    let person = [("accept", "text/html")];
    for (name, table, body_of_program) in [
        ("both", table().catch_error(refused).catch_all_error(failed), "\"error\":\"not-signed-in\""),
        ("all alike", table().catch_all_error(failed), "\"error\":401"),
    ] {
        let (client, cookie) = signed_in(&test, table.with(test.azure_auth())).await;
        let answer = sent(&client, Method::GET, "/me", &program).await;
        assert_eq!(answer.status, 401, "{name}");
        assert!(answer.text.contains(body_of_program), "{name}: {}", answer.text);
        assert!(answer.header("www-authenticate").starts_with("Bearer "), "{name}");
        let answer = sent(&client, Method::GET, "/me", &person).await;
        assert_eq!((answer.status, answer.header("location").is_empty()), (302, false), "{name}");
        assert!(!answer.all("set-cookie").is_empty(), "{name}: the attempt");
        let answer = sent(&client, Method::GET, "/nothing", &program).await;
        assert_eq!((answer.status, answer.text.as_str()), (404, "{\"error\":404}"), "{name}");
        let answer = sent(&client, Method::GET, "/me", &[("cookie", &cookie)]).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "Adele"), "{name}");
    }

    let on_purpose = |_: Refused| async { StatusCode::NOT_FOUND };
    let (client, _) = signed_in(&test, table().catch_error(on_purpose).with(test.azure_auth())).await;
    for headers in [program, person] {
        let answer = sent(&client, Method::GET, "/me", &headers).await;
        assert_eq!((answer.status, answer.header("location"), answer.header("www-authenticate")), (404, "", ""));
    }
}

const FRONT_END: &str = "https://www.example.com";
const PARTNER: &str = "https://partner.example";
const EVIL: &str = "https://evil.example";
const OWN: &str = TestAuth::ORIGIN;

/// Who sends what from where, and what becomes of it: the status, the reason, and the origin that may read it.
type Call = (&'static str, Method, &'static str, &'static str, u16, Option<&'static str>, Option<&'static str>);

#[tokio::test]
async fn cors_of_poem_outside_opens_rows_to_the_origins_it_lists_and_trusted_ones_may_use_sessions() {
    let test = TestAuth::with(|builder| builder.trusted_origins([FRONT_END]));
    let cors = Cors::new().allow_origins([OWN, FRONT_END, PARTNER]).allow_credentials(true);
    let (client, cookie) = signed_in(&test, table().with(test.azure_auth()).with(cors)).await;
    let bearer = test.bearer(&TestIdentity::user().scope("Files.Read"));
    let calls: [Call; 13] = [
        ("session", Method::GET, "/me", FRONT_END, 200, None, Some(FRONT_END)),
        ("session", Method::POST, "/entries", FRONT_END, 200, None, Some(FRONT_END)),
        ("session", Method::POST, "/entries", OWN, 200, None, Some(OWN)),
        ("session", Method::POST, "/entries", PARTNER, 403, Some("foreign-origin"), Some(PARTNER)),
        ("session", Method::POST, "/entries", EVIL, 403, None, None),
        ("session", Method::GET, "/session", FRONT_END, 200, None, Some(FRONT_END)),
        ("session", Method::GET, "/session", EVIL, 403, None, None),
        ("token", Method::GET, "/me", PARTNER, 200, None, Some(PARTNER)),
        ("token", Method::POST, "/entries", PARTNER, 200, None, Some(PARTNER)),
        ("token", Method::POST, "/entries", EVIL, 403, None, None),
        ("nobody", Method::GET, "/me", FRONT_END, 401, Some("not-signed-in"), Some(FRONT_END)),
        ("nobody", Method::GET, "/me", EVIL, 403, None, None),
        ("session", Method::POST, "/logout", OWN, 303, None, Some(OWN)),
    ];
    for (who, method, path, origin, status, reason, reader) in calls {
        let credential = match who {
            "session" => ("cookie", cookie.as_str()),
            "token" => ("authorization", bearer.as_str()),
            _ => ("x-nobody", ""),
        };
        let context = format!("{who} {method} {path} from {origin}");
        let answer = sent(&client, method, path, &[credential, ("origin", origin)]).await;
        assert_eq!((answer.status, answer.reason().as_deref()), (status, reason), "{context}: {}", answer.text);
        assert_eq!(answer.all("access-control-allow-origin"), reader.into_iter().collect::<Vec<_>>(), "{context}");
    }
}

#[tokio::test]
async fn questions_that_browsers_ask_ahead_need_neither_session_nor_token() {
    let test = TestAuth::new();
    let cors = || Cors::new().allow_origin(PARTNER);
    let (outside, _) = signed_in(&test, table().with(test.azure_auth()).with(cors())).await;
    let (inside, _) = signed_in(&test, table().with(cors()).with(test.azure_auth())).await;
    for client in [outside, inside] {
        let question = |origin| {
            [
                ("origin", origin),
                ("access-control-request-method", "POST"),
                ("access-control-request-headers", "authorization"),
            ]
        };
        let answer = sent(&client, Method::OPTIONS, "/entries", &question(PARTNER)).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, PARTNER));
        assert_eq!(answer.header("access-control-allow-headers"), "authorization");
        assert_eq!(sent(&client, Method::OPTIONS, "/entries", &question(EVIL)).await.status, 403);
    }
}

#[tokio::test]
async fn cors_of_poem_outside_that_does_not_list_the_own_origin_lets_nobody_sign_out() {
    let test = TestAuth::new();
    let form = [("origin", OWN), ("sec-fetch-site", "same-origin")];
    for (origins, status) in [(vec![PARTNER], 403), (vec![OWN, PARTNER], 303)] {
        let cors = Cors::new().allow_origins(origins);
        let (client, cookie) = signed_in(&test, table().with(test.azure_auth()).with(cors)).await;
        let headers = [form[0], form[1], ("cookie", cookie.as_str())];
        assert_eq!(sent(&client, Method::POST, "/logout", &headers).await.status, status);
    }
    // Inside it has no say in the layer's own paths, but in the forms of the rows.
    let (client, cookie) =
        signed_in(&test, table().with(Cors::new().allow_origin(PARTNER)).with(test.azure_auth())).await;
    let headers = [form[0], form[1], ("cookie", cookie.as_str())];
    assert_eq!(sent(&client, Method::POST, "/entries", &headers).await.status, 403);
    assert_eq!(sent(&client, Method::POST, "/logout", &headers).await.status, 303);
}

#[tokio::test]
async fn cors_of_poem_without_a_list_lets_every_origin_read() {
    let test = TestAuth::new();
    let (client, cookie) = signed_in(&test, table().with(test.azure_auth()).with(Cors::new())).await;
    let answer = sent(&client, Method::GET, "/me", &[("origin", EVIL), ("cookie", &cookie)]).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, EVIL));
}

#[azure_auth::protect]
#[handler]
fn live(socket: WebSocket) -> impl IntoResponse {
    socket.protocols(["bearer", "chat"]).on_upgrade(|_| async {})
}

#[tokio::test]
async fn a_socket_takes_no_token_from_its_address_and_none_from_its_subprotocols() {
    let emulator = Emulator::start().await.unwrap();
    let table = azure_auth::endpoints! { "/live" => get(live) };
    let application = Application::start(table.with(auth(&emulator, &[]))).await;
    let token = emulator.access_token().user("adele@contoso.test").scope("Files.Read").issue();
    let browser = Browser::new();
    let socket = |path: &str| {
        let call = browser.program(Method::GET, application.at(path));
        let call = call.header("connection", "Upgrade").header("upgrade", "websocket");
        call.header("sec-websocket-version", "13").header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
    };
    let protocols = format!("bearer, {token}");
    for (name, call) in [
        ("access_token", socket(&format!("/live?access_token={token}"))),
        ("token", socket(&format!("/live?token={token}"))),
        ("subprotocol", socket("/live").header("sec-websocket-protocol", &protocols)),
    ] {
        let answer = call.send().await;
        assert_eq!((answer.status, answer.reason().as_deref()), (401, Some("not-signed-in")), "{name}");
    }
    let opened = socket("/live").header("authorization", &format!("Bearer {token}")).send().await;
    assert_eq!(opened.status, 101);
}

static MAY_LISTEN: Guard = azure_auth::guard!(scopes = "Files.Read");

#[azure_auth::public(reason = "its first message says who speaks")]
#[handler]
fn first_message(socket: WebSocket, auth: Data<&AzureAuth>) -> impl IntoResponse {
    let auth = auth.0.clone();
    socket.on_upgrade(|mut stream| async move {
        let judged = match stream.next().await {
            Some(Ok(Message::Text(token))) => auth.validate(&token, MAY_LISTEN).await.ok(),
            _ => None,
        };
        let name = judged.and_then(|principal| Some(principal.user()?.display_name().to_owned()));
        let answer = match name {
            Some(name) => Message::Text(name),
            None => Message::Close(Some((CloseCode::from(4401), String::new()))),
        };
        let _ = stream.send(answer).await;
    })
}

#[tokio::test]
async fn a_socket_may_be_judged_by_its_first_message() {
    let emulator = Emulator::start().await.unwrap();
    let layer = auth(&emulator, &[]);
    let table = azure_auth::endpoints! { "/live" => get(first_message) }.data(layer.clone());
    let application = Application::start(table.with(layer)).await;
    let token = |scope: &str| emulator.access_token().user("adele@contoso.test").scope(scope).issue();
    let mut heard = Vec::new();
    for first in [token("Files.Read"), token("Files.ReadWrite"), "a.b.c".to_owned()] {
        let socket = TcpStream::connect(application.address()).await.unwrap();
        let (mut socket, _) = client_async(application.at("/live").replace("http", "ws"), socket).await.unwrap();
        socket.send(tungstenite::Message::text(first)).await.unwrap();
        heard.push(match socket.next().await {
            Some(Ok(tungstenite::Message::Text(text))) => text.to_string(),
            Some(Ok(tungstenite::Message::Close(Some(frame)))) => u16::from(frame.code).to_string(),
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(heard, ["Adele Vance", "4401", "4401"]);
}

/// As on the page, with updates that never come.
#[azure_auth::protect]
#[handler]
fn updates(principal: Principal, opened: Data<&Arc<Notify>>) -> SSE {
    opened.notify_one();
    let ended = Box::pin(async move { principal.ended().await });
    let updates = stream::pending::<Event>();
    let last = stream::iter([Event::message("not signed in any more").event_type("ended")]);
    SSE::new(updates.take_until(ended).chain(last))
}

#[tokio::test]
async fn a_stream_ends_with_its_principal_and_is_not_opened_again() {
    let opened = Arc::new(Notify::new());
    let emulator = Emulator::start().await.unwrap();
    let table = azure_auth::endpoints! { "/" => get(home), "/updates" => get(updates) }.data(opened.clone());
    let application = Application::start(table.with(auth(&emulator, &[]))).await;
    let browser = Browser::new();
    let page = browser.sign_in(&application, "Adele").await;
    let stream = || browser.script(&page, Method::GET, application.at("/updates")).send();
    let sign_out = async {
        opened.notified().await;
        let question = browser.open(application.at("/logout")).await;
        browser.press(&question, "Sign out").await
    };
    let (stream_ended, signed_out) = tokio::join!(stream(), sign_out);
    assert_eq!(signed_out.status, 303);
    assert_eq!((stream_ended.status, stream_ended.header("content-type")), (200, "text/event-stream"));
    assert!(stream_ended.text.contains("event: ended"), "{}", stream_ended.text);
    let again = stream().await;
    assert_eq!((again.status, again.reason().as_deref()), (401, Some("not-signed-in")));
}
