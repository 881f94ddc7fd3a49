//! What one mounted application holds: a small handle over configuration, provider, keys and pages.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arc_swap::{ArcSwap, ArcSwapOption};
use poem::Request;
use poem::http::header::HeaderValue;
use url::form_urlencoded;

use super::answer::SignInError;
use super::pages::Pages;
use super::request_facts;
use super::session::{self, OpenedSession};
use crate::io::clock;
use crate::io::provider::Provider;
use crate::model::configuration::Configuration;
use crate::model::origin::Origin;
use crate::model::session::SessionRecord;
use crate::model::unix_time::UnixTime;
use crate::rules::admission::Credential;
use crate::rules::authorization_response::ATTEMPT_LIFETIME;
use crate::rules::cookies::CookieNames;
use crate::rules::revocation::Revocations;
use crate::rules::same_origin;
use crate::rules::seal::SealingKeys;

/// The parts behind every request.
pub(crate) struct Application {
    pub(crate) configuration: Configuration,
    pub(crate) provider: Arc<Provider>,
    /// None where nobody signs in.
    pub(crate) session_keys: Option<SealingKeys>,
    pub(crate) attempt_keys: Option<SealingKeys>,
    pub(crate) pages: Pages,
    pub(crate) revocations: ArcSwap<Revocations>,
    pub(crate) noted_unknown_key: AtomicBool,
    pub(crate) noted_forged_cookie: AtomicBool,
    pub(crate) noted_host: AtomicBool,
    used_attempts: Mutex<HashMap<String, UnixTime>>,
    public_site: Option<Arc<Site>>,
    /// The loopback site last asked for; a developer uses one.
    loopback_site: ArcSwapOption<Site>,
}

/// One address under which the application is used, and the names of its cookies there.
#[derive(Debug)]
pub(crate) struct Site {
    host: String,
    pub(crate) origin: Origin,
    pub(crate) names: CookieNames,
}

impl Site {
    pub(crate) fn new(names: CookieNames, origin: Origin) -> Self {
        Self { host: String::new(), origin, names }
    }
}

/// More sign-ins than that are not answered twice within ten minutes by one process.
const USED_ATTEMPTS_LIMIT: usize = 65_536;

impl Application {
    pub(crate) fn new(
        configuration: Configuration,
        provider: Provider,
        session_keys: Option<SealingKeys>,
        attempt_keys: Option<SealingKeys>,
        pages: Pages,
    ) -> Self {
        let public_site = configuration.public_url.clone().map(|origin| {
            let names = CookieNames::new(&configuration.client.id, &origin);
            Arc::new(Site::new(names, origin))
        });
        Self {
            configuration,
            provider: Arc::new(provider),
            session_keys,
            attempt_keys,
            pages,
            revocations: ArcSwap::default(),
            noted_unknown_key: AtomicBool::new(false),
            noted_forged_cookie: AtomicBool::new(false),
            noted_host: AtomicBool::new(false),
            used_attempts: Mutex::default(),
            public_site,
            loopback_site: ArcSwapOption::empty(),
        }
    }

    /// Whether people can sign in here at all.
    pub(crate) fn signs_in(&self) -> bool {
        self.session_keys.is_some()
    }

    /// The site a request belongs to: the configured one, or a loopback host.
    pub(crate) fn site(&self, request: &Request) -> Result<Arc<Site>, SignInError> {
        if let Some(site) = &self.public_site {
            self.note_other_host(site, request);
            return Ok(site.clone());
        }
        let host = request_facts::host(request).ok_or(SignInError::Host)?;
        if let Some(site) = self.loopback_site.load_full().filter(|site| site.host == host) {
            return Ok(site);
        }
        let origin = Origin::of_loopback_host(host).ok_or(SignInError::Host)?;
        let names = CookieNames::new(&self.configuration.client.id, &origin);
        let site = Arc::new(Site { host: host.to_owned(), origin, names });
        self.loopback_site.store(Some(site.clone()));
        Ok(site)
    }

    /// The redirect URI at a site, the same text in every leg of a sign-in.
    pub(crate) fn redirect_uri(&self, site: &Site) -> String {
        format!("{}{}", site.origin, self.configuration.paths.callback)
    }

