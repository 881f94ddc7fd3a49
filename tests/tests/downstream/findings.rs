//! What went wrong once: states that handlers and callers get into by each other's doing.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use std::sync::{Arc, Mutex};

use azure_auth::{AzureAuth, Principal, Token, TokenError, graph};
use azure_auth_emulator::{Defect, Emulator, ForcedError, TokenGrant, User as Person};
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::{log, scene};
use futures_util::future::join_all;
use poem::endpoint::BoxEndpoint;
use poem::http::header::WWW_AUTHENTICATE;
use poem::http::{HeaderMap, HeaderValue, StatusCode};
use poem::web::Data;
use poem::{EndpointExt, IntoEndpoint, Route, get, handler};
use reqwest::Method;

use super::stage::{Stage, scopes};

azure_auth::app! {
    groups: { Staff("cccccccc-0000-4000-8000-000000000001") },
}

const PERSON: &str = "adele@contoso.test";
const STAFF: &str = "cccccccc-0000-4000-8000-000000000001";
const USER_READ: &str = "https://graph.microsoft.com/User.Read";
const MAIL_READ: &str = "https://graph.microsoft.com/Mail.Read";
const CHECK: &str = "/v1.0/me/checkMemberGroups";

/// A person in more groups than a token holds.
const MANY: &str = "many@contoso.com";

#[azure_auth::protect(groups = Staff)]
#[handler]
fn staff() -> &'static str {
    "staff"
}

#[azure_auth::protect]
#[handler]
async fn undeclared(principal: Principal) -> Result<String, TokenError> {
    principal.token::<graph::MailRead>().await.map(|_: Token<graph::MailRead>| "a token".to_owned())
}

fn table(auth: AzureAuth) -> BoxEndpoint<'static> {
    azure_auth::endpoints! { "/staff" => get(staff) }.with(auth).into_endpoint().map_to_response().boxed()
}

async fn crowd(mount: impl FnOnce(AzureAuth) -> BoxEndpoint<'static>) -> (Emulator, Application) {
    log::install();
    let groups = (0..200).map(|number| format!("dddddddd-0000-4000-8000-{number:012}")).chain([STAFF.to_owned()]);
    let many = groups.fold(Person::new("Many Groups", MANY), Person::group);
    let emulator = Emulator::builder().user(many).start().await.unwrap();
    emulator.consent(MANY, "Local application", USER_READ).unwrap();
    let auth = scene::auth(&emulator, &[("AZURE_GROUP_OVERAGE", "graph")]);
    let application = Application::start(mount(auth)).await;
    (emulator, application)
}

async fn call(application: &Application, path: &str, token: &str) -> u16 {
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    http.get(application.at(path)).bearer_auth(token).send().await.unwrap().status().as_u16()
}

fn asked_graph(emulator: &Emulator) -> usize {
    emulator.transcript().iter().filter(|exchange| exchange.path == CHECK).count()
}

#[tokio::test]
async fn a_graph_that_says_nothing_is_not_asked_again_at_once_for_the_same_caller() {
    let (emulator, application) = crowd(table).await;
    emulator.force_error(ForcedError::at_graph(503, "ServiceNotAvailable"));
    let token = emulator.access_token().user(MANY).scope("Files.Read").issue();
    for _ in 0..5 {
        assert_eq!(call(&application, "/staff", &token).await, 503);
    }
    assert_eq!((emulator.token_requests(TokenGrant::OnBehalfOf), asked_graph(&emulator)), (1, 1));
}

#[tokio::test]
async fn callers_who_come_together_cause_one_question_about_their_groups() {
    let (emulator, application) = crowd(table).await;
    let token = emulator.access_token().user(MANY).scope("Files.Read").issue();
    let found = join_all((0..50).map(|_| call(&application, "/staff", &token))).await;
    assert!(found.iter().all(|status| *status == 200), "{found:?}");
    // Whoever comes between the end of a question and what is remembered of it asks once more.
    assert!(asked_graph(&emulator) <= 2 && emulator.token_requests(TokenGrant::OnBehalfOf) <= 2);
}

