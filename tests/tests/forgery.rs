//! Requests that somebody else made a browser send: wherever sessions are kept, they change nothing and sign nobody in.
//!
//! The rule by itself is a table in `azure-auth/src/rules/request/same_origin.rs`; sign-out has tests of its own in
//! `sign_out.rs` and `ends.rs`.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use azure_auth_emulator::Emulator;
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Call};
use azure_auth_tests::cookie_jar::Cookie;
use azure_auth_tests::place::{Place, places};
use azure_auth_tests::scene::{Scene, builder};
use poem::web::Data;
use poem::web::websocket::WebSocket;
use poem::{IntoResponse, get, handler};
use reqwest::Method;
use url::Url;

const PARTNER: &str = "https://partner.example";

/// How often something was changed.
#[derive(Clone, Default)]
struct Changes(Arc<AtomicUsize>);

impl Changes {
    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

#[azure_auth::protect]
#[handler]
fn change(changes: Data<&Changes>) -> &'static str {
    changes.0.0.fetch_add(1, Ordering::SeqCst);
    "changed"
}

#[azure_auth::protect]
#[handler]
fn live(socket: WebSocket, changes: Data<&Changes>) -> impl IntoResponse {
    changes.0.0.fetch_add(1, Ordering::SeqCst);
    socket.on_upgrade(|_| async {})
}

#[azure_auth::protect]
#[handler]
fn read() -> &'static str {
    "read"
}

/// An application that counts changes, and somebody's browser that is signed in there.
struct Counter {
    _emulator: Emulator,
    application: Application,
    changes: Changes,
    browser: Browser,
}

impl Counter {
    async fn at(place: &Place) -> Self {
        let emulator = Emulator::start().await.unwrap();
        let settings = builder(&emulator, &[("AZURE_SESSION_STORE", &place.address)]);
        let auth = settings.trusted_origins([PARTNER]).build().unwrap();
        let changes = Changes::default();
        let table = azure_auth::endpoints! {
            "/"     => get(read).post(change).put(change).patch(change).delete(change),
            "/live" => get(live),
        };
        let application = Application::start(table.data(changes.clone()).with(auth)).await;
        let browser = Browser::new();
        browser.sign_in(&application, "Adele").await;
        Self { _emulator: emulator, application, changes, browser }
    }

    /// Each way to change something, with the cookies of the browser and without a word about where it comes from.
    fn attempts(&self) -> Vec<(&'static str, u16, Call<'_>)> {
        let call = |method| self.browser.program(method, self.application.at("/"));
        let upgrade = self.browser.program(Method::GET, self.application.at("/live"));
        let upgrade = [
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ]
        .into_iter()
        .fold(upgrade, |call, (name, value)| call.header(name, value));
        vec![
            ("POST", 200, call(Method::POST)),
            ("PUT", 200, call(Method::PUT)),
            ("PATCH", 200, call(Method::PATCH)),
            ("DELETE", 200, call(Method::DELETE)),
            ("WebSocket", 101, upgrade),
        ]
    }
}

const FOREIGN: Result<(), &str> = Err("foreign-origin");
const SILENT: Result<(), &str> = Err("origin-missing");

