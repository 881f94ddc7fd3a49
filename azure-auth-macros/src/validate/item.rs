//! Names of a vocabulary where values may stand.

use syn::{Expr, ExprLit, ExprPath, Lit, LitStr};

use crate::model::item::{Item, Name};
use crate::syntax::ungrouped;

/// A value as it is written: its text in quotes, or the path of an item.
#[derive(Clone, Copy)]
pub(super) enum Written<'a> {
    Text(&'a LitStr),
    Item(&'a ExprPath),
}

impl<'a> Written<'a> {
    /// None for anything that is neither, and for paths that cannot be items: `app!` declares those in `CamelCase`.
    pub(super) fn read(expression: &'a Expr) -> Option<Self> {
        match ungrouped(expression) {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(Self::Text(text)),
            Expr::Path(path) if may_be_item(path) => Some(Self::Item(path)),
            _ => None,
        }
    }

    /// The path of an item.
    pub(super) fn path(self) -> Option<&'a ExprPath> {
        match self {
            Self::Text(_) => None,
            Self::Item(path) => Some(path),
        }
    }

    /// The name, its text read by the rules of its kind.
    pub(super) fn name<T>(self, read: impl FnOnce(&LitStr) -> Option<T>) -> Option<Name<T>> {
        match self {
            Self::Text(text) => read(text).map(Name::Literal),
            Self::Item(path) => Some(Name::Item(Item::new(path))),
        }
    }
}

/// Names of items tell themselves from constants, functions and keywords: `Admin`, not `ADMIN` or `admin`.
pub(crate) fn is_item_name(name: &str) -> bool {
    let is_camel_case = name.starts_with(char::is_uppercase) && !name.contains('_');
    is_camel_case && (name.chars().count() == 1 || name.contains(char::is_lowercase))
}

fn may_be_item(path: &ExprPath) -> bool {
    let name = path.path.segments.last().map(|segment| segment.ident.to_string());
    path.qself.is_none() && name.is_some_and(|name| is_item_name(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_in_camel_case() {
        for (name, expected) in
            [("Admin", true), ("A", true), ("TasksRead", true), ("Hr2", true), ("ADMIN", false), ("HR", false)]
        {
            assert_eq!(is_item_name(name), expected, "{name}");
        }
        for name in ["admin", "Tasks_Read", "_Admin", ""] {
            assert!(!is_item_name(name), "{name}");
        }
    }
}
