//! What `#[public]` says.

use syn::Type;

/// A handler that is open on purpose.
#[derive(Default)]
pub(crate) struct Opening {
    pub(crate) reason: Option<String>,
    /// Argument types that may turn out to demand a caller, which only the compiler knows.
    pub(crate) suspects: Vec<Type>,
    /// Argument types that are tokens for other APIs, which the compiler judges.
    pub(crate) tokens: Vec<Type>,
}
