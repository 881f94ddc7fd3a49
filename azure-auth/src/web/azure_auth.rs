//! The outermost layer of an application.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use poem::http::StatusCode;
use poem::http::header::{CACHE_CONTROL, HeaderValue, SET_COOKIE, VARY};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};
use secrecy::SecretString;

use super::application::{Application, Mounted, TableFacts};
use super::endpoints::Endpoints;
use super::events::{AnySessionEvents, NoEvents, SessionEvents, SignOut};
use super::pages::{Page, Pages, protect};
use super::readiness::{Readiness, ReadyEndpoint};
use super::refused::Refused;
use super::request_cell::RequestCell;
use super::session_storage::{self, StoreCredentials};
use super::{callback, front_channel, request_facts, session, session_watch, sign_in, sign_out, who_am_i};
use crate::io::clock;
use crate::io::provider::Provider;
#[cfg(feature = "redis")]
use crate::io::redis_credentials::{RedisCredentials, RedisCredentialsSource};
use crate::io::transport::Transport;
use crate::model::configuration::{AuthPaths, Configuration};
use crate::model::groups::GroupsInQuestion;
use crate::model::guid::Guid;
use crate::model::identity::UserId;
use crate::model::tenants::AcceptedTenants;
use crate::rules::configuration::{self, ConfigurationError, Settings};
use crate::rules::seal::{Purpose, SealingKeys};

/// Makes the declarations of an application true: sign-in, sessions, sign-out, and the refusals.
///
/// It is the outermost layer, answers its own paths, and hands everything else to the application.
///
/// ```no_run
/// use azure_auth::AzureAuth;
/// use poem::{get, handler};
///
/// #[azure_auth::public]
/// #[handler]
/// fn home() -> &'static str {
///     "hello"
/// }
///
/// # fn main() -> Result<(), azure_auth::ConfigurationError> {
/// let app = azure_auth::endpoints! { "/" => get(home) }.with(AzureAuth::from_env()?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AzureAuth {
    application: Arc<Application>,
}

impl AzureAuth {
    /// Reads the configuration from the environment. It touches no network; the provider is asked at first use.
    ///
    /// # Errors
    /// Every problem at once, each with its variable and remedy.
    pub fn from_env() -> Result<Self, ConfigurationError> {
        Builder::new(Settings::from_variables(|name| std::env::var(name).ok())).build()
    }

    /// The same from variables in hand, such as those of a local emulator.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn from_variables<N, V>(variables: impl IntoIterator<Item = (N, V)>) -> Result<Self, ConfigurationError>
    where
        N: AsRef<str>,
        V: Into<String>,
    {
        Builder::from_variables(variables).build()
    }

    /// The same configuration in code.
    pub fn builder() -> Builder {
        Builder::new(Settings::default())
    }

    /// Asks the provider for its metadata and keys now, instead of at the first sign-in.
    ///
    /// # Errors
    /// The provider cannot be reached or gave no usable answer; the text says which.
    pub async fn warm_up(&self) -> Result<(), ProviderUnavailable> {
        self.application.provider.snapshot().await.map(|_| ()).map_err(|error| ProviderUnavailable(error.to_string()))
    }

    fn new(
        configuration: Configuration,
        provider: Provider,
        pages: Pages,
        events: Arc<dyn AnySessionEvents>,
        credentials: StoreCredentials,
    ) -> Result<Self, ConfigurationError> {
        let attempt_keys = SealingKeys::derive(&configuration.sealing_secrets, Purpose::SignInAttempt);
        let sessions = session_storage::store(&configuration, credentials)?;
        let application = Application::new(configuration, provider, sessions, attempt_keys, pages, events);
        Ok(Self { application: Arc::new(application) })
    }

    /// Whether the application can do its work now: the provider's keys are known, sessions can be looked up.
    pub async fn ready(&self) -> Readiness {
        Readiness::of(&self.application).await
    }

