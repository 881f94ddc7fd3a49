//! What one application holds: a small handle over configuration, provider, sessions and pages.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::addresses::Addresses;
use super::events::AnyAuthEvents;
use super::events::telling::Telling;
use super::missed_sign_outs::MissedSignOuts;
use super::opened_session::OpenedSession;
use super::site::{Site, Sites};
use super::undeclared_names::UndeclaredNames;
use crate::io::clock;
use crate::io::credential::ClientCredential;
use crate::io::generations::Generations;
use crate::io::meters::of_requests::Meters;
use crate::io::once_a_minute::OnceAMinute;
use crate::io::provider::cached::Provider;
use crate::io::sessions::store::SessionStore;
use crate::io::sessions::stream_places::StreamPlaces;
use crate::io::text_cache::TextCache;
use crate::io::tokens::source::TokenSource;
use crate::model::callers::groups::RelevantGroups;
use crate::model::downstream::need::Need;
use crate::model::downstream::permission::PUBLIC_GRAPH;
use crate::model::providers::provider_metadata::ProviderMetadata;
use crate::model::refusals::reason::Reason;
use crate::model::sessions::asked_access::AskedApi;
use crate::model::sessions::session::{AuthorityFingerprint, SessionId};
use crate::model::settings::configuration::Configuration;
use crate::rules::downstream::graph::{self, USER_READ};
use crate::rules::session::seal::{Purpose, SealingKeys};
use crate::rules::session::session_record;
use crate::web::pages::framing::Framing;
use crate::web::pages::looks::Pages;

/// The parts behind every request.
pub(crate) struct Application {
    pub(crate) configuration: Configuration,
    pub(crate) provider: Arc<Provider>,
    pub(crate) credential: Arc<ClientCredential>,
    /// The configured authority. Sessions and sign-ins that began at another one are not accepted.
    pub(crate) authority: AuthorityFingerprint,
    /// None where nobody signs in.
    pub(crate) sessions: Option<Arc<dyn SessionStore>>,
    pub(crate) attempt_keys: Option<SealingKeys>,
    /// The same, for what a person is asked for beside the sign-in.
    pub(crate) access_keys: Option<SealingKeys>,
    pub(crate) tokens: Arc<TokenSource>,
    /// None where nobody signs in, or no other site may frame us.
    pub(crate) embedded_code_keys: Option<SealingKeys>,
    pub(crate) pages: Pages,
    pub(crate) events: Arc<dyn AnyAuthEvents>,
    pub(crate) telling: Telling,
    pub(crate) meters: Meters,
    pub(crate) stream_places: StreamPlaces,
    pub(crate) missed_sign_outs: MissedSignOuts,
    /// Whether the log has said where the layer is mounted, and that answers are rewritten.
    pub(crate) noted_place: AtomicBool,
    pub(crate) noted_spelling: AtomicBool,
    pub(crate) noted_rewriting: AtomicBool,
    /// How often the layer was put around something.
    pub(crate) mounts: AtomicUsize,
    noted: OnceAMinute,
    /// Sessions with which a browser came back after their time.
    expired: Mutex<Generations<SessionId, ()>>,
    pub(crate) sites: Sites,
    /// What the table last mounted asks for: cookies for tests are made after it.
    #[cfg(feature = "testing")]
    table: arc_swap::ArcSwapOption<DeclaredNeeds>,
}

/// An application in front of one table of handlers.
pub(crate) struct MountedApplication {
    pub(crate) application: Arc<Application>,
    pub(crate) table: DeclaredNeeds,
    /// Sessions that were opened, by their tickets: a warm one is neither unsealed nor fetched again.
    pub(crate) opened: TextCache<OpenedSession>,
    pub(crate) undeclared: UndeclaredNames,
}

/// Sessions in each half of those whose end was told.
const EXPIRED_LIMIT: usize = 4096;

/// For opened sessions, in bytes: about 16,000 of the common size.
pub(crate) const OPENED_BUDGET: usize = 32 * 1024 * 1024;

/// What the declarations of a table ask for.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeclaredNeeds {
    /// For every sign-in.
    pub(crate) openid_scopes: Vec<&'static str>,
    pub(crate) groups: RelevantGroups,
    /// Of other APIs.
    pub(crate) needs: Vec<Need>,
    /// Everything in it says who may call it. Of any other endpoint nothing is known.
    pub(crate) is_table: bool,
}

impl DeclaredNeeds {
    /// Whether handlers act for people: then a sign-in brings what further tokens are got with.
    pub(crate) fn acts_for_people(&self) -> bool {
        self.needs.iter().any(|need| !need.permissions().is_empty())
    }
}

impl MountedApplication {
    pub(crate) fn new(application: Arc<Application>, table: DeclaredNeeds) -> Self {
        let opened = TextCache::new(OPENED_BUDGET);
        Self { application, table, opened, undeclared: UndeclaredNames::default() }
    }

