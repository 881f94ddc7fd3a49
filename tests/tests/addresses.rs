//! Several public addresses, and addresses with a path: each is an application of its own to browsers.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use azure_auth::testing::{TestAuth, TestIdentity};
use azure_auth::{Endpoints, User};
use azure_auth_emulator::{Application as Registration, Emulator};
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::document;
use azure_auth_tests::log::{self, Log};
use azure_auth_tests::place::places;
use azure_auth_tests::scene::{auth, builder};
use azure_auth_tests::tab::PORTAL;
use poem::http::StatusCode;
use poem::test::TestClient;
use poem::{EndpointExt, Route, get, handler};
use reqwest::Method;

const CALLBACK: &str = "/authorization-code/callback";

#[azure_auth::public]
#[handler]
fn home() -> &'static str {
    "home"
}

#[azure_auth::protect]
#[handler]
fn me(user: User) -> String {
    user.display_name().to_owned()
}

fn table() -> Endpoints {
    azure_auth::endpoints! {
        "/"   => get(home),
        "/me" => get(me),
    }
}

/// An application with redirect URIs, and its provider.
async fn registered(redirect_uris: &[&str]) -> Emulator {
    log::install();
    let registration = redirect_uris.iter().fold(Registration::new("Addressed"), |all, uri| all.redirect_uri(*uri));
    Emulator::builder().application(registration).start().await.unwrap()
}

/// One application at two hosts, the second below a path.
const SITES: [(&str, &str); 2] = [("one.example.test", ""), ("two.example.test", "/app")];
const URLS: &str = "https://one.example.test, https://two.example.test/app";

async fn two_sites(changes: &[(&str, &str)]) -> (Emulator, Application, Browser) {
    let uris = SITES.map(|(host, prefix)| format!("https://{host}{prefix}{CALLBACK}"));
    let emulator = registered(&uris.each_ref().map(String::as_str)).await;
    let auth = auth(&emulator, &[&[("AZURE_PUBLIC_URL", URLS)], changes].concat());
    let rows = Route::new().nest("/app", table()).nest("/", table());
    let application = Application::start(rows.with(auth)).await;
    let browser = Browser::new();
    for host in ["one.example.test", "two.example.test", "three.example.test"] {
        browser.put_proxy_before(host, application.address());
    }
    (emulator, application, browser)
}

async fn is_signed_in(browser: &Browser, address: &str) -> bool {
    let answer = browser.program(Method::GET, format!("{address}/session")).send().await;
    assert!(matches!(answer.status, 200 | 401), "{answer:?}");
    answer.status == 200
}

#[tokio::test]
async fn each_address_signs_people_in_and_out_at_its_own_redirect_uri() {
    let (log, _guard) = Log::begin();
    let (_emulator, _application, browser) = two_sites(&[]).await;
    let mut names = Vec::new();
    for (host, prefix) in SITES {
        let at = |path: &str| format!("https://{host}{prefix}{path}");
        assert_eq!(log.lines(&format!("register the redirect URI {} ", at(CALLBACK))).len(), 1, "{host}");
        let sent = browser.open(at("/me")).await;
        assert_eq!(sent.location_parameter("redirect_uri"), Some(at(CALLBACK)), "{sent:?}");
        let page = browser.follow(sent).await;
        let page = if page.text.contains("Pick an account") { browser.pick(&page, "Adele").await } else { page };
        assert_eq!((page.address.as_str(), page.text.as_str()), (at("/me").as_str(), "Adele Vance"));
        let cookie = browser.session_cookie(host).expect("a session");
        assert!(cookie.name.starts_with("__Host-") && cookie.path == "/", "{}", cookie.name);
        names.push(cookie.name);
    }
    assert_ne!(names[0], names[1]);
    let [one, two] = SITES.map(|(host, prefix)| format!("https://{host}{prefix}"));
    let question = browser.open(format!("{two}/logout")).await;
    let leaving = browser.press(&question, "Sign out").await;
    assert_eq!(leaving.location_parameter("post_logout_redirect_uri"), Some(format!("{two}{CALLBACK}")));
    assert!(!is_signed_in(&browser, &two).await);
    assert!(is_signed_in(&browser, &one).await, "another site, another session");
}

#[tokio::test]
async fn a_session_of_one_address_opens_nothing_at_another() {
    let (_emulator, _application, browser) = two_sites(&[]).await;
    let mut cookies = Vec::new();
    for (host, prefix) in SITES {
        let page = browser.visit(format!("https://{host}{prefix}/me")).await;
        if page.text.contains("Pick an account") {
            browser.pick(&page, "Adele").await;
        }
        cookies.push(browser.session_cookie(host).expect("a session"));
    }
    for (here, there) in [(0, 1), (1, 0)] {
        let (host, prefix) = SITES[here];
        let thief = browser.copy();
        thief.remove_cookie(&cookies[here]);
        assert!(!is_signed_in(&thief, &format!("https://{host}{prefix}")).await);
        for name in [&cookies[here].name, &cookies[there].name] {
            let mut stolen = cookies[there].clone();
            (stolen.name, stolen.host) = (name.clone(), host.to_owned());
            thief.put_cookie(stolen);
            assert!(!is_signed_in(&thief, &format!("https://{host}{prefix}")).await, "as {name}");
        }
    }
}

