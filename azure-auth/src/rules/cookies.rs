//! Our cookies: their names, and finding them in what a browser sends.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::model::origin::Origin;

/// How many sign-ins one browser may have under way.
pub(crate) const ATTEMPT_LIMIT: usize = 4;

/// The names of our cookies at one origin.
///
/// They carry a short hash of the client id and the public URL, and on loopback the port: cookies are shared between
/// the ports of a host, so two applications under development would overwrite each other's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CookieNames {
    session: String,
    rounds: String,
    attempt_prefix: String,
    pub(crate) is_secure: bool,
}

impl CookieNames {
    pub(crate) fn new(client_id: &str, origin: &Origin) -> Self {
        let hash = digest(&SHA256, format!("{client_id} {origin}").as_bytes());
        let hash = URL_SAFE_NO_PAD.encode(&hash.as_ref()[..6]);
        // A cookie of this name is taken only from this very host, over TLS, for all paths (RFC 6265bis §4.1.3.2).
        let prefix = if origin.is_https() { "__Host-" } else { "" };
        Self {
            session: format!("{prefix}azure-session-{hash}"),
            rounds: format!("{prefix}azure-rounds-{hash}"),
            attempt_prefix: format!("{prefix}azure-sign-in-{hash}-"),
            is_secure: origin.is_https(),
        }
    }

    pub(crate) fn session(&self) -> &str {
        &self.session
    }

    /// Of the cookie that counts sign-ins in a row.
    pub(crate) fn rounds(&self) -> &str {
        &self.rounds
    }

    pub(crate) fn attempt(&self, attempt_name: &str) -> String {
        format!("{}{attempt_name}", self.attempt_prefix)
    }

    /// The names of this application's attempts among the cookies of a request, in the order in which they stand.
    pub(crate) fn attempts<'a>(&self, headers: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        headers.flat_map(pairs).map(|(name, _)| name).filter(|name| name.starts_with(&self.attempt_prefix)).collect()
    }
}

/// The value of a cookie. Two of the same name are ambiguous, and which of them is ours nobody can tell: then none.
pub(crate) fn find<'a>(headers: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    let value = |pair: &'a str| pair.trim().strip_prefix(name)?.strip_prefix('=');
    let mut found = headers.flat_map(|header| header.split(';')).filter_map(value);
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

fn pairs(header: &str) -> impl Iterator<Item = (&str, &str)> {
    header.split(';').filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(client: &str, origin: &str) -> CookieNames {
        CookieNames::new(client, &Origin::parse(origin).unwrap())
    }

    #[test]
    fn two_applications_on_one_host_do_not_share_a_cookie() {
        let first = names("a", "http://localhost:3000");
        assert_ne!(first, names("a", "http://localhost:3001"));
        assert_ne!(first, names("b", "http://localhost:3000"));
        assert_eq!(first, names("a", "http://localhost:3000/"));
    }

    #[test]
    fn over_tls_the_browser_binds_the_cookie_to_the_host() {
        let names = names("a", "https://app.example");
        assert!(names.session().starts_with("__Host-") && names.attempt("x").starts_with("__Host-"));
        assert!(names.is_secure);
    }

    #[test]
    fn a_cookie_is_found_among_others_and_in_a_second_header() {
        let find = |headers: &[&'static str]| super::find(headers.iter().copied(), "n");
        assert_eq!(find(&["a=1; n=2;b=3"]), Some("2"));
        assert_eq!(find(&["a=1", "n=2"]), Some("2"));
        assert_eq!(find(&["n=a=b"]), Some("a=b"));
        assert_eq!(find(&["nn=1; an=1", "n", ""]), None);
        assert_eq!(find(&["n=1; n=1"]), Some("1"));
        assert_eq!(find(&["n=1; n=2"]), None, "which of the two is ours nobody can tell");
    }

    #[test]
    fn attempts_of_other_applications_are_not_ours() {
        let ours = names("a", "http://localhost:3000");
        let header = format!(
            "x=1; {}=1; {}=2; {}=3",
            ours.attempt("p"),
            names("b", "http://localhost:3000").attempt("q"),
            ours.attempt("r")
        );
        assert_eq!(ours.attempts([header.as_str()].into_iter()), [ours.attempt("p"), ours.attempt("r")]);
    }
}
