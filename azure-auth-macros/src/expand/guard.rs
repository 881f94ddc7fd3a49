//! `guard!`: what it asks as constant data, and the call that makes a middleware of it.

use proc_macro2::{Span, TokenStream};
use quote::quote;

use super::protect;
use crate::model::protection::Protection;

pub(crate) fn guard(protection: &Protection) -> TokenStream {
    let name = quote! { ::core::concat!(::core::module_path!(), "::guard!") };
    protect::guard(protection, &name, Span::mixed_site())
}
