//! Rules of `scopes = …`: a list in quotes, an item of a vocabulary, or `all(…)` of both.

use azure_auth_policy::permission_value::LONGEST;
use syn::LitStr;

use super::choice::{self, Noun, OneList, TEXT_OR_ITEM};
use super::downstream;
use super::item::Written;
use super::meant::Meant;
use crate::diagnostics::{LiteralText, Problem, Problems, shown};
use crate::model::item::{Item, Name};
use crate::scope_list::{self, OPENID_SCOPES, Scope, ScopeProblem, ScopeProblemKind};
use crate::syntax::Argument;

/// What a list asks for.
#[derive(Default)]
pub(super) struct Scopes {
    /// They shape the sign-in and never refuse anyone.
    pub(super) openid: Vec<String>,
    /// Delegated permissions of this application, all of them.
    pub(super) own: Vec<Name<String>>,
}

pub(super) const SCOPE: Noun =
    Noun { word: "scope", example: "Files.Read", further: "Files.Write", written: TEXT_OR_ITEM };

const LIST: OneList = OneList {
    noun: SCOPE,
    expected: "a text in quotes or an item of `app!`, or a list in `all(…)`",
    remedy: Meant::remedy_of_scopes,
    of_any: |meant| match meant {
        Some(meant) => format!("{} if one is enough", meant.remedy_of_scopes()),
        None => "write `scopes = all(\"openid\", \"Files.Read\")`".to_owned(),
    },
    example: "write `scopes = \"openid profile\"`",
};

/// The scopes of a key.
pub(super) fn scopes(argument: &Argument, problems: &mut Problems) -> Scopes {
    let mut scopes = Scopes::default();
    let mut lacks_openid = None;
    let mut is_read = true;
    for written in choice::one_list(argument, &LIST, problems) {
        match written {
            Written::Text(literal) => {
                let text = LiteralText::new(literal);
                let names = names(&text, problems);
                is_read &= !names.is_empty();
                for scope in &names {
                    scopes.add(&text, scope, problems);
                }
                let first = names.iter().find(|scope| is_openid(scope));
                lacks_openid = lacks_openid.or_else(|| first.map(|scope| without_openid(&text, scope)));
            }
            Written::Item(path) => scopes.add_item(Item::new(path), problems),
        }
    }
    // In a list with mistakes one of them may be `openid`.
    if let Some(problem) = lacks_openid.filter(|_| is_read && !scopes.openid.iter().any(|name| name == "openid")) {
        problems.add(problem);
    }
    scopes
}

/// One permission of this application.
pub(super) fn permission(literal: &LitStr, problems: &mut Problems) -> Option<String> {
    let text = LiteralText::new(literal);
    let scope = names(&text, problems).into_iter().next()?.name;
    if OPENID_SCOPES.contains(&scope) {
        let problem = Problem::new(literal.span(), format!("`{scope}` is not a permission: it shapes the sign-in"));
        problems.add(problem.help(format!("move it to `scopes = \"{scope}\"`, beside `allow`")));
    }
    Some(scope.to_owned())
}

/// None, and a problem, where the value starts with a resource, which is never part of a permission's own name.
pub(super) fn without_resource(literal: &LitStr, problems: &mut Problems) -> Option<()> {
    let text = LiteralText::new(literal);
    let Some(kind) = scope_list::resource(text.value()) else { return Some(()) };
    problems.add(describe(&text, &ScopeProblem { kind, bytes: 0..text.value().len() }));
    None
}

impl Scopes {
    /// Lists find their own duplicates; several lists in one `all(…)` do not.
    fn add(&mut self, text: &LiteralText, scope: &Scope<'_>, problems: &mut Problems) {
        let name = scope.name.to_owned();
        let is_known = self.openid.contains(&name) || self.own.contains(&Name::Literal(name.clone()));
        if is_known {
            let problem = ScopeProblem { kind: ScopeProblemKind::Duplicate, bytes: scope.bytes.clone() };
            problems.add(describe(text, &problem));
        } else if is_openid(scope) {
            self.openid.push(name);
        } else {
            self.own.push(Name::Literal(name));
        }
    }

    fn add_item(&mut self, item: Item, problems: &mut Problems) {
        if self.own.contains(&Name::Item(item.clone())) {
            let problem = Problem::over(
                &item.path,
                format!("the scope `{}` appears twice in this list", shown::code(&item.path)),
            );
            problems.add(problem.help("remove one of them"));
        } else {
            self.own.push(Name::Item(item));
        }
    }
}

