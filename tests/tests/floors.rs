//! The architecture is a test: sources import from their own floor or below, never from above.

use std::fs;
use std::path::{Path, PathBuf};

/// A floor, and the floors it may import from besides itself.
type Floor = (&'static str, &'static [&'static str]);

/// `azure-auth`: types ← decisions ← input and output ← web; beside them what makes callers for tests.
const RUNTIME: &[Floor] = &[
    ("model", &[]),
    ("rules", &["model"]),
    ("io", &["model", "rules"]),
    ("web", &["model", "rules", "io"]),
    ("testing", &["model", "rules", "io", "web"]),
    ("documented_numbers", &["model", "rules", "io", "web"]),
];

/// `azure-auth-macros`: syntax → validate → model → expand. Expansion emits the handler as it was written, and the
/// problems where there are some.
const MACROS: &[Floor] = &[
    ("diagnostics", &[]),
    ("guid", &[]),
    ("permission_value", &[]),
    ("scope_list", &["diagnostics", "guid", "permission_value"]),
    ("path_pattern", &[]),
    ("policy", &["diagnostics"]),
    ("syntax", &["diagnostics", "policy"]),
    ("model", &["syntax", "scope_list", "policy"]),
    ("truth", &["model"]),
    (
        "validate",
        &[
            "diagnostics",
            "guid",
            "permission_value",
            "scope_list",
            "path_pattern",
            "policy",
            "truth",
            "syntax",
            "model",
        ],
    ),
    ("expand", &["model", "syntax", "diagnostics", "guid"]),
    ("expansion_tests", &["expand", "validate", "syntax", "diagnostics"]),
];

/// `azure-auth-emulator`: faults ← directory ← memory ← tokens, and beside the tokens what a request is; the addresses of
/// the service use all of them, and the server hands requests to these.
const EMULATOR: &[Floor] = &[
    ("faults", &[]),
    ("directory", &["faults"]),
    ("memory", &["faults", "directory"]),
    ("tokens", &["faults", "directory", "memory"]),
    ("exchange", &["faults", "directory", "memory"]),
    ("protocol", &["faults", "directory", "memory", "tokens", "exchange"]),
    ("server", &["faults", "directory", "memory", "exchange", "protocol"]),
    ("emulator", &["faults", "directory", "memory", "tokens", "server"]),
];

/// Words that belong to some floors, or to single files, and the places where they may stand.
const KEPT_APART: &[(&str, &[&str])] = &[
    ("poem", &["web", "testing/"]),
    ("tokio", &["io"]),
    ("reqwest", &["io"]),
    ("tracing", &["io", "web"]),
    // Of a principal it is a point in time as callers know it; no clock is read.
    ("SystemTime", &["io/clock.rs", "web/handler/principal.rs"]),
    ("redis", &["io/sessions/redis/", "io/sessions/mod.rs"]),
    // In the link to Redis, and where what it missed is tried again, it is tokio's.
    ("Instant", &["io/clock.rs", "io/sessions/redis/link.rs", "io/sessions/missed_ends.rs"]),
    ("rand", &["io/entropy.rs"]),
];

#[test]
fn the_runtime_imports_downwards_only() {
    assert_eq!(violations(&source("azure-auth"), RUNTIME), Vec::<String>::new());
}

#[test]
fn the_macros_import_downwards_only() {
    assert_eq!(violations(&source("azure-auth-macros"), MACROS), Vec::<String>::new());
}

#[test]
fn the_emulator_imports_downwards_only() {
    assert_eq!(violations(&source("azure-auth-emulator"), EMULATOR), Vec::<String>::new());
}

#[test]
fn web_frameworks_time_and_randomness_stay_where_they_belong() {
    let mut found = Vec::new();
    for (path, text) in files(&source("azure-auth")) {
        let code = if path.ends_with("_tests.rs") { String::new() } else { without_tests(&text) };
        for (word, places) in KEPT_APART {
            let is_front_door = !path.contains('/');
            let is_allowed = is_front_door || places.iter().any(|place| path.starts_with(place));
            let names =
                |segments: &Vec<String>| segments[0] != "crate" && segments.iter().any(|segment| segment == word);
            if !is_allowed && paths(&code).iter().any(names) {
                found.push(format!("{path} speaks of {word}"));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_emulator_is_a_second_reading_of_the_protocol() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../azure-auth-emulator");
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    assert!(!manifest.lines().any(|line| line.starts_with("azure-auth.") || line.starts_with("azure-auth ")));
    for (path, text) in files(&root.join("src")) {
        assert!(!text.contains("azure_auth::"), "{path}");
    }
}

#[test]
fn the_checker_sees_every_way_to_import_from_above() {
    const FLOORS: &[Floor] = &[("low", &[]), ("middle", &["low"]), ("high", &["low", "middle"])];
    let upward = |path: &str, text: &str| upward(path, text, FLOORS);
    for text in [
        "use crate::low::a::B;",
        "use crate::{low::a, middle::{self, b}};",
        "use super::other; // see crate::high",
        "/// Like [`x`](crate::high::x).\nfn f() {}",
        "fn f() -> crate::low::A { crate::middle::b::<u8>() }",
        "const A: &str = \"https://x \\\" crate::high\"; const B: char = '\"';",
        "fn f<'a>(_: &'a str) -> &'static str { r#\"\" crate::high \"\"# }",
    ] {
        assert_eq!(upward("middle/file.rs", text), Vec::<String>::new(), "{text}");
    }
    for text in [
        "use crate::high::c::D;",
        "pub(crate) use crate::high;",
        "use crate::{low::a, high::c};",
        "use crate::{\n    low::{a, b},\n    high,\n};",
        "fn f() { \"//\"; '\"'; crate::high::c() } // \"",
        "fn f() { crate :: high :: c() }",
        "mod tests { use crate::high::c; }",
        "use super::super::high::c;",
        "use crate::*;",
    ] {
        assert_eq!(upward("middle/file.rs", text).len(), 1, "{text}");
    }
    assert_eq!(upward("low/file.rs", "use crate::{middle::b, high::c};").len(), 2);
    assert_eq!(upward("attic/file.rs", "fn f() {}").len(), 1, "a floor that nobody has heard of");
    assert_eq!(upward("lib.rs", "use crate::high::c;"), Vec::<String>::new(), "the front door may import everything");
    assert_eq!(upward("low.rs", "use crate::high::c;").len(), 1, "a floor of one file");
}

fn source(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(of).join("src")
}

fn violations(source: &Path, floors: &[Floor]) -> Vec<String> {
    let files = files(source);
    assert!(files.len() > 10, "the sources are there");
    files.iter().flat_map(|(path, text)| upward(path, text, floors)).collect()
}

/// The sources below a folder, each with its path from there.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// What a file takes from floors above its own.
fn upward(path: &str, text: &str, floors: &[Floor]) -> Vec<String> {
    let own = path.split('/').next().unwrap().trim_end_matches(".rs");
    if matches!(own, "lib" | "main" | "private") {
        return Vec::new();
    }
    let Some((_, below)) = floors.iter().find(|(floor, _)| *floor == own) else {
        return vec![format!(
            "{path} stands on the floor `{own}`, which this test does not know: say where it belongs"
        )];
    };
    let paths = paths(text);
    let floors_named = paths.iter().filter_map(|segments| match segments.as_slice() {
        [first, floor, ..] if first == "crate" => Some(floor),
        [first, second, floor, ..] if first == "super" && second == "super" => Some(floor),
        _ => None,
    });
    floors_named
        .filter(|floor| *floor != own && !below.contains(&floor.as_str()))
        .map(|floor| format!("{path} imports from `{floor}`, which is above `{own}`"))
        .collect()
}

/// Every path in the code, with groups written out: `crate::{a, b::c}` is `crate::a` and `crate::b::c`.
fn paths(text: &str) -> Vec<Vec<String>> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        at = path(&tokens, at, &[], &mut found).max(at + 1);
    }
    found
}

/// Reads one path from `at` on and gives the place behind it.
fn path(tokens: &[String], mut at: usize, before: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut segments = before.to_vec();
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") if !segments.is_empty() => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token != "}") {
                    let next = path(tokens, at, &segments, found);
                    at = if tokens.get(next).is_some_and(|token| token == ",") { next + 1 } else { next.max(at + 1) };
                }
                return at + 1;
            }
            Some(word) if word == "*" || word.starts_with(|first: char| first.is_alphabetic() || first == '_') => {
                segments.push(word.to_owned());
                at += 1;
            }
            _ => return at,
        }
        if tokens.get(at).is_none_or(|token| token != "::") {
            found.push(segments);
            return at;
        }
        at += 1;
    }
}

