//! The function below an attribute.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, FnArg, GenericArgument, Generics, ImplItemFn, ItemFn, PathArguments, Type, Visibility, parse_quote,
};

use crate::diagnostics::{Problem, Problems};

/// A function with `#[handler]` below our attribute, or an operation of an API as if it were one.
#[derive(Clone)]
pub(crate) struct Handler {
    function: ItemFn,
}

impl Handler {
    /// Reads the item below `#[attribute]`. Above `#[handler]` we see that attribute; below it, or without it, we do not.
    pub(crate) fn parse(attribute: &str, item: TokenStream) -> Result<Self, Problems> {
        let item: syn::Item = syn::parse2(item).map_err(Problem::from)?;
        let syn::Item::Fn(function) = item else {
            let problem = Problem::new(
                first_word(&item),
                format!("`#[{attribute}]` is applied to something that is not a handler"),
            );
            return Err(problem.help("a handler is a function with `#[handler]` of Poem above it").into());
        };
        let name = function.sig.ident.to_string();
        if !function.attrs.iter().any(|attribute| is_named(attribute, "handler")) {
            let problem = Problem::new(
                function.sig.ident.span(),
                format!("`#[{attribute}]` finds no `#[handler]` below it on `{name}`"),
            );
            let help = if function.sig.receiver().is_some() {
                "operations of an API are read with their `impl` block: write `#[azure_auth::protect_api]` above its \
                 `#[OpenApi]`"
                    .to_owned()
            } else {
                format!(
                    "write `#[azure_auth::{attribute}]` first and `#[handler]` below it: attributes work from the top"
                )
            };
            return Err(problem.help(help).into());
        }
        Ok(Self { function })
    }

    /// An operation without its receiver, its body, and the declaration that is read already.
    pub(super) fn of_operation(method: &ImplItemFn, read: Option<&Attribute>) -> Self {
        let mut sig = method.sig.clone();
        sig.inputs = sig.inputs.into_iter().filter(|input| matches!(input, FnArg::Typed(_))).collect();
        let attrs = method.attrs.iter().filter(|attribute| read.is_none_or(|read| !std::ptr::eq(read, *attribute)));
        let function =
            ItemFn { attrs: attrs.cloned().collect(), vis: Visibility::Inherited, sig, block: parse_quote!({}) };
        Self { function }
    }

    pub(crate) fn name(&self) -> &Ident {
        &self.function.sig.ident
    }

    pub(crate) fn generics(&self) -> &Generics {
        &self.function.sig.generics
    }

    /// The types of the arguments, in order.
    pub(crate) fn argument_types(&self) -> impl Iterator<Item = &Type> {
        self.function.sig.inputs.iter().filter_map(|argument| match argument {
            FnArg::Typed(argument) => Some(argument.ty.as_ref()),
            FnArg::Receiver(_) => None,
        })
    }

    /// The types of the arguments that are written `Has<…>`.
    pub(crate) fn proofs(&self) -> impl Iterator<Item = &Type> {
        self.argument_types().filter(|argument| match argument {
            Type::Path(path) => {
                path.path.segments.last().is_some_and(|last| {
                    last.ident == "Has" && matches!(last.arguments, PathArguments::AngleBracketed(_))
                })
            }
            _ => false,
        })
    }

    /// The types of the arguments that are written `Token<…>`, and `Option<Token<…>>` as well. Of a generic handler nothing is
    /// known before it is mounted.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = &Type> {
        let is_generic = !self.generics().params.is_empty();
        self.argument_types().filter(move |argument| !is_generic && is_token(argument))
    }

    /// The arguments that are written `Checked<…>`: their places, whole types, and what is in the angle brackets.
    pub(crate) fn checked(&self) -> impl Iterator<Item = (usize, &Type, &Type)> {
        self.function.sig.inputs.iter().enumerate().filter_map(|(place, argument)| {
            let FnArg::Typed(argument) = argument else { return None };
            let Type::Path(path) = argument.ty.as_ref() else { return None };
            let last = path.path.segments.last().filter(|last| last.ident == "Checked")?;
            match &last.arguments {
                PathArguments::AngleBracketed(given) if given.args.len() == 1 => match given.args.first() {
                    Some(GenericArgument::Type(given)) => Some((place, argument.ty.as_ref(), given)),
                    _ => None,
                },
                _ => None,
            }
        })
    }

    pub(crate) fn receiver(&self) -> Option<&syn::Receiver> {
        self.function.sig.receiver()
    }

    /// Attributes below ours that say who may call as well.
    pub(crate) fn further_declarations(&self) -> impl Iterator<Item = &Attribute> {
        self.function.attrs.iter().filter(|attribute| is_declaration(attribute))
    }

    /// The attributes that decide whether the handler exists at all.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &Attribute> {
        self.function.attrs.iter().filter(|attribute| is_named(attribute, "cfg"))
    }

    /// The function without `#[handler]`, which cannot be applied to a method.
    pub(crate) fn method_alone(&self) -> ItemFn {
        let mut function = self.function_alone();
        function.attrs.retain(|attribute| !is_named(attribute, "handler"));
        function
    }

    /// The function without further declarations, so that a mistake in one does not become two.
    pub(crate) fn function_alone(&self) -> ItemFn {
        let mut function = self.function.clone();
        function.attrs.retain(|attribute| !is_declaration(attribute));
        function
    }
}

fn is_token(argument: &Type) -> bool {
    let Type::Path(path) = argument else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let PathArguments::AngleBracketed(given) = &last.arguments else { return false };
    let is_inner = |given: &GenericArgument| matches!(given, GenericArgument::Type(inner) if is_token(inner));
    last.ident == "Token" || (last.ident == "Option" && given.args.iter().any(is_inner))
}

/// Behind documentation and other attributes.
pub(super) fn first_word(item: &syn::Item) -> Span {
    let mut tokens = item.to_token_stream().into_iter();
    tokens.find(|token| matches!(token, TokenTree::Ident(_))).map_or_else(Span::call_site, |token| token.span())
}

pub(super) fn is_declaration(attribute: &Attribute) -> bool {
    is_named(attribute, "protect") || is_named(attribute, "public")
}

pub(super) fn is_named(attribute: &Attribute, name: &str) -> bool {
    attribute.path().segments.last().is_some_and(|segment| segment.ident == name)
}
