//! Randomness.

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// 32 random bytes in base64url.
pub(crate) fn random_text() -> String {
    let mut bytes = [0; 32];
    // Without randomness the text can be guessed. That is harmless here, as the emulator protects nothing.
    let _ = rand::fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
