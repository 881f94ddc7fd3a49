//! Who may call what, and what is asked of Microsoft Graph for it: as reviewed in `authorization.lock`.

use azure_auth::testing::denial_matrix;

use super::endpoints;

#[test]
fn nobody_is_let_in_without_a_review() {
    azure_auth::assert_authorization_lock!("authorization.lock", endpoints());
}

#[tokio::test]
async fn every_row_refuses_whom_it_must() {
    denial_matrix(endpoints()).run().await;
}
