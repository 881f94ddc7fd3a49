//! Signing out where pages watch for the end: the sign-out reaches its own end, other tabs learn of it, and Back shows
//! nothing.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use std::time::{Duration, Instant};

use azure_auth::{AzureAuth, Endpoints, User, UserId};
use azure_auth_emulator::Emulator;
use azure_auth_tests::application::Application;
use azure_auth_tests::scene::builder;
use poem::web::Html;
use poem::{Endpoint, IntoResponse, Response, get, handler};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use crate::chromium::Chromium;
use crate::signs_in;
use crate::stage::{Alone, QUICKSTART, Stage};

#[tokio::test]
async fn a_sign_out_from_a_page_that_watches_reaches_its_end_each_time() {
    let Some(stage) = Stage::set(&QUICKSTART, "watched-sign-out").await else { return };
    let chromium = &stage.chromium;
    for round in 0..20 {
        signs_in(&stage).await;
        waits_for_stream(chromium).await;
        chromium.clicks("Sign out").await;
        // The page at the callback: the provider has signed them out and sent them here.
        chromium.sees("You are signed out").await;
        assert_eq!(chromium.address().await, stage.at("/authorization-code/callback"), "round {round}");
    }
    chromium.screenshot("24-signed-out-while-watching").await;
    stage.assert_nobody_complains().await;
}

#[tokio::test]
async fn back_after_sign_out_shows_nothing_of_the_page_that_watched() {
    let Some(stage) = Alone::set("back").await else { return };
    let chromium = &stage.chromium;
    let _watched = signed_in(chromium).await;
    waits_for_stream(chromium).await;
    // Chromium keeps no page in memory that listened; others do, and say so.
    chromium.asks("window.isSamePage = true").await;
    chromium.asks("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }))").await;
    assert!(chromium.finds("return window.isSamePage").await, "a page that was just loaded stays");
    chromium.asks("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))").await;
    waits_for(chromium, IS_NEW_PAGE).await;
    waits_for_stream(chromium).await;

    chromium.clicks("Sign out").await;
    chromium.sees("You are signed out").await;
    chromium.goes_back().await;
    chromium.sees("Pick an account").await;
    chromium.screenshot("back-01-after-sign-out").await;
}

#[tokio::test]
async fn a_page_beyond_the_bound_of_streams_asks_when_it_gets_the_focus() {
    let Some(stage) = Alone::set("beyond-the-bound").await else { return };
    let chromium = &stage.chromium;
    let watched = signed_in(chromium).await;
    waits_for_stream(chromium).await;
    let cookies = chromium.session.get("cookie").await.unwrap();
    let session =
        cookies.as_array().unwrap().iter().find(|cookie| cookie["name"].as_str().unwrap().contains("session"));
    let session = session.expect("the session's cookie");
    let cookie = format!("{}={}", session["name"].as_str().unwrap(), session["value"].as_str().unwrap());
    chromium.open("about:blank").await;
    // The page's own stream may hold its place until somebody asks for one.
    let mut streams = Vec::new();
    while streams.len() < 32 {
        let call = reqwest::Client::new().get(watched.application.at("/session/events"));
        let answer = call.header("cookie", &cookie).send().await.unwrap();
        streams.extend((answer.status() == 200).then_some(answer));
    }

    chromium.open(&watched.application.at("/me")).await;
    chromium.sees("Welcome").await;
    let is_refused = "return performance.getEntriesByType('resource').some(entry => entry.name.endsWith('/session'))";
    waits_for(chromium, is_refused).await;
    chromium.asks("window.isSamePage = true").await;
    watched.ends_the_session(chromium).await;
    assert!(chromium.finds("return window.isSamePage").await, "nobody told this page");
    chromium.asks("dispatchEvent(new Event('focus'))").await;
    waits_for(chromium, IS_NEW_PAGE).await;
}

