//! The layer around an application: answers the library's own paths, and finishes every answer.

use std::sync::Arc;

use poem::http::header::{CACHE_CONTROL, HeaderValue, REFERRER_POLICY, SET_COOKIE, VARY};
use poem::http::{Method, StatusCode};
use poem::{Endpoint, IntoResponse, Request, Response, Result};

use super::answering::Asked;
use super::application::Mounted;
use super::pages::protect;
use super::refused::Refused;
use super::request_cell::RequestCell;
use super::{
    callback, credential, embedded, front_channel, popup, request_facts, session, session_watch, sign_in, sign_out,
    who_am_i,
};
use crate::model::configuration::AuthPaths;
use crate::model::embedding::Embedding;

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
        let original = credential::original(&self.mounted.application, &request);
        let cell = Arc::new(RequestCell::new(self.mounted.clone(), original));
        let mut response = if let Some(own) = self.own_path(&request) {
            // Boxed, for it is large, and every other request would carry room for it.
            Box::pin(own.answer(&cell, &mut request)).await
        } else {
            request.extensions_mut().insert(cell.clone());
            let asked = Asked::of(&request, self.mounted.table.is_table);
            // An error becomes an answer here, or the cookies of this request would be lost with it.
            let outcome = self.endpoint.call(request).await.map(IntoResponse::into_response);
            let mut response = asked.answered(&cell, outcome);
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
    fn own_path(&self, request: &Request) -> Option<OwnPath> {
        let configuration = &self.mounted.application.configuration;
        let path = request_facts::whole_uri(request).path();
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

    async fn answer(self, cell: &RequestCell, request: &mut Request) -> Response {
        let outcome = match self {
            Self::Login => login(cell, request).await,
            Self::Callback => callback::callback(cell, request).await,
            Self::Logout => sign_out::logout(cell, request).await,
            Self::Session => who_am_i::who_am_i(cell, request).await,
            Self::Events => session_watch::watch(cell, request).await,
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
async fn login(cell: &RequestCell, request: &Request) -> std::result::Result<Response, Refused> {
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
