//! Middleware between `AzureAuth` and a handler changes the request: whoever is judged is judged by what came in and by
//! what is there now.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use std::sync::atomic::{AtomicUsize, Ordering};

use azure_auth::{Principal, User};
use azure_auth_emulator::Emulator;
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::scene::builder;
use poem::http::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
use poem::{Endpoint, EndpointExt, FromRequest, Request, Response, Result, Route, get, handler};
use reqwest::Method;

static WRITES: AtomicUsize = AtomicUsize::new(0);

#[azure_auth::protect]
#[handler]
fn read(principal: Principal) -> String {
    who(&principal)
}

#[azure_auth::protect]
#[handler]
fn write(principal: Principal) -> String {
    WRITES.fetch_add(1, Ordering::SeqCst);
    who(&principal)
}

fn who(principal: &Principal) -> String {
    principal.user().map_or_else(String::new, |user| user.display_name().to_owned())
}

/// What the middleware does, one after the other, is in a header: `look`, `method GET`, `set <name> <value>`,
/// `remove <name>`.
const CHANGES: &str = "x-changes";

async fn changed(endpoint: std::sync::Arc<impl Endpoint<Output = Response>>, mut request: Request) -> Result<Response> {
    let changes = request.header(CHANGES).unwrap_or_default().to_owned();
    for change in changes.split('|').filter(|change| !change.is_empty()) {
        match *change.splitn(3, ' ').collect::<Vec<_>>() {
            // The outcome does not matter: somebody looked.
            ["look"] => drop(User::from_request_without_body(&request).await),
            ["method", method] => request.set_method(method.parse().unwrap()),
            ["set", name, value] => {
                request
                    .headers_mut()
                    .insert(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
            }
            ["remove", name] => drop(request.headers_mut().remove(name)),
            _ => panic!("{change}"),
        }
    }
    endpoint.call(request).await
}

struct Stage {
    _emulator: Emulator,
    application: Application,
    /// The sessions of two people, as cookies.
    adele: String,
    alex: String,
    /// The second one's access token.
    token: String,
}

impl Stage {
    async fn new() -> Self {
        let emulator = Emulator::start().await.unwrap();
        let auth = builder(&emulator, &[]).trusted_origins(["https://partner.example"]).build().unwrap();
        let endpoint = Route::new().at("/entries", get(read).post(write)).around(changed).with(auth);
        let application = Application::start(endpoint).await;
        let mut cookies = Vec::new();
        for person in ["Adele", "Alex"] {
            let browser = Browser::new();
            browser.sign_in(&application, person).await;
            let cookie = browser.session_cookie("localhost").unwrap();
            cookies.push(format!("{}={}", cookie.name, cookie.value));
        }
        let token = emulator.access_token().user("alex@contoso.test").scope("Files.Read").issue();
        let [adele, alex] = cookies.try_into().unwrap();
        Self { _emulator: emulator, application, adele, alex, token }
    }

    /// Status and reason, or the name of whoever was served.
    async fn answer(&self, method: Method, headers: &[(&str, &str)], changes: &[&str]) -> (u16, String) {
        let browser = Browser::new();
        let mut call = browser.program(method, self.application.at("/entries")).header(CHANGES, &changes.join("|"));
        for (name, value) in headers {
            call = call.header(name, value);
        }
        let page: Page = call.send().await;
        let text = page.reason().unwrap_or_else(|| page.text.clone());
        (page.status, text)
    }
}

fn served(name: &str) -> (u16, String) {
    (200, name.to_owned())
}

fn foreign() -> (u16, String) {
    (403, "foreign-origin".to_owned())
}

#[tokio::test]
async fn a_method_that_middleware_changes_makes_nothing_harmless() {
    let stage = Stage::new().await;
    let cookie = ("cookie", stage.adele.as_str());
    let (own, elsewhere) = (("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site"));
    for look in [&["look"][..], &[]] {
        let with = |changes: &[&'static str]| [look, changes].concat();
        // Whoever only reads and is made to write.
        let before = WRITES.load(Ordering::SeqCst);
        assert_eq!(stage.answer(Method::GET, &[cookie, elsewhere], &with(&["method POST"])).await, foreign());
        let silent = stage.answer(Method::GET, &[cookie], &with(&["method POST"])).await;
        assert_eq!(silent, (403, "origin-missing".to_owned()));
        assert_eq!(WRITES.load(Ordering::SeqCst), before, "nothing was written");
        assert_eq!(stage.answer(Method::GET, &[cookie, own], &with(&["method POST"])).await, served("Adele Vance"));
        assert_eq!(stage.answer(Method::GET, &[cookie, elsewhere], &with(&[])).await, served("Adele Vance"));
        // Whoever writes and is made to read only.
        assert_eq!(stage.answer(Method::POST, &[cookie, elsewhere], &with(&["method GET"])).await, foreign());
        assert_eq!(stage.answer(Method::POST, &[cookie, own], &with(&["method GET"])).await, served("Adele Vance"));
        // A WebSocket that no longer says that it is one.
        let upgrade = [cookie, elsewhere, ("upgrade", "websocket"), ("connection", "upgrade")];
        assert_eq!(stage.answer(Method::GET, &upgrade, &with(&["remove upgrade"])).await, foreign());
    }
}

#[tokio::test]
async fn an_origin_that_middleware_changes_counts_as_it_came_and_as_it_is() {
    let stage = Stage::new().await;
    let cookie = ("cookie", stage.adele.as_str());
    let evil = ("origin", "https://evil.example");
    let own_origin = stage.application.at("");
    let (own, set_own) = (("origin", own_origin.as_str()), format!("set origin {own_origin}"));
    for look in [&["look"][..], &[]] {
        let with = |changes: &[&str]| [look, changes].concat().join("|");
        let ask = async |headers: &[(&str, &str)], changes: &[&str]| {
            stage.answer(Method::POST, headers, &[&with(changes)]).await
        };
        assert_eq!(ask(&[cookie, own], &[]).await, served("Adele Vance"));
        assert_eq!(ask(&[cookie, evil], &[&set_own]).await, foreign());
        assert_eq!(ask(&[cookie, evil], &[&set_own, "set sec-fetch-site same-origin"]).await, foreign());
        assert_eq!(ask(&[cookie, evil], &["remove origin", "set sec-fetch-site same-origin"]).await, foreign());
        assert_eq!(ask(&[cookie, own], &["set origin https://evil.example"]).await, foreign());
        assert_eq!(ask(&[cookie, own], &["set sec-fetch-site cross-site"]).await, foreign());
        assert_eq!(
            ask(&[cookie, ("sec-fetch-site", "same-site")], &["set sec-fetch-site same-origin"]).await,
            foreign()
        );
        let silent = with(&["method POST", &set_own]);
        assert_eq!(stage.answer(Method::GET, &[cookie], &[&silent]).await, served("Adele Vance"));
    }
}

#[tokio::test]
async fn a_request_that_carries_another_credential_is_judged_by_that_one() {
    let stage = Stage::new().await;
    let (adele, alex) = (("cookie", stage.adele.as_str()), ("cookie", stage.alex.as_str()));
    let bearer = format!("Bearer {}", stage.token);
    let token = ("authorization", bearer.as_str());
    let [set_token, set_bad, set_alex] = [
        format!("set {AUTHORIZATION} {bearer}"),
        format!("set {AUTHORIZATION} Bearer x.y.z"),
        format!("set {COOKIE} {}", stage.alex),
    ];
    let refused = |code: &str| (401, code.to_owned());
    for (context, headers, changes, expected) in [
        ("the session alone", vec![adele], vec![], served("Adele Vance")),
        ("the token alone", vec![token], vec![], served("Alex Wilber")),
        ("a token in front of the session", vec![adele], vec![set_token.as_str()], served("Alex Wilber")),
        ("a bad one", vec![adele], vec![set_bad.as_str()], refused("token-malformed")),
        ("a bad one in the place of a good one", vec![token], vec![set_bad.as_str()], refused("token-malformed")),
        ("the token goes, a session is there", vec![token, adele], vec!["remove authorization"], served("Adele Vance")),
        ("the token goes, nothing is there", vec![token], vec!["remove authorization"], refused("not-signed-in")),
        ("another session", vec![adele], vec![set_alex.as_str()], served("Alex Wilber")),
        ("no session", vec![adele], vec!["remove cookie"], refused("not-signed-in")),
        ("an invalid session", vec![adele], vec!["set cookie x=y"], refused("not-signed-in")),
        ("a session where there was none", vec![], vec![set_alex.as_str()], served("Alex Wilber")),
        ("there and back", vec![alex], vec![set_bad.as_str(), "look", "remove authorization"], served("Alex Wilber")),
    ] {
        for look in [&["look"][..], &[]] {
            let changes = [look, &changes].concat();
            assert_eq!(stage.answer(Method::GET, &headers, &changes).await, expected, "{context}: {look:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_is_personal_whoever_of_several_it_was_about() {
    let stage = Stage::new().await;
    let browser = Browser::new();
    let call = browser.program(Method::GET, stage.application.at("/entries")).header("cookie", &stage.adele);
    let answer = call.header(CHANGES, "look|remove cookie").send().await;
    assert_eq!((answer.status, answer.header("cache-control")), (401, "no-store"));
    assert_eq!(answer.header("vary"), "Cookie, Authorization");
}
