//! The examples in a real browser. First the quickstart: signing in, moving about, signing out, and what the pages look
//! like.
//!
//! Every station leaves a screenshot in `target/screenshots`, in a folder for each example.

mod asking;
mod chromium;
mod credentials;
mod downstream;
mod embedded;
mod helpdesk;
mod leaving;
mod openapi;
mod other_origins;
mod providers;
mod stage;
mod webdriver;
mod worker;

use crate::chromium::{Chromium, PHONE_WIDTH, Screen};
use crate::stage::{QUICKSTART, Stage};

#[tokio::test]
async fn a_person_signs_in_and_stays_signed_in_whatever_they_press() {
    let Some(stage) = Stage::set(&QUICKSTART, "sign-in").await else { return };
    let chromium = &stage.chromium;
    chromium.open(&stage.at("/")).await;
    chromium.sees("Home").await;
    chromium.screenshot("01-home").await;
    chromium.clicks("Sign in with Microsoft").await;
    chromium.sees("Pick an account").await;
    assert!(chromium.text().await.contains("It is not Microsoft."));
    chromium.screenshot("02-accounts").await;

    // Second thoughts: the attempt that stays behind is in nobody's way.
    chromium.goes_back().await;
    chromium.sees("Home").await;
    chromium.clicks("Sign in with Microsoft").await;
    chromium.sees("Pick an account").await;
    chromium.clicks("Adele Vance").await;
    chromium.sees("Welcome, Adele Vance!").await;
    assert_eq!(chromium.address().await, stage.at("/me"));
    chromium.screenshot("03-signed-in").await;

    chromium.reloads().await;
    chromium.sees("Welcome, Adele Vance!").await;
    chromium.screenshot("04-reloaded").await;

    // The account page sends the answer once more, to an attempt that is over: no error, and where it wanted to go.
    chromium.goes_back().await;
    chromium.sees("Welcome, Adele Vance!").await;
    assert_eq!(chromium.address().await, stage.at("/me"));
    chromium.screenshot("05-back").await;
    chromium.open(&stage.at("/")).await;
    chromium.clicks("Your page").await;
    chromium.sees("Welcome, Adele Vance!").await;
    stage.assert_nobody_complains().await;
}

#[tokio::test]
async fn a_person_signs_in_with_another_account() {
    let Some(stage) = Stage::set(&QUICKSTART, "another-account").await else { return };
    let chromium = &stage.chromium;
    chromium.open(&stage.at("/me")).await;
    chromium.clicks("Alex Wilber").await;
    chromium.sees("Welcome, Alex Wilber!").await;
    chromium.open(&stage.at("/")).await;
    chromium.clicks("Sign in with another account").await;
    chromium.sees("Pick an account").await;
    chromium.screenshot("08-another-account").await;
    chromium.clicks("Adele Vance").await;
    chromium.sees("Welcome, Adele Vance!").await;
    assert_eq!(chromium.address().await, stage.at("/me"));
    stage.assert_nobody_complains().await;
}

#[tokio::test]
async fn two_tabs_that_sign_in_at_once_are_both_signed_in() {
    let Some(stage) = Stage::set(&QUICKSTART, "two-tabs").await else { return };
    let chromium = &stage.chromium;
    let first = chromium.tab().await;
    chromium.open(&stage.at("/me")).await;
    chromium.sees("Pick an account").await;
    let second = chromium.opens_tab().await;
    chromium.open(&stage.at("/login?return_to=/")).await;
    chromium.sees("Pick an account").await;

    chromium.turns_to(&first).await;
    chromium.clicks("Adele Vance").await;
    chromium.sees("Welcome, Adele Vance!").await;
    chromium.screenshot("06-first-tab").await;
    chromium.turns_to(&second).await;
    chromium.clicks("Adele Vance").await;
    chromium.sees("Home").await;
    assert!(chromium.text().await.contains("You are signed in."));
    chromium.screenshot("07-second-tab").await;

    for tab in [first, second] {
        chromium.turns_to(&tab).await;
        chromium.open(&stage.at("/me")).await;
        chromium.sees("Welcome, Adele Vance!").await;
    }
    stage.assert_nobody_complains().await;
}

#[tokio::test]
async fn signing_out_works_from_the_application_and_from_our_page_and_holds() {
    let Some(stage) = Stage::set(&QUICKSTART, "sign-out").await else { return };
    let chromium = &stage.chromium;
    signs_in(&stage).await;
    chromium.clicks("Sign out").await;
    chromium.sees("You are signed out").await;
    chromium.screenshot("08-signed-out-from-the-application").await;
    chromium.open(&stage.at("/me")).await;
    chromium.sees("Pick an account").await;

    chromium.clicks("Adele Vance").await;
    chromium.sees("Welcome, Adele Vance!").await;
    chromium.open(&stage.at("/logout")).await;
    chromium.sees("Sign out").await;
    chromium.screenshot("09-our-page").await;
    chromium.clicks("Sign out").await;
    chromium.sees("You are signed out").await;
    chromium.screenshot("10-signed-out-from-our-page").await;
    stage.assert_nobody_complains().await;
}

