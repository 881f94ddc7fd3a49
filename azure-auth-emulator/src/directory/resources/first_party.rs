//! APIs of Microsoft, which every tenant has.

use super::graph_permission::{self, Consent};

/// An API of Microsoft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FirstParty {
    Graph,
    Storage,
    KeyVault,
    ResourceManager,
}

/// Whether a permission is for the sake of people, or for an application itself, as registrations write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PermissionKind {
    Scope,
    Role,
}

impl PermissionKind {
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Scope, Self::Role].into_iter().find(|kind| kind.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scope => "Scope",
            Self::Role => "Role",
        }
    }
}

/// Everybody may act in these for a person, if that person agrees; what the person may do there is decided there.
const IMPERSONATION: &str = "user_impersonation";

impl FirstParty {
    pub(crate) const ALL: [Self; 4] = [Self::Graph, Self::Storage, Self::KeyVault, Self::ResourceManager];

    /// The API that a client means: by address or application id, with or without one slash at the end.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let plain = name.strip_suffix('/').unwrap_or(name);
        Self::ALL.into_iter().find(|api| api.uri().eq_ignore_ascii_case(plain) || api.application_id() == plain)
    }

    pub(crate) fn uri(self) -> &'static str {
        match self {
            Self::Graph => "https://graph.microsoft.com",
            Self::Storage => "https://storage.azure.com",
            Self::KeyVault => "https://vault.azure.net",
            Self::ResourceManager => "https://management.azure.com",
        }
    }

    /// The same in every tenant and every cloud of Microsoft.
    pub(crate) fn application_id(self) -> &'static str {
        match self {
            Self::Graph => "00000003-0000-0000-c000-000000000000",
            Self::Storage => "e406a681-f3d4-42a8-90b6-c2b029497af1",
            Self::KeyVault => "cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
            Self::ResourceManager => "797f4846-ba00-4fd7-ba43-dac1f8f63013",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Graph => "Microsoft Graph",
            Self::Storage => "Azure Storage",
            Self::KeyVault => "Azure Key Vault",
            Self::ResourceManager => "Azure Resource Manager",
        }
    }

    /// The delegated permission of that name, as it is written there.
    pub(crate) fn delegated(self, name: &str) -> Option<&'static str> {
        match self {
            Self::Graph => graph_permission::delegated(name).map(|permission| permission.name),
            _ => name.eq_ignore_ascii_case(IMPERSONATION).then_some(IMPERSONATION),
        }
    }

    /// Whether it has such a permission for applications.
    pub(crate) fn has_role(self, name: &str) -> bool {
        self == Self::Graph && graph_permission::for_applications(name).is_some_and(|known| known.name == name)
    }

    /// The id of a permission, the same in every tenant, if Microsoft has published it.
    pub(crate) fn permission_id(self, name: &str, kind: PermissionKind) -> Option<&'static str> {
        match self {
            Self::Graph => graph_permission::find(name)?.id(kind),
            _ if kind == PermissionKind::Role || name != IMPERSONATION => None,
            Self::Storage => Some("03e0da56-190b-40ad-a80c-ea378c433f7f"),
            Self::KeyVault => Some("f53da476-18e3-4152-8e01-aec403e6edc0"),
            Self::ResourceManager => Some("41094075-9dad-400e-a0bd-54e686782033"),
        }
    }

    /// The permission with an id.
    pub(crate) fn permission_of_id(self, id: &str, kind: PermissionKind) -> Option<&'static str> {
        match self {
            Self::Graph => graph_permission::of_id(id, kind).map(|permission| permission.name),
            _ => Some(IMPERSONATION).filter(|name| self.permission_id(name, kind) == Some(id)),
        }
    }

    /// Whether only an administrator can agree to a delegated permission.
    pub(crate) fn needs_administrator(self, name: &str) -> bool {
        let is_by_administrator =
            |name| graph_permission::delegated(name)?.consent.map(|by| by == Consent::Administrator);
        self == Self::Graph && is_by_administrator(name) == Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_of_microsoft_is_meant_by_address_or_application_id() {
        for (name, expected) in [
            ("https://graph.microsoft.com", Some(FirstParty::Graph)),
            ("https://graph.microsoft.com/", Some(FirstParty::Graph)),
            ("https://graph.microsoft.com//", None),
            ("00000003-0000-0000-c000-000000000000", Some(FirstParty::Graph)),
            ("https://management.azure.com/", Some(FirstParty::ResourceManager)),
            ("https://STORAGE.azure.com", Some(FirstParty::Storage)),
            ("https://vault.azure.net", Some(FirstParty::KeyVault)),
            ("https://example.com", None),
            ("", None),
        ] {
            assert_eq!(FirstParty::named(name), expected, "{name}");
        }
    }

    #[test]
    fn only_some_permissions_of_graph_need_an_administrator() {
        for (api, name, expected) in [
            (FirstParty::Graph, "Directory.Read.All", true),
            (FirstParty::Graph, "User.Read", false),
            (FirstParty::Storage, "user_impersonation", false),
            (FirstParty::KeyVault, "Directory.Read.All", false),
        ] {
            assert_eq!(api.needs_administrator(name), expected, "{name}");
        }
    }
}