fn is_openid(scope: &Scope<'_>) -> bool {
    OPENID_SCOPES.contains(&scope.name)
}

/// The names of a list, in order.
fn names<'t>(text: &'t LiteralText, problems: &mut Problems) -> Vec<Scope<'t>> {
    scope_list::parse(text.value()).unwrap_or_else(|found| {
        for problem in &found {
            problems.add(describe(text, problem));
        }
        Vec::new()
    })
}

/// The provider answers to these only beside `openid`, and says nothing where that is missing.
fn without_openid(text: &LiteralText, scope: &Scope<'_>) -> Problem {
    let place = text.pointing_at(scope.bytes.clone());
    let message = format!("`{}` has no effect without `openid`{place}", scope.name);
    Problem::new(text.span_of(scope.bytes.clone()), message).help(format!("write `openid {}`", text.value().trim()))
}

/// The key that says which other APIs a handler calls.
fn in_downstream(name: &str, who: &str) -> String {
    match downstream::meant_elsewhere(name) {
        Some(written) => format!("write `{written}` on {who}"),
        None => format!("name it in `downstream` of {who}"),
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
            "scopes are separated by spaces, not by commas".to_owned(),
            format!(
                "write `{}`",
                text.value().replace(',', " ").split_ascii_whitespace().collect::<Vec<_>>().join(" ")
            ),
        ),
        ScopeProblemKind::Character { found } => (
            format!("a scope name cannot contain `{}`", shown::letter(*found)),
            "names are printable ASCII without quotes and backslashes, separated by spaces".to_owned(),
        ),
        ScopeProblemKind::Duplicate => {
            (format!("the scope `{name}` appears twice in this list"), "remove one of them".to_owned())
        }
        ScopeProblemKind::OfGraph => (
            format!("`{name}` is a permission of Microsoft Graph, not of this application"),
            format!(
                "remove it: tokens for this application never contain it; {}",
                in_downstream(name, "a handler that calls Microsoft Graph")
            ),
        ),
        ScopeProblemKind::WithResource { permission } => (
            format!(
                "`{name}` starts with a resource; only permissions of this application belong here, by their short names"
            ),
            format!(
                "write `{permission}` if it is a permission of this application; otherwise remove it, and {}",
                in_downstream(name, "a handler that calls that API")
            ),
        ),
        ScopeProblemKind::Default => (
            format!("`{name}` means every permission of a resource, which no token names"),
            "name the permissions that callers of this handler need".to_owned()
                + &downstream::meant_elsewhere(name)
                    .filter(|_| name.contains('/'))
                    .map(|written| format!("; a handler that calls that API writes `{written}`"))
                    .unwrap_or_default(),
        ),
        ScopeProblemKind::TooLong { found } => {
            (format!("the scope name has {found} characters"), format!("shorten it: Entra accepts at most {LONGEST}"))
        }
        ScopeProblemKind::LeadingDot => (
            "a scope name cannot begin with a dot".to_owned(),
            "remove the dot: Entra accepts no name that begins with one".to_owned(),
        ),
        ScopeProblemKind::Misspelt { meant } => (
            format!("`{name}` is not a scope of OpenID Connect; did you mean `{meant}`?"),
            format!("write `{meant}`; if this application has a permission `{name}`, declare it in `azure_auth::app!`"),
        ),
        ScopeProblemKind::NotOffered => (
            format!("`{name}` is a scope of OpenID Connect that Entra does not offer"),
            format!(
                "remove it; for a provider that offers it, write `builder().scopes([{name:?}])`; if this application \
                 has a permission `{name}`, declare it in `azure_auth::app!`"
            ),
        ),
        ScopeProblemKind::LikeGraph => (
            format!(
                "`{name}` is the name of a permission of Microsoft Graph, which tokens for this application never contain"
            ),
            format!(
                "remove it, and {}; if this application has a permission `{name}`, declare it in `azure_auth::app!`",
                in_downstream(name, "a handler that calls Microsoft Graph")
            ),
        ),
    };
    let place = match problem.kind {
        ScopeProblemKind::Empty => String::new(),
        _ => text.pointing_at(bytes.clone()),
    };
    Problem::new(text.span_of(bytes), format!("{message}{place}")).help(help)
}
