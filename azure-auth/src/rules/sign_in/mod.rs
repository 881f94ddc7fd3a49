//! What a browser is sent to the provider with, and what its answer is worth.

pub(crate) mod authorization_request;
pub(crate) mod authorization_response;
pub(crate) mod entra_error;
pub(crate) mod entra_facts;
pub(crate) mod login_request;
pub(crate) mod relying_party;
pub(crate) mod sign_in_state;
