//! Does a request that changes something come from our own pages?

use http::Method;
use thiserror::Error;

use super::navigation::is_in_frame;
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::model::settings::origin::Origin;
use crate::rules::session::cookies::CookiePlacement;

/// What the browser says about a request, and no page can change (Fetch Metadata §2).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RequestSource<'a> {
    /// `Sec-Fetch-Site`.
    pub(crate) fetch_site: Option<&'a str>,
    /// `Sec-Fetch-Mode`.
    pub(crate) fetch_mode: Option<&'a str>,
    /// `Sec-Fetch-Dest`.
    pub(crate) fetch_destination: Option<&'a str>,
    /// `Origin` (RFC 6454 §7).
    pub(crate) origin: Option<&'a str>,
    pub(crate) is_upgrade: bool,
}

/// Why a request that came with a cookie was taken for forged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum ForeignRequest {
    /// Usual cause: another site's page, or our own page under another address than the configured one.
    #[error("the request comes from another origin")]
    OtherOrigin,
    /// Usual cause: a program that carries a browser's cookie.
    #[error("the request does not say where it comes from")]
    Unknown,
}

impl Diagnosed for ForeignRequest {
    fn details(&self) -> Details {
        let expected = "`Origin` of this application or of a trusted one, or `Sec-Fetch-Site: same-origin`";
        match self {
            Self::OtherOrigin => Details::new("a request of another origin", expected),
            Self::Unknown => Details::new("neither `Origin` nor `Sec-Fetch-Site`", expected),
        }
    }
}

/// Whether the method changes nothing (RFC 9110 §9.2.1), so that a forged request does no harm.
pub(crate) fn is_safe(method: &Method, is_upgrade: bool) -> bool {
    method.is_safe() && !is_upgrade
}

/// Judges a request that is authenticated by a cookie and not safe.
///
/// `null` beside `same-origin` is a page of ours that hides where it is (`Referrer-Policy: no-referrer`; Fetch §3.2): a
/// sandboxed frame, which is nobody's page, is `cross-site`.
pub(crate) fn judge(source: RequestSource<'_>, own: &Origin, trusted: &[Origin]) -> Result<(), ForeignRequest> {
    match (source.fetch_site, Sender::of(source.origin, own, trusted)) {
        // Whatever comes beside it: an origin is of one page, and this one is another's.
        (_, Sender::Foreign) => Err(ForeignRequest::OtherOrigin),
        (Some("same-origin" | "none"), _) | (None, Sender::Own) | (_, Sender::Trusted) => Ok(()),
        (None, Sender::Unnamed) => Err(ForeignRequest::Unknown),
        _ => Err(ForeignRequest::OtherOrigin),
    }
}

/// Whether the cookie of a session proves anything of a request.
///
/// Inside the site that frames us the cookie of a frame comes with every request to us, whoever asks, because it has to be
/// `SameSite=None`. So it counts for our own pages, and for the page that is to be shown in the frame. What a browser does
/// not say counts for nothing; only where it opens a WebSocket `Origin` stands for the rest, which Chromium does not send
/// there.
pub(crate) fn counts(placement: CookiePlacement, source: RequestSource<'_>, own: &Origin, trusted: &[Origin]) -> bool {
    if placement == CookiePlacement::FirstParty {
        return true;
    }
    match source.fetch_site {
        Some("same-origin") => Sender::of(source.origin, own, trusted) != Sender::Foreign,
        Some("same-site" | "cross-site" | "none") => {
            source.fetch_mode == Some("navigate") && is_in_frame(source.fetch_destination)
        }
        None => {
            let is_silent = source.fetch_mode.is_none() && source.fetch_destination.is_none();
            source.is_upgrade && is_silent && Sender::of(source.origin, own, trusted) == Sender::Own
        }
        Some(_) => false,
    }
}

/// Whose page `Origin` names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sender {
    /// No page: there is no such header.
    Unnamed,
    Own,
    Trusted,
    /// `null`: a page that has no origin, or hides it.
    Hidden,
    Foreign,
}

