//! Input and output: clock, randomness, the provider, and where sessions are kept.

pub(crate) mod clock;
pub(crate) mod cookie_store;
pub(crate) mod entropy;
pub(crate) mod leases;
pub(crate) mod provider;
pub(crate) mod session_store;
pub(crate) mod text_cache;
pub(crate) mod token_endpoint;
pub(crate) mod transport;
