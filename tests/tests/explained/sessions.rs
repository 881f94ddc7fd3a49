//! Sessions that cannot be opened.

use azure_auth_tests::cookie_jar::Cookie;
use poem::http::Method;

use super::stage::{Hybrid, PUBLIC};

const KEY: &str = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA";
const OTHER_KEY: &str = "ISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0-P0A";

/// Somebody signs in, and their session cookie.
async fn signed_in(hybrid: &Hybrid) -> Cookie {
    let browser = hybrid.browser();
    let accounts = browser.visit(format!("{PUBLIC}/me")).await;
    let page = browser.pick(&accounts, "adele@contoso.test").await;
    assert_eq!(page.status, 200, "{}", page.text);
    browser.session_cookie("app.example.test").expect("a session")
}

/// What a script, and what a person who opens a page, are answered with this cookie in the place of theirs.
async fn ask(hybrid: &Hybrid, code: &str, cookies: &[Cookie]) -> String {
    let browser = hybrid.browser();
    for cookie in cookies {
        browser.put_cookie(cookie.clone());
    }
    let problem = browser.program(Method::GET, format!("{PUBLIC}/api/me")).send().await;
    assert_eq!((problem.status, problem.reason().as_deref()), (401, Some(code)), "{}", problem.text);
    let document = problem.json();
    assert_eq!(document["sign_in"], "/login", "{document}");
    for member in ["cause", "found", "expected", "remedy", "responsible", "reference"] {
        assert!(document[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {document}");
    }
    let navigation = browser.navigation(Method::GET, format!("{PUBLIC}/me")).send().await;
    assert_eq!(navigation.status, 302, "a person is sent to sign in");
    let line = hybrid.line(&[&format!("code=\"{code}\""), "cause=", "found=", "expected=", "remedy=", "responsible="]);
    for cookie in cookies {
        assert!(!hybrid.log().contains(&cookie.value), "no cookie is in the log");
    }
    line
}

#[tokio::test]
async fn a_cookie_that_another_replica_sealed_is_told_from_no_session() {
    let here = Hybrid::in_public([("AZURE_SESSION_STORE", "cookie"), ("AZURE_SESSION_KEYS", KEY)]).await;
    let cookie = signed_in(&here).await;
    let there = here.beside([("AZURE_SESSION_STORE", "cookie"), ("AZURE_SESSION_KEYS", OTHER_KEY)]);
    let line = ask(&there, "session-key-unknown", &[cookie]).await;
    assert!(line.contains("a key that this process does not have"), "{line}");
    assert!(line.contains("give every replica the same `AZURE_SESSION_KEYS`"), "{line}");
}

#[tokio::test]
async fn a_cookie_that_was_cut_changed_or_blown_up_is_each_told_by_its_name() {
    let hybrid = Hybrid::in_public([("AZURE_SESSION_STORE", "cookie"), ("AZURE_SESSION_KEYS", KEY)]).await;
    let cookie = signed_in(&hybrid).await;
    let value = cookie.value.clone();
    let cut = cookie.with_value(&value[..20]);
    assert!(ask(&hybrid, "session-cut", &[cut]).await.contains("the session cookie was cut"));
    let last = if value.ends_with('A') { "B" } else { "A" };
    let middle = value.len() / 2;
    let changed = cookie.with_value(format!("{}{last}{}", &value[..middle], &value[middle + 1..]));
    if changed.value != value {
        assert!(ask(&hybrid, "session-changed", &[changed]).await.contains("changed, or was made for another"));
    }
    let long = cookie.with_value("A".repeat(9000));
    assert!(ask(&hybrid, "session-too-long", &[long]).await.contains("longer than any"));
    let first_of_two = Hybrid::in_public([("AZURE_SESSION_STORE", "cookie"), ("AZURE_SESSION_KEYS", KEY)]).await;
    let cookie = signed_in(&first_of_two).await;
    let piece = cookie.with_value(format!("2~{}", cookie.value));
    assert!(ask(&first_of_two, "session-cut", &[piece]).await.contains("the session cookie was cut"));
}

#[tokio::test]
async fn a_session_that_a_restart_forgot_is_told_from_no_session() {
    let before = Hybrid::in_public([("AZURE_SESSION_STORE", "memory")]).await;
    let cookie = signed_in(&before).await;
    let after = before.beside([("AZURE_SESSION_STORE", "memory")]);
    let line = ask(&after, "session-unknown", &[cookie]).await;
    assert!(line.contains("began before a restart or at another replica"), "{line}");
    assert!(line.contains("`AZURE_SESSION_STORE` set to `cookie` or `redis://"), "{line}");
}

#[tokio::test]
async fn a_session_of_another_authority_is_told_from_no_session() {
    let here = Hybrid::in_public([("AZURE_SESSION_STORE", "cookie"), ("AZURE_SESSION_KEYS", KEY)]).await;
    let cookie = signed_in(&here).await;
    // The same keys and client, and another tenant of the same provider.
    let issuer = here.emulator.env().into_iter().find(|(name, _)| name == "AZURE_ISSUER_URI").expect("an issuer").1;
    let other = issuer.replace("aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002");
    assert_ne!(other, issuer);
    let there = here.beside([
        ("AZURE_SESSION_STORE", "cookie"),
        ("AZURE_SESSION_KEYS", KEY),
        ("AZURE_ISSUER_URI", &other),
        ("AZURE_VALID_TENANT_IDS", ""),
    ]);
    let line = ask(&there, "session-of-other-authority", &[cookie]).await;
    assert!(line.contains("`AZURE_ISSUER_URI`"), "{line}");
}

#[tokio::test]
async fn a_store_that_is_down_is_told_with_the_variable_that_names_it() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let hybrid = Hybrid::in_public([
        ("AZURE_SESSION_STORE", &format!("redis://:planted-password@{free}")),
        ("AZURE_SESSION_KEYS", KEY),
    ])
    .await;
    let with_cookie = Hybrid::in_public([("AZURE_SESSION_STORE", "memory")]).await;
    let cookie = signed_in(&with_cookie).await;
    let browser = hybrid.browser();
    browser.put_cookie(cookie);
    let problem = browser.program(Method::GET, format!("{PUBLIC}/api/me")).send().await;
    assert_eq!(
        (problem.status, problem.reason().as_deref()),
        (503, Some("session-store-unavailable")),
        "{}",
        problem.text
    );
    let line = hybrid.line(&["code=\"session-store-unavailable\""]);
    assert!(line.contains("cannot be reached") && line.contains("`AZURE_SESSION_STORE`"), "{line}");
    assert!(!hybrid.log().contains("planted-password"));
}

#[tokio::test]
async fn a_reason_is_logged_once_a_minute_however_often_its_cookie_comes_back() {
    let hybrid = Hybrid::in_public([("AZURE_SESSION_STORE", "cookie"), ("AZURE_SESSION_KEYS", KEY)]).await;
    let cookie = signed_in(&hybrid).await;
    let cut = cookie.with_value(&cookie.value[..20]);
    for _ in 0..5 {
        ask(&hybrid, "session-cut", std::slice::from_ref(&cut)).await;
    }
}
