//! The quickstart at providers other than the one it starts by itself.

use std::process::Stdio;

use azure_auth_tests::openid_provider::OpenIdProvider;
use azure_auth_tests::program;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::stage::{QUICKSTART, Stage};

#[tokio::test]
async fn people_of_another_provider_sign_in_reload_and_sign_out() {
    let Some(packages) = OpenIdProvider::installed().await else { return };
    for (authentication, shape) in [
        ("client_secret_basic", "usual"),
        ("client_secret_post", "several-audiences"),
        ("client_secret_basic", "names-at-userinfo"),
        ("client_secret_post", "unnamed-key"),
    ] {
        let provider = OpenIdProvider::start(packages, authentication, shape).await;
        let test = format!("other-provider-{shape}");
        let Some(stage) = Stage::set_with(&QUICKSTART, &test, &provider.settings(), &json!({})).await else { return };
        let chromium = &stage.chromium;
        chromium.open(&stage.at("/me")).await;
        chromium.sees("Pick an account").await;
        chromium.clicks("Grace Hopper").await;
        chromium.sees("Welcome, Grace Hopper!").await;
        chromium.screenshot(&format!("26-{shape}")).await;
        chromium.reloads().await;
        chromium.sees("Welcome, Grace Hopper!").await;
        chromium.clicks("Sign out").await;
        chromium.sees("Leave?").await;
        chromium.clicks("Leave the provider").await;
        chromium.sees("You are signed out").await;
        chromium.open(&stage.at("/me")).await;
        chromium.sees("Pick an account").await;
        stage.assert_nobody_complains().await;
    }
}

#[tokio::test]
async fn a_local_entra_id_over_https_is_the_provider_with_its_settings_as_printed() {
    let mut command = Command::new(program::built("azure-auth-emulator"));
    let command = command.arg("--https").stdout(Stdio::piped()).kill_on_drop(true);
    let mut emulator = command.spawn().unwrap();
    let mut output = BufReader::new(emulator.stdout.take().unwrap()).lines();
    let mut settings = Vec::new();
    while let Some(line) = output.next_line().await.unwrap() {
        if let Some((name, value)) = line.strip_prefix("export ").and_then(|line| line.split_once('=')) {
            settings.push((name.to_owned(), value.trim_matches('\'').to_owned()));
        } else if !settings.is_empty() {
            // What follows is for programs of other people.
            break;
        }
    }
    let Some(stage) = Stage::set_with(&QUICKSTART, "https", &settings, &json!({})).await else { return };
    let chromium = &stage.chromium;
    chromium.open(&stage.at("/")).await;
    chromium.clicks("Sign in with Microsoft").await;
    chromium.sees("Pick an account").await;
    assert!(chromium.address().await.starts_with("https://"));
    chromium.screenshot("27-https").await;
    chromium.clicks("Adele Vance").await;
    chromium.sees("Welcome, Adele Vance!").await;
    chromium.clicks("Sign out").await;
    chromium.sees("You are signed out").await;
    stage.assert_nobody_complains().await;
}
