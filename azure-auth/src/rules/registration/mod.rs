//! The app registration that a program needs, how one that there is differs from it, and how people apply it.

pub(crate) mod check;
pub(crate) mod found;
pub(crate) mod needed;
pub(crate) mod printing;
pub(crate) mod program;
pub(crate) mod stable_id;
