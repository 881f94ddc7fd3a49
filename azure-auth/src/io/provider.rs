//! The provider's metadata and keys: fetched once for all who wait, swapped whole, read without a lock.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use http::Request;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use tokio::sync::watch;

use super::transport::{Transport, TransportError};
use super::{clock, entropy};
use crate::model::authority::Authority;
use crate::model::key_set::JsonWebKeySet;
use crate::model::provider_metadata::{DiscoveryDocument, ProviderMetadata};
use crate::model::unix_time::UnixTime;
use crate::rules::entra_error::EntraError;
use crate::rules::key_refresh;
use crate::rules::provider_metadata::{self, MetadataError};
use crate::rules::signature::KeySet;

/// What is known of the provider at one time.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) metadata: ProviderMetadata,
    pub(crate) keys: KeySet,
    loaded_at: UnixTime,
    jitter: u8,
}

/// Why nothing is known of the provider.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum ProviderError {
    #[error("the provider's {document}: {error}")]
    Transport { document: Document, error: TransportError },
    /// Usual cause: the tenant in `AZURE_ISSUER_URI` does not exist in this cloud.
    #[error("the provider's {document} was refused: {error}; check AZURE_ISSUER_URI")]
    Refused { document: Document, error: EntraError },
    #[error("the provider's {document} has status {status}; check AZURE_ISSUER_URI")]
    Status { document: Document, status: u16 },
    /// Usual cause: a proxy or a sign-in page of the network answers in the provider's place.
    #[error("the provider's {document} is not the JSON document it should be")]
    Unreadable { document: Document },
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    #[error("the provider's key set has no key that can be used")]
    NoUsableKey,
    #[error("the fetch ended without an outcome")]
    Abandoned,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    Discovery,
    Keys,
}

impl std::fmt::Display for Document {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Discovery => "discovery document",
            Self::Keys => "key set",
        })
    }
}

type Outcome = Result<Arc<Snapshot>, ProviderError>;

/// The provider of one application.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) authority: Authority,
    pub(crate) transport: Transport,
    snapshot: ArcSwapOption<Snapshot>,
    fetching: Mutex<Fetching>,
}

/// At most one fetch is under way; whoever comes meanwhile waits for its outcome.
#[derive(Debug, Default)]
struct Fetching {
    started_at: Option<UnixTime>,
    /// When a token with an unknown key last caused a fetch.
    for_unknown_key_at: Option<UnixTime>,
    outcome: Option<watch::Receiver<Option<Outcome>>>,
}

impl Provider {
    pub(crate) fn new(authority: Authority, transport: Transport) -> Self {
        Self { authority, transport, snapshot: ArcSwapOption::empty(), fetching: Mutex::default() }
    }

    /// What is known, fetched first where nothing is. An old snapshot serves while it is renewed behind it.
    pub(crate) async fn snapshot(self: &Arc<Self>) -> Outcome {
        let Some(snapshot) = self.snapshot.load_full() else { return Self::wait(self.fetch()).await };
        let last_fetch = self.lock().started_at;
        if key_refresh::is_due(snapshot.loaded_at, last_fetch, snapshot.jitter, clock::now()) {
            drop(self.fetch());
        }
        Ok(snapshot)
    }

    /// What is known after `seen` lacked the key of a token: newer knowledge, fetched where the cool-down allows.
    pub(crate) async fn snapshot_after(self: &Arc<Self>, seen: &Arc<Snapshot>) -> Outcome {
        if let Some(current) = self.snapshot.load_full()
            && !Arc::ptr_eq(&current, seen)
        {
            return Ok(current);
        }
        if self.may_fetch_for_unknown_key(clock::now()) { Self::wait(self.fetch()).await } else { Ok(seen.clone()) }
    }

    /// Whether a token with an unknown key may join a fetch or cause one. Only those it causes cool down: the keys may
    /// have changed right after an ordinary fetch, and the first token that shows it must not be refused.
    fn may_fetch_for_unknown_key(&self, now: UnixTime) -> bool {
        let mut fetching = self.lock();
        if fetching.outcome.is_some() {
            return true;
        }
        let may_fetch = key_refresh::may_fetch_for_unknown_key(fetching.for_unknown_key_at, now);
        if may_fetch {
            fetching.for_unknown_key_at = Some(now);
        }
        may_fetch
    }

    /// Joins the fetch that is under way, or starts one. It runs to its end even if everyone who waits goes away.
    fn fetch(self: &Arc<Self>) -> watch::Receiver<Option<Outcome>> {
        let mut fetching = self.lock();
        // A fetch whose runtime went away left a channel without a sender.
        if let Some(outcome) = fetching.outcome.as_ref().filter(|outcome| outcome.has_changed().is_ok()) {
            return outcome.clone();
        }
        let (sender, receiver) = watch::channel(None);
        // Recorded before the fetch, so that a failure cools down as well.
        fetching.started_at = Some(clock::now());
        fetching.outcome = Some(receiver.clone());
        drop(fetching);

        let provider = self.clone();
        tokio::spawn(async move {
            let outcome = provider.load().await.map(Arc::new);
            match &outcome {
                Ok(snapshot) => provider.snapshot.store(Some(snapshot.clone())),
                Err(error) => tracing::warn!(target: "azure_auth::provider", %error, "the provider could not be read"),
            }
            provider.lock().outcome = None;
            // Nobody may be waiting any more.
            let _ = sender.send(Some(outcome));
        });
        receiver
    }

    async fn wait(mut receiver: watch::Receiver<Option<Outcome>>) -> Outcome {
        let outcome = receiver.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone());
        outcome.unwrap_or(Err(ProviderError::Abandoned))
    }

    async fn load(&self) -> Result<Snapshot, ProviderError> {
        let document: DiscoveryDocument = self.get(&self.authority.metadata_address(), Document::Discovery).await?;
        let metadata = provider_metadata::judge(&self.authority, &document)?;
        let key_set: JsonWebKeySet = self.get(metadata.keys_address.as_str(), Document::Keys).await?;
        let keys = KeySet::read(&key_set, self.authority.is_entra());
        if keys.is_empty() {
            return Err(ProviderError::NoUsableKey);
        }
        let [jitter] = entropy::random::<1>().unwrap_or_default();
        Ok(Snapshot { metadata, keys, loaded_at: clock::now(), jitter })
    }

    async fn get<T: DeserializeOwned>(&self, address: &str, document: Document) -> Result<T, ProviderError> {
        let unreadable = || ProviderError::Unreadable { document };
        let request =
            Request::get(address).header("accept", "application/json").body(Vec::new()).map_err(|_| unreadable())?;
        let answer =
            self.transport.send(request).await.map_err(|error| ProviderError::Transport { document, error })?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(match serde_json::from_slice::<ErrorAnswer>(answer.body()) {
                Ok(told) => ProviderError::Refused {
                    document,
                    error: EntraError::read(&told.error, told.error_description.as_deref()),
                },
                Err(_) => ProviderError::Status { document, status },
            });
        }
        serde_json::from_slice(answer.body()).map_err(|_| unreadable())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Fetching> {
        // Nothing under this lock can panic half-way.
        self.fetching.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ProviderError {
    pub(crate) fn is_timeout(&self) -> bool {
        matches!(self, Self::Transport { error, .. } if error.is_timeout())
    }
}

#[derive(Deserialize)]
struct ErrorAnswer {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
}
