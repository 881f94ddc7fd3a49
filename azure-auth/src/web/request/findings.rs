//! What one request has found out so far.

use std::borrow::Cow;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use poem::Request;
use poem::http::header::HeaderValue;
use thiserror::Error;

use super::carried::Carried;
use super::guard_notes::GuardNotes;
use super::original_request::OriginalRequest;
use crate::io::provider::provider_error::ProviderError;
use crate::io::sessions::store::StoreError;
use crate::model::callers::principal::Principal;
use crate::model::downstream::permission::Permission;
use crate::model::downstream::tokens_in_hand::TokenInHand;
use crate::model::refusals::diagnosis::{Details, Diagnosed, Diagnosis};
use crate::model::refusals::lost_session::LostSession;
use crate::model::refusals::reason::Reason;
use crate::rules::policy::admission::NotAdmitted;
use crate::rules::token::access_token::{RefusedAccessToken, TokenFacts};
use crate::web::application::opened_session::OpenedSession;
use crate::web::application::state::{Application, MountedApplication};

/// Shared by the middleware, the guard and the extractors of one request: everything is found out at most once for what
/// the request proves its sender with. Middleware may put another header or cookie in its place, and send several
/// requests on in place of one: each is looked at anew.
pub(crate) struct Findings {
    pub(crate) mounted: Arc<MountedApplication>,
    pub(crate) original: OriginalRequest,
    carried: OnceLock<Carried>,
    /// For what else the request carried.
    next: OnceLock<Box<Findings>>,
    pub(crate) session: OnceLock<Result<SessionFound, StoreError>>,
    /// What an `Authorization` header proves.
    pub(crate) token: OnceLock<Result<Arc<Principal>, CredentialRefusal>>,
    pub(crate) guard_notes: GuardNotes,
    /// The principal of an access token, where its groups had to be looked up.
    pub(crate) with_groups: OnceLock<Arc<Principal>>,
    /// For the handler's arguments.
    pub(crate) taken: OnceLock<TakenTokens>,
    cookies: Mutex<Vec<HeaderValue>>,
    /// Something that says who may call it was asked.
    is_declared: AtomicBool,
    /// A handler's own `check` returned something that the handler did not take with its guard.
    has_own_check: AtomicBool,
}

/// Whom the guard admitted, and the tokens for other APIs that it took for them.
pub(crate) struct TakenTokens {
    pub(crate) principal: Arc<Principal>,
    /// With what it was taken for.
    pub(crate) first: (Arc<TokenInHand>, &'static [Permission]),
    pub(crate) others: Vec<Arc<TokenInHand>>,
}

/// What came of the session cookie of a request.
#[derive(Debug)]
pub(crate) enum SessionFound {
    /// The browser brought none.
    None,
    Lost(LostSession),
    Opened(Arc<OpenedSession>),
}

impl SessionFound {
    pub(crate) fn opened(&self) -> Option<&Arc<OpenedSession>> {
        match self {
            Self::Opened(session) => Some(session),
            Self::None | Self::Lost(_) => None,
        }
    }

