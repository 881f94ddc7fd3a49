//! What a declaration is written for: a handler, or an operation of an API.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{GenericParam, Type};

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
    /// What types of its arguments may name that means nothing where the declaration is.
    names_elsewhere: Vec<String>,
}

impl<'s> Subject<'s> {
    /// Poem makes a type of the function, with its name.
    pub(super) fn handler(handler: &'s Handler) -> Self {
        let name = handler.name();
        Self {
            type_name: name.clone(),
            name: format!("::{name}"),
            handler,
            place: Span::mixed_site(),
            names_elsewhere: Vec::new(),
        }
    }

    /// The operation at a place of its API.
    pub(super) fn operation(api: &Api, operation: &'s Operation, place: usize) -> Self {
        let name = operation.name();
        Self {
            type_name: Ident::new(&format!("__Operation{place}"), Span::mixed_site()),
            name: format!("::{}::{name}", bare(api.type_name())),
            handler: &operation.handler,
            place: name.span(),
            names_elsewhere: names_of(api),
        }
    }

    /// The types of the arguments, as far as they mean the same where the declaration is: that of an operation is beside its
    /// API.
    pub(super) fn argument_types(&self) -> impl Iterator<Item = &'s Type> {
        let is_of_here = |argument: &&Type| !names_any(argument.to_token_stream(), &self.names_elsewhere);
        self.handler.argument_types().filter(is_of_here)
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

/// What only the `impl` block of an API knows: its own type, and its parameters.
fn names_of(api: &Api) -> Vec<String> {
    let parameters = api.generics().params.iter().map(|parameter| match parameter {
        GenericParam::Type(parameter) => parameter.ident.to_string(),
        GenericParam::Const(parameter) => parameter.ident.to_string(),
        GenericParam::Lifetime(parameter) => parameter.lifetime.ident.to_string(),
    });
    parameters.chain(["Self".to_owned()]).collect()
}

fn names_any(tokens: TokenStream, names: &[String]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(name) => names.contains(&name.to_string()),
        TokenTree::Group(group) => names_any(group.stream(), names),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
