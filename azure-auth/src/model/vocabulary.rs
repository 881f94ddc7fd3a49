//! What the items of `app!` are: types that stand for an app role, a scope or a group, as constant data.

use std::marker::PhantomData;

use super::guid::Guid;

/// An item of a vocabulary. Never implemented by hand: `app!` writes the implementation next to the item.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no item of a vocabulary",
    label = "expected a name that `azure_auth::app!` declares",
    note = "declare it in `azure_auth::app!`, or write its value in quotes"
)]
pub trait Item {
    /// [`AppRole`], [`Scope`] or [`Group`], of this item: messages of the compiler name both.
    type Kind;

    /// What the token says in place of the name.
    type Value;

    /// The role's or scope's value, or the group's id.
    const VALUE: Self::Value;
}

/// The kind of items that stand for an app role.
pub struct AppRole<I>(PhantomData<I>);

/// The kind of items that stand for a delegated permission.
pub struct Scope<I>(PhantomData<I>);

/// The kind of items that stand for a group.
pub struct Group<I>(PhantomData<I>);

/// Stands where an app role is expected.
#[diagnostic::on_unimplemented(
    message = "expected an app role, found `{Self}`",
    label = "this item is no app role",
    note = "a `Scope` stands in `scopes = …` or `scope(…)`, a `Group` in `groups = …` or `group(…)`"
)]
pub trait AppRoleValue {
    /// As in the claim `roles`.
    const VALUE: &'static str;
}

/// Stands where a scope is expected.
#[diagnostic::on_unimplemented(
    message = "expected a scope, found `{Self}`",
    label = "this item is no scope",
    note = "an `AppRole` stands in `roles = …`, `application_roles = …`, `role(…)` or `application_role(…)`, a `Group` in `groups = …` or \
            `group(…)`"
)]
pub trait ScopeValue {
    /// As in the claim `scp`.
    const VALUE: &'static str;
}

/// Stands where a group is expected.
#[diagnostic::on_unimplemented(
    message = "expected a group, found `{Self}`",
    label = "this item is no group",
    note = "an `AppRole` stands in `roles = …`, `application_roles = …`, `role(…)` or `application_role(…)`, a `Scope` in `scopes = …` or \
            `scope(…)`"
)]
pub trait GroupId {
    /// As in the claim `groups`.
    const VALUE: Guid;
}

#[diagnostic::do_not_recommend]
impl<I: Item<Value = &'static str>> AppRoleValue for AppRole<I> {
    const VALUE: &'static str = I::VALUE;
}

#[diagnostic::do_not_recommend]
impl<I: Item<Value = &'static str>> ScopeValue for Scope<I> {
    const VALUE: &'static str = I::VALUE;
}

#[diagnostic::do_not_recommend]
impl<I: Item<Value = Guid>> GroupId for Group<I> {
    const VALUE: Guid = I::VALUE;
}
