//! What an application allows: its report, its lock file, and every way to be refused by it.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};

use azure_auth::testing::{TestAuth, denial_matrix};
use azure_auth::{AzureAuthBuilder, Endpoints, Guid, Principal, Refusal};
use poem::http::Method;
use poem::web::Path;
use poem::{EndpointExt, Request, get, handler, post};
use serde_json::Value;

/// How many handlers ran, in this process.
static RUNS: AtomicUsize = AtomicUsize::new(0);

#[azure_auth::public(reason = "the start page")]
#[handler]
fn home() -> &'static str {
    RUNS.fetch_add(1, Ordering::Relaxed);
    "home"
}

#[azure_auth::protect(scopes = "Files.Read Files.List", application_roles = any("Files.Read.All", "Files.Export"))]
#[handler]
fn read(_: Path<u64>) -> &'static str {
    RUNS.fetch_add(1, Ordering::Relaxed);
    "read"
}

#[azure_auth::protect(via = session, roles = all("Admin", "Writer"))]
#[handler]
fn write(_: Path<String>, body: String) -> String {
    RUNS.fetch_add(1, Ordering::Relaxed);
    body
}

#[azure_auth::protect(via = bearer, groups = any("cccccccc-0000-4000-8000-000000000001", "cccccccc-0000-4000-8000-000000000002"))]
#[handler]
fn groups() -> &'static str {
    RUNS.fetch_add(1, Ordering::Relaxed);
    "groups"
}

#[azure_auth::protect(tenants = any("dddddddd-0000-4000-8000-000000000001"), check = never)]
#[handler]
fn tenants() -> &'static str {
    RUNS.fetch_add(1, Ordering::Relaxed);
    "tenants"
}

fn never(_: &Principal, _: &Request) -> Result<(), Refusal> {
    RUNS.fetch_add(1, Ordering::Relaxed);
    Err(Refusal::new("not now"))
}

#[azure_auth::protect(allow = role("Admin") || (role("Writer") && !group("cccccccc-0000-4000-8000-000000000001")) || application_role("Jobs.Run"))]
#[handler]
fn policy() -> &'static str {
    RUNS.fetch_add(1, Ordering::Relaxed);
    "policy"
}

fn nested() -> Endpoints {
    azure_auth::endpoints! {
        "/groups" => get(groups).method(Method::PATCH, tenants).delete(policy),
        "/:name/*rest" => post(policy.after(|answer| async { answer })),
    }
}

fn application() -> Endpoints {
    azure_auth::endpoints! {
        "/"          => get(home),
        "/files/:id" => get(read).put(write),
        "/admin"     => nest(nested()),
        "/static"    => public(home, reason = "assets"),
    }
    .data(7_u8)
}