    pub(crate) fn login_address(&self, return_to: &str) -> String {
        let login = &self.configuration.paths.login;
        if return_to == "/" {
            return login.clone();
        }
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("return_to", return_to).finish();
        format!("{login}?{query}")
    }

    /// Whether the answer may hold what developers need to know.
    pub(crate) fn explains(&self, request: &Request) -> bool {
        let public_url = self.configuration.public_url.as_ref();
        self.configuration.explain || public_url.is_none_or(Origin::is_loopback) && request_facts::is_local(request)
    }

    /// Ends a session in this process, whatever copies of its cookie come back.
    pub(crate) fn revoke(&self, record: &SessionRecord) {
        self.revocations.rcu(|revocations| revocations.with(record, clock::now()));
    }

    /// Marks an attempt as answered; false if it was already.
    pub(crate) fn use_attempt(&self, state: &str) -> bool {
        let now = clock::now();
        // Nothing under this lock can panic half-way.
        let mut used = self.used_attempts.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= USED_ATTEMPTS_LIMIT {
            used.retain(|_, until| *until > now);
        }
        if used.len() >= USED_ATTEMPTS_LIMIT {
            return false;
        }
        used.insert(state.to_owned(), now + ATTEMPT_LIFETIME).is_none()
    }

    /// A proxy that rewrites the host is common; a public URL that is none is a mistake that only this line shows.
    fn note_other_host(&self, site: &Site, request: &Request) {
        let Some(host) = request_facts::host(request) else { return };
        let is_public = site.origin.as_str().split_once("://").is_some_and(|(_, public)| public == host);
        let is_in_process = !request.headers().contains_key("host");
        if !is_public && !is_in_process && !self.noted_host.swap(true, std::sync::atomic::Ordering::Relaxed) {
            tracing::warn!(
                target: "azure_auth::startup",
                public_url = %site.origin, host,
                "requests arrive under another host than AZURE_PUBLIC_URL; fine behind a proxy that rewrites it"
            );
        }
    }
}

/// What one request has found out so far, shared by the middleware, the guard and the extractors.
pub(crate) struct RequestCell {
    pub(crate) application: Arc<Application>,
    /// OpenID Connect scopes that the handlers of the table name.
    pub(crate) table_scopes: Arc<[&'static str]>,
    session: OnceLock<Option<OpenedSession>>,
    cookies: Mutex<Vec<HeaderValue>>,
}

impl RequestCell {
    pub(crate) fn new(application: Arc<Application>, table_scopes: Arc<[&'static str]>) -> Self {
        Self { application, table_scopes, session: OnceLock::new(), cookies: Mutex::default() }
    }

    /// The session of the request, opened at most once.
    pub(crate) fn session(&self, request: &Request) -> Option<&OpenedSession> {
        self.session.get_or_init(|| session::open(&self.application, request)).as_ref()
    }

    /// What the request proves its sender with. An `Authorization` header decides alone: the cookie stays closed.
    pub(crate) fn credential<'c>(&'c self, request: &Request) -> Credential<'c> {
        let headers = request_facts::authorization_headers(request);
        if headers > 0 {
            return Credential::Authorization { headers };
        }
        let Some(session) = self.session(request) else { return Credential::None };
        if !request_facts::is_safe(request)
            && let Some(forged) = self.forged(request)
        {
            return Credential::Forged(forged);
        }
        Credential::Session(&session.record.identity)
    }

    /// Whether another site may have caused the request.
    pub(crate) fn forged(&self, request: &Request) -> Option<same_origin::ForeignRequest> {
        let Ok(site) = self.application.site(request) else { return Some(same_origin::ForeignRequest::Unknown) };
        let trusted = &self.application.configuration.trusted_origins;
        same_origin::judge(request_facts::source(request), &site.origin, trusted).err()
    }

    /// A cookie to set with the answer, whatever the answer is.
    pub(crate) fn add_cookie(&self, cookie: HeaderValue) {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).push(cookie);
    }

    pub(crate) fn take_cookies(&self) -> Vec<HeaderValue> {
        std::mem::take(&mut *self.cookies.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The session, if this request opened one.
    pub(crate) fn opened_session(&self) -> Option<&OpenedSession> {
        self.session.get().and_then(Option::as_ref)
    }
}
