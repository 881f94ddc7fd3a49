//! Rules of `allow = …`: a policy in Rust syntax.

use syn::{BinOp, Expr, ExprBinary, ExprCall, ExprLit, ExprUnary, Lit, UnOp};

use super::{choice, scopes};
use crate::diagnostics::{Problem, Problems, nearest, shown};
use crate::model::protection::Policy;
use crate::syntax::{Argument, ungrouped};

/// What a policy may ask.
const FACTS: [&str; 5] = ["role", "scope", "group", "app_role", "tenant"];

/// The policy behind `allow`.
pub(super) fn policy(argument: &Argument, problems: &mut Problems) -> Option<Policy> {
    let Some(value) = &argument.value else {
        problems.add(super::argument::unexpected(
            argument,
            None,
            "a policy",
            "allow = role(\"Admin\") || role(\"Writer\")",
        ));
        return None;
    };
    expression(value, problems)
}

fn expression(expression: &Expr, problems: &mut Problems) -> Option<Policy> {
    match ungrouped(expression) {
        Expr::Paren(inner) => self::expression(&inner.expr, problems),
        Expr::Unary(ExprUnary { op: UnOp::Not(_), expr, .. }) => {
            self::expression(expr, problems).map(|inner| Policy::Not(Box::new(inner)))
        }
        Expr::Binary(binary) => joined(binary, problems),
        Expr::Call(call) => fact(call, problems),
        other => {
            let problem = Problem::over(other, format!("`{}` is no part of a policy", shown::code(other)));
            problems.add(problem.help(
                "a policy joins `role(\"…\")`, `scope`, `group`, `app_role` and `tenant` with `&&`, `||` and `!`",
            ));
            None
        }
    }
}

/// Both sides are read, so that mistakes in both are found.
fn joined(binary: &ExprBinary, problems: &mut Problems) -> Option<Policy> {
    let (left, right) = (expression(&binary.left, problems), expression(&binary.right, problems));
    match &binary.op {
        BinOp::And(_) => Some(Policy::All(flat(left?, right?, |policy| match policy {
            Policy::All(parts) => Ok(parts),
            other => Err(other),
        }))),
        BinOp::Or(_) => Some(Policy::Any(flat(left?, right?, |policy| match policy {
            Policy::Any(parts) => Ok(parts),
            other => Err(other),
        }))),
        other => {
            let found = shown::code(other);
            let problem = Problem::over(other, format!("`{found}` joins no parts of a policy"));
            problems.add(match found.as_str() {
                "|" => problem.help("write `||`"),
                "&" => problem.help("write `&&`"),
                _ => problem.help("write `&&` or `||`"),
            });
            None
        }
    }
}

/// `a && b && c` is one list of three.
fn flat(left: Policy, right: Policy, parts: impl Fn(Policy) -> Result<Vec<Policy>, Policy>) -> Vec<Policy> {
    let parts = |policy| parts(policy).unwrap_or_else(|single| vec![single]);
    let mut all = parts(left);
    all.extend(parts(right));
    all
}

fn fact(call: &ExprCall, problems: &mut Problems) -> Option<Policy> {
    let name = shown::code(&call.func);
    if !FACTS.contains(&name.as_str()) {
        let problem = Problem::over(&call.func, format!("a policy cannot ask for `{name}`"));
        problems.add(match nearest(&name, FACTS) {
            Some(nearest) => problem.help(format!("did you mean `{nearest}`?")),
            None => problem.help("it asks for `role`, `scope`, `group`, `app_role` or `tenant`"),
        });
        return None;
    }
    let arguments: Vec<&Expr> = call.args.iter().map(ungrouped).collect();
    let [Expr::Lit(ExprLit { lit: Lit::Str(literal), .. })] = arguments.as_slice() else {
        let problem = Problem::over(call, format!("`{name}` takes one text in quotes"));
        problems.add(problem.help(format!("write `{name}(\"…\")`; join several with `||` or `&&`")));
        return None;
    };
    if let [first, second, ..] = literal.value().split_whitespace().collect::<Vec<_>>().as_slice() {
        let problem = Problem::new(literal.span(), format!("`{name}` asks for one value, found {:?}", literal.value()));
        problems
            .add(problem.help(format!("write `{name}({first:?}) || {name}({second:?})`, or `&&` if all are needed")));
        return None;
    }
    match name.as_str() {
        "role" => choice::role(literal, problems).map(Policy::Role),
        "app_role" => choice::role(literal, problems).map(Policy::AppRole),
        "scope" => scopes::permission(literal, problems).map(Policy::Scope),
        "group" => choice::id(literal, choice::GROUP, problems).map(Policy::Group),
        _ => choice::id(literal, choice::TENANT, problems).map(Policy::Tenant),
    }
}
