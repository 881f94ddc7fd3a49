//! The examples that call other APIs: `graph`, `middle-tier` and `daemon`, with the local Entra ID and its Microsoft Graph.

use std::path::{Path, PathBuf};
use std::process::Command;

use azure_auth_emulator::{Emulator, ForcedError, TokenGrant};
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::program::{self, Program};
use poem::http::Method;
use serde_json::json;

/// What an API may ask of a person.
const STEP_UP: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

const REPORTS: &str = "Report.Read.All";

/// A program, the provider that it knows, and Adele at a browser.
struct Stage {
    emulator: Emulator,
    program: Program,
    browser: Browser,
}

impl Stage {
    async fn of_graph(name: &str) -> Self {
        let emulator = Emulator::builder().grant("Local daemon", REPORTS).start().await.unwrap();
        let program = Program::start("graph", &variables(&emulator, &[]), &log(name));
        Self { emulator, program, browser: Browser::new() }
    }

    async fn of_middle_tier(name: &str) -> Self {
        let emulator = Emulator::start().await.unwrap();
        let applications = emulator.directory().applications();
        let orders = applications.iter().find(|one| one.name() == "Local orders").unwrap();
        let further = [
            ("ORDERS_CLIENT_ID", orders.application_id()),
            ("ORDERS_CLIENT_SECRET", orders.client_secret()),
            ("ORDERS_BIND", "127.0.0.1:0"),
        ];
        let program = Program::start("middle-tier", &variables(&emulator, &further), &log(name));
        Self { emulator, program, browser: Browser::new() }
    }

    /// Opens a page, signs in where that is asked, and agrees to what is new.
    async fn visit(&self, path: &str) -> Page {
        self.browser.visit_as("Adele", self.program.at(path)).await
    }

    /// The same, to a page that must be there.
    async fn read(&self, path: &str) -> String {
        let page = self.visit(path).await;
        assert_eq!((page.status, page.address.path()), (200, path), "{page:?}\n{}", self.program.log());
        page.text
    }

    /// Opens a page from which the program sends the browser to the provider: the last answer of the program itself.
    async fn leave(&self, path: &str) -> Page {
        let mut page = self.browser.open(self.program.at(path)).await;
        while page.location().is_some_and(|address| address.as_str().starts_with(&self.program.origin)) {
            page = self.browser.step(&page).await;
        }
        page
    }

    /// A program calls with a token.
    async fn call(&self, path: &str, token: &str) -> Page {
        let call = Browser::new();
        let call = call.program(Method::GET, self.program.at(path));
        call.header("authorization", &format!("Bearer {token}")).send().await
    }
}

/// Those of the default application, and where Microsoft Graph is.
fn variables(emulator: &Emulator, further: &[(&str, &str)]) -> Vec<(String, String)> {
    let further = further.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let graph = ("GRAPH_URL".to_owned(), emulator.origin().to_owned());
    emulator.env().into_iter().chain(further).chain([graph]).collect()
}

fn log(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("downstream-example-{name}.log"))
}

#[tokio::test]
async fn a_person_agrees_at_the_first_page_and_once_more_where_a_page_needs_more() {
    let stage = Stage::of_graph("pages").await;
    let home = stage.browser.visit(stage.program.at("/")).await;
    assert!(home.status == 200 && home.text.contains("href=\"/profile\""), "{home:?}");

    assert!(stage.read("/profile").await.contains("Adele Vance"));
    assert!(stage.read("/me").await.contains("Welcome, Adele Vance!"));

    let asked = stage.browser.visit(stage.program.at("/mail?folder=inbox")).await;
    assert!(asked.text.contains("name=\"consent\"") && !asked.text.contains("Pick an account"), "{asked:?}");
    let page = stage.visit("/mail?folder=inbox").await;
    assert_eq!((page.status, page.address.path(), page.address.query()), (200, "/mail", Some("folder=inbox")));
    assert!(page.text.contains("<li>Minutes of the meeting</li>"), "{}", page.text);

    // Both are in hand now: nobody is sent anywhere.
    for path in ["/profile", "/mail"] {
        let page = stage.browser.open(stage.program.at(path)).await;
        assert_eq!(page.status, 200, "{page:?}");
    }
}

