//! People who are in more groups than a token holds: looked up in Microsoft Graph at the sign-in, where somebody says so.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use azure_auth::{Endpoints, Token, User};
use azure_auth_emulator::{Emulator, Exchange, ForcedError, TokenGrant, User as Person};
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::log::{self, Log};
use azure_auth_tests::scene;
use poem::http::StatusCode;
use poem::{EndpointExt, Route, get, handler, post};

azure_auth::app! {
    groups: { Staff("cccccccc-0000-4000-8000-000000000001"), Board("cccccccc-0000-4000-8000-000000000002") },
    downstream: {
        storage("https://storage.azure.com") { Impersonation("user_impersonation") },
    },
}

const STAFF: &str = "cccccccc-0000-4000-8000-000000000001";
const GRAPH_USER_READ: &str = "https://graph.microsoft.com/User.Read";
const CHECK: &str = "/v1.0/me/checkMemberGroups";
const LOOKS_UP: (&str, &str) = ("AZURE_GROUP_OVERAGE", "graph");

#[azure_auth::protect]
#[handler]
fn home(user: User) -> String {
    user.display_name().to_owned()
}

#[azure_auth::protect(groups = Staff)]
#[handler]
fn staff() -> &'static str {
    "staff"
}

#[azure_auth::protect(groups = Board)]
#[handler]
fn board() -> &'static str {
    "board"
}

#[azure_auth::protect(allow = user() && !group(Board))]
#[handler]
fn others() -> &'static str {
    "others"
}

#[azure_auth::protect]
#[handler]
fn blobs(_: Token<storage::Impersonation>) -> &'static str {
    "blobs"
}

fn rows() -> Endpoints {
    azure_auth::endpoints! {
        "/"       => get(home),
        "/staff"  => get(staff),
        "/board"  => get(board),
        "/others" => get(others),
    }
}

fn rows_with_tokens() -> Endpoints {
    azure_auth::endpoints! {
        "/"       => get(home),
        "/staff"  => get(staff),
        "/board"  => get(board),
        "/others" => get(others),
        "/blobs"  => get(blobs),
    }
}

fn rows_without_groups() -> Endpoints {
    azure_auth::endpoints! { "/" => get(home) }
}

/// Somebody in too many groups, somebody in two, and an application that asks for groups.
struct Scene {
    emulator: Emulator,
    application: Application,
    browser: Browser,
}

const MANY: &str = "Many Groups";
const FEW: &str = "Few Groups";

impl Scene {
    async fn new(rows: Endpoints, changes: &[(&str, &str)]) -> Self {
        log::install();
        let mut many = Person::new(MANY, "many@contoso.com").group(STAFF);
        for number in 0..200 {
            many = many.group(format!("dddddddd-0000-4000-8000-{number:012}"));
        }
        let few = Person::new(FEW, "few@contoso.com").group(STAFF);
        let emulator = Emulator::builder().user(many).user(few).start().await.unwrap();
        let auth = scene::auth(&emulator, changes);
        let application = Application::start(rows.with(auth)).await;
        Self { emulator, application, browser: Browser::new() }
    }

    /// A person opens a page, signs in where that is asked, and agrees to what is new.
    async fn visit(&self, path: &str, person: &str) -> Page {
        self.browser.visit_as(person, self.application.at(path)).await
    }

    async fn statuses(&self, paths: [&str; 3]) -> [u16; 3] {
        let [one, two, three] = paths.map(|path| self.browser.open(self.application.at(path)));
        [one.await.status, two.await.status, three.await.status]
    }

    fn questions(&self) -> Vec<Exchange> {
        self.emulator.transcript().into_iter().filter(|exchange| exchange.path == CHECK).collect()
    }
}

const PATHS: [&str; 3] = ["/staff", "/board", "/others"];
const KNOWN: [u16; 3] = [200, 403, 200];
const UNKNOWN: [u16; 3] = [403, 403, 403];

#[tokio::test]
async fn groups_that_a_token_has_no_room_for_are_looked_up_once_for_the_session() {
    for store in ["cookie", "memory"] {
        let scene = Scene::new(rows(), &[LOOKS_UP, ("AZURE_SESSION_STORE", store)]).await;
        let asked = scene.browser.open(scene.application.at("/")).await;
        let scopes = asked.location_parameter("scope").unwrap();
        assert_eq!(scopes, format!("openid profile {GRAPH_USER_READ}"), "no more than that, and nothing offline");
        let page = scene.visit("/", MANY).await;
        assert_eq!((page.status, page.text.as_str()), (200, MANY), "{store}: {page:?}");
        assert_eq!(scene.statuses(PATHS).await, KNOWN, "{store}");
        assert_eq!(scene.statuses(PATHS).await, KNOWN, "{store}");
        let questions = scene.questions();
        assert_eq!(questions.len(), 1, "{store}");
        assert!(questions[0].has_authorization && questions[0].query.is_empty(), "{store}: no token in an address");
    }
}

#[tokio::test]
async fn whose_token_names_their_groups_is_not_looked_up() {
    let scene = Scene::new(rows(), &[LOOKS_UP]).await;
    assert_eq!(scene.visit("/", FEW).await.text, FEW);
    assert_eq!(scene.statuses(PATHS).await, KNOWN);
    assert_eq!(scene.questions().len(), 0);
}

