//! `key = value` inside an attribute.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprAssign, Token, parse_quote, token};

use super::ungrouped;
use crate::diagnostics::{Problem, Problems, shown};

/// What is in parentheses, and the mistakes that keep parts of it from being read.
#[derive(Default)]
pub(crate) struct Arguments {
    read: Vec<Argument>,
    unreadable: Vec<Unreadable>,
}

struct Unreadable {
    error: syn::Error,
    remedy: String,
}

/// One key with what is written after it.
#[derive(Clone)]
pub(crate) struct Argument {
    pub(crate) key: Ident,
    /// None where the key is alone, or nothing follows its `=`.
    pub(crate) value: Option<Expr>,
}

impl Arguments {
    pub(crate) fn parse(arguments: TokenStream) -> Self {
        let mut all = Self::default();
        let read = |input: ParseStream<'_>| {
            while !input.is_empty() {
                all.read_one(input)?;
            }
            Ok(())
        };
        if let Err(error) = read.parse2(arguments) {
            all.add_unreadable(error);
        }
        all
    }

    pub(super) fn unreadable(error: syn::Error) -> Self {
        let mut arguments = Self::default();
        arguments.add_unreadable(error);
        arguments
    }

    /// Those that could be read.
    pub(crate) fn read(&self, problems: &mut Problems) -> &[Argument] {
        for Unreadable { error, remedy } in &self.unreadable {
            let problem = Problem::new(error.span(), format!("the arguments cannot be read: {error}"));
            problems.add(problem.help(remedy));
        }
        &self.read
    }

    fn read_one(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        match input.call(Ident::parse_any) {
            Ok(key) => self.read_value(key, input)?,
            Err(error) => {
                self.add_unreadable(syn::Error::new(error.span(), "expected a key"));
                skip(input)?;
            }
        }
        if !input.is_empty() && input.parse::<Option<Token![,]>>()?.is_none() {
            self.add_unreadable(input.error("expected `,`"));
            // Where a comma is missing between arguments, the next one can be read.
            if !input.peek2(Token![=]) {
                skip(input)?;
                input.parse::<Option<Token![,]>>()?;
            }
        }
        Ok(())
    }

    fn read_value(&mut self, key: Ident, input: ParseStream<'_>) -> syn::Result<()> {
        if is_end(input) || input.peek(Token![=]) {
            let has_value = input.parse::<Option<Token![=]>>()?.is_some() && !is_end(input);
            let value = if has_value { Some(ungrouped(&input.parse()?).clone()) } else { None };
            self.read.push(Argument { key, value });
            return Ok(());
        }
        let error = input.error("expected `=`");
        let Some(value) = value_without_sign(&key, input) else {
            self.add_unreadable(error);
            return skip(input);
        };
        let remedy = format!("write `{key} = {}`", shown::code(&value));
        self.unreadable.push(Unreadable { error, remedy });
        self.read.push(Argument { key, value: Some(value) });
        Ok(())
    }

    fn add_unreadable(&mut self, error: syn::Error) {
        let remedy = "write them as `key = value`, separated by commas".to_owned();
        self.unreadable.push(Unreadable { error, remedy });
    }
}

fn is_end(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,])
}

/// What was meant by `key: value`, `key(value)`, `key("one", "other")` and `key value`.
fn value_without_sign(key: &Ident, input: ParseStream<'_>) -> Option<Expr> {
    if input.peek(token::Paren) {
        let values = parenthesized(input).ok()?;
        return match values.len() {
            1 => values.into_iter().next(),
            _ if key == "scopes" || key == "downstream" => Some(parse_quote! { all(#values) }),
            _ => Some(parse_quote! { any(#values) }),
        };
    }
    input.parse::<Option<Token![:]>>().ok()?;
    input.parse().ok().map(|value| ungrouped(&value).clone())
}

fn parenthesized(input: ParseStream<'_>) -> syn::Result<Punctuated<Expr, Token![,]>> {
    let content;
    syn::parenthesized!(content in input);
    content.parse_terminated(Expr::parse, Token![,])
}

/// To the next comma.
fn skip(input: ParseStream<'_>) -> syn::Result<()> {
    while !is_end(input) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
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
