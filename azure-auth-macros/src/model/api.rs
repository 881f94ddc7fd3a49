//! What an API of poem-openapi declares.

use syn::Expr;

use super::opening::Opening;
use super::protection::Protection;

/// Operations in the order in which they were written.
#[derive(Default)]
pub(crate) struct Api {
    /// What poem-openapi puts in front of every path.
    pub(crate) prefix: Option<Expr>,
    pub(crate) operations: Vec<Operation>,
}

/// One method of the `impl` block, which may answer several methods of HTTP.
pub(crate) struct Operation {
    pub(crate) path: String,
    /// As requests name them.
    pub(crate) methods: Vec<String>,
    pub(crate) access: Access,
}

/// Who may call it.
pub(crate) enum Access {
    Public(Opening),
    Protected(Box<Protection>),
}
