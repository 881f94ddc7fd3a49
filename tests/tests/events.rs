//! What the application is told: every refusal, once, with what an audit needs and with nothing that is a person's.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use azure_auth::testing::{TestAuth, TestIdentity};
use azure_auth::{
    AdmittedRequest, AuditLog, AuthEvents, AzureAuthBuilder, Endpoints, EventCaller, Has, Login, LoginRedirect, Prompt,
    Refusal, RefusedRequest, SignIn, SignOut, Undeclared, User, UserId,
};
use azure_auth_emulator::{Defect, Emulator};
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::document;
use azure_auth_tests::scene::{Scene, builder};
use azure_auth_tests::tab::{PORTAL, Secret};
use poem::endpoint::{BoxEndpoint, make_sync};
use poem::http::StatusCode;
use poem::{Endpoint, EndpointExt, Request, Response, Route, get, handler};
use reqwest::Method;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::{Notify, Semaphore};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(30);
const CALLBACK: &str = "/authorization-code/callback";

azure_auth::app! { roles: { Admin = "Can administer" } }

#[azure_auth::public]
#[handler]
fn home(user: Option<User>, admin: Option<Has<Admin>>) -> String {
    format!("{} {}", user.is_some(), admin.is_some())
}

#[azure_auth::protect(roles = "Admin")]
#[handler]
fn read() -> &'static str {
    "a file"
}

#[azure_auth::protect]
#[handler]
fn own(_: User) -> Result<String, Refusal> {
    Err(Refusal::not_found("There is no such object."))
}

/// In rows that are open to everybody.
#[handler]
fn whoever(_: User) -> &'static str {
    "whoever"
}

#[azure_auth::public]
#[handler]
fn silently(login: Login) -> LoginRedirect {
    login.prompt(Prompt::None).redirect()
}

fn table() -> Endpoints {
    let caught = Route::new().at("/:id", get(whoever));
    let caught = caught.catch_error(|_: azure_auth::Refused| async { StatusCode::IM_A_TEAPOT });
    azure_auth::endpoints! {
        "/"          => get(home),
        "/files/:id" => get(read).post(read),
        "/own/:id"   => get(own),
        "/whoever"   => public(get(whoever), reason = "the argument refuses"),
        "/silently"  => get(silently),
        "/assets"    => protect(make_sync(|_| "assets"), roles = "Admin"),
        "/caught"    => public(caught, reason = "the argument refuses, and an error handler answers"),
    }
}

/// What was told, in order.
#[derive(Debug)]
enum Event {
    Refused(RefusedRequest),
    Admitted(AdmittedRequest),
    Lost(u64),
}

/// Tells it on.
#[derive(Clone)]
struct Ear {
    told: UnboundedSender<Event>,
    wants_admitted: bool,
}

impl AuthEvents for Ear {
    async fn signed_in(&self, sign_in: &mut SignIn) -> Result<(), Refusal> {
        match sign_in.user().display_name() {
            "Alex Wilber" => Err(Refusal::new("closed for today")),
            _ => Ok(()),
        }
    }

    async fn refused(&self, refused: &RefusedRequest) {
        self.told.send(Event::Refused(refused.clone())).unwrap();
    }

    fn wants_admitted(&self) -> bool {
        self.wants_admitted
    }

    async fn admitted(&self, admitted: &AdmittedRequest) {
        self.told.send(Event::Admitted(admitted.clone())).unwrap();
    }

    async fn lost(&self, count: u64) {
        self.told.send(Event::Lost(count)).unwrap();
    }
}

fn ear(wants_admitted: bool) -> (Ear, Told) {
    let (told, hears) = mpsc::unbounded_channel();
    (Ear { told, wants_admitted }, Told(hears))
}

struct Told(UnboundedReceiver<Event>);

impl Told {
    async fn next(&mut self) -> Event {
        timeout(PATIENCE, self.0.recv()).await.expect("something is told").unwrap()
    }

    async fn refused(&mut self) -> RefusedRequest {
        match self.next().await {
            Event::Refused(refused) => refused,
            other => panic!("{other:?}"),
        }
    }

