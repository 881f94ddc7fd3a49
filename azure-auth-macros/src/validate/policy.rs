//! Rules of `allow = …`: a policy in Rust syntax.

use syn::{BinOp, Expr, ExprBinary, ExprCall, ExprLit, ExprUnary, Lit, UnOp};

use super::item::Written;
use super::meant::{Join, Meant};
use super::{choice, scopes};
use crate::diagnostics::{Problem, Problems, nearest, shown};
use crate::model::item::Item;
use crate::model::protection::WrittenPolicy;
use crate::syntax::{Argument, ungrouped};
use azure_auth_policy::{Guid, MOST_LEAVES};

/// What a policy may ask.
const FACTS: [&str; 6] = ["role", "scope", "group", "application_role", "tenant", "user"];

/// A policy and its source, with the same for its parts.
pub(super) struct Located<'e> {
    pub(super) policy: WrittenPolicy,
    pub(super) expression: &'e Expr,
    pub(super) parts: Vec<Located<'e>>,
}

/// The policy of `allow`.
pub(super) fn policy<'e>(argument: &'e Argument, problems: &mut Problems) -> Option<Located<'e>> {
    let Some(value) = &argument.value else {
        problems.add(super::argument::unexpected(
            argument,
            None,
            "a policy",
            "write `allow = role(\"Admin\") || role(\"Writer\")`",
        ));
        return None;
    };
    if let Some(meant) = unquoted(value) {
        let remedy = format!("write `allow = {}`", shown::code(&meant));
        problems.add(super::argument::unexpected(argument, Some(value), "a policy without quotes", &remedy));
        return None;
    }
    whole(value, problems)
}

/// A whole policy, with no more facts than can be judged.
pub(super) fn whole<'e>(value: &'e Expr, problems: &mut Problems) -> Option<Located<'e>> {
    let policy = expression(value, problems)?;
    let facts = policy.leaves();
    if facts > MOST_LEAVES {
        let message = format!("this policy asks for {facts} facts, but at most {MOST_LEAVES} are possible");
        let problem = Problem::over(policy.expression, message);
        problems.add(
            problem.help("let one app role or group stand for several of them, or name them in `roles` or `groups`"),
        );
        return None;
    }
    Some(policy)
}

/// The policy in a text.
fn unquoted(value: &Expr) -> Option<Expr> {
    let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = ungrouped(value) else { return None };
    // A bare name is more likely an app role than the name of a policy.
    let meant = text.parse().ok().filter(|meant| !matches!(meant, Expr::Path(_)))?;
    let mut problems = Problems::default();
    expression(&meant, &mut problems)?;
    problems.is_empty().then_some(meant)
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

    /// Whether it names an application role, or a policy that may name one.
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
            let problem = Problem::over(other, format!("`{}` is not part of a policy", shown::code(other)));
            problems.add(problem.help(part_meant(other)));
            None
        }
    }
}

/// A bare value is most likely an app role, unless it is an id.
fn part_meant(found: &Expr) -> String {
    let text = match Written::read(found) {
        Some(Written::Text(text)) => text.value(),
        Some(Written::Item(_)) | None => String::new(),
    };
    if Guid::parse(&text).is_some() {
        return format!("write `group({text:?})`");
    }
    Meant::words(&text, Join::Any).map_or_else(|| PARTS.to_owned(), |meant| format!("write `{}`", meant.policy("role")))
}

const PARTS: &str =
    "a policy joins `role(\"…\")`, `scope`, `group`, `application_role`, `tenant` and `user()` with `&&`, `||` and `!`";

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
            let problem = Problem::over(other, format!("`{found}` cannot join parts of a policy"));
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

/// `role("A") || scope("B")` for `any("A", scope("B"))`.
fn joined_by_name(call: &ExprCall, name: &str) -> String {
    let part = |part: &Expr| match Written::read(part) {
        Some(_) => format!("role({})", shown::code(part)),
        None => shown::code(part),
    };
    call.args.iter().map(part).collect::<Vec<_>>().join(if name == "all" { " && " } else { " || " })
}

/// What is in the parentheses.
fn arguments_of(call: &ExprCall) -> String {
    call.args.iter().map(shown::code).collect::<Vec<_>>().join(", ")
}

fn fact(call: &ExprCall, problems: &mut Problems) -> Option<WrittenPolicy> {
    let name = shown::code(&call.func);
    if !FACTS.contains(&name.as_str()) {
        let problem = Problem::over(&call.func, format!("a policy cannot ask for `{name}`"));
        problems.add(match nearest(&name, FACTS) {
            _ if name == "app_role" => problem.help(format!(
                "write `application_role({})`, which is about an application without a person",
                arguments_of(call)
            )),
            _ if matches!(name.as_str(), "any" | "all") => {
                problem.help(format!("write `{}`", joined_by_name(call, &name)))
            }
            Some(nearest) => problem.help(format!("write `{nearest}({})`", arguments_of(call))),
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
        let is_meant = |value: &&Expr| name != "tenant" || !matches!(Written::read(value), Some(Written::Item(_)));
        let meant =
            call.args.iter().map(|value| Some(value).filter(is_meant).and_then(|value| Meant::read(value, Join::Any)));
        let meant = meant.collect::<Option<Vec<_>>>();
        problems.add(problem.help(match meant.as_deref() {
            None | Some([]) => format!("write `{name}(\"…\")`; join several with `||` or `&&`"),
            Some(meant) => {
                let facts = meant.iter().map(|value| value.policy(&name)).collect::<Vec<_>>().join(" || ");
                format!("write `{facts}`, or join them with `&&` if all are needed")
            }
        }));
        return None;
    };
    if let Written::Text(literal) = written
        && let Some(meant @ Meant::List(..)) = Meant::words(&literal.value(), Join::Any)
    {
        let problem = Problem::new(literal.span(), format!("`{name}` asks for one value, found {:?}", literal.value()));
        problems
            .add(problem.help(format!("write `{}`, or join them with `&&` if all are needed", meant.policy(&name))));
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
