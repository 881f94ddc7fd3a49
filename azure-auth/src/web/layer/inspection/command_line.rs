//! What a program's arguments ask it about itself.

use std::process::ExitCode;

use super::{doctor, explanation};
use crate::io::standard_streams::{complain, say};
use crate::rules::inspection::arguments::{self, ArgumentError, Form, Question, ReportForm};
use crate::rules::inspection::examination::Outcome;
use crate::web::layer::builder::AzureAuthBuilder;
use crate::web::layer::endpoints::Endpoints;

/// What a program's arguments ask it about itself, in the place of serving.
///
/// | arguments | what it answers |
/// |---|---|
/// | `--auth-report`, `=text`, `=json`, `=markdown` | who may call what: the [`Report`](crate::Report). It needs no configuration |
/// | `--auth-doctor`, `=text`, `=json` | whether the program is set up right: configuration, discovery, keys, clock, client secret, redirect URIs, cookies, session store, and rows that nobody can reach |
/// | `--auth-explain -`, `--auth-explain=json -` | which rows the access token on standard input opens, and why not the others |
///
/// ```no_run
/// use azure_auth::{AzureAuthBuilder, Endpoints, Inspection};
/// use std::process::ExitCode;
///
/// # fn endpoints() -> Endpoints { azure_auth::endpoints! {} }
/// #[tokio::main]
/// async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
///     if let Some(inspection) = Inspection::from_args(std::env::args()) {
///         return Ok(inspection.run(&endpoints(), AzureAuthBuilder::from_env()).await);
///     }
///     // … and serve.
///     Ok(ExitCode::SUCCESS)
/// }
/// ```
///
/// The answer goes to standard output. No answer holds a secret, or a name or an address of a person.
///
/// # Exit status
///
/// * 0: it is sound, perhaps with notices; the token is accepted; the report is printed.
/// * 1: there is a problem; the token is refused.
/// * 2: the question could not be answered: the arguments are not understood, there is no token on standard input, or what
///   the answer needs is not known. What is not known is neither sound nor a problem.
#[derive(Clone, Debug)]
#[must_use = "it answers nothing until `run` is called"]
pub struct Inspection {
    question: Result<Question, ArgumentError>,
}

impl Inspection {
    /// What the arguments ask; None where they ask nothing, and the program serves.
    ///
    /// A question that is not understood is one too: [`run`](Self::run) says what is wrong with it, and nothing is served.
    ///
    /// ```
    /// use azure_auth::Inspection;
    ///
    /// let asked = |argument: &str| Inspection::from_args(["program", argument].map(str::to_owned)).is_some();
    /// assert!(asked("--auth-doctor"));
    /// assert!(asked("--auth-report=markdown"));
    /// assert!(asked("--auth-report=pdf"));
    /// assert!(!asked("--port=3000"));
    /// ```
    #[must_use]
    pub fn from_args(arguments: impl IntoIterator<Item = String>) -> Option<Self> {
        arguments::read(arguments).map(|question| Self { question })
    }

    /// Answers on standard output, and gives the exit status of the program.
    ///
    /// The builder is the one that [`AzureAuthBuilder::build`] would be called on to serve: what is wrong with the
    /// configuration is a part of the answer.
    ///
    /// ```no_run
    /// # use azure_auth::{AzureAuthBuilder, Endpoints, Inspection};
    /// # use std::process::ExitCode;
    /// # async fn example(endpoints: Endpoints) -> ExitCode {
    /// let Some(inspection) = Inspection::from_args(std::env::args()) else { return ExitCode::SUCCESS };
    /// inspection.run(&endpoints, AzureAuthBuilder::from_env().keep_claims(["department"])).await
    /// # }
    /// ```
    pub async fn run(self, endpoints: &Endpoints, builder: AzureAuthBuilder) -> ExitCode {
        match self.question {
            Ok(Question::Report(form)) => report(endpoints, form),
            Ok(Question::Doctor(form)) => {
                let examination = doctor::examine(endpoints, builder).await;
                say(&match form {
                    Form::Text => examination.to_string(),
                    Form::Json => examination.to_json() + "\n",
                });
                match examination.outcome() {
                    Outcome::Sound => ExitCode::SUCCESS,
                    Outcome::Problem => PROBLEM.into(),
                    Outcome::Unknown => NOT_ANSWERED.into(),
                }
            }
            Ok(Question::Explain(form)) => explain(endpoints, builder, form).await,
            Err(error) => not_answered(&error.to_string()),
        }
    }
}

/// Exit statuses.
const PROBLEM: u8 = 1;
const NOT_ANSWERED: u8 = 2;

fn report(endpoints: &Endpoints, form: ReportForm) -> ExitCode {
    let report = endpoints.report();
    say(&match form {
        ReportForm::Text => report.to_string(),
        ReportForm::Json => report.to_json() + "\n",
        ReportForm::Markdown => report.to_markdown(),
    });
    ExitCode::SUCCESS
}

async fn explain(endpoints: &Endpoints, builder: AzureAuthBuilder, form: Form) -> ExitCode {
    let explanation = match explanation::of_standard_input(endpoints, builder).await {
        Ok(explanation) => explanation,
        Err(problem) => return not_answered(&problem.to_string()),
    };
    say(&match form {
        Form::Text => explanation.to_string(),
        Form::Json => explanation.to_json() + "\n",
    });
    match (explanation.is_unknown(), explanation.is_accepted()) {
        (true, _) => NOT_ANSWERED.into(),
        (false, false) => PROBLEM.into(),
        (false, true) => ExitCode::SUCCESS,
    }
}

fn not_answered(problem: &str) -> ExitCode {
    complain(problem);
    NOT_ANSWERED.into()
}
