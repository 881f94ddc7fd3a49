//! What stands in for code with mistakes: the mistakes, and enough around them that no second error follows.

use proc_macro2::TokenStream;
use quote::quote;

use super::endpoints as table;
use crate::diagnostics::Problems;
use crate::model::opening::Opening;
use crate::model::protection::Protection;
use crate::model::table::Table;
use crate::syntax::Handler;

/// Something that is no handler stays as it is.
pub(crate) fn untouched(problems: &Problems, item: &TokenStream) -> TokenStream {
    let errors = problems.to_tokens();
    quote! { #errors #item }
}

/// The handler, closed: as if `#[protect]` had no keys.
pub(crate) fn protected(problems: &Problems, handler: &Handler) -> TokenStream {
    untouched(problems, &super::protect::protect(&Protection::default(), handler))
}

/// The handler, open as it was meant, without checks that would say the same again.
pub(crate) fn public(problems: &Problems, handler: &Handler) -> TokenStream {
    untouched(problems, &super::public::public(&Opening::default(), handler))
}

/// A table whose rows are read, so that their handlers are used, and not mounted.
pub(crate) fn unmounted(problems: &Problems, rows: &Table) -> TokenStream {
    let errors = problems.to_tokens();
    let rows = table::unmounted(rows);
    quote! {{ #errors #rows }}
}

/// A table that cannot be read at all.
pub(crate) fn no_rows(problems: &Problems) -> TokenStream {
    unmounted(problems, &Table::default())
}