    /// The same as an endpoint for whoever watches the process, such as a load balancer. It answers 200, or 503 with the
    /// reasons.
    ///
    /// ```no_run
    /// # use azure_auth::AzureAuth;
    /// # fn main() -> Result<(), azure_auth::ConfigurationError> {
    /// let auth = AzureAuth::from_env()?;
    /// let app = azure_auth::endpoints! {
    ///     "/ready" => public(auth.ready_endpoint(), reason = "for the load balancer"),
    /// }
    /// .with(auth);
    /// # Ok(())
    /// # }
    /// ```
    pub fn ready_endpoint(&self) -> ReadyEndpoint {
        ReadyEndpoint::new(self.application.clone())
    }

    /// Ends every session of a person, begun until now: on an administrator's word. With sealed cookies it holds in this
    /// process, until it restarts; with `memory` in this process, with Redis everywhere.
    ///
    /// # Errors
    /// The session store cannot be reached: nothing has ended.
    pub async fn end_sessions_of(&self, user: &UserId) -> Result<(), SessionStoreUnavailable> {
        let Some(store) = &self.application.sessions else { return Ok(()) };
        store.delete_of_user(user, clock::now()).await.map_err(|error| SessionStoreUnavailable(error.to_string()))?;
        tracing::info!(
            target: "azure_auth::session",
            event = "ended-by-application", user = %user.loggable(),
            "every session of a person is over"
        );
        self.application.events.signed_out(&SignOut::Everywhere(user.clone())).await;
        Ok(())
    }

    /// The parts behind it.
    #[cfg(feature = "testing")]
    pub(crate) fn application(&self) -> &Application {
        &self.application
    }

    /// Says once what a developer must know, and what only shows when it is too late.
    fn log_start(&self) {
        let configuration = &self.application.configuration;
        let callback = &configuration.paths.callback;
        if !self.application.signs_in() {
            tracing::info!(target: "azure_auth::startup", "no AZURE_CLIENT_SECRET: nobody signs in here, the program is an API only");
            return;
        }
        if let Some(origin) = &configuration.public_url {
            tracing::info!(target: "azure_auth::startup", "register the redirect URI {origin}{callback} (platform \"Web\")");
        } else {
            tracing::info!(
                target: "azure_auth::startup",
                "register the redirect URI http://localhost{callback} (platform \"Web\", any port); set AZURE_PUBLIC_URL to serve other hosts"
            );
        }
        if configuration.public_url.as_ref().is_some_and(|origin| !origin.is_loopback()) {
            let place = session_storage::described(&configuration.session_storage);
            tracing::info!(target: "azure_auth::startup", "sessions live {place}");
        }
        if configuration.tenants == AcceptedTenants::EveryWorkTenant {
            tracing::warn!(target: "azure_auth::startup", "AZURE_VALID_TENANT_IDS is `*`: people of every work tenant are accepted");
        }
        if configuration.explain {
            tracing::warn!(target: "azure_auth::startup", "AZURE_EXPLAIN is on: answers hold developers' detail");
        }
    }
}

impl std::fmt::Debug for AzureAuth {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("AzureAuth").finish_non_exhaustive()
    }
}

/// The provider cannot be reached or gave no usable answer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct ProviderUnavailable(String);

/// Sessions cannot be looked up or ended; the text says why.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct SessionStoreUnavailable(String);

/// Configuration in code. Every setting has the meaning of its variable; see [`AzureAuth::from_env`].
#[derive(Clone)]
pub struct Builder {
    settings: Settings,
    pages: Pages,
    events: Arc<dyn AnySessionEvents>,
    store_credentials: StoreCredentials,
}

impl Builder {
    fn new(settings: Settings) -> Self {
        let store_credentials = StoreCredentials::default();
        Self { settings, pages: Pages::default(), events: Arc::new(NoEvents), store_credentials }
    }

    /// Starts from variables in hand; the setters then change single ones.
    pub fn from_variables<N, V>(variables: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: AsRef<str>,
        V: Into<String>,
    {
        let variables: Vec<(N, String)> = variables.into_iter().map(|(name, value)| (name, value.into())).collect();
        let read =
            |wanted: &str| variables.iter().find(|(name, _)| name.as_ref() == wanted).map(|(_, value)| value.clone());
        Self::new(Settings::from_variables(read))
    }

    /// `AZURE_CLIENT_ID`: the application's id in the app registration.
    #[must_use]
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.settings.client_id = Some(id.into());
        self
    }

