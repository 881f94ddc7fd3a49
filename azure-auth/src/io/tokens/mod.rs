//! Tokens for other APIs: got from the provider once for all who wait, kept beside sessions, renewed before their end.

pub(crate) mod failures;
pub(crate) mod flights;
#[cfg(feature = "testing")]
pub(crate) mod given;
pub(crate) mod groups;
pub(crate) mod kept_session;
#[cfg(feature = "azure-sdk")]
pub(crate) mod named_apis;
pub(crate) mod on_behalf_of;
pub(crate) mod program;
pub(crate) mod session_tokens;
pub(crate) mod source;
pub(crate) mod token_problem;
pub(crate) mod token_request;
