//! Tokens of every kind, and what is in them.

pub(crate) mod access_token;
pub(crate) mod graph_token;
pub(crate) mod groups;
pub(crate) mod id_token;
pub(crate) mod issuer;
pub(crate) mod jwt;
pub(crate) mod token_order;