#[tokio::test]
async fn a_form_on_another_site_signs_nobody_out() {
    let Some(stage) = Stage::set(&QUICKSTART, "foreign-form").await else { return };
    let chromium = &stage.chromium;
    signs_in(&stage).await;
    let logout = stage.at("/logout");
    // The same program under its other name: to the browser that is another site.
    let elsewhere = logout.replace("localhost", "127.0.0.1").replace("/logout", "/");
    chromium.open(&elsewhere).await;
    let script = format!(
        "const form = document.createElement('form'); form.method = 'POST'; form.action = '{logout}'; \
         document.body.append(form); form.submit()"
    );
    chromium.asks(&script).await;
    chromium.sees("Not allowed").await;
    chromium.screenshot("25-foreign-form").await;
    chromium.open(&stage.at("/me")).await;
    chromium.sees("Welcome, Adele Vance!").await;
}

#[tokio::test]
async fn the_keyboard_alone_is_enough() {
    const TAB: char = '\u{e004}';
    const ENTER: char = '\u{e007}';
    let Some(stage) = Stage::set(&QUICKSTART, "keyboard").await else { return };
    let chromium = &stage.chromium;
    chromium.open(&stage.at("/")).await;
    for (number, heading, label) in [
        (11, "Home", "Sign in with Microsoft"),
        (12, "Pick an account", "Adele Vance"),
        (13, "Welcome, Adele Vance!", "Sign out"),
        (14, "You are signed out", "Sign in again"),
        (15, "Pick an account", "Adele Vance"),
        (16, "Home", "Your page"),
    ] {
        chromium.sees(heading).await;
        chromium.presses(TAB).await;
        assert_eq!(chromium.focus().await, format!("{label}, outlined"), "on the page {heading:?}");
        chromium.screenshot(&format!("{number}-keyboard")).await;
        chromium.presses(ENTER).await;
    }
    chromium.sees("Welcome, Adele Vance!").await;
    chromium.open(&stage.at("/logout")).await;
    chromium.sees("Sign out").await;
    chromium.presses(TAB).await;
    assert_eq!(chromium.focus().await, "Sign out, outlined");
    chromium.screenshot("17-keyboard").await;
    chromium.presses(ENTER).await;
    chromium.sees("You are signed out").await;
    stage.assert_nobody_complains().await;
}

#[tokio::test]
async fn every_page_is_readable_in_the_light_in_the_dark_and_on_a_phone() {
    let Some(stage) = Stage::set(&QUICKSTART, "looks").await else { return };
    let chromium = &stage.chromium;
    chromium.open(&stage.at("/")).await;
    is_readable(chromium, "Home", "18-home").await;
    chromium.open(&stage.at("/authorization-code/callback?code=1&state=2")).await;
    is_readable(chromium, "Sign-in failed", "19-sign-in-failed").await;
    chromium.open(&stage.at("/authorization-code/callback")).await;
    is_readable(chromium, "You are signed out", "20-signed-out").await;
    chromium.open(&stage.at("/me")).await;
    is_readable(chromium, "Pick an account", "21-accounts").await;
    let accounts = chromium.address().await;
    chromium.open(&accounts[..=accounts.find("/aaaaaaaa-").unwrap()]).await;
    is_readable(chromium, "Local Entra ID", "24-provider").await;
    chromium.open(&accounts.replace("authorization-code", "elsewhere")).await;
    is_readable(chromium, "Sign in", "25-not-registered").await;
    chromium.open(&accounts).await;
    chromium.clicks("Adele Vance").await;
    is_readable(chromium, "Welcome, Adele Vance!", "22-signed-in").await;
    chromium.open(&stage.at("/logout")).await;
    is_readable(chromium, "Sign out", "23-sign-out").await;
}

async fn is_readable(chromium: &Chromium, heading: &str, name: &str) {
    chromium.sees(heading).await;
    for screen in [Screen::Light, Screen::Dark, Screen::Phone] {
        chromium.looks_at(screen).await;
        chromium.screenshot(&format!("{name}-{screen}")).await;
        assert_eq!(chromium.unreadable_texts().await, Vec::<String>::new(), "{heading:?}, {screen}");
    }
    assert_eq!(chromium.main_parts().await, 1, "{heading:?} has a main part");
    assert_eq!(chromium.width().await, PHONE_WIDTH, "{heading:?} needs no moving sideways");
    chromium.looks_at(Screen::Light).await;
}

pub(crate) async fn signs_in(stage: &Stage) {
    stage.chromium.open(&stage.at("/me")).await;
    stage.chromium.sees("Pick an account").await;
    stage.chromium.clicks("Adele Vance").await;
    stage.chromium.sees("Welcome, Adele Vance!").await;
}
