//! What one `AzureAuth` holds, whatever is asked of it.

pub(crate) mod addresses;
pub(crate) mod events;
pub(crate) mod missed_sign_outs;
pub(crate) mod opened_session;
pub(crate) mod readiness;
pub(crate) mod site;
pub(crate) mod state;
pub(crate) mod store_factory;
pub(crate) mod undeclared_names;
pub(crate) mod user;
