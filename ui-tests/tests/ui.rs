//! What compiles, what does not, and the exact words.
//!
//! `TRYBUILD=overwrite cargo test --package azure-auth-ui-tests` writes the words of the failing cases anew. Then read
//! them as someone does who made that mistake.

mod workspace;

use std::env;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use workspace::{Workspace, root, target_directory};

/// The compiler whose words are compared; others say some of them differently, and lint differently.
const REVIEWED_COMPILER: &str = "1.95.";

const FOLDERS: [&str; 7] = ["protect", "public", "endpoints", "guard", "open", "app", "api"];

/// Cases in crates without the prelude. Those with the name of a reviewed expansion include its source.
const STRICT: &str = "strict";

#[test]
fn every_mistake_is_reported_in_the_reviewed_words() {
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
    let cases = FOLDERS.iter().chain([&STRICT]).flat_map(|folder| passing(folder)).collect::<Vec<_>>();
    workspace.write("edition_2021/Cargo.toml", &manifest("2021", "azure-auth", &cases));
    workspace.write("edition_2024/Cargo.toml", &manifest("2024", "azure-auth", &cases));
    workspace.write("renamed/Cargo.toml", &manifest("2024", "sign-in", &passing("renamed")));

    let clippy = cargo(&workspace)
        .args(["clippy", "--workspace", "--bins", "--quiet", "--keep-going", "--"])
        .args(["-D", "warnings", "-W", "clippy::pedantic", "-W", "dead_code"])
        // Extractors are taken by value, whatever the attribute above is.
        .args(["-A", "clippy::needless_pass_by_value"])
        // Operations of poem-openapi are async, whatever they do.
        .args(["-A", "clippy::unused_async"])
        .output()
        .unwrap();
    assert!(clippy.status.success(), "{}", String::from_utf8_lossy(&clippy.stderr));
}

