//! The rows of `endpoints!`.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Expr, Lit, Token};

use crate::diagnostics::{Problem, Problems};

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
    pub(crate) target: Expr,
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

    /// What is wrong with rows that are missing among those that could be read.
    pub(crate) fn unreadable(&self, problems: &mut Problems) {
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

impl Parse for Row {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut attributes = input.call(Attribute::parse_outer)?;
        let path = path(input)?;
        input.parse::<Token![=>]>()?;
        attributes.extend(input.call(Attribute::parse_outer)?);
        let target = input.parse()?;
        Ok(Self { attributes, path, target })
    }
}

/// A literal ends where it ends: `"/path" = get(handler)` is no assignment.
fn path(input: ParseStream<'_>) -> syn::Result<Expr> {
    if input.peek(Lit) {
        let literal = syn::ExprLit { attrs: Vec::new(), lit: input.parse()? };
        return Ok(Expr::Lit(literal));
    }
    input.parse().map_err(|error| syn::Error::new(error.span(), "expected a path in quotes"))
}

fn skip_row(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}
