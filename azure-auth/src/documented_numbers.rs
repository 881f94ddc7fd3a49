//! Numbers in the documents are those of the code: each is written here once, out of its constant.

use std::path::Path;
use std::time::Duration;

use crate::io::meters::catalogue::{self, Kind, Metric};
use crate::io::provider::{cached, transport_error};
use crate::io::sessions::{leases, stream_places};
use crate::model::sessions::session::SessionLifetimes;
use crate::rules::request::{embedding, return_to};
use crate::rules::session::{cookies, revocation, session_record};
use crate::rules::sign_in::authorization_response;
use crate::rules::token::{key_refresh, signature, token_claims};
use crate::web::application::state;

/// What a page says, with every run of blanks and line ends as one blank.
fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    std::fs::read_to_string(path).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn says(name: &str, words: &[String]) {
    // The pages are those of the repository: a package has none of them.
    if Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml.orig")).exists() {
        return;
    }
    let page = page(name);
    for words in words {
        assert!(page.contains(words.as_str()), "{name} does not say {words:?}; the code does");
    }
}

/// `65536` as people write it: `65,536`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
    groups.join(",")
}

fn seconds(time: Duration) -> u64 {
    time.as_secs()
}

fn hours(time: Duration) -> u64 {
    time.as_secs() / 3600
}

fn minutes(time: Duration) -> &'static str {
    match time.as_secs() {
        300 => "five minutes",
        600 => "ten minutes",
        other => panic!("{other} seconds have no words yet"),
    }
}

fn mebibytes(bytes: usize) -> usize {
    bytes >> 20
}

#[test]
fn the_security_page_says_the_numbers_of_the_code() {
    let SessionLifetimes { idle, absolute } = SessionLifetimes::default();
    let leeway = seconds(token_claims::CLOCK_LEEWAY);
    says(
        "SECURITY.md",
        &[
            format!("within the leeway of {leeway} seconds"),
            format!("until {leeway} seconds after the end"),
            format!("compact, RS256, at most {} KiB", signature::TOKEN_SIZE_LIMIT / 1024),
            format!("verified every time: at most {} KiB", signature::TOKEN_SIZE_LIMIT / 1024),
            format!("At most {} MiB are kept", mebibytes(cached::ACCEPTED_BUDGET)),
            format!("or {} minutes", seconds(signature::ABSENCE_LIMIT) / 60),
            format!("for {}", minutes(authorization_response::ATTEMPT_LIFETIME)),
            format!("at most {} bytes; otherwise to `/`", return_to::LENGTH_LIMIT),
            format!("over after {} hours without a request and {} hours after sign-in", hours(idle), hours(absolute)),
            format!("up to {} ended sessions", grouped(revocation::CAPACITY)),
            format!(
                "end after {} seconds, read at most {} MiB",
                seconds(transport_error::TIME_LIMIT),
                mebibytes(transport_error::SIZE_LIMIT)
            ),
            format!("at most once in {} seconds", seconds(key_refresh::COOL_DOWN)),
            format!("redeems at most {} codes at once", cached::REDEMPTIONS_AT_ONCE),
            format!("remembers {} accepted or undecided sign-ins", grouped(leases::LIMIT)),
            format!("may have {} event streams", stream_places::PLACES),
        ],
    );
}

#[test]
fn the_other_pages_say_the_numbers_of_the_code() {
    let SessionLifetimes { idle, absolute } = SessionLifetimes::default();
    let leeway = seconds(token_claims::CLOCK_LEEWAY);
    says(
        "README.md",
        &[
            format!("its clock within {leeway} seconds"),
            format!("once, for {}", minutes(authorization_response::ATTEMPT_LIFETIME)),
            format!("after {} hours without a request, and {} hours after sign-in", hours(idle), hours(absolute)),
        ],
    );
    let budget = grouped(session_record::COOKIE_BUDGET);
    let budget_limit = grouped(session_record::COOKIE_BUDGET_LIMIT);
    assert_eq!(cookies::PIECES, 3, "in words below");
    says(
        "docs/configuration.md",
        &[
            format!("| `idle_lifetime` | {} hours |", hours(idle)),
            format!("| `absolute_lifetime` | {} hours |", hours(absolute)),
            format!("| `session_cookie_budget` | {budget} |"),
            format!("1,024 to {budget_limit}"),
            format!("at most {budget} bytes; with `session_cookie_budget`, up to {budget_limit} in as many as three"),
        ],
    );
    says(
        "docs/operations.md",
        &[
            format!("until {leeway} seconds after"),
            format!("Idle ({} hours by default) and in all ({} hours)", hours(idle), hours(absolute)),
            format!("may have {} streams at each process", stream_places::PLACES),
            format!("At most {} codes are at the provider's token endpoint", cached::REDEMPTIONS_AT_ONCE),
        ],
    );
    assert_eq!((seconds(cached::REST_FOR_PEOPLE), seconds(cached::REST_FOR_TOKENS)), (1, 5), "in words below");
    says(
        "docs/operations.md",
        &["one request a second asks it for everybody, and one in five seconds for tokens".into()],
    );
    says("docs/embedding.md", &[format!("good for {} seconds", seconds(embedding::CODE_LIFETIME))]);
    says(
        "docs/refusals.md",
        &[
            format!(
                "a new key is accepted within {} seconds, and an id that one fetch did not bring after {}",
                seconds(key_refresh::COOL_DOWN),
                seconds(key_refresh::UNKNOWN_KEY_REST)
            ),
            format!("more than {} passed", minutes(authorization_response::ATTEMPT_LIFETIME)),
            format!("{} of the last ten minutes", grouped(leases::LIMIT)),
            format!("{} sign-ins wait for the provider's token endpoint", cached::REDEMPTIONS_AT_ONCE),
            format!("at most {} KiB", signature::TOKEN_SIZE_LIMIT / 1024),
        ],
    );
    says(
        "docs/performance.md",
        &[
            format!("Accepted access tokens are kept for at most {} MiB", mebibytes(cached::ACCEPTED_BUDGET)),
            format!("Opened sessions are kept for at most {} MiB", mebibytes(state::OPENED_BUDGET)),
            format!("at most {} entries each", grouped(revocation::CAPACITY)),
        ],
    );
}

#[test]
fn the_page_of_operations_has_every_metric_with_its_kind_and_labels() {
    let row = |Metric { name, kind, labels, .. }: &Metric| {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let labels: Vec<_> = labels.iter().map(|label| format!("`{label}`")).collect();
        format!("| `{name}` | {kind} | {} | ", labels.join(", ")).replace("|  |", "| |")
    };
    says("docs/operations.md", &catalogue::ALL.map(row));
}

#[cfg(feature = "redis")]
#[test]
fn the_page_of_configuration_says_how_long_sessions_of_redis_are_near() {
    let words = minutes(crate::io::sessions::redis::store::FRESH_FOR);
    says("docs/configuration.md", &[format!("for {words} at most")]);
}
