//! The only floor that knows Poem.

pub(crate) mod answer;
pub(crate) mod application;
pub(crate) mod azure_auth;
pub(crate) mod callback;
pub(crate) mod credential;
pub(crate) mod declared;
pub(crate) mod endpoints;
pub(crate) mod events;
pub(crate) mod extractor;
pub(crate) mod front_channel;
pub(crate) mod guard;
pub(crate) mod opened_session;
pub(crate) mod pages;
pub(crate) mod principal;
pub(crate) mod readiness;
pub(crate) mod refused;
pub(crate) mod request_cell;
pub(crate) mod request_facts;
pub(crate) mod rounds;
pub(crate) mod session;
pub(crate) mod session_storage;
pub(crate) mod session_watch;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod site;
pub(crate) mod who_am_i;
