//! Rules of `#[protect_api]`.

use azure_auth_policy::PathPattern;
use syn::{Expr, ExprPath, LitStr};

use super::{protect, public};
use crate::diagnostics::{LiteralText, Problem, Problems, shown};
use crate::model::api::{Access, Api, Operation};
use crate::model::opening::Opening;
use crate::syntax::{self, DeclarationKind, ungrouped};

/// What an API means; or everything that is wrong with it, and what is left of it for the compiler to judge.
pub(crate) fn api(syntax: &syntax::Api) -> Result<Api, Box<(Problems, Api)>> {
    let mut problems = Problems::default();
    if !syntax.arguments.is_empty() {
        let problem = Problem::over(&syntax.arguments, "`#[protect_api]` takes no arguments");
        problems.add(problem.help("remove them, and write `#[protect(…)]` or `#[public]` on each operation"));
    }
    for attribute in &syntax.between {
        let found = shown::code(attribute.path());
        let problem = Problem::over(
            attribute.path(),
            format!("`#[{found}]` is between `#[protect_api]` and `#[OpenApi]`, and could add operations"),
        );
        problems.add(problem.help("write `#[azure_auth::protect_api]` directly above `#[OpenApi]`, once"));
    }
    for (name, declaration) in &syntax.strays {
        let found = declaration.path().segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let problem = Problem::over(
            declaration.path(),
            format!("`#[{found}]` is applied to `{name}`, which is not an operation"),
        );
        problems.add(problem.help("remove it: requests call only methods with `#[oai(path = …, method = …)]`"));
    }
    let operations = syntax.operations.iter().map(|found| operation(found, &mut problems)).collect();
    requests_once(&syntax.operations, &mut problems);
    let api = Api { prefix: prefix(syntax, &mut problems), operations };
    match problems.or(()) {
        Ok(()) => Ok(api),
        Err(problems) => Err(Box::new((problems, api))),
    }
}

/// Rows are constant data.
fn prefix(syntax: &syntax::Api, problems: &mut Problems) -> Option<Expr> {
    let prefix = syntax.prefix.as_ref()?;
    if matches!(ungrouped(prefix), Expr::Lit(_) | Expr::Path(_)) {
        return Some(prefix.clone());
    }
    let message = format!("`prefix_path` is `{}`, expected a text in quotes or a constant", shown::code(prefix));
    problems.add(Problem::over(prefix, message).help("write it out, or declare a `const` for it"));
    None
}

fn operation(syntax: &syntax::Operation, problems: &mut Problems) -> Operation {
    let access = access(syntax, problems);
    let Some(settings) = &syntax.settings else {
        let message = format!("the requests that operation `{}` answers cannot be read", syntax.name());
        let problem = Problem::new(syntax.name().span(), message);
        problems.add(problem.help("write `#[oai(path = \"/files/:id\", method = \"get\")]`, each value in quotes"));
        return Operation { path: String::new(), methods: Vec::new(), access };
    };
    path(&settings.path, problems);
    let methods = settings.methods.iter().map(|method| method.value().to_ascii_uppercase()).collect();
    Operation { path: settings.path.value(), methods, access }
}

fn access(syntax: &syntax::Operation, problems: &mut Problems) -> Access {
    match &syntax.declaration {
        Some((DeclarationKind::Protect, declaration)) => {
            let mut protection = protect::protect(declaration).unwrap_or_else(|found| {
                let (further, remains) = *found;
                problems.append(further);
                remains
            });
            protection.check.take_if(|check| is_of_self(check, problems));
            Access::Protected(Box::new(protection))
        }
        Some((DeclarationKind::Public, declaration)) => {
            Access::Public(public::public(declaration).unwrap_or_else(|further| {
                problems.append(further);
                Opening::default()
            }))
        }
        None => {
            let message = format!("operation `{}` does not say who may call it", syntax.name());
            let problem = Problem::new(syntax.name().span(), message);
            problems.add(problem.help(
                "write `#[protect]` above its `#[oai(…)]` for signed-in callers, or `#[public]` to leave it open on purpose",
            ));
            Access::Protected(Box::default())
        }
    }
}

/// The declaration is beside the API, for a type of its own.
fn is_of_self(check: &ExprPath, problems: &mut Problems) -> bool {
    let Some(first) = check.path.segments.first().filter(|first| first.ident == "Self") else { return false };
    let problem = Problem::new(first.ident.span(), "`Self` is not the type of the API here");
    problems.add(problem.help("write the name of the type, as in `check = Files::may_read`"));
    true
}

/// What poem-openapi does not read as the table does.
fn path(literal: &LitStr, problems: &mut Problems) {
    let text = LiteralText::new(literal);
    let value = text.value();
    if let Some(place) = value.find(['?', '#']) {
        let bytes = place..value.len();
        let message = format!("a path cannot contain a query or a fragment{}", text.pointing_at(bytes.clone()));
        let problem = Problem::new(text.span_of(bytes), message);
        problems.add(problem.help("end the path before `?` or `#`; operations take `Query`"));
    }
    let mut start = 0;
    for segment in value.split_inclusive('/') {
        let bytes = start..start + segment.trim_end_matches('/').len();
        if segment.starts_with(':') && segment.contains(['<', '*']) {
            let message = format!("poem-openapi reads all of this as a name{}", text.pointing_at(bytes.clone()));
            let problem = Problem::new(text.span_of(bytes), message);
            problems.add(problem.help("write `:name`, and let the argument's type check the value"));
        }
        start += segment.len();
    }
}

/// poem-openapi keeps the last of two operations for one request and drops the other without a word.
fn requests_once(operations: &[syntax::Operation], problems: &mut Problems) {
    let mut seen: Vec<(usize, String, String)> = Vec::new();
    for (place, operation) in operations.iter().enumerate() {
        let Some(settings) = &operation.settings else { continue };
        for method in &settings.methods {
            let (name, path) = (method.value().to_ascii_uppercase(), settings.path.value());
            let first = seen.iter().find(|(_, method, other)| *method == name && shadows(other, &path));
            match first {
                Some((first, ..)) if *first == place => {
                    let problem =
                        Problem::new(method.span(), format!("the method {:?} appears here twice", method.value()));
                    problems.add(problem.help("remove one of them"));
                }
                Some((_, _, first)) => {
                    let message = format!("`{name} {path}` takes the same requests as `{name} {first}` above");
                    let problem = Problem::new(operation.name().span(), message);
                    problems.add(problem.help("remove one of them: only the last would answer"));
                }
                None => {}
            }
            seen.push((place, name, path));
        }
    }
}

/// Without the empty segments that poem-openapi drops. It refuses what is not a path.
fn shadows(one: &str, other: &str) -> bool {
    let joined = |path: &str| {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        format!("/{}", segments.join("/"))
    };
    let (one, other) = (joined(one), joined(other));
    match (PathPattern::parse(&one), PathPattern::parse(&other)) {
        (Ok(one), Ok(other)) => one.shadows(other),
        _ => one == other,
    }
}
