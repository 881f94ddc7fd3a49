//! Rules of `app!`.

use azure_auth_policy::{Guid, permission_value};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Expr, ExprLit, Lit, LitStr};

use super::policy::Located;
use super::{choice, contradictions, downstream, item, policy, scopes};
use crate::diagnostics::{LiteralText, Problem, Problems, nearest, shown};
use crate::model::item::Name;
use crate::model::protection::WrittenPolicy;
use crate::model::vocabulary::{Meaning, NamedPolicy, Vocabulary, Word};
use crate::scope_list::OPENID_SCOPES;
use crate::syntax::{self, Entry, Section, ungrouped};

/// A kind of items.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    AppRole,
    Scope,
    Group,
    Policy,
}

/// What a section declares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Declares {
    Items(Kind),
    /// Other APIs, in modules of their own.
    Apis,
}

const SECTIONS: [(&str, Declares); 5] = [
    ("roles", Declares::Items(Kind::AppRole)),
    ("scopes", Declares::Items(Kind::Scope)),
    ("groups", Declares::Items(Kind::Group)),
    ("policies", Declares::Items(Kind::Policy)),
    ("downstream", Declares::Apis),
];

/// What an `app!` declares; or everything that is wrong with it, and the items whose names could be read.
pub(crate) fn vocabulary(syntax: &syntax::Vocabulary) -> Result<Vocabulary, (Problems, Vocabulary)> {
    let mut problems = Problems::default();
    let mut words = Words::default();
    let mut apis = Vec::new();
    let mut found = Vec::new();
    for section in &syntax.sections {
        let Some(declares) = declares(section, &mut problems) else { continue };
        if found.contains(&declares) {
            let problem = Problem::new(section.key.span(), format!("`{}` is given twice", section.key));
            problems.add(problem.help("move all of its names into one section"));
        }
        found.push(declares);
        match declares {
            Declares::Apis => apis.extend(downstream::section::apis(section, &mut problems)),
            Declares::Items(kind) => {
                downstream::section::misplaced(section, &mut problems);
                section.entries.iter().for_each(|entry| words.read(entry, kind, &mut problems));
            }
        }
    }
    syntax.unreadable(&mut problems);
    let vocabulary = Vocabulary { words: words.all, apis };
    match problems.or(()) {
        Ok(()) => Ok(vocabulary),
        Err(problems) => Err((problems, vocabulary)),
    }
}

fn declares(section: &Section, problems: &mut Problems) -> Option<Declares> {
    let name = section.key.to_string();
    let known = SECTIONS.iter().find(|(key, _)| *key == name).map(|(_, declares)| *declares);
    if known.is_none() {
        let message =
            format!("there is no section `{name}`, only `roles`, `scopes`, `groups`, `policies` and `downstream`");
        let problem = Problem::new(section.key.span(), message);
        problems.add(match nearest(&name, SECTIONS.map(|(key, _)| key)) {
            Some(nearest) => problem.help(format!("write `{nearest}: {{ … }}`")),
            None => problem.help("remove it: write tenants where they are needed, as in `tenants = \"<tenant id>\"`"),
        });
    }
    known
}

/// What was read so far.
#[derive(Default)]
struct Words {
    all: Vec<Word>,
    /// What they stand for, without what could not be read.
    meanings: Vec<(Ident, Meaning)>,
}

impl Words {
    fn read(&mut self, entry: &Entry, kind: Kind, problems: &mut Problems) {
        let name = &entry.name;
        let is_name = camel_case(name, problems);
        let meaning = meaning(entry, kind, problems);
        let description = entry.description.as_ref().filter(|_| kind != Kind::Policy);
        let description = description.and_then(|description| self::description(description, problems));
        if self.all.iter().any(|word| word.name == *name) {
            let problem = Problem::new(name.span(), format!("the name `{name}` appears twice in this vocabulary"));
            problems.add(problem.help("rename one of them: each is an item of its own"));
            return;
        }
        if let Some(meaning) = &meaning {
            self.unique(entry, meaning, problems);
        }
        if is_name {
            let meaning = meaning.unwrap_or_else(|| kind.unreadable());
            self.all.push(Word { name: name.clone(), meaning, description });
        }
    }

    fn unique(&mut self, entry: &Entry, meaning: &Meaning, problems: &mut Problems) {
        if let Some((first, known)) = self.meanings.iter().find(|(_, known)| is_same(known, meaning)) {
            let found = entry.value.as_ref().map_or_else(|| entry.name.to_token_stream(), ToTokens::to_token_stream);
            let value = shown::code(&found);
            let problem = Problem::over(&found, format!("`{first}` already stands for `{}`", value.trim_matches('"')));
            problems.add(if std::mem::discriminant(known) == std::mem::discriminant(meaning) {
                problem.help(format!("use `{first}`, and remove this one"))
            } else {
                problem.help(
                    "change one of the two: a registration contains each value once, app roles and scopes together",
                )
            });
        }
        self.meanings.push((entry.name.clone(), meaning.clone()));
    }
}

/// App roles and scopes share one set of values.
fn is_same(one: &Meaning, other: &Meaning) -> bool {
    match (one, other) {
        (Meaning::AppRole(one) | Meaning::Scope(one), Meaning::AppRole(other) | Meaning::Scope(other)) => one == other,
        (Meaning::Group(one), Meaning::Group(other)) => one == other,
        _ => false,
    }
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::AppRole => "app role",
            Self::Scope => "scope",
            Self::Group => "group",
            Self::Policy => "policy",
        }
    }

    /// In place of what could not be read, so that the item exists.
    fn unreadable(self) -> Meaning {
        match self {
            Self::AppRole => Meaning::AppRole(String::new()),
            Self::Scope => Meaning::Scope(String::new()),
            Self::Group => Meaning::Group(Guid::from_u128(0)),
            Self::Policy => Meaning::Policy(Box::new(NamedPolicy {
                policy: WrittenPolicy::Role(Name::Literal(String::new())),
                expression: Expr::Verbatim(TokenStream::new()),
                is_judged: false,
            })),
        }
    }
}

