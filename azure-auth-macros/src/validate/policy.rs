//! Rules of `allow = …`: a policy in Rust syntax.

use syn::{BinOp, Expr, ExprBinary, ExprCall, ExprUnary, UnOp};

use super::item::Written;
use super::{choice, scopes};
use crate::diagnostics::{Problem, Problems, nearest, shown};
use crate::model::item::Item;
use crate::model::protection::WrittenPolicy;
use crate::syntax::{Argument, ungrouped};
use azure_auth_policy::MOST_LEAVES;

/// What a policy may ask.
const FACTS: [&str; 6] = ["role", "scope", "group", "application_role", "tenant", "user"];

/// A policy and where it stands, with the same of its parts.
pub(super) struct Located<'e> {
    pub(super) policy: WrittenPolicy,
    pub(super) expression: &'e Expr,
    pub(super) parts: Vec<Located<'e>>,
}

/// The policy behind `allow`.
pub(super) fn policy<'e>(argument: &'e Argument, problems: &mut Problems) -> Option<Located<'e>> {
    let Some(value) = &argument.value else {
        problems.add(super::argument::unexpected(
            argument,
            None,
            "a policy",
            "allow = role(\"Admin\") || role(\"Writer\")",
        ));
        return None;
    };
    whole(value, problems)
}

/// A whole policy, of no more facts than can be judged.
pub(super) fn whole<'e>(value: &'e Expr, problems: &mut Problems) -> Option<Located<'e>> {
    let policy = expression(value, problems)?;
    let facts = policy.leaves();
    if facts > MOST_LEAVES {
        let message = format!("this policy asks for {facts} facts, and one can ask for {MOST_LEAVES} at most");
        let problem = Problem::over(policy.expression, message);
        problems.add(
            problem.help("let one app role or group stand for several of them, or name them in `roles` or `groups`"),
        );
        return None;
    }
    Some(policy)
}

impl<'e> Located<'e> {
    fn list(expression: &'e Expr, parts: Vec<Self>, list: impl Fn(Vec<WrittenPolicy>) -> WrittenPolicy) -> Self {
        let policy = list(parts.iter().map(|part| part.policy.clone()).collect());
        Self { policy, expression, parts }
    }

    fn leaves(&self) -> usize {
        if self.parts.is_empty() { 1 } else { self.parts.iter().map(Self::leaves).sum() }
    }

    /// Whether it takes the compiler to know what it asks for.
    pub(super) fn has_names(&self) -> bool {
        matches!(self.policy, WrittenPolicy::Named(_)) || self.parts.iter().any(Self::has_names)
    }

    /// Whether an application role stands in it, or may stand behind a name.
    pub(super) fn may_name_application_role(&self) -> bool {
        matches!(self.policy, WrittenPolicy::ApplicationRole(_) | WrittenPolicy::Named(_))
            || self.parts.iter().any(Self::may_name_application_role)
    }
}

fn expression<'e>(expression: &'e Expr, problems: &mut Problems) -> Option<Located<'e>> {
    match ungrouped(expression) {
        Expr::Paren(inner) => self::expression(&inner.expr, problems),
        Expr::Unary(ExprUnary { op: UnOp::Not(_), expr, .. }) => {
            let inner = self::expression(expr, problems)?;
            let policy = WrittenPolicy::Not(Box::new(inner.policy.clone()));
            Some(Located { policy, expression, parts: vec![inner] })
        }
        Expr::Binary(binary) => joined(expression, binary, problems),
        Expr::Call(call) => fact(call, problems).map(|policy| Located { policy, expression, parts: Vec::new() }),
        other => {
            if let Some(Written::Item(path)) = Written::read(other) {
                let policy = WrittenPolicy::Named(Item::new(path));
                return Some(Located { policy, expression, parts: Vec::new() });
            }
            let problem = Problem::over(other, format!("`{}` is no part of a policy", shown::code(other)));
            problems.add(problem.help(
                "a policy joins `role(\"…\")`, `scope`, `group`, `application_role`, `tenant` and `user()` with `&&`, `||` \
                 and `!`",
            ));
            None
        }
    }
}

