//! Rules of `downstream = …`: permissions of other APIs in quotes, an item, or `all(…)` of both.

use super::names;
use crate::diagnostics::{Problem, Problems, shown};
use crate::model::downstream::Taken;
use crate::model::item::Item;
use crate::syntax::Argument;
use crate::validate::choice::{self, Noun, OneList};
use crate::validate::item::Written;
use crate::validate::meant::Meant;

const PERMISSION: Noun = Noun {
    word: "permission",
    example: "https://graph.microsoft.com/Mail.Read",
    further: "https://graph.microsoft.com/User.Read",
    written: "a text in quotes or an item of `azure_auth::graph` or `app!`",
};

const LIST: OneList = OneList {
    noun: PERMISSION,
    expected: "a permission of another API in quotes, an item that stands for one, or a list in `all(…)`",
    remedy,
    of_any: |meant| match meant {
        Some(meant) => remedy(meant),
        None => format!("write `downstream = {:?}`", PERMISSION.example),
    },
    example: "write `downstream = azure_auth::graph::MailRead`, or `downstream = \"https://graph.microsoft.com/Mail.Read\"`",
};

/// The tokens that a key asks for.
pub(in crate::validate) fn taken(argument: &Argument, problems: &mut Problems) -> Vec<Taken> {
    let mut all = names::Written::default();
    for written in choice::one_list(argument, &LIST, problems) {
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
