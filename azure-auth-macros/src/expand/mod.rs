//! Model → tokens. This cannot fail and decides nothing.

pub(crate) mod api;
mod downstream;
pub(crate) mod endpoints;
pub(crate) mod fallback;
pub(crate) mod graph;
pub(crate) mod guard;
pub(crate) mod open;
mod paths;
pub(crate) mod protect;
pub(crate) mod public;
mod requirement;
mod subject;
pub(crate) mod vocabulary;