#[tokio::test]
async fn who_declines_stays_signed_in_and_is_asked_again() {
    let stage = Stage::of_graph("declined").await;
    stage.read("/profile").await;
    for _ in 0..2 {
        let asked = stage.browser.visit(stage.program.at("/mail")).await;
        let answer = stage.browser.press(&asked, "Cancel").await;
        let page = stage.browser.follow(answer).await;
        assert_eq!((page.status, page.reason().as_deref()), (400, Some("provider-refused")), "{page:?}");
        assert!(page.text.contains("AADSTS65004"), "{}", page.text);
        assert_eq!(stage.browser.open(stage.program.at("/profile")).await.status, 200);
    }
    assert!(stage.read("/mail").await.contains("Minutes of the meeting"));
}

#[tokio::test]
async fn a_script_is_told_where_to_send_the_browser() {
    let stage = Stage::of_graph("script").await;
    let page = stage.visit("/profile").await;
    let script = async |path: &str| stage.browser.script(&page, Method::GET, stage.program.at(path)).send().await;
    assert_eq!(script("/api/profile").await.json(), json!({"displayName": "Adele Vance"}));

    let refused = script("/api/mail").await;
    assert_eq!((refused.status, refused.reason().as_deref()), (401, Some("consent-required")), "{refused:?}");
    let way = refused.json()["sign_in"].as_str().unwrap().to_owned();
    let back = stage.visit(&way).await;
    assert_eq!((back.status, back.address.path()), (200, "/profile"), "to the page whose script asked: {back:?}");
    let subjects = script("/api/mail").await.json();
    assert_eq!(subjects["subjects"][1], "Minutes of the meeting", "{subjects}");
}

#[tokio::test]
async fn graph_is_asked_on_behalf_of_the_person_whose_token_calls() {
    let stage = Stage::of_graph("bearer").await;
    let token = stage.emulator.access_token().user("alex@contoso.test").scope("Files.Read").issue();
    let refused = stage.call("/api/mail", &token).await;
    assert_eq!((refused.status, refused.reason().as_deref()), (403, Some("consent-required")), "{refused:?}");
    let challenge = refused.header("www-authenticate");
    assert!(challenge.contains("error=\"insufficient_scope\"") && challenge.contains("Mail.Read"), "{challenge}");

    stage.emulator.consent("alex@contoso.test", "Local application", "User.Read").unwrap();
    for _ in 0..2 {
        let answer = stage.call("/api/profile", &token).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"displayName": "Alex Wilber"})), "{answer:?}");
    }
    assert_eq!(stage.emulator.token_requests(TokenGrant::OnBehalfOf), 2, "one was refused, one is kept");
    assert_eq!(stage.call("/profile", &token).await.status, 401, "a page is for browsers");
}

#[tokio::test]
async fn a_job_reads_the_report_and_nobody_else_does() {
    let stage = Stage::of_graph("report").await;
    let job = stage.emulator.access_token().application("Local daemon").role(REPORTS).issue();
    let answer = stage.call("/api/organization", &job).await;
    let contoso = "aaaaaaaa-0000-4000-8000-000000000001";
    assert_eq!((answer.status, &answer.json()["value"][0]["id"]), (200, &json!(contoso)), "{answer:?}");

    let person = stage.emulator.access_token().user("adele@contoso.test").scope("Files.Read").issue();
    assert_eq!(stage.call("/api/organization", &person).await.status, 403);
    let refused = stage.call("/api/profile", &job).await;
    assert_eq!(refused.status, 403, "there is no person to act for: {refused:?}");
}

#[tokio::test]
async fn what_graph_wants_to_be_proved_is_a_way_to_microsoft_and_back() {
    let stage = Stage::of_graph("challenge").await;
    stage.read("/profile").await;
    stage.emulator.challenge("adele@contoso.test", STEP_UP).unwrap();
    let sent = stage.leave("/profile").await;
    assert!(sent.location_parameter("claims").is_some_and(|claims| claims.contains("c1")), "{sent:?}");
    assert!(stage.read("/profile").await.contains("Adele Vance"));
}

