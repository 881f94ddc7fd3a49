//! Guards around what is not a handler: rows `protect(endpoint, …)`, and `guard!` around tables and routers. They admit,
//! refuse and answer as the attribute does, and nothing behind them runs for whoever is refused.

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use azure_auth::testing::{TestAuth, TestIdentity, denial_matrix};
use azure_auth::{Endpoints, Guard, Guid, Principal, Refusal, Refused};
use azure_auth_emulator::Emulator;
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::Browser;
use azure_auth_tests::scene::builder;
use azure_auth_tests::sealed_cookie::{self, Purpose, SESSION_KEY, session};
use futures_util::stream;
use poem::endpoint::{BoxEndpoint, StaticFilesEndpoint, make, make_sync};
use poem::http::{Method, StatusCode};
use poem::middleware::{AddData, Middleware, SetHeader, make as make_middleware};
use poem::{Body, Endpoint, EndpointExt, Request, Response, Route, get, handler};
use serde_json::{Value, json};

const STAFF: Guid = Guid::from_u128(0xcccc_cccc_0000_4000_8000_0000_0000_0001);
const FOREIGN: &str = "https://attacker.example";

/// An endpoint that reads what it is sent, and counts how often it ran.
#[derive(Clone, Default)]
struct Runs(Arc<AtomicUsize>);

impl Runs {
    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn endpoint(&self) -> impl Endpoint + 'static {
        let runs = self.clone();
        make(move |request: Request| {
            let runs = runs.clone();
            async move {
                runs.0.fetch_add(1, Ordering::Relaxed);
                let text = request.into_body().into_string().await.unwrap_or_default();
                Ok::<_, poem::Error>(format!("ran: {text}"))
            }
        })
    }
}

/// Who asks, and with what.
enum Proof {
    Nothing,
    Session(TestIdentity),
    Token(TestIdentity),
}

/// An application and what it trusts.
struct Desk {
    auth: TestAuth,
    application: BoxEndpoint<'static, Response>,
}

impl Desk {
    fn of(table: Endpoints) -> Self {
        let auth = TestAuth::new();
        let application = table.with(auth.azure_auth()).boxed();
        Self { auth, application }
    }

    fn of_router(router: impl Endpoint + 'static) -> Self {
        let auth = TestAuth::new();
        let application = router.with(auth.azure_auth()).map_to_response().boxed();
        Self { auth, application }
    }

    async fn sent(&self, proof: &Proof, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
        let request = Request::builder().method(method).uri(path.parse().unwrap());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = match proof {
            Proof::Nothing => request,
            Proof::Session(identity) => request.header("cookie", self.auth.session_cookie(identity).await),
            Proof::Token(identity) => request.header("authorization", self.auth.bearer(identity)),
        };
        self.application.get_response(request.body("a body")).await
    }

    async fn status(&self, proof: &Proof, path: &str) -> u16 {
        self.sent(proof, Method::GET, path, &[]).await.status().as_u16()
    }
}

fn user() -> TestIdentity {
    TestIdentity::user()
}

fn session_of(role: &str) -> Proof {
    Proof::Session(user().role(role))
}

async fn text(response: Response) -> String {
    response.into_body().into_string().await.unwrap()
}

#[azure_auth::public(reason = "the start page")]
#[handler]
fn home() -> &'static str {
    "home"
}

#[azure_auth::protect(scopes = "Files.Read", application_roles = "Files.Read.All")]
#[handler]
fn files() -> &'static str {
    "files"
}

#[azure_auth::protect(scopes = "openid email", roles = "Auditor")]
#[handler]
fn reports() -> &'static str {
    "reports"
}

#[azure_auth::protect(groups = "cccccccc-0000-4000-8000-000000000001")]
#[handler]
fn staff() -> &'static str {
    "staff"
}

#[azure_auth::protect(allow = user() && !group("cccccccc-0000-4000-8000-000000000001"))]
#[handler]
fn outsiders() -> &'static str {
    "outsiders"
}

fn open_for_testers(principal: &Principal, request: &Request) -> Result<(), Refusal> {
    let is_tester = principal.user().is_some_and(|user| user.display_name() == "Tester");
    if is_tester && !request.headers().contains_key("x-closed") {
        Ok(())
    } else {
        Err(Refusal::new("for testers only"))
    }
}

async fn later(principal: &Principal, request: &Request) -> Result<(), Refusal> {
    tokio::task::yield_now().await;
    open_for_testers(principal, request)
}

/// A directory to serve, and a file beside it that nobody may read.
struct Files(PathBuf);

