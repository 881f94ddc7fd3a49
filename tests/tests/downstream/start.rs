//! What is not served is said at start.

use azure_auth::{AzureAuth, AzureAuthBuilder};
use azure_auth_emulator::Emulator;
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::Browser;
use azure_auth_tests::log::{self, Log};
use azure_auth_tests::scene;

use super::stage::Stage;

#[tokio::test]
async fn a_table_that_takes_tokens_is_not_served_where_they_have_no_place() {
    for (changes, cause) in [
        (&[("AZURE_SESSION_STORE", "cookie")][..], "AZURE_SESSION_STORE"),
        (&[("AZURE_SESSION_STORE", "memory"), ("AZURE_CLIENT_SECRET", "")], "AZURE_CLIENT_SECRET"),
    ] {
        let (log, _listening) = Log::begin();
        let stage = Stage::of(Emulator::start().await.unwrap(), changes).await;
        assert_eq!(stage.browser.open(stage.at("/me")).await.status, 500);
        let lines = log.lines("GET /mail takes a token for another API");
        assert!(lines.len() == 1 && lines[0].contains(cause), "{lines:?}");
    }
}

#[tokio::test]
async fn what_people_would_agree_to_in_vain_is_not_asked_for() {
    let (log, _listening) = Log::begin();
    let emulator = Emulator::start().await.unwrap();
    let builder = || scene::builder(&emulator, &[("AZURE_SESSION_STORE", "memory")]);
    let served = |auth: AzureAuth| async {
        let application = Application::start(azure_auth::endpoints! {}.with(auth)).await;
        Browser::new().open(application.at("/session")).await.status
    };
    assert_eq!(served(builder().scopes(["email"]).build().unwrap()).await, 401);
    assert_eq!(served(builder().scopes(["Mail.Read"]).build().unwrap()).await, 500);
    assert_eq!(log.lines("asks people for \"Mail.Read\"").len(), 1);
}

#[tokio::test]
async fn what_the_scopes_of_another_provider_are_for_only_that_provider_knows() {
    log::install();
    let emulator = Emulator::start().await.unwrap();
    let builder = AzureAuthBuilder::from_variables(emulator.env_for("plain")).scopes(["groups"]);
    let application = Application::start(azure_auth::endpoints! {}.with(builder.build().unwrap())).await;
    assert_eq!(Browser::new().open(application.at("/session")).await.status, 401);
    let page = Browser::new().open(application.at("/login")).await;
    assert_eq!(page.location_parameter("scope").as_deref(), Some("openid profile groups"));
}
