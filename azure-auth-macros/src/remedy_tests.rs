//! Remedies hold: what the reviewed messages say to write is itself accepted.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{syntax, validate};

const FOLDERS: [&str; 5] = ["protect", "guard", "endpoints", "api", "downstream"];
const KEYS: [&str; 9] = [
    "scopes = ",
    "roles = ",
    "groups = ",
    "application_roles = ",
    "tenants = ",
    "via = ",
    "allow = ",
    "check = ",
    "downstream = ",
];

/// Cases with several mistakes in one value: the remedy of one leaves the others.
const SEVERAL_MISTAKES: [&str; 2] = ["several_problems", "several_contradictions"];

/// The messages are not part of the package.
fn messages() -> Option<PathBuf> {
    Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui-tests")).filter(|folder| folder.exists())
}

#[test]
fn what_a_remedy_says_to_write_is_accepted() {
    let Some(messages) = messages() else { return };
    let folders = FOLDERS.iter().map(|folder| messages.join(folder).join("fail"));
    let remedies: Vec<(String, String)> = folders.flat_map(|folder| remedies(&folder)).collect();
    assert!(remedies.len() > 40, "only {}", remedies.len());
    for (case, remedy) in remedies {
        let arguments = syntax::Arguments::parse(remedy.parse().unwrap());
        let judged = validate::protect::guard(&arguments).map_err(|found| found.0);
        assert!(judged.is_ok(), "{case}: `{remedy}` {:?}", judged.err());
    }
}

/// The keys with values that the messages of a folder say to write, with their cases.
fn remedies(folder: &Path) -> Vec<(String, String)> {
    let mut remedies = Vec::new();
    for file in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        let case = file.file_stem().unwrap().to_string_lossy().into_owned();
        if file.extension().is_none_or(|extension| extension != "stderr") || SEVERAL_MISTAKES.contains(&case.as_str()) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix("help: "));
        // What is in backticks.
        let code = lines.flat_map(|line| line.split('`').skip(1).step_by(2)).filter(|code| is_complete(code));
        remedies.extend(code.map(|code| (case.clone(), code.to_owned())));
    }
    remedies
}

/// A key with its value, and no placeholder that is left to the reader.
fn is_complete(code: &str) -> bool {
    KEYS.iter().any(|key| code.starts_with(key)) && !code.contains(['…', '<'])
}
