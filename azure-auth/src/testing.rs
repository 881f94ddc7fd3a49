//! With the feature `testing`, for your own tests: callers of every kind, without a provider and without a network.
//!
//! A [`TestAuth`] makes an [`AzureAuth`] that trusts keys made in this process, and the credentials that go with it.
//! They are real: tokens are signed and validated, sessions sealed and opened, by the code that does it in production.
//! Any other `AzureAuth` refuses them, with this feature on as much as without.
//!
//! ```
//! use azure_auth::testing::{TestAuth, TestIdentity};
//! use poem::test::TestClient;
//! use poem::{get, handler};
//!
//! #[azure_auth::protect(roles = "Admin")]
//! #[handler]
//! fn admin() -> &'static str {
//!     "for administrators"
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let auth = TestAuth::new();
//! let client = TestClient::new(azure_auth::endpoints! { "/admin" => get(admin) }.with(auth.azure_auth()));
//!
//! let boss = TestIdentity::user().role("Admin").scope("access_as_user");
//! client.get("/admin").header("authorization", auth.bearer(&boss)).send().await.assert_status_is_ok();
//! client.get("/admin").header("cookie", auth.session_cookie(&boss).await).send().await.assert_status_is_ok();
//!
//! let anyone = TestIdentity::user();
//! let refused = client.get("/admin").header("cookie", auth.session_cookie(&anyone).await).send().await;
//! refused.assert_status(poem::http::StatusCode::FORBIDDEN);
//! # }
//! ```
//!
//! Sessions remember the groups that the table names, so mount the table before you make a cookie.
//!
//! Every way to be refused is tried by [`denial_matrix`], for every row of a table.
//!
//! A request that changes something and brings a session must come from our own origin: add the header `origin` with
//! [`TestAuth::ORIGIN`].

mod denial_matrix;
mod denials;

use std::marker::PhantomData;
use std::sync::{Arc, LazyLock};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use azure_auth_policy::Guid;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

pub use self::denial_matrix::{DenialMatrix, denial_matrix};
use crate::io::provider::cached::Provider;
use crate::io::{clock, entropy};
use crate::model::callers::claims::TokenClaims;
use crate::model::callers::groups::{Groups, RelevantGroups, UnknownGroups};
use crate::model::callers::identity::UserId;
use crate::model::policies::delegated::{Delegated, ResourceItem};
use crate::model::policies::vocabulary::{AppRoleName, GroupName, ScopeName};
use crate::model::providers::key_set::JsonWebKeySet;
use crate::model::providers::provider_metadata::DiscoveryDocument;
use crate::model::sessions::session::{AuthorityFingerprint, Beginning, SessionId, SessionLifetimes, SessionRecord};
use crate::model::settings::authority::{Authority, TenantName};
use crate::model::settings::session_store::SessionStore;
use crate::model::unix_time::UnixTime;
use crate::rules::token::provider_metadata;
use crate::rules::token::signature::KeySet;
use crate::web::handler::checked::Checked;
use crate::web::handler::has::Has;
use crate::web::layer::azure_auth::AzureAuth;
use crate::web::layer::builder::AzureAuthBuilder;
use crate::web::request::session;

/// An [`AzureAuth`] for tests, and the credentials it accepts.
///
/// ```
/// use azure_auth::testing::{TestAuth, TestIdentity};
/// use poem::test::TestClient;
/// use poem::{get, handler};
///
/// #[azure_auth::protect]
/// #[handler]
/// fn me(user: azure_auth::User) -> String {
///     user.display_name().to_owned()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// // Settings of your own go into `TestAuth::with`.
/// let auth = TestAuth::with(|builder| builder.login_path("/sign-in"));
/// let client = TestClient::new(azure_auth::endpoints! { "/me" => get(me) }.with(auth.azure_auth()));
///
/// let cookie = auth.session_cookie(&TestIdentity::user().name("Adele")).await;
/// client.get("/me").header("cookie", cookie).send().await.assert_text("Adele").await;
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TestAuth {
    auth: AzureAuth,
}

