//! What is kept beside a session, such as tokens for other APIs: bytes under a name, which no store understands.

use std::fmt;

use super::store::{StoreError, StoredSession};

pub(crate) mod slots;

/// Bytes of one slot. Tokens take a few thousand; a provider that answers with more than fits is not kept.
pub(crate) const CONTENT_LIMIT: usize = 64 << 10;

/// What a slot of a session holds.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Beside {
    /// None where nothing is kept, and where what is kept does not open for this session and slot.
    pub(crate) content: Option<Vec<u8>>,
    /// What a writer shows to take its place. Zero where nothing is there; otherwise it says nothing by its size.
    pub(crate) version: u64,
}

/// A slot of a session.
#[derive(Clone, Copy)]
pub(crate) struct BesidePlace<'a> {
    /// Of the session's cookie.
    pub(crate) name: &'a str,
    pub(crate) ticket: &'a str,
    pub(crate) seen: &'a StoredSession,
    /// The program's own name for it, never a caller's.
    pub(crate) slot: &'a str,
}

/// Whoever has it may act for a person, so it never prints.
impl fmt::Debug for Beside {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_there = self.content.is_some();
        formatter.debug_struct("Beside").field("is_there", &is_there).field("version", &self.version).finish()
    }
}

/// Refuses what no store keeps, before it is sent anywhere.
pub(crate) fn check_length(content: &[u8]) -> Result<(), StoreError> {
    match content.len() {
        0..=CONTENT_LIMIT => Ok(()),
        found => Err(StoreError::BesideTooLong { found, limit: CONTENT_LIMIT }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_beside_a_session_never_prints() {
        let beside = Beside { content: Some(b"the refresh token".to_vec()), version: 7 };
        assert_eq!(format!("{beside:?}"), "Beside { is_there: true, version: 7 }");
    }
}
