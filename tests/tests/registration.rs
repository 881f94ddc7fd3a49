//! Registrations that programs print: committed ones are up to date, what is printed is what a program runs with, and what was
//! changed is named.

use std::fs;
use std::path::PathBuf;

use azure_auth_emulator::{Application, Emulator};
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::certificate::File;
use azure_auth_tests::inspection::{Answer, Variables, ask};
use azure_auth_tests::program::Program;
use serde_json::{Value, json};

const PERSON: &str = "adele@contoso.test";
const GRAPH: &str = "https://graph.microsoft.com";

/// Of the two programs of `middle-tier`, as its sources name the API.
const WEB: &str = "33333333-aaaa-4bbb-8ccc-222222222222";
const API: &str = "7ae90df3-4f2d-4e2a-8eec-e8b4ef802184";

fn committed(name: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples");
    root.join(name)
}

async fn printed(program: &str, arguments: &[&str], variables: &Variables) -> Value {
    let answer = ask(program, arguments, variables, "").await;
    assert_eq!(answer.status, 0, "{answer:?}");
    answer.json()
}

async fn compared(program: &str, variables: &Variables, found: &Value) -> Answer {
    ask(program, &["--auth-registration=check,json", "-"], variables, &found.to_string()).await
}

#[tokio::test]
async fn the_registrations_of_the_examples_are_what_their_declarations_need() {
    for (program, arguments, file) in [
        ("hybrid", &["--auth-registration"][..], "hybrid/registration.json"),
        ("openapi", &["--auth-registration"], "openapi/registration.json"),
        ("graph", &["--auth-registration"], "graph/registration.json"),
        ("middle-tier", &["web", "--auth-registration"], "middle-tier/registration-web.json"),
        ("middle-tier", &["api", "--auth-registration"], "middle-tier/registration-api.json"),
    ] {
        let answer = ask(program, arguments, &Vec::new(), "").await;
        assert_eq!(answer.status, 0, "{answer:?}");
        let path = committed(file);
        if std::env::var("AZURE_AUTH_UPDATE_DOCUMENTS").is_ok_and(|value| value == "1") {
            fs::write(&path, &answer.text).unwrap();
        }
        let known = fs::read_to_string(&path).unwrap_or_else(|_| "{}".to_owned());
        let check: Vec<&str> =
            arguments.iter().map(|one| if one.starts_with("--") { "--auth-registration=check" } else { one }).collect();
        let drift = ask(program, &[&check[..], &["-"]].concat(), &Vec::new(), &known).await;
        assert!(
            answer.text == known && drift.status == 0,
            "{file}: run this test with AZURE_AUTH_UPDATE_DOCUMENTS=1, and apply what changed to the tenant\n{}",
            drift.text
        );
    }
}

#[tokio::test]
async fn a_scope_that_a_handler_asks_for_and_the_registration_lacks_is_named_with_the_line_to_add() {
    let mut known: Value =
        serde_json::from_str(&fs::read_to_string(committed("hybrid/registration.json")).unwrap()).unwrap();
    let scopes = known["api"]["oauth2PermissionScopes"].as_array_mut().unwrap();
    scopes.retain(|scope| scope["value"] != "Files.ReadWrite");
    let answer = compared("hybrid", &Vec::new(), &known).await;
    assert_eq!(answer.status, 1, "{answer:?}");
    let text = answer.json().to_string();
    assert!(text.contains("Files.ReadWrite") && text.contains("oauth2PermissionScopes"), "{text}");
    assert_eq!(answer.problems().len(), 1, "{text}");
}

/// A program, at a provider that knows it by nothing but what it printed.
struct Stage {
    emulator: Emulator,
    program: Program,
    variables: Variables,
}

impl Stage {
    async fn of(name: &str, changes: &[(&str, &str)]) -> Self {
        let registration = printed(name, &["--auth-registration"], &Vec::new()).await;
        let application = Application::from_registration(&registration).unwrap();
        let emulator = Emulator::builder().application(application).start().await.unwrap();
        let mut variables = emulator.env_of(name).unwrap();
        variables.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let log = std::env::temp_dir().join(format!("azure-auth-registration-{name}-{}.log", std::process::id()));
        let program = Program::start(name, &variables, &log);
        Self { emulator, program, variables }
    }

    async fn visit(&self, path: &str) -> Page {
        Browser::new().visit_as("Adele", self.program.at(path)).await
    }