#[tokio::test]
async fn who_signs_out_everywhere_is_signed_out_at_every_address() {
    for place in places() {
        let changes = [("AZURE_SESSION_STORE", place.address.as_str())];
        let (_emulator, _application, browser) = two_sites(&changes).await;
        let [one, two] = SITES.map(|(host, prefix)| format!("https://{host}{prefix}"));
        for site in [&one, &two] {
            let page = browser.visit(format!("{site}/me")).await;
            if page.text.contains("Pick an account") {
                browser.pick(&page, "Adele").await;
            }
            assert!(is_signed_in(&browser, site).await, "{}", place.name);
        }
        let question = browser.open(format!("{two}/logout")).await;
        browser.press(&question, "Sign out everywhere").await;
        assert!(!is_signed_in(&browser, &one).await && !is_signed_in(&browser, &two).await, "{}", place.name);
    }
}

#[tokio::test]
async fn the_own_origin_is_that_of_the_address_in_use() {
    let (_emulator, _application, browser) = two_sites(&[]).await;
    let [one, two] = SITES.map(|(host, prefix)| format!("https://{host}{prefix}"));
    let page = browser.visit(format!("{one}/me")).await;
    browser.pick(&page, "Adele").await;
    for (origin, expected) in [("https://two.example.test", 403), ("https://one.example.test", 303)] {
        let call = browser.program(Method::POST, format!("{one}/logout")).header("origin", origin);
        assert_eq!(call.send().await.status, expected, "{origin}");
    }
    assert_eq!(browser.open(format!("{two}/me")).await.status, 302);
}

#[tokio::test]
async fn a_host_that_is_none_of_several_signs_nobody_in() {
    let (_emulator, _application, browser) = two_sites(&[]).await;
    for path in ["/login", "/me", "/app/login", "/authorization-code/callback?code=a&state=b"] {
        let page = browser.open(format!("https://three.example.test{path}")).await;
        // Only what the first address answers is ours at a host that nobody knows.
        let expected = if path == "/app/login" { 404 } else { 421 };
        assert_eq!(page.status, expected, "{path}: {page:?}");
        assert!(page.set_cookies().is_empty(), "{path}");
    }
    let logout = browser.program(Method::POST, "https://three.example.test/logout").send().await;
    assert_eq!(logout.status, 421);
    assert_eq!(browser.open("https://three.example.test/").await.text, "home", "what is public is public");
    // Two hosts name no site, whichever comes first.
    for other in ["one.example.test", "evil.example"] {
        let call = browser.navigation(Method::GET, "https://one.example.test/login").header("host", other);
        assert!(matches!(call.send().await.status, 400 | 421), "{other}");
    }
    let forwarded = browser
        .navigation(Method::GET, "https://three.example.test/login")
        .header("x-forwarded-host", "one.example.test")
        .header("forwarded", "host=one.example.test");
    assert_eq!(forwarded.send().await.status, 421, "no header stands for the host");
}

#[tokio::test]
async fn below_a_path_people_come_back_to_what_is_below_it_and_nowhere_else() {
    let emulator = registered(&[&format!("http://localhost/app{CALLBACK}")]).await;
    let application = Application::start(Route::new()).await;
    let url = application.at("/app");
    let inner = table().with(auth(&emulator, &[("AZURE_PUBLIC_URL", &url)]));
    application.restart(Route::new().nest("/app", inner));
    for (wanted, expected) in [
        ("/app/me", "/app/me"),
        ("/app/me%3Ftab=1", "/app/me?tab=1"),
        ("/app", "/app"),
        ("/me", "/app"),
        ("/", "/app"),
        ("/other/me", "/app"),
        ("/app/../other", "/app"),
        ("/app/%252e%252e/other", "/app"),
        ("//evil.example/app", "/app"),
        ("https://evil.example/app", "/app"),
    ] {
        let browser = Browser::new();
        let accounts = browser.visit(application.at(&format!("/app/login?return_to={wanted}"))).await;
        let page = browser.pick(&accounts, "Adele").await;
        assert_eq!(page.address.as_str(), application.at(expected), "{wanted}");
        assert_eq!(page.status, 200, "{wanted}");
    }
}

#[tokio::test]
async fn two_applications_of_one_host_are_two_to_browsers() {
    let emulator = registered(
        &["/one", "/two"].map(|prefix| format!("http://localhost{prefix}{CALLBACK}")).each_ref().map(String::as_str),
    )
    .await;
    let application = Application::start(Route::new()).await;
    let [one, two] = ["/one", "/two"].map(|prefix| application.at(prefix));
    let layer = |url: &str| auth(&emulator, &[("AZURE_PUBLIC_URL", url)]);
    application.restart(
        Route::new().nest("/one", table().with(layer(&one))).nest("/two", table().with(layer(&two))).at("/", get(home)),
    );
    let browser = Browser::new();
    let page = browser.visit(format!("{one}/me")).await;
    assert_eq!(browser.pick(&page, "Adele").await.address.as_str(), format!("{one}/me"));
    assert!(is_signed_in(&browser, &one).await && !is_signed_in(&browser, &two).await);
    assert_eq!(browser.visit(format!("{two}/me")).await.address.as_str(), format!("{two}/me"));
    assert!(is_signed_in(&browser, &one).await && is_signed_in(&browser, &two).await, "side by side");
    let question = browser.open(format!("{one}/logout")).await;
    browser.press(&question, "Sign out").await;
    assert!(!is_signed_in(&browser, &one).await && is_signed_in(&browser, &two).await);
    assert_eq!(browser.open(application.at("/login")).await.status, 404, "nobody's");
}

