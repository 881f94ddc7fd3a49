//! The app registration that a program needs, how one that there is differs from it, and how people apply it: a script,
//! infrastructure as code, requests.

pub(crate) mod az;
pub(crate) mod bicep;
pub(crate) mod bodies;
pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod comments;
pub(crate) mod found;
pub(crate) mod graph;
pub(crate) mod hcl;
pub(crate) mod issuer;
pub(crate) mod program;
pub(crate) mod stable_id;
pub(crate) mod terraform;

#[cfg(test)]
mod printed;
