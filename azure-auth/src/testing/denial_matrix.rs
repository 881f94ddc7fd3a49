//! Every way to be refused by an application, tried.

use std::process::ExitCode;

use azure_auth_policy::PathPattern;
use poem::http::{Method, StatusCode, Uri};
use poem::{Endpoint, Request};
use serde_json::Value;

use super::denials::{self, Case, Credential, Flaw};
use super::{TestAuth, TestIdentity, sign};
use crate::model::policies::row::Row;
use crate::rules::policy::caller_space::{Caller, CallerKind};
use crate::rules::policy::token_words::{Holder, TakenToken, taken};
use crate::web::handler::guard::DryRun;
use crate::web::layer::endpoints::Endpoints;

/// Tries every declared method of every path with callers that must be refused, and with those that must get in.
///
/// Each row is asked by nobody at all; by sessions and tokens that are expired, forged, of a tenant that is not accepted,
/// or (tokens) for another audience; with each scope, role, group and app role missing that decides something; by
/// applications and by people where only the others are wanted; from another site, where the request changes something;
/// and by every caller that has just enough. A new row is covered the day it is added.
///
/// ```
/// use azure_auth::testing::denial_matrix;
/// use poem::{get, handler};
///
/// #[azure_auth::protect(scopes = "Files.Read")]
/// #[handler]
/// fn files() -> &'static str {
///     unreachable!("no handler runs")
/// }
///
/// // #[tokio::test]
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// denial_matrix(azure_auth::endpoints! { "/api/files" => get(files) }).run().await;
/// // GET /api/files: refuses an anonymous caller
/// // GET /api/files: refuses a token without Files.Read
/// // GET /api/files: admits a token with Files.Read
/// // …
/// # }
/// ```
///
/// No handler runs: the requests of the matrix, and no others, are answered 204 by the last guard that would admit them.
/// Public rows outside of every [`guard!`](crate::guard) are not called. Neither is the function in `check`: it is yours,
/// needs your data, and only ever refuses more; test it yourself. What else is in the table (middleware, data, nested
/// tables) is as you give it; an `AzureAuth` around it is left out.
///
/// A row `protect(endpoint, …)`, which answers every method, is asked with `GET` and with `POST`.
///
/// Parameters of a path are filled in. A regular expression takes a [`sample`](DenialMatrix::sample).
#[must_use = "nothing is tried before `run`"]
pub fn denial_matrix(endpoints: Endpoints) -> DenialMatrix {
    DenialMatrix { endpoints: endpoints.without_auth(), samples: Vec::new() }
}

/// Cases for a whole table; made by [`denial_matrix`].
///
/// ```
/// # fn app() -> azure_auth::Endpoints { azure_auth::endpoints! {} }
/// use azure_auth::testing::{DenialMatrix, denial_matrix};
///
/// fn matrix() -> DenialMatrix {
///     denial_matrix(app()).sample(r"/files/:id<\d+>", "/files/42")
/// }
/// ```
#[derive(Debug)]
#[must_use = "nothing is tried before `run`"]
pub struct DenialMatrix {
    endpoints: Endpoints,
    samples: Vec<(String, String)>,
}

/// A case of a row, with its name.
struct Trial {
    name: String,
    /// Or why it cannot be tried.
    case: Result<Attempt, String>,
}

/// A request to make.
struct Attempt {
    method: Method,
    uri: Uri,
    /// How many guards are in front of the row, its own among them.
    guards: usize,
    case: Case,
}

/// The table inside an `AzureAuth` that accepts what the cases bring.
struct Stage {
    auth: TestAuth,
    endpoints: Endpoints,
}

impl DenialMatrix {
    /// A path that fits a pattern of the table, which is given whole: for regular expressions.
    ///
    /// ```
    /// # use poem::{get, handler};
    /// # #[azure_auth::protect]
    /// # #[handler]
    /// # fn file() -> &'static str { "file" }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let endpoints = azure_auth::endpoints! { r"/files/:id<\d+>" => get(file) };
    /// azure_auth::testing::denial_matrix(endpoints).sample(r"/files/:id<\d+>", "/files/42").run().await;
    /// # }
    /// ```
    pub fn sample(mut self, pattern: impl Into<String>, path: impl Into<String>) -> Self {
        self.samples.push((pattern.into(), path.into()));
        self
    }

