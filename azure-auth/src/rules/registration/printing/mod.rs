//! A registration as people apply it: a script, infrastructure as code, requests.

pub(crate) mod az;
pub(crate) mod bicep;
mod bodies;
mod comments;
pub(crate) mod graph;
mod hcl;
mod issuer;
pub(crate) mod terraform;

#[cfg(test)]
mod tests;
