//! What an application's own tests are given, and that nobody else accepts it.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use azure_auth::testing::{TestAuth, TestIdentity};
use azure_auth::{Application, AzureAuth, Endpoints, Guid, Has, Principal, User};
use azure_auth_emulator::Emulator;
use poem::http::StatusCode;
use poem::test::TestClient;
use poem::{get, handler};

const STAFF: Guid = Guid::from_u128(0xcccc_cccc_0000_4000_8000_0000_0000_0001);

#[azure_auth::protect(scopes = "Files.Read", application_roles = "Files.Read.All")]
#[handler]
fn files() -> &'static str {
    "files"
}

#[azure_auth::protect(groups = "cccccccc-0000-4000-8000-000000000001")]
#[handler]
fn staff(user: User) -> String {
    user.display_name().to_owned()
}

#[azure_auth::protect(application_roles = any("Files.Read.All", "Other"))]
#[handler]
fn export(application: Application) -> String {
    application.client_id().to_owned()
}

#[azure_auth::protect(allow = role("Admin") || (scope("Files.Read") && !group("cccccccc-0000-4000-8000-000000000001")))]
#[handler]
fn policy() -> &'static str {
    "policy"
}

azure_auth::app! { roles: { Admin } }

#[azure_auth::protect(roles = Admin)]
#[handler]
fn reset(admin: Has<Admin>) -> &'static str {
    delete_everything(admin)
}

type Administrator = Has<Admin>;

#[azure_auth::protect]
#[handler]
fn reset_by_alias(admin: Administrator) -> &'static str {
    delete_everything(admin)
}

#[azure_auth::public]
#[handler]
fn reset_perhaps(admin: Option<Has<Admin>>) -> &'static str {
    admin.map_or("nothing", delete_everything)
}

#[azure_auth::protect]
#[handler]
fn reset_a_part(principal: Principal) -> &'static str {
    principal.proof::<Admin>().map_or("nothing", delete_everything)
}

fn delete_everything(_: Has<Admin>) -> &'static str {
    "gone"
}

fn application() -> Endpoints {
    azure_auth::endpoints! {
        "/files"  => get(files),
        "/staff"  => get(staff),
        "/export" => get(export),
        "/policy" => get(policy),
        "/reset"  => get(reset),
        "/alias"  => get(reset_by_alias),
        "/maybe"  => get(reset_perhaps),
        "/part"   => get(reset_a_part),
    }
}

async fn by_bearer(auth: &TestAuth, path: &str, identity: &TestIdentity) -> u16 {
    let client = TestClient::new(application().with(auth.azure_auth()));
    client.get(path).header("authorization", auth.bearer(identity)).send().await.0.status().as_u16()
}

async fn by_session(auth: &TestAuth, path: &str, identity: &TestIdentity) -> u16 {
    let client = TestClient::new(application().with(auth.azure_auth()));
    client.get(path).header("cookie", auth.session_cookie(identity).await).send().await.0.status().as_u16()
}

#[tokio::test]
async fn every_kind_of_caller_can_be_made() {
    let auth = TestAuth::new();
    let user = TestIdentity::user;
    for (path, identity, by_bearer_status, by_session_status) in [
        ("/files", user().scope("Files.Read"), 200, 200),
        ("/files", user().scope("Files.List"), 403, 200),
        ("/files", user(), 401, 200),
        ("/files", user().scope("Files.Read").expired(), 401, 401),
        ("/files", user().scope("Files.Read").tenant(STAFF), 401, 401),
        ("/staff", user().scope("x").group(STAFF), 200, 200),
        ("/staff", user().scope("x"), 403, 403),
        ("/staff", user().scope("x").overage(), 403, 403),
        ("/policy", user().scope("x").role("Admin").overage(), 200, 200),
        ("/policy", user().scope("Files.Read"), 200, 200),
        ("/policy", user().scope("Files.Read").group(STAFF), 403, 403),
        ("/policy", user().scope("Files.Read").overage(), 403, 403),
    ] {
        assert_eq!(by_bearer(&auth, path, &identity).await, by_bearer_status, "{path} by bearer: {identity:?}");
        assert_eq!(by_session(&auth, path, &identity).await, by_session_status, "{path} by session: {identity:?}");
    }
    for (path, identity, status) in [
        ("/files", TestIdentity::application().role("Files.Read.All"), 200),
        ("/files", TestIdentity::application().role("Other"), 403),
        ("/files", TestIdentity::application(), 401),
        ("/export", TestIdentity::application().role("Other"), 200),
        ("/export", user().scope("x").role("Other"), 403),
        ("/export", user().role("Other"), 401),
        ("/staff", TestIdentity::application().role("x"), 403),
    ] {
        assert_eq!(by_bearer(&auth, path, &identity).await, status, "{path}: {identity:?}");
    }
}

#[tokio::test]
async fn nobody_else_accepts_what_tests_are_given() {
    let tests = TestAuth::new();
    let emulator = Emulator::start().await.unwrap();
    let real = AzureAuth::from_variables(emulator.env()).unwrap();
    let client = TestClient::new(application().with(real));
    let identity = TestIdentity::user().scope("Files.Read");
    let token = client.get("/files").header("authorization", tests.bearer(&identity)).send().await;
    token.assert_status(StatusCode::UNAUTHORIZED);
    let session = client.get("/files").header("cookie", tests.session_cookie(&identity).await).send().await;
    session.assert_status(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_a_test_changes_comes_only_from_our_own_origin() {
    let auth = TestAuth::new();
    let client = TestClient::new(azure_auth::endpoints! { "/files" => poem::post(files) }.with(auth.azure_auth()));
    let cookie = auth.session_cookie(&TestIdentity::user()).await;
    client.post("/files").header("cookie", &cookie).send().await.assert_status(StatusCode::FORBIDDEN);
    let own = client.post("/files").header("cookie", &cookie).header("origin", TestAuth::ORIGIN).send().await;
    own.assert_status_is_ok();
}

#[tokio::test]
async fn a_proof_is_made_for_whoever_has_what_it_says() {
    let auth = TestAuth::new();
    let (admin, anyone) = (TestIdentity::user().role("Admin"), TestIdentity::user());
    for path in ["/reset", "/alias", "/maybe"] {
        assert_eq!(by_session(&auth, path, &admin).await, 200, "{path}");
        assert_eq!(by_session(&auth, path, &anyone).await, if path == "/maybe" { 200 } else { 403 }, "{path}");
    }
    let client = TestClient::new(application().with(auth.azure_auth()));
    for (caller, expected) in [(&admin, "gone"), (&anyone, "nothing")] {
        let call = client.get("/part").header("cookie", auth.session_cookie(caller).await);
        call.send().await.assert_text(expected).await;
    }
    assert_eq!(by_bearer(&auth, "/reset", &TestIdentity::application().role("Admin")).await, 403);
    assert_eq!(delete_everything(azure_auth::testing::proof()), "gone");
}
