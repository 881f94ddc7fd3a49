//! From the window in which a person signs in to the frame that opened it: a code that only that frame can use.
//!
//! The frame makes a secret and sends its hash, as a client does with PKCE (RFC 7636 §4). What the window learns in the
//! end is bound to the hash, so that it is worthless to whoever sees it and does not have the secret.

use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;

use super::same_origin::{self, RequestSource};
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::model::sessions::frame_challenge::FrameChallenge;
use crate::model::settings::origin::Origin;
use crate::model::unix_time::UnixTime;
use crate::rules::session::seal::{OpenError, SealNonce, SealingKeys};

/// How long a code is good. It goes from one window to another of the same browser.
pub(crate) const CODE_LIFETIME: Duration = Duration::from_secs(60);

/// A code with the longest ticket there is stays below.
pub(crate) const CODE_LIMIT: usize = 12 * 1024;

/// Characters of a secret and of a challenge: base64url of 32 bytes.
const TEXT_LENGTH: usize = 43;

/// A session that waits for the frame that it was begun for.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Handover {
    pub(crate) challenge: FrameChallenge,
    pub(crate) expires_at: UnixTime,
    pub(crate) ticket: String,
}

/// What a frame has proven to be its own. It still has to be the first to come.
#[derive(PartialEq, Eq)]
pub(crate) struct Redeemable {
    pub(crate) ticket: String,
    /// Names the code to whoever remembers which were used.
    pub(crate) lease: String,
}

/// Why a frame does not get a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum EmbeddingError {
    /// Usual cause: a page opens the window itself, without the library's script.
    #[error("the window was opened without a `challenge`, 43 characters of base64url")]
    Challenge,
    #[error("the frame sent no form with `code` and `secret`")]
    Form,
    /// Usual cause: the code is another application's, or of another address of this one.
    #[error("the code does not open: {0}")]
    Code(#[from] OpenError),
    #[error("the code was made for another frame")]
    Secret,
    #[error("the code is older than {} seconds", CODE_LIFETIME.as_secs())]
    Expired,
    #[error("the code was used before")]
    Used,
}

impl Diagnosed for EmbeddingError {
    fn details(&self) -> Details {
        match self {
            Self::Challenge => Details::new("no `challenge`, or another text", "43 characters of base64url"),
            Self::Form => Details::new("another body", "a form with `code` and `secret`"),
            Self::Code(error) => Details::new(error.to_string(), "a code of this application"),
            Self::Secret => Details::new("the secret of another frame", "the secret of the frame that asked"),
            Self::Expired => {
                Details::new("an old code", format!("one of the last {} seconds", CODE_LIFETIME.as_secs()))
            }
            Self::Used => Details::new("a code that was used", "a new code"),
        }
    }
}

/// Whether the window was opened by a script of our own pages. Browsers say so, and no page can make them lie.
///
/// Anybody may open it otherwise, so then a person has to press a button first.
pub(crate) fn is_opened_by_us(source: RequestSource<'_>, own: &Origin) -> bool {
    source.fetch_site == Some("same-origin") && same_origin::judge(source, own, &[]).is_ok()
}

/// Reads a challenge.
pub(crate) fn challenge(text: &str) -> Result<FrameChallenge, EmbeddingError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| EmbeddingError::Challenge)?;
    bytes.try_into().map(FrameChallenge).map_err(|_| EmbeddingError::Challenge)
}

/// The text that [`challenge`] reads.
pub(crate) fn challenge_text(challenge: FrameChallenge) -> String {
    URL_SAFE_NO_PAD.encode(challenge.0)
}

/// The code for a frame: sealed, good under the name of one cookie and so at one address.
pub(crate) fn code(handover: &Handover, keys: &SealingKeys, name: &str, nonce: SealNonce) -> Option<String> {
    let mut plain = handover.challenge.0.to_vec();
    plain.extend(handover.expires_at.0.to_be_bytes());
    plain.extend(handover.ticket.as_bytes());
    keys.seal_bytes(name, &plain, nonce).map(|sealed| URL_SAFE_NO_PAD.encode(sealed))
}

/// Judges a code and the secret that comes with it.
pub(crate) fn redeem(
    code: &str,
    secret: &str,
    keys: &SealingKeys,
    name: &str,
    now: UnixTime,
) -> Result<Redeemable, EmbeddingError> {
    let handover = open(code, keys, name)?;
    let hash = digest(&SHA256, secret.as_bytes());
    let is_its_frame = verify_slices_are_equal(hash.as_ref(), &handover.challenge.0).is_ok();
    if secret.len() != TEXT_LENGTH || !is_its_frame {
        return Err(EmbeddingError::Secret);
    }
    if now >= handover.expires_at {
        return Err(EmbeddingError::Expired);
    }
    let lease = URL_SAFE_NO_PAD.encode(digest(&SHA256, handover.ticket.as_bytes()));
    Ok(Redeemable { ticket: handover.ticket, lease: format!("embedded {lease}") })
}

