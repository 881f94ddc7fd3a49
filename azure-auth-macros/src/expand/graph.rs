//! The items of `azure_auth::graph`, in the library itself: one for each permission that is published.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use crate::graph::{self, GraphPermission, Holder};

pub(crate) fn permissions() -> TokenStream {
    graph::permissions().map(|permission| item(&permission)).collect()
}

fn item(permission: &GraphPermission) -> TokenStream {
    let GraphPermission { name, holder, id } = permission;
    let item = Ident::new(&permission.item(), Span::call_site());
    let (kind, consent, who) = match holder {
        Holder::Person => (quote! { DelegatedPermission<Self, Resource> }, quote! { Person }, "the person agrees"),
        Holder::PersonByAdministrator => (
            quote! { DelegatedPermission<Self, Resource> },
            quote! { Administrator },
            "**an administrator must agree**, for everybody",
        ),
        Holder::Application => (
            quote! { ApplicationPermission<Self> },
            quote! { Administrator },
            "only applications can have it, and an administrator must agree: it comes with [`ApplicationToken`](crate::ApplicationToken)",
        ),
    };
    let documentation = format!("`{name}`: {who}. As published in {}.", graph::PUBLISHED);
    let id = id.map_or_else(
        || quote! { ::core::option::Option::None },
        |id| {
            let number = Literal::u128_unsuffixed(id.to_u128());
            quote! { ::core::option::Option::Some(Guid::from_u128(#number)) }
        },
    );
    quote! {
        #[doc = #documentation]
        pub struct #item;
        impl PublishedPermission for #item {
            type Kind = #kind;
            const PERMISSION: Permission = Permission::of_graph(#name, Consent::#consent, #id);
        }
    }
}
