//! What a program's arguments ask about its app registration.

use super::{ArgumentError, Form, unknown_form};

/// A question about the registration that a program needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RegistrationQuestion {
    pub(crate) wish: Wish,
    /// Files with the registrations of other programs.
    pub(crate) beside: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// The registration itself.
    Print(RegistrationForm),
    /// How the one in a file differs from it.
    Check(Form, Source),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RegistrationForm {
    /// The application object of Microsoft Graph.
    Json,
    /// Commands of the Azure CLI.
    Az,
    Terraform,
    Bicep,
    /// Requests to Microsoft Graph.
    Graph,
}

/// Where a registration is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    StandardInput,
    File(String),
}

pub(super) const REGISTRATION: &str = "--auth-registration";
pub(super) const BESIDE: &str = "--auth-registration-beside";

/// `form` follows the argument behind `=`, and `next` is the argument behind it.
pub(super) fn question(
    form: &str,
    next: Option<&String>,
    all: &[String],
) -> Result<RegistrationQuestion, ArgumentError> {
    let next = next.map(String::as_str);
    let wish = match form {
        "" | "json" => Wish::Print(RegistrationForm::Json),
        "az" => Wish::Print(RegistrationForm::Az),
        "terraform" => Wish::Print(RegistrationForm::Terraform),
        "bicep" => Wish::Print(RegistrationForm::Bicep),
        "graph" => Wish::Print(RegistrationForm::Graph),
        "check" | "check,text" => Wish::Check(Form::Text, source(next)?),
        "check,json" => Wish::Check(Form::Json, source(next)?),
        other => {
            let expected = "`json`, `az`, `terraform`, `bicep`, `graph`, `check` and `check,json`";
            return Err(unknown_form(REGISTRATION, other, expected));
        }
    };
    Ok(RegistrationQuestion { wish, beside: beside(all)? })
}

pub(super) fn source(next: Option<&str>) -> Result<Source, ArgumentError> {
    match next {
        Some("-") => Ok(Source::StandardInput),
        Some(file) if !file.is_empty() && !file.starts_with('-') => Ok(Source::File(file.to_owned())),
        _ => Err(ArgumentError::RegistrationMissing),
    }
}

pub(super) fn beside(all: &[String]) -> Result<Vec<String>, ArgumentError> {
    let files = all.iter().filter_map(|argument| super::form(argument, BESIDE));
    // Standard input is one text, which may be asked for already.
    files
        .map(|file| if matches!(file, "" | "-") { Err(ArgumentError::BesideWithoutFile) } else { Ok(file.to_owned()) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Question, read};
    use super::*;

    fn asked(line: &str) -> Result<RegistrationQuestion, ArgumentError> {
        match read(line.split(' ').map(str::to_owned)).expect("it asks something") {
            Ok(Question::Registration(question)) => Ok(question),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error),
        }
    }

    #[test]
    fn each_form_is_understood() {
        use RegistrationForm::{Az, Bicep, Graph, Json, Terraform};
        let file = || Source::File("found.json".to_owned());
        for (line, wish) in [
            ("program --auth-registration", Wish::Print(Json)),
            ("program --auth-registration=json", Wish::Print(Json)),
            ("program --port 3000 --auth-registration=az", Wish::Print(Az)),
            ("program --auth-registration=terraform --verbose", Wish::Print(Terraform)),
            ("program --auth-registration=bicep", Wish::Print(Bicep)),
            ("program --auth-registration=graph", Wish::Print(Graph)),
            ("program --auth-registration=check -", Wish::Check(Form::Text, Source::StandardInput)),
            ("program --auth-registration=check,text found.json", Wish::Check(Form::Text, file())),
            ("program --auth-registration=check,json found.json", Wish::Check(Form::Json, file())),
        ] {
            assert_eq!(asked(line), Ok(RegistrationQuestion { wish, beside: Vec::new() }), "{line}");
        }
    }

    #[test]
    fn registrations_of_others_may_be_before_and_behind_the_question() {
        let line =
            "program --auth-registration-beside=a.json --auth-registration=check - --auth-registration-beside=b=c.json";
        assert_eq!(asked(line).unwrap().beside, ["a.json", "b=c.json"]);
    }

    #[test]
    fn what_is_missing_is_named_with_what_to_write() {
        for (line, expected) in [
            ("program --auth-registration=check", "without a file"),
            ("program --auth-registration=check,json --verbose", "without a file"),
            ("program --auth-registration --auth-registration-beside", "write `--auth-registration-beside=<file>`"),
            ("program --auth-registration --auth-registration-beside=", "write `--auth-registration-beside=<file>`"),
            ("program --auth-registration --auth-registration-beside=-", "write `--auth-registration-beside=<file>`"),
            ("program --auth-registration-beside=a.json", "without a question"),
            ("program --auth-registration=check=json -", "`check` and `check,json`; write `--auth-registration`"),
            ("program --auth-registration=yaml", "found the form \"yaml\""),
        ] {
            let error = asked(line).unwrap_err().to_string();
            assert!(error.contains(expected), "{line}: {error}");
        }
    }
}
