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
//! | `user:<hash of the user id>` | sorted set of `<begun>:<hash of the ticket>`, by absolute end | as long as its last member |
//! | `provider:<hash of issuer and sid>` | the same of a session at the provider | the same |
//! | `lease:<name>` | whether somebody has it | the time of the lease |
//!
//! That a session was seen is kept apart from the session, because every change of the latter makes all replicas load
//! it again.

use std::fmt;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redis::{Client, Script};
use rustls::crypto::CryptoProvider;
use thiserror::Error;
use url::Url;

use super::near_cache::NearCache;
use super::redis_credentials::RedisCredentialsSource;
use super::redis_link::RedisLink;
use super::redis_tracking::RedisTracking;
use super::session_store::{Answer, Freshness, Kept, Lease, Readiness, SessionStore, StoreError, StoredSession};
use super::{clock, entropy};
use crate::model::identity::UserId;
use crate::model::moment::Moment;
use crate::model::session::{ProviderSession, SessionRecord};
use crate::model::unix_time::UnixTime;
use crate::rules::seal::{OpenError, SealingKeys};
use crate::rules::session_lifetime;
use crate::rules::session_record::{self, SessionRecordError};
use crate::rules::ticket::{self, TicketHash};

/// What was loaded is loaded again after that, whatever the server has told.
const FRESH_FOR: Duration = Duration::from_secs(300);

/// Sessions of one process that the near cache knows at a time.
const NEAR_CACHE_LIMIT: usize = 131_072;

/// Sessions on a Redis server: sealed, found by the hash of a ticket, ended for every replica at once.
pub(crate) struct RedisStore {
    link: RedisLink,
    tracking: RedisTracking,
    pub(super) near_cache: Arc<NearCache>,
    keys: SealingKeys,
    prefix: String,
    noted_unreadable: AtomicBool,
}

/// Why an address of a Redis server is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum RedisAddressError {
    #[error("expected `redis://…` or `rediss://…` with a host, as in `rediss://:<password>@cache.example.com:6380`")]
    Malformed,
}

/// KEYS: the session, then the lists it belongs to. ARGV: value, seconds to live, member, absolute end, now.
///
/// It writes first what a server without memory refuses: after a write that it allows, a script may do anything.
static CREATE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        for position = 2, #KEYS do
            redis.call('ZADD', KEYS[position], ARGV[4], ARGV[3])
            redis.call('ZREMRANGEBYSCORE', KEYS[position], '-inf', ARGV[5])
            if redis.call('TTL', KEYS[position]) < tonumber(ARGV[2]) then
                redis.call('EXPIRE', KEYS[position], ARGV[2])
            end
        end
        redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
        return 1
        ",
    )
});

/// KEYS: the session, when it was seen. ARGV: now, seconds between two notes, seconds to live.
static TOUCH: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
        local seen = tonumber(redis.call('GET', KEYS[2]) or '0')
        if tonumber(ARGV[1]) >= seen + tonumber(ARGV[2]) then
            redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[3])
        end
        return 1
        ",
    )
});

/// KEYS: the session. ARGV: the version it must have, the new value.
static REPLACE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local version = redis.call('GETRANGE', KEYS[1], 0, 7)
        if version == '' then return 0 end
        if version ~= ARGV[1] then return 1 end
        local left = redis.call('PTTL', KEYS[1])
        redis.call('SET', KEYS[1], ARGV[2])
        redis.call('PEXPIRE', KEYS[1], left)
        return 2
        ",
    )
});

/// KEYS: the session, when it was seen, the lists it belongs to. ARGV: member.
///
/// No transaction, which a server without memory refuses, whatever it would do.
static DELETE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        redis.call('DEL', KEYS[1], KEYS[2])
        for position = 3, #KEYS do redis.call('ZREM', KEYS[position], ARGV[1]) end
        return 1
        ",
    )
});

/// KEYS: a list. ARGV: now, and what the keys of sessions and of when they were seen begin with. The other list of each
/// session keeps its member until that is over by itself.
static DELETE_LISTED: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local ended = 0
        for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
            local begun, hash = string.match(member, '^(%d+):(.+)$')
            if tonumber(begun) <= tonumber(ARGV[1]) then
                redis.call('DEL', ARGV[2] .. hash, ARGV[3] .. hash)
                redis.call('ZREM', KEYS[1], member)
                ended = ended + 1
            end
        end
        return ended
        ",
    )
});

impl RedisStore {
    /// `application`: what tells this one from others on the same server.
    pub(crate) fn new(
        address: &str,
        credentials: Option<RedisCredentialsSource>,
        application: &str,
        keys: SealingKeys,
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
        let tracking =
            RedisTracking::new(&client, credentials.clone(), &format!("{prefix}session:"), near_cache.clone())
                .map_err(|_| RedisAddressError::Malformed)?;
        let noted_unreadable = AtomicBool::new(false);
        Ok(Self { link: RedisLink::new(client, credentials), tracking, near_cache, keys, prefix, noted_unreadable })
    }

