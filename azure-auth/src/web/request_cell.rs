//! What one request has found out so far.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use poem::Request;
use poem::http::header::HeaderValue;
use thiserror::Error;

use super::application::{Application, Mounted};
use super::arrival::Arrival;
use super::carried::Carried;
use super::opened_session::OpenedSession;
use crate::io::provider::ProviderError;
use crate::io::session_store::StoreError;
use crate::model::principal::Principal;
use crate::rules::access_token::RefusedAccessToken;
use crate::rules::admission::NotAdmitted;

/// Shared by the middleware, the guard and the extractors of one request: everything is found out at most once for what
/// the request proves its sender with. Middleware may put another header or cookie in its place, and send several
/// requests on in place of one: each is looked at anew.
pub(crate) struct RequestCell {
    pub(crate) mounted: Arc<Mounted>,
    pub(crate) arrival: Arrival,
    carried: OnceLock<Carried>,
    /// For what else the request carried.
    next: OnceLock<Box<RequestCell>>,
    pub(crate) session: OnceLock<Result<Option<Arc<OpenedSession>>, StoreError>>,
    pub(crate) credential: OnceLock<Credential>,
    cookies: Mutex<Vec<HeaderValue>>,
}

/// A request's credential, judged once. Whether a session may change something is not part of it: that is asked of the
/// request in hand.
#[derive(Debug)]
pub(crate) enum Credential {
    /// Neither header nor session.
    None,
    Principal(Arc<Principal>),
    Refused(CredentialRefusal),
}

/// A credential that proves nothing. It is not passed over for another one: a bad token never falls back to a session.
#[derive(Debug, Error)]
pub(crate) enum CredentialRefusal {
    #[error(transparent)]
    NotAdmitted(#[from] NotAdmitted),
    #[error(transparent)]
    Token(#[from] Box<RefusedAccessToken>),
    #[error("no keys to verify the token with: {0}")]
    Keys(#[from] ProviderError),
    #[error("the session could not be looked up: {0}")]
    Store(#[from] StoreError),
}

impl RequestCell {
    pub(crate) fn new(mounted: Arc<Mounted>, arrival: Arrival) -> Self {
        Self {
            mounted,
            arrival,
            carried: OnceLock::new(),
            next: OnceLock::new(),
            session: OnceLock::new(),
            credential: OnceLock::new(),
            cookies: Mutex::default(),
        }
    }

    /// What was found out for what this request carries.
    pub(crate) fn of(&self, request: &Request) -> &Self {
        let mut cell = self;
        loop {
            let mut is_new = false;
            let carried = cell.carried.get_or_init(|| {
                is_new = true;
                Carried::of(request)
            });
            if is_new || carried.is_in(request) {
                return cell;
            }
            cell = cell.next.get_or_init(|| Box::new(Self::new(self.mounted.clone(), self.arrival)));
        }
    }

    /// This one, and those for what else the request carried.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |cell| cell.next.get().map(Box::as_ref))
    }

    pub(crate) fn application(&self) -> &Application {
        &self.mounted.application
    }

    /// The session, if this request opened one.
    pub(crate) fn opened_session(&self) -> Option<&Arc<OpenedSession>> {
        self.session.get()?.as_ref().ok()?.as_ref()
    }

    /// Whether somebody asked who sends this.
    pub(crate) fn has_judged(&self) -> bool {
        self.credential.get().is_some() || self.session.get().is_some()
    }

    /// Whether the answer may be about somebody.
    pub(crate) fn is_personal(&self) -> bool {
        let has_credential = self.credential.get().is_some_and(|credential| !matches!(credential, Credential::None));
        has_credential || self.opened_session().is_some()
    }

    /// Whom the request proves, as far as that was asked.
    pub(crate) fn principal(&self) -> Option<&Principal> {
        match self.credential.get()? {
            Credential::Principal(principal) => Some(principal.as_ref()),
            Credential::None | Credential::Refused(_) => None,
        }
    }

    /// Sets a cookie with the answer, whatever the answer is; with the attributes that our cookies have outside frames.
    /// `max_age`: seconds; without it the cookie goes with the browser.
    pub(crate) fn set_cookie(&self, name: &str, value: &str, is_secure: bool, max_age: Option<u32>) {
        let cookie = cookie::Cookie::build((name, value)).same_site(cookie::SameSite::Lax);
        self.push(if is_secure { cookie.secure(true) } else { cookie }, max_age);
    }

    /// Sets a cookie for a frame: kept apart for each site that frames us. Browsers keep it on https, and on loopback.
    pub(crate) fn set_frame_cookie(&self, name: &str, value: &str, max_age: Option<u32>) {
        let cookie = cookie::Cookie::build((name, value)).same_site(cookie::SameSite::None);
        self.push(cookie.secure(true).partitioned(true), max_age);
    }

    fn push(&self, cookie: cookie::CookieBuilder<'_>, max_age: Option<u32>) {
        let mut cookie = cookie.path("/").http_only(true);
        if let Some(seconds) = max_age {
            cookie = cookie.max_age(cookie::time::Duration::seconds(seconds.into()));
        }
        // Names and values are ours, in letters that headers are made of.
        if let Ok(header) = HeaderValue::from_str(&cookie.build().to_string()) {
            self.cookies.lock().unwrap_or_else(PoisonError::into_inner).push(header);
        }
    }

    /// Deletes a cookie, with the attributes it was set with, or browsers keep it.
    pub(crate) fn delete_cookie(&self, name: &str, is_secure: bool) {
        self.set_cookie(name, "", is_secure, Some(0));
    }

    pub(crate) fn take_cookies(&self) -> Vec<HeaderValue> {
        std::mem::take(&mut *self.cookies.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for RequestCell {
    /// One after the other: an application may send on very many requests in place of one.
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut cell) = next {
            next = cell.next.take();
        }
    }
}