    /// The next one is of this answer: method, pattern, handler, whose, tenant, code and reference are these.
    async fn expect(&mut self, expected: &str, caller: Option<&EventCaller>, reference: Option<&str>) {
        let refused = self.refused().await;
        let told = format!(
            "{} {} {} {}",
            refused.method(),
            refused.path().unwrap_or("-"),
            refused.handler().map_or("-", |handler| handler.rsplit("::").next().unwrap()),
            refused.code()
        );
        assert_eq!(told, expected);
        assert_eq!(refused.caller(), caller, "{expected}");
        let has_tenant = matches!(caller, Some(EventCaller::Person(_) | EventCaller::Application { .. }));
        assert_eq!(refused.tenant().is_some(), has_tenant, "{expected}");
        assert!(refused.at().elapsed().unwrap_or_default() < PATIENCE, "{expected}");
        if let Some(reference) = reference {
            assert_eq!(refused.reference(), reference, "{expected}");
        }
        assert_eq!(azure_auth::explain(refused.code()), Some(refused.explanation()));
    }

    async fn expect_page(&mut self, expected: &str, caller: Option<&EventCaller>, page: &Page) {
        self.expect(expected, caller, Some(&reference(page))).await;
    }
}

fn reference(page: &Page) -> String {
    if page.header("content-type") == "application/problem+json" {
        return page.json()["reference"].as_str().unwrap().to_owned();
    }
    document::detail(&page.text, "Reference").unwrap_or_else(|| panic!("{page:?}"))
}

/// An application in process.
struct Desk {
    auth: TestAuth,
    application: BoxEndpoint<'static, Response>,
}

impl Desk {
    fn new(endpoint: impl Endpoint + 'static, change: impl FnOnce(AzureAuthBuilder) -> AzureAuthBuilder) -> Self {
        let auth = TestAuth::with(change);
        let application = endpoint.with(auth.azure_auth()).map_to_response().boxed();
        Self { auth, application }
    }

    async fn send(&self, what: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let (method, path) = what.split_once(' ').unwrap();
        let request = Request::builder().method(method.parse().unwrap()).uri(path.parse().unwrap());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = self.application.get_response(request.finish()).await;
        (response.status().as_u16(), response.into_body().into_string().await.unwrap())
    }

    /// The reference of the problem document with which it refuses.
    async fn refusal(&self, what: &str, headers: &[(&str, &str)]) -> Option<String> {
        let (status, text) = self.send(what, headers).await;
        assert!(status >= 400, "{what}: {text}");
        let problem: serde_json::Value = serde_json::from_str(&text).ok()?;
        Some(problem["reference"].as_str().unwrap().to_owned())
    }
}

/// Whoever tries it is refused and told of: nothing else is told before that.
async fn expect_nothing_else(desk: &Desk, told: &mut Told) {
    desk.send("GET /files/7", &[("authorization", "Bearer nonsense")]).await;
    told.expect("GET /files/:id read token-malformed", None, None).await;
}

