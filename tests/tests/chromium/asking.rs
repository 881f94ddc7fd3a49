//! Many tabs at once, and pages that a service worker passes on.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use azure_auth::{AzureAuth, Endpoints, User};
use azure_auth_emulator::Emulator;
use azure_auth_tests::application::Application;
use azure_auth_tests::scene::auth;
use poem::web::Html;
use poem::{IntoResponse, Response, get, handler};
use serde_json::json;

use crate::stage::{QUICKSTART, Stage};

const TABS: usize = 8;

#[tokio::test]
async fn eight_tabs_that_begin_at_the_same_moment_are_signed_in_from_either_end_and_again_after_a_restart() {
    let Some(stage) = Stage::set(&QUICKSTART, "eight-at-once").await else { return };
    let chromium = &stage.chromium;
    let tabs = chromium.opens_tabs_at_once(&stage.at("/me"), TABS).await;
    for tab in [0, 7, 1, 6, 2, 5, 3, 4] {
        chromium.turns_to(&tabs[tab]).await;
        chromium.sees("Pick an account").await;
        chromium.clicks("Adele Vance").await;
        chromium.sees("Welcome, Adele Vance!").await;
        assert_eq!(chromium.address().await, stage.at("/me"), "tab {tab}");
    }

    // What a browser does that was closed: the cookies of the session are gone, the provider's are not.
    chromium.forgets_cookies_of(&stage.at("/")).await;
    let tabs = chromium.opens_tabs_at_once(&stage.at("/me"), TABS).await;
    for tab in &tabs {
        chromium.turns_to(tab).await;
        chromium.sees("Welcome, Adele Vance!").await;
        assert_eq!(chromium.address().await, stage.at("/me"));
    }
    stage.assert_nobody_complains().await;
}

#[azure_auth::public(reason = "installs the worker")]
#[handler]
fn start() -> Html<&'static str> {
    Html("<!doctype html><title>Start</title><h1>Start</h1>")
}

#[azure_auth::public(reason = "passes everything on")]
#[handler]
fn worker() -> Response {
    let script = "addEventListener('install', () => skipWaiting());\
        addEventListener('activate', event => event.waitUntil(clients.claim()));\
        addEventListener('fetch', event => event.respondWith(fetch(event.request)));";
    script.with_content_type("text/javascript").into_response()
}

#[azure_auth::protect]
#[handler]
fn me(user: User) -> Html<String> {
    Html(format!("<!doctype html><title>Me</title><h1>Welcome, {}!</h1>", user.display_name()))
}

fn table(auth: AzureAuth) -> Endpoints {
    azure_auth::endpoints! {
        "/"          => get(start),
        "/worker.js" => get(worker),
        "/me"        => get(me).post(me),
    }
    .with(auth)
}

#[tokio::test]
async fn a_page_load_that_a_service_worker_passes_on_ends_at_the_page() {
    let Some(stage) = Stage::set(&QUICKSTART, "service-worker").await else { return };
    let chromium = &stage.chromium;
    let emulator = Emulator::start().await.unwrap();
    let application = Application::start(table(auth(&emulator, &[]))).await;
    chromium.open(&application.at("/")).await;
    let register = "return navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready)\
        .then(() => new Promise(done => navigator.serviceWorker.controller ? done(true)\
            : navigator.serviceWorker.addEventListener('controllerchange', () => done(true))))";
    assert_eq!(chromium.asks(register).await, json!(true));
    chromium.open(&application.at("/me?q=1")).await;
    chromium.sees("Pick an account").await;
    chromium.clicks("Adele Vance").await;
    chromium.sees("Welcome, Adele Vance!").await;
    assert_eq!(chromium.address().await, application.at("/me?q=1"));
}