/// Both sides are read, so that mistakes in both are found.
fn joined<'e>(expression: &'e Expr, binary: &'e ExprBinary, problems: &mut Problems) -> Option<Located<'e>> {
    let (left, right) = (self::expression(&binary.left, problems), self::expression(&binary.right, problems));
    match &binary.op {
        BinOp::And(_) => {
            let parts = flat(left?, right?, |policy| matches!(policy, WrittenPolicy::All(_)));
            Some(Located::list(expression, parts, WrittenPolicy::All))
        }
        BinOp::Or(_) => {
            let parts = flat(left?, right?, |policy| matches!(policy, WrittenPolicy::Any(_)));
            Some(Located::list(expression, parts, WrittenPolicy::Any))
        }
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
fn flat<'e>(left: Located<'e>, right: Located<'e>, is_list: impl Fn(&WrittenPolicy) -> bool) -> Vec<Located<'e>> {
    let parts = |located: Located<'e>| if is_list(&located.policy) { located.parts } else { vec![located] };
    let mut all = parts(left);
    all.extend(parts(right));
    all
}

fn fact(call: &ExprCall, problems: &mut Problems) -> Option<WrittenPolicy> {
    let name = shown::code(&call.func);
    if !FACTS.contains(&name.as_str()) {
        let problem = Problem::over(&call.func, format!("a policy cannot ask for `{name}`"));
        problems.add(match nearest(&name, FACTS) {
            _ if name == "app_role" => {
                problem.help("did you mean `application_role`? It is about an application without a person")
            }
            Some(nearest) => problem.help(format!("did you mean `{nearest}`?")),
            None => problem.help("it asks for `role`, `scope`, `group`, `application_role`, `tenant` or `user()`"),
        });
        return None;
    }
    let arguments: Vec<&Expr> = call.args.iter().map(ungrouped).collect();
    if name == "user" {
        if !arguments.is_empty() {
            let problem = Problem::over(call, "`user` takes nothing: it is any signed-in person");
            problems.add(problem.help("write `user()`, or what the person needs, such as `role(\"…\")`"));
            return None;
        }
        return Some(WrittenPolicy::User);
    }
    let written = match arguments.as_slice() {
        [only] => Written::read(only).filter(|written| name != "tenant" || matches!(written, Written::Text(_))),
        _ => None,
    };
    let Some(written) = written else {
        let written = if name == "tenant" { choice::TENANT.written } else { choice::TEXT_OR_ITEM };
        let problem = Problem::over(call, format!("`{name}` takes {written}, and one only"));
        problems.add(problem.help(format!("write `{name}(\"…\")`; join several with `||` or `&&`")));
        return None;
    };
    if let Written::Text(literal) = written
        && let [first, second, ..] = literal.value().split_whitespace().collect::<Vec<_>>().as_slice()
    {
        let problem = Problem::new(literal.span(), format!("`{name}` asks for one value, found {:?}", literal.value()));
        problems
            .add(problem.help(format!("write `{name}({first:?}) || {name}({second:?})`, or `&&` if all are needed")));
        return None;
    }
    match (name.as_str(), written) {
        ("role", _) => written.name(|literal| choice::role(literal, problems)).map(WrittenPolicy::Role),
        ("application_role", _) => {
            written.name(|literal| choice::role(literal, problems)).map(WrittenPolicy::ApplicationRole)
        }
        ("scope", _) => written.name(|literal| scopes::permission(literal, problems)).map(WrittenPolicy::Scope),
        ("group", _) => written.name(|literal| choice::id(literal, choice::GROUP, problems)).map(WrittenPolicy::Group),
        (_, Written::Text(literal)) => choice::id(literal, choice::TENANT, problems).map(WrittenPolicy::Tenant),
        (_, Written::Item(_)) => None,
    }
}