/// Who calls in a test: a person or an application, with what they may do.
///
/// ```
/// use azure_auth::testing::TestIdentity;
///
/// let writer = TestIdentity::user().name("Adele").role("Writer").scope("Files.ReadWrite");
/// let nightly_job = TestIdentity::application().role("Files.Read.All");
/// let late = writer.clone().expired();
/// ```
#[derive(Clone, Debug)]
pub struct TestIdentity {
    is_user: bool,
    object: Guid,
    tenant: Guid,
    name: String,
    roles: Vec<String>,
    scopes: Vec<String>,
    /// None: the token does not say.
    groups: Option<Vec<Guid>>,
    has_overage: bool,
    is_expired: bool,
    claims: Map<String, Value>,
}

const KEY_ID: &str = "test";
const CLIENT: &str = "00000000-0000-4000-8000-000000000001";
const TENANT: Guid = Guid::from_u128(0x0000_0000_0000_4000_8000_0000_0000_0002);
/// Nobody listens there; nothing is asked either.
const AUTHORITY: &str = "https://login.microsoftonline.com";

/// One key for all tests of a process: making one takes a while.
static KEY: LazyLock<KeyPair> =
    LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).expect("randomness for a signing key"));

/// A proof for functions that take one, without a caller.
///
/// ```
/// azure_auth::app! { roles: { Admin } }
///
/// fn delete_everything(_: azure_auth::Has<Admin>) -> &'static str {
///     "gone"
/// }
///
/// assert_eq!(delete_everything(azure_auth::testing::proof()), "gone");
/// ```
#[must_use]
pub const fn proof<T: ?Sized>() -> Has<T> {
    Has { proved: PhantomData }
}

/// What a `check` would have given, for functions that take it.
///
/// ```
/// use azure_auth::Checked;
///
/// fn title(ticket: &Checked<String>) -> usize {
///     ticket.len()
/// }
///
/// assert_eq!(title(&azure_auth::testing::checked("Broken chair".to_owned())), 12);
/// ```
#[must_use]
pub const fn checked<T>(value: T) -> Checked<T> {
    Checked(value)
}

impl Default for TestAuth {
    fn default() -> Self {
        Self::new()
    }
}

impl TestAuth {
    /// The origin under which the application is used in tests.
    pub const ORIGIN: &'static str = "http://localhost";

