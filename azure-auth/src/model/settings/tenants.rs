//! Which tenants may sign in.

use azure_auth_policy::Guid;
/// The tenants whose people are accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AcceptedTenants {
    /// The tenant of the authority, which only its discovery document names.
    OfAuthority,
    /// These, by id. Personal accounts only if their tenant is listed.
    Listed(Vec<Guid>),
    /// Every work or school tenant; never personal accounts.
    EveryWorkTenant,
}

impl AcceptedTenants {
    pub(crate) fn accepts(&self, tenant: Guid) -> bool {
        match self {
            Self::OfAuthority => true,
            Self::Listed(tenants) => tenants.contains(&tenant),
            Self::EveryWorkTenant => tenant != Guid::CONSUMERS,
        }
    }
}
