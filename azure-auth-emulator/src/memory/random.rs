//! Randomness.

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
