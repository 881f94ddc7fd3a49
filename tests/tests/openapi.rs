//! APIs of poem-openapi: their operations are guarded, listed and documented.

#![allow(clippy::unused_async, reason = "operations of poem-openapi are async")]

use std::sync::atomic::{AtomicUsize, Ordering};

use azure_auth::testing::{TestAuth, TestIdentity};
use azure_auth::{AzureAuth, Endpoints, Principal, Refusal, User};
use azure_auth_emulator::Emulator;
use poem::http::StatusCode;
use poem::test::{TestClient, TestResponse};
use poem::{Endpoint, EndpointExt, Request, Route};
use poem_openapi::param::Path;
use poem_openapi::payload::{Json, PlainText};
use poem_openapi::{ApiResponse, OpenApi, OpenApiService};
use serde_json::{Value, json};

struct Files;

/// What a `bad_request_handler` makes of everything that cannot be extracted.
#[derive(ApiResponse)]
#[oai(bad_request_handler = "unreadable")]
enum Stored {
    #[oai(status = 201)]
    Stored,
    #[oai(status = 418)]
    Unreadable,
}

fn unreadable(_: poem::Error) -> Stored {
    Stored::Unreadable
}

#[azure_auth::protect_api]
#[OpenApi(prefix_path = "/v1")]
impl Files {
    #[public(reason = "asked by the load balancer")]
    #[oai(path = "/health", method = "get")]
    async fn health(&self, user: Option<User>) -> PlainText<&'static str> {
        PlainText(if user.is_some() { "signed in" } else { "ok" })
    }

    #[protect(scopes = "Files.Read openid")]
    #[oai(path = "/files/:id", method = "get", method = "head", transform = "marked")]
    async fn read(&self, id: Path<u64>, user: User) -> PlainText<String> {
        PlainText(format!("{} reads {}", user.display_name(), id.0))
    }

    #[protect(roles = "Admin", check = not_closed)]
    #[oai(path = "/files", method = "post")]
    async fn store(&self, names: Json<Vec<String>>) -> Stored {
        drop(names);
        Stored::Stored
    }

    #[protect(via = session)]
    #[oai(path = "/page", method = "get")]
    async fn page(&self) -> PlainText<&'static str> {
        PlainText("a page")
    }

    #[protect(allow = scope("Files.Export") || role("Admin"))]
    #[oai(path = "/export", method = "get", hidden)]
    async fn export(&self) {}
}

static MARKED: AtomicUsize = AtomicUsize::new(0);

/// The application's own transformation is inside the guard.
fn marked(endpoint: impl Endpoint) -> impl Endpoint {
    endpoint.before(|request| async {
        MARKED.fetch_add(1, Ordering::Relaxed);
        Ok(request)
    })
}

fn not_closed(_: &Principal, request: &Request) -> Result<(), Refusal> {
    if request.headers().contains_key("x-closed") { Err(Refusal::new("closed today")) } else { Ok(()) }
}

fn service() -> OpenApiService<Files, ()> {
    OpenApiService::new(Files, "Files", "1.0").server("/api")
}

fn endpoints() -> Endpoints {
    let service = service();
    azure_auth::endpoints! {
        "/docs"         => public(azure_auth::openapi::swagger_ui(&service), reason = "the documentation"),
        "/openapi.json" => public(azure_auth::openapi::spec_endpoint(&service), reason = "the same for programs"),
        "/api"          => nest(service),
    }
}

async fn get(auth: &TestAuth, path: &str, identity: Option<&TestIdentity>) -> TestResponse {
    let client = TestClient::new(endpoints().with(auth.azure_auth()));
    match identity {
        Some(identity) => client.get(path).header("authorization", auth.bearer(identity)).send().await,
        None => client.get(path).send().await,
    }
}

#[tokio::test]
async fn an_operation_admits_whom_it_declares() {
    let auth = TestAuth::new();
    let reader = TestIdentity::user().scope("Files.Read");
    let answer = get(&auth, "/api/v1/files/7", Some(&reader)).await;
    answer.assert_status_is_ok();
    answer.assert_text("Test User reads 7").await;
    assert_eq!(MARKED.swap(0, Ordering::Relaxed), 1);

    for (identity, status, code) in [
        (None, StatusCode::UNAUTHORIZED, "not-signed-in"),
        (Some(TestIdentity::user().scope("Files.List")), StatusCode::FORBIDDEN, "scope-missing"),
    ] {
        let answer = get(&auth, "/api/v1/files/7", identity.as_ref()).await;
        answer.assert_status(status);
        assert!(answer.0.headers().contains_key("www-authenticate"));
        assert_eq!(answer.json().await.value().deserialize::<Value>()["code"], code);
    }
    assert_eq!(MARKED.load(Ordering::Relaxed), 0, "nothing of the operation runs for those who are refused");
    get(&auth, "/api/v1/health", None).await.assert_text("ok").await;
}

