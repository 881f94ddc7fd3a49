//! Every path of the runtime that expanded code names, once.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

/// The hidden module of the runtime, whatever the application calls that crate.
pub(crate) fn private() -> TokenStream {
    private_at(Span::mixed_site())
}

/// The same, where messages of the compiler are to show a piece of the user's code.
pub(crate) fn private_at(place: Span) -> TokenStream {
    let name = match crate_name("azure-auth") {
        Ok(FoundCrate::Name(name)) => name,
        // Its own examples and tests, and manifests that cannot be read.
        Ok(FoundCrate::Itself) | Err(_) => "azure_auth".to_owned(),
    };
    let name = Ident::new(&name, place);
    quote_spanned! {place=> ::#name::__private }
}
