//! The outermost layer of an application.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use azure_auth_policy::Guid;
use poem::{Endpoint, Middleware};

use super::builder::AzureAuthBuilder;
use super::endpoints::Endpoints;
use super::protected::Protected;
use super::recognition::recognize_in;
use crate::io::credential::ClientCredential;
use crate::io::provider::ca_file::{self, CaFileError};
use crate::io::provider::cached::Provider;
use crate::io::provider::transport::Transport;
use crate::model::callers::groups::RelevantGroups;
use crate::model::callers::identity::UserId;
use crate::model::policies::delegated::ResourceItem;
use crate::model::refusals::diagnosis::Diagnosis;
use crate::model::refusals::reason::Reason;
use crate::model::settings::configuration::Configuration;
use crate::model::settings::tenants::AcceptedTenants;
use crate::rules::configuration::settings::{self, ConfigurationError, Settings, quotes};
use crate::web::application::events::AnyAuthEvents;
use crate::web::application::events::sign_out::SignOut;
use crate::web::application::readiness::{Readiness, ReadyEndpoint};
use crate::web::application::state::{Application, DeclaredNeeds, MountedApplication};
use crate::web::application::store_factory::{self, StoreCredentials};
use crate::web::handler::application_token::ApplicationToken;
use crate::web::pages::looks::Pages;
#[cfg(feature = "azure-sdk")]
use crate::web::tokens::sdk_credential::ProgramCredential;
use crate::web::tokens::served_rows;
use crate::web::tokens::token_error::TokenError;

/// Makes the declarations of an application true: sign-in, sessions, sign-out, and the refusals.
///
/// It is the outermost layer, answers its own paths, and hands everything else to the application. Inside of a router it
/// works below a path that `AZURE_PUBLIC_URL` has; anywhere else the first request says what is wrong.
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
    pub(super) application: Arc<Application>,
}

impl AzureAuth {
    /// Reads the configuration from the environment. It touches no network; the provider is asked at first use.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), azure_auth::ConfigurationError> {
    /// let auth = azure_auth::AzureAuth::from_env()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Every problem at once, each with its variable and remedy.
    pub fn from_env() -> Result<Self, ConfigurationError> {
        AzureAuthBuilder::from_env().build()
    }

    /// The same from variables in hand, such as those of a local emulator.
    ///
    /// ```
    /// use azure_auth::AzureAuth;
    ///
    /// let error = AzureAuth::from_variables([("AZURE_CLIENT_ID", "my-app")]).err().expect("there is no issuer");
    /// assert!(error.to_string().contains("AZURE_ISSUER_URI"));
    /// ```
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn from_variables<N, V>(variables: impl IntoIterator<Item = (N, V)>) -> Result<Self, ConfigurationError>
    where
        N: AsRef<str>,
        V: Into<String>,
    {
        AzureAuthBuilder::from_variables(variables).build()
    }

    /// The same configuration in code.
    ///
    /// ```
    /// # fn main() -> Result<(), azure_auth::ConfigurationError> {
    /// let auth = azure_auth::AzureAuth::builder()
    ///     .client_id("11111111-aaaa-4bbb-8ccc-222222222222")
    ///     .issuer_uri("https://login.microsoftonline.com/33333333-cccc-4ddd-8eee-444444444444")
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder() -> AzureAuthBuilder {
        AzureAuthBuilder::new(Settings::default())
    }

    /// Asks the provider for its metadata and keys now, instead of at the first sign-in.
    ///
    /// ```no_run
    /// # use azure_auth::AzureAuth;
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let auth = AzureAuth::from_env()?;
    /// if let Err(error) = auth.warm_up().await {
    ///     eprintln!("{error}; the first visitor will try again");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The provider cannot be reached or gave no usable answer; the text says which.
    pub async fn warm_up(&self) -> Result<(), ProviderUnavailable> {
        self.application
            .provider
            .snapshot_now()
            .await
            .map(|_| ())
            .map_err(|error| ProviderUnavailable(Diagnosis::of(&error, Reason::ProviderUnavailable).to_string()))
    }

