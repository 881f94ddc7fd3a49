//! The operations of an API: a declaration for each, and the guard around it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::subject::Subject;
use super::{paths, protect, public};
use crate::model::api::{Access, Api, Operation};
use crate::syntax;

/// Everything stands in one unnamed constant, so that no name is added beside the API.
pub(crate) fn api(api: &Api, syntax: &syntax::Api) -> TokenStream {
    let private = paths::private();
    let subjects: Vec<Subject<'_>> =
        (0..).zip(&syntax.operations).map(|(place, operation)| Subject::operation(syntax, operation, place)).collect();
    let operations = || api.operations.iter().zip(&syntax.operations).zip(&subjects);

    let declared = operations().map(|((operation, written), subject)| declared(operation, written, subject, &private));
    let listed = operations().map(|((operation, _), subject)| listed(operation, subject, api, &private));
    let item = syntax.item(operations().map(|((operation, written), subject)| {
        let is_guarded = matches!(operation.access, Access::Protected(_)) && written.settings.is_some();
        (written, is_guarded.then(|| guard_name(subject)))
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

/// The type that carries the declaration, and the function that stands a guard in front.
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
    let guard = matches!(operation.access, Access::Protected(_)).then(|| {
        let guard = guard_name(subject);
        let endpoint = Ident::new("endpoint", Span::mixed_site());
        let transform = written.settings.as_ref().and_then(|settings| settings.transform.as_ref());
        let inner = transform.map_or_else(|| quote! { #endpoint }, |transform| quote! { #transform(#endpoint) });
        quote! {
            fn #guard<E: #private::Endpoint<Output = #private::Response> + 'static>(
                #endpoint: E,
            ) -> impl #private::Endpoint + 'static {
                #private::guarded::<#name, _>(#inner)
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
    quote! { #(#private::Operation::of::<#name>(#methods, #prefix, #path)),* }
}

fn guard_name(subject: &Subject<'_>) -> Ident {
    format_ident!("__guarded{}", subject.type_name.to_string().to_lowercase())
}
