//! The caller, as handlers see them.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use azure_auth_policy::{Guid, Policy};
use poem::{FromRequest, Request, RequestBody, Result};
use serde::de::DeserializeOwned;

use crate::io::sessions::session_end;
use crate::model::answer::Answer;
use crate::model::callers::principal as model;
use crate::model::callers::principal::{ApplicationIdentity, Evidence, Party};
use crate::model::downstream::need::Need;
use crate::model::policies::vocabulary::{AppRoleName, GroupName, PolicyName, ScopeName};
use crate::model::unix_time::UnixTime;
use crate::rules::policy::admission::{self, NotAdmitted};
use crate::web::application::opened_session::OpenedSession;
use crate::web::application::user::User;
use crate::web::request::authentication;
use crate::web::request::context::RequestContext;
use crate::web::request::findings::Findings;
#[cfg(feature = "azure-sdk")]
use crate::web::tokens::sdk_credential::DeclaredApis;

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
///
/// It also says how the caller came, and what is known of them. What is not known is neither yes nor no:
///
/// ```
/// use azure_auth::{CredentialKind, Principal};
/// use poem::handler;
///
/// #[azure_auth::protect]
/// #[handler]
/// fn desk(principal: Principal) -> String {
///     let by = match principal.credential() {
///         CredentialKind::Session => "a browser",
///         _ => principal.client_id().unwrap_or("an unknown client"),
///     };
///     let shows_everything = principal.has_role("Admin").is_yes();
///     format!("opened by {by}, everything: {shows_everything}, until {:?}", principal.expires_at())
/// }
/// ```
#[derive(Clone)]
pub struct Principal {
    pub(crate) inner: Arc<model::Principal>,
    pub(super) application: Arc<crate::web::application::state::Application>,
    /// The session that proved it, if one did.
    pub(super) session: Option<Arc<OpenedSession>>,
    #[cfg(feature = "azure-sdk")]
    pub(super) declared: DeclaredApis,
}

/// What proved a caller.
///
/// More kinds may come: a `match` needs an arm for the rest.
///
/// ```
/// use azure_auth::{CredentialKind, Principal};
///
/// fn is_a_browser(principal: &Principal) -> bool {
///     principal.credential() == CredentialKind::Session
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CredentialKind {
    /// The session of a browser.
    Session,
    /// An access token in the `Authorization` header, or one in hand.
    AccessToken,
}

/// As programs know points in time. Whoever writes a later year into a token means "never".
pub(super) fn system_time(time: UnixTime) -> SystemTime {
    let since_1970 = Duration::from_secs(time.0);
    SystemTime::UNIX_EPOCH
        .checked_add(since_1970)
        .unwrap_or(SystemTime::UNIX_EPOCH + Duration::from_secs(UnixTime::END_OF_YEAR_9999.0))
}

impl Application {
    /// The client id in its registration (`azp` or `appid`).
    ///
    /// ```
    /// # fn example(application: &azure_auth::Application) {
    /// println!("called by {}", application.client_id());
    /// # }
    /// ```
    pub fn client_id(&self) -> &str {
        &self.identity.client_id
    }

    /// The object id of its service principal in the tenant (`oid`).
    ///
    /// ```
    /// # fn example(application: &azure_auth::Application) -> Option<String> {
    /// application.object_id().map(|id| id.to_string())
    /// # }
    /// ```
    pub fn object_id(&self) -> Option<Guid> {
        self.identity.object
    }

    /// The tenant that issued its token.
    ///
    /// ```
    /// # fn example(application: &azure_auth::Application, customer: azure_auth::Guid) -> bool {
    /// application.tenant_id() == customer
    /// # }
    /// ```
    pub fn tenant_id(&self) -> Guid {
        self.identity.tenant
    }

    /// The application permissions it was granted (`roles`).
    ///
    /// ```
    /// # fn example(application: &azure_auth::Application) -> String {
    /// format!("granted: {}", application.roles().join(", "))
    /// # }
    /// ```
    pub fn roles(&self) -> &[String] {
        &self.identity.roles
    }
}

#[expect(clippy::needless_pass_by_value, reason = "names are texts and items, which nobody wants to borrow")]
impl Principal {
    /// The person, if it is one.
    ///
    /// ```
    /// # fn example(principal: &azure_auth::Principal) -> Option<String> {
    /// principal.user().map(|user| user.id().to_string())
    /// # }
    /// ```
    pub fn user(&self) -> Option<User> {
        match &self.inner.party {
            Party::User(identity) => Some(User::new(identity.clone())),
            Party::Application(_) => None,
        }
    }

