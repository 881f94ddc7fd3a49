//! Rules of `scopes = "…"`.

use syn::LitStr;

use crate::diagnostics::{LiteralText, Problem, Problems};
use crate::scope_list::{self, ScopeProblem, ScopeProblemKind};

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
        ScopeProblemKind::Character { found } => (
            format!("a scope name cannot contain {found:?}"),
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
    let shown = if bytes.is_empty() { String::new() } else { text.pointing_at(bytes.clone()) };
    Problem::new(text.span_of(bytes), format!("{message}{shown}")).help(help)
}
