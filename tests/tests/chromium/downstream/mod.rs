//! Tokens for Microsoft Graph: what people agree to, decline, or may not decide, and what ends with their session.

mod office;

use azure_auth_emulator::{Defect, ForcedError};
use azure_auth_tests::place::places_of_tokens;
use url::Url;

use self::office::{Office, reads_mail, session_cookie, signs_in};
use crate::chromium::Chromium;
use crate::is_readable;
use crate::stage::Alone;

const STEP_UP: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

#[tokio::test]
async fn a_page_that_needs_a_permission_asks_for_it_once_and_comes_back_to_its_address_and_query() {
    let Some(stage) = Alone::set("consent").await else { return };
    let chromium = &stage.chromium;
    let office = Office::open("memory").await;
    chromium.open(&office.at("/profile")).await;
    chromium.sees("Pick an account").await;
    chromium.clicks("Adele Vance").await;
    chromium.sees("Permissions requested").await;
    assert_eq!(asked(chromium).await, ["Microsoft Graph: User.Read"]);
    chromium.screenshot("consent-01-first").await;
    chromium.clicks("Accept").await;
    chromium.sees("Profile").await;
    assert_eq!(chromium.address().await, office.at("/profile"));
    assert!(chromium.text().await.contains("adele@contoso.test"), "what Graph says of her");
    chromium.screenshot("consent-02-profile").await;

    chromium.open(&office.at("/mail?folder=inbox")).await;
    chromium.sees("Permissions requested").await;
    assert_eq!(asked(chromium).await, ["Microsoft Graph: Mail.Read"], "what is new");
    chromium.screenshot("consent-03-further").await;
    chromium.clicks("Accept").await;
    chromium.sees("Mail").await;
    assert_eq!(chromium.address().await, office.at("/mail?folder=inbox"));
    assert!(chromium.text().await.contains("Welcome, Adele Vance"), "a letter of hers");
    chromium.screenshot("consent-04-mail").await;

    let before = office.sign_ins();
    for (path, heading) in [("/profile", "Profile"), ("/mail?folder=outbox", "Mail")] {
        chromium.open(&office.at(path)).await;
        chromium.sees(heading).await;
    }
    assert_eq!(office.sign_ins() - before, 0, "nobody is asked twice");
}

#[tokio::test]
async fn whoever_declines_sees_why_stays_signed_in_and_may_try_again() {
    let Some(stage) = Alone::set("declined-consent").await else { return };
    let chromium = &stage.chromium;
    let office = Office::open("memory").await;
    signs_in(chromium, &office, "Adele Vance").await;
    chromium.open(&office.at("/mail?folder=inbox")).await;
    chromium.sees("Permissions requested").await;
    chromium.clicks("Cancel").await;
    is_readable(chromium, "Sign-in failed", "declined-consent-01").await;
    let text = chromium.text().await;
    assert!(text.contains("You did not agree to what this application asks for."), "{text}");
    assert!(office.knows(&session_cookie(chromium).await).await, "the session is still there");

    chromium.clicks("Sign in").await;
    chromium.sees("Permissions requested").await;
    chromium.clicks("Accept").await;
    chromium.sees("Mail").await;
    assert_eq!(chromium.address().await, office.at("/mail?folder=inbox"));
}

#[tokio::test]
async fn whoever_declines_may_do_something_else() {
    let Some(stage) = Alone::set("declined-and-gone").await else { return };
    let chromium = &stage.chromium;
    let office = Office::open("memory").await;
    signs_in(chromium, &office, "Adele Vance").await;
    chromium.open(&office.at("/mail")).await;
    chromium.sees("Permissions requested").await;
    chromium.clicks("Cancel").await;
    chromium.sees("Sign-in failed").await;
    let before = office.sign_ins();
    chromium.open(&office.at("/me")).await;
    chromium.sees("Welcome, Adele Vance!").await;
    assert_eq!(office.sign_ins() - before, 0, "by the session that was there");
}

#[tokio::test]
async fn a_permission_that_needs_an_administrator_is_for_an_administrator_to_give() {
    let Some(stage) = Alone::set("administrators-consent").await else { return };
    let chromium = &stage.chromium;
    let office = Office::open("memory").await;
    signs_in(chromium, &office, "Alex Wilber").await;
    chromium.open(&office.at("/directory")).await;
    chromium.sees("Need admin approval").await;
    assert_eq!(asked(chromium).await, ["Microsoft Graph: Directory.Read.All"]);
    chromium.screenshot("administrators-consent-01-asked").await;
    chromium.clicks("Return to the application").await;
    is_readable(chromium, "Sign-in failed", "administrators-consent-02-refused").await;
    let text = chromium.text().await;
    assert!(text.contains("AADSTS90094") && text.contains("administrator"), "{text}");
    assert!(office.knows(&session_cookie(chromium).await).await, "Alex is still signed in");

    chromium.clicks("Sign in with another account").await;
    chromium.sees("Pick an account").await;
    chromium.clicks("Adele Vance").await;
    chromium.sees("Permissions requested").await;
    assert_eq!(asked(chromium).await, ["Microsoft Graph: Directory.Read.All"]);
    chromium.clicks("Accept").await;
    chromium.sees("Directory").await;
    assert_eq!(chromium.address().await, office.at("/directory"));
}