/// Mistakes in literals whose source is not their value: what comes before the part that is meant, and the part.
const PARTS: [(&str, &str, &str); 25] = [
    ("protect/fail/scope_after_an_escape", r"\x20", "emial"),
    ("protect/fail/scope_after_an_escape_of_unicode", r"\u{6f}penid ", "emial"),
    ("protect/fail/scope_after_an_escaped_line_break", r"\n", "emial"),
    ("protect/fail/scope_after_a_line_continuation", "  ", "emial"),
    ("protect/fail/scope_on_another_line", "  ", "emial"),
    ("protect/fail/scope_in_a_raw_string", "openid ", "emial"),
    ("protect/fail/scope_in_a_raw_string_with_signs", "openid ", "emial"),
    ("protect/fail/scope_in_letters_escaped", r"em\u{61}\x69l ", r"profil\u{65}s"),
    ("protect/fail/scope_with_a_quote", "Files.", "\""),
    ("protect/fail/scope_with_a_quote_escaped", "Files.", r#"\""#),
    ("protect/fail/scope_with_a_backslash", "Files", r"\"),
    ("protect/fail/scope_with_a_control_character", "openid", r"\x07"),
    ("protect/fail/scope_with_a_letter_outside_ascii", "caf", r"\u{e9}"),
    ("protect/fail/role_after_an_escape", r"\x57riter", r"\u{e9}"),
    ("protect/fail/role_after_a_line_continuation", "  ", "é"),
    ("protect/fail/role_in_a_raw_string", "Ad", r"\"),
    ("protect/fail/role_in_a_raw_string_with_signs", "Ad", "\""),
    ("endpoints/fail/parameter_after_an_escape", r"/caf\u{e9}/\x3aid/", ":"),
    ("endpoints/fail/parameter_after_a_line_continuation", ":id/", ":"),
    ("endpoints/fail/parameter_in_a_raw_string", ":id/", ":id"),
    ("endpoints/fail/expression_open", "/files/", r"<\d+"),
    ("endpoints/fail/path_with_a_query_in_a_raw_string", r"/files\a", "?b"),
    ("app/fail/role_after_an_escape", r"\u{54}asks\x2eWrite", r"\u{e9}"),
    ("app/fail/role_after_a_line_continuation", "  Wr", r"\\"),
    ("app/fail/role_in_a_raw_string", "Tasks", "\""),
];

/// Where the compiler lets macros name a part of a literal: stable ones do not yet, and the words have carets for that.
#[test]
fn mistakes_in_literals_are_underlined_to_the_letter() {
    if skips() {
        return;
    }
    let workspace = Workspace::new("azure-auth-ui-tests-parts");
    let case = |(case, _, _): (&str, _, _)| (case.replace('/', "_"), folder().join(case).with_extension("rs"));
    let cases = PARTS.map(case);
    let package = "package = { name = 'parts', edition = '2024' }";
    let macros = root().join("azure-auth-macros");
    let macros =
        format!("dependencies.azure-auth = {{ package = 'azure-auth-macros', path = '{}' }}", macros.display());
    workspace.write("parts/Cargo.toml", &format!("{package}\n{macros}\n{}", programs(&cases)));

    let check = workspace
        .cargo()
        .env("CARGO_TARGET_DIR", target_directory().join("tests/parts"))
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["check", "--bins", "--keep-going", "--message-format=json"])
        .output()
        .unwrap();
    let found = String::from_utf8(check.stdout).unwrap();
    for ((name, path), (_, before, part)) in cases.iter().zip(PARTS) {
        let source = fs::read_to_string(path).unwrap();
        let underlined = found.lines().filter_map(|line| underlined(line, name)).collect::<Vec<_>>();
        let [place] = underlined.as_slice() else { panic!("{name}: {underlined:?}") };
        assert_eq!(&source[place.clone()], part, "{name}");
        assert!(source[..place.start].ends_with(before), "{name}: at {place:?}");
    }
}

/// The bytes that one of our own errors is about: without the library below the macros there are others, with codes.
fn underlined(line: &str, program: &str) -> Option<Range<usize>> {
    let line: Value = serde_json::from_str(line).unwrap();
    let message = &line["message"];
    let is_ours = line["target"]["name"] == program && message["level"] == "error" && message["code"].is_null();
    let place = Some(&message["spans"][0]).filter(|_| is_ours)?;
    let byte = |end: &str| place[end].as_u64().and_then(|byte| usize::try_from(byte).ok());
    Some(byte("byte_start")?..byte("byte_end")?)
}

/// What is reviewed compiles, too: without the prelude, so that nothing but full paths can be in it.
#[test]
fn every_expansion_is_among_the_strict_cases() {
    let cases = passing(STRICT);
    for (case, path) in &cases {
        assert!(fs::read_to_string(path).unwrap().starts_with("#![no_implicit_prelude]\n"), "{case}");
    }
    for source in files("expansions").filter(|path| !path.to_string_lossy().ends_with(".expanded.rs")) {
        let name = source.file_stem().unwrap().display();
        let case = cases.iter().find(|(case, _)| *case == format!("{STRICT}_{name}"));
        let case = fs::read_to_string(&case.unwrap_or_else(|| panic!("no case for {name}")).1).unwrap();
        assert!(case.contains(&format!("::std::include!(\"../../expansions/{name}.rs\");")), "{name}");
    }
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
    let name = |path: &Path| format!("{folder}_{}", path.file_stem().unwrap().display());
    files(&format!("{folder}/pass")).map(|path| (name(&path), path)).collect()
}

fn files(folder: &str) -> impl Iterator<Item = PathBuf> {
    let files = fs::read_dir(self::folder().join(folder)).unwrap();
    files.map(|file| file.unwrap().path())
}

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A package with one program for each case, where the library goes by `name`.
fn manifest(edition: &str, name: &str, cases: &[(String, PathBuf)]) -> String {
    let library = root().join("azure-auth");
    format!(
        "package = {{ name = '{name}-in-{edition}', edition = '{edition}' }}\n\
         features = {{ default = ['files'], files = [] }}\n\
         dependencies.{name} = {{ package = 'azure-auth', path = '{}', features = ['openapi'] }}\n\
         dependencies.poem-openapi = {{ version = '5', default-features = false }}\n\
         dependencies.poem = {{ version = '3', default-features = false }}\n\
         {}",
        library.display(),
        programs(cases),
    )
}

fn programs(cases: &[(String, PathBuf)]) -> String {
    let programs = cases.iter().map(|(case, path)| format!("{{ name = '{case}', path = '{}' }}", path.display()));
    format!("bin = [{}]\n", programs.collect::<Vec<_>>().join(", "))
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
