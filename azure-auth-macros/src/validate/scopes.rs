//! Rules of `scopes = "…"`.

use syn::LitStr;

use crate::diagnostics::{LiteralText, Problem, Problems, shown};
use crate::scope_list::{self, ScopeProblem, ScopeProblemKind};

/// Scopes of OpenID Connect shape the sign-in and refuse nobody.
pub(super) const OPENID_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// One permission of this application.
pub(super) fn permission(literal: &LitStr, problems: &mut Problems) -> Option<String> {
    let scope = scopes(literal, problems).into_iter().next()?;
    if OPENID_SCOPES.contains(&scope.as_str()) {
        let problem = Problem::new(literal.span(), format!("`{scope}` permits nothing: it shapes the sign-in"));
        problems.add(problem.help(format!("move it to `scopes = \"{scope}\"`, beside `allow`")));
    }
    Some(scope)
}

/// The names of a list, in order.
pub(super) fn scopes(literal: &LitStr, problems: &mut Problems) -> Vec<String> {
    let text = LiteralText::new(literal);
    match scope_list::parse(text.value()) {
        Ok(scopes) => scopes.into_iter().map(|scope| scope.name.to_owned()).collect(),
        Err(found) => {
            for problem in &found {
                problems.add(describe(&text, problem));
            }
            Vec::new()
        }
    }
}

fn describe(text: &LiteralText, problem: &ScopeProblem) -> Problem {
    let bytes = problem.bytes.clone();
    let name = &text.value()[bytes.clone()];
    let (message, help) = match &problem.kind {
        ScopeProblemKind::Empty => (
            "the list of scopes is empty".to_owned(),
            "name at least one, or remove `scopes`: `#[protect]` alone asks for a signed-in caller".to_owned(),
        ),
        ScopeProblemKind::Comma => (
            "scopes are separated by blanks, not by commas".to_owned(),
            format!(
                "write `{}`",
                text.value().replace(',', " ").split_ascii_whitespace().collect::<Vec<_>>().join(" ")
            ),
        ),
        ScopeProblemKind::Character { found } => (
            format!("a scope name cannot contain `{}`", shown::letter(*found)),
            "names are printable ASCII without quote and backslash, separated by blanks".to_owned(),
        ),
        ScopeProblemKind::Duplicate => {
            (format!("the scope `{name}` stands in this list twice"), "remove one of them".to_owned())
        }
        ScopeProblemKind::OfGraph => (
            format!("`{name}` is a permission of Microsoft Graph, not of this application"),
            "remove it here: tokens that open this handler never carry it".to_owned(),
        ),
        ScopeProblemKind::WithResource { permission } => (
            format!("`{name}` has its resource in front"),
            format!(
                "write `{permission}` if it is a permission of this application: tokens carry the short name; \
                 permissions of other APIs do not belong here"
            ),
        ),
        ScopeProblemKind::Default => (
            format!("`{name}` means every permission of a resource, which no token names"),
            "name the permissions that this handler needs".to_owned(),
        ),
    };
    let place = match problem.kind {
        ScopeProblemKind::Empty => String::new(),
        _ => text.pointing_at(bytes.clone()),
    };
    Problem::new(text.span_of(bytes), format!("{message}{place}")).help(help)
}
