//! `key = value` inside an attribute.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Token};

use super::ungrouped;

/// One key with what is written behind it.
pub(crate) struct Argument {
    pub(crate) key: Ident,
    /// None where the key stands alone, or nothing stands behind its `=`.
    pub(crate) value: Option<Expr>,
}

impl Argument {
    /// The value, or the key without one.
    pub(crate) fn value_or_key(&self) -> TokenStream {
        self.value.as_ref().map_or_else(|| self.key.to_token_stream(), ToTokens::to_token_stream)
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any).map_err(|error| syn::Error::new(error.span(), "expected a key"))?;
        let ends = |input: ParseStream<'_>| input.is_empty() || input.peek(Token![,]);
        if ends(input) {
            return Ok(Self { key, value: None });
        }
        input.parse::<Token![=]>()?;
        let value = if ends(input) { None } else { Some(ungrouped(&input.parse()?).clone()) };
        Ok(Self { key, value })
    }
}
