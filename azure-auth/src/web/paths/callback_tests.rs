//! What strangers hold who bring codes that nobody gave them, and what people notice of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use poem::http::header::{COOKIE, LOCATION, SET_COOKIE};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Endpoint, IntoResponse, Request, Server};
use serde_json::json;
use url::{Url, form_urlencoded};

use super::*;
use crate::io::clock::{self, test_clock};
use crate::io::provider::cached::Provider;
use crate::io::provider::transport::Transport;
use crate::io::sessions::memory::{MemoryLimits, MemoryStore};
use crate::model::refusals::reason::Reason;
use crate::rules::configuration::settings::{self, Settings};
use crate::rules::sign_in::authorization_response::ATTEMPT_LIFETIME;
use crate::rules::token::id_token::tests::{CLIENT, HEADER, OBJECT, TENANT, key, sign};
use crate::web::application::events::NoEvents;
use crate::web::application::state::{Application, DeclaredNeeds, MountedApplication};
use crate::web::layer::protected::Protected;
use crate::web::pages::looks::Pages;

/// A provider that does with a code what the code says.
#[derive(Clone, Default)]
struct Oracle {
    redemptions: Arc<AtomicUsize>,
}

impl Endpoint for Oracle {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let origin = format!("http://{}", request.header("host").unwrap());
        let issuer = format!("{origin}/{TENANT}/v2.0");
        let path = request.uri().path().to_owned();
        if path.ends_with("/openid-configuration") {
            return Ok(poem::web::Json(json!({
                "issuer": issuer, "authorization_endpoint": format!("{origin}/authorize"),
                "token_endpoint": format!("{origin}/token"), "jwks_uri": format!("{origin}/keys"),
            }))
            .into_response());
        }
        if path.ends_with("/keys") {
            return Ok(poem::web::Json(json!({"keys": [key(&json!({}))]})).into_response());
        }
        self.redemptions.fetch_add(1, Ordering::SeqCst);
        let form = request.take_body().into_vec().await.unwrap();
        let code = form_urlencoded::parse(&form).find(|(name, _)| name == "code").unwrap().1.into_owned();
        let answer = match code.as_str() {
            "refused" => {
                return Ok(poem::web::Json(json!({"error": "invalid_grant"}))
                    .with_status(StatusCode::BAD_REQUEST)
                    .into_response());
            }
            "broken" => return Ok(StatusCode::BAD_GATEWAY.into()),
            nonce => {
                let now = clock::now().0;
                let claims = json!({
                    "iss": issuer, "aud": CLIENT, "tid": TENANT, "oid": OBJECT, "sub": "s", "nonce": nonce,
                    "iat": now, "nbf": now, "exp": now + 3600, "name": "Adele Vance",
                });
                json!({"access_token": "a", "token_type": "Bearer", "id_token": sign(HEADER, claims.to_string())})
            }
        };
        Ok(poem::web::Json(answer).into_response())
    }
}

struct Stage {
    oracle: Oracle,
    application: Arc<Application>,
    served: Protected<poem::Route>,
}

/// A sign-in that somebody has begun.
struct Begun {
    cookie: String,
    state: String,
    nonce: String,
}

impl Stage {
    async fn new(leases: usize) -> Self {
        let oracle = Oracle::default();
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let address = *acceptor.local_addr()[0].0.as_socket_addr().unwrap();
        tokio::spawn(Server::new_with_acceptor(acceptor).run(oracle.clone()));
        let issuer = format!("http://{address}/{TENANT}");
        let settings = Settings::from_variables(|name| match name {
            "AZURE_CLIENT_ID" => Some(CLIENT.to_owned()),
            "AZURE_CLIENT_SECRET" => Some("a secret of more than thirty-two characters".to_owned()),
            "AZURE_ISSUER_URI" => Some(issuer.clone()),
            _ => None,
        });
        let configuration = settings::judge(&settings).unwrap();
        let credential =
            crate::io::credential::ClientCredential::new(&configuration.client, &configuration.authority).unwrap();
        let provider = Provider::new(configuration.authority.clone(), Transport::new(true, Vec::new()).unwrap());
        let store = MemoryStore::new(MemoryLimits { leases, ..MemoryLimits::default() });
        let (pages, events) = (Pages::default(), Arc::new(NoEvents));
        let application =
            Arc::new(Application::new(configuration, (provider, credential), Some(Arc::new(store)), pages, events));
        let mounted = Arc::new(MountedApplication::new(application.clone(), DeclaredNeeds::default()));
        Self { oracle, application, served: Protected { mounted, is_served: true, endpoint: poem::Route::new() } }
    }

    async fn get(&self, address: &str, cookie: &str) -> Response {
        let request = Request::builder().uri(address.parse().unwrap()).header(COOKIE, cookie).finish();
        self.served.call(request).await.unwrap()
    }

    async fn begins(&self) -> Begun {
        let answer = self.get("/login", "").await;
        let address: Url = answer.headers()[LOCATION].to_str().unwrap().parse().unwrap();
        let parameter = |wanted: &str| address.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
        let cookie = cookies(&answer)[0].split(';').next().unwrap().to_owned();
        Begun { cookie, state: parameter("state"), nonce: parameter("nonce") }
    }

    async fn brings(&self, begun: &Begun, code: &str) -> Response {
        self.get(&format!("/authorization-code/callback?code={code}&state={}", begun.state), &begun.cookie).await
    }

    /// A stranger, who needs nothing but the page that begins a sign-in.
    async fn stranger(&self, code: &str) -> Response {
        self.brings(&self.begins().await, code).await
    }

