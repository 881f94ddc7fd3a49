//! Every path of the runtime that expanded code names, once.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// The hidden module of the runtime, whatever the application calls that crate.
pub(crate) fn private() -> TokenStream {
    let name = match crate_name("azure-auth") {
        Ok(FoundCrate::Name(name)) => name,
        // Its own examples and tests, and manifests that cannot be read.
        Ok(FoundCrate::Itself) | Err(_) => "azure_auth".to_owned(),
    };
    let name = Ident::new(&name, Span::mixed_site());
    quote! { ::#name::__private }
}
