//! Policies that an application names: judged alike in a declaration, in a guard and in a handler, and told by the report
//! and the lock file with what they stand for.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use std::panic::{self, AssertUnwindSafe};

use authorization::{Editor, Operator, Reviewer, Staff};
use azure_auth::testing::{TestAuth, TestIdentity, denial_matrix};
use azure_auth::{Endpoints, Has, Principal};
use poem::endpoint::make_sync;
use poem::test::TestClient;
use poem::{get, handler};

mod authorization {
    azure_auth::app! {
        roles: { Writer, Admin, Trainee },
        groups: { Staff("cccccccc-0000-4000-8000-000000000001") },
        policies: {
            Editor = role(Writer) || role(Admin),
            Reviewer = Editor && group(Staff) && !role(Trainee),
            Operator = role(Admin) || application_role("Jobs.Run"),
        },
    }
}

#[azure_auth::protect(allow = Editor)]
#[handler]
fn pages(_: Has<Editor>) -> &'static str {
    "pages"
}

#[azure_auth::protect(allow = crate::authorization::Reviewer || application_role("Jobs.Review"))]
#[handler]
fn reviews() -> &'static str {
    "reviews"
}

#[azure_auth::protect(allow = Operator)]
#[handler]
fn operations() -> &'static str {
    "operations"
}

#[azure_auth::public]
#[handler]
fn answers(principal: Option<Principal>) -> String {
    let Some(principal) = principal else { return "nobody".to_owned() };
    let answers =
        (principal.satisfies::<Editor>(), principal.satisfies::<Reviewer>(), principal.satisfies::<Operator>());
    format!("{answers:?}")
}

/// Handlers, and what stands behind a guard.
fn application() -> Endpoints {
    azure_auth::endpoints! {
        "/pages" => get(pages),
        "/reviews" => get(reviews),
        "/operations" => get(operations),
        "/answers" => get(answers),
        "/archive" => protect(make_sync(|_| "archive"), allow = user() && !Editor),
    }
}

/// What a caller is answered, by a session or, an application, by a token.
async fn asked(endpoints: Endpoints, path: &str, identity: &TestIdentity, is_application: bool) -> (u16, String) {
    let auth = TestAuth::new();
    let client = TestClient::new(endpoints.with(auth.azure_auth()));
    let request = if is_application {
        client.get(path).header("authorization", auth.bearer(identity))
    } else {
        client.get(path).header("cookie", auth.session_cookie(identity).await)
    };
    let response = request.send().await.0;
    (response.status().as_u16(), response.into_body().into_string().await.unwrap())
}

async fn person(path: &str, identity: &TestIdentity) -> u16 {
    asked(application(), path, identity, false).await.0
}

#[tokio::test]
async fn a_name_admits_whom_its_policy_admits() {
    let user = TestIdentity::user;
    for (path, identity, expected) in [
        ("/pages", user().role("Writer"), 200),
        ("/pages", user().role("Admin"), 200),
        ("/pages", user().role("Trainee"), 403),
        ("/archive", user().role("Trainee"), 200),
        ("/archive", user().role("Writer"), 403),
        ("/reviews", user().role("Writer").group(Staff), 200),
        ("/reviews", user().role("Writer").role("Trainee").group(Staff), 403),
        ("/reviews", user().role("Writer"), 403),
        ("/reviews", user().role("Writer").overage(), 403),
        ("/operations", user().role("Admin"), 200),
        ("/operations", user().role("Jobs.Run"), 403),
    ] {
        assert_eq!(person(path, &identity).await, expected, "{path}: {identity:?}");
    }
}

#[tokio::test]
async fn an_application_gets_in_only_by_an_application_role_behind_a_name() {
    let job = |role: &str| TestIdentity::application().role(role);
    for (path, role, expected) in [
        ("/operations", "Jobs.Run", 200),
        ("/operations", "Admin", 403),
        ("/pages", "Writer", 403),
        ("/archive", "Jobs.Run", 403),
        ("/reviews", "Jobs.Review", 200),
    ] {
        assert_eq!(asked(application(), path, &job(role), true).await.0, expected, "{path} with {role}");
    }
}

#[tokio::test]
async fn a_handler_asks_for_a_policy_and_is_told_what_is_unknown() {
    let answer = async |identity: TestIdentity, is_application| {
        asked(application(), "/answers", &identity, is_application).await.1
    };
    let user = TestIdentity::user;
    for (identity, expected) in [
        // Of a person it is unknown whether it has the role of an application, where nothing else decides.
        (user().role("Writer").group(Staff), "(Yes, Yes, Unknown)"),
        (user().role("Admin"), "(Yes, No, Yes)"),
        (user().role("Writer").overage(), "(Yes, Unknown, Unknown)"),
        (user().overage(), "(No, No, Unknown)"),
    ] {
        let told = format!("{identity:?}");
        assert_eq!(answer(identity, false).await, expected, "{told}");
    }
    assert_eq!(answer(TestIdentity::application().role("Jobs.Run"), true).await, "(Unknown, Unknown, Yes)");
    assert_eq!(answer(TestIdentity::application().role("Writer"), true).await, "(Unknown, Unknown, Unknown)");
}

