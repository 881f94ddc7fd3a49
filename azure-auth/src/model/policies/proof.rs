//! What a proof says about its caller, as constant data in the words of policies.

use azure_auth_policy::{Guid, Policy};

use super::vocabulary::{AppRole, Group, Item, NamedPolicy, Scope};

/// What [`Has`](crate::Has) can prove: an item of a vocabulary, or several in parentheses.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something that `Has` can prove",
    label = "expected a name that `azure_auth::app!` declares",
    note = "write `Has<Admin>`, or `Has<(Admin, FilesRead)>`; a permission of another API comes with `Token<…>`"
)]
pub trait Provable {
    /// As constant data.
    const FACT: Policy<'static>;
}

/// The kinds of items, with what each says about a caller.
pub trait ProvableKind {
    /// As constant data.
    const FACT: Policy<'static>;
}

/// Persons and applications have app roles alike.
impl<I: Item<Value = &'static str>> ProvableKind for AppRole<I> {
    const FACT: Policy<'static> = Policy::Any(const { &[Policy::Role(I::VALUE), Policy::ApplicationRole(I::VALUE)] });
}

impl<I: Item<Value = &'static str>> ProvableKind for Scope<I> {
    const FACT: Policy<'static> = Policy::Scope(I::VALUE);
}

impl<I: Item<Value = Guid>> ProvableKind for Group<I> {
    const FACT: Policy<'static> = Policy::Group(I::VALUE);
}

impl<I: Item<Value = Policy<'static>>> ProvableKind for NamedPolicy<I> {
    const FACT: Policy<'static> = I::VALUE;
}

#[diagnostic::do_not_recommend]
impl<I: Item> Provable for I
where
    I::Kind: ProvableKind,
{
    const FACT: Policy<'static> = I::Kind::FACT;
}

macro_rules! provable {
    ($($item:ident),+) => {
        #[diagnostic::do_not_recommend]
        impl<$($item: Provable),+> Provable for ($($item,)+) {
            const FACT: Policy<'static> = Policy::All(const { &[$($item::FACT),+] });
        }
    };
}

provable!(A, B);
provable!(A, B, C);
provable!(A, B, C, D);
