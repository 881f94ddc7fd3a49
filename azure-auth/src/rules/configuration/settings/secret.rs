//! The client secret, of which nothing is ever shown.

use azure_auth_policy::Guid;
use secrecy::ExposeSecret;

use super::Settings;
use super::keys::is_one_repeated;
use super::problem::{ConfigurationProblem, Problems};

const NAME: &str = "AZURE_CLIENT_SECRET";
const REMEDY: &str =
    "copy the column \"Value\" of Certificates & secrets in the app registration, shown once when the secret is made";

/// Whether the text is that of a secret; the first reason against it.
pub(super) fn judge(settings: &Settings, problems: &mut Problems<'_>) {
    let Some(secret) = &settings.client_secret else { return };
    let secret = secret.expose_secret();
    let cause = if secret.trim().is_empty() {
        return problems.add(ConfigurationProblem::new(
            NAME,
            "the text is empty",
            "leave out the call of `client_secret` where nobody signs in, or give it the secret's value",
        ));
    } else if secret.trim().len() < secret.len() {
        return problems.add(ConfigurationProblem::new(
            NAME,
            "the text has blanks or line ends around it",
            "give `client_secret` the text without them, as by `trim()`",
        ));
    } else if secret.parse::<Guid>().is_ok() {
        "found a directory id: that is the secret's id, not its value"
    } else if is_placeholder(secret) {
        "the text is a placeholder, not a secret"
    } else {
        return;
    };
    problems.add(ConfigurationProblem::new(NAME, cause, REMEDY));
}

/// What stands in examples in place of a secret.
fn is_placeholder(secret: &str) -> bool {
    const PARTS: [&str; 6] =
        ["changeme", "replaceme", "yoursecret", "yourclientsecret", "placeholder", "valueofthesecret"];
    const WHOLE: [&str; 6] = ["secret", "clientsecret", "azureclientsecret", "todo", "password", "value"];
    let letters: String =
        secret.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    let is_bracketed = [("<", ">"), ("${", "}"), ("{{", "}}"), ("[", "]")]
        .iter()
        .any(|(start, end)| secret.starts_with(start) && secret.ends_with(end));
    let is_x =
        |secret: &str| is_one_repeated(secret.as_bytes()) && secret.starts_with(['x', 'X', '*', '.', '\u{2026}']);
    is_bracketed || is_x(secret) || PARTS.iter().any(|part| letters.contains(part)) || WHOLE.contains(&letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_told_from_secrets() {
        for text in [
            "<value of the secret>",
            "changeme",
            "CHANGE_ME_please",
            "your-secret",
            "your_client_secret_here",
            "${AZURE_CLIENT_SECRET}",
            "{{ secret }}",
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "todo",
            "secret",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["Q~k8Q~AbCdEfGhIjKlMnOpQrStUvWxYz01234567", "a-secret-of-more-than-32-characters-0123", "hunter2"]
        {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
