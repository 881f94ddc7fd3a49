//! A permission of another API, as constant data.

use azure_auth_policy::Guid;

/// A permission of another API, as a registration lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    pub(crate) resource: ResourceName,
    /// As the API defines it, such as `Mail.Read`. `.default`: whatever was agreed to.
    pub(crate) name: &'static str,
    pub(crate) consent: Consent,
    /// What registrations name it by, where it is known.
    pub(crate) id: Option<Guid>,
}

/// Whatever was agreed to: the name beside which no other of the same API may be asked for.
pub(crate) const DEFAULT: &str = ".default";

/// What scopes call Microsoft Graph in the public cloud.
pub(crate) const PUBLIC_GRAPH: &str = "https://graph.microsoft.com";

/// An API. Microsoft Graph has another address in each cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceName {
    /// `https://graph.microsoft.com` in the public cloud.
    Graph,
    /// Its application id URI, without a slash at the end that is not part of it.
    Uri(&'static str),
}

/// Who may agree to a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// The person.
    Person,
    /// An administrator, for everybody.
    Administrator,
    /// Nobody here knows: the API is not Microsoft Graph, or its permission is newer than our list.
    Unknown,
}

impl Permission {
    /// One of an API of a program's own choice.
    #[must_use]
    pub const fn of(resource: &'static str, name: &'static str) -> Self {
        Self { resource: ResourceName::Uri(resource), name, consent: Consent::Unknown, id: None }
    }

    /// One of Microsoft Graph. `id`: of the delegated permission, where it is published.
    #[must_use]
    pub const fn of_graph(name: &'static str, consent: Consent, id: Option<Guid>) -> Self {
        Self { resource: ResourceName::Graph, name, consent, id }
    }
}

impl ResourceName {
    /// As scopes name it, where `graph` is the address of Microsoft Graph in the cloud of the authority.
    pub(crate) const fn uri<'a>(self, graph: &'a str) -> &'a str
    where
        Self: 'a,
    {
        match self {
            Self::Graph => graph,
            Self::Uri(uri) => uri,
        }
    }
}
