//! The provider's metadata and keys: fetched once for all who wait, swapped whole, read without a lock.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use http::{Request, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, SemaphorePermit, watch};

use super::provider_error::{self, Document, FetchProblem, ProviderError};
use super::transport::Transport;
use super::transport_error::TransportError;
use super::user_info::UserInfoError;
use crate::io::once_a_minute::OnceAMinute;
use crate::io::provider::observed;
use crate::io::text_cache::TextCache;
use crate::io::{clock, entropy};
use crate::model::callers::principal::Principal;
use crate::model::moment::Moment;
use crate::model::providers::issuer::IssuerPattern;
use crate::model::providers::key_set::JsonWebKeySet;
use crate::model::providers::provider_metadata::{DiscoveryDocument, ProviderMetadata};
use crate::model::refusals::diagnosis::Diagnosis;
use crate::model::refusals::reason::Reason;
use crate::model::settings::authority::Authority;
use crate::rules::sign_in::entra_error::EntraError;
use crate::rules::token::key_refresh::{self, UnknownKeys};
use crate::rules::token::provider_metadata;
use crate::rules::token::signature::KeySet;

/// What is known of the provider at one time.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) metadata: Arc<ProviderMetadata>,
    pub(crate) keys: Arc<KeySet>,
    /// Access tokens that these keys verified. New keys begin without any: cached tokens go with their key.
    pub(crate) accepted: Arc<TextCache<Principal>>,
    pub(crate) loaded_at: Moment,
    renewal_age: Duration,
    jitter: u8,
}

/// How long a failed first load answers for tokens that come after it.
pub(crate) const REST_FOR_TOKENS: Duration = Duration::from_secs(5);

/// The same for people, who wait in front of a page and try again: long enough for one of them to ask for all.
pub(crate) const REST_FOR_PEOPLE: Duration = Duration::from_secs(1);

/// How many codes may be at the token endpoint at once. A stranger needs no account to bring one, and each takes a
/// connection for as long as the provider takes to answer.
pub(crate) const REDEMPTIONS_AT_ONCE: usize = 256;

/// What works while nothing of the provider is known.
const NOTHING_KNOWN: &str = "nobody can sign in, and no access token is accepted; people with a session go on";

/// For accepted access tokens, in bytes: about 8,000 of the common size.
pub(crate) const ACCEPTED_BUDGET: usize = 32 * 1024 * 1024;

type Outcome = Result<Arc<Snapshot>, ProviderError>;

/// Where a fetch leaves its outcome.
type Fetch = watch::Receiver<Option<Outcome>>;

/// The provider of one application.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) authority: Authority,
    pub(crate) transport: Transport,
    snapshot: ArcSwapOption<Snapshot>,
    fetching: Mutex<Fetching>,
    redemptions: Semaphore,
    noted: OnceAMinute,
    /// Words of ours that the log has had.
    said: Mutex<Vec<&'static str>>,
}

/// At most one fetch is under way; whoever comes meanwhile waits for its outcome.
#[derive(Debug, Default)]
struct Fetching {
    started_at: Option<Moment>,
    failed: Option<(Moment, ProviderError)>,
    /// When a token with an unknown key last caused a fetch.
    for_unknown_key_at: Option<Moment>,
    unknown_keys: UnknownKeys,
    outcome: Option<Fetch>,
}

impl Provider {
    pub(crate) fn new(authority: Authority, transport: Transport) -> Self {
        Self {
            authority,
            transport,
            snapshot: ArcSwapOption::empty(),
            fetching: Mutex::default(),
            redemptions: Semaphore::new(REDEMPTIONS_AT_ONCE),
            noted: OnceAMinute::default(),
            said: Mutex::default(),
        }
    }

    /// A provider whose documents are there already, and which is never asked.
    #[cfg(feature = "testing")]
    pub(crate) fn known(authority: Authority, metadata: ProviderMetadata, keys: KeySet) -> Self {
        let snapshot = Snapshot::after(None, metadata, keys, Duration::from_secs(u32::MAX.into()), clock::moment());
        let provider = Self::new(authority, Transport::without_network());
        provider.snapshot.store(Some(Arc::new(snapshot)));
        provider
    }

