//! A declaration means the same wherever its handler is mounted. What `AzureAuth` could not ask about at sign-in is not
//! known there, and refuses with its remedy.

#![allow(clippy::unused_async, reason = "operations of poem-openapi are async")]

use azure_auth::testing::{TestAuth, TestIdentity};
use azure_auth::{Endpoints, Guid};
use poem::endpoint::BoxEndpoint;
use poem::test::TestClient;
use poem::{Endpoint, EndpointExt, Response, Route, get, handler};
use poem_openapi::payload::PlainText;
use poem_openapi::{OpenApi, OpenApiService};

const STAFF: Guid = Guid::from_u128(0xcccc_cccc_0000_4000_8000_0000_0000_0001);
const OTHERS: Guid = Guid::from_u128(0xcccc_cccc_0000_4000_8000_0000_0000_0002);

#[azure_auth::protect(groups = "cccccccc-0000-4000-8000-000000000001")]
#[handler]
fn staff() -> &'static str {
    "staff"
}

#[azure_auth::protect(allow = user() && !group("cccccccc-0000-4000-8000-000000000001"))]
#[handler]
fn outsiders() -> &'static str {
    "outsiders"
}

#[azure_auth::protect(allow = role("Admin") || user() && !group("cccccccc-0000-4000-8000-000000000001") || application_role("Jobs.Run"))]
#[handler]
fn mixed() -> &'static str {
    "mixed"
}

#[azure_auth::protect(roles = "Admin", scopes = "Files.Read", application_roles = "Jobs.Run")]
#[handler]
fn roles() -> &'static str {
    "roles"
}

#[azure_auth::protect(groups = "cccccccc-0000-4000-8000-000000000002")]
#[handler]
fn others() -> &'static str {
    "others"
}

#[azure_auth::public]
#[handler]
fn home() -> &'static str {
    "home"
}

const PATHS: [&str; 4] = ["/staff", "/outsiders", "/mixed", "/roles"];

fn route() -> Route {
    Route::new()
        .at("/staff", get(staff))
        .at("/outsiders", get(outsiders))
        .at("/mixed", get(mixed))
        .at("/roles", get(roles))
}

fn table() -> Endpoints {
    azure_auth::endpoints! {
        "/staff"     => get(staff),
        "/outsiders" => get(outsiders),
        "/mixed"     => get(mixed),
        "/roles"     => get(roles),
    }
}

struct Api;

#[azure_auth::protect_api]
#[OpenApi]
impl Api {
    #[protect(groups = "cccccccc-0000-4000-8000-000000000001")]
    #[oai(path = "/staff", method = "get")]
    async fn staff(&self) -> PlainText<&'static str> {
        PlainText("staff")
    }

    #[protect(allow = user() && !group("cccccccc-0000-4000-8000-000000000001"))]
    #[oai(path = "/outsiders", method = "get")]
    async fn outsiders(&self) -> PlainText<&'static str> {
        PlainText("outsiders")
    }

    #[protect(allow = role("Admin") || user() && !group("cccccccc-0000-4000-8000-000000000001") || application_role("Jobs.Run"))]
    #[oai(path = "/mixed", method = "get")]
    async fn mixed(&self) -> PlainText<&'static str> {
        PlainText("mixed")
    }

    #[protect(roles = "Admin", scopes = "Files.Read", application_roles = "Jobs.Run")]
    #[oai(path = "/roles", method = "get")]
    async fn roles(&self) -> PlainText<&'static str> {
        PlainText("roles")
    }
}

fn service() -> OpenApiService<Api, ()> {
    OpenApiService::new(Api, "mounts", "1.0")
}

/// Everything that Poem can put around a table.
fn in_middleware(table: Endpoints) -> Endpoints {
    table
        .before(|request| async { Ok(request) })
        .after(|outcome: poem::Result<Response>| async { outcome })
        .around(|table, request| async move { table.call(request).await })
        .map(|response: Response| async { response })
        .and_then(|response: Response| async { Ok(response) })
        .inspect_all_err(|_| {})
        .inspect_err(|_: &poem::error::NotFoundError| {})
        .catch_error(|_: poem::error::NotFoundError| async { "nothing here" })
        .data(7_u8)
        .data_opt(Some("more"))
        .with(poem::middleware::NormalizePath::new(poem::middleware::TrailingSlash::Trim))
        .with_if(true, poem::middleware::SetHeader::new().overriding("x-application", "mounts"))
        .map_to_response()
        .to_response()
}