    /// The name of each case, such as `GET /api/files: refuses a token without Files.Read`.
    ///
    /// ```
    /// let matrix = azure_auth::testing::denial_matrix(azure_auth::endpoints! {});
    /// assert!(matrix.names().is_empty());
    /// ```
    pub fn names(&self) -> Vec<String> {
        self.trials().into_iter().map(|trial| trial.name).collect()
    }

    /// The tokens for other APIs that rows take, such as `GET /mail: takes Microsoft Graph: Mail.Read, for the person`. Each of
    /// these rows is also tried by people whom it admits and who have not agreed.
    ///
    /// ```
    /// use azure_auth::testing::denial_matrix;
    /// use azure_auth::{Token, graph};
    /// use poem::{get, handler};
    ///
    /// #[azure_auth::protect]
    /// #[handler]
    /// fn mail(_: Token<graph::MailRead>) -> &'static str {
    ///     "mail"
    /// }
    ///
    /// let matrix = denial_matrix(azure_auth::endpoints! { "/mail" => get(mail) });
    /// assert_eq!(
    ///     matrix.notes(),
    ///     ["GET /mail: takes Microsoft Graph: Mail.Read, for the person; without consent the handler does not run"]
    /// );
    /// ```
    pub fn notes(&self) -> Vec<String> {
        self.endpoints.rows().iter().flat_map(notes).collect()
    }

    /// Tries everything, and prints one line for each case.
    ///
    /// ```
    /// # fn app() -> azure_auth::Endpoints { azure_auth::endpoints! {} }
    /// // #[tokio::test]
    /// async fn every_row_refuses_whom_it_must() {
    ///     azure_auth::testing::denial_matrix(app()).run().await;
    /// }
    /// ```
    ///
    /// # Panics
    /// With the list of the cases that did not hold.
    pub async fn run(self) {
        for note in self.notes() {
            println!("note: {note}");
        }
        let (stage, trials) = self.staged();
        let mut failures = Vec::new();
        for trial in &trials {
            println!("{}", trial.name);
            failures.extend(stage.failure(trial).await);
        }
        assert!(!trials.is_empty(), "no row of the table asks for anything");
        assert!(
            failures.is_empty(),
            "{} of {} cases do not hold:\n{}",
            failures.len(),
            trials.len(),
            failures.join("\n")
        );
    }