#[tokio::test]
async fn a_refusal_is_no_bad_request_of_the_application() {
    let auth = TestAuth::new();
    let client = TestClient::new(endpoints().with(auth.azure_auth()));
    let store = |identity: &TestIdentity| {
        client.post("/api/v1/files").header("authorization", auth.bearer(identity)).body_json(&json!(["a"]))
    };
    let admin = TestIdentity::user().scope("x").role("Admin");
    store(&admin).send().await.assert_status(StatusCode::CREATED);
    store(&admin).header("x-closed", "1").send().await.assert_status(StatusCode::FORBIDDEN);
    store(&TestIdentity::user().scope("x")).send().await.assert_status(StatusCode::FORBIDDEN);
    let unreadable = client.post("/api/v1/files").header("authorization", auth.bearer(&admin)).body("no JSON");
    unreadable.send().await.assert_status(StatusCode::IM_A_TEAPOT);
}

#[tokio::test]
async fn a_person_who_opens_an_operation_is_sent_to_sign_in() {
    let emulator = Emulator::start().await.unwrap();
    let auth = AzureAuth::from_variables(emulator.env()).unwrap();
    let client = TestClient::new(endpoints().with(auth));
    let request = client.get("/api/v1/page").header("host", "localhost:3000").header("accept", "text/html");
    let answer = request.send().await;
    assert!(answer.0.status().is_redirection(), "{}", answer.0.status());
    assert!(answer.0.headers()["location"].to_str().unwrap().starts_with(emulator.origin()));
}

#[tokio::test]
async fn an_operation_outside_of_the_library_never_runs() {
    let client = TestClient::new(Route::new().nest("/api", service()));
    client.get("/api/v1/files/7").send().await.assert_status(StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(client.get("/api/v1/health").send().await.0.status(), StatusCode::OK);
}

#[test]
fn operations_are_rows_of_the_report() {
    let report: Value = serde_json::from_str(&endpoints().report().to_json()).unwrap();
    let rows = report["rows"].as_array().unwrap().iter();
    let rows = rows.map(|row| format!("{} {}", row["method"].as_str().unwrap_or("*"), row["path"].as_str().unwrap()));
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            "GET /api/v1/export",
            "POST /api/v1/files",
            "GET /api/v1/files/:id",
            "HEAD /api/v1/files/:id",
            "GET /api/v1/health",
            "GET /api/v1/page",
            "* /docs/*",
            "* /openapi.json/*",
        ]
    );
    let read = &report["rows"][2];
    assert_eq!(read["handler"], "openapi::Files::read");
    let line = usize::try_from(read["line"].as_u64().unwrap()).unwrap();
    assert!(include_str!("openapi.rs").lines().nth(line - 1).unwrap().contains("async fn read"), "line {line}");
}