type Mounted = BoxEndpoint<'static, Response>;

/// A mount, and whether `AzureAuth` sees that its handlers ask for groups.
struct Mount {
    name: &'static str,
    prefix: &'static str,
    asks_for_groups: bool,
    build: fn(&TestAuth) -> Mounted,
}

const fn seen(name: &'static str, prefix: &'static str, build: fn(&TestAuth) -> Mounted) -> Mount {
    Mount { name, prefix, asks_for_groups: true, build }
}

const fn unseen(name: &'static str, prefix: &'static str, build: fn(&TestAuth) -> Mounted) -> Mount {
    Mount { name, prefix, asks_for_groups: false, build }
}

const MOUNTS: [Mount; 12] = [
    seen("a table", "", |auth| table().with(auth.azure_auth()).boxed()),
    seen("middleware on the table", "", |auth| in_middleware(table()).with(auth.azure_auth()).boxed()),
    seen("a nested table", "/a/b", |auth| {
        let inner = azure_auth::endpoints! { "/b" => nest(in_middleware(table())) };
        azure_auth::endpoints! { "/a" => nest(inner), "/" => get(home) }.with(auth.azure_auth()).boxed()
    }),
    seen("beside rows of other groups", "", |auth| {
        let tables = azure_auth::endpoints! {
            "/others" => get(others),
            "/"       => nest(table()),
        };
        tables.with(auth.azure_auth()).boxed()
    }),
    seen("operations in a table", "/api", |auth| {
        let table = azure_auth::endpoints! { "/api" => nest(service()) };
        table.with(auth.azure_auth()).boxed()
    }),
    seen("a router beside rows that ask for the same", "/inner", |auth| {
        let table = azure_auth::endpoints! {
            "/inner" => public(route(), reason = "its handlers say who may call them"),
            "/staff" => get(staff),
        };
        table.with(auth.azure_auth()).boxed()
    }),
    unseen("a router in a public row", "/inner", |auth| {
        let table = azure_auth::endpoints! {
            "/inner" => public(route(), reason = "its handlers say who may call them"),
        };
        table.with(auth.azure_auth()).boxed()
    }),
    unseen("a router beside rows of other groups", "/inner", |auth| {
        let table = azure_auth::endpoints! {
            "/inner"  => public(route(), reason = "its handlers say who may call them"),
            "/others" => get(others),
        };
        table.with(auth.azure_auth()).boxed()
    }),
    unseen("a router", "", |auth| route().with(auth.azure_auth()).map_to_response().boxed()),
    unseen("a table in a router", "/table", |auth| {
        Route::new().nest("/table", table()).with(auth.azure_auth()).map_to_response().boxed()
    }),
    unseen("a table in a box", "", |auth| table().boxed().with(auth.azure_auth()).map_to_response().boxed()),
    unseen("a service of poem-openapi in a router", "/api", |auth| {
        Route::new().nest("/api", service()).with(auth.azure_auth()).map_to_response().boxed()
    }),
];

/// Who calls, by what, and what becomes of it at each path: where the group is asked for, and where it is not.
struct Caller {
    name: &'static str,
    identity: TestIdentity,
    is_session: bool,
    asked: [u16; 4],
    not_asked: [u16; 4],
}

