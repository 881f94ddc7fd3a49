//! A token with which a handler acts for the person who calls.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::SystemTime;

use poem::http::header::HeaderValue;
use poem::http::{HeaderMap, StatusCode};
use poem::{FromRequest, Request, RequestBody, Result};

use super::extractor::Extractor;
use super::principal::{Principal, system_time};
use crate::io::tokens::token_problem::TokenProblem;
use crate::model::callers::principal as model;
use crate::model::downstream::need::Need;
use crate::model::downstream::permission::{Permission, ResourceName};
use crate::model::downstream::tokens_in_hand::TokenInHand;
use crate::model::policies::delegated::Delegated;
use crate::rules::downstream::claims_challenge::{self, RequestedClaims};
use crate::rules::downstream::scopes;
use crate::web::request::authentication;
use crate::web::request::context::RequestContext;
use crate::web::request::findings::{Findings, TakenTokens};
use crate::web::tokens::acquisition::Holder;
use crate::web::tokens::refusal::{self, Missing};
#[cfg(feature = "azure-sdk")]
use crate::web::tokens::sdk_credential::PersonCredential;
use crate::web::tokens::token_error::TokenError;

/// A token with which the program acts at another API for the person who calls: permissions of
/// [`graph`](crate::graph), or of what `downstream` of [`app!`](crate::app!) declares; several of one API in parentheses.
///
/// The argument is the declaration. Before the handler runs the person has agreed, a token was got and is good: for a browser's
/// session with the session's own refresh token, for a caller with an access token on behalf of its person. Renewal, further
/// consent, replicas and sign-out are the library's business.
///
/// ```
/// use azure_auth::{Token, graph};
/// use poem::http::header::AUTHORIZATION;
/// use poem::{get, handler};
///
/// # async fn ask(address: &str, header: (poem::http::HeaderName, &poem::http::HeaderValue)) -> poem::Result<poem::Response> { todo!() }
/// #[azure_auth::protect]
/// #[handler]
/// async fn mail(token: Token<graph::MailRead>) -> poem::Result<String> {
///     let address = "https://graph.microsoft.com/v1.0/me/messages";
///     let answer = ask(address, (AUTHORIZATION, token.authorization())).await?;
///     token.accepts(answer.status(), answer.headers())?;
///     Ok(answer.into_body().into_string().await?)
/// }
///
/// let endpoints = azure_auth::endpoints! { "/mail" => get(mail) };
/// ```
///
/// `Option<Token<…>>` is `None` where there is no token at once, and never begins a sign-in; it may stand in a public handler.
/// What a handler needs only now and then it declares with `downstream = …`, and asks for with
/// [`Principal::token`](crate::Principal::token).
///
/// It is for the other API alone: what it says of the person nobody here reads, and nothing verifies it.
pub struct Token<P: Delegated> {
    in_hand: Arc<TokenInHand>,
    principal: Arc<model::Principal>,
    permissions: PhantomData<fn() -> P>,
}

impl<P: Delegated> Token<P> {
    /// What the guard took.
    fn taken(findings: &Findings) -> Option<Self> {
        let TakenTokens { principal, first: (first, taken_for), others } = findings.taken.get()?;
        let is_this = |token: &&Arc<TokenInHand>| {
            token.resource == resource(P::PERMISSIONS) && scopes::covers(&token.held.granted, P::PERMISSIONS)
        };
        // Mostly it is the same list, and what it says need not be compared.
        let token = if std::ptr::eq(*taken_for, P::PERMISSIONS) {
            first.clone()
        } else {
            [first].into_iter().chain(others).find(is_this)?.clone()
        };
        Some(Self { in_hand: token, principal: principal.clone(), permissions: PhantomData })
    }

    const NEED: Need = Need::Person { permissions: P::PERMISSIONS, is_optional: false };

    /// The value of the header `Authorization` for requests to the API: `Bearer …`, marked as sensitive, so that it does not
    /// print.
    ///
    /// ```
    /// # use azure_auth::{Token, graph};
    /// # fn example(token: &Token<graph::UserRead>) {
    /// assert!(token.authorization().is_sensitive());
    /// # }
    /// ```
    pub fn authorization(&self) -> &HeaderValue {
        &self.in_hand.authorization
    }

