//! Randomness, and the time.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// 32 random bytes in base64url.
pub(crate) fn random_text() -> String {
    let mut bytes = [0; 32];
    // Without randomness a toy answers with something guessable; the real service would not answer.
    let _ = rand::fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The service dates its tokens back by this many seconds, for clocks that are slow.
pub(crate) const BACKDATED: u64 = 300;

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