/// `Sec-Fetch-Site`, `Sec-Fetch-Mode`, `Origin`, and what becomes of it. `own`: the application's own origin.
type Row = (&'static [&'static str], Option<&'static str>, &'static [&'static str], Result<(), &'static str>);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    // What browsers send of themselves.
    (&["same-origin"],  Some("cors"),      &["own"],                     Ok(())),
    (&["same-origin"],  Some("navigate"),  &["own"],                     Ok(())),
    (&["same-origin"],  Some("websocket"), &["own"],                     Ok(())),
    (&["none"],         Some("navigate"),  &[],                          Ok(())),
    (&["same-site"],    Some("cors"),      &["http://localhost:1"],      FOREIGN),
    (&["cross-site"],   Some("navigate"),  &["https://evil.example"],    FOREIGN),
    (&["cross-site"],   Some("no-cors"),   &["null"],                    FOREIGN),
    (&["cross-site"],   Some("websocket"), &["https://evil.example"],    FOREIGN),
    (&["cross-site"],   Some("cors"),      &[PARTNER],                   Ok(())),
    // Older browsers send `Origin` alone.
    (&[],               None,              &["own"],                     Ok(())),
    (&[],               None,              &[PARTNER],                   Ok(())),
    (&[],               None,              &["null"],                    FOREIGN),
    (&[],               None,              &["https://evil.example"],    FOREIGN),
    (&[],               None,              &["http://localhost"],        FOREIGN),
    (&[],               None,              &["http://127.0.0.1"],        FOREIGN),
    (&[],               None,              &[""],                        FOREIGN),
    // Neither: no browser, or one that hides everything.
    (&[],               None,              &[],                          SILENT),
    (&[],               Some("cors"),      &[],                          SILENT),
    // Contradictory: what a page cannot set decides, and what is said twice is said by nobody.
    (&["cross-site"],   Some("cors"),      &["own"],                     FOREIGN),
    (&["same-site"],    Some("navigate"),  &["own"],                     FOREIGN),
    (&["cross-site"],   Some("same-origin"), &[],                        FOREIGN),
    (&["same-origin, cross-site"], None,   &["own"],                     FOREIGN),
    (&["Same-Origin"],  None,              &["own"],                     FOREIGN),
    (&[""],             None,              &["own"],                     FOREIGN),
    (&["cross-site", "same-origin"], None, &["own"],                     FOREIGN),
    (&[],               None,              &["own", "null"],             FOREIGN),
    (&[],               None,              &["https://evil.example", "own"], FOREIGN),
];

#[tokio::test]
async fn only_our_own_pages_and_trusted_ones_change_something_wherever_sessions_are_kept() {
    for place in places() {
        let counter = Counter::at(&place).await;
        let own = counter.application.at("");
        for row in TABLE {
            let (sites, mode, origins, expected) = row;
            for (name, allowed, mut call) in counter.attempts() {
                for site in *sites {
                    call = call.header("sec-fetch-site", site);
                }
                if let Some(mode) = mode {
                    call = call.header("sec-fetch-mode", mode);
                }
                for origin in *origins {
                    call = call.header("origin", if *origin == "own" { &own } else { origin });
                }
                let before = counter.changes.count();
                let answer = call.send().await;
                let happened = counter.changes.count() - before;
                let context = format!("{name} with {row:?} and sessions in {}", place.name);
                match expected {
                    Ok(()) => assert_eq!((answer.status, happened), (allowed, 1), "{context}"),
                    Err(reason) => {
                        assert_eq!((answer.status, answer.reason().as_deref()), (403, Some(*reason)), "{context}");
                        assert_eq!(happened, 0, "{context}");
                    }
                }
            }
        }
        let evil = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
        let reading = counter.browser.program(Method::GET, counter.application.at("/"));
        let reading = evil.into_iter().fold(reading, |call, (name, value)| call.header(name, value));
        assert_eq!(reading.send().await.text, "read", "{}: a link leads here from anywhere", place.name);
    }
}

/// The address that the provider sends a browser back to, not yet opened.
async fn on_the_way_back(scene: &Scene, browser: &Browser, account: &str) -> Url {
    let accounts = browser.visit(scene.at("/login?return_to=/me")).await;
    browser.press(&accounts, account).await.location().unwrap()
}

async fn assert_stays_nobody(scene: &Scene, victim: &Browser, back: &Url, context: &str) {
    let page = victim.open(back).await;
    // It begins one of the victim's own.
    assert_eq!(page.status, 302, "{context}: {page:?}");
    let state = back.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    assert_ne!(page.location_parameter("state"), Some(state), "{context}");
    assert!(page.header("location").starts_with(scene.emulator.origin()), "{context}");
    assert!(victim.session_cookie("localhost").is_none(), "{context}");
    assert!(!victim.is_signed_in(&scene.application).await, "{context}");
}