#[tokio::test]
async fn every_refusal_of_a_handler_is_told_once_with_what_an_audit_needs() {
    let (ear, mut told) = ear(false);
    let desk = Desk::new(table(), |builder| builder.auth_events(ear));
    let adele = TestIdentity::user().name("Adele").scope("access_as_user");
    let person = EventCaller::Person(adele.user_id());
    let bearer = desk.auth.bearer(&adele);
    let cookie = desk.auth.session_cookie(&adele).await;
    let job = desk.auth.bearer(&TestIdentity::application().role("Other"));
    let by_person: &[(&str, &str)] = &[("authorization", &bearer)];

    for (what, headers, expected) in [
        ("GET /files/7", by_person, "GET /files/:id read role-missing"),
        ("POST /files/7", by_person, "POST /files/:id read role-missing"),
        ("GET /assets", by_person, "GET /assets /assets role-missing"),
        ("GET /own/7", by_person, "GET /own/:id own nothing-there"),
        ("GET /files/7", &[("cookie", &cookie)], "GET /files/:id read role-missing"),
        (
            "POST /files/7",
            &[("cookie", &cookie), ("origin", "https://evil.example")],
            "POST /files/:id read foreign-origin",
        ),
        ("GET /session/events", by_person, "GET /session/events - session-required"),
    ] {
        let reference = desk.refusal(what, headers).await;
        let refused = told.refused().await;
        assert_eq!(refused.caller(), Some(&person), "{what}");
        assert_eq!(refused.tenant(), Some(adele.tenant_id()), "{what}");
        assert_eq!(Some(refused.reference().to_owned()), reference, "{what}");
        let handler = refused.handler().map_or("-", |handler| handler.rsplit("::").next().unwrap());
        // A row that is no handler has the name of its path.
        let line = format!("{} {} {handler} {}", refused.method(), refused.path().unwrap(), refused.code());
        assert_eq!(line, expected);
        assert_eq!(refused.status(), azure_auth::explain(refused.code()).unwrap().status);
    }

    // Nobody who is known.
    for (what, headers, expected) in [
        ("GET /files/7", &[][..], "GET /files/:id read not-signed-in"),
        ("GET /files/7", &[("authorization", "Basic YTpi")], "GET /files/:id read authorization-scheme"),
        // Judged by where it came from, before anybody looks whose session it is.
        ("POST /logout", &[("cookie", &cookie), ("origin", "https://evil.example")], "POST /logout - foreign-origin"),
        ("GET /whoever", &[], "GET /whoever - not-signed-in"),
        ("GET /whoever", &[("authorization", "Bearer x.y.z")], "GET /whoever - token-malformed"),
        ("GET /session", &[("authorization", "Bearer x.y.z")], "GET /session - token-malformed"),
    ] {
        let reference = desk.refusal(what, headers).await;
        told.expect(expected, None, reference.as_deref()).await;
    }

    // An application.
    let reference = desk.refusal("GET /whoever", &[("authorization", &job)]).await;
    let refused = told.refused().await;
    assert_eq!((refused.code(), refused.reference()), ("user-required", reference.unwrap().as_str()));
    let Some(EventCaller::Application { client_id, .. }) = refused.caller() else { panic!("{refused:?}") };
    assert!(!client_id.is_empty() && refused.tenant().is_some());

    // Where the application decides what a refusal of an argument comes to, it is one all the same.
    assert_eq!(desk.send("GET /caught/7", &[]).await.0, 418);
    told.expect("GET /caught/:id - not-signed-in", None, None).await;
    expect_nothing_else(&desk, &mut told).await;
}