    async fn call(&self, path: &str, token: String) -> u16 {
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        http.get(self.program.at(path)).bearer_auth(token).send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn a_program_signs_people_in_and_takes_tokens_with_the_registration_that_it_printed() {
    let stage = Stage::of("hybrid", &[]).await;
    let page = stage.visit("/me").await;
    assert!(page.status == 200 && page.text.contains("Welcome, Adele"), "{page:?}");
    let token = || stage.emulator.access_token().application("hybrid").user(PERSON);
    assert_eq!(stage.call("/api/files", token().scope("Files.Read").issue()).await, 200);
    assert_eq!(stage.call("/api/files", token().scope("Files.ReadWrite").issue()).await, 403, "another scope");
    assert_eq!(stage.call("/api/admin", token().scope("Files.Read").issue()).await, 200, "Adele has the role");
    let other = stage.emulator.access_token().application("hybrid").user("alex@contoso.test").scope("Files.Read");
    assert_eq!(stage.call("/api/admin", other.issue()).await, 403, "and Alex does not");

    let registered = stage.emulator.registration_of("hybrid").unwrap();
    let answer = compared("hybrid", &stage.variables, &registered).await;
    assert_eq!((answer.status, answer.problems()), (0, Vec::new()), "{}", answer.text);
}

#[tokio::test]
async fn permissions_of_graph_work_with_the_registration_that_was_printed() {
    let stage = Stage::of("graph", &[("AZURE_SESSION_STORE", "memory")]).await;
    let page = stage.visit("/mail").await;
    assert_eq!(page.status, 200, "{page:?}");
    let mut registered = stage.emulator.registration_of("graph").unwrap();
    let answer = compared("graph", &stage.variables, &registered).await;
    assert_eq!(answer.status, 0, "{}", answer.text);
    let permissions = registered["requiredResourceAccess"][0]["resourceAccess"].as_array_mut().unwrap();
    let mail =
        permissions.iter().position(|one| one["id"] == "570282fd-fa5c-430d-a7fd-fc8dc98a9dca").expect("Mail.Read");
    permissions.remove(mail);
    let answer = compared("graph", &stage.variables, &registered).await;
    assert!(answer.status == 1 && answer.text.contains("Mail.Read"), "{}", answer.text);
    assert_eq!(answer.problems().len(), 1, "{}", answer.text);
}

#[tokio::test]
async fn the_registrations_of_a_page_and_its_api_fit_together() {
    let own = |id: &str| vec![("AZURE_CLIENT_ID".to_owned(), id.to_owned())];
    let api = printed("middle-tier", &["api", "--auth-registration"], &own(API)).await;
    let api_file = File::with(&api.to_string());
    let beside = format!("--auth-registration-beside={}", api_file.path());
    let web = printed("middle-tier", &["web", "--auth-registration", &beside], &own(WEB)).await;
    let scope = &api["api"]["oauth2PermissionScopes"][0]["id"];
    let of_api = |needed: &&Value| needed["resourceAppId"] == API;
    let needed = web["requiredResourceAccess"].as_array().unwrap().iter().find(of_api).expect("the API");
    assert_eq!(needed["resourceAccess"], json!([{ "id": scope, "type": "Scope" }]));

    let web_file = File::with(&web.to_string());
    let beside = format!("--auth-registration-beside={}", web_file.path());
    let api = printed("middle-tier", &["api", "--auth-registration", &beside], &own(API)).await;
    assert_eq!(api["api"]["knownClientApplications"], json!([WEB]));
    let authorized = json!([{ "appId": WEB, "delegatedPermissionIds": [scope] }]);
    assert_eq!(api["api"]["preAuthorizedApplications"], authorized);

    let registered = |object: &Value| Application::from_registration(object).unwrap();
    let emulator =
        Emulator::builder().application(registered(&web)).application(registered(&api)).start().await.unwrap();
    let mut variables = emulator.env_of(WEB).unwrap();
    let orders = emulator.env_of(API).unwrap();
    let secret = orders.iter().find(|(name, _)| name == "AZURE_CLIENT_SECRET").unwrap().1.clone();
    let further = [
        ("ORDERS_CLIENT_ID", API),
        ("ORDERS_CLIENT_SECRET", &secret),
        ("ORDERS_BIND", "127.0.0.1:0"),
        ("GRAPH_URL", emulator.origin()),
    ];
    variables.extend(further.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let log = std::env::temp_dir().join(format!("azure-auth-registration-middle-tier-{}.log", std::process::id()));
    let program = Program::start("middle-tier", &variables, &log);
    emulator.consent(PERSON, API, &format!("{GRAPH}/User.Read")).unwrap();
    let page = Browser::new().visit_as("Adele", program.at("/orders")).await;
    assert!(page.status == 200 && page.text.contains("Adele"), "{page:?}\n{}", program.log());
}

#[tokio::test]
async fn what_is_no_registration_is_said_and_is_neither_yes_nor_no() {
    for text in ["", "<html>", "[]", "{\"error\":{\"code\":\"Authorization_RequestDenied\"}}", "words"] {
        let answer = ask("hybrid", &["--auth-registration=check", "-"], &Vec::new(), text).await;
        assert_eq!(answer.status, 2, "{text}: {answer:?}");
        assert!(answer.text.is_empty() && answer.complaint.contains("standard input"), "{text}: {answer:?}");
    }
    let answer = ask("hybrid", &["--auth-registration=check", "/no/such/file"], &Vec::new(), "").await;
    assert_eq!(answer.status, 2, "{answer:?}");
    let answer = ask("hybrid", &["--auth-registration=pdf"], &Vec::new(), "").await;
    assert!(answer.status == 2 && answer.complaint.contains("terraform"), "{answer:?}");
}

#[tokio::test]
async fn the_doctor_looks_at_the_registration_beside_everything_else() {
    let stage = Stage::of("hybrid", &[]).await;
    let mut registered = stage.emulator.registration_of("hybrid").unwrap();
    for (expected, has_problem) in [(0, false), (1, true)] {
        let file = File::with(&registered.to_string());
        let argument = format!("--auth-doctor-registration={}", file.path());
        let answer = ask("hybrid", &["--auth-doctor=json", &argument], &stage.variables, "").await;
        assert_eq!((answer.status, !answer.problems().is_empty()), (expected, has_problem), "{}", answer.text);
        registered["web"]["redirectUris"] = json!([]);
    }
    let answer =
        ask("hybrid", &["--auth-doctor=json", "--auth-doctor-registration=-"], &stage.variables, "<html>").await;
    assert_eq!(answer.status, 2, "what cannot be read is neither sound nor a problem: {}", answer.text);
}
