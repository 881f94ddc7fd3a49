//! Any error of Entra ID, on demand.

use super::entra_error::{EntraError, Further};
use super::token_grant::TokenGrant;

/// An error that the emulator answers with on purpose, whatever the request deserves:
/// [`Emulator::force_error`](crate::Emulator::force_error).
///
/// Its description holds the name and the address of a person, as descriptions of the real service may: an application must
/// not show it.
///
/// ```
/// use azure_auth_emulator::ForcedError;
///
/// let expired_secret = ForcedError::at_token_endpoint("invalid_client", 7_000_222);
/// let second_factor = ForcedError::at_token_endpoint("invalid_grant", 50076).suberror("basic_action");
/// let without_a_code = ForcedError::at_redirect("temporarily_unavailable", None);
/// let busy = ForcedError::at_token_endpoint("temporarily_unavailable", None).status(503).retry_after(7).times(1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForcedError {
    pub(crate) place: Place,
    error: String,
    code: Option<u32>,
    suberror: Option<String>,
    further: Further,
    /// None is always.
    pub(crate) times: Option<usize>,
}

/// Where an error is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Redirect,
    TokenEndpoint,
    /// The token endpoint, where this is offered.
    Grant(TokenGrant),
    Discovery,
    Graph,
}

impl ForcedError {
    /// The authorization endpoint sends the browser back with it.
    ///
    /// ```
    /// let not_assigned = azure_auth_emulator::ForcedError::at_redirect("access_denied", 50105);
    /// ```
    pub fn at_redirect(error: impl Into<String>, code: impl Into<Option<u32>>) -> Self {
        Self::at(Place::Redirect, error.into(), code.into())
    }

    /// The token endpoint answers with it.
    ///
    /// ```
    /// let spent_code = azure_auth_emulator::ForcedError::at_token_endpoint("invalid_grant", 54005);
    /// ```
    pub fn at_token_endpoint(error: impl Into<String>, code: impl Into<Option<u32>>) -> Self {
        Self::at(Place::TokenEndpoint, error.into(), code.into())
    }

    /// The token endpoint answers requests of one kind with it.
    ///
    /// ```
    /// use azure_auth_emulator::{ForcedError, TokenGrant};
    ///
    /// let second_factor = ForcedError::at_grant(TokenGrant::OnBehalfOf, "interaction_required", 50076)
    ///     .suberror("basic_action")
    ///     .claims(r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#);
    /// ```
    pub fn at_grant(grant: TokenGrant, error: impl Into<String>, code: impl Into<Option<u32>>) -> Self {
        Self::at(Place::Grant(grant), error.into(), code.into())
    }

    /// Microsoft Graph answers every call with this status and error.
    ///
    /// ```
    /// use azure_auth_emulator::ForcedError;
    ///
    /// let throttled = ForcedError::at_graph(429, "TooManyRequests").retry_after(10);
    /// let forbidden = ForcedError::at_graph(403, "Authorization_RequestDenied").times(1);
    /// ```
    pub fn at_graph(status: u16, error: impl Into<String>) -> Self {
        Self::at(Place::Graph, error.into(), None).status(status)
    }

    /// It comes in the place of the discovery document.
    ///
    /// ```
    /// let no_tenant = azure_auth_emulator::ForcedError::at_discovery("invalid_tenant", 90002);
    /// ```
    pub fn at_discovery(error: impl Into<String>, code: impl Into<Option<u32>>) -> Self {
        Self::at(Place::Discovery, error.into(), code.into())
    }

    /// Adds what can be done about it, as the token endpoint says it.
    ///
    /// ```
    /// use azure_auth_emulator::ForcedError;
    ///
    /// let blocked = ForcedError::at_token_endpoint("invalid_grant", 53003).suberror("message_only");
    /// ```
    #[must_use]
    pub fn suberror(self, suberror: impl Into<String>) -> Self {
        Self { suberror: Some(suberror.into()), ..self }
    }

    /// Adds the claims that the next request must ask for, as JSON.
    ///
    /// ```
    /// use azure_auth_emulator::ForcedError;
    ///
    /// let policy = ForcedError::at_token_endpoint("interaction_required", 50076)
    ///     .claims(r#"{"access_token":{"polids":{"essential":true,"values":["p"]}}}"#);
    /// ```
    #[must_use]
    pub fn claims(self, claims: impl Into<String>) -> Self {
        Self { further: Further { claims: Some(claims.into()), ..self.further }, ..self }
    }

    /// Sets the status. Default: 401 for `invalid_client`, and 400.
    ///
    /// ```
    /// use azure_auth_emulator::ForcedError;
    ///
    /// let down = ForcedError::at_token_endpoint("temporarily_unavailable", None).status(503);
    /// ```
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { further: Further { status: Some(status), ..self.further }, ..self }
    }

    /// Adds `Retry-After`, in seconds.
    ///
    /// ```
    /// use azure_auth_emulator::ForcedError;
    ///
    /// let throttled = ForcedError::at_token_endpoint("temporarily_unavailable", 90055).status(429).retry_after(30);
    /// ```
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { further: Further { retry_after: Some(seconds), ..self.further }, ..self }
    }

    /// Makes it answer so many requests only. Default: all, until the defects are cleared.
    ///
    /// ```
    /// use azure_auth_emulator::ForcedError;
    ///
    /// let once = ForcedError::at_token_endpoint("temporarily_unavailable", None).times(1);
    /// ```
    #[must_use]
    pub fn times(self, times: usize) -> Self {
        Self { times: Some(times), ..self }
    }

    fn at(place: Place, error: String, code: Option<u32>) -> Self {
        Self { place, error, code, suberror: None, further: Further::default(), times: None }
    }

    pub(crate) fn to_entra_error(&self) -> EntraError {
        EntraError {
            error: self.error.clone().into(),
            code: self.code,
            message: "The signed in user 'Adele Vance' (adele@contoso.test) meets an error that a test asked for."
                .to_owned(),
            suberror: self.suberror.clone().map(Into::into),
            further: Some(Box::new(self.further.clone())),
        }
    }
}