#[tokio::test]
async fn graph_is_asked_for_nothing_where_nobody_says_so_or_no_handler_needs_a_group() {
    for (rows, changes) in [(rows(), &[("AZURE_EXPLAIN", "1")][..]), (rows_without_groups(), &[LOOKS_UP])] {
        let scene = Scene::new(rows, changes).await;
        let asked = scene.browser.open(scene.application.at("/")).await;
        assert_eq!(asked.location_parameter("scope").as_deref(), Some("openid profile"));
        assert_eq!(scene.visit("/", MANY).await.text, MANY);
        assert_eq!(scene.questions().len(), 0);
        if changes != [LOOKS_UP] {
            assert_eq!(scene.statuses(PATHS).await, UNKNOWN);
            let page = scene.browser.open(scene.application.at("/staff")).await;
            assert!(page.text.contains("AZURE_GROUP_OVERAGE=graph"), "{}", page.text);
        }
    }
}

#[tokio::test]
async fn whoever_graph_says_nothing_of_is_signed_in_and_refused_until_the_next_sign_in() {
    let (log, _listening) = Log::begin();
    for (status, error, words) in [
        (429, "TooManyRequests", "wait"),
        (503, "ServiceNotAvailable", "wait"),
        (403, "Authorization_RequestDenied", "User.Read"),
        (401, "InvalidAuthenticationToken", "User.Read"),
    ] {
        let scene = Scene::new(rows(), &[LOOKS_UP, ("AZURE_EXPLAIN", "1")]).await;
        scene.emulator.force_error(ForcedError::at_graph(status, error).times(1));
        assert_eq!(scene.visit("/", MANY).await.text, MANY, "{status}");
        assert_eq!(scene.statuses(PATHS).await, UNKNOWN, "{status}");
        let page = scene.browser.open(scene.application.at("/staff")).await;
        assert!(page.text.contains("groups-unknown") && page.text.contains("sign in again"), "{status}: {}", page.text);
        assert_eq!(scene.questions().len(), 1, "{status}: it is not tried again behind the person's back");
        let lines = log.lines(&format!("the answer has status {status}"));
        assert!(lines.len() == 1 && lines[0].contains(words), "{status}: {lines:?}");

        scene.visit("/login?prompt=select_account&return_to=/", MANY).await;
        assert_eq!(scene.statuses(PATHS).await, KNOWN, "{status}");
    }
}

/// A Graph of one's own, which answers every question alike.
async fn graph(status: StatusCode, body: &'static str) -> Application {
    let answer = poem::endpoint::make_sync(move |_| poem::Response::builder().status(status).body(body));
    Application::start(Route::new().at(CHECK, post(answer.map_to_response()))).await
}

#[tokio::test]
async fn an_answer_that_is_not_the_list_it_should_be_says_nothing() {
    for (status, body, expected) in [
        (200, r#"{"value":["cccccccc-0000-4000-8000-000000000001"]}"#, KNOWN),
        (200, r#"{"value":["CCCCCCCC-0000-4000-8000-000000000001","dddddddd-0000-4000-8000-000000000009"]}"#, KNOWN),
        (200, r#"{"value":[]}"#, [403, 403, 200]),
        (200, "", UNKNOWN),
        (200, "<html>", UNKNOWN),
        (200, "{}", UNKNOWN),
        (200, r#"{"value":"cccccccc-0000-4000-8000-000000000001"}"#, UNKNOWN),
        (200, r#"{"value":["cccccccc-0000-4000-8000-000000000001",7]}"#, UNKNOWN),
        (200, r#"{"value":["cccccccc-0000-4000-8000-000000000001","Board"]}"#, UNKNOWN),
        (200, r#"{"value":["cccccccc-0000-4000-8000-000000000001"],"@odata.nextLink":"https://x.example"}"#, UNKNOWN),
        (206, r#"{"value":["cccccccc-0000-4000-8000-000000000001"]}"#, UNKNOWN),
        (302, r#"{"value":["cccccccc-0000-4000-8000-000000000001"]}"#, UNKNOWN),
        (500, r#"{"value":["cccccccc-0000-4000-8000-000000000001"]}"#, UNKNOWN),
    ] {
        let graph = graph(StatusCode::from_u16(status).unwrap(), body).await;
        let address = graph.at("").trim_end_matches('/').to_owned();
        let scene = Scene::new(rows(), &[LOOKS_UP, ("AZURE_GRAPH_URI", &address)]).await;
        assert_eq!(scene.visit("/", MANY).await.text, MANY, "{status} {body}");
        assert_eq!(scene.statuses(PATHS).await, expected, "{status} {body}");
        assert_eq!(scene.questions().len(), 0, "{status} {body}: another Graph was asked");
    }
}

#[tokio::test]
async fn where_the_sign_in_is_for_another_api_its_refresh_token_brings_the_token_for_graph() {
    for path in ["/", "/blobs"] {
        let scene = Scene::new(rows_with_tokens(), &[LOOKS_UP, ("AZURE_SESSION_STORE", "memory")]).await;
        assert_eq!(scene.visit(path, MANY).await.status, 200, "{path}");
        assert_eq!(scene.statuses(PATHS).await, KNOWN, "{path}");
        let refreshed = usize::from(path != "/");
        assert_eq!(scene.emulator.token_requests(TokenGrant::RefreshToken), refreshed, "{path}");
        assert_eq!(scene.visit("/blobs", MANY).await.text, "blobs", "{path}");
    }
}
