//! `"one"`, `One`, `any("one", Other)` and `all(…)`.

use std::ops::Range;

use azure_auth_policy::Guid;
use azure_auth_policy::permission_value::{self, LONGEST, ValueProblem};
use proc_macro2::Ident;
use quote::ToTokens;
use syn::{Expr, ExprCall, LitStr};

use super::argument;
use super::item::Written;
use super::meant::{self, Join, Meant};
use crate::diagnostics::{LiteralText, Problem, Problems, shown};
use crate::model::item::Name;
use crate::model::protection::{Choice, Quantifier};
use crate::syntax::{Argument, ungrouped};

/// What the texts of a choice name.
#[derive(Clone, Copy)]
pub(super) struct Noun {
    /// `app role`, `tenant`.
    pub(super) word: &'static str,
    /// A value as an example.
    pub(super) example: &'static str,
    /// Another one.
    pub(super) further: &'static str,
    /// How a value may be written.
    pub(super) written: &'static str,
}

pub(super) const TEXT_OR_ITEM: &str = "a text in quotes or an item of `app!`";

pub(super) const ROLE: Noun = Noun { word: "app role", example: "Admin", further: "Writer", written: TEXT_OR_ITEM };
pub(super) const GROUP: Noun =
    Noun { word: "group", example: "<object id>", further: "<object id>", written: TEXT_OR_ITEM };
pub(super) const TENANT: Noun =
    Noun { word: "tenant", example: "<tenant id>", further: "<tenant id>", written: "a text in quotes" };

/// App roles by their values.
pub(super) fn roles(argument: &Argument, problems: &mut Problems) -> Option<Choice<Name<String>>> {
    let alone = alone(argument);
    values(argument, ROLE, problems, |written, problems| written.name(|literal| name(literal, ROLE, alone, problems)))
}

/// Groups by their object ids.
pub(super) fn groups(argument: &Argument, problems: &mut Problems) -> Option<Choice<Name<Guid>>> {
    values(argument, GROUP, problems, |written, problems| written.name(|literal| id(literal, GROUP, problems)))
}

/// Tenants by their ids: a caller belongs to one, so that only `any` makes sense.
pub(super) fn tenants(argument: &Argument, problems: &mut Problems) -> Vec<Guid> {
    let choice = values(argument, TENANT, problems, |written, problems| match written {
        Written::Text(literal) => id(literal, TENANT, problems),
        Written::Item(path) => {
            neither(path, TENANT, problems);
            None
        }
    });
    let Some(Choice { quantifier, values }) = choice else { return Vec::new() };
    if quantifier == Quantifier::All && values.len() > 1 {
        let problem =
            Problem::over(&argument.value_or_key(), "no caller belongs to all these tenants: each belongs to one");
        problems.add(problem.help("write `any(…)`, which accepts each of those in the list"));
    }
    values
}

/// One app role: a value as Entra takes it.
pub(super) fn role(literal: &LitStr, problems: &mut Problems) -> Option<String> {
    name(literal, ROLE, None, problems)
}

/// The key whose whole value is one text or item.
fn alone(argument: &Argument) -> Option<&Ident> {
    argument.value.as_ref().and_then(Written::read).map(|_| &argument.key)
}

/// One directory id.
pub(super) fn id(literal: &LitStr, noun: Noun, problems: &mut Problems) -> Option<Guid> {
    let text = literal.value();
    let id = Guid::parse(&text);
    if id.is_none() {
        let problem = Problem::new(literal.span(), format!("{text:?} is not a {} id", noun.word));
        problems.add(problem.help("write the id, 8-4-4-4-12 hexadecimal digits: names change, ids do not"));
    }
    id
}

/// A value without spaces: several are written with `any` or `all`.
fn name(literal: &LitStr, noun: Noun, alone: Option<&Ident>, problems: &mut Problems) -> Option<String> {
    let text = LiteralText::new(literal);
    let value = text.value();
    let Some((found, bytes)) = permission_value::problem(value) else { return Some(value.to_owned()) };
    let problem = match found {
        ValueProblem::Empty => Problem::new(literal.span(), format!("the {} is empty", noun.word))
            .help(format!("write its value, such as {:?}", noun.example)),
        ValueProblem::Character { found: ' ' } => {
            Problem::new(literal.span(), format!("{value:?} contains a space; {}s cannot", noun.word))
                .help(apart(value, noun, alone))
        }
        other => self::value(&text, noun.word, other, bytes),
    };
    problems.add(problem);
    None
}

