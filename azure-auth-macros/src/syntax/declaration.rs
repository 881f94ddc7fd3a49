//! `#[protect(…)]` or `#[public(…)]` on its handler.

use proc_macro2::TokenStream;
use syn::Token;
use syn::parse::Parser;
use syn::punctuated::Punctuated;

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
        let arguments = Punctuated::<Argument, Token![,]>::parse_terminated
            .parse2(arguments)
            .map(|arguments| arguments.into_iter().collect());
        Ok(Self { arguments, handler })
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