    pub(crate) fn into_opened(self) -> Option<Arc<OpenedSession>> {
        match self {
            Self::Opened(session) => Some(session),
            Self::None | Self::Lost(_) => None,
        }
    }
}

/// What a request proves its sender with, as far as it is judged.
#[derive(Debug)]
pub(crate) enum Credential<'c> {
    /// Neither header nor session.
    None,
    Principal(&'c Arc<Principal>),
    Refused(Cow<'c, CredentialRefusal>),
}

/// A credential that proves nothing. It is not passed over for another one: a bad token never falls back to a session.
#[derive(Clone, Debug, Error)]
pub(crate) enum CredentialRefusal {
    #[error(transparent)]
    NotAdmitted(#[from] NotAdmitted<'static>),
    #[error(transparent)]
    Token(#[from] Box<RefusedAccessToken>),
    #[error("no keys to verify the token with: {0}")]
    Keys(#[from] ProviderError),
    #[error("the session could not be looked up: {0}")]
    Store(#[from] StoreError),
}

impl CredentialRefusal {
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::NotAdmitted(refusal) => refusal.reason(),
            Self::Token(refused) => refused.error.reason(),
            Self::Keys(_) => Reason::KeysNotLoaded,
            Self::Store(_) => Reason::SessionStoreUnavailable,
        }
    }

    /// What a refused token said of itself.
    pub(crate) fn facts(&self) -> TokenFacts {
        match self {
            Self::Token(refused) => refused.facts.clone(),
            Self::NotAdmitted(_) | Self::Keys(_) | Self::Store(_) => TokenFacts::default(),
        }
    }

    pub(crate) fn diagnosis(&self) -> Diagnosis {
        Diagnosis::of(self, self.reason())
    }
}

impl Diagnosed for CredentialRefusal {
    fn details(&self) -> Details {
        match self {
            Self::NotAdmitted(refusal) => refusal.details(),
            Self::Token(refused) => refused.details(),
            Self::Keys(error) => error.details(),
            Self::Store(error) => error.details(),
        }
    }
}

impl Findings {
    pub(crate) fn new(mounted: Arc<MountedApplication>, original: OriginalRequest) -> Self {
        Self {
            mounted,
            original,
            carried: OnceLock::new(),
            next: OnceLock::new(),
            session: OnceLock::new(),
            token: OnceLock::new(),
            guard_notes: GuardNotes::default(),
            with_groups: OnceLock::new(),
            taken: OnceLock::new(),
            cookies: Mutex::default(),
            is_declared: AtomicBool::new(false),
            has_own_check: AtomicBool::new(false),
        }
    }

    /// What was found out for what this request carries.
    pub(crate) fn of(&self, request: &Request) -> &Self {
        let mut findings = self;
        loop {
            match findings.carried.get() {
                Some(carried) if carried.is_in(request) => return findings,
                Some(_) => {
                    findings = findings.next.get_or_init(|| Box::new(Self::new(self.mounted.clone(), self.original)));
                }
                // Another request may be looked at meanwhile, in place of the same one.
                None => {
                    let mut is_ours = false;
                    findings.carried.get_or_init(|| {
                        is_ours = true;
                        Carried::of(request)
                    });
                    if is_ours {
                        return findings;
                    }
                }
            }
        }
    }

    /// What the request proves its sender with.
    pub(crate) fn carried(&self, request: &Request) -> &Carried {
        self.carried.get_or_init(|| Carried::of(request))
    }

    /// This one, and those for what else the request carried.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |findings| findings.next.get().map(Box::as_ref))
    }

    pub(crate) fn application(&self) -> &Application {
        &self.mounted.application
    }

    pub(crate) fn note_declared(&self) {
        self.is_declared.store(true, Relaxed);
    }

    /// Whether anything that says who may call it was asked, for whatever the request carried.
    pub(crate) fn is_declared(&self) -> bool {
        self.all().any(|findings| findings.is_declared.load(Relaxed))
    }

    pub(crate) fn note_own_check(&self) {
        self.has_own_check.store(true, Relaxed);
    }

    /// The same of a handler's own `check`.
    pub(crate) fn has_own_check(&self) -> bool {
        self.all().any(|findings| findings.has_own_check.load(Relaxed))
    }

    /// The session, if this request opened one.
    pub(crate) fn opened_session(&self) -> Option<&Arc<OpenedSession>> {
        self.session.get()?.as_ref().ok()?.opened()
    }

    /// Why nobody is signed in although the browser brought a session, if this request found that out.
    pub(crate) fn lost_session(&self) -> Option<LostSession> {
        match self.session.get() {
            Some(Ok(SessionFound::Lost(lost))) => Some(*lost),
            _ => None,
        }
    }

    /// What is said of a request that proves nobody.
    pub(crate) fn nobody(&self) -> NotAdmitted<'static> {
        self.lost_session().map_or(NotAdmitted::NotSignedIn, NotAdmitted::SessionLost)
    }

    /// Whose credential came with the request, as far as somebody asked.
    pub(crate) fn principal(&self) -> Option<&Principal> {
        match self.token.get() {
            Some(token) => token.as_deref().ok(),
            None => self.opened_session().map(|session| session.principal.as_ref()),
        }
    }

    /// Whether somebody asked who sends this.
    pub(crate) fn has_judged(&self) -> bool {
        self.token.get().is_some() || self.session.get().is_some()
    }

    /// Whether the answer may be about somebody.
    pub(crate) fn is_personal(&self) -> bool {
        let has_session = matches!(self.session.get(), Some(Ok(SessionFound::Opened(_)) | Err(_)));
        has_session || self.token.get().is_some()
    }

    /// The principal of an access token, as far as one was asked for.
    pub(crate) fn is_bearer(&self) -> bool {
        matches!(self.token.get(), Some(Ok(_)))
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

impl Drop for Findings {
    /// One after the other: an application may send on very many requests in place of one.
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut findings) = next {
            next = findings.next.take();
        }
    }
}
