//! Decisions: plain functions from values to values. They never fetch, sleep, log, or read a clock.

pub(crate) mod configuration;
pub(crate) mod downstream;
pub(crate) mod inspection;
pub(crate) mod policy;
pub(crate) mod registration;
pub(crate) mod request;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod token;

#[cfg(test)]
mod corpus_tests;
