//! The source of a program as its author wrote it, and what it becomes with one `protect` changed.

use std::cmp::Reverse;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, FnArg, ImplItemFn, ItemFn, Macro, Meta, PatType, Signature, Type, parse_quote};

use crate::widening::Change;

/// Every file of a program.
pub(crate) struct Source(Vec<File>);

struct File {
    name: String,
    text: String,
}

/// One `#[azure_auth::protect…]`, or a row `protect(…)` of a table.
pub(crate) struct Protect {
    /// The function below it. For a row, a name for its path.
    pub(crate) handler: String,
    /// For a row, what would say the same on a handler.
    pub(crate) attribute: Attribute,
    /// What a row protects.
    endpoint: Option<String>,
    file: usize,
    place: Range<usize>,
    /// What makes its callers optional, from the back.
    insertions: Vec<(usize, String)>,
}

/// Arguments that a public handler cannot take.
const CALLERS: [&str; 4] = ["User", "Principal", "Application", "Has"];

impl Source {
    pub(crate) fn read(folder: &Path) -> Self {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        paths.sort();
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        Self(paths.iter().map(|path| File { name: name(path), text: fs::read_to_string(path).unwrap() }).collect())
    }

    pub(crate) fn protects(&self) -> Vec<Protect> {
        let mut protects = Protects::default();
        for (place, file) in self.0.iter().enumerate() {
            protects.file = place;
            protects.visit_file(&syn::parse_file(&file.text).unwrap());
        }
        protects.found
    }

    /// Names and texts of the files when the program is a module instead of a crate, with one change.
    pub(crate) fn module(&self, name: &str, change: Option<(&Protect, &Change)>) -> Vec<(String, String)> {
        let texts = self.0.iter().enumerate().map(|(place, file)| {
            let text = match change.filter(|(protect, _)| protect.file == place) {
                Some((protect, change)) => protect.changed(&file.text, change),
                None => file.text.clone(),
            };
            let file = if file.name == "main.rs" { "mod.rs" } else { &file.name };
            (file.to_owned(), below(name, &text))
        });
        texts.collect()
    }
}

impl Protect {
    pub(crate) fn has_callers(&self) -> bool {
        !self.insertions.is_empty()
    }

    fn changed(&self, text: &str, change: &Change) -> String {
        let mut text = text.to_owned();
        for (place, insertion) in self.insertions.iter().filter(|_| change.makes_callers_optional) {
            text.insert_str(*place, insertion);
        }
        let changed = match &self.endpoint {
            None => change.attribute.clone(),
            Some(endpoint) => row(endpoint, &change.attribute),
        };
        text.replace_range(self.place.clone(), &changed);
        text
    }
}

/// What a row contains in place of a handler's attribute.
fn row(endpoint: &str, attribute: &str) -> String {
    let attributes = Attribute::parse_outer.parse_str(attribute).unwrap();
    let Some(attribute) = attributes.first() else { return endpoint.to_owned() };
    let name = &attribute.path().segments.last().unwrap().ident;
    match &attribute.meta {
        Meta::List(list) => format!("{name}({endpoint}, {})", list.tokens),
        _ if name == "public" => format!("public({endpoint}, reason = \"changed\")"),
        _ => format!("{name}({endpoint})"),
    }
}

/// The text with `crate::name::` for `crate::`.
fn below(name: &str, text: &str) -> String {
    let mut ends = Vec::new();
    add_ends_of_crate(text.parse().unwrap(), &mut ends);
    let mut below = text.to_owned();
    for end in ends.into_iter().rev() {
        below.insert_str(end, &format!("::{name}"));
    }
    below
}

/// Behind each `crate` that begins a path, in macros too; `$crate` is another one.
fn add_ends_of_crate(tokens: TokenStream, ends: &mut Vec<usize>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (place, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => add_ends_of_crate(group.stream(), ends),
            TokenTree::Ident(word) if word == "crate" && is_sign(tokens.get(place + 1), ':') => {
                let before = place.checked_sub(1).and_then(|before| tokens.get(before));
                if !is_sign(before, '$') {
                    ends.push(word.span().byte_range().end);
                }
            }
            _ => {}
        }
    }
}

fn is_sign(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

#[derive(Default)]
struct Protects {
    file: usize,
    found: Vec<Protect>,
}

impl Protects {
    fn add(&mut self, attributes: &[Attribute], signature: &Signature, body: &Block) {
        let is_protect = |attribute: &&Attribute| attribute.path().segments.last().unwrap().ident == "protect";
        let protects = attributes.iter().filter(is_protect).map(|attribute| Protect {
            handler: signature.ident.to_string(),
            attribute: attribute.clone(),
            endpoint: None,
            file: self.file,
            place: attribute.span().byte_range(),
            insertions: insertions(signature, body),
        });
        self.found.extend(protects);
    }

    /// `"/path" => protect(endpoint, keys)`, among the tokens of a table.
    fn add_rows(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for window in tokens.windows(5) {
            let [TokenTree::Literal(path), equals, greater, TokenTree::Ident(name), TokenTree::Group(parts)] = window
            else {
                continue;
            };
            if !is_sign(Some(equals), '=') || !is_sign(Some(greater), '>') || name != "protect" {
                continue;
            }
            let parts = parts.stream().into_iter().collect::<Vec<_>>();
            let end = parts.iter().position(|part| is_sign(Some(part), ',')).unwrap_or(parts.len());
            let endpoint: TokenStream = parts[..end].iter().cloned().collect();
            let keys: TokenStream = parts.iter().skip(end + 1).cloned().collect();
            let attribute = if keys.is_empty() {
                parse_quote! { #[protect] }
            } else {
                parse_quote! { #[protect(#keys)] }
            };
            let letters = path.to_string().replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
            self.found.push(Protect {
                handler: format!("row{letters}"),
                attribute,
                endpoint: Some(endpoint.to_string()),
                file: self.file,
                place: name.span().byte_range().start..window[4].span().byte_range().end,
                insertions: Vec::new(),
            });
        }
    }
}

/// `user: Option<User>` for `user: User`, and a body that goes on as if nothing had happened.
fn insertions(signature: &Signature, body: &Block) -> Vec<(usize, String)> {
    let callers = signature.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(argument) if is_caller(&argument.ty) => Some(argument),
        _ => None,
    });
    let insertions = callers.flat_map(|PatType { pat, ty, .. }| {
        let (pattern, place) = (pat.to_token_stream(), ty.span().byte_range());
        let unwrapped = format!(" let {pattern} = {pattern}.unwrap();");
        let start = body.brace_token.span.open().byte_range().end;
        [(place.start, "Option<".to_owned()), (place.end, ">".to_owned()), (start, unwrapped)]
    });
    let mut insertions: Vec<(usize, String)> = insertions.collect();
    insertions.sort_by_key(|(place, _)| Reverse(*place));
    insertions
}

fn is_caller(argument: &Type) -> bool {
    let Type::Path(path) = argument else { return false };
    path.path.segments.last().is_some_and(|last| CALLERS.iter().any(|caller| last.ident == caller))
}

impl<'source> Visit<'source> for Protects {
    fn visit_macro(&mut self, called: &'source Macro) {
        if called.path.segments.last().is_some_and(|last| last.ident == "endpoints") {
            self.add_rows(called.tokens.clone());
        }
    }

    fn visit_item_fn(&mut self, function: &'source ItemFn) {
        self.add(&function.attrs, &function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, method: &'source ImplItemFn) {
        self.add(&method.attrs, &method.sig, &method.block);
        visit::visit_impl_item_fn(self, method);
    }
}
