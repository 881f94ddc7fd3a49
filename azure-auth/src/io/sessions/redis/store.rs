//! Sessions that replicas share, on a Redis server.
//!
//! Every key begins with the application's prefix, `azure-auth:{<hash of client id and public URL>}:`, or what the query
//! of the address names (`redis://…?prefix=shop:`) before it. The braces keep the keys of one application in one slot of
//! a cluster, so that one step may change several of them. Behind the prefix:
//!
//! | key | value | lives |
//! |---|---|---|
//! | `session:<hash of the ticket>` | 8 bytes of version, then the sealed record | until its absolute end |
//! | `seen:<hash of the ticket>` | when it was last seen, in seconds | the idle time |
//! | `mark:<hash of the user id>` | 8 random bytes | longer than the last session that holds them |
//! | `mark:<hash of issuer and sid>` | the same of a session at the provider | the same |
//! | `list:<the hash of a mark>` | sorted set of hashes of tickets, by absolute end | as long as its last member |
//! | `tokens:<hash of the ticket>` | hash: by a hash of the slot, 8 bytes of version, then the sealed content | the idle time, and no longer than the session |
//! | `lease:<name>` | 8 bytes that tell who has it | the time of the lease |
//!
//! A session counts as long as the marks are there with which it began. An end removes the mark, in one step: whatever
//! was begun before is over, at every replica, also what is still being created and what no list holds. The next sign-in
//! writes a new one, which never revives a session of the one before. So no clocks are compared, and a mark that a server
//! dropped ends sessions and opens none. Lists only say what may be removed, and whether there was anything to end.
//!
//! The hash of a mark depends on the application and not on its sealing keys. Replicas whose keys are being changed must
//! find the marks of one another's sessions, and a session that was sealed anew outlives the key that it began with.
//! Half of a ticket names the two marks of its session, so that one question finds all there is to know; the other half
//! is what nobody guesses.
//!
//! What is kept beside a session counts as long as the session does, and is removed with it. It is sealed for the id of
//! the session, its ticket, and its slot: in the place of another it opens nothing.
//!
//! That a session was seen is kept apart from the session, because every change of the latter makes all replicas load
//! it again.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redis::{Client, Cmd, ScriptInvocation, Value};
use rustls::crypto::CryptoProvider;
use thiserror::Error;
use tracing::Instrument;
use url::Url;

use super::credentials::RedisCredentialsSource;
use super::link::RedisLink;
use super::near_cache::{NearCache, each_once};
use super::scripts::{BEGIN, CREATE, DELETE, END, RELEASE, REPLACE, TOUCH};
use super::tracking::RedisTracking;
use crate::io::clock;
use crate::io::entropy;
use crate::io::sessions::beside::{Beside, BesidePlace};
use crate::io::sessions::store::{
    Freshness, Lease, LeaseKey, Loaded, Readiness, SessionStore, StoreError, StoreFuture, StoreOutcome, StoredSession,
};
use crate::model::callers::identity::UserId;
use crate::model::moment::Moment;
use crate::model::refusals::lost_session::LostSession;
use crate::model::sessions::session::{Beginning, ProviderSession, SessionRecord};
use crate::model::unix_time::UnixTime;
use crate::rules::session::seal::{Purpose, SealingKeys, derive_bytes};
use crate::rules::session::session_record::{self, SessionRecordError};
use crate::rules::session::ticket::{self, MarkName, TicketHash};

/// What was loaded is loaded again after that, whatever the server has told.
pub(crate) const FRESH_FOR: Duration = Duration::from_secs(300);

/// How long a sign-in may take from the proof of the person to the session. One that takes longer ends as it begins.
const SIGN_IN_TIME: Duration = Duration::from_secs(3600);

/// Sessions that are removed by one command.
const REMOVED_AT_ONCE: usize = 500;

/// Sessions of one process that the near cache knows at a time.
const NEAR_CACHE_LIMIT: usize = 131_072;