#[tokio::test]
async fn what_refuses_nobody_is_not_told() {
    let (ear, mut told) = ear(false);
    let desk = Desk::new(table(), |builder| builder.auth_events(ear));
    let bearer = desk.auth.bearer(&TestIdentity::user().scope("access_as_user"));
    assert_eq!(desk.send("GET /", &[]).await, (200, "false false".to_owned()));
    assert_eq!(desk.send("GET /", &[("authorization", &bearer)]).await, (200, "true false".to_owned()));
    assert_eq!(desk.send("GET /", &[("authorization", "Bearer nonsense")]).await, (200, "false false".to_owned()));
    assert_eq!(desk.send("GET /whoever", &[("authorization", &bearer)]).await.0, 200);
    assert_eq!(desk.send("GET /session", &[]).await.0, 401);
    assert_eq!(desk.send("GET /session/events", &[]).await.0, 401);
    let navigation = [("accept", "text/html"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    assert_eq!(desk.send("GET /files/7", &navigation).await.0, 302);
    assert_eq!(desk.send("GET /nowhere", &[]).await.0, 404);
    expect_nothing_else(&desk, &mut told).await;
}

#[tokio::test]
async fn an_answer_that_is_withheld_is_told() {
    let (ear, mut told) = ear(false);
    let change = |builder: AzureAuthBuilder| builder.auth_events(ear).undeclared(Undeclared::Refuse);
    let desk = Desk::new(Route::new().at("/forgotten/:name", make_sync(|_| "a secret")), change);
    let reference = desk.refusal("GET /forgotten/adele", &[]).await;
    told.expect("GET /forgotten/:name - undeclared", None, reference.as_deref()).await;
    desk.send("GET /session", &[("authorization", "Bearer nonsense")]).await;
    told.expect("GET /session - token-malformed", None, None).await;
}

async fn scene_with(change: impl FnOnce(AzureAuthBuilder) -> AzureAuthBuilder) -> Scene {
    let emulator = Emulator::start().await.unwrap();
    let auth = change(builder(&emulator, &[])).build().unwrap();
    Scene::of(emulator, auth).await
}

fn id_of(emulator: &Emulator, name: &str) -> UserId {
    let directory = emulator.directory();
    let person = directory.users().find(|user| user.name().contains(name)).unwrap();
    format!("entra:{}:{}", directory.tenants()[0].tenant_id(), person.object_id()).parse().unwrap()
}

#[tokio::test]
async fn a_sign_in_that_does_not_begin_or_end_well_is_told() {
    let (ear, mut told) = ear(false);
    let scene = scene_with(|builder| builder.auth_events(ear)).await;
    let page = scene.browser.open(scene.at(&format!("{CALLBACK}?code=a&state=b"))).await;
    told.expect_page(&format!("GET {CALLBACK} - sign-in-unknown"), None, &page).await;
    let page = scene.browser.open(scene.at(&format!("{CALLBACK}?error=server_error"))).await;
    told.expect_page(&format!("GET {CALLBACK} - unasked-error"), None, &page).await;

    let call = scene.browser.navigation(Method::GET, scene.at("/login")).header("host", "evil.example");
    told.expect_page("GET /login - host-not-served", None, &call.send().await).await;

    let alex = Browser::new();
    let page = alex.sign_in(&scene.application, "Alex").await;
    let id = EventCaller::Person(id_of(&scene.emulator, "Alex"));
    told.expect_page(&format!("GET {CALLBACK} - sign-in-vetoed"), Some(&id), &page).await;

    scene.emulator.inject(Defect::AudienceWrong);
    let page = Browser::new().sign_in(&scene.application, "Adele").await;
    told.expect_page(&format!("GET {CALLBACK} - id-token-refused"), None, &page).await;
    scene.emulator.clear_defects();

    // A browser that keeps no session.
    let adele = Browser::new();
    adele.sign_in(&scene.application, "Adele").await;
    let lose_session = || adele.remove_cookie(&adele.session_cookie("localhost").unwrap());
    lose_session();
    for _ in 1..=2 {
        let to_callback = adele.step(&adele.open(scene.at("/me")).await).await;
        adele.step(&to_callback).await;
        lose_session();
    }
    let stopped = adele.open(scene.at("/me")).await;
    told.expect_page("GET /me me sign-in-loop", None, &stopped).await;
    assert!(told.0.try_recv().is_err(), "the ways to sign in are none");
}

#[tokio::test]
async fn a_sign_in_for_which_the_provider_is_not_there_is_told_wherever_it_begins() {
    let (ear, mut told) = ear(false);
    let settings = [("AZURE_ISSUER_URI", "http://127.0.0.1:1/33333333-cccc-4ddd-8eee-444444444444")];
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &settings).auth_events(ear).build().unwrap();
    let application = Application::start(table().with(auth)).await;
    let browser = Browser::new();
    for (path, expected) in [
        ("/login", "GET /login - provider-unavailable"),
        ("/own/7", "GET /own/:id own provider-unavailable"),
        ("/silently", "GET /silently - provider-unavailable"),
    ] {
        let page = browser.open(application.at(path)).await;
        told.expect_page(expected, None, &page).await;
    }
}

#[tokio::test]
async fn what_goes_wrong_in_a_frame_and_its_window_is_told() {
    let (ear, mut told) = ear(false);
    let scene = scene_with(|builder| builder.auth_events(ear).frame_ancestors([PORTAL])).await;
    let tab = scene.tab().await;
    let page = scene.browser.window(&tab, scene.at("/popup/login?challenge=short")).await;
    told.expect_page("GET /popup/login - popup-malformed", None, &page).await;
    let page = scene.redeems(&tab, "no-code", &Secret::new().secret).await;
    told.expect_page("POST /session/embedded - embedded-code-refused", None, &page).await;
    let page = scene.redeems(&Page::of("https://evil.example"), "no-code", &Secret::new().secret).await;
    told.expect_page("POST /session/embedded - foreign-origin", None, &page).await;
    let window = scene.at(&format!("/popup/login?challenge={}", Secret::new().challenge));
    let page = scene.browser.navigation(Method::POST, window).from(&Page::of("https://evil.example")).send().await;
    told.expect_page("POST /popup/login - foreign-origin", None, &page).await;

    scene.signed_in_tab().await;
    let mut streams = Vec::new();
    let refused = loop {
        let [cookie] = scene.browser.frame_cookies("localhost").try_into().unwrap();
        let request = reqwest::Client::new().get(scene.at("/session/events"));
        let request = request.header("cookie", format!("{}={}", cookie.name, cookie.value));
        let request = request.header("sec-fetch-site", "same-origin").header("sec-fetch-mode", "cors");
        let answer = request.header("sec-fetch-dest", "empty").send().await.unwrap();
        if answer.status() != 200 {
            break answer;
        }
        streams.push(answer);
    };
    let problem: serde_json::Value = serde_json::from_str(&refused.text().await.unwrap()).unwrap();
    let id = EventCaller::Person(id_of(&scene.emulator, "Adele"));
    let reference = problem["reference"].as_str();
    told.expect("GET /session/events - too-many-streams", Some(&id), reference).await;
    assert!(told.0.try_recv().is_err(), "the page with the button in the frame is the way in");
}

#[tokio::test]
async fn an_admission_is_told_to_whoever_wants_it_and_to_nobody_else() {
    let admin = TestIdentity::user().scope("access_as_user").role("Admin");
    for wants_admitted in [true, false] {
        let (ear, mut told) = ear(wants_admitted);
        // The other one wants none, and gets none.
        let (other, mut other_told) = self::ear(false);
        let desk = Desk::new(table(), |builder| builder.auth_events((ear, other)));
        let bearer = desk.auth.bearer(&admin);
        for path in ["GET /files/7", "GET /assets", "GET /"] {
            assert_eq!(desk.send(path, &[("authorization", &bearer)]).await.0, 200, "{path}");
        }
        if wants_admitted {
            for path in ["/files/:id", "/assets"] {
                let Event::Admitted(admitted) = told.next().await else { panic!("{path}") };
                assert_eq!((admitted.path(), admitted.method().as_str()), (Some(path), "GET"));
                assert_eq!(admitted.caller(), Some(&EventCaller::Person(admin.user_id())));
                assert_eq!(admitted.tenant(), Some(admin.tenant_id()));
                assert!(admitted.handler().is_some());
            }
        }
        expect_nothing_else(&desk, &mut told).await;
        assert!(matches!(other_told.next().await, Event::Refused(_)));
    }
}

/// Hears nothing before it may.
struct Slow {
    ear: Ear,
    begun: Arc<Notify>,
    permits: Arc<Semaphore>,
}

impl AuthEvents for Slow {
    async fn refused(&self, refused: &RefusedRequest) {
        self.begun.notify_one();
        self.permits.acquire().await.unwrap().forget();
        self.ear.refused(refused).await;
    }

    async fn lost(&self, count: u64) {
        self.ear.lost(count).await;
    }
}

#[tokio::test]
async fn nobody_waits_for_an_application_that_is_slow_and_what_it_misses_is_counted() {
    const ROOM: usize = 1024;
    let (ear, mut told) = ear(false);
    let (begun, permits) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
    let slow = Slow { ear, begun: begun.clone(), permits: permits.clone() };
    let desk = Desk::new(table(), |builder| builder.auth_events(slow));
    let mut references = Vec::new();
    references.push(desk.refusal("GET /whoever", &[]).await.unwrap());
    begun.notified().await;
    for _ in 0..ROOM + 5 {
        references.push(desk.refusal("GET /whoever", &[]).await.unwrap());
    }
    permits.add_permits(ROOM + 1);
    assert_eq!(told.refused().await.reference(), references[0]);
    assert!(matches!(told.next().await, Event::Lost(5)));
    for reference in &references[1..=ROOM] {
        assert_eq!(told.refused().await.reference(), reference);
    }
    assert!(told.0.try_recv().is_err());
}

/// A file of its own, gone when the test is over.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        let path = FilePath::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.jsonl", std::process::id()));
        let _ = std::fs::remove_file(&path);
        Self(path)
    }

    fn lines(&self) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(&self.0).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'));
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn the_audit_log_says_who_came_and_was_refused_and_holds_nothing_of_anybody() {
    let file = File::new("audit");
    let (ear, mut told) = ear(true);
    let audit = AuditLog::to_file(&file.0).unwrap().with_admitted();
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[]).auth_events((audit, ear)).build().unwrap();
    let application = Application::start(table().with(auth)).await;
    let browser = Browser::new();
    browser.open(application.at("/login?return_to=/own/planted-path")).await;
    browser.sign_in(&application, "Adele").await;
    let own_site = Page::of(&application.at("/"));
    let own_page = browser.open(application.at("/own/planted-path?q=planted-query")).await;
    browser.script(&own_site, Method::POST, application.at("/files/planted-path")).send().await;
    let evil = Page::of("https://planted-site.example");
    browser.script(&evil, Method::POST, application.at("/files/planted-path")).send().await;
    let call = browser.program(Method::GET, application.at("/files/planted-path"));
    call.header("authorization", "Bearer planted-token").send().await;
    Browser::new().open(application.at(&format!("{CALLBACK}?code=planted-code&state=planted-state"))).await;
    Browser::new().sign_in(&application, "Alex").await;
    let cookie = browser.session_cookie("localhost").unwrap().value;
    let page = browser.open(application.at("/logout")).await;
    browser.press(&page, "Sign out").await;

    drop(application);
    // Of the two the log is dropped first, with everything in it.
    timeout(PATIENCE, async { while told.0.recv().await.is_some() {} }).await.expect("the application ends");
    let text = std::fs::read_to_string(&file.0).unwrap();
    for planted in ["planted", "Adele", "Alex", "contoso.test", "Wilber", &cookie] {
        assert!(!text.contains(planted), "{planted} in {text}");
    }
    let id = |name: &str| id_of(&emulator, name).to_string();
    let lines = file.lines();
    let said: Vec<String> = lines
        .iter()
        .map(|line| {
            let member = |name: &str| line[name].as_str().unwrap_or("-");
            assert!(member("time").ends_with('Z') && member("time").len() == 24, "{line}");
            let user = member("user");
            let user = if user == id("Adele") {
                "Adele"
            } else if user == id("Alex") {
                "Alex"
            } else {
                user
            };
            format!("{} {user} {} {} {}", member("event"), member("method"), member("path"), member("code"))
        })
        .collect();
    assert_eq!(
        said,
        [
            "signed-in Adele - - -",
            "admitted Adele GET /own/:id -",
            "refused Adele GET /own/:id nothing-there",
            "admitted Adele POST /files/:id -",
            "refused - POST /files/:id not-signed-in",
            "refused - GET /files/:id token-malformed",
            "refused - GET /authorization-code/callback sign-in-unknown",
            "signed-in Alex - - -",
            "refused Alex GET /authorization-code/callback sign-in-vetoed",
            "signed-out Adele - - -",
        ]
    );
    let refused = &lines[2];
    assert_eq!(refused["reference"], reference(&own_page));
    assert_eq!(refused["status"], 404);
    assert_eq!(refused["tenant"], id("Adele").split(':').nth(1).unwrap());
}

