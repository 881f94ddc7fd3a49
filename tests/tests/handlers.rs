//! Handlers of every shape, and what surrounds them: the declaration holds wherever the handler is.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use azure_auth::{AzureAuth, Endpoints, User};
use azure_auth_emulator::Emulator;
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::scene::{auth, builder};
use azure_auth_tests::sealed_cookie::{self, Purpose, SESSION_KEY, session};
use poem::endpoint::make_sync;
use poem::error::NotFoundError;
use poem::http::StatusCode;
use poem::middleware::{Cors, SetHeader};
use poem::test::TestClient;
use poem::web::{Data, Json, Path};
use poem::{Endpoint, EndpointExt, IntoEndpoint, IntoResponse, Route, get, handler, post};
use reqwest::Method;
use serde::Deserialize;

/// An emulator, an application and the browser of someone who is signed in there.
async fn signed_in<E>(mount: impl FnOnce(AzureAuth) -> E) -> (Emulator, Application, Browser)
where
    E: IntoEndpoint,
    E::Endpoint: 'static,
    <E::Endpoint as Endpoint>::Output: IntoResponse,
{
    let emulator = Emulator::start().await.unwrap();
    let application = Application::start(mount(auth(&emulator, &[("AZURE_SESSION_KEYS", SESSION_KEY)]))).await;
    let browser = Browser::new();
    browser.sign_in(&application, "Adele").await;
    (emulator, application, browser)
}

async fn post_from_own_page(browser: &Browser, application: &Application, path: &str, body: &str) -> Page {
    let own = Page::of(&application.at("/"));
    browser.script(&own, Method::POST, application.at(path)).json(body).send().await
}

static RUNS: AtomicUsize = AtomicUsize::new(0);

#[azure_auth::protect]
#[handler]
fn counted() -> &'static str {
    RUNS.fetch_add(1, Ordering::SeqCst);
    "ran"
}

#[handler]
fn by_argument(user: User) -> String {
    RUNS.fetch_add(1, Ordering::SeqCst);
    user.id().to_string()
}

#[handler]
fn by_optional_argument(user: Option<User>) -> &'static str {
    if user.is_some() { "someone" } else { "nobody" }
}

#[tokio::test]
async fn outside_of_azure_auth_a_protected_handler_answers_500_and_never_runs() {
    let application = Application::start(Route::new().at("/", get(counted)).at("/user", get(by_argument))).await;
    let table = Application::start(azure_auth::endpoints! { "/" => get(counted) }).await;
    let before = RUNS.load(Ordering::SeqCst);
    for address in [application.at("/"), application.at("/user"), table.at("/")] {
        let answer = Browser::new().open(&address).await;
        assert_eq!(answer.status, 500, "{address}");
        assert_eq!(answer.text, "", "the remedy is in the log, not before the visitor");
    }
    assert_eq!(RUNS.load(Ordering::SeqCst), before);
}

#[tokio::test]
async fn a_route_of_ones_own_is_protected_just_the_same() {
    let mount = |auth| Route::new().at("/", get(by_optional_argument)).at("/me", get(counted)).with(auth);
    let (_emulator, application, browser) = signed_in(mount).await;
    assert_eq!(browser.open(application.at("/me")).await.text, "ran");
    assert_eq!(browser.open(application.at("/")).await.text, "someone");
    let stranger = Browser::new();
    assert_eq!(stranger.open(application.at("/me")).await.status, 302);
    assert_eq!(stranger.open(application.at("/")).await.text, "nobody");
}

#[tokio::test]
async fn a_user_as_an_argument_authenticates_without_any_declaration() {
    let mount = |auth| Route::new().at("/", get(by_argument).post(by_argument)).with(auth);
    let (_emulator, application, browser) = signed_in(mount).await;
    assert!(browser.open(application.at("/")).await.text.starts_with("entra:"));
    let stranger = Browser::new();
    for method in [Method::GET, Method::POST] {
        let answer = stranger.program(method, application.at("/")).send().await;
        assert_eq!((answer.status, answer.reason().as_deref()), (401, Some("not-signed-in")));
    }
    let forged = browser.script(&Page::of("http://localhost:1/"), Method::POST, application.at("/")).send().await;
    assert_eq!((forged.status, forged.reason().as_deref()), (403, Some("foreign-origin")));
}