/// Sessions on a Redis server: sealed, found by the hash of a ticket, ended for every replica at once.
pub(crate) struct RedisStore {
    pub(super) link: RedisLink,
    tracking: RedisTracking,
    pub(super) near_cache: Arc<NearCache>,
    pub(super) keys: RedisKeys,
    prefix: String,
}

/// With what a store on a Redis server seals.
pub(crate) struct RedisKeys {
    session: SealingKeys,
    /// For what is kept beside sessions.
    pub(super) beside: SealingKeys,
}

impl RedisKeys {
    /// From the secrets of an application; `None` without any.
    pub(crate) fn derive(secrets: &[Vec<u8>]) -> Option<Self> {
        let derived = |purpose| SealingKeys::derive(secrets, purpose);
        Some(Self { session: derived(Purpose::StoredSession)?, beside: derived(Purpose::StoredTokens)? })
    }
}

/// Characters of the longest hash in a key: base64url of 32 bytes.
const TEXT_LENGTH: usize = 43;

/// Bytes of a question for several keys, beside the keys.
const GET_LENGTH: usize = 16;

/// Why a text is not the address of a Redis server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum RedisAddressError {
    #[error("the address is not one of a Redis server")]
    Malformed,
}

impl RedisStore {
    /// `application`: what tells this one from others on the same server.
    pub(crate) fn new(
        address: &str,
        credentials: Option<RedisCredentialsSource>,
        application: &str,
        keys: RedisKeys,
    ) -> Result<Self, RedisAddressError> {
        let (address, own_prefix) = without_prefix(address).ok_or(RedisAddressError::Malformed)?;
        let hash = URL_SAFE_NO_PAD.encode(&digest(&SHA256, application.as_bytes()).as_ref()[..6]);
        let prefix = format!("{own_prefix}azure-auth:{{{hash}}}:");
        if address.scheme() == "rediss" && CryptoProvider::get_default().is_none() {
            // The client of the server takes the one of the process, and panics where it would have to choose. Somebody
            // else's, set at the same moment, is as good.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        }
        let client = Client::open(address).map_err(|_| RedisAddressError::Malformed)?;
        let near_cache = Arc::new(NearCache::new(NEAR_CACHE_LIMIT));
        let tracking = RedisTracking::new(&client, credentials.clone(), &prefix, near_cache.clone())
            .map_err(|_| RedisAddressError::Malformed)?;
        Ok(Self { link: RedisLink::new(client, credentials), tracking, near_cache, keys, prefix })
    }

    async fn start(&self, user: &UserId, provider_session: Option<ProviderSession>) -> Result<Beginning, StoreError> {
        let mut begin = BEGIN.prepare_invoke();
        for mark in self.marks(user, provider_session) {
            begin.key(self.mark_key(mark));
        }
        for _ in 0..2 {
            begin.arg(&entropy::random::<8>().map_err(|_| StoreError::Entropy)?);
        }
        begin.arg(SIGN_IN_TIME.as_secs());
        let mut connection = self.link.connection()?;
        let marks: [Vec<u8>; 2] = self.link.answer(begin.invoke_async(&mut connection)).await?;
        // A value of another length is somebody else's.
        let [Some(person), Some(provider)] = marks.map(|mark| mark.try_into().ok().map(u64::from_be_bytes)) else {
            return Err(StoreError::Refused { code: "WRONGTYPE".to_owned() });
        };
        Ok(Beginning([person, provider]))
    }

    async fn add(&self, name: &str, record: SessionRecord) -> Result<String, StoreError> {
        let marks = self.marks(&record.identity.id, record.provider_session);
        let ticket = ticket::marked(entropy::random().map_err(|_| StoreError::Entropy)?, marks);
        let hash = ticket::hash(name, &ticket).ok_or(StoreError::Entropy)?;
        let text = text(hash);
        let key = self.key("session:", &text);
        let now = record.last_seen;
        let mut create = CREATE.key(&key);
        self.expect_marks(&mut create, marks, &record);
        for mark in marks {
            create.key(self.list_key(mark));
        }
        create
            .arg(self.seal(&key, 1, &record)?)
            // The server knows no lifetime of zero seconds.
            .arg(record.ends_at.since(now).as_secs().max(1))
            .arg(&text)
            .arg(record.ends_at.0)
            .arg(now.0);
        let mut connection = self.link.connection()?;
        match self.link.answer(create.invoke_async(&mut connection)).await? {
            // Two random tickets are never the same.
            0 => Err(StoreError::Entropy),
            // Also where its marks are others by now: then it is over already, and the ticket finds nothing.
            _ => Ok(ticket),
        }
    }

    async fn find(&self, name: &str, ticket: &str) -> Result<Loaded, StoreError> {
        let Some((hash, ticket)) = ticket::read(name, ticket) else { return Ok(Err(LostSession::Cut)) };
        let marks = ticket::marks(ticket);
        self.tracking.start();
        // Before the question: a change that the server makes known after its answer must end it.
        let freshness = self.near_cache.register(hash, marks);
        let mut text = [0; TEXT_LENGTH];
        let text = encoded(&hash.0, &mut text);
        let key = self.key("session:", text);
        let mut get = Cmd::with_capacity(5, GET_LENGTH + 5 * key.len());
        get.arg("MGET").arg(&*key);
        // The others are written one after the other into the same room.
        let mut other = String::with_capacity(key.len());
        get.arg(self.write_key(&mut other, "seen:", text));
        for mark in each_once(marks) {
            get.arg(self.write_key(&mut other, "mark:", encoded(&mark.0, &mut [0; TEXT_LENGTH])));
        }
        let found: Value = self.link.ask(&get).await?;
        let found = self.found(&key, found, freshness);
        if found.is_err() {
            // Invented tickets must not push what is known out of the near cache.
            self.near_cache.invalidate(hash);
        }
        Ok(found)
    }

    /// The answer is a session, when it was seen, and its marks. It is taken as it is, without the conversions that the
    /// client of the server has.
    fn found(&self, key: &str, answer: Value, freshness: Freshness) -> Loaded {
        let unknown = || LostSession::UnknownToStore;
        let Value::Array(parts) = answer else { return Err(unknown()) };
        let mut parts = parts.into_iter();
        let (Some(Value::BulkString(value)), seen) = (parts.next(), parts.next().ok_or_else(unknown)?) else {
            return Err(unknown());
        };
        let seen = match seen {
            Value::BulkString(text) => std::str::from_utf8(&text).ok().and_then(|text| text.parse().ok()),
            _ => None,
        };
        let Some(Value::BulkString(person)) = parts.next() else { return Err(LostSession::Ended) };
        let provider = parts.next();
        let provider = match &provider {
            None => &person,
            Some(Value::BulkString(provider)) => provider,
            Some(_) => return Err(LostSession::Ended),
        };
        let stored = self.open(key, value, seen, freshness)?;
        let Beginning(begun) = stored.record.beginning;
        let is_valid = [&person, provider].into_iter().zip(begun).all(|(mark, begun)| **mark == begun.to_be_bytes());
        if is_valid { Ok(stored) } else { Err(LostSession::Ended) }
    }

    /// The value begins with its version.
    fn open(&self, key: &str, mut value: Vec<u8>, seen: Option<u64>, freshness: Freshness) -> Loaded {
        let (version, sealed) = value.split_first_chunk_mut().ok_or(LostSession::Cut)?;
        let version = u64::from_be_bytes(*version);
        let is_to_reseal = !self.keys.session.is_by_newest(sealed);
        let plain = self.keys.session.open_bytes(key, sealed)?;
        let mut record = session_record::read(plain).ok_or(LostSession::Cut)?;
        record.last_seen = record.last_seen.max(UnixTime(seen.unwrap_or_default()));
        let fresh_until = Some(clock::moment() + FRESH_FOR);
        Ok(StoredSession { record, length: plain.len(), version, freshness, fresh_until, is_to_reseal })
    }

    async fn note_seen(
        &self,
        name: &str,
        ticket: &str,
        seen: &StoredSession,
        now: UnixTime,
    ) -> Result<StoreOutcome, StoreError> {
        let Some((hash, ticket)) = ticket::read(name, ticket) else { return Ok(StoreOutcome::Gone) };
        let idle = seen.record.idle_seconds;
        let text = text(hash);
        let mut touch = TOUCH.key(self.key("session:", &text));
        self.expect_marks(&mut touch, ticket::marks(ticket), &seen.record);
        touch.key(self.key("seen:", &text)).key(self.key("tokens:", &text)).arg(now.0).arg(idle / 10).arg(idle.max(1));
        let mut connection = self.link.connection()?;
        let is_kept: bool = self.link.answer(touch.invoke_async(&mut connection)).await?;
        Ok(if is_kept { StoreOutcome::InPlace } else { StoreOutcome::Gone })
    }

    async fn put(
        &self,
        name: &str,
        ticket: &str,
        seen: &StoredSession,
        record: SessionRecord,
    ) -> Result<StoreOutcome, StoreError> {
        let Some((hash, ticket)) = ticket::read(name, ticket) else { return Ok(StoreOutcome::Gone) };
        let record = SessionRecord { beginning: seen.record.beginning, ..record };
        let key = self.key("session:", &text(hash));
        let mut replace = REPLACE.key(&key);
        self.expect_marks(&mut replace, ticket::marks(ticket), &record);
        replace.arg(&seen.version.to_be_bytes()).arg(self.seal(&key, seen.version + 1, &record)?);
        let mut connection = self.link.connection()?;
        Ok(match self.link.answer(replace.invoke_async(&mut connection)).await? {
            0 => StoreOutcome::Gone,
            1 => StoreOutcome::Changed,
            _ => StoreOutcome::InPlace,
        })
    }

    async fn end(&self, name: &str, ticket: &str) -> Result<(), StoreError> {
        let Some((hash, ticket)) = ticket::read(name, ticket) else { return Ok(()) };
        let text = text(hash);
        let mut delete = DELETE.key(self.key("session:", &text));
        delete.key(self.key("seen:", &text)).key(self.key("tokens:", &text)).arg(&text);
        for mark in ticket::marks(ticket) {
            delete.key(self.list_key(mark));
        }
        let mut connection = self.link.connection()?;
        let () = self.link.answer(delete.invoke_async(&mut connection)).await?;
        // Here it is known already; the others are told by the server.
        self.near_cache.invalidate(hash);
        Ok(())
    }

    /// Whether there was anything to end.
    async fn end_all(&self, mark: MarkName) -> Result<bool, StoreError> {
        let mut end = END.key(self.mark_key(mark));
        end.key(self.list_key(mark));
        let mut connection = self.link.connection()?;
        let listed: Vec<String> = self.link.answer(end.invoke_async(&mut connection)).await?;
        self.near_cache.invalidate_mark(mark);
        for some in listed.chunks(REMOVED_AT_ONCE) {
            let mut remove = redis::cmd("DEL");
            for text in some {
                for kind in ["session:", "seen:", "tokens:"] {
                    remove.arg(self.key(kind, text));
                }
            }
            // They are over. What remains of them opens nothing, and expires by itself.
            if self.link.ask::<()>(&remove).await.is_err() {
                break;
            }
        }
        Ok(!listed.is_empty())
    }

    fn seal(&self, key: &str, version: u64, record: &SessionRecord) -> Result<Vec<u8>, StoreError> {
        let nonce = entropy::random().map_err(|_| StoreError::Entropy)?;
        let plain = serde_json::to_vec(record).map_err(|_| SessionRecordError::NotSealed)?;
        let sealed = self.keys.session.seal_bytes(key, &plain, nonce).ok_or(SessionRecordError::NotSealed)?;
        Ok([&version.to_be_bytes()[..], &sealed].concat())
    }

    /// With what a session ends: with its person, and with its session at the provider. Without the latter it is the
    /// person twice.
    fn marks(&self, user: &UserId, provider_session: Option<ProviderSession>) -> [MarkName; 2] {
        let person = self.user_mark(user);
        [person, provider_session.map_or(person, |session| self.provider_mark(session))]
    }

    fn user_mark(&self, user: &UserId) -> MarkName {
        self.mark("user", &user.to_string())
    }

    fn provider_mark(&self, ProviderSession([high, low]): ProviderSession) -> MarkName {
        self.mark("provider", &format!("{high:016x}{low:016x}"))
    }

    fn mark(&self, kind: &str, name: &str) -> MarkName {
        MarkName(derive_bytes(self.prefix.as_bytes(), &[b"mark", kind.as_bytes(), b" ", name.as_bytes()]))
    }

    /// As keys and arguments of a script.
    pub(super) fn expect_marks(&self, script: &mut ScriptInvocation<'_>, marks: [MarkName; 2], record: &SessionRecord) {
        for (mark, begun) in marks.into_iter().zip(record.beginning.0) {
            script.key(self.mark_key(mark)).arg(&begun.to_be_bytes());
        }
    }

    pub(super) fn mark_key(&self, mark: MarkName) -> String {
        self.key("mark:", encoded(&mark.0, &mut [0; TEXT_LENGTH]))
    }

    fn list_key(&self, mark: MarkName) -> String {
        self.key("list:", encoded(&mark.0, &mut [0; TEXT_LENGTH]))
    }

    fn write_key<'k>(&self, key: &'k mut String, kind: &str, name: &str) -> &'k str {
        key.clear();
        key.extend([&self.prefix, kind, name]);
        key
    }

    pub(super) fn key(&self, kind: &str, name: &str) -> String {
        [&self.prefix, kind, name].concat()
    }
}

