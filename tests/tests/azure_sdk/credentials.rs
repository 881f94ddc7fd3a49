//! Which tokens credentials give, for whom, and for how long.

use azure_auth::{AzureAuth, graph};
use azure_auth_emulator::{Emulator, ForcedError, TokenGrant};
use azure_auth_tests::place::{Place, places_of_tokens};
use azure_auth_tests::scene;
use azure_core::error::ErrorKind;
use poem::http::Method;
use serde_json::json;

use super::stage::{GRAPH, STORAGE, Stage, claims};

const ADELE: &str = "adele@contoso.test";

fn asking(path: &str, scope: &str) -> String {
    format!("{path}?scope={scope}")
}

#[tokio::test]
async fn a_client_acts_for_the_person_at_the_apis_that_its_handler_declares() {
    let stage = Stage::new("memory").await;
    for scope in [STORAGE, "https://storage.azure.com//.default", "https://storage.azure.com/user_impersonation"] {
        let page = stage.visit(&asking("/declared", scope)).await;
        assert_eq!(page.status, 200, "{scope}: {page:?}");
        let (aud, scp) = (&page.json()["aud"], &page.json()["scp"]);
        assert_eq!((aud, scp), (&json!("https://storage.azure.com"), &json!("user_impersonation")), "{scope}");
    }
    let page = stage.visit(&asking("/graph", GRAPH)).await;
    assert_eq!((page.status, &page.json()["scp"]), (200, &json!("openid profile User.Read")), "{page:?}");
    assert_eq!(stage.emulator.token_requests(TokenGrant::ClientCredentials), 0);
}

#[tokio::test]
async fn a_handler_that_declares_nothing_has_what_its_table_declares() {
    let stage = Stage::new("memory").await;
    assert_eq!(stage.visit(&asking("/declared", STORAGE)).await.status, 200);
    let page = stage.visit(&asking("/undeclared", STORAGE)).await;
    assert_eq!((page.status, &page.json()["aud"]), (200, &json!("https://storage.azure.com")), "{page:?}");
}

#[tokio::test]
async fn an_api_that_nothing_declares_is_refused_with_the_remedy() {
    let stage = Stage::new("memory").await;
    let before = |stage: &Stage| stage.emulator.token_requests(TokenGrant::RefreshToken);
    assert_eq!(stage.visit(&asking("/declared", STORAGE)).await.status, 200);
    let asked = before(&stage);
    for (path, scope) in [
        ("/declared", "https://vault.azure.net/.default"),
        ("/undeclared", "https://vault.azure.net/.default"),
        ("/declared", "https://storage.azure.com/Blobs.Write"),
        ("/declared", "https://storage.azure.com.example/.default"),
        ("/graph", "https://graph.microsoft.com/Directory.Read.All"),
    ] {
        let page = stage.visit(&asking(path, scope)).await;
        assert_eq!(page.status, 502, "{scope}: {page:?}");
        assert!(page.text.contains(scope) && page.text.contains("downstream"), "{scope}: {}", page.text);
    }
    let page = stage.visit(&asking("/declared", "openid")).await;
    assert!(page.status == 502 && page.text.contains("`openid`"), "{page:?}");
    let page = stage.visit("/graph?scope=https://graph.microsoft.com/.default").await;
    assert_eq!(page.status, 200, "nobody was signed out: {page:?}");
    assert!(before(&stage) <= asked + 1, "nothing was asked of the provider for what nothing declares");
}

#[tokio::test]
async fn in_a_router_handlers_have_what_they_declare_themselves() {
    let stage = Stage::of_router().await;
    let page = stage.visit(&asking("/declared", STORAGE)).await;
    assert_eq!((page.status, &page.json()["aud"]), (200, &json!("https://storage.azure.com")), "{page:?}");
    let page = stage.visit(&asking("/undeclared", STORAGE)).await;
    assert!(page.status == 502 && page.text.contains("downstream"), "{page:?}");
}

#[tokio::test]
async fn what_a_person_has_not_agreed_to_is_the_way_to_microsoft() {
    let stage = Stage::new("memory").await;
    assert_eq!(stage.visit(&asking("/declared", STORAGE)).await.status, 200);
    let address = asking("/perhaps", "https://graph.microsoft.com/Mail.Read");
    let asked = stage.browser.visit(stage.at(&address)).await;
    assert!(asked.text.contains("name=\"consent\"") && asked.text.contains("Mail.Read"), "{asked:?}");
    let page = stage.visit(&address).await;
    assert_eq!((page.status, &page.json()["aud"]), (200, &json!("https://graph.microsoft.com")), "and back: {page:?}");
    assert!(page.json()["scp"].as_str().is_some_and(|scopes| scopes.contains("Mail.Read")), "{page:?}");
}

