//! The error of a handler that has no token: returned with `?`, it becomes the right answer for whoever called.

use std::fmt;
use std::sync::Arc;

use poem::Response;
use poem::error::ResponseError;
use poem::http::StatusCode;

use super::pending::PendingRefusal;
use crate::io::tokens::token_problem::TokenProblem;
use crate::model::downstream::need::Need;
use crate::model::downstream::permission::ResourceName;
use crate::model::refusals::diagnosis::Diagnosis;

/// Why there is no token for another API, or why an API did not take one.
///
/// A handler returns it with `?`, and the layer makes of it what the caller needs: a browser that opens a page goes to
/// Microsoft and comes back to the same address, a script is told where to send the browser, a program that called with an
/// access token gets the challenge of the provider.
///
/// ```
/// use azure_auth::{Principal, TokenError, graph};
/// use poem::handler;
///
/// #[azure_auth::protect(downstream = graph::MailRead)]
/// #[handler]
/// async fn mail(principal: Principal) -> Result<String, TokenError> {
///     let token = principal.token::<graph::MailRead>().await?;
///     Ok(format!("good until {:?}", token.expires_at()))
/// }
/// ```
///
/// Its text is fit for a log: no token, name or address.
#[derive(Clone)]
pub struct TokenError {
    pub(crate) missing: Arc<MissingToken>,
}

/// What is missing, as it is known where nobody has the request.
#[derive(Debug)]
pub(crate) struct MissingToken {
    pub(crate) problem: TokenProblem,
    pub(crate) resource: ResourceName,
    pub(crate) needs: Vec<Need>,
    pub(crate) is_challenged: bool,
}

impl TokenError {
    pub(crate) fn new(problem: TokenProblem, resource: ResourceName, needs: &[Need]) -> Self {
        let needs = needs.to_vec();
        Self { missing: Arc::new(MissingToken { problem, resource, needs, is_challenged: false }) }
    }

    pub(crate) fn challenged(problem: TokenProblem, resource: ResourceName, needs: &[Need]) -> Self {
        let needs = needs.to_vec();
        Self { missing: Arc::new(MissingToken { problem, resource, needs, is_challenged: true }) }
    }

    /// The stable code of the reason, such as `consent-required`.
    ///
    /// ```
    /// fn waits_for_the_person(error: &azure_auth::TokenError) -> bool {
    ///     matches!(error.code(), "consent-required" | "interaction-required")
    /// }
    /// ```
    pub fn code(&self) -> &'static str {
        self.missing.problem.reason().code()
    }

    /// With the feature `azure-sdk`: why a client of the Azure SDK had no token, if that is why it failed. Returned from a
    /// handler it becomes the answer that helps the caller on, which the error of the SDK does not.
    ///
    /// ```
    /// use azure_auth::TokenError;
    /// use poem::Error;
    /// use poem::http::StatusCode;
    ///
    /// fn no_answer(error: azure_core::Error) -> Error {
    ///     TokenError::of_sdk(&error).map_or_else(|| Error::new(error, StatusCode::BAD_GATEWAY), Error::from)
    /// }
    /// ```
    #[cfg(feature = "azure-sdk")]
    #[cfg_attr(docsrs, doc(cfg(feature = "azure-sdk")))]
    pub fn of_sdk(error: &azure_core::Error) -> Option<Self> {
        // The SDK puts it into errors of its own.
        let first: &(dyn std::error::Error + 'static) = error;
        std::iter::successors(Some(first), |error| error.source()).find_map(|error| error.downcast_ref()).cloned()
    }

    /// What an answer carries that is still to be made.
    pub(crate) fn pending(&self) -> PendingRefusal {
        PendingRefusal(self.missing.clone())
    }

    fn diagnosis(&self) -> Diagnosis {
        Diagnosis::of(&self.missing.problem, self.missing.problem.reason())
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code(), self.diagnosis())
    }
}

impl fmt::Debug for TokenError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TokenError({self})")
    }
}

impl std::error::Error for TokenError {}

impl ResponseError for TokenError {
    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.missing.problem.reason().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Where something on the way out loses the mark, the status still refuses.
    fn as_response(&self) -> Response {
        let mut response = Response::builder().status(self.status()).finish();
        response.extensions_mut().insert(self.pending());
        response
    }
}
