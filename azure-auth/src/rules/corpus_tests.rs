//! What fuzzing found worth keeping, once more with every test run. The
//! fuzzers are in `fuzz` (`cargo fuzz run <target> tests/fuzzing/corpus/<target>` in the folder of this crate).

use std::fs;
use std::path::{Path, PathBuf};

#[path = "../../tests/fuzzing/targets.rs"]
mod targets;

#[test]
fn every_input_that_fuzzing_kept_passes() {
    for (name, target) in targets::TARGETS {
        let inputs = inputs(name);
        assert!(inputs.len() > 10, "the corpus of {name} is there");
        for input in inputs {
            // Shown if it is the last one.
            println!("{}", input.display());
            target(&fs::read(input).unwrap());
        }
    }
}

#[test]
fn no_corpus_is_without_a_target() {
    let folders = fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    for folder in folders {
        assert!(targets::TARGETS.iter().any(|(name, _)| *name == folder), "{folder}");
    }
}

fn inputs(name: &str) -> Vec<PathBuf> {
    let mut inputs: Vec<_> = fs::read_dir(corpus().join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
    inputs.sort();
    inputs
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzzing/corpus")
}
