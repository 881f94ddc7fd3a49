//! What a session in memory takes, and whether a million of them are found as fast as a thousand.
//!
//! `cargo bench -p azure-auth --bench memory_store` prints bytes for each session beside its record, and instructions of
//! a look-up as valgrind counts them: the same on a busy machine as on an idle one. It fails where either is over the
//! budget. Times are shown beside them: from a thousand sessions on, memory is what they wait for.

#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the lower floors are private: they are included whole, of which a part is measured"
)]

#[path = "../src/io"]
mod io {
    pub(crate) mod clock;
    pub(crate) mod entropy;
    pub(crate) mod sessions {
        pub(crate) mod beside;
        pub(crate) mod leases;
        pub(crate) mod memory;
        pub(crate) mod store;
    }
}
#[path = "../src/model/mod.rs"]
mod model;
#[path = "../src/rules/mod.rs"]
mod rules;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use io::sessions::memory::{MemoryLimits, MemoryStore};
use io::sessions::store::SessionStore;
use model::callers::identity::{Identity, UserId};
use model::sessions::session::{
    AuthorityFingerprint, Beginning, ProviderSession, SessionId, SessionLifetimes, SessionRecord,
};
use model::unix_time::UnixTime;

const NAME: &str = "azure-session";
const NOW: UnixTime = UnixTime(1_800_000_000);

const THOUSAND: u64 = 1_000;
const MILLION: u64 = 1_000_000;

/// Under valgrind a million would take minutes to begin; a hash map of this size has grown as often as not.
const COUNTED: u64 = 100_000;

const LOOK_UPS: usize = 1_000;
const ROUNDS: usize = 30;
const BYTES_BUDGET: usize = 1024;

/// Hundredths of what a look-up takes among a thousand.
const SPEED_BUDGET: u64 = 130;

/// A store and some of its tickets.
struct Filled {
    store: MemoryStore,
    tickets: Vec<String>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["look-up", count] => {
            look_up_counted(&Filled::with(count.parse().expect("a number")));
            ExitCode::SUCCESS
        }
        arguments if arguments.contains(&"--bench") => measure(),
        // `cargo test --all-targets` builds without optimization: there it only shows that it works.
        _ => {
            look_up_counted(&Filled::with(10));
            ExitCode::SUCCESS
        }
    }
}

impl Filled {
    fn with(count: u64) -> Self {
        let store = MemoryStore::new(MemoryLimits { sessions: usize::MAX, bytes: usize::MAX, leases: 1 });
        let every = (count / LOOK_UPS as u64).max(1);
        let mut tickets = Vec::new();
        for number in 0..count {
            let record = record(number);
            let beginning = now(store.begin(&record.identity.id, record.provider_session)).expect("room");
            let ticket = now(store.create(NAME, SessionRecord { beginning, ..record })).expect("room");
            if number % every == 0 {
                tickets.push(ticket);
            }
        }
        Self { store, tickets }
    }

    fn look_up(&self) {
        for ticket in &self.tickets {
            assert!(black_box(now(self.store.load(NAME, ticket))).is_ok_and(|found| found.is_ok()));
        }
    }

    fn time(&self) -> Duration {
        let begun = Instant::now();
        self.look_up();
        begun.elapsed()
    }
}

/// Valgrind counts what happens in the function of this name, and nothing else.
#[inline(never)]
fn look_up_counted(filled: &Filled) {
    filled.look_up();
}

fn measure() -> ExitCode {
    let few = Filled::with(THOUSAND);
    let record_bytes = serde_json::to_vec(&record(MILLION / 2)).expect("a record").len();
    let mut many = None;
    let held = allocation_counter::measure(|| many = Some(Filled::with(MILLION))).bytes_current;
    let many = many.expect("a store");
    let bytes = usize::try_from(held).expect("more than none") / usize::try_from(MILLION).expect("a number");
    let upkeep = bytes.saturating_sub(record_bytes);
    println!("a million sessions: {bytes} bytes each, of which {record_bytes} are the record; beside it {upkeep}");

    // In pairs, so that whatever else the machine does happens to both.
    let mut ratios: Vec<f64> = (0..ROUNDS)
        .map(|_| (few.time(), many.time()))
        .map(|(few, many)| many.as_secs_f64() / few.as_secs_f64())
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!("a look-up among them, by the clock: {:.2} × one among a thousand", ratios[ROUNDS / 2]);

    let is_fast = is_as_fast_by_instructions();
    if upkeep <= BYTES_BUDGET && is_fast { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn is_as_fast_by_instructions() -> bool {
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("NOTICE: no instructions were counted: `valgrind` is missing; install the package `valgrind`");
        return std::env::var("AZURE_AUTH_TESTS").as_deref() != Ok("complete");
    }
    let (few, many) = (instructions(THOUSAND), instructions(COUNTED));
    println!("instructions of a look-up: {few} among {THOUSAND}, {many} among {COUNTED}");
    many * 100 <= few * SPEED_BUDGET
}

fn instructions(count: u64) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*look_up_counted*"])
        .arg(std::env::current_exe().expect("the path of this program"))
        .args(["look-up", &count.to_string()])
        .output()
        .expect("valgrind");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let collected = told.lines().find_map(|line| line.split_once("Collected : ")).expect("a line with the count").1;
    collected.trim().parse::<u64>().expect("a number") / LOOK_UPS as u64
}

/// What a store in memory answers, it answers at once.
fn now<T>(mut answer: std::pin::Pin<Box<dyn Future<Output = T> + Send + '_>>) -> T {
    match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => unreachable!("nothing to wait for"),
    }
}

/// Everybody has a session of their own.
fn record(number: u64) -> SessionRecord {
    let lifetimes = SessionLifetimes::default();
    SessionRecord {
        id: SessionId([number, number]),
        signed_in_at: NOW,
        last_seen: NOW,
        idle_seconds: lifetimes.idle.as_secs(),
        ends_at: NOW + lifetimes.absolute,
        identity: Arc::new(Identity {
            roles_are_unknown: false,
            id: UserId::OpenId { issuer: "https://accounts.example".to_owned(), subject: format!("{number:08}") },
            display_name: Some("Adele Vance".to_owned()),
            preferred_username: Some("adele@contoso.example".to_owned()),
            email: None,
            roles: vec!["Reader".to_owned()],
            login_hint: None,
            claims: BTreeMap::new(),
        }),
        groups: None,
        provider_session: Some(ProviderSession([number, number])),
        data: None,
        beginning: Beginning::default(),
        authority: AuthorityFingerprint::default(),
    }
}
