//! What a Redis server has of what is kept beside sessions, and what becomes of it when the server is changed or fails.

use redis::Value;

use super::redis_server::RedisServer;
use super::store::RedisStore;
use super::store_tests::{
    NAME, NOW, PROVIDER_SESSION, create, keys, keys_like, load, load_to_keep, other, store, tell, try_add, user,
    with_provider_session,
};
use crate::io::sessions::beside::{Beside, BesidePlace};
use crate::io::sessions::store::{SessionStore, StoreError, StoreOutcome, StoredSession};
use crate::model::sessions::session::SessionRecord;

const SLOT: &str = "https://graph.example";

/// A session of a store.
struct Held<'s> {
    store: &'s RedisStore,
    ticket: String,
    seen: StoredSession,
}

impl<'s> Held<'s> {
    async fn of(store: &'s RedisStore, record: SessionRecord) -> Self {
        let ticket = try_add(store, record).await.unwrap();
        let seen = load(store, &ticket).await.unwrap().unwrap();
        Self { store, ticket, seen }
    }

    /// One that keeps something.
    async fn with(store: &'s RedisStore, record: SessionRecord, content: &str) -> Self {
        let held = Self::of(store, record).await;
        assert_eq!(held.put(SLOT, 0, content).await, Ok(StoreOutcome::InPlace));
        held
    }

    /// The same session at another replica.
    fn at<'t>(&self, store: &'t RedisStore) -> Held<'t> {
        Held { store, ticket: self.ticket.clone(), seen: self.seen.clone() }
    }

    fn place<'a>(&'a self, slot: &'a str) -> BesidePlace<'a> {
        BesidePlace { name: NAME, ticket: &self.ticket, seen: &self.seen, slot }
    }

    async fn put(&self, slot: &str, before: u64, content: &str) -> Result<StoreOutcome, StoreError> {
        self.store.put_beside(self.place(slot), before, content.into()).await
    }

    async fn beside(&self, slot: &str) -> Beside {
        self.store.load_beside(self.place(slot)).await.unwrap()
    }

    async fn content(&self) -> Option<String> {
        self.beside(SLOT).await.content.map(|content| String::from_utf8(content).unwrap())
    }

    async fn delete(&self) {
        self.store.delete(NAME, &self.ticket, &self.seen, NOW).await.unwrap();
    }

    async fn touch(&self) {
        let due = NOW + std::time::Duration::from_secs(self.seen.record.idle_seconds / 10);
        assert_eq!(self.store.touch(NAME, &self.ticket, &self.seen, due).await, Ok(StoreOutcome::InPlace));
    }
}

/// The keys under which something is kept beside sessions.
fn places(server: &RedisServer) -> Vec<String> {
    keys_like(server, "*:tokens:*")
}

/// The one there is.
fn place(server: &RedisServer) -> String {
    let [place] = places(server).try_into().unwrap();
    place
}

fn seconds_left(server: &RedisServer, key: &str) -> u64 {
    u64::try_from(tell::<i64>(server, &format!("TTL {key}"))).expect("it is there and ends")
}

/// A command whose arguments are bytes.
fn tell_bytes<T: redis::FromRedisValue>(server: &RedisServer, command: &str, arguments: &[&[u8]]) -> T {
    let mut connection = redis::Client::open(server.address()).unwrap().get_connection().unwrap();
    redis::cmd(command).arg(arguments).query(&mut connection).unwrap()
}

/// The slots of a session as the server has them: fields and values.
fn slots(server: &RedisServer, key: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
    tell(server, &format!("HGETALL {key}"))
}

fn set(server: &RedisServer, key: &str, field: &[u8], value: &[u8]) {
    let _: i64 = tell_bytes(server, "HSET", &[key.as_bytes(), field, value]);
}

