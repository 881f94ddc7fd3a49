//! Configuration in code.

use std::cell::RefCell;
use std::env::VarError;
use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use azure_auth_policy::Guid;
use secrecy::SecretString;

#[cfg(feature = "redis")]
use crate::io::sessions::redis::credentials::{RedisCredentials, RedisCredentialsSource};
use crate::model::policies::vocabulary::GroupName;
use crate::model::settings::session_store::SessionStore;
use crate::model::settings::undeclared::Undeclared;
use crate::rules::configuration::settings::{Settings, misspelt};
use crate::web::application::events::{AnyAuthEvents, AuthEvents, NoEvents};
use crate::web::application::store_factory::StoreCredentials;
use crate::web::pages::looks::Pages;
use crate::web::pages::page::Page;

/// Configuration in code. Every setting has the meaning of its variable; see [`AzureAuth::from_env`](crate::AzureAuth::from_env).
///
/// Two settings are required: the client id and the issuer. Without a credential of the program, such as a client secret,
/// nobody signs in, and the program is an API only. [`build`](Self::build) checks everything, and asks nobody on the network.
///
/// ```
/// use azure_auth::AzureAuth;
/// use std::time::Duration;
///
/// # fn main() -> Result<(), azure_auth::ConfigurationError> {
/// let auth = AzureAuth::builder()
///     .client_id("11111111-aaaa-4bbb-8ccc-222222222222")
///     .client_secret("the secret's value, of 32 characters or more")
///     .issuer_uri("https://login.microsoftonline.com/33333333-cccc-4ddd-8eee-444444444444")
///     .public_urls(["https://app.example.com"])
///     .idle_lifetime(Duration::from_secs(3600))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AzureAuthBuilder {
    pub(crate) settings: Settings,
    pub(crate) pages: Pages,
    pub(crate) events: Arc<dyn AnyAuthEvents>,
    pub(crate) store_credentials: StoreCredentials,
}

impl AzureAuthBuilder {
    pub(crate) fn new(settings: Settings) -> Self {
        let store_credentials = StoreCredentials::default();
        Self { settings, pages: Pages::default(), events: Arc::new(NoEvents), store_credentials }
    }