    /// The same as the `main` of a test with `harness = false`: each case is a test with a name. It understands what test
    /// runners pass: `--list`, `--exact`, `--skip`, and parts of names.
    ///
    /// ```
    /// # use poem::{get, handler};
    /// # #[azure_auth::protect]
    /// # #[handler]
    /// # fn file() -> &'static str { "file" }
    /// # fn endpoints() -> azure_auth::Endpoints { azure_auth::endpoints! { "/file" => get(file) } }
    /// #[tokio::main(flavor = "current_thread")]
    /// async fn main() -> std::process::ExitCode {
    ///     azure_auth::testing::denial_matrix(endpoints()).main(std::env::args().skip(1)).await
    /// }
    /// ```
    pub async fn main(self, arguments: impl IntoIterator<Item = String>) -> ExitCode {
        let selection = Selection::of(arguments);
        let notes = self.notes();
        let (stage, mut trials) = self.staged();
        let all = trials.len();
        trials.retain(|trial| selection.contains(&trial.name));
        if selection.lists {
            for trial in &trials {
                println!("{}: test", trial.name);
            }
            return ExitCode::SUCCESS;
        }

        for note in notes {
            println!("note: {note}");
        }
        println!("\nrunning {} tests", trials.len());
        let mut failures = Vec::new();
        for trial in &trials {
            let failure = stage.failure(trial).await;
            println!("test {} ... {}", trial.name, if failure.is_some() { "FAILED" } else { "ok" });
            failures.extend(failure);
        }
        if !failures.is_empty() {
            println!("\nfailures:\n{}", failures.join("\n"));
        }
        let (result, failed) = (if failures.is_empty() { "ok" } else { "FAILED" }, failures.len());
        let (passed, left_out) = (trials.len() - failed, all - trials.len());
        println!(
            "\ntest result: {result}. {passed} passed; {failed} failed; 0 ignored; 0 measured; {left_out} filtered out\n"
        );
        if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn trials(&self) -> Vec<Trial> {
        let protected = |row: &&Row| !row.access().requirements().is_empty();
        self.endpoints.rows().iter().filter(protected).flat_map(|row| trials(row, &self.samples)).collect()
    }

    fn staged(self) -> (Stage, Vec<Trial>) {
        let trials = self.trials();
        let cases: Vec<Case> =
            trials.iter().filter_map(|trial| trial.case.as_ref().ok().map(|attempt| attempt.case.clone())).collect();
        let auth = TestAuth::accepting(&denials::tenants(&cases));
        let endpoints = self.endpoints.with(auth.azure_auth());
        (Stage { auth, endpoints }, trials)
    }
}

fn notes(row: &Row) -> Vec<String> {
    let access = row.access();
    let note = |token: &TakenToken| {
        let outcome = match token.holder {
            Holder::Person => "; without consent the handler does not run",
            Holder::PersonIfAny | Holder::Program => "",
        };
        format!("{} {}: takes {}{outcome}", row.method(), row.path, token.words(&access))
    };
    taken(row).iter().map(note).collect()
}

fn trials(row: &Row, samples: &[(String, String)]) -> Vec<Trial> {
    let impossible = |reason: String| {
        vec![Trial { name: format!("{} {}: can be tried", row.method(), row.path), case: Err(reason) }]
    };
    let sample = samples.iter().find(|(pattern, _)| *pattern == row.path).map(|(_, sample)| sample.clone());
    let Some(path) = sample.or_else(|| PathPattern::of(&row.path).filled()) else {
        return impossible(format!("it needs a sample; add `.sample({:?}, \"/a/path/that/fits\")`", row.path));
    };
    let Ok(uri) = path.parse::<Uri>() else {
        return impossible(format!("{path:?} is not the path of a request; add `.sample({:?}, …)`", row.path));
    };
    let mut trials = Vec::new();
    for name in denials::methods(row) {
        let Ok(method) = name.parse::<Method>() else {
            return impossible(format!("{name:?} is not a method of HTTP"));
        };
        trials.extend(denials::cases(row, name).into_iter().map(|case| {
            let verb = if case.is_admitted { "admits" } else { "refuses" };
            let name = format!("{name} {}: {verb} {}", row.path, case.sender);
            let guards = row.access().requirements().len();
            Trial { name, case: Ok(Attempt { method: method.clone(), uri: uri.clone(), guards, case }) }
        }));
    }
    trials
}

impl Stage {
    /// What is wrong, if the case does not hold.
    async fn failure(&self, trial: &Trial) -> Option<String> {
        let Trial { name, case } = trial;
        let attempt = match case {
            Ok(attempt) => attempt,
            Err(reason) => return Some(format!("{name}: no, {reason}")),
        };
        let status = self.answer(attempt).await;
        let expected: &[StatusCode] = if attempt.case.is_admitted {
            &[StatusCode::NO_CONTENT]
        } else if attempt.case.takes_tokens {
            // There is no provider that could be asked for one.
            &[StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::SERVICE_UNAVAILABLE]
        } else {
            &[StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN]
        };
        let holds = expected.contains(&status);
        (!holds).then(|| format!("{name}: no, it answered {status}"))
    }

