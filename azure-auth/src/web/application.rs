//! What one mounted application holds: a small handle over configuration, provider, keys and pages.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arc_swap::ArcSwapOption;
use poem::Request;
use poem::http::header::{HOST, HeaderValue};
use url::form_urlencoded;

use super::answer::SignInError;
use super::credential::{self, Credential};
use super::pages::Pages;
use super::request_facts;
use super::session::{self, OpenedSession};
use crate::io::clock;
use crate::io::provider::Provider;
use crate::io::revoked_sessions::RevokedSessions;
use crate::model::configuration::Configuration;
use crate::model::groups::GroupsInQuestion;
use crate::model::origin::Origin;
use crate::model::unix_time::UnixTime;
use crate::rules::authorization_response::ATTEMPT_LIFETIME;
use crate::rules::cookies::CookieNames;
use crate::rules::seal::SealingKeys;

/// The parts behind every request.
pub(crate) struct Application {
    pub(crate) configuration: Configuration,
    pub(crate) provider: Arc<Provider>,
    /// None where nobody signs in.
    pub(crate) session_keys: Option<SealingKeys>,
    pub(crate) attempt_keys: Option<SealingKeys>,
    pub(crate) pages: Pages,
    pub(crate) revoked: RevokedSessions,
    pub(crate) noted_unknown_key: AtomicBool,
    pub(crate) noted_forged_cookie: AtomicBool,
    pub(crate) noted_host: AtomicBool,
    used_attempts: Mutex<HashMap<String, UnixTime>>,
    public_site: Option<Arc<Site>>,
    /// What the table last mounted asks for: cookies for tests are made after it.
    #[cfg(feature = "testing")]
    table: ArcSwapOption<TableFacts>,
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
        let host = origin.as_str().split_once("://").map_or("", |(_, host)| host).to_owned();
        Self { host, origin, names }
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
            revoked: RevokedSessions::default(),
            noted_unknown_key: AtomicBool::new(false),
            noted_forged_cookie: AtomicBool::new(false),
            noted_host: AtomicBool::new(false),
            used_attempts: Mutex::default(),
            public_site,
            #[cfg(feature = "testing")]
            table: ArcSwapOption::empty(),
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

    #[cfg(feature = "testing")]
    pub(crate) fn note_questions(&self, table: &Arc<TableFacts>) {
        self.table.store(Some(table.clone()));
    }

    #[cfg(feature = "testing")]
    pub(crate) fn questions(&self) -> GroupsInQuestion {
        self.table.load_full().map(|table| table.groups.clone()).unwrap_or_default()
    }

    /// The site of the configured public URL.
    #[cfg(feature = "testing")]
    pub(crate) fn public_site(&self) -> Option<&Site> {
        self.public_site.as_deref()
    }

    /// A proxy that rewrites the host is common; a public URL that is none is a mistake that only this line shows.
    fn note_other_host(&self, site: &Site, request: &Request) {
        let Some(host) = request_facts::host(request) else { return };
        let is_other = site.host != host;
        // In process nobody names a host.
        if is_other
            && request.headers().contains_key(HOST)
            && !self.noted_host.swap(true, std::sync::atomic::Ordering::Relaxed)
        {
            tracing::warn!(
                target: "azure_auth::startup",
                public_url = %site.origin, host,
                "requests arrive under another host than AZURE_PUBLIC_URL; fine behind a proxy that rewrites it"
            );
        }
    }
}

/// What the declarations of a table ask for.
#[derive(Debug, Default)]
pub(crate) struct TableFacts {
    /// For every sign-in.
    pub(crate) openid_scopes: Vec<&'static str>,
    pub(crate) groups: GroupsInQuestion,
}

/// What one request has found out so far, shared by the middleware, the guard and the extractors.
pub(crate) struct RequestCell {
    pub(crate) application: Arc<Application>,
    pub(crate) table: Arc<TableFacts>,
    session: OnceLock<Option<OpenedSession>>,
    credential: OnceLock<Credential>,
    cookies: Mutex<Vec<HeaderValue>>,
}

impl RequestCell {
    pub(crate) fn new(application: Arc<Application>, table: Arc<TableFacts>) -> Self {
        Self { application, table, session: OnceLock::new(), credential: OnceLock::new(), cookies: Mutex::default() }
    }

    /// The session of the request, opened at most once.
    pub(crate) fn session(&self, request: &Request) -> Option<&OpenedSession> {
        self.session.get_or_init(|| session::open(self, request)).as_ref()
    }

    /// What the request proves its sender with, judged at most once.
    pub(crate) async fn credential(&self, request: &Request) -> &Credential {
        if let Some(credential) = self.credential.get() {
            return credential;
        }
        let credential = credential::read(self, request).await;
        self.credential.get_or_init(|| credential)
    }

    /// The credential, if it was judged.
    pub(crate) fn judged_credential(&self) -> Option<&Credential> {
        self.credential.get()
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

    /// Whether somebody asked who sends this.
    pub(crate) fn has_judged(&self) -> bool {
        self.credential.get().is_some() || self.session.get().is_some()
    }

    /// Whether the answer may be about somebody.
    pub(crate) fn is_personal(&self) -> bool {
        let has_credential = self.credential.get().is_some_and(|credential| !matches!(credential, Credential::None));
        has_credential || self.opened_session().is_some()
    }
}
