//! Whether the provider knows the client and takes its proof.

use azure_auth_policy::Guid;

use super::examination::Check;
use super::finding::Finding;
use super::registration;
use crate::model::http_date;
use crate::model::unix_time::UnixTime;
use crate::rules::credential::expiry;
use crate::rules::sign_in::entra_error::EntraError;

/// The name of the check.
pub(crate) const CHECK: &str = "client credential";

/// What the token endpoint answered to a code that is invalid on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Refused(EntraError),
    /// Something else, in words.
    Other(String),
}

/// What can be seen of a secret without asking anybody. It is never repeated, and neither is its length.
pub(crate) fn shape(secret: &str) -> Option<Finding> {
    const COPY: &str = "copy the column \"Value\" of \"Certificates & secrets\", shown once when the secret is made";
    if secret.trim().parse::<Guid>().is_ok() {
        let finding =
            Finding::problem("secret-is-its-id").cause("the column \"Secret ID\" was copied, which stays on the page");
        return Some(finding.found("a directory id").expected("the secret's value").remedy(COPY));
    }
    if is_placeholder(secret) {
        let finding = Finding::problem("secret-is-a-placeholder").cause("a text of an example was left where it was");
        return Some(finding.found("a placeholder").expected("the secret's value").remedy(COPY));
    }
    if secret.chars().any(char::is_whitespace) {
        let finding = Finding::problem("secret-has-whitespace")
            .cause("a line break or a space was copied along, or two secrets are in one variable");
        return Some(finding.found("a secret with whitespace in it").expected("a secret in one piece").remedy(COPY));
    }
    let is_quoted = |quote: char| secret.len() > 1 && secret.starts_with(quote) && secret.ends_with(quote);
    (is_quoted('"') || is_quoted('\'')).then(|| {
        Finding::problem("secret-has-quotes")
            .cause("quotes were kept as a part of the value: not every program takes them away")
            .found("a secret in quotes")
            .expected("the secret alone")
            .remedy("write it without the quotes")
    })
}

fn is_placeholder(secret: &str) -> bool {
    const WORDS: [&str; 9] =
        ["changeme", "change-me", "secret", "client-secret", "client_secret", "password", "todo", "xxx", "placeholder"];
    let secret = secret.trim().to_ascii_lowercase();
    let is_bracketed = (secret.starts_with('<') && secret.ends_with('>')) || secret.starts_with("${");
    is_bracketed
        || secret.starts_with("your-")
        || secret.starts_with("your_")
        || secret.starts_with("your ")
        || WORDS.contains(&secret.as_str())
        || (!secret.is_empty() && secret.bytes().all(|byte| matches!(byte, b'x' | b'*' | b'.')))
}

/// The provider asks first who brings a code, so that what it says of an invalid one tells whether the secret was taken.
pub(crate) fn judge(answer: &Answer) -> Check {
    let check = Check::new(CHECK);
    let error = match answer {
        Answer::Refused(error) => error,
        Answer::Other(words) => return check.finding(not_known(words)),
    };
    match (error.code.and_then(registration::problem), error.error) {
        (Some(problem), _) => check.finding(problem.found(error.to_string())),
        (None, kind) if kind == "invalid_client" || error.code.is_some_and(is_about_proof) => {
            let finding = Finding::problem("credential-refused")
                .cause("AZURE_CLIENT_ID or the credential beside it is not what the provider has, or it expired")
                .found(error.to_string())
                .expected("the client is accepted, and the made-up code is not (invalid_grant)");
            check.finding(finding.remedy("compare both with the registration").explained_by(error.code))
        }
        (None, "invalid_grant") => check.fact("answer", "the provider accepts the client id and its proof"),
        (None, _) => check.finding(not_known(&error.to_string())),
    }
}

/// What Entra ID says of an assertion: of its key, its words, or the registration that should know it.
fn is_about_proof(code: u32) -> bool {
    matches!(code, 50027 | 70021 | 700_021 | 700_023..=700_024 | 700_027 | 700_030 | 700_211..=700_213 | 700_229)
}

