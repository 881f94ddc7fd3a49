//! Rules of `#[public]`.

use proc_macro2::Span;
use syn::{PathArguments, Type};

use super::argument::REASON;
use super::{argument, handler};
use crate::diagnostics::{Problem, Problems, shown};
use crate::model::opening::Opening;
use crate::syntax::{Arguments, Declaration, Handler};

/// What a `#[public]` means, or everything that is wrong with it.
pub(crate) fn public(syntax: &Declaration) -> Result<Opening, Problems> {
    let mut problems = Problems::default();
    handler::handler("public", &syntax.handler, &mut problems);
    let arguments = argument::by_key(syntax.arguments.read(&mut problems), &[REASON], &mut problems);

    let reason = arguments.get(REASON).and_then(|argument| {
        let text = argument::text(argument, "reason = \"the start page\"", &mut problems)?;
        if text.value().trim().is_empty() {
            let problem = Problem::new(text.span(), "the reason is empty");
            problems.add(problem.help("say why anyone may call this handler, or remove `reason`"));
        }
        Some(text.value())
    });
    for proof in syntax.handler.proofs() {
        let shown = shown::type_name(proof);
        let message = format!("a public handler cannot take `{shown}`: without a caller it would not run");
        let problem = Problem::over(proof, message);
        problems.add(problem.help(format!("take `Option<{shown}>`, or write `#[azure_auth::protect]`")));
    }
    for (_, argument, _) in syntax.handler.checked() {
        let shown = shown::type_name(argument);
        let message = format!("a public handler cannot take `{shown}`: it has no `check` that could give one");
        problems.add(Problem::over(argument, message).help("write `#[azure_auth::protect(check = …)]`"));
    }
    let tokens = syntax.handler.tokens().cloned().collect();
    problems.or(Opening { reason, suspects: suspects(&syntax.handler), tokens })
}

/// Why everything inside an `open!` is open, which nothing else in the program says.
pub(crate) fn open(syntax: &Arguments) -> Result<String, Problems> {
    let mut problems = Problems::default();
    let example = "open!(reason = \"assets\")";
    let arguments = syntax.read(&mut problems);
    if arguments.is_empty() && problems.is_empty() {
        let problem = Problem::new(Span::call_site(), "what is open to everyone needs a reason");
        problems.add(problem.help(format!("write `{example}`")));
    }
    let arguments = argument::by_key(arguments, &[REASON], &mut problems);
    let reason = arguments.get(REASON).and_then(|argument| {
        let text = argument::text(argument, "reason = \"assets\"", &mut problems)?;
        if text.value().trim().is_empty() {
            problems
                .add(Problem::new(text.span(), "the reason is empty").help("say why anyone may call what is inside"));
        }
        Some(text.value())
    });
    problems.or(reason.unwrap_or_default())
}

/// Plain types without arguments of their own, `User` under whatever name, not `Option<User>`; and `Token<…>`.
fn suspects(handler: &Handler) -> Vec<Type> {
    let is_generic = |name: &syn::Ident| handler.generics().type_params().any(|parameter| parameter.ident == *name);
    let is_suspect = |argument: &&Type| match argument {
        Type::Path(path) if path.qself.is_none() => {
            let segments = &path.path.segments;
            segments.iter().all(|segment| matches!(segment.arguments, PathArguments::None))
                && segments.first().is_some_and(|segment| !is_generic(&segment.ident))
        }
        _ => false,
    };
    let is_named_token = |argument: &&Type| match argument {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "Token"),
        _ => false,
    };
    let tokens = handler.tokens().filter(is_named_token);
    handler.argument_types().filter(is_suspect).chain(tokens).cloned().collect()
}
