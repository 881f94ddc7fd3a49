//! Takes the examples of the macros out of their sources, so that `src/pages.rs` can run them.
//!
//! They cannot run where they are: a crate of macros that depends on the runtime, if only for its tests, has the runtime
//! and everything below it built a second time.

use std::path::PathBuf;
use std::{env, fs};

const MACROS: &str = "../azure-auth-macros/src/lib.rs";

fn main() {
    println!("cargo::rerun-if-changed={MACROS}");
    let source = fs::read_to_string(MACROS).expect("the entry points of the macros");
    let folder = env::var_os("OUT_DIR").map(PathBuf::from).expect("a folder for what is generated");
    fs::write(folder.join("macros.md"), documentation(&source)).expect("room for a page");
}

/// The text of every `///` comment, with an empty line where one ends.
fn documentation(source: &str) -> String {
    let line =
        |line: &str| line.strip_prefix("///").map_or(String::new(), |text| text.trim_start_matches(' ').to_owned());
    source.lines().map(line).collect::<Vec<_>>().join("\n")
}
