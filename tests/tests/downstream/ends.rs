//! Tokens end with the session, everywhere, and are found by nobody else.

use azure_auth_emulator::TokenGrant;
use azure_auth_tests::browser::Browser;
use azure_auth_tests::place::Place;
use reqwest::Method;

use super::stage::Stage;

async fn sign_out(stage: &Stage, path: &str) {
    let page = stage.browser.open(stage.at("/logout")).await;
    let left = stage.browser.navigation(Method::POST, stage.at(path)).from(&page).send().await;
    assert!(left.status < 400, "{left:?}");
}

#[tokio::test]
async fn a_sign_out_deletes_the_tokens_that_it_finds() {
    let Some(place) = Place::redis() else { return };
    for path in ["/logout", "/logout?everywhere"] {
        let stage = Stage::new(&place.address).await;
        assert_eq!(stage.visit("/mail").await.status, 200);
        assert!(!place.token_keys().is_empty());
        sign_out(&stage, path).await;
        assert_eq!(place.token_keys(), Vec::<String>::new(), "{path}");
    }
}

#[tokio::test]
async fn tokens_live_no_longer_than_a_session_that_is_idle() {
    let Some(place) = Place::redis() else { return };
    let stage = Stage::new(&place.address).await;
    assert_eq!(stage.visit("/mail").await.status, 200);
    let kept = place.token_keys();
    assert!(!kept.is_empty());
    for key in kept {
        let left: i64 = place.says(&["TTL", &key]).trim().parse().unwrap();
        assert!((1..=8 * 3600).contains(&left), "{key} {left}");
    }
}

#[tokio::test]
async fn a_redis_server_holds_nothing_that_can_be_read_or_used() {
    let Some(place) = Place::redis() else { return };
    let stage = Stage::new(&place.address).await;
    assert_eq!(stage.visit("/both").await.status, 200);
    assert_eq!(stage.visit("/mail").await.status, 200);
    assert!(!place.token_keys().is_empty());
    let mut all = String::new();
    for key in place.keys() {
        all += &key;
        let kind = place.says(&["TYPE", &key]);
        all += &match kind.trim() {
            "hash" => place.says(&["HGETALL", &key]),
            "zset" => place.says(&["ZRANGE", &key, "0", "-1"]),
            "string" => place.says(&["GET", &key]),
            other => panic!("{other}"),
        };
    }
    for readable in ["eyJ", "1.R", "Mail.Read", "graph.microsoft.com", "Adele", "adele"] {
        assert!(!all.contains(readable), "{readable}");
    }
}

/// Puts the tokens of one session under the key of another.
fn swap(place: &Place, one: &str, other: &str) {
    place.says(&["RENAME", one, "kept"]);
    place.says(&["RENAME", other, one]);
    place.says(&["RENAME", "kept", other]);
}

#[tokio::test]
async fn tokens_that_are_swapped_between_people_serve_neither() {
    let Some(place) = Place::redis() else { return };
    let mut stage = Stage::new(&place.address).await;
    assert_eq!(stage.visit("/mail").await.status, 200);
    let [adele] = place.token_keys().try_into().unwrap();
    let browser = std::mem::replace(&mut stage.browser, Browser::new());
    assert_eq!(stage.visit_as("Alex", "/mail").await.status, 200);
    let alex = place.token_keys().into_iter().find(|key| *key != adele).unwrap();
    swap(&place, &adele, &alex);
    // Another process, which has nothing in hand.
    let again = stage.restarted(&place.address);
    for browser in [&browser, &stage.browser] {
        let before = again.emulator.token_requests(TokenGrant::RefreshToken);
        let page = browser.open(again.at("/mail")).await;
        assert_eq!(page.status, 302, "the person is asked, as if there were no tokens: {page:?}");
        assert_eq!(again.emulator.token_requests(TokenGrant::RefreshToken), before);
    }
}

#[tokio::test]
async fn a_consent_that_comes_back_as_another_person_is_their_sign_in_and_nothing_is_merged() {
    let Some(place) = Place::redis() else { return };
    let stage = Stage::new(&place.address).await;
    assert_eq!(stage.visit("/profile").await.status, 200);
    let before = place.token_keys();
    assert_eq!(before.len(), 1);
    let asked = stage.browser.open(stage.at("/mail")).await;
    // Adele hands the machine over in the middle.
    let address = asked.location().unwrap();
    let without_hint: Vec<_> = address
        .query_pairs()
        .filter(|(name, _)| name != "login_hint")
        .chain([("prompt".into(), "select_account".into())])
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let mut address = address.clone();
    address.query_pairs_mut().clear().extend_pairs(without_hint);
    let accounts = stage.browser.visit(address).await;
    let consent = stage.browser.pick(&accounts, "Alex").await;
    let answer = stage.browser.press(&consent, "Accept").await;
    let page = stage.browser.follow(answer).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert_eq!(stage.browser.open(stage.at("/me")).await.text, "Alex Wilber");
    let after = place.token_keys();
    assert!(after.len() == 1 && after != before, "the tokens of the session before are gone: {before:?} {after:?}");
}