/// Several values in one text, each in quotes of its own.
fn apart(text: &str, noun: Noun, alone: Option<&Ident>) -> String {
    match (Meant::words(text, Join::Unsaid), alone) {
        (Some(meant), Some(key)) => meant.remedy(&key.to_string()),
        (Some(meant), None) => format!("write `{}`", meant.values().join(", ")),
        (None, _) => format!("write its value, such as {:?}", noun.example),
    }
}

/// A value that Entra would refuse.
pub(super) fn value(text: &LiteralText, word: &str, found: ValueProblem, bytes: Range<usize>) -> Problem {
    let place = text.pointing_at(bytes.clone());
    let (message, help) = match found {
        ValueProblem::Empty => {
            return Problem::new(text.span_of(bytes), format!("the value of the {word} is empty"))
                .help("write it as the app registration has it");
        }
        ValueProblem::Character { found: ' ' } => (
            format!("{word} values cannot contain a space"),
            "write one value; each further value needs an item of its own".to_owned(),
        ),
        ValueProblem::Character { found } => (
            format!("{word} values cannot contain `{}`", shown::letter(found)),
            "values are printable ASCII without spaces, quotes and backslashes".to_owned(),
        ),
        ValueProblem::LeadingDot => (
            format!("{word} values cannot begin with a dot"),
            "remove the dot: Entra accepts no value that begins with one".to_owned(),
        ),
        ValueProblem::TooLong { found } => (
            format!("the value of the {word} has {found} characters"),
            format!("shorten it: Entra accepts at most {LONGEST}"),
        ),
    };
    Problem::new(text.span_of(bytes), format!("{message}{place}")).help(help)
}

fn values<T: PartialEq>(
    argument: &Argument,
    noun: Noun,
    problems: &mut Problems,
    read: impl Fn(Written<'_>, &mut Problems) -> Option<T>,
) -> Option<Choice<T>> {
    let (quantifier, all_written) = written(argument, noun, problems)?;
    let mut values = Vec::new();
    for written in all_written {
        let Some(value) = read(written, problems) else { continue };
        if values.contains(&value) {
            problems.add(twice(written, noun));
        } else {
            values.push(value);
        }
    }
    Some(Choice { quantifier, values })
}

/// Something that is neither a text nor an item.
pub(super) fn neither(found: &impl ToTokens, noun: Noun, problems: &mut Problems) {
    let problem = Problem::over(found, format!("found `{}`, expected {}", shown::code(found), noun.written));
    problems.add(problem.help(format!("write the {} in quotes, such as {:?}", noun.word, noun.example)));
}

fn twice(written: Written<'_>, noun: Noun) -> Problem {
    let message = format!("this {} appears twice in the list", noun.word);
    let problem = match written {
        Written::Text(literal) => Problem::new(literal.span(), message),
        Written::Item(path) => Problem::over(path, message),
    };
    problem.help("remove one of them")
}

fn written<'a>(argument: &'a Argument, noun: Noun, problems: &mut Problems) -> Option<(Quantifier, Vec<Written<'a>>)> {
    let key = &argument.key;
    if let Some(only) = argument.value.as_ref().and_then(Written::read) {
        return Some((Quantifier::All, vec![only]));
    }
    let Some(Expr::Call(call)) = &argument.value else {
        let expected = format!("{}, or a list in `any(…)` or `all(…)`", noun.written);
        let found = argument.value.as_ref();
        let meant = found.and_then(|found| Meant::read(found, Join::Unsaid));
        let remedy =
            meant.map_or_else(|| format!("write `{key} = {:?}`", noun.example), |meant| meant.remedy(&key.to_string()));
        problems.add(argument::unexpected(argument, found, &expected, &remedy));
        return found.map(|found| (Quantifier::All, meant::items(found)));
    };
    let name = shown::code(&call.func);
    let quantifier = match name.as_str() {
        "any" => Quantifier::Any,
        "all" => Quantifier::All,
        _ => {
            let problem = Problem::over(&call.func, format!("`{key}` is `{name}(…)`, expected `any(…)` or `all(…)`"));
            let meant = Meant::read(&Expr::Call(call.clone()), Join::Unsaid);
            problems.add(problem.help(meant.map_or_else(
                || format!("write `{key} = any({:?}, {:?})`", noun.example, noun.further),
                |meant| meant.remedy(&key.to_string()),
            )));
            return Some((Quantifier::All, call.args.iter().flat_map(meant::items).collect()));
        }
    };
    if call.args.is_empty() {
        let problem = Problem::over(call, format!("`{name}()` is empty"));
        problems.add(problem.help(format!("name at least one {}, or remove `{key}`", noun.word)));
    }
    if let Some(inner) = call.args.iter().find(|element| is_list(element))
        && let Some(meant) = Meant::read(&Expr::Call(call.clone()), Join::Unsaid)
    {
        let problem = Problem::over(inner, format!("`{key}` takes one list, found one inside another"));
        problems.add(problem.help(meant.remedy(&key.to_string())));
        return Some((quantifier, call.args.iter().flat_map(meant::items).collect()));
    }
    Some((quantifier, elements(call, noun, problems)))
}

