//! Rules of `#[protect]`.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr};

use super::{argument, handler, scopes};
use crate::diagnostics::{Problem, Problems, nearest};
use crate::model::protection::{Protection, Via};
use crate::scope_list::is_guid;
use crate::syntax::{Argument, Declaration};

const KEYS: [&str; 3] = ["scopes", "tenants", "via"];

/// What a `#[protect]` means, or everything that is wrong with it.
pub(crate) fn protect(syntax: &Declaration) -> Result<Protection, Problems> {
    let mut problems = Problems::default();
    handler::handler("protect", &syntax.handler, &mut problems);
    let arguments = argument::by_key(syntax.arguments(&mut problems), &KEYS, &mut problems);

    let mut protection = Protection::default();
    if let Some(argument) = arguments.get("scopes") {
        let list = argument::text(argument, "scopes = \"openid profile\"", &mut problems);
        protection.scopes = list.map(|list| scopes::scopes(list, &mut problems)).unwrap_or_default();
    }
    if let Some(argument) = arguments.get("tenants") {
        protection.tenants = tenants(argument, &mut problems);
    }
    if let Some(argument) = arguments.get("via") {
        protection.via = via(argument, &mut problems);
    }
    problems.or(protection)
}

fn via(argument: &Argument, problems: &mut Problems) -> Via {
    let name = match &argument.value {
        Some(Expr::Path(path)) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    };
    match name.as_deref() {
        Some("session") => Via::Session,
        Some("bearer") => Via::Bearer,
        other => {
            let meant = other.and_then(|other| nearest(other, ["session", "bearer"])).unwrap_or("session");
            let expected = "`session` or `bearer`, without quotes";
            problems.add(argument::unexpected(argument, argument.value.as_ref(), expected, &format!("via = {meant}")));
            Via::Both
        }
    }
}

/// `"<guid>"` or `any("<guid>", …)`.
fn tenants(argument: &Argument, problems: &mut Problems) -> Vec<String> {
    let mut tenants = Vec::new();
    for literal in tenant_literals(argument, problems) {
        let tenant = literal.value().to_ascii_lowercase();
        if !is_guid(&tenant) {
            let problem = Problem::new(literal.span(), format!("`{tenant}` is no tenant id"));
            problems
                .add(problem.help("write the directory's id, 8-4-4-4-12 hexadecimal digits: names change, ids do not"));
        } else if tenants.contains(&tenant) {
            problems
                .add(Problem::new(literal.span(), "this tenant stands in the list twice").help("remove one of them"));
        } else {
            tenants.push(tenant);
        }
    }
    tenants
}

fn tenant_literals<'a>(argument: &'a Argument, problems: &mut Problems) -> Vec<&'a LitStr> {
    const EXAMPLE: &str = "tenants = any(\"<tenant id>\", \"<tenant id>\")";
    let call = match &argument.value {
        Some(Expr::Lit(ExprLit { lit: Lit::Str(only), .. })) => return vec![only],
        Some(Expr::Call(call)) => call,
        other => {
            problems.add(argument::unexpected(argument, other.as_ref(), "a tenant id or `any(…)` of them", EXAMPLE));
            return Vec::new();
        }
    };
    let name = call.func.to_token_stream().to_string();
    if name != "any" {
        let problem = Problem::new(call.func.span(), format!("`tenants` is `{name}(…)`, expected `any(…)`"));
        problems.add(problem.help("a caller is of one tenant; `any` accepts each of those in the list"));
        return Vec::new();
    }
    if call.args.is_empty() {
        let problem = Problem::new(call.span(), "`any()` is empty: nobody could call this handler");
        problems.add(problem.help(format!("write `{EXAMPLE}`, or remove `tenants`")));
    }
    let mut literals = Vec::new();
    for element in &call.args {
        match element {
            Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) => literals.push(literal),
            other => {
                let found = other.to_token_stream();
                let problem = Problem::new(other.span(), format!("`{found}` is no tenant id in quotes"));
                problems.add(problem.help(format!("write `{EXAMPLE}`")));
            }
        }
    }
    literals
}
