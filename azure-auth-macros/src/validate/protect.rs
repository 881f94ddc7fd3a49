//! Rules of `#[protect]`, of `guard!`, and of the arguments of `protect(…)`.

use azure_auth_policy::Via;
use syn::{Expr, ExprLit, ExprPath, Lit};

use super::item::Written;
use super::{argument, choice, contradictions, downstream, handler, meant, policy, scopes};
use crate::diagnostics::{Problem, Problems, nearest, shown};
use crate::model::protection::{Checked, Protection};
use crate::syntax::{Argument, Arguments, Declaration, Handler, ungrouped};

/// What a `#[protect]` means; or everything that is wrong with it, and what is left of it for the compiler to judge.
pub(crate) fn protect(syntax: &Declaration) -> Result<Protection, Box<(Problems, Protection)>> {
    let mut problems = Problems::default();
    handler::handler("protect", &syntax.handler, &mut problems);
    let mut protection = keys(syntax.arguments.read(&mut problems), &mut problems);
    // A key that could not be read may be the one that implies them.
    if problems.is_empty() {
        protection.proofs = syntax.handler.proofs().cloned().collect();
        protection.tokens = syntax.handler.tokens().cloned().collect();
    }
    let has_check = syntax.arguments.read(&mut Problems::default()).iter().any(|argument| argument.key == "check");
    protection.checked = checked(&syntax.handler, has_check, &mut problems);
    judged(problems, protection)
}

/// What the handler takes from its `check`. `has_check`: whether one is named, even with a mistake.
fn checked(handler: &Handler, has_check: bool, problems: &mut Problems) -> Option<Checked> {
    let mut arguments = handler.checked();
    let (place, argument, given) = arguments.next()?;
    for (_, further, _) in arguments {
        let message = format!("the handler takes `{}` beside another `Checked<…>`", shown::type_name(further));
        let problem = Problem::over(further, message);
        problems.add(problem.help("a `check` returns one value: return a tuple or a struct from it, and take that"));
    }
    if !has_check {
        let (argument_name, given) = (shown::type_name(argument), shown::type_name(given));
        let message =
            format!("the handler takes `{argument_name}`, but its `#[protect]` has no `check` that returns one");
        let problem = Problem::over(argument, message);
        problems.add(problem.help(format!(
            "write `check = load`, with `fn load(principal: &Principal, request: &poem::Request) -> Result<{given}, Refusal>`"
        )));
    }
    Some(Checked { place, given: given.clone() })
}

/// The same of a `guard!`.
pub(crate) fn guard(syntax: &Arguments) -> Result<Protection, Box<(Problems, Protection)>> {
    let mut problems = Problems::default();
    let protection = keys(syntax.read(&mut problems), &mut problems);
    judged(problems, protection)
}

fn judged(problems: Problems, protection: Protection) -> Result<Protection, Box<(Problems, Protection)>> {
    match problems.or(()) {
        Ok(()) => Ok(protection),
        Err(problems) => Err(Box::new((problems, protection))),
    }
}

/// What the keys ask for, as far as they could be read.
pub(super) fn keys(arguments: &[Argument], problems: &mut Problems) -> Protection {
    let arguments = argument::by_key(arguments, &argument::PROTECT, problems);
    let argument = |key: &str| arguments.get(key).copied();

    let mut protection = Protection::default();
    if let Some(argument) = argument("scopes") {
        let scopes = scopes::scopes(argument, problems);
        (protection.openid_scopes, protection.scopes) = (scopes.openid, scopes.own);
    }
    protection.roles = argument("roles").and_then(|argument| choice::roles(argument, problems));
    protection.groups = argument("groups").and_then(|argument| choice::groups(argument, problems));
    protection.application_roles = argument("application_roles").and_then(|argument| choice::roles(argument, problems));
    if let Some(argument) = argument("tenants") {
        protection.tenants = choice::tenants(argument, problems);
    }
    if let Some(argument) = argument("via") {
        protection.via = via(argument, problems);
    }
    protection.check = argument("check").and_then(|argument| check(argument, problems));
    if let Some(argument) = argument("downstream") {
        protection.downstream = downstream::key::taken(argument, problems);
        protection.judged_downstream.clone_from(&argument.value);
    }
    let allow = argument("allow").and_then(|argument| policy::policy(argument, problems));
    let of_roles = [argument("roles"), argument("application_roles")];
    contradictions::same_value(&protection, of_roles, allow.as_ref(), problems);
    contradictions::with_sessions(&protection, argument("scopes"), argument("application_roles"), problems);
    if let Some(allow) = allow {
        if let Some(application_roles) = argument("application_roles") {
            contradictions::beside_application_roles(application_roles, &allow, problems);
        }
        contradictions::within(&allow, &protection, problems);
        protection.judged = allow.has_names().then(|| allow.expression.clone());
        protection.allow = Some(allow.policy);
    } else if let Some(unread) = argument("allow").and_then(|argument| argument.value.as_ref()) {
        let paths = meant::items(unread).into_iter().filter_map(Written::path).cloned();
        protection.unread = paths.collect();
    }
    // A key that could not be read may be the one that admits people.
    protection.judged_downstream.take_if(|_| !problems.is_empty());
    protection
}

fn via(argument: &Argument, problems: &mut Problems) -> Option<Via> {
    let name = match &argument.value {
        Some(Expr::Path(path)) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    };
    match name.as_deref() {
        Some("session") => Some(Via::Session),
        Some("bearer") => Some(Via::Bearer),
        _ => {
            let found = argument.value.as_ref().map(shown::code).unwrap_or_default();
            let meant = nearest(found.trim_matches('"'), ["session", "bearer"]).unwrap_or("session");
            let remedy = if found.contains("session") && found.contains("bearer") {
                "remove `via`: without it both are accepted".to_owned()
            } else {
                format!("write `via = {meant}`, or remove `via` to accept both")
            };
            let expected = "`session` or `bearer`, without quotes";
            let problem = argument::unexpected(argument, argument.value.as_ref(), expected, &remedy);
            problems.add(problem);
            None
        }
    }
}

/// `office_hours` for `"office_hours"` and `office_hours()`.
fn function_meant(value: &Expr) -> Option<ExprPath> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => text.parse().ok(),
        Expr::Call(call) => match ungrouped(&call.func) {
            Expr::Path(path) => Some(path.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// A path to a function; the compiler judges what it takes and returns.
fn check(argument: &Argument, problems: &mut Problems) -> Option<ExprPath> {
    match &argument.value {
        Some(Expr::Path(path)) => Some(path.clone()),
        other => {
            let meant = other.as_ref().and_then(function_meant);
            let shown = meant.as_ref().map_or_else(|| "office_hours".to_owned(), shown::code);
            let remedy = format!("write `check = {shown}`");
            problems.add(argument::unexpected(argument, other.as_ref(), "the path of a function", &remedy));
            meant
        }
    }
}
