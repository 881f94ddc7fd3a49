//! Files that whoever runs the program keeps up to date.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::credential_error::CredentialError;

/// Real ones have some KiB.
const LONGEST: u64 = 1024 * 1024;

/// At the start, where nobody waits.
pub(super) fn read_now(path: &Path) -> Result<Vec<u8>, CredentialError> {
    let unreadable = |error: io::Error| CredentialError::File(error.kind());
    let file = fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(file, LONGEST), &mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// Beside requests, none of which waits for a disk but this one.
pub(super) async fn read(path: &Path) -> Result<Vec<u8>, CredentialError> {
    let path = PathBuf::from(path);
    let outcome = tokio::task::spawn_blocking(move || read_now(&path)).await;
    // The task was not ended from outside, and does not panic.
    outcome.unwrap_or(Err(CredentialError::File(io::ErrorKind::Other)))
}
