//! The example `openapi`: Swagger UI signs in, and its requests carry the token.

use crate::chromium::Chromium;
use crate::stage::{OPENAPI, Stage};

#[tokio::test]
async fn swagger_ui_signs_in_with_a_code_and_pkce_and_tries_the_operations() {
    let Some(stage) = Stage::set(&OPENAPI, "swagger-ui").await else { return };
    let chromium = &stage.chromium;
    chromium.open(&stage.at("/docs")).await;
    chromium.reads("Files", ".info .title").await;
    chromium.screenshot("01-document").await;
    tries(chromium, "get", "/me", "401").await;
    chromium.clicks_on(".opblock-get.is-open .opblock-summary-control").await;

    let docs = chromium.tab().await;
    chromium.clicks_on(".auth-wrapper .btn.authorize").await;
    chromium.reads("oauth2 (OAuth2, authorizationCode with PKCE)", ".modal-ux").await;
    chromium.reads("/Files.ReadWrite", ".modal-ux").await;
    chromium.screenshot("02-authorize").await;
    chromium.clicks_on(".modal-ux .modal-btn.authorize").await;
    chromium.turns_to_window_besides(&[&docs]).await;
    chromium.sees("Pick an account").await;
    chromium.screenshot("03-accounts").await;
    chromium.clicks_last("Alex Wilber").await;
    chromium.has_only(&[&docs]).await;
    chromium.turns_to(&docs).await;
    chromium.reads("Logout", ".modal-ux").await;
    chromium.screenshot("04-authorized").await;
    chromium.clicks_on(".modal-ux .btn-done").await;

    tries(chromium, "get", "/files", "200").await;
    chromium.screenshot("05-tried").await;
    // Alex is not an administrator.
    tries(chromium, "delete", "/files/{name}", "403").await;
    chromium.screenshot("06-refused").await;
}

/// Opens an operation, executes it, and waits for the status of the answer.
async fn tries(chromium: &Chromium, method: &str, path: &str, status: &str) {
    let summary = format!(".opblock-{method} [data-path=\"{path}\"]");
    let open = format!(".opblock-{method}.is-open");
    chromium.clicks_on(&summary).await;
    chromium.reads("Try it out", &open).await;
    chromium.clicks_on(&format!("{open} .try-out__btn")).await;
    if path.contains('{') {
        chromium.types("notes", &format!("{open} .parameters input")).await;
    }
    chromium.clicks_on(&format!("{open} .execute")).await;
    chromium.reads(status, &format!("{open} .live-responses-table tbody .response-col_status")).await;
}