fn open(code: &str, keys: &SealingKeys, name: &str) -> Result<Handover, OpenError> {
    if code.len() > CODE_LIMIT {
        return Err(OpenError::Malformed);
    }
    let mut sealed = URL_SAFE_NO_PAD.decode(code).map_err(|_| OpenError::Malformed)?;
    let plain = keys.open_bytes(name, &mut sealed)?;
    let (challenge, rest) = plain.split_first_chunk::<32>().ok_or(OpenError::Malformed)?;
    let (seconds, ticket) = rest.split_first_chunk::<8>().ok_or(OpenError::Malformed)?;
    Ok(Handover {
        challenge: FrameChallenge(*challenge),
        expires_at: UnixTime(u64::from_be_bytes(*seconds)),
        ticket: std::str::from_utf8(ticket).map_err(|_| OpenError::Malformed)?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::session::seal::Purpose;
    use crate::rules::session::session_record::COOKIE_BUDGET_LIMIT;

    const NOW: UnixTime = UnixTime(1_800_000_000);
    const NAME: &str = "azure-embedded-x";

    fn keys(secret: u8, purpose: Purpose) -> SealingKeys {
        SealingKeys::derive(&[vec![secret; 32]], purpose).unwrap()
    }

    fn secret() -> String {
        URL_SAFE_NO_PAD.encode([7; 32])
    }

    fn handover(ticket: &str) -> Handover {
        let hash = digest(&SHA256, secret().as_bytes()).as_ref().try_into().unwrap();
        Handover { challenge: FrameChallenge(hash), expires_at: NOW + CODE_LIFETIME, ticket: ticket.to_owned() }
    }

    fn code_of(handover: &Handover) -> String {
        code(handover, &keys(1, Purpose::EmbeddedCode), NAME, [0; 12]).unwrap()
    }

    #[test]
    fn a_code_is_for_one_frame_one_address_and_one_minute() {
        use EmbeddingError::{Code, Expired, Secret};
        let ours = keys(1, Purpose::EmbeddedCode);
        let (code, secret) = (code_of(&handover("ticket")), secret());
        let other = URL_SAFE_NO_PAD.encode([8; 32]);
        let last = UnixTime(NOW.0 + CODE_LIFETIME.as_secs() - 1);
        for (context, keys, name, secret, now, expected) in [
            ("as it was made", &ours, NAME, secret.as_str(), NOW, None),
            ("in its last second", &ours, NAME, &secret, last, None),
            ("a second later", &ours, NAME, &secret, NOW + CODE_LIFETIME, Some(Expired)),
            ("of another frame", &ours, NAME, &other, NOW, Some(Secret)),
            ("without a secret", &ours, NAME, "", NOW, Some(Secret)),
            ("with the challenge as secret", &ours, NAME, &challenge_text(handover("").challenge), NOW, Some(Secret)),
            ("at another address", &ours, "azure-embedded-y", &secret, NOW, Some(Code(OpenError::Forged))),
            (
                "with keys of another application",
                &keys(2, Purpose::EmbeddedCode),
                NAME,
                &secret,
                NOW,
                Some(Code(OpenError::UnknownKey)),
            ),
            (
                "with keys of another purpose",
                &keys(1, Purpose::Session),
                NAME,
                &secret,
                NOW,
                Some(Code(OpenError::UnknownKey)),
            ),
        ] {
            let outcome = redeem(&code, secret, keys, name, now);
            assert_eq!(outcome.as_ref().err().copied(), expected, "{context}");
            assert!(outcome.is_ok_and(|redeemable| redeemable.ticket == "ticket") || expected.is_some(), "{context}");
        }
    }

    #[test]
    fn a_changed_cut_or_endless_code_opens_nothing() {
        let keys = keys(1, Purpose::EmbeddedCode);
        let code = code_of(&handover("ticket"));
        let refused = |code: &str| redeem(code, &secret(), &keys, NAME, NOW).err().expect("a refusal");
        for position in 0..code.len() {
            let mut changed = code.clone().into_bytes();
            changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
            assert!(matches!(refused(std::str::from_utf8(&changed).unwrap()), EmbeddingError::Code(_)), "{position}");
        }
        for other in ["", "x", "====", &code[1..], &code[..code.len() - 4], &"A".repeat(CODE_LIMIT + 1)] {
            assert!(matches!(refused(other), EmbeddingError::Code(_)), "{other}");
        }
    }

    #[test]
    fn the_longest_ticket_fits_into_a_code() {
        assert!(code_of(&handover(&"t".repeat(COOKIE_BUDGET_LIMIT))).len() <= CODE_LIMIT);
    }

    #[test]
    fn two_sessions_have_two_leases_and_neither_names_its_ticket() {
        let keys = keys(1, Purpose::EmbeddedCode);
        let lease = |ticket: &str| redeem(&code_of(&handover(ticket)), &secret(), &keys, NAME, NOW).ok().unwrap().lease;
        assert_ne!(lease("first"), lease("second"));
        assert!(!lease("first").contains("first"));
    }

    #[test]
    fn a_challenge_is_43_characters_of_base64url() {
        let text = challenge_text(FrameChallenge([9; 32]));
        assert_eq!((text.len(), challenge(&text)), (TEXT_LENGTH, Ok(FrameChallenge([9; 32]))));
        for other in ["", "abc", &text[1..], &format!("{text}A"), &format!("{text}="), &text.replace('C', "+")] {
            assert_eq!(challenge(other), Err(EmbeddingError::Challenge), "{other}");
        }
    }

    #[test]
    fn only_a_browser_that_says_so_was_sent_by_our_own_script() {
        for (fetch_site, expected) in [
            (Some("same-origin"), true),
            (Some("same-site"), false),
            (Some("cross-site"), false),
            (Some("none"), false),
            (Some(""), false),
            (None, false),
        ] {
            // An origin alone is not proof here: navigations send none.
            let own = Origin::parse("https://app.example").unwrap();
            let with = |origin| RequestSource { fetch_site, origin, ..RequestSource::default() };
            for origin in [None, Some("https://app.example")] {
                assert_eq!(is_opened_by_us(with(origin), &own), expected, "{fetch_site:?}");
            }
            assert!(!is_opened_by_us(with(Some("https://evil.example")), &own), "{fetch_site:?}");
        }
    }
}