#[tokio::test]
async fn every_case_of_every_row_holds_and_no_handler_runs() {
    denial_matrix(application()).run().await;
    denial_matrix(application().with(TestAuth::new().azure_auth())).run().await;
    assert_eq!(RUNS.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_start_page_of_a_nested_table_is_found() {
    let nested = || azure_auth::endpoints! { "/" => get(policy) };
    denial_matrix(azure_auth::endpoints! { "/a" => nest(azure_auth::endpoints! { "/b" => nest(nested()) }) })
        .run()
        .await;
    denial_matrix(azure_auth::endpoints! { "/" => nest(nested()) }).run().await;
}

#[test]
fn the_matrix_has_what_nobody_writes() {
    let names = denial_matrix(application()).names();
    for expected in [
        "GET /files/:id: refuses an anonymous caller",
        "GET /files/:id: refuses a token with Files.Read without Files.List",
        "GET /files/:id: refuses a token that is forged",
        "GET /files/:id: admits a token of an application with application role Files.Export",
        "PUT /files/:id: refuses a session that another site sends",
        "PUT /files/:id: refuses a token",
        "GET /admin/groups: refuses a session",
        "PATCH /admin/groups: refuses a session",
        "POST /admin/:name/*rest: admits a session with role Writer",
    ] {
        assert!(names.iter().any(|name| name == expected), "{expected} in {names:#?}");
    }
    let mut each_once = names.clone();
    each_once.sort();
    each_once.dedup();
    assert_eq!(each_once.len(), names.len(), "names tell cases apart");
}

#[tokio::test]
async fn a_row_that_lets_somebody_in_on_the_way_fails() {
    let endpoints = azure_auth::endpoints! {
        "/files" => get(policy.around(|_, _| async { Ok("everybody is welcome") })),
        "/lost"  => get(policy.around(|_, _| async { Err::<&str, _>(poem::error::NotFoundError.into()) })),
    };
    let failure = failure(denial_matrix(endpoints).run()).await;
    for expected in [
        "GET /files: refuses an anonymous caller: no, it answered 200 OK",
        "GET /files: admits a session with role Admin: no, it answered 200 OK",
        "GET /lost: refuses an anonymous caller: no, it answered 404 Not Found",
    ] {
        assert!(failure.contains(expected), "{failure}");
    }
}

#[tokio::test]
async fn a_regular_expression_takes_a_sample() {
    let endpoints = || azure_auth::endpoints! { r"/files/:id<\d+>" => get(policy) };
    let failure = failure(denial_matrix(endpoints()).run()).await;
    assert!(failure.contains(r#"it needs a sample; add `.sample("/files/:id<\\d+>", "#), "{failure}");
    denial_matrix(endpoints()).sample(r"/files/:id<\d+>", "/files/42").run().await;
}

#[tokio::test]
async fn a_table_that_asks_for_nothing_fails() {
    let failure = failure(denial_matrix(azure_auth::endpoints! { "/" => get(home) }).run()).await;
    assert!(failure.contains("no row of the table asks for anything"), "{failure}");
}

async fn failure(run: impl Future<Output = ()> + Send + 'static) -> String {
    let panic = tokio::spawn(run).await.unwrap_err().into_panic();
    panic.downcast_ref::<String>().cloned().unwrap_or_else(|| (*panic.downcast_ref::<&str>().unwrap()).to_owned())
}

#[test]
fn the_report_names_whole_paths_methods_and_handlers() {
    let report: Value = serde_json::from_str(&application().report().to_json()).unwrap();
    let rows = report["rows"].as_array().unwrap();
    let found: Vec<String> =
        rows.iter().map(|row| format!("{} {}", row["method"], row["path"]).replace('"', "")).collect();
    assert_eq!(
        found,
        [
            "GET /",
            "POST /admin/:name/*rest",
            "DELETE /admin/groups",
            "GET /admin/groups",
            "PATCH /admin/groups",
            "GET /files/:id",
            "PUT /files/:id",
            "null /static/*",
        ]
    );
    let text = include_str!("authorization.rs");
    for row in rows.iter().filter(|row| !row["handler"].is_null()) {
        assert_eq!(row["file"], file!());
        let line = usize::try_from(row["line"].as_u64().unwrap()).unwrap();
        let handler = row["handler"].as_str().unwrap().strip_prefix("authorization::").unwrap();
        let below: String = text.lines().skip(line - 1).take(3).collect::<Vec<_>>().join("\n");
        assert!(below.starts_with("#[azure_auth::"), "{below}");
        assert!(below.contains(&format!("fn {handler}(")), "{handler} in {below}");
    }
}

#[test]
fn a_table_inside_azure_auth_reports_its_tenants() {
    let of_many = |builder: AzureAuthBuilder| builder.issuer_uri("https://login.microsoftonline.com/organizations");
    let every = TestAuth::with(|builder| of_many(builder).accept_every_tenant());
    let report = application().with(every.azure_auth()).report();
    assert!(report.to_string().contains("accepted tenants: * (every work tenant)"), "{report}");
    assert!(report.to_json().contains("\"tenants\": \"*\""), "{}", report.to_json());
    let tenant: Guid = "dddddddd-0000-4000-8000-000000000001".parse().unwrap();
    let one = TestAuth::with(|builder| of_many(builder).accepted_tenants([tenant]));
    let report = application().with(one.azure_auth()).report();
    assert!(report.to_string().contains(&format!("accepted tenants: {tenant}")), "{report}");
}

#[test]
fn a_lock_file_that_says_something_else_fails_with_what_it_is() {
    let path = std::env::temp_dir().join(format!("azure-auth-{}.lock", std::process::id()));
    let assert = || {
        let path = path.to_str().unwrap();
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| azure_auth::assert_authorization_lock!(path, nested())));
        outcome.map_err(|panic| panic.downcast_ref::<String>().unwrap().clone())
    };
    let missing = assert().unwrap_err();
    assert!(missing.contains("there is no `") && missing.contains("AZURE_AUTH_UPDATE_LOCK=1"), "{missing}");

    let stricter = "protect(via = bearer, groups = \"cccccccc-0000-4000-8000-000000000001\")";
    std::fs::write(&path, format!("GET /groups => {stricter}\nGET /gone => public\n")).unwrap();
    let found = assert().unwrap_err();
    std::fs::remove_file(&path).unwrap();
    for expected in [
        "widened: GET /groups\n  - protect(via = bearer, groups = \"cccccccc-0000-4000-8000-000000000001\")\n  + \
         protect(via = bearer, groups = any(\"cccccccc-0000-4000-8000-000000000001\", \
         \"cccccccc-0000-4000-8000-000000000002\"))\n",
        "removed: GET /gone\n  - public\n",
        "added: PATCH /groups\n  + protect(tenants = \"dddddddd-0000-4000-8000-000000000001\", check = never)\n",
    ] {
        assert!(found.contains(expected), "{found}");
    }
}
