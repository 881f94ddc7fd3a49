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
    /// The permissions of people. None of them: the need is another one.
    pub(crate) const fn permissions(&self) -> &'static [Permission] {
        match self {
            Self::Person { permissions, .. } => permissions,
            Self::Nothing | Self::Application(_) => &[],
        }
    }

    /// The same, as far as the handler does not run without them.
    pub(crate) const fn demanded(&self) -> &'static [Permission] {
        match self {
            Self::Person { permissions, is_optional: false } => permissions,
            Self::Nothing | Self::Person { .. } | Self::Application(_) => &[],
        }
    }

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
