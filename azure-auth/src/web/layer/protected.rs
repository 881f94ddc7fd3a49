//! The layer around an application: answers the library's own paths, and finishes every answer.

use std::sync::Arc;

use poem::http::header::{CACHE_CONTROL, HeaderValue, REFERRER_POLICY, SET_COOKIE, VARY};
use poem::http::{Method, StatusCode};
use poem::{Endpoint, IntoResponse, Request, Response, Result};

use super::answering::Remembered;
use super::placement::{self, Placement};
use crate::model::settings::configuration::AuthPaths;
use crate::model::settings::embedding::Embedding;
use crate::rules::configuration::mounting;
use crate::web::application::application::Mounted;
use crate::web::handler::{login, lost_refusal};
use crate::web::pages::looks::protect;
use crate::web::pages::refused::Refused;
use crate::web::paths::{
    callback, cross_origin, embedded, front_channel, popup, session_watch, sign_in, sign_out, who_am_i,
};
use crate::web::request::failure::{self, SignInError};
use crate::web::request::findings::RequestCell;
use crate::web::request::original_request::OriginalRequest;
use crate::web::request::{credential, request_facts, session};

/// An application inside [`AzureAuth`](crate::AzureAuth).
pub struct Protected<E> {
    pub(crate) mounted: Arc<Mounted>,
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
        let cell = Arc::new(RequestCell::new(self.mounted.clone(), original));
        let own = if placement == Placement::Part { None } else { self.own_path(&request) };
        let mut response = if let Some(own) = own {
            // Boxed, for it is large, and every other request would carry room for it.
            Box::pin(own.answer(&cell, &mut request)).await
        } else {
            let is_misspelt = self.is_misspelt(&request);
            request.extensions_mut().insert(cell.clone());
            let remembered = Remembered::of(&request, self.mounted.table.is_table);
            // An error becomes an answer here, or the cookies of this request would be lost with it.
            let (mut response, is_answer) = match self.endpoint.call(request).await {
                Ok(output) => (output.into_response(), true),
                Err(error) => remembered.error(&cell, error),
            };
            if let Some(withheld) = remembered.undeclared(&cell, response.status(), is_answer) {
                response = withheld;
            }
            if login::is_pending(&response) {
                response = Box::pin(login::finish(&cell, response)).await;
            }
            lost_refusal::put_back(&cell, &mut response);
            if is_misspelt && response.status() == StatusCode::NOT_FOUND {
                placement::note_spelling(&self.mounted.application);
            }
            finish(&cell, &mut response).await;
            if self.mounted.application.configuration.embedding.is_some() {
                self.mounted.application.pages.framing.announce(&mut response);
            }
            response
        };
        for cell in cell.all() {
            for cookie in cell.take_cookies() {
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
        let (prefix, whole) =
            (self.mounted.application.addresses(request).prefix(), request_facts::whole_uri(request).path());
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

#[derive(Clone, Copy)]
enum OwnPath {
    Login,
    Callback,
    Logout,
    Session,
    Events,
    WatchScript,
    ClearCache,
    FrontChannelLogout,
    PopupLogin,
    PopupLogout,
    EmbedScript,
    EmbeddedSession,
}

impl OwnPath {
    fn of(path: &str, paths: &AuthPaths) -> Option<Self> {
        match path {
            _ if path == paths.login => Some(Self::Login),
            _ if path == paths.callback => Some(Self::Callback),
            _ if path == paths.logout => Some(Self::Logout),
            _ => match path.strip_prefix(paths.session.as_str())? {
                "" => Some(Self::Session),
                AuthPaths::EVENTS => Some(Self::Events),
                AuthPaths::WATCH_SCRIPT => Some(Self::WatchScript),
                AuthPaths::CLEAR_CACHE => Some(Self::ClearCache),
                AuthPaths::FRONT_CHANNEL_LOGOUT => Some(Self::FrontChannelLogout),
                _ => None,
            },
        }
    }

    fn of_embedding(path: &str, embedding: &Embedding, paths: &AuthPaths) -> Option<Self> {
        match path {
            _ if path == embedding.login => Some(Self::PopupLogin),
            _ if path == embedding.logout => Some(Self::PopupLogout),
            _ => match path.strip_prefix(paths.session.as_str())? {
                Embedding::SCRIPT => Some(Self::EmbedScript),
                Embedding::REDEMPTION => Some(Self::EmbeddedSession),
                _ => None,
            },
        }
    }

    /// The method with which scripts of trusted origins may use a path.
    fn of_trusted_origins(self) -> Option<&'static str> {
        match self {
            Self::Session | Self::Events => Some("GET"),
            Self::Logout => Some("POST"),
            _ => None,
        }
    }

    async fn answer(self, cell: &RequestCell, request: &mut Request) -> Response {
        let methods = self.of_trusted_origins();
        let asked_ahead = methods.and_then(|methods| cross_origin::preflight(cell.application(), request, methods));
        let mut response = match asked_ahead {
            Some(response) => response,
            None => self.answer_itself(cell, request).await,
        };
        if methods.is_some() {
            let origin = request_facts::source(request).origin;
            cross_origin::let_read(cell.application(), origin, &mut response);
        }
        response
    }

    async fn answer_itself(self, cell: &RequestCell, request: &mut Request) -> Response {
        let outcome = match self {
            _ if cell.original.is_misplaced => {
                Err(failure::sign_in_failed(cell.application(), request, &SignInError::Misplaced))
            }
            Self::Login => begin(cell, request).await,
            Self::Callback => callback::callback(cell, request).await,
            Self::Logout => sign_out::logout(cell, request).await,
            Self::Session => who_am_i::who_am_i(cell, request).await,
            Self::Events => session_watch::watch(cell, request).await,
            Self::WatchScript => Ok(session_watch::script(cell, request)),
            Self::ClearCache => Ok(sign_out::clear_cache(cell, request)),
            // Its page frames the answer, so that it has headers of its own.
            Self::FrontChannelLogout => return front_channel::sign_out(cell, request).await,
            Self::PopupLogin => popup::login(cell, request).await,
            Self::PopupLogout => popup::logout(cell, request).await,
            Self::EmbedScript => Ok(embedded::script(cell, request)),
            Self::EmbeddedSession => embedded::redeem(cell, request).await,
        };
        let mut response = outcome.unwrap_or_else(|refused: Refused| refused.to_response());
        protect(&mut response, &cell.application().pages.framing);
        if let Self::Callback = self {
            // The address holds a code and a state. Not even our own log of the next request shall have them.
            response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        }
        response
    }
}

/// `/login`: in a frame, in a window that a frame opened, or in the browser's own.
async fn begin(cell: &RequestCell, request: &Request) -> std::result::Result<Response, Refused> {
    let is_embedded = cell.application().configuration.embedding.is_some();
    if !is_embedded || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return sign_in::login(cell, request).await;
    }
    if request_facts::parameter(request, "display").is_some_and(|display| display == "popup") {
        return popup::login(cell, request).await;
    }
    if request_facts::is_in_frame(request) {
        return embedded::login(cell, request).await;
    }
    sign_in::login(cell, request).await
}

/// An answer that depends on who asks: kept by no cache unless the application says so, the session noted as seen.
async fn finish(cell: &RequestCell, response: &mut Response) {
    if !cell.all().any(RequestCell::has_judged) {
        return;
    }
    let headers = response.headers_mut();
    if cell.all().any(RequestCell::is_personal) {
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    headers.append(VARY, HeaderValue::from_static("Cookie, Authorization"));
    for cell in cell.all().filter(|cell| session::is_to_touch(cell)) {
        Box::pin(session::touch(cell)).await;
    }
}
