//! Files that whoever runs the program keeps up to date.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::credential_error::CredentialError;
use crate::io::bounded_file;

/// Real ones have some KiB.
const LONGEST: u64 = 1024 * 1024;

/// At the start, where nobody waits.
pub(super) fn read_now(path: &Path) -> Result<Vec<u8>, CredentialError> {
    bounded_file::read(path, LONGEST).map_err(|error| CredentialError::File(error.kind()))
}

/// Beside requests, none of which waits for a disk but this one.
pub(super) async fn read(path: &Path) -> Result<Vec<u8>, CredentialError> {
    let path = PathBuf::from(path);
    let outcome = tokio::task::spawn_blocking(move || read_now(&path)).await;
    // The task was not ended from outside, and does not panic.
    outcome.unwrap_or(Err(CredentialError::File(ErrorKind::Other)))
}
