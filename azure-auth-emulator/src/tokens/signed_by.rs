//! Which key signs a token that is made for a test.

use std::sync::Arc;

use crate::memory::keys::{KeyRing, SigningKey};

/// Whose signature a token has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignedBy {
    /// That of the key for the token's tenant, as it should be.
    Tenant,
    /// That of the key which is published beside it, and just as good.
    Next,
    /// That of a key of another cloud, which the key set lists all the same.
    ForeignCloud,
    /// That of the key for personal accounts.
    Consumers,
    /// That of a key that left the key set.
    Retired,
    /// That of a key that left the key set, while the header names the right one.
    Impostor,
    /// An HMAC, with the right public key as the secret.
    PublicKey,
    /// None, and the header says so.
    Nobody,
}

impl SignedBy {
    /// The key in the place of the right one.
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
