//! What replaces code with mistakes: the mistakes, and enough around them that no second error or warning follows.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::endpoints as table;
use super::protect::unread;
use crate::diagnostics::Problems;
use crate::model::api::{Access, Api};
use crate::model::opening::Opening;
use crate::model::protection::Protection;
use crate::model::table::Remains;
use crate::model::vocabulary::Vocabulary;
use crate::syntax::{self, Handler};

/// An item that is not a handler stays as it is.
pub(crate) fn untouched(problems: &Problems, item: &TokenStream) -> TokenStream {
    let errors = problems.to_tokens();
    quote! { #errors #item }
}

/// The handler, closed, with the keys that could be read: items and functions that do not exist show as well.
pub(crate) fn protected(problems: &Problems, remains: &Protection, handler: &Handler) -> TokenStream {
    let unread = unread(remains);
    let handler = or_method(handler, super::protect::protect(remains, handler));
    untouched(problems, &quote! { #unread #handler })
}

/// The handler, open as it was meant, without checks that would say the same again.
pub(crate) fn public(problems: &Problems, handler: &Handler) -> TokenStream {
    untouched(problems, &or_method(handler, super::public::public(&Opening::default(), handler)))
}

/// A method stays a method: what a handler expands to is not allowed in an `impl`.
fn or_method(handler: &Handler, expanded: TokenStream) -> TokenStream {
    if handler.receiver().is_some() { handler.method_alone().into_token_stream() } else { expanded }
}

/// The API, closed, with the declarations that could be read.
pub(crate) fn api(problems: &Problems, remains: &Api, api: &syntax::Api) -> TokenStream {
    let protections = remains.operations.iter().filter_map(|operation| match &operation.access {
        Access::Protected(protection) => Some(unread(protection)),
        Access::Public(_) => None,
    });
    let api = super::api::api(remains, api);
    untouched(problems, &quote! { #(#protections)* #api })
}

/// A table with nothing mounted.
pub(crate) fn unmounted(problems: &Problems, remains: &Remains) -> TokenStream {
    let errors = problems.to_tokens();
    let rows = table::unmounted(remains);
    quote! {{ #errors #rows }}
}

/// The guard, with the keys that could be read.
pub(crate) fn guard(problems: &Problems, remains: &Protection) -> TokenStream {
    let errors = problems.to_tokens();
    let (unread, guard) = (unread(remains), super::guard::guard(remains));
    quote! {{ #errors #unread #guard }}
}

/// The middleware, without its reason.
pub(crate) fn open(problems: &Problems) -> TokenStream {
    let errors = problems.to_tokens();
    let open = super::open::open("");
    quote! {{ #errors #open }}
}

/// The items whose names could be read, so that code that uses them finds them.
pub(crate) fn declared(problems: &Problems, remains: &Vocabulary) -> TokenStream {
    untouched(problems, &super::vocabulary::vocabulary(remains))
}
