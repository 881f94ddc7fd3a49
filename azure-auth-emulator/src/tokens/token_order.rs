//! Access tokens made to order, right and wrong, for tests.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use thiserror::Error;

use super::access_token::{AccessToken, Caller};
use super::graph_token::GraphToken;
use super::groups;
use super::id_token;
use super::jwt::{Algorithm, Draft, Members};
use crate::directory::application::Application;
use crate::directory::authority::Authority;
use crate::directory::platform::Platform;
use crate::directory::scopes;
use crate::directory::user::User;
use crate::memory::keys::{KeyRing, SigningKey};
use crate::memory::random::{BACKDATED, now, random_text};
use crate::memory::state::{Grant, State};

/// No browser has this session.
const SESSION: &str = "007d8f10-0000-4000-8000-000000000000";

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
pub struct TokenOrder<'e> {
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

/// Whose signature a token has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignedBy {
    /// That of the key for the token's tenant, as it should be.
    Tenant,
    /// That of the key which is published beside it, and just as good.
    Next,
    /// That of a key of another cloud, which the key set lists all the same.
    ForeignCloud,
    /// That of the key for personal accounts.
    Consumers,
    /// That of a key that left the key set.
    Retired,
    /// That of a key that left the key set, while the header names the right one.
    Impostor,
    /// An HMAC, with the right public key as the secret.
    PublicKey,
    /// None, and the header says so.
    Nobody,
}

/// Why a token could not be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OrderError {
    /// Usual cause: a typing error in the user name.
    #[error("there is no person {found:?}; there are {}", known.join(", "))]
    UnknownUser {
        /// The name as written.
        found: String,
        /// The user names there are.
        known: Vec<String>,
    },
    /// Usual cause: a typing error in the name or client id.
    #[error("there is no application {found:?}; there are {}", known.join(", "))]
    UnknownApplication {
        /// The name as written.
        found: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// Usual cause: a typing error in the id or domain.
    #[error("there is no tenant {found:?}; there are {}", known.join(", "))]
    UnknownTenant {
        /// The name as written.
        found: String,
        /// The first domains of those there are.
        known: Vec<String>,
    },
    /// The token is for a person, and no person is there.
    #[error("nobody is at home in the tenant {tenant}; name a user, or an application")]
    NobodyThere {
        /// The id of the tenant.
        tenant: String,
    },
    /// A person's token needs a scope.
    #[error("{application:?} exposes no scope; name one")]
    NoScope {
        /// The name of the API.
        application: String,
    },
    /// Usual cause: a typing error, or a scope that was never registered.
    #[error(
        "{}; in code, a token that is wrong on purpose has `.claim(\"scp\", …)` instead",
        scopes::unknown_scope(found, application).description_alone()
    )]
    UnknownScope {
        /// The scope as written.
        found: String,
        /// The API, with the scopes that it has.
        application: Box<Application>,
    },
    /// Usual cause: a typing error, or a role that was never defined, or for the other kind of caller.
    #[error(
        "found the role {found:?}, which {application:?} does not define for {callers}; it has {}; define it \
         (`Application::app_role`, `Application::app_role_for_applications`), or in code, for a token that is wrong on \
         purpose, write `.claim(\"roles\", …)`",
        listed(known)
    )]
    UnknownRole {
        /// The role as written.
        found: String,
        /// The name of the API.
        application: String,
        /// `people` or `applications`.
        callers: &'static str,
        /// The roles that it has for them.
        known: Vec<String>,
    },
    /// There are two.
    #[error("access tokens are of version 1 or 2, not {found}")]
    WrongVersion {
        /// The version as written.
        found: u8,
    },
}

fn listed(known: &[String]) -> String {
    if known.is_empty() { "none".to_owned() } else { known.join(", ") }
}

impl<'e> TokenOrder<'e> {
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
    pub fn try_issue(self) -> Result<String, OrderError> {
        let mut draft = match self.kind {
            Kind::Access => self.access_token()?.draft(self.state),
            Kind::Graph => self.graph_token()?,
            Kind::Id => id_token::entra(self.state, &self.grant()?),
        };
        self.change(&mut draft);
        Ok(self.sign(draft))
    }