    async fn begin(&self, name: &str, record: SessionRecord) -> Result<String, StoreError> {
        let ticket = ticket::ticket(entropy::random().map_err(|_| StoreError::Entropy)?);
        let hash = ticket::hash(name, &ticket).ok_or(StoreError::Entropy)?;
        let text = text(hash);
        let key = self.key("session:", &text);
        let now = record.last_seen;
        let mut create = CREATE.key(&key);
        for list in self.lists(&record) {
            create.key(list);
        }
        create
            .arg(self.seal(&key, 1, &record)?)
            // A lifetime of no seconds is none that the server knows.
            .arg(record.ends_at.since(now).as_secs().max(1))
            .arg(member(&text, &record))
            .arg(record.ends_at.0)
            .arg(now.0);
        let mut connection = self.link.connection()?;
        let is_new: bool = self.link.answer(create.invoke_async(&mut connection)).await?;
        // Two random tickets are never the same.
        if is_new { Ok(ticket) } else { Err(StoreError::Entropy) }
    }

    async fn find(&self, name: &str, ticket: &str) -> Result<Option<StoredSession>, StoreError> {
        let Some(hash) = ticket::hash(name, ticket) else { return Ok(None) };
        self.tracking.start();
        // Before the question: a change that the server makes known after its answer must end it.
        let freshness = self.near_cache.register(hash);
        let text = text(hash);
        let key = self.key("session:", &text);
        let mut get = redis::cmd("MGET");
        get.arg(&key).arg(self.key("seen:", &text));
        let (value, seen): (Option<Vec<u8>>, Option<u64>) = self.link.ask(&get).await?;
        if value.is_none() {
            // Invented tickets must not push what is known out of the near cache.
            self.near_cache.invalidate(hash);
        }
        Ok(value.and_then(|value| self.open(&key, value, seen, freshness)))
    }

    /// The value begins with its version.
    fn open(&self, key: &str, mut value: Vec<u8>, seen: Option<u64>, freshness: Freshness) -> Option<StoredSession> {
        let (version, sealed) = value.split_first_chunk_mut()?;
        let version = u64::from_be_bytes(*version);
        let is_to_reseal = !self.keys.is_by_newest(sealed);
        let plain = self.keys.open_bytes(key, sealed).map_err(|problem| self.note_unreadable(problem)).ok()?;
        let mut record = session_record::read(plain)?;
        record.last_seen = record.last_seen.max(UnixTime(seen.unwrap_or_default()));
        // Seen by another replica meanwhile, it ends later than this one knows.
        let fresh_until = session_lifetime::end(&record).min(clock::now() + FRESH_FOR);
        Some(StoredSession { record, length: plain.len(), version, freshness, fresh_until, is_to_reseal })
    }

    async fn note_seen(
        &self,
        name: &str,
        ticket: &str,
        seen: &StoredSession,
        now: UnixTime,
    ) -> Result<Kept, StoreError> {
        let Some(hash) = ticket::hash(name, ticket) else { return Ok(Kept::Gone) };
        let idle = seen.record.idle_seconds;
        let text = text(hash);
        let mut touch = TOUCH.key(self.key("session:", &text));
        touch.key(self.key("seen:", &text)).arg(now.0).arg(idle / 10).arg(idle.max(1));
        let mut connection = self.link.connection()?;
        let is_kept: bool = self.link.answer(touch.invoke_async(&mut connection)).await?;
        Ok(if is_kept { Kept::InPlace } else { Kept::Gone })
    }

    async fn put(
        &self,
        name: &str,
        ticket: &str,
        seen: &StoredSession,
        record: &SessionRecord,
    ) -> Result<Kept, StoreError> {
        let Some(hash) = ticket::hash(name, ticket) else { return Ok(Kept::Gone) };
        let key = self.key("session:", &text(hash));
        let mut replace = REPLACE.key(&key);
        replace.arg(&seen.version.to_be_bytes()).arg(self.seal(&key, seen.version + 1, record)?);
        let mut connection = self.link.connection()?;
        Ok(match self.link.answer(replace.invoke_async(&mut connection)).await? {
            0 => Kept::Gone,
            1 => Kept::Changed,
            _ => Kept::InPlace,
        })
    }

    async fn end(&self, name: &str, ticket: &str, seen: &StoredSession) -> Result<(), StoreError> {
        let Some(hash) = ticket::hash(name, ticket) else { return Ok(()) };
        let text = text(hash);
        let mut delete = DELETE.key(self.key("session:", &text));
        delete.key(self.key("seen:", &text)).arg(member(&text, &seen.record));
        for list in self.lists(&seen.record) {
            delete.key(list);
        }
        let mut connection = self.link.connection()?;
        let () = self.link.answer(delete.invoke_async(&mut connection)).await?;
        // Here it is known already; the others are told by the server.
        self.near_cache.invalidate(hash);
        Ok(())
    }