    /// The application, if it calls without a person.
    ///
    /// ```
    /// # fn example(principal: &azure_auth::Principal) -> bool {
    /// let is_a_job = principal.application().is_some();
    /// # is_a_job
    /// # }
    /// ```
    pub fn application(&self) -> Option<Application> {
        match &self.inner.party {
            Party::User(_) => None,
            Party::Application(identity) => Some(Application { identity: identity.clone() }),
        }
    }

    /// What proved the caller.
    ///
    /// ```
    /// # fn example(principal: &azure_auth::Principal) -> &'static str {
    /// match principal.credential() {
    ///     azure_auth::CredentialKind::Session => "a browser",
    ///     _ => "a program",
    /// }
    /// # }
    /// ```
    pub fn credential(&self) -> CredentialKind {
        match &self.inner.evidence {
            Evidence::Session => CredentialKind::Session,
            Evidence::Bearer(_) => CredentialKind::AccessToken,
        }
    }

    /// The client through which the caller came: of a token the application that asked for it (`azp` or `appid`), of a session
    /// this application itself. `None`: a token that names no client.
    ///
    /// ```
    /// # fn example(principal: &azure_auth::Principal) {
    /// println!("through {}", principal.client_id().unwrap_or("an unknown client"));
    /// # }
    /// ```
    pub fn client_id(&self) -> Option<&str> {
        match &self.inner.evidence {
            Evidence::Session => Some(&self.application.configuration.client.id),
            Evidence::Bearer(_) => self.inner.client_id.as_deref(),
        }
    }

    /// What the client may do for the person (`scp`), which is nothing where an application calls for itself. `None`: a
    /// session, which is the application itself and is not limited by scopes.
    ///
    /// ```
    /// # fn example(principal: &azure_auth::Principal) -> usize {
    /// principal.scopes().map_or(0, Iterator::count)
    /// # }
    /// ```
    pub fn scopes(&self) -> Option<impl Iterator<Item = &str>> {
        match &self.inner.evidence {
            Evidence::Session => None,
            Evidence::Bearer(permissions) => Some(permissions.names()),
        }
    }

    /// From when on the credential proves nothing: of a token its `exp`, with the leeway for clocks. Of a session the end
    /// of its idle time or of its whole time, whichever comes first; another request puts the first of them off.
    ///
    /// ```
    /// # fn example(principal: &azure_auth::Principal) -> std::time::Duration {
    /// let time_left = principal.expires_at().duration_since(std::time::SystemTime::now()).unwrap_or_default();
    /// # time_left
    /// # }
    /// ```
    pub fn expires_at(&self) -> SystemTime {
        system_time(self.inner.ends_at)
    }

    /// Whether the person has this app role, as `role(…)` in a declaration is judged: of an application without a person it
    /// is unknown, and so it is where the provider writes roles in a form that nobody can read.
    ///
    /// ```
    /// # fn example(principal: &azure_auth::Principal) -> bool {
    /// principal.has_role("Admin").is_yes()
    /// # }
    /// ```
    pub fn has_role(&self, role: impl AppRoleName) -> Answer {
        admission::ask(&Policy::Role(role.app_role()), &self.inner)
    }

    /// Whether the application without a person has this app role, as `application_role(…)` is judged: of a person it is
    /// unknown.
    ///
    /// ```
    /// # fn example(principal: &azure_auth::Principal) -> bool {
    /// principal.has_application_role("Files.Read.All").is_yes()
    /// # }
    /// ```
    pub fn has_application_role(&self, role: impl AppRoleName) -> Answer {
        admission::ask(&Policy::ApplicationRole(role.app_role()), &self.inner)
    }

    /// Whether the client may do this for the person (`scp`), as `scope(…)` is judged. A session is the application itself and
    /// is not limited; of an application without a person it is unknown.
    ///
    /// ```
    /// # fn example(principal: &azure_auth::Principal) -> bool {
    /// principal.has_scope("Files.ReadWrite").is_yes()
    /// # }
    /// ```
    pub fn has_scope(&self, scope: impl ScopeName) -> Answer {
        admission::ask(&Policy::Scope(scope.scope()), &self.inner)
    }

    /// Whether the person belongs to this group, as `group(…)` is judged. It is unknown of an application, where the token
    /// says nothing of groups, and of a session where neither the table nor [`AzureAuthBuilder::groups`](crate::AzureAuthBuilder::groups) names
    /// the group.
    ///
    /// ```
    /// azure_auth::app! { groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222") } }
    ///
    /// # fn example(principal: &azure_auth::Principal) -> &'static str {
    /// match principal.has_group(Staff) {
    ///     azure_auth::Answer::Yes => "on the payroll",
    ///     azure_auth::Answer::No => "a guest",
    ///     azure_auth::Answer::Unknown => "sign in again, so that we learn it",
    /// }
    /// # }
    /// ```
    pub fn has_group(&self, group: impl GroupName) -> Answer {
        admission::ask(&Policy::Group(group.group()), &self.inner)
    }

