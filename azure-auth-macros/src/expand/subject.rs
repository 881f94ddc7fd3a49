//! What a declaration is written for: a handler, or an operation of an API.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Type;

use super::paths;
use crate::diagnostics::shown;
use crate::syntax::{Api, Handler, Operation};

pub(super) struct Subject<'s> {
    /// The type that carries the declaration.
    pub(super) type_name: Ident,
    /// Behind the module's path, for logs and reports.
    name: String,
    pub(super) handler: &'s Handler,
    /// Where reports say that it is declared.
    place: Span,
}

impl<'s> Subject<'s> {
    /// Poem makes a type of the function, with its name.
    pub(super) fn handler(handler: &'s Handler) -> Self {
        let name = handler.name();
        Self { type_name: name.clone(), name: format!("::{name}"), handler, place: Span::mixed_site() }
    }

    /// The operation at a place of its API.
    pub(super) fn operation(api: &Api, operation: &'s Operation, place: usize) -> Self {
        let name = operation.name();
        Self {
            type_name: Ident::new(&format!("__Operation{place}"), Span::mixed_site()),
            name: format!("::{}::{name}", bare(api.type_name())),
            handler: &operation.handler,
            place: name.span(),
        }
    }

    /// `Declaration::protected("…")`, which notes where it stands.
    pub(super) fn declaration(&self, access: &str) -> TokenStream {
        let (name, private) = (&self.name, paths::private_at(self.place));
        let access = Ident::new(access, self.place);
        quote_spanned! {self.place=>
            #private::Declaration::#access(::core::concat!(::core::module_path!(), #name))
        }
    }
}

/// Without a path in front and parameters at the end.
fn bare(api: &Type) -> String {
    match api {
        Type::Group(group) => bare(&group.elem),
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default(),
        other => shown::type_name(other),
    }
}
