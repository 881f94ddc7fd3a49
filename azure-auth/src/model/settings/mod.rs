//! What an application is configured with.

pub(crate) mod almost_guid;
pub(crate) mod authority;
pub(crate) mod authority_error;
pub(crate) mod client;
pub(crate) mod configuration;
pub(crate) mod embedding;
pub(crate) mod origin;
pub(crate) mod public_url;
pub(crate) mod session_store;
pub(crate) mod tenants;
pub(crate) mod undeclared;
