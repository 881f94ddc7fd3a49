//! The provider, over the network.

pub(crate) mod ca_file;
pub(crate) mod cached;
pub(crate) mod client_proof;
pub(crate) mod inspected;
pub(crate) mod member_groups;
pub(crate) mod observed;
pub(crate) mod provider_error;
pub(crate) mod token_endpoint;
pub(crate) mod transport;
pub(crate) mod transport_error;
pub(crate) mod user_info;
