//! A router of one's own inside of `AzureAuth`: what answers there without having said who may call it.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]
#![allow(clippy::unused_async, reason = "operations of poem-openapi are async")]

use std::sync::atomic::{AtomicUsize, Ordering};

use azure_auth::testing::{TestAuth, TestIdentity};
use azure_auth::{Endpoints, Refusal, Undeclared, User};
use azure_auth_tests::log::{self, Log};
use poem::endpoint::{BoxEndpoint, make_sync};
use poem::http::Method;
use poem::web::Path;
use poem::{Endpoint, EndpointExt, Request, Response, Route, get, handler};
use poem_openapi::payload::PlainText;
use poem_openapi::{OpenApi, OpenApiService};

static RUNS: AtomicUsize = AtomicUsize::new(0);

#[handler]
fn forgotten() -> &'static str {
    RUNS.fetch_add(1, Ordering::SeqCst);
    "a secret"
}

#[handler]
fn forgotten_number(Path(number): Path<u32>) -> Result<String, Refusal> {
    if number == 0 { Err(Refusal::not_found("a secret")) } else { Ok(format!("a secret {number}")) }
}

#[handler]
fn forgotten_of_a_user(_: User) -> &'static str {
    "a secret"
}

#[azure_auth::protect]
#[handler]
fn protected() -> &'static str {
    "protected"
}

#[azure_auth::public]
#[handler]
fn public() -> &'static str {
    "public"
}

#[azure_auth::public(reason = "a page of one's own")]
#[handler]
fn not_found() -> Response {
    Response::builder().status(poem::http::StatusCode::NOT_FOUND).body("our own page")
}

struct Api;

#[azure_auth::protect_api]
#[OpenApi]
impl Api {
    #[public(reason = "asked by the load balancer")]
    #[oai(path = "/health", method = "get")]
    async fn health(&self) -> PlainText<&'static str> {
        PlainText("ok")
    }

    #[protect]
    #[oai(path = "/files", method = "get", transform = "marked")]
    async fn files(&self) -> PlainText<&'static str> {
        PlainText("files")
    }

    #[public]
    #[oai(path = "/marked", method = "get", transform = "marked")]
    async fn of_everyone(&self) -> PlainText<&'static str> {
        PlainText("everyone's")
    }
}

fn marked(endpoint: impl Endpoint) -> impl Endpoint {
    endpoint.with(poem::middleware::SetHeader::new().overriding("x-marked", "1"))
}

fn table() -> Endpoints {
    azure_auth::endpoints! {
        "/open" => public(make_sync(|_| "a row"), reason = "why not"),
        "/row"  => get(public),
    }
}

fn router() -> impl Endpoint + 'static {
    let open = Route::new().at("/", make_sync(|_| "open")).with(azure_auth::open!(reason = "for everyone"));
    Route::new()
        .at("/forgotten", get(forgotten))
        .at("/forgotten/number/:id", get(forgotten_number))
        .at("/forgotten/user", get(forgotten_of_a_user))
        .at("/protected", get(protected))
        .at("/public", get(public))
        .at("/guarded", get(forgotten).with(azure_auth::guard!(roles = "Admin")))
        .at("/missing", get(not_found))
        .nest("/opened", open)
        .nest("/table", table())
        .nest("/api", OpenApiService::new(Api, "Api", "1.0"))
}

/// An application and what it trusts.
struct Desk {
    auth: TestAuth,
    application: BoxEndpoint<'static, Response>,
}

impl Desk {
    fn new(undeclared: Undeclared) -> Self {
        Self::of(router(), undeclared)
    }

    fn of(router: impl Endpoint + 'static, undeclared: Undeclared) -> Self {
        log::install();
        let auth = TestAuth::with(|builder| builder.undeclared(undeclared));
        let application = router.with(auth.azure_auth()).map_to_response().boxed();
        Self { auth, application }
    }

    async fn sent(&self, person: Option<&TestIdentity>, path: &str, headers: &[(&str, &str)]) -> Response {
        let (method, path) = path.split_once(' ').unwrap_or(("GET", path));
        let request = Request::builder().method(method.parse::<Method>().unwrap()).uri(path.parse().unwrap());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = match person {
            Some(person) => request.header("authorization", self.auth.bearer(person)),
            None => request,
        };
        self.application.get_response(request.finish()).await
    }

    async fn read(&self, person: Option<&TestIdentity>, path: &str) -> (u16, String) {
        let response = self.sent(person, path, &[]).await;
        (response.status().as_u16(), response.into_body().into_string().await.unwrap())
    }
}

fn admin() -> TestIdentity {
    TestIdentity::user().role("Admin").scope("access_as_user")
}