    /// Starts from the environment, as [`AzureAuth::from_env`](crate::AzureAuth::from_env) does; the setters then change
    /// single settings. `build` reports all problems at once.
    ///
    /// ```no_run
    /// use azure_auth::AzureAuthBuilder;
    ///
    /// # fn main() -> Result<(), azure_auth::ConfigurationError> {
    /// let auth = AzureAuthBuilder::from_env().keep_claims(["department"]).build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn from_env() -> Self {
        // One by one: `std::env::vars` panics at whatever is not text, of any other program too.
        let unreadable = RefCell::new(Vec::new());
        let mut settings = Settings::from_variables(|name| match std::env::var(name) {
            Ok(text) => Some(text),
            Err(VarError::NotPresent) => None,
            Err(VarError::NotUnicode(_)) => {
                unreadable.borrow_mut().push(name);
                None
            }
        });
        settings.unreadable = unreadable.into_inner();
        let is_set = |text: &OsString| !text.to_string_lossy().trim().is_empty();
        let set = std::env::vars_os().filter(|(_, text)| is_set(text)).filter_map(|(name, _)| name.into_string().ok());
        // Windows reads names in any case.
        let names: Vec<String> =
            if cfg!(windows) { set.map(|name| name.to_uppercase()).collect() } else { set.collect() };
        settings.misspelt = misspelt::find(names.iter().map(String::as_str));
        Self::new(settings)
    }

    /// Starts from variables in hand, such as those of a local emulator; the setters then change single ones.
    ///
    /// ```
    /// use azure_auth::AzureAuthBuilder;
    ///
    /// # fn main() -> Result<(), azure_auth::ConfigurationError> {
    /// let auth = AzureAuthBuilder::from_variables([
    ///     ("AZURE_CLIENT_ID", "11111111-aaaa-4bbb-8ccc-222222222222"),
    ///     ("AZURE_ISSUER_URI", "https://login.microsoftonline.com/33333333-cccc-4ddd-8eee-444444444444"),
    /// ])
    /// .keep_claims(["department"])
    /// .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_variables<N, V>(variables: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: AsRef<str>,
        V: Into<String>,
    {
        let variables: Vec<(N, String)> = variables.into_iter().map(|(name, value)| (name, value.into())).collect();
        let read =
            |wanted: &str| variables.iter().find(|(name, _)| name.as_ref() == wanted).map(|(_, value)| value.clone());
        let mut settings = Settings::from_variables(read);
        let set = variables.iter().filter(|(_, text)| !text.trim().is_empty());
        settings.misspelt = misspelt::find(set.map(|(name, _)| name.as_ref()));
        Self::new(settings)
    }

    /// `AZURE_CLIENT_ID`: the application's id in the app registration.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().client_id("11111111-aaaa-4bbb-8ccc-222222222222");
    /// ```
    #[must_use]
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.settings.client_id = Some(id.into());
        self
    }

    /// `AZURE_CLIENT_SECRET`: the secret's value, not its id.
    ///
    /// ```
    /// # fn secret_from_the_vault() -> String { String::new() }
    /// let builder = azure_auth::AzureAuth::builder().client_secret(secret_from_the_vault());
    /// ```
    #[must_use]
    pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
        self.settings.client_secret = Some(SecretString::from(secret.into()));
        self.proven_by("secret")
    }

    /// `AZURE_CLIENT_CERTIFICATE_PATH`: a file with a certificate and its private key, in PEM or PKCS #12 (PFX), with which
    /// the program proves itself in place of a secret. It is looked at again while the program runs. With the feature
    /// `certificate`.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().client_certificate("/etc/app/certificate.pem");
    /// ```
    #[cfg(feature = "certificate")]
    #[cfg_attr(docsrs, doc(cfg(feature = "certificate")))]
    #[must_use]
    pub fn client_certificate(mut self, path: impl Into<String>) -> Self {
        self.settings.client_certificate_path = Some(path.into());
        self.proven_by("certificate")
    }

    /// `AZURE_CLIENT_CERTIFICATE_PASSWORD`: what the file of the certificate is encrypted with.
    ///
    /// ```
    /// # fn password() -> String { String::new() }
    /// let builder =
    ///     azure_auth::AzureAuth::builder().client_certificate("/etc/app/certificate.pfx").client_certificate_password(password());
    /// ```
    #[cfg(feature = "certificate")]
    #[cfg_attr(docsrs, doc(cfg(feature = "certificate")))]
    #[must_use]
    pub fn client_certificate_password(mut self, password: impl Into<String>) -> Self {
        self.settings.client_certificate_password = Some(SecretString::from(password.into()));
        self
    }

    /// `AZURE_FEDERATED_TOKEN_FILE`: a file with a token of another issuer that the registration trusts ("Federated
    /// credentials"), as Kubernetes keeps it up to date. It is read at every use.
    ///
    /// ```
    /// let builder =
    ///     azure_auth::AzureAuth::builder().federated_token_file("/var/run/secrets/azure/tokens/azure-identity-token");
    /// ```
    #[must_use]
    pub fn federated_token_file(mut self, path: impl Into<String>) -> Self {
        self.settings.federated_token_file = Some(path.into());
        self.proven_by("federated")
    }

    /// `AZURE_CLIENT_CREDENTIAL=managed-identity:<client id>`: tokens of the user-assigned identity with that client id, which
    /// the registration trusts ("Federated credentials", "Managed identity"), prove the program.
    ///
    /// ```
    /// use azure_auth::{AzureAuth, Guid};
    ///
    /// const IDENTITY: Guid = Guid::from_u128(0x11111111_aaaa_4bbb_8ccc_222222222222);
    ///
    /// let builder = AzureAuth::builder().managed_identity(IDENTITY);
    /// ```
    #[must_use]
    pub fn managed_identity(self, client_id: Guid) -> Self {
        self.proven_by(format!("managed-identity:{client_id}"))
    }

    /// What code says counts over what the environment has.
    fn proven_by(mut self, credential: impl Into<String>) -> Self {
        self.settings.client_credential = Some(credential.into());
        self
    }

    /// `AZURE_ISSUER_URI`: `https://login.microsoftonline.com/<tenant>`, or any OpenID Connect issuer.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder()
    ///     .issuer_uri("https://login.microsoftonline.com/33333333-cccc-4ddd-8eee-444444444444");
    /// ```
    #[must_use]
    pub fn issuer_uri(mut self, issuer: impl Into<String>) -> Self {
        self.settings.issuer_uri = Some(issuer.into());
        self
    }

    /// `AZURE_VALID_TENANT_IDS`: the tenants whose people and applications may call, for an issuer that many tenants share.
    ///
    /// ```
    /// use azure_auth::{AzureAuth, Guid};
    ///
    /// const CONTOSO: Guid = Guid::from_u128(0x33333333_cccc_4ddd_8eee_444444444444);
    ///
    /// # fn main() -> Result<(), azure_auth::ConfigurationError> {
    /// let auth = AzureAuth::builder()
    ///     .client_id("11111111-aaaa-4bbb-8ccc-222222222222")
    ///     .issuer_uri("https://login.microsoftonline.com/organizations")
    ///     .accepted_tenants([CONTOSO])
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn accepted_tenants(mut self, tenants: impl IntoIterator<Item = Guid>) -> Self {
        let tenants: Vec<String> = tenants.into_iter().map(|tenant| tenant.to_string()).collect();
        self.settings.valid_tenant_ids = Some(tenants.join(","));
        self
    }

    /// The same with the value `*`: every tenant of an organisation, none of them by name. Handlers then say with `tenant`
    /// or with roles whom they mean.
    ///
    /// ```
    /// # fn main() -> Result<(), azure_auth::ConfigurationError> {
    /// let auth = azure_auth::AzureAuth::builder()
    ///     .client_id("11111111-aaaa-4bbb-8ccc-222222222222")
    ///     .issuer_uri("https://login.microsoftonline.com/organizations")
    ///     .accept_every_tenant()
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn accept_every_tenant(mut self) -> Self {
        self.settings.valid_tenant_ids = Some("*".to_owned());
        self
    }

    /// `AZURE_AUDIENCE`: audiences accepted in access tokens. Default: the client id and `api://<client id>`.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().audiences(["api://orders.contoso.com"]);
    /// ```
    #[must_use]
    pub fn audiences<S: Into<String>>(mut self, audiences: impl IntoIterator<Item = S>) -> Self {
        self.settings.audiences = Some(audiences.into_iter().map(Into::into).collect());
        self
    }

    /// `AZURE_PUBLIC_URL`: the addresses browsers use, such as `https://app.example.com`, or `https://example.com/app` where
    /// the application shares its host with others. Mostly there is one.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().public_urls(["https://app.example.com"]);
    /// ```
    #[must_use]
    pub fn public_urls<S: Into<String>>(mut self, urls: impl IntoIterator<Item = S>) -> Self {
        self.settings.public_urls = Some(urls.into_iter().map(Into::into).collect());
        self
    }

    /// `AZURE_SESSION_KEYS`: secrets of at least 32 bytes in base64url, newest first.
    ///
    /// To change the key, put the new one first and leave the old one behind it for a day: sessions that the old key sealed stay
    /// open.
    ///
    /// ```
    /// # fn key(_: &str) -> String { String::new() }
    /// let builder = azure_auth::AzureAuth::builder().session_keys([key("new"), key("old")]);
    /// ```
    #[must_use]
    pub fn session_keys<S: Into<String>>(mut self, keys: impl IntoIterator<Item = S>) -> Self {
        self.settings.session_keys = Some(keys.into_iter().map(|key| SecretString::from(key.into())).collect());
        self
    }

    /// `AZURE_AUTHORIZATION_CODE_ENDPOINT`: the path of the callback. Default: `/authorization-code/callback`.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().callback_path("/signed-in");
    /// ```
    #[must_use]
    pub fn callback_path(mut self, path: impl Into<String>) -> Self {
        self.settings.callback_path = Some(path.into());
        self
    }

    /// The path that starts a sign-in. Default: `/login`.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().login_path("/sign-in").logout_path("/sign-out");
    /// ```
    #[must_use]
    pub fn login_path(mut self, path: impl Into<String>) -> Self {
        self.settings.login_path = Some(path.into());
        self
    }

    /// The path that ends a session. Default: `/logout`.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().logout_path("/sign-out");
    /// ```
    #[must_use]
    pub fn logout_path(mut self, path: impl Into<String>) -> Self {
        self.settings.logout_path = Some(path.into());
        self
    }

    /// The path that says who is signed in, as JSON. Default: `/session`.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().session_path("/who-am-i");
    /// ```
    #[must_use]
    pub fn session_path(mut self, path: impl Into<String>) -> Self {
        self.settings.session_path = Some(path.into());
        self
    }

    /// Scopes that every sign-in asks for, beyond `openid`, `profile` and those of the table: of OpenID Connect, or of other
    /// APIs whose [`Token`](crate::Token) some handler takes. Where none does, the table is not served: what people agree to
    /// would be thrown away.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().scopes(["email"]);
    /// ```
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.settings.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Further claims of the ID token that sessions hold, for [`User::claims`](crate::User::claims). When the cookie
    /// is full, they are the first to go.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().keep_claims(["department", "employee_id"]);
    /// ```
    #[must_use]
    pub fn keep_claims<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.settings.keep_claims = names.into_iter().map(Into::into).collect();
        self
    }

    /// Groups that sessions remember beside those that the handlers of the table name: for handlers outside a table, in a
    /// `poem::Route` or a row `public(…)`. A group that nobody asked about at sign-in is unknown, and refuses.
    ///
    /// ```
    /// azure_auth::app! { groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222") } }
    ///
    /// let builder = azure_auth::AzureAuth::builder().groups([Staff]);
    /// ```
    #[must_use]
    pub fn groups<G: GroupName>(mut self, groups: impl IntoIterator<Item = G>) -> Self {
        self.settings.groups = groups.into_iter().map(|group| group.group()).collect();
        self
    }

    /// Other origins whose pages may send requests that change something with a session of ours. Their scripts may read
    /// `/session`, listen to `/session/events` and sign out (CORS), and `return_to` may lead back to them. For the
    /// application's own paths put Poem's `Cors` around it.
    ///
    /// Browsers send the session along only from pages of the same site, such as `https://www.example.com` to
    /// `https://app.example.com`.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().trusted_origins(["https://www.example.com"]);
    /// ```
    #[must_use]
    pub fn trusted_origins<S: Into<String>>(mut self, origins: impl IntoIterator<Item = S>) -> Self {
        self.settings.trusted_origins = origins.into_iter().map(Into::into).collect();
        self
    }

    /// Other sites that may show the application in a frame: origins such as `https://teams.microsoft.com`, also with `*.`
    /// in front of a domain. People then sign in from the frame in a window of its own, by the script
    /// `/session/embed.js`. Default: nobody, and no such path.
    ///
    /// A site that frames the application can lay its own pages over it and have people click what they do not see.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder()
    ///     .frame_ancestors(["https://teams.microsoft.com", "https://*.portal.contoso.com"]);
    /// ```
    #[must_use]
    pub fn frame_ancestors<S: Into<String>>(mut self, origins: impl IntoIterator<Item = S>) -> Self {
        self.settings.frame_ancestors = origins.into_iter().map(Into::into).collect();
        self
    }

    /// `AZURE_POPUP_LOGIN_ENDPOINT`: the path of the window in which people of a frame sign in. Default: `/popup/login`.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder()
    ///     .frame_ancestors(["https://teams.microsoft.com"])
    ///     .popup_login_path("/window/sign-in");
    /// ```
    #[must_use]
    pub fn popup_login_path(mut self, path: impl Into<String>) -> Self {
        self.settings.popup_login_path = Some(path.into());
        self
    }

    /// `AZURE_POPUP_LOGOUT_ENDPOINT`: the path of the window in which people of a frame sign out at the provider.
    /// Default: `/popup/logout`.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder()
    ///     .frame_ancestors(["https://teams.microsoft.com"])
    ///     .popup_logout_path("/window/sign-out");
    /// ```
    #[must_use]
    pub fn popup_logout_path(mut self, path: impl Into<String>) -> Self {
        self.settings.popup_logout_path = Some(path.into());
        self
    }

    /// After how long without a request a session is over. Default: 8 hours.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let one_hour = Duration::from_secs(60 * 60);
    /// let builder = azure_auth::AzureAuth::builder().idle_lifetime(one_hour).absolute_lifetime(8 * one_hour);
    /// ```
    #[must_use]
    pub fn idle_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.idle_lifetime = Some(lifetime);
        self
    }

    /// After how long since sign-in a session is over in any case. Default: 24 hours.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let builder = azure_auth::AzureAuth::builder().absolute_lifetime(Duration::from_secs(12 * 60 * 60));
    /// ```
    #[must_use]
    pub fn absolute_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.absolute_lifetime = Some(lifetime);
        self
    }

    /// `AZURE_SESSION_STORE`: where sessions live. Default: [`SessionStore::Cookie`].
    ///
    /// ```
    /// use azure_auth::{AzureAuth, SessionStore};
    ///
    /// let builder = AzureAuth::builder().session_store(SessionStore::Memory);
    /// ```
    #[must_use]
    pub fn session_store(mut self, store: SessionStore) -> Self {
        self.settings.session_store = Some(store.into_text());
        self
    }

    /// Where the user of the Redis server and a token in the place of its password come from, such as an access token of
    /// Microsoft Entra ID for Azure Managed Redis. Asked for every connection, and again when it is time: an answer that
    /// is kept until then comes at once, and one that takes a second keeps sessions waiting.
    ///
    /// ```
    /// use azure_auth::{AzureAuth, RedisCredentials, SessionStore};
    /// use std::time::Duration;
    ///
    /// # async fn token() -> Result<String, std::io::Error> { Ok(String::new()) }
    /// let builder = AzureAuth::builder()
    ///     .session_store(SessionStore::Redis("rediss://shop.redis.azure.net:10000".to_owned()))
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
    ///
    /// ```
    /// // For people with many roles: two cookies instead of one.
    /// let builder = azure_auth::AzureAuth::builder().session_cookie_budget(7_600);
    /// ```
    #[must_use]
    pub fn session_cookie_budget(mut self, bytes: usize) -> Self {
        self.settings.session_cookie_budget = Some(bytes);
        self
    }

    /// `AZURE_CA_FILE`: a file with further certificate authorities in PEM, by which the provider may be known beside those
    /// of the system: of an organisation whose proxy opens TLS, or of a local Entra ID that speaks https. It is not Redis's.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().ca_file("/etc/ssl/contoso-proxy.pem");
    /// ```
    #[must_use]
    pub fn ca_file(mut self, path: impl Into<String>) -> Self {
        self.settings.ca_file = Some(path.into());
        self
    }

    /// `AZURE_GROUP_OVERAGE=graph`: people who are in more groups than a token holds are looked up in Microsoft Graph, when
    /// they sign in, with the permission `User.Read` that every sign-in then asks for. Only groups that somebody asks about
    /// are looked up. Where Graph does not answer they are unknown, and unknown refuses.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().asks_graph_for_groups();
    /// ```
    #[must_use]
    pub fn asks_graph_for_groups(mut self) -> Self {
        self.settings.group_overage = Some("graph".to_owned());
        self
    }

    /// `AZURE_GRAPH_URI`: where Microsoft Graph is asked, if not where the provider says: scheme and host.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().graph_uri("https://graph.microsoft.com");
    /// ```
    #[must_use]
    pub fn graph_uri(mut self, uri: impl Into<String>) -> Self {
        self.settings.graph_uri = Some(uri.into());
        self
    }

    /// `AZURE_EXPLAIN`: puts developers' detail into answers everywhere, not on loopback only.
    ///
    /// ```
    /// // In debug builds only.
    /// let builder = azure_auth::AzureAuth::builder().explain(cfg!(debug_assertions));
    /// ```
    #[must_use]
    pub fn explain(mut self, explain: bool) -> Self {
        self.settings.explain = explain.then(|| "1".to_owned());
        self
    }

    /// `AZURE_TENANT_ID`: whose tokens the program gets for itself, under an authority of many tenants (`common`,
    /// `organizations`). Anywhere else the authority says so.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().tenant_id("aaaaaaaa-0000-4000-8000-000000000001");
    /// ```
    #[must_use]
    pub fn tenant_id(mut self, id: impl Into<String>) -> Self {
        self.settings.tenant_id = Some(id.into());
        self
    }

    /// The program looks at every answer of another API with [`Token::accepts`](crate::Token::accepts). Only then Microsoft is
    /// told so (client capability `cp1`), and APIs such as Microsoft Graph send claims challenges in place of tokens that
    /// live for an hour and cannot be revoked.
    ///
    /// A program that says so and does not call `accepts` has requests fail for people who only had to prove more.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().handles_claims_challenges();
    /// ```
    #[must_use]
    pub fn handles_claims_challenges(mut self) -> Self {
        self.settings.handles_claims_challenges = true;
        self
    }

    /// What happens to what answers in a `poem::Route` inside of [`AzureAuth`](crate::AzureAuth) without having said who may
    /// call it. In an [`Endpoints`](crate::Endpoints) table there is nothing of the kind.
    ///
    /// A router tells nobody beforehand what it will call. `#[protect]` and `#[public]` on handlers and on operations,
    /// [`guard!`](crate::guard) and [`open!`](crate::open) around routers, and the rows of a nested table leave a mark at the
    /// request; where an answer comes without it, the endpoint has run, and what it did is done. Poem's own 404 and 405 are no
    /// answers; a page of one's own for them is a `#[public]` handler at `/*path`. An argument such as `User` leaves no mark: it
    /// admits or refuses, but it does not say that this was meant. Cross-origin preflights that `Cors` answers inside of
    /// `AzureAuth` have no mark either; `Cors` belongs outside.
    ///
    /// ```no_run
    /// use azure_auth::{AzureAuth, Undeclared};
    /// use poem::endpoint::make_sync;
    /// use poem::{EndpointExt, Route};
    ///
    /// # fn main() -> Result<(), azure_auth::ConfigurationError> {
    /// let assets = Route::new().at("/logo", make_sync(|_| "a logo")).with(azure_auth::open!(reason = "assets"));
    /// let app = Route::new()
    ///     .nest("/assets", assets)
    ///     .at("/forgotten", make_sync(|_| "nobody reads this"))
    ///     .with(AzureAuth::builder().undeclared(Undeclared::Refuse).build()?);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn undeclared(mut self, undeclared: Undeclared) -> Self {
        self.settings.undeclared = undeclared;
        self
    }

    /// Writes the library's pages in the application's own words and looks, those in frames included: HTML from a [`Page`],
    /// whose documentation has an example. The security headers stay the library's: no scripts but its own, and styles,
    /// pictures and fonts of the application's own origin, or a `<style>` with the page's
    /// [nonce](Page::style_nonce).
    ///
    /// ```
    /// use azure_auth::{AzureAuth, Page};
    ///
    /// fn write(page: &Page) -> String {
    ///     // Titles are plain words of the library; sentences need escaping, as the example of `Page` shows.
    ///     format!("<!doctype html><title>{0}</title><h1>{0}</h1>", page.title())
    /// }
    ///
    /// let builder = AzureAuth::builder().pages(write);
    /// ```
    #[must_use]
    pub fn pages(mut self, write: impl Fn(&Page) -> String + Send + Sync + 'static) -> Self {
        self.pages.own = Some(Arc::new(write));
        self
    }

    /// What the application does when sessions begin and end, and when requests are refused: an [`AuthEvents`], such as an
    /// [`AuditLog`](crate::AuditLog), or two as a pair.
    ///
    /// ```
    /// use azure_auth::{AuthEvents, AzureAuth, SignOut};
    ///
    /// struct Audit;
    ///
    /// impl AuthEvents for Audit {
    ///     async fn signed_out(&self, _: &SignOut) {
    ///         println!("a session ended");
    ///     }
    /// }
    ///
    /// let builder = AzureAuth::builder().auth_events(Audit);
    /// ```
    #[must_use]
    pub fn auth_events(mut self, events: impl AuthEvents) -> Self {
        self.events = Arc::new(events);
        self
    }

    /// Lets browsers clear what they cached of this site at sign-out (`Clear-Site-Data: "cache"`), which takes a while in
    /// some. "Back" from the library's page at the end of a sign-out shows nothing then, also where browsers kept the
    /// page in memory. Cookies are never cleared this way: other applications of the same site would lose theirs.
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().clear_cache_at_sign_out();
    /// ```
    #[must_use]
    pub fn clear_cache_at_sign_out(mut self) -> Self {
        self.settings.clears_cache = true;
        self
    }

    /// Lets browsers clear what scripts of this site stored, at sign-out (`Clear-Site-Data: "storage"`).
    ///
    /// ```
    /// let builder = azure_auth::AzureAuth::builder().clear_storage_at_sign_out();
    /// ```
    #[must_use]
    pub fn clear_storage_at_sign_out(mut self) -> Self {
        self.settings.clears_storage = true;
        self
    }
}

impl std::fmt::Debug for AzureAuthBuilder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("AzureAuthBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}
