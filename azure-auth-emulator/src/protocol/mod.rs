//! The addresses of the service, one file or folder for each, and what several of them share.

pub(crate) mod admin_consent;
mod authorization_request;
mod authorization_response;
pub(crate) mod authorize;
mod consent;
pub(crate) mod discovery;
pub(crate) mod emulator_defects;
pub(crate) mod emulator_tokens;
pub(crate) mod instance;
mod relying_party;
pub(crate) mod sign_out;
pub(crate) mod start_page;
pub(crate) mod token;
pub(crate) mod userinfo;
pub(crate) mod workload;