const SECRET: &str = "beside the directory";

impl Files {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("azure-auth-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("served/more")).unwrap();
        for (path, text) in
            [("served/report.txt", "a report"), ("served/more/page.html", "a page"), ("secret.txt", SECRET)]
        {
            fs::write(folder.join(path), text).unwrap();
        }
        Self(folder)
    }

    fn served(&self) -> StaticFilesEndpoint {
        StaticFilesEndpoint::new(Path::new(&self.0).join("served")).show_files_listing()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn a_directory_is_for_whom_its_row_admits() {
    let directory = Files::new("directory");
    let desk = Desk::of(azure_auth::endpoints! { "/reports" => protect(directory.served(), roles = "Auditor") });
    for (path, found) in [
        ("/reports/report.txt", 200),
        ("/reports/more/page.html", 200),
        ("/reports/more/", 200),
        ("/reports/missing.txt", 404),
        ("/reports/", 200),
        ("/reports", 200),
    ] {
        // Whoever is refused does not learn what there is.
        assert_eq!(desk.status(&Proof::Nothing, path).await, 401, "{path}");
        assert_eq!(desk.status(&session_of("Writer"), path).await, 403, "{path}");
        assert_eq!(desk.status(&Proof::Token(user().scope("x")), path).await, 403, "{path}");
        assert_eq!(desk.status(&session_of("Auditor"), path).await, found, "{path}");
    }
    let answer = desk.sent(&session_of("Auditor"), Method::GET, "/reports/report.txt", &[]).await;
    assert_eq!(
        (answer.header("cache-control"), answer.header("vary")),
        (Some("no-store"), Some("Cookie, Authorization"))
    );
    assert_eq!(text(answer).await, "a report");
}

/// Neither around the guard to what it protects, nor through the endpoint to what is beside the directory.
#[tokio::test]
async fn no_other_spelling_of_a_path_gets_around_the_guard_or_out_of_the_directory() {
    let directory = Files::new("traversal");
    let desk = Desk::of(azure_auth::endpoints! {
        "/"        => get(home),
        "/reports" => protect(directory.served(), roles = "Auditor"),
    });
    for path in [
        "/reports/../secret.txt",
        "/reports/..%2fsecret.txt",
        "/reports/%2e%2e/secret.txt",
        "/reports/%2e%2e%2fsecret.txt",
        "/reports/more/../../secret.txt",
        "/reports//../secret.txt",
        "/reports/..%5csecret.txt",
        "/reports/%252e%252e/secret.txt",
        "/reports/more/%2e%2e/%2e%2e/secret.txt",
        "/x/../reports/report.txt",
        "/./reports/report.txt",
        "//reports/report.txt",
        "/%72eports/report.txt",
        "/reports%2freport.txt",
        "/Reports/report.txt",
        "/reports/./report.txt",
        "/reports//report.txt",
        "/reports/%72eport.txt",
        "/reports/report.txt?x=/",
    ] {
        for proof in [Proof::Nothing, session_of("Writer")] {
            let answer = desk.sent(&proof, Method::GET, path, &[]).await;
            assert_ne!(answer.status(), 200, "{path}");
            let text = text(answer).await;
            assert!(!text.contains("a report") && !text.contains(SECRET), "{path}: {text}");
        }
        let text = text(desk.sent(&session_of("Auditor"), Method::GET, path, &[]).await).await;
        assert!(!text.contains(SECRET), "{path}: {text}");
    }
}

fn one_row(runs: &Runs) -> Endpoints {
    azure_auth::endpoints! { "/row" => protect(runs.endpoint(), roles = "Admin") }
}

fn router(runs: &Runs) -> impl Endpoint + 'static {
    Route::new().at("/row", runs.endpoint()).with(azure_auth::guard!(roles = "Admin"))
}

fn guarded_table(runs: &Runs) -> Endpoints {
    azure_auth::endpoints! { "/row" => public(runs.endpoint(), reason = "behind a guard") }
        .with(azure_auth::guard!(roles = "Admin"))
}

/// The same guard in every place where one can be.
fn desks(runs: &Runs) -> [(&'static str, Desk); 4] {
    let nested = azure_auth::endpoints! { "/row" => public(runs.endpoint(), reason = "behind a guard") };
    [
        ("a row", Desk::of(one_row(runs))),
        ("a router", Desk::of_router(router(runs))),
        ("a table", Desk::of(guarded_table(runs))),
        ("a table in a row", Desk::of(azure_auth::endpoints! { "/" => protect(nested, roles = "Admin") })),
    ]
}

#[tokio::test]
async fn nothing_runs_and_no_body_is_read_for_whoever_is_refused_whatever_the_method() {
    let runs = Runs::default();
    for (name, desk) in desks(&runs) {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PURGE"] {
            let method: Method = method.parse().unwrap();
            for (proof, refused) in [(Proof::Nothing, 401), (session_of("Writer"), 403)] {
                let answer = desk.sent(&proof, method.clone(), "/row", &[("origin", TestAuth::ORIGIN)]).await;
                assert_eq!(answer.status(), refused, "{name} {method}");
                assert_eq!(runs.count(), 0, "{name} {method}");
            }
            let answer = desk.sent(&session_of("Admin"), method.clone(), "/row", &[("origin", TestAuth::ORIGIN)]).await;
            assert_eq!((answer.status(), runs.0.swap(0, Ordering::Relaxed)), (StatusCode::OK, 1), "{name} {method}");
            assert_eq!(text(answer).await, "ran: a body", "{name} {method}");
        }
    }
}

#[tokio::test]
async fn a_body_that_nobody_may_send_is_not_asked_for() {
    let runs = Runs::default();
    for (name, desk) in desks(&runs) {
        let polls = Arc::new(AtomicUsize::new(0));
        let counted = polls.clone();
        let body = Body::from_bytes_stream(stream::poll_fn(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            std::task::Poll::Ready(None::<std::io::Result<Vec<u8>>>)
        }));
        let request = Request::builder().method(Method::POST).uri("/row".parse().unwrap()).body(body);
        let answer = desk.application.get_response(request).await;
        assert_eq!((answer.status().as_u16(), polls.load(Ordering::Relaxed)), (401, 0), "{name}");
    }
}