    /// When the token ends, by the provider's word. One that a handler holds for longer than its request is better asked
    /// for anew.
    ///
    /// ```
    /// # use azure_auth::{Token, graph};
    /// # fn example(token: &Token<graph::UserRead>) -> bool {
    /// token.expires_at() > std::time::SystemTime::now()
    /// # }
    /// ```
    pub fn expires_at(&self) -> SystemTime {
        system_time(self.in_hand.held.ends_at)
    }

    /// Whether the API took the token, by its answer: a claims challenge (401 with `error="insufficient_claims"`) becomes the
    /// error that leads the person back to Microsoft with what the API asks for. Everything else is the handler's to judge.
    ///
    /// Programs that set [`AzureAuthBuilder::handles_claims_challenges`](crate::AzureAuthBuilder::handles_claims_challenges)
    /// call it with every answer.
    ///
    /// ```
    /// # use azure_auth::{Token, TokenError, graph};
    /// # use poem::http::{HeaderMap, StatusCode};
    /// # fn example(token: &Token<graph::UserRead>, status: StatusCode, headers: &HeaderMap) -> Result<(), TokenError> {
    /// token.accepts(status, headers)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The API asks for more proof of the person.
    pub fn accepts(&self, status: StatusCode, headers: &HeaderMap) -> Result<(), TokenError> {
        let Some(claims) = challenge(status, headers) else { return Ok(()) };
        self.principal.tokens.remove(&self.in_hand);
        let problem = TokenProblem::InteractionRequired { error: None, claims: Some(claims) };
        Err(TokenError::challenged(problem, self.in_hand.resource, &[Self::NEED]))
    }
}

/// What an API asks for, if its answer is a claims challenge.
pub(super) fn challenge(status: StatusCode, headers: &HeaderMap) -> Option<RequestedClaims> {
    if status != StatusCode::UNAUTHORIZED {
        return None;
    }
    let headers = headers.get_all(poem::http::header::WWW_AUTHENTICATE).iter().map(HeaderValue::as_bytes);
    claims_challenge::read(headers)
}

/// Permissions of one API, of which there is at least one.
fn resource(permissions: &[Permission]) -> ResourceName {
    permissions.first().map_or(ResourceName::Graph, |permission| permission.resource)
}

impl Principal {
    /// A token with which the program acts for this caller at another API, where only some of a handler's work needs one.
    /// `downstream = …` in [`protect`](crate::protect) declares it, so that the person is asked before the handler runs, and
    /// the report, the lock and the registration have it; without it they are asked when the handler has begun.
    ///
    /// ```
    /// use azure_auth::{Principal, TokenError, graph};
    /// use poem::handler;
    ///
    /// #[azure_auth::protect(downstream = graph::CalendarsRead)]
    /// #[handler]
    /// async fn next_meeting(principal: Principal) -> Result<String, TokenError> {
    ///     let token = principal.token::<graph::CalendarsRead>().await?;
    ///     Ok(format!("asked with a token until {:?}", token.expires_at()))
    /// }
    /// ```
    ///
    /// # Errors
    /// The person has to agree or to prove more, their session is over by now, an application calls without a person, or the
    /// provider cannot be asked.
    /// Returned with `?` it becomes the answer that helps the caller on.
    pub async fn token<P: Delegated>(&self) -> Result<Token<P>, TokenError> {
        let holder = Holder { application: &self.application, principal: &self.inner, session: self.session.as_ref() };
        let token = match holder.check_standing().await {
            Ok(()) => holder.token(P::PERMISSIONS, &[]).await,
            Err(problem) => Err(problem),
        };
        match token {
            Ok(in_hand) => Ok(Token { in_hand, principal: self.inner.clone(), permissions: PhantomData }),
            Err(problem) => Err(TokenError::new(problem, resource(P::PERMISSIONS), &[Token::<P>::NEED])),
        }
    }
}

