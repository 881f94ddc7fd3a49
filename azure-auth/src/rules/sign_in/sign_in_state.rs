//! `state`: a sign-in under way, sealed, and bound to the browser that began it.
//!
//! It travels with the browser to the provider and back, so that nothing is kept here and as many tabs sign in as there
//! are. Every replica with the keys reads it. Good it is in one browser only: the one that has the cookie whose hash is in
//! it (RFC 6749 §10.12).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::model::sessions::sign_in_attempt::{BrowserMark, SignInAttempt};
use crate::rules::session::seal::{SealNonce, SealingKeys};

/// Bytes that nobody can guess, in the cookie of a browser that signs in.
pub(crate) const BROWSER_BYTES: usize = 32;

/// How long that cookie lives after the last sign-in that the browser began, in seconds. Tabs that a browser opens again
/// at once find it there.
pub(crate) const BROWSER_LIFETIME: u32 = 3600;

/// How often a sign-in begins anew in a browser that has another cookie: several tabs that begin at the same moment each
/// get one, and the last one stays.
const ANEW_BESIDE_OTHER_COOKIE: u8 = 4;

/// How often in a browser that has none: it may keep no cookies at all.
const ANEW_WITHOUT_COOKIE: u8 = 1;

/// The value of a browser's cookie, from random bytes.
pub(crate) fn browser_cookie(random: [u8; BROWSER_BYTES]) -> String {
    URL_SAFE_NO_PAD.encode(random)
}

/// A cookie that [`browser_cookie`] may have made; anything else was not set by us.
pub(crate) fn is_browser_cookie(value: &str) -> bool {
    let mut bytes = [0; BROWSER_BYTES + 3];
    URL_SAFE_NO_PAD.decode_slice(value, &mut bytes).is_ok_and(|length| length == BROWSER_BYTES)
}

/// What attempts remember of a browser.
pub(crate) fn mark(cookie: &str) -> BrowserMark {
    let hash = digest(&SHA256, &[b"azure-auth browser ", cookie.as_bytes()].concat());
    // The digest has 32 bytes.
    BrowserMark(hash.as_ref().first_chunk().copied().unwrap_or_default())
}

/// Seals an attempt into `state`. `cookie_name` is that of the browsers' cookie: it names the application and its address.
pub(crate) fn seal(attempt: &SignInAttempt, keys: &SealingKeys, cookie_name: &str, nonce: SealNonce) -> Option<String> {
    keys.seal(cookie_name, &attempt.to_bytes(), nonce)
}

/// The attempt in a state of ours, begun in whichever browser; `None` for every other text.
pub(crate) fn open(state: &str, keys: &SealingKeys, cookie_name: &str) -> Option<SignInAttempt> {
    SignInAttempt::from_bytes(&keys.open(cookie_name, state).ok()?)
}

/// An attempt of the very browser that brings its answer.
#[derive(Clone, Copy)]
pub(crate) struct OwnAttempt<'a>(&'a SignInAttempt);

impl OwnAttempt<'_> {
    pub(crate) fn attempt(&self) -> &SignInAttempt {
        self.0
    }
}

/// An attempt that another browser began, or this one before it lost its cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotThisBrowser {
    /// The person may be sent to sign in again by itself, to where the attempt wanted to go.
    pub(crate) may_begin_anew: bool,
}

