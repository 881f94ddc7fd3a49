//! What tests install that is not Rust: libraries of other people, from their registries.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use tokio::process::Command;

/// A folder of this crate, such as `msal/node`, copied to where things are built: the sources stay as they are.
pub fn copied(folder: &str) -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::current_exe().expect("the address of the test");
    let target = target.ancestors().nth(3).expect("a place where things are built");
    let (sources, directory) = (package.join(folder), target.join("tmp").join(folder));
    fs::create_dir_all(&directory).unwrap();
    for entry in fs::read_dir(sources).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), directory.join(entry.file_name())).unwrap();
        }
    }
    directory
}

/// The same with the packages that its `package-lock.json` names. None where they could not be installed.
pub async fn with_node_packages(folder: &str) -> Option<PathBuf> {
    let directory = copied(folder);
    let (wanted, installed) = (directory.join("package-lock.json"), directory.join("installed.json"));
    // Hundreds of packages are not taken out and put in again at every run.
    let is_there =
        fs::read(&installed).is_ok_and(|installed| fs::read(&wanted).is_ok_and(|wanted| wanted == installed));
    if is_there {
        return Some(directory);
    }
    let mut install = Command::new("npm");
    install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&directory);
    if !succeeds(&mut install).await {
        return None;
    }
    fs::copy(&wanted, &installed).unwrap();
    Some(directory)
}

/// Whether an installation succeeded. Where everything must run, it has to.
pub async fn succeeds(install: &mut Command) -> bool {
    let problem = match install.output().await {
        Ok(output) if output.status.success() => return true,
        Ok(output) => printed(&output),
        Err(error) => error.to_string(),
    };
    let is_complete = std::env::var("AZURE_AUTH_TESTS").is_ok_and(|tests| tests == "complete");
    let program = install.as_std().get_program().display();
    assert!(!is_complete, "{program} could not install the library: {problem}");
    eprintln!("NOT TESTED, because {program} could not install the library: {problem}");
    false
}

/// What a program said.
pub fn printed(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}
