//! The lock file of an application, as a test asks for it.

use std::path::Path;

use super::endpoints::Endpoints;
use crate::io::lock_file;

/// The function behind [`assert_authorization_lock!`](crate::assert_authorization_lock).
///
/// # Panics
/// As the macro does.
#[track_caller]
pub fn assert_authorization_lock(folder: &str, file: &str, endpoints: &Endpoints) {
    let path = Path::new(folder).join(file);
    let is_update = std::env::var_os("AZURE_AUTH_UPDATE_LOCK").is_some_and(|value| value == "1");
    let judge = if is_update { lock_file::write } else { lock_file::compare };
    let outcome = judge(&path, endpoints.rows());
    for note in endpoints.report().notes() {
        println!("note: {note}");
    }
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
