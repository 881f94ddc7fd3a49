//! Quotes around a text: a shell takes them away, and Docker's `--env-file` and a form in a portal keep them.

use secrecy::{ExposeSecret, SecretString};

use super::Settings;
use super::problem::{ConfigurationProblem, Problems};

const QUOTES: [char; 7] = ['"', '\'', '`', '\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}'];

/// What is inside, where quotes are around a text.
pub(crate) fn inside(text: &str) -> Option<&str> {
    text.strip_prefix(QUOTES).and_then(|rest| rest.strip_suffix(QUOTES)).map(str::trim)
}

/// The settings as they were meant, so that nothing else is said of them than their quotes, and each that has some.
pub(super) fn taken_away(settings: &Settings, problems: &mut Problems<'_>) -> Settings {
    let mut plain = settings.clone();
    for (name, text) in [
        ("AZURE_CLIENT_ID", &mut plain.client_id),
        ("AZURE_CLIENT_CERTIFICATE_PATH", &mut plain.client_certificate_path),
        ("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN", &mut plain.sends_certificate_chain),
        ("AZURE_FEDERATED_TOKEN_FILE", &mut plain.federated_token_file),
        ("AZURE_CLIENT_CREDENTIAL", &mut plain.client_credential),
        ("IDENTITY_ENDPOINT", &mut plain.identity_endpoint),
        ("AZURE_POD_IDENTITY_AUTHORITY_HOST", &mut plain.machine_identity_host),
        ("AZURE_AUTHORITY_HOST", &mut plain.authority_host),
        ("AZURE_ISSUER_URI", &mut plain.issuer_uri),
        ("AZURE_VALID_TENANT_IDS", &mut plain.valid_tenant_ids),
        ("AZURE_AUTHORIZATION_CODE_ENDPOINT", &mut plain.callback_path),
        ("AZURE_POPUP_LOGIN_ENDPOINT", &mut plain.popup_login_path),
        ("AZURE_POPUP_LOGOUT_ENDPOINT", &mut plain.popup_logout_path),
        ("AZURE_GROUP_OVERAGE", &mut plain.group_overage),
        ("AZURE_GRAPH_URI", &mut plain.graph_uri),
        ("AZURE_EXPLAIN", &mut plain.explain),
        ("AZURE_TENANT_ID", &mut plain.tenant_id),
        ("AZURE_CA_FILE", &mut plain.ca_file),
        ("login_path", &mut plain.login_path),
        ("logout_path", &mut plain.logout_path),
        ("session_path", &mut plain.session_path),
    ] {
        if let Some(inside) = text.as_deref().and_then(inside).map(str::to_owned) {
            *text = Some(inside).filter(|inside| !inside.is_empty());
            problems.add(problem(name));
        }
    }
    for (name, secret) in [
        ("AZURE_CLIENT_SECRET", &mut plain.client_secret),
        ("IDENTITY_HEADER", &mut plain.identity_header),
        ("AZURE_SESSION_STORE", &mut plain.session_store),
    ] {
        let inside = secret.as_ref().and_then(|secret| inside(secret.expose_secret()).map(str::to_owned));
        if let Some(inside) = inside {
            *secret = (!inside.is_empty()).then(|| SecretString::from(inside));
            problems.add(problem(name));
        }
    }
    for (name, list) in [("AZURE_AUDIENCE", &mut plain.audiences), ("AZURE_PUBLIC_URL", &mut plain.public_urls)] {
        if list.as_mut().is_some_and(|list| of_list(list)) {
            problems.add(problem(name));
            list.take_if(|list| list.iter().all(String::is_empty));
        }
    }
    if let Some(keys) = &plain.session_keys {
        let mut exposed: Vec<String> = keys.iter().map(|key| key.expose_secret().to_owned()).collect();
        if of_list(&mut exposed) {
            plain.session_keys = Some(exposed.into_iter().map(SecretString::from).collect());
            problems.add(problem("AZURE_SESSION_KEYS"));
        }
    }
    plain
}

/// Around all of a list, they are at the start of its first part and at the end of its last.
fn of_list(list: &mut [String]) -> bool {
    let mut has_any = false;
    for part in list {
        let plain = part.trim().trim_matches(QUOTES).trim();
        if plain.len() < part.trim().len() {
            has_any = true;
            *part = plain.to_owned();
        }
    }
    has_any
}

fn problem(name: &'static str) -> ConfigurationProblem {
    let remedy =
        format!("write {name}=… without quotes, which Docker's `--env-file`, for one, takes for a part of the text");
    ConfigurationProblem::new(name, "the text has quotes around it", remedy)
}