#[cfg(feature = "azure-sdk")]
impl Principal {
    /// With the feature `azure-sdk`: what clients of the Azure SDK for Rust take, to act for this caller.
    ///
    /// It gives tokens for APIs that are declared, and no others: `<API>/.default`, which is what clients ask for, comes to
    /// the permissions that the handler declares for the API, or else those of the whole table. It ends with the person's
    /// session, or with the access token that they called with.
    ///
    /// **A client serves one person.** Clients of the SDK keep the token that they got, so make one for each request: one
    /// that is shared would act for whoever came first, and one that outlives the session acts on until its token ends. What
    /// may be shared is the transport, which has the connections.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use azure_core::credentials::TokenCredential;
    /// use azure_auth::{Principal, TokenError};
    /// use poem::http::StatusCode;
    /// use poem::{Error, handler};
    ///
    /// azure_auth::app! {
    ///     downstream: {
    ///         storage("https://storage.azure.com") { Impersonation("user_impersonation") = "Read the person's blobs" },
    ///     },
    /// }
    ///
    /// # async fn names(_: Arc<dyn TokenCredential>) -> azure_core::Result<Vec<String>> { todo!() }
    /// #[azure_auth::protect(via = session, downstream = storage::Impersonation)]
    /// #[handler]
    /// async fn papers(principal: Principal) -> poem::Result<String> {
    ///     // What `BlobContainerClient::new(address, Some(credential), None)` of `azure_storage_blob` lists.
    ///     let names = names(principal.token_credential()).await.map_err(no_answer)?;
    ///     Ok(names.join("\n"))
    /// }
    ///
    /// /// The way back to Microsoft, where the person is needed again.
    /// fn no_answer(error: azure_core::Error) -> Error {
    ///     TokenError::of_sdk(&error).map_or_else(|| Error::new(error, StatusCode::BAD_GATEWAY), Error::from)
    /// }
    /// ```
    ///
    /// Its errors have the kind [`Credential`](azure_core::error::ErrorKind::Credential), and
    /// [`TokenError::of_sdk`](crate::TokenError::of_sdk) finds what a caller can do about them. The SDK sends tokens over https alone,
    /// and has no word for what an API asks of the person on top (claims challenges): where that matters, take
    /// [`Token`](crate::Token).
    #[cfg_attr(docsrs, doc(cfg(feature = "azure-sdk")))]
    pub fn token_credential(&self) -> Arc<dyn azure_core::credentials::TokenCredential> {
        Arc::new(PersonCredential {
            application: self.application.clone(),
            principal: self.inner.clone(),
            session: self.session.clone(),
            declared: self.declared.clone(),
        })
    }
}

impl<'a, P: Delegated> FromRequest<'a> for Token<P> {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let context = RequestContext::of(request)?;
        if let Some(token) = Self::taken(context.findings) {
            return Ok(token);
        }
        let principal = authentication::authenticate(&context).await.map_err(authentication::error)?;
        let session = context.findings.opened_session();
        let holder = Holder { application: context.application(), principal: &principal, session };
        match holder.token(P::PERMISSIONS, &[]).await {
            Ok(in_hand) => Ok(Self { in_hand, principal, permissions: PhantomData }),
            // An argument `Option<Token<…>>` drops it, and nobody is sent anywhere.
            Err(problem) => {
                let missing = Missing {
                    problem: &problem,
                    resource: resource(P::PERMISSIONS),
                    needs: &[Self::NEED],
                    is_challenged: false,
                };
                Err(authentication::error(refusal::refuse_argument(&context, holder, missing)))
            }
        }
    }
}

impl<P: Delegated> Clone for Token<P> {
    fn clone(&self) -> Self {
        Self { in_hand: self.in_hand.clone(), principal: self.principal.clone(), permissions: PhantomData }
    }
}

impl<P: Delegated> fmt::Debug for Token<P> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Token").field("expires_at", &self.expires_at()).finish_non_exhaustive()
    }
}

impl<P: Delegated> Extractor<Token<P>> {
    /// Without a caller there is nobody to act for.
    pub const DEMANDS_CALLER: bool = true;

    /// What the argument needs.
    pub const NEED: Need = Token::<P>::NEED;
}

impl<P: Delegated> Extractor<Option<Token<P>>> {
    /// What the argument would take.
    pub const NEED: Need = Need::Person { permissions: P::PERMISSIONS, is_optional: true };
}