    fn redemptions(&self) -> usize {
        self.oracle.redemptions.load(Ordering::SeqCst)
    }
}

fn cookies(answer: &Response) -> Vec<String> {
    answer.headers().get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap().to_owned()).collect()
}

async fn reason(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let problem: serde_json::Value = answer.into_body().into_json().await.unwrap();
    (status, problem["code"].as_str().unwrap().to_owned())
}

/// Status and reason, the time to wait, and whether the attempt stays with the browser.
async fn assert_told_to_wait(answer: Response, code: &str) {
    assert_eq!(answer.headers()["retry-after"], "10");
    assert_eq!(cookies(&answer), Vec::<String>::new(), "the same answer may be followed later");
    assert_eq!(reason(answer).await, (503, code.to_owned()));
}

#[tokio::test]
async fn strangers_whose_codes_are_refused_leave_room_for_people() {
    let stage = Stage::new(4).await;
    for _ in 0..40 {
        assert_eq!(reason(stage.stranger("refused").await).await, (400, "provider-refused".to_owned()));
    }
    let person = stage.begins().await;
    assert_eq!(stage.brings(&person, &person.nonce).await.status(), 303);
    assert_eq!(stage.redemptions(), 41);
}

#[tokio::test]
async fn where_the_provider_leaves_it_open_places_are_kept_and_people_are_told_the_truth() {
    let stage = Stage::new(4).await;
    let signed_in = stage.begins().await;
    let session = cookies(&stage.brings(&signed_in, &signed_in.nonce).await);
    let session = session.iter().find(|cookie| cookie.starts_with("azure-session-")).unwrap().clone();
    for _ in 0..3 {
        assert_eq!(reason(stage.stranger("broken").await).await, (502, "provider-unavailable".to_owned()));
    }
    let person = stage.begins().await;
    for _ in 0..10 {
        assert_told_to_wait(stage.stranger("broken").await, "sign-in-no-room").await;
        assert_told_to_wait(stage.brings(&person, &person.nonce).await, "sign-in-no-room").await;
    }
    assert_eq!(stage.redemptions(), 4, "nobody without a place is at the provider's");
    let who = stage.get("/session", session.split(';').next().unwrap()).await;
    assert_eq!(who.status(), 200, "who is signed in does not notice");

    test_clock::pass(ATTEMPT_LIFETIME);
    let person = stage.begins().await;
    assert_eq!(stage.brings(&person, &person.nonce).await.status(), 303);
}

#[tokio::test]
async fn too_many_codes_at_once_wait_and_are_redeemed_later() {
    let stage = Stage::new(4).await;
    let person = stage.begins().await;
    let places: Vec<_> = std::iter::from_fn(|| stage.application.provider.place_at_token_endpoint()).collect();
    assert_told_to_wait(stage.brings(&person, &person.nonce).await, "sign-in-busy").await;
    assert_eq!(stage.redemptions(), 0);
    drop(places);
    assert_eq!(stage.brings(&person, &person.nonce).await.status(), 303);
}

fn has_session(answer: &Response) -> bool {
    cookies(answer).iter().any(|cookie| cookie.starts_with("azure-session-"))
}

#[tokio::test]
async fn of_two_equal_answers_one_is_redeemed_and_the_browser_of_the_other_goes_on() {
    let stage = Stage::new(4).await;
    let person = stage.begins().await;
    let all = futures_util::future::join_all((0..8).map(|_| stage.brings(&person, &person.nonce))).await;
    assert!(all.iter().all(|answer| answer.status() == 303 && answer.headers()[LOCATION] == "/"));
    assert_eq!(all.iter().filter(|answer| has_session(answer)).count(), 1);
    assert_eq!(stage.redemptions(), 1);
    let unlucky = stage.begins().await;
    assert_eq!(stage.brings(&unlucky, "broken").await.status(), 502);
    let again = stage.brings(&unlucky, "broken").await;
    assert_eq!((again.status().as_u16(), has_session(&again)), (303, false));
    assert_eq!(stage.redemptions(), 2, "an open outcome is not asked for again");
}

#[tokio::test]
async fn a_used_answer_leads_nobody_on_who_did_not_begin_it() {
    let stage = Stage::new(4).await;
    let person = stage.begins().await;
    assert_eq!(stage.brings(&person, &person.nonce).await.status(), 303);
    let other = stage.begins().await;
    let stolen = Begun { cookie: other.cookie, ..person };
    let answer = stage.brings(&stolen, "any").await;
    assert_eq!((answer.status().as_u16(), has_session(&answer)), (302, false), "it begins a sign-in of one's own");
    assert_eq!(stage.redemptions(), 1);
}

#[tokio::test]
async fn what_strangers_can_reach_without_end_is_in_the_log_once_a_minute() {
    let stage = Stage::new(1).await;
    let logged = |reason, is_shared| stage.application.lets_log(reason, is_shared);
    for reason in [Reason::SignInNoRoom, Reason::SignInBusy] {
        assert_eq!((logged(reason, false), logged(reason, false)), (Some(0), None));
    }
    assert_eq!((logged(Reason::KeysNotLoaded, true), logged(Reason::KeysNotLoaded, true)), (Some(0), None));
    assert_eq!(logged(Reason::KeysNotLoaded, false), Some(0), "whoever asked is in the log");
    assert_eq!((logged(Reason::TokenExpired, false), logged(Reason::TokenExpired, false)), (Some(0), Some(0)));
    test_clock::pass(Duration::from_secs(60));
    assert_eq!(logged(Reason::SignInNoRoom, false), Some(1));
}
