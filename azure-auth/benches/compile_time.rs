//! What `#[protect]` adds to compiling an application, in time of the processor.
//!
//! `cargo bench -p azure-auth --bench compile_time` writes the same 500 handlers in four crates: without a guard, with
//! an extractor written by hand, behind `#[protect]`, and the last in `endpoints!` tables. Cargo compiles each in turn,
//! round after round, in the profile `dev` and not incrementally; what they depend on is compiled before and not
//! counted. It fails where `#[protect]` is over a budget.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const HANDLERS: usize = 500;
const ROUNDS: usize = 5;

/// Times the same handlers with an extractor written by hand.
const BY_HAND_BUDGET: f64 = 1.15;

/// The file where the compiler's time is noted. Where it is set, this program takes the place of the compiler.
const NOTE: &str = "AZURE_AUTH_COMPILE_TIME";

/// How the handlers of a crate are guarded.
#[derive(Clone, Copy, PartialEq)]
enum Guard {
    None,
    ByHand,
    Protect,
    ProtectInTables,
}

const GUARDS: [Guard; 4] = [Guard::None, Guard::ByHand, Guard::Protect, Guard::ProtectInTables];

fn main() -> ExitCode {
    if let Some(note) = env::var_os(NOTE) {
        return compile(&note);
    }
    if Command::new("sh").args(["-c", "times"]).output().is_err() {
        eprintln!("NOTICE: nothing was compiled: `sh` is missing");
        return ExitCode::SUCCESS;
    }
    let is_bench = env::args().any(|argument| argument == "--bench");
    // `cargo test --all-targets` only shows that every kind of handler compiles.
    let (handlers, rounds) = if is_bench { (HANDLERS, ROUNDS) } else { (FORMS * REQUIREMENTS.len(), 0) };
    write_workspace(handlers);
    // Unmeasured, for what the crates depend on is compiled with the first.
    for guard in GUARDS {
        compiled(guard, handlers);
    }
    let times = (0..rounds).map(|round| one_round(round, handlers)).collect::<Vec<_>>();
    if !is_bench || is_within_budget(&times) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Compiles every crate once: milliseconds for each handler, in the order of `GUARDS`.
fn one_round(round: usize, handlers: usize) -> [f64; 4] {
    let mut times = [0.0; 4];
    for position in 0..GUARDS.len() {
        // Who goes first changes, so that whatever else the machine does happens to all.
        let turn = (position + round) % GUARDS.len();
        times[turn] = compiled(GUARDS[turn], handlers);
    }
    times
}

fn is_within_budget(rounds: &[[f64; 4]]) -> bool {
    let median = |value: fn(&[f64; 4]) -> f64| {
        let mut values = rounds.iter().map(value).collect::<Vec<_>>();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    println!("milliseconds of the processor for each of {HANDLERS} handlers, median of {ROUNDS} rounds");
    println!("{:<34}{:>8.2}", "`#[handler]` alone", median(|[none, ..]| *none));
    println!("{:<34}{:>8.2}", "an extractor written by hand", median(|[_, by_hand, ..]| *by_hand));
    println!("{:<34}{:>8.2}", "`#[protect]`", median(|[_, _, protect, _]| *protect));
    println!("{:<34}{:>8.2}", "`#[protect]`, in `endpoints!` tables", median(|[.., tables]| *tables));
    let to_hand = median(|[_, by_hand, protect, _]| protect / by_hand);
    let added = median(|[none, _, protect, _]| protect - none);
    let added_by_hand = median(|[none, by_hand, ..]| by_hand - none);
    println!("`#[protect]`, to the extractor written by hand: {to_hand:.2} × of at most {BY_HAND_BUDGET:.2} ×");
    println!("beyond `#[handler]` alone: + {added:.2}; the extractor written by hand: + {added_by_hand:.2}");
    to_hand <= BY_HAND_BUDGET
}

/// Has Cargo compile one crate alone: milliseconds for each handler.
fn compiled(guard: Guard, handlers: usize) -> f64 {
    // Written anew, or Cargo finds that nothing changed.
    guard.write_source(handlers);
    let note = workspace().join("times");
    let mut cargo = Command::new(env!("CARGO"));
    // The profile as it comes, whatever the caller's own is.
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CARGO_PROFILE_")) {
        cargo.env_remove(name);
    }
    let output = cargo
        .current_dir(workspace())
        .env_remove("RUSTFLAGS")
        .env_remove("RUSTC_WRAPPER")
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", target_directory())
        .env("RUSTC_WORKSPACE_WRAPPER", env::current_exe().expect("the path of this program"))
        .env(NOTE, &note)
        .args(["build", "--offline", "--color=never", "--package", guard.package()])
        .output()
        .expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let noted = fs::read_to_string(&note).expect("what the compiler took");
    let handlers = u32::try_from(handlers).expect("some hundred");
    seconds_of_children(&noted) * 1000.0 / f64::from(handlers)
}

/// Runs the compiler and notes the time that it and its own children took.
fn compile(note: &OsStr) -> ExitCode {
    let status = Command::new("sh")
        .args(["-c", r#""$@" || exit; times >"$0""#])
        .arg(note)
        .args(env::args_os().skip(1))
        .status()
        .expect("a shell");
    if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The second line that `times` writes, as in `0m7.31s 0m0.52s`: user and system.
fn seconds_of_children(noted: &str) -> f64 {
    let times = noted.lines().nth(1).expect("two lines").split_whitespace().map(|time| {
        let (minutes, seconds) = time.trim_end_matches('s').split_once('m').expect("minutes");
        minutes.parse::<f64>().expect("minutes") * 60.0 + seconds.parse::<f64>().expect("seconds")
    });
    times.sum()
}

/// Beside the application's own requirement, what its packages are: their versions are those of the project.
fn write_workspace(handlers: usize) {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("the lock file of the project");
    write(&workspace().join("Cargo.lock"), &lock);
    write(&workspace().join("Cargo.toml"), "workspace = { members = ['*'], resolver = '3' }\n");
    for guard in GUARDS {
        write(&workspace().join(guard.package()).join("Cargo.toml"), &guard.manifest());
        guard.write_source(handlers);
    }
}

impl Guard {
    fn package(self) -> &'static str {
        match self {
            Self::None => "handlers-alone",
            Self::ByHand => "handlers-guarded-by-hand",
            Self::Protect => "handlers-protected",
            Self::ProtectInTables => "handlers-protected-in-tables",
        }
    }

    fn manifest(self) -> String {
        let library = match self {
            Self::None | Self::ByHand => String::new(),
            Self::Protect | Self::ProtectInTables => {
                format!("dependencies.azure-auth.path = '{}'\n", env!("CARGO_MANIFEST_DIR"))
            }
        };
        format!(
            "package = {{ name = '{}', edition = '2024' }}\n\
             dependencies.poem = {{ version = '3', default-features = false, features = ['server'] }}\n\
             dependencies.serde = {{ version = '1', features = ['derive'] }}\n\
             {library}",
            self.package()
        )
    }

    fn write_source(self, handlers: usize) {
        write(&workspace().join(self.package()).join("src/lib.rs"), &self.source(handlers));
    }

    fn source(self, handlers: usize) -> String {
        let mut source = APPLICATION.to_owned();
        if self == Self::ByHand {
            source += GUARD_BY_HAND;
        }
        source.extend((0..handlers).map(|number| self.handler(number)));
        source.extend((0..handlers).step_by(ROWS).map(|first| self.rows(first, handlers.min(first + ROWS))));
        source
    }

    /// One handler behind one requirement: every pair has its turn.
    fn handler(self, number: usize) -> String {
        let requirement = &REQUIREMENTS[number / FORMS % REQUIREMENTS.len()];
        let needs = requirement.needs;
        let (above, guard) = match self {
            Self::None => (String::new(), String::new()),
            Self::ByHand => (
                format!(
                    "pub struct Marker{number};\n\
                     impl Requires for Marker{number} {{ const NEEDS: &[Need] = &[{needs}]; }}\n"
                ),
                format!("_: Guard<Marker{number}>, "),
            ),
            Self::Protect | Self::ProtectInTables => {
                (format!("#[azure_auth::protect{}]\n", requirement.arguments), String::new())
            }
        };
        let handler = match number % FORMS {
            0 => format!(
                "async fn handler_{number}({guard}Path(number): Path<u32>) -> String {{ format!(\"invoice {{number}}\") }}"
            ),
            1 => format!(
                "fn handler_{number}({guard}Query(page): Query<Page>) -> Json<Invoice> {{ Json(page.invoice()) }}"
            ),
            2 => format!(
                "async fn handler_{number}({guard}Path(number): Path<u32>, Json(invoice): Json<Invoice>) -> Result<Json<Invoice>> {{\n    \
                     Ok(Json(invoice.numbered(number)?))\n\
                 }}"
            ),
            _ => format!(
                "fn handler_{number}({guard}Data(files): Data<&Files>, Query(page): Query<Page>) -> String {{ files.name(&page) }}"
            ),
        };
        format!("\n{above}#[handler]\n{handler}\n")
    }

    /// The function that mounts some of the handlers.
    fn rows(self, first: usize, end: usize) -> String {
        let row = |number: usize| {
            let method = if number % FORMS == 2 { "post" } else { "get" };
            if self == Self::ProtectInTables {
                format!("        \"/{number}/:number\" => {method}(handler_{number}),")
            } else {
                format!("        .at(\"/{number}/:number\", {method}(handler_{number}))")
            }
        };
        let rows = (first..end).map(row).collect::<Vec<_>>().join("\n") + "\n";
        if self == Self::ProtectInTables {
            format!(
                "\npub fn table_{first}() -> azure_auth::Endpoints {{\n    azure_auth::endpoints! {{\n{rows}    }}\n}}\n"
            )
        } else {
            format!("\npub fn routes_{first}() -> Route {{\n    Route::new()\n{rows}}}\n")
        }
    }
}

/// Synchronous or not, with one argument or two.
const FORMS: usize = 4;

/// Handlers that one function mounts.
const ROWS: usize = 50;

/// The same requirement, as arguments of `#[protect]` and for the extractor written by hand.
struct Requirement {
    arguments: &'static str,
    needs: &'static str,
}

const REQUIREMENTS: [Requirement; 4] = [
    Requirement { arguments: "", needs: "" },
    Requirement { arguments: r#"(scopes = "openid email Invoices.Read")"#, needs: r#"Need::Scope("Invoices.Read")"# },
    Requirement { arguments: r#"(roles = "Admin")"#, needs: r#"Need::AnyRole(&["Admin"])"# },
    Requirement {
        arguments: r#"(scopes = "Invoices.Write", roles = any("Writer", "Admin"), tenants = "11111111-aaaa-4bbb-8ccc-222222222222")"#,
        needs: r#"Need::Scope("Invoices.Write"), Need::AnyRole(&["Writer", "Admin"]), Need::Tenant("11111111-aaaa-4bbb-8ccc-222222222222")"#,
    },
];

const APPLICATION: &str = r#"
use poem::web::{Data, Json, Path, Query};
use poem::{Result, Route, get, handler, post};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
pub struct Page {
    number: u32,
}

#[derive(Deserialize, Serialize)]
pub struct Invoice {
    number: u32,
    text: String,
}

#[derive(Clone)]
pub struct Files {
    folder: String,
}

impl Page {
    fn invoice(self) -> Invoice {
        Invoice { number: self.number, text: String::new() }
    }
}

impl Invoice {
    fn numbered(self, number: u32) -> Result<Self> {
        Ok(Self { number, ..self })
    }
}

impl Files {
    fn name(&self, page: &Page) -> String {
        format!("{}/{}", self.folder, page.number)
    }
}
"#;

/// As short as it may be: everything that is not the handler's own is compiled once.
const GUARD_BY_HAND: &str = r"
pub struct Caller {
    tenant: String,
    scopes: Vec<String>,
    roles: Vec<String>,
}

pub enum Need {
    Scope(&'static str),
    AnyRole(&'static [&'static str]),
    Tenant(&'static str),
}

pub trait Requires {
    const NEEDS: &'static [Need];
}

pub struct Guard<T>(std::marker::PhantomData<fn() -> T>);

impl<'a, T: Requires> poem::FromRequest<'a> for Guard<T> {
    async fn from_request(request: &'a poem::Request, _body: &mut poem::RequestBody) -> Result<Self> {
        admit(request, T::NEEDS).await?;
        Ok(Self(std::marker::PhantomData))
    }
}

async fn admit(request: &poem::Request, needs: &[Need]) -> Result<()> {
    let caller = request.extensions().get::<Caller>();
    let caller = caller.ok_or_else(|| poem::Error::from_status(poem::http::StatusCode::UNAUTHORIZED))?;
    let is_admitted = needs.iter().all(|need| match need {
        Need::Scope(scope) => caller.scopes.iter().any(|found| found == scope),
        Need::AnyRole(roles) => caller.roles.iter().any(|found| roles.contains(&found.as_str())),
        Need::Tenant(tenant) => caller.tenant == *tenant,
    });
    if is_admitted { Ok(()) } else { Err(poem::Error::from_status(poem::http::StatusCode::FORBIDDEN)) }
}
";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile-time")
}

fn target_directory() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the folder of targets")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of the project")
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}
