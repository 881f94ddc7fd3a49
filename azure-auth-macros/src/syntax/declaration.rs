//! `#[protect(…)]` or `#[public(…)]` on its handler.

use proc_macro2::TokenStream;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, ImplItemFn, Meta, Token};

use super::argument::Argument;
use super::handler::Handler;
use crate::diagnostics::{Problem, Problems};

/// One attribute with its arguments as written.
pub(crate) struct Declaration {
    pub(crate) arguments: Result<Vec<Argument>, syn::Error>,
    pub(crate) handler: Handler,
}

impl Declaration {
    /// `attribute` is its name, for messages.
    pub(crate) fn parse(attribute: &str, arguments: TokenStream, item: TokenStream) -> Result<Self, Problems> {
        let handler = Handler::parse(attribute, item)?;
        Ok(Self { arguments: read(arguments), handler })
    }

    /// The same on an operation of an API.
    pub(super) fn of_operation(attribute: &Attribute, method: &ImplItemFn) -> Self {
        let arguments = match &attribute.meta {
            Meta::Path(_) => Ok(Vec::new()),
            Meta::List(list) => read(list.tokens.clone()),
            Meta::NameValue(value) => Err(syn::Error::new(value.eq_token.span, "unexpected `=`")),
        };
        Self { arguments, handler: Handler::of_operation(method, Some(attribute)) }
    }

    /// The arguments, or the one mistake that keeps them from being read.
    pub(crate) fn arguments(&self, problems: &mut Problems) -> &[Argument] {
        match &self.arguments {
            Ok(arguments) => arguments,
            Err(error) => {
                let problem = Problem::new(error.span(), format!("the arguments cannot be read: {error}"));
                problems.add(problem.help("write them as `key = value`, separated by commas"));
                &[]
            }
        }
    }
}

fn read(arguments: TokenStream) -> syn::Result<Vec<Argument>> {
    let arguments = Punctuated::<Argument, Token![,]>::parse_terminated.parse2(arguments)?;
    Ok(arguments.into_iter().collect())
}
