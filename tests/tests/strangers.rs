//! What somebody without an account can make the application do, and what they see of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use azure_auth::testing::{TestAuth, TestIdentity};
use azure_auth::{AuthEvents, AzureAuth, UserId};
use azure_auth_emulator::Emulator;
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::scene::{Scene, builder};
use azure_auth_tests::sealed_cookie::{self, Purpose, SESSION_KEY, session};
use azure_auth_tests::tab::PORTAL;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::{get, handler};
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CALLBACK: &str = "/authorization-code/callback";

/// Beside an `Authorization` header of any kind the cookie is not opened, whichever path of ours is asked.
#[tokio::test]
async fn beside_an_authorization_header_no_path_of_ours_opens_the_session() {
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[("AZURE_SESSION_STORE", "memory")]).frame_ancestors([PORTAL]).build().unwrap();
    let scene = Scene::of(emulator, auth).await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    let good =
        format!("Bearer {}", scene.emulator.access_token().user("alex@contoso.test").scope("Files.Read").issue());
    let headers =
        [("Basic YTpi", "authorization-scheme"), ("", "authorization-scheme"), ("Bearer x.y.z", "token-malformed")];
    let navigation = [("sec-fetch-mode", "navigate"), ("sec-fetch-site", "same-origin")];
    let ask = async |method: Method, path: &str, destination: &str, authorization: &[&str]| {
        let mut call = scene.browser.program(method, scene.at(path)).header("sec-fetch-dest", destination);
        for (name, value) in navigation {
            call = call.header(name, value);
        }
        for value in authorization {
            call = call.header("authorization", value);
        }
        let page = call.send().await;
        let of_session = |cookie: &&str| cookie.contains("azure-session-") || cookie.contains("azure-embedded-");
        assert!(!page.set_cookies().iter().any(of_session), "{path}: {page:?}");
        page
    };
    // These are about the session, so that whoever means another credential is told so.
    for (method, path) in [
        (Method::GET, "/session"),
        (Method::GET, "/session/events"),
        (Method::GET, "/logout"),
        (Method::POST, "/logout"),
        (Method::POST, "/logout?everywhere"),
        (Method::POST, "/popup/logout"),
    ] {
        for (authorization, reason) in headers {
            let page = ask(method.clone(), path, "empty", &[authorization]).await;
            assert_eq!((page.status, page.reason().as_deref()), (401, Some(reason)), "{method} {path} {authorization}");
        }
        let page = ask(method.clone(), path, "empty", &["Basic a", &good]).await;
        assert_eq!((page.status, page.reason().as_deref()), (400, Some("several-authorizations")), "{method} {path}");
        let page = ask(method.clone(), path, "empty", &[&good]).await;
        if path == "/session" {
            assert_eq!((page.status, page.json()["display_name"].as_str()), (200, Some("Alex Wilber")));
        } else {
            assert_eq!((page.status, page.reason().as_deref()), (401, Some("session-required")), "{method} {path}");
        }
    }
    // These are for everybody, and for nobody in particular beside such a header.
    for authorization in ["Basic YTpi", "Bearer x.y.z", &good] {
        let landing = ask(Method::GET, CALLBACK, "document", &[authorization]).await;
        assert!(landing.status == 200 && landing.text.contains("You are signed out"), "{landing:?}");
        assert_eq!(ask(Method::GET, "/login", "document", &[authorization]).await.status, 302);
        let framed = ask(Method::GET, "/login", "iframe", &[authorization]).await;
        assert_eq!((framed.status, framed.reason().as_deref()), (401, Some("not-signed-in")));
        assert_eq!(ask(Method::GET, "/popup/logout", "document", &[authorization]).await.status, 200);
        let redeemed = ask(Method::POST, "/session/embedded", "empty", &[authorization]).await;
        assert_eq!(redeemed.reason().as_deref(), Some("embedded-code-refused"));
        let used = ask(Method::GET, &format!("{CALLBACK}?code=a&state=b"), "document", &[authorization]).await;
        assert_eq!((used.status, used.reason().as_deref()), (400, Some("sign-in-unknown")), "no session excuses it");
    }
    assert!(scene.browser.is_signed_in(&scene.application).await, "nothing has ended");
}