    /// What is known, fetched first where nothing is. An old snapshot serves while it is renewed behind it. Right after a
    /// failure the provider is not asked again: anybody may open pages.
    pub(crate) async fn snapshot(self: &Arc<Self>) -> Outcome {
        self.snapshot_unless_failed_within(REST_FOR_PEOPLE).await
    }

    /// The same for a token from outside, whose sender tries again by itself.
    pub(crate) async fn snapshot_for_token(self: &Arc<Self>) -> Outcome {
        self.snapshot_unless_failed_within(REST_FOR_TOKENS).await
    }

    /// The same for the program itself, which asks when it means to.
    pub(crate) async fn snapshot_now(self: &Arc<Self>) -> Outcome {
        self.snapshot_unless_failed_within(Duration::ZERO).await
    }

    /// Whether the log has not had this yet. A claim's name is a word of ours, of which there are few.
    pub(crate) fn is_first_time(&self, word: &'static str) -> bool {
        // Nothing under this lock can panic half-way.
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = !said.contains(&word);
        if is_first {
            said.push(word);
        }
        is_first
    }

    /// A sign-in goes on without a name.
    pub(crate) fn note_nameless(&self, error: &UserInfoError) {
        if let Some(held_back) = self.noted.passes("userinfo", clock::moment()) {
            tracing::warn!(
                target: "azure_auth::provider", %error, held_back,
                "the userinfo endpoint gave no name; the person is signed in without"
            );
        }
    }

