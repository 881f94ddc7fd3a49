//! A program whose modules are copies of an example: one build for all of them, beside the libraries that are built.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::built::{Built, rustc};
use crate::workspace::Workspace;

pub(crate) struct Copies {
    workspace: Workspace,
    libraries: Vec<String>,
}

impl Copies {
    /// With the dependencies of the example, and the files that its own tests compare it with.
    pub(crate) fn of(example: &Path) -> Self {
        let name = example.file_name().unwrap().to_str().unwrap();
        let workspace = Workspace::new(&format!("azure-auth-copies-of-{name}"));
        let text = |file: &str| fs::read_to_string(example.join(file)).unwrap();
        // Beside the manifest, and above the folder of each copy.
        workspace.write("copies/authorization.lock", &text("authorization.lock"));
        workspace.write("copies/src/authorization.lock", &text("authorization.lock"));
        workspace.write("copies/src/authorization.md", &text("authorization.md"));
        let dependencies = dependencies(name, example);
        // For the macros, which look up there how the libraries are called.
        let named: Vec<String> = dependencies.iter().map(|name| format!("dependencies.{name} = '*'\n")).collect();
        workspace.write("copies/Cargo.toml", &format!("package.name = 'copies'\n{}", named.concat()));
        Self { workspace, libraries: dependencies.iter().map(|name| name.replace('-', "_")).collect() }
    }

    /// These modules, and no others: names and texts of their files.
    pub(crate) fn write<'a>(&self, modules: impl Iterator<Item = (&'a str, &'a [(String, String)])>) {
        let mut root = String::new();
        for (module, files) in modules {
            root.extend(["mod ", module, ";\n"]);
            for (file, text) in files {
                self.workspace.write(format!("copies/src/{module}/{file}"), text);
            }
        }
        self.workspace.write("copies/src/lib.rs", &root);
    }

    /// What does not compile: what the compiler says, by module.
    pub(crate) fn errors(&self) -> BTreeMap<String, Vec<String>> {
        let build = self.compiler().arg("--error-format=json").output().unwrap();
        let mut errors = BTreeMap::<String, Vec<String>>::new();
        for line in text(&build.stderr).lines() {
            let message: Value = serde_json::from_str(line).unwrap();
            // The one without a place is the sum.
            let file = message["spans"][0]["file_name"].as_str();
            if let Some(file) = file.filter(|_| message["level"] == "error") {
                let module = file.rsplit(['/', '\\']).nth(1).unwrap().to_owned();
                errors.entry(module).or_default().push(message["message"].as_str().unwrap().to_owned());
            }
        }
        errors
    }

    /// What fails: what the tests say, by module.
    pub(crate) fn failures(&self) -> BTreeMap<String, String> {
        // The report names crate, file and line of each handler, which are others in a copy.
        let run = self.run(&["--skip", "the_report_in_the_repository_is_true"]);
        let words = text(&run.stdout);
        assert!(words.contains("test result: "), "they do not run:\n{}", text(&run.stderr));
        let mut failures = BTreeMap::<String, String>::new();
        for section in words.split("\n---- ").skip(1) {
            let (test, words) = section.split_once(" stdout ----\n").unwrap();
            *failures.entry(test.split("::").next().unwrap().to_owned()).or_default() += words;
        }
        failures
    }

    /// For a program of tests.
    fn compiler(&self) -> Command {
        let libraries = self.libraries.iter().map(String::as_str);
        let mut compiler = Built::libraries().compiler(&rustc(), &self.package(), libraries);
        compiler.arg(self.package().join("src/lib.rs")).args(["--test", "--edition=2024", "--crate-name=copies"]);
        compiler.env("CARGO_PKG_VERSION", "0.0.0").arg("-o").arg(self.program());
        compiler
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut tests = Command::new(self.program());
        tests.current_dir(self.package()).env_remove("AZURE_AUTH_UPDATE_LOCK").args(arguments).output().unwrap()
    }

    fn package(&self) -> PathBuf {
        self.workspace.folder().join("copies")
    }

    fn program(&self) -> PathBuf {
        self.package().join(format!("tests{}", std::env::consts::EXE_SUFFIX))
    }
}

/// By the names of their packages.
fn dependencies(name: &str, example: &Path) -> Vec<String> {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--no-deps", "--format-version=1", "--manifest-path"])
        .arg(example.join("Cargo.toml"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let package = metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == name).unwrap();
    let mut names: Vec<String> = package["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