/// Judges whether the browser that brings an answer began the attempt. `cookie` is what it keeps.
pub(crate) fn bind<'a>(attempt: &'a SignInAttempt, cookie: Option<&str>) -> Result<OwnAttempt<'a>, NotThisBrowser> {
    let cookie = cookie.filter(|cookie| is_browser_cookie(cookie));
    let is_own = |cookie: &str| verify_slices_are_equal(&mark(cookie).0, &attempt.browser.0).is_ok();
    if cookie.is_some_and(is_own) {
        return Ok(OwnAttempt(attempt));
    }
    let limit = if cookie.is_some() { ANEW_BESIDE_OTHER_COOKIE } else { ANEW_WITHOUT_COOKIE };
    // In a window that a frame opened nobody goes on: the frame begins anew.
    Err(NotThisBrowser { may_begin_anew: attempt.frame.is_none() && attempt.begun_anew < limit })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::sessions::frame_challenge::FrameChallenge;
    use crate::model::sessions::session::AuthorityFingerprint;
    use crate::model::unix_time::UnixTime;
    use crate::rules::session::seal::Purpose;

    const NAME: &str = "azure-sign-in";

    /// A sign-in that the browser with the cookie of [`own_cookie`] began at `started_at`.
    pub(crate) fn attempt(started_at: UnixTime) -> SignInAttempt {
        SignInAttempt {
            secret: [9; 32],
            started_at,
            authority: AuthorityFingerprint(7),
            browser: mark(&own_cookie()),
            return_to: "/me".to_owned(),
            frame: None,
            prompt: None,
            begun_anew: 0,
            access: None,
        }
    }

    pub(crate) fn own_cookie() -> String {
        browser_cookie([1; 32])
    }

    fn keys(secret: u8) -> SealingKeys {
        SealingKeys::derive(&[vec![secret; 32]], Purpose::SignInAttempt).unwrap()
    }

    fn sealed(attempt: &SignInAttempt) -> String {
        seal(attempt, &keys(1), NAME, [7; 12]).unwrap()
    }

    #[test]
    fn a_state_opens_with_the_keys_of_every_replica_and_for_one_application() {
        let attempt = attempt(UnixTime(0));
        let state = sealed(&attempt);
        assert!(open(&state, &keys(1), NAME) == Some(attempt));
        assert!(open(&state, &keys(2), NAME).is_none(), "other keys");
        assert!(open(&state, &keys(1), "azure-sign-in-of-another").is_none());
        for foreign in ["", "short", &"a".repeat(43), &"é".repeat(21), &state[1..], &format!("{state}=")] {
            assert!(open(foreign, &keys(1), NAME).is_none(), "{foreign}");
        }
    }

    #[test]
    fn a_state_fits_into_an_address_with_the_longest_way_back() {
        let longest = SignInAttempt {
            return_to: format!("/{}", "a".repeat(511)),
            frame: Some(FrameChallenge([1; 32])),
            ..attempt(UnixTime(0))
        };
        assert_eq!(sealed(&longest).len(), 856);
        assert_eq!(sealed(&attempt(UnixTime(0))).len(), 135);
    }

    #[test]
    fn an_attempt_is_good_in_the_browser_that_began_it_alone() {
        let attempt = attempt(UnixTime(0));
        assert!(bind(&attempt, Some(&own_cookie())).is_ok());
        for other in [None, Some(browser_cookie([2; 32])), Some(String::new()), Some(format!("{}A", own_cookie()))] {
            assert!(bind(&attempt, other.as_deref()).is_err(), "{other:?}");
        }
    }

    #[test]
    fn elsewhere_it_begins_anew_once_and_beside_a_cookie_as_often_as_tabs_race() {
        let (none, other) = (None, Some(browser_cookie([2; 32])));
        for (cookie, begun_anew, expected) in [
            (&none, 0, true),
            (&none, 1, false),
            (&none, 7, false),
            (&other, 0, true),
            (&other, 3, true),
            (&other, 4, false),
            (&other, 7, false),
        ] {
            let attempt = SignInAttempt { begun_anew, ..attempt(UnixTime(0)) };
            let judged = bind(&attempt, cookie.as_deref()).err().unwrap();
            assert_eq!(judged.may_begin_anew, expected, "{cookie:?} {begun_anew}");
            let framed = SignInAttempt { frame: Some(FrameChallenge([1; 32])), ..attempt };
            assert!(!bind(&framed, cookie.as_deref()).err().unwrap().may_begin_anew, "{cookie:?} {begun_anew}");
        }
    }

    #[test]
    fn only_what_could_be_ours_is_a_cookie_of_a_browser() {
        assert!(is_browser_cookie(&own_cookie()));
        let (short, long) = (browser_cookie([1; 32])[..42].to_owned(), "A".repeat(44));
        for other in ["", "1", "x y", &short, &long, &"é".repeat(21), &"=".repeat(43)] {
            assert!(!is_browser_cookie(other), "{other}");
        }
    }
}