#[tokio::test]
async fn a_browser_that_signs_in_gets_one_small_cookie_whatever_it_sends() {
    let scene = Scene::new().await;
    let name = {
        scene.browser.open(scene.at("/login")).await;
        scene.browser.attempt_cookies("localhost").remove(0).name
    };
    let cookies: Vec<String> = (0..3000).map(|number| format!("{name}-{number}=x; {name}=x")).collect();
    for path in ["/login", "/me"] {
        let call = Browser::new();
        let call = call.navigation(Method::GET, scene.at(path)).header("cookie", &cookies.join("; "));
        let page = call.send().await;
        assert_eq!(page.status, 302, "{path}");
        let cookies = page.set_cookies();
        assert!(cookies.len() == 1 && cookies[0].len() < 150, "{path}: {cookies:?}");
    }
}

#[tokio::test]
async fn a_sign_out_deletes_as_many_cookies_as_there_can_be() {
    let scene = Scene::new().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    let session = scene.browser.session_cookie("localhost").unwrap();
    let pieces = (0..3000).map(|number| format!("{}.{:0>5}=x; {}.1=y", session.name, number % 3, session.name));
    let cookies = format!("{}={}; {}", session.name, session.value, pieces.collect::<Vec<_>>().join("; "));
    let own = Page::of(&scene.at("/"));
    let call = Browser::new();
    let page = call.navigation(Method::POST, scene.at("/logout")).from(&own).header("cookie", &cookies).send().await;
    assert_eq!((page.status, page.set_cookies().len()), (303, 2));
}

#[azure_auth::protect(scopes = "Files.Read")]
#[handler]
fn files() -> &'static str {
    "files"
}

#[tokio::test]
async fn a_header_with_more_names_than_headers_have_is_not_read_to_its_end() {
    let auth = TestAuth::new();
    let application =
        Application::start(azure_auth::endpoints! { "/files" => get(files) }.with(auth.azure_auth())).await;
    let good = auth.bearer(&TestIdentity::user().scope("Files.Read"));
    let rest = good.strip_prefix("Bearer ").unwrap().split_once('.').unwrap().1.to_owned();
    let token = |members: usize| {
        let mut header = serde_json::json!({"alg": "RS256", "kid": "nobody's"});
        for number in 2..members {
            header[format!("m{number}")] = 0.into();
        }
        format!("Bearer {}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
    };
    for (members, reason) in [(16, "token-key-unknown"), (17, "token-malformed"), (256, "token-malformed")] {
        let call = Browser::new();
        let call = call.program(Method::GET, application.at("/files")).header("authorization", &token(members));
        let page = call.send().await;
        assert_eq!((page.status, page.reason().as_deref()), (401, Some(reason)), "{members}");
    }
}

/// An interface without a public URL, as it is behind a proxy of the same machine that nobody has configured.
#[tokio::test]
async fn developers_detail_is_for_whoever_asks_without_a_proxy() {
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[("AZURE_CLIENT_SECRET", "")]).build().unwrap();
    let application = Application::start(azure_auth::endpoints! { "/files" => get(files) }.with(auth)).await;
    let host = application.address().to_string();
    let explained = async |version: &str, headers: &[&str]| {
        let mut stream = TcpStream::connect(application.address()).await.unwrap();
        let first = [format!("GET /files {version}"), format!("Host: {host}")];
        let lines: Vec<&str> = first.iter().map(String::as_str).chain(headers.iter().copied()).collect();
        let request = format!("{}\r\n\r\n", lines.join("\r\n"));
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"}") {
            assert!(stream.read_buf(&mut answer).await.unwrap() > 0, "{}", String::from_utf8_lossy(&answer));
        }
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.contains("\"code\":\"not-signed-in\""), "{answer}");
        answer.contains("\"remedy\"")
    };
    // As `curl` and browsers on this machine ask.
    for headers in [
        &[][..],
        &["User-Agent: curl/8.5.0", "Accept: */*"],
        &["Connection: keep-alive", "Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Upgrade-Insecure-Requests: 1"],
        &["Referer: https://login.microsoftonline.com/", "X-Request-Id: 7", "traceparent: 00-1-2-01"],
    ] {
        assert!(explained("HTTP/1.1", headers).await, "{headers:?}");
    }
    // As nginx asks by default, whoever asked it.
    assert!(!explained("HTTP/1.0", &["Connection: close", "User-Agent: curl/8.5.0", "Accept: */*"]).await);
    assert!(!explained("HTTP/1.0", &[]).await);
    for mark in [
        "Connection: close",
        "X-Real-IP: 203.0.113.7",
        "Forwarded: for=203.0.113.7",
        "Via: 1.1 proxy",
        "X-Forwarded-For: 203.0.113.7",
        "X-Forwarded-Proto: https",
        "X-Original-URL: /files",
        "X-Original-Host: app.example.com",
        "True-Client-IP: 203.0.113.7",
        "CF-Connecting-IP: 203.0.113.7",
        "X-Client-IP: 203.0.113.7",
        "X-Cluster-Client-IP: 203.0.113.7",
        "X-Envoy-External-Address: 203.0.113.7",
        "X-Rewrite-URL: /files",
    ] {
        assert!(!explained("HTTP/1.1", &[mark]).await, "{mark}");
    }
}

