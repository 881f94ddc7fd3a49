//! The `impl` block of an API of poem-openapi, with `#[OpenApi]` below our attribute.

use proc_macro2::{Ident, TokenStream};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Expr, ExprLit, FnArg, Generics, ImplItem, ImplItemFn, ItemImpl, Lit, LitStr, Meta, MetaNameValue, Token,
    Type, parse_quote,
};

use super::declaration::Declaration;
use super::handler::{self, Handler};
use super::ungrouped;
use crate::diagnostics::{Problem, Problems};

/// An `impl` block and its operations.
pub(crate) struct Api {
    /// The arguments of our attribute.
    pub(crate) arguments: TokenStream,
    item: ItemImpl,
    /// Attributes that work between ours and `#[OpenApi]`, and may add what we do not see.
    pub(crate) between: Vec<Attribute>,
    /// What poem-openapi puts in front of every path.
    pub(crate) prefix: Option<Expr>,
    pub(crate) operations: Vec<Operation>,
    /// Declarations on methods that are not operations.
    pub(crate) strays: Vec<(Ident, Attribute)>,
}

/// A method that poem-openapi makes an operation of.
pub(crate) struct Operation {
    place: usize,
    /// None where the method has no declaration.
    pub(crate) declaration: Option<(DeclarationKind, Declaration)>,
    pub(crate) handler: Handler,
    /// None where they cannot be read.
    pub(crate) settings: Option<Settings>,
}

/// What `#[oai(…)]` says of the requests that an operation answers. poem-openapi judges it.
pub(crate) struct Settings {
    pub(crate) path: LitStr,
    pub(crate) methods: Vec<LitStr>,
    /// The application's own.
    pub(crate) transform: Option<Ident>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeclarationKind {
    Protect,
    Public,
}

impl Api {
    pub(crate) fn parse(arguments: TokenStream, item: TokenStream) -> Result<Self, Problems> {
        let item: syn::Item = syn::parse2(item).map_err(Problem::from)?;
        let syn::Item::Impl(mut item) = item else {
            let problem =
                Problem::new(handler::first_word(&item), "`#[protect_api]` is applied to something that is not an API");
            return Err(problem.help("an API is an `impl` block with `#[OpenApi]` of poem-openapi above it").into());
        };
        let Some(place) = item.attrs.iter().position(|attribute| handler::is_named(attribute, "OpenApi")) else {
            let problem = Problem::over(&item.self_ty, "`#[protect_api]` finds no `#[OpenApi]` below it");
            let help =
                "write `#[azure_auth::protect_api]` first and `#[OpenApi]` below it: attributes work from the top";
            return Err(problem.help(help).into());
        };
        let prefix = metas(&item.attrs[place]).into_iter().find_map(|meta| match meta {
            Meta::NameValue(setting) if setting.path.is_ident("prefix_path") => Some(setting.value),
            _ => None,
        });
        // Left out of the block, so that a mistake stays one.
        let (between, kept): (Vec<_>, Vec<_>) = item.attrs.drain(..place).partition(|attribute| !is_inert(attribute));
        item.attrs.splice(..0, kept);
        let methods = item.items.iter().enumerate().filter_map(|(place, item)| match item {
            ImplItem::Fn(method) => Some((place, method)),
            _ => None,
        });
        let mut operations = Vec::new();
        let mut strays = Vec::new();
        for (place, method) in methods {
            if let Some(attribute) = method.attrs.iter().find(|attribute| is_operation(attribute)) {
                operations.push(Operation::read(place, method, attribute));
            } else {
                let declarations = method.attrs.iter().filter(|attribute| handler::is_declaration(attribute));
                strays.extend(declarations.map(|attribute| (method.sig.ident.clone(), attribute.clone())));
            }
        }
        Ok(Self { arguments, item, between, prefix, operations, strays })
    }

    pub(crate) fn generics(&self) -> &Generics {
        &self.item.generics
    }

    pub(crate) fn type_name(&self) -> &Type {
        &self.item.self_ty
    }

