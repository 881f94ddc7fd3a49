//! A front end of another origin of the same site: its script asks who is signed in, signs out, and learns of an end.

use azure_auth_tests::application::Application;
use azure_auth_tests::scene::{Scene, builder};
use poem::web::Html;
use poem::{EndpointExt, Route, get, handler, web::Data};

use crate::stage::Alone;

#[tokio::test]
async fn a_front_end_of_another_origin_signs_in_and_out() {
    let Some(stage) = Alone::set("front-end").await else { return };
    let chromium = &stage.chromium;
    let scene = Scene::new().await;
    let page = || Route::new().at("/", get(front_end)).data(scene.at(""));
    let (trusted, other) = (Application::start(page()).await, Application::start(page()).await);
    let origin = trusted.at("");
    scene.restart(builder(&scene.emulator, &[]).trusted_origins([origin.as_str()]).build().unwrap());

    chromium.open(&trusted.at("/")).await;
    chromium.sees("Nobody is signed in").await;
    chromium.clicks("Sign in").await;
    chromium.sees("Pick an account").await;
    chromium.clicks("Adele Vance").await;
    chromium.sees("Welcome, Adele Vance!").await;
    assert_eq!(chromium.address().await, trusted.at("/"), "back at the front end");
    chromium.screenshot("front-end-01-signed-in").await;

    // Another port is another origin of the same site: the cookie goes along, and the answer is not for it.
    chromium.open(&other.at("/")).await;
    chromium.sees("The answer cannot be read").await;
    chromium.clicks("Sign out").await;
    chromium.reads("The answer cannot be read", "#outcome").await;

    chromium.open(&trusted.at("/")).await;
    chromium.sees("Welcome, Adele Vance!").await;
    chromium.reads("listening", "#outcome").await;
    let first = chromium.tab().await;
    chromium.opens_tab().await;
    chromium.open(&scene.at("/logout")).await;
    chromium.sees("Sign out").await;
    chromium.clicks("Sign out").await;
    chromium.sees("You are signed out").await;
    chromium.turns_to(&first).await;
    chromium.sees("Nobody is signed in").await;

    chromium.clicks("Sign in").await;
    chromium.sees("Pick an account").await;
    chromium.clicks("Adele Vance").await;
    chromium.sees("Welcome, Adele Vance!").await;
    chromium.clicks("Sign out").await;
    chromium.sees("Nobody is signed in").await;
    assert_eq!(chromium.address().await, trusted.at("/"), "by way of the provider");
    chromium.screenshot("front-end-02-signed-out").await;
    chromium.clicks("Sign in").await;
    chromium.sees("Pick an account").await;
}

#[handler]
fn front_end(Data(application): Data<&String>) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><title>Front end</title><main><h1>…</h1>\
         <a id=\"in\">Sign in</a> <button id=\"out\">Sign out</button><p id=\"outcome\"></p></main>\
         <script src=\"{application}/session/watch.js\"></script>\
         <script>const application = '{application}';{SCRIPT}</script>"
    ))
}

const SCRIPT: &str = "
    const here = encodeURIComponent(location.href);
    const heading = document.querySelector('h1');
    document.querySelector('#in').href = `${application}/login?return_to=${here}`;
    fetch(`${application}/session`, { credentials: 'include' })
        .then(async answer => answer.ok ? `Welcome, ${(await answer.json()).display_name}!` : 'Nobody is signed in')
        .catch(() => 'The answer cannot be read')
        .then(words => { heading.textContent = words });
    // What the library's script tells the other tabs.
    const told = new BroadcastChannel(`azure-auth ${application}/session`);
    told.onmessage = ({ data }) => { if (data === 'live') document.querySelector('#outcome').textContent = 'listening' };
    told.postMessage('hello');
    document.querySelector('#out').onclick = () => {
        // This page goes on by itself.
        document.addEventListener('azure-auth-ended', event => event.preventDefault());
        fetch(`${application}/logout?return_to=${here}`, {
            method: 'POST', credentials: 'include', headers: { accept: 'application/json' },
        })
            .then(answer => answer.json())
            .then(({ redirect }) => { location = redirect })
            .catch(() => { document.querySelector('#outcome').textContent = 'The answer cannot be read' });
    };
";
