//! Tokens of every kind, and what is in them.

pub(crate) mod access_token;
pub(crate) mod first_party_token;
pub(crate) mod groups;
pub(crate) mod id_token;
mod id_token_defects;
pub(crate) mod issuer;
pub(crate) mod jwt;
pub(crate) mod lifetime;
pub(crate) mod signed_by;
pub(crate) mod token_builder;
pub(crate) mod token_error;
pub(crate) mod workload_token;