    /// The attributes that decide whether the API exists at all.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &Attribute> {
        self.item.attrs.iter().filter(|attribute| handler::is_named(attribute, "cfg"))
    }

    /// The block without declarations. Operations that have a name beside them are transformed by the function of that
    /// name, and by no other; operations without one are left out.
    pub(crate) fn item<'n>(&self, transforms: impl IntoIterator<Item = (&'n Operation, Option<Ident>)>) -> ItemImpl {
        let mut item = self.item.clone();
        for (operation, name) in transforms {
            let ImplItem::Fn(method) = &mut item.items[operation.place] else { continue };
            let Some(name) = name else {
                leave_out(method);
                continue;
            };
            if let Some(attribute) = method.attrs.iter_mut().find(|attribute| is_operation(attribute)) {
                *attribute = transformed(attribute, &name);
            }
        }
        for item in &mut item.items {
            if let ImplItem::Fn(method) = item {
                method.attrs.retain(|attribute| !handler::is_declaration(attribute));
            }
        }
        item
    }
}

impl Operation {
    fn read(place: usize, method: &ImplItemFn, attribute: &Attribute) -> Self {
        let declared = method.attrs.iter().find(|attribute| handler::is_declaration(attribute));
        let kind = |attribute| {
            if handler::is_named(attribute, "protect") { DeclarationKind::Protect } else { DeclarationKind::Public }
        };
        Self {
            place,
            declaration: declared.map(|attribute| (kind(attribute), Declaration::of_operation(attribute, method))),
            handler: Handler::of_operation(method, declared),
            settings: Settings::read(attribute),
        }
    }

    pub(crate) fn name(&self) -> &Ident {
        self.handler.name()
    }
}

impl Settings {
    fn read(attribute: &Attribute) -> Option<Self> {
        let (mut paths, mut methods, mut transforms) = (Vec::new(), Vec::new(), Vec::new());
        for meta in metas(attribute) {
            match meta.path().get_ident()?.to_string().as_str() {
                "path" => paths.push(text(&meta)?),
                "method" => methods.push(text(&meta)?),
                "transform" => transforms.push(text(&meta)?.parse().ok()?),
                _ => {}
            }
        }
        let path = paths.pop()?;
        let is_read = paths.is_empty() && !methods.is_empty() && transforms.len() <= 1;
        is_read.then(|| Self { path, methods, transform: transforms.pop() })
    }
}

/// Attributes of the language that leave the block as it is.
fn is_inert(attribute: &Attribute) -> bool {
    ["allow", "cfg", "deny", "doc", "expect", "forbid", "warn"].iter().any(|name| attribute.path().is_ident(name))
}

/// As poem-openapi finds it.
fn is_operation(attribute: &Attribute) -> bool {
    attribute.path().is_ident("oai")
}

/// An operation that cannot be read stays a method, so that poem-openapi does not report the same mistake again.
fn leave_out(method: &mut ImplItemFn) {
    method.attrs.retain(|attribute| !is_operation(attribute));
    for input in &mut method.sig.inputs {
        if let FnArg::Typed(argument) = input {
            argument.attrs.retain(|attribute| !is_operation(attribute));
        }
    }
}

/// The text of `key = "…"`.
fn text(meta: &Meta) -> Option<LitStr> {
    match meta {
        Meta::NameValue(MetaNameValue { value, .. }) => match ungrouped(value) {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// The arguments of an attribute of poem-openapi, which refuses what cannot be read.
fn metas(attribute: &Attribute) -> Vec<Meta> {
    let Meta::List(list) = &attribute.meta else { return Vec::new() };
    let metas = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(list.tokens.clone());
    metas.into_iter().flatten().collect()
}

/// The attribute of an operation with this one transformation.
fn transformed(attribute: &Attribute, name: &Ident) -> Attribute {
    let others = metas(attribute).into_iter().filter(|meta| !meta.path().is_ident("transform"));
    let name = name.to_string();
    parse_quote! { #[oai(#(#others,)* transform = #name)] }
}