#[tokio::test]
async fn nobody_is_signed_in_as_an_attacker_wherever_sessions_are_kept() {
    for place in places() {
        let (scene, attacker) = (place.scene().await, Browser::new());
        let back = on_the_way_back(&scene, &attacker, "Alex").await;
        let victim = Browser::new();
        assert_stays_nobody(&scene, &victim, &back, place.name).await;
        // On the way to a sign-in of one's own, which goes on.
        let accounts = victim.visit(scene.at("/login?return_to=/")).await;
        assert_stays_nobody(&scene, &victim, &back, place.name).await;
        assert_eq!(victim.pick(&accounts, "Adele").await.text, "<p>Welcome, Adele Vance!</p>", "{}", place.name);

        // Signed in, one stays who one is, with the same session.
        let session = victim.session_cookie("localhost");
        let page = victim.open(&back).await;
        assert_eq!((page.status, page.location().unwrap().path()), (303, "/me"), "{}", place.name);
        assert_eq!(victim.session_cookie("localhost"), session, "{}", place.name);
        assert_eq!(victim.open(scene.at("/")).await.text, "<p>Welcome, Adele Vance!</p>", "{}", place.name);
        // None of it has used the answer up: it is the attacker's own, and worth something to nobody else.
        assert_eq!(attacker.open(&back).await.status, 303, "{}", place.name);
    }
}

#[tokio::test]
async fn an_attempt_is_worth_nothing_with_the_state_or_the_code_of_another() {
    for place in places() {
        let (scene, attacker, victim) = (place.scene().await, Browser::new(), Browser::new());
        let theirs = on_the_way_back(&scene, &attacker, "Alex").await;
        let own = on_the_way_back(&scene, &victim, "Adele").await;
        // The attacker's code under the victim's state: the code was asked for with another verifier.
        let page = victim.open(&mixed(&own, &theirs)).await;
        assert!(page.status >= 400, "{}: {page:?}", place.name);
        assert!(victim.session_cookie("localhost").is_none(), "{}", place.name);
        assert!(!victim.is_signed_in(&scene.application).await, "{}", place.name);
    }
}

/// The one address with the code of the other.
fn mixed(address: &Url, other: &Url) -> Url {
    let code = other.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let pairs: Vec<_> = address.query_pairs().into_owned().filter(|(name, _)| name != "code").collect();
    let mut mixed = address.clone();
    mixed.query_pairs_mut().clear().extend_pairs(pairs).append_pair("code", &code);
    mixed
}

#[tokio::test]
async fn a_session_that_was_planted_never_becomes_the_victims_wherever_sessions_are_kept() {
    for place in places() {
        let (scene, attacker, victim) = (place.scene().await, Browser::new(), Browser::new());
        attacker.sign_in(&scene.application, "Alex").await;
        let planted = attacker.session_cookie("localhost").unwrap();
        victim.put_cookie(planted.clone());
        victim.sign_in(&scene.application, "Adele").await;
        let own = victim.session_cookie("localhost").unwrap();
        let sessions = victim.cookies("localhost").into_iter().filter(|cookie| cookie.name.contains("azure-session-"));
        assert_eq!((own.name.as_str(), sessions.count()), (planted.name.as_str(), 1), "{}", place.name);
        assert_ne!(own.value, planted.value, "{}", place.name);
        assert_eq!(victim.open(scene.at("/")).await.text, "<p>Welcome, Adele Vance!</p>", "{}", place.name);
        assert!(!attacker.is_signed_in(&scene.application).await, "{}: the planted one is over", place.name);
    }
}

#[tokio::test]
async fn a_ticket_that_somebody_made_up_is_never_taken_over_wherever_sessions_are_kept() {
    for place in places() {
        let (scene, attacker) = (place.scene().await, Browser::new());
        attacker.sign_in(&scene.application, "Alex").await;
        let issued = attacker.session_cookie("localhost").unwrap();
        for made_up in made_up(&issued) {
            let victim = Browser::new();
            victim.put_cookie(made_up.clone());
            assert!(!victim.is_signed_in(&scene.application).await, "{}: {}", place.name, made_up.value);
            victim.put_cookie(made_up.clone());
            victim.sign_in(&scene.application, "Adele").await;
            assert_ne!(victim.session_cookie("localhost").unwrap().value, made_up.value, "{}", place.name);
            let thief = Browser::new();
            thief.put_cookie(made_up.clone());
            assert!(!thief.is_signed_in(&scene.application).await, "{}: {}", place.name, made_up.value);
        }
    }
}

/// As long as a real one, the empty one, and a real one with another end.
fn made_up(issued: &Cookie) -> [Cookie; 3] {
    let cut = &issued.value[..issued.value.len() - 2];
    let other_end = if issued.value.ends_with("AA") { "Eg" } else { "AA" };
    ["A".repeat(issued.value.len()), String::new(), format!("{cut}{other_end}")].map(|value| issued.with_value(value))
}