#[derive(Deserialize)]
struct Entry {
    text: String,
}

#[azure_auth::protect]
#[handler]
fn store(Json(entry): Json<Entry>) -> String {
    entry.text
}

#[tokio::test]
async fn a_body_is_read_only_for_those_who_may_send_one() {
    let (_emulator, application, browser) =
        signed_in(|auth| azure_auth::endpoints! { "/entries" => post(store) }.with(auth)).await;
    let stranger = Browser::new();
    for body in ["{", "", "{\"text\":1}", "{\"text\":\"a\"}"] {
        let answer = post_from_own_page(&stranger, &application, "/entries", body).await;
        assert_eq!((answer.status, answer.reason().as_deref()), (401, Some("not-signed-in")), "{body}");
    }
    assert_eq!(post_from_own_page(&browser, &application, "/entries", "{").await.status, 400);
    assert_eq!(post_from_own_page(&browser, &application, "/entries", "{\"text\":\"a\"}").await.text, "a");
}

trait Shelf: Send + Sync + 'static {
    fn title(&self, number: usize) -> impl Future<Output = Option<String>> + Send;
}

struct Poems;

impl Shelf for Poems {
    async fn title(&self, number: usize) -> Option<String> {
        tokio::task::yield_now().await;
        (number == 1).then(|| "Ode".to_owned())
    }
}

#[azure_auth::protect]
#[handler]
async fn title<S: Shelf>(shelf: Data<&Arc<S>>, user: User, Path(number): Path<usize>) -> poem::Result<String> {
    let title = shelf.title(number).await.ok_or(NotFoundError)?;
    Ok(format!("{title} for {}", user.display_name()))
}

#[azure_auth::public]
#[handler]
async fn first_title<S>(shelf: Data<&Arc<S>>, user: Option<User>) -> String
where
    S: Shelf,
{
    format!("{:?} {}", shelf.title(1).await, user.is_some())
}

#[tokio::test]
async fn handlers_may_be_generic_asynchronous_and_bounded() {
    let mount = |auth| {
        azure_auth::endpoints! {
            "/titles/:number" => get(title::<Poems>::default()),
            "/first" => get(first_title::<Poems>::default()),
        }
        .data(Arc::new(Poems))
        .with(auth)
    };
    let (_emulator, application, browser) = signed_in(mount).await;
    assert_eq!(browser.open(application.at("/titles/1")).await.text, "Ode for Adele Vance");
    assert_eq!(browser.open(application.at("/titles/2")).await.status, 404);
    assert_eq!(browser.open(application.at("/titles/x")).await.status, 400);
    assert_eq!(browser.open(application.at("/first")).await.text, "Some(\"Ode\") true");
    let stranger = Browser::new();
    assert_eq!(stranger.open(application.at("/titles/x")).await.status, 302, "not even told that x is not a number");
    assert_eq!(stranger.open(application.at("/first")).await.text, "Some(\"Ode\") false");
}

#[azure_auth::protect]
#[handler]
fn inner() -> &'static str {
    "inner"
}

#[azure_auth::public]
#[handler]
fn open() -> &'static str {
    "open"
}

fn rooms() -> Endpoints {
    azure_auth::endpoints! {
        "/"     => get(inner.with(SetHeader::new().overriding("x-room", "inner"))),
        "/open" => get(open).post(inner),
    }
}