/// Everything that a server holds, as bytes: keys, and what is behind them.
fn everything(server: &RedisServer) -> Vec<u8> {
    fn add(all: &mut Vec<u8>, value: Value) {
        match value {
            Value::BulkString(bytes) => all.extend([&bytes[..], b"\n"].concat()),
            Value::Array(values) | Value::Set(values) => values.into_iter().for_each(|value| add(all, value)),
            Value::Map(pairs) => pairs.into_iter().for_each(|(key, value)| {
                add(all, key);
                add(all, value);
            }),
            Value::Double(_) | Value::Int(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
    let mut all = Vec::new();
    for key in keys_like(server, "*") {
        all.extend([key.as_bytes(), b"\n"].concat());
        let command = match tell::<String>(server, &format!("TYPE {key}")).as_str() {
            "string" => format!("GET {key}"),
            "hash" => format!("HGETALL {key}"),
            "zset" => format!("ZRANGE {key} 0 -1"),
            other => panic!("unexpected: {other}"),
        };
        add(&mut all, tell(server, &command));
    }
    all
}

fn holds(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn nothing_that_is_kept_beside_a_session_can_be_read_at_the_server() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let held = Held::with(&store, with_provider_session(), "planted-refresh-token").await;
    let version = held.beside(SLOT).await.version;
    assert_eq!(held.put(SLOT, version, "planted-access-token").await, Ok(StoreOutcome::InPlace));
    assert_eq!(held.put("second", 0, "planted-in-the-second").await, Ok(StoreOutcome::InPlace));
    let all = everything(&server);
    let place = place(&server);
    let (field, value) = slots(&server, &place).remove(0);
    assert!(holds(&all, place.as_bytes()) && holds(&all, &field) && holds(&all, &value), "everything is looked at");
    let [high, low] = held.seen.record.id.0;
    let id = format!("{high:016x}{low:016x}");
    for planted in ["planted", "graph", "second", "Adele", &held.ticket, &id] {
        assert!(!holds(&all, planted.as_bytes()), "{planted}");
    }
    assert!(!format!("{store:?}").contains("planted"));
}

#[tokio::test]
async fn what_was_swapped_between_people_sessions_or_slots_opens_nothing_and_may_be_written_anew() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let mine = Held::with(&store, with_provider_session(), "mine").await;
    let my_place = place(&server);
    let (field, value) = slots(&server, &my_place).remove(0);
    assert_eq!(mine.put("second", 0, "my second").await, Ok(StoreOutcome::InPlace));
    let (second_field, _) = slots(&server, &my_place).into_iter().find(|(of, _)| *of != field).unwrap();
    for (record, whose) in [(other(), "another person"), (with_provider_session(), "another session")] {
        let before = places(&server);
        let theirs = Held::with(&store, record, "theirs").await;
        let their_place = places(&server).into_iter().find(|place| !before.contains(place)).unwrap();
        // Wherever the value of the one is put at the other.
        for (their_field, _) in slots(&server, &their_place) {
            set(&server, &their_place, &their_field, &value);
        }
        set(&server, &their_place, &field, &value);
        let found = theirs.beside(SLOT).await;
        assert_eq!(found.content, None, "{whose}");
        assert_eq!(theirs.put(SLOT, found.version, "theirs again").await, Ok(StoreOutcome::InPlace), "{whose}");
        assert_eq!(theirs.content().await.as_deref(), Some("theirs again"), "{whose}");
        // Whole keys, as if one were the other's.
        let _: String = tell(&server, &format!("RENAME {my_place} {their_place}"));
        assert_eq!(theirs.content().await, None, "{whose}");
        assert_eq!(mine.content().await, None, "{whose}");
        let _: String = tell(&server, &format!("RENAME {their_place} {my_place}"));
        assert_eq!(mine.content().await.as_deref(), Some("mine"), "{whose}");
        theirs.delete().await;
    }
    set(&server, &my_place, &second_field, &value);
    assert_eq!(mine.beside("second").await.content, None, "another slot");
    assert_eq!(mine.content().await.as_deref(), Some("mine"));
}

#[tokio::test]
async fn what_was_changed_or_cut_at_the_server_opens_nothing_and_may_be_written_anew() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let held = Held::with(&store, with_provider_session(), "kept").await;
    let place = place(&server);
    let (field, value) = slots(&server, &place).remove(0);
    for length in [0, 1, 7, 8, 9, value.len() - 1] {
        set(&server, &place, &field, &value[..length]);
        let found = held.beside(SLOT).await;
        assert_eq!(found.content, None, "{length}");
        assert_eq!(held.put(SLOT, found.version, "anew").await, Ok(StoreOutcome::InPlace), "{length}");
        assert_eq!(held.content().await.as_deref(), Some("anew"), "{length}");
    }
    for position in 8..value.len() {
        let mut changed = value.clone();
        changed[position] ^= 1;
        set(&server, &place, &field, &changed);
        assert_eq!(held.beside(SLOT).await.content, None, "byte {position}");
    }
}

#[tokio::test]
async fn an_end_removes_what_is_kept_beside_a_session_and_a_late_writer_leaves_nothing() {
    let Some(server) = RedisServer::start() else { return };
    let (one, another) = (store(&server), store(&server));
    for end in 0..3 {
        let held = Held::with(&one, with_provider_session(), "kept").await;
        let elsewhere = held.at(&another);
        let before = elsewhere.beside(SLOT).await.version;
        assert_eq!(places(&server).len(), 1);
        match end {
            0 => held.delete().await,
            1 => one.delete_of_user(&user()).await.unwrap(),
            _ => assert!(one.delete_of_provider_session(PROVIDER_SESSION).await.unwrap()),
        }
        assert!(places(&server).is_empty(), "{end}");
        for before in [before, 0] {
            assert_eq!(elsewhere.put(SLOT, before, "renewed").await, Ok(StoreOutcome::Gone), "{end}");
        }
        assert_eq!(elsewhere.beside(SLOT).await, Beside::default(), "{end}");
        assert!(places(&server).is_empty(), "{end}");
    }
}

#[tokio::test]
async fn what_an_end_could_not_remove_is_found_by_nobody() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    // The lists of what may be removed are gone; then the session itself, as a full server drops it.
    for gone in ["*:list:*", "*:session:*"] {
        let held = Held::with(&store, with_provider_session(), "kept").await;
        for key in keys_like(&server, gone) {
            let _: i64 = tell(&server, &format!("DEL {key}"));
        }
        if gone == "*:list:*" {
            store.delete_of_user(&user()).await.unwrap();
        }
        assert_eq!(places(&server).len(), 1, "{gone}");
        assert_eq!(held.beside(SLOT).await, Beside::default(), "{gone}");
        assert_eq!(held.put(SLOT, 0, "renewed").await, Ok(StoreOutcome::Gone), "{gone}");
        let again = Held::of(&store, with_provider_session()).await;
        assert_eq!(again.beside(SLOT).await, Beside::default(), "{gone}");
        let _: String = tell(&server, "FLUSHALL");
    }
}

