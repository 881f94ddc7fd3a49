//! Which key signs a token that is made for a test.

use std::sync::Arc;

use crate::memory::keys::{KeyRing, SigningKey};

/// Whose signature a token has.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use azure_auth_emulator::{Emulator, SignedBy};
///
/// let emulator = Emulator::start().await?;
/// let unsigned = emulator.access_token().signed_by(SignedBy::Nobody).issue();
/// assert!(unsigned.ends_with('.'), "the third part is empty");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignedBy {
    /// The key for the token's tenant signs, as it should.
    Tenant,
    /// The key that is published beside it signs. It is just as good.
    Next,
    /// A key of another cloud signs. The key set lists it all the same.
    ForeignCloud,
    /// The key for personal accounts signs.
    Consumers,
    /// A key that left the key set signs.
    Retired,
    /// A key that left the key set signs, while the header names the right one.
    Impostor,
    /// The signature is an HMAC, with the right public key as the secret.
    PublicKey,
    /// The signature is empty, and the header says so (`alg: none`).
    Nobody,
}

impl SignedBy {
    /// The key that signs instead of the right one.
    pub(super) fn key(self, keys: &KeyRing) -> Option<Arc<SigningKey>> {
        let key = match self {
            Self::Next => &keys.next,
            Self::ForeignCloud => &keys.foreign,
            Self::Consumers => &keys.consumers,
            Self::Retired | Self::Impostor => &keys.retired,
            Self::Tenant | Self::PublicKey | Self::Nobody => return None,
        };
        Some(key.clone())
    }
}
