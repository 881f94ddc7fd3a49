//! Rules about the function below an attribute.

use quote::ToTokens;

use crate::diagnostics::{Problem, Problems};
use crate::syntax::Handler;

/// One handler, one declaration, no receiver.
pub(super) fn handler(attribute: &str, handler: &Handler, problems: &mut Problems) {
    for further in handler.further_declarations() {
        let found = further.path().segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let problem = if found == attribute {
            Problem::new(span_of(further), format!("`#[{attribute}]` is applied to this handler twice"))
                .help("write all keys into one attribute and remove the other")
        } else {
            Problem::new(span_of(further), "a handler is either protected or public, not both")
                .help(format!("remove `#[{attribute}]` or `#[{found}]`"))
        };
        problems.add(problem);
    }
    if let Some(receiver) = handler.receiver() {
        let problem = Problem::new(
            receiver.self_token.span,
            format!("`#[{attribute}]` is applied to a method; a handler of Poem is a free function"),
        );
        problems.add(problem.help("move it out of the `impl` block and remove `self`"));
    }
}

fn span_of(attribute: &syn::Attribute) -> proc_macro2::Span {
    attribute.path().to_token_stream().into_iter().last().map_or(attribute.pound_token.span, |token| token.span())
}