pub(super) fn text(hash: TicketHash) -> String {
    encoded(&hash.0, &mut [0; TEXT_LENGTH]).to_owned()
}

/// A hash as it is written in keys.
fn encoded<'t>(hash: &[u8], text: &'t mut [u8; TEXT_LENGTH]) -> &'t str {
    // Neither a longer hash nor anything but ASCII is ever written.
    let length = URL_SAFE_NO_PAD.encode_slice(hash, text).unwrap_or_default();
    std::str::from_utf8(&text[..length]).unwrap_or_default()
}

/// What is asked of the server, in a span of its own.
fn traced<'a, T>(
    operation: &'static str,
    future: impl Future<Output = Result<T, StoreError>> + Send + 'a,
) -> StoreFuture<'a, T> {
    let span = tracing::debug_span!(target: "azure_auth::session", "store-operation", store = "redis", operation);
    Box::pin(future.instrument(span))
}

/// Whether the server drops keys when its memory is full, by what it says of its memory.
fn may_evict(memory: &str) -> bool {
    let value = |name: &str| memory.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(':'));
    let is_limited = value("maxmemory").is_some_and(|limit| limit != "0");
    is_limited && value("maxmemory_policy").is_some_and(|policy| policy != "noeviction")
}

/// The address as the client of the server reads it, and the prefix that its query asks for.
fn without_prefix(address: &str) -> Option<(Url, String)> {
    let mut address = Url::parse(address).ok()?;
    let (prefixes, others): (Vec<_>, Vec<_>) =
        address.query_pairs().into_owned().partition(|(name, _)| name == "prefix");
    address.set_query(None);
    if !others.is_empty() {
        address.query_pairs_mut().extend_pairs(others);
    }
    Some((address, prefixes.into_iter().map(|(_, prefix)| prefix).next().unwrap_or_default()))
}

