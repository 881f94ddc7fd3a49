//! The architecture is a test: sources import from their own floor or below, never from above.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A room, and the rooms it may import from besides itself: all of them above it in the list. `name/*` is every room of a
/// floor, and `name` alone the files that lie in no room of it.
type Room = (&'static str, &'static [&'static str]);

/// More are a drawer.
const MOST_FILES: usize = 14;

/// `azure-auth`: types ← decisions ← input and output ← web; beside them what makes callers for tests.
const RUNTIME: &[Room] = &[
    ("model", &[]),
    ("model/callers", &["model", "model/downstream"]),
    ("model/downstream", &["model"]),
    ("model/policies", &["model", "model/downstream"]),
    ("model/providers", &["model"]),
    ("model/refusals", &["model"]),
    ("model/registration", &["model", "model/downstream"]),
    ("model/sessions", &["model", "model/callers"]),
    ("model/settings", &["model", "model/sessions"]),
    ("rules/token", &["model/*"]),
    ("rules/session", &["model/*", "rules/token"]),
    ("rules/credential", &["model/*"]),
    ("rules/configuration", &["model/*", "rules/session", "rules/credential"]),
    ("rules/request", &["model/*", "rules/session"]),
    ("rules/sign_in", &["model/*", "rules/session"]),
    ("rules/downstream", &["model/*", "rules/session", "rules/sign_in", "rules/token"]),
    ("rules/policy", &["model/*", "rules/token", "rules/request"]),
    ("rules/registration", &["model/*", "rules/policy", "rules/request", "rules/credential"]),
    ("rules/inspection", &["model/*", "rules/*"]),
    ("rules", &["model/*", "rules/*"]),
    ("io", &["model/*", "rules/*"]),
    ("io/provider", &["model/*", "rules/*", "io"]),
    ("io/credential", &["model/*", "rules/*", "io", "io/provider"]),
    ("io/sessions", &["model/*", "rules/*", "io"]),
    ("io/sessions/redis", &["model/*", "rules/*", "io", "io/sessions"]),
    ("io/tokens", &["model/*", "rules/*", "io", "io/provider", "io/credential", "io/sessions"]),
    ("web", &[]),
    ("web/pages", &["model/*", "rules/*", "io/*"]),
    ("web/application", &["model/*", "rules/*", "io/*", "web/pages"]),
    ("web/request", &["model/*", "rules/*", "io/*", "web/pages", "web/application"]),
    ("web/paths", &["model/*", "rules/*", "io/*", "web/pages", "web/application", "web/request"]),
    ("web/tokens", &["model/*", "rules/*", "io/*", "web/pages", "web/application", "web/request", "web/paths"]),
    (
        "web/handler",
        &["model/*", "rules/*", "io/*", "web/pages", "web/application", "web/request", "web/paths", "web/tokens"],
    ),
    ("web/layer", &["model/*", "rules/*", "io/*", "web/*"]),
    ("testing", &["model/*", "rules/*", "io/*", "web/*"]),
    ("graph", &["model/*"]),
    ("documented_numbers", &["model/*", "rules/*", "io/*", "web/*"]),
    ("explained_refusals", &["model/*", "rules/*", "io/*", "web/*"]),
];

/// `azure-auth-macros`: syntax → validate → model → expand. Expansion emits the handler as it was written, and the
/// problems where there are some.
const MACROS: &[Room] = &[
    ("diagnostics", &[]),
    ("scope_list", &["diagnostics"]),
    ("graph", &["diagnostics"]),
    ("syntax", &["diagnostics"]),
    ("model", &["syntax", "scope_list"]),
    ("validate", &["diagnostics", "scope_list", "graph", "syntax", "model"]),
    ("expand", &["model", "graph", "syntax", "diagnostics"]),
    ("expansion_tests", &["expand", "validate", "syntax", "diagnostics"]),
    ("remedy_tests", &["validate", "syntax", "diagnostics"]),
];

/// `azure-auth-policy`: values ← the language of declarations ← what they come to. Macros and runtime use it; it imports
/// nothing.
const POLICY: &[Room] = &[("values", &[]), ("language", &["values"]), ("judgement", &["values", "language"])];

/// `azure-auth-emulator`: faults ← directory ← memory ← tokens, and beside the tokens what a request is; the addresses of
/// the service and Microsoft Graph use all of them, and the server hands requests to these.
const EMULATOR: &[Room] = &[
    ("faults", &[]),
    ("directory", &["faults"]),
    ("memory", &["faults", "directory"]),
    ("tokens", &["faults", "directory", "memory"]),
    ("exchange", &["faults", "directory", "memory"]),
    ("protocol", &["faults", "directory", "memory", "tokens", "exchange"]),
    ("graph", &["faults", "directory", "memory", "tokens", "exchange"]),
    ("server", &["faults", "directory", "memory", "exchange", "protocol", "graph"]),
    ("emulator", &["faults", "directory", "memory", "tokens", "server"]),
];

/// Words that belong to some floors, or to single files, and the places where they may be used.
const KEPT_APART: &[(&str, &[&str])] = &[
    ("poem", &["web", "testing/"]),
    ("tokio", &["io"]),
    ("reqwest", &["io"]),
    ("tracing", &["io", "web"]),
    // A principal and an event have a point in time as callers know it; no clock is read.
    ("SystemTime", &["io/clock.rs", "web/handler/", "web/application/events/"]),
    ("redis", &["io/sessions/redis/", "io/sessions/mod.rs"]),
    ("azure_core", &["web/tokens/", "web/handler/token.rs", "web/layer/azure_auth.rs"]),
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
fn the_policy_language_imports_downwards_only_and_depends_on_nothing() {
    assert_eq!(violations(&source("azure-auth-policy"), POLICY), Vec::<String>::new());
    let manifest = fs::read_to_string(source("azure-auth-policy").with_file_name("Cargo.toml")).unwrap();
    let (_, dependencies) = manifest.split_once("\n[dependencies]\n").unwrap_or_default();
    let dependencies = dependencies.split("\n[").next().unwrap_or_default().lines().filter(|line| line.contains('='));
    assert!(dependencies.into_iter().all(|line| line.contains("optional = true")), "{manifest}");
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
    const FLOORS: &[Room] = &[("low", &[]), ("middle", &["low"]), ("high", &["low", "middle"])];
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

#[test]
fn the_checker_sees_rooms_that_are_gone_or_drawers_and_imports_between_rooms() {
    const ROOMS: &[Room] = &[("low", &[]), ("high", &["low"]), ("high/a", &["low"]), ("high/b", &["low", "high/a"])];
    for (path, text, expected) in [
        ("high/b/x.rs", "use crate::high::a::y; use super::z; use super::super::a::y; use crate::low::w;", 0),
        ("high/a/x.rs", "use crate::high::b::y;", 1),
        ("high/a/x.rs", "use super::super::b::y;", 1),
        ("high/a/x.rs", "use crate::high::other;", 1),
        ("high/a/x.rs", "pub(in crate::high) struct A;", 0),
        ("high/a/x.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use crate::high::b::y; }", 0),
        ("low/x.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use crate::high::b::y; }", 1),
        ("attic/x.rs", "", 1),
    ] {
        assert_eq!(upward(path, text, ROOMS).len(), expected, "{path}: {text}");
    }
    let folder = |count: usize| (0..count).map(|file| (format!("a/{file}.rs"), String::new())).collect::<Vec<_>>();
    assert_eq!((drawers(&folder(MOST_FILES)).len(), drawers(&folder(MOST_FILES + 1)).len()), (0, 1));
    assert_eq!(gone(&folder(1), &[("a", &[]), ("b", &[])]), ["there is no room `b`"]);
}

fn source(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(of).join("src")
}

fn violations(source: &Path, rooms: &[Room]) -> Vec<String> {
    let files = files(source);
    assert!(files.len() > 10, "the sources are there");
    let imports = files.iter().flat_map(|(path, text)| upward(path, text, rooms));
    imports.chain(gone(&files, rooms)).chain(drawers(&files)).collect()
}

/// Rooms in which there is nothing.
fn gone(files: &[(String, String)], rooms: &[Room]) -> Vec<String> {
    let is_there = |room: &str| files.iter().any(|(path, _)| room_of(&module_of(path), rooms) == Some(room));
    rooms.iter().filter(|(room, _)| !is_there(room)).map(|(room, _)| format!("there is no room `{room}`")).collect()
}

/// Folders with more files than anybody looks through.
fn drawers(files: &[(String, String)]) -> Vec<String> {
    let mut counts = BTreeMap::<&str, usize>::new();
    for (path, _) in files {
        *counts.entry(path.rsplit_once('/').map_or("", |(folder, _)| folder)).or_default() += 1;
    }
    let over = counts.into_iter().filter(|(_, count)| *count > MOST_FILES);
    over.map(|(folder, count)| format!("`{folder}` has {count} files, expected {MOST_FILES} at most")).collect()
}

/// Prints which room imports from which: `cargo test -p azure-auth-tests --test floors -- --nocapture picture`.
#[test]
fn the_picture_of_the_rooms_has_no_circle() {
    let crates = [
        ("azure-auth", RUNTIME),
        ("azure-auth-macros", MACROS),
        ("azure-auth-policy", POLICY),
        ("azure-auth-emulator", EMULATOR),
    ];
    for (name, rooms) in crates {
        println!("{name}");
        let mut arrows = BTreeMap::<&str, BTreeSet<&str>>::new();
        for (path, text) in files(&source(name)) {
            let module = module_of(&path);
            let Some(own) = room_of(&module, rooms) else { continue };
            let code = if path.ends_with("_tests.rs") { String::new() } else { without_tests(&text) };
            let named = paths(&code).into_iter().filter_map(|segments| room_of(&absolute(&segments, &module)?, rooms));
            arrows.entry(own).or_default().extend(named.filter(|room| *room != own));
        }
        for (room, to) in &arrows {
            println!("  {room} → {}", to.iter().copied().collect::<Vec<_>>().join(", "));
        }
        let mut left: BTreeSet<&str> = arrows.keys().copied().collect();
        while let Some(free) = left.iter().copied().find(|room| arrows[room].iter().all(|to| !left.contains(to))) {
            left.remove(free);
        }
        assert_eq!(left, BTreeSet::new(), "rooms of {name} that import from each other");
    }
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

/// What a file takes from rooms that its own may not import from. Tests may use every room of their floor and below.
fn upward(path: &str, text: &str, rooms: &[Room]) -> Vec<String> {
    let module = module_of(path);
    if matches!(module[0].as_str(), "lib" | "main" | "private") {
        return Vec::new();
    }
    let Some(own) = room_of(&module, rooms) else {
        return vec![format!("{path} lies in a room that this test does not know: say where it belongs")];
    };
    let code = if path.ends_with("_tests.rs") { String::new() } else { without_tests(text) };
    let rest = &text[code.len()..];
    let taken = paths(&code).into_iter().filter_map(|segments| absolute(&segments, &module));
    let above = taken.filter(|named| !may_import(own, named, rooms));
    let by_tests = paths(rest).into_iter().filter_map(|segments| absolute(&segments, &module));
    let of_tests = by_tests.filter(|named| {
        let is_own_floor = named[0] == module[0];
        !is_own_floor && !may_import(own, named, rooms)
    });
    above.chain(of_tests).map(|named| format!("{path} imports `{}`, which `{own}` may not", named.join("::"))).collect()
}

fn may_import(own: &str, named: &[String], rooms: &[Room]) -> bool {
    let Some(to) = room_of(named, rooms) else {
        // A floor's own folder, with nothing in it but rooms.
        return rooms.iter().any(|(room, _)| room.split('/').next() == named.first().map(String::as_str))
            && named.len() == 1;
    };
    let allowed = rooms.iter().find(|(room, _)| *room == own).map_or(&[][..], |(_, allowed)| *allowed);
    let floor = to.split('/').next().unwrap_or_default();
    to == own || allowed.iter().any(|room| *room == to || room.strip_suffix("/*") == Some(floor))
}

/// The modules on the way to a file.
fn module_of(path: &str) -> Vec<String> {
    let path = path.trim_end_matches(".rs");
    path.strip_suffix("/mod").unwrap_or(path).split('/').map(str::to_owned).collect()
}

/// The innermost room that something lies in.
fn room_of<'r>(module: &[String], rooms: &[(&'r str, &[&str])]) -> Option<&'r str> {
    let is_in = |room: &str| {
        room.split('/').zip(module).all(|(one, other)| one == other) && room.split('/').count() <= module.len()
    };
    rooms.iter().map(|(room, _)| *room).filter(|room| is_in(room)).max_by_key(|room| room.len())
}

/// A path from the root of the crate, if it leads anywhere in it.
fn absolute(segments: &[String], module: &[String]) -> Option<Vec<String>> {
    let supers = segments.iter().take_while(|segment| *segment == "super").count();
    let rest = &segments[supers.max(1).min(segments.len())..];
    let is_module = |name: &String| name.starts_with(|first: char| first.is_lowercase());
    let named = match segments.first()?.as_str() {
        "super" if supers < module.len() => [&module[..module.len() - supers], rest].concat(),
        // In a floor of one file, where tests name what is around them.
        "super" if rest.first().is_none_or(|first| !is_module(first)) => return None,
        "crate" | "super" => rest.to_vec(),
        _ => return None,
    };
    // A floor by its name alone says who may see something: `pub(in crate::floor)`.
    let is_own_floor = named.len() == 1 && named[0] == module[0];
    (!named.is_empty() && !is_own_floor).then_some(named)
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
