//! What a provider publishes about itself.

pub(crate) mod issuer;
pub(crate) mod key_set;
pub(crate) mod provider_metadata;
