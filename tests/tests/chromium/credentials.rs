//! People sign in at programs without a secret as they do at others.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use azure_auth::{AzureAuth, User};
use azure_auth_emulator::{Application as Registered, Emulator};
use azure_auth_tests::application::Application;
use azure_auth_tests::certificate::{Certificate, File};
use poem::web::Html;
use poem::{get, handler};

use crate::stage::Alone;

const KEYS: &str = "a2V5LW9mLW1vcmUtdGhhbi0zMi1ieXRlcy1oZXJlISE";
const SUBJECT: &str = "system:serviceaccount:default:desk";

#[azure_auth::protect]
#[handler]
fn me(user: User) -> Html<String> {
    Html(format!("<!doctype html><title>Welcome</title><h1>Welcome, {}!</h1>", user.display_name()))
}

#[tokio::test]
async fn a_certificate_a_federated_token_and_a_managed_identity_sign_people_in() {
    let certificate = Certificate::new();
    let desk = Registered::new("Help desk")
        .without_secret()
        .redirect_uri("http://localhost/authorization-code/callback")
        .certificate(certificate.certificate.as_str())
        .federated_credential("{origin}/federated", SUBJECT)
        .trusts_managed_identity();
    let emulator = Emulator::builder().application(desk).start().await.unwrap();
    let in_pem = File::with(&certificate.with_key());
    let token = File::with(&emulator.federated_token(SUBJECT));
    for (name, variable, text) in [
        ("certificate", "AZURE_CLIENT_CERTIFICATE_PATH", in_pem.path()),
        ("federated-token", "AZURE_FEDERATED_TOKEN_FILE", token.path()),
        ("managed-identity", "AZURE_CLIENT_CREDENTIAL", "managed-identity"),
    ] {
        let own =
            [(variable, text), ("AZURE_SESSION_KEYS", KEYS), ("AZURE_POD_IDENTITY_AUTHORITY_HOST", emulator.origin())];
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let variables = own.into_iter().chain(emulator.env_of("Help desk").unwrap());
        let auth = AzureAuth::from_variables(variables).unwrap();
        let application = Application::start(azure_auth::endpoints! { "/me" => get(me) }.with(auth)).await;
        let Some(stage) = Alone::set(name).await else { return };
        let chromium = &stage.chromium;
        chromium.open(&application.at("/me")).await;
        chromium.sees("Pick an account").await;
        chromium.clicks("Adele Vance").await;
        chromium.sees("Welcome, Adele Vance!").await;
        chromium.screenshot(&format!("40-{name}")).await;
        chromium.reloads().await;
        chromium.sees("Welcome, Adele Vance!").await;
    }
}
