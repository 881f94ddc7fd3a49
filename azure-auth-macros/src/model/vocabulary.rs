//! What `app!` declares.

use azure_auth_policy::Guid;
use proc_macro2::Ident;
use syn::Expr;

use super::downstream::{Permission, Resource};
use super::protection::WrittenPolicy;

/// Items in the order in which they were written.
#[derive(Default)]
pub(crate) struct Vocabulary {
    pub(crate) words: Vec<Word>,
    pub(crate) apis: Vec<DownstreamApi>,
}

/// An API that the application calls: a module with its permissions as items.
pub(crate) struct DownstreamApi {
    pub(crate) name: Ident,
    pub(crate) resource: Resource,
    pub(crate) words: Vec<Word>,
}

/// One item.
pub(crate) struct Word {
    pub(crate) name: Ident,
    pub(crate) meaning: Meaning,
    pub(crate) description: Option<String>,
}

/// A policy under a name.
#[derive(Clone)]
pub(crate) struct NamedPolicy {
    pub(crate) policy: WrittenPolicy,
    /// As it is written.
    pub(crate) expression: Expr,
    /// Whether other names in it leave its judgement to the compiler.
    pub(crate) is_judged: bool,
}

/// What an item stands for.
#[derive(Clone)]
pub(crate) enum Meaning {
    AppRole(String),
    Scope(String),
    Group(Guid),
    Policy(Box<NamedPolicy>),
    Permission(Permission),
}
