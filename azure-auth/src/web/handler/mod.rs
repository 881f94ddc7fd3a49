//! What handlers take, and what guards them.

pub(crate) mod application_token;
pub(crate) mod checked;
pub(crate) mod declared;
pub(crate) mod extractor;
pub(crate) mod guard;
pub(crate) mod has;
pub(crate) mod login;
pub(crate) mod lost_refusal;
pub(crate) mod place;
pub(crate) mod principal;
pub(crate) mod router_guard;
pub(crate) mod token;