#[tokio::test]
async fn groups_behind_a_name_are_asked_for_where_a_row_uses_it_and_unknown_elsewhere() {
    let reviewer = TestIdentity::user().role("Writer").group(Staff);
    let without_review = azure_auth::endpoints! { "/answers" => get(answers) };
    assert_eq!(asked(without_review, "/answers", &reviewer, false).await.1, "(Yes, Unknown, Unknown)");
    let guarded = azure_auth::endpoints! { "/answers" => get(answers) }.with(azure_auth::guard!(allow = Reviewer));
    assert_eq!(asked(guarded, "/answers", &reviewer, false).await.1, "(Yes, Yes, Unknown)");
}

#[tokio::test]
async fn a_guard_takes_a_name() {
    let guarded = || azure_auth::endpoints! { "/answers" => get(answers) }.with(azure_auth::guard!(allow = Editor));
    let status = async |role| asked(guarded(), "/answers", &TestIdentity::user().role(role), false).await.0;
    assert_eq!((status("Admin").await, status("Trainee").await), (200, 403));
}

#[tokio::test]
async fn every_way_to_be_refused_by_a_named_policy_is_tried() {
    let names = denial_matrix(application()).names();
    for expected in [
        "GET /pages: admits a session with role Admin",
        "GET /pages: refuses a session without role Admin",
        "GET /reviews: refuses a session with role Admin and group cccccccc-0000-4000-8000-000000000001 whose groups are \
         not known",
        "GET /operations: admits a token of an application with application role Jobs.Run",
        "GET /archive/*: refuses a session with role Admin",
    ] {
        assert!(names.iter().any(|name| name == expected), "{expected} in {names:#?}");
    }
    denial_matrix(application()).run().await;
}

const EDITOR: &str = r#"Editor(role("Writer") || role("Admin"))"#;

#[test]
fn the_report_tells_the_name_and_what_it_stands_for() {
    let report = application().report();
    let text = report.to_string();
    for expected in [
        format!("policy {EDITOR}"),
        format!("(user() && !{EDITOR})"),
        r#"application: policy Operator(role("Admin") || application_role("Jobs.Run"))"#.to_owned(),
    ] {
        assert!(text.contains(&expected), "{expected} in {text}");
    }
    assert!(report.to_json().contains(&serde_json::json!(format!("protect(allow = {EDITOR})")).to_string()));
}

#[test]
fn a_policy_that_changed_is_a_change_of_every_row_that_uses_it() {
    let path = std::env::temp_dir().join(format!("azure-auth-named-{}.lock", std::process::id()));
    let outcome = |lines: &str| {
        std::fs::write(&path, lines).unwrap();
        let path = path.to_str().unwrap();
        let table = || {
            azure_auth::endpoints! {
                "/archive" => protect(make_sync(|_| "archive"), allow = user() && !Editor),
                "/pages" => get(pages),
            }
        };
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| azure_auth::assert_authorization_lock!(path, table())));
        outcome.map_err(|panic| panic.downcast_ref::<String>().unwrap().clone())
    };
    let rows = |editor: &str| {
        format!("ANY /archive/* => protect(allow = (user() && !{editor}))\nGET /pages => protect(allow = {editor})\n")
    };
    let now = outcome(&rows(EDITOR));
    let before = outcome(&rows(r#"Editor(role("Writer"))"#)).unwrap_err();
    let renamed = outcome(&rows(&EDITOR.replace("Editor", "Author"))).unwrap_err();
    std::fs::remove_file(&path).unwrap();

    assert_eq!(now, Ok(()), "what is written is read back");
    assert!(before.contains("narrowed: ANY /archive/*") && before.contains("widened: GET /pages"), "{before}");
    assert!(renamed.contains("changed: ANY /archive/*") && renamed.contains("changed: GET /pages"), "{renamed}");
}

#[tokio::test]
async fn a_refusal_explains_the_policy_by_its_name() {
    let auth = TestAuth::with(|builder| builder.explain(true));
    let client = TestClient::new(application().with(auth.azure_auth()));
    let trainee = auth.session_cookie(&TestIdentity::user().role("Trainee")).await;
    let answer = client.get("/pages").header("cookie", trainee).send().await.0.into_body().into_string().await.unwrap();
    assert!(answer.replace("\\\"", "\"").contains(EDITOR), "{answer}");
}
