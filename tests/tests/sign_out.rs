//! Signing out: here at once and for every copy, at the provider as well, and never because another site wants it.

use azure_auth::AzureAuth;
use azure_auth_emulator::Emulator;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::document;
use azure_auth_tests::scene::Scene;
use reqwest::Method;

async fn signed_in() -> Scene {
    let scene = Scene::new().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    scene
}

#[tokio::test]
async fn one_button_ends_the_session_here_and_at_the_provider() {
    let scene = signed_in().await;
    let page = scene.browser.open(scene.at("/logout")).await;
    assert_eq!(page.status, 200);
    let actions: Vec<_> = document::forms(&page.text).into_iter().map(|form| form.action).collect();
    assert_eq!(actions, ["/logout", "/logout?everywhere"]);
    assert!(scene.browser.is_signed_in(&scene.application).await, "looking at the page ends nothing");

    let leaving = scene.browser.press(&page, "Sign out").await;
    assert_eq!(leaving.status, 303);
    let end_session = leaving.location().unwrap();
    assert!(end_session.path().ends_with("/oauth2/v2.0/logout"), "{end_session}");
    let callback = scene.at("/authorization-code/callback");
    assert_eq!(leaving.location_parameter("post_logout_redirect_uri"), Some(callback.clone()));
    assert!(leaving.location_parameter("logout_hint").is_some_and(|hint| !hint.contains('@')), "opaque");
    assert!(!scene.browser.is_signed_in(&scene.application).await);
    assert!(scene.browser.session_cookie("localhost").is_none());

    let landed = scene.browser.follow(leaving).await;
    assert_eq!((landed.status, landed.address.as_str()), (200, callback.as_str()));
    assert!(landed.text.contains("You are signed out"), "{}", landed.text);
    let again = scene.browser.follow(scene.browser.click(&landed, "Sign in again").await).await;
    assert!(again.text.contains("Pick an account"), "the provider has forgotten them too");
    assert_eq!(scene.browser.pick(&again, "Alex").await.text, "<p>Welcome, Alex Wilber!</p>");
}

#[tokio::test]
async fn a_copied_cookie_is_dead_after_sign_out() {
    let scene = signed_in().await;
    let thief = scene.browser.copy();
    let other_device = Browser::new();
    other_device.sign_in(&scene.application, "Adele").await;
    assert!(thief.is_signed_in(&scene.application).await);

    let page = scene.browser.open(scene.at("/logout")).await;
    scene.browser.press(&page, "Sign out").await;
    assert!(!thief.is_signed_in(&scene.application).await);
    assert_eq!(thief.visit(scene.at("/")).await.text, "<p>Welcome, stranger!</p>");
    assert!(other_device.is_signed_in(&scene.application).await, "another session of the same person lives on");
}

#[tokio::test]
async fn a_provider_without_hints_asks_which_account() {
    let emulator = Emulator::start().await.unwrap();
    let auth = AzureAuth::from_variables(emulator.env_for("plain")).unwrap();
    let scene = Scene::of(emulator, auth).await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    let page = scene.browser.open(scene.at("/logout")).await;
    let leaving = scene.browser.press(&page, "Sign out").await;
    assert_eq!(leaving.location_parameter("logout_hint"), None);
    let question = scene.browser.follow(leaving).await;
    assert!(question.text.contains("Which account do you want to sign out of?"));
    assert!(!scene.browser.is_signed_in(&scene.application).await, "ours is over whatever they answer");
    let landed = scene.browser.follow(scene.browser.press(&question, "Adele").await).await;
    assert!(landed.text.contains("You are signed out"), "{}", landed.text);
}

