//! The program's own token, as an argument and for work outside of requests.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::SystemTime;

use poem::http::header::HeaderValue;
use poem::http::{HeaderMap, StatusCode};
use poem::{FromRequest, Request, RequestBody, Result};

use super::extractor::Extractor;
use super::principal::system_time;
use super::token::challenge;
use crate::io::tokens::source::TokenSource;
use crate::io::tokens::token_problem::TokenProblem;
use crate::model::downstream::need::Need;
use crate::model::downstream::tokens_in_hand::TokenInHand;
use crate::model::policies::delegated::ResourceItem;
use crate::web::request::authentication;
use crate::web::request::context::RequestContext;
use crate::web::tokens::refusal;
use crate::web::tokens::token_error::TokenError;

/// The program's own token for another API (client credentials, always `<API>/.default`): what an administrator granted to
/// the program itself, whoever calls.
///
/// ```
/// use azure_auth::{ApplicationToken, graph};
/// use poem::{get, handler};
///
/// #[azure_auth::protect(application_roles = "Report.Read.All")]
/// #[handler]
/// async fn organization(token: ApplicationToken<graph::Resource>) -> String {
///     format!("with a token until {:?}", token.expires_at())
/// }
///
/// let endpoints = azure_auth::endpoints! { "/organization" => get(organization) };
/// ```
///
/// Jobs get it from [`AzureAuth::application_token`](crate::AzureAuth::application_token).
pub struct ApplicationToken<R: ResourceItem> {
    token: Arc<TokenInHand>,
    source: Arc<TokenSource>,
    resource: PhantomData<fn() -> R>,
}

impl<R: ResourceItem> ApplicationToken<R> {
    pub(crate) fn new(token: Arc<TokenInHand>, source: Arc<TokenSource>) -> Self {
        Self { token, source, resource: PhantomData }
    }

    /// The value of the header `Authorization` for requests to the API: `Bearer …`, marked as sensitive, so that it does not
    /// print.
    ///
    /// ```
    /// # use azure_auth::{ApplicationToken, graph};
    /// # fn example(token: &ApplicationToken<graph::Resource>) {
    /// assert!(token.authorization().is_sensitive());
    /// # }
    /// ```
    pub fn authorization(&self) -> &HeaderValue {
        &self.token.authorization
    }

    /// When the token ends, by the provider's word. Long jobs ask for another in time: one that is good is not got twice.
    ///
    /// ```
    /// # use azure_auth::{ApplicationToken, graph};
    /// # fn example(token: &ApplicationToken<graph::Resource>) -> bool {
    /// token.expires_at() > std::time::SystemTime::now()
    /// # }
    /// ```
    pub fn expires_at(&self) -> SystemTime {
        system_time(self.token.held.ends_at)
    }

    /// Whether the API took the token. A claims challenge to the program's own token is nothing that a caller could meet: the
    /// answer is 502, and the log says what to change.
    ///
    /// ```
    /// # use azure_auth::{ApplicationToken, TokenError, graph};
    /// # use poem::http::{HeaderMap, StatusCode};
    /// # fn example(token: &ApplicationToken<graph::Resource>, status: StatusCode, headers: &HeaderMap) -> Result<(), TokenError> {
    /// token.accepts(status, headers)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The API asks the program for more.
    pub fn accepts(&self, status: StatusCode, headers: &HeaderMap) -> Result<(), TokenError> {
        if challenge(status, headers).is_none() {
            return Ok(());
        }
        self.source.forget_own(&self.token);
        Err(TokenError::new(TokenProblem::ProgramChallenged, R::NAME, &[]))
    }
}

impl<'a, R: ResourceItem> FromRequest<'a> for ApplicationToken<R> {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let context = RequestContext::of(request)?;
        let source = &context.application().tokens;
        match source.of_program(R::NAME, None).await {
            Ok(token) => Ok(Self::new(token, source.clone())),
            Err(problem) => Err(authentication::error(refusal::refuse_program(
                &context,
                &problem,
                context.findings.guard_notes.handler(),
            ))),
        }
    }
}

impl<R: ResourceItem> Clone for ApplicationToken<R> {
    fn clone(&self) -> Self {
        Self::new(self.token.clone(), self.source.clone())
    }
}

impl<R: ResourceItem> fmt::Debug for ApplicationToken<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ApplicationToken").field("expires_at", &self.expires_at()).finish_non_exhaustive()
    }
}

impl<R: ResourceItem> Extractor<ApplicationToken<R>> {
    /// What the argument needs.
    pub const NEED: Need = Need::Application(R::NAME);
}
