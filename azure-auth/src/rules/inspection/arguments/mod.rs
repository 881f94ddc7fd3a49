//! What a program's arguments ask it about itself.

pub(crate) mod registration;

use thiserror::Error;

use self::registration::{BESIDE, REGISTRATION, RegistrationQuestion, Source};

/// A question of the arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Who may call what.
    Report(ReportForm),
    /// Whether the program is set up right.
    Doctor(DoctorQuestion),
    /// What a token opens.
    Explain(Form),
    /// What the program needs of its app registration.
    Registration(RegistrationQuestion),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DoctorQuestion {
    pub(crate) form: Form,
    /// Where the registration is, if it is to be looked at as well.
    pub(crate) registration: Option<Source>,
    /// Files with the registrations of other programs.
    pub(crate) beside: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReportForm {
    Text,
    Json,
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Json,
}

/// Why a question is not understood. What may be a token is never repeated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum ArgumentError {
    #[error("found the form {found:?}, expected one of {expected}; write `{argument}`, or with `=` and one of them")]
    Form { argument: &'static str, found: String, expected: &'static str },
    #[error("found `--auth-explain` without `-`, expected the token on standard input; write `--auth-explain -`")]
    DashMissing,
    /// Usual cause: the token was pasted behind the argument.
    #[error(
        "found something behind `--auth-explain` that may be a token, expected `-`; everybody on this machine can read \
         arguments, and the shell keeps them: if it is a token, treat it as leaked, and give the next one on standard input, \
         as in `--auth-explain - < token.txt`"
    )]
    TokenInArguments,
    #[error(
        "found `--auth-registration=check` without a file, expected an application object in JSON; write \
         `az ad app show --id <client id> | program --auth-registration=check -`, or the name of a file in place of `-`"
    )]
    RegistrationMissing,
    #[error(
        "found `--auth-doctor-registration` without a file; write `--auth-doctor-registration=<file>`, or `-` for standard input"
    )]
    DoctorWithoutFile,
    #[error("found `--auth-doctor-registration` without a question; write `--auth-doctor` as well")]
    DoctorMissing,
    #[error("found `--auth-registration-beside` without a file; write `--auth-registration-beside=<file>`")]
    BesideWithoutFile,
    #[error(
        "found `--auth-registration-beside` without a question; write `--auth-registration` or \
         `--auth-registration=check <file>` as well"
    )]
    BesideAlone,
}

const REPORT: &str = "--auth-report";
const DOCTOR: &str = "--auth-doctor";
const DOCTOR_REGISTRATION: &str = "--auth-doctor-registration";
const EXPLAIN: &str = "--auth-explain";

/// The first question among the arguments; None where they ask nothing.
pub(crate) fn read(arguments: impl IntoIterator<Item = String>) -> Option<Result<Question, ArgumentError>> {
    let all: Vec<String> = arguments.into_iter().collect();
    for (place, argument) in all.iter().enumerate() {
        let next = all.get(place + 1);
        if let Some(form) = form(argument, REPORT) {
            return Some(report_form(form).map(Question::Report));
        }
        if let Some(form) = form(argument, DOCTOR) {
            return Some(doctor(form, &all).map(Question::Doctor));
        }
        if let Some(form) = form(argument, EXPLAIN) {
            return Some(explanation(form, next.map(String::as_str)).map(Question::Explain));
        }
        if let Some(form) = form(argument, REGISTRATION) {
            return Some(registration::question(form, next, &all).map(Question::Registration));
        }
    }
    // Somebody asks, and does not mean the program to serve.
    let is_alone = |name: &str| all.iter().any(|argument| form(argument, name).is_some());
    if is_alone(DOCTOR_REGISTRATION) {
        return Some(Err(ArgumentError::DoctorMissing));
    }
    is_alone(BESIDE).then_some(Err(ArgumentError::BesideAlone))
}

/// What follows `=`, empty without one; None where it is another argument.
fn form<'a>(argument: &'a str, name: &str) -> Option<&'a str> {
    let rest = argument.strip_prefix(name)?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('=') }
}

fn report_form(form: &str) -> Result<ReportForm, ArgumentError> {
    match form {
        "" | "text" => Ok(ReportForm::Text),
        "json" => Ok(ReportForm::Json),
        "markdown" => Ok(ReportForm::Markdown),
        other => Err(unknown_form(REPORT, other, "`text`, `json` and `markdown`")),
    }
}

fn doctor(form: &str, all: &[String]) -> Result<DoctorQuestion, ArgumentError> {
    let form = plain_form(form, DOCTOR)?;
    let registration = all.iter().find_map(|argument| self::form(argument, DOCTOR_REGISTRATION));
    let registration = registration.map(|file| registration::source(Some(file))).transpose();
    let registration = registration.map_err(|_| ArgumentError::DoctorWithoutFile)?;
    Ok(DoctorQuestion { form, registration, beside: registration::beside(all)? })
}

