//! What is taken of other APIs.

use azure_auth_policy::Guid;

use super::item::Item;

/// An API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    /// Microsoft Graph, which has another address in each cloud.
    Graph,
    /// Its application id URI, or its client id.
    Uri(String),
}

/// One permission of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Permission {
    pub(crate) resource: Resource,
    /// As the API defines it, or [`DEFAULT`].
    pub(crate) name: String,
    pub(crate) consent: Consent,
    /// Where it is published.
    pub(crate) id: Option<Guid>,
}

/// Every permission of an API that was agreed to.
pub(crate) const DEFAULT: &str = ".default";

/// Who agrees to a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    Person,
    Administrator,
    Unknown,
}

/// A token that a declaration asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// For what an item stands for.
    Item(Item),
    /// For permissions of one API that are written in quotes.
    Written(Vec<Permission>),
}
