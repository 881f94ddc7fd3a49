//! The app registration that a program needs, and how one that there is differs from it.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod found;
pub(crate) mod program;
pub(crate) mod stable_id;
