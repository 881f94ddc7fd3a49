//! Rules of `endpoints!`.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprLit, Lit, LitStr};

use crate::diagnostics::{LiteralText, Problem, Problems, nearest};
use crate::model::table::{Link, MethodChain, Table, TableRow, Target};
use crate::path_pattern::{PathPattern, PathProblem, PathProblemKind};
use crate::syntax::{Endpoints, Row};

/// The functions of Poem that begin a row, and its methods that go on.
const METHODS: [&str; 9] = ["get", "post", "put", "delete", "head", "options", "connect", "patch", "trace"];

/// The library's own paths, unless configured otherwise.
const AUTH_PATHS: [&str; 4] = ["/login", "/logout", "/session", "/authorization-code/callback"];

/// What a table means. With problems comes what could be read all the same, so that no second error follows.
pub(crate) fn endpoints(syntax: &Endpoints) -> Result<Table, (Problems, Table)> {
    let mut problems = Problems::default();
    let mut table = Table::default();
    let mut paths: Vec<(String, PathPattern<'_>)> = Vec::new();
    let literals: Vec<Option<LitStr>> = syntax.rows.iter().map(|row| path_literal(row, &mut problems)).collect();
    let values: Vec<Option<String>> = literals.iter().map(|literal| literal.as_ref().map(LitStr::value)).collect();

    for ((row, literal), value) in syntax.rows.iter().zip(literals).zip(&values) {
        let target = target(&row.target, &mut problems);
        let (Some(literal), Some(value)) = (literal, value) else { continue };
        if let Some(pattern) = path(&literal, value, &paths, &mut problems) {
            if matches!(target, Some(Target::Nest(_))) && !pattern.is_plain() {
                let problem = Problem::new(literal.span(), format!("`nest` is at the pattern {value:?}"));
                problems.add(problem.help("nest at a path without parameters; they belong into the nested table"));
            }
            paths.push((value.clone(), pattern));
        }
        table.rows.extend(target.map(|target| TableRow { path: literal, target }));
    }
    match problems.or(()) {
        Ok(()) => Ok(table),
        Err(problems) => Err((problems, table)),
    }
}

fn path_literal(row: &Row, problems: &mut Problems) -> Option<LitStr> {
    if let Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) = &row.path {
        return Some(literal.clone());
    }
    let found = row.path.to_token_stream();
    let problem = Problem::new(row.path.span(), format!("the path is `{found}`, expected a text in quotes"));
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
    if let Some((other, _)) = others.iter().find(|(_, other)| other.shadows(&pattern)) {
        let problem = if other == value {
            Problem::new(literal.span(), format!("the path {value:?} is given twice"))
                .help("join the methods in one row: `get(a).post(b)`")
        } else {
            Problem::new(literal.span(), format!("the path {value:?} takes the same requests as {other:?} above"))
                .help("names of parameters do not tell paths apart; one of the two rows would never answer")
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
            "a parameter name stands in this path twice".to_owned(),
            "give each parameter a name of its own".to_owned(),
        ),
        PathProblemKind::NotAPath => (
            "a path has neither query nor fragment".to_owned(),
            "end the path before `?` or `#`; handlers read the query with `Query`".to_owned(),
        ),
    };
    let shown = match problem.kind {
        PathProblemKind::Relative => String::new(),
        _ => text.pointing_at(problem.bytes.clone()),
    };
    Problem::new(text.span_of(problem.bytes.clone()), format!("{message}{shown}")).help(help)
}

fn target(expression: &Expr, problems: &mut Problems) -> Option<Target> {
    let mut links = Vec::new();
    let mut first = expression;
    while let Expr::MethodCall(call) = first {
        let takes_handler = METHODS.iter().any(|method| call.method == method) || call.method == "method";
        links.push(Link {
            method: call.method.clone(),
            turbofish: call.turbofish.clone(),
            arguments: call.args.iter().cloned().collect(),
            takes_handler,
        });
        first = &call.receiver;
    }
    links.reverse();
    let name = called(first);
    match (first, name.as_deref()) {
        (Expr::Call(call), Some("nest")) if links.is_empty() => {
            one_argument(call, "nest(endpoints)", problems).map(Target::Nest)
        }
        (Expr::Call(call), Some("public")) if links.is_empty() => public(call, problems),
        (Expr::Call(call), Some(name)) if METHODS.contains(&name) => {
            let handler = one_argument(call, &format!("{name}(handler)"), problems)?;
            methods_once(name, &links, problems);
            Some(Target::Methods(MethodChain { function: (*call.func).clone(), handler, links }))
        }
        _ => {
            problems.add(no_target(first, name.as_deref()));
            None
        }
    }
}

/// The last segment of the function that is called.
fn called(expression: &Expr) -> Option<String> {
    let Expr::Call(ExprCall { func, .. }) = expression else { return None };
    let Expr::Path(path) = func.as_ref() else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}

fn no_target(expression: &Expr, name: Option<&str>) -> Problem {
    let expected = "expected `get(handler)` or another method, `nest(endpoints)` or `public(endpoint, reason = …)`";
    let found = expression.to_token_stream();
    let problem = match name {
        Some(name) => Problem::new(expression.span(), format!("`{name}` begins no row; {expected}")),
        None => Problem::new(expression.span(), format!("`{found}` is no target of a row; {expected}")),
    };
    let names = METHODS.into_iter().chain(["nest", "public"]);
    match (name, name.and_then(|name| nearest(name, names))) {
        (_, Some(nearest)) => problem.help(format!("did you mean `{nearest}`?")),
        (None, None) => problem.help(format!("write `get({found})`")),
        (Some(_), None) => problem,
    }
}

fn one_argument(call: &ExprCall, example: &str, problems: &mut Problems) -> Option<Expr> {
    if call.args.len() == 1 {
        return call.args.first().cloned();
    }
    let problem = Problem::new(call.span(), format!("found {} arguments, expected one", call.args.len()));
    problems.add(problem.help(format!("write `{example}`")));
    None
}

/// Poem keeps the last of two handlers for one method and drops the other without a word.
fn methods_once(first: &str, links: &[Link], problems: &mut Problems) {
    let mut seen = vec![first.to_owned()];
    for link in links.iter().filter(|link| link.takes_handler && link.method != "method") {
        let name = link.method.to_string();
        if seen.contains(&name) {
            let problem = Problem::new(link.method.span(), format!("the method `{name}` stands in this row twice"));
            problems.add(problem.help("remove one of them: only the last would answer"));
        }
        seen.push(name);
    }
}

fn public(call: &ExprCall, problems: &mut Problems) -> Option<Target> {
    const EXAMPLE: &str = "write `public(endpoint, reason = \"why anyone may call it\")`";
    let (endpoint, reason) = match call.args.iter().collect::<Vec<_>>().as_slice() {
        [endpoint, Expr::Assign(reason)] if reason.left.to_token_stream().to_string() == "reason" => {
            ((*endpoint).clone(), reason.right.as_ref())
        }
        _ => {
            let problem = Problem::new(call.span(), "an endpoint that is no handler needs a reason to be open");
            problems.add(problem.help(EXAMPLE));
            return None;
        }
    };
    match reason {
        Expr::Lit(ExprLit { lit: Lit::Str(reason), .. }) if !reason.value().trim().is_empty() => {
            Some(Target::Public { endpoint, reason: reason.value() })
        }
        other => {
            problems.add(Problem::new(other.span(), "the reason is no text, or an empty one").help(EXAMPLE));
            None
        }
    }
}
