//! What a program's arguments ask it about itself.

use std::process::ExitCode;

use super::registration::{self, Answer, NotAnswered, Subject};
use super::{doctor, explanation};
use crate::io::standard_streams::{complain, say};
use crate::model::registration::vocabulary::Vocabulary;
use crate::rules::inspection::arguments::registration::RegistrationQuestion;
use crate::rules::inspection::arguments::{self, ArgumentError, DoctorQuestion, Form, Question, ReportForm};
use crate::rules::inspection::examination::{Examination, Outcome};
use crate::web::layer::builder::AzureAuthBuilder;
use crate::web::layer::endpoints::Endpoints;

/// What a program's arguments ask it about itself, in the place of serving.
///
/// | arguments | what it answers |
/// |---|---|
/// | `--auth-report`, `=text`, `=json`, `=markdown` | who may call what: the [`Report`](crate::Report). It needs no configuration |
/// | `--auth-doctor`, `=text`, `=json` | whether the program is set up right: configuration, discovery, keys, clock, client credential, redirect URIs, cookies, session store, and rows that nobody can reach; with `--auth-doctor-registration=<file>` also whether the app registration in the file fits |
/// | `--auth-explain -`, `--auth-explain=json -` | which rows the access token on standard input opens, and why not the others |
/// | `--auth-registration`, `=json`, `=az`, `=terraform`, `=bicep`, `=graph` | what the program needs of its app registration: the application object of Microsoft Graph, or what makes it. It needs no configuration, and has more with it |
/// | `--auth-registration=check <file>`, `=check,json <file>` | how the application object in the file differs from that; `-` is standard input, as in <code>az ad app show --id … \| program --auth-registration=check -</code> |
/// | `--auth-registration-beside=<file>` | beside one of the two, as often as needed: application objects of programs that this one calls, or that call it |
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
/// The answer goes to standard output. No answer holds a secret, or a name or an address of a person. What a registration leaves
/// open goes to standard error, in lines that begin with `#`.
///
/// # Exit status
///
/// * 0: it is sound, perhaps with notices; the token is accepted; the report or the registration is printed; the registration in
///   the file has everything that is needed, and nothing else.
/// * 1: there is a problem; the token is refused; the registration differs, or Entra ID would not take it.
/// * 2: the question could not be answered: the arguments are not understood, there is no token on standard input, or what
///   the answer needs is not known. What is not known is neither sound nor a problem.
#[derive(Clone, Debug)]
#[must_use = "it answers nothing until `run` is called"]
pub struct Inspection {
    question: Result<Question, ArgumentError>,
    vocabularies: Vec<Vocabulary>,
    application_name: Option<String>,
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
        arguments::read(arguments).map(|question| Self { question, vocabularies: Vec::new(), application_name: None })
    }

    /// What [`app!`](crate::app) declares, for `--auth-registration`: names that no row of the table asks for belong to the
    /// registration as well, and its texts are what administrators and people read. It may be called once for each `app!`.
    ///
    /// Without it a registration has the names of the rows, and each name is its own text.
    ///
    /// ```
    /// use azure_auth::{AzureAuthBuilder, Inspection};
    /// # use poem::{get, handler};
    ///
    /// mod vocabulary {
    ///     azure_auth::app! { scopes: { TasksRead("Tasks.Read") = "Read your tasks" } }
    /// }
    ///
    /// # #[azure_auth::protect(scopes = vocabulary::TasksRead)]
    /// # #[handler]
    /// # fn tasks() -> &'static str { "tasks" }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let endpoints = azure_auth::endpoints! { "/tasks" => get(tasks) };
    /// let arguments = ["program", "--auth-registration"].map(str::to_owned);
    /// if let Some(inspection) = Inspection::from_args(arguments) {
    ///     let inspection = inspection.vocabulary(vocabulary::VOCABULARY);
    ///     inspection.run(&endpoints, AzureAuthBuilder::from_env()).await;
    /// }
    /// # }
    /// ```
    pub fn vocabulary(mut self, vocabulary: Vocabulary) -> Self {
        self.vocabularies.push(vocabulary);
        self
    }

    /// What the application is called in its registration, in place of the name of the package in whose code
    /// [`endpoints!`](crate::endpoints) is written.
    ///
    /// The ids of scopes and app roles are made from it: another name gives other ids.
    ///
    /// ```
    /// use azure_auth::Inspection;
    ///
    /// let inspection = Inspection::from_args(["program", "--auth-registration"].map(str::to_owned));
    /// let inspection = inspection.map(|inspection| inspection.application_name("Tasks (test)"));
    /// ```
    pub fn application_name(mut self, name: impl Into<String>) -> Self {
        self.application_name = Some(name.into());
        self
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
        let Self { question, vocabularies, application_name } = self;
        let name = application_name.as_deref().or(endpoints.package()).filter(|name| !name.trim().is_empty());
        match question {
            Ok(Question::Report(form)) => report(endpoints, form),
            Ok(Question::Doctor(DoctorQuestion { form, registration, beside })) => {
                let subject = Subject { endpoints, settings: &builder.settings, name, vocabularies: &vocabularies };
                let registration = registration.map(|source| registration::check(&source, &beside, &subject));
                let examination = doctor::examine(endpoints, builder, registration).await;
                examined(&examination, form)
            }
            Ok(Question::Explain(form)) => explain(endpoints, builder, form).await,
            Ok(Question::Registration(question)) => register(
                &question,
                &Subject { endpoints, settings: &builder.settings, name, vocabularies: &vocabularies },
            ),
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

fn examined(examination: &Examination, form: Form) -> ExitCode {
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

fn register(question: &RegistrationQuestion, subject: &Subject<'_>) -> ExitCode {
    let (answer, open_points) = match registration::answer(question, subject) {
        Ok(answered) => answered,
        Err(NotAnswered::Collisions(collisions)) => {
            complain(&collisions.to_string());
            return PROBLEM.into();
        }
        Err(problem) => return not_answered(&problem.to_string()),
    };
    for point in open_points {
        complain(&format!("# {point}"));
    }
    match answer {
        Answer::Printed(text) => {
            say(&text);
            ExitCode::SUCCESS
        }
        Answer::Examined(examination, form) => examined(&examination, form),
    }
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
