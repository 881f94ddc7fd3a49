//! SECURITY.md promises nothing that no test holds.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const FIRST: &str = "## What is promised";

#[test]
fn every_promise_names_the_tests_that_hold_it_and_they_exist() {
    let page = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let section = page.split_once(FIRST).expect("the section is there").1;
    let section = section.split("\n## ").next().unwrap();
    let tests = tests();
    assert!(tests.len() > 500, "the tests of the project are found: {}", tests.len());

    let promises: Vec<&str> = section.split("\n* ").skip(1).collect();
    assert!(promises.len() > 30, "the promises of the page are found: {}", promises.len());
    let mut problems = Vec::new();
    for promise in promises {
        // What follows the list belongs to the next one.
        let promise = promise.split("\n\n").next().unwrap();
        let named = named(promise);
        if named.is_empty() {
            problems.push(format!("no test is named: {promise}"));
        }
        problems.extend(named.iter().filter(|name| !tests.contains(**name)).map(|name| format!("not a test: {name}")));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

/// What is in backticks and could only be the name of a test: settings and keys have fewer words.
fn named(promise: &str) -> Vec<&str> {
    let is_name = |text: &&str| {
        text.matches('_').count() >= 3 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    promise.split('`').skip(1).step_by(2).filter(is_name).collect()
}

/// The names of all functions behind `#[test]` and its relatives.
fn tests() -> BTreeSet<String> {
    let folders = [
        "azure-auth/src",
        "azure-auth-macros/src",
        "azure-auth-policy/src",
        "azure-auth-emulator/src",
        "azure-auth-emulator/tests",
    ];
    let mut names = BTreeSet::new();
    for folder in folders.into_iter().chain(["tests/tests", "ui-tests/tests", "azure-auth/tests"]) {
        collect(&root().join(folder), &mut names);
    }
    names
}

fn collect(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            collect(&entry, names);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&entry).unwrap();
            // Some are listed by their names alone, in a macro that asks every store.
            let asked = source.split_once("asked_of_every_store! {").map_or("", |(_, rest)| rest);
            let asked = asked.split('}').next().unwrap().split_whitespace().map(str::to_owned);
            names.extend(asked.chain(functions(&source)));
        }
    }
}

/// The function below each attribute that makes a test of it.
fn functions(source: &str) -> impl Iterator<Item = String> + '_ {
    source.match_indices("test").filter_map(|(place, _)| {
        let line = source[..place].rfind('\n').map_or(0, |end| end + 1);
        if !source[line..].trim_start().starts_with("#[") {
            return None;
        }
        let (_, rest) = source[place..].split_once("fn ")?;
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')?;
        Some(rest[..end].to_owned())
    })
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
