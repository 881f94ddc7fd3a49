//! Who may call what: as reviewed in `authorization.lock`, as written down in `authorization.md`, and as the guard has it.

use azure_auth::testing::denial_matrix;

use super::endpoints;

#[test]
fn nobody_is_let_in_without_a_review() {
    azure_auth::assert_authorization_lock!("authorization.lock", endpoints());
}

/// To write it anew: `cargo run -p openapi -- --auth-report=markdown > examples/openapi/authorization.md`.
#[test]
fn the_report_in_the_repository_is_true() {
    assert_eq!(endpoints().report().to_markdown(), include_str!("../authorization.md"));
}

#[tokio::test]
async fn every_row_refuses_whom_it_must() {
    denial_matrix(endpoints()).run().await;
}
