//! Does a request that changes something come from our own pages?

use http::Method;
use thiserror::Error;

use crate::model::origin::Origin;

/// What the browser says about where a request comes from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RequestSource<'a> {
    /// `Sec-Fetch-Site` (Fetch Metadata §2.4).
    pub(crate) fetch_site: Option<&'a str>,
    /// `Origin` (RFC 6454 §7).
    pub(crate) origin: Option<&'a str>,
}

/// Why a request that came with a cookie was taken for forged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum ForeignRequest {
    /// Usual cause: another site's page, or our own page under another address than the configured one.
    #[error("the request comes from another origin")]
    OtherOrigin,
    /// Usual cause: a program that carries a browser's cookie.
    #[error("the request does not say where it comes from; send `Origin`, or use a bearer token")]
    Unknown,
}

/// Whether the method changes nothing (RFC 9110 §9.2.1), so that a forged request does no harm.
pub(crate) fn is_safe(method: &Method, is_upgrade: bool) -> bool {
    method.is_safe() && !is_upgrade
}

/// Judges a request that is authenticated by a cookie and not safe.
pub(crate) fn judge(source: RequestSource<'_>, own: &Origin, trusted: &[Origin]) -> Result<(), ForeignRequest> {
    let is_trusted = source.origin.is_some_and(|origin| trusted.iter().any(|trusted| trusted.as_str() == origin));
    match (source.fetch_site, source.origin) {
        (Some("same-origin" | "none"), _) => Ok(()),
        (None, Some(origin)) if origin == own.as_str() => Ok(()),
        (None, None) => Err(ForeignRequest::Unknown),
        _ if is_trusted => Ok(()),
        _ => Err(ForeignRequest::OtherOrigin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_and_trusted_origins_may_change_something() {
        use ForeignRequest::{OtherOrigin, Unknown};
        let own = Origin::parse("https://app.example").unwrap();
        let trusted = [Origin::parse("https://partner.example").unwrap()];
        for (fetch_site, origin, expected) in [
            (Some("same-origin"), Some("https://app.example"), Ok(())),
            (Some("same-origin"), None, Ok(())),
            (Some("none"), None, Ok(())),
            (Some("same-site"), Some("https://other.app.example"), Err(OtherOrigin)),
            (Some("cross-site"), Some("https://evil.example"), Err(OtherOrigin)),
            // Contradictory: the header a page cannot set decides.
            (Some("cross-site"), Some("https://app.example"), Err(OtherOrigin)),
            (Some("cross-site"), Some("https://partner.example"), Ok(())),
            (Some("cross-site"), None, Err(OtherOrigin)),
            (Some(""), None, Err(OtherOrigin)),
            (None, Some("https://app.example"), Ok(())),
            (None, Some("https://app.example:444"), Err(OtherOrigin)),
            (None, Some("http://app.example"), Err(OtherOrigin)),
            (None, Some("null"), Err(OtherOrigin)),
            (None, Some("https://partner.example"), Ok(())),
            (None, Some("https://evil.example"), Err(OtherOrigin)),
            (None, None, Err(Unknown)),
        ] {
            let source = RequestSource { fetch_site, origin };
            assert_eq!(judge(source, &own, &trusted), expected, "{source:?}");
        }
    }

    #[test]
    fn reading_is_safe_and_an_upgrade_is_not() {
        for (method, is_upgrade, safe) in [
            (Method::GET, false, true),
            (Method::HEAD, false, true),
            (Method::OPTIONS, false, true),
            (Method::GET, true, false),
            (Method::POST, false, false),
            (Method::PUT, false, false),
            (Method::PATCH, false, false),
            (Method::DELETE, false, false),
        ] {
            assert_eq!(is_safe(&method, is_upgrade), safe, "{method}");
        }
    }
}
