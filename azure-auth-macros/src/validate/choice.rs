//! `"one"`, `One`, `any("one", Other)` and `all(…)`.

use std::ops::Range;

use azure_auth_policy::Guid;
use azure_auth_policy::permission_value::{self, LONGEST, ValueProblem};
use quote::ToTokens;
use syn::{Expr, ExprCall, LitStr};

use super::argument;
use super::item::Written;
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
    /// How a value may be written.
    pub(super) written: &'static str,
}

pub(super) const TEXT_OR_ITEM: &str = "a text in quotes or an item of `app!`";

pub(super) const ROLE: Noun = Noun { word: "app role", example: "Admin", written: TEXT_OR_ITEM };
pub(super) const GROUP: Noun = Noun { word: "group", example: "<object id>", written: TEXT_OR_ITEM };
pub(super) const TENANT: Noun = Noun { word: "tenant", example: "<tenant id>", written: "a text in quotes" };

/// App roles by their values.
pub(super) fn roles(argument: &Argument, problems: &mut Problems) -> Option<Choice<Name<String>>> {
    values(argument, ROLE, problems, |written, problems| written.name(|literal| role(literal, problems)))
}

/// Groups by their object ids.
pub(super) fn groups(argument: &Argument, problems: &mut Problems) -> Option<Choice<Name<Guid>>> {
    values(argument, GROUP, problems, |written, problems| written.name(|literal| id(literal, GROUP, problems)))
}

/// Tenants by their ids: a caller is of one, so that only `any` makes sense.
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
        let problem = Problem::over(&argument.value_or_key(), "nobody is of all these tenants: a caller is of one");
        problems.add(problem.help("write `any(…)`, which accepts each of those in the list"));
    }
    values
}

/// One app role: a value as Entra takes it.
pub(super) fn role(literal: &LitStr, problems: &mut Problems) -> Option<String> {
    name(literal, ROLE, problems)
}

/// One directory id.
pub(super) fn id(literal: &LitStr, noun: Noun, problems: &mut Problems) -> Option<Guid> {
    let text = literal.value();
    let id = Guid::parse(&text);
    if id.is_none() {
        let problem = Problem::new(literal.span(), format!("{text:?} is no {} id", noun.word));
        problems.add(problem.help("write the id, 8-4-4-4-12 hexadecimal digits: names change, ids do not"));
    }
    id
}

/// A value without blanks: several are written with `any` or `all`.
fn name(literal: &LitStr, noun: Noun, problems: &mut Problems) -> Option<String> {
    let text = LiteralText::new(literal);
    let value = text.value();
    let Some((found, bytes)) = permission_value::problem(value) else { return Some(value.to_owned()) };
    let problem = match found {
        ValueProblem::Empty => Problem::new(literal.span(), format!("the {} is empty", noun.word))
            .help(format!("write its value, such as {:?}", noun.example)),
        ValueProblem::Character { found: ' ' } => {
            let names: Vec<String> = value.split_whitespace().map(|name| format!("{name:?}")).collect();
            let names = names.join(", ");
            Problem::new(literal.span(), format!("{value:?} holds a blank, which no {} does", noun.word))
                .help(format!("write `any({names})` if one of them is enough, `all({names})` if all are needed"))
        }
        other => self::value(&text, noun.word, other, bytes),
    };
    problems.add(problem);
    None
}

/// A value that Entra would refuse.
pub(super) fn value(text: &LiteralText, word: &str, found: ValueProblem, bytes: Range<usize>) -> Problem {
    let place = text.pointing_at(bytes.clone());
    let (message, help) = match found {
        ValueProblem::Empty => {
            return Problem::new(text.span_of(bytes), format!("the {word}'s value is empty"))
                .help("write it as the app registration has it");
        }
        ValueProblem::Character { found: ' ' } => (
            format!("the {word}'s value cannot contain a blank"),
            "several values are several items, each with a name of its own".to_owned(),
        ),
        ValueProblem::Character { found } => (
            format!("the {word}'s value cannot contain `{}`", shown::letter(found)),
            "values are printable ASCII without blank, quote and backslash".to_owned(),
        ),
        ValueProblem::LeadingDot => (
            format!("the {word}'s value cannot begin with a dot"),
            "write the value as the app registration has it: Entra takes none that begins so".to_owned(),
        ),
        ValueProblem::TooLong { found } => (
            format!("the {word}'s value has {found} characters"),
            format!("Entra takes at most {LONGEST}: write it as the app registration has it"),
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

/// "`admin` is not …": neither a text nor an item.
pub(super) fn neither(found: &impl ToTokens, noun: Noun, problems: &mut Problems) {
    let problem = Problem::over(found, format!("found `{}`, expected {}", shown::code(found), noun.written));
    problems.add(problem.help(format!("write the {} in quotes, such as {:?}", noun.word, noun.example)));
}

fn twice(written: Written<'_>, noun: Noun) -> Problem {
    let message = format!("this {} stands in the list twice", noun.word);
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
        let example = format!("{key} = {:?}", noun.example);
        problems.add(argument::unexpected(argument, argument.value.as_ref(), &expected, &example));
        return None;
    };
    let name = shown::code(&call.func);
    let quantifier = match name.as_str() {
        "any" => Quantifier::Any,
        "all" => Quantifier::All,
        _ => {
            let problem = Problem::over(&call.func, format!("`{key}` is `{name}(…)`, expected `any(…)` or `all(…)`"));
            problems.add(problem.help(format!("write `{key} = any({:?}, …)`", noun.example)));
            return None;
        }
    };
    if call.args.is_empty() {
        let problem = Problem::over(call, format!("`{name}()` is empty"));
        problems.add(problem.help(format!("name at least one {}, or remove `{key}`", noun.word)));
    }
    Some((quantifier, elements(call, noun, problems)))
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
