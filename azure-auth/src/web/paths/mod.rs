//! The library's own addresses.

pub(crate) mod callback;
pub(crate) mod cross_origin;
pub(crate) mod embedded;
pub(crate) mod front_channel;
pub(crate) mod popup;
pub(crate) mod redemption;
pub(crate) mod session_watch;
pub(crate) mod sign_in;
pub(crate) mod sign_in_failure;
pub(crate) mod sign_out;
pub(crate) mod unasked;
pub(crate) mod who_am_i;
