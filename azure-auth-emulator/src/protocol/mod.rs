//! The addresses of the service, one file for each.

pub(crate) mod admin_consent;
pub(crate) mod authorize;
pub(crate) mod client_credentials;
pub(crate) mod discovery;
pub(crate) mod emulator_tokens;
pub(crate) mod instance;
pub(crate) mod sign_out;
pub(crate) mod start_page;
pub(crate) mod token;
pub(crate) mod userinfo;
