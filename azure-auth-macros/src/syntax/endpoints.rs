//! The rows of `endpoints!`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Expr, ExprCall, Lit, Path, Token, parenthesized, token};

use super::argument::Arguments;
use crate::diagnostics::{Problem, Problems, shown};

/// A whole table.
#[derive(Default)]
pub(crate) struct Endpoints {
    pub(crate) rows: Vec<Row>,
    /// What is wrong with rows that cannot be read.
    unreadable: Vec<syn::Error>,
}

/// `"/path" => expression`.
pub(crate) struct Row {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) path: Expr,
    /// What is there in place of the arrow.
    without_arrow: Option<syn::Error>,
    pub(crate) target: RowTarget,
}

/// What follows the arrow.
pub(crate) enum RowTarget {
    Protect(ProtectCall),
    Other(Expr),
}

/// `protect(endpoint, key = value)`. What follows the endpoint is read as in the attribute, so that a mistake in it
/// is reported in the same words.
pub(crate) struct ProtectCall {
    /// Without a path in front.
    pub(crate) name: Ident,
    /// The first argument; it may be a key.
    pub(crate) endpoint: Option<Expr>,
    pub(crate) arguments: Arguments,
}

impl ProtectCall {
    const NAME: &'static str = "protect";

    /// The same that was read as an expression.
    pub(crate) fn of(name: Ident, call: &ExprCall) -> Self {
        let arguments = call.args.iter().skip(1);
        Self { name, endpoint: call.args.first().cloned(), arguments: Arguments::parse(quote! { #(#arguments),* }) }
    }

    /// None for anything else. The next row may follow it, but not a method.
    fn read(input: ParseStream<'_>) -> syn::Result<Option<Self>> {
        let ahead = input.fork();
        let Ok(path) = ahead.call(Path::parse_mod_style) else { return Ok(None) };
        let Some(name) = path.segments.last().map(|last| last.ident.clone()) else { return Ok(None) };
        if name != Self::NAME || !ahead.peek(token::Paren) {
            return Ok(None);
        }
        let content;
        parenthesized!(content in ahead);
        if ahead.peek(Token![.]) || ahead.peek(Token![?]) {
            return Ok(None);
        }
        input.advance_to(&ahead);
        let endpoint = if content.is_empty() { None } else { Some(content.parse()?) };
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
        Ok(Some(Self { name, endpoint, arguments: Arguments::parse(content.parse()?) }))
    }
}

impl Endpoints {
    /// Reads every row that can be read.
    pub(crate) fn parse(rows: TokenStream) -> Self {
        let mut endpoints = Self::default();
        let read = |input: ParseStream<'_>| {
            while !input.is_empty() {
                endpoints.read_row(input)?;
            }
            Ok(())
        };
        if let Err(error) = read.parse2(rows) {
            endpoints.unreadable.push(error);
        }
        endpoints
    }

    /// What is wrong with rows that are missing, or that lack their arrow.
    pub(crate) fn unreadable(&self, problems: &mut Problems) {
        self.rows.iter().for_each(|row| row.unreadable(problems));
        for error in &self.unreadable {
            let problem = Problem::new(error.span(), format!("the table cannot be read: {error}"));
            problems.add(problem.help("a row is `\"/path\" => get(handler)`; rows are separated by commas"));
        }
    }

    fn read_row(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        match input.parse() {
            Ok(row) => self.rows.push(row),
            Err(error) => {
                self.unreadable.push(error);
                skip_row(input)?;
            }
        }
        if !input.is_empty() && input.parse::<Option<Token![,]>>()?.is_none() {
            self.unreadable.push(input.error("expected `,`"));
            // Where a comma is missing between rows, the next one is as good as any.
            if !input.peek(Lit) {
                skip_row(input)?;
                input.parse::<Option<Token![,]>>()?;
            }
        }
        Ok(())
    }
}

impl Row {
    fn unreadable(&self, problems: &mut Problems) {
        let Some(error) = &self.without_arrow else { return };
        let path = shown::code(&self.path);
        let target = match &self.target {
            RowTarget::Protect(_) => "protect(…)".to_owned(),
            RowTarget::Other(target) => shown::code(target),
        };
        let problem = Problem::new(error.span(), format!("the table cannot be read: {error}"));
        problems.add(problem.help(format!("write `{path} => {target}`")));
    }
}

impl Parse for Row {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut attributes = input.call(Attribute::parse_outer)?;
        let path = path(input)?;
        let without_arrow = arrow(input)?;
        attributes.extend(input.call(Attribute::parse_outer)?);
        let target = match ProtectCall::read(input)? {
            Some(call) => RowTarget::Protect(call),
            None => RowTarget::Other(input.parse()?),
        };
        Ok(Self { attributes, path, without_arrow, target })
    }
}

/// Reads no further than a literal: `"/path" = get(handler)` is not an assignment.
fn path(input: ParseStream<'_>) -> syn::Result<Expr> {
    if input.peek(Lit) {
        let literal = syn::ExprLit { attrs: Vec::new(), lit: input.parse()? };
        return Ok(Expr::Lit(literal));
    }
    input.parse().map_err(|error| syn::Error::new(error.span(), "expected a path in quotes"))
}

/// Where another sign is in its place, the row can be read all the same.
fn arrow(input: ParseStream<'_>) -> syn::Result<Option<syn::Error>> {
    if input.parse::<Option<Token![=>]>>()?.is_some() {
        return Ok(None);
    }
    let error = input.error("expected `=>`");
    let is_sign = input.parse::<Option<Token![->]>>()?.is_some()
        || input.parse::<Option<Token![=]>>()?.is_some()
        || input.parse::<Option<Token![:]>>()?.is_some();
    if is_sign || input.peek(syn::Ident) { Ok(Some(error)) } else { Err(error) }
}

fn skip_row(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}
