//! Rules of `#[protect]`, of `guard!`, and of what stands in `protect(…)`.

use azure_auth_policy::Via;
use syn::{Expr, ExprPath};

use super::{argument, choice, contradictions, handler, keys, policy, scopes};
use crate::diagnostics::{Problem, Problems, nearest, shown};
use crate::model::protection::{Checked, Protection};
use crate::syntax::{Argument, Arguments, Declaration, Handler};

/// What a `#[protect]` means; or everything that is wrong with it, and what is left of it for the compiler to judge.
pub(crate) fn protect(syntax: &Declaration) -> Result<Protection, Box<(Problems, Protection)>> {
    let mut problems = Problems::default();
    handler::handler("protect", &syntax.handler, &mut problems);
    let mut protection = keys(syntax.arguments.read(&mut problems), &mut problems);
    protection.proofs = syntax.handler.proofs().cloned().collect();
    let has_check = syntax.arguments.read(&mut Problems::default()).iter().any(|argument| argument.key == "check");
    protection.checked = checked(&syntax.handler, has_check, &mut problems);
    judged(problems, protection)
}

/// What the handler takes of its `check`. `has_check`: whether one is named, be it with a mistake.
fn checked(handler: &Handler, has_check: bool, problems: &mut Problems) -> Option<Checked> {
    let mut arguments = handler.checked();
    let (place, argument, given) = arguments.next()?;
    for (_, further, _) in arguments {
        let message = format!("the handler takes `{}` beside another one", shown::type_name(further));
        let problem = Problem::over(further, message);
        problems.add(problem.help("a `check` gives one value: let it return a tuple or a struct, and take that"));
    }
    if !has_check {
        let (argument_name, given) = (shown::type_name(argument), shown::type_name(given));
        let message =
            format!("the handler takes `{argument_name}`, and its `#[protect]` has no `check` that gives one");
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
    let arguments = argument::by_key(arguments, &keys::PROTECT, problems);
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
    let allow = argument("allow").and_then(|argument| policy::policy(argument, problems));
    contradictions::with_sessions(&protection, argument("scopes"), argument("application_roles"), problems);
    if let Some(allow) = allow {
        if let Some(application_roles) = argument("application_roles") {
            contradictions::beside_application_roles(application_roles, &allow, problems);
        }
        contradictions::within(&allow, &protection, problems);
        protection.judged = allow.has_names().then(|| allow.expression.clone());
        protection.allow = Some(allow.policy);
    }
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
            let expected = "`session` or `bearer`, without quotes";
            let problem = argument::unexpected(argument, argument.value.as_ref(), expected, &format!("via = {meant}"));
            problems.add(problem.help("remove `via` to accept both"));
            None
        }
    }
}

/// A path to a function; what it takes and returns is the compiler's to judge.
fn check(argument: &Argument, problems: &mut Problems) -> Option<ExprPath> {
    match &argument.value {
        Some(Expr::Path(path)) => Some(path.clone()),
        other => {
            let expected = "the path of a function";
            problems.add(argument::unexpected(argument, other.as_ref(), expected, "check = office_hours"));
            None
        }
    }
}
