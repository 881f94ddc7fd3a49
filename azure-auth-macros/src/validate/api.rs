//! Rules of `#[protect_api]`.

use super::{protect, public};
use crate::diagnostics::{Problem, Problems};
use crate::model::api::{Access, Api, Operation};
use crate::model::opening::Opening;
use crate::path_pattern::PathPattern;
use crate::syntax::{self, DeclarationKind};

/// What an API means; or everything that is wrong with it, and what is left of it for the compiler to judge.
pub(crate) fn api(syntax: &syntax::Api) -> Result<Api, Box<(Problems, Api)>> {
    let mut problems = Problems::default();
    if !syntax.arguments.is_empty() {
        let problem = Problem::over(&syntax.arguments, "`#[protect_api]` takes no arguments");
        problems.add(problem.help("who may call stands on each operation: `#[protect(…)]` or `#[public]`"));
    }
    for (name, declaration) in &syntax.strays {
        let found = declaration.path().segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let problem =
            Problem::over(declaration.path(), format!("`#[{found}]` stands on `{name}`, which is no operation"));
        problems
            .add(problem.help("remove it: only methods with `#[oai(path = …, method = …)]` are called by requests"));
    }
    let operations = syntax.operations.iter().map(|found| operation(found, &mut problems)).collect();
    requests_once(&syntax.operations, &mut problems);
    let api = Api { prefix: syntax.prefix.clone(), operations };
    match problems.or(()) {
        Ok(()) => Ok(api),
        Err(problems) => Err(Box::new((problems, api))),
    }
}

fn operation(syntax: &syntax::Operation, problems: &mut Problems) -> Operation {
    let access = access(syntax, problems);
    let Some(settings) = &syntax.settings else {
        let message = format!("what requests the operation `{}` answers cannot be read", syntax.name());
        let problem = Problem::new(syntax.name().span(), message);
        problems.add(problem.help("write `#[oai(path = \"/files/:id\", method = \"get\")]`, each value in quotes"));
        return Operation { path: String::new(), methods: Vec::new(), access };
    };
    let methods = settings.methods.iter().map(|method| method.value().to_ascii_uppercase()).collect();
    Operation { path: settings.path.value(), methods, access }
}

fn access(syntax: &syntax::Operation, problems: &mut Problems) -> Access {
    match &syntax.declaration {
        Some((DeclarationKind::Protect, declaration)) => {
            let protection = protect::protect(declaration).unwrap_or_else(|found| {
                let (further, remains) = *found;
                problems.append(further);
                remains
            });
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

/// poem-openapi keeps the last of two operations for one request and drops the other without a word.
fn requests_once(operations: &[syntax::Operation], problems: &mut Problems) {
    let mut seen: Vec<(String, String)> = Vec::new();
    for operation in operations {
        let Some(settings) = &operation.settings else { continue };
        for method in &settings.methods {
            let request = (method.value().to_ascii_uppercase(), settings.path.value());
            let takes_same = |(method, path): &&(String, String)| *method == request.0 && shadows(path, &request.1);
            if let Some((method, first)) = seen.iter().find(takes_same) {
                let message = format!("`{method} {}` takes the same requests as `{method} {first}` above", request.1);
                let problem = Problem::new(operation.name().span(), message);
                problems.add(problem.help("remove one of them: only the last would answer"));
            }
            seen.push(request);
        }
    }
}

/// What is no path poem-openapi refuses.
fn shadows(one: &str, other: &str) -> bool {
    let without_end = |path: &str| path.trim_end_matches('/').to_owned();
    let (one, other) = (without_end(one), without_end(other));
    match (PathPattern::parse(&one), PathPattern::parse(&other)) {
        (Ok(one), Ok(other)) => one.shadows(&other),
        _ => one == other,
    }
}