#[tokio::test]
async fn what_changes_something_with_a_session_comes_from_our_own_origin() {
    let runs = Runs::default();
    let upgrade = [("connection", "Upgrade"), ("upgrade", "websocket"), ("sec-websocket-version", "13")];
    for (name, desk) in desks(&runs) {
        let admin = || session_of("Admin");
        let token = Proof::Token(user().role("Admin").scope("x"));
        let ours = [("origin", TestAuth::ORIGIN)];
        let theirs = [("origin", FOREIGN)];
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, "PURGE".parse().unwrap()] {
            assert_eq!(desk.sent(&admin(), method.clone(), "/row", &theirs).await.status(), 403, "{name} {method}");
            assert_eq!(desk.sent(&admin(), method.clone(), "/row", &[]).await.status(), 403, "{name} {method}");
            assert_eq!(runs.count(), 0, "{name} {method}");
            assert_eq!(desk.sent(&admin(), method.clone(), "/row", &ours).await.status(), 200, "{name} {method}");
            assert_eq!(desk.sent(&token, method.clone(), "/row", &theirs).await.status(), 200, "{name} {method}");
            assert_eq!(runs.0.swap(0, Ordering::Relaxed), 2, "{name} {method}");
        }
        assert_eq!(desk.sent(&admin(), Method::GET, "/row", &theirs).await.status(), 200, "{name}");
        runs.0.store(0, Ordering::Relaxed);

        let from = |origin| [upgrade.as_slice(), &[("origin", origin)]].concat();
        assert_eq!(desk.sent(&admin(), Method::GET, "/row", &from(FOREIGN)).await.status(), 403, "{name}");
        assert_eq!(runs.count(), 0, "{name}: no WebSocket for another site");
        assert_eq!(desk.sent(&admin(), Method::GET, "/row", &from(TestAuth::ORIGIN)).await.status(), 200, "{name}");
        assert_eq!(runs.0.swap(0, Ordering::Relaxed), 1, "{name}");
    }
}

