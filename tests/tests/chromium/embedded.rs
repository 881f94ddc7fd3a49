//! The application in a frame of another site, with third-party cookies blocked: in the window, in the frame, and beside.

use serde_json::json;

use crate::stage::{EMBEDDED, Stage};

#[tokio::test]
async fn a_person_signs_in_from_a_frame_and_out_again() {
    let Some(stage) = Stage::set(&EMBEDDED, "frame").await else { return };
    let chromium = &stage.chromium;
    let portal = chromium.tab().await;
    chromium.open(&stage.at("/")).await;
    chromium.turns_to_frame(&portal).await;
    chromium.sees("Nobody is signed in").await;
    chromium.screenshot("01-frame").await;
    assert_eq!(cookies_kept(&stage).await, json!("partitioned=1"), "third-party cookies are blocked");

    chromium.clicks("Sign in").await;
    chromium.turns_to_window_besides(&[&portal]).await;
    chromium.sees("Pick an account").await;
    chromium.screenshot("02-window").await;
    chromium.clicks_last("Adele Vance").await;
    chromium.has_only(&[&portal]).await;
    chromium.turns_to_frame(&portal).await;
    chromium.sees("Welcome, Adele Vance!").await;
    chromium.screenshot("03-signed-in").await;

    chromium.turns_to(&portal).await;
    chromium.reloads().await;
    chromium.turns_to_frame(&portal).await;
    chromium.sees("Welcome, Adele Vance!").await;
    let application = chromium.asks("return location.origin").await.as_str().unwrap().to_owned();
    chromium.clicks("Notes").await;
    chromium.turns_to_frame(&portal).await;
    chromium.sees("Notes").await;
    chromium.screenshot("04-protected-page").await;

    // The session belongs to the frame, not to the browser.
    let beside = chromium.opens_tab().await;
    chromium.open(&application).await;
    chromium.sees("Nobody is signed in").await;
    chromium.screenshot("05-outside-the-frame").await;

    chromium.turns_to_frame(&portal).await;
    chromium.clicks("Back").await;
    chromium.turns_to_frame(&portal).await;
    chromium.sees("Welcome, Adele Vance!").await;
    chromium.clicks("Sign out").await;
    chromium.turns_to_frame(&portal).await;
    chromium.sees("Nobody is signed in").await;
    chromium.screenshot("06-signed-out").await;

    // Microsoft still knows them: the window comes and goes by itself.
    chromium.clicks("Sign in").await;
    chromium.sees("Welcome, Adele Vance!").await;
    chromium.clicks("Sign out of Microsoft as well").await;
    chromium.turns_to_window_besides(&[&portal, &beside]).await;
    chromium.sees("Sign out").await;
    chromium.screenshot("07-sign-out-window").await;
    chromium.clicks("Sign out").await;
    chromium.sees("Which account do you want to sign out of?").await;
    chromium.clicks("Adele Vance").await;
    chromium.sees("You are signed out").await;
    chromium.screenshot("08-signed-out-at-the-provider").await;
    chromium.turns_to_frame(&portal).await;
    chromium.sees("Nobody is signed in").await;
    stage.assert_nobody_complains().await;
}

#[tokio::test]
async fn a_protected_page_in_a_frame_signs_in_by_its_own_button() {
    let Some(stage) = Stage::set(&EMBEDDED, "protected").await else { return };
    let chromium = &stage.chromium;
    let portal = chromium.tab().await;
    chromium.open(&stage.at("/")).await;
    chromium.turns_to_frame(&portal).await;
    chromium.sees("Nobody is signed in").await;
    chromium.clicks("Notes").await;
    chromium.turns_to_frame(&portal).await;
    chromium.sees("Please sign in").await;
    chromium.screenshot("09-please-sign-in").await;
    chromium.clicks("Sign in").await;
    chromium.turns_to_window_besides(&[&portal]).await;
    chromium.sees("Pick an account").await;
    chromium.clicks_last("Adele Vance").await;
    chromium.has_only(&[&portal]).await;
    chromium.turns_to_frame(&portal).await;
    chromium.sees("Notes").await;
    chromium.screenshot("10-signed-in-where-they-were").await;
}

