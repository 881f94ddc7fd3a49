//! The keys, and the rules that all of them share.

use std::collections::HashMap;

use syn::{Expr, ExprLit, Lit, LitStr};

use crate::diagnostics::{Problem, Problems, nearest, shown};
use crate::syntax::Argument;

/// The keys of `#[protect]`, `guard!` and `protect(…)`.
pub(super) const PROTECT: [&str; 9] =
    ["scopes", "roles", "groups", "application_roles", "tenants", "via", "allow", "check", "downstream"];

/// The only key of `#[public]`, `open!` and `public(…)`.
pub(super) const REASON: &str = "reason";

/// The arguments by key, each once; unknown and repeated keys are problems.
pub(super) fn by_key<'a>(
    arguments: &'a [Argument],
    known: &[&'static str],
    problems: &mut Problems,
) -> HashMap<&'static str, &'a Argument> {
    let mut found: HashMap<&'static str, &Argument> = HashMap::new();
    let mut misspelt = Vec::new();
    for argument in arguments {
        let name = argument.key.to_string();
        let Some(key) = known.iter().find(|known| **known == name) else {
            problems.add(unknown_key(argument, &name, known));
            misspelt.extend(nearest(&name, known.iter().copied()).map(|meant| (meant, argument)));
            continue;
        };
        if let Some(first) = found.get(key) {
            let first = first.value.as_ref().map(|value| format!("; it was first `{}`", shown::code(value)));
            let message = format!("`{key}` is given twice{}", first.unwrap_or_default());
            let problem = Problem::new(argument.key.span(), message);
            problems.add(problem.help(format!("write `{key}` once")));
            continue;
        }
        found.insert(key, argument);
    }
    // Read as it was meant, so that nothing else seems to be missing.
    for (meant, argument) in misspelt {
        found.entry(meant).or_insert(argument);
    }
    found
}

/// The text of `key = "…"`.
pub(super) fn text<'a>(argument: &'a Argument, example: &str, problems: &mut Problems) -> Option<&'a LitStr> {
    match &argument.value {
        Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => Some(text),
        other => {
            problems.add(unexpected(argument, other.as_ref(), "a text in quotes", &format!("write `{example}`")));
            None
        }
    }
}

/// "`key` is …, expected …", at the value.
pub(super) fn unexpected(argument: &Argument, found: Option<&Expr>, expected: &str, remedy: &str) -> Problem {
    let key = &argument.key;
    let found =
        found.map_or_else(|| format!("`{key}` has no value"), |value| format!("`{key}` is `{}`", shown::code(value)));
    Problem::over(&argument.value_or_key(), format!("{found}, expected {expected}")).help(remedy)
}

/// The declaration that a key of the other one belongs to.
fn belongs_elsewhere(name: &str, known: &[&'static str]) -> Option<String> {
    if known == PROTECT && name == REASON {
        return Some(
            "remove it: `reason` belongs to `public`, where it says why anyone may call; `protect` says who may"
                .to_owned(),
        );
    }
    if known == [REASON] && PROTECT.contains(&name) {
        return Some(format!("`{name}` belongs to `protect`, which says who may call; `public` lets anyone call"));
    }
    None
}

/// The argument under another key.
fn with_value(argument: &Argument, key: &str) -> String {
    argument.value.as_ref().map_or_else(|| key.to_owned(), |value| format!("{key} = {}", shown::code(value)))
}

pub(super) fn unknown_key(argument: &Argument, name: &str, known: &[&'static str]) -> Problem {
    let expected = known.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
    let problem = Problem::new(argument.key.span(), format!("there is no key `{name}` here, only {expected}"));
    if name == "app_roles" {
        return problem.help(format!(
            "write `{}`: what an application without a person needs; without other keys it admits applications only",
            with_value(argument, "application_roles")
        ));
    }
    if let Some(help) = belongs_elsewhere(name, known) {
        return problem.help(help);
    }
    match nearest(name, known.iter().copied()) {
        Some(nearest) => problem.help(format!("write `{}`", with_value(argument, nearest))),
        None => problem.help("remove it, or write one of these keys"),
    }
}
