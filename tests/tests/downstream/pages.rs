//! People who open pages, send forms and run scripts that need tokens: each of these in every state of their consent.

use azure_auth_emulator::{ForcedError, TokenGrant};
use azure_auth_tests::browser::Page;
use azure_auth_tests::place::places_of_tokens;
use reqwest::Method;

use super::stage::{ADELE, Stage, scopes};

const STEP_UP: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

impl Stage {
    async fn open(&self, path: &str) -> Page {
        self.browser.open(self.at(path)).await
    }

    /// A form of the page `/me`, sent to `path`.
    async fn post(&self, path: &str) -> Page {
        let me = self.open("/me").await;
        self.browser.navigation(Method::POST, self.at(path)).from(&me).form(Vec::new()).send().await
    }

    /// A script of the page `/me?tab=1`.
    async fn script(&self, path: &str) -> Page {
        let me = self.open("/me?tab=1").await;
        self.browser.script(&me, Method::GET, self.at(path)).send().await
    }

    /// Whatever was refused, the person is still signed in, and other pages work.
    async fn assert_still_signed_in(&self) {
        let me = self.open("/me").await;
        assert_eq!((me.status, me.text.as_str()), (200, "Adele Vance"), "{me:?}");
    }
}

#[tokio::test]
async fn a_page_gets_its_token_with_the_sign_in_and_another_with_one_visit_more() {
    for place in places_of_tokens() {
        let stage = Stage::new(&place.address).await;
        let asked = stage.open("/profile").await;
        assert_eq!(asked.status, 302, "{}: {asked:?}", place.name);
        assert_eq!(
            scopes(&asked),
            ["openid", "profile", "https://graph.microsoft.com/User.Read", "offline_access"],
            "{}",
            place.name
        );
        let page = stage.visit("/profile").await;
        assert_eq!((page.status, page.address.path()), (200, "/profile"), "{}: {page:?}", place.name);
        assert!(page.text.contains("Adele Vance"), "{}", page.text);

        let asked = stage.open("/mail?folder=inbox").await;
        assert_eq!(asked.status, 302, "{}: {asked:?}", place.name);
        let scopes = scopes(&asked);
        for name in ["Mail.Read", "User.Read"] {
            assert!(scopes.contains(&format!("https://graph.microsoft.com/{name}")), "{}: {scopes:?}", place.name);
        }
        let page = stage.visit("/mail?folder=inbox").await;
        assert_eq!((page.status, page.address.path()), (200, "/mail"), "{}: {page:?}", place.name);
        assert_eq!(page.address.query(), Some("folder=inbox"));
        for (path, status) in [("/profile", 200), ("/mail", 200), ("/later", 200)] {
            assert_eq!(stage.open(path).await.status, status, "{}: {path}", place.name);
        }
        assert_eq!(stage.post("/mail").await.status, 200, "{}", place.name);
        assert_eq!(stage.script("/mail").await.status, 200, "{}", place.name);
        let asked = stage.emulator.token_requests(TokenGrant::RefreshToken);
        assert_eq!(asked, 1, "{}: once, whether the person had agreed elsewhere", place.name);
    }
}

#[tokio::test]
async fn whoever_has_not_agreed_is_asked_and_stays_signed_in() {
    for place in places_of_tokens() {
        let stage = Stage::new(&place.address).await;
        stage.visit("/me").await;
        let page = stage.open("/mail").await;
        assert_eq!((page.status, page.reason()), (302, None), "{}: {page:?}", place.name);
        assert!(page.location_parameter("login_hint").is_some(), "{}: {page:?}", place.name);

        let form = stage.post("/mail").await;
        assert_eq!((form.status, form.reason().as_deref()), (401, Some("consent-required")), "{}", place.name);
        assert!(form.text.contains("What the form sent was not kept"), "{}", form.text);

        let problem = stage.script("/mail").await;
        assert_eq!(problem.status, 401, "{}", place.name);
        let problem = problem.json();
        assert_eq!(problem["code"], "consent-required", "{}", place.name);
        let sign_in = problem["sign_in"].as_str().unwrap().to_owned();
        stage.assert_still_signed_in().await;

        // The address leads a browser to Microsoft, and back to the page that the script is on.
        let asked = stage.open(&sign_in).await;
        assert!(scopes(&asked).contains(&"https://graph.microsoft.com/Mail.Read".to_owned()), "{}", place.name);
        let page = stage.visit(&sign_in).await;
        assert_eq!((page.address.path(), page.address.query()), ("/me", Some("tab=1")), "{}: {page:?}", place.name);
        assert_eq!(stage.script("/mail").await.status, 200, "{}", place.name);
    }
}

#[tokio::test]
async fn whoever_has_to_be_seen_again_is_sent_there_and_stays_signed_in() {
    for place in places_of_tokens() {
        let stage = Stage::new(&place.address).await;
        // What is issued now serves nobody a moment later.
        stage.emulator.set_access_token_lifetime(20);
        stage.visit("/me").await;
        stage.agreed("https://graph.microsoft.com/Mail.Read");
        stage.emulator.require_interaction("adele@contoso.test", STEP_UP).unwrap();
        let page = stage.open("/mail").await;
        assert_eq!(page.status, 302, "{}: {page:?}", place.name);
        assert_eq!(page.location_parameter("claims").as_deref(), Some(STEP_UP), "{}", place.name);
        let form = stage.post("/mail").await;
        assert_eq!((form.status, form.reason().as_deref()), (401, Some("interaction-required")), "{}", place.name);
        let problem = stage.script("/mail").await;
        assert_eq!((problem.status, problem.json()["code"].as_str()), (401, Some("interaction-required")));
        stage.assert_still_signed_in().await;
        stage.emulator.set_access_token_lifetime(3600);
        let page = stage.visit("/mail").await;
        assert_eq!(page.status, 200, "{}: {page:?}", place.name);
    }
}

