//! Who may do what: as reviewed in the lock file, as tried by the matrix, and the rules that are this application's own.

use azure_auth::Guid;
use azure_auth::testing::{TestAuth, TestIdentity, denial_matrix};
use poem::test::{TestClient, TestRequestBuilder};
use serde_json::{Value, json};

use super::{Database, Endpoints, endpoints};
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
async fn a_ticket_is_for_its_owner_and_administrators_and_to_others_it_is_not_there() {
    let desk = Desk::with_a_ticket().await;
    for (caller, status) in [(person(1), 200), (person(2).role(Admin), 200), (person(2), 404)] {
        assert_eq!(desk.fetch("/api/tickets/1", &caller).await.0, status);
        assert_eq!(desk.open("/tickets/1", &caller).await.0, status);
    }
    for nothing in ["/api/tickets/2", "/api/tickets/x"] {
        assert_eq!(desk.fetch(nothing, &person(2)).await, desk.fetch("/api/tickets/1", &person(2)).await);
    }
}

#[tokio::test]
async fn the_job_exports_everything_and_no_person_does() {
    let desk = Desk::with_a_ticket().await;
    let (_, tickets) = desk.fetch("/api/export", &TestIdentity::application().role(Export)).await;
    assert_eq!(tickets[0]["title"], "<i>Chair</i>");
    assert_eq!(desk.fetch("/api/export", &person(1).role(Export)).await.0, 403);
}

#[tokio::test]
async fn only_administrators_answer_and_the_audit_log_says_who_did() {
    let desk = Desk::with_a_ticket().await;
    let mutation = json!({ "query": "mutation { answerTicket(id: 1, answer: \"<b>Stand.</b>\") { title } }" });
    let admin = person(2).role(Admin);
    for (caller, refusal) in [(person(1), json!("only administrators answer tickets")), (admin.clone(), Value::Null)] {
        let (_, answer) = desk.send(desk.client.post("/graphql").body_json(&mutation), &caller).await;
        assert_eq!(answer["errors"][0]["message"], refusal);
    }
    assert!(desk.open("/tickets/1", &person(1)).await.1.contains("<p>&lt;b&gt;Stand.&lt;/b&gt;</p>"));
    let entry = format!("answered ticket 1 <code>{}</code>", admin.user_id());
    assert!(desk.open("/admin", &admin).await.1.contains(&entry));
}

/// The first one opened the ticket.
fn person(id: u128) -> TestIdentity {
    TestIdentity::user().object(Guid::from_u128(id)).scope(TicketsRead).scope(TicketsWrite)
}

/// The help desk with one ticket.
struct Desk {
    client: TestClient<Endpoints>,
    auth: TestAuth,
}

impl Desk {
    async fn with_a_ticket() -> Self {
        let auth = TestAuth::new();
        let desk = Self { client: TestClient::new(table().with(auth.azure_auth())), auth };
        let draft = json!({ "title": "<i>Chair</i>", "text": "It is broken." });
        assert_eq!(desk.send(desk.client.post("/api/tickets").body_json(&draft), &person(1)).await.0, 200);
        desk
    }

    /// With an access token; what a refusal says without the number of its own.
    async fn send(&self, call: TestRequestBuilder<'_, Endpoints>, caller: &TestIdentity) -> (u16, Value) {
        let answer = call.header("authorization", self.auth.bearer(caller)).send().await.0;
        let (status, mut body) = (answer.status().as_u16(), answer.into_body().into_json::<Value>().await.unwrap());
        body.as_object_mut().and_then(|body| body.remove("reference"));
        (status, body)
    }

    async fn fetch(&self, path: &str, caller: &TestIdentity) -> (u16, Value) {
        self.send(self.client.get(path), caller).await
    }

    /// With a session.
    async fn open(&self, path: &str, caller: &TestIdentity) -> (u16, String) {
        let call = self.client.get(path).header("cookie", self.auth.session_cookie(caller).await);
        let answer = call.send().await.0;
        (answer.status().as_u16(), answer.into_body().into_string().await.unwrap())
    }
}