    /// With the settings that tests need and no others.
    ///
    /// ```
    /// let auth = azure_auth::testing::TestAuth::new();
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::with(|builder| builder)
    }

    /// With settings of your own on top, such as `keep_claims` or `accepted_tenants`.
    ///
    /// ```
    /// use azure_auth::testing::TestAuth;
    ///
    /// let auth = TestAuth::with(|builder| builder.keep_claims(["department"]));
    /// ```
    ///
    /// # Panics
    /// The settings are not complete, or contradict each other.
    #[must_use]
    pub fn with(change: impl FnOnce(AzureAuthBuilder) -> AzureAuthBuilder) -> Self {
        let builder = AzureAuth::builder()
            .client_id(CLIENT)
            .client_secret("a secret that opens nothing but tests")
            .issuer_uri(format!("{AUTHORITY}/{TENANT}/v2.0"))
            .public_urls([Self::ORIGIN]);
        match change(builder).build_with(known_provider) {
            Ok(auth) => Self { auth },
            Err(error) => panic!("{error}"),
        }
    }

    /// A tenant that nobody belongs to, and that no application under test accepts.
    const FOREIGN_TENANT: Guid = Guid::from_u128(0x0000_0000_0000_4000_8000_0000_0000_0009);

    /// For callers of further tenants as well.
    fn accepting(tenants: &[Guid]) -> Self {
        let accepted: Vec<Guid> = tenants.iter().chain([&TENANT]).copied().collect();
        let issuer = format!("{AUTHORITY}/organizations/v2.0");
        Self::with(|builder| {
            // Where tokens have a place, whatever the table takes.
            let builder = builder.session_store(SessionStore::Memory).tenant_id(TENANT.to_string());
            builder.issuer_uri(issuer).accepted_tenants(accepted)
        })
    }

    /// The layer for the application under test.
    ///
    /// ```
    /// # fn app() -> azure_auth::Endpoints { azure_auth::endpoints! {} }
    /// let auth = azure_auth::testing::TestAuth::new();
    /// let client = poem::test::TestClient::new(app().with(auth.azure_auth()));
    /// ```
    pub fn azure_auth(&self) -> AzureAuth {
        self.auth.clone()
    }

    /// Lets handlers that take [`Token<P>`](crate::Token) have this text for it, for whoever has this identity: a session or an
    /// access token of the person. The provider of tests gives none.
    ///
    /// ```
    /// use azure_auth::testing::{TestAuth, TestIdentity};
    /// use azure_auth::{SessionStore, graph};
    ///
    /// let auth = TestAuth::with(|builder| builder.session_store(SessionStore::Memory));
    /// auth.give_token::<graph::MailRead>(&TestIdentity::user(), "a text that a local Graph takes");
    /// ```
    pub fn give_token<P: Delegated>(&self, identity: &TestIdentity, text: &str) {
        self.auth.application().tokens.give(identity.user_id(), P::PERMISSIONS, text);
    }

    /// The same for [`ApplicationToken<R>`](crate::ApplicationToken).
    ///
    /// ```
    /// use azure_auth::testing::TestAuth;
    /// use azure_auth::graph;
    ///
    /// TestAuth::new().give_application_token::<graph::Resource>("a text that a local Graph takes");
    /// ```
    pub fn give_application_token<R: ResourceItem>(&self, text: &str) {
        self.auth.application().tokens.give_own(R::NAME, text);
    }

    /// The value of an `Authorization` header that proves this identity.
    ///
    /// ```
    /// use azure_auth::testing::{TestAuth, TestIdentity};
    ///
    /// let header = TestAuth::new().bearer(&TestIdentity::application().role("Files.Read.All"));
    /// assert!(header.starts_with("Bearer "));
    /// ```
    pub fn bearer(&self, identity: &TestIdentity) -> String {
        format!("Bearer {}", sign(&identity.access_token()))
    }

    /// The value of a `Cookie` header with a session of this person.
    ///
    /// ```
    /// use azure_auth::testing::{TestAuth, TestIdentity};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let cookie = TestAuth::new().session_cookie(&TestIdentity::user().name("Adele")).await;
    /// assert!(!cookie.contains("Adele"));
    /// # }
    /// ```
    ///
    /// # Panics
    /// The identity is an application, which has no sessions, or the session cannot be kept.
    pub async fn session_cookie(&self, identity: &TestIdentity) -> String {
        assert!(identity.is_user, "an application has no session; use `bearer`");
        let application = self.auth.application();
        let record = identity.session(&application.questions());
        match session::cookie_header(application, record).await {
            Ok(header) => header,
            Err(error) => panic!("{error}"),
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "names are texts and items, which nobody wants to borrow")]
impl TestIdentity {
    /// A person of the test tenant, without roles, scopes or groups.
    ///
    /// ```
    /// let anyone = azure_auth::testing::TestIdentity::user();
    /// ```
    pub fn user() -> Self {
        Self::new(true, "Test User")
    }

    /// An application without a person.
    ///
    /// ```
    /// let nightly_job = azure_auth::testing::TestIdentity::application().role("Files.Read.All");
    /// ```
    pub fn application() -> Self {
        Self::new(false, "Test Application")
    }

    fn new(is_user: bool, name: &str) -> Self {
        Self {
            is_user,
            object: Guid::from_u128(3 + u128::from(is_user)),
            tenant: TENANT,
            name: name.to_owned(),
            roles: Vec::new(),
            scopes: Vec::new(),
            groups: Some(Vec::new()),
            has_overage: false,
            is_expired: false,
            claims: Map::new(),
        }
    }

    /// Another person or application than the default one, by object id.
    ///
    /// ```
    /// use azure_auth::Guid;
    /// use azure_auth::testing::TestIdentity;
    ///
    /// let adele = TestIdentity::user().object(Guid::from_u128(1));
    /// let bob = TestIdentity::user().object(Guid::from_u128(2));
    /// assert_ne!(adele.user_id(), bob.user_id());
    /// ```
    #[must_use]
    pub fn object(mut self, id: Guid) -> Self {
        self.object = id;
        self
    }