#[tokio::test]
async fn pages_and_scripts_of_the_library_name_the_path() {
    let emulator = registered(&[&format!("http://localhost/app{CALLBACK}")]).await;
    let application = Application::start(Route::new()).await;
    let url = application.at("/app");
    let auth = builder(&emulator, &[("AZURE_PUBLIC_URL", &url)]).frame_ancestors([PORTAL]).build().unwrap();
    application.restart(Route::new().nest("/app", table().with(auth)));
    let browser = Browser::new();
    let at = |path: &str| application.at(&format!("/app{path}"));

    let script = browser.program(Method::GET, at("/session/embed.js")).send().await.text;
    for path in ["/app/popup/login", "/app/popup/logout", "/app/logout", "/app/session/embedded"] {
        assert!(script.contains(&format!("\"{path}\"")), "{path}");
    }
    let frame = browser.frame(&Page::of(PORTAL), at("/me")).await;
    assert!(frame.text.contains("src=\"/app/session/embed.js\""), "{frame:?}");
    let window = browser.open(at(&format!("/popup/login?challenge={}", "A".repeat(43)))).await;
    let action = document::forms(&window.text).remove(0).action;
    assert!(action.starts_with("/app/popup/login?challenge="), "{action}");
    assert_eq!(browser.press(&window, "Sign in").await.status, 302);
    let window = browser.open(at("/popup/logout")).await;
    assert_eq!(document::forms(&window.text).remove(0).action, "/app/popup/logout");

    // A refusal, a question, and a landing page.
    let refused = browser.navigation(Method::POST, at("/me")).send().await;
    let refused = if refused.status == 405 { browser.open(at("/session")).await } else { refused };
    let links = document::links(&refused.text);
    assert!(links.iter().any(|link| link.address == "/app/login"), "{refused:?}");
    browser.pick(&browser.visit(at("/login")).await, "Adele").await;
    let question = browser.open(at("/logout")).await;
    let actions: Vec<_> = document::forms(&question.text).into_iter().map(|form| form.action).collect();
    assert_eq!(actions, ["/app/logout", "/app/logout?everywhere"]);
    let landing = browser.open(at(CALLBACK)).await;
    assert_eq!((landing.status, landing.header("location")), (303, "/app"));
    // Signed out twice: without the provider.
    browser.press(&question, "Sign out").await;
    assert_eq!(browser.press(&question, "Sign out").await.header("location"), at(CALLBACK));
}

#[tokio::test]
async fn a_row_in_the_place_of_a_path_of_ours_with_its_prefix_is_not_served() {
    let (log, _guard) = Log::begin();
    let auth = TestAuth::with(|builder| builder.public_urls(["https://example.com/app"]));
    let rows = azure_auth::endpoints! { "/app/logout" => get(home) };
    TestClient::new(rows.with(auth.azure_auth()))
        .get("/app/logout")
        .send()
        .await
        .assert_status(StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(log.lines("\"/app/logout\" of the table is also one of the paths").len(), 1);
}

#[tokio::test]
async fn tests_of_an_application_below_a_path_need_no_server() {
    log::install();
    let auth = TestAuth::with(|builder| builder.public_urls(["https://example.com/app"]));
    let client = TestClient::new(Route::new().nest("/app", table().with(auth.azure_auth())).boxed());
    let cookie = auth.session_cookie(&TestIdentity::user()).await;
    client.get("/app/me").header("cookie", &cookie).send().await.assert_status_is_ok();
    client.get("/app/session").header("cookie", &cookie).send().await.assert_status_is_ok();
    let several = TestAuth::with(|builder| builder.public_urls(URLS.split(',')));
    let client = TestClient::new(table().with(several.azure_auth()));
    let cookie = several.session_cookie(&TestIdentity::user()).await;
    for (host, expected) in [
        (None, 200),
        (Some("one.example.test"), 200),
        (Some("One.example.test:443"), 200),
        (Some("two.example.test"), 401),
        (Some("localhost"), 401),
    ] {
        let request = client.get("/session").header("cookie", &cookie);
        let request = if let Some(host) = host { request.header("host", host) } else { request };
        assert_eq!(request.send().await.0.status().as_u16(), expected, "{host:?}");
    }

    let elsewhere = TestAuth::new();
    let client = TestClient::new(Route::new().nest("/app", table().with(elsewhere.azure_auth())).boxed());
    client.get("/app/session").send().await.assert_status(StatusCode::INTERNAL_SERVER_ERROR);
}
