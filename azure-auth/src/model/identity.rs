//! Who is signed in.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::guid::Guid;

/// What names a person for good. Everything else about them may change; nothing else authorizes.
///
/// Its text form is stable and fit for a database key: `entra:<tenant>:<object>` or `openid:<issuer> <subject>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum UserId {
    /// A person in a Microsoft Entra ID tenant: `tid` and `oid` of the ID token.
    Entra {
        /// The tenant the person signed in to (`tid`).
        #[serde(rename = "t")]
        tenant: Guid,
        /// The person's object in that tenant (`oid`), the same for every application.
        #[serde(rename = "o")]
        object: Guid,
    },
    /// A person at an OpenID Connect provider without tenants: `iss` and `sub` of the ID token.
    OpenId {
        /// The issuer as it stands in the token.
        #[serde(rename = "i")]
        issuer: String,
        /// The subject, unique and never reused at that issuer.
        #[serde(rename = "s")]
        subject: String,
    },
}

impl fmt::Display for UserId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entra { tenant, object } => write!(formatter, "entra:{tenant}:{object}"),
            // An issuer is an address and holds no blank, so the first one ends it.
            Self::OpenId { issuer, subject } => write!(formatter, "openid:{issuer} {subject}"),
        }
    }
}

impl UserId {
    /// For the log. A provider's subject may be an address, and is left out.
    pub(crate) fn loggable(&self) -> Cow<'_, str> {
        match self {
            Self::Entra { .. } => self.to_string().into(),
            Self::OpenId { issuer, .. } => issuer.into(),
        }
    }
}

/// A person as the last ID token described them. In a session it is written as a list in this order.
#[derive(Clone, PartialEq, Deserialize)]
pub(crate) struct Identity {
    pub(crate) id: UserId,
    pub(crate) display_name: Option<String>,
    pub(crate) preferred_username: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) roles: Vec<String>,
    /// Opaque; given back at sign-out so that the provider need not ask which account.
    pub(crate) login_hint: Option<String>,
    /// The claims that `keep_claims` keeps.
    pub(crate) claims: BTreeMap<String, Value>,
    /// The token has roles that nobody can read. It is at the end, and written only where it is so.
    #[serde(default)]
    pub(crate) roles_are_unknown: bool,
}

impl Serialize for Identity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { id, display_name, preferred_username, email, roles, login_hint, claims, roles_are_unknown } = self;
        let known = (id, display_name, preferred_username, email, roles, login_hint, claims);
        if !roles_are_unknown {
            return known.serialize(serializer);
        }
        (id, display_name, preferred_username, email, roles, login_hint, claims, true).serialize(serializer)
    }
}

impl Identity {
    pub(crate) fn tenant(&self) -> Option<Guid> {
        match self.id {
            UserId::Entra { tenant, .. } => Some(tenant),
            UserId::OpenId { .. } => None,
        }
    }
}

/// Names and addresses of people stay out of logs.
impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Identity").field("id", &self.id).finish_non_exhaustive()
    }
}
