//! Items of a vocabulary as attributes name them.

use quote::ToTokens;
use syn::ExprPath;

/// The path of an item, as written. Which item it is only the compiler knows, so that paths are compared by their tokens.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) path: ExprPath,
    stand_in: String,
}

/// A value in quotes, or the item that stands for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Name<T> {
    Literal(T),
    Item(Item),
}

impl Item {
    pub(crate) fn new(path: &ExprPath) -> Self {
        Self { path: path.clone(), stand_in: format!("item {}", path.to_token_stream()) }
    }

    /// What stands for its value where the compiler has not been asked. It contains a space, which values cannot.
    pub(crate) fn stand_in(&self) -> &str {
        &self.stand_in
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.stand_in == other.stand_in
    }
}

impl Eq for Item {}

impl std::fmt::Debug for Item {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.stand_in)
    }
}