    /// Where Microsoft Graph is, in the cloud of the authority, without a slash at the end: `https://graph.microsoft.com`, that
    /// of a national cloud, or of the local Entra ID. `AZURE_GRAPH_URI` says otherwise.
    ///
    /// ```no_run
    /// # async fn example(auth: azure_auth::AzureAuth) -> Result<(), azure_auth::ProviderUnavailable> {
    /// let address = format!("{}/v1.0/me", auth.graph_uri().await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The provider, which says it, was not asked before, and cannot be reached or gave no usable answer.
    pub async fn graph_uri(&self) -> Result<String, ProviderUnavailable> {
        let Application { provider, tokens, .. } = self.application.as_ref();
        let snapshot = provider.snapshot_now().await;
        snapshot
            .map(|snapshot| tokens.graph_address(&snapshot))
            .map_err(|error| ProviderUnavailable(Diagnosis::of(&error, Reason::ProviderUnavailable).to_string()))
    }

    fn new(
        configuration: Configuration,
        provider: Provider,
        pages: Pages,
        events: Arc<dyn AnyAuthEvents>,
        credentials: StoreCredentials,
    ) -> Result<Self, ConfigurationError> {
        let credential = ClientCredential::new(&configuration.client, &configuration.authority).map_err(|error| {
            let credential = configuration.client.credential.as_ref();
            settings::credential_problem(credential, error.to_string(), error.remedy())
        });
        let (sessions, credential) = match (store_factory::store(&configuration, credentials), credential) {
            (Ok(sessions), Ok(credential)) => (sessions, credential),
            (Err(error), Err(other)) => return Err(error.and(other)),
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        let application = Application::new(configuration, (provider, credential), sessions, pages, events);
        Ok(Self { application: Arc::new(application) })
    }

    /// Whether the application can do its work now: the provider's keys are known, sessions can be looked up.
    ///
    /// ```
    /// # async fn example(auth: azure_auth::AzureAuth) {
    /// if !auth.ready().await.is_ready() {
    ///     eprintln!("send nobody here yet");
    /// }
    /// # }
    /// ```
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

    /// The program's own token for another API (client credentials): for jobs, and for whatever is done for nobody in
    /// particular. It is got once for all who ask, kept in memory, and renewed before its end.
    ///
    /// ```no_run
    /// use azure_auth::{AzureAuth, TokenError, graph};
    ///
    /// # async fn example(auth: AzureAuth) -> Result<(), TokenError> {
    /// let token = auth.application_token::<graph::Resource>().await?;
    /// println!("good until {:?}", token.expires_at());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The provider refuses the program, cannot be reached, or the authority is of many tenants and `AZURE_TENANT_ID` names
    /// none.
    pub async fn application_token<R: ResourceItem>(&self) -> Result<ApplicationToken<R>, TokenError> {
        self.own_token(None).await
    }

    /// The same in a tenant of the program's choice, for programs of many tenants.
    ///
    /// ```no_run
    /// use azure_auth::{AzureAuth, Guid, TokenError, graph};
    ///
    /// # async fn example(auth: AzureAuth, customer: Guid) -> Result<(), TokenError> {
    /// let token = auth.application_token_in::<graph::Resource>(customer).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As those of [`application_token`](Self::application_token); the tenant has not agreed to the program.
    pub async fn application_token_in<R: ResourceItem>(&self, tenant: Guid) -> Result<ApplicationToken<R>, TokenError> {
        self.own_token(Some(tenant)).await
    }

    async fn own_token<R: ResourceItem>(&self, tenant: Option<Guid>) -> Result<ApplicationToken<R>, TokenError> {
        let source = &self.application.tokens;
        match source.of_program(R::NAME, tenant).await {
            Ok(token) => Ok(ApplicationToken::new(token, source.clone())),
            Err(problem) => Err(TokenError::new(problem, R::NAME, &[])),
        }
    }

    /// With the feature `azure-sdk`: what clients of the Azure SDK for Rust take, to act for the program itself. It gives tokens
    /// for every API that an administrator granted the program something at, got and kept as those of
    /// [`application_token`](Self::application_token). Clients may be shared by whoever the program works for.
    ///
    /// ```no_run
    /// use azure_auth::AzureAuth;
    /// use azure_core::credentials::TokenCredential;
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let credential = AzureAuth::from_env()?.application_credential();
    /// let token = credential.get_token(&["https://storage.azure.com/.default"], None).await?;
    /// println!("good until {}", token.expires_on);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A person's is [`Principal::token_credential`](crate::Principal::token_credential).
    #[cfg(feature = "azure-sdk")]
    #[cfg_attr(docsrs, doc(cfg(feature = "azure-sdk")))]
    pub fn application_credential(&self) -> Arc<dyn azure_core::credentials::TokenCredential> {
        Arc::new(ProgramCredential(self.application.clone()))
    }

    /// Ends every session of a person, begun until now, on an administrator's word: also one that is being created. With
    /// sealed cookies it holds in this process, until it restarts; with `memory` in this process, with Redis everywhere.
    ///
    /// ```no_run
    /// use azure_auth::{AzureAuth, UserId};
    ///
    /// # async fn example(auth: AzureAuth, left_the_company: UserId) -> Result<(), azure_auth::SessionStoreUnavailable> {
    /// auth.end_sessions_of(&left_the_company).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The session store cannot be reached: nothing has ended.
    pub async fn end_sessions_of(&self, user: &UserId) -> Result<(), SessionStoreUnavailable> {
        let Some(store) = &self.application.sessions else { return Ok(()) };
        store.delete_of_user(user).await.map_err(|error| {
            SessionStoreUnavailable(Diagnosis::of(&error, Reason::SessionStoreUnavailable).to_string())
        })?;
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
        for (setting, reason) in &configuration.without_effect {
            tracing::warn!(target: "azure_auth::startup", "{setting} is without effect: {reason}");
        }
        for (name, meant) in &configuration.misspelt {
            tracing::warn!(target: "azure_auth::startup", "{name} is not read; {meant} was probably meant: rename it, or unset it");
        }
        if !self.application.signs_in() {
            tracing::info!(target: "azure_auth::startup", "no credential, such as AZURE_CLIENT_SECRET: nobody signs in here, the program is an API only");
            return;
        }
        for url in &configuration.public_urls {
            tracing::info!(target: "azure_auth::startup", "register the redirect URI {url}{callback} (platform \"Web\")");
        }
        if configuration.public_urls.is_empty() {
            tracing::info!(
                target: "azure_auth::startup",
                "register the redirect URI http://localhost{callback} (platform \"Web\", any port); set AZURE_PUBLIC_URL to serve other hosts"
            );
        }
        let own_origins: Vec<String> =
            configuration.public_urls.iter().map(|url| format!("{:?}", url.origin().as_str())).collect();
        if !configuration.trusted_origins.is_empty() && !own_origins.is_empty() {
            tracing::info!(
                target: "azure_auth::startup",
                "Poem's `Cors` outside of `AzureAuth` refuses the application's own forms unless it names it beside the trusted \
                 origins: `.allow_origins([{}, …])`", own_origins.join(", ")
            );
        }
        if configuration.public_urls.first().is_some_and(|url| !url.origin().is_loopback()) {
            let place = store_factory::described(&configuration.session_storage);
            tracing::info!(target: "azure_auth::startup", "sessions live {place}");
        }
        let is_idle = |name| configuration.without_effect.iter().any(|(setting, _)| *setting == name);
        if configuration.tenants == AcceptedTenants::EveryWorkTenant && !is_idle("AZURE_VALID_TENANT_IDS") {
            tracing::warn!(target: "azure_auth::startup", "AZURE_VALID_TENANT_IDS is `*`: people of every work tenant are accepted");
        }
        if let Some(embedding) = &configuration.embedding {
            tracing::info!(target: "azure_auth::startup", "these may show the application in a frame: {}", embedding.frame_ancestors);
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
///
/// It comes from [`AzureAuth::warm_up`]. The next request that needs the provider tries again.
///
/// ```
/// async fn warm_up(auth: &azure_auth::AzureAuth) {
///     if let Err(error) = auth.warm_up().await {
///         eprintln!("{error}");
///     }
/// }
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct ProviderUnavailable(String);

/// Sessions cannot be looked up or ended; the text says why.
///
/// It comes from [`AzureAuth::end_sessions_of`]: sessions that should have ended are still open, so try again.
///
/// ```
/// use azure_auth::{AzureAuth, SessionStoreUnavailable, UserId};
///
/// async fn lock_out(auth: &AzureAuth, person: &UserId) -> Result<(), SessionStoreUnavailable> {
///     auth.end_sessions_of(person).await
/// }
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct SessionStoreUnavailable(String);

impl AzureAuthBuilder {
    /// Checks everything.
    ///
    /// ```
    /// let error = azure_auth::AzureAuth::builder().build().err().expect("nothing is set");
    /// assert_eq!(error.problems().len(), 1, "what belongs together is one problem");
    /// ```
    ///
    /// # Errors
    /// Every problem at once, each with its variable and remedy.
    pub fn build(mut self) -> Result<AzureAuth, ConfigurationError> {
        self.settings.has_redis_credentials = self.store_credentials.are_of_redis();
        // Of quotes around it the settings' judge says enough.
        let path = self.settings.ca_file.as_ref().filter(|path| !path.is_empty() && quotes::inside(path).is_none());
        let authorities = path.map_or(Ok(Vec::new()), |path| {
            let problem = |error: CaFileError| settings::ca_file_problem(path, error.to_string(), error.remedy());
            ca_file::read(Path::new(path)).map_err(problem)
        });
        let (configuration, authorities) = match (settings::judge(&self.settings), authorities) {
            (Ok(configuration), Ok(authorities)) => (configuration, authorities),
            (Err(error), Err(other)) => return Err(error.and(other)),
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        if let Some(path) = path {
            tracing::info!(
                target: "azure_auth::startup",
                "the provider may also be known by the certificate authorities in {path:?} (AZURE_CA_FILE)"
            );
        }
        let transport = Transport::new(configuration.authority.is_loopback(), authorities)
            .map_err(|error| settings::transport_problem(error.to_string()))?;
        let provider = Provider::new(configuration.authority.clone(), transport);
        AzureAuth::new(configuration, provider, self.pages, self.events, self.store_credentials)
    }

    /// The same with a provider of the tests' own.
    #[cfg(feature = "testing")]
    pub(crate) fn build_with(
        self,
        provider: impl FnOnce(crate::model::settings::authority::Authority) -> Provider,
    ) -> Result<AzureAuth, ConfigurationError> {
        let configuration = settings::judge(&self.settings)?;
        let provider = provider(configuration.authority.clone());
        AzureAuth::new(configuration, provider, self.pages, self.events, self.store_credentials)
    }
}

impl<E: Endpoint + 'static> Middleware<E> for AzureAuth {
    type Output = Protected<E>;

    fn transform(&self, endpoint: E) -> Protected<E> {
        self.log_start();
        self.application.mounts.fetch_add(1, Ordering::Relaxed);
        // Only a table knows its declarations; any other endpoint is judged handler by handler.
        let table = recognize_in::<E, Endpoints>(&endpoint);
        let application = &self.application;
        let problems = table.map_or_else(Vec::new, |table| {
            let of_paths = table.problems(&application.configuration.own_paths());
            of_paths.into_iter().chain(served_rows::problems(table.rows(), application)).collect()
        });
        for problem in &problems {
            tracing::error!(target: "azure_auth::startup", "this application is not served: {problem}");
        }
        let groups = &self.application.configuration.groups;
        let facts = match table {
            Some(table) => table.facts(groups),
            None => DeclaredNeeds { groups: RelevantGroups::new(groups.iter().copied()), ..DeclaredNeeds::default() },
        };
        #[cfg(feature = "testing")]
        self.application.note_questions(&facts);
        let mounted = Arc::new(MountedApplication::new(self.application.clone(), facts));
        Protected { mounted, is_served: problems.is_empty(), endpoint }
    }
}
