//! What `app!` declares.

use proc_macro2::Ident;

/// Items in the order in which they were written.
#[derive(Default)]
pub(crate) struct Vocabulary {
    pub(crate) words: Vec<Word>,
}

/// One item.
pub(crate) struct Word {
    pub(crate) name: Ident,
    pub(crate) meaning: Meaning,
    pub(crate) description: Option<String>,
}

/// What an item stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    AppRole(String),
    Scope(String),
    Group(u128),
}