    /// `AZURE_CLIENT_SECRET`: the secret's value, not its id.
    #[must_use]
    pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
        self.settings.client_secret = Some(SecretString::from(secret.into()));
        self
    }

    /// `AZURE_ISSUER_URI`: `https://login.microsoftonline.com/<tenant>`, or any OpenID Connect issuer.
    #[must_use]
    pub fn issuer_uri(mut self, issuer: impl Into<String>) -> Self {
        self.settings.issuer_uri = Some(issuer.into());
        self
    }

    /// `AZURE_VALID_TENANT_IDS`: tenant ids separated by commas, or `*` for every work tenant.
    #[must_use]
    pub fn valid_tenant_ids(mut self, tenants: impl Into<String>) -> Self {
        self.settings.valid_tenant_ids = Some(tenants.into());
        self
    }

    /// `AZURE_AUDIENCE`: audiences accepted in access tokens, separated by commas. Default: the client id and
    /// `api://<client id>`.
    #[must_use]
    pub fn audience(mut self, audiences: impl Into<String>) -> Self {
        self.settings.audience = Some(audiences.into());
        self
    }

    /// `AZURE_PUBLIC_URL`: the address browsers use, such as `https://app.example.com`.
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.settings.public_url = Some(url.into());
        self
    }

    /// `AZURE_SESSION_KEYS`: secrets of at least 32 bytes in base64url, newest first, separated by commas.
    #[must_use]
    pub fn session_keys(mut self, keys: impl Into<String>) -> Self {
        self.settings.session_keys = Some(SecretString::from(keys.into()));
        self
    }

    /// `AZURE_AUTHORIZATION_CODE_ENDPOINT`: the path of the callback. Default: `/authorization-code/callback`.
    #[must_use]
    pub fn callback_path(mut self, path: impl Into<String>) -> Self {
        self.settings.callback_path = Some(path.into());
        self
    }

    /// The path that starts a sign-in. Default: `/login`.
    #[must_use]
    pub fn login_path(mut self, path: impl Into<String>) -> Self {
        self.settings.login_path = Some(path.into());
        self
    }

    /// The path that ends a session. Default: `/logout`.
    #[must_use]
    pub fn logout_path(mut self, path: impl Into<String>) -> Self {
        self.settings.logout_path = Some(path.into());
        self
    }

    /// The path that says who is signed in, as JSON. Default: `/session`.
    #[must_use]
    pub fn session_path(mut self, path: impl Into<String>) -> Self {
        self.settings.session_path = Some(path.into());
        self
    }

    /// Scopes that every sign-in asks for, beyond `openid`, `profile` and those of the table.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.settings.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Further claims of the ID token that sessions hold, for [`User::claims`](crate::User::claims). When the cookie
    /// is full, they are the first to go.
    #[must_use]
    pub fn keep_claims<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.settings.keep_claims = names.into_iter().map(Into::into).collect();
        self
    }

    /// Groups that sessions remember beside those that the handlers of the table name: for handlers outside a table.
    #[must_use]
    pub fn groups(mut self, groups: impl IntoIterator<Item = Guid>) -> Self {
        self.settings.groups = groups.into_iter().collect();
        self
    }

    /// Other origins whose pages may send requests that change something with a session of ours.
    #[must_use]
    pub fn trusted_origins<S: Into<String>>(mut self, origins: impl IntoIterator<Item = S>) -> Self {
        self.settings.trusted_origins = origins.into_iter().map(Into::into).collect();
        self
    }

    /// After how long without a request a session is over. Default: 8 hours.
    #[must_use]
    pub fn idle_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.idle_lifetime = Some(lifetime);
        self
    }

    /// After how long since sign-in a session is over in any case. Default: 24 hours.
    #[must_use]
    pub fn absolute_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.absolute_lifetime = Some(lifetime);
        self
    }

    /// `AZURE_SESSION_STORE`: where sessions live. `cookie`, which is the default, `memory`, or `redis://…`.
    #[must_use]
    pub fn session_store(mut self, store: impl Into<String>) -> Self {
        self.settings.session_store = Some(SecretString::from(store.into()));
        self
    }

    /// Where the user of the Redis server and a token in the place of its password come from, such as an access token of
    /// Microsoft Entra ID for Azure Managed Redis. Asked for every connection, and again when it is time: an answer that
    /// is kept until then comes at once, and one that takes a second keeps sessions waiting.
    ///
    /// ```
    /// use azure_auth::{AzureAuth, RedisCredentials};
    /// use std::time::Duration;
    ///
    /// # async fn token() -> Result<String, std::io::Error> { Ok(String::new()) }
    /// let builder = AzureAuth::builder()
    ///     .session_store("rediss://shop.redis.azure.net:10000")
    ///     .redis_credentials(|| async {
    ///         // From a library for Azure identities.
    ///         Ok::<_, std::io::Error>(RedisCredentials::new("<object id>", token().await?, Duration::from_secs(3000)))
    ///     });
    /// ```
    #[cfg(feature = "redis")]
    #[must_use]
    pub fn redis_credentials<S, F, E>(mut self, source: S) -> Self
    where
        S: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<RedisCredentials, E>> + Send + 'static,
        E: std::error::Error,
    {
        self.store_credentials.of_redis = Some(RedisCredentialsSource::new(source));
        self
    }

    /// How many bytes the cookies of a sealed session may take, names included: 1,024 to 8,192. Default: 3,800, which is
    /// one cookie. Larger sessions travel in two or three with every request.
    #[must_use]
    pub fn session_cookie_budget(mut self, bytes: usize) -> Self {
        self.settings.session_cookie_budget = Some(bytes);
        self
    }

    /// `AZURE_EXPLAIN`: puts developers' detail into answers everywhere, not on loopback only.
    #[must_use]
    pub fn explain(mut self, explain: bool) -> Self {
        self.settings.explain = explain.then(|| "1".to_owned());
        self
    }

    /// Writes the library's pages in the application's own words and looks: HTML from a [`Page`].
    #[must_use]
    pub fn pages(mut self, write: impl Fn(&Page) -> String + Send + Sync + 'static) -> Self {
        self.pages = Pages { own: Some(Arc::new(write)) };
        self
    }

    /// What the application does when sessions begin and end.
    #[must_use]
    pub fn session_events(mut self, events: impl SessionEvents) -> Self {
        self.events = Arc::new(events);
        self
    }

    /// Lets browsers clear what they cached of this site at sign-out (`Clear-Site-Data: "cache"`), which takes a while in
    /// some, and after which "Back" shows nothing. Cookies are never cleared this way: other applications of the same
    /// site would lose theirs.
    #[must_use]
    pub fn clear_cache_at_sign_out(mut self) -> Self {
        self.settings.clears_cache = true;
        self
    }

    /// Lets browsers clear what scripts of this site stored, at sign-out (`Clear-Site-Data: "storage"`).
    #[must_use]
    pub fn clear_storage_at_sign_out(mut self) -> Self {
        self.settings.clears_storage = true;
        self
    }

    /// Checks everything.
    ///
    /// # Errors
    /// Every problem at once, each with its variable and remedy.
    pub fn build(self) -> Result<AzureAuth, ConfigurationError> {
        let configuration = configuration::judge(&self.settings)?;
        let transport = Transport::new(configuration.authority.is_loopback())
            .map_err(|error| ConfigurationError::new("AZURE_ISSUER_URI", error.to_string()))?;
        let provider = Provider::new(configuration.authority.clone(), transport);
        AzureAuth::new(configuration, provider, self.pages, self.events, self.store_credentials)
    }

    /// The same with a provider of the tests' own.
    #[cfg(feature = "testing")]
    pub(crate) fn build_with(
        self,
        provider: impl FnOnce(crate::model::authority::Authority) -> Provider,
    ) -> Result<AzureAuth, ConfigurationError> {
        let configuration = configuration::judge(&self.settings)?;
        let provider = provider(configuration.authority.clone());
        AzureAuth::new(configuration, provider, self.pages, self.events, self.store_credentials)
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Builder").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl<E: Endpoint + 'static> Middleware<E> for AzureAuth {
    type Output = Protected<E>;

    fn transform(&self, endpoint: E) -> Protected<E> {
        self.log_start();
        // Only a table knows its declarations; any other endpoint is judged handler by handler.
        let table = (&endpoint as &dyn Any).downcast_ref::<Endpoints>();
        let problems =
            table.map(|table| table.problems(&self.application.configuration.paths.all())).unwrap_or_default();
        for problem in &problems {
            tracing::error!(target: "azure_auth::startup", "this application is not served: {problem}");
        }
        let groups = &self.application.configuration.groups;
        let facts = match table {
            Some(table) => table.facts(groups),
            None => TableFacts { groups: GroupsInQuestion::new(groups.iter().copied()), ..TableFacts::default() },
        };
        #[cfg(feature = "testing")]
        self.application.note_questions(&facts);
        let mounted = Arc::new(Mounted::new(self.application.clone(), facts));
        Protected { mounted, is_served: problems.is_empty(), endpoint }
    }
}

