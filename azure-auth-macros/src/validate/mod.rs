//! Every rule. Each function walks everything and returns all problems it found.

mod argument;
pub(crate) mod endpoints;
mod handler;
pub(crate) mod protect;
pub(crate) mod public;
mod scopes;
