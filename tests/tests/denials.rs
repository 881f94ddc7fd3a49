//! A denial matrix without the harness: each case is a test with a name.

use std::process::ExitCode;

use azure_auth::testing::denial_matrix;
use poem::{get, handler};

#[azure_auth::protect(scopes = "Files.Read")]
#[handler]
fn files() -> &'static str {
    "files"
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    denial_matrix(azure_auth::endpoints! { "/files" => get(files) }).main(std::env::args().skip(1)).await
}
