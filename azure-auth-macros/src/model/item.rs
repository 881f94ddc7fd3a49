//! Items of a vocabulary as attributes name them.

use quote::ToTokens;
use syn::ExprPath;

/// The path of an item, as written. Which item it is only the compiler knows, so that paths are compared by their tokens.
#[derive(Clone)]
pub(crate) struct Item(pub(crate) ExprPath);

/// A value in quotes, or the item that stands for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Name<T> {
    Literal(T),
    Item(Item),
}

impl Item {
    fn text(&self) -> String {
        self.0.to_token_stream().to_string()
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Item {}

impl std::fmt::Debug for Item {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text())
    }
}
