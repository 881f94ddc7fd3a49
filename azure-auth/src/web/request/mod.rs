//! One request: who sends it, from where, and what it is told.

pub(crate) mod authentication;
pub(crate) mod carried;
pub(crate) mod context;
pub(crate) mod credential;
pub(crate) mod failure;
pub(crate) mod findings;
pub(crate) mod guard_notes;
pub(crate) mod original_request;
pub(crate) mod refusal;
pub(crate) mod request_facts;
pub(crate) mod request_site;
pub(crate) mod session;
pub(crate) mod sign_in_loop;
