//! `key = value` inside an attribute.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Expr, Token};

/// One key with what is written behind it.
pub(crate) struct Argument {
    pub(crate) key: Ident,
    /// None where the key stands alone.
    pub(crate) value: Option<Expr>,
}

impl Argument {
    /// Where the value stands, or the key without one.
    pub(crate) fn value_span(&self) -> Span {
        self.value.as_ref().map_or_else(|| self.key.span(), Spanned::span)
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any)?;
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        Ok(Self { key, value })
    }
}