/// Words, `::`, and every other character alone. Comments and literals are left out.
fn tokens(code: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_word = |character: char| character.is_alphanumeric() || character == '_';
        let mut length = first.len_utf8();
        if let Some(skipped) = comment_or_literal(rest) {
            rest = rest[skipped..].trim_start();
            continue;
        } else if is_word(first) {
            length = rest.find(|character| !is_word(character)).unwrap_or(rest.len());
        } else if rest.starts_with("::") {
            length = 2;
        }
        tokens.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    tokens
}

/// The length of the comment or literal at the beginning of `code`, if there is one.
fn comment_or_literal(code: &str) -> Option<usize> {
    let end_of = |opening: usize, closing: &str| code[opening..].find(closing).map(|at| opening + at + closing.len());
    if code.starts_with("//") {
        return Some(code.find('\n').unwrap_or(code.len()));
    }
    if code.starts_with("r#\"") {
        return end_of(3, "\"#");
    }
    if code.starts_with("'\\") {
        return end_of(3, "'");
    }
    if code.starts_with('\'') {
        let mut characters = code.char_indices().skip(2);
        return characters.next().filter(|(_, quote)| *quote == '\'').map(|(at, _)| at + 1);
    }
    let mut is_escaped = false;
    let ends = |(at, character): (usize, char)| {
        let is_end = character == '"' && !is_escaped && at > 0;
        is_escaped = character == '\\' && !is_escaped;
        is_end.then_some(at + 1)
    };
    code.starts_with('"').then(|| code.char_indices().find_map(ends)).flatten()
}

/// The code above a file's tests, which may use what they like.
fn without_tests(text: &str) -> String {
    text.split("#[cfg(test)]").next().unwrap_or_default().to_owned()
}
