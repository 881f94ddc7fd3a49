//! An app registration as people apply it: a script, infrastructure as code, requests.

pub(crate) mod az;
pub(crate) mod bicep;
pub(crate) mod bodies;
pub(crate) mod comments;
pub(crate) mod graph;
pub(crate) mod hcl;
pub(crate) mod issuer;
pub(crate) mod terraform;

#[cfg(test)]
mod printed;
