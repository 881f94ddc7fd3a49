//! What a frame asks to be signed in with.

/// SHA-256 of a secret that a script in a frame made up and keeps: what is meant for this frame is bound to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameChallenge(pub(crate) [u8; 32]);
