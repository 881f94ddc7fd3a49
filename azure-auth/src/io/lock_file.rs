//! The lock file on the disk of whoever runs the tests.

use std::path::Path;
use std::{fs, io};

use thiserror::Error;

use crate::model::policies::row::Row;
use crate::rules::policy::authorization_lock::{Difference, differences, file};

/// Why the lock file does not vouch for the application.
#[derive(Debug, Error)]
pub(crate) enum LockError {
    #[error("there is no `{name}` yet; {REMEDY}")]
    Missing { name: String },
    #[error("`{name}` cannot be read or written: {error}")]
    Disk { name: String, error: io::Error },
    #[error(
        "who may call the application is not what `{name}` says:\n\n{}\nif that is meant, {REMEDY}",
        found.iter().map(ToString::to_string).collect::<String>()
    )]
    Differs { name: String, found: Vec<Difference> },
}

const REMEDY: &str = "write it anew with AZURE_AUTH_UPDATE_LOCK=1, and have the change of the file reviewed";

/// Compares the file with the rows.
pub(crate) fn compare(path: &Path, rows: &[Row]) -> Result<(), LockError> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => LockError::Missing { name: name.clone() },
        _ => LockError::Disk { name: name.clone(), error },
    })?;
    let found = differences(&text, rows);
    if found.is_empty() { Ok(()) } else { Err(LockError::Differs { name, found }) }
}

/// Writes the file anew.
pub(crate) fn write(path: &Path, rows: &[Row]) -> Result<(), LockError> {
    fs::write(path, file(rows)).map_err(|error| LockError::Disk { name: path.display().to_string(), error })
}
