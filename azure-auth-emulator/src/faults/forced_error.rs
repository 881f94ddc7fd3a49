//! Any error of Entra ID, on demand.

use super::entra_error::EntraError;

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
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForcedError {
    pub(crate) place: Place,
    error: String,
    code: Option<u32>,
    suberror: Option<String>,
}

/// Where an error is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Redirect,
    TokenEndpoint,
    Discovery,
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

    fn at(place: Place, error: String, code: Option<u32>) -> Self {
        Self { place, error, code, suberror: None }
    }

    pub(crate) fn to_entra_error(&self) -> EntraError {
        EntraError {
            error: self.error.clone().into(),
            code: self.code,
            message: "The signed in user 'Adele Vance' (adele@contoso.test) meets an error that a test asked for."
                .to_owned(),
            suberror: self.suberror.clone().map(Into::into),
        }
    }
}