#[tokio::test]
async fn where_nobody_knows_which_groups_matter_nothing_is_asked() {
    let mount = |auth: AzureAuth| Route::new().at("/staff", get(staff)).with(auth).map_to_response().boxed();
    let (emulator, application) = crowd(mount).await;
    let token = emulator.access_token().user(MANY).scope("Files.Read").issue();
    assert_eq!(call(&application, "/staff", &token).await, 403);
    assert_eq!((emulator.token_requests(TokenGrant::OnBehalfOf), asked_graph(&emulator)), (0, 0));
}

#[tokio::test]
async fn a_permission_that_was_withdrawn_takes_no_others_away() {
    let stage = Stage::new("memory").await;
    stage.emulator.set_access_token_lifetime(20);
    stage.visit("/profile").await;
    stage.visit("/mail").await;
    stage.emulator.set_access_token_lifetime(3600);
    stage.emulator.withdraw_consent(PERSON).unwrap();
    stage.agreed(USER_READ);
    let page = stage.browser.open(stage.at("/profile")).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert_ne!(stage.browser.open(stage.at("/mail")).await.status, 200);
}

#[tokio::test]
async fn two_permissions_that_are_missing_are_each_asked_for_once() {
    let stage = Stage::new("memory").await;
    stage.visit("/me").await;
    let me = stage.browser.open(stage.at("/me")).await;
    for _ in 0..3 {
        for path in ["/mail", "/undeclared"] {
            assert_eq!(stage.browser.script(&me, Method::GET, stage.at(path)).send().await.status, 401, "{path}");
        }
    }
    assert_eq!(stage.emulator.token_requests(TokenGrant::RefreshToken), 2);
}

#[tokio::test]
async fn a_challenged_token_of_the_program_is_got_anew_in_a_tenant_of_its_choice_as_well() {
    let emulator = Emulator::start().await.unwrap();
    let auth = scene::auth(&emulator, &[]);
    let tenant = emulator.directory().tenants()[0].tenant_id().parse().unwrap();
    let mut headers = HeaderMap::new();
    let challenge = "Bearer error=\"insufficient_claims\", claims=\"eyJhY2Nlc3NfdG9rZW4iOnt9fQ==\"";
    headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    for times in 1..=2 {
        let token = auth.application_token_in::<graph::Resource>(tenant).await.unwrap();
        assert_eq!(emulator.token_requests(TokenGrant::ClientCredentials), times);
        assert!(token.accepts(StatusCode::UNAUTHORIZED, &headers).is_err());
    }
}

#[tokio::test]
async fn a_handler_that_declares_nothing_leads_its_caller_on_in_a_table_that_declares_nothing() {
    log::install();
    let emulator = Emulator::start().await.unwrap();
    let auth = scene::auth(&emulator, &[("AZURE_SESSION_STORE", "memory")]);
    let application = Application::start(azure_auth::endpoints! { "/undeclared" => get(undeclared) }.with(auth)).await;
    let browser = Browser::new();
    let accounts = browser.visit(application.at("/undeclared")).await;
    let page = browser.pick(&accounts, "Adele").await;
    let page: Page = browser.open(page.address).await;
    assert!(page.status == 302 || page.text.contains("access="), "{page:?}");
    let problem = browser.script(&page, Method::GET, application.at("/undeclared")).send().await;
    assert_eq!(problem.json()["code"], "consent-required");
}

#[tokio::test]
async fn a_provider_that_never_grants_ends_in_a_page() {
    for path in ["/mail", "/both"] {
        let stage = Stage::new("memory").await;
        stage.emulator.inject(Defect::ScopesNotGranted);
        let page = stage.visit(path).await;
        assert_eq!((page.status, page.reason().as_deref()), (403, Some("permission-not-granted")), "{path}: {page:?}");
        assert_eq!(stage.emulator.token_requests(TokenGrant::AuthorizationCode), 1, "{path}");
    }
}

