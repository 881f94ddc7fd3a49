//! What is kept beside sessions on a Redis server.

use super::scripts::{FIND_BESIDE, PUT_BESIDE};
use super::store::{RedisStore, text};
use crate::io::entropy;
use crate::io::sessions::beside::{self, Beside, BesidePlace};
use crate::io::sessions::store::{StoreError, StoreOutcome};
use crate::model::sessions::session::{SessionId, SessionRecord};
use crate::rules::session::seal::derive_bytes;
use crate::rules::session::session_record::SessionRecordError;
use crate::rules::session::ticket::{self, TicketHash};

/// Where the content of a slot is, and for what it is sealed.
struct Place {
    session_key: String,
    /// Of all slots of the session.
    key: String,
    /// The name of the slot, which may say what a person uses, by a hash.
    field: [u8; 16],
    /// What the content is sealed for: this session, under this ticket, and this slot.
    seal: String,
}

impl RedisStore {
    pub(super) async fn find_beside(
        &self,
        BesidePlace { name, ticket, seen, slot }: BesidePlace<'_>,
    ) -> Result<Beside, StoreError> {
        let Some((hash, ticket)) = ticket::read(name, ticket) else { return Ok(Beside::default()) };
        let place = self.place(hash, &seen.record, slot);
        let mut find = redis::cmd("EVAL");
        find.arg(FIND_BESIDE).arg(4).arg(&place.session_key);
        for mark in ticket::marks(ticket) {
            find.arg(self.mark_key(mark));
        }
        find.arg(&place.key);
        for begun in seen.record.beginning.0 {
            find.arg(&begun.to_be_bytes());
        }
        find.arg(&place.field);
        let found: Option<Vec<u8>> = self.link.ask(&find).await?;
        Ok(found.map_or_else(Beside::default, |value| self.open_beside(&place, value)))
    }

    pub(super) async fn keep_beside(
        &self,
        BesidePlace { name, ticket, seen, slot }: BesidePlace<'_>,
        before: u64,
        content: &[u8],
    ) -> Result<StoreOutcome, StoreError> {
        beside::check_length(content)?;
        let Some((hash, ticket)) = ticket::read(name, ticket) else { return Ok(StoreOutcome::Gone) };
        let place = self.place(hash, &seen.record, slot);
        let mut put = PUT_BESIDE.key(&place.session_key);
        self.expect_marks(&mut put, ticket::marks(ticket), &seen.record);
        put.key(&place.key)
            .arg(&place.field)
            .arg(&before.to_be_bytes())
            .arg(self.seal_beside(&place, content)?)
            .arg(seen.record.idle_seconds.max(1).saturating_mul(1000));
        let mut connection = self.link.connection()?;
        Ok(match self.link.answer(put.invoke_async(&mut connection)).await? {
            0 => StoreOutcome::Gone,
            1 => StoreOutcome::Changed,
            _ => StoreOutcome::InPlace,
        })
    }

    fn place(&self, hash: TicketHash, record: &SessionRecord, slot: &str) -> Place {
        let text = text(hash);
        let (session_key, key) = (self.key("session:", &text), self.key("tokens:", &text));
        let field = derive_bytes(key.as_bytes(), &[b"slot ", slot.as_bytes()]);
        let SessionId([high, low]) = record.id;
        let seal = format!("{key} {high:016x}{low:016x} {slot}");
        Place { session_key, key, field, seal }
    }

    /// The value begins with its version. What does not open may be replaced like anything else.
    fn open_beside(&self, place: &Place, mut value: Vec<u8>) -> Beside {
        let Some((version, sealed)) = value.split_first_chunk_mut() else { return Beside::default() };
        let content = self.keys.beside.open_bytes(&place.seal, sealed).ok().map(<[u8]>::to_vec);
        Beside { content, version: u64::from_be_bytes(*version) }
    }

    /// Versions are drawn, not counted: what a server dropped and somebody wrote anew is another one.
    fn seal_beside(&self, place: &Place, content: &[u8]) -> Result<Vec<u8>, StoreError> {
        let version = entropy::random().map(u64::from_be_bytes).map_err(|_| StoreError::Entropy)?;
        let nonce = entropy::random().map_err(|_| StoreError::Entropy)?;
        let sealed = self.keys.beside.seal_bytes(&place.seal, content, nonce).ok_or(SessionRecordError::NotSealed)?;
        Ok([&version.max(1).to_be_bytes()[..], &sealed].concat())
    }
}
