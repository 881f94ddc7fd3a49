//! What compiles, what does not, and the exact words.
//!
//! `TRYBUILD=overwrite cargo test --package azure-auth-ui-tests` writes the words of the failing cases anew. Then read
//! them as someone does who made that mistake.

mod workspace;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use workspace::{Workspace, root, target_directory};

/// The compiler whose words are compared; others say some of them differently, and lint differently.
const REVIEWED_COMPILER: &str = "1.95.";

const FOLDERS: [&str; 4] = ["protect", "public", "endpoints", "app"];

#[test]
fn every_mistake_is_told_in_the_reviewed_words() {
    if skips() {
        return;
    }
    let cases = trybuild::TestCases::new();
    for folder in FOLDERS {
        cases.compile_fail(format!("{folder}/fail/*.rs"));
    }
}

/// In both editions, and where the library has another name. Clippy compiles as the compiler does and finds more; one
/// run of it takes less time than trybuild does for one passing case after the other.
#[test]
fn every_passing_case_compiles_without_a_warning() {
    if skips() {
        return;
    }
    let workspace = Workspace::new("azure-auth-ui-tests-passing");
    let cases = FOLDERS.iter().flat_map(|folder| passing(folder)).collect::<Vec<_>>();
    workspace.write("edition_2021/Cargo.toml", &manifest("2021", "azure-auth", &cases));
    workspace.write("edition_2024/Cargo.toml", &manifest("2024", "azure-auth", &cases));
    workspace.write("renamed/Cargo.toml", &manifest("2024", "sign-in", &passing("renamed")));

    let clippy = cargo(&workspace)
        .args(["clippy", "--workspace", "--bins", "--quiet", "--keep-going", "--"])
        .args(["-D", "warnings", "-W", "clippy::pedantic", "-W", "dead_code"])
        // Extractors are taken by value, whatever attribute stands above.
        .args(["-A", "clippy::needless_pass_by_value"])
        .output()
        .unwrap();
    assert!(clippy.status.success(), "{}", String::from_utf8_lossy(&clippy.stderr));
}

/// On another compiler, with a notice, unless everything has to run.
fn skips() -> bool {
    let release = compiler("release");
    let is_complete = env::var("AZURE_AUTH_TESTS").is_ok_and(|tests| tests == "complete");
    let skips = !release.starts_with(REVIEWED_COMPILER) && !is_complete;
    if skips {
        println!("skipped: the words are those of Rust {REVIEWED_COMPILER}x, this is {release}");
    }
    skips
}

/// A line of `rustc -vV`.
fn compiler(fact: &str) -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let facts = String::from_utf8(Command::new(rustc).arg("-vV").output().unwrap().stdout).unwrap();
    let line = facts.lines().find_map(|line| line.strip_prefix(fact)?.strip_prefix(": "));
    line.unwrap_or_else(|| panic!("no {fact} in {facts:?}")).to_owned()
}

/// The passing cases of a folder: name and file.
fn passing(folder: &str) -> Vec<(String, PathBuf)> {
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join("pass")).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    paths.map(|path| (format!("{folder}_{}", path.file_stem().unwrap().display()), path)).collect()
}

/// A package with one program for each case, where the library goes by `name`.
fn manifest(edition: &str, name: &str, cases: &[(String, PathBuf)]) -> String {
    let library = root().join("azure-auth");
    let programs = cases.iter().map(|(case, path)| format!("{{ name = '{case}', path = '{}' }}", path.display()));
    format!(
        "package = {{ name = '{name}-in-{edition}', edition = '{edition}' }}\n\
         dependencies.{name} = {{ package = 'azure-auth', path = '{}' }}\n\
         dependencies.poem = {{ version = '3', default-features = false }}\n\
         bin = [{}]\n",
        library.display(),
        programs.collect::<Vec<_>>().join(", "),
    )
}

/// Cargo as trybuild calls it, so that both share what they build.
fn cargo(workspace: &Workspace) -> Command {
    let flags = r#"["--cfg", "trybuild", "--verbose", "-A", "dead_code"]"#;
    let host = compiler("host");
    let mut cargo = workspace.cargo();
    cargo
        .env_remove("RUSTFLAGS")
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", target_directory().join("tests/trybuild"))
        .arg(format!("--config=build.rustflags={flags}"))
        .arg(format!("--config=target.{host}.rustflags={flags}"))
        .arg(format!("--config=build.target={host:?}"));
    cargo
}
