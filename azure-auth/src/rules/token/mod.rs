//! Whether a token may be believed, and what must be known of the provider for that.

pub(crate) mod access_token;
pub(crate) mod claimed_origin;
mod graph_host;
pub(crate) mod id_token;
pub(crate) mod key_refresh;
pub(crate) mod provider_metadata;
pub(crate) mod signature;
pub(crate) mod token_claims;
pub(crate) mod user_info;
