//! What the items for other APIs are: types that stand for a permission or a resource, as constant data.

use std::marker::PhantomData;

use super::vocabulary::Item;
use crate::model::downstream::permission::{Permission, ResourceName};

/// An API, as `azure_auth::graph::Resource` and what `downstream` of `app!` declares.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an API that a program calls",
    label = "expected the `Resource` of `azure_auth::graph`, or of a section `downstream` of `azure_auth::app!`",
    note = "write `ApplicationToken<graph::Resource>`: the program has every permission that an administrator granted it"
)]
pub trait ResourceItem {
    /// As constant data.
    const NAME: ResourceName;
}

/// The kind of items that stand for a permission of people at the API `R`.
pub struct DelegatedPermission<I, R>(PhantomData<(I, R)>);

/// The kind of items that stand for a permission of Microsoft Graph that only applications can have.
pub struct ApplicationPermission<I>(PhantomData<I>);

/// A permission of Microsoft Graph that is in the published list. Its items get what they are by one implementation for all of
/// them: the compiler's messages would list hundreds. Where something is not an item, they speak of this trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an item of `azure_auth::app!`",
    label = "expected a name that `azure_auth::app!` declares",
    note = "declare it in `azure_auth::app!`, or write its value in quotes"
)]
pub trait PublishedPermission {
    /// As of every item.
    type Kind;

    /// As constant data.
    const PERMISSION: Permission;
}

#[diagnostic::do_not_recommend]
impl<P: PublishedPermission> Item for P {
    type Kind = P::Kind;
    type Value = Permission;
    const VALUE: Permission = P::PERMISSION;
}

/// Stands where a permission of people is expected.
#[diagnostic::on_unimplemented(
    message = "expected a permission of people at another API, found `{Self}`",
    label = "this item is not a permission that a person gives",
    note = "an `ApplicationPermission` is the program's own: take `ApplicationToken<graph::Resource>`; an `AppRole` belongs in \
            `roles = …`, a `Scope` in `scopes = …`, a `Group` in `groups = …`"
)]
pub trait DelegatedKind {
    /// Whose permission it is.
    type Resource: ResourceItem;

    /// As constant data.
    const PERMISSION: Permission;
}

impl<I: Item<Value = Permission>, R: ResourceItem> DelegatedKind for DelegatedPermission<I, R> {
    type Resource = R;
    const PERMISSION: Permission = I::VALUE;
}

/// A permission of the API `R`.
#[diagnostic::on_unimplemented(
    message = "one token is for one API, and `{Self}` is not a permission of `{R}`",
    label = "a permission of another API",
    note = "take a token for each API: `Token<…>` beside `Token<…>`"
)]
pub trait PermissionOf<R> {}

#[diagnostic::do_not_recommend]
impl<I: Item> PermissionOf<<I::Kind as DelegatedKind>::Resource> for I where I::Kind: DelegatedKind {}

/// What a [`Token`](crate::Token) is good for: a permission of another API, or several of one API in parentheses.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a permission of another API that a person gives",
    label = "expected an item of `azure_auth::graph`, or of a section `downstream` of `azure_auth::app!`",
    note = "write `Token<graph::MailRead>`, or `Token<(graph::UserRead, graph::MailRead)>`",
    note = "one token is for one API: for permissions of two, take `Token<…>` beside `Token<…>`",
    note = "for permissions that only applications can have, take the program's own token: `ApplicationToken<graph::Resource>`"
)]
pub trait Delegated {
    /// As constant data.
    const PERMISSIONS: &'static [Permission];
}

#[diagnostic::do_not_recommend]
impl<I: Item> Delegated for I
where
    I::Kind: DelegatedKind,
{
    const PERMISSIONS: &'static [Permission] = const { &[I::Kind::PERMISSION] };
}

/// Whose permission an item is.
type Resource<I> = <<I as Item>::Kind as DelegatedKind>::Resource;

macro_rules! several {
    ($first:ident, $($item:ident),+) => {
        #[diagnostic::do_not_recommend]
        impl<$first: Item, $($item: Item + PermissionOf<Resource<$first>>),+> Delegated for ($first, $($item,)+)
        where
            $first::Kind: DelegatedKind,
            $($item::Kind: DelegatedKind),+
        {
            const PERMISSIONS: &'static [Permission] =
                const { &[$first::Kind::PERMISSION, $($item::Kind::PERMISSION),+] };
        }
    };
}

several!(A, B);
several!(A, B, C);
several!(A, B, C, D);
