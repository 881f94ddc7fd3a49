//! `open!`: the reason, and the call that makes a middleware of it.

use proc_macro2::TokenStream;
use quote::quote;

use super::paths;

pub(crate) fn open(reason: &str) -> TokenStream {
    let private = paths::private();
    quote! { #private::open(#reason) }
}
