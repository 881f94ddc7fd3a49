//! Access tokens for tests, right and wrong.

mod draft;
mod names;

use serde_json::Value;

use super::jwt::Members;
use super::signed_by::SignedBy;
use super::token_error::TokenError;
use crate::memory::state::State;

/// Makes an access token, right or wrong, from [`Emulator::access_token`](crate::Emulator::access_token).
///
/// Without any setting it is a good one: of version 2.0, for the default application, with its first scope, for the first
/// person of the directory. Each setting changes one thing; [`issue`](Self::issue) issues it.
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

    /// Makes it for this person, by user name or object id.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().user("alex@contoso.test").issue();
    /// assert_eq!(claim_of(&token, "preferred_username"), "alex@contoso.test");
    /// # Ok(())
    /// # }
    /// ```
    pub fn user(mut self, name: impl Into<String>) -> Self {
        self.caller = Some(CallerName::User(name.into()));
        self
    }

    /// Makes it for an application without a user, by client id or name. `roles` holds what the application was granted.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().application("Local daemon").issue();
    /// assert_eq!(claim_of(&token, "roles")[0], "Files.Read.All");
    /// # Ok(())
    /// # }
    /// ```
    pub fn application(mut self, name: impl Into<String>) -> Self {
        self.caller = Some(CallerName::Application(name.into()));
        self
    }

    /// Says which application asked for it, by client id or name, for a person. Default: the API itself.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().client("Local tool").issue();
    /// let tool = &emulator.directory().applications()[2];
    /// assert_eq!(claim_of(&token, "azp"), tool.application_id());
    /// # Ok(())
    /// # }
    /// ```
    pub fn client(mut self, name: impl Into<String>) -> Self {
        self.client = Some(name.into());
        self
    }

    /// Adds a scope of the API, by its short name. One that is not registered is refused, as everywhere; a token that is
    /// wrong on purpose has `.claim("scp", "Files.Raed")`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().scope("Files.Read").scope("Files.ReadWrite").issue();
    /// assert_eq!(claim_of(&token, "scp"), "Files.Read Files.ReadWrite");
    /// # Ok(())
    /// # }
    /// ```
    pub fn scope(mut self, name: impl Into<String>) -> Self {
        self.scopes.push(name.into());
        self
    }

    /// Adds a role that the API defines for such a caller. The token then leaves out those of the directory. A token with
    /// a role that does not exist has `.claim("roles", json!(["Other"]))`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().user("alex@contoso.test").role("Admin").issue();
    /// assert_eq!(claim_of(&token, "roles")[0], "Admin");
    /// # Ok(())
    /// # }
    /// ```
    pub fn role(mut self, value: impl Into<String>) -> Self {
        self.roles.push(value.into());
        self
    }

    /// Makes it for this audience. If it is the client id or identifier URI of a registration, that is the API.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().audience("api://somebody-else").issue();
    /// assert_eq!(claim_of(&token, "aud"), "api://somebody-else");
    /// # Ok(())
    /// # }
    /// ```
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Makes this tenant issue it, by id or domain. Default: the person's own, or the first one.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().tenant("fabrikam.onmicrosoft.com").issue();
    /// assert_eq!(claim_of(&token, "tid"), emulator.directory().tenants()[1].tenant_id());
    /// # Ok(())
    /// # }
    /// ```
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// Makes it of this version, 1 or 2. Default: what the API's registration says.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().version(1).issue();
    /// assert_eq!(claim_of(&token, "ver"), "1.0");
    /// # Ok(())
    /// # }
    /// ```
    pub fn version(mut self, version: u8) -> Self {
        self.version = Some(version);
        self
    }

    /// Makes it valid for so many seconds from now. With a negative number it has expired. Default: one hour.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let expired = emulator.access_token().expires_in(-600).issue();
    /// let (issued, expires) = (claim_of(&expired, "iat").as_u64(), claim_of(&expired, "exp").as_u64());
    /// assert!(issued < expires, "it was good once");
    /// # Ok(())
    /// # }
    /// ```
    pub fn expires_in(mut self, seconds: i64) -> Self {
        self.expires_in = seconds;
        self
    }

    /// Adds `idtyp`: `app` without a user, `user` with one.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().application("Local daemon").idtyp().issue();
    /// assert_eq!(claim_of(&token, "idtyp"), "app");
    /// # Ok(())
    /// # }
    /// ```
    pub fn idtyp(mut self) -> Self {
        self.has_idtyp = true;
        self
    }

    /// Adds a group, by object id. The token then leaves out those of the directory.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().group("eeeeeeee-0000-4000-8000-000000000005").issue();
    /// assert_eq!(claim_of(&token, "groups")[0], "eeeeeeee-0000-4000-8000-000000000005");
    /// # Ok(())
    /// # }
    /// ```
    pub fn group(mut self, id: impl Into<String>) -> Self {
        self.groups.get_or_insert_default().push(id.into());
        self
    }

    /// Sets the groups, by object id, instead of those of the directory.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let ids = (0..300).map(|number| format!("eeeeeeee-0000-4000-8000-{number:012}"));
    /// let token = emulator.access_token().groups(ids).issue();
    /// assert!(claim_of(&token, "groups").is_null(), "they are too many for a token");
    /// # Ok(())
    /// # }
    /// ```
    pub fn groups<Id: Into<String>>(mut self, ids: impl IntoIterator<Item = Id>) -> Self {
        self.groups = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// Writes a pointer instead of groups, as if there were too many for a token.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().overage().issue();
    /// assert_eq!(claim_of(&token, "_claim_names")["groups"], "src1");
    /// # Ok(())
    /// # }
    /// ```
    pub fn overage(mut self) -> Self {
        self.has_overage = true;
        self
    }

    /// Sets a claim, right or wrong.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().claim("ver", "3.0").issue();
    /// assert_eq!(claim_of(&token, "ver"), "3.0");
    /// # Ok(())
    /// # }
    /// ```
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Leaves out a claim.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().without("exp").issue();
    /// assert!(claim_of(&token, "exp").is_null());
    /// # Ok(())
    /// # }
    /// ```
    pub fn without(mut self, name: impl Into<String>) -> Self {
        self.without.push(name.into());
        self
    }

    /// Sets a member of the header, right or wrong.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let token = emulator.access_token().header("typ", "at+jwt").issue();
    /// # Ok(())
    /// # }
    /// ```
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.header.insert(name.into(), value.into());
        self
    }

    /// Signs it with another key, or not at all.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// use azure_auth_emulator::SignedBy;
    ///
    /// let forged = emulator.access_token().signed_by(SignedBy::Impostor).issue();
    /// # Ok(())
    /// # }
    /// ```
    pub fn signed_by(mut self, signed_by: SignedBy) -> Self {
        self.signed_by = signed_by;
        self
    }

    /// Makes a token for Microsoft Graph instead, which every other API must refuse. Its signature cannot be verified.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().graph().issue();
    /// assert_eq!(claim_of(&token, "aud"), "https://graph.microsoft.com");
    /// # Ok(())
    /// # }
    /// ```
    pub fn graph(mut self) -> Self {
        self.kind = Kind::Graph;
        self
    }

    /// Makes the person's ID token instead, which every API must refuse.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().id_token().issue();
    /// assert!(claim_of(&token, "scp").is_null());
    /// # Ok(())
    /// # }
    /// ```
    pub fn id_token(mut self) -> Self {
        self.kind = Kind::Id;
        self
    }

    /// Issues the token.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let token = emulator.access_token().issue();
    /// assert_eq!(token.split('.').count(), 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If it names what is not in the directory, with the text of the [`TokenError`]. [`try_issue`](Self::try_issue) returns
    /// the error instead.
    #[track_caller]
    #[must_use]
    pub fn issue(self) -> String {
        match self.try_issue() {
            Ok(token) => token,
            Err(error) => panic!("{error}"),
        }
    }

    /// Issues the token, if everything that it names is in the directory.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let error = emulator.access_token().user("nobody@contoso.test").try_issue().unwrap_err();
    /// assert!(error.to_string().contains("adele@contoso.test"), "those that exist are named");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TokenError`], with the names that are in the directory.
    pub fn try_issue(self) -> Result<String, TokenError> {
        self.build()
    }
}

impl std::fmt::Debug for TokenBuilder<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TokenBuilder").finish_non_exhaustive()
    }
}