#[tokio::test]
async fn what_is_kept_beside_a_session_lives_no_longer_than_the_idle_time_and_only_use_puts_that_off() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let held = Held::with(&store, with_provider_session(), "kept").await;
    let (place, idle) = (place(&server), held.seen.record.idle_seconds);
    assert!((idle - 60..=idle).contains(&seconds_left(&server, &place)));
    let _: i64 = tell(&server, &format!("EXPIRE {place} 100"));
    let version = held.beside(SLOT).await.version;
    assert_eq!(held.put(SLOT, version, "renewed").await, Ok(StoreOutcome::InPlace));
    assert_eq!(held.put("second", 0, "new").await, Ok(StoreOutcome::InPlace));
    assert!(seconds_left(&server, &place) <= 100, "whoever renews does not use the session");
    held.touch().await;
    assert!((idle - 60..=idle).contains(&seconds_left(&server, &place)));
    assert_eq!(held.content().await.as_deref(), Some("renewed"));
}

#[tokio::test]
async fn what_is_kept_beside_a_session_never_outlives_it() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let short = SessionRecord { ends_at: NOW + std::time::Duration::from_secs(60), ..with_provider_session() };
    let held = Held::with(&store, short, "kept").await;
    let place = place(&server);
    assert!(seconds_left(&server, &place) <= 60);
    held.touch().await;
    assert!(seconds_left(&server, &place) <= 60);
}

#[tokio::test]
async fn an_older_key_opens_what_is_kept_and_the_newest_seals_it() {
    let Some(server) = RedisServer::start() else { return };
    let with = |secrets: &[u8]| RedisStore::new(&server.address(), None, "application", keys(secrets)).unwrap();
    let (old, both, new) = (with(&[1]), with(&[2, 1]), with(&[2]));
    let held = Held::with(&old, with_provider_session(), "by the old key").await;
    let (at_both, at_new) = (held.at(&both), held.at(&new));
    assert_eq!(at_both.content().await.as_deref(), Some("by the old key"));
    let unknown = at_new.beside(SLOT).await;
    assert_eq!(unknown.content, None, "sealed with a key that it does not have");
    assert_eq!(at_new.put(SLOT, 0, "lost").await, Ok(StoreOutcome::Changed), "though something is there");
    assert_eq!(at_both.put(SLOT, unknown.version, "by the new key").await, Ok(StoreOutcome::InPlace));
    assert_eq!(at_new.content().await.as_deref(), Some("by the new key"));
    assert_eq!(held.content().await, None);
}

