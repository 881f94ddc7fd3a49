//! A package whose modules are copies of an example: one build for all of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::workspace::{Workspace, target_directory};

pub(crate) struct Copies {
    workspace: Workspace,
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
        workspace.write("copies/Cargo.toml", &manifest(name, example));
        Self { workspace }
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
        let build = self.test(&["--no-run", "--message-format=json"]);
        let mut errors = BTreeMap::<String, Vec<String>>::new();
        for line in text(&build.stdout).lines() {
            let message = &serde_json::from_str::<Value>(line).unwrap()["message"];
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
        let run = self.test(&["--", "--skip", "the_report_in_the_repository_is_true"]);
        let words = text(&run.stdout);
        assert!(words.contains("test result: "), "they do not run:\n{}", text(&run.stderr));
        let mut failures = BTreeMap::<String, String>::new();
        for section in words.split("\n---- ").skip(1) {
            let (test, words) = section.split_once(" stdout ----\n").unwrap();
            *failures.entry(test.split("::").next().unwrap().to_owned()).or_default() += words;
        }
        failures
    }

    /// Where the examples themselves are built, whose dependencies are theirs.
    fn test(&self, arguments: &[&str]) -> Output {
        let mut cargo = self.workspace.cargo();
        cargo.env("CARGO_TARGET_DIR", target_directory()).env_remove("AZURE_AUTH_UPDATE_LOCK");
        cargo.args(["test", "--lib"]).args(arguments).output().unwrap()
    }
}

fn manifest(name: &str, example: &Path) -> String {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--no-deps", "--format-version=1", "--manifest-path"])
        .arg(example.join("Cargo.toml"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let package = metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == name).unwrap();
    let dependencies: String = package["dependencies"].as_array().unwrap().iter().map(dependency).collect();
    format!("package = {{ name = 'copies-of-{name}', edition = {} }}\n{dependencies}", package["edition"])
}

/// TOML reads what JSON writes here.
fn dependency(dependency: &Value) -> String {
    let of = |fact: &str| &dependency[fact];
    let section = if of("kind") == "dev" { "dev-dependencies" } else { "dependencies" };
    let path = if of("path").is_null() { String::new() } else { format!("path = {}, ", of("path")) };
    let (name, version, features) = (of("name").as_str().unwrap(), of("req"), of("features"));
    let has_default = of("uses_default_features");
    format!(
        "{section}.{name} = {{ {path}version = {version}, features = {features}, default-features = {has_default} }}\n"
    )
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
