//! One request and its answer.

pub(crate) mod broken;
pub(crate) mod call;
pub(crate) mod pages;
pub(crate) mod response;
pub(crate) mod sender;