    /// What a sign-in asks for to look groups up, in case there are more than a token holds. None where nobody looks.
    pub(crate) fn groups_by(&self, metadata: &ProviderMetadata) -> Option<AskedApi> {
        let configuration = &self.application.configuration;
        let looks = configuration.asks_graph_for_groups
            && configuration.authority.is_entra()
            && !self.table.groups.ids().is_empty();
        looks.then(|| AskedApi { uri: graph::uri(metadata), names: vec![USER_READ.to_owned()] })
    }
}

impl Application {
    pub(crate) fn new(
        configuration: Configuration,
        (provider, credential): (Provider, ClientCredential),
        sessions: Option<Arc<dyn SessionStore>>,
        pages: Pages,
        events: Arc<dyn AnyAuthEvents>,
    ) -> Self {
        let keys = |purpose| SealingKeys::derive(&configuration.sealing_secrets, purpose);
        let attempt_keys = keys(Purpose::SignInAttempt);
        let access_keys = keys(Purpose::AccessRequest);
        let embedded_code_keys = configuration.embedding.as_ref().and_then(|_| keys(Purpose::EmbeddedCode));
        let pages = Pages { framing: Framing::of(configuration.embedding.as_ref()), ..pages };
        let sites = Sites::new(&configuration.client.id, &configuration.public_urls);
        let authority = session_record::fingerprint(&configuration.authority);
        let provider = Arc::new(provider);
        let credential = Arc::new(credential);
        let tokens = Arc::new(TokenSource::new(provider.clone(), credential.clone(), &configuration));
        Self {
            configuration,
            authority,
            credential,
            tokens,
            provider,
            access_keys,
            sessions,
            attempt_keys,
            embedded_code_keys,
            pages,
            telling: Telling::to(&events),
            events,
            meters: Meters::new(),
            stream_places: StreamPlaces::default(),
            missed_sign_outs: MissedSignOuts::default(),
            noted_place: AtomicBool::new(false),
            noted_spelling: AtomicBool::new(false),
            noted_rewriting: AtomicBool::new(false),
            mounts: AtomicUsize::new(0),
            noted: OnceAMinute::default(),
            expired: Mutex::new(Generations::new(EXPIRED_LIMIT)),
            sites,
            #[cfg(feature = "testing")]
            table: arc_swap::ArcSwapOption::empty(),
        }
    }

    /// Whether people can sign in here at all.
    pub(crate) fn signs_in(&self) -> bool {
        self.sessions.is_some()
    }

    /// As scopes name Microsoft Graph; in the public cloud's words until the provider is known.
    pub(crate) fn graph(&self) -> String {
        let snapshot = self.provider.known_snapshot();
        snapshot.map_or_else(|| PUBLIC_GRAPH.to_owned(), |snapshot| graph::uri(&snapshot.metadata))
    }

    /// Whether tokens for other APIs can be got for people who have a session.
    pub(crate) fn keeps_tokens(&self) -> bool {
        self.sessions.as_ref().is_some_and(|store| store.keeps_beside()) && self.tokens.check().is_ok()
    }

    /// The library's addresses at a site, or where none is configured.
    pub(crate) fn addresses_at<'a>(&'a self, site: Option<&'a Site>) -> Addresses<'a> {
        let Configuration { paths, trusted_origins, .. } = &self.configuration;
        Addresses { paths, url: site.map(|site| &site.url), trusted: trusted_origins }
    }

    /// The redirect URI at a site, the same text in every leg of a sign-in.
    pub(crate) fn redirect_uri(&self, site: &Site) -> String {
        format!("{}{}", site.url, self.configuration.paths.callback)
    }

    /// Whether a refusal goes into the log, and how many did not before it. `is_shared`: somebody else met it first. What
    /// strangers can cause without end is written once a minute.
    pub(crate) fn lets_log(&self, reason: Reason, is_shared: bool) -> Option<u64> {
        if reason.is_bound() || is_shared { self.lets_say(reason.code()) } else { Some(0) }
    }

    /// The same of a word of ours: once a minute.
    pub(crate) fn lets_say(&self, word: &'static str) -> Option<u64> {
        self.noted.passes(word, clock::moment())
    }

    /// Whether a browser comes back for the first time with a session whose time is over.
    pub(crate) fn is_first_since_end(&self, session: SessionId) -> bool {
        // Nothing under this lock can panic half-way.
        self.expired.lock().unwrap_or_else(PoisonError::into_inner).note(session)
    }

    #[cfg(feature = "testing")]
    pub(crate) fn note_questions(&self, table: &DeclaredNeeds) {
        self.table.store(Some(Arc::new(table.clone())));
    }

    #[cfg(feature = "testing")]
    pub(crate) fn questions(&self) -> RelevantGroups {
        self.table.load_full().map(|table| table.groups.clone()).unwrap_or_default()
    }
}

/// Whether nobody has said it yet.
pub(crate) fn is_first(noted: &AtomicBool) -> bool {
    !noted.load(Ordering::Relaxed) && !noted.swap(true, Ordering::Relaxed)
}
