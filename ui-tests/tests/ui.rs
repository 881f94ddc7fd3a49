//! What compiles, what does not, and the exact words.
//!
//! `TRYBUILD=overwrite cargo test --workspace --test ui` writes the words of the failing cases anew. Then read them as
//! someone does who made that mistake.
//!
//! Every case is given to the compiler alone, beside the libraries that the tests are built with: nothing is built twice.

mod built;
mod said;
mod workspace;

use std::env;
use std::fs;
use std::iter;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use built::{Built, rustc};
use serde_json::Value;
use workspace::{Workspace, root};

/// The compiler whose words are compared; others say some of them differently, and lint differently.
const REVIEWED_COMPILER: &str = "1.95.";

const FOLDERS: [&str; 8] = ["protect", "public", "endpoints", "guard", "open", "app", "api", "downstream"];

/// Cases in crates without the prelude. Those with the name of a reviewed expansion include its source.
const STRICT: &str = "strict";

/// What the cases may name.
const LIBRARIES: [&str; 4] = ["azure_auth", "poem", "poem_openapi", "tokio"];

#[test]
fn every_mistake_is_reported_in_the_reviewed_words() {
    if skips() {
        return;
    }
    let cases: Vec<PathBuf> = FOLDERS.iter().flat_map(|folder| sources(&format!("{folder}/fail"))).collect();
    let wrong = each(&cases, |case| {
        let compiled = compile(&rustc(), "2024", "ui-tests", &LIBRARIES, case).arg("-Adead_code").output().unwrap();
        assert!(!compiled.status.success(), "{} compiles", case.display());
        difference(case, &said::by_compiler(&compiled.stderr, case))
    });
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Nothing where the words are those that were reviewed.
fn difference(case: &Path, words: &str) -> Option<String> {
    let reviewed = folder().join(case).with_extension("stderr");
    if env::var_os("TRYBUILD").is_some_and(|value| value == "overwrite") {
        fs::write(&reviewed, words).unwrap();
    }
    let expected = fs::read_to_string(&reviewed).unwrap_or_default();
    (expected != words).then(|| format!("{}\nexpected:\n{expected}\nfound:\n{words}", case.display()))
}

/// In both editions, and where the library has another name. Clippy compiles as the compiler does and finds more.
#[test]
fn every_passing_case_compiles_without_a_warning() {
    if skips() {
        return;
    }
    let passing = |folder: &str| sources(&format!("{folder}/pass"));
    let cases: Vec<PathBuf> = FOLDERS.into_iter().chain([STRICT]).flat_map(passing).collect();
    let renamed = passing("renamed");
    let other_names = ["sign_in=azure_auth", "poem", "poem_openapi"];
    let mut wrong = each(&cases, |case| warnings("2024", "ui-tests", &LIBRARIES, case));
    wrong.extend(each(&cases, |case| warnings("2021", "ui-tests", &LIBRARIES, case)));
    wrong.extend(each(&renamed, |case| warnings("2024", "ui-tests/renamed", &other_names, case)));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn warnings(edition: &str, package: &str, libraries: &[&str], case: &Path) -> Option<String> {
    let clippy = compile(&clippy(), edition, package, libraries, case)
        .args(["--cfg", "feature=\"files\"", "-Dwarnings", "-Wclippy::pedantic", "-Wdead_code"])
        // Extractors are taken by value, whatever the attribute above is.
        .arg("-Aclippy::needless_pass_by_value")
        // Operations of poem-openapi are async, whatever they do.
        .arg("-Aclippy::unused_async")
        .output()
        .unwrap();
    (!clippy.status.success()).then(|| String::from_utf8_lossy(&clippy.stderr).into_owned())
}

/// One program, without linking it. It is named from the root of the project, as the sources of the library are.
fn compile(program: &Path, edition: &str, package: &str, libraries: &[&str], case: &Path) -> Command {
    let name = case.file_stem().unwrap().display();
    let mut compiler = Built::libraries().compiler(program, &root().join(package), libraries.iter().copied());
    compiler
        .current_dir(root())
        .arg(Path::new("ui-tests").join(case))
        .arg(format!("--edition={edition}"))
        .arg(format!("--crate-name={name}"));
    compiler.args(["--crate-type=bin", "--emit=metadata", "--diagnostic-width=140", "--out-dir"]);
    compiler.arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("ui").join(edition).join(case.parent().unwrap()));
    compiler
}

/// What is found in all of them, as many at once as there are cores.
fn each(cases: &[PathBuf], judge: impl Fn(&Path) -> Option<String> + Sync) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let work =
        || iter::from_fn(|| cases.get(next.fetch_add(1, Ordering::Relaxed))).filter_map(|case| judge(case)).collect();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker: thread::ScopedJoinHandle<'_, Vec<String>>| worker.join().unwrap())
            .collect()
    })
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

    let check = Command::new(env!("CARGO"))
        .current_dir(workspace.folder())
        // Beside the workspace, whose members are all its folders.
        .env("CARGO_TARGET_DIR", workspace.folder().with_extension("target"))
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["--offline", "--color=never", "check", "--bins", "--keep-going", "--message-format=json"])
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
    for source in
        files("../azure-auth-macros/tests/expansions").filter(|path| !path.to_string_lossy().ends_with(".expanded.rs"))
    {
        let name = source.file_stem().unwrap().display();
        let case = cases.iter().find(|(case, _)| *case == format!("{STRICT}_{name}"));
        let case = fs::read_to_string(&case.unwrap_or_else(|| panic!("no case for {name}")).1).unwrap();
        assert!(
            case.contains(&format!("::std::include!(\"../../../azure-auth-macros/tests/expansions/{name}.rs\");")),
            "{name}"
        );
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

/// Clippy beside the compiler.
fn clippy() -> PathBuf {
    let sysroot = Command::new(rustc()).args(["--print", "sysroot"]).output().unwrap().stdout;
    let sysroot = PathBuf::from(String::from_utf8(sysroot).unwrap().trim_end());
    sysroot.join("bin").join(format!("clippy-driver{}", env::consts::EXE_SUFFIX))
}

/// A line of `rustc -vV`.
fn compiler(fact: &str) -> String {
    let facts = String::from_utf8(Command::new(rustc()).arg("-vV").output().unwrap().stdout).unwrap();
    let line = facts.lines().find_map(|line| line.strip_prefix(fact)?.strip_prefix(": "));
    line.unwrap_or_else(|| panic!("no {fact} in {facts:?}")).to_owned()
}

/// The passing cases of a folder: name and file.
fn passing(folder: &str) -> Vec<(String, PathBuf)> {
    let name = |path: &Path| format!("{folder}_{}", path.file_stem().unwrap().display());
    files(&format!("{folder}/pass")).map(|path| (name(&path), path)).collect()
}

/// The cases of a folder, each by its path below that of this crate.
fn sources(folder: &str) -> Vec<PathBuf> {
    let is_source = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    let below = |path: PathBuf| path.strip_prefix(self::folder()).unwrap().to_owned();
    files(folder).filter(is_source).map(below).collect()
}

fn files(folder: &str) -> impl Iterator<Item = PathBuf> {
    let files = fs::read_dir(self::folder().join(folder)).unwrap();
    files.map(|file| file.unwrap().path())
}

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn programs(cases: &[(String, PathBuf)]) -> String {
    let programs = cases.iter().map(|(case, path)| format!("{{ name = '{case}', path = '{}' }}", path.display()));
    format!("bin = [{}]\n", programs.collect::<Vec<_>>().join(", "))
}
