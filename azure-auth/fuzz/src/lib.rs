//! The two lower floors of `azure-auth`, which are private, and what fuzzing does with them.

#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the two lower floors are included whole, of which a part is fuzzed"
)]

#[path = "../../src/model/mod.rs"]
mod model;
#[path = "../../src/rules/mod.rs"]
mod rules;
#[path = "../../tests/fuzzing/targets.rs"]
mod targets;

/// Runs the target of this name on an input; it panics where something does not hold.
pub fn run(name: &str, input: &[u8]) {
    let (_, target) = targets::TARGETS.iter().find(|(target, _)| *target == name).expect("the name of a target");
    target(input);
}