    /// Whether the caller meets a policy of [`app!`](crate::app), as its name in `allow` is judged: unknown stays unknown, and
    /// an application meets a policy only by an application role that the policy names and the application has.
    ///
    /// Groups that the policy names are asked for at sign-in where a declaration uses the policy; otherwise name them in
    /// the builder, or they are unknown.
    ///
    /// # Example
    ///
    /// ```
    /// use azure_auth::{Answer, Principal};
    /// use poem::handler;
    ///
    /// azure_auth::app! {
    ///     roles: { Writer, Admin },
    ///     policies: { Editor = role(Writer) || role(Admin) },
    /// }
    ///
    /// #[azure_auth::protect]
    /// #[handler]
    /// fn page(principal: Principal) -> &'static str {
    ///     match principal.satisfies::<Editor>() {
    ///         Answer::Yes => "a page with a pen",
    ///         Answer::No | Answer::Unknown => "a page",
    ///     }
    /// }
    /// ```
    pub fn satisfies<P: PolicyName>(&self) -> Answer {
        admission::ask(const { &P::POLICY }, &self.inner)
    }

    /// The caller's tenant; none at a provider without tenants.
    ///
    /// ```
    /// # fn example(principal: &azure_auth::Principal) -> String {
    /// principal.tenant_id().map_or("no tenant".to_owned(), |tenant| tenant.to_string())
    /// # }
    /// ```
    pub fn tenant_id(&self) -> Option<Guid> {
        self.inner.tenant()
    }

    /// What the application [remembered](crate::SignIn::remember) when the session began; `None` without a session, or if it
    /// remembered nothing.
    ///
    /// ```
    /// #[derive(serde::Deserialize)]
    /// struct Desk {
    ///     number: u16,
    /// }
    ///
    /// # fn example(principal: &azure_auth::Principal) -> Result<Option<u16>, serde_json::Error> {
    /// let desk: Option<Desk> = principal.session_data()?;
    /// # Ok(desk.map(|desk| desk.number))
    /// # }
    /// ```
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
    ///
    /// ```
    /// # async fn next_message() {}
    /// # async fn close() {}
    /// # async fn example(principal: azure_auth::Principal) {
    /// tokio::select! {
    ///     () = principal.ended() => close().await,
    ///     () = next_message() => {}
    /// }
    /// # }
    /// ```
    pub async fn ended(&self) {
        match (&self.session, &self.application.sessions) {
            (Some(session), Some(store)) => session.ended(store.as_ref()).await,
            _ => session_end::at(self.inner.ends_at).await,
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
        let context = RequestContext::of(request)?;
        let inner = authentication::authenticate(&context).await.map_err(authentication::error)?;
        Ok(Self::new(inner, context.findings))
    }
}

impl<'a> FromRequest<'a> for User {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let context = RequestContext::of(request)?;
        match &authentication::authenticate(&context).await.map_err(authentication::error)?.party {
            Party::User(identity) => Ok(Self::new(identity.clone())),
            Party::Application(_) => {
                Err(authentication::error(authentication::refuse(&context, &NotAdmitted::UserRequired)))
            }
        }
    }
}

impl<'a> FromRequest<'a> for Application {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let context = RequestContext::of(request)?;
        match &authentication::authenticate(&context).await.map_err(authentication::error)?.party {
            Party::Application(identity) => Ok(Self { identity: identity.clone() }),
            Party::User(_) => {
                Err(authentication::error(authentication::refuse(&context, &NotAdmitted::ApplicationRequired)))
            }
        }
    }
}

impl Principal {
    pub(crate) fn new(inner: Arc<model::Principal>, findings: &Findings) -> Self {
        let application = findings.mounted.application.clone();
        Self {
            inner,
            application,
            session: findings.opened_session().cloned(),
            #[cfg(feature = "azure-sdk")]
            declared: DeclaredApis { handler: findings.guard_notes.needs(), mounted: Some(findings.mounted.clone()) },
        }
    }

    /// The principal of a token that came without a request. `needs`: of the guard that admitted it.
    #[cfg_attr(not(feature = "azure-sdk"), allow(unused_variables, reason = "nobody else asks"))]
    pub(crate) fn of_token(
        inner: Arc<model::Principal>,
        application: Arc<crate::web::application::state::Application>,
        needs: &'static [Need],
    ) -> Self {
        Self {
            inner,
            application,
            session: None,
            #[cfg(feature = "azure-sdk")]
            declared: DeclaredApis { handler: vec![needs], mounted: None },
        }
    }
}
