//! What a handler needs of other APIs, as constant data.

use super::permission::{Permission, ResourceName};

/// What an argument of a handler, or a word in its declaration, needs of another API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// As most arguments.
    Nothing,
    /// A token with which the program acts for the person who calls: permissions of one API.
    Person {
        /// At least one, all of one API.
        permissions: &'static [Permission],
        /// Whether the handler runs without it.
        is_optional: bool,
    },
    /// The program's own token.
    Application(ResourceName),
}

impl Need {
    /// The API. None: nothing is needed.
    pub(crate) const fn resource(&self) -> Option<ResourceName> {
        match self {
            Self::Nothing => None,
            Self::Person { permissions, .. } => match permissions {
                [first, ..] => Some(first.resource),
                [] => None,
            },
            Self::Application(resource) => Some(*resource),
        }
    }
}