#[tokio::test]
async fn no_other_page_can_sign_anyone_out() {
    let scene = signed_in().await;
    // A page of another site, of another port of this host, one that hides where it is, and a sandboxed one.
    for page in ["http://evil.example", "http://localhost:1/", "https://localhost/", "http://127.0.0.1:1/"] {
        let answer = post_from(&scene, &Page::of(page)).await;
        assert_eq!((answer.status, answer.reason().as_deref()), (403, Some("foreign-origin")), "{page}");
        assert!(answer.set_cookies().is_empty(), "{page}: {:?}", answer.set_cookies());
        assert!(scene.browser.is_signed_in(&scene.application).await, "{page}");
    }
    let own = scene.browser.open(scene.at("/")).await;
    for (context, call) in [
        ("null", post(&scene).without_fetch_metadata().header("origin", "null")),
        ("another", post(&scene).without_fetch_metadata().header("origin", "https://evil.example")),
        ("two", post(&scene).without_fetch_metadata().header("origin", &scene.at("")).header("origin", "null")),
        (
            "contradictory",
            post(&scene)
                .without_fetch_metadata()
                .header("origin", &scene.at(""))
                .header("sec-fetch-site", "cross-site"),
        ),
    ] {
        let answer = call.send().await;
        assert_eq!((answer.status, answer.reason().as_deref()), (403, Some("foreign-origin")), "{context}");
    }
    let silent = post(&scene).without_fetch_metadata().without_origin().send().await;
    assert_eq!((silent.status, silent.reason().as_deref()), (403, Some("origin-missing")));
    assert!(scene.browser.is_signed_in(&scene.application).await);

    let old_browser = post(&scene).from(&own).without_fetch_metadata().send().await;
    assert_eq!(old_browser.status, 303, "our own page in a browser without fetch metadata");
    assert!(!scene.browser.is_signed_in(&scene.application).await);
}

fn post(scene: &Scene) -> azure_auth_tests::browser::Call<'_> {
    scene.browser.navigation(Method::POST, scene.at("/logout"))
}

async fn post_from(scene: &Scene, page: &Page) -> Page {
    post(scene).from(page).send().await
}

#[tokio::test]
async fn a_script_of_our_own_page_may_sign_out() {
    let scene = signed_in().await;
    let own = scene.browser.open(scene.at("/")).await;
    let answer = scene.browser.script(&own, Method::POST, scene.at("/logout")).send().await;
    assert_eq!(answer.status, 303);
    assert!(!scene.browser.is_signed_in(&scene.application).await);
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_told_so_and_may_press_the_button_twice() {
    let scene = signed_in().await;
    let page = scene.browser.open(scene.at("/logout")).await;
    scene.browser.press(&page, "Sign out").await;
    let second = scene.browser.press(&page, "Sign out").await;
    assert_eq!((second.status, second.location().unwrap().path()), (303, "/authorization-code/callback"));
    for path in ["/logout", "/authorization-code/callback"] {
        let page = scene.browser.visit(scene.at(path)).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text.contains("You are signed out"), "{path}: {}", page.text);
    }
}

#[tokio::test]
async fn the_landing_page_sends_whoever_is_signed_in_to_the_start() {
    let scene = signed_in().await;
    let page = scene.browser.visit(scene.at("/authorization-code/callback")).await;
    assert_eq!(page.text, "<p>Welcome, Adele Vance!</p>");
}

#[tokio::test]
async fn only_looking_and_posting_mean_something() {
    let scene = signed_in().await;
    let own = scene.browser.open(scene.at("/")).await;
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = scene.browser.script(&own, method.clone(), scene.at("/logout")).send().await;
        assert_eq!(answer.status, 405, "{method}");
    }
    assert!(scene.browser.is_signed_in(&scene.application).await);
}

#[tokio::test]
async fn every_page_of_the_library_is_safe_to_show() {
    let scene = signed_in().await;
    let asks = scene.browser.open(scene.at("/logout")).await;
    let stranger = Browser::new();
    let landing = stranger.open(scene.at("/logout")).await;
    let refused = stranger.open(scene.at("/authorization-code/callback?code=a&state=b")).await;
    let posted = stranger.navigation(Method::POST, scene.at("/entries")).from(&landing).send().await;
    let origin = scene.emulator.origin();
    for (page, status, targets, referrer) in [
        (&asks, 200, format!("form-action 'self' {origin};"), "same-origin"),
        (&landing, 200, "form-action 'self';".to_owned(), "same-origin"),
        // Its address may hold a code.
        (&refused, 400, "form-action 'self';".to_owned(), "no-referrer"),
        (&posted, 401, "form-action 'self';".to_owned(), "same-origin"),
    ] {
        assert_eq!(page.status, status);
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';") && policy.contains(&targets), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{policy}");
        assert!(!policy.contains("unsafe") && !page.text.contains("<script"), "{policy}");
        assert_eq!(page.header("referrer-policy"), referrer);
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    }
    // Answers that are no pages are stored and framed as little.
    for (path, status) in [("/login", 302), ("/session", 401)] {
        let answer = stranger.open(scene.at(path)).await;
        assert_eq!((answer.status, answer.header("cache-control")), (status, "no-store"), "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
    }
}