#[tokio::test]
async fn wrapped_and_nested_handlers_keep_their_declarations() {
    let mount = |auth| {
        azure_auth::endpoints! {
            "/rooms"  => nest(rooms()),
            "/static" => public(make_sync(|request| request.uri().path().to_owned()), reason = "files for everyone"),
        }
        .with(auth)
    };
    let (_emulator, application, browser) = signed_in(mount).await;
    let page = browser.open(application.at("/rooms/")).await;
    assert_eq!((page.text.as_str(), page.header("x-room")), ("inner", "inner"));
    assert_eq!(post_from_own_page(&browser, &application, "/rooms/open", "").await.text, "inner");

    let stranger = Browser::new();
    assert_eq!(stranger.open(application.at("/rooms/open")).await.text, "open");
    assert_eq!(stranger.open(application.at("/static/a/b")).await.text, "/a/b");
    assert_eq!(post_from_own_page(&stranger, &application, "/rooms/open", "").await.status, 401);
    let accounts = stranger.visit(application.at("/rooms/?deep=1")).await;
    let page = stranger.pick(&accounts, "Alex").await;
    assert_eq!((page.address.as_str(), page.text.as_str()), (application.at("/rooms/?deep=1").as_str(), "inner"));
}

#[azure_auth::protect(tenants = "bbbbbbbb-0000-4000-8000-000000000002")]
#[handler]
fn of_fabrikam() -> &'static str {
    "fabrikam"
}

#[azure_auth::protect(via = session)]
#[handler]
fn of_browsers() -> &'static str {
    "session"
}

#[azure_auth::protect(via = bearer)]
#[handler]
fn of_programs() -> &'static str {
    "bearer"
}

#[tokio::test]
async fn a_declaration_may_narrow_tenants_and_credentials() {
    let table = |auth| {
        azure_auth::endpoints! {
            "/fabrikam" => get(of_fabrikam),
            "/browsers" => get(of_browsers),
            "/programs" => get(of_programs),
        }
        .with(auth)
    };
    let emulator = Emulator::start().await.unwrap();
    let issuer = emulator.issuer("organizations");
    let settings = [("AZURE_ISSUER_URI", issuer.as_str()), ("AZURE_VALID_TENANT_IDS", "*")];
    let application = Application::start(table(auth(&emulator, &settings))).await;
    for (person, status, reason) in [("Megan", 200, None), ("Adele", 403, Some("tenant-not-admitted"))] {
        let browser = Browser::new();
        let accounts = browser.visit(application.at("/login")).await;
        browser.pick(&accounts, person).await;
        let page = browser.open(application.at("/fabrikam")).await;
        assert_eq!((page.status, page.reason().as_deref()), (status, reason), "{person}");
        assert_eq!(browser.open(application.at("/browsers")).await.text, "session");
        let page = browser.open(application.at("/programs")).await;
        assert_eq!((page.status, page.reason().as_deref()), (401, Some("bearer-required")));
    }
}

#[azure_auth::public]
#[handler]
fn fails(_: Option<User>) -> poem::Result<&'static str> {
    Err(poem::Error::from_string("no", StatusCode::CONFLICT))
}

#[azure_auth::public]
#[handler]
fn is_missing(_: Option<User>) -> poem::Result<&'static str> {
    Err(NotFoundError.into())
}

#[tokio::test]
async fn cookies_survive_errors_and_those_who_catch_them() {
    let mount = |auth| {
        azure_auth::endpoints! {
            "/fails"   => get(fails),
            "/missing" => get(is_missing),
            "/me"      => get(inner),
        }
        .catch_error(async |_: NotFoundError| "caught".with_status(StatusCode::GONE))
        .catch_error(async |refused: azure_auth::Refused| {
            refused.code().to_owned().with_status(StatusCode::IM_A_TEAPOT)
        })
        .with(auth)
    };
    let (_emulator, application, browser) = signed_in(mount).await;
    let cookie = browser.session_cookie("localhost").unwrap();
    let mut record: serde_json::Value =
        serde_json::from_slice(&sealed_cookie::open(Purpose::Session, &cookie)).unwrap();
    record[session::LAST_SEEN] = (record[session::LAST_SEEN].as_u64().unwrap() - 3600).into();
    let due = sealed_cookie::sealed(Purpose::Session, &cookie, record.to_string().as_bytes());
    for (path, status) in [("/fails", 409), ("/missing", 410), ("/nowhere", 410)] {
        browser.put_cookie(due.clone());
        let page = browser.open(application.at(path)).await;
        let renewed = page.set_cookies().iter().filter(|cookie| cookie.starts_with("azure-session-")).count();
        assert_eq!((page.status, renewed), (status, usize::from(path != "/nowhere")), "{path}: {page:?}");
    }
    let stranger = Browser::new();
    let page = stranger.open(application.at("/me")).await;
    assert_eq!((page.status, page.text.as_str()), (418, "not-signed-in"));
    assert_eq!(stranger.attempt_cookies("localhost").len(), 1, "the sign-in that was begun");
}