fn plain_form(form: &str, argument: &'static str) -> Result<Form, ArgumentError> {
    match form {
        "" | "text" => Ok(Form::Text),
        "json" => Ok(Form::Json),
        other => Err(unknown_form(argument, other, "`text` and `json`")),
    }
}

fn unknown_form(argument: &'static str, found: &str, expected: &'static str) -> ArgumentError {
    ArgumentError::Form { argument, found: found.to_owned(), expected }
}

fn explanation(form: &str, next: Option<&str>) -> Result<Form, ArgumentError> {
    // No form has as many letters, and tokens have more.
    if form.len() > 16 || next.is_some_and(|next| next != "-") {
        return Err(ArgumentError::TokenInArguments);
    }
    let form = plain_form(form, EXPLAIN)?;
    if next.is_none() { Err(ArgumentError::DashMissing) } else { Ok(form) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doctor(form: Form) -> DoctorQuestion {
        DoctorQuestion { form, registration: None, beside: Vec::new() }
    }

    fn asked(line: &str) -> Option<Result<Question, ArgumentError>> {
        read(line.split(' ').map(str::to_owned))
    }

    #[test]
    fn each_question_is_understood_in_each_of_its_forms_and_other_arguments_ask_nothing() {
        for (line, expected) in [
            ("program --auth-report", Question::Report(ReportForm::Text)),
            ("program --auth-report=text", Question::Report(ReportForm::Text)),
            ("program --port 3000 --auth-report=json", Question::Report(ReportForm::Json)),
            ("program --auth-report=markdown --verbose", Question::Report(ReportForm::Markdown)),
            ("program --auth-doctor", Question::Doctor(doctor(Form::Text))),
            ("program --auth-doctor=text", Question::Doctor(doctor(Form::Text))),
            ("program --auth-doctor=json", Question::Doctor(doctor(Form::Json))),
            (
                "program --auth-doctor-registration=- --auth-doctor",
                Question::Doctor(DoctorQuestion { registration: Some(Source::StandardInput), ..doctor(Form::Text) }),
            ),
            ("program --auth-explain -", Question::Explain(Form::Text)),
            ("program --auth-explain=json -", Question::Explain(Form::Json)),
        ] {
            assert_eq!(asked(line), Some(Ok(expected)), "{line}");
        }
        for line in
            ["program", "program serve", "program --auth-reports", "program --auth-doctors", "program auth-doctor"]
        {
            assert_eq!(asked(line), None, "{line}");
        }
    }

    #[test]
    fn a_wrong_form_is_named_with_those_that_there_are() {
        for (line, expected) in [
            (
                "program --auth-report=pdf",
                "found the form \"pdf\", expected one of `text`, `json` and `markdown`; write \
              `--auth-report`, or with `=` and one of them",
            ),
            ("program --auth-report=", ""),
            (
                "program --auth-doctor=markdown",
                "found the form \"markdown\", expected one of `text` and `json`; write \
              `--auth-doctor`, or with `=` and one of them",
            ),
            (
                "program --auth-explain=xml -",
                "found the form \"xml\", expected one of `text` and `json`; write \
              `--auth-explain`, or with `=` and one of them",
            ),
            (
                "program --auth-doctor --auth-doctor-registration",
                "found `--auth-doctor-registration` without a file; write `--auth-doctor-registration=<file>`, or `-` for standard \
                 input",
            ),
            (
                "program --auth-doctor-registration=x",
                "found `--auth-doctor-registration` without a question; write `--auth-doctor` as well",
            ),
            (
                "program --auth-explain",
                "found `--auth-explain` without `-`, expected the token on standard input; write \
              `--auth-explain -`",
            ),
        ] {
            let found = asked(line).unwrap().map_err(|error| error.to_string());
            assert_eq!(found.err().unwrap_or_default(), expected, "{line}");
        }
    }

    #[test]
    fn a_token_among_the_arguments_is_refused_and_not_repeated() {
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiIxIn0.c2lnbmF0dXJl";
        for line in [
            format!("program --auth-explain {token}"),
            format!("program --auth-explain={token}"),
            format!("program --auth-explain={token} -"),
            format!("program --auth-explain Bearer {token}"),
            "program --auth-explain ey".to_owned(),
        ] {
            let error = asked(&line).unwrap().unwrap_err();
            assert_eq!(error, ArgumentError::TokenInArguments, "{line}");
            assert!(!error.to_string().contains("ey"), "{error}");
        }
    }
}
