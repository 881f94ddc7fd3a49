//! The session record.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::model::callers::groups::GroupsRecord;
use crate::model::callers::identity::Identity;
use crate::model::hexadecimal;
use crate::model::unix_time::UnixTime;

/// Names one session: 128 random bits, new at every sign-in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SessionId(pub(crate) [u64; 2]);

/// One session of a browser at the provider (`iss` and `sid` of the ID token), by a hash of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ProviderSession(pub(crate) [u64; 2]);

/// What a store knew of ends when a session began to be created, as the store that gave it understands it. A session
/// counts as long as its store would still give the same to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Beginning(pub(crate) [u64; 2]);

/// Which authority a sign-in belongs to, by a hash of how it was configured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct AuthorityFingerprint(pub(crate) u64);

/// In hexadecimal digits, which are shorter than decimal ones and take less time to read.
impl Serialize for Beginning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self([high, low]) = self;
        serializer.collect_str(&format_args!("{high:016x}{low:016x}"))
    }
}

impl<'de> Deserialize<'de> for Beginning {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(HexadecimalNumbers).map(Self)
    }
}

impl Serialize for AuthorityFingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:016x}", self.0))
    }
}

impl<'de> Deserialize<'de> for AuthorityFingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(HexadecimalNumbers).map(|[number]| Self(number))
    }
}

/// So many numbers of 16 digits each, one behind the other.
struct HexadecimalNumbers<const N: usize>;

impl<const N: usize> Visitor<'_> for HexadecimalNumbers<N> {
    type Value = [u64; N];

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} hexadecimal digits", 16 * N)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let wrong = || E::invalid_value(Unexpected::Str(text), &self);
        let (numbers, rest) = text.as_bytes().as_chunks::<16>();
        let numbers: &[[u8; 16]; N] = numbers.try_into().map_err(|_| wrong())?;
        if !rest.is_empty() {
            return Err(wrong());
        }
        let mut read = [0; N];
        for (read, digits) in read.iter_mut().zip(numbers) {
            *read = hexadecimal::number(digits).ok_or_else(wrong)?;
        }
        Ok(read)
    }
}

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
///
/// It is written as a list, and so is the identity in it: names of members would cost time at every request, and room
/// in the cookie. What is added later goes to the end, with a default, so that older cookies still open.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct SessionRecord {
    pub(crate) id: SessionId,
    pub(crate) signed_in_at: UnixTime,
    pub(crate) last_seen: UnixTime,
    /// Seconds without a request after which the session is over.
    pub(crate) idle_seconds: u64,
    /// The instant at which it is over in any case.
    pub(crate) ends_at: UnixTime,
    pub(crate) identity: Arc<Identity>,
    pub(crate) groups: Option<GroupsRecord>,
    /// None where the provider does not name its sessions.
    #[serde(default)]
    pub(crate) provider_session: Option<ProviderSession>,
    /// What the application keeps with the session.
    #[serde(default)]
    pub(crate) data: Option<Value>,
    /// Given by the store before the session was created.
    pub(crate) beginning: Beginning,
    /// An application that is configured with another one does not take it for a session.
    pub(crate) authority: AuthorityFingerprint,
}

impl Serialize for SessionRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { id, signed_in_at, last_seen, idle_seconds, ends_at, identity, groups, .. } = self;
        let Self { provider_session, data, beginning, authority, .. } = self;
        let identity = identity.as_ref();
        (
            id,
            signed_in_at,
            last_seen,
            idle_seconds,
            ends_at,
            identity,
            groups,
            provider_session,
            data,
            beginning,
            authority,
        )
            .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_were_written_and_from_nothing_else() {
        let beginning = Beginning([0x0123_4567_89ab_cdef, 7]);
        let text = serde_json::to_string(&beginning).unwrap();
        assert_eq!(text, "\"0123456789abcdef0000000000000007\"");
        assert_eq!(serde_json::from_str::<Beginning>(&text).unwrap(), beginning);
        let authority = AuthorityFingerprint(u64::MAX);
        let text = serde_json::to_string(&authority).unwrap();
        assert_eq!(serde_json::from_str::<AuthorityFingerprint>(&text).unwrap(), authority);
        for other in [
            "\"\"",
            "7",
            "\"123456789abcdef\"",
            "\"+123456789abcdef\"",
            "\"0123456789abcdef0\"",
            "\"0123456789abcdeé\"",
        ] {
            assert!(serde_json::from_str::<AuthorityFingerprint>(other).is_err(), "{other}");
        }
    }
}