/// A handler, a row and a router that ask for the same answer the same, whoever asks and however.
#[tokio::test]
async fn refusals_are_answered_as_those_of_a_handler() {
    let endpoint = || make_sync(|_| "reports");
    let guard = azure_auth::guard!(scopes = "openid email", roles = "Auditor");
    let desk = Desk::of(azure_auth::endpoints! {
        "/handler" => get(reports).post(reports),
        "/row"     => protect(endpoint(), scopes = "openid email", roles = "Auditor"),
        "/table"   => nest(azure_auth::endpoints! { "/" => get(home) }.with(guard)),
        "/router"  => public(Route::new().at("/", endpoint()).with(guard), reason = "it has a guard of its own"),
    });
    let navigation = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"), ("host", "localhost")];
    let form = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"), ("origin", TestAuth::ORIGIN)];
    let forged = [("authorization", "Bearer x.y.z")];
    let twice = [("authorization", "Bearer a"), ("authorization", "Bearer b")];
    let none: &[(&str, &str)] = &[];
    for (name, proof, method, headers, status) in [
        ("a navigation", Proof::Nothing, Method::GET, navigation.as_slice(), 302),
        ("a form", Proof::Nothing, Method::POST, &form, 401),
        ("a program", Proof::Nothing, Method::GET, none, 401),
        ("a forged token", Proof::Nothing, Method::GET, &forged, 401),
        ("two tokens", Proof::Nothing, Method::GET, &twice, 400),
        ("a person without the role", session_of("Writer"), Method::GET, &navigation, 403),
        ("a token without the role", Proof::Token(user().scope("x")), Method::GET, none, 403),
        ("an application", Proof::Token(TestIdentity::application().role("Auditor")), Method::GET, none, 403),
        ("whoever is admitted", session_of("Auditor"), Method::GET, none, 200),
    ] {
        let mut answers = Vec::new();
        for path in ["/handler", "/row", "/table", "/router"] {
            let answer = desk.sent(&proof, method.clone(), path, headers).await;
            let header = |name| answer.header(name).map(str::to_owned);
            let asked =
                |location: String| location.split('&').find(|part| part.starts_with("scope=")).map(str::to_owned);
            answers.push((
                answer.status().as_u16(),
                header("www-authenticate"),
                header("cache-control"),
                header("vary"),
                header("location").and_then(asked),
                // What an endpoint answers is its own.
                header("content-type").filter(|_| answer.status() != 200),
                answer.headers().get_all("set-cookie").iter().count(),
            ));
        }
        assert_eq!(answers[0].0, status, "{name}");
        if status == 302 {
            assert_eq!(answers[0].4.as_deref(), Some("scope=openid+profile+email"), "{name}");
        }
        for answer in &answers[1..] {
            assert_eq!(answer, &answers[0], "{name}");
        }
    }
}

#[tokio::test]
async fn openid_scopes_of_rows_and_guards_shape_every_sign_in() {
    let nested = azure_auth::endpoints! { "/" => get(home) }.with(azure_auth::guard!(scopes = "openid offline_access"));
    let desk = Desk::of(azure_auth::endpoints! {
        "/row"    => protect(make_sync(|_| "row"), scopes = "openid email"),
        "/nested" => nest(nested),
    });
    let answer = desk.sent(&Proof::Nothing, Method::GET, "/login", &[("host", "localhost")]).await;
    let location = answer.header("location").unwrap();
    for scope in ["openid", "profile", "email", "offline_access"] {
        assert!(location.contains(scope), "{scope} in {location}");
    }
}

/// What a session was not asked about is not known, and refuses; what rows and guards of a table ask about is.
#[tokio::test]
async fn groups_of_rows_and_of_guards_around_tables_are_asked_about_and_those_of_routers_are_not() {
    let endpoint = || make_sync(|_| "endpoint");
    let members = azure_auth::guard!(groups = "cccccccc-0000-4000-8000-000000000001");
    let others = azure_auth::guard!(allow = user() && !group("cccccccc-0000-4000-8000-000000000001"));
    let seen = [
        Desk::of(azure_auth::endpoints! {
            "/staff"     => protect(endpoint(), groups = "cccccccc-0000-4000-8000-000000000001"),
            "/outsiders" => protect(endpoint(), allow = user() && !group("cccccccc-0000-4000-8000-000000000001")),
        }),
        Desk::of(azure_auth::endpoints! {
            "/staff"     => nest(azure_auth::endpoints! { "/" => get(home) }.with(members)),
            "/outsiders" => protect(azure_auth::endpoints! { "/" => get(home) }.with(others)),
        }),
        // A router beside a row that asks about the same.
        Desk::of(azure_auth::endpoints! {
            "/row" => protect(endpoint(), groups = "cccccccc-0000-4000-8000-000000000001"),
            "/"    => protect(Route::new().at("/staff", get(staff)).at("/outsiders", get(outsiders))),
        }),
    ];
    let unseen = [
        Desk::of_router(Route::new().at("/staff", endpoint().with(members)).at("/outsiders", endpoint().with(others))),
        // Handlers in a router in a row, as in a router of one's own.
        Desk::of(azure_auth::endpoints! {
            "/" => protect(Route::new().at("/staff", get(staff)).at("/outsiders", get(outsiders))),
        }),
    ];
    let desks = seen.iter().map(|desk| (desk, true)).chain(unseen.iter().map(|desk| (desk, false)));
    for (place, (desk, is_seen)) in desks.enumerate() {
        for (identity, expected) in [
            (user().group(STAFF), [200, 403]),
            (user(), [403, 200]),
            (user().without_groups_claim(), [403, 403]),
            (user().overage(), [403, 403]),
        ] {
            let expected = if is_seen { expected } else { [403, 403] };
            for (path, status) in ["/staff", "/outsiders"].into_iter().zip(expected) {
                let found = desk.status(&Proof::Session(identity.clone()), path).await;
                assert_eq!(found, status, "{place} {path}: {identity:?}");
            }
        }
        // A token says what it says, wherever the guard is.
        let token = || user().scope("x");
        assert_eq!(desk.status(&Proof::Token(token().group(STAFF)), "/staff").await, 200, "{place}");
        assert_eq!(desk.status(&Proof::Token(token()), "/outsiders").await, 200, "{place}");
        assert_eq!(desk.status(&Proof::Token(token().without_groups_claim()), "/outsiders").await, 403, "{place}");
    }
}