    /// A place at the token endpoint; none where too many are there already.
    pub(crate) fn place_at_token_endpoint(&self) -> Option<SemaphorePermit<'_>> {
        self.redemptions.try_acquire().ok()
    }

    /// Looks at what is known, without keeping it. An old snapshot is renewed behind it.
    pub(crate) fn look<T>(self: &Arc<Self>, find: impl FnOnce(&Snapshot) -> Option<T>) -> Option<T> {
        let known = self.snapshot.load();
        let snapshot = known.as_ref()?;
        self.renew_behind(snapshot);
        find(snapshot)
    }

    /// What is known, without waiting. An old snapshot is renewed behind it.
    pub(crate) fn known_snapshot(self: &Arc<Self>) -> Option<Arc<Snapshot>> {
        self.snapshot.load_full().inspect(|snapshot| self.renew_behind(snapshot))
    }

    async fn snapshot_unless_failed_within(self: &Arc<Self>, rest: Duration) -> Outcome {
        if let Some(snapshot) = self.known_snapshot() {
            return Ok(snapshot);
        }
        let fetch = {
            let mut fetching = self.lock();
            match (self.snapshot.load_full(), &fetching.failed) {
                // A fetch ended between the two looks.
                (Some(snapshot), _) => return Ok(snapshot),
                (None, Some((failed_at, error))) if clock::moment().since(*failed_at) < rest => {
                    return Err(error.resting());
                }
                (None, _) => self.fetch(&mut fetching),
            }
        };
        self.wait(fetch).await
    }

    /// No lock unless the snapshot is old.
    fn renew_behind(self: &Arc<Self>, snapshot: &Snapshot) {
        let now = clock::moment();
        if key_refresh::is_old(snapshot.loaded_at, snapshot.renewal_age, snapshot.jitter, now) {
            let mut fetching = self.lock();
            if key_refresh::may_fetch_for_unknown_key(fetching.started_at, now) {
                drop(self.fetch(&mut fetching));
            }
        }
    }

    /// What is known after `seen` lacked the key `id`: newer knowledge, fetched where the cool-down allows.
    pub(crate) async fn snapshot_after(self: &Arc<Self>, seen: &Arc<Snapshot>, id: &str) -> Arc<Snapshot> {
        let newer = || self.snapshot.load_full().filter(|current| !Arc::ptr_eq(current, seen));
        if let Some(newer) = newer() {
            return newer;
        }
        let Some(fetch) = self.fetch_for_unknown_key(id, clock::moment()) else {
            // A fetch may have ended between the two looks.
            return newer().unwrap_or_else(|| seen.clone());
        };
        // The provider's silence says nothing about the token: what was known before is still valid, and whether there is
        // such a key is as open as it was.
        let Ok(snapshot) = self.wait(fetch).await else { return seen.clone() };
        // A token without `kid` names none that could be missing.
        if !id.is_empty() && !snapshot.keys.contains(id) {
            self.lock().unknown_keys.note(id, clock::moment());
        }
        snapshot
    }

    /// The fetch that a token with an unknown key may join or cause. Only those it causes cool down: the keys may have
    /// changed right after an ordinary fetch, and the first token that shows it must not be refused.
    fn fetch_for_unknown_key(self: &Arc<Self>, id: &str, now: Moment) -> Option<Fetch> {
        let mut fetching = self.lock();
        if fetching.outcome.is_none() {
            let may_fetch = fetching.unknown_keys.may_ask_for(id, now)
                && key_refresh::may_fetch_for_unknown_key(fetching.for_unknown_key_at, now);
            if !may_fetch {
                return None;
            }
            fetching.for_unknown_key_at = Some(now);
        }
        Some(self.fetch(&mut fetching))
    }

    /// Joins the fetch that is under way, or starts one. It runs to its end even if everyone who waits goes away.
    ///
    /// Whoever decides to fetch holds the lock until here: between the two, the fetch one meant to join may end.
    fn fetch(self: &Arc<Self>, fetching: &mut Fetching) -> Fetch {
        // A fetch whose runtime went away left a channel without a sender.
        if let Some(outcome) = fetching.outcome.as_ref().filter(|outcome| outcome.has_changed().is_ok()) {
            return outcome.clone();
        }
        let (sender, receiver) = watch::channel(None);
        // Recorded before the fetch, so that a failure cools down as well.
        fetching.started_at = Some(clock::moment());
        fetching.outcome = Some(receiver.clone());

        let provider = self.clone();
        tokio::spawn(async move {
            let before = provider.snapshot.load_full();
            let outcome = provider.load(before.as_deref()).await.map(Arc::new);
            match &outcome {
                Ok(snapshot) => {
                    provider.snapshot.store(Some(snapshot.clone()));
                    observed::keys_loaded(clock::now());
                }
                Err(error) => provider.note_failure(error),
            }
            let mut fetching = provider.lock();
            fetching.outcome = None;
            fetching.failed = outcome.as_ref().err().map(|error| (clock::moment(), error.clone()));
            drop(fetching);
            // Nobody may be waiting any more.
            let _ = sender.send(Some(outcome));
        });
        receiver
    }

    async fn wait(&self, mut fetch: Fetch) -> Outcome {
        let outcome = fetch.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone());
        outcome.unwrap_or_else(|| {
            Err(failed(Document::Discovery, &self.authority.metadata_address(), FetchProblem::Abandoned))
        })
    }

    async fn load(&self, before: Option<&Snapshot>) -> Result<Snapshot, ProviderError> {
        let address = self.authority.metadata_address();
        let discovery = self.get::<DiscoveryDocument>(&address, Document::Discovery).await?;
        let metadata = provider_metadata::judge(&self.authority, discovery.body())
            .map_err(|error| failed(Document::Discovery, &address, error.into()))?;
        let address = metadata.keys_address.as_str();
        let key_set = self.get::<JsonWebKeySet>(address, Document::Keys).await?;
        let cache_control = key_set.headers().get("cache-control").and_then(|header| header.to_str().ok());
        let renewal_age = key_refresh::renewal_age(cache_control);
        let keys = KeySet::read(key_set.body(), self.authority.is_entra());
        if keys.is_empty() {
            return Err(failed(Document::Keys, address, FetchProblem::NoUsableKey));
        }
        Ok(Snapshot::after(before, metadata, keys, renewal_age, clock::moment()))
    }

    /// A document, with the headers that it came with.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        address: &str,
        document: Document,
    ) -> Result<Response<T>, ProviderError> {
        self.fetch_document(address, document).await.map_err(|problem| failed(document, address, problem))
    }

    async fn fetch_document<T: DeserializeOwned>(
        &self,
        address: &str,
        document: Document,
    ) -> Result<Response<T>, FetchProblem> {
        let request = Request::get(address)
            .header("accept", "application/json")
            .body(Vec::new())
            .map_err(|_| FetchProblem::Transport(TransportError::NoConnection))?;
        let answer = self.transport.send(document.into(), request).await?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(match serde_json::from_slice::<ErrorAnswer>(answer.body()) {
                Ok(told) => FetchProblem::Refused(EntraError::read(&told.error, told.error_description.as_deref())),
                Err(_) => FetchProblem::Status { status },
            });
        }
        let (parts, body) = answer.into_parts();
        let content_type = parts.headers.get("content-type").and_then(|header| header.to_str().ok());
        let found = provider_error::kind_of_body(content_type);
        let document = serde_json::from_slice(&body).map_err(|_| FetchProblem::Unreadable { found })?;
        Ok(Response::from_parts(parts, document))
    }

    /// While nothing is known anybody may cause one failure a second; the log has one line a minute of each kind.
    fn note_failure(&self, error: &ProviderError) {
        let Some(held_back) = self.noted.passes(error.kind(), clock::moment()) else { return };
        let diagnosis = Diagnosis::of(error, Reason::ProviderUnavailable);
        let known = self.snapshot.load_full();
        let (meanwhile, next_attempt) = match &known {
            Some(snapshot) => {
                let age = clock::moment().since(snapshot.loaded_at).as_secs();
                let meanwhile = format!("sign-in and access tokens go on with what was fetched {age} s ago");
                (meanwhile, format!("with the first request after {} s", key_refresh::COOL_DOWN.as_secs()))
            }
            None => (
                NOTHING_KNOWN.to_owned(),
                format!(
                    "with the first sign-in after {} s, or the first access token after {} s",
                    REST_FOR_PEOPLE.as_secs(),
                    REST_FOR_TOKENS.as_secs()
                ),
            ),
        };
        tracing::warn!(
            target: "azure_auth::provider",
            cause = diagnosis.cause(), found = diagnosis.found(), expected = diagnosis.expected(),
            remedy = diagnosis.remedy(), entra_code = error.entra_error().and_then(|error| error.code),
            meanwhile, next_attempt, held_back = (held_back > 0).then_some(held_back),
            "{diagnosis}"
        );
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Fetching> {
        // Nothing under this lock can panic half-way.
        self.fetching.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Snapshot {
    /// New knowledge in the place of old. What did not change stays as it is, and with it what hangs on it.
    fn after(
        before: Option<&Self>,
        metadata: ProviderMetadata,
        keys: KeySet,
        renewal_age: Duration,
        now: Moment,
    ) -> Self {
        let keys = match before {
            Some(before) if matches!(metadata.issuer, IssuerPattern::Template { .. }) => {
                keys.with_those_of(&before.keys, now)
            }
            _ => keys,
        };
        let unchanged = before.filter(|before| *before.metadata == metadata && before.keys.equals(&keys));
        let accepted = match unchanged {
            Some(before) => before.accepted.clone(),
            None => Arc::new(TextCache::new(ACCEPTED_BUDGET)),
        };
        let [jitter] = entropy::random::<1>().unwrap_or_default();
        Self { metadata: Arc::new(metadata), keys: Arc::new(keys), accepted, loaded_at: now, renewal_age, jitter }
    }
}

fn failed(document: Document, address: &str, problem: FetchProblem) -> ProviderError {
    let address = address.split(['?', '#']).next().unwrap_or_default().to_owned();
    ProviderError { document, address, problem, is_resting: false }
}

#[derive(Deserialize)]
struct ErrorAnswer {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
}

#[cfg(test)]
#[path = "cached_tests.rs"]
mod tests;
