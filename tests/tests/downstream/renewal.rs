//! Tokens at their end: one request renews them, whoever waits, and nothing comes back that ended meanwhile.

use azure_auth_emulator::{Emulator, TokenGrant};
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::place::Place;
use azure_auth_tests::proxy::REPLICA;
use azure_auth_tests::replicas::{Built, COUNT, Replicas};
use futures_util::future::join_all;
use reqwest::Method;

use super::stage::{ADELE, Stage};

const BUILT: Built = Built { program: env!("CARGO_BIN_EXE_replica"), directory: env!("CARGO_TARGET_TMPDIR") };

/// Seconds: what is issued with it serves nobody a moment later.
const OVER: u64 = 20;

/// A person whose token is at its end.
async fn stage_at_the_end(store: &str) -> Stage {
    let stage = Stage::new(store).await;
    stage.emulator.set_access_token_lifetime(OVER);
    stage.visit("/later").await;
    stage.emulator.set_access_token_lifetime(3600);
    stage
}

fn renewals(emulator: &Emulator) -> usize {
    emulator.token_requests(TokenGrant::RefreshToken)
}

async fn replicas(name: &str, place: &Place, emulator: Emulator) -> Replicas {
    let changes = [("AZURE_SESSION_STORE", place.address.as_str()), ("TOKENS", "1")];
    Replicas::start(BUILT, name, emulator, &changes).await
}

/// Somebody who has agreed, and whose token is at its end.
async fn person_at(replicas: &Replicas) -> Browser {
    let browser = Browser::new();
    replicas.emulator.set_access_token_lifetime(OVER);
    browser.visit_as(ADELE, replicas.at("/mail")).await;
    replicas.emulator.set_access_token_lifetime(3600);
    browser
}

async fn mail_at(replica: usize, replicas: &Replicas, browser: &Browser) -> Page {
    let call = browser.program(Method::GET, replicas.at("/mail")).header(REPLICA, &replica.to_string());
    call.send().await
}

#[tokio::test]
async fn a_hundred_requests_at_the_end_of_a_token_are_one_request_to_the_provider() {
    let stage = stage_at_the_end("memory").await;
    let before = renewals(&stage.emulator);
    let pages = join_all((0..100).map(|_| stage.browser.open(stage.at("/later")))).await;
    assert!(pages.iter().all(|page| page.status == 200), "{:?}", pages.iter().find(|page| page.status != 200));
    assert_eq!(renewals(&stage.emulator) - before, 1);
}

#[tokio::test]
async fn a_hundred_requests_at_each_of_three_replicas_are_one_request_to_the_provider() {
    let Some(place) = Place::redis() else { return };
    let replicas = replicas("renewal", &place, Emulator::start().await.unwrap()).await;
    let browser = person_at(&replicas).await;
    let before = renewals(&replicas.emulator);
    let pages = join_all((0..100 * COUNT).map(|number| mail_at(number % COUNT, &replicas, &browser))).await;
    assert!(pages.iter().all(|page| page.status == 200), "{:?}", pages.iter().find(|page| page.status != 200));
    assert_eq!(renewals(&replicas.emulator) - before, 1);
}

#[tokio::test]
async fn whoever_dies_in_the_middle_of_a_renewal_is_followed_by_the_next() {
    let Some(place) = Place::redis() else { return };
    let mut replicas = replicas("killed", &place, Emulator::start().await.unwrap()).await;
    let browser = person_at(&replicas).await;
    let before = renewals(&replicas.emulator);
    let gate = replicas.emulator.hold(TokenGrant::RefreshToken);
    let lost = {
        let (address, browser) = (replicas.at("/mail"), browser.copy());
        tokio::spawn(async move { browser.program(Method::GET, address).header(REPLICA, "0").try_send().await.is_ok() })
    };
    gate.arrived(1).await;
    replicas.kill(0);
    drop(gate);
    let _ = lost.await;
    let page = mail_at(1, &replicas, &browser).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert_eq!(renewals(&replicas.emulator) - before, 2);
}

#[tokio::test]
async fn a_renewal_that_loses_against_a_sign_out_leaves_nothing() {
    let Some(place) = Place::redis() else { return };
    let stage = stage_at_the_end(&place.address).await;
    let gate = stage.emulator.hold(TokenGrant::RefreshToken);
    let waiting = {
        let (address, browser) = (stage.at("/later"), stage.browser.copy());
        tokio::spawn(async move { browser.program(Method::GET, address).send().await })
    };
    gate.arrived(1).await;
    let page = stage.browser.open(stage.at("/logout")).await;
    let left = stage.browser.navigation(Method::POST, stage.at("/logout")).from(&page).send().await;
    assert!(left.status < 400, "{left:?}");
    drop(gate);
    let late = waiting.await.unwrap();
    assert_eq!(late.status, 401, "{late:?}");
    assert_eq!(place.token_keys(), Vec::<String>::new());
}

#[tokio::test]
async fn two_apis_are_renewed_at_the_same_time_and_what_is_kept_brings_further_tokens() {
    let stage = Stage::new("memory").await;
    stage.emulator.set_access_token_lifetime(OVER);
    stage.visit("/both").await;
    stage.emulator.set_access_token_lifetime(3600);
    for _ in 0..2 {
        let page = stage.browser.open(stage.at("/both")).await;
        assert_eq!(page.status, 200, "{page:?}");
    }
    // She agrees elsewhere, so that no visit to the provider brings anything here.
    stage.agreed("https://graph.microsoft.com/Mail.Read");
    let page = stage.browser.open(stage.at("/later")).await;
    assert_eq!(page.status, 200, "what is kept still brings further tokens: {page:?}");
}

#[tokio::test]
async fn a_token_that_still_serves_is_renewed_behind_the_requests() {
    let stage = Stage::new("memory").await;
    stage.emulator.set_refresh_in(1);
    stage.visit("/later").await;
    let before = renewals(&stage.emulator);
    stage.emulator.set_refresh_in(None);
    let gate = stage.emulator.hold(TokenGrant::RefreshToken);
    let renewed = async {
        while renewals(&stage.emulator) == before {
            let page = stage.browser.open(stage.at("/later")).await;
            assert_eq!(page.status, 200, "nobody waits: {page:?}");
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), renewed).await.expect("a renewal");
    for _ in 0..10 {
        assert_eq!(stage.browser.open(stage.at("/later")).await.status, 200);
    }
    drop(gate);
    assert_eq!(renewals(&stage.emulator) - before, 1, "one of all who noticed");
}

#[tokio::test]
async fn a_token_that_still_serves_does_so_when_it_cannot_be_renewed() {
    let stage = Stage::new("memory").await;
    stage.emulator.set_refresh_in(1);
    stage.visit("/later").await;
    let before = renewals(&stage.emulator);
    stage.emulator.revoke_refresh_tokens("adele@contoso.test").unwrap();
    let renewed = async {
        while renewals(&stage.emulator) == before {
            assert_eq!(stage.browser.open(stage.at("/later")).await.status, 200);
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), renewed).await.expect("a try");
    for _ in 0..20 {
        assert_eq!(stage.browser.open(stage.at("/later")).await.status, 200);
    }
    assert_eq!(renewals(&stage.emulator) - before, 1, "a failure is not tried again at once");
}