#[tokio::test]
async fn a_refresh_token_that_was_revoked_leads_back_to_the_provider_and_not_out_of_the_session() {
    for place in places_of_tokens() {
        let stage = Stage::new(&place.address).await;
        stage.visit("/me").await;
        stage.agreed("https://graph.microsoft.com/Mail.Read");
        stage.emulator.revoke_refresh_tokens("adele@contoso.test").unwrap();
        let problem = stage.script("/mail").await;
        assert_eq!((problem.status, problem.json()["code"].as_str()), (401, Some("interaction-required")));
        stage.assert_still_signed_in().await;
        let page = stage.visit("/mail").await;
        assert_eq!(page.status, 200, "{}: {page:?}", place.name);
    }
}

#[tokio::test]
async fn a_provider_that_wants_fewer_requests_is_waited_for() {
    for place in places_of_tokens() {
        let stage = Stage::new(&place.address).await;
        stage.visit("/me").await;
        stage.agreed("https://graph.microsoft.com/Mail.Read");
        let busy = ForcedError::at_grant(TokenGrant::RefreshToken, "temporarily_unavailable", None);
        stage.emulator.force_error(busy.status(429).retry_after(7));
        let page = stage.open("/mail").await;
        assert_eq!((page.status, page.header("retry-after")), (503, "7"), "{}: {page:?}", place.name);
        assert_eq!(page.reason().as_deref(), Some("tokens-unavailable"), "{}", place.name);
        let form = stage.post("/mail").await;
        assert_eq!((form.status, form.header("retry-after")), (503, "7"), "{}", place.name);
        let problem = stage.script("/mail").await;
        assert_eq!((problem.status, problem.json()["code"].as_str()), (503, Some("tokens-unavailable")));
        assert_eq!(
            stage.emulator.token_requests(TokenGrant::RefreshToken),
            1,
            "{}: it is not asked again at once",
            place.name
        );
        stage.assert_still_signed_in().await;
    }
}

#[tokio::test]
async fn whoever_may_not_call_a_handler_causes_no_request_to_the_provider() {
    let stage = Stage::new("memory").await;
    stage.visit("/me").await;
    let page = stage.open("/refused").await;
    assert_eq!(page.status, 403, "{page:?}");
    assert_eq!(stage.post("/refused").await.status, 403);
    assert_eq!(stage.emulator.token_requests(TokenGrant::RefreshToken), 0);
}

#[tokio::test]
async fn whoever_declines_sees_why_and_is_still_signed_in() {
    let stage = Stage::new("memory").await;
    stage.visit("/me").await;
    let consent = stage.browser.visit(stage.at("/mail")).await;
    assert!(consent.text.contains("name=\"consent\""), "{consent:?}");
    let declined = stage.browser.press(&consent, "Cancel").await;
    let page = stage.browser.follow(declined).await;
    assert!(page.status >= 400, "{page:?}");
    stage.assert_still_signed_in().await;
}

#[tokio::test]
async fn two_arguments_for_two_apis_take_one_visit() {
    let stage = Stage::new("memory").await;
    let page = stage.visit("/both").await;
    assert_eq!((page.status, page.text.as_str()), (200, "two tokens"), "{page:?}");
    assert_eq!(stage.emulator.token_requests(TokenGrant::AuthorizationCode), 1);
    assert_eq!(stage.emulator.token_requests(TokenGrant::RefreshToken), 1, "the code is redeemed for the first");
}

#[tokio::test]
async fn an_optional_token_asks_nobody() {
    let stage = Stage::new("memory").await;
    assert_eq!(stage.open("/").await.text, "false false");
    stage.visit("/me").await;
    let page = stage.open("/").await;
    assert_eq!((page.status, page.text.as_str()), (200, "true false"), "{page:?}");
    stage.visit("/mail").await;
    assert_eq!(stage.open("/").await.text, "true true");
}

#[tokio::test]
async fn what_a_handler_asks_for_in_its_body_leads_its_caller_on() {
    let stage = Stage::new("memory").await;
    stage.visit("/me").await;
    let page = stage.open("/undeclared").await;
    assert_eq!(page.status, 302, "the handler has begun, and the person is asked all the same: {page:?}");
    assert_eq!(stage.script("/undeclared").await.json()["code"], "consent-required");
    let page = stage.visit("/undeclared").await;
    assert_eq!((page.status, page.text.as_str()), (200, "a token"), "{page:?}");
    let page = stage.visit("/later").await;
    assert_eq!((page.status, page.text.as_str()), (200, "true"), "{page:?}");
}

#[tokio::test]
async fn the_address_for_one_session_is_a_plain_sign_in_for_another() {
    let stage = Stage::new("memory").await;
    stage.visit("/me").await;
    let sign_in = stage.script("/mail").await.json()["sign_in"].as_str().unwrap().to_owned();
    let other = azure_auth_tests::browser::Browser::new();
    let asked = other.open(stage.at(&sign_in)).await;
    assert!(!scopes(&asked).iter().any(|scope| scope.contains("Mail.Read")), "{asked:?}");
    let accounts = other.visit(stage.at("/me")).await;
    other.pick(&accounts, ADELE).await;
    let asked = other.open(stage.at(&sign_in)).await;
    assert!(!scopes(&asked).iter().any(|scope| scope.contains("Mail.Read")), "{asked:?}");
    let changed = sign_in.replace("access=A", "access=B");
    assert_ne!(changed, sign_in);
    let asked = stage.open(&changed).await;
    assert!(!scopes(&asked).iter().any(|scope| scope.contains("Mail.Read")), "{asked:?}");
}