#[tokio::test]
async fn what_does_not_say_who_may_call_it_runs_and_its_answer_is_withheld() {
    let desk = Desk::new(Undeclared::Refuse);
    for path in ["/forgotten", "/forgotten/number/1", "/forgotten/number/0", "/forgotten/number/x", "/forgotten/user"] {
        let before = RUNS.load(Ordering::SeqCst);
        let (status, text) = desk.read(Some(&admin()), path).await;
        assert_eq!(status, 403, "{path}");
        assert!(text.contains("\"code\":\"undeclared\"") && !text.contains("a secret"), "{path}: {text}");
        if path == "/forgotten" {
            assert!(RUNS.load(Ordering::SeqCst) > before, "nothing was known before it ran");
        }
    }
    let headers = [("accept", "text/html"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    let page = desk.sent(None, "/forgotten", &headers).await;
    assert_eq!((page.status().as_u16(), page.content_type()), (403, Some("text/html; charset=utf-8")));
}

#[tokio::test]
async fn what_says_who_may_call_it_answers_as_ever() {
    let desk = Desk::new(Undeclared::Refuse);
    for (path, status, text) in [
        ("/protected", 200, "protected"),
        ("/public", 200, "public"),
        ("/guarded", 200, "a secret"),
        ("/missing", 404, "our own page"),
        ("/opened/", 200, "open"),
        ("/table/open", 200, "a row"),
        ("/table/row", 200, "public"),
        ("/api/health", 200, "ok"),
        ("/api/marked", 200, "everyone's"),
        ("/api/files", 200, "files"),
    ] {
        assert_eq!(desk.read(Some(&admin()), path).await, (status, text.to_owned()), "{path}");
    }
    for (path, status) in [("/protected", 401), ("/guarded", 401), ("/api/files", 401), ("/forgotten/user", 401)] {
        let (found, text) = desk.read(None, path).await;
        assert_eq!(found, status, "{path}");
        assert!(text.contains("not-signed-in"), "{path}: a refusal tells nothing: {text}");
    }
    assert_eq!(desk.sent(None, "/api/marked", &[]).await.headers()["x-marked"], "1", "its own transformation stays");
}

#[tokio::test]
async fn poems_own_404_and_405_are_no_answers() {
    let desk = Desk::new(Undeclared::Refuse);
    for (path, status) in [("/nowhere", 404), ("POST /forgotten", 405), ("POST /protected", 405)] {
        assert_eq!(desk.read(None, path).await.0, status, "{path}");
    }
}

#[tokio::test]
async fn in_a_table_there_is_nothing_to_withhold() {
    let caught = table().around(async |table, request: Request| match request.uri().path() {
        "/own" => Ok("from around".to_owned()),
        _ => Ok(table.get_response(request).await.into_body().into_string().await.unwrap_or_default()),
    });
    let auth = TestAuth::with(|builder| builder.undeclared(Undeclared::Refuse));
    let application = caught.with(auth.azure_auth());
    for (path, expected) in [("/own", "from around"), ("/row", "public"), ("/open", "a row")] {
        let request = Request::builder().uri(path.parse().unwrap()).finish();
        let text = application.get_response(request).await.into_body().into_string().await.unwrap();
        assert_eq!(text, expected);
    }
}

#[tokio::test]
async fn without_refusing_it_answers_and_the_log_names_it_once() {
    let desk = Desk::new(Undeclared::Log);
    let (log, _guard) = Log::begin();
    for _ in 0..3 {
        assert_eq!(desk.read(None, "/forgotten").await.0, 200);
    }
    for path in ["/forgotten/number/1", "/forgotten/number/2", "/public", "/protected", "/opened/", "/nowhere"] {
        desk.read(Some(&admin()), path).await;
    }
    let lines = log.lines("azure_auth::undeclared");
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(lines[0].contains("GET /forgotten was answered by something that does not say who may call it"));
    assert!(lines[1].contains("GET /forgotten/number/… was answered"), "{lines:#?}");
}

#[tokio::test]
async fn names_in_the_log_are_bounded_and_show_neither_people_nor_keys() {
    let everything = Route::new().at("/*path", make_sync(|_| "whatever"));
    let desk = Desk::of(everything, Undeclared::Log);
    let (log, _guard) = Log::begin();
    desk.read(None, "/users/adele@contoso.example/eyJhbGciOiJSUzI1NiJ9").await;
    for number in 0..100_u8 {
        let letters = [number / 10, number % 10].map(|digit| char::from(b'a' + digit));
        desk.read(None, &format!("/{}{}", letters[0], letters[1])).await;
    }
    let lines = log.lines("azure_auth::undeclared");
    assert_eq!(lines.len(), 33, "thirty-two names, and that there will be no more");
    assert!(lines[0].contains("GET /users/…/…"), "{}", lines[0]);
    assert!(log.lines("adele").is_empty() && log.lines("eyJ").is_empty());
}

#[tokio::test]
async fn withheld_answers_do_not_fill_the_log() {
    let desk = Desk::new(Undeclared::Refuse);
    let (log, _guard) = Log::begin();
    for _ in 0..50 {
        desk.read(None, "/forgotten").await;
    }
    assert_eq!(log.lines("azure_auth::refusal").len(), 1);
    assert_eq!(log.lines("azure_auth::undeclared").len(), 1);
}