/// A key that takes one list, all of which is needed.
pub(super) struct OneList {
    pub(super) noun: Noun,
    pub(super) expected: &'static str,
    /// What was meant, as the key takes it.
    pub(super) remedy: fn(&Meant) -> String,
    /// The same in place of `any(…)`, and where nothing can be read.
    pub(super) of_any: fn(Option<&Meant>) -> String,
    /// The remedy where nobody can tell what was meant.
    pub(super) example: &'static str,
}

/// The texts and items of such a key.
pub(super) fn one_list<'a>(argument: &'a Argument, list: &OneList, problems: &mut Problems) -> Vec<Written<'a>> {
    let OneList { noun, expected, remedy, of_any, example } = *list;
    let key = &argument.key;
    let value = argument.value.as_ref();
    if let Some(only) = value.and_then(Written::read) {
        return vec![only];
    }
    let found = value.and_then(|value| Meant::read(value, Join::All));
    match value {
        Some(Expr::Call(call)) if shown::code(&call.func) == "all" => {
            if call.args.is_empty() {
                let problem = Problem::over(call, "`all()` is empty");
                problems.add(problem.help(format!("name at least one {}, or remove `{key}`", noun.word)));
            }
            if let Some(inner) = call.args.iter().find(|element| is_list(element))
                && let Some(found) = &found
            {
                let problem = Problem::over(inner, format!("`{key}` takes one list, found one inside another"));
                problems.add(problem.help(remedy(found)));
                return call.args.iter().flat_map(meant::items).collect();
            }
            elements(call, noun, problems)
        }
        Some(Expr::Call(call)) if shown::code(&call.func) == "any" => {
            let message = format!("`{key}` is `any(…)`, expected `all(…)`: every {} is needed", noun.word);
            problems.add(Problem::over(&call.func, message).help(of_any(found.as_ref())));
            call.args.iter().flat_map(meant::items).collect()
        }
        other => {
            let remedy = found.as_ref().map_or_else(|| example.to_owned(), remedy);
            problems.add(argument::unexpected(argument, other, expected, &remedy));
            other.map(meant::items).unwrap_or_default()
        }
    }
}

/// `any(…)`, `[…]`, `"A" || "B"`: whatever is more than one text or item.
pub(super) fn is_list(element: &Expr) -> bool {
    matches!(ungrouped(element), Expr::Call(_) | Expr::Array(_) | Expr::Tuple(_) | Expr::Binary(_) | Expr::Paren(_))
}

/// The texts and items inside the parentheses.
pub(super) fn elements<'a>(call: &'a ExprCall, noun: Noun, problems: &mut Problems) -> Vec<Written<'a>> {
    let mut elements = Vec::new();
    for element in &call.args {
        match Written::read(element) {
            Some(written) => elements.push(written),
            None => neither(ungrouped(element), noun, problems),
        }
    }
    elements
}
