//! What travels with `state` from the redirect to the callback.

use super::asked_access::AskedAccess;
use super::frame_challenge::FrameChallenge;
use super::prompt::Prompt;
use super::session::AuthorityFingerprint;
use crate::model::unix_time::UnixTime;

/// One sign-in under way. The secret yields `nonce`, code verifier and the name of its lease, each by its own derivation.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SignInAttempt {
    pub(crate) secret: [u8; 32],
    pub(crate) started_at: UnixTime,
    /// Where the person was sent to. The answer of another one is not asked for.
    pub(crate) authority: AuthorityFingerprint,
    /// The browser that began it. The answer is good in no other.
    pub(crate) browser: BrowserMark,
    /// Where to go afterwards: a path of our own, already judged.
    pub(crate) return_to: String,
    /// The frame that the session is for. Without it the session is the browser's own.
    pub(crate) frame: Option<FrameChallenge>,
    /// What the provider was asked to show.
    pub(crate) prompt: Option<Prompt>,
    /// How often the sign-in was begun anew by itself before this one.
    pub(crate) begun_anew: u8,
    /// What it asks for at other APIs.
    pub(crate) access: Option<AskedAccess>,
}

/// Half of a hash of what a browser keeps while it signs in. The whole is in its cookie only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct BrowserMark(pub(crate) [u8; 16]);

/// A challenge follows the marks.
const FRAME: u8 = 0b0000_0001;
/// The place of the prompt among the marks.
const PROMPT_AT: u32 = 1;
/// The place of the count.
const ANEW_AT: u32 = 3;
/// What is asked for at other APIs follows the challenge.
const ACCESS: u8 = 0b0100_0000;
/// More is not counted.
pub(crate) const ANEW_LIMIT: u8 = 7;

impl SignInAttempt {
    /// `secret`, seconds and authority (8 bytes each, big endian), the browser's mark, a byte of marks, for a frame its
    /// challenge, with access to other APIs that as JSON behind its length (2 bytes), `return_to`.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.secret.to_vec();
        bytes.extend(self.started_at.0.to_be_bytes());
        bytes.extend(self.authority.0.to_be_bytes());
        bytes.extend(self.browser.0);
        bytes.push(self.marks());
        if let Some(FrameChallenge(challenge)) = &self.frame {
            bytes.extend(challenge);
        }
        if let Some(access) = &self.access {
            // Lists and texts are always written. What is too long for its length cannot be read again.
            let json = serde_json::to_vec(access).unwrap_or_default();
            bytes.extend(u16::try_from(json.len()).unwrap_or_default().to_be_bytes());
            bytes.extend(json);
        }
        bytes.extend(self.return_to.as_bytes());
        bytes
    }

    /// The reverse of [`to_bytes`](Self::to_bytes); `None` for anything it did not write.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (secret, rest) = bytes.split_first_chunk::<32>()?;
        let (seconds, rest) = rest.split_first_chunk::<8>()?;
        let (authority, rest) = rest.split_first_chunk::<8>()?;
        let (browser, rest) = rest.split_first_chunk::<16>()?;
        let (marks, rest) = rest.split_first()?;
        let (frame, return_to) = if marks & FRAME == 0 {
            (None, rest)
        } else {
            let (challenge, return_to) = rest.split_first_chunk::<32>()?;
            (Some(FrameChallenge(*challenge)), return_to)
        };
        let (access, return_to) = if marks & ACCESS == 0 {
            (None, return_to)
        } else {
            let (length, rest) = return_to.split_first_chunk::<2>()?;
            let (json, return_to) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
            (Some(serde_json::from_slice(json).ok()?), return_to)
        };
        let attempt = Self {
            secret: *secret,
            started_at: UnixTime(u64::from_be_bytes(*seconds)),
            authority: AuthorityFingerprint(u64::from_be_bytes(*authority)),
            browser: BrowserMark(*browser),
            return_to: std::str::from_utf8(return_to).ok()?.to_owned(),
            frame,
            prompt: prompt(marks >> PROMPT_AT & 0b11),
            begun_anew: marks >> ANEW_AT & ANEW_LIMIT,
            access,
        };
        // A later version may set marks that mean nothing here.
        (attempt.marks() == *marks).then_some(attempt)
    }

    fn marks(&self) -> u8 {
        let frame = if self.frame.is_some() { FRAME } else { 0 };
        let prompt = match self.prompt {
            None => 0,
            Some(Prompt::None) => 1,
            Some(Prompt::Login) => 2,
            Some(Prompt::SelectAccount) => 3,
        };
        let access = if self.access.is_some() { ACCESS } else { 0 };
        frame | access | prompt << PROMPT_AT | self.begun_anew.min(ANEW_LIMIT) << ANEW_AT
    }
}

fn prompt(mark: u8) -> Option<Prompt> {
    match mark {
        1 => Some(Prompt::None),
        2 => Some(Prompt::Login),
        3 => Some(Prompt::SelectAccount),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sessions::asked_access::AskedApi;

    fn attempt() -> SignInAttempt {
        SignInAttempt {
            secret: [9; 32],
            started_at: UnixTime(1_800_000_000),
            authority: AuthorityFingerprint(7),
            browser: BrowserMark([5; 16]),
            return_to: "/me".to_owned(),
            frame: None,
            prompt: None,
            begun_anew: 0,
            access: None,
        }
    }

    #[test]
    fn an_attempt_comes_back_from_its_bytes_and_nothing_else_does() {
        for prompt in [None, Some(Prompt::None), Some(Prompt::Login), Some(Prompt::SelectAccount)] {
            for begun_anew in 0..=ANEW_LIMIT {
                for frame in [None, Some(FrameChallenge([b'/'; 32]))] {
                    let attempt = SignInAttempt { frame, prompt, begun_anew, ..attempt() };
                    assert!(SignInAttempt::from_bytes(&attempt.to_bytes()) == Some(attempt));
                }
            }
        }
        let api =
            |uri: &str| AskedApi { uri: uri.to_owned(), names: vec!["Mail.Read".to_owned(), "User.Read".to_owned()] };
        for apis in [vec![], vec![api("https://graph.microsoft.com"), api("api://a")]] {
            for frame in [None, Some(FrameChallenge([1; 32]))] {
                let access = Some(AskedAccess { apis: apis.clone(), is_challenged: true });
                let attempt = SignInAttempt { frame, access, ..attempt() };
                let bytes = attempt.to_bytes();
                assert!(SignInAttempt::from_bytes(&bytes) == Some(attempt));
                assert!(SignInAttempt::from_bytes(&bytes[..70]).is_none());
            }
        }
        let framed = SignInAttempt { frame: Some(FrameChallenge([1; 32])), ..attempt() };
        assert!(SignInAttempt::from_bytes(&framed.to_bytes()[..90]).is_none());
        for length in 0..65 {
            assert!(SignInAttempt::from_bytes(&attempt().to_bytes()[..length]).is_none(), "{length}");
        }
        assert!(SignInAttempt::from_bytes(&[0xff; 200]).is_none());
    }

    #[test]
    fn marks_of_a_later_version_are_not_passed_over() {
        let mut bytes = attempt().to_bytes();
        bytes[64] |= 0b1000_0000;
        assert!(SignInAttempt::from_bytes(&bytes).is_none());
    }
}
