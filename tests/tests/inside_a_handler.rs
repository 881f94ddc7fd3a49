//! What a handler knows of its caller, what its `check` hands on to it, and how it refuses in the application's own words.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use azure_auth::testing::{TestAuth, TestIdentity, checked};
use azure_auth::{
    Answer, Checked, CredentialKind, Endpoints, Guard, Guid, Principal, Refusal, TokenRefused, User, UserId,
};
use azure_auth_emulator::Emulator;
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::Browser;
use azure_auth_tests::log::{self, Log};
use azure_auth_tests::scene;
use poem::endpoint::BoxEndpoint;
use poem::http::{Method, StatusCode};
use poem::web::{Json, Path};
use poem::{Endpoint, EndpointExt, IntoResponse, Request, Response, Route, get, handler, post};
use poem_openapi::payload::PlainText;
use poem_openapi::{OpenApi, OpenApiService};
use serde_json::{Value, json};

azure_auth::app! {
    roles: { Admin = "Can administer", Writer("Tasks.Write") },
    scopes: { FilesRead("Files.Read") = "Read the files of the person" },
    groups: { Staff("cccccccc-0000-4000-8000-000000000001") },
}

const STAFF: &str = "cccccccc-0000-4000-8000-000000000001";
const OWN_CLIENT: &str = "00000000-0000-4000-8000-000000000001";
const PAGE: [(&str, &str); 3] =
    [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"), ("accept", "text/html,*/*;q=0.8")];

/// An application and what it trusts.
struct Desk {
    auth: TestAuth,
    application: BoxEndpoint<'static, Response>,
}

/// With what a request comes.
enum Proof<'i> {
    Session(&'i TestIdentity),
    Token(&'i TestIdentity),
}

impl Desk {
    fn of(table: Endpoints) -> Self {
        log::install();
        let auth = TestAuth::new();
        let application = table.with(auth.azure_auth()).boxed();
        Self { auth, application }
    }

    fn of_router(router: impl Endpoint + 'static) -> Self {
        let auth = TestAuth::new();
        let application = router.with(auth.azure_auth()).map_to_response().boxed();
        Self { auth, application }
    }

    async fn sent(&self, proof: Proof<'_>, path: &str, headers: &[(&str, &str)]) -> Response {
        let request = Request::builder().method(Method::GET).uri(path.parse().unwrap());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = match proof {
            Proof::Session(identity) => request.header("cookie", self.auth.session_cookie(identity).await),
            Proof::Token(identity) => request.header("authorization", self.auth.bearer(identity)),
        };
        self.application.get_response(request.finish()).await
    }

    /// The status and the body.
    async fn read(&self, proof: Proof<'_>, path: &str) -> (u16, String) {
        let response = self.sent(proof, path, &[]).await;
        (response.status().as_u16(), response.into_body().into_string().await.unwrap())
    }

    async fn json(&self, proof: Proof<'_>, path: &str) -> Value {
        serde_json::from_str(&self.read(proof, path).await.1).unwrap()
    }
}

fn user() -> TestIdentity {
    TestIdentity::user().scope("access_as_user")
}

fn seconds_from_now(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::now()).unwrap().as_secs()
}

fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => "yes",
        Answer::No => "no",
        Answer::Unknown => "unknown",
    }
}

#[azure_auth::protect(scopes = "Files.Read", application_roles = "Jobs.Run")]
#[handler]
fn whoami(principal: Principal) -> Json<Value> {
    let credential = match principal.credential() {
        CredentialKind::Session => "session",
        CredentialKind::AccessToken => "token",
        _ => "another",
    };
    let answers = [
        principal.has_role(Admin),
        principal.has_role("Jobs.Run"),
        principal.has_application_role("Jobs.Run"),
        principal.has_scope(FilesRead),
        principal.has_scope("Files.Delete"),
        principal.has_group(Staff),
        principal.has_group(Guid::from_u128(7)),
    ];
    Json(json!({
        "credential": credential,
        "client": principal.client_id(),
        "scopes": principal.scopes().map(|scopes| scopes.map(str::to_owned).collect::<Vec<_>>()),
        "expires": seconds_from_now(principal.expires_at()),
        "answers": answers.map(word),
    }))
}

#[azure_auth::protect(groups = Staff)]
#[handler]
fn of_staff() -> &'static str {
    "staff"
}

#[tokio::test]
async fn a_principal_tells_how_it_came_through_whom_with_what_and_until_when() {
    let desk = Desk::of(azure_auth::endpoints! { "/told" => get(whoami), "/staff" => get(of_staff) });
    let staff = || user().role(Admin).scope("Files.Read").group(Staff);
    let job = TestIdentity::application().role("Jobs.Run");
    let hours = 3600;
    for (proof, credential, scopes, expires, answers) in [
        (
            Proof::Session(&staff()),
            "session",
            Value::Null,
            8 * hours,
            ["yes", "no", "unknown", "yes", "yes", "yes", "unknown"],
        ),
        (
            Proof::Token(&staff()),
            "token",
            json!(["access_as_user", "Files.Read"]),
            hours,
            ["yes", "no", "unknown", "yes", "no", "yes", "no"],
        ),
        (
            Proof::Token(&user().scope("Files.Read").overage()),
            "token",
            json!(["access_as_user", "Files.Read"]),
            hours,
            ["no", "no", "unknown", "yes", "no", "unknown", "unknown"],
        ),
        (
            Proof::Token(&job),
            "token",
            json!([]),
            hours,
            ["unknown", "unknown", "yes", "unknown", "unknown", "unknown", "unknown"],
        ),
    ] {
        let told = desk.json(proof, "/told").await;
        assert_eq!((&told["credential"], &told["client"]), (&json!(credential), &json!(OWN_CLIENT)), "{told}");
        assert_eq!(told["scopes"], scopes, "{told}");
        assert_eq!(told["answers"], json!(answers), "{told}");
        let (found, leeway) = (told["expires"].as_u64().unwrap(), 300);
        assert!((expires - 60..=expires + leeway).contains(&found), "{told}");
    }
}

struct Ticket {
    id: u32,
    owner: UserId,
}

/// A ticket that one test alone asks for, and how often it was loaded: the tests of this file run beside each other.
const COUNTED: u32 = 4004;
static LOADED: AtomicUsize = AtomicUsize::new(0);

fn id(request: &Request) -> u32 {
    request.path_params::<u32>().unwrap_or_default()
}

/// Tickets with an even number are those of whoever asks.
async fn own_ticket(principal: &Principal, request: &Request) -> Result<Ticket, Refusal> {
    tokio::task::yield_now().await;
    if id(request) == COUNTED {
        LOADED.fetch_add(1, Ordering::SeqCst);
    }
    let user = principal.user().ok_or(Refusal::forbidden("Tickets are for people."))?;
    match id(request) {
        id if id % 2 == 0 => Ok(Ticket { id, owner: user.id().clone() }),
        13 => Err(Refusal::forbidden("This ticket is locked.")),
        _ => Err(Refusal::not_found("There is no such ticket.")),
    }
}

#[azure_auth::protect(check = own_ticket)]
#[handler]
async fn read_ticket(user: User, ticket: Checked<Ticket>, Path(number): Path<u32>) -> String {
    tokio::task::yield_now().await;
    assert_eq!(*user.id(), ticket.owner);
    format!("ticket {} for {number}", ticket.into_inner().id)
}

#[azure_auth::protect]
#[handler]
fn delete_ticket(Path(number): Path<u32>) -> Result<&'static str, Refusal> {
    match number {
        2 => Ok("gone"),
        13 => Err(Refusal::forbidden("This ticket is locked.")),
        _ => Err(Refusal::not_found("There is no such ticket.")),
    }
}

fn tickets() -> Endpoints {
    azure_auth::endpoints! {
        "/checked/:id" => get(read_ticket),
        "/by-hand/:id" => get(delete_ticket),
    }
}

#[tokio::test]
async fn what_a_check_loaded_is_the_handlers_and_was_loaded_once() {
    let desk = Desk::of(tickets());
    let answer = desk.read(Proof::Session(&user()), &format!("/checked/{COUNTED}")).await;
    assert_eq!(answer, (200, format!("ticket {COUNTED} for {COUNTED}")));
    assert_eq!(LOADED.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_check_and_a_handler_refuse_in_their_own_words_with_403_or_404() {
    let desk = Desk::of(tickets());
    for (path, status, code, title, words) in [
        ("/checked/13", 403, "check-refused", "Not allowed", "This ticket is locked."),
        ("/checked/5", 404, "nothing-there", "Not found", "There is no such ticket."),
        ("/by-hand/13", 403, "refused-by-handler", "Not allowed", "This ticket is locked."),
        ("/by-hand/5", 404, "nothing-there", "Not found", "There is no such ticket."),
    ] {
        let person = user();
        for (proof, name) in [(Proof::Session(&person), "session"), (Proof::Token(&person), "token")] {
            let response = desk.sent(proof, path, &[]).await;
            assert_eq!(response.status().as_u16(), status, "{path} {name}");
            assert_eq!(response.headers()["content-type"], "application/problem+json");
            assert_eq!(response.headers()["cache-control"], "no-store");
            assert!(!response.headers().contains_key("www-authenticate"), "{path} {name}: no scope would help");
            let problem: Value = response.into_body().into_json().await.unwrap();
            let told = ["title", "detail", "code"].map(|member| problem[member].clone());
            assert_eq!(told, [json!(title), json!(words), json!(code)], "{path} {name}");
            assert_ne!(problem["reference"], json!(""));
        }

        let response = desk.sent(Proof::Session(&person), path, &PAGE).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
        let page = response.into_body().into_string().await.unwrap();
        assert!(page.contains(&format!("<h1>{title}</h1>")) && page.contains(words), "{page}");
        assert!(!page.contains("can be fixed by"), "nobody but the visitor can do anything about it: {page}");
    }
}

#[tokio::test]
async fn what_a_check_says_is_not_said_once_more_to_developers() {
    let auth = TestAuth::with(|builder| builder.explain(true));
    let desk = Desk { application: tickets().with(auth.azure_auth()).boxed(), auth };
    for path in ["/checked/5", "/by-hand/5"] {
        let page = desk.sent(Proof::Session(&user()), path, &PAGE).await.into_body().into_string().await.unwrap();
        assert_eq!(page.matches("There is no such ticket.").count(), 1, "{page}");
    }
}

#[tokio::test]
async fn a_refusal_outside_of_azure_auth_is_a_problem_all_the_same() {
    #[handler]
    fn refuses() -> Result<&'static str, Refusal> {
        Err(Refusal::not_found("There is no such ticket."))
    }
    let response = Route::new().at("/", get(refuses)).get_response(Request::default()).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    let problem: Value = response.into_body().into_json().await.unwrap();
    assert_eq!(problem["detail"], "There is no such ticket.");
}

#[tokio::test]
async fn an_application_that_catches_refusals_keeps_its_own_answer() {
    let caught = async |refusal: Refusal| format!("caught: {refusal}").with_status(StatusCode::GONE);
    let desk = Desk::of(tickets().catch_error(caught));
    let answer = desk.read(Proof::Session(&user()), "/by-hand/5").await;
    assert_eq!(answer, (410, "caught: There is no such ticket.".to_owned()));
}

#[tokio::test]
async fn a_refusal_of_a_handler_leaves_one_line_with_the_reference_of_its_answer() {
    let desk = Desk::of(tickets());
    let (log, _guard) = Log::begin();
    let problem = desk.json(Proof::Session(&user()), "/by-hand/5").await;
    let lines = log.lines("azure_auth::refusal");
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    let reference = problem["reference"].as_str().unwrap();
    for part in ["nothing-there", reference, "There is no such ticket;", "responsible=you"] {
        assert!(line.contains(part), "{part}: {line}");
    }
}

struct Room {
    id: u32,
}

#[expect(clippy::unnecessary_wraps, reason = "a check")]
fn room(_: &Principal, _: &Request) -> Result<Room, Refusal> {
    Ok(Room { id: 100 })
}

#[expect(clippy::unnecessary_wraps, reason = "a check")]
fn other_room(_: &Principal, _: &Request) -> Result<Room, Refusal> {
    Ok(Room { id: 200 })
}

#[azure_auth::protect(check = other_room)]
#[handler]
fn own_room(room: Checked<Room>) -> String {
    format!("room {}", room.id)
}

/// It declares nothing itself.
#[handler]
fn any_room(room: Checked<Room>) -> String {
    format!("room {}", room.id)
}

type RoomUnderAnotherName = Checked<Room>;

#[azure_auth::protect(check = other_room)]
#[handler]
fn room_under_another_name(room: RoomUnderAnotherName) -> String {
    format!("room {}", room.id)
}

#[tokio::test]
async fn what_one_guard_checked_is_never_taken_for_what_another_one_did() {
    let router = || {
        Route::new()
            .at("/own", get(own_room))
            .at("/any", get(any_room))
            .at("/alias", get(room_under_another_name))
            .at("/inner", get(any_room).with(azure_auth::guard!(check = other_room)))
            .at("/nothing", get(any_room).with(azure_auth::guard!()))
    };
    let guarded = Desk::of_router(router().with(azure_auth::guard!(check = room)));
    for (path, expected) in [
        ("/own", (200, "room 200")),
        ("/any", (200, "room 100")),
        ("/inner", (200, "room 200")),
        ("/nothing", (200, "room 100")),
        ("/alias", (500, "")),
    ] {
        let (status, text) = guarded.read(Proof::Session(&user()), path).await;
        assert_eq!((status, text.as_str()), expected, "{path}");
    }

    let alone = Desk::of_router(router());
    let (log, _guard) = Log::begin();
    for (path, expected) in [("/any", (500, "")), ("/nothing", (500, "")), ("/inner", (200, "room 200"))] {
        let (status, text) = alone.read(Proof::Session(&user()), path).await;
        assert_eq!((status, text.as_str()), expected, "{path}: the remedy is in the log, not before the visitor");
    }
    assert_eq!(log.lines("checked-missing").len(), 2);
    assert!(log.lines("checked-missing")[0].contains("#[azure_auth::protect(check = …)]"));
}

#[tokio::test]
async fn requests_that_are_sent_on_at_once_each_have_what_was_checked_for_them() {
    /// Two requests in place of one, as a batch endpoint sends them.
    async fn twice(table: Arc<Endpoints>, request: Request) -> poem::Result<String> {
        let sent = |path: &str| {
            let mut sent = Request::builder().uri(path.parse().unwrap()).finish();
            sent.headers_mut().clone_from(request.headers());
            sent.extensions_mut().clone_from(request.extensions());
            table.get_response(sent)
        };
        let (one, other) = futures_util::join!(sent("/checked/2"), sent("/checked/4"));
        let texts = [one.into_body().into_string().await, other.into_body().into_string().await];
        Ok(texts.map(Result::unwrap_or_default).join(", "))
    }
    let desk = Desk::of(tickets().around(twice));
    let (_, text) = desk.read(Proof::Session(&user()), "/batch").await;
    assert_eq!(text, "ticket 2 for 2, ticket 4 for 4");
}

struct Api;

#[azure_auth::protect_api]
#[OpenApi]
impl Api {
    #[protect(check = room)]
    #[oai(path = "/room", method = "get")]
    #[allow(clippy::unused_async, reason = "operations of poem-openapi are async")]
    async fn room(&self, room: Checked<Room>) -> PlainText<String> {
        PlainText(format!("room {}", room.id))
    }

    #[protect(scopes = FilesRead, allow = scope("Files.List") || role(Admin))]
    #[oai(path = "/files", method = "get")]
    #[allow(clippy::unused_async, reason = "operations of poem-openapi are async")]
    async fn files(&self) -> PlainText<&'static str> {
        PlainText("files")
    }
}

#[tokio::test]
async fn an_operation_takes_what_its_own_check_gave() {
    let table = azure_auth::endpoints! { "/api" => nest(OpenApiService::new(Api, "Api", "1.0")) };
    let desk = Desk::of(table.with(azure_auth::guard!(check = other_room)));
    assert_eq!(desk.read(Proof::Token(&user()), "/api/room").await, (200, "room 100".to_owned()));
}

#[tokio::test]
async fn the_document_of_an_api_says_what_the_vocabulary_says_of_a_scope() {
    let service = OpenApiService::new(Api, "Api", "1.0").server("/api");
    let document = azure_auth::openapi::spec_endpoint(&service);
    let desk = Desk::of(azure_auth::endpoints! {
        "/openapi.json" => public(document, reason = "what the API offers"),
        "/api" => nest(service),
    });
    let document = desk.json(Proof::Token(&user()), "/openapi.json").await;
    let scopes = &document["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]["scopes"];
    assert_eq!(scopes[format!("{OWN_CLIENT}/Files.Read")], "Read the files of the person", "{scopes}");
    assert_eq!(scopes[format!("{OWN_CLIENT}/Files.List")], "", "{scopes}");
}

static MAY_READ: Guard = azure_auth::guard!(scopes = FilesRead, application_roles = "Jobs.Run");

#[tokio::test]
async fn a_token_in_hand_is_judged_as_one_in_a_request_and_never_without_a_requirement() {
    let auth = TestAuth::new();
    let token = |identity: TestIdentity| auth.bearer(&identity).strip_prefix("Bearer ").unwrap().to_owned();
    let judged = async |token: &str, guard: Guard| auth.azure_auth().validate(token, guard).await;

    let reader = token(user().scope("Files.Read"));
    let principal = judged(&reader, MAY_READ).await.unwrap();
    assert_eq!(principal.user().unwrap().id(), &user().user_id());
    assert_eq!(principal.credential(), CredentialKind::AccessToken);
    let padded = format!(" {reader}\n");
    assert!(judged(&padded, MAY_READ).await.is_ok(), "a queue may end messages with a line break");
    let job = judged(&token(TestIdentity::application().role("Jobs.Run")), MAY_READ).await.unwrap();
    assert!(job.application().is_some());

    let (signed, signature) = reader.rsplit_once('.').unwrap();
    let (first, rest) = signature.split_at(1);
    let forged = format!("{signed}.{}{rest}", if first == "A" { "B" } else { "A" });
    for (token, guard, code) in [
        (token(user()), MAY_READ, "scope-missing"),
        (token(TestIdentity::application().role("Other")), MAY_READ, "application-role-missing"),
        (token(TestIdentity::application().role("Other")), azure_auth::guard!(), "application-not-admitted"),
        (token(user().scope("Files.Read").expired()), MAY_READ, "token-expired"),
        (reader.clone(), azure_auth::guard!(roles = Admin), "role-missing"),
        (reader.clone(), azure_auth::guard!(via = session), "session-required"),
        (reader.clone(), azure_auth::guard!(check = room), "check-without-request"),
        (forged, MAY_READ, "token-signature"),
        (String::new(), MAY_READ, "token-malformed"),
        ("a b".to_owned(), MAY_READ, "token-malformed"),
        (auth.bearer(&user()), MAY_READ, "token-malformed"),
    ] {
        let refused: TokenRefused = judged(&token, guard).await.unwrap_err();
        assert_eq!(refused.code(), code, "{refused}");
        assert_eq!(refused.explanation().code, code);
        assert!(!refused.is_temporary() && !refused.to_string().contains(&reader), "{refused}");
    }
}

#[tokio::test]
async fn a_token_of_another_application_admits_nobody_in_hand_either() {
    let (ours, theirs) = (TestAuth::new(), TestAuth::with(|builder| builder.client_id(Guid::from_u128(9).to_string())));
    let reader = ours.bearer(&user().scope("Files.Read"));
    let token = reader.strip_prefix("Bearer ").unwrap();
    assert!(ours.azure_auth().validate(token, MAY_READ).await.is_ok());
    let refused = theirs.azure_auth().validate(token, MAY_READ).await.unwrap_err();
    assert_eq!(refused.code(), "token-audience");
}

#[tokio::test]
async fn the_client_of_a_token_is_the_one_that_asked_for_it_and_of_a_session_the_application() {
    let emulator = Emulator::start().await.unwrap();
    let auth = scene::auth(&emulator, &[]);
    let own = emulator.env().into_iter().find(|(name, _)| name == "AZURE_CLIENT_ID").unwrap().1;
    let table = azure_auth::endpoints! { "/client" => get(client) };
    let application = Application::start(table.with(auth.clone())).await;
    let browser = Browser::new();
    browser.sign_in(&application, "Adele").await;
    assert_eq!(browser.open(application.at("/client")).await.text, own);

    let token = emulator.access_token().user("alex@contoso.test").client("Local tool").scope("Files.Read").issue();
    let principal = auth.validate(&token, MAY_READ).await.unwrap();
    let tool = emulator.access_token().application("Local daemon").role("Files.Read.All").issue();
    let daemon = auth.validate(&tool, azure_auth::guard!(application_roles = "Files.Read.All")).await.unwrap();
    assert_eq!(daemon.client_id(), daemon.application().as_ref().map(azure_auth::Application::client_id));
    assert!(principal.client_id().is_some_and(|found| found != own), "{:?}", principal.client_id());
}

#[azure_auth::protect]
#[handler]
fn client(principal: Principal) -> String {
    principal.client_id().unwrap_or("none").to_owned()
}

#[tokio::test]
async fn a_token_that_cannot_be_judged_now_is_kept_for_later() {
    let emulator = Emulator::start().await.unwrap();
    let auth = scene::auth(&emulator, &[]);
    let token = emulator.access_token().user("alex@contoso.test").scope("Files.Read").issue();
    drop(emulator);
    let refused = auth.validate(&token, MAY_READ).await.unwrap_err();
    assert_eq!((refused.code(), refused.is_temporary()), ("keys-not-loaded", true));
}

#[tokio::test]
async fn a_refused_token_in_hand_leaves_a_line_without_the_token() {
    let auth = TestAuth::new();
    let bearer = auth.bearer(&user());
    let token = bearer.strip_prefix("Bearer ").unwrap();
    let (log, _guard) = Log::begin();
    let refused = auth.azure_auth().validate(token, MAY_READ).await.unwrap_err();
    let lines = log.lines("scope-missing");
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert!(line.contains(refused.reference()) && line.contains("inside_a_handler::guard!"), "{line}");
    assert!(!line.contains(token));
}

#[test]
fn an_item_stands_wherever_its_value_does() {
    assert_eq!(String::from(Writer), "Tasks.Write");
    assert_eq!(AsRef::<str>::as_ref(&FilesRead), "Files.Read");
    assert_eq!((String::from(Staff), Guid::from(Staff)), (STAFF.to_owned(), STAFF.parse().unwrap()));
    let registration = azure_auth_emulator::Application::new("Desk").app_role(Writer).scope(FilesRead);
    let person = azure_auth_emulator::User::new("Adele", "adele@contoso.test").role(Writer).group(Staff);
    drop((registration, person));
}

#[test]
fn a_test_knows_who_its_identities_are() {
    let tenant = Guid::from_u128(5);
    let person = TestIdentity::user().object(Guid::from_u128(6)).tenant(tenant);
    assert_eq!((person.tenant_id(), person.object_id()), (tenant, Guid::from_u128(6)));
    assert_eq!(person.user_id(), UserId::Entra { tenant, object: Guid::from_u128(6) });
    assert_eq!(checked(7).into_inner(), 7);
}

#[tokio::test]
async fn a_check_that_refuses_runs_nothing_of_the_handler_and_reads_no_body() {
    static RUNS: AtomicUsize = AtomicUsize::new(0);

    #[azure_auth::protect(check = own_ticket)]
    #[handler]
    fn change(_: Checked<Ticket>, text: String) -> String {
        RUNS.fetch_add(1, Ordering::SeqCst);
        text
    }
    let desk = Desk::of(azure_auth::endpoints! { "/:id" => post(change) });
    for (path, status) in [("/5", 404), ("/13", 403), ("/2", 200)] {
        let request = Request::builder().method(Method::POST).uri(path.parse().unwrap());
        let request = request.header("authorization", desk.auth.bearer(&user())).body("a body");
        assert_eq!(desk.application.get_response(request).await.status().as_u16(), status, "{path}");
    }
    assert_eq!(RUNS.load(Ordering::SeqCst), 1);
}
