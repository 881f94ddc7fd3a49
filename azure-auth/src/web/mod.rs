//! The only floor that knows Poem.

pub(crate) mod endpoints;
pub(crate) mod guard;
pub(crate) mod user;
