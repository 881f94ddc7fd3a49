//! Instructions per request, counted by valgrind: the same on a busy machine as on an idle one.
//!
//! `cargo bench -p azure-auth --features testing --bench instructions` prints what a case adds to its floor and fails
//! where that is over the budget. Every case runs in a process of its own; what is done once is not counted.

#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the two lower floors are private: they are included whole, of which a part is measured"
)]

mod cases;
#[path = "../src/model/mod.rs"]
mod model;
#[path = "../src/rules/mod.rs"]
mod rules;

use std::collections::BTreeMap;
use std::process::{Command, ExitCode};

use cases::{CASES, Material};

const ITERATIONS: u64 = 500;

/// One case beside its floor, and how far they may be apart.
struct Comparison {
    title: &'static str,
    floor: &'static str,
    ours: &'static str,
    budget: Budget,
}

enum Budget {
    /// Hundredths of the floor.
    Hundredths(u64),
    /// Instructions beyond the floor.
    Added(u64),
    /// Hundredths, of what the fetching adds to requests that fetch nothing.
    Beyond { floor: &'static str, ours: &'static str, most: u64 },
    /// Shown only.
    None,
}

const COMPARISONS: [Comparison; 13] = [
    Comparison { title: "ID token", floor: "verification-alone", ours: "id-token", budget: Budget::Hundredths(125) },
    Comparison {
        title: "session, first sight",
        floor: "plain-handler",
        ours: "guarded-handler-at-first-sight",
        budget: Budget::Added(32_000),
    },
    Comparison {
        title: "session, seen before",
        floor: "plain-handler",
        ours: "guarded-handler-with-user",
        budget: Budget::Added(6_500),
    },
    Comparison {
        title: "the same, kept in memory",
        floor: "plain-handler",
        ours: "session-in-memory",
        budget: Budget::Added(6_500),
    },
    Comparison {
        title: "the same, kept in Redis",
        floor: "plain-handler",
        ours: "session-in-redis",
        budget: Budget::Added(6_500),
    },
    Comparison {
        title: "fetched from Redis",
        floor: "fetched-by-hand",
        ours: "fetched-from-redis",
        budget: Budget::Beyond { floor: "plain-handler", ours: "session-in-redis", most: 115 },
    },
    Comparison {
        title: "the same without `User`",
        floor: "plain-handler",
        ours: "guarded-handler",
        budget: Budget::None,
    },
    Comparison {
        title: "access token, first sight",
        floor: "access-token-verification-alone",
        ours: "access-token",
        budget: Budget::Hundredths(115),
    },
    Comparison {
        title: "access token, seen before",
        floor: "plain-api-handler",
        ours: "guarded-api-handler",
        budget: Budget::Added(6_500),
    },
    Comparison {
        title: "session, metered",
        floor: "guarded-handler-with-user",
        ours: "metered-handler-with-user",
        budget: Budget::Added(400),
    },
    Comparison {
        title: "access token, metered",
        floor: "guarded-api-handler",
        ours: "metered-api-handler",
        budget: Budget::Added(400),
    },
    Comparison {
        title: "session, with a token",
        floor: "session-without-token",
        ours: "session-with-token",
        budget: Budget::Added(1_500),
    },
    Comparison {
        title: "on behalf of a caller",
        floor: "caller-without-token",
        ours: "caller-with-token",
        budget: Budget::Added(1_500),
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["repeat", case, material] => {
            repeat(case, material);
            ExitCode::SUCCESS
        }
        arguments if arguments.contains(&"--bench") => measure(),
        // `cargo test --all-targets` builds without optimization: there the cases only show that they work.
        _ => {
            let material = Material::new();
            for (case, _) in CASES {
                drop(cases::prepare(case, &material));
            }
            ExitCode::SUCCESS
        }
    }
}

/// What runs under valgrind.
fn repeat(case: &str, material: &str) {
    let material = serde_json::from_str(material).expect("the material");
    if let Some(iteration) = cases::prepare(case, &material) {
        iterate_counted(&iteration);
    }
}

/// Valgrind counts what happens in the function of this name, and nothing else.
#[inline(never)]
fn iterate_counted(iteration: &cases::Iteration) {
    for _ in 0..ITERATIONS {
        iteration();
    }
}

fn measure() -> ExitCode {
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("NOTICE: no instructions were counted: `valgrind` is missing; install the package `valgrind`");
        let must_be_complete = std::env::var("AZURE_AUTH_TESTS").is_ok_and(|value| value == "complete");
        return if must_be_complete { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    }
    let material = serde_json::to_string(&Material::new()).expect("the material");
    let counts = CASES.iter().map(|(case, _)| (*case, per_iteration(case, &material))).collect();
    report(&counts)
}

fn per_iteration(case: &str, material: &str) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*iterate_counted*"])
        .arg(std::env::current_exe().expect("the path of this program"))
        .args(["repeat", case, material])
        .output()
        .expect("valgrind");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the case {case} failed:\n{told}");
    let collected = told.lines().find_map(|line| line.split_once("Collected : ")).expect("a line with the count").1;
    collected.trim().parse::<u64>().expect("a number") / ITERATIONS
}

fn report(counts: &BTreeMap<&str, u64>) -> ExitCode {
    println!("{:<26}{:>10}{:>10}{:>12}{:>12}", "instructions", "floor", "ours", "compared", "budget");
    let mut is_within = true;
    for Comparison { title, floor, ours, budget } in &COMPARISONS {
        let (floor, ours) = (counts[floor], counts[ours]);
        if floor == 0 || ours == 0 {
            println!("{title:<26}not counted: a program that it needs is not installed, or a feature not on");
            continue;
        }
        let added = ours.saturating_sub(floor);
        let (compared, allowed, is_over) = match *budget {
            Budget::Hundredths(most) => (hundredths(ours * 100 / floor), hundredths(most), ours * 100 > floor * most),
            Budget::Added(most) => (format!("+ {added}"), format!("+ {most}"), added > most),
            Budget::Beyond { floor: known_floor, ours: known_ours, most } => {
                let (floor, ours) =
                    (floor.saturating_sub(counts[known_floor]), ours.saturating_sub(counts[known_ours]));
                (hundredths(ours * 100 / floor.max(1)), hundredths(most), ours * 100 > floor * most)
            }
            Budget::None => (format!("+ {added}"), String::new(), false),
        };
        let verdict = if is_over { "  OVER" } else { "" };
        println!("{title:<26}{floor:>10}{ours:>10}{compared:>12}{allowed:>12}{verdict}");
        is_within &= !is_over;
    }
    for (what, by_hand, floor) in
        [("session", "handler-by-hand", "plain-handler"), ("token", "api-handler-by-hand", "plain-api-handler")]
    {
        let added = counts[by_hand].saturating_sub(counts[floor]);
        println!("for comparison, a {what} seen before, found by hand in a hash map: + {added}");
    }
    println!("for comparison, a sealed session opened and read by hand: {}", counts["session-by-hand"]);
    if is_within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn hundredths(value: u64) -> String {
    format!("{}.{:02} ×", value / 100, value % 100)
}
