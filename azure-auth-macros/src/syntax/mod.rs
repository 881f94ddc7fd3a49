//! Tokens → trees that keep every span. Whatever is well formed is accepted here; rules live in `validate`.

mod argument;
mod declaration;
mod endpoints;
mod handler;

pub(crate) use argument::Argument;
pub(crate) use declaration::Declaration;
pub(crate) use endpoints::{Endpoints, Row};
pub(crate) use handler::Handler;
