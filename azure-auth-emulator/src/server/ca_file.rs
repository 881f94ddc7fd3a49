//! The file by which clients come to trust the emulator.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::memory::random::random_text;

/// A certificate authority's certificate in a file. Unless its path was chosen, it is removed with the emulator.
pub(crate) struct CaFile {
    path: PathBuf,
    is_temporary: bool,
}

impl CaFile {
    /// Writes it, to a new file in the temporary directory unless a path is given.
    pub(crate) fn write(path: Option<&Path>, pem: &str) -> Result<Self, (PathBuf, io::Error)> {
        let is_temporary = path.is_none();
        let path = path.map_or_else(temporary_path, Path::to_owned);
        let mut options = OpenOptions::new();
        // Others may write to the temporary directory too: only a file that did not exist before is ours.
        let options = if is_temporary {
            options.write(true).create_new(true)
        } else {
            options.write(true).create(true).truncate(true)
        };
        match options.open(&path).and_then(|mut file| file.write_all(pem.as_bytes())) {
            Ok(()) => Ok(Self { path, is_temporary }),
            Err(error) => Err((path, error)),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for CaFile {
    fn drop(&mut self) {
        if self.is_temporary {
            // It is not needed any more, and may be gone already.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn temporary_path() -> PathBuf {
    std::env::temp_dir().join(format!("azure-auth-emulator-{}.pem", &random_text()[..16]))
}
