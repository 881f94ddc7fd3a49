//! The library's own addresses: which one a request is for, and what answers it.

use poem::http::Method;
use poem::http::header::{HeaderValue, REFERRER_POLICY};
use poem::{Body, PathPattern, Request, Response};

use crate::model::settings::configuration::{AuthPaths, Configuration};
use crate::model::settings::embedding::Embedding;
use crate::web::pages::looks::protect;
use crate::web::pages::refused::Refused;
use crate::web::paths::sign_in_failure::{self, SignInError};
use crate::web::paths::{
    callback, cross_origin, embedded, front_channel, popup, session_watch, sign_in, sign_out, who_am_i,
};
use crate::web::request::context::RequestContext;
use crate::web::request::findings::Findings;
use crate::web::request::request_facts;

/// Which of them a request is for.
#[derive(Clone, Copy)]
pub(crate) enum OwnPath {
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
    pub(crate) fn of(path: &str, paths: &AuthPaths) -> Option<Self> {
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

    pub(crate) fn of_embedding(path: &str, embedding: &Embedding, paths: &AuthPaths) -> Option<Self> {
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

    /// As it is configured.
    fn path(self, configuration: &Configuration) -> String {
        let AuthPaths { login, callback, logout, session, .. } = &configuration.paths;
        let embedding = configuration.embedding.as_ref();
        match self {
            Self::Login => login.clone(),
            Self::Callback => callback.clone(),
            Self::Logout => logout.clone(),
            Self::Session => session.clone(),
            Self::Events => format!("{session}{}", AuthPaths::EVENTS),
            Self::WatchScript => format!("{session}{}", AuthPaths::WATCH_SCRIPT),
            Self::ClearCache => format!("{session}{}", AuthPaths::CLEAR_CACHE),
            Self::FrontChannelLogout => format!("{session}{}", AuthPaths::FRONT_CHANNEL_LOGOUT),
            Self::PopupLogin => embedding.map(|embedding| embedding.login.clone()).unwrap_or_default(),
            Self::PopupLogout => embedding.map(|embedding| embedding.logout.clone()).unwrap_or_default(),
            Self::EmbedScript => format!("{session}{}", Embedding::SCRIPT),
            Self::EmbeddedSession => format!("{session}{}", Embedding::REDEMPTION),
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

    pub(crate) async fn answer(self, findings: &Findings, request: &mut Request) -> Response {
        let body = request.take_body();
        let application = findings.application();
        if application.telling.is_on() {
            // Poem knows no row for it.
            request.set_data(PathPattern(self.path(&application.configuration).into()));
        }
        let context = &RequestContext::new(findings, request);
        let methods = self.of_trusted_origins();
        let mut response = match methods.and_then(|methods| cross_origin::preflight(context, methods)) {
            Some(response) => response,
            None => self.answer_itself(context, body).await,
        };
        if methods.is_some() {
            cross_origin::let_read(context, &mut response);
        }
        response
    }

    async fn answer_itself(self, context: &RequestContext<'_>, body: Body) -> Response {
        let outcome = match self {
            _ if context.findings.original.is_misplaced => {
                Err(sign_in_failure::answer(context, &SignInError::Misplaced))
            }
            Self::Login => begin(context).await,
            Self::Callback => callback::callback(context).await,
            Self::Logout => sign_out::logout(context).await,
            Self::Session => who_am_i::who_am_i(context).await,
            Self::Events => session_watch::watch(context).await,
            Self::WatchScript => Ok(session_watch::script(context)),
            Self::ClearCache => Ok(sign_out::clear_cache(context)),
            // Its page frames the answer, so that it has headers of its own.
            Self::FrontChannelLogout => return front_channel::sign_out(context).await,
            Self::PopupLogin => popup::login(context).await,
            Self::PopupLogout => popup::logout(context).await,
            Self::EmbedScript => Ok(embedded::script(context)),
            Self::EmbeddedSession => embedded::redeem(context, body).await,
        };
        let mut response = outcome.unwrap_or_else(|refused: Refused| {
            // They are there to be asked, and nobody is an answer.
            let is_nobody = refused.failure().reason == context.findings.nobody().reason();
            if is_nobody && matches!(self, Self::Session | Self::Events) {
                refused.untold.forget();
            }
            refused.to_response()
        });
        protect(&mut response, &context.application().pages.framing);
        if let Self::Callback = self {
            // The address holds a code and a state. Not even our own log of the next request shall have them.
            response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        }
        response
    }
}

/// `/login`: in a frame, in a window that a frame opened, or in the browser's own.
async fn begin(context: &RequestContext<'_>) -> Result<Response, Refused> {
    let is_embedded = context.application().configuration.embedding.is_some();
    if !is_embedded || !matches!(*context.request.method(), Method::GET | Method::HEAD) {
        return sign_in::login(context).await;
    }
    if request_facts::parameter(context.request, "display").is_some_and(|display| display == "popup") {
        return popup::login(context).await;
    }
    if request_facts::is_in_frame(context.request) {
        return embedded::login(context).await;
    }
    sign_in::login(context).await
}
