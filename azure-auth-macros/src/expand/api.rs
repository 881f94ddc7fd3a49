//! The operations of an API: a declaration for each, and the guard around it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ExprPath;

use super::subject::Subject;
use super::{paths, protect, public};
use crate::diagnostics::ends;
use crate::model::api::{Access, Api, Operation};
use crate::model::item::Name;
use crate::model::protection::WrittenPolicy;
use crate::syntax;

/// One unnamed constant contains everything, so that no name is added beside the API.
pub(crate) fn api(api: &Api, syntax: &syntax::Api) -> TokenStream {
    let private = paths::private();
    let subjects: Vec<Subject<'_>> =
        (0..).zip(&syntax.operations).map(|(place, operation)| Subject::operation(syntax, operation, place)).collect();
    let operations = || api.operations.iter().zip(&syntax.operations).zip(&subjects);

    let declared = operations().map(|((operation, written), subject)| declared(operation, written, subject, &private));
    let listed = operations().map(|((operation, _), subject)| listed(operation, subject, api, &private));
    let item = syntax.item(operations().map(|((operation, written), subject)| {
        (written, written.settings.as_ref().map(|_| guard_name(subject, &operation.access)))
    }));
    let (conditions, type_name) = (syntax.conditions(), syntax.type_name());
    let (impl_generics, _, where_clause) = syntax.generics().split_for_impl();
    quote! {
        #(#conditions)*
        const _: () = {
            #(#declared)*
            #[automatically_derived]
            impl #impl_generics #private::DeclaredApi for #type_name #where_clause {
                const OPERATIONS: &'static [#private::Operation] = &[#(#listed),*];
            }
            #item
        };
    }
}

/// The type that carries the declaration, and the function that puts a guard in front, or marks that there is none.
fn declared(
    operation: &Operation,
    written: &syntax::Operation,
    subject: &Subject<'_>,
    private: &TokenStream,
) -> TokenStream {
    let name = &subject.type_name;
    let declaration = match &operation.access {
        Access::Public(opening) => public::declared(opening, subject, private),
        Access::Protected(protection) => protect::declared(protection, subject, private),
    };
    let function = guard_name(subject, &operation.access);
    let endpoint = Ident::new("endpoint", Span::mixed_site());
    let transform = written.settings.as_ref().and_then(|settings| settings.transform.as_ref());
    let inner = transform.map_or_else(|| quote! { #endpoint }, |transform| quote! { #transform(#endpoint) });
    let wrapped = match &operation.access {
        Access::Public(_) => quote! { #private::opened(#inner) },
        Access::Protected(_) => quote! { #private::guarded::<#name, _>(#inner) },
    };
    let guard = written.settings.as_ref().map(|_| {
        quote! {
            fn #function<E: #private::Endpoint<Output = #private::Response> + 'static>(
                #endpoint: E,
            ) -> impl #private::Endpoint + 'static {
                #wrapped
            }
        }
    });
    quote! {
        struct #name;
        #declaration
        #guard
    }
}

/// A row for each method of HTTP.
fn listed(operation: &Operation, subject: &Subject<'_>, api: &Api, private: &TokenStream) -> TokenStream {
    let (name, path, methods) = (&subject.type_name, &operation.path, &operation.methods);
    let prefix = api.prefix.as_ref().map_or_else(|| quote! { "" }, |prefix| quote! { #prefix });
    let described = described(&operation.access, private);
    quote! { #(#private::Operation::of::<#name>(#methods, #prefix, #path) #described),* }
}

/// What the vocabulary says of the scopes that are named by its items.
fn described(access: &Access, private: &TokenStream) -> Option<TokenStream> {
    let Access::Protected(protection) = access else { return None };
    let mut items: Vec<&ExprPath> = Vec::new();
    items.extend(protection.scopes.iter().filter_map(item));
    if let Some(allow) = &protection.allow {
        scope_items(allow, &mut items);
    }
    let scopes = items.iter().map(|item| {
        // As where its value is asked for, so that a mistake is the same one.
        let (first, last) = ends(item);
        let place = paths::private_at(first);
        let item = quote_spanned! {first=> <#item as #place::Item> };
        let kind = quote_spanned! {last=> ::Kind };
        quote! { <#item #kind as #private::ScopeValue>::DESCRIBED }
    });
    (!items.is_empty()).then(|| quote! { .described(const { &[#(#scopes),*] }) })
}

fn scope_items<'p>(policy: &'p WrittenPolicy, items: &mut Vec<&'p ExprPath>) {
    match policy {
        WrittenPolicy::Scope(name) => items.extend(item(name)),
        WrittenPolicy::Not(inner) => scope_items(inner, items),
        WrittenPolicy::All(parts) | WrittenPolicy::Any(parts) => {
            for part in parts {
                scope_items(part, items);
            }
        }
        _ => {}
    }
}

fn item(name: &Name<String>) -> Option<&ExprPath> {
    match name {
        Name::Item(item) => Some(&item.path),
        Name::Literal(_) => None,
    }
}

fn guard_name(subject: &Subject<'_>, access: &Access) -> Ident {
    let what = match access {
        Access::Public(_) => "opened",
        Access::Protected(_) => "guarded",
    };
    format_ident!("__{}{}", what, subject.type_name.to_string().to_lowercase())
}