#[tokio::test]
async fn a_page_that_opens_the_window_gets_our_page_with_a_button_and_no_message() {
    let Some(stage) = Stage::set(&EMBEDDED, "attacker").await else { return };
    let chromium = &stage.chromium;
    let portal = chromium.tab().await;
    chromium.open(&stage.at("/")).await;
    chromium.sees("Portal").await;
    // The page at the other site has a button of its own that opens our window, and listens.
    let script = "const application = new URL(document.querySelector('iframe').src).origin; \
                  window.heard = []; addEventListener('message', event => heard.push(event.data)); \
                  const button = document.createElement('button'); button.textContent = 'Win a prize'; \
                  button.onclick = () => open(`${application}/popup/login?challenge=${'A'.repeat(43)}`); \
                  document.body.append(button)";
    chromium.asks(script).await;
    chromium.clicks("Win a prize").await;
    chromium.turns_to_window_besides(&[&portal]).await;
    chromium.sees("Sign in").await;
    chromium.screenshot("11-our-page-asks").await;

    // Suppose the person presses our button, and signs in.
    chromium.clicks("Sign in").await;
    chromium.sees("Pick an account").await;
    chromium.clicks_last("Adele Vance").await;
    chromium.has_only(&[&portal]).await;
    chromium.turns_to(&portal).await;
    assert_eq!(chromium.asks("return heard").await, json!([]), "not a word");
    chromium.turns_to_frame(&portal).await;
    chromium.sees("Nobody is signed in").await;
}

#[tokio::test]
async fn a_person_whose_browser_refuses_the_frames_cookie_reads_what_to_do() {
    // For our pages inside of the portal, every cookie is refused: as if the browser knew no partitioned ones.
    let refused = json!({ "profile.content_settings.exceptions.cookies": { "localhost,127.0.0.1": { "setting": 2 } } });
    let Some(stage) = Stage::set_with(&EMBEDDED, "cookie-refused", &[], &refused).await else { return };
    let chromium = &stage.chromium;
    let portal = chromium.tab().await;
    chromium.open(&stage.at("/")).await;
    chromium.turns_to_frame(&portal).await;
    chromium.sees("Nobody is signed in").await;
    assert_eq!(cookies_kept(&stage).await, json!(""), "not even partitioned ones");
    let listen = "window.heard = []; for (const name of ['signed-in', 'cookie-refused']) \
                  document.addEventListener(`azure-auth-${name}`, event => heard.push(event.type))";
    chromium.asks(listen).await;

    chromium.clicks("Sign in").await;
    chromium.turns_to_window_besides(&[&portal]).await;
    chromium.sees("Pick an account").await;
    chromium.clicks_last("Adele Vance").await;
    chromium.has_only(&[&portal]).await;
    chromium.turns_to_frame(&portal).await;
    chromium.reads("your browser keeps no cookies for this page inside of another site", "[role=alert]").await;
    chromium.screenshot("12-cookie-refused").await;
    assert_eq!(
        chromium.asks("return heard").await,
        json!(["azure-auth-cookie-refused"]),
        "and nothing was loaded again"
    );

    chromium.clicks("Open it in a tab of its own").await;
    chromium.turns_to_window_besides(&[&portal]).await;
    chromium.sees("Nobody is signed in").await;
    chromium.screenshot("13-in-a-tab-of-its-own").await;
}

/// Which of two cookies the browser keeps for the frame, one of them as third-party cookies used to be.
async fn cookies_kept(stage: &Stage) -> serde_json::Value {
    let script = "document.cookie = 'blocked=1; Path=/; Secure; SameSite=None'; \
                  document.cookie = 'partitioned=1; Path=/; Secure; SameSite=None; Partitioned'; \
                  return document.cookie";
    stage.chromium.asks(script).await
}
