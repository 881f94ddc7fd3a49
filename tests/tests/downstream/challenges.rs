//! An API that does not take a token any more says what it misses.

use azure_auth_emulator::{ForcedError, TokenGrant};

use super::stage::Stage;

const PERSON: &str = "adele@contoso.test";
const STEP_UP: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

#[tokio::test]
async fn a_claims_challenge_leads_the_person_to_the_provider_and_back() {
    let stage = Stage::new("memory").await;
    assert_eq!(stage.visit("/mail").await.status, 200);
    stage.emulator.challenge(PERSON, STEP_UP).unwrap();
    let asked = stage.browser.open(stage.at("/mail?page=2")).await;
    assert_eq!(asked.status, 302, "{asked:?}");
    let asked = stage.browser.step(&asked).await;
    assert_eq!(asked.location_parameter("claims").as_deref(), Some(STEP_UP));
    let page = stage.visit("/mail?page=2").await;
    assert_eq!((page.status, page.address.query()), (200, Some("page=2")), "{page:?}");
}

#[tokio::test]
async fn a_script_is_told_where_to_send_the_browser() {
    let stage = Stage::new("memory").await;
    assert_eq!(stage.visit("/mail").await.status, 200);
    stage.emulator.challenge(PERSON, STEP_UP).unwrap();
    let me = stage.browser.open(stage.at("/me")).await;
    let problem = stage.browser.script(&me, reqwest::Method::GET, stage.at("/mail")).send().await;
    assert_eq!((problem.status, problem.json()["code"].as_str()), (401, Some("interaction-required")), "{problem:?}");
    let sign_in = problem.json()["sign_in"].as_str().unwrap().to_owned();
    let asked = stage.browser.open(stage.at(&sign_in)).await;
    assert_eq!(asked.location_parameter("claims").as_deref(), Some(STEP_UP));
    // The script leads its page there, which says where it came from.
    let asked = stage.browser.navigation(reqwest::Method::GET, stage.at(&sign_in)).from(&me).send().await;
    assert_eq!(stage.browser.follow(asked).await.address.path(), "/me");
    assert_eq!(stage.browser.open(stage.at("/mail")).await.status, 200);
}

#[tokio::test]
async fn a_challenge_that_nobody_can_meet_ends_in_a_page_after_two_visits() {
    let stage = Stage::new("memory").await;
    assert_eq!(stage.visit("/mail").await.status, 200);
    stage.emulator.force_error(ForcedError::at_graph(401, "InvalidAuthenticationToken").claims(STEP_UP));
    let before = stage.emulator.token_requests(TokenGrant::AuthorizationCode);
    let page = stage.browser.visit(stage.at("/mail")).await;
    assert_eq!((page.status, page.reason().as_deref()), (403, Some("proof-not-enough")), "{page:?}");
    assert_eq!(stage.emulator.token_requests(TokenGrant::AuthorizationCode) - before, 2);
    let page = stage.browser.open(stage.at("/mail")).await;
    assert_eq!((page.status, page.reason().as_deref()), (403, Some("proof-not-enough")), "{page:?}");
    assert_eq!(stage.browser.open(stage.at("/me")).await.status, 200);
}
