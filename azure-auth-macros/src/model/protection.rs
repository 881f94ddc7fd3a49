//! What `#[protect]` asks of callers.

use syn::{ExprPath, Type};

use super::item::Name;

/// Every part must hold. Empty and absent parts ask nothing.
#[derive(Default)]
pub(crate) struct Protection {
    pub(crate) openid_scopes: Vec<String>,
    pub(crate) scopes: Vec<Name<String>>,
    pub(crate) roles: Option<Choice<Name<String>>>,
    pub(crate) groups: Option<Choice<Name<u128>>>,
    pub(crate) application_roles: Option<Choice<Name<String>>>,
    pub(crate) tenants: Vec<u128>,
    pub(crate) via: Via,
    pub(crate) allow: Option<Policy>,
    pub(crate) check: Option<ExprPath>,
    /// Items in a policy that could not be read. Only what replaces code with mistakes names them.
    pub(crate) unread: Vec<ExprPath>,
    /// Argument types that prove something, which must be implied.
    pub(crate) proofs: Vec<Type>,
    /// The argument that takes what the `check` gives.
    pub(crate) checked: Option<Checked>,
}

/// An argument of type `Checked<…>`.
pub(crate) struct Checked {
    /// Among the handler's arguments.
    pub(crate) place: usize,
    /// What is in the angle brackets.
    pub(crate) given: Type,
}

/// Some of a list, or all of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Choice<T> {
    pub(crate) quantifier: Quantifier,
    pub(crate) values: Vec<T>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Any,
    All,
}

/// The kind of credential that is accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Via {
    #[default]
    Both,
    Session,
    Bearer,
}

/// A policy expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    /// Any signed-in person.
    User,
    Role(Name<String>),
    Scope(Name<String>),
    Group(Name<u128>),
    ApplicationRole(Name<String>),
    Tenant(u128),
    Not(Box<Policy>),
    All(Vec<Policy>),
    Any(Vec<Policy>),
}
