//! What a handler needs of other APIs, as constant data.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, Type};

use super::subject::Subject;
use super::{paths, requirement};
use crate::diagnostics::ends;
use crate::model::downstream::{Consent, Permission, Resource, Taken};

/// `.downstream(…)` behind a declaration: the tokens that it asks for itself, and what the types of the arguments need, which
/// only the compiler knows.
pub(super) fn needs<'t>(
    taken: &[Taken],
    arguments: impl Iterator<Item = &'t Type>,
    private: &TokenStream,
) -> TokenStream {
    let taken: Vec<TokenStream> = taken.iter().map(|taken| need(taken, private)).collect();
    let arguments: Vec<&Type> = arguments.collect();
    if arguments.is_empty() && taken.is_empty() {
        return TokenStream::new();
    }
    let import = (!arguments.is_empty()).then(|| quote! { use #private::AnyExtractor as _; });
    let arguments = arguments.into_iter().map(need_of);
    quote! {
        .downstream(const {
            #import
            &[#(#taken,)* #(#arguments),*]
        })
    }
}

/// What a type needs. All of it has the place of the type: where that is a mistake, the compiler says the same as of the
/// argument, and says it once.
fn need_of(argument: &Type) -> TokenStream {
    let (first, last) = ends(argument);
    let place = paths::private_at(first);
    let extractor = quote_spanned! {first=> #place::Extractor::< };
    let need = quote_spanned! {last=> >::NEED };
    quote! { #extractor #argument #need }
}

fn need(taken: &Taken, private: &TokenStream) -> TokenStream {
    let permissions = match taken {
        Taken::Item(item) => requirement::constant(item, "DelegatedKind", "PERMISSION", private),
        Taken::Written(permissions) => {
            let permissions = permissions.iter().map(|one| permission(one, private));
            quote! { #(#permissions),* }
        }
    };
    quote! { #private::Need::Person { permissions: &[#permissions], is_optional: false } }
}

/// A permission as constant data.
pub(super) fn permission(permission: &Permission, private: &TokenStream) -> TokenStream {
    let Permission { resource, name, consent, id } = permission;
    let uri = match resource {
        Resource::Uri(uri) => return quote! { #private::Permission::of(#uri, #name) },
        Resource::Graph => quote! { #private::Permission::of_graph },
    };
    let consent = match consent {
        Consent::Person => quote! { Person },
        Consent::Administrator => quote! { Administrator },
        Consent::Unknown => quote! { Unknown },
    };
    let id = id.map_or_else(
        || quote! { ::core::option::Option::None },
        |id| {
            let id = requirement::guid(id, private);
            quote! { ::core::option::Option::Some(#id) }
        },
    );
    quote! { #uri(#name, #private::Consent::#consent, #id) }
}

/// Lets the compiler judge the tokens that a declaration asks for itself, at their place.
pub(super) fn judged(written: &Expr, taken: &[Taken], found: &TokenStream) -> TokenStream {
    let own = taken.len();
    let judged = at(ends(written), "judge_tokens", &quote! { &#found, #own });
    quote! { const _: () = #judged; }
}

/// The same of those that a handler takes as arguments, each at its type.
pub(super) fn judgements(tokens: &[Type], subject: &Subject<'_>, private: &TokenStream) -> TokenStream {
    let (name, handler) = (&subject.type_name, subject.handler);
    let judgements = tokens.iter().map(|token| {
        let conditions = handler.conditions();
        let need = need_of(token);
        let judged = at(ends(token), "judge_token", &quote! { &<#name as #private::Declared>::DECLARATION, &#need });
        quote! {
            #(#conditions)*
            const _: () = {
                use #private::AnyExtractor as _;
                #judged
            };
        }
    });
    judgements.collect()
}

/// A call of a judge, which messages of the compiler show at a place.
fn at((first, last): (Span, Span), judge: &str, arguments: &TokenStream) -> TokenStream {
    let (first, last) = (first.resolved_at(Span::mixed_site()), last.resolved_at(Span::mixed_site()));
    let (place, judge) = (paths::private_at(first), Ident::new(judge, first));
    let function = quote_spanned! {first=> #place::#judge };
    let arguments = quote_spanned! {last=> (#arguments) };
    quote! { #function #arguments }
}
