//! What a program cannot do without, asked for at once.

use super::Settings;
use super::problem::{ConfigurationProblem, Problems};

/// What each is called, where it is found, and how it is written.
const NEEDED: [Needed; 3] = [
    Needed {
        variable: "AZURE_ISSUER_URI",
        place: "\"Directory (tenant) ID\" of the Overview, at the end of `https://login.microsoftonline.com/<tenant id>`",
        comment: "Overview, \"Directory (tenant) ID\"",
        text: "https://login.microsoftonline.com/<tenant id>",
    },
    Needed {
        variable: "AZURE_CLIENT_ID",
        place: "\"Application (client) ID\" of the Overview",
        comment: "Overview, \"Application (client) ID\"",
        text: "<client id>",
    },
    Needed {
        variable: SECRET,
        place: "the column \"Value\" of Certificates & secrets, without which nobody signs in",
        comment: "Certificates & secrets, the column \"Value\", shown once; without it nobody signs in",
        text: "<value of the secret>",
    },
];

const SECRET: &str = "AZURE_CLIENT_SECRET";

struct Needed {
    variable: &'static str,
    place: &'static str,
    comment: &'static str,
    text: &'static str,
}

/// One problem for the issuer and the client id. A program can do without a client secret, but whoever starts with nothing
/// seldom means to.
pub(super) fn judge(settings: &Settings, problems: &mut Problems<'_>) {
    let is_set = |variable: &str| match variable {
        "AZURE_ISSUER_URI" => settings.issuer_uri.is_some(),
        "AZURE_CLIENT_ID" => settings.client_id.is_some(),
        _ => settings.names_credential(),
    };
    let is_unset = |needed: &&Needed| !is_set(needed.variable) && !settings.unreadable.contains(&needed.variable);
    let unset: Vec<&Needed> = NEEDED.iter().filter(is_unset).collect();
    if unset.iter().all(|needed| needed.variable == SECRET) {
        return;
    }
    let misspelling = |needed: &Needed| Some((problems.misspelling_of(needed.variable)?, needed.variable));
    let misspelt: Vec<(&str, &str)> = unset.iter().filter_map(|needed| misspelling(needed)).collect();
    let to_copy: Vec<&&Needed> = unset.iter().filter(|needed| misspelling(needed).is_none()).collect();

    let unread = misspelt.iter().map(|(name, _)| format!(", and {name}, which is set, is not read"));
    let cause = unread.fold("not set".to_owned(), |cause, unread| cause + &unread);
    let mut steps: Vec<String> = misspelt.iter().map(|(name, meant)| format!("rename {name} to {meant}")).collect();
    let places: Vec<String> = to_copy.iter().map(|needed| format!("{} ({})", needed.place, needed.variable)).collect();
    if !places.is_empty() {
        steps.push(format!("copy from the app registration {}", places.join(", and ")));
    }
    let variables: Vec<&'static str> = unset.iter().map(|needed| needed.variable).collect();
    let [first, others @ ..] = variables.as_slice() else { return };
    let missing = to_copy.iter().map(|needed| needed.variable).collect();
    problems.add(ConfigurationProblem::new(first, cause, steps.join("; ")).beside(others).of_missing(missing));
}

/// Lines for `.env`, to be filled in.
pub(super) fn lines(missing: &[&str]) -> String {
    const TITLE: &str =
        "# For `.env` or the environment; from https://entra.microsoft.com, App registrations, your application:";
    let needed = NEEDED.iter().filter(|needed| missing.contains(&needed.variable));
    let lines = needed.map(|needed| format!("\n# {}\n{}={}", needed.comment, needed.variable, needed.text));
    lines.fold(TITLE.to_owned(), |lines, line| lines + &line)
}
