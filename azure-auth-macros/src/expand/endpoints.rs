//! A table: its rows, mounted one after the other.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, parse_quote};

use super::{paths, protect};
use crate::diagnostics::ends;
use crate::model::table::{Link, Method, MethodChain, ProtectedEndpoint, Remains, Table, TableRow, Target};

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
    let new = new_table(&private);
    quote! {{
        #binding = #new;
        #(#rows)*
        #name.finish()
    }}
}

/// What is left of a table with mistakes. The mistakes are reported elsewhere; errors in its handlers show here.
pub(super) fn unmounted(remains: &Remains) -> TokenStream {
    let private = paths::private();
    let (table, new) = (table_name(), new_table(&private));
    let targets = remains.targets.iter().map(|target| match target {
        Target::Methods(chain) => declared_chain(chain, &table).into_token_stream(),
        Target::Nest(endpoint) | Target::Public { endpoint, .. } => endpoint.to_token_stream(),
        Target::Protect(row) => {
            let (endpoint, guard, unread) = (&row.endpoint, guard(row, &""), protect::unread(&row.protection));
            quote! { { #unread (#endpoint, #guard) } }
        }
    });
    let strays = &remains.strays;
    quote! {
        #[allow(unused_mut)]
        let mut #table = #new;
        #(let _ = #targets;)*
        #(let _ = #strays;)*
        #table.finish()
    }
}

/// The package has the name under which a registration is found again. Not every build is one of a package.
fn new_table(private: &TokenStream) -> TokenStream {
    quote! { #private::Table::new(::core::option_env!("CARGO_PKG_NAME")) }
}

/// Hygiene hides it from the application's code.
fn table_name() -> Ident {
    Ident::new("__table", Span::mixed_site())
}

fn mounted(row: &TableRow, table: &Ident) -> TokenStream {
    let path = &row.path;
    match &row.target {
        Target::Methods(chain) => {
            let endpoint = Ident::new("__endpoint", Span::mixed_site());
            let chain = declared_chain(chain, table);
            quote! {
                let #endpoint = #chain;
                #table.row(#path, #endpoint);
            }
        }
        Target::Nest(endpoints) => {
            let (first, last) = ends(endpoints);
            let private = paths::private_at(first);
            let function = quote_spanned! {first=> #private::Nested::into_endpoints };
            let arguments = quote_spanned! {last=> (#endpoints) };
            quote! { #table.nest(#path, #function #arguments); }
        }
        Target::Public { endpoint, reason } => {
            let opened = opened(endpoint);
            let call = called_at(endpoint, table, "public", &quote! { #path, #opened, #reason });
            quote! { #call; }
        }
        Target::Protect(row) => {
            let (endpoint, guard) = (&row.endpoint, guard(row, path));
            let call = called_at(endpoint, table, "protect", &quote! { #path, #endpoint, #guard });
            quote! { #call; }
        }
    }
}

/// Shows an endpoint to the compiler on its way into the table: a table that already says who may call it is not open.
fn opened(endpoint: &Expr) -> TokenStream {
    let (first, _) = ends(endpoint);
    let (private, private_at_first) = (paths::private(), paths::private_at(at(first)));
    let open = Ident::new("open", at(first));
    let shown = quote_spanned! {at(first)=> #private_at_first::PublicEndpoint };
    quote! {{
        #[allow(unused_imports)]
        use #private::AnyPublicEndpoint as _;
        #shown(#endpoint).#open()
    }}
}

/// The guard in front of a row, under the name of its path.
fn guard(ProtectedEndpoint { protection, place, .. }: &ProtectedEndpoint, path: &impl ToTokens) -> TokenStream {
    protect::guard(protection, &path.to_token_stream(), *place)
}

/// `get(a).post(b)` with every handler shown to the table on its way.
fn declared_chain(chain: &MethodChain, table: &Ident) -> Expr {
    let mut first = chain.first.clone();
    first.args = first.args.iter().take(1).map(|handler| declared(handler, &chain.method, table)).collect();
    chain.links.iter().fold(Expr::Call(first), |receiver, Link { call, method }| {
        let mut call = call.clone();
        call.receiver = Box::new(receiver);
        if let (Some(handler), Some(method)) = (call.args.last_mut(), method) {
            *handler = declared(handler, method, table);
        }
        if let (Some(Method::Expression), 2) = (method, call.args.len()) {
            call.args[0] = noted_method(&call.args[0], table);
        }
        Expr::MethodCall(call)
    })
}

/// `.method(name, handler)` takes any value, which the table sees on its way: before the handler, as Rust evaluates.
fn noted_method(value: &Expr, table: &Ident) -> Expr {
    let call = called_at(value, table, "method", &quote! { #value });
    parse_quote! { #call }
}

/// `home.with(x)` becomes `__table.handler(home).with(x)`: the declaration is the innermost one's.
fn declared(handler: &Expr, method: &Method, table: &Ident) -> Expr {
    let mut wrapped = handler.clone();
    let mut innermost = &mut wrapped;
    loop {
        innermost = match innermost {
            Expr::MethodCall(call) => &mut call.receiver,
            Expr::Group(group) => &mut group.expr,
            Expr::Paren(paren) => &mut paren.expr,
            _ => break,
        };
    }
    let (first, last) = ends(innermost);
    let private = paths::private_at(first);
    let function = quote_spanned! {first=> #private::Declared::listed };
    let place = match method {
        Method::Named(name) => quote! { #table.at(#name) },
        Method::Expression => quote! { #table.at_method() },
    };
    let arguments = quote_spanned! {last=> (#innermost, #place) };
    *innermost = parse_quote! { #function #arguments };
    wrapped
}

/// A call of the table, which the compiler's messages show where a value stands.
fn called_at(value: &Expr, table: &Ident, method: &str, arguments: &TokenStream) -> TokenStream {
    let (first, last) = ends(value);
    let table = Ident::new(&table.to_string(), at(first));
    let method = Ident::new(method, at(first));
    let arguments = quote_spanned! {at(last)=> (#arguments) };
    quote! { #table.#method #arguments }
}

/// The place of the user's code, with the hygiene of our names.
fn at(place: Span) -> Span {
    place.resolved_at(Span::mixed_site())
}
