//! Who calls.

use std::fmt;
use std::sync::Arc;

use azure_auth_policy::Guid;

use super::groups::Groups;
use super::identity::Identity;
use crate::model::downstream::tokens_in_hand::TokensInHand;
use crate::model::unix_time::UnixTime;

/// The party behind a request, proven.
#[derive(Debug)]
pub(crate) struct Principal {
    pub(crate) party: Party,
    pub(crate) evidence: Evidence,
    /// The client that asked for the token (`azp` or `appid`). None: a session, or a token that names none.
    pub(crate) client_id: Option<String>,
    pub(crate) groups: Groups,
    /// From then on it proves nothing.
    pub(crate) ends_at: UnixTime,
    /// From then on it is looked at anew, if that is earlier.
    pub(crate) known_until: UnixTime,
    /// What was got for it at other APIs.
    pub(crate) tokens: TokensInHand,
}

/// A person, or an application without one.
#[derive(Clone, Debug)]
pub(crate) enum Party {
    User(Arc<Identity>),
    Application(Arc<ApplicationIdentity>),
}

/// What proved the party.
#[derive(Clone, Debug)]
pub(crate) enum Evidence {
    Session,
    Bearer(Permissions),
}

/// Delegated permissions: the `scp` of the token as it is written, names separated by spaces. Empty for applications.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Permissions(pub(crate) String);

/// An application as its access token described it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApplicationIdentity {
    /// `azp` or `appid`.
    pub(crate) client_id: String,
    /// The service principal's object id (`oid`).
    pub(crate) object: Option<Guid>,
    pub(crate) tenant: Guid,
    /// Its application permissions (`roles`).
    pub(crate) roles: Vec<String>,
}

impl Permissions {
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ').filter(|name| !name.is_empty())
    }

    pub(crate) fn contains(&self, scope: &str) -> bool {
        self.names().any(|found| found == scope)
    }
}

impl fmt::Display for Permissions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_empty() { "none" } else { &self.0 })
    }
}

impl Principal {
    pub(crate) fn tenant(&self) -> Option<Guid> {
        match &self.party {
            Party::User(identity) => identity.tenant(),
            Party::Application(application) => Some(application.tenant),
        }
    }

    /// Whether the token had roles that nobody could read: the person may have any.
    pub(crate) fn roles_are_unknown(&self) -> bool {
        matches!(&self.party, Party::User(identity) if identity.roles_are_unknown)
    }

    pub(crate) fn roles(&self) -> &[String] {
        match &self.party {
            Party::User(identity) => &identity.roles,
            Party::Application(application) => &application.roles,
        }
    }
}