#[tokio::test]
async fn a_check_is_asked_last_and_refuses_in_its_own_words() {
    let runs = Runs::default();
    let guard = azure_auth::guard!(roles = "Admin", check = later);
    let in_row = Desk::of(azure_auth::endpoints! {
        "/row" => protect(runs.endpoint(), roles = "Admin", check = open_for_testers),
    });
    let in_guard = Desk::of_router(Route::new().at("/row", runs.endpoint()).with(guard));
    for desk in [in_row, in_guard] {
        let named = |name: &str, role: &str| Proof::Session(user().role(role).name(name));
        assert_eq!(desk.status(&named("Tester", "Admin"), "/row").await, 200);
        assert_eq!(runs.0.swap(0, Ordering::Relaxed), 1);
        let closed = desk.sent(&named("Tester", "Admin"), Method::GET, "/row", &[("x-closed", "1")]).await;
        assert_eq!(closed.status(), 403);
        let refused = desk.sent(&named("Somebody", "Admin"), Method::GET, "/row", &[]).await;
        assert_eq!(refused.status(), 403);
        assert!(text(refused).await.contains("for testers only"));
        let refused = text(desk.sent(&named("Somebody", "Writer"), Method::GET, "/row", &[]).await).await;
        assert!(!refused.contains("for testers only"), "{refused}");
        assert_eq!(runs.count(), 0);
    }
}

static A: Guard = azure_auth::guard!(roles = "A", application_roles = "A");

const fn b() -> Guard {
    azure_auth::guard!(roles = "B", application_roles = "B")
}

#[tokio::test]
async fn of_several_guards_each_must_admit_applications_too() {
    let endpoint = || make_sync(|_| "endpoint");
    let desks = [
        Desk::of_router(Route::new().at("/row", endpoint()).with(A).with(b())),
        Desk::of_router(Route::new().nest("/row", Route::new().at("/", endpoint().with(b()))).with(&A)),
        Desk::of(azure_auth::endpoints! { "/row" => public(endpoint(), reason = "x") }.with(A).data(7_u8).with(b())),
        Desk::of(
            azure_auth::endpoints! { "/row" => protect(endpoint().with(A), roles = "B", application_roles = "B") },
        ),
        Desk::of(azure_auth::endpoints! {
            "/" => protect(azure_auth::endpoints! {
                "/row" => protect(endpoint(), roles = "A", application_roles = "A"),
            }, roles = "B", application_roles = "B"),
        }),
    ];
    for (place, desk) in desks.iter().enumerate() {
        for (roles, expected) in [(["A", "B"], 200), (["A", "x"], 403), (["x", "B"], 403), (["x", "x"], 403)] {
            let with = |identity: TestIdentity| roles.iter().fold(identity, |identity, role| identity.role(*role));
            for proof in [
                Proof::Session(with(user())),
                Proof::Token(with(user().scope("x"))),
                Proof::Token(with(TestIdentity::application())),
            ] {
                assert_eq!(desk.status(&proof, "/row").await, expected, "{place}: {roles:?}");
            }
        }
        assert_eq!(desk.status(&Proof::Nothing, "/row").await, 401, "{place}");
    }
}

