//! What proves this program to the provider.

#[cfg(feature = "certificate")]
pub(crate) mod assertion;
#[cfg(feature = "certificate")]
pub(crate) mod certificate;
pub(crate) mod expiry;
pub(crate) mod federated_token;
pub(crate) mod managed_identity;