impl SessionStore for RedisStore {
    fn begin<'a>(&'a self, user: &'a UserId, provider_session: Option<ProviderSession>) -> StoreFuture<'a, Beginning> {
        traced("begin", self.start(user, provider_session))
    }

    fn create<'a>(&'a self, name: &'a str, record: SessionRecord) -> StoreFuture<'a, String> {
        traced("create", self.add(name, record))
    }

    fn load<'a>(&'a self, name: &'a str, ticket: &'a str) -> StoreFuture<'a, Loaded> {
        traced("load", self.find(name, ticket))
    }

    fn touch<'a>(
        &'a self,
        name: &'a str,
        ticket: &'a str,
        seen: &'a StoredSession,
        now: UnixTime,
    ) -> StoreFuture<'a, StoreOutcome> {
        traced("touch", self.note_seen(name, ticket, seen, now))
    }

    fn replace<'a>(
        &'a self,
        name: &'a str,
        ticket: &'a str,
        seen: &'a StoredSession,
        record: SessionRecord,
    ) -> StoreFuture<'a, StoreOutcome> {
        traced("replace", self.put(name, ticket, seen, record))
    }

    fn delete<'a>(&'a self, name: &'a str, ticket: &'a str, _: &'a StoredSession, _: UnixTime) -> StoreFuture<'a, ()> {
        traced("delete", self.end(name, ticket))
    }

    fn delete_of_user<'a>(&'a self, user: &'a UserId) -> StoreFuture<'a, ()> {
        traced("delete-of-user", async move { self.end_all(self.user_mark(user)).await.map(drop) })
    }

    fn delete_of_provider_session(&self, session: ProviderSession) -> StoreFuture<'_, bool> {
        traced("delete-of-provider-session", self.end_all(self.provider_mark(session)))
    }

    fn load_beside<'a>(&'a self, place: BesidePlace<'a>) -> StoreFuture<'a, Beside> {
        traced("load-beside", self.find_beside(place))
    }

    fn put_beside<'a>(
        &'a self,
        place: BesidePlace<'a>,
        before: u64,
        content: Vec<u8>,
    ) -> StoreFuture<'a, StoreOutcome> {
        traced("put-beside", async move { self.keep_beside(place, before, &content).await })
    }

    /// By the server's clock, which replicas share.
    fn lease<'a>(&'a self, name: &'a str, _: Moment, duration: Duration) -> StoreFuture<'a, Lease> {
        traced("lease", async move {
            let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).max(1);
            let key = entropy::random().map(u64::from_be_bytes).map_err(|_| StoreError::Entropy)?;
            let mut lease = redis::cmd("SET");
            lease.arg(self.key("lease:", name)).arg(&key.to_be_bytes()).arg("NX").arg("PX").arg(milliseconds);
            let mut connection = self.link.connection()?;
            let is_first: bool = self.link.answer(lease.query_async(&mut connection)).await?;
            Ok(if is_first { Lease::First(LeaseKey(key)) } else { Lease::Taken })
        })
    }

    fn release<'a>(&'a self, name: &'a str, LeaseKey(key): LeaseKey) -> StoreFuture<'a, ()> {
        traced("release", async move {
            let mut release = RELEASE.key(self.key("lease:", name));
            release.arg(&key.to_be_bytes());
            let mut connection = self.link.connection()?;
            self.link.answer(release.invoke_async(&mut connection)).await
        })
    }

    /// A server that is full or lets nobody write answers questions, but keeps no session.
    fn ready(&self) -> StoreFuture<'_, Readiness> {
        traced("ready", async move {
            self.tracking.start();
            let mut write = redis::cmd("SET");
            write.arg(self.key("ready", "")).arg(1).arg("EX").arg(1);
            let () = self.link.ask(&write).await?;
            let mut memory = redis::cmd("INFO");
            memory.arg("memory");
            // A user who may not ask is not told.
            let memory: String = self.link.ask(&memory).await.unwrap_or_default();
            Ok(Readiness { near_cache: self.near_cache.is_listening(), may_evict: may_evict(&memory) })
        })
    }
}

/// The address may hold a password.
impl fmt::Debug for RedisStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RedisStore").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
