//! Access tokens for tests, right and wrong.

mod content;
mod draft;
mod names;
mod parties;

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
