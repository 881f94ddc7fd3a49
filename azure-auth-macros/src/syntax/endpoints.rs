//! The rows of `endpoints!`.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Token};

use crate::diagnostics::{Problem, Problems};

/// A whole table.
pub(crate) struct Endpoints {
    pub(crate) rows: Vec<Row>,
}

/// `"/path" => expression`.
pub(crate) struct Row {
    pub(crate) path: Expr,
    pub(crate) target: Expr,
}

impl Endpoints {
    pub(crate) fn parse(rows: TokenStream) -> Result<Self, Problems> {
        let rows = Punctuated::<Row, Token![,]>::parse_terminated.parse2(rows).map_err(|error| {
            Problem::new(error.span(), format!("the table cannot be read: {error}"))
                .help("a row is `\"/path\" => get(handler)`; rows are separated by commas")
        })?;
        Ok(Self { rows: rows.into_iter().collect() })
    }
}

impl Parse for Row {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = input.parse()?;
        input.parse::<Token![=>]>()?;
        let target = input.parse()?;
        Ok(Self { path, target })
    }
}
