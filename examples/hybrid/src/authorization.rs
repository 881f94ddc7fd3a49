//! Who may call what: as reviewed in `authorization.lock`, as written down in `authorization.md`, and as the guard has it.

use azure_auth::testing::denial_matrix;

use super::{endpoints, local_entra_id};

#[test]
fn nobody_is_let_in_without_a_review() {
    azure_auth::assert_authorization_lock!("authorization.lock", endpoints());
}

/// To write it anew: `cargo run -p hybrid -- --auth-report=markdown > examples/hybrid/authorization.md`.
#[test]
fn the_report_in_the_repository_is_true() {
    assert_eq!(endpoints().report().to_markdown(), include_str!("../authorization.md"));
}

#[tokio::test]
async fn every_row_refuses_whom_it_must() {
    denial_matrix(endpoints()).run().await;
}

/// In quotes are the names, which the lock file has all of.
#[tokio::test]
async fn the_local_entra_id_has_every_name_that_the_table_asks_for() {
    let emulator = local_entra_id().start().await.unwrap();
    let rows = include_str!("../authorization.lock").lines().filter(|row| row.contains("=> protect("));
    let names: Vec<&str> =
        rows.flat_map(|row| row.split('"').skip(1).step_by(2)).flat_map(str::split_whitespace).collect();
    assert_eq!(names.len(), 6, "{names:?}");
    for name in names {
        assert!(emulator.directory().defines(name), "{name}");
    }
    assert!(!emulator.directory().defines("Files.Raed"));
}