/// The program has no proof to show.
pub(crate) fn unusable(found: String, remedy: &str) -> Check {
    let finding = Finding::problem("credential-unusable")
        .cause("what the credential's variables name cannot be used, or does not answer")
        .found(found)
        .expected("a proof of this program")
        .remedy(remedy);
    Check::new(CHECK).finding(finding)
}

/// With its end, where that is known.
pub(crate) fn ending(check: Check, words: &str, ends_at: UnixTime, now: UnixTime) -> Check {
    let notice = expiry::notice(words, ends_at, now).map(|notice| {
        Finding::notice("credential-ends-soon")
            .cause("credentials are made for a time")
            .found(notice)
            .expected("one that lasts for more than 30 days")
            .remedy("renew it, and add the new one to the registration before the old one ends")
    });
    check.fact("ends", http_date::written(ends_at)).findings(notice)
}

fn not_known(found: &str) -> Finding {
    Finding::unknown("credential-not-known")
        .cause("the provider answered something that does not tell whether it took the proof")
        .found(found)
        .expected("the client is accepted, and the made-up code is not (invalid_grant)")
        .remedy("sign in once, or ask again when the provider answers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_cannot_be_one_is_named_and_not_repeated() {
        for (secret, expected) in [
            ("33333333-cccc-4ddd-8eee-444444444444", Some("secret-is-its-id")),
            ("<the secret>", Some("secret-is-a-placeholder")),
            ("your-client-secret", Some("secret-is-a-placeholder")),
            ("CHANGEME", Some("secret-is-a-placeholder")),
            ("xxxxxxxx", Some("secret-is-a-placeholder")),
            ("${CLIENT_SECRET}", Some("secret-is-a-placeholder")),
            ("abc8Q~one two", Some("secret-has-whitespace")),
            ("abc8Q~one\n", Some("secret-has-whitespace")),
            ("\"abc8Q~secret\"", Some("secret-has-quotes")),
            ("'abc8Q~secret'", Some("secret-has-quotes")),
            ("abc8Q~dEfGhIjKlMnOpQrStUvWxYz0123456789", None),
            ("x", Some("secret-is-a-placeholder")),
            ("\"", None),
            ("", None),
        ] {
            let found = shape(secret);
            assert_eq!(found.as_ref().map(|finding| finding.name), expected, "{secret}");
            if let Some(finding) = found.filter(|_| secret.len() > 8) {
                assert!(!format!("{finding:?}").contains(secret), "{finding:?}");
            }
        }
    }

    #[test]
    fn an_answer_says_whether_the_secret_was_taken_and_otherwise_nothing_is_known() {
        let refused =
            |error: &str, code: u32| Answer::Refused(EntraError::read(error, Some(&format!("AADSTS{code}: x"))));
        let plain = |error: &str| Answer::Refused(EntraError::read(error, None));
        for (answer, expected) in [
            (refused("invalid_grant", 70000), None),
            (refused("invalid_grant", 70002), None),
            (refused("invalid_grant", 9_002_313), None),
            (refused("invalid_grant", 70008), None),
            (plain("invalid_grant"), None),
            (refused("invalid_client", 7_000_215), Some("secret-wrong")),
            (refused("invalid_client", 7_000_222), Some("secret-expired")),
            (refused("invalid_client", 7_000_218), Some("secret-missing")),
            (refused("unauthorized_client", 700_016), Some("client-unknown")),
            (refused("invalid_request", 90002), Some("tenant-unknown")),
            (refused("invalid_request", 9_002_325), Some("redirect-uri-of-a-page")),
            (refused("invalid_grant", 9_002_327), Some("redirect-uri-of-a-page")),
            (plain("invalid_client"), Some("credential-refused")),
            (refused("invalid_client", 700_027), Some("credential-refused")),
            (refused("invalid_request", 700_213), Some("credential-refused")),
            (refused("invalid_grant", 700_229), Some("credential-refused")),
            (refused("invalid_request", 900_144), Some("credential-not-known")),
            (plain("server_error"), Some("credential-not-known")),
            (Answer::Other("status 500".to_owned()), Some("credential-not-known")),
        ] {
            let check = judge(&answer);
            assert_eq!(check.findings.first().map(|finding| finding.name), expected, "{answer:?}");
        }
    }
}
