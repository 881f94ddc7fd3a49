//! One mistake, and all of them.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

/// A mistake: what was found, what was expected, where, and the remedy.
#[derive(Debug)]
pub(crate) struct Problem {
    first: Span,
    last: Span,
    message: String,
}

impl Problem {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { first: span, last: span, message: message.into() }
    }

    /// A mistake that reaches from the first to the last of some tokens.
    pub(crate) fn over(found: &impl ToTokens, message: impl Into<String>) -> Self {
        let (first, last) = ends(found);
        Self { first, last, message: message.into() }
    }

    /// The remedy.
    pub(crate) fn help(mut self, help: impl AsRef<str>) -> Self {
        self.message.push_str("\nhelp: ");
        self.message.push_str(help.as_ref());
        self
    }

    fn to_tokens(&self) -> TokenStream {
        // With braces: parentheses without a semicolon would add a second, useless error.
        let Self { first, last, message } = self;
        let (name, message) =
            (quote_spanned! {*first=> ::core::compile_error! }, quote_spanned! {*last=> { #message } });
        quote! { #name #message }
    }
}

impl From<syn::Error> for Problem {
    fn from(error: syn::Error) -> Self {
        Self::new(error.span(), error.to_string())
    }
}

/// Mistakes in the order in which they were found; reported together.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    pub(crate) fn add(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    pub(crate) fn append(&mut self, further: Self) {
        self.0.extend(further.0);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `value` where no mistake was found.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }

    pub(crate) fn to_tokens(&self) -> TokenStream {
        self.0.iter().map(Problem::to_tokens).collect()
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

/// Where some tokens begin and end. Stable compilers cannot join spans, but they underline a macro's call from its first
/// token to its last, at the places that we give these.
pub(crate) fn ends(found: &impl ToTokens) -> (Span, Span) {
    let mut spans = found.to_token_stream().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}