#[tokio::test]
async fn without_azure_auth_nothing_behind_a_guard_runs() {
    let runs = Runs::default();
    let guard = azure_auth::guard!();
    let applications: [BoxEndpoint<'static, Response>; 5] = [
        one_row(&runs).boxed(),
        router(&runs).map_to_response().boxed(),
        guarded_table(&runs).boxed(),
        // On the wrong side of it.
        guarded_table(&runs).with(TestAuth::new().azure_auth()).with(guard).boxed(),
        runs.endpoint().with(TestAuth::new().azure_auth()).with(guard).map_to_response().boxed(),
    ];
    for (place, application) in applications.iter().enumerate() {
        for path in ["/row", "/login"] {
            let answer = application.get_response(Request::builder().uri(path.parse().unwrap()).finish()).await;
            let expected: &[u16] = if path == "/row" || place > 1 { &[500] } else { &[404, 500] };
            assert!(expected.contains(&answer.status().as_u16()), "{place} {path}: {}", answer.status());
        }
    }
    assert_eq!(runs.count(), 0);
}

/// What is inside a guard does not run for whoever is refused; what is outside sees the refusal.
#[tokio::test]
async fn a_guard_stands_where_it_is_put_among_other_middleware() {
    let (inside, outside) = (Runs::default(), Runs::default());
    let counting = |runs: &Runs| {
        let runs = runs.clone();
        move |request: Request| {
            runs.0.fetch_add(1, Ordering::Relaxed);
            async move { Ok(request) }
        }
    };
    let told = |error: poem::Error| async move {
        let code = error.downcast_ref::<Refused>().map(Refused::code);
        (error.status(), format!("told: {code:?}"))
    };
    let guard = azure_auth::guard!(roles = "Admin");
    let header = || SetHeader::new().overriding("x-inside", "yes");
    let table = azure_auth::endpoints! { "/row" => get(home) }.data(7_u8).with(header()).before(counting(&inside));
    let table = table.with(guard).before(counting(&outside)).catch_all_error(told).with(AddData::new(8_u8));
    assert!(table.report().to_string().contains("session or token: role Admin"), "{}", table.report());
    let router = Route::new().at("/row", get(home)).with(header()).before(counting(&inside));
    let router = router.with(guard).before(counting(&outside)).catch_all_error(told).with(AddData::new(8_u8));

    for desk in [Desk::of(table), Desk::of_router(router)] {
        let answer = desk.sent(&session_of("Writer"), Method::GET, "/row", &[]).await;
        assert_eq!((answer.status().as_u16(), answer.header("x-inside")), (403, None));
        assert!(text(answer).await.starts_with("told: Some("));
        assert_eq!([&inside, &outside].map(|runs| runs.0.swap(0, Ordering::Relaxed)), [0, 1]);
        let answer = desk.sent(&session_of("Admin"), Method::GET, "/row", &[]).await;
        assert_eq!((answer.status().as_u16(), answer.header("x-inside")), (200, Some("yes")));
        assert_eq!([&inside, &outside].map(|runs| runs.0.swap(0, Ordering::Relaxed)), [1, 1]);
    }
}

fn narrowed(runs: &Runs) -> Endpoints {
    let nested =
        azure_auth::endpoints! { "/:id" => get(files).post(home), "/own" => public(runs.endpoint(), reason = "x") };
    let table = azure_auth::endpoints! {
        "/"      => get(home),
        "/files" => nest(nested),
        "/row"   => protect(runs.endpoint(), via = session, check = later),
    };
    let inner = azure_auth::endpoints! { "/apart" => get(files) };
    azure_auth::endpoints! {
        "/admin" => nest(table.with(azure_auth::guard!(roles = "Admin", application_roles = "Jobs.Run"))),
        "/apart" => nest(inner),
        "/table" => protect(azure_auth::endpoints! { "/" => get(home) }, roles = "Auditor"),
    }
}

