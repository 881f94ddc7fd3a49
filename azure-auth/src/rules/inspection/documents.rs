//! What the provider publishes about itself: its discovery document and its keys.

use super::examination::Check;
use super::finding::Finding;
use crate::rules::sign_in::entra_error::EntraError;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    Discovery,
    Keys,
}

/// Why it cannot be used, and the address that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unusable {
    pub(crate) document: Document,
    pub(crate) address: String,
    pub(crate) problem: DocumentProblem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DocumentProblem {
    NoConnection,
    TimedOut,
    /// With what is wrong with the certificate.
    Untrusted(String),
    TooLarge,
    BrokenOff,
    Redirect(u16),
    Status(u16),
    Refused(EntraError),
    /// With the kind of what came.
    Unreadable(&'static str),
    /// Of the discovery document: whose it is.
    OtherIssuer {
        expected: String,
        found: String,
    },
    /// Of the discovery document: the member that is not an address with TLS.
    OpenAddress(&'static str),
    /// Of the key set.
    NoUsableKey,
}

/// What is known of usable keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) published: usize,
    pub(crate) usable: usize,
    /// Seconds until they are fetched again.
    pub(crate) kept_for: u64,
}

/// The discovery document was read.
pub(crate) fn discovery(address: &str, issuer: &str) -> Check {
    Check::new(Document::Discovery.check()).fact("asked", address).fact("issuer", issuer)
}

/// The keys were read.
pub(crate) fn keys(address: &str, keys: Keys) -> Check {
    let Keys { published, usable, kept_for } = keys;
    let age = format!("new, and asked for again after {}", in_words(kept_for));
    Check::new(Document::Keys.check())
        .fact("asked", address)
        .fact("keys", format!("{published} published, {usable} of them can be used here (RSA, for RS256)"))
        .fact("their age", age)
}

/// A document cannot be used.
pub(crate) fn unusable(unusable: &Unusable) -> Check {
    let Unusable { document, address, problem } = unusable;
    let address = without_query(address);
    let (name, cause, remedy) = problem.explanation(*document);
    let finding = Finding::problem(name)
        .cause(cause)
        .found(problem.found())
        .expected(match (document, problem) {
            (_, DocumentProblem::OtherIssuer { expected, .. }) => format!("the document of the issuer {expected}"),
            (_, DocumentProblem::OpenAddress(_)) => "addresses that begin with https://".to_owned(),
            (Document::Discovery, _) => "status 200 with the provider's discovery document in JSON".to_owned(),
            (Document::Keys, _) => "status 200 with a set of RSA keys in JSON".to_owned(),
        })
        .remedy(remedy);
    let code = match problem {
        DocumentProblem::Refused(error) => error.code,
        _ => None,
    };
    Check::new(document.check()).fact("asked", address).finding(finding.explained_by(code))
}

impl Document {
    pub(crate) fn check(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Keys => "keys",
        }
    }
}

impl DocumentProblem {
    fn found(&self) -> String {
        match self {
            Self::NoConnection => "no connection".to_owned(),
            Self::TimedOut => "no complete answer within the time limit".to_owned(),
            Self::Untrusted(distrust) => format!("a certificate that is not trusted: {distrust}"),
            Self::TooLarge => "an answer that is longer than any that is meant".to_owned(),
            Self::BrokenOff => "an answer that broke off".to_owned(),
            Self::Redirect(status) => format!("a redirect, status {status}, which is not followed"),
            Self::Status(status) => format!("status {status}"),
            Self::Refused(error) => format!("the refusal {error}"),
            Self::Unreadable(found) => format!("status 200 with {found}"),
            Self::OtherIssuer { found, .. } => format!("the document of the issuer {found}"),
            Self::OpenAddress(member) => format!("a `{member}` that is not an https address"),
            Self::NoUsableKey => "a set without a key that can be used".to_owned(),
        }
    }

