//! What a table says of the tokens for other APIs that its handlers take, however they say so.

#![allow(clippy::unused_async, reason = "operations of poem-openapi are async")]

use azure_auth::testing::denial_matrix;
use azure_auth::{ApplicationToken, Endpoints, Token, graph};
use poem::endpoint::make_sync;
use poem::web::Data;
use poem::{FromRequest, Request, RequestBody, Result, get, handler};
use poem_openapi::payload::PlainText;
use poem_openapi::{OpenApi, OpenApiService};
use serde_json::{Value, json};

mod vocabulary {
    azure_auth::app! {
        downstream: {
            orders("api://33333333-cccc-4ddd-8eee-444444444444") {
                OrdersRead("Orders.Read") = "Read the person's orders",
                OrdersWrite("Orders.Write"),
            },
            graph_new("https://graph.microsoft.com") { BooksRead("Books.Read") },
        },
    }
}
use vocabulary::{graph_new, orders};

#[azure_auth::protect]
#[handler]
fn by_argument(_: Token<graph::MailRead>) -> &'static str {
    "mail"
}

type Orders = Token<(orders::OrdersWrite, orders::OrdersRead)>;

#[azure_auth::protect(via = bearer)]
#[handler]
fn by_alias(_: Orders) -> &'static str {
    "orders"
}

#[azure_auth::protect(downstream = all("https://graph.microsoft.com/Directory.Read.All", graph_new::BooksRead))]
#[handler]
fn by_key() -> &'static str {
    "directory"
}

#[azure_auth::protect(downstream = "https://graph.microsoft.com/User.Read https://storage.azure.com/.default")]
#[handler]
fn by_key_and_argument(_: Token<graph::MailRead>, _: Option<Token<graph::CalendarsRead>>) -> &'static str {
    "everything"
}

#[azure_auth::public]
#[handler]
fn for_anyone(_: Option<Token<graph::UserRead>>) -> &'static str {
    "home"
}

#[azure_auth::protect(application_roles = "Jobs.Run")]
#[handler]
fn for_the_program(_: ApplicationToken<graph::Resource>) -> &'static str {
    "jobs"
}

#[azure_auth::protect]
#[handler]
fn generic<S: Clone + Send + Sync + 'static>(_: Token<graph::MailSend>, _: Data<&S>) -> &'static str {
    "sent"
}

/// Somebody else's.
mod elsewhere {
    pub(crate) struct Token<T>(pub(crate) std::marker::PhantomData<T>);
}

impl<'a, T> FromRequest<'a> for elsewhere::Token<T> {
    async fn from_request(_: &'a Request, _: &mut RequestBody) -> Result<Self> {
        Ok(Self(std::marker::PhantomData))
    }
}

#[azure_auth::protect]
#[handler]
fn of_another_name(_: elsewhere::Token<graph::MailRead>, _: String) -> &'static str {
    "nothing"
}

struct Api;

#[azure_auth::protect_api]
#[OpenApi]
impl Api {
    #[protect(downstream = orders::OrdersRead)]
    #[oai(path = "/orders", method = "get")]
    async fn orders(&self, _token: Token<graph::UserRead>, _limit: Data<&u8>) -> PlainText<&'static str> {
        PlainText("orders")
    }
}

fn endpoints() -> Endpoints {
    azure_auth::endpoints! {
        "/argument" => get(by_argument),
        "/alias" => get(by_alias),
        "/key" => get(by_key),
        "/both" => get(by_key_and_argument),
        "/anyone" => get(for_anyone),
        "/program" => get(for_the_program),
        "/generic" => get(generic::<u8>::default()),
        "/elsewhere" => get(of_another_name),
        "/row" => protect(make_sync(|_| "row"), downstream = graph::MailRead),
        "/api" => nest(OpenApiService::new(Api, "Orders", "1.0")),
    }
}

const GRAPH: &str = "https://graph.microsoft.com";
const ORDERS: &str = "api://33333333-cccc-4ddd-8eee-444444444444";

fn person(api: &str, permissions: &[&str]) -> Value {
    json!({ "api": api, "permissions": permissions, "administrator": [], "for": "person", "is_optional": false })
}

