//! Packages that tests write.

use std::fs;
use std::path::{Path, PathBuf};

/// A workspace among what is built: its members are the folders in it.
pub(crate) struct Workspace {
    folder: PathBuf,
}

impl Workspace {
    /// With the versions that this workspace has locked.
    pub(crate) fn new(name: &str) -> Self {
        let workspace = Self { folder: Path::new(env!("CARGO_TARGET_TMPDIR")).join(name) };
        workspace.write("Cargo.toml", "workspace = { members = ['*'], exclude = ['target'], resolver = '3' }\n");
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

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
