//! Input and output: clock, randomness, and the provider.

pub(crate) mod clock;
pub(crate) mod entropy;
pub(crate) mod provider;
pub(crate) mod revoked_sessions;
pub(crate) mod text_cache;
pub(crate) mod token_endpoint;
pub(crate) mod transport;