/// The tokens of each path, as the report has them.
fn tokens(endpoints: &Endpoints) -> Value {
    let report: Value = serde_json::from_str(&endpoints.report().to_json()).unwrap();
    let rows = report["rows"].as_array().unwrap().iter();
    rows.map(|row| (row["path"].as_str().unwrap().to_owned(), row["tokens"].clone())).collect()
}

#[test]
fn a_row_says_which_tokens_it_takes_however_its_handler_says_so() {
    let mut directory = person(GRAPH, &["Books.Read", "Directory.Read.All"]);
    directory["administrator"] = json!(["Directory.Read.All"]);
    let [mut calendars, mut user] = [person(GRAPH, &["Calendars.Read"]), person(GRAPH, &["User.Read"])];
    (calendars["is_optional"], user["is_optional"]) = (json!(true), json!(true));
    let mut program = person(GRAPH, &[]);
    program["for"] = json!("program");
    let storage = person("https://storage.azure.com", &[".default"]);
    assert_eq!(
        tokens(&endpoints()),
        json!({
            "/alias": [person(ORDERS, &["Orders.Read", "Orders.Write"])],
            "/anyone": [user],
            "/api/orders": [person(GRAPH, &["User.Read"]), person(ORDERS, &["Orders.Read"])],
            "/argument": [person(GRAPH, &["Mail.Read"])],
            "/both": [person(GRAPH, &["Mail.Read", "User.Read"]), storage, calendars],
            "/elsewhere": [],
            "/generic": [person(GRAPH, &["Mail.Send"])],
            "/key": [directory],
            "/program": [program],
            "/row/*": [person(GRAPH, &["Mail.Read"])],
        })
    );
}

#[test]
fn a_guard_takes_tokens_for_every_row_behind_it() {
    let table =
        azure_auth::endpoints! { "/" => get(by_argument) }.with(azure_auth::guard!(downstream = graph::MailSend));
    assert_eq!(tokens(&table), json!({ "/": [person(GRAPH, &["Mail.Read", "Mail.Send"])] }));
}

#[test]
fn the_report_tells_people_for_whom_and_who_must_agree() {
    let report = endpoints().report().to_string();
    // Without the spaces that align its columns.
    let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "session or token: any signed-in user Microsoft Graph: Mail.Read, for the person taking::by_argument",
        "api://33333333-cccc-4ddd-8eee-444444444444: Orders.Read, Orders.Write, on behalf of the caller",
        "Microsoft Graph: Books.Read, Directory.Read.All (an administrator must agree), for the person",
        "anyone Microsoft Graph: User.Read, for the person if there is one",
        "application: application role Jobs.Run Microsoft Graph, for the program itself",
    ] {
        assert!(report.contains(words), "{words}\n{report}");
    }
}

#[test]
fn a_row_that_begins_to_take_tokens_is_a_change_that_the_lock_names() {
    let folder = std::env::temp_dir().join(format!("azure-auth-taking-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("authorization.lock");
    std::fs::write(&file, "GET /argument => protect\n").unwrap();
    let table = azure_auth::endpoints! { "/argument" => get(by_argument) };
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        azure_auth::assert_authorization_lock!(file.to_str().unwrap(), table);
    }));
    std::fs::remove_dir_all(&folder).unwrap();
    let said = outcome.unwrap_err();
    let said = said.downcast_ref::<String>().unwrap();
    assert!(
        said.contains(
            "begins to take tokens: GET /argument\n  - protect\n  + protect taking \
             person(\"https://graph.microsoft.com/Mail.Read\")\n"
        ),
        "{said}"
    );
}

#[tokio::test]
async fn the_denial_matrix_notes_what_it_does_not_try() {
    let matrix = denial_matrix(endpoints());
    let notes = matrix.notes();
    assert!(notes.contains(&"GET /argument: takes Microsoft Graph: Mail.Read, for the person; without consent the handler does not run".to_owned()));
    assert!(notes.contains(&"GET /program: takes Microsoft Graph, for the program itself".to_owned()));
    assert_eq!(notes.len(), 12, "{notes:#?}");
    matrix.run().await;
}
