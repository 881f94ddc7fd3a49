//! Callers with an access token: what is done on behalf of their person, and what they are told.

use azure_auth_emulator::{ForcedError, TokenGrant};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Response;

use super::stage::Stage;

const PERSON: &str = "adele@contoso.test";
const MAIL: &str = "https://graph.microsoft.com/Mail.Read";
const STEP_UP: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

impl Stage {
    fn caller(&self) -> String {
        self.emulator.access_token().user(PERSON).scope("Files.Read").issue()
    }

    async fn call(&self, path: &str, token: &str) -> Response {
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        http.get(self.at(path)).bearer_auth(token).send().await.unwrap()
    }
}

fn challenge(answer: &Response) -> String {
    answer.headers().get("www-authenticate").map_or("", |value| value.to_str().unwrap()).to_owned()
}

async fn code(answer: Response) -> String {
    let problem: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(problem.get("sign_in"), None, "a program has no browser");
    problem["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_token_is_got_on_behalf_of_the_person_once_for_each_access_token() {
    let stage = Stage::new("memory").await;
    stage.agreed(MAIL);
    let token = stage.caller();
    for _ in 0..3 {
        let answer = stage.call("/mail", &token).await;
        assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
    }
    assert_eq!(stage.emulator.token_requests(TokenGrant::OnBehalfOf), 1);
    assert_eq!(stage.call("/mail", &stage.caller()).await.status(), 200);
    assert_eq!(stage.emulator.token_requests(TokenGrant::OnBehalfOf), 2, "another token is another caller");
}

#[tokio::test]
async fn what_nobody_agreed_to_is_403_and_the_challenge_names_the_scope() {
    let stage = Stage::new("memory").await;
    let token = stage.caller();
    for _ in 0..2 {
        let answer = stage.call("/mail", &token).await;
        assert_eq!(answer.status(), 403);
        let challenge = challenge(&answer);
        assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
        assert!(challenge.contains(&format!("scope=\"{MAIL}\"")), "{challenge}");
        assert_eq!(code(answer).await, "consent-required");
    }
    assert_eq!(stage.emulator.token_requests(TokenGrant::OnBehalfOf), 1, "it is not asked again at once");
    assert_eq!(stage.call("/me", &token).await.status(), 200, "other handlers work");
}

#[tokio::test]
async fn what_the_provider_asks_of_the_person_goes_back_to_the_client() {
    let stage = Stage::new("memory").await;
    stage.agreed(MAIL);
    stage.emulator.require_interaction(PERSON, STEP_UP).unwrap();
    let answer = stage.call("/mail", &stage.caller()).await;
    assert_eq!(answer.status(), 401);
    let challenge = challenge(&answer);
    assert!(challenge.contains("error=\"insufficient_claims\""), "{challenge}");
    let (_, claims) = challenge.split_once("claims=\"").expect("claims");
    let claims = STANDARD.decode(claims.trim_end_matches('"')).expect("base64 with padding");
    assert_eq!(String::from_utf8(claims).unwrap(), STEP_UP);
    assert_eq!(code(answer).await, "interaction-required");
}

#[tokio::test]
async fn a_provider_that_is_down_is_503_with_the_time_to_wait() {
    let stage = Stage::new("memory").await;
    stage.agreed(MAIL);
    let busy = ForcedError::at_grant(TokenGrant::OnBehalfOf, "temporarily_unavailable", None);
    stage.emulator.force_error(busy.status(503).retry_after(11));
    let answer = stage.call("/mail", &stage.caller()).await;
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (503, "11"));
    assert_eq!(code(answer).await, "tokens-unavailable");
}

#[tokio::test]
async fn an_assertion_that_is_over_at_the_provider_is_an_invalid_token() {
    let stage = Stage::new("memory").await;
    stage.agreed(MAIL);
    stage.emulator.force_error(ForcedError::at_grant(TokenGrant::OnBehalfOf, "invalid_grant", 500_133));
    let answer = stage.call("/mail", &stage.caller()).await;
    assert_eq!(answer.status(), 401);
    assert!(challenge(&answer).contains("error=\"invalid_token\""), "{}", challenge(&answer));
    assert_eq!(code(answer).await, "token-expired");
}

#[tokio::test]
async fn an_application_has_nobody_to_act_for_and_a_token_of_its_own() {
    let stage = Stage::new("memory").await;
    let daemon = stage.emulator.access_token().application("Local daemon").role("Files.Read.All").issue();
    let answer = stage.call("/for-both", &daemon).await;
    assert_eq!(answer.status(), 403);
    assert_eq!(code(answer).await, "no-person-to-act-for");
    assert_eq!(stage.emulator.token_requests(TokenGrant::OnBehalfOf), 0);
    for _ in 0..3 {
        assert_eq!(stage.call("/organization", &daemon).await.status(), 200);
    }
    assert_eq!(stage.emulator.token_requests(TokenGrant::ClientCredentials), 1);
}

#[tokio::test]
async fn a_caller_without_rights_causes_no_request_to_the_provider() {
    let stage = Stage::new("memory").await;
    stage.agreed(MAIL);
    assert_eq!(stage.call("/refused", &stage.caller()).await.status(), 403);
    assert_eq!(stage.call("/organization", &stage.caller()).await.status(), 403);
    for grant in [TokenGrant::OnBehalfOf, TokenGrant::ClientCredentials] {
        assert_eq!(stage.emulator.token_requests(grant), 0);
    }
}

#[tokio::test]
async fn two_handlers_of_one_caller_do_not_take_each_others_token_away() {
    let stage = Stage::new("memory").await;
    stage.agreed(&format!("{MAIL} https://graph.microsoft.com/User.Read"));
    let token = stage.caller();
    for path in ["/mail", "/profile", "/mail", "/profile"] {
        assert_eq!(stage.call(path, &token).await.status(), 200, "{path}");
    }
    assert!(stage.emulator.token_requests(TokenGrant::OnBehalfOf) <= 2);
}
