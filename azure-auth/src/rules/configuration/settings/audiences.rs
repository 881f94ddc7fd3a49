//! Whom tokens are for, and what a sign-in asks for.

use super::Settings;
use super::problem::{ConfigurationProblem, Problems};
use crate::model::settings::client::Client;
use crate::rules::configuration::shown_address::shown;

const NAME: &str = "AZURE_AUDIENCE";

/// Who access tokens may be for. Without a setting: this registration, by id and by its default application id URI.
pub(super) fn audiences(settings: &Settings, client: Option<&Client>, problems: &mut Problems<'_>) -> Vec<String> {
    let Some(written) = &settings.audiences else { return own(client.map_or("", |client| client.id.as_str())).into() };
    let audiences: Vec<String> =
        written.iter().map(|audience| without_slash(audience.trim())).filter(|text| !text.is_empty()).collect();
    if audiences.is_empty() {
        problems.add(ConfigurationProblem::new(
            NAME,
            "lists no audience",
            "write the client id, or the \"Application ID URI\" of \"Expose an API\", or unset AZURE_AUDIENCE",
        ));
    }
    for graph in audiences.iter().filter(|audience| audience.contains("graph.microsoft")) {
        let problem = ConfigurationProblem::new(
            NAME,
            "tokens for Microsoft Graph are not for others to verify",
            "write the \"Application ID URI\" of \"Expose an API\", and let callers ask for a scope of it",
        );
        problems.add(problem.having_found(shown(graph)));
    }
    audiences
}

/// What is accepted without a list.
pub(super) fn own(client_id: &str) -> [String; 2] {
    [format!("api://{client_id}"), client_id.to_owned()]
}

fn without_slash(audience: &str) -> String {
    audience.strip_suffix('/').unwrap_or(audience).to_owned()
}

/// Scopes of the sign-in request: printable, no blank, quote or backslash (RFC 6749 §3.3).
pub(super) fn scopes(settings: &Settings, problems: &mut Problems<'_>) -> Vec<String> {
    let is_scope = |scope: &&String| {
        !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
    };
    for scope in settings.scopes.iter().filter(|scope| !is_scope(scope)) {
        let remedy = match scope.split_whitespace().collect::<Vec<_>>().as_slice() {
            parts @ [_, _, ..] => format!("list them one by one: `scopes({parts:?})`"),
            _ => "name one as the app registration does, as in `scopes([\"Files.Read\"])`".to_owned(),
        };
        problems.add(ConfigurationProblem::new("scopes", "not a scope name", remedy).having_found(scope.clone()));
    }
    settings.scopes.iter().filter(is_scope).cloned().collect()
}
