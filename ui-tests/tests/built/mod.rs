//! The libraries as the tests themselves are built with, and a compiler that takes them: no case builds any of them again.

use std::collections::BTreeMap;
use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::workspace::root;

/// What Cargo has built.
pub(crate) struct Built {
    /// By the name that programs use, the file and how many features it was built with.
    libraries: BTreeMap<String, (PathBuf, usize)>,
    /// Where the linker finds what is not Rust.
    native: Vec<String>,
}

impl Built {
    /// What the tests of this crate are built with: Cargo says where it is.
    pub(crate) fn libraries() -> &'static Self {
        static BUILT: OnceLock<Built> = OnceLock::new();
        BUILT.get_or_init(|| {
            notice();
            // The whole workspace, as in the call that built this test: a part of it would have other features.
            let output = Command::new(env!("CARGO"))
                .current_dir(root())
                .args(["test", "--workspace", "--offline", "--no-run", "--test", "ui", "--test", "mutants"])
                .arg("--message-format=json")
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let messages = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>();
            Self::told(messages.map(Result::unwrap))
        })
    }

    fn told(messages: impl Iterator<Item = Value>) -> Self {
        let mut built = Self { libraries: BTreeMap::new(), native: Vec::new() };
        for message in messages {
            match message["reason"].as_str() {
                Some("compiler-artifact") => built.add(&message),
                Some("build-script-executed") => built.native.extend(texts(&message["linked_paths"])),
                _ => {}
            }
        }
        built
    }

    /// Macros run on the host, and what they need is built for it alone: of two builds of a library, that of the programs
    /// has all the features that anybody asks for.
    fn add(&mut self, artifact: &Value) {
        let file = texts(&artifact["filenames"]).find(|file| is_library(file));
        let Some(file) = file.filter(|_| artifact["profile"]["test"] == false) else { return };
        let name = artifact["target"]["name"].as_str().unwrap().replace('-', "_");
        let features = artifact["features"].as_array().map_or(0, Vec::len);
        let present = self.libraries.get(&name).map(|(_, features)| *features);
        if present.is_none_or(|present| present < features) {
            self.libraries.insert(name, (file.into(), features));
        }
    }

    /// `rustc`, or a driver that takes its arguments, for programs that name these libraries: each by its own name, or as
    /// `name=library`. Their manifest, which macros read, is in `package`.
    pub(crate) fn compiler<'a>(
        &self,
        program: &Path,
        package: &Path,
        libraries: impl IntoIterator<Item = &'a str>,
    ) -> Command {
        let mut compiler = Command::new(program);
        compiler.env("CARGO_MANIFEST_DIR", package).env("CARGO", env!("CARGO")).args(["--color=never", "--verbose"]);
        for library in libraries {
            let (name, library) = library.split_once('=').unwrap_or((library, library));
            let (file, _) = self.libraries.get(library).unwrap_or_else(|| panic!("`{library}` is not built"));
            compiler.arg("--extern").arg(format!("{name}={}", file.display()));
        }
        let (azure_auth, _) = &self.libraries["azure_auth"];
        compiler.arg("-L").arg(format!("dependency={}", azure_auth.parent().unwrap().display()));
        for folder in &self.native {
            compiler.arg("-L").arg(folder);
        }
        compiler
    }
}

fn texts(list: &Value) -> impl Iterator<Item = String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned)
}

fn is_library(file: &str) -> bool {
    let extension = Path::new(file).extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("rlib" | "so" | "dylib" | "dll"))
}

/// Tells the person who waits: the harness shows what goes through its own macros only when a test fails.
fn notice() {
    let _ = writeln!(io::stderr(), "compiling some 600 programs beside the libraries: about a minute on two cores");
}

/// The compiler that Cargo would take.
pub(crate) fn rustc() -> PathBuf {
    env::var_os("RUSTC").map_or_else(|| "rustc".into(), PathBuf::from)
}
