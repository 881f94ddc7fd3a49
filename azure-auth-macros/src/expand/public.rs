//! An open handler: in front of it only the mark that it is, and its reason as constant data.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Type, parse_quote};

use super::subject::Subject;
use super::{downstream, paths, protect};
use crate::diagnostics::{ends, shown};
use crate::model::opening::Opening;
use crate::syntax::Handler;

pub(crate) fn public(opening: &Opening, handler: &Handler) -> TokenStream {
    let private = paths::private();
    let declared = declared(opening, &Subject::handler(handler), &private);
    let mut function = handler.function_alone();
    protect::insert_first(&mut function, parse_quote! { _: #private::Opened });
    quote! {
        #declared
        #function
    }
}

/// The declaration, and what the compiler judges about it.
pub(super) fn declared(opening: &Opening, subject: &Subject<'_>, private: &TokenStream) -> TokenStream {
    let mut declaration = subject.declaration("public");
    if let Some(reason) = &opening.reason {
        declaration.extend(quote! { .reason(#reason) });
    }
    declaration.extend(downstream::needs(&[], subject.argument_types(), private));
    let implementation = protect::implementation(subject, private, &declaration, None);
    let checks = opening.suspects.iter().map(|suspect| check(suspect, subject.handler, private));
    let judgements = downstream::judgements(&opening.tokens, subject, private);
    quote! {
        #implementation
        #(#checks)*
        #judgements
    }
}

/// Whether a type demands a caller only the compiler knows: it may have any name.
fn check(suspect: &Type, handler: &Handler, private: &TokenStream) -> TokenStream {
    let conditions = handler.conditions();
    let shown = shown::type_name(suspect);
    let message = format!(
        "a public handler cannot take `{shown}`: without a caller it would not run\n\
         help: take `Option<{shown}>`, or write `#[azure_auth::protect]`"
    );
    let (first, last) = ends(suspect);
    let (first, last) = (first.resolved_at(Span::mixed_site()), last.resolved_at(Span::mixed_site()));
    let place = paths::private_at(first);
    let refuse = quote_spanned! {first=> #place::refuse_if };
    let arguments = quote_spanned! {last=>
        (#private::Extractor::<#suspect>::DEMANDS_CALLER, #message)
    };
    quote! {
        #(#conditions)*
        const _: () = {
            use #private::AnyExtractor as _;
            #refuse #arguments
        };
    }
}
