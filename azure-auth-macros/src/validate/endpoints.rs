//! Rules of `endpoints!`.

use azure_auth_policy::{PathPattern, PathProblem, PathProblemKind};
use proc_macro2::Ident;
use syn::{Expr, ExprCall, ExprLit, Lit, LitStr};

use super::{argument, protect};
use crate::diagnostics::{LiteralText, Problem, Problems, nearest, shown};
use crate::model::table::{Link, Method, MethodChain, ProtectedEndpoint, Remains, Table, TableRow, Target};
use crate::syntax::{Argument, Endpoints, ProtectCall, Row, RowTarget, ungrouped};

/// The functions of Poem that a row can start with, and its methods that can follow.
const METHODS: [&str; 9] = ["get", "post", "put", "delete", "head", "options", "connect", "patch", "trace"];

/// What else a row can start with.
const ROWS: [&str; 3] = ["nest", "public", "protect"];

/// The library's own paths, unless configured otherwise.
const AUTH_PATHS: [&str; 8] = [
    "/login",
    "/logout",
    "/session",
    "/session/events",
    "/session/front-channel-logout",
    "/session/watch.js",
    "/session/clear-cache.svg",
    "/authorization-code/callback",
];

/// What a table means, or everything that is wrong with it and what is left of it.
pub(crate) fn endpoints(syntax: &Endpoints) -> Result<Table, (Problems, Remains)> {
    let mut problems = Problems::default();
    let mut table = Table::default();
    let mut remains = Remains::default();
    let mut paths: Vec<(String, PathPattern<'_>)> = Vec::new();
    syntax.unreadable(&mut problems);
    let literals: Vec<Option<LitStr>> = syntax.rows.iter().map(|row| path_literal(row, &mut problems)).collect();
    let values: Vec<Option<String>> = literals.iter().map(|literal| literal.as_ref().map(LitStr::value)).collect();

    for ((row, literal), value) in syntax.rows.iter().zip(literals).zip(&values) {
        no_attributes(row, &mut problems);
        let target = match &row.target {
            RowTarget::Protect(call) => protected(call, &mut problems),
            RowTarget::Other(expression) => target(expression, &mut problems, &mut remains.strays),
        };
        let (Some(literal), Some(value)) = (literal, value) else {
            remains.targets.extend(target);
            continue;
        };
        if let Some(pattern) = path(&literal, value, &paths, &mut problems) {
            if matches!(target, Some(Target::Nest(_))) && !pattern.is_plain() {
                let problem = Problem::new(literal.span(), format!("`nest` is at the pattern {value:?}"));
                problems
                    .add(problem.help("nest at a path without parameters; move the parameters into the nested table"));
            }
            paths.push((value.clone(), pattern));
        }
        table.rows.extend(target.map(|target| TableRow { path: literal, target }));
    }
    problems.or(()).map_err(|problems| {
        remains.targets.extend(table.rows.drain(..).map(|row| row.target));
        (problems, remains)
    })?;
    Ok(table)
}

fn no_attributes(row: &Row, problems: &mut Problems) {
    for attribute in &row.attributes {
        let problem = Problem::over(attribute, "a row cannot have attributes: the table is the same in every build");
        problems.add(problem.help("put the row into a table of its own, and `nest` the function that returns it"));
    }
}

fn path_literal(row: &Row, problems: &mut Problems) -> Option<LitStr> {
    if let Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) = &row.path {
        return Some(literal.clone());
    }
    let found = shown::code(&row.path);
    let problem = Problem::over(&row.path, format!("the path is `{found}`, expected a text in quotes"));
    problems.add(problem.help("write the path out: clashes between rows are found when the table compiles"));
    None
}

fn path<'v>(
    literal: &LitStr,
    value: &'v str,
    others: &[(String, PathPattern<'_>)],
    problems: &mut Problems,
) -> Option<PathPattern<'v>> {
    let pattern = match PathPattern::parse(value) {
        Ok(pattern) => pattern,
        Err(problem) => {
            problems.add(malformed(literal, &problem));
            return None;
        }
    };
    if AUTH_PATHS.contains(&value) {
        let problem =
            Problem::new(literal.span(), format!("the path {value:?} is one that `AzureAuth` answers itself"));
        problems.add(problem.help("choose another path for this row"));
    }
    if let Some((other, _)) = others.iter().find(|(_, other)| other.shadows(pattern)) {
        let problem = if other == value {
            Problem::new(literal.span(), format!("the path {value:?} is given twice"))
                .help("join the methods in one row: `get(a).post(b)`")
        } else {
            Problem::new(literal.span(), format!("the path {value:?} takes the same requests as {other:?} above"))
                .help("parameter names do not distinguish paths: one of the two rows would never answer; remove one")
        };
        problems.add(problem);
    }
    Some(pattern)
}