    fn access_token(&self) -> Result<AccessToken<'e>, OrderError> {
        let resource = self.resource();
        let client = self.client_application()?;
        let version = self.version.unwrap_or(resource.access_token_version);
        if !matches!(version, 1 | 2) {
            return Err(OrderError::WrongVersion { found: version });
        }
        let caller = match self.user_or_none()? {
            Some(user) => Caller::User {
                user,
                sid: SESSION,
                platform: Platform::Web,
                scopes: self.scopes_at(resource)?,
                roles: self.roles_at(resource, || self.state.directory.roles(user, resource))?,
            },
            None => Caller::Application { roles: self.roles_at(resource, || client.roles_on(resource))? },
        };
        Ok(AccessToken {
            tenant: self.tenant_id()?,
            client,
            resource,
            audience: resource.uri(),
            version,
            caller,
            lifetime: 3600,
        })
    }

    fn graph_token(&self) -> Result<Draft, OrderError> {
        let (tenant, client) = (self.tenant_id()?, self.client_application()?);
        let user = self.user_or_none()?;
        let scopes = if self.scopes.is_empty() { "openid profile User.Read".to_owned() } else { self.scopes.join(" ") };
        let token = GraphToken {
            tenant,
            client_id: &client.client_id,
            object: user.map_or_else(|| client.oid(tenant), User::oid),
            scopes: user.map(|_| scopes),
            lifetime: 3600,
        };
        Ok(token.draft(self.state))
    }

    fn grant(&self) -> Result<Grant, OrderError> {
        let tenant = self.tenant_id()?.to_owned();
        let user = match self.user_or_none()? {
            Some(user) => user,
            None => self.first_person(&tenant)?,
        };
        Ok(Grant {
            authority: Authority::Tenant(tenant.clone()),
            tenant,
            user: user.clone(),
            sid: SESSION.to_owned(),
            client_id: self.client_application()?.client_id.clone(),
            redirect_uri: String::new(),
            platform: Platform::Web,
            scope: "openid profile email".to_owned(),
            nonce: Some(random_text()),
            code_challenge: None,
            issued: Instant::now(),
            is_used: false,
        })
    }

    fn change(&self, draft: &mut Draft) {
        let Draft { header, claims, .. } = draft;
        let expires = now().saturating_add_signed(self.expires_in);
        // A token was issued before it expired.
        let issued = (now() - BACKDATED).min(expires.saturating_sub(3600));
        for (name, value) in [("iat", issued), ("nbf", issued), ("exp", expires)] {
            claims.insert(name.to_owned(), json!(value));
        }
        claims.extend(self.audience.clone().map(|audience| ("aud".to_owned(), json!(audience))));
        if self.has_idtyp {
            let idtyp = if matches!(self.caller, Some(CallerName::Application(_))) { "app" } else { "user" };
            claims.insert("idtyp".to_owned(), json!(idtyp));
        }
        self.change_groups(claims);
        claims.extend(self.claims.clone());
        claims.retain(|name, _| !self.without.contains(name));
        header.extend(self.header.clone());
    }

    fn change_groups(&self, claims: &mut Members) {
        if self.groups.is_none() && !self.has_overage {
            return;
        }
        claims.retain(|name, _| !matches!(name.as_str(), "groups" | "_claim_names" | "_claim_sources"));
        let claim = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
        let (tenant, object) = (claim("tid"), claim("oid"));
        let groups = match &self.groups {
            Some(groups) if !self.has_overage => groups::claims(groups, tenant, object),
            _ => groups::overage(tenant, object),
        };
        claims.extend(groups);
    }

    fn sign(&self, mut draft: Draft) -> String {
        let (algorithm, names_key) = match self.signed_by {
            SignedBy::Nobody => (Algorithm::None, true),
            SignedBy::PublicKey => (Algorithm::Hs256WithPublicKey, true),
            SignedBy::Impostor => (Algorithm::Rs256, false),
            _ => (Algorithm::Rs256, true),
        };
        if let Some(key) = self.signed_by.key(&self.state.keys()) {
            draft.key = key;
        }
        for (name, value) in [("alg", algorithm.name()), ("kid", &draft.key.id)] {
            if !self.header.contains_key(name) && (names_key || name != "kid") {
                draft.header.insert(name.to_owned(), json!(value));
            }
        }
        match self.kind {
            Kind::Graph => draft.sign_other(&random_text()),
            _ => draft.sign(algorithm),
        }
    }

    /// The API that the token is for.
    fn resource(&self) -> &'e Application {
        let directory = &self.state.directory;
        let named = self.audience.as_deref().and_then(|audience| directory.resource(audience));
        // An emulator does not start without an application.
        named.unwrap_or(&directory.applications[0])
    }

    /// Who asked for the token.
    fn client_application(&self) -> Result<&'e Application, OrderError> {
        let name = match &self.caller {
            Some(CallerName::Application(name)) => Some(name),
            _ => self.client.as_ref(),
        };
        let Some(name) = name else { return Ok(self.resource()) };
        let directory = &self.state.directory;
        directory.application_by_name(name).ok_or_else(|| OrderError::UnknownApplication {
            found: name.clone(),
            known: directory.applications.iter().map(|application| application.name.clone()).collect(),
        })
    }

    fn user_or_none(&self) -> Result<Option<&'e User>, OrderError> {
        let directory = &self.state.directory;
        match &self.caller {
            Some(CallerName::Application(_)) => Ok(None),
            Some(CallerName::User(name)) => {
                let unknown = || OrderError::UnknownUser {
                    found: name.clone(),
                    known: directory.users().map(|user| user.user_name.clone()).collect(),
                };
                directory.user_by_name(name).map(Some).ok_or_else(unknown)
            }
            None => self.first_person(self.named_tenant()?.unwrap_or(&directory.tenants[0].id)).map(Some),
        }
    }

    fn first_person(&self, tenant: &str) -> Result<&'e User, OrderError> {
        let mut users = self.state.directory.users();
        let found = users.find(|user| user.home_tenant() == tenant);
        found.ok_or_else(|| OrderError::NobodyThere { tenant: tenant.to_owned() })
    }

    fn tenant_id(&self) -> Result<&'e str, OrderError> {
        if let Some(tenant) = self.named_tenant()? {
            return Ok(tenant);
        }
        Ok(self.user_or_none()?.map_or(&self.state.directory.tenants[0].id, User::home_tenant))
    }

    fn named_tenant(&self) -> Result<Option<&'e str>, OrderError> {
        let Some(name) = &self.tenant else { return Ok(None) };
        let tenants = &self.state.directory.tenants;
        match tenants.iter().find(|tenant| tenant.is_named(name)) {
            Some(tenant) => Ok(Some(tenant.tenant_id())),
            None => Err(OrderError::UnknownTenant {
                found: name.clone(),
                known: tenants.iter().filter_map(|tenant| tenant.domains().first().cloned()).collect(),
            }),
        }
    }

    fn scopes_at(&self, resource: &Application) -> Result<Vec<String>, OrderError> {
        if !self.scopes.is_empty() {
            let unknown = |found: &String| OrderError::UnknownScope {
                found: found.clone(),
                application: resource.clone().into(),
            };
            let registered = |scope: &String| resource.registered_scope(scope).map(ToOwned::to_owned);
            return self.scopes.iter().map(|scope| registered(scope).ok_or_else(|| unknown(scope))).collect();
        }
        let first = resource.scopes.first().cloned();
        first.map(|scope| vec![scope]).ok_or_else(|| OrderError::NoScope { application: resource.name.clone() })
    }

    fn roles_at(
        &self,
        resource: &Application,
        of_directory: impl FnOnce() -> Vec<String>,
    ) -> Result<Vec<String>, OrderError> {
        if self.roles.is_empty() {
            return Ok(of_directory());
        }
        let is_application = matches!(self.caller, Some(CallerName::Application(_)));
        let known = self.state.directory.known_roles(resource, is_application);
        match self.roles.iter().find(|role| !known.contains(&role.as_str())) {
            None => Ok(self.roles.clone()),
            Some(found) => Err(OrderError::UnknownRole {
                found: found.clone(),
                application: resource.name.clone(),
                callers: if is_application { "applications" } else { "people" },
                known: known.into_iter().map(ToOwned::to_owned).collect(),
            }),
        }
    }
}

impl SignedBy {
    /// The key in the place of the right one.
    fn key(self, keys: &KeyRing) -> Option<Arc<SigningKey>> {
        let key = match self {
            Self::Next => &keys.next,
            Self::ForeignCloud => &keys.foreign,
            Self::Consumers => &keys.consumers,
            Self::Retired | Self::Impostor => &keys.retired,
            Self::Tenant | Self::PublicKey | Self::Nobody => return None,
        };
        Some(key.clone())
    }
}

impl std::fmt::Debug for TokenOrder<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TokenOrder").finish_non_exhaustive()
    }
}
