//! Packages that tests write, and what Cargo says of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A workspace below the target directory: its members are the folders in it.
pub(crate) struct Workspace {
    folder: PathBuf,
}

impl Workspace {
    /// With the versions that this workspace has locked.
    pub(crate) fn new(name: &str) -> Self {
        let workspace = Self { folder: target_directory().join("tests").join(name) };
        workspace.write("Cargo.toml", "workspace = { members = ['*'], resolver = '3' }\n");
        workspace.write("Cargo.lock", &fs::read_to_string(root().join("Cargo.lock")).unwrap());
        workspace
    }

    /// What has not changed is not built again.
    pub(crate) fn write(&self, path: impl AsRef<Path>, text: &str) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if fs::read_to_string(&path).is_ok_and(|present| present == text) {
            return;
        }
        fs::write(path, text).unwrap();
    }

    /// Cargo, offline.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(&self.folder).args(["--offline", "--color=never"]);
        cargo
    }
}

pub(crate) fn target_directory() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
