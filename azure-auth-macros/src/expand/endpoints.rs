//! A table: its rows, mounted one after the other.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Expr, parse_quote};

use super::paths;
use crate::model::table::{Link, MethodChain, Table, TableRow, Target};

pub(crate) fn endpoints(table: &Table) -> TokenStream {
    let private = paths::private();
    let name = table_name();
    let rows = table.rows.iter().map(|row| mounted(row, &name));
    // A table without rows changes nothing.
    let binding = if table.rows.is_empty() {
        quote! { let #name }
    } else {
        quote! { let mut #name }
    };
    quote! {{
        #binding = #private::Table::new();
        #(#rows)*
        #name.finish()
    }}
}

/// Rows that are read but not mounted: what is wrong with the table is said elsewhere, what is wrong with a handler
/// shows here.
pub(super) fn unmounted(table: &Table) -> TokenStream {
    let private = paths::private();
    let name = table_name();
    let rows = table.rows.iter().map(|row| {
        let value = value(row, &name);
        quote! { let _ = #value; }
    });
    quote! {
        #[allow(unused_mut)]
        let mut #name = #private::Table::new();
        #(#rows)*
        #name.finish()
    }
}

/// Nobody's code can see it.
fn table_name() -> Ident {
    Ident::new("__table", Span::mixed_site())
}

fn mounted(row: &TableRow, table: &Ident) -> TokenStream {
    let path = &row.path;
    let value = value(row, table);
    let endpoint = Ident::new("__endpoint", Span::mixed_site());
    let mount = match &row.target {
        Target::Methods(_) => quote! { #table.row(#path, #endpoint); },
        Target::Nest(_) => quote! { #table.nest(#path, #endpoint); },
        Target::Public { reason, .. } => quote! { #table.public(#path, #endpoint, #reason); },
    };
    quote! {
        let #endpoint = #value;
        #mount
    }
}

/// What answers, every handler shown to the table on its way.
fn value(row: &TableRow, table: &Ident) -> TokenStream {
    match &row.target {
        Target::Methods(MethodChain { function, handler, links }) => {
            let handler = declared(handler, table);
            let links = links.iter().map(|link| self::link(link, table));
            quote! { #function(#handler) #(#links)* }
        }
        Target::Nest(endpoint) | Target::Public { endpoint, .. } => quote! { #endpoint },
    }
}

fn link(link: &Link, table: &Ident) -> TokenStream {
    let Link { method, turbofish, arguments, takes_handler } = link;
    let mut arguments = arguments.clone();
    if let Some(handler) = arguments.last_mut().filter(|_| *takes_handler) {
        *handler = declared(handler, table);
    }
    quote! { .#method #turbofish(#(#arguments),*) }
}

/// `home.with(x)` becomes `__table.handler(home).with(x)`: the declaration is the innermost one's.
fn declared(handler: &Expr, table: &Ident) -> Expr {
    let mut wrapped = handler.clone();
    let mut innermost = &mut wrapped;
    while let Expr::MethodCall(call) = innermost {
        innermost = &mut call.receiver;
    }
    *innermost = parse_quote! { #table.handler(#innermost) };
    wrapped
}