#[tokio::test]
async fn a_sign_out_ends_the_tokens() {
    for place in places_of_tokens() {
        let Some(stage) = Alone::set(&format!("tokens-end-{}", place.name)).await else { return };
        let chromium = &stage.chromium;
        let office = Office::open(&place.address).await;
        reads_mail(chromium, &office, "Adele Vance").await;
        let cookie = session_cookie(chromium).await;
        assert!(office.knows(&cookie).await);
        assert_eq!(place.token_keys().len(), usize::from(place.server.is_some()));
        chromium.clicks("Sign out").await;
        chromium.sees("You are signed out").await;
        assert_eq!(place.token_keys(), Vec::<String>::new(), "{}", place.name);
        assert!(!office.knows(&cookie).await, "{}", place.name);

        let before = office.sign_ins();
        chromium.open(&office.at("/mail?folder=inbox")).await;
        chromium.sees("Pick an account").await;
        chromium.screenshot(&format!("tokens-end-{}", place.name)).await;
        chromium.clicks("Adele Vance").await;
        chromium.sees("Mail").await;
        assert_eq!(office.sign_ins() - before, 1, "{}: with a token of the new sign-in", place.name);
    }
}

#[tokio::test]
async fn a_consent_that_comes_back_as_another_person_ends_the_session_and_its_tokens() {
    for place in places_of_tokens() {
        let Some(stage) = Alone::set(&format!("another-person-{}", place.name)).await else { return };
        let chromium = &stage.chromium;
        let office = Office::open(&place.address).await;
        reads_mail(chromium, &office, "Adele Vance").await;
        let (cookie, tokens) = (session_cookie(chromium).await, place.token_keys());
        chromium.open(&office.at("/calendars")).await;
        chromium.sees("Permissions requested").await;
        // Adele hands the machine over in the middle.
        chromium.open(&for_anybody(&chromium.address().await)).await;
        chromium.sees("Pick an account").await;
        chromium.clicks("Alex Wilber").await;
        chromium.sees("Permissions requested").await;
        chromium.screenshot(&format!("another-person-{}-01-asked", place.name)).await;
        chromium.clicks("Accept").await;
        chromium.sees("Calendars").await;
        assert_eq!(chromium.address().await, office.at("/calendars"));
        assert!(!office.knows(&cookie).await, "{}: Adele's session is over", place.name);
        let now = place.token_keys();
        assert!(now.len() == tokens.len() && now.iter().all(|key| !tokens.contains(key)), "{tokens:?} {now:?}");

        chromium.open(&office.at("/me")).await;
        chromium.sees("Welcome, Alex Wilber!").await;
        chromium.screenshot(&format!("another-person-{}-02-signed-in", place.name)).await;
        chromium.open(&office.at("/mail")).await;
        chromium.sees("Mail").await;
        let text = chromium.text().await;
        assert!(text.contains("Welcome, Alex Wilber") && !text.contains("Adele"), "{}: {text}", place.name);
    }
}

#[tokio::test]
async fn a_claims_challenge_leads_to_microsoft_and_back() {
    let Some(stage) = Alone::set("challenge").await else { return };
    let chromium = &stage.chromium;
    let office = Office::open("memory").await;
    reads_mail(chromium, &office, "Adele Vance").await;
    // So that there is a page to be seen.
    chromium.forgets_cookies_of(office.emulator.origin()).await;
    office.emulator.challenge("adele@contoso.test", STEP_UP).unwrap();
    chromium.open(&office.at("/mail?folder=inbox")).await;
    chromium.sees("Pick an account").await;
    let address = Url::parse(&chromium.address().await).unwrap();
    let claims = address.query_pairs().find(|(name, _)| name == "claims").map(|(_, value)| value.into_owned());
    assert_eq!(claims.as_deref(), Some(STEP_UP), "{address}");
    chromium.screenshot("challenge-01-at-microsoft").await;
    chromium.clicks("Adele Vance").await;
    chromium.sees("Mail").await;
    assert_eq!(chromium.address().await, office.at("/mail?folder=inbox"));
    assert!(chromium.text().await.contains("Welcome, Adele Vance"));
}

