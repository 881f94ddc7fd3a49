//! What stands between the browser and the program.

use azure_auth_tests::browser::{Browser, Page};
use poem::http::Method;

use super::stage::{Hybrid, PUBLIC};

/// Somebody begins to sign in at a public address, through a proxy that sends these headers.
async fn begins(hybrid: &Hybrid, headers: &[(&str, &str)]) -> Page {
    let browser = hybrid.browser();
    let call = browser.navigation(Method::GET, format!("{PUBLIC}/me"));
    headers.iter().fold(call, |call, (name, value)| call.header(name, value)).send().await
}

#[tokio::test]
async fn a_browser_without_tls_is_told_that_it_keeps_no_cookie() {
    let hybrid = Hybrid::in_public([]).await;
    begins(&hybrid, &[("x-forwarded-proto", "http")]).await;
    let line = hybrid.line(&["azure_auth::startup", "it keeps no cookie that is `Secure`"]);
    assert!(line.contains("`X-Forwarded-Proto` says http"), "{line}");
    assert!(line.contains("redirect to https"), "{line}");
    assert!(line.contains("redirect_uri=\"https://app.example.test/authorization-code/callback\""), "{line}");
}

#[tokio::test]
async fn a_forwarded_host_that_is_another_is_named_with_what_would_be_sent() {
    let hybrid = Hybrid::in_public([]).await;
    begins(&hybrid, &[("x-forwarded-host", "new.example.com")]).await;
    let line = hybrid.line(&["azure_auth::startup", "the browser asks for new.example.com"]);
    assert!(line.contains("set `AZURE_PUBLIC_URL` to the address browsers use"), "{line}");
    assert!(line.contains("redirect_uri=\"https://app.example.test/authorization-code/callback\""), "{line}");
}

#[tokio::test]
async fn a_proxy_in_front_of_a_program_without_a_public_url_is_named_with_the_value_to_set() {
    let hybrid = Hybrid::with([]).await;
    let browser = Browser::new();
    let call = browser.navigation(Method::GET, hybrid.program.at("/me"));
    call.header("x-forwarded-host", "app.example.test").header("x-forwarded-proto", "https").send().await;
    let line = hybrid.line(&["azure_auth::startup", "`AZURE_PUBLIC_URL` is not set"]);
    assert!(line.contains("set `AZURE_PUBLIC_URL` to `https://app.example.test`"), "{line}");
    assert!(line.contains("redirect_uri=\"http://localhost:"), "{line}");
}

#[tokio::test]
async fn a_host_that_is_neither_is_refused_with_the_host_and_the_value_to_set() {
    let hybrid = Hybrid::with([]).await;
    let page = begins(&hybrid, &[]).await;
    assert_eq!((page.status, page.reason().as_deref()), (421, Some("host-not-served")), "{}", page.text);
    let line = hybrid.line(&["code=\"host-not-served\""]);
    assert!(line.contains("found=\"app.example.test\""), "{line}");
    assert!(line.contains("add `https://app.example.test` to `AZURE_PUBLIC_URL`"), "{line}");
}

#[tokio::test]
async fn a_proxy_that_agrees_with_the_public_url_is_not_a_word_worth() {
    let hybrid = Hybrid::in_public([]).await;
    let seen = [("x-forwarded-host", "app.example.test"), ("x-forwarded-proto", "https")];
    assert_eq!(begins(&hybrid, &seen).await.status, 302);
    assert!(!hybrid.log().contains("`AZURE_PUBLIC_URL`"), "{}", hybrid.log());
}

#[tokio::test]
async fn a_sign_in_that_goes_round_says_what_the_request_itself_tells() {
    let hybrid = Hybrid::in_public([]).await;
    let browser = hybrid.browser();
    let accounts = browser.visit(format!("{PUBLIC}/me")).await;
    let mut page = browser.press(&accounts, "adele@contoso.test").await;
    for _ in 0..20 {
        if let Some(session) = browser.session_cookie("app.example.test") {
            // It does not come back as it was set.
            browser.put_cookie(session.with_value(&session.value[..10]));
        }
        if page.location().is_none() {
            break;
        }
        page = browser.step(&page).await;
    }
    assert_eq!(page.reason().as_deref(), Some("sign-in-loop"), "{}", page.text);
    let line = hybrid.line(&["code=\"sign-in-loop\""]);
    assert!(line.contains("the session cookie was cut"), "{line}");
}
