//! Rules of `downstream = …`: permissions of other APIs in quotes, an item, or `all(…)` of both.

use syn::Expr;

use super::names;
use crate::diagnostics::{Problem, Problems, shown};
use crate::model::downstream::Taken;
use crate::model::item::Item;
use crate::syntax::Argument;
use crate::validate::argument;
use crate::validate::choice::{self, Noun};
use crate::validate::item::Written;
use crate::validate::meant::{self, Join, Meant};

const PERMISSION: Noun = Noun {
    word: "permission",
    example: "https://graph.microsoft.com/Mail.Read",
    further: "https://graph.microsoft.com/User.Read",
    written: "a text in quotes or an item of `azure_auth::graph` or `app!`",
};

/// The tokens that a key asks for.
pub(in crate::validate) fn taken(argument: &Argument, problems: &mut Problems) -> Vec<Taken> {
    let mut all = names::Written::default();
    for written in written(argument, problems) {
        match written {
            Written::Text(literal) => all.read(literal, problems),
            Written::Item(path) => {
                let item = Taken::Item(Item::new(path));
                if all.taken.contains(&item) {
                    let message = format!("the permission `{}` appears twice in this list", shown::code(path));
                    problems.add(Problem::over(path, message).help("remove one of them"));
                } else {
                    all.taken.push(item);
                }
            }
        }
    }
    all.taken
}

fn written<'a>(argument: &'a Argument, problems: &mut Problems) -> Vec<Written<'a>> {
    if let Some(only) = argument.value.as_ref().and_then(Written::read) {
        return vec![only];
    }
    let remedy = || argument.value.as_ref().and_then(|value| Meant::read(value, Join::All)).map(|meant| remedy(&meant));
    match &argument.value {
        Some(Expr::Call(call)) if shown::code(&call.func) == "all" => {
            if call.args.is_empty() {
                let problem = Problem::over(call, "`all()` is empty");
                problems.add(problem.help("name at least one permission, or remove `downstream`"));
            }
            if let Some(inner) = call.args.iter().find(|element| choice::is_list(element))
                && let Some(remedy) = remedy()
            {
                let problem = Problem::over(inner, "`downstream` takes one list, found one inside another");
                problems.add(problem.help(remedy));
                return call.args.iter().flat_map(meant::items).collect();
            }
            choice::elements(call, PERMISSION, problems)
        }
        Some(Expr::Call(call)) if shown::code(&call.func) == "any" => {
            let message = "`downstream` is `any(…)`, expected `all(…)`: every permission is needed";
            let help = remedy().unwrap_or_else(|| format!("write `downstream = {:?}`", PERMISSION.example));
            problems.add(Problem::over(&call.func, message).help(help));
            call.args.iter().flat_map(meant::items).collect()
        }
        other => {
            let expected = "a permission of another API in quotes, an item that stands for one, or a list in `all(…)`";
            let remedy = remedy().unwrap_or_else(|| {
                format!("write `downstream = azure_auth::graph::MailRead`, or `downstream = {:?}`", PERMISSION.example)
            });
            problems.add(argument::unexpected(argument, other.as_ref(), expected, &remedy));
            other.as_ref().map(meant::items).unwrap_or_default()
        }
    }
}

/// One text where all of it is in quotes.
fn remedy(meant: &Meant) -> String {
    let values = meant.values();
    let texts: Option<Vec<&str>> = values.iter().map(|value| value.strip_prefix('"')?.strip_suffix('"')).collect();
    match (texts, values.as_slice()) {
        (Some(texts), _) => format!("write `downstream = {:?}`", texts.join(" ")),
        (None, [only]) => format!("write `downstream = {only}`"),
        (None, _) => format!("write `downstream = all({})`", values.join(", ")),
    }
}
