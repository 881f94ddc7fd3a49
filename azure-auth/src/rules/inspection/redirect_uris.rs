//! Where the provider may send people back to, as its registration must have it.

use url::Url;

use super::documents::without_query;
use super::finding::Finding;
use super::registration;
use crate::model::providers::provider_metadata::ProviderMetadata;
use crate::rules::sign_in::entra_error::EntraError;

/// The name of the check.
pub(crate) const CHECK: &str = "redirect URIs";

/// What the authorization endpoint answered when it was asked to send somebody back at once, without showing a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// To this address.
    Redirect(String),
    /// A page.
    Page { status: u16, body: Vec<u8> },
    /// No answer, in words.
    None(String),
}

/// Asks for nobody in particular (`prompt=none`), and without a challenge: an address that is registered for pages is not
/// served without one.
pub(crate) fn question(metadata: &ProviderMetadata, client_id: &str, redirect_uri: &str) -> Url {
    let mut address = metadata.authorization_endpoint.clone();
    address.query_pairs_mut().extend_pairs([
        ("client_id", client_id),
        ("response_type", "code"),
        ("response_mode", "query"),
        ("redirect_uri", redirect_uri),
        ("scope", "openid profile"),
        ("prompt", "none"),
        ("state", "azure-auth-doctor"),
        ("nonce", "azure-auth-doctor"),
    ]);
    address
}

/// What is wrong with one redirect URI, if anything is.
pub(crate) fn judge(redirect_uri: &str, answer: &Answer) -> Option<Finding> {
    match answer {
        Answer::Redirect(address) if without_query(address) == redirect_uri => {
            let code = error_of(address).and_then(|error| error.code);
            let of_page = code.filter(|code| matches!(code, 9_002_325..=9_002_327));
            of_page.map(|code| refused(redirect_uri, code))
        }
        Answer::Redirect(address) => {
            Some(not_known(redirect_uri, &format!("a redirect to {}", shown(without_query(address)))))
        }
        Answer::Page { status, body } => Some(match code_in(body) {
            Some(code) => refused(redirect_uri, code),
            None => not_known(redirect_uri, &format!("a page with status {status} that names no error")),
        }),
        Answer::None(words) => Some(not_known(redirect_uri, words)),
    }
}

fn refused(redirect_uri: &str, code: u32) -> Finding {
    let finding = match code {
        50011 | 500_113 | 900_971 | 500_112 => Finding::problem("redirect-uri-not-registered")
            .cause(
                "the registration has another spelling of it, or none: upper and lower case, path, port and a slash at the \
                 end all count",
            )
            .remedy(format!("add {redirect_uri} under the platform \"Web\", page \"Authentication\" of the registration")),
        _ => registration::problem(code).unwrap_or_else(|| {
            Finding::problem("sign-in-refused")
                .cause("the provider refuses to sign anybody in for this application")
                .remedy(format!("look up AADSTS{code} in Microsoft's documentation"))
                .explained_by(Some(code))
        }),
    };
    finding
        .found(format!("AADSTS{code} for {redirect_uri}"))
        .expected(format!("people are sent back to {redirect_uri}"))
}

fn not_known(redirect_uri: &str, found: &str) -> Finding {
    Finding::unknown("redirect-uri-not-known")
        .cause("the provider answered something that does not tell whether the address is registered")
        .found(format!("{found}, for {redirect_uri}"))
        .expected(format!("a redirect to {redirect_uri}, or a page that names an error"))
        .remedy("compare it with page \"Authentication\" of the registration, letter for letter")
}

/// The error with which somebody is sent back.
fn error_of(address: &str) -> Option<EntraError> {
    let address = Url::parse(address).ok()?;
    let value = |wanted: &str| address.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value);
    Some(EntraError::read(&value("error")?, value("error_description").as_deref()))
}

/// The first code in a page.
fn code_in(body: &[u8]) -> Option<u32> {
    let text = String::from_utf8_lossy(body);
    text.split("AADSTS").skip(1).find_map(|rest| {
        let end = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    })
}

/// As much of an address from outside as a terminal may have.
fn shown(address: &str) -> String {
    crate::model::json::printable(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::token::id_token::tests::metadata;

    const URI: &str = "https://app.example.com/authorization-code/callback";

    #[test]
    fn an_address_is_registered_if_people_are_sent_back_to_it_and_otherwise_the_page_says_why() {
        let back = |query: &str| Answer::Redirect(format!("{URI}{query}"));
        let page = |body: &str| Answer::Page { status: 200, body: body.as_bytes().to_vec() };
        for (answer, expected) in [
            (back("?error=login_required&error_description=AADSTS50058%3a+x"), None),
            (back("?code=1&state=2"), None),
            (back("#error=login_required"), None),
            (back("?error=invalid_request&error_description=AADSTS9002325%3a+x"), Some("redirect-uri-of-a-page")),
            (
                Answer::Redirect("https://app.example.com/authorization-code/callback2?error=x".to_owned()),
                Some("redirect-uri-not-known"),
            ),
            (Answer::Redirect("https://login.example/other".to_owned()), Some("redirect-uri-not-known")),
            (page("<p>AADSTS50011: The redirect URI</p>"), Some("redirect-uri-not-registered")),
            (page("{\"x\":\"AADSTS700016: Application\"}"), Some("client-unknown")),
            (page("AADSTS50194"), Some("single-tenant-registration")),
            (page("AADSTS90002"), Some("tenant-unknown")),
            (page("AADSTS: none. AADSTS650052: other"), Some("sign-in-refused")),
            (page("<p>Sign in to the network</p>"), Some("redirect-uri-not-known")),
            (Answer::Page { status: 200, body: vec![0xff; 8] }, Some("redirect-uri-not-known")),
            (Answer::None("no connection".to_owned()), Some("redirect-uri-not-known")),
        ] {
            assert_eq!(judge(URI, &answer).map(|finding| finding.name), expected, "{answer:?}");
        }
    }

    #[test]
    fn the_question_shows_no_page_and_proves_nothing() {
        let question = question(&metadata(), "client", URI);
        let names: Vec<String> = question.query_pairs().map(|(name, _)| name.into_owned()).collect();
        assert!(names.contains(&"prompt".to_owned()) && !names.contains(&"code_challenge".to_owned()), "{names:?}");
        assert!(question.query_pairs().any(|(name, value)| name == "redirect_uri" && value == URI));
    }
}