#[test]
fn a_guard_narrows_every_row_of_its_table_in_report_and_lock() {
    let runs = Runs::default();
    let report: Value = serde_json::from_str(&narrowed(&runs).report().to_json()).unwrap();
    let rows = report["rows"].as_array().unwrap();
    let admin = "protect(roles = \"Admin\", application_roles = \"Jobs.Run\")";
    let jobs = "session or token: role Admin; application: application role Jobs.Run";
    let of_files = "session: role Admin; token: role Admin and scope Files.Read; application: application role Jobs.Run \
                    and application role Files.Read.All";
    let read = "protect(scopes = \"Files.Read\", application_roles = \"Files.Read.All\")";
    let alone = "session: any signed-in user; token: scope Files.Read; application: application role Files.Read.All";
    let expected = [
        ("GET", "/admin/", 1, admin.to_owned(), jobs),
        ("GET", "/admin/files/:id", 1, format!("{admin} and {read}"), of_files),
        ("POST", "/admin/files/:id", 1, admin.to_owned(), jobs),
        ("null", "/admin/files/own/*", 1, admin.to_owned(), jobs),
        (
            "null",
            "/admin/row/*",
            1,
            format!("{admin} and protect(via = session, check = later)"),
            "session: role Admin and check later",
        ),
        ("GET", "/apart/apart", 0, read.to_owned(), alone),
        ("GET", "/table/", 1, "protect(roles = \"Auditor\")".to_owned(), "session or token: role Auditor"),
    ];
    assert_eq!(rows.len(), expected.len(), "{rows:#?}");
    let lines: Vec<&str> = include_str!("guards.rs").lines().collect();
    for (row, (method, path, guards, declaration, words)) in rows.iter().zip(expected) {
        assert_eq!(row["method"].as_str().unwrap_or("null"), method);
        assert_eq!((&row["path"], &row["declaration"]), (&json!(path), &json!(declaration)));
        assert_eq!(row["requirement"], words, "{path}");
        assert_eq!(row["guards"].as_array().unwrap().len(), guards, "{path}");
        for guard in row["guards"].as_array().unwrap() {
            let (file, line) = guard.as_str().unwrap().rsplit_once(':').unwrap();
            let written = lines[line.parse::<usize>().unwrap() - 1];
            assert_eq!(file, file!());
            assert!(written.contains("guard!(") || written.contains("protect(azure_auth::endpoints!"), "{written}");
        }
    }
    let row = rows.iter().find(|row| row["path"] == "/admin/row/*").unwrap();
    let line = usize::try_from(row["line"].as_u64().unwrap()).unwrap();
    assert!(lines[line - 1].contains("=> protect(runs.endpoint()"), "{}", lines[line - 1]);
    assert!(row["handler"].is_null() && row["reason"].is_null(), "{row}");
    assert_eq!(rows[0]["reason"], Value::Null, "it is not open here");
    let text = narrowed(&runs).report().to_string();
    assert!(text.contains(", guard at tests/tests/guards.rs:"), "{text}");
}

#[test]
fn a_row_that_gains_or_loses_a_guard_is_told_as_narrowed_or_widened() {
    let path = std::env::temp_dir().join(format!("azure-auth-guards-{}.lock", std::process::id()));
    let table = || azure_auth::endpoints! { "/" => get(home), "/files" => get(files) };
    let guarded = || table().with(azure_auth::guard!(roles = "Admin"));
    let compared = |before: &str, now: Endpoints| {
        fs::write(&path, before).unwrap();
        let path = path.to_str().unwrap();
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| azure_auth::assert_authorization_lock!(path, now)));
        let words = outcome.map_err(|panic| panic.downcast_ref::<String>().unwrap().clone());
        fs::remove_file(path).unwrap();
        words
    };
    let read = "protect(scopes = \"Files.Read\", application_roles = \"Files.Read.All\")";
    let open = format!("GET / => public(reason = \"the start page\")\nGET /files => {read}\n");
    let closed = format!("GET / => protect(roles = \"Admin\")\nGET /files => protect(roles = \"Admin\") and {read}\n");
    assert_eq!(compared(&open, table()), Ok(()));
    assert_eq!(compared(&closed, guarded()), Ok(()));

    let gained = compared(&open, guarded()).unwrap_err();
    let lost = compared(&closed, table()).unwrap_err();
    for (words, kind) in [(gained, "narrowed"), (lost, "widened")] {
        for row in ["GET /", "GET /files"] {
            assert!(words.contains(&format!("{kind}: {row}\n")), "{words}");
        }
    }
}

#[tokio::test]
async fn every_case_of_rows_and_guards_holds_and_nothing_runs() {
    let runs = Runs::default();
    let of_table = |table: Endpoints| async {
        let names = denial_matrix(table).names();
        assert!(!names.is_empty());
        names
    };
    let names = of_table(narrowed(&runs)).await;
    for expected in [
        "GET /admin/: refuses an anonymous caller",
        "GET /admin/: refuses a session without role Admin",
        "GET /admin/: admits a session with role Admin",
        "GET /admin/files/:id: refuses a token with role Admin without Files.Read",
        "GET /admin/files/:id: refuses a token with Files.Read without role Admin",
        "GET /admin/files/:id: refuses a token of an application with application role Files.Read.All without application role Jobs.Run",
        "GET /admin/files/own/*: refuses an anonymous caller",
        "POST /admin/files/own/*: refuses a session that another site sends",
        "GET /admin/row/*: admits a session with role Admin",
        "POST /admin/row/*: admits a session with role Admin",
        "POST /admin/row/*: refuses a session that another site sends",
        "GET /admin/row/*: refuses a token",
        "GET /table/: refuses a session without role Auditor",
    ] {
        assert!(names.iter().any(|name| name == expected), "{expected} in {names:#?}");
    }
    denial_matrix(narrowed(&runs)).run().await;
    denial_matrix(one_row(&runs).with(azure_auth::guard!(tenants = "dddddddd-0000-4000-8000-000000000001")))
        .run()
        .await;
    denial_matrix(one_row(&runs).with(A).data(7_u8).with(b())).run().await;
    denial_matrix(guarded_table(&runs)).run().await;
    assert_eq!(runs.count(), 0);
}

