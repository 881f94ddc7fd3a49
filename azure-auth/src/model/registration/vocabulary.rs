//! Everything that one `app!` declares, as constant data.

use azure_auth_policy::Guid;

use crate::model::downstream::permission::{Permission, ResourceName};

/// A value, and what it is for, in the words of `app!`.
pub(crate) type Described<T> = (T, Option<&'static str>);

/// Everything that one [`app!`](crate::app) declares: the constant `VOCABULARY` beside its items.
///
/// [`Inspection::vocabulary`](crate::Inspection::vocabulary) takes it, so that a registration has the names that no row of a
/// table asks for, and the words in which people read all of them.
///
/// ```
/// mod vocabulary {
///     azure_auth::app! {
///         roles: { Admin = "Manages every task" },
///         scopes: { TasksRead("Tasks.Read") = "Read your tasks" },
///     }
/// }
///
/// let declared: azure_auth::Vocabulary = vocabulary::VOCABULARY;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vocabulary {
    pub(crate) roles: &'static [Described<&'static str>],
    pub(crate) scopes: &'static [Described<&'static str>],
    pub(crate) groups: &'static [Described<Guid>],
    pub(crate) apis: &'static [VocabularyApi],
}

/// An API that an application calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VocabularyApi {
    /// Of the module with its permissions.
    pub(crate) name: &'static str,
    pub(crate) resource: ResourceName,
    pub(crate) permissions: &'static [Described<Permission>],
}

impl Vocabulary {
    /// Only expanded code makes one.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        roles: &'static [Described<&'static str>],
        scopes: &'static [Described<&'static str>],
        groups: &'static [Described<Guid>],
        apis: &'static [VocabularyApi],
    ) -> Self {
        Self { roles, scopes, groups, apis }
    }
}

impl VocabularyApi {
    /// Only expanded code makes one.
    #[must_use]
    pub const fn new(
        name: &'static str,
        resource: ResourceName,
        permissions: &'static [Described<Permission>],
    ) -> Self {
        Self { name, resource, permissions }
    }
}