impl Sender {
    fn of(origin: Option<&str>, own: &Origin, trusted: &[Origin]) -> Self {
        match origin {
            None => Self::Unnamed,
            Some(origin) if origin == own.as_str() => Self::Own,
            Some(origin) if trusted.iter().any(|trusted| trusted.as_str() == origin) => Self::Trusted,
            Some("null") => Self::Hidden,
            Some(_) => Self::Foreign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_and_trusted_origins_may_change_something() {
        let own = Origin::parse("https://app.example").unwrap();
        let trusted = [Origin::parse("https://partner.example").unwrap()];
        for (fetch_site, origin, expected) in [
            (Some("same-origin"), Some("https://app.example"), Ok(())),
            (Some("same-origin"), None, Ok(())),
            (Some("none"), None, Ok(())),
            // Our own page that hides where it is.
            (Some("same-origin"), Some("null"), Ok(())),
            // Contradictory: an origin that is another's is foreign whatever comes beside it.
            (Some("same-origin"), Some("https://evil.example"), Err(OtherOrigin)),
            (Some("none"), Some("https://evil.example"), Err(OtherOrigin)),
            (Some("same-origin"), Some(","), Err(OtherOrigin)),
            (Some("none"), Some(""), Err(OtherOrigin)),
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
            let source = RequestSource { fetch_site, origin, ..RequestSource::default() };
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

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Outcome {
        /// As if there were no cookie.
        Nobody,
        Refused(ForeignRequest),
        Admitted,
    }
    use ForeignRequest::{OtherOrigin, Unknown};
    use Outcome::{Admitted, Nobody, Refused};

    const SITES: [Option<&str>; 7] =
        [None, Some("same-origin"), Some("same-site"), Some("cross-site"), Some("none"), Some("Same-Origin"), Some("")];
    // For a change, by the sites in this order.
    const R: Outcome = Refused(OtherOrigin);
    const CHANGES: [(Option<&str>, [Outcome; 7]); 8] = [
        (None, [Refused(Unknown), Admitted, R, R, Admitted, R, R]),
        (Some("https://app.example"), [Admitted, Admitted, R, R, Admitted, R, R]),
        (Some("https://partner.example"), [Admitted; 7]),
        (Some("https://evil.example"), [R; 7]),
        (Some("https://app.example.evil.example"), [R; 7]),
        (Some("null"), [R, Admitted, R, R, Admitted, R, R]),
        // Two headers, and one that is not text.
        (Some(","), [R; 7]),
        (Some(""), [R; 7]),
    ];
    // Where the cookie of a frame counts, by the sites in this order.
    const INTO_A_FRAME: [bool; 7] = [false, true, true, true, true, false, false];
    const ELSEWHERE: [bool; 7] = [false, true, false, false, false, false, false];
    const MODES: [Option<&str>; 8] = [
        None,
        Some("navigate"),
        Some("cors"),
        Some("no-cors"),
        Some("same-origin"),
        Some("websocket"),
        Some("NAVIGATE"),
        Some(""),
    ];
    const DESTINATIONS: [(Option<&str>, bool); 14] = [
        (None, false),
        (Some("iframe"), true),
        (Some("frame"), true),
        (Some("object"), true),
        (Some("embed"), true),
        (Some("document"), false),
        (Some("empty"), false),
        (Some("image"), false),
        (Some("script"), false),
        (Some("style"), false),
        (Some("worker"), false),
        (Some("fencedframe"), false),
        (Some("Iframe"), false),
        (Some(""), false),
    ];

    /// Every combination of what a browser, a program or an attacker may say, against a table that was written down apart
    /// from the rule: which sites let each cookie count, and which let a change happen, for each kind of origin.
    #[test]
    fn each_cookie_counts_where_it_should_and_changes_something_only_from_our_own_pages() {
        let methods = [
            (Method::GET, false, true),
            (Method::HEAD, false, true),
            (Method::GET, true, false),
            (Method::POST, false, false),
            (Method::DELETE, false, false),
        ];
        let own = Origin::parse("https://app.example").unwrap();
        let trusted = [Origin::parse("https://partner.example").unwrap()];
        let mut combinations = 0;
        for (site, fetch_site) in SITES.into_iter().enumerate() {
            for fetch_mode in MODES {
                for (fetch_destination, is_framed) in DESTINATIONS {
                    for (origin, changes) in CHANGES {
                        for (method, is_upgrade, is_reading) in &methods {
                            for placement in [CookiePlacement::FirstParty, CookiePlacement::Partitioned] {
                                let is_foreign = changes == [R; 7];
                                let into_a_frame = fetch_mode == Some("navigate") && is_framed;
                                // The handshake of a WebSocket, as Chromium sends it.
                                let is_handshake = *is_upgrade
                                    && (fetch_site, fetch_mode, fetch_destination) == (None, None, None)
                                    && origin == Some("https://app.example");
                                let counts_in_frame = match (fetch_site, into_a_frame) {
                                    _ if is_handshake => true,
                                    (Some("same-origin"), _) => ELSEWHERE[site] && !is_foreign,
                                    (_, true) => INTO_A_FRAME[site],
                                    (_, false) => ELSEWHERE[site],
                                };
                                let expected = match placement {
                                    CookiePlacement::Partitioned if !counts_in_frame => Nobody,
                                    _ if *is_reading => Admitted,
                                    _ => changes[site],
                                };
                                let is_upgrade = *is_upgrade;
                                let source =
                                    RequestSource { fetch_site, fetch_mode, fetch_destination, origin, is_upgrade };
                                let found = if !counts(placement, source, &own, &trusted) {
                                    Nobody
                                } else if is_safe(method, is_upgrade) {
                                    Admitted
                                } else {
                                    judge(source, &own, &trusted).map_or_else(Refused, |()| Admitted)
                                };
                                assert_eq!(found, expected, "{placement:?} {method} {is_upgrade} {source:?}");
                                combinations += 1;
                            }
                        }
                    }
                }
            }
        }
        assert_eq!(combinations, 7 * 8 * 14 * 8 * 5 * 2);
    }
}
