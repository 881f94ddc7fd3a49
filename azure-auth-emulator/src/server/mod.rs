//! How requests come in.

pub(crate) mod ca_file;
pub(crate) mod certificates;
pub(crate) mod service;
pub(crate) mod start_rule;
pub(crate) mod tls;
