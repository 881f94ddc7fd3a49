//! The session record.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::groups::GroupsRecord;
use super::identity::Identity;
use super::unix_time::UnixTime;

/// Names one session: 128 random bits, new at every sign-in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SessionId(pub(crate) [u64; 2]);

/// Holding it is being signed in, so it never prints.
impl fmt::Debug for SessionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SessionId(…)")
    }
}

/// How long a session may last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionLifetimes {
    /// Without a request.
    pub(crate) idle: Duration,
    /// Since sign-in, whatever happens.
    pub(crate) absolute: Duration,
}

impl Default for SessionLifetimes {
    fn default() -> Self {
        Self { idle: Duration::from_secs(8 * 3600), absolute: Duration::from_secs(24 * 3600) }
    }
}

/// What is remembered between requests: who, since when, until when. No tokens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SessionRecord {
    #[serde(rename = "i")]
    pub(crate) id: SessionId,
    #[serde(rename = "a")]
    pub(crate) signed_in_at: UnixTime,
    #[serde(rename = "l")]
    pub(crate) last_seen: UnixTime,
    /// Seconds without a request after which the session is over.
    #[serde(rename = "d")]
    pub(crate) idle_seconds: u64,
    /// The instant at which it is over in any case.
    #[serde(rename = "x")]
    pub(crate) ends_at: UnixTime,
    #[serde(rename = "w")]
    pub(crate) identity: Arc<Identity>,
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub(crate) groups: Option<GroupsRecord>,
}
