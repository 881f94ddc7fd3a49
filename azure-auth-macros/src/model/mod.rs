//! What the user meant. Only what may be absent is optional, and only what expansion points at keeps a span.

pub(crate) mod api;
pub(crate) mod downstream;
pub(crate) mod item;
pub(crate) mod meaning;
pub(crate) mod opening;
pub(crate) mod protection;
pub(crate) mod table;
pub(crate) mod vocabulary;
