//! The first segment of a path: which tenant, or which group of tenants, is asked.

use super::guid::CONSUMERS;
use super::seed::Directory;
use super::user::User;

/// Who signs people in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Authority {
    Tenant(String),
    Common,
    Organizations,
    /// The ordinary OpenID Connect provider beside Entra.
    Plain,
}

impl Authority {
    /// Reads a path segment: an id, a domain, or one of the general names.
    pub(crate) fn parse(segment: &str, directory: &Directory) -> Option<Self> {
        match segment {
            "common" => Some(Self::Common),
            "organizations" => Some(Self::Organizations),
            "consumers" => Some(Self::Tenant(CONSUMERS.to_owned())),
            "plain" => Some(Self::Plain),
            _ => directory.tenant_by_name(segment).map(Self::Tenant),
        }
    }

    /// How the addresses of a discovery document write it: domains become ids there.
    pub(crate) fn segment(&self) -> &str {
        match self {
            Self::Tenant(id) if id == CONSUMERS => "consumers",
            Self::Tenant(id) => id,
            Self::Common => "common",
            Self::Organizations => "organizations",
            Self::Plain => "plain",
        }
    }

    /// The tenant that a person would sign in to here, if they may.
    pub(crate) fn tenant_of(&self, user: &User) -> Option<String> {
        let is_personal = user.home_tenant() == CONSUMERS;
        match self {
            Self::Tenant(id) => user.belongs_to(id).then(|| id.clone()),
            Self::Organizations if is_personal => None,
            Self::Common | Self::Organizations | Self::Plain => Some(user.home_tenant().to_owned()),
        }
    }
}