#[tokio::test]
async fn a_program_whose_paths_clash_with_the_librarys_is_not_served() {
    let emulator = Emulator::start().await.unwrap();
    for path in ["/me", "/fails"] {
        let auth = builder(&emulator, &[]).login_path(path).build().unwrap();
        let table = azure_auth::endpoints! { "/" => get(open), "/me" => get(inner), "/fails" => get(fails) };
        let application = Application::start(table.with(auth)).await;
        for asked in ["/", "/me", "/session", "/login"] {
            assert_eq!(Browser::new().open(application.at(asked)).await.status, 500, "{path}: {asked}");
        }
    }
}

#[tokio::test]
async fn another_origins_preflight_is_answered_by_what_stands_outside() {
    let mount = |auth| {
        let table = azure_auth::endpoints! { "/entries" => post(store) };
        table.with(auth).with(Cors::new().allow_origin("https://partner.example"))
    };
    let (_emulator, application, browser) = signed_in(mount).await;
    let preflight = browser.program(Method::OPTIONS, application.at("/entries"));
    let preflight =
        preflight.header("origin", "https://partner.example").header("access-control-request-method", "POST");
    let answer = preflight.send().await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), "https://partner.example");
}

#[tokio::test]
async fn a_whole_sign_in_works_in_process_without_any_socket_of_the_application() {
    let emulator = Emulator::start().await.unwrap();
    let table = azure_auth::endpoints! { "/me" => get(inner), "/" => get(open) };
    let client = TestClient::new(table.with(auth(&emulator, &[])));

    let answer = client.get("/me").send().await;
    answer.assert_status(StatusCode::UNAUTHORIZED);
    let answer = client.get("/me").header("accept", "text/html").send().await;
    answer.assert_status(StatusCode::FOUND);
    let (address, attempt) = (header(&answer, "location"), cookie(&answer));

    let browser = Browser::new();
    let back = browser.press(&browser.open(address).await, "Adele").await.location().unwrap();
    let path = &back[url::Position::BeforePath..];
    let answer = client.get(path).header("cookie", attempt).send().await;
    answer.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(header(&answer, "location"), "/me");
    let session = answer.0.headers().get_all("set-cookie").iter().map(|header| header.to_str().unwrap());
    let session = session.filter_map(|header| header.split(';').next()).find(|pair| pair.contains("session")).unwrap();

    let answer = client.get("/me").header("cookie", session).send().await;
    answer.assert_status_is_ok();
    answer.assert_text("inner").await;
    client.get("/session").header("cookie", session).send().await.assert_status_is_ok();
}

fn header(answer: &poem::test::TestResponse, name: &str) -> String {
    answer.0.headers()[name].to_str().unwrap().to_owned()
}

fn cookie(answer: &poem::test::TestResponse) -> String {
    header(answer, "set-cookie").split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn asking_for_the_head_of_a_page_is_guarded_like_the_page() {
    let (_emulator, application, browser) =
        signed_in(|auth| azure_auth::endpoints! { "/me" => get(inner).head(inner) }.with(auth)).await;
    assert_eq!(browser.program(Method::HEAD, application.at("/me")).send().await.status, 200);
    let answer = Browser::new().program(Method::HEAD, application.at("/me")).send().await;
    assert_eq!((answer.status, answer.text.as_str()), (401, ""));
}
