//! Every rule. Each function walks everything and returns all problems it found.

pub(crate) mod api;
mod argument;
mod choice;
mod contradictions;
mod downstream;
pub(crate) mod endpoints;
mod handler;
mod item;
mod meant;
mod policy;
pub(crate) mod protect;
pub(crate) mod public;
mod scopes;
pub(crate) mod vocabulary;
