//! The only floor that knows Poem.

pub(crate) mod application;
pub(crate) mod handler;
pub(crate) mod layer;
pub(crate) mod pages;
pub(crate) mod paths;
pub(crate) mod request;
pub(crate) mod tokens;
