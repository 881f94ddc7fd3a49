//! What `#[protect]` asks of callers.

use azure_auth_policy::{Guid, Via};
use syn::{Expr, ExprPath, Type};

use super::downstream::Taken;
use super::item::{Item, Name};

/// Every part must hold. Empty and absent parts ask nothing.
#[derive(Default)]
pub(crate) struct Protection {
    pub(crate) openid_scopes: Vec<String>,
    pub(crate) scopes: Vec<Name<String>>,
    pub(crate) roles: Option<Choice<Name<String>>>,
    pub(crate) groups: Option<Choice<Name<Guid>>>,
    pub(crate) application_roles: Option<Choice<Name<String>>>,
    pub(crate) tenants: Vec<Guid>,
    pub(crate) via: Option<Via>,
    pub(crate) allow: Option<WrittenPolicy>,
    /// The same as it is written, where names in it leave its judgement to the compiler.
    pub(crate) judged: Option<Expr>,
    pub(crate) check: Option<ExprPath>,
    /// Tokens for other APIs, beside those that the handler takes as arguments.
    pub(crate) downstream: Vec<Taken>,
    /// The same as it is written, where its judgement is left to the compiler.
    pub(crate) judged_downstream: Option<Expr>,
    /// Argument types that are such tokens, which the compiler judges.
    pub(crate) tokens: Vec<Type>,
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

/// A policy as it is written: only the compiler knows what the items in it stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WrittenPolicy {
    /// Any signed-in person.
    User,
    Role(Name<String>),
    Scope(Name<String>),
    Group(Name<Guid>),
    ApplicationRole(Name<String>),
    Tenant(Guid),
    Not(Box<WrittenPolicy>),
    All(Vec<WrittenPolicy>),
    Any(Vec<WrittenPolicy>),
    /// One that `app!` declares.
    Named(Item),
}
