//! Ground floor: pure types. They parse at the edge and are never checked again.

pub(crate) mod authority;
pub(crate) mod claims;
pub(crate) mod client;
pub(crate) mod configuration;
pub(crate) mod declaration;
pub(crate) mod embedding;
pub(crate) mod frame_challenge;
pub(crate) mod groups;
pub(crate) mod guid;
pub(crate) mod identity;
pub(crate) mod issuer;
pub(crate) mod json;
pub(crate) mod key_set;
pub(crate) mod origin;
pub(crate) mod principal;
pub(crate) mod proof;
pub(crate) mod provider_metadata;
pub(crate) mod reason;
pub(crate) mod refusal;
pub(crate) mod requirement;
pub(crate) mod row;
pub(crate) mod session;
pub(crate) mod sign_in_attempt;
pub(crate) mod tenants;
pub(crate) mod unix_time;
pub(crate) mod vocabulary;