fn callers() -> Vec<Caller> {
    let user = || TestIdentity::user().scope("Files.Read");
    let session = |name, identity, asked, not_asked| Caller { name, identity, is_session: true, asked, not_asked };
    let token = |name, identity, asked| Caller { name, identity, is_session: false, asked, not_asked: asked };
    vec![
        session("a member's session", user().group(STAFF), [200, 403, 403, 403], [403; 4]),
        session("another person's session", user(), [403, 200, 200, 403], [403; 4]),
        session(
            "an administrator's session",
            user().group(STAFF).role("Admin"),
            [200, 403, 200, 200],
            [403, 403, 200, 200],
        ),
        session("a session without the claim", user().without_groups_claim(), [403; 4], [403; 4]),
        session("a session of too many groups", user().overage(), [403; 4], [403; 4]),
        token("a member's token", user().group(STAFF), [200, 403, 403, 403]),
        token("another person's token", user(), [403, 200, 200, 403]),
        token("a token of another group", user().group(OTHERS), [403, 200, 200, 403]),
        token("a token without the claim", user().without_groups_claim(), [403; 4]),
        token("a token of too many groups", user().overage(), [403; 4]),
        token("an administrator's token", user().role("Admin").without_groups_claim(), [403, 403, 200, 200]),
        token("an application with the role", TestIdentity::application().role("Jobs.Run"), [403, 403, 200, 200]),
        token("an application with another", TestIdentity::application().role("Admin"), [403; 4]),
    ]
}

#[tokio::test]
async fn a_declaration_admits_the_same_callers_wherever_its_handler_is_mounted() {
    for Mount { name, prefix, asks_for_groups, build } in MOUNTS {
        let auth = TestAuth::new();
        let client = TestClient::new(build(&auth));
        for caller in callers() {
            let expected = if asks_for_groups { caller.asked } else { caller.not_asked };
            for (path, status) in PATHS.into_iter().zip(expected) {
                let request = client.get(format!("{prefix}{path}"));
                let request = if caller.is_session {
                    request.header("cookie", auth.session_cookie(&caller.identity).await)
                } else {
                    request.header("authorization", auth.bearer(&caller.identity))
                };
                let found = request.send().await.0.status().as_u16();
                assert_eq!(found, status, "{name}: {} at {path}", caller.name);
            }
        }
    }
}

/// The remedy makes it known.
#[tokio::test]
async fn groups_of_handlers_outside_a_table_are_known_where_the_builder_names_them() {
    for named in [vec![STAFF], vec![OTHERS, STAFF]] {
        let auth = TestAuth::with(|builder| builder.groups(named));
        let client = TestClient::new(route().with(auth.azure_auth()));
        for (identity, expected) in
            [(TestIdentity::user().group(STAFF), [200, 403]), (TestIdentity::user(), [403, 200])]
        {
            for (path, status) in ["/staff", "/outsiders"].into_iter().zip(expected) {
                let cookie = auth.session_cookie(&identity).await;
                let found = client.get(path).header("cookie", cookie).send().await.0.status().as_u16();
                assert_eq!(found, status, "{path}");
            }
        }
    }
}

#[tokio::test]
async fn what_was_not_known_is_said_with_its_remedy_and_nobody_is_sent_round() {
    let (asking, asking_others) = (TestAuth::new(), TestAuth::with(|builder| builder.groups([OTHERS])));
    let in_table = TestClient::new(table().with(asking.azure_auth()).boxed());
    let in_router = TestClient::new(route().with(asking_others.azure_auth()).map_to_response().boxed());
    let user = TestIdentity::user;
    for (client, auth, identity, remedy) in [
        (&in_table, &asking, user().without_groups_claim(), "groupMembershipClaims"),
        (&in_table, &asking, user().overage(), "Groups assigned to the application"),
        (&in_router, &asking_others, user().group(STAFF), "AzureAuthBuilder::groups"),
        (&in_router, &asking_others, user().overage(), "AzureAuthBuilder::groups"),
    ] {
        for path in ["/staff", "/outsiders"] {
            let cookie = auth.session_cookie(&identity).await;
            let answer = client
                .get(path)
                .header("cookie", cookie)
                .header("host", "localhost")
                .header("sec-fetch-mode", "navigate")
                .header("sec-fetch-dest", "document")
                .send()
                .await;
            answer.assert_status(poem::http::StatusCode::FORBIDDEN);
            let page = answer.0.into_body().into_string().await.unwrap();
            assert!(page.contains("groups-unknown"), "{page}");
            let explained = azure_auth::explain("groups-unknown").unwrap().remedy;
            assert!(explained.contains(remedy), "{explained} and {remedy}");
        }
    }
}
