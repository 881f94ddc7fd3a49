//! The guard in front of a handler, and what it asks as constant data.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{FnArg, parse_quote};

use super::paths;
use crate::model::protection::{Protection, Via};
use crate::syntax::Handler;

pub(crate) fn protect(protection: &Protection, handler: &Handler) -> TokenStream {
    let private = paths::private();
    let declaration = declaration(protection, handler, &private);
    let implementation = implementation(handler, &private, &declaration);
    let function = guarded(handler, &private);
    quote! {
        #implementation
        #function
    }
}

/// The handler as written, with the guard as a first argument: Poem extracts it before the body is read.
fn guarded(handler: &Handler, private: &TokenStream) -> syn::ItemFn {
    let name = handler.name();
    let (_, type_generics, _) = handler.generics().split_for_impl();
    let guard: FnArg = parse_quote! { _: #private::Guarded<#name #type_generics> };
    let mut function = handler.function_alone();
    function.sig.inputs.insert(0, guard);
    function
}

/// `impl Declared` for the type that Poem makes of the handler.
pub(super) fn implementation(handler: &Handler, private: &TokenStream, declaration: &TokenStream) -> TokenStream {
    let name = handler.name();
    let conditions = handler.conditions();
    let (impl_generics, type_generics, where_clause) = handler.generics().split_for_impl();
    quote! {
        #(#conditions)*
        #[automatically_derived]
        impl #impl_generics #private::Declared for #name #type_generics #where_clause {
            const DECLARATION: #private::Declaration = #declaration;
        }
    }
}

/// The full name of a handler, for logs and reports.
pub(super) fn full_name(handler: &Handler) -> TokenStream {
    let name = format!("::{}", handler.name());
    quote! { ::core::concat!(::core::module_path!(), #name) }
}

fn declaration(protection: &Protection, handler: &Handler, private: &TokenStream) -> TokenStream {
    let Protection { scopes, tenants, via } = protection;
    let full_name = full_name(handler);
    let mut declaration = quote! { #private::Declaration::protected(#full_name) };
    if !scopes.is_empty() {
        declaration.extend(quote! { .scopes(&[#(#scopes),*]) });
    }
    if !tenants.is_empty() {
        declaration.extend(quote! { .tenants(&[#(#tenants),*]) });
    }
    match via {
        Via::Both => {}
        Via::Session => declaration.extend(quote! { .via(#private::Via::Session) }),
        Via::Bearer => declaration.extend(quote! { .via(#private::Via::Bearer) }),
    }
    declaration
}