#[tokio::test]
async fn a_session_that_is_sealed_does_not_open_as_what_is_kept_beside_it() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let held = Held::with(&store, with_provider_session(), "kept").await;
    let place = place(&server);
    let session: Vec<u8> = tell(&server, &format!("GET {}", place.replace(":tokens:", ":session:")));
    let (field, value) = slots(&server, &place).remove(0);
    assert_ne!(session[8..13], value[8..13], "another key seals it");
    set(&server, &place, &field, &session);
    assert_eq!(held.content().await, None);
}

#[tokio::test]
async fn what_a_server_dropped_and_somebody_wrote_anew_is_not_replaced_by_who_knew_the_one_before() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let held = Held::with(&store, with_provider_session(), "first").await;
    let before = held.beside(SLOT).await.version;
    let _: i64 = tell(&server, &format!("DEL {}", place(&server)));
    assert_eq!(held.put(SLOT, before, "late").await, Ok(StoreOutcome::Changed));
    assert_eq!(held.beside(SLOT).await, Beside::default());
    assert_eq!(held.put(SLOT, 0, "anew").await, Ok(StoreOutcome::InPlace));
    assert_eq!(held.put(SLOT, before, "late").await, Ok(StoreOutcome::Changed));
    assert_eq!(held.content().await.as_deref(), Some("anew"));
}

#[tokio::test]
async fn a_server_without_memory_keeps_what_there_is_and_takes_nothing_new() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let held = Held::with(&store, with_provider_session(), "kept").await;
    let before = held.beside(SLOT).await.version;
    let _: String = tell(&server, "CONFIG SET maxmemory 1");
    assert_eq!(held.put(SLOT, before, "renewed").await, Err(StoreError::Full));
    assert_eq!(held.put("second", 0, "new").await, Err(StoreError::Full));
    assert_eq!(held.content().await.as_deref(), Some("kept"));
    held.delete().await;
    assert!(places(&server).is_empty());
}

#[tokio::test]
async fn what_is_kept_is_found_at_once_after_its_connection_was_closed() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let held = Held::with(&store, with_provider_session(), "kept").await;
    for _ in 0..3 {
        let _: i64 = tell(&server, "CLIENT KILL TYPE normal SKIPME yes");
        assert_eq!(held.content().await.as_deref(), Some("kept"));
    }
}

#[tokio::test]
async fn what_is_kept_beside_a_session_makes_nobody_load_the_session_again() {
    let Some(server) = RedisServer::start() else { return };
    let (one, another) = (store(&server), store(&server));
    let held = Held::with(&one, with_provider_session(), "kept").await;
    let marker = create(&one).await;
    let seen = load_to_keep(&another, &held.ticket).await;
    let of_marker = load_to_keep(&another, &marker).await;
    let version = held.beside(SLOT).await.version;
    assert_eq!(held.put(SLOT, version, "renewed").await, Ok(StoreOutcome::InPlace));
    // The server tells in the order in which things happen: had it told of the first, it would be known by now.
    one.delete(NAME, &marker, &of_marker, NOW).await.unwrap();
    another.over(&of_marker).await;
    assert!(another.is_current(&seen));
}

#[tokio::test]
async fn a_lease_says_nothing_of_who_has_it_and_ends_with_its_time() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let moment = crate::io::clock::moment();
    let first = store.lease("renewal", moment, std::time::Duration::from_secs(20)).await.unwrap();
    let second = store.lease("another", moment, std::time::Duration::from_secs(20)).await.unwrap();
    assert_ne!(first, second, "no two have the same key");
    for lease in keys_like(&server, "*:lease:*") {
        assert!(seconds_left(&server, &lease) <= 20);
        assert_eq!(tell::<Vec<u8>>(&server, &format!("GET {lease}")).len(), 8);
    }
}