/// Names differ from constants and functions, also where they are used.
pub(super) fn camel_case(name: &Ident, problems: &mut Problems) -> bool {
    let is_name = item::is_item_name(&name.to_string());
    if !is_name {
        let problem = Problem::new(name.span(), format!("`{name}` is not a name for an item, which is a type"));
        problems
            .add(problem.help("write it in `CamelCase`, and its value in parentheses: `TasksRead(\"Tasks.Read\")`"));
    }
    is_name
}

/// What an item stands for. Without a value, a role or scope has its name as its value.
fn meaning(entry: &Entry, kind: Kind, problems: &mut Problems) -> Option<Meaning> {
    let name = &entry.name;
    if kind == Kind::Policy {
        return policy(entry, problems).map(Box::new).map(Meaning::Policy);
    }
    let literal = match &entry.value {
        Some(value) => text(value, &format!("the value of the {}", kind.word()), problems)?.clone(),
        None if kind == Kind::Group => {
            let problem = Problem::new(name.span(), format!("the group `{name}` has no object id"));
            problems.add(problem.help(format!("write `{name}(\"<object id>\")`: tokens name groups by their ids")));
            return None;
        }
        None => LitStr::new(&name.to_string(), name.span()),
    };
    match kind {
        Kind::AppRole => permission(&literal, kind, problems).map(Meaning::AppRole),
        Kind::Scope => scope(&literal, problems).map(Meaning::Scope),
        _ => choice::id(&literal, choice::GROUP, problems).map(Meaning::Group),
    }
}

/// What follows `=`, where other kinds have their description. None where it has mistakes, so that no mistake follows where
/// it is used.
fn policy(entry: &Entry, problems: &mut Problems) -> Option<NamedPolicy> {
    let name = &entry.name;
    let mut found = Problems::default();
    if let Some(value) = &entry.value {
        let problem = Problem::over(value, format!("the policy `{name}` is written in parentheses"));
        found.add(problem.help(format!("write what it asks for after `=`: `{name} = role(\"…\") || role(\"…\")`")));
    }
    let named = match &entry.description {
        Some(expression) => policy::whole(expression, &mut found),
        None if entry.value.is_some() => None,
        None => {
            let problem = Problem::new(name.span(), format!("the policy `{name}` asks for nothing"));
            found.add(problem.help(format!("write `{name} = role(\"…\") || role(\"…\")`")));
            None
        }
    };
    if let Some(named) = &named {
        not_itself(name, named, &mut found);
        contradictions::within_named(named, &mut found);
    }
    let is_right = found.is_empty();
    problems.append(found);
    named.filter(|_| is_right).map(|named| NamedPolicy {
        is_judged: named.has_names(),
        expression: named.expression.clone(),
        policy: named.policy,
    })
}

/// The compiler would say the same as a cycle of constants.
fn not_itself(name: &Ident, part: &Located<'_>, problems: &mut Problems) {
    if matches!(&part.policy, WrittenPolicy::Named(item) if item.path.path.is_ident(name)) {
        let problem = Problem::over(part.expression, format!("the policy `{name}` is written with its own name"));
        problems.add(problem.help("write what it asks for in place of the name"));
    }
    part.parts.iter().for_each(|part| not_itself(name, part, problems));
}

fn permission(literal: &LitStr, kind: Kind, problems: &mut Problems) -> Option<String> {
    let text = LiteralText::new(literal);
    if let Some((found, bytes)) = permission_value::problem(text.value()) {
        problems.add(choice::value(&text, kind.word(), found, bytes));
        return None;
    }
    Some(literal.value())
}

/// A permission of this application, whatever it sounds like; but neither another's nor one of OpenID Connect.
fn scope(literal: &LitStr, problems: &mut Problems) -> Option<String> {
    let value = literal.value();
    if OPENID_SCOPES.contains(&value.as_str()) {
        let problem = Problem::new(literal.span(), format!("`{value}` is not a permission: it shapes the sign-in"));
        problems.add(problem.help(format!("remove it here, and write `scopes = \"{value}\"` where it is needed")));
        return None;
    }
    scopes::without_resource(literal, problems)?;
    permission(literal, Kind::Scope, problems)
}

pub(super) fn description(description: &Expr, problems: &mut Problems) -> Option<String> {
    let text = text(description, "the description", problems)?;
    let value = text.value();
    if value.trim().is_empty() {
        let problem = Problem::new(text.span(), "the description is empty");
        problems.add(problem.help("write what it is for, or remove the `=`"));
    } else if is_like_value(&value) {
        let problem = Problem::new(text.span(), format!("{value:?} is a value, expected a description"));
        problems.add(problem.help(format!("if it is the value, write it in parentheses: `(\"{value}\")`")));
    }
    Some(value)
}

/// `Tasks.Write`: one word with a dot inside.
fn is_like_value(description: &str) -> bool {
    let (before, after) = description.split_once('.').unwrap_or_default();
    !before.is_empty() && !after.is_empty() && !description.contains(char::is_whitespace)
}

/// A text in quotes.
pub(super) fn text<'e>(expression: &'e Expr, noun: &str, problems: &mut Problems) -> Option<&'e LitStr> {
    match ungrouped(expression) {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
        other => {
            let found = shown::code(other);
            let problem = Problem::over(other, format!("{noun} is `{found}`, expected a text in quotes"));
            problems.add(problem.help(format!("write `\"{}\"`", found.replace(' ', ""))));
            None
        }
    }
}