#[tokio::test]
async fn a_credential_ends_with_the_session_wherever_that_is_kept() {
    for place in places_of_tokens() {
        let stage = Stage::new(&place.address).await;
        let page = stage.visit("/keep").await;
        assert_eq!((page.status, page.text.as_str()), (200, "PersonCredential { .. }"), "{}", place.name);
        let credential = stage.kept.take();
        let token = credential.get_token(&[STORAGE], None).await.unwrap();
        assert_eq!(claims(&token)["aud"], "https://storage.azure.com");
        assert!(!format!("{token:?}").contains("eyJ"), "{token:?}");

        let page = stage.browser.open(stage.at("/logout")).await;
        let left = stage.browser.navigation(Method::POST, stage.at("/logout")).from(&page).send().await;
        assert!(left.status < 400, "{left:?}");
        let error = credential.get_token(&[STORAGE], None).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Credential, "{}", place.name);
        let reason = azure_auth::TokenError::of_sdk(&error.with_context("as the SDK's pipeline wraps it")).unwrap();
        assert_eq!(reason.code(), "session-ended", "{}", place.name);
    }
}

#[tokio::test]
async fn a_credential_outlives_a_change_of_the_session_and_not_its_person() {
    let Some(place) = Place::redis() else { return };
    let stage = Stage::new(&place.address).await;
    stage.visit("/keep").await;
    let credential = stage.kept.take();
    // Further consent writes the record of the session anew.
    assert_eq!(stage.visit(&asking("/graph", GRAPH)).await.status, 200);
    assert!(credential.get_token(&[STORAGE], None).await.is_ok());
    let vault = credential.get_token(&["https://vault.azure.net/.default"], None).await.unwrap_err();
    assert_eq!(*vault.kind(), ErrorKind::Credential);
    assert!(azure_auth::TokenError::of_sdk(&vault).is_none(), "nothing that the person could do: {vault}");
}

#[tokio::test]
async fn a_program_that_calls_for_a_person_gets_tokens_on_their_behalf() {
    let stage = Stage::new("memory").await;
    let of = |person| stage.emulator.access_token().user(person).scope("Files.Read").issue();
    let refused = stage.call(&asking("/declared", STORAGE), &of("alex@contoso.test")).await;
    assert_eq!((refused.status, refused.reason().as_deref()), (403, Some("consent-required")), "{refused:?}");
    let token = of(ADELE);
    stage.emulator.consent(ADELE, "Local application", "https://storage.azure.com/user_impersonation").unwrap();
    for _ in 0..2 {
        let answer = stage.call(&asking("/declared", STORAGE), &token).await;
        assert_eq!((answer.status, &answer.json()["aud"]), (200, &json!("https://storage.azure.com")), "{answer:?}");
    }
    assert_eq!(stage.emulator.token_requests(TokenGrant::OnBehalfOf), 2, "one was refused, one is kept");
}

async fn program() -> (Emulator, AzureAuth) {
    let emulator = Emulator::start().await.unwrap();
    let auth = scene::auth(&emulator, &[]);
    (emulator, auth)
}

#[tokio::test]
async fn the_program_gets_tokens_of_its_own_for_every_api_and_keeps_them() {
    let (emulator, auth) = program().await;
    let credential = auth.application_credential();
    assert_eq!(format!("{credential:?}"), "ProgramCredential { .. }");
    for _ in 0..2 {
        for (scope, audience) in [
            (STORAGE, "https://storage.azure.com"),
            ("https://vault.azure.net/.default", "https://vault.azure.net"),
            (GRAPH, "https://graph.microsoft.com"),
        ] {
            let token = auth.application_credential().get_token(&[scope], None).await.unwrap();
            let claims = claims(&token);
            assert_eq!((&claims["aud"], &claims["scp"]), (&json!(audience), &json!(null)), "{claims}");
            assert_eq!(claims["exp"], token.expires_on.unix_timestamp(), "{claims}");
        }
    }
    assert_eq!(emulator.token_requests(TokenGrant::ClientCredentials), 3, "one for each API");
    auth.application_token::<graph::Resource>().await.unwrap();
    assert_eq!(emulator.token_requests(TokenGrant::ClientCredentials), 3, "they are those of `application_token`");
}

#[tokio::test]
async fn the_program_is_told_what_is_wrong_with_what_it_asks_for_and_what_the_provider_says() {
    let (emulator, auth) = program().await;
    let credential = auth.application_credential();
    for scopes in [&[][..], &["openid"], &["https://vault.azure.net/user_impersonation"], &[STORAGE, GRAPH]] {
        let error = credential.get_token(scopes, None).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Credential, "{scopes:?}");
        assert!(error.to_string().contains("expected"), "{error}");
    }
    assert_eq!(emulator.token_requests(TokenGrant::ClientCredentials), 0);
    emulator.force_error(ForcedError::at_grant(TokenGrant::ClientCredentials, "invalid_client", 7_000_222));
    let error = credential.get_token(&[STORAGE], None).await.unwrap_err();
    assert!(error.to_string().contains("AADSTS7000222"), "{error}");
    assert_eq!(azure_auth::TokenError::of_sdk(&error).unwrap().code(), "tokens-refused");
}