#[tokio::test]
async fn callers_who_come_together_cause_one_exchange() {
    let stage = Stage::new("memory").await;
    stage.agreed(MAIL_READ);
    let token = stage.emulator.access_token().user(PERSON).scope("Files.Read").issue();
    let found = join_all((0..100).map(|_| call(&stage.application, "/mail", &token))).await;
    assert!(found.iter().all(|status| *status == 200), "{found:?}");
    assert!(stage.emulator.token_requests(TokenGrant::OnBehalfOf) <= 2);
}

#[tokio::test]
async fn two_permissions_that_a_caller_misses_are_each_asked_for_once() {
    let stage = Stage::new("memory").await;
    let token = stage.emulator.access_token().user(PERSON).scope("Files.Read").issue();
    for _ in 0..3 {
        for path in ["/mail", "/profile"] {
            assert_eq!(call(&stage.application, path, &token).await, 403, "{path}");
        }
    }
    assert_eq!(stage.emulator.token_requests(TokenGrant::OnBehalfOf), 2);
}

mod everything {
    azure_auth::app! {
        downstream: { all("https://graph.microsoft.com") { Default(".default") } },
    }
}

#[azure_auth::protect]
#[handler]
fn all(_: Token<everything::all::Default>) -> &'static str {
    "everything"
}

#[azure_auth::protect]
#[handler]
async fn calendar(principal: Principal) -> Result<&'static str, TokenError> {
    principal.token::<graph::CalendarsRead>().await.map(|_: Token<graph::CalendarsRead>| "calendar")
}

#[tokio::test]
async fn everything_is_never_asked_for_beside_names() {
    let rows = |auth: AzureAuth| {
        azure_auth::endpoints! { "/all" => get(all), "/staff" => get(staff), "/calendar" => get(calendar) }.with(auth)
    };
    log::install();
    let emulator = Emulator::start().await.unwrap();
    let auth = scene::auth(&emulator, &[("AZURE_SESSION_STORE", "memory"), ("AZURE_GROUP_OVERAGE", "graph")]);
    let application = Application::start(rows(auth)).await;
    let browser = Browser::new();
    let asked = scopes(&browser.open(application.at("/all")).await);
    assert!(asked.iter().any(|scope| scope.ends_with("/.default")), "{asked:?}");
    let page = browser.visit_as("Adele", application.at("/all")).await;
    let led = browser.open(application.at("/calendar")).await;
    let again = scopes(&browser.step(&led).await);
    assert!(again.contains(&"https://graph.microsoft.com/Calendars.Read".to_owned()), "{led:?} {again:?}");
    for asked in [asked, again] {
        let of_graph = asked.iter().filter(|scope| scope.starts_with("https://graph")).count();
        assert!(of_graph <= 1 || !asked.iter().any(|scope| scope.ends_with("/.default")), "{asked:?}");
    }
    assert_eq!(page.status, 200, "{page:?}");
}

/// What a handler keeps for work that goes on when it has answered.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Option<Principal>>>);

#[azure_auth::protect(downstream = graph::MailRead)]
#[handler]
fn keep(principal: Principal, kept: Data<&Kept>) -> &'static str {
    *kept.0.0.lock().unwrap() = Some(principal);
    "kept"
}

#[tokio::test]
async fn whoever_keeps_a_principal_has_no_token_of_a_session_that_ended() {
    log::install();
    let emulator = Emulator::start().await.unwrap();
    let auth = scene::auth(&emulator, &[("AZURE_SESSION_STORE", "memory")]);
    let kept = Kept::default();
    let rows = azure_auth::endpoints! { "/keep" => get(keep) };
    let application = Application::start(rows.data(kept.clone()).with(auth)).await;
    let browser = Browser::new();
    assert_eq!(browser.visit_as("Adele", application.at("/keep")).await.text, "kept");
    let principal = kept.0.lock().unwrap().clone().unwrap();
    assert!(principal.token::<graph::MailRead>().await.is_ok());

    let page = browser.open(application.at("/logout")).await;
    browser.navigation(Method::POST, application.at("/logout")).from(&page).send().await;
    let found: Result<Token<graph::MailRead>, TokenError> = principal.token().await;
    assert_eq!(found.unwrap_err().code(), "session-ended");
}
