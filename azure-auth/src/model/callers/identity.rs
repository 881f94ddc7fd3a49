//! Who is signed in.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use azure_auth_policy::Guid;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use thiserror::Error;

/// What names a person for good. Everything else about them may change; nothing else authorizes.
///
/// Its text form is stable and fit for a database key: `entra:<tenant>:<object>` or `openid:<issuer> <subject>`. It is read
/// back by [`FromStr`], which takes nothing but what was printed, and Serde writes and reads the same text.
///
/// ```
/// use azure_auth::UserId;
///
/// let key = "entra:33333333-cccc-4ddd-8eee-444444444444:55555555-eeee-4fff-8aaa-666666666666";
/// let owner: UserId = key.parse()?;
/// assert_eq!(owner.to_string(), key);
/// # Ok::<(), azure_auth::UserIdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum UserId {
    /// A person in a Microsoft Entra ID tenant: `tid` and `oid` of the ID token.
    Entra {
        /// The tenant the person signed in to (`tid`).
        tenant: Guid,
        /// The person's object in that tenant (`oid`), the same for every application.
        object: Guid,
    },
    /// A person at an OpenID Connect provider without tenants: `iss` and `sub` of the ID token.
    OpenId {
        /// The issuer as it is written in the token.
        issuer: String,
        /// The subject, unique and never reused at that issuer.
        subject: String,
    },
}

/// The text is not one that a [`UserId`] prints.
///
/// ```
/// use azure_auth::{UserId, UserIdError};
///
/// assert_eq!("adele@contoso.com".parse::<UserId>(), Err(UserIdError));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "not the id of a person; expected `entra:<tenant>:<object>` with two ids in lower case, or `openid:<issuer> <subject>`"
)]
pub struct UserIdError;

impl fmt::Display for UserId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entra { tenant, object } => write!(formatter, "entra:{tenant}:{object}"),
            // An issuer is an address and holds no blank, so the first one ends it.
            Self::OpenId { issuer, subject } => write!(formatter, "openid:{issuer} {subject}"),
        }
    }
}

/// One person, one text: a key in capitals would be another key of the same person.
impl FromStr for UserId {
    type Err = UserIdError;

    fn from_str(text: &str) -> Result<Self, UserIdError> {
        let read = match text.split_once(':').ok_or(UserIdError)? {
            ("entra", ids) => {
                let (tenant, object) = ids.split_once(':').ok_or(UserIdError)?;
                let id = |text: &str| text.parse().map_err(|_| UserIdError);
                Self::Entra { tenant: id(tenant)?, object: id(object)? }
            }
            ("openid", names) => {
                let (issuer, subject) = names.split_once(' ').ok_or(UserIdError)?;
                if issuer.is_empty() || subject.is_empty() {
                    return Err(UserIdError);
                }
                Self::OpenId { issuer: issuer.to_owned(), subject: subject.to_owned() }
            }
            _ => return Err(UserIdError),
        };
        if read.to_string() == text { Ok(read) } else { Err(UserIdError) }
    }
}

impl Serialize for UserId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UserId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// As sessions hold it, in as few letters as it takes.
#[derive(Serialize, Deserialize)]
#[serde(remote = "UserId", rename_all = "lowercase")]
enum StoredUserId {
    Entra {
        #[serde(rename = "t")]
        tenant: Guid,
        #[serde(rename = "o")]
        object: Guid,
    },
    OpenId {
        #[serde(rename = "i")]
        issuer: String,
        #[serde(rename = "s")]
        subject: String,
    },
}

/// The same where it is written without a member of its own.
#[derive(Serialize)]
#[serde(transparent)]
struct Stored<'i>(#[serde(with = "StoredUserId")] &'i UserId);

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
    #[serde(with = "StoredUserId")]
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
        let id = Stored(id);
        let known = (&id, display_name, preferred_username, email, roles, login_hint, claims);
        if !roles_are_unknown {
            return known.serialize(serializer);
        }
        (&id, display_name, preferred_username, email, roles, login_hint, claims, true).serialize(serializer)
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

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "33333333-cccc-4ddd-8eee-444444444444";
    const OBJECT: &str = "55555555-eeee-4fff-8aaa-666666666666";

    fn ids() -> [UserId; 3] {
        let openid = |subject: &str| UserId::OpenId {
            issuer: "https://accounts.example:8443/x".to_owned(),
            subject: subject.to_owned(),
        };
        let entra = UserId::Entra { tenant: TENANT.parse().unwrap(), object: OBJECT.parse().unwrap() };
        [entra, openid("248289761001"), openid("auth0|a b: c")]
    }

    #[test]
    fn what_an_id_prints_is_read_back_as_the_same_id() {
        for id in ids() {
            assert_eq!(id.to_string().parse(), Ok(id.clone()));
            let json = serde_json::to_string(&id).unwrap();
            assert_eq!(json, serde_json::to_string(&id.to_string()).unwrap());
            assert_eq!(serde_json::from_str::<UserId>(&json).unwrap(), id);
        }
    }

    #[test]
    fn nothing_else_is_an_id() {
        for text in [
            String::new(),
            "entra".to_owned(),
            format!("entra:{TENANT}"),
            format!("entra:{TENANT}:"),
            format!("entra:{TENANT}:{OBJECT}:"),
            format!("entra:{TENANT}:{}", OBJECT.to_uppercase()),
            format!("Entra:{TENANT}:{OBJECT}"),
            format!(" entra:{TENANT}:{OBJECT}"),
            format!("entra:{TENANT}:{OBJECT}\n"),
            format!("{TENANT}:{OBJECT}"),
            "openid:https://accounts.example".to_owned(),
            "openid:https://accounts.example ".to_owned(),
            "openid: 248289761001".to_owned(),
            "other:a b".to_owned(),
        ] {
            assert_eq!(text.parse::<UserId>(), Err(UserIdError), "{text:?}");
            assert!(serde_json::from_value::<UserId>(Value::String(text)).is_err());
        }
    }

    #[test]
    fn sessions_hold_an_id_as_they_always_did() {
        let [entra, openid, _] = ids();
        for (id, expected) in [
            (entra, serde_json::json!({"entra": {"t": TENANT, "o": OBJECT}})),
            (openid, serde_json::json!({"openid": {"i": "https://accounts.example:8443/x", "s": "248289761001"}})),
        ] {
            assert_eq!(serde_json::to_value(Stored(&id)).unwrap(), expected);
            let identity = serde_json::json!([expected, null, null, null, [], null, {}]);
            assert_eq!(serde_json::from_value::<Identity>(identity).unwrap().id, id);
        }
    }
}