    /// Makes the person one of another tenant.
    ///
    /// ```
    /// use azure_auth::Guid;
    /// use azure_auth::testing::TestIdentity;
    ///
    /// let stranger = TestIdentity::user().tenant(Guid::from_u128(9));
    /// assert_eq!(stranger.tenant_id(), Guid::from_u128(9));
    /// ```
    #[must_use]
    pub fn tenant(mut self, id: Guid) -> Self {
        self.tenant = id;
        self
    }

    /// The display name.
    ///
    /// ```
    /// let adele = azure_auth::testing::TestIdentity::user().name("Adele");
    /// ```
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// With an app role: its value, or an item of [`app!`](crate::app).
    ///
    /// ```
    /// let administrator = azure_auth::testing::TestIdentity::user().role("Admin");
    /// ```
    #[must_use]
    pub fn role(mut self, role: impl AppRoleName) -> Self {
        self.roles.push(role.app_role().to_owned());
        self
    }

    /// With a delegated permission: its value, or an item of [`app!`](crate::app). A person's token needs at least one;
    /// sessions need none.
    ///
    /// ```
    /// let reader = azure_auth::testing::TestIdentity::user().scope("Files.Read");
    /// ```
    #[must_use]
    pub fn scope(mut self, scope: impl ScopeName) -> Self {
        self.scopes.push(scope.scope().to_owned());
        self
    }

    /// In a group: its object id, or an item of [`app!`](crate::app).
    ///
    /// ```
    /// azure_auth::app! { groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222") } }
    ///
    /// let colleague = azure_auth::testing::TestIdentity::user().group(Staff);
    /// ```
    #[must_use]
    pub fn group(mut self, group: impl GroupName) -> Self {
        self.groups.get_or_insert_default().push(group.group());
        self
    }

    /// What [`User::id`](crate::User::id) will say of this person.
    ///
    /// ```
    /// let id = azure_auth::testing::TestIdentity::user().user_id();
    /// assert!(id.to_string().starts_with("entra:"));
    /// ```
    ///
    /// # Panics
    /// The identity is an application, which has no such id; see [`object_id`](Self::object_id).
    pub fn user_id(&self) -> UserId {
        assert!(self.is_user, "an application is not a person; it has an `object_id` and a `tenant_id`");
        UserId::Entra { tenant: self.tenant, object: self.object }
    }

    /// The person's object, or the application's service principal, in the tenant.
    ///
    /// ```
    /// use azure_auth::Guid;
    /// use azure_auth::testing::TestIdentity;
    ///
    /// assert_eq!(TestIdentity::application().object(Guid::from_u128(7)).object_id(), Guid::from_u128(7));
    /// ```
    pub fn object_id(&self) -> Guid {
        self.object
    }

    /// The tenant of this person or application.
    ///
    /// ```
    /// use azure_auth::testing::TestIdentity;
    ///
    /// assert_eq!(TestIdentity::user().tenant_id(), TestIdentity::application().tenant_id());
    /// ```
    pub fn tenant_id(&self) -> Guid {
        self.tenant
    }

    /// In groups that nobody knows: with a token without a `groups` claim, as Entra makes them unless the registration
    /// asks for groups, and for people in no group.
    ///
    /// ```
    /// let unknown = azure_auth::testing::TestIdentity::user().without_groups_claim();
    /// ```
    #[must_use]
    pub fn without_groups_claim(mut self) -> Self {
        self.groups = None;
        self
    }

    /// In more groups than a token holds.
    ///
    /// ```
    /// let in_everything = azure_auth::testing::TestIdentity::user().overage();
    /// ```
    #[must_use]
    pub fn overage(mut self) -> Self {
        self.has_overage = true;
        self
    }

    /// With a further claim; it is kept if the application keeps it.
    ///
    /// ```
    /// let buyer = azure_auth::testing::TestIdentity::user().claim("department", "Purchasing");
    /// ```
    #[must_use]
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// With a credential whose time is over.
    ///
    /// ```
    /// let late = azure_auth::testing::TestIdentity::user().expired();
    /// ```
    #[must_use]
    pub fn expired(mut self) -> Self {
        self.is_expired = true;
        self
    }