/// Whatever hands on a table, with or without a guard, hands on what it declares.
#[test]
fn a_middleware_that_gives_a_table_keeps_what_it_declares() {
    let table = || azure_auth::endpoints! { "/" => get(home) };
    let with_guard = || make_middleware(|table: Endpoints| table.with(A));
    let for_two = || make_middleware(|table: Endpoints| b().transform(table.with(A)));
    let declared = |table: Endpoints| {
        let report: Value = serde_json::from_str(&table.report().to_json()).unwrap();
        report["rows"][0]["declaration"].as_str().unwrap().to_owned()
    };
    let [a, b] = ["A", "B"].map(|role| format!("protect(roles = {role:?}, application_roles = {role:?})"));
    assert_eq!(declared(table().with(A)), a);
    assert_eq!(declared(table().with_if(true, A).with_if(false, self::b())), a);
    assert_eq!(declared(table().with(with_guard())), a);
    assert_eq!(declared(table().with(for_two())), format!("{b} and {a}"));
    assert_eq!(declared(table().with(A).data(7_u8).with(TestAuth::new().azure_auth())), a);
}

/// In a router the guard is not seen, so that a row around it says less than there is; the row's own part is true.
#[tokio::test]
async fn a_matrix_that_does_not_see_a_guard_fails_or_ends_at_the_row() {
    let runs = Runs::default();
    let router = || Route::new().at("/", runs.endpoint()).with(azure_auth::guard!(roles = "B"));
    denial_matrix(azure_auth::endpoints! { "/row" => protect(router(), roles = "A") }).run().await;
    // Seen where it is given to the table alone; inside of something else it is not.
    let hidden = azure_auth::endpoints! { "/row" => get(home) }.around(|table, request| async move {
        Arc::new(table).with(azure_auth::guard!(roles = "B")).call(request).await
    });
    assert!(hidden.report().to_string().contains("anyone: the start page"), "{}", hidden.report());
    assert_eq!(Desk::of(hidden).status(&Proof::Nothing, "/row").await, 401);
    assert_eq!(runs.count(), 0);
}

#[tokio::test]
async fn a_table_in_a_row_at_a_pattern_is_not_served() {
    let runs = Runs::default();
    let table = azure_auth::endpoints! { "/row" => public(runs.endpoint(), reason = "x") };
    let desk = Desk::of(azure_auth::endpoints! { "/:tenant/a" => protect(table, roles = "Admin") });
    assert_eq!(desk.status(&session_of("Admin"), "/x/a/row").await, 500);
    assert_eq!(runs.count(), 0);
}

#[tokio::test]
async fn a_session_is_noted_as_seen_behind_a_guard() {
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[("AZURE_SESSION_KEYS", SESSION_KEY)]).build().unwrap();
    let table = azure_auth::endpoints! {
        "/row"   => protect(make_sync(|_| "row")),
        "/table" => nest(azure_auth::endpoints! { "/" => get(home) }.with(azure_auth::guard!())),
    };
    let application = Application::start(table.with(auth)).await;
    let browser = Browser::new();
    browser.sign_in(&application, "Adele").await;
    let cookie = browser.session_cookie("localhost").unwrap();
    let cookie_name = format!("{}=", cookie.name);
    for path in ["/row", "/table"] {
        let mut record: Value = serde_json::from_slice(&sealed_cookie::open(Purpose::Session, &cookie)).unwrap();
        record[session::LAST_SEEN] = (record[session::LAST_SEEN].as_u64().unwrap() - 50 * 60).into();
        browser.put_cookie(sealed_cookie::sealed(Purpose::Session, &cookie, record.to_string().as_bytes()));
        let page = browser.open(application.at(path)).await;
        let written = page.set_cookies().iter().filter(|cookie| cookie.starts_with(&cookie_name)).count();
        assert_eq!((page.status, written), (200, 1), "{path}: {:?}", page.set_cookies());
    }
}
