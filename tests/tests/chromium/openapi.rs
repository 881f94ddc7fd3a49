//! The example `openapi`: Swagger UI signs in, and its requests carry the token.

use serde_json::json;

use crate::chromium::Chromium;
use crate::stage::{OPENAPI, Stage};

#[tokio::test]
async fn swagger_ui_signs_in_with_a_code_and_pkce_and_tries_the_operations() {
    let Some(stage) = Stage::set(&OPENAPI, "swagger-ui").await else { return };
    let chromium = &stage.chromium;
    chromium.open(&stage.at("/docs")).await;
    chromium.reads("Files", ".info .title").await;
    chromium.screenshot("01-document").await;
    assert_eq!(tries(chromium, "get", "/me").await, "401");

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

    // Swagger UI keeps what was tried before; nothing of it is left after a while with the token.
    assert_eq!(tries(chromium, "get", "/files").await, "200");
    chromium.screenshot("05-tried").await;
    assert_eq!(tries(chromium, "delete", "/files/{name}").await, "403", "Alex is no administrator");
    chromium.screenshot("06-refused").await;
}

/// Opens an operation, executes it, and gives the status of the answer.
async fn tries(chromium: &Chromium, method: &str, path: &str) -> String {
    let summary = format!(".opblock-{method} [data-path=\"{path}\"]");
    chromium.clicks_on(&summary).await;
    let open = format!(".opblock-{method}.is-open");
    chromium.reads("Try it out", &open).await;
    chromium.clicks_on(&format!("{open} .try-out__btn")).await;
    fills_in(chromium, &open).await;
    chromium.clicks_on(&format!("{open} .execute")).await;
    let status = format!("{open} .live-responses-table .response-col_status");
    chromium.reads("", &format!("{open} .live-responses-table .response .response-col_status")).await;
    let script = format!(
        "return [...document.querySelectorAll('{status}')].map(cell => cell.innerText).find(text => /^\\d+/.test(text))"
    );
    let found = chromium.asks(&script).await;
    chromium.clicks_on(&summary).await;
    found.as_str().unwrap_or_default().chars().take(3).collect()
}

/// A parameter that is required, if there is one. React notices only what comes as a user's input does.
async fn fills_in(chromium: &Chromium, open: &str) {
    let script = format!(
        "const field = document.querySelector('{open} input[type=text]'); if (field) {{ \
         Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, 'a'); \
         field.dispatchEvent(new Event('input', {{ bubbles: true }})) }}"
    );
    assert_eq!(chromium.asks(&script).await, json!(null));
}
