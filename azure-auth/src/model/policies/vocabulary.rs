//! What the items of `app!` are: types that stand for an app role, a scope or a group, as constant data.

use std::marker::PhantomData;

use azure_auth_policy::{Guid, Policy};

/// An item of a vocabulary. Never implemented by hand: `app!` writes the implementation next to the item.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an item of `azure_auth::app!`",
    label = "expected a name that `azure_auth::app!` declares",
    note = "declare it in `azure_auth::app!`, or write its value in quotes"
)]
pub trait Item {
    /// [`AppRole`], [`Scope`], [`Group`], [`NamedPolicy`] or a permission of another API, of this item: messages of the compiler name both.
    type Kind;

    /// What the token says in place of the name.
    type Value;

    /// The role's or scope's value, or the group's id.
    const VALUE: Self::Value;

    /// What it is for, in the words of `app!`.
    const DESCRIPTION: Option<&'static str> = None;
}

/// The kind of items that stand for an app role.
pub struct AppRole<I>(PhantomData<I>);

/// The kind of items that stand for a delegated permission.
pub struct Scope<I>(PhantomData<I>);

/// The kind of items that stand for a group.
pub struct Group<I>(PhantomData<I>);

/// The kind of items that stand for a policy.
pub struct NamedPolicy<I>(PhantomData<I>);

/// Stands where an app role is expected.
#[diagnostic::on_unimplemented(
    message = "expected an app role, found `{Self}`",
    label = "this item is not an app role",
    note = "a `Scope` belongs in `scopes = …` or `scope(…)`, a `Group` belongs in `groups = …` or `group(…)`, a \
            `DelegatedPermission` belongs in `downstream = …`"
)]
pub trait AppRoleValue {
    /// As in the claim `roles`.
    const VALUE: &'static str;
}

/// Stands where a scope is expected.
#[diagnostic::on_unimplemented(
    message = "expected a scope, found `{Self}`",
    label = "this item is not a scope",
    note = "an `AppRole` belongs in `roles = …`, `application_roles = …`, `role(…)` or `application_role(…)`, a `Group` belongs in `groups = …` or \
            `group(…)`, a `DelegatedPermission` belongs in `downstream = …`"
)]
pub trait ScopeValue {
    /// As in the claim `scp`.
    const VALUE: &'static str;

    /// The same, with what it is for.
    const DESCRIBED: DescribedScope;
}

/// A scope, and what its vocabulary says of it.
pub(crate) type DescribedScope = (&'static str, Option<&'static str>);

/// Stands where a group is expected.
#[diagnostic::on_unimplemented(
    message = "expected a group, found `{Self}`",
    label = "this item is not a group",
    note = "an `AppRole` belongs in `roles = …`, `application_roles = …`, `role(…)` or `application_role(…)`, a `Scope` belongs in `scopes = …` or \
            `scope(…)`, a `DelegatedPermission` belongs in `downstream = …`"
)]
pub trait GroupId {
    /// As in the claim `groups`.
    const VALUE: Guid;
}

/// Stands where a policy is expected.
#[diagnostic::on_unimplemented(
    message = "expected a policy, found `{Self}`",
    label = "this item is not a policy",
    note = "write what a policy asks for: `role(…)` or `application_role(…)` around an `AppRole`, `scope(…)` around a \
            `Scope`, `group(…)` around a `Group`; a `DelegatedPermission` belongs in `downstream = …`"
)]
pub trait PolicyValue {
    /// Under its name.
    const VALUE: Policy<'static>;
}

#[diagnostic::do_not_recommend]
impl<I: Item<Value = &'static str>> AppRoleValue for AppRole<I> {
    const VALUE: &'static str = I::VALUE;
}

#[diagnostic::do_not_recommend]
impl<I: Item<Value = &'static str>> ScopeValue for Scope<I> {
    const VALUE: &'static str = I::VALUE;
    const DESCRIBED: DescribedScope = (I::VALUE, I::DESCRIPTION);
}

#[diagnostic::do_not_recommend]
impl<I: Item<Value = Guid>> GroupId for Group<I> {
    const VALUE: Guid = I::VALUE;
}

#[diagnostic::do_not_recommend]
impl<I: Item<Value = Policy<'static>>> PolicyValue for NamedPolicy<I> {
    const VALUE: Policy<'static> = I::VALUE;
}

/// Names an app role where a program asks for one: a text, or an item of [`app!`](crate::app).
///
/// ```
/// azure_auth::app! { roles: { Admin } }
///
/// fn is_boss(principal: &azure_auth::Principal) -> bool {
///     principal.has_role(Admin).is_yes() || principal.has_role("Boss").is_yes()
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name an app role",
    label = "expected a text, or an app role of `azure_auth::app!`"
)]
pub trait AppRoleName {
    /// As in the claim `roles`.
    fn app_role(&self) -> &str;
}

/// Names a delegated permission where a program asks for one: a text, or an item of [`app!`](crate::app).
///
/// ```
/// azure_auth::app! { scopes: { FilesRead("Files.Read") } }
///
/// fn may_read(principal: &azure_auth::Principal) -> bool {
///     principal.has_scope(FilesRead).is_yes()
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a scope",
    label = "expected a text, or a scope of `azure_auth::app!`"
)]
pub trait ScopeName {
    /// As in the claim `scp`.
    fn scope(&self) -> &str;
}

/// Names a group where a program asks for one: its object id, or an item of [`app!`](crate::app).
///
/// ```
/// azure_auth::app! { groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222") } }
///
/// fn is_of_staff(principal: &azure_auth::Principal) -> bool {
///     principal.has_group(Staff).is_yes()
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a group",
    label = "expected an `azure_auth::Guid`, or a group of `azure_auth::app!`"
)]
pub trait GroupName {
    /// As in the claim `groups`.
    fn group(&self) -> Guid;
}

/// Names a policy where a program asks for one: an item of [`app!`](crate::app).
///
/// ```
/// azure_auth::app! {
///     roles: { Writer, Admin },
///     policies: { Editor = role(Writer) || role(Admin) },
/// }
///
/// fn may_edit(principal: &azure_auth::Principal) -> bool {
///     principal.satisfies::<Editor>().is_yes()
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a policy",
    label = "expected a name that `policies` of `azure_auth::app!` declares"
)]
pub trait PolicyName {
    /// What it asks for.
    #[doc(hidden)]
    const POLICY: Policy<'static>;
}

#[diagnostic::do_not_recommend]
impl<I: Item> PolicyName for I
where
    I::Kind: PolicyValue,
{
    const POLICY: Policy<'static> = I::Kind::VALUE;
}

macro_rules! texts {
    ($($text:ty),+) => {
        $(impl AppRoleName for $text {
            fn app_role(&self) -> &str {
                self
            }
        }

        impl ScopeName for $text {
            fn scope(&self) -> &str {
                self
            }
        })+
    };
}

texts!(&str, &String, String);

#[diagnostic::do_not_recommend]
impl<I: Item> AppRoleName for I
where
    I::Kind: AppRoleValue,
{
    fn app_role(&self) -> &str {
        I::Kind::VALUE
    }
}

#[diagnostic::do_not_recommend]
impl<I: Item> ScopeName for I
where
    I::Kind: ScopeValue,
{
    fn scope(&self) -> &str {
        I::Kind::VALUE
    }
}

impl GroupName for Guid {
    fn group(&self) -> Guid {
        *self
    }
}

#[diagnostic::do_not_recommend]
impl<I: Item> GroupName for I
where
    I::Kind: GroupId,
{
    fn group(&self) -> Guid {
        I::Kind::VALUE
    }
}
