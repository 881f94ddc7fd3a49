//! The caller, as handlers see them.

use std::fmt;
use std::sync::Arc;

use poem::{FromRequest, Request, RequestBody, Result};
use serde::de::DeserializeOwned;

use super::application::Mounted;
use super::caller;
use super::opened_session::OpenedSession;
use super::request_cell::RequestCell;
use super::user::User;
use crate::io::ended;
use crate::model::guid::Guid;
use crate::model::principal::{self as model, ApplicationIdentity, Evidence, Party};
use crate::rules::admission::NotAdmitted;

/// An application that calls without a person, by client credentials.
///
/// As an argument it authenticates by itself, as [`User`] does. The handler needs `application_roles`, or an
/// `application_role(…)` in `allow`, or none is admitted. `application_roles` alone admits applications only.
///
/// ```
/// use azure_auth::Application;
/// use poem::handler;
///
/// #[azure_auth::protect(application_roles = "Files.Read.All")]
/// #[handler]
/// fn nightly_export(application: Application) -> String {
///     format!("for {}", application.client_id())
/// }
/// ```
#[derive(Clone)]
pub struct Application {
    identity: Arc<ApplicationIdentity>,
}

/// Whoever calls: a person or an application.
///
/// ```
/// use azure_auth::Principal;
/// use poem::handler;
///
/// #[azure_auth::protect(scopes = "Files.Read", application_roles = "Files.Read.All")]
/// #[handler]
/// fn files(principal: Principal) -> String {
///     match principal.user() {
///         Some(user) => format!("files of {}", user.id()),
///         None => "all files".to_owned(),
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Principal {
    inner: Arc<model::Principal>,
    mounted: Arc<Mounted>,
    /// The session that proved it, if one did.
    session: Option<Arc<OpenedSession>>,
}

impl Application {
    /// The client id in its registration (`azp` or `appid`).
    pub fn client_id(&self) -> &str {
        &self.identity.client_id
    }

    /// The object id of its service principal in the tenant (`oid`).
    pub fn object_id(&self) -> Option<Guid> {
        self.identity.object
    }

    /// The tenant that issued its token.
    pub fn tenant_id(&self) -> Guid {
        self.identity.tenant
    }

    /// The application permissions it was granted (`roles`).
    pub fn roles(&self) -> &[String] {
        &self.identity.roles
    }
}

impl Principal {
    /// The person, if it is one.
    pub fn user(&self) -> Option<User> {
        match &self.inner.party {
            Party::User(identity) => Some(User::new(identity.clone())),
            Party::Application(_) => None,
        }
    }

    /// The application, if it calls without a person.
    pub fn application(&self) -> Option<Application> {
        match &self.inner.party {
            Party::User(_) => None,
            Party::Application(identity) => Some(Application { identity: identity.clone() }),
        }
    }

    /// Whether the caller has this app role. Where the provider writes roles in a form that nobody can read, the answer is
    /// no: let nobody in because of it. `!role(…)` in a declaration knows the difference.
    pub fn has_role(&self, role: &str) -> bool {
        self.inner.roles().iter().any(|found| found == role)
    }

    /// Whether the client may do this for the person (`scp`). A session is the application itself and is not limited.
    pub fn has_scope(&self, scope: &str) -> bool {
        match &self.inner.evidence {
            Evidence::Session => true,
            Evidence::Bearer(permissions) => permissions.contains(scope),
        }
    }

    /// The caller's tenant; none at a provider without tenants.
    pub fn tenant_id(&self) -> Option<Guid> {
        self.inner.tenant()
    }

    /// What the application [remembered](crate::SignIn::remember) when the session began; `None` without a session, or if it
    /// remembered nothing.
    ///
    /// # Errors
    /// What it remembered does not fit the type.
    pub fn session_data<T: DeserializeOwned>(&self) -> Result<Option<T>, serde_json::Error> {
        let data = self.session.as_ref().and_then(|session| session.stored.record.data.as_ref());
        data.map(T::deserialize).transpose()
    }

    /// Ends when the principal does: the token or session expires, or the session is signed out. For what outlives
    /// its request, such as a WebSocket: close it then, with status 4401.
    ///
    /// A session that is idle from now on ends after its idle time; its other requests do not put that off here.
    pub async fn ended(&self) {
        match (&self.session, &self.mounted.application.sessions) {
            (Some(session), Some(store)) => session.ended(store.as_ref()).await,
            _ => ended::at(self.inner.ends_at).await,
        }
    }
}

/// Names and addresses stay out of logs.
impl fmt::Debug for Application {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Application").field("client_id", &self.identity.client_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Principal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Principal").field("party", &self.inner.party).finish_non_exhaustive()
    }
}

impl<'a> FromRequest<'a> for Principal {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let cell = caller::cell(request)?;
        let inner = caller::authenticated(cell, request).await?;
        Ok(Self::new(inner, cell))
    }
}

impl<'a> FromRequest<'a> for User {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let cell = caller::cell(request)?;
        match &caller::authenticated(cell, request).await?.party {
            Party::User(identity) => Ok(Self::new(identity.clone())),
            Party::Application(_) => Err(caller::refused(cell, request, &NotAdmitted::UserRequired).into()),
        }
    }
}

impl<'a> FromRequest<'a> for Application {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let cell = caller::cell(request)?;
        match &caller::authenticated(cell, request).await?.party {
            Party::Application(identity) => Ok(Self { identity: identity.clone() }),
            Party::User(_) => Err(caller::refused(cell, request, &NotAdmitted::ApplicationRequired).into()),
        }
    }
}

impl Principal {
    pub(crate) fn new(inner: Arc<model::Principal>, cell: &RequestCell) -> Self {
        Self { inner, mounted: cell.mounted.clone(), session: cell.opened_session().cloned() }
    }
}
