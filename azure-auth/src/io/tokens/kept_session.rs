//! The tokens of one session, beside its record in the store.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::io::sessions::beside::BesidePlace;
use crate::io::sessions::store::{SessionStore, StoreError, StoreOutcome, StoredSession};
use crate::model::downstream::held_token::HeldToken;
use crate::model::sessions::session::SessionId;
use crate::model::unix_time::UnixTime;
use crate::rules::downstream::visits::Visits;
use crate::rules::session::session_record::SessionRecordError;

/// A session as its tokens are found by. It outlives the request that asks for them.
#[derive(Clone, Debug)]
pub(crate) struct KeptSession {
    pub(crate) store: Arc<dyn SessionStore>,
    /// Of its cookie.
    pub(crate) name: String,
    pub(crate) ticket: String,
    pub(crate) stored: StoredSession,
}

/// What a slot holds, and as of when.
pub(crate) struct Slot<T> {
    pub(crate) value: T,
    pub(crate) version: u64,
}

/// What brings tokens, and what was asked of the person lately.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Access {
    #[serde(default, serialize_with = "secret")]
    pub(crate) refresh_token: Option<SecretString>,
    #[serde(default)]
    pub(crate) visits: Visits,
}

/// A token as stores keep it.
#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(serialize_with = "secret")]
    secret: Option<SecretString>,
    granted: Vec<String>,
    asked: Vec<String>,
    renew_at: UnixTime,
    ends_at: UnixTime,
}

/// For what brings tokens, whatever API they are for.
const ACCESS: &str = "access";

impl KeptSession {
    pub(crate) fn id(&self) -> SessionId {
        self.stored.record.id
    }

    /// Under which replicas agree who renews the token for an API. Nobody learns the session's id from it.
    pub(crate) fn lease_name(&self, resource: &str) -> String {
        let SessionId([high, low]) = self.id();
        let all = [&high.to_be_bytes()[..], &low.to_be_bytes(), resource.as_bytes()].concat();
        format!("token-{}", URL_SAFE_NO_PAD.encode(digest(&SHA256, &all)))
    }

    pub(crate) async fn access(&self) -> Result<Slot<Access>, StoreError> {
        let Slot { value, version } = self.read(ACCESS).await?;
        Ok(Slot { value: value.unwrap_or_default(), version })
    }

    /// Writes it unless somebody else wrote meanwhile.
    pub(crate) async fn keep_access(&self, before: u64, access: &Access) -> Result<StoreOutcome, StoreError> {
        self.write(ACCESS, before, access).await
    }

    /// The token for an API, whether it still serves or not.
    pub(crate) async fn token(&self, resource: &str) -> Result<Slot<Option<HeldToken>>, StoreError> {
        let Slot { value, version } = self.read::<Written>(&slot(resource)).await?;
        Ok(Slot { value: value.and_then(Written::into_token), version })
    }

    /// The same.
    pub(crate) async fn keep_token(
        &self,
        resource: &str,
        before: u64,
        token: &HeldToken,
    ) -> Result<StoreOutcome, StoreError> {
        let HeldToken { secret, granted, asked, renew_at, ends_at } = token.clone();
        let written = Written { secret: Some(secret), granted, asked, renew_at, ends_at };
        self.write(&slot(resource), before, &written).await
    }

    fn place<'a>(&'a self, slot: &'a str) -> BesidePlace<'a> {
        BesidePlace { name: &self.name, ticket: &self.ticket, seen: &self.stored, slot }
    }

    /// What cannot be read was written by a version that is not this one, and is as good as nothing.
    async fn read<T: DeserializeOwned>(&self, slot: &str) -> Result<Slot<Option<T>>, StoreError> {
        let beside = self.store.load_beside(self.place(slot)).await?;
        let value = beside.content.and_then(|content| serde_json::from_slice(&content).ok());
        Ok(Slot { value, version: beside.version })
    }

    async fn write<T: Serialize>(&self, slot: &str, before: u64, value: &T) -> Result<StoreOutcome, StoreError> {
        let content = serde_json::to_vec(value).map_err(|_| SessionRecordError::NotSealed)?;
        self.store.put_beside(self.place(slot), before, content).await
    }
}

impl Written {
    fn into_token(self) -> Option<HeldToken> {
        let Self { secret, granted, asked, renew_at, ends_at } = self;
        Some(HeldToken { secret: secret?, granted, asked, renew_at, ends_at })
    }
}

/// APIs are named by the program, in texts of any length.
fn slot(resource: &str) -> String {
    format!("token:{resource}")
}

#[expect(clippy::ref_option, reason = "serde hands the field over like this")]
fn secret<S: serde::Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(serializer)
}
