//! Access tokens for tests, right and wrong.

mod draft;
mod names;

use serde_json::Value;

use super::jwt::Members;
use super::signed_by::SignedBy;
use super::token_error::TokenError;
use crate::memory::state::State;

/// An access token that is still to be issued. As it stands it is a good one: of version 2.0, for the default
/// application, for its first scope, for the first person of the directory. Everything said about it changes one thing.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use azure_auth_emulator::{Emulator, SignedBy};
///
/// let emulator = Emulator::start().await?;
/// let reader = emulator.access_token().user("alex@contoso.test").scope("Files.Read").issue();
/// let daemon = emulator.access_token().application("Local daemon").issue();
/// let expired = emulator.access_token().expires_in(-600).issue();
/// let forged = emulator.access_token().signed_by(SignedBy::Impostor).issue();
/// # assert_eq!([reader, daemon, expired, forged].map(|token| token.split('.').count()), [3; 4]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct TokenBuilder<'e> {
    state: &'e State,
    kind: Kind,
    caller: Option<CallerName>,
    client: Option<String>,
    scopes: Vec<String>,
    roles: Vec<String>,
    audience: Option<String>,
    tenant: Option<String>,
    version: Option<u8>,
    expires_in: i64,
    groups: Option<Vec<String>>,
    has_idtyp: bool,
    has_overage: bool,
    claims: Members,
    without: Vec<String>,
    header: Members,
    signed_by: SignedBy,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Access,
    Graph,
    Id,
}

#[derive(Clone)]
enum CallerName {
    User(String),
    Application(String),
}

impl<'e> TokenBuilder<'e> {
    pub(crate) fn new(state: &'e State) -> Self {
        Self {
            state,
            kind: Kind::Access,
            caller: None,
            client: None,
            scopes: Vec::new(),
            roles: Vec::new(),
            audience: None,
            tenant: None,
            version: None,
            expires_in: 3600,
            groups: None,
            has_idtyp: false,
            has_overage: false,
            claims: Members::new(),
            without: Vec::new(),
            header: Members::new(),
            signed_by: SignedBy::Tenant,
        }
    }

    /// For this person, by user name or object id.
    pub fn user(mut self, name: impl Into<String>) -> Self {
        self.caller = Some(CallerName::User(name.into()));
        self
    }

    /// For an application without a user, by client id or name: what it was granted stands in `roles`.
    pub fn application(mut self, name: impl Into<String>) -> Self {
        self.caller = Some(CallerName::Application(name.into()));
        self
    }

    /// Asked for by this application, by client id or name, for a person. Otherwise the API asks for itself.
    pub fn client(mut self, name: impl Into<String>) -> Self {
        self.client = Some(name.into());
        self
    }

    /// Adds a scope of the API, by its short name: `Files.Read`. One that is not registered is refused, as everywhere; a
    /// token that is wrong on purpose has `.claim("scp", "Files.Raed")`.
    pub fn scope(mut self, name: impl Into<String>) -> Self {
        self.scopes.push(name.into());
        self
    }

    /// Adds a role that the API defines for such a caller. Those of the directory are left out then. A token with a role
    /// that does not exist has `.claim("roles", json!(["Other"]))`.
    pub fn role(mut self, value: impl Into<String>) -> Self {
        self.roles.push(value.into());
        self
    }

    /// For this audience. If it is the client id or identifier URI of a registration, that is the API.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// From this tenant, by id or domain. Otherwise it is the person's own, or the first one.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// Of this version, 1 or 2. Otherwise the API's registration decides.
    pub fn version(mut self, version: u8) -> Self {
        self.version = Some(version);
        self
    }

    /// Valid for so many seconds from now. A negative number makes it expired.
    pub fn expires_in(mut self, seconds: i64) -> Self {
        self.expires_in = seconds;
        self
    }

    /// With `idtyp`: `app` without a user, `user` with one.
    pub fn idtyp(mut self) -> Self {
        self.has_idtyp = true;
        self
    }

    /// Adds a group, by object id. Those of the directory are left out then.
    pub fn group(mut self, id: impl Into<String>) -> Self {
        self.groups.get_or_insert_default().push(id.into());
        self
    }

    /// With these groups, by object id, instead of those of the directory.
    pub fn groups<Id: Into<String>>(mut self, ids: impl IntoIterator<Item = Id>) -> Self {
        self.groups = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// With a pointer instead of groups, as if there were too many.
    pub fn overage(mut self) -> Self {
        self.has_overage = true;
        self
    }

    /// With this claim, whatever it would have been.
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Without this claim.
    pub fn without(mut self, name: impl Into<String>) -> Self {
        self.without.push(name.into());
        self
    }

    /// With this member of the header, whatever it would have been.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.header.insert(name.into(), value.into());
        self
    }

    /// With the signature of another key, or with none.
    pub fn signed_by(mut self, signed_by: SignedBy) -> Self {
        self.signed_by = signed_by;
        self
    }

    /// A token for Microsoft Graph, which is the wrong kind for every other API. Nobody can verify its signature.
    pub fn graph(mut self) -> Self {
        self.kind = Kind::Graph;
        self
    }

    /// The person's ID token, which is the wrong kind for every API.
    pub fn id_token(mut self) -> Self {
        self.kind = Kind::Id;
        self
    }

    /// Issues it.
    ///
    /// # Panics
    ///
    /// If it names what is not in the directory; [`try_issue`](Self::try_issue) tells instead.
    #[track_caller]
    #[must_use]
    pub fn issue(self) -> String {
        match self.try_issue() {
            Ok(token) => token,
            Err(error) => panic!("{error}"),
        }
    }

    /// Issues it, if everything it names is there.
    pub fn try_issue(self) -> Result<String, TokenError> {
        self.build()
    }
}

impl std::fmt::Debug for TokenBuilder<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TokenBuilder").finish_non_exhaustive()
    }
}
