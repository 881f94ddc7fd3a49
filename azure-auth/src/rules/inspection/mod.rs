//! What a program is asked about itself: who may call it, whether it is set up right, and what a token opens.

pub(crate) mod arguments;
pub(crate) mod client_credential;
pub(crate) mod clock;
pub(crate) mod configuration;
pub(crate) mod cookies;
pub(crate) mod documents;
pub(crate) mod drift;
pub(crate) mod examination;
pub(crate) mod finding;
pub(crate) mod reachability;
pub(crate) mod redirect_uris;
pub(crate) mod registration;
pub(crate) mod session_store;
pub(crate) mod token_explanation;