#[tokio::test]
async fn without_web_locks_each_tab_has_a_stream_of_its_own() {
    let Some(stage) = Alone::set("without-locks").await else { return };
    let chromium = &stage.chromium;
    let before = "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined }); \
                  window.streams = []; \
                  window.EventSource = class extends EventSource { \
                      constructor(...given) { super(...given); window.streams.push(this) } }";
    chromium.runs_first(before).await;
    let watched = signed_in(chromium).await;
    assert!(chromium.finds("return navigator.locks === undefined").await);
    waits_for(chromium, IS_LISTENING).await;
    chromium.asks("window.isSamePage = true").await;
    let first = chromium.tab().await;
    chromium.opens_tab().await;
    chromium.runs_first(before).await;
    chromium.open(&watched.application.at("/me")).await;
    chromium.sees("Welcome").await;
    waits_for(chromium, IS_LISTENING).await;
    chromium.asks("window.isSamePage = true").await;
    watched.ends_the_session(chromium).await;
    waits_for(chromium, IS_NEW_PAGE).await;
    chromium.turns_to(&first).await;
    waits_for(chromium, IS_NEW_PAGE).await;
}

#[tokio::test]
async fn eight_tabs_share_one_stream_and_all_learn_of_a_sign_out() {
    let Some(stage) = Alone::set("eight-tabs").await else { return };
    let chromium = &stage.chromium;
    let mut tabs = vec![chromium.tab().await];
    let watched = signed_in(chromium).await;
    // Over HTTP/1.1 a browser keeps six connections to a host: eight streams would leave none for a page.
    for _ in 1..8 {
        tabs.push(chromium.opens_tab().await);
        chromium.open(&watched.application.at("/me")).await;
        chromium.sees("Welcome").await;
    }
    chromium.screenshot("eight-tabs-01-signed-in").await;
    chromium.clicks("Sign out").await;
    chromium.sees("You are signed out").await;
    for tab in &tabs[..7] {
        chromium.turns_to(tab).await;
        chromium.sees("Pick an account").await;
    }
    chromium.screenshot("eight-tabs-02-first-tab").await;
}

#[tokio::test]
async fn a_tab_in_front_learns_at_once_that_an_administrator_ended_the_session() {
    let Some(stage) = Alone::set("administrator").await else { return };
    let chromium = &stage.chromium;
    let watched = signed_in(chromium).await;
    waits_for_stream(chromium).await;
    chromium.asks("window.isSamePage = true").await;
    watched.ends_the_session(chromium).await;
    waits_for(chromium, IS_NEW_PAGE).await;
}

/// A sign-in that began beside a sign-out would find the person still signed in at the provider, and undo it.
#[tokio::test]
async fn a_tab_that_nobody_looks_at_shows_nothing_and_asks_for_nothing_until_somebody_does() {
    let Some(stage) = Alone::set("nobody-looks").await else { return };
    let chromium = &stage.chromium;
    let mut watched = signed_in(chromium).await;
    waits_for_stream(chromium).await;
    let first = chromium.tab().await;
    let user = watched.user(chromium).await;
    // Long after the page would have been asked for anew; what is said then is said by the old one.
    let listen = "document.addEventListener('azure-auth-ended', () => setTimeout(() => \
                  fetch(`/session/watch.js?${getComputedStyle(document.body).visibility}`), 1500))";
    chromium.asks(listen).await;
    chromium.opens_tab().await;
    chromium.open("data:text/html,<h1>Elsewhere</h1>").await;
    chromium.sees("Elsewhere").await;
    while watched.requests.try_recv().is_ok() {}
    watched.auth.end_sessions_of(&user).await.unwrap();
    let next = timeout(Duration::from_secs(60), watched.requests.recv()).await;
    assert_eq!(next.unwrap().as_deref(), Some("/session/watch.js?hidden"));
    chromium.turns_to(&first).await;
    waits_for(
        chromium,
        "return document.querySelector('h1')?.textContent === 'Welcome' && \
                         getComputedStyle(document.body).visibility === 'visible'",
    )
    .await;
}

