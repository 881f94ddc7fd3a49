//! Tokens → trees that keep every span. Everything well formed is accepted here; rules live in `validate`.

mod api;
mod argument;
mod declaration;
mod endpoints;
mod handler;
mod vocabulary;

use syn::Expr;

pub(crate) use api::{Api, DeclarationKind, Operation};
pub(crate) use argument::{Argument, Arguments};
pub(crate) use declaration::Declaration;
pub(crate) use endpoints::{Endpoints, ProtectCall, Row, RowTarget};
pub(crate) use handler::Handler;
pub(crate) use vocabulary::{DownstreamApi, Entry, Section, Vocabulary};

/// An expression without the invisible parentheses around what a `macro_rules!` macro was given.
pub(crate) fn ungrouped(expression: &Expr) -> &Expr {
    match expression {
        Expr::Group(group) => ungrouped(&group.expr),
        other => other,
    }
}
