//! `key = value` inside an attribute.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprAssign, Token};

use super::ungrouped;
use crate::diagnostics::{Problem, Problems};

/// What stands in parentheses, or the one mistake that keeps it from being read.
pub(crate) struct Arguments(syn::Result<Vec<Argument>>);

/// One key with what is written after it.
#[derive(Clone)]
pub(crate) struct Argument {
    pub(crate) key: Ident,
    /// None where the key is alone, or nothing follows its `=`.
    pub(crate) value: Option<Expr>,
}

impl Arguments {
    pub(crate) fn parse(arguments: TokenStream) -> Self {
        let read = Punctuated::<Argument, Token![,]>::parse_terminated.parse2(arguments);
        Self(read.map(|arguments| arguments.into_iter().collect()))
    }

    pub(super) fn unreadable(error: syn::Error) -> Self {
        Self(Err(error))
    }

    /// Those that could be read.
    pub(crate) fn read(&self, problems: &mut Problems) -> &[Argument] {
        match &self.0 {
            Ok(arguments) => arguments,
            Err(error) => {
                let problem = Problem::new(error.span(), format!("the arguments cannot be read: {error}"));
                problems.add(problem.help("write them as `key = value`, separated by commas"));
                &[]
            }
        }
    }
}

impl Argument {
    /// The same that was read as an expression.
    pub(crate) fn of(expression: &Expr) -> Option<Self> {
        let Expr::Assign(ExprAssign { left, right, .. }) = ungrouped(expression) else { return None };
        let Expr::Path(key) = left.as_ref() else { return None };
        Some(Self { key: key.path.get_ident()?.clone(), value: Some(ungrouped(right).clone()) })
    }

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
