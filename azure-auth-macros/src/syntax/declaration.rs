//! `#[protect(…)]` or `#[public(…)]` on its handler.

use proc_macro2::TokenStream;
use syn::{Attribute, ImplItemFn, Meta};

use super::argument::Arguments;
use super::handler::Handler;
use crate::diagnostics::Problems;

/// One attribute with its arguments as written.
pub(crate) struct Declaration {
    pub(crate) arguments: Arguments,
    pub(crate) handler: Handler,
}

impl Declaration {
    /// `attribute` is its name, for messages.
    pub(crate) fn parse(attribute: &str, arguments: TokenStream, item: TokenStream) -> Result<Self, Problems> {
        let handler = Handler::parse(attribute, item)?;
        Ok(Self { arguments: Arguments::parse(arguments), handler })
    }

    /// The same on an operation of an API.
    pub(super) fn of_operation(attribute: &Attribute, method: &ImplItemFn) -> Self {
        let arguments = match &attribute.meta {
            Meta::Path(_) => Arguments::parse(TokenStream::new()),
            Meta::List(list) => Arguments::parse(list.tokens.clone()),
            Meta::NameValue(value) => Arguments::unreadable(syn::Error::new(value.eq_token.span, "unexpected `=`")),
        };
        Self { arguments, handler: Handler::of_operation(method, Some(attribute)) }
    }
}
