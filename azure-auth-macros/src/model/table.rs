//! What `endpoints!` builds.

use proc_macro2::Span;
use syn::{Expr, ExprCall, ExprMethodCall, LitStr};

use super::protection::Protection;

/// Rows in the order in which they were written.
#[derive(Default)]
pub(crate) struct Table {
    pub(crate) rows: Vec<TableRow>,
}

pub(crate) struct TableRow {
    pub(crate) path: LitStr,
    pub(crate) target: Target,
}

/// What answers at a path.
pub(crate) enum Target {
    /// `get(a).post(b)`.
    Methods(MethodChain),
    /// `nest(endpoints)`.
    Nest(Expr),
    /// `public(endpoint, reason = "…")`.
    Public { endpoint: Expr, reason: String },
    /// `protect(endpoint, roles = "…")`.
    Protect(ProtectedEndpoint),
}

/// An endpoint that is not a handler, and what is asked of its callers.
pub(crate) struct ProtectedEndpoint {
    pub(crate) endpoint: Expr,
    pub(crate) protection: Box<Protection>,
    /// Where reports say that it is declared.
    pub(crate) place: Span,
}

/// `get(handler)` and the calls after it.
pub(crate) struct MethodChain {
    pub(crate) first: ExprCall,
    pub(crate) method: Method,
    pub(crate) links: Vec<Link>,
}

/// One call after the first. The last argument of `.post(handler)` is a handler, that of `.with(middleware)` is not.
pub(crate) struct Link {
    pub(crate) call: ExprMethodCall,
    /// None where the last argument is not a handler.
    pub(crate) method: Option<Method>,
}

/// Which requests a handler answers.
pub(crate) enum Method {
    /// As requests name it.
    Named(String),
    /// The first argument of `.method(…)`.
    Expression,
}

impl Method {
    /// The method that a function or method of Poem is named after.
    pub(crate) fn called(name: &str) -> Self {
        if name == "method" { Self::Expression } else { Self::Named(name.to_ascii_uppercase()) }
    }
}

/// What is left of a table with mistakes: nothing of it is mounted, and the compiler sees all of it.
#[derive(Default)]
pub(crate) struct Remains {
    pub(crate) targets: Vec<Target>,
    /// Values in rows that could not be read as a target.
    pub(crate) strays: Vec<Expr>,
}
