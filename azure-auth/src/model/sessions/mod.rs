//! What is kept between requests: sessions, and attempts to sign in.

pub(crate) mod asked_access;
pub(crate) mod frame_challenge;
pub(crate) mod prompt;
pub(crate) mod session;
pub(crate) mod sign_in_attempt;
