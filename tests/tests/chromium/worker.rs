//! A service worker that passes on whatever its pages ask for, as those of offline pages do.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use azure_auth::User;
use azure_auth_emulator::Emulator;
use azure_auth_tests::application::Application;
use azure_auth_tests::scene::builder;
use poem::web::Html;
use poem::{IntoResponse, get, handler};

use crate::stage::Alone;

/// The worker keeps the mode `navigate`, and browsers say `Sec-Fetch-Dest: empty` of what it sends.
#[tokio::test]
async fn a_page_load_that_a_service_worker_passes_on_leads_to_sign_in() {
    let Some(stage) = Alone::set("service-worker").await else { return };
    let chromium = &stage.chromium;
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[]).build().unwrap();
    let application = Application::start(
        azure_auth::endpoints! {
            "/"          => get(home),
            "/worker.js" => get(worker),
            "/me"        => get(me),
        }
        .with(auth),
    )
    .await;
    chromium.open(&application.at("/")).await;
    chromium.sees("Home").await;
    let register = "return navigator.serviceWorker.register('/worker.js') \
                    .then(() => new Promise(claimed => { navigator.serviceWorker.controller ? claimed() : \
                    navigator.serviceWorker.oncontrollerchange = claimed })).then(() => true)";
    assert!(chromium.finds(register).await);
    chromium.open(&application.at("/me?tab=2")).await;
    chromium.sees("Pick an account").await;
    chromium.clicks("Adele Vance").await;
    chromium.sees("Welcome, Adele Vance!").await;
    assert_eq!(chromium.address().await, application.at("/me?tab=2"));
    let is_passed_on = "return performance.getEntriesByType('navigation')[0].workerStart > 0";
    assert!(chromium.finds(is_passed_on).await, "the worker was asked");
    chromium.screenshot("service-worker-01-signed-in").await;
}

#[azure_auth::public]
#[handler]
fn home() -> Html<&'static str> {
    Html("<!doctype html><title>Home</title><h1>Home</h1>")
}

#[azure_auth::public]
#[handler]
fn worker() -> impl IntoResponse {
    "addEventListener('install', () => skipWaiting()); \
     addEventListener('activate', event => event.waitUntil(clients.claim())); \
     addEventListener('fetch', event => event.respondWith(fetch(event.request)))"
        .with_content_type("text/javascript")
}

#[azure_auth::protect]
#[handler]
fn me(user: User) -> Html<String> {
    Html(format!("<!doctype html><title>Me</title><h1>Welcome, {}!</h1>", user.display_name()))
}
