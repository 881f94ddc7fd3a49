//! What the browser keeps between redirect and callback.

use super::frame_challenge::FrameChallenge;
use super::session::AuthorityFingerprint;
use super::unix_time::UnixTime;

/// One sign-in under way. The secret yields `state`, `nonce` and the code verifier, each by its own derivation.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SignInAttempt {
    pub(crate) secret: [u8; 32],
    pub(crate) started_at: UnixTime,
    /// Where the person was sent to. The answer of another one is not asked for.
    pub(crate) authority: AuthorityFingerprint,
    /// Where to go afterwards: a path of our own, already judged.
    pub(crate) return_to: String,
    /// Of the frame that the session is for. Without it the session is the browser's own.
    pub(crate) frame: Option<FrameChallenge>,
}

/// Before a challenge. No path begins so.
const FRAME_MARK: u8 = 1;

impl SignInAttempt {
    /// `secret`, seconds and authority (8 bytes each, big endian), for a frame its mark and challenge, `return_to`.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.secret.to_vec();
        bytes.extend(self.started_at.0.to_be_bytes());
        bytes.extend(self.authority.0.to_be_bytes());
        if let Some(FrameChallenge(challenge)) = &self.frame {
            bytes.push(FRAME_MARK);
            bytes.extend(challenge);
        }
        bytes.extend(self.return_to.as_bytes());
        bytes
    }

    /// The reverse of [`to_bytes`](Self::to_bytes); `None` for anything it did not write.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (secret, rest) = bytes.split_first_chunk::<32>()?;
        let (seconds, rest) = rest.split_first_chunk::<8>()?;
        let (authority, rest) = rest.split_first_chunk::<8>()?;
        let (frame, return_to) = match rest.strip_prefix(&[FRAME_MARK]) {
            Some(rest) => {
                let (challenge, return_to) = rest.split_first_chunk::<32>()?;
                (Some(FrameChallenge(*challenge)), return_to)
            }
            None => (None, rest),
        };
        Some(Self {
            secret: *secret,
            started_at: UnixTime(u64::from_be_bytes(*seconds)),
            authority: AuthorityFingerprint(u64::from_be_bytes(*authority)),
            return_to: std::str::from_utf8(return_to).ok()?.to_owned(),
            frame,
        })
    }
}