/// An application inside [`AzureAuth`].
pub struct Protected<E> {
    mounted: Arc<Mounted>,
    is_served: bool,
    endpoint: E,
}

impl<E: Endpoint> Endpoint for Protected<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        if !self.is_served {
            return Ok(StatusCode::INTERNAL_SERVER_ERROR.into());
        }
        let cell = Arc::new(RequestCell::new(self.mounted.clone()));
        let mut response = if let Some(own) = self.own_path(&request) {
            // Boxed, for it is large, and every other request would carry room for it.
            Box::pin(own.answer(&cell, &request)).await
        } else {
            request.extensions_mut().insert(cell.clone());
            // An error becomes an answer here, or the cookies of this request would be lost with it.
            let mut response = match self.endpoint.call(request).await {
                Ok(output) => output.into_response(),
                Err(error) => error.into_response(),
            };
            finish(&cell, &mut response).await;
            response
        };
        for cookie in cell.take_cookies() {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        Ok(response)
    }
}

impl<E> Protected<E> {
    fn own_path(&self, request: &Request) -> Option<OwnPath> {
        let paths = &self.mounted.application.configuration.paths;
        let path = request_facts::whole_uri(request).path();
        match path {
            _ if path == paths.login => Some(OwnPath::Login),
            _ if path == paths.callback => Some(OwnPath::Callback),
            _ if path == paths.logout => Some(OwnPath::Logout),
            _ => match path.strip_prefix(paths.session.as_str())? {
                "" => Some(OwnPath::Session),
                AuthPaths::EVENTS => Some(OwnPath::Events),
                AuthPaths::FRONT_CHANNEL_LOGOUT => Some(OwnPath::FrontChannelLogout),
                _ => None,
            },
        }
    }
}

#[derive(Clone, Copy)]
enum OwnPath {
    Login,
    Callback,
    Logout,
    Session,
    Events,
    FrontChannelLogout,
}

impl OwnPath {
    async fn answer(self, cell: &RequestCell, request: &Request) -> Response {
        let outcome = match self {
            Self::Login => sign_in::login(cell, request).await,
            Self::Callback => callback::callback(cell, request).await,
            Self::Logout => sign_out::logout(cell, request).await,
            Self::Session => who_am_i::who_am_i(cell, request).await,
            Self::Events => session_watch::watch(cell, request).await,
            // Its page frames the answer, so that it has headers of its own.
            Self::FrontChannelLogout => return front_channel::sign_out(cell, request).await,
        };
        let mut response = outcome.unwrap_or_else(|refused: Refused| refused.to_response());
        protect(&mut response);
        response
    }
}

/// An answer that depends on who asks: kept by no cache unless the application says so, the session noted as seen.
async fn finish(cell: &RequestCell, response: &mut Response) {
    if !cell.has_judged() {
        return;
    }
    let headers = response.headers_mut();
    if cell.is_personal() {
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    headers.append(VARY, HeaderValue::from_static("Cookie, Authorization"));
    session::touch(cell).await;
}
