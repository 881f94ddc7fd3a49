//! The layer around an application: answers the library's own paths, and finishes every answer.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::http::header::{CACHE_CONTROL, HeaderValue, SET_COOKIE, VARY};
use poem::{Endpoint, IntoResponse, PathPattern, Request, Response, Result};

use super::answering::Remembered;
use super::own_path::OwnPath;
use super::placement::{self, Placement};
use crate::rules::configuration::mounting;
use crate::web::application::state::MountedApplication;
use crate::web::handler::{login, lost_refusal};
use crate::web::request::findings::Findings;
use crate::web::request::original_request::OriginalRequest;
use crate::web::request::{credential, request_facts, request_site, session};

/// An application inside [`AzureAuth`](crate::AzureAuth).
///
/// A name for the type is needed only where a `poem::Route` is inside; a table stays an [`Endpoints`](crate::Endpoints).
///
/// ```
/// use azure_auth::{AzureAuth, Protected};
/// use poem::{EndpointExt, Route};
///
/// fn app(routes: Route, auth: AzureAuth) -> Protected<Route> {
///     routes.with(auth)
/// }
/// ```
pub struct Protected<E> {
    pub(crate) mounted: Arc<MountedApplication>,
    pub(crate) is_served: bool,
    pub(crate) endpoint: E,
}

impl<E: Endpoint> Endpoint for Protected<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        if !self.is_served {
            return Ok(StatusCode::INTERNAL_SERVER_ERROR.into());
        }
        let placement = placement::of(&self.mounted, &request);
        if placement == Placement::Inner {
            return self.endpoint.call(request).await.map(IntoResponse::into_response);
        }
        let is_misplaced = placement == Placement::Misplaced;
        let original = OriginalRequest { is_misplaced, ..credential::original(&self.mounted.application, &request) };
        let findings = Arc::new(Findings::new(self.mounted.clone(), original));
        let own = if placement == Placement::Part { None } else { self.own_path(&request) };
        let mut response = if let Some(own) = own {
            // Boxed, for it is large, and every other request would carry room for it.
            Box::pin(own.answer(&findings, &mut request)).await
        } else {
            let is_misspelt = self.is_misspelt(&request);
            request.extensions_mut().insert(findings.clone());
            let remembered = Remembered::of(&request, &self.mounted);
            // An error becomes an answer here, or the cookies of this request would be lost with it.
            let (mut response, is_answer) = match self.endpoint.call(request).await {
                Ok(output) => (output.into_response(), true),
                Err(error) => remembered.error(&findings, error),
            };
            if let Some(withheld) = remembered.undeclared(&findings, &response, is_answer) {
                response = withheld;
            }
            if login::is_pending(&response) {
                response = Box::pin(begin(&findings, &remembered, response)).await;
            }
            if response.status().as_u16() >= 400 {
                Box::pin(remembered.without_token(&findings, &mut response)).await;
            }
            lost_refusal::put_back(&findings, &mut response);
            if is_misspelt && response.status() == StatusCode::NOT_FOUND {
                placement::note_spelling(&self.mounted.application);
            }
            finish(&findings, &mut response).await;
            if self.mounted.application.configuration.embedding.is_some() {
                self.mounted.application.pages.framing.announce(&mut response);
            }
            response
        };
        for findings in findings.all() {
            for cookie in findings.take_cookies() {
                // Whatever the application says: one person's cookies are for no cache.
                response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
                response.headers_mut().append(SET_COOKIE, cookie);
            }
        }
        Ok(response)
    }
}

impl<E> Protected<E> {
    /// By the address as routers and middleware outside of the layer left it; else by the whole one, as it came in. With or
    /// without the prefix of the public URL, which a proxy may have taken away.
    fn own_path(&self, request: &Request) -> Option<OwnPath> {
        let path = request.uri().path();
        let found = self.named(path);
        let (prefix, whole) = (
            request_site::addresses(&self.mounted.application, request).prefix(),
            request_facts::whole_uri(request).path(),
        );
        if found.is_some() || prefix.is_empty() && whole == path {
            return found;
        }
        // Middleware may add a slash to every path, and a router may have left a part of the prefix.
        let without_slash = path.strip_suffix('/').filter(|_| whole != path);
        let written = [Some(path), without_slash, Some(whole).filter(|whole| whole.ends_with(path))];
        written.into_iter().flatten().find_map(|path| {
            self.named(path).or_else(|| mounting::behind_prefix(path, prefix).find_map(|path| self.named(path)))
        })
    }

    /// Whether a request means a path of ours that is written with more slashes.
    fn is_misspelt(&self, request: &Request) -> bool {
        let path = request.uri().path();
        let is_odd = path.len() > 1 && (path.ends_with('/') || path.starts_with("//"));
        is_odd && mounting::plainer(path).is_some_and(|plain| self.named(&plain).is_some())
    }

    fn named(&self, path: &str) -> Option<OwnPath> {
        let configuration = &self.mounted.application.configuration;
        OwnPath::of(path, &configuration.paths).or_else(|| {
            let embedding = configuration.embedding.as_ref()?;
            OwnPath::of_embedding(path, embedding, &configuration.paths)
        })
    }
}

/// An answer with which a handler begins a sign-in.
async fn begin(findings: &Findings, remembered: &Remembered, response: Response) -> Response {
    let pattern = response.data::<PathPattern>().cloned();
    login::finish(findings, response).await.unwrap_or_else(|refused| {
        remembered.tell(findings, refused.failure(), pattern.as_ref());
        refused.to_response()
    })
}

/// An answer that depends on who asks: kept by no cache unless the application says so, the session noted as seen.
async fn finish(findings: &Findings, response: &mut Response) {
    if !findings.all().any(Findings::has_judged) {
        return;
    }
    let headers = response.headers_mut();
    if findings.all().any(Findings::is_personal) {
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    headers.append(VARY, HeaderValue::from_static("Cookie, Authorization"));
    for findings in findings.all().filter(|findings| session::is_to_touch(findings)) {
        Box::pin(session::touch(findings)).await;
    }
}
