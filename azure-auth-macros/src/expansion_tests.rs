//! What handlers and tables become: reviewed snapshots in `tests/expansions`. `TRYBUILD=overwrite` writes them anew,
//! as it does for the messages next to them.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, File, Item, ItemFn, ItemImpl, Macro, Meta, Stmt};

use crate::{expand, syntax, validate};

/// The lines that an attribute may add to its handler.
const LINES_ADDED: usize = 20;

/// No attributes, and attributes that say more than one thing.
const LONGER: [&str; 6] = ["api_", "endpoints_", "guard_", "vocabulary_", "protect_every_key", "protect_with_a_"];

#[test]
fn expansions_are_as_reviewed() {
    for case in cases() {
        let snapshot = case.with_extension("expanded.rs");
        let expanded = expanded(&case);
        if std::env::var_os("TRYBUILD").is_some_and(|value| value == "overwrite") {
            fs::write(&snapshot, &expanded).unwrap();
        }
        assert_eq!(expanded, fs::read_to_string(&snapshot).unwrap_or_default(), "{}", snapshot.display());
    }
}

#[test]
fn an_attribute_adds_few_lines() {
    for case in cases().into_iter().filter(|case| !LONGER.iter().any(|start| is_named(case, start))) {
        let written = fs::read_to_string(&case).unwrap().lines().count();
        let expanded = expanded(&case).lines().count();
        assert!(expanded <= written + LINES_ADDED, "{}: {written} lines become {expanded}", case.display());
    }
}

/// Every source without its snapshot.
fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expansions");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| !path.to_string_lossy().ends_with(".expanded.rs")).collect()
}

fn is_named(case: &Path, start: &str) -> bool {
    case.file_stem().unwrap().to_string_lossy().starts_with(start)
}

/// A source, formatted, with every macro of ours expanded.
fn expanded(case: &Path) -> String {
    let source: File = syn::parse_str(&fs::read_to_string(case).unwrap()).unwrap();
    let items: TokenStream = source.items.into_iter().map(expanded_item).collect();
    prettyplease::unparse(&syn::parse2(items).unwrap())
}

fn expanded_item(item: Item) -> TokenStream {
    let mut function = match item {
        Item::Fn(function) => function,
        Item::Macro(vocabulary) => return expanded_vocabulary(vocabulary.mac.tokens),
        Item::Impl(api) => return expanded_api(api),
        other => return other.into_token_stream(),
    };
    let is_ours = |attribute: &syn::Attribute| attribute.path().segments[0].ident == "azure_auth";
    match function.attrs.iter().position(is_ours) {
        Some(place) => {
            let attribute = function.attrs.remove(place);
            expanded_handler(&attribute.meta, &function)
        }
        None => expanded_function(function),
    }
}

fn expanded_handler(attribute: &Meta, function: &ItemFn) -> TokenStream {
    let name = attribute.path().segments[1].ident.to_string();
    let arguments = attribute.require_list().map(|list| list.tokens.clone()).unwrap_or_default();
    let syntax = syntax::Declaration::parse(&name, arguments, function.to_token_stream()).unwrap();
    match name.as_str() {
        "protect" => {
            let protection = validate::protect::protect(&syntax);
            let protection = protection.unwrap_or_else(|_| panic!("an attribute without mistakes"));
            expand::protect::protect(&protection, &syntax.handler)
        }
        _ => expand::public::public(&validate::public::public(&syntax).unwrap(), &syntax.handler),
    }
}

/// Its first attribute is ours.
fn expanded_api(mut api: ItemImpl) -> TokenStream {
    api.attrs.remove(0);
    let syntax = syntax::Api::parse(TokenStream::new(), api.into_token_stream()).unwrap();
    let model = validate::api::api(&syntax).unwrap_or_else(|_| panic!("an API without mistakes"));
    expand::api::api(&model, &syntax)
}

fn expanded_vocabulary(sections: TokenStream) -> TokenStream {
    let vocabulary = validate::vocabulary::vocabulary(&syntax::Vocabulary::parse(sections));
    expand::vocabulary::vocabulary(&vocabulary.unwrap_or_else(|_| panic!("a vocabulary without mistakes")))
}

fn expanded_function(mut function: ItemFn) -> TokenStream {
    for statement in &mut function.block.stmts {
        let called = match statement {
            Stmt::Macro(called) => &called.mac,
            Stmt::Expr(Expr::Macro(called), _) => &called.mac,
            _ => continue,
        };
        let expanded: Expr = syn::parse2(expanded_macro(called)).unwrap();
        *statement = Stmt::Expr(expanded, None);
    }
    function.into_token_stream()
}

fn expanded_macro(called: &Macro) -> TokenStream {
    if called.path.segments.last().is_some_and(|last| last.ident == "guard") {
        let protection = validate::protect::guard(&syntax::Arguments::parse(called.tokens.clone()));
        return expand::guard::guard(&protection.unwrap_or_else(|_| panic!("a guard without mistakes")));
    }
    let table = validate::endpoints::endpoints(&syntax::Endpoints::parse(called.tokens.clone()));
    expand::endpoints::endpoints(&table.unwrap_or_else(|_| panic!("a table without mistakes")))
}