#[tokio::test]
async fn where_the_cache_is_cleared_back_shows_nothing_of_a_page_without_the_script() {
    let Some(stage) = Alone::set("cleared-cache").await else { return };
    let chromium = &stage.chromium;
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[]).clear_cache_at_sign_out().build().unwrap();
    let application = Application::start(plain(auth)).await;
    chromium.open(&application.at("/me")).await;
    chromium.sees("Pick an account").await;
    chromium.clicks("Adele Vance").await;
    chromium.sees("Welcome").await;
    chromium.clicks("Sign out").await;
    chromium.sees("You are signed out").await;
    waits_for(chromium, "return [...document.images].every(image => image.complete)").await;
    chromium.goes_back().await;
    chromium.sees("Pick an account").await;
    chromium.screenshot("cleared-cache-01-back").await;
}

/// The provider still knows the person, and signs them in again: what changed is that the page was asked for anew.
const IS_NEW_PAGE: &str = "return document.querySelector('h1')?.textContent === 'Welcome' && !window.isSamePage";

/// Without Web Locks.
const IS_LISTENING: &str = "return streams.length === 1 && streams[0].readyState === EventSource.OPEN";

/// An application whose page watches.
struct Watched {
    application: Application,
    auth: AzureAuth,
    /// What is asked of it.
    requests: UnboundedReceiver<String>,
    _emulator: Emulator,
}

/// Somebody is at that page.
async fn signed_in(chromium: &Chromium) -> Watched {
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[]).build().unwrap();
    let (tell, requests) = unbounded_channel();
    let watched = watching(auth.clone(), emulator.origin()).around(move |table, request| {
        let _ = tell.send(request.original_uri().path_and_query().unwrap().to_string());
        async move { table.call(request).await }
    });
    let application = Application::start(watched).await;
    chromium.open(&application.at("/me")).await;
    chromium.sees("Pick an account").await;
    chromium.clicks("Adele Vance").await;
    chromium.sees("Welcome").await;
    Watched { application, auth, requests, _emulator: emulator }
}

impl Watched {
    /// As an administrator does.
    async fn ends_the_session(&self, chromium: &Chromium) {
        let user = self.user(chromium).await;
        self.auth.end_sessions_of(&user).await.unwrap();
    }

    async fn user(&self, chromium: &Chromium) -> UserId {
        let user = chromium.asks("return document.querySelector('p').textContent").await;
        let [_, tenant, object] = user.as_str().unwrap().split(':').collect::<Vec<_>>().try_into().unwrap();
        UserId::Entra { tenant: tenant.parse().unwrap(), object: object.parse().unwrap() }
    }
}

/// Waits until the page, or another tab for it, listens.
async fn waits_for_stream(chromium: &Chromium) {
    let script =
        "return performance.getEntriesByType('resource').some(entry => entry.name.endsWith('/session/watch.js'))";
    waits_for(chromium, script).await;
    let script = "return (await navigator.locks.query()).held.length > 0";
    waits_for(chromium, script).await;
}

async fn waits_for(chromium: &Chromium, script: &str) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !chromium.finds(script).await {
        assert!(Instant::now() < deadline, "never true: {script}");
    }
}

/// A page with the script and a form, under a policy that allows nothing that it does not need.
fn watching(auth: AzureAuth, provider: &str) -> Endpoints {
    let policy = format!(
        "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self' {provider}; base-uri 'none'"
    );
    let with_policy = move |mut response: Response| {
        response.headers_mut().insert("content-security-policy", policy.parse().unwrap());
        response
    };
    azure_auth::endpoints! { "/" => get(watched_page), "/me" => get(watched_page) }
        .after(move |outcome: poem::Result<Response>| {
            let with_policy = with_policy.clone();
            async move { outcome.map(with_policy) }
        })
        .with(auth)
}

fn plain(auth: AzureAuth) -> Endpoints {
    azure_auth::endpoints! { "/" => get(plain_page), "/me" => get(plain_page) }.with(auth)
}

#[azure_auth::protect]
#[handler]
fn watched_page(user: User) -> impl IntoResponse {
    page(&user, "<script src=\"/session/watch.js\"></script>")
}

#[azure_auth::protect]
#[handler]
fn plain_page(user: User) -> impl IntoResponse {
    page(&user, "")
}

fn page(user: &User, script: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><title>Watched</title><main><h1>Welcome</h1><p>{}</p>\
         <form method=\"post\" action=\"/logout\"><button>Sign out</button></form></main>{script}",
        user.id()
    ))
}
