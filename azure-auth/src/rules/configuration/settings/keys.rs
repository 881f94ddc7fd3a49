//! The secrets that seal cookies, of which nothing is ever shown but how long they are.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

use super::Settings;
use super::problem::{ConfigurationProblem, Problems};
use crate::model::settings::client::Credential;
use crate::model::settings::public_url::PublicUrl;
use crate::rules::session::seal::derive_bytes;

const NAME: &str = "AZURE_SESSION_KEYS";
const REMEDY: &str = "make one with `openssl rand -base64 32`";
const REMEDY_OR_NOBODY: &str =
    "make one with `openssl rand -base64 32`, or write AZURE_CLIENT_CREDENTIAL=none where nobody signs in";

/// Bytes of a key, and characters of a client secret that one may be derived from.
const LEAST: usize = 32;

/// The secrets behind every sealed cookie. Without a credential nobody signs in here and none is needed.
pub(super) fn sealing_secrets(
    settings: &Settings,
    credential: Option<&Credential>,
    public_url: Option<&PublicUrl>,
    problems: &mut Problems<'_>,
) -> Vec<Vec<u8>> {
    match (credential, &settings.session_keys) {
        (None, _) => Vec::new(),
        (Some(_), Some(keys)) => given(keys, problems),
        (Some(Credential::Secret(secret)), None) => vec![derived(settings, secret, public_url, problems)],
        (Some(other), None) => {
            let cause = format!(
                ", and keys are made from a client secret only: the {} is renewed, and sessions are to last",
                other.words()
            );
            problems.add_unset(NAME, &[], &cause, REMEDY_OR_NOBODY);
            Vec::new()
        }
    }
}

/// Whether keys could be derived as well, so that given ones are not needed to start.
pub(super) fn are_derivable(client_secret: &str) -> bool {
    client_secret.chars().count() >= LEAST && !is_one_repeated(client_secret.as_bytes())
}

fn derived(
    settings: &Settings,
    client_secret: &SecretString,
    public_url: Option<&PublicUrl>,
    problems: &mut Problems<'_>,
) -> Vec<u8> {
    let secret = client_secret.expose_secret();
    let length = secret.chars().count();
    // What is no secret at all was said already.
    let is_judged = problems.has("AZURE_CLIENT_SECRET");
    if length < LEAST && !is_judged {
        let cause =
            format!(", and the client secret has {length} characters, of {LEAST} that a key could be derived from");
        problems.add_unset(NAME, &[], &cause, REMEDY);
    } else if is_one_repeated(secret.as_bytes()) && !is_judged {
        problems.add_unset(
            NAME,
            &[],
            ", and the client secret is one character over and over, which anybody guesses",
            REMEDY,
        );
    }
    let text = |setting: &Option<String>| setting.clone().unwrap_or_default();
    let public_url = public_url.map_or("", PublicUrl::as_str);
    let (issuer, client) = (text(&settings.issuer_uri), text(&settings.client_id));
    let info = [b"session key\0", issuer.as_bytes(), b"\0", client.as_bytes(), b"\0", public_url.as_bytes()];
    derive_bytes::<32>(secret.as_bytes(), &info).to_vec()
}

fn given(keys: &[SecretString], problems: &mut Problems<'_>) -> Vec<Vec<u8>> {
    let mut secrets: Vec<(usize, Vec<u8>)> = Vec::new();
    let mut add = |cause: String, remedy: &'static str| problems.add(ConfigurationProblem::new(NAME, cause, remedy));
    if keys.is_empty() {
        add("lists no key".to_owned(), REMEDY);
    }
    for (index, text) in keys.iter().map(|key| key.expose_secret().trim()).enumerate() {
        let key = match keys.len() {
            1 => "key 1".to_owned(),
            count => format!("key {} of {count}", index + 1),
        };
        match decode(text) {
            _ if text.is_empty() => {
                add(format!("{key} is empty"), "remove the comma beside it, or the variable AZURE_SESSION_KEYS");
            }
            _ if text.contains('<') => add(format!("{key} is a placeholder"), REMEDY),
            None => add(format!("{key} is neither base64 nor hexadecimal"), REMEDY),
            Some(secret) if secret.len() < LEAST => {
                add(format!("{key} has {} bytes, of {LEAST} required", secret.len()), REMEDY);
            }
            Some(secret) if is_one_repeated(&secret) => {
                add(format!("{key} is one byte over and over, which anybody guesses"), REMEDY);
            }
            Some(secret) => match secrets.iter().find(|(_, other)| *other == secret) {
                Some((other, _)) => {
                    add(format!("{key} is equal to key {}", other + 1), "remove one of them from AZURE_SESSION_KEYS");
                }
                None => secrets.push((index, secret)),
            },
        }
    }
    secrets.into_iter().map(|(_, secret)| secret).collect()
}

pub(super) fn is_one_repeated(bytes: &[u8]) -> bool {
    bytes.windows(2).all(|pair| pair[0] == pair[1])
}

/// Hexadecimal first: 64 such digits are a key of 32 bytes, though they would pass for base64url as well. The two alphabets of
/// base64 (RFC 4648 §4, §5) differ in two letters, which mean nothing else in the other one.
fn decode(text: &str) -> Option<Vec<u8>> {
    let is_hexadecimal =
        text.len() >= 64 && text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hexadecimal {
        return (0..text.len()).step_by(2).map(|start| u8::from_str_radix(&text[start..start + 2], 16).ok()).collect();
    }
    let text = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
    URL_SAFE_NO_PAD.decode(text).ok()
}
