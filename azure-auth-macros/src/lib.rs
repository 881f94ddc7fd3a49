//! The attributes and tables of `azure-auth`.

use proc_macro::TokenStream;

/// Placeholder.
#[proc_macro_attribute]
pub fn protect(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Placeholder.
#[proc_macro_attribute]
pub fn public(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Placeholder.
#[proc_macro]
pub fn endpoints(_rows: TokenStream) -> TokenStream {
    TokenStream::new()
}
