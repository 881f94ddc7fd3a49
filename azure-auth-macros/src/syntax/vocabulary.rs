//! The sections of `app!`.

use proc_macro2::{Ident, TokenStream};
use syn::parse::{ParseStream, Parser};
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
    pub(crate) apis: Vec<DownstreamApi>,
}

/// `orders("api://…") { OrdersRead("Orders.Read") }`.
pub(crate) struct DownstreamApi {
    pub(crate) name: Ident,
    pub(crate) resource: Option<Expr>,
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
                "write `roles: { Admin, Writer(\"Tasks.Write\") = \"Can write tasks\" }`, likewise `scopes` and `groups`, `policies: { Editor = role(Writer) || role(Admin) }`, and `downstream: { orders(\"api://<client id>\") { OrdersRead(\"Orders.Read\") } }`",
            ));
        }
    }

    /// A section counts with the entries that could be read, so that their names exist.
    fn read_section(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let expected = "expected `roles`, `scopes`, `groups`, `policies` or `downstream`";
        let key = input.parse().map_err(|error| syn::Error::new(error.span(), expected))?;
        input.parse::<Token![:]>()?;
        let content;
        braced!(content in input);
        let mut section = Section { key, entries: Vec::new(), apis: Vec::new() };
        let read = section.read(&content);
        self.sections.push(section);
        read
    }
}

impl Section {
    /// What has braces of its own is an API, whatever the section is called.
    fn read(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        while !input.is_empty() {
            let (name, value) = name_and_value(input)?;
            if input.peek(token::Brace) {
                let content;
                braced!(content in input);
                let mut entries = Vec::new();
                let read = read_entries(&content, &mut entries);
                self.apis.push(DownstreamApi { name, resource: value, entries });
                read?;
            } else {
                self.entries.push(Entry { name, value, description: description(input)? });
            }
            comma(input)?;
        }
        Ok(())
    }
}

fn read_entries(input: ParseStream<'_>, entries: &mut Vec<Entry>) -> syn::Result<()> {
    while !input.is_empty() {
        let (name, value) = name_and_value(input)?;
        entries.push(Entry { name, value, description: description(input)? });
        comma(input)?;
    }
    Ok(())
}

fn name_and_value(input: ParseStream<'_>) -> syn::Result<(Ident, Option<Expr>)> {
    let expected =
        if input.peek(Token![#]) { "expected a name; its description goes after `=`" } else { "expected a name" };
    let name = input.parse().map_err(|error| syn::Error::new(error.span(), expected))?;
    let value = if input.peek(token::Paren) { Some(value(input)?) } else { None };
    Ok((name, value))
}

fn description(input: ParseStream<'_>) -> syn::Result<Option<Expr>> {
    if input.parse::<Option<Token![=]>>()?.is_some() { input.parse().map(Some) } else { Ok(None) }
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