    fn access_token(&self) -> Value {
        let now = clock::now().0;
        let mut claims = self.claims.clone();
        let expires = if self.is_expired { now - 3600 } else { now + 3600 };
        // An application is its own subject; people have another one for every application.
        let subject = if self.is_user { format!("subject-{}", self.object) } else { self.object.to_string() };
        claims.extend(members(json!({
            "aud": CLIENT, "iss": format!("{AUTHORITY}/{}/v2.0", self.tenant), "iat": now - 7200, "nbf": now - 7200,
            "exp": expires, "azp": CLIENT, "oid": self.object, "sub": subject, "tid": self.tenant, "ver": "2.0",
        })));
        if !self.roles.is_empty() {
            claims.insert("roles".to_owned(), json!(self.roles));
        }
        if self.is_user {
            claims.insert("scp".to_owned(), json!(self.scopes.join(" ")));
            claims.insert("name".to_owned(), json!(self.name));
            if let Some(groups) = &self.groups {
                claims.insert("groups".to_owned(), json!(groups));
            }
        }
        if self.has_overage {
            claims.remove("groups");
            claims.insert("_claim_names".to_owned(), json!({"groups": "src1"}));
        }
        Value::Object(claims)
    }

    fn session(&self, questions: &RelevantGroups) -> SessionRecord {
        let begun = if self.is_expired { UnixTime(0) } else { clock::now() };
        let lifetimes = SessionLifetimes::default();
        let claims = TokenClaims {
            name: Some(self.name.clone()),
            roles: self.roles.clone(),
            kept: self.claims.clone().into_iter().collect(),
            ..TokenClaims::default()
        };
        let identity = claims.into_identity(UserId::Entra { tenant: self.tenant, object: self.object });
        let groups = self.groups.clone().ok_or(UnknownGroups::ClaimAbsent);
        let groups = Groups::of_token(if self.has_overage { Err(UnknownGroups::Overage) } else { groups });
        SessionRecord {
            id: SessionId([0; 2].map(|_: u64| entropy::random().map_or(0, u64::from_be_bytes))),
            signed_in_at: begun,
            last_seen: begun,
            idle_seconds: lifetimes.idle.as_secs(),
            ends_at: begun + lifetimes.absolute,
            identity: Arc::new(identity),
            groups: questions.record(&groups),
            provider_session: None,
            data: None,
            beginning: Beginning::default(),
            authority: AuthorityFingerprint::default(),
        }
    }
}

/// The provider as it would be after its documents were fetched.
fn known_provider(authority: Authority) -> Provider {
    let tenant = match &authority {
        Authority::Entra { tenant: TenantName::Common | TenantName::Organizations, .. } => "{tenantid}".to_owned(),
        _ => TENANT.to_string(),
    };
    let document = DiscoveryDocument {
        issuer: format!("{AUTHORITY}/{tenant}/v2.0"),
        authorization_endpoint: format!("{AUTHORITY}/authorize"),
        token_endpoint: format!("{AUTHORITY}/token"),
        jwks_uri: format!("{AUTHORITY}/keys"),
        end_session_endpoint: None,
        userinfo_endpoint: None,
        cloud_instance_name: None,
        msgraph_host: None,
        token_endpoint_auth_methods_supported: None,
        authorization_response_iss_parameter_supported: None,
    };
    // RSAPublicKey of a 2048-bit key in DER: nine bytes of headers, then the modulus.
    let modulus = URL_SAFE_NO_PAD.encode(&KEY.public_key().as_ref()[9..265]);
    let key = json!({"kty": "RSA", "kid": KEY_ID, "n": modulus, "e": "AQAB"});
    let keys = KeySet::read(&JsonWebKeySet { keys: vec![key] }, true);
    match provider_metadata::judge(&authority, &document) {
        Ok(metadata) => Provider::known(authority, metadata, keys),
        Err(error) => panic!("tests are of one tenant, or of `organizations`; leave the issuer as it is: {error}"),
    }
}

fn sign(claims: &Value) -> String {
    let header = json!({"alg": "RS256", "kid": KEY_ID}).to_string();
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let mut signature = vec![0; KEY.public_modulus_len()];
    KEY.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
        .expect("randomness to sign with");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