    /// Whether there was anything to end.
    async fn end_listed(&self, list: String, now: UnixTime) -> Result<bool, StoreError> {
        let mut delete = DELETE_LISTED.key(list);
        delete.arg(now.0).arg(self.key("session:", "")).arg(self.key("seen:", ""));
        let mut connection = self.link.connection()?;
        let ended: u64 = self.link.answer(delete.invoke_async(&mut connection)).await?;
        if ended > 0 {
            self.near_cache.invalidate_all();
        }
        Ok(ended > 0)
    }

    fn seal(&self, key: &str, version: u64, record: &SessionRecord) -> Result<Vec<u8>, StoreError> {
        let nonce = entropy::random().map_err(|_| StoreError::Entropy)?;
        let plain = serde_json::to_vec(record).map_err(|_| SessionRecordError::NotSealed)?;
        let sealed = self.keys.seal_bytes(key, &plain, nonce).ok_or(SessionRecordError::NotSealed)?;
        Ok([&version.to_be_bytes()[..], &sealed].concat())
    }

    /// One event per process: another replica with other keys shows at once, and cannot flood the log.
    fn note_unreadable(&self, problem: OpenError) {
        if !self.noted_unreadable.swap(true, Ordering::Relaxed) {
            tracing::warn!(target: "azure_auth::session", "a stored session was not opened: {problem}");
        }
    }

    /// The lists that a session belongs to.
    fn lists(&self, record: &SessionRecord) -> Vec<String> {
        let of_provider = record.provider_session.map(|session| self.provider_key(session));
        [self.user_key(&record.identity.id)].into_iter().chain(of_provider).collect()
    }

    fn user_key(&self, user: &UserId) -> String {
        self.key("user:", &URL_SAFE_NO_PAD.encode(digest(&SHA256, user.to_string().as_bytes())))
    }

    fn provider_key(&self, ProviderSession([high, low]): ProviderSession) -> String {
        self.key("provider:", &format!("{high:016x}{low:016x}"))
    }

    fn key(&self, kind: &str, name: &str) -> String {
        [&self.prefix, kind, name].concat()
    }
}

/// A session in a list.
fn member(text: &str, record: &SessionRecord) -> String {
    format!("{}:{text}", record.signed_in_at.0)
}

fn text(hash: TicketHash) -> String {
    URL_SAFE_NO_PAD.encode(hash.0)
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
    fn create<'a>(&'a self, name: &'a str, record: SessionRecord) -> Answer<'a, String> {
        Box::pin(self.begin(name, record))
    }

    fn load<'a>(&'a self, name: &'a str, ticket: &'a str) -> Answer<'a, Option<StoredSession>> {
        Box::pin(self.find(name, ticket))
    }

    fn touch<'a>(&'a self, name: &'a str, ticket: &'a str, seen: &'a StoredSession, now: UnixTime) -> Answer<'a, Kept> {
        Box::pin(self.note_seen(name, ticket, seen, now))
    }

    fn replace<'a>(
        &'a self,
        name: &'a str,
        ticket: &'a str,
        seen: &'a StoredSession,
        record: SessionRecord,
    ) -> Answer<'a, Kept> {
        Box::pin(async move { self.put(name, ticket, seen, &record).await })
    }

    fn delete<'a>(&'a self, name: &'a str, ticket: &'a str, seen: &'a StoredSession, _: UnixTime) -> Answer<'a, ()> {
        Box::pin(self.end(name, ticket, seen))
    }

    fn delete_of_user<'a>(&'a self, user: &'a UserId, now: UnixTime) -> Answer<'a, ()> {
        Box::pin(async move { self.end_listed(self.user_key(user), now).await.map(drop) })
    }

    fn delete_of_provider_session(&self, session: ProviderSession, now: UnixTime) -> Answer<'_, bool> {
        Box::pin(self.end_listed(self.provider_key(session), now))
    }

    /// By the server's clock, which replicas share.
    fn lease<'a>(&'a self, name: &'a str, _: Moment, duration: Duration) -> Answer<'a, Lease> {
        Box::pin(async move {
            let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).max(1);
            let mut lease = redis::cmd("SET");
            lease.arg(self.key("lease:", name)).arg(1).arg("NX").arg("PX").arg(milliseconds);
            let mut connection = self.link.connection()?;
            let is_first: bool = self.link.answer(lease.query_async(&mut connection)).await?;
            Ok(if is_first { Lease::First } else { Lease::Taken })
        })
    }

    fn release<'a>(&'a self, name: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let mut release = redis::cmd("DEL");
            release.arg(self.key("lease:", name));
            let mut connection = self.link.connection()?;
            self.link.answer(release.query_async(&mut connection)).await
        })
    }

    /// A server that is full or lets nobody write answers questions, but keeps no session.
    fn ready(&self) -> Answer<'_, Readiness> {
        Box::pin(async move {
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