fn malformed(literal: &LitStr, problem: &PathProblem) -> Problem {
    let text = LiteralText::new(literal);
    let value = text.value();
    let (message, help) = match problem.kind {
        PathProblemKind::Relative => {
            (format!("the path {value:?} is relative"), format!("write {:?}", format!("/{value}")))
        }
        PathProblemKind::NameMissing => ("a parameter has no name".to_owned(), "write `:name`".to_owned()),
        PathProblemKind::ExpressionOpen => {
            ("a regular expression has no end".to_owned(), "close it with `>`".to_owned())
        }
        PathProblemKind::NameTwice => (
            "a parameter name appears twice in this path".to_owned(),
            "give each parameter a name of its own".to_owned(),
        ),
        PathProblemKind::NotAPath => (
            "a path cannot contain a query or a fragment".to_owned(),
            "end the path before `?` or `#`; handlers read the query with `Query`".to_owned(),
        ),
    };
    let shown = match problem.kind {
        PathProblemKind::Relative => String::new(),
        _ => text.pointing_at(problem.bytes.clone()),
    };
    Problem::new(text.span_of(problem.bytes.clone()), format!("{message}{shown}")).help(help)
}

/// What answers in a row. If the row cannot be read, its values are strays.
fn target(expression: &Expr, problems: &mut Problems, strays: &mut Vec<Expr>) -> Option<Target> {
    let mut links = Vec::new();
    let mut first = ungrouped(expression);
    while let Expr::MethodCall(call) = first {
        let name = call.method.to_string();
        let takes_handler = METHODS.contains(&name.as_str()) || name == "method";
        links.push(Link { call: call.clone(), method: takes_handler.then(|| Method::called(&name)) });
        first = ungrouped(&call.receiver);
    }
    links.reverse();
    let name = called(first);
    match (first, name.as_ref().map(Ident::to_string).as_deref()) {
        (Expr::Call(call), Some("nest")) if links.is_empty() => {
            one_argument(call, "nest(endpoints)", problems);
            call.args.first().cloned().map(Target::Nest)
        }
        (Expr::Call(call), Some("public")) if links.is_empty() => opened(call, problems),
        // Inside of a macro that was given the row.
        (Expr::Call(call), Some("protect")) if links.is_empty() => {
            name.and_then(|name| protected(&ProtectCall::of(name, call), problems))
        }
        (Expr::Call(call), Some(name @ ("nest" | "public" | "protect"))) => {
            if let Some(link) = links.first() {
                problems.add(followed(name, link));
            }
            strays.extend(call.args.first().cloned());
            None
        }
        (Expr::Call(call), Some(name)) if METHODS.contains(&name) => {
            one_argument(call, &format!("{name}(handler)"), problems);
            methods_once(name, &links, problems);
            let method = Method::called(name);
            (!call.args.is_empty()).then(|| Target::Methods(MethodChain { first: call.clone(), method, links }))
        }
        (Expr::Call(call), Some(name)) => {
            problems.add(no_method(call, name));
            // A key is not a value.
            strays.extend(call.args.iter().filter(|argument| Argument::of(argument).is_none()).cloned());
            None
        }
        _ => {
            problems.add(no_target(expression));
            if !ROWS.contains(&shown::code(expression).as_str()) {
                strays.push(expression.clone());
            }
            None
        }
    }
}

/// The last segment of the function that is called.
fn called(expression: &Expr) -> Option<Ident> {
    let Expr::Call(ExprCall { func, .. }) = expression else { return None };
    let Expr::Path(path) = func.as_ref() else { return None };
    path.path.segments.last().map(|segment| segment.ident.clone())
}

const TARGETS: &str = "expected `get(handler)` or another method, `nest(endpoints)`, `protect(endpoint, …)` or \
                       `public(endpoint, reason = …)`";

fn followed(name: &str, link: &Link) -> Problem {
    let method = &link.call.method;
    let (argument, keys) = match name {
        "nest" => ("endpoints", ""),
        "public" => ("endpoint", ", reason = \"…\""),
        _ => ("endpoint", ", …"),
    };
    let problem =
        Problem::new(method.span(), format!("`.{method}(…)` cannot follow `{name}(…)`, which is a whole row"));
    problem.help(format!("write it inside: `{name}({argument}.{method}(…){keys})`"))
}

