//! What the items for other APIs are: types that stand for a permission or a resource, as constant data.

use std::marker::PhantomData;

use super::vocabulary::Item;
use crate::model::downstream::permission::{Permission, ResourceName};

/// An API, as `azure_auth::graph::Resource` and what `downstream` of `app!` declares.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an API that a program calls",
    label = "expected the `Resource` of `azure_auth::graph`, or of a section `downstream` of `azure_auth::app!`"
)]
pub trait ResourceItem {
    /// As constant data.
    const NAME: ResourceName;
}

/// The kind of items that stand for a permission of people at the API `R`.
pub struct DelegatedPermission<I, R>(PhantomData<(I, R)>);

/// The kind of items that stand for a permission of Microsoft Graph that only applications can have.
pub struct ApplicationPermission<I>(PhantomData<I>);

/// Stands where a permission of people is expected.
#[diagnostic::on_unimplemented(
    message = "expected a permission of people at another API, found `{Self}`",
    label = "no person can give this",
    note = "an `ApplicationPermission` is the program's own: take `ApplicationToken<graph::Resource>`"
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
    message = "`{Self}` is not a permission of another API",
    label = "expected an item of `azure_auth::graph`, or of a section `downstream` of `azure_auth::app!`",
    note = "write `Token<graph::MailRead>`, or `Token<(graph::UserRead, graph::MailRead)>`"
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
