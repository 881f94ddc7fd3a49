//! Who may do what: as reviewed in the lock file, as tried by the matrix, and the rules that are this application's own.

use azure_auth::testing::{TestAuth, TestIdentity, denial_matrix};
use poem::test::{TestClient, TestResponse};
use serde_json::{Value, json};

use super::{Database, Endpoints, endpoints, local_entra_id};
use crate::vocabulary::{Admin, Export, TicketsRead, TicketsWrite};

fn table() -> Endpoints {
    endpoints(&Database::open(":memory:").unwrap())
}

#[test]
fn nobody_is_let_in_without_a_review() {
    azure_auth::assert_authorization_lock!("authorization.lock", table());
}

#[tokio::test]
async fn every_row_refuses_whom_it_must() {
    denial_matrix(table()).run().await;
}

#[tokio::test]
async fn the_local_entra_id_has_every_name_that_the_table_asks_for() {
    let emulator = local_entra_id().start().await.unwrap();
    for name in ["Admin", "Tickets.Export", "Tickets.Read", "Tickets.Write"] {
        assert!(emulator.directory().defines(name), "{name}");
    }
}

#[tokio::test]
async fn a_ticket_is_for_its_owner_and_administrators_and_to_others_it_is_not_there() {
    let desk = Desk::with_a_ticket().await;
    for (caller, status) in [(owner(), 200), (owner().role(Admin).object(OTHER.parse().unwrap()), 200), (other(), 404)]
    {
        let answer = desk.client.get("/api/tickets/1").header("authorization", desk.auth.bearer(&caller)).send().await;
        assert_eq!(answer.0.status(), status);
        let page = desk.client.get("/tickets/1").header("cookie", desk.auth.session_cookie(&caller).await).send().await;
        assert_eq!(page.0.status(), status);
    }
    let token = desk.auth.bearer(&other());
    let refused = async |path| problem(desk.client.get(path).header("authorization", &token).send().await).await;
    assert_eq!(
        refused("/api/tickets/1").await,
        refused("/api/tickets/2").await,
        "nobody learns which tickets there are"
    );
    assert_eq!(refused("/api/tickets/1").await, refused("/api/tickets/none").await);
}

#[tokio::test]
async fn the_job_exports_everything_and_no_person_does() {
    let desk = Desk::with_a_ticket().await;
    for (caller, status) in [(TestIdentity::application().role(Export), 200), (owner().role(Export), 403)] {
        let answer = desk.client.get("/api/export").header("authorization", desk.auth.bearer(&caller)).send().await;
        assert_eq!(answer.0.status(), status);
    }
}

#[tokio::test]
async fn only_administrators_answer_and_the_audit_log_says_who_did() {
    let desk = Desk::with_a_ticket().await;
    let query = json!({ "query": "mutation { answerTicket(id: 1, answer: \"<b>Sit elsewhere.</b>\") { title } }" });
    let admin = other().role(Admin);
    for (caller, expected) in [(owner(), json!("only administrators answer tickets")), (admin.clone(), Value::Null)] {
        let call = desk.client.post("/graphql").header("authorization", desk.auth.bearer(&caller)).body_json(&query);
        let answer: Value = call.send().await.0.into_body().into_json().await.unwrap();
        assert_eq!(answer["errors"][0]["message"], expected, "{answer}");
    }
    let cookie = desk.auth.session_cookie(&admin).await;
    let page = async |path| {
        desk.client.get(path).header("cookie", &cookie).send().await.0.into_body().into_string().await.unwrap()
    };
    assert!(page("/tickets/1").await.contains("<p>&lt;b&gt;Sit elsewhere.&lt;/b&gt;</p>"));
    assert!(page("/admin").await.contains(&format!("{OTHER}</td><td>answered ticket 1</td>")));
}

/// The help desk with one ticket.
struct Desk {
    client: TestClient<Endpoints>,
    auth: TestAuth,
}

const OTHER: &str = "11111111-aaaa-4bbb-8ccc-222222222222";

fn owner() -> TestIdentity {
    TestIdentity::user().scope(TicketsRead).scope(TicketsWrite)
}

fn other() -> TestIdentity {
    owner().object(OTHER.parse().unwrap())
}

impl Desk {
    async fn with_a_ticket() -> Self {
        let auth = TestAuth::new();
        let client = TestClient::new(table().with(auth.azure_auth()));
        let draft = json!({ "title": "<i>Chair</i>", "text": "It is broken." });
        let call = client.post("/api/tickets").header("authorization", auth.bearer(&owner())).body_json(&draft);
        call.send().await.assert_status_is_ok();
        Self { client, auth }
    }
}

/// What a refusal says, but for the number that it has of its own.
async fn problem(answer: TestResponse) -> Value {
    let mut problem: Value = answer.0.into_body().into_json().await.unwrap();
    problem.as_object_mut().unwrap().remove("reference");
    problem
}