    async fn answer(&self, Attempt { method, uri, guards, case }: &Attempt) -> StatusCode {
        let origin = if case.is_foreign { "https://attacker.example" } else { TestAuth::ORIGIN };
        let request = Request::builder().method(method.clone()).uri(uri.clone()).header("origin", origin);
        let request = request.extension(DryRun::of(*guards, case.takes_tokens));
        let request = match &case.credential {
            Credential::None => request,
            Credential::Of(caller, flaw) if caller.kind == CallerKind::Session => {
                let cookie = self.auth.session_cookie(&identity(caller, *flaw)).await;
                request.header("cookie", if *flaw == Flaw::Forged { forged(&cookie) } else { cookie })
            }
            Credential::Of(caller, flaw) => {
                let token = identity(caller, *flaw).access_token();
                let token = match flaw {
                    Flaw::Audience => sign(&with(token, "aud", "api://somebody-else")),
                    // As whoever changes a token would: what is signed is not what it says.
                    Flaw::Forged => spliced(&sign(&token), &sign(&with(token, "name", "Somebody Else"))),
                    Flaw::Nothing | Flaw::Expired | Flaw::Tenant => sign(&token),
                };
                request.header("authorization", format!("Bearer {token}"))
            }
        };
        match self.endpoints.call(request.finish()).await {
            Ok(response) => response.status(),
            Err(error) => error.status(),
        }
    }
}

/// A token says something, or it is refused for saying nothing.
const OF_NO_USE: &str = "Of.No.Use";

fn identity(caller: &Caller, flaw: Flaw) -> TestIdentity {
    let mut identity = match caller.kind {
        CallerKind::Application => TestIdentity::application().role(OF_NO_USE),
        CallerKind::Session | CallerKind::Client => TestIdentity::user().scope(OF_NO_USE),
    };
    identity = caller.roles().into_iter().fold(identity, TestIdentity::role);
    identity = caller.scopes().into_iter().fold(identity, TestIdentity::scope);
    identity = caller.groups().into_iter().fold(identity, TestIdentity::group);
    identity = caller.tenant.into_iter().fold(identity, TestIdentity::tenant);
    if !caller.knows_groups {
        identity = identity.overage();
    }
    match flaw {
        Flaw::Expired => identity.expired(),
        Flaw::Tenant => identity.tenant(TestAuth::FOREIGN_TENANT),
        Flaw::Nothing | Flaw::Forged | Flaw::Audience => identity,
    }
}

fn with(mut claims: Value, name: &str, value: &str) -> Value {
    claims[name] = value.into();
    claims
}

/// What one token says, with the signature of another one.
fn spliced(says: &str, signed: &str) -> String {
    let part = |token: &str, place| token.split('.').nth(place).unwrap_or_default().to_owned();
    format!("{}.{}.{}", part(says, 0), part(says, 1), part(signed, 2))
}

/// A cookie that somebody has changed: in the middle, where every letter counts.
fn forged(cookie: &str) -> String {
    let place = usize::midpoint(cookie.find('=').unwrap_or(0), cookie.len());
    let letter = if cookie[place..].starts_with('A') { "B" } else { "A" };
    format!("{}{letter}{}", &cookie[..place], &cookie[place + 1..])
}

/// Which tests a runner asks for.
#[derive(Debug, Default)]
struct Selection {
    lists: bool,
    is_exact: bool,
    /// Ours run always: who asks for ignored ones gets none.
    is_of_ignored: bool,
    names: Vec<String>,
    skipped: Vec<String>,
}

impl Selection {
    fn of(arguments: impl IntoIterator<Item = String>) -> Self {
        let mut selection = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--list" => selection.lists = true,
                "--exact" => selection.is_exact = true,
                "--ignored" => selection.is_of_ignored = true,
                "--skip" => selection.skipped.extend(arguments.next()),
                "--test-threads" | "--format" | "--color" | "--logfile" | "-Z" | "--shuffle-seed" => {
                    arguments.next();
                }
                other => match other.strip_prefix("--skip=") {
                    Some(skipped) => selection.skipped.push(skipped.to_owned()),
                    None if other.starts_with('-') => {}
                    None => selection.names.push(argument),
                },
            }
        }
        selection
    }

    fn contains(&self, name: &str) -> bool {
        let fits = |part: &String| if self.is_exact { name == part } else { name.contains(part.as_str()) };
        let is_asked_for = self.names.is_empty() || self.names.iter().any(fits);
        is_asked_for && !self.skipped.iter().any(fits) && !self.is_of_ignored
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runner_gets_the_tests_it_asks_for() {
        for (arguments, expected) in [
            ("", [true, true]),
            ("--nocapture --test-threads 1", [true, true]),
            ("/a", [true, false]),
            ("--exact /a", [false, false]),
            ("--exact x/b", [false, true]),
            ("--skip /a", [false, true]),
            ("--skip=x", [false, false]),
            ("--ignored", [false, false]),
            ("--format terse /b", [false, true]),
        ] {
            let selection = Selection::of(arguments.split(' ').filter(|part| !part.is_empty()).map(str::to_owned));
            assert_eq!(["x/a", "x/b"].map(|name| selection.contains(name)), expected, "{arguments}");
        }
        assert!(Selection::of(["--list".to_owned()]).lists);
    }
}