/// Whatever the callback answers, its address with the code goes into no log by way of `Referer`.
#[tokio::test]
async fn every_answer_of_the_callback_keeps_its_address_to_itself() {
    let scene = Scene::new().await;
    let referrer = async |method: Method, query: &str| {
        let page = scene.browser.navigation(method, scene.at(&format!("{CALLBACK}{query}"))).send().await;
        (page.status, page.header("referrer-policy").to_owned())
    };
    let none = |status| (status, "no-referrer".to_owned());
    assert_eq!(referrer(Method::GET, "").await, none(200));
    assert_eq!(referrer(Method::GET, "?code=a&state=b").await, none(400));
    assert_eq!(referrer(Method::GET, "?error=access_denied&state=b").await, none(400));
    assert_eq!(referrer(Method::POST, "?code=a&state=b").await, none(405));
    let login = scene.browser.open(scene.at("/login")).await;
    let back = scene.browser.press(&scene.browser.step(&login).await, "Adele").await;
    let arrived = scene.browser.open(back.location().unwrap()).await;
    assert_eq!((arrived.status, arrived.header("referrer-policy")), (303, "no-referrer"));
    let problem = scene.browser.program(Method::GET, scene.at(&format!("{CALLBACK}?code=a"))).send().await;
    assert_eq!((problem.status, problem.header("referrer-policy")), (400, "no-referrer"), "{problem:?}");
    let elsewhere = scene.browser.open(scene.at("/logout")).await;
    assert_eq!(elsewhere.header("referrer-policy"), "same-origin");
}

/// The address hides itself, and with it the origin of what a page at it sends: a form of the application's own page works
/// all the same.
#[tokio::test]
async fn a_form_on_a_page_of_the_callback_is_one_of_our_own() {
    let emulator = Emulator::start().await.unwrap();
    let write =
        |_: &azure_auth::Page| "<form method=\"post\" action=\"/logout\"><button>Leave</button></form>".to_owned();
    let auth = builder(&emulator, &[]).pages(write).build().unwrap();
    let scene = Scene::of(emulator, auth).await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    let page = scene.browser.open(scene.at(&format!("{CALLBACK}?code=a"))).await;
    assert_eq!((page.status, page.header("referrer-policy")), (400, "no-referrer"));
    assert!(scene.browser.is_signed_in(&scene.application).await);
    assert_eq!(scene.browser.press(&page, "Leave").await.status, 303);
    assert!(!scene.browser.is_signed_in(&scene.application).await);
}

/// Counts what it is told.
#[derive(Clone, Default)]
struct Told(Arc<AtomicUsize>);

impl AuthEvents for Told {
    async fn expired(&self, _: &UserId) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_session_that_is_over_is_told_once_however_often_a_copy_comes_back() {
    let emulator = Emulator::start().await.unwrap();
    let told = Told::default();
    let auth: AzureAuth =
        builder(&emulator, &[("AZURE_SESSION_KEYS", SESSION_KEY)]).auth_events(told.clone()).build().unwrap();
    let scene = Scene::of(emulator, auth).await;
    let mut cookies = Vec::new();
    for person in ["Adele", "Alex"] {
        let browser = Browser::new();
        browser.sign_in(&scene.application, person).await;
        let cookie = browser.session_cookie("localhost").unwrap();
        let mut record: serde_json::Value =
            serde_json::from_slice(&sealed_cookie::open(Purpose::Session, &cookie)).unwrap();
        record[session::ENDS_AT] = 1_000_000_000.into();
        cookies.push(sealed_cookie::sealed(Purpose::Session, &cookie, record.to_string().as_bytes()));
    }
    for (number, cookie) in cookies.iter().enumerate() {
        for _ in 0..5 {
            let call = Browser::new();
            let header = format!("{}={}", cookie.name, cookie.value);
            let page = call.program(Method::GET, scene.at("/session")).header("cookie", &header).send().await;
            assert_eq!(page.status, 401);
            assert!(page.set_cookies()[0].contains("Max-Age=0"), "the browser forgets it each time");
            assert_eq!(told.0.load(Ordering::SeqCst), number + 1);
        }
    }
}
