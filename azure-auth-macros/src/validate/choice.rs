//! `"one"`, `any("one", "other")` and `all(…)`.

use syn::{Expr, ExprCall, ExprLit, Lit, LitStr};

use super::argument;
use crate::diagnostics::{LiteralText, Problem, Problems, shown};
use crate::guid;
use crate::model::protection::{Choice, Quantifier};
use crate::syntax::{Argument, ungrouped};

/// What the texts of a choice name.
#[derive(Clone, Copy)]
pub(super) struct Noun {
    /// `app role`, `tenant`.
    pub(super) word: &'static str,
    /// A value as an example.
    pub(super) example: &'static str,
}

pub(super) const ROLE: Noun = Noun { word: "app role", example: "Admin" };
pub(super) const GROUP: Noun = Noun { word: "group", example: "<object id>" };
pub(super) const TENANT: Noun = Noun { word: "tenant", example: "<tenant id>" };

/// App roles by their values.
pub(super) fn roles(argument: &Argument, problems: &mut Problems) -> Option<Choice<String>> {
    values(argument, ROLE, problems, role)
}

/// Groups by their object ids.
pub(super) fn groups(argument: &Argument, problems: &mut Problems) -> Option<Choice<u128>> {
    values(argument, GROUP, problems, |literal, problems| id(literal, GROUP, problems))
}

/// Tenants by their ids: a caller is of one, so that only `any` makes sense.
pub(super) fn tenants(argument: &Argument, problems: &mut Problems) -> Vec<u128> {
    let choice = values(argument, TENANT, problems, |literal, problems| id(literal, TENANT, problems));
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
pub(super) fn id(literal: &LitStr, noun: Noun, problems: &mut Problems) -> Option<u128> {
    let text = literal.value();
    let id = guid::parse(&text);
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
    let odd = value.char_indices().find(|(_, letter)| !letter.is_ascii_graphic() || matches!(letter, '"' | '\\'));
    let problem = match odd {
        _ if value.is_empty() => Problem::new(literal.span(), format!("the {} is empty", noun.word))
            .help(format!("write its value, such as {:?}", noun.example)),
        None => return Some(value.to_owned()),
        Some((_, ' ')) => {
            let names: Vec<String> = value.split_whitespace().map(|name| format!("{name:?}")).collect();
            let names = names.join(", ");
            Problem::new(literal.span(), format!("{value:?} holds a blank, which no {} does", noun.word))
                .help(format!("write `any({names})` if one of them is enough, `all({names})` if all are needed"))
        }
        Some((place, letter)) => {
            let bytes = place..place + letter.len_utf8();
            let (letter, place) = (shown::letter(letter), text.pointing_at(bytes.clone()));
            Problem::new(text.span_of(bytes), format!("the {}'s value cannot contain `{letter}`{place}", noun.word))
                .help("values are printable ASCII without quote and backslash")
        }
    };
    problems.add(problem);
    None
}

fn values<T: PartialEq>(
    argument: &Argument,
    noun: Noun,
    problems: &mut Problems,
    read: impl Fn(&LitStr, &mut Problems) -> Option<T>,
) -> Option<Choice<T>> {
    let (quantifier, literals) = literals(argument, noun, problems)?;
    let mut values = Vec::new();
    for literal in literals {
        let Some(value) = read(literal, problems) else { continue };
        if values.contains(&value) {
            let problem = Problem::new(literal.span(), format!("this {} stands in the list twice", noun.word));
            problems.add(problem.help("remove one of them"));
        } else {
            values.push(value);
        }
    }
    Some(Choice { quantifier, values })
}

fn literals<'a>(argument: &'a Argument, noun: Noun, problems: &mut Problems) -> Option<(Quantifier, Vec<&'a LitStr>)> {
    let key = &argument.key;
    let call = match &argument.value {
        Some(Expr::Lit(ExprLit { lit: Lit::Str(only), .. })) => return Some((Quantifier::All, vec![only])),
        Some(Expr::Call(call)) => call,
        other => {
            let expected = "a text in quotes, `any(…)` or `all(…)`";
            let example = format!("{key} = {:?}", noun.example);
            problems.add(argument::unexpected(argument, other.as_ref(), expected, &example));
            return None;
        }
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
    Some((quantifier, texts(call, noun, problems)))
}

fn texts<'a>(call: &'a ExprCall, noun: Noun, problems: &mut Problems) -> Vec<&'a LitStr> {
    let mut texts = Vec::new();
    for element in &call.args {
        match ungrouped(element) {
            Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) => texts.push(literal),
            other => {
                let problem = Problem::over(other, format!("`{}` is no text in quotes", shown::code(other)));
                problems.add(problem.help(format!("write the {} in quotes, such as {:?}", noun.word, noun.example)));
            }
        }
    }
    texts
}