#[tokio::test]
async fn a_busy_graph_is_answered_with_the_time_it_names() {
    let stage = Stage::of_graph("busy").await;
    stage.read("/profile").await;
    stage.emulator.force_error(ForcedError::at_graph(429, "TooManyRequests").retry_after(7).times(1));
    let page = stage.browser.open(stage.program.at("/profile")).await;
    assert_eq!((page.status, page.header("retry-after")), (503, "7"), "{page:?}");
    assert!(stage.read("/profile").await.contains("Adele Vance"), "nobody was signed out");
}

#[tokio::test]
async fn a_page_calls_an_api_that_calls_graph_for_the_same_person() {
    let mut stage = Stage::of_middle_tier("hops").await;
    let api = stage.program.says();
    let api = api.strip_prefix("The API: ").unwrap().to_owned();
    let page = stage.read("/orders").await;
    assert!(page.contains("The orders of Adele Vance") && page.contains("a box of pencils"), "{page}");
    assert_eq!(stage.emulator.token_requests(TokenGrant::OnBehalfOf), 1);
    assert_eq!(stage.read("/orders").await, page);
    assert_eq!(stage.emulator.token_requests(TokenGrant::OnBehalfOf), 1, "it is kept");

    // The API is not for browsers, nor for tokens that are somebody else's.
    let refused = stage.browser.program(Method::GET, &api).send().await;
    assert_eq!(refused.status, 401, "{refused:?}");
    let other = stage.emulator.access_token().user("adele@contoso.test").scope("Files.Read").issue();
    let other = format!("Bearer {other}");
    let refused = stage.browser.program(Method::GET, &api).header("authorization", &other).send().await;
    assert_eq!((refused.status, refused.reason().as_deref()), (401, Some("token-audience")), "{refused:?}");
}

#[tokio::test]
async fn what_graph_wants_of_the_api_the_person_proves_at_the_page() {
    let stage = Stage::of_middle_tier("challenge").await;
    stage.read("/orders").await;
    stage.emulator.challenge("adele@contoso.test", STEP_UP).unwrap();
    let sent = stage.leave("/orders").await;
    assert!(sent.location_parameter("claims").is_some_and(|claims| claims.contains("c1")), "{sent:?}");
    assert!(stage.read("/orders").await.contains("The orders of Adele Vance"));
}

#[tokio::test]
async fn a_job_prints_what_it_found_and_ends() {
    let emulator = Emulator::start().await.unwrap();
    let (status, output, log) = run_daemon(variables(&emulator, &[])).await;
    assert_eq!((status, output.as_str()), (Some(0), "contoso: contoso.onmicrosoft.com, contoso.test\n"), "{log}");
    assert_eq!(emulator.token_requests(TokenGrant::ClientCredentials), 1);

    emulator.force_error(ForcedError::at_grant(TokenGrant::ClientCredentials, "invalid_client", 7_000_222));
    let (status, output, log) = run_daemon(variables(&emulator, &[])).await;
    assert_eq!((status, output.as_str()), (Some(1), ""));
    assert!(log.contains("tokens-refused") && log.contains("AADSTS7000222"), "{log}");
}

#[tokio::test]
async fn a_job_runs_without_a_tenant() {
    let (status, output, log) = run_daemon(Vec::new()).await;
    assert_eq!((status, output.as_str()), (Some(0), "contoso: contoso.onmicrosoft.com, contoso.test\n"), "{log}");
}

/// Its exit status, what it prints, and what it says to those who run it.
async fn run_daemon(variables: Vec<(String, String)>) -> (Option<i32>, String, String) {
    let run = move || {
        let is_of_machine = |name: &str| name.starts_with("AZURE_") || name.to_ascii_lowercase().ends_with("_proxy");
        let mut command = Command::new(program::built("daemon"));
        for (name, _) in std::env::vars().filter(|(name, _)| is_of_machine(name)) {
            command.env_remove(name);
        }
        command.envs(variables).current_dir(std::env::temp_dir()).output().unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}