#[tokio::test]
async fn of_two_who_are_told_the_second_hears_of_a_sign_in_only_if_the_first_lets_it_be() {
    struct Counting(UnboundedSender<&'static str>);
    impl AuthEvents for Counting {
        async fn signed_in(&self, _: &mut SignIn) -> Result<(), Refusal> {
            self.0.send("signed in").map_err(|_| Refusal::new("no"))
        }

        async fn refused(&self, _: &RefusedRequest) {
            self.0.send("refused").unwrap();
        }

        async fn signed_out(&self, _: &SignOut) {
            self.0.send("signed out").unwrap();
        }
    }
    let (ear, mut told) = ear(false);
    let (second, mut second_told) = mpsc::unbounded_channel();
    let scene = scene_with(|builder| builder.auth_events((ear, Counting(second)))).await;
    Browser::new().sign_in(&scene.application, "Alex").await;
    assert_eq!(told.refused().await.code(), "sign-in-vetoed");
    scene.browser.sign_in(&scene.application, "Adele").await;
    let page = scene.browser.open(scene.at("/logout")).await;
    scene.browser.press(&page, "Sign out").await;
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(timeout(PATIENCE, second_told.recv()).await.unwrap().unwrap());
    }
    assert_eq!(heard, ["refused", "signed in", "signed out"]);
}