#[tokio::test]
async fn two_operations_for_one_request_keep_the_program_from_serving() {
    struct Others;

    #[azure_auth::protect_api]
    #[OpenApi]
    impl Others {
        #[public]
        #[oai(path = "/v1/files/:name", method = "get")]
        async fn read(&self) {}
    }

    let service = OpenApiService::new((Files, Others), "Files", "1.0");
    let endpoints = azure_auth::endpoints! { "/api" => nest(service) };
    let client = TestClient::new(endpoints.with(TestAuth::new().azure_auth()));
    client.get("/api/v1/health").send().await.assert_status(StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn requests_that_two_rows_take_keep_the_program_from_serving() {
    #[azure_auth::public]
    #[poem::handler]
    fn open() -> &'static str {
        "open"
    }

    fn others() -> Endpoints {
        azure_auth::endpoints! { "/callback" => poem::get(open) }
    }

    let own = azure_auth::endpoints! { "/authorization-code" => nest(others()) };
    let operation = azure_auth::endpoints! {
        "/api"                => nest(service()),
        "/api/v1/files/:name" => poem::get(open),
    };
    for endpoints in [own, operation] {
        let client = TestClient::new(endpoints.with(TestAuth::new().azure_auth()));
        client.get("/").send().await.assert_status(StatusCode::INTERNAL_SERVER_ERROR);
    }
}

#[tokio::test]
async fn rows_and_documents_name_the_paths_that_are_served() {
    macro_rules! api_below {
        ($api:ident, $prefix:literal) => {
            struct $api;

            #[azure_auth::protect_api]
            #[OpenApi(prefix_path = $prefix)]
            impl $api {
                #[protect(scopes = "Files.Read")]
                #[oai(path = "/", method = "get")]
                async fn root(&self) {}

                #[protect(scopes = "Files.Read")]
                #[oai(path = "/a//b/", method = "get")]
                async fn below(&self) {}
            }
        };
    }
    api_below!(Plain, "/v1");
    api_below!(Closed, "/v2/");
    api_below!(Relative, "v3");
    api_below!(Odd, "//v4//x");

    let auth = TestAuth::new();
    let service = OpenApiService::new((Plain, Closed, Relative, Odd), "Files", "1.0");
    let document = azure_auth::openapi::spec_endpoint(&service);
    let endpoints = azure_auth::endpoints! {
        "/openapi.json" => public(document, reason = "for programs"),
        "/api"          => nest(service),
    };
    let report: Value = serde_json::from_str(&endpoints.report().to_json()).unwrap();
    let client = TestClient::new(endpoints.with(auth.azure_auth()));
    let reader = auth.bearer(&TestIdentity::user().scope("Files.Read"));
    let rows = report["rows"].as_array().unwrap().iter().map(|row| row["path"].as_str().unwrap());
    let operations = rows.filter(|path| path.starts_with("/api")).collect::<Vec<_>>();
    assert_eq!(operations.len(), 8);
    for path in operations {
        let answer = client.get(path).header("authorization", &reader).send().await;
        assert_eq!(answer.0.status(), StatusCode::OK, "{path}");
    }

    let document = client.get("/openapi.json").send().await.json().await.value().deserialize::<Value>();
    let documented = document["paths"].as_object().unwrap();
    assert_eq!(documented.len(), 8);
    for (path, item) in documented {
        assert!(item["get"]["security"].is_array(), "{path}");
    }
}

#[tokio::test]
async fn the_document_says_what_each_operation_asks_and_where_to_sign_in() {
    let emulator = Emulator::start().await.unwrap();
    let variables = emulator.env();
    let client_id = &variables.iter().find(|(name, _)| name == "AZURE_CLIENT_ID").unwrap().1;
    let client = TestClient::new(endpoints().with(AzureAuth::from_variables(variables.clone()).unwrap()));
    let answer = client.get("/openapi.json").send().await;
    answer.assert_status_is_ok();
    let document = answer.json().await.value().deserialize::<Value>();

    let flow = &document["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"];
    for address in [&flow["authorizationUrl"], &flow["tokenUrl"]] {
        assert!(address.as_str().unwrap().starts_with(emulator.origin()), "{address}");
    }
    let read = format!("{client_id}/Files.Read");
    assert_eq!(flow["scopes"], json!({ &read: "" }), "an operation that is hidden gives nothing away");

    let paths = &document["paths"];
    assert_eq!(paths["/v1/files/{id}"]["get"]["security"], json!([{ "oauth2": [read] }]));
    assert_eq!(paths["/v1/files"]["post"]["security"], json!([{ "oauth2": [] }]));
    assert_eq!(paths["/v1/page"]["get"]["security"], Value::Null, "no token is admitted there");
    assert_eq!(paths["/v1/health"]["get"]["security"], Value::Null);
    assert_eq!(paths["/v1/health"]["get"]["responses"]["401"], Value::Null);
    let refusals = &paths["/v1/files"]["post"]["responses"];
    assert!(refusals["403"]["description"].as_str().unwrap().contains("app role Admin"), "{refusals}");
    assert!(refusals["401"]["content"]["application/problem+json"].is_object(), "{refusals}");
    assert!(refusals["201"].is_object() && refusals["418"].is_object(), "what the application wrote stays");
}

#[tokio::test]
async fn swagger_ui_knows_the_client_and_asks_with_pkce() {
    let emulator = Emulator::start().await.unwrap();
    let client = TestClient::new(endpoints().with(AzureAuth::from_variables(emulator.env()).unwrap()));
    let answer = client.get("/docs").send().await;
    answer.assert_status_is_ok();
    let page = answer.0.into_body().into_string().await.unwrap();
    assert!(page.contains(r#""usePkceWithAuthorizationCodeGrant":true"#));
    assert!(page.contains(&format!("\"authorizationUrl\":\"{}", emulator.origin())));
    client.post("/docs").send().await.assert_status(StatusCode::METHOD_NOT_ALLOWED);
    let receiver = client.get("/docs/oauth-receiver.html").send().await;
    receiver.assert_status_is_ok();
    assert!(receiver.0.into_body().into_string().await.unwrap().contains("swaggerUIRedirectOauth2"));
}

#[tokio::test]
async fn no_document_is_served_while_the_provider_is_unknown() {
    let emulator = Emulator::start().await.unwrap();
    let variables = emulator.env();
    drop(emulator);
    let client = TestClient::new(endpoints().with(AzureAuth::from_variables(variables).unwrap()));
    for path in ["/openapi.json", "/docs"] {
        client.get(path).send().await.assert_status(StatusCode::SERVICE_UNAVAILABLE);
    }
}

#[tokio::test]
async fn the_documentation_outside_of_the_library_says_so() {
    let client = TestClient::new(endpoints());
    client.get("/openapi.json").send().await.assert_status(StatusCode::INTERNAL_SERVER_ERROR);
}
