//! The sections of `app!`.

use proc_macro2::{Ident, TokenStream};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Expr, Token, braced, parenthesized, token};

use crate::diagnostics::{Problem, Problems};

/// A whole vocabulary, up to the first token that cannot be read.
#[derive(Default)]
pub(crate) struct Vocabulary {
    pub(crate) sections: Vec<Section>,
    unreadable: Option<syn::Error>,
}

/// `roles: { … }`.
pub(crate) struct Section {
    pub(crate) key: Ident,
    pub(crate) entries: Vec<Entry>,
}

/// `Writer("Tasks.Write") = "Can write tasks"`.
pub(crate) struct Entry {
    pub(crate) name: Ident,
    pub(crate) value: Option<Expr>,
    pub(crate) description: Option<Expr>,
}

impl Vocabulary {
    pub(crate) fn parse(sections: TokenStream) -> Self {
        let mut vocabulary = Self::default();
        let read = |input: ParseStream<'_>| {
            while !input.is_empty() {
                vocabulary.read_section(input)?;
                comma(input)?;
            }
            Ok(())
        };
        vocabulary.unreadable = read.parse2(sections).err();
        vocabulary
    }

    /// Why the sections after those that could be read are missing.
    pub(crate) fn unreadable(&self, problems: &mut Problems) {
        if let Some(error) = &self.unreadable {
            let problem = Problem::new(error.span(), format!("the vocabulary cannot be read: {error}"));
            problems.add(problem.help(
                "write `roles: { Admin, Writer(\"Tasks.Write\") = \"Can write tasks\" }`, likewise `scopes` and `groups`, and `policies: { Editor = role(Writer) || role(Admin) }`",
            ));
        }
    }

    /// A section counts with the entries that could be read, so that their names exist.
    fn read_section(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let expected = "expected `roles`, `scopes`, `groups` or `policies`";
        let key = input.parse().map_err(|error| syn::Error::new(error.span(), expected))?;
        input.parse::<Token![:]>()?;
        let content;
        braced!(content in input);
        let mut entries = Vec::new();
        let read = read_entries(&content, &mut entries);
        self.sections.push(Section { key, entries });
        read
    }
}

fn read_entries(input: ParseStream<'_>, entries: &mut Vec<Entry>) -> syn::Result<()> {
    while !input.is_empty() {
        entries.push(input.parse()?);
        comma(input)?;
    }
    Ok(())
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let expected =
            if input.peek(Token![#]) { "expected a name; its description goes after `=`" } else { "expected a name" };
        let name = input.parse().map_err(|error| syn::Error::new(error.span(), expected))?;
        let value = if input.peek(token::Paren) { Some(value(input)?) } else { None };
        let description = if input.parse::<Option<Token![=]>>()?.is_some() { Some(input.parse()?) } else { None };
        Ok(Self { name, value, description })
    }
}

fn value(input: ParseStream<'_>) -> syn::Result<Expr> {
    let content;
    parenthesized!(content in input);
    let value = content.parse().map_err(|error| syn::Error::new(error.span(), "expected a value in quotes"))?;
    if content.is_empty() { Ok(value) } else { Err(content.error("expected one value")) }
}

fn comma(input: ParseStream<'_>) -> syn::Result<()> {
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(())
}