    /// Name, usual cause and remedy.
    fn explanation(&self, document: Document) -> (&'static str, &'static str, &'static str) {
        const CHECK_ISSUER: &str = "compare AZURE_ISSUER_URI with \"Directory (tenant) ID\" of the app registration";
        const LATER: &str = "try again later; if it stays so, ask whoever runs the network or the provider";
        let name = |discovery: &'static str, keys: &'static str| match document {
            Document::Discovery => discovery,
            Document::Keys => keys,
        };
        match self {
            Self::NoConnection => (
                name("discovery-unreachable", "keys-unreachable"),
                "no network, a host name that does not exist, or a proxy that does not let the request through",
                "try `curl` with the address that was asked, from this machine; a proxy is named in HTTPS_PROXY",
            ),
            Self::TimedOut => (
                name("discovery-timed-out", "keys-timed-out"),
                "a firewall drops what is sent, or the provider is overloaded",
                "try `curl` with the address that was asked, from this machine",
            ),
            Self::Untrusted(_) => (
                name("discovery-untrusted", "keys-untrusted"),
                "a proxy of the organisation opens TLS, or the provider has a certificate of the organisation's own",
                "name the file of the organisation's certificate authority in AZURE_CA_FILE",
            ),
            Self::TooLarge => (
                name("discovery-too-large", "keys-too-large"),
                "a page of a proxy or of the network, in the place of the provider's answer",
                "look at what answers there, with `curl`",
            ),
            Self::BrokenOff => (
                name("discovery-broken-off", "keys-broken-off"),
                "a proxy ended the connection, or the provider was restarted",
                LATER,
            ),
            Self::Redirect(_) => (
                name("discovery-redirected", "keys-redirected"),
                "a sign-in page of the network, or an address that has moved",
                "write the provider's own address into AZURE_ISSUER_URI",
            ),
            Self::Refused(EntraError { code: Some(90002), .. }) => (
                "tenant-unknown",
                "the tenant in AZURE_ISSUER_URI does not exist, or belongs to another cloud",
                CHECK_ISSUER,
            ),
            Self::Refused(_) => (
                name("discovery-refused", "keys-refused"),
                "the provider knows nothing under this address",
                CHECK_ISSUER,
            ),
            Self::Status(404) => (
                name("discovery-not-there", "keys-not-there"),
                "AZURE_ISSUER_URI has a typing error, or is not the address of an issuer",
                CHECK_ISSUER,
            ),
            Self::Status(_) => {
                (name("discovery-failed", "keys-failed"), "the provider or a proxy in front of it has a problem", LATER)
            }
            Self::Unreadable(_) => (
                name("discovery-unreadable", "keys-unreadable"),
                "a proxy or a sign-in page of the network answers in the provider's place",
                "look at what answers there, with `curl`; open the network's sign-in page if there is one",
            ),
            Self::OtherIssuer { .. } => (
                "discovery-of-another-issuer",
                "AZURE_ISSUER_URI names another tenant or host than its provider does",
                CHECK_ISSUER,
            ),
            Self::OpenAddress(_) => (
                "discovery-without-tls",
                "the provider is configured with addresses of its inner network",
                "let the provider publish https addresses; secrets and tokens are sent to them",
            ),
            Self::NoUsableKey => (
                "keys-none-usable",
                "the provider signs with another algorithm than RS256, or its key set is empty",
                "let the provider sign ID tokens with RS256, and publish that key",
            ),
        }
    }
}

/// A query is nobody's business.
pub(crate) fn without_query(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

fn in_words(seconds: u64) -> String {
    match seconds {
        3600.. => format!("{} h", seconds / 3600),
        60.. => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_problem_of_each_document_has_a_name_of_its_own_and_a_remedy() {
        let error = |code: Option<u32>| {
            EntraError::read("invalid_tenant", code.map(|code| format!("AADSTS{code}: x")).as_deref())
        };
        let problems = [
            DocumentProblem::NoConnection,
            DocumentProblem::TimedOut,
            DocumentProblem::Untrusted("it is for another host name".to_owned()),
            DocumentProblem::TooLarge,
            DocumentProblem::BrokenOff,
            DocumentProblem::Redirect(302),
            DocumentProblem::Status(404),
            DocumentProblem::Status(500),
            DocumentProblem::Refused(error(Some(90002))),
            DocumentProblem::Refused(error(None)),
            DocumentProblem::Unreadable("an HTML page"),
        ];
        let mut names = HashSet::new();
        for document in [Document::Discovery, Document::Keys] {
            for problem in &problems {
                let address = "https://login.example/x?secret=1".to_owned();
                let check = unusable(&Unusable { document, address, problem: problem.clone() });
                assert_eq!(check.facts, [("asked", "https://login.example/x".to_owned())]);
                let finding = &check.findings[0];
                assert!(finding.parts().iter().all(|(_, text)| !text.is_empty()), "{finding:?}");
                names.insert(finding.name);
            }
        }
        assert_eq!(names.len(), 2 * problems.len() - 1, "an unknown tenant is one, whatever was asked");
    }
}