fn no_method(call: &ExprCall, name: &str) -> Problem {
    let problem = Problem::over(&call.func, format!("a row cannot start with `{name}`; {TARGETS}"));
    match nearest(name, METHODS.into_iter().chain(ROWS)) {
        Some(nearest) => problem.help(format!("write `{nearest}({})`", shown::code(&call.args))),
        None => problem,
    }
}

fn no_target(expression: &Expr) -> Problem {
    let found = shown::code(expression);
    let example = match found.as_str() {
        "protect" => PROTECT_EXAMPLE.to_owned(),
        "public" => PUBLIC_EXAMPLE.to_owned(),
        "nest" => "write `nest(endpoints)`".to_owned(),
        _ => format!("write `get({found})`"),
    };
    Problem::over(expression, format!("`{found}` cannot be the target of a row; {TARGETS}")).help(example)
}

fn one_argument(call: &ExprCall, example: &str, problems: &mut Problems) {
    if call.args.len() != 1 {
        let problem = Problem::over(call, format!("found {} arguments, expected one", call.args.len()));
        problems.add(problem.help(format!("write `{example}`")));
    }
}

/// Poem keeps the last of two handlers for one method and drops the other without a word.
fn methods_once(first: &str, links: &[Link], problems: &mut Problems) {
    let mut seen = vec![first.to_owned()];
    for method in links.iter().filter(|link| link.method.is_some()).map(|link| &link.call.method) {
        let name = method.to_string();
        if seen.contains(&name) && name != "method" {
            let problem = Problem::new(method.span(), format!("the method `{name}` appears twice in this row"));
            problems.add(problem.help("remove one of them: only the last would answer"));
        }
        seen.push(name);
    }
}

/// `protect(endpoint, …)`, with the rules of the attribute.
fn protected(call: &ProtectCall, problems: &mut Problems) -> Option<Target> {
    let first_key = call.endpoint.as_ref().and_then(Argument::of);
    if first_key.is_some() || call.endpoint.is_none() {
        let problem = Problem::new(call.name.span(), "`protect(…)` has no endpoint here");
        problems.add(problem.help(PROTECT_EXAMPLE));
    }
    let has_endpoint = first_key.is_none();
    let arguments: Vec<Argument> = first_key.into_iter().chain(call.arguments.read(problems).iter().cloned()).collect();
    let protection = Box::new(protect::keys(&arguments, problems));
    let endpoint = call.endpoint.clone().filter(|_| has_endpoint)?;
    Some(Target::Protect(ProtectedEndpoint { endpoint, protection, place: call.name.span() }))
}

/// `public(endpoint, reason = "…")`.
fn opened(call: &ExprCall, problems: &mut Problems) -> Option<Target> {
    let keys = call.args.iter().skip(1).filter_map(Argument::of);
    let others: Vec<Argument> = keys.filter(|argument| argument.key != argument::REASON).collect();
    for other in &others {
        problems.add(argument::unknown_key(other, &other.key.to_string(), &[argument::REASON]));
    }
    if !others.is_empty() {
        return Some(Target::Public { endpoint: call.args.first()?.clone(), reason: String::new() });
    }
    let reason = match call.args.iter().collect::<Vec<_>>().as_slice() {
        [_, Expr::Assign(reason)] if shown::code(&reason.left) == "reason" => text_of_reason(&reason.right, problems),
        _ => {
            let problem = Problem::over(call, "an endpoint that is not a handler needs a reason to be open");
            problems.add(problem.help(PUBLIC_EXAMPLE));
            String::new()
        }
    };
    Some(Target::Public { endpoint: call.args.first()?.clone(), reason })
}

fn text_of_reason(reason: &Expr, problems: &mut Problems) -> String {
    match ungrouped(reason) {
        Expr::Lit(ExprLit { lit: Lit::Str(reason), .. }) if !reason.value().trim().is_empty() => reason.value(),
        other => {
            problems.add(Problem::over(other, "the reason is empty, or is not a text in quotes").help(PUBLIC_EXAMPLE));
            String::new()
        }
    }
}

const PROTECT_EXAMPLE: &str = "write `protect(endpoint, roles = \"Admin\")`, with keys as in the attribute";
const PUBLIC_EXAMPLE: &str = "write `public(endpoint, reason = \"why anyone may call it\")`";