#[tokio::test]
async fn a_challenge_that_nobody_can_meet_ends_at_a_page() {
    let Some(stage) = Alone::set("endless-challenge").await else { return };
    let chromium = &stage.chromium;
    let office = Office::open("memory").await;
    reads_mail(chromium, &office, "Adele Vance").await;
    office.emulator.force_error(ForcedError::at_graph(401, "InvalidAuthenticationToken").claims(STEP_UP));
    chromium.open(&office.at("/mail")).await;
    is_readable(chromium, "Not allowed", "endless-challenge-01").await;
    assert!(chromium.text().await.contains("proof-not-enough"));
    office.emulator.clear_defects();
    chromium.clicks("Try again at Microsoft").await;
    chromium.sees("Mail").await;
    assert_eq!(chromium.address().await, office.at("/mail"));
}

#[tokio::test]
async fn a_permission_that_microsoft_keeps_back_is_named_and_may_be_asked_for_again() {
    let Some(stage) = Alone::set("kept-back").await else { return };
    let chromium = &stage.chromium;
    let office = Office::open("memory").await;
    signs_in(chromium, &office, "Adele Vance").await;
    office.emulator.inject(Defect::ScopesNotGranted);
    chromium.open(&office.at("/mail?folder=inbox")).await;
    chromium.sees("Permissions requested").await;
    chromium.clicks("Accept").await;
    chromium.sees("Not allowed").await;
    chromium.screenshot("kept-back-01").await;
    let text = chromium.text().await;
    assert!(
        text.contains("permission-not-granted") && text.contains("https://graph.microsoft.com/Mail.Read"),
        "{text}"
    );
    office.emulator.clear_defects();
    chromium.clicks("Try again at Microsoft").await;
    chromium.sees("Mail").await;
    assert_eq!(chromium.address().await, office.at("/mail?folder=inbox"));
}

#[tokio::test]
async fn a_form_that_needs_a_permission_says_so_and_works_once_it_is_given() {
    let Some(stage) = Alone::set("form").await else { return };
    let chromium = &stage.chromium;
    let office = Office::open("memory").await;
    signs_in(chromium, &office, "Adele Vance").await;
    chromium.clicks("Check").await;
    is_readable(chromium, "Your agreement is needed", "form-01-without-consent").await;
    let text = chromium.text().await;
    assert!(text.contains("What the form sent was not kept."), "{text}");
    chromium.clicks("Continue at Microsoft").await;
    chromium.sees("Permissions requested").await;
    // What is issued now serves nobody a moment later.
    office.emulator.set_access_token_lifetime(20);
    chromium.clicks("Accept").await;
    chromium.sees("Welcome, Adele Vance!").await;
    assert_eq!(chromium.address().await, office.at("/me"), "the page with the form");

    office.emulator.require_interaction("adele@contoso.test", STEP_UP).unwrap();
    chromium.clicks("Check").await;
    is_readable(chromium, "Please continue at Microsoft", "form-02-seen-again").await;
    office.emulator.set_access_token_lifetime(3600);
    chromium.clicks("Continue at Microsoft").await;
    chromium.sees("Welcome, Adele Vance!").await;
    assert_eq!(chromium.address().await, office.at("/me"));
    chromium.clicks("Check").await;
    chromium.sees("Checked").await;
}

#[tokio::test]
async fn a_form_that_graph_challenges_shows_the_way_to_microsoft_and_works_afterwards() {
    let Some(stage) = Alone::set("challenged-form").await else { return };
    let chromium = &stage.chromium;
    let office = Office::open("memory").await;
    reads_mail(chromium, &office, "Adele Vance").await;
    chromium.open(&office.at("/me")).await;
    chromium.sees("Welcome, Adele Vance!").await;
    office.emulator.challenge("adele@contoso.test", STEP_UP).unwrap();
    chromium.clicks("Check").await;
    is_readable(chromium, "Please continue at Microsoft", "challenged-form-01").await;
    assert!(chromium.text().await.contains("What the form sent was not kept."));
    let before = office.sign_ins();
    chromium.clicks("Continue at Microsoft").await;
    chromium.open(&office.at("/me")).await;
    chromium.sees("Welcome, Adele Vance!").await;
    assert_eq!(office.sign_ins() - before, 1);
    chromium.clicks("Check").await;
    chromium.sees("Checked").await;
}

/// The permissions on the provider's page.
async fn asked(chromium: &Chromium) -> Vec<String> {
    let script = "return [...document.querySelectorAll('li')].map(item => item.textContent)";
    serde_json::from_value(chromium.asks(script).await).unwrap()
}

/// The same request to the provider, which asks who is there.
fn for_anybody(address: &str) -> String {
    let mut address = Url::parse(address).unwrap();
    let kept: Vec<_> = address.query_pairs().filter(|(name, _)| name != "login_hint").collect();
    let kept: Vec<_> = kept.into_iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    address.query_pairs_mut().clear().extend_pairs(kept).append_pair("prompt", "select_account");
    address.into()
}
