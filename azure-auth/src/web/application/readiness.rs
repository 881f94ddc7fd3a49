//! Whether an application can do its work now.

use std::fmt;
use std::sync::Arc;

use poem::http::StatusCode;
use poem::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use poem::{Endpoint, Request, Response, Result};
use serde_json::json;

use super::state::Application;
use crate::model::refusals::diagnosis::Diagnosis;
use crate::model::refusals::reason::Reason;

const WITHOUT_NEAR_CACHE: &str = "the session store does not tell what changed, so that every request asks it; allow \
                                  `CLIENT TRACKING`, which Redis has since version 6";

const MAY_EVICT: &str = "the session store may drop keys when its memory is full, and sessions with them; set \
                         `maxmemory-policy noeviction`";

/// What [`AzureAuth::ready`](crate::AzureAuth::ready) found.
///
/// ```no_run
/// # async fn example(auth: azure_auth::AzureAuth) {
/// let readiness = auth.ready().await;
/// if !readiness.is_ready() {
///     eprintln!("not ready: {readiness}");
/// }
/// for notice in readiness.notices() {
///     eprintln!("{notice}");
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    problems: Vec<String>,
    notices: Vec<String>,
}

impl Readiness {
    pub(crate) async fn of(application: &Application) -> Self {
        let mut problems = Vec::new();
        if let Err(error) = application.provider.snapshot_for_token().await {
            problems.push(Diagnosis::of(&error, Reason::ProviderUnavailable).to_string());
        }
        let mut notices = Vec::new();
        notices.extend(application.credential.notice().await);
        if let Some(store) = &application.sessions {
            match store.ready().await {
                Ok(found) => {
                    notices.extend((!found.near_cache).then(|| WITHOUT_NEAR_CACHE.to_owned()));
                    notices.extend(found.may_evict.then(|| MAY_EVICT.to_owned()));
                }
                Err(error) => problems.push(Diagnosis::of(&error, Reason::SessionStoreUnavailable).to_string()),
            }
        }
        Self { problems, notices }
    }

    /// The provider's keys are known and sessions can be looked up.
    ///
    /// ```
    /// # async fn example(auth: azure_auth::AzureAuth) -> bool {
    /// auth.ready().await.is_ready()
    /// # }
    /// ```
    pub fn is_ready(&self) -> bool {
        self.problems.is_empty()
    }

    /// What keeps the application from working, each with its remedy. It holds no secrets, only addresses of the provider.
    ///
    /// ```
    /// # async fn example(auth: azure_auth::AzureAuth) {
    /// for problem in auth.ready().await.problems() {
    ///     eprintln!("{problem}");
    /// }
    /// # }
    /// ```
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// What makes it slower or less sure than it could be.
    ///
    /// ```
    /// # async fn example(auth: azure_auth::AzureAuth) {
    /// for notice in auth.ready().await.notices() {
    ///     println!("{notice}");
    /// }
    /// # }
    /// ```
    pub fn notices(&self) -> &[String] {
        &self.notices
    }
}

impl fmt::Display for Readiness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_ready() { formatter.write_str("ready") } else { formatter.write_str(&self.problems.join("; ")) }
    }
}

/// Answers 200 or 503 with the reasons as JSON; see [`AzureAuth::ready_endpoint`](crate::AzureAuth::ready_endpoint).
///
/// ```
/// fn operations(auth: &azure_auth::AzureAuth) -> azure_auth::Endpoints {
///     azure_auth::endpoints! { "/ready" => public(auth.ready_endpoint(), reason = "for the load balancer") }
/// }
/// ```
#[derive(Clone)]
pub struct ReadyEndpoint {
    application: Arc<Application>,
}

impl ReadyEndpoint {
    pub(crate) fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

impl Endpoint for ReadyEndpoint {
    type Output = Response;

    async fn call(&self, _: Request) -> Result<Response> {
        let readiness = Readiness::of(&self.application).await;
        let body = json!({
            "ready": readiness.is_ready(), "problems": readiness.problems, "notices": readiness.notices,
        });
        let mut response = Response::builder().body(body.to_string());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if !readiness.is_ready() {
            response.set_status(StatusCode::SERVICE_UNAVAILABLE);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("10"));
        }
        Ok(response)
    }
}

impl fmt::Debug for ReadyEndpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ReadyEndpoint").finish_non_exhaustive()
    }
}
