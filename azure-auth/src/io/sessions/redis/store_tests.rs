//! What becomes of sessions when a Redis server fails, refuses or forgets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::credentials::{RedisCredentials, RedisCredentialsSource};
use super::redis_server::RedisServer;
use super::store::{RedisKeys, RedisStore};
use crate::io::sessions::store::{SessionStore, StoreError, StoreOutcome, StoredSession};
use crate::model::callers::identity::UserId;
use crate::model::sessions::session::{ProviderSession, SessionRecord};
use crate::model::unix_time::UnixTime;
use crate::rules::session::session_record::tests::record;

pub(super) const NAME: &str = "azure-session";
pub(super) const NOW: UnixTime = UnixTime(1_800_000_000);

/// A protected page answers within two seconds; what the page itself takes is left.
const LIMIT: Duration = Duration::from_millis(1900);

/// A busy machine is given time, an endless loop is not.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn keys(secrets: &[u8]) -> RedisKeys {
    let secrets: Vec<Vec<u8>> = secrets.iter().map(|byte| vec![*byte; 32]).collect();
    RedisKeys::derive(&secrets).unwrap()
}

fn store_at(address: &str) -> RedisStore {
    RedisStore::new(address, None, "application", keys(&[1])).unwrap()
}

pub(super) fn store(server: &RedisServer) -> RedisStore {
    store_at(&server.address())
}

/// An operator's command.
pub(super) fn tell<T: redis::FromRedisValue>(server: &RedisServer, command: &str) -> T {
    let mut connection = redis::Client::open(server.address()).unwrap().get_connection().unwrap();
    let mut words = command.split(' ');
    redis::cmd(words.next().unwrap()).arg(words.collect::<Vec<_>>()).query(&mut connection).unwrap()
}

pub(super) const PROVIDER_SESSION: ProviderSession = ProviderSession([1, 2]);

pub(super) fn with_provider_session() -> SessionRecord {
    SessionRecord { provider_session: Some(PROVIDER_SESSION), ..record(NOW.0) }
}

/// A session of another person.
pub(super) fn other() -> SessionRecord {
    let mut record = SessionRecord { provider_session: Some(ProviderSession([3, 4])), ..record(NOW.0) };
    Arc::make_mut(&mut record.identity).id = UserId::OpenId { issuer: "i".to_owned(), subject: "other".to_owned() };
    record
}

pub(super) fn user() -> UserId {
    record(NOW.0).identity.id.clone()
}

pub(super) async fn try_add(store: &RedisStore, record: SessionRecord) -> Result<String, StoreError> {
    let beginning = store.begin(&record.identity.id, record.provider_session).await?;
    store.create(NAME, SessionRecord { beginning, ..record }).await
}

pub(super) async fn create(store: &RedisStore) -> String {
    try_add(store, with_provider_session()).await.unwrap()
}

pub(super) fn keys_like(server: &RedisServer, pattern: &str) -> Vec<String> {
    tell(server, &format!("KEYS {pattern}"))
}

pub(super) async fn load(store: &RedisStore, ticket: &str) -> Result<Option<StoredSession>, StoreError> {
    store.load(NAME, ticket).await.map(Result::ok)
}

/// Loaded so that it serves further requests.
pub(super) async fn load_to_keep(store: &RedisStore, ticket: &str) -> StoredSession {
    let kept = async {
        loop {
            if let Ok(Some(stored)) = load(store, ticket).await
                && store.is_current(&stored)
            {
                return stored;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, kept).await.expect("the server tells of changes")
}

/// What the store says as soon as it says something again.
async fn load_when_it_answers(store: &RedisStore, ticket: &str) -> Option<StoredSession> {
    let answered = async {
        loop {
            if let Ok(answer) = load(store, ticket).await {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, answered).await.expect("the server answers again")
}

async fn over(store: &RedisStore, seen: &StoredSession) {
    tokio::time::timeout(PATIENCE, store.over(seen)).await.expect("what was loaded is no longer valid");
}

#[tokio::test]
async fn a_server_that_is_down_at_first_is_found_when_it_is_there() {
    let Some(mut server) = RedisServer::down() else { return };
    let store = store(&server);
    let begun = Instant::now();
    let ticket = "A".repeat(43);
    assert_eq!(load(&store, &ticket).await.unwrap_err(), StoreError::Unreachable);
    assert_eq!(store.ready().await, Err(StoreError::Unreachable));
    assert_eq!(try_add(&store, record(NOW.0)).await, Err(StoreError::Unreachable));
    assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
    server.start_again();
    assert!(load_when_it_answers(&store, &ticket).await.is_none());
    let ticket = create(&store).await;
    load_to_keep(&store, &ticket).await;
    assert!(store.ready().await.unwrap().near_cache);
}

#[tokio::test]
async fn sessions_end_with_a_server_that_forgets_them() {
    let Some(mut server) = RedisServer::start() else { return };
    let store = store(&server);
    let ticket = create(&store).await;
    let seen = load_to_keep(&store, &ticket).await;
    server.end();
    over(&store, &seen).await;
    assert!(!store.is_current(&seen));
    let begun = Instant::now();
    assert_eq!(load(&store, &ticket).await.unwrap_err(), StoreError::Unreachable);
    assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
    server.start_again();
    assert!(load_when_it_answers(&store, &ticket).await.is_none());
    let ticket = create(&store).await;
    load_to_keep(&store, &ticket).await;
}

#[tokio::test]
async fn a_session_is_found_at_once_after_its_connection_was_closed() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let ticket = create(&store).await;
    for _ in 0..3 {
        let _: i64 = tell(&server, "CLIENT KILL TYPE normal SKIPME yes");
        assert!(load(&store, &ticket).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_server_that_hangs_keeps_nobody_waiting() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let ticket = create(&store).await;
    let seen = load_to_keep(&store, &ticket).await;
    server.freeze();
    let begun = Instant::now();
    assert_eq!(load(&store, &ticket).await.unwrap_err(), StoreError::TimedOut);
    assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
    let begun = Instant::now();
    assert_eq!(store.delete(NAME, &ticket, &seen, NOW).await, Err(StoreError::TimedOut));
    assert!(begun.elapsed() < Duration::from_millis(300), "the next one does not wait: {:?}", begun.elapsed());
    over(&store, &seen).await;
    server.thaw();
    assert!(load_when_it_answers(&store, &ticket).await.is_some());
    load_to_keep(&store, &ticket).await;
}

#[tokio::test]
async fn a_server_without_memory_begins_no_session_and_still_knows_and_ends_those_it_has() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let (ticket, other) = (create(&store).await, create(&store).await);
    let (seen, other_seen) =
        (load(&store, &ticket).await.unwrap().unwrap(), load(&store, &other).await.unwrap().unwrap());
    let _: String = tell(&server, "CONFIG SET maxmemory 1");
    assert_eq!(try_add(&store, record(NOW.0)).await, Err(StoreError::Full));
    assert_eq!(store.ready().await, Err(StoreError::Full));
    assert!(load(&store, &ticket).await.unwrap().is_some());
    store.delete(NAME, &ticket, &seen, NOW).await.unwrap();
    assert!(load(&store, &ticket).await.unwrap().is_none());
    store.delete_of_user(&other_seen.record.identity.id).await.unwrap();
    assert!(load(&store, &other).await.unwrap().is_none());
    let _: String = tell(&server, "CONFIG SET maxmemory 0");
    create(&store).await;
}

#[tokio::test]
async fn a_server_that_tells_of_no_changes_is_asked_every_time() {
    let Some(server) = RedisServer::start() else { return };
    let _: String = tell(&server, "ACL SETUSER sessions on >word ~* +@all -client|tracking");
    let store = store_at(&server.address_of("sessions", "word"));
    let ticket = create(&store).await;
    let refused = async {
        while tell::<Vec<redis::Value>>(&server, "ACL LOG").is_empty() {
            load(&store, &ticket).await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, refused).await.expect("the store asks to be told, and is refused");
    let seen = load(&store, &ticket).await.unwrap().unwrap();
    assert!(!store.is_current(&seen));
    assert!(!store.ready().await.unwrap().near_cache);
    assert_eq!(store.touch(NAME, &ticket, &seen, NOW).await, Ok(StoreOutcome::InPlace));
}

#[tokio::test]
async fn an_invented_ticket_takes_no_room_in_the_near_cache() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let ticket = create(&store).await;
    let seen = load_to_keep(&store, &ticket).await;
    let before = store.near_cache.handles();
    assert!(load(&store, &"A".repeat(43)).await.unwrap().is_none());
    assert_eq!(store.near_cache.handles(), before);
    assert!(store.is_current(&seen));
}

#[tokio::test]
async fn what_one_replica_ends_no_longer_stands_at_another() {
    let Some(server) = RedisServer::start() else { return };
    let (one, another) = (store(&server), store(&server));
    let ticket = create(&one).await;
    let seen = load_to_keep(&another, &ticket).await;
    let begun = Instant::now();
    one.delete(NAME, &ticket, &seen, NOW).await.unwrap();
    over(&another, &seen).await;
    // It takes about a millisecond; 100 are promised, and a busy machine is given more.
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert!(!another.is_current(&seen));
    assert!(load(&another, &ticket).await.unwrap().is_none());
}

#[tokio::test]
async fn a_server_that_was_emptied_ends_what_was_loaded() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let ticket = create(&store).await;
    let seen = load_to_keep(&store, &ticket).await;
    let _: String = tell(&server, "FLUSHALL");
    over(&store, &seen).await;
    assert!(load(&store, &ticket).await.unwrap().is_none());
}

#[tokio::test]
async fn what_was_loaded_ends_with_the_connection_that_tells_of_changes() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let ticket = create(&store).await;
    let seen = load_to_keep(&store, &ticket).await;
    let _: i64 = tell(&server, "CLIENT KILL TYPE normal SKIPME yes");
    over(&store, &seen).await;
    load_to_keep(&store, &ticket).await;
}

#[tokio::test]
async fn that_a_session_was_seen_is_written_seldom_and_ends_nothing_that_was_loaded() {
    let Some(server) = RedisServer::start() else { return };
    let (one, another) = (store(&server), store(&server));
    let (ticket, marker) = (create(&one).await, create(&one).await);
    let seen = load_to_keep(&another, &ticket).await;
    let of_marker = load_to_keep(&another, &marker).await;
    let idle = seen.record.idle_seconds;
    let due = NOW + Duration::from_secs(idle / 10);
    assert_eq!(one.touch(NAME, &ticket, &seen, due).await, Ok(StoreOutcome::InPlace));
    let a_little_later = due + Duration::from_secs(idle / 10 - 1);
    assert_eq!(another.touch(NAME, &ticket, &seen, a_little_later).await, Ok(StoreOutcome::InPlace));
    assert_eq!(load(&one, &ticket).await.unwrap().unwrap().record.last_seen, due, "somebody else wrote it first");
    // The server tells in the order in which things happen: had it told of the first, it would be known by now.
    one.delete(NAME, &marker, &of_marker, NOW).await.unwrap();
    over(&another, &of_marker).await;
    assert!(another.is_current(&seen));
}

#[tokio::test]
async fn an_end_makes_nobody_load_again_whom_it_does_not_concern() {
    let Some(server) = RedisServer::start() else { return };
    let (one, another) = (store(&server), store(&server));
    let (ended, stranger) = (create(&one).await, try_add(&one, other()).await.unwrap());
    let at_once = load_to_keep(&one, &ended).await;
    let elsewhere = load_to_keep(&another, &ended).await;
    let strangers = [load_to_keep(&one, &stranger).await, load_to_keep(&another, &stranger).await];
    let _: String = tell(&server, "CONFIG RESETSTAT");
    one.delete_of_user(&user()).await.unwrap();
    assert!(!one.is_current(&at_once));
    over(&another, &elsewhere).await;
    // The same person begins a session, and another one ends at the provider.
    create(&another).await;
    another.delete_of_provider_session(PROVIDER_SESSION).await.unwrap();
    assert!(one.is_current(&strangers[0]) && another.is_current(&strangers[1]));
    let asked: String = tell(&server, "INFO commandstats");
    assert!(!asked.contains("cmdstat_mget"), "nobody loaded anything: {asked}");
}

#[tokio::test]
async fn a_mark_that_was_removed_ends_its_sessions_and_a_new_one_never_revives_them() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    // The person's, then the provider's.
    for place in 0..2 {
        let _: String = tell(&server, "FLUSHALL");
        let ticket = create(&store).await;
        let seen = load_to_keep(&store, &ticket).await;
        let other = SessionRecord { provider_session: Some(ProviderSession([7, 7])), ..record(NOW.0) };
        let marks = keys_like(&server, "*:mark:*");
        let other = try_add(&store, other).await.unwrap();
        let shared = keys_like(&server, "*:mark:*").into_iter().filter(|mark| marks.contains(mark)).count();
        assert_eq!((marks.len(), shared), (2, 2));
        // The list of the person has both sessions by now.
        let is_persons =
            |mark: &&String| tell::<i64>(&server, &format!("ZCARD {}", mark.replace(":mark:", ":list:"))) == 2;
        let mark = marks.iter().find(|mark| is_persons(mark) == (place == 0)).unwrap();
        let _: i64 = tell(&server, &format!("DEL {mark}"));
        over(&store, &seen).await;
        assert!(load(&store, &ticket).await.unwrap().is_none());
        assert_eq!(load(&store, &other).await.unwrap().is_some(), place == 1);
        let new = create(&store).await;
        assert!(load(&store, &ticket).await.unwrap().is_none(), "a new mark is another one");
        assert!(load(&store, &new).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn an_end_is_complete_where_lists_are_not() {
    let Some(server) = RedisServer::start() else { return };
    for at_provider in [false, true] {
        let store = store(&server);
        let ticket = create(&store).await;
        let seen = load_to_keep(&store, &ticket).await;
        for list in keys_like(&server, "*:list:*") {
            let _: i64 = tell(&server, &format!("DEL {list}"));
        }
        if at_provider {
            store.delete_of_provider_session(PROVIDER_SESSION).await.unwrap();
        } else {
            store.delete_of_user(&user()).await.unwrap();
        }
        assert!(!store.is_current(&seen) && load(&store, &ticket).await.unwrap().is_none());
        assert_eq!(store.touch(NAME, &ticket, &seen, NOW).await, Ok(StoreOutcome::Gone));
        assert_eq!(store.replace(NAME, &ticket, &seen, seen.record.clone()).await, Ok(StoreOutcome::Gone));
    }
}

#[tokio::test]
async fn what_one_replica_creates_while_another_ends_everything_does_not_survive() {
    let Some(server) = RedisServer::start() else { return };
    let (one, another) = (store(&server), store(&server));
    let beginning = one.begin(&user(), Some(PROVIDER_SESSION)).await.unwrap();
    another.delete_of_user(&user()).await.unwrap();
    // The clock of the first is ahead by more than the end took.
    let ahead = SessionRecord { signed_in_at: NOW + Duration::from_secs(2), beginning, ..with_provider_session() };
    let ticket = one.create(NAME, ahead.clone()).await.unwrap();
    for store in [&one, &another] {
        assert!(load(store, &ticket).await.unwrap().is_none());
    }
    assert!(keys_like(&server, "*session:*").is_empty(), "it was never written");
    let ticket = try_add(&one, ahead).await.unwrap();
    load_to_keep(&another, &ticket).await;
    another.delete_of_user(&user()).await.unwrap();
    for store in [&one, &another] {
        assert!(load(store, &ticket).await.unwrap().is_none(), "also one whose clock was ahead");
    }
    assert!(keys_like(&server, "*session:*").is_empty(), "what is listed is removed");
}

#[tokio::test]
async fn a_mark_outlives_every_session_that_needs_it() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let short = |seconds| SessionRecord { ends_at: NOW + Duration::from_secs(seconds), ..with_provider_session() };
    // One that ends soon, one that ends much later, and again one that ends soon.
    for seconds in [60, 7 * 24 * 3600, 60] {
        try_add(&store, short(seconds)).await.unwrap();
    }
    let left = |key: &String| tell::<i64>(&server, &format!("PTTL {key}"));
    let longest = keys_like(&server, "*session:*").iter().map(left).max().unwrap();
    for mark in keys_like(&server, "*:mark:*") {
        assert!(left(&mark) > longest, "{mark}");
    }
}

#[tokio::test]
async fn keys_that_change_hide_no_session_from_an_end() {
    let Some(server) = RedisServer::start() else { return };
    let with = |secrets: &[u8]| RedisStore::new(&server.address(), None, "application", keys(secrets)).unwrap();
    let (old, both, new) = (with(&[1]), with(&[2, 1]), with(&[2]));
    for ender in [&old, &both, &new] {
        let (by_old, by_new) = (create(&old).await, create(&both).await);
        // In use, it was sealed anew, and outlives the key that it began with.
        let seen = load(&both, &by_old).await.unwrap().unwrap();
        both.replace(NAME, &by_old, &seen, seen.record.clone()).await.unwrap();
        assert!(load(&new, &by_old).await.unwrap().is_some());
        ender.delete_of_user(&user()).await.unwrap();
        for ticket in [&by_old, &by_new] {
            assert!(load(&both, ticket).await.unwrap().is_none());
        }
        assert!(keys_like(&server, "*session:*").is_empty());
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_never_shown() {
    let Some(server) = RedisServer::start() else { return };
    let _: String = tell(&server, "ACL SETUSER sessions on >right ~* +@all");
    let store = store_at(&server.address_of("sessions", "wrong-word"));
    let refused = try_add(&store, record(NOW.0)).await.unwrap_err();
    assert_eq!(refused, StoreError::Refused { code: "WRONGPASS".to_owned() });
    let shown = format!("{store:?} {refused} {refused:?}");
    assert!(!shown.contains("wrong-word") && !shown.contains("127.0.0.1"), "{shown}");
    let _: String = tell(&server, "ACL SETUSER sessions >wrong-word");
    assert!(load_when_it_answers(&store, &"A".repeat(43)).await.is_none(), "the operator made it right");
}

#[tokio::test]
async fn a_token_is_asked_for_with_every_connection_and_again_when_it_is_time() {
    let Some(server) = RedisServer::start() else { return };
    let _: String = tell(&server, "ACL SETUSER sessions on >token ~* +@all");
    let _: String = tell(&server, "ACL SETUSER default off");
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let credentials = RedisCredentialsSource::new(move || {
        let is_first = counted.fetch_add(1, Ordering::Relaxed) == 0;
        let found = RedisCredentials::new("sessions", "token", Duration::ZERO);
        std::future::ready(if is_first { Err(std::fmt::Error) } else { Ok(found) })
    });
    let store = RedisStore::new(&server.address(), Some(credentials), "application", keys(&[1])).unwrap();
    assert!(matches!(load(&store, &"A".repeat(43)).await, Err(StoreError::Refused { .. })), "it had none");
    assert!(load_when_it_answers(&store, &"A".repeat(43)).await.is_none());
    let ticket = create(&store).await;
    load_to_keep(&store, &ticket).await;
    let before = asked.load(Ordering::Relaxed);
    let again = async {
        while asked.load(Ordering::Relaxed) < before + 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, again).await.expect("both connections ask again");
    assert!(load(&store, &ticket).await.unwrap().is_some());
}

#[tokio::test]
async fn a_server_without_tls_where_tls_is_asked_for_is_no_server() {
    let Some(server) = RedisServer::start() else { return };
    let store = store_at(&server.address().replace("redis:", "rediss:"));
    assert!(load(&store, &"A".repeat(43)).await.is_err());
}

#[tokio::test]
async fn a_user_who_may_not_write_is_refused_with_the_servers_own_word() {
    let Some(server) = RedisServer::start() else { return };
    let _: String = tell(&server, "ACL SETUSER sessions on >word ~* +@all -set");
    let store = store_at(&server.address_of("sessions", "word"));
    assert_eq!(store.ready().await, Err(StoreError::Refused { code: "NOPERM".to_owned() }));
}

#[tokio::test]
async fn nothing_remains_of_what_was_deleted_and_nothing_lives_for_ever() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let (ticket, other) = (create(&store).await, create(&store).await);
    for ticket in [&ticket, &other] {
        let seen = load(&store, ticket).await.unwrap().unwrap();
        store.touch(NAME, ticket, &seen, NOW + Duration::from_secs(3600)).await.unwrap();
        store.replace(NAME, ticket, &seen, seen.record.clone()).await.unwrap();
    }
    let keys: Vec<String> = tell(&server, "KEYS *");
    assert_eq!(keys.len(), 8, "two sessions, when they were seen, two marks, two lists: {keys:?}");
    for key in &keys {
        let most = if key.contains(":mark:") { 2 * 24 * 3600 + 1 } else { 24 * 3600 };
        assert!((1..=most).contains(&tell::<i64>(&server, &format!("TTL {key}"))), "{key}");
    }
    let seen = load(&store, &ticket).await.unwrap().unwrap();
    store.delete(NAME, &ticket, &seen, NOW).await.unwrap();
    store.delete(NAME, &other, &load(&store, &other).await.unwrap().unwrap(), NOW).await.unwrap();
    assert!(keys_like(&server, "*").iter().all(|key| key.contains(":mark:")), "marks end with their time");
}

#[tokio::test]
async fn what_the_server_keeps_is_sealed_for_its_place() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let (ticket, other) = (create(&store).await, create(&store).await);
    let keys: Vec<String> = tell(&server, "KEYS *session:*");
    let values: Vec<Vec<u8>> = keys.iter().map(|key| tell(&server, &format!("GET {key}"))).collect();
    for value in &values {
        assert!(!String::from_utf8_lossy(value).contains("Adele"));
        assert!(!keys.iter().any(|key| key.contains(&ticket)), "nor does a key hold a ticket");
    }
    let mut connection = redis::Client::open(server.address()).unwrap().get_connection().unwrap();
    for (key, value) in keys.iter().zip(values.iter().rev()) {
        redis::cmd("SET").arg(key).arg(value).exec(&mut connection).unwrap();
    }
    for ticket in [&ticket, &other] {
        assert!(load(&store, ticket).await.unwrap().is_none(), "one that was put in the place of another");
    }
}

#[tokio::test]
async fn an_older_key_opens_a_session_and_the_newest_seals_it_when_it_is_replaced() {
    let Some(server) = RedisServer::start() else { return };
    let with = |secrets: &[u8]| RedisStore::new(&server.address(), None, "application", keys(secrets)).unwrap();
    let (old, both, new) = (with(&[1]), with(&[2, 1]), with(&[2]));
    let ticket = create(&old).await;
    assert!(load(&new, &ticket).await.unwrap().is_none(), "sealed with a key that it does not have");
    let seen = load(&both, &ticket).await.unwrap().unwrap();
    assert!(seen.is_to_reseal);
    assert_eq!(both.replace(NAME, &ticket, &seen, seen.record.clone()).await, Ok(StoreOutcome::InPlace));
    assert_eq!(load(&new, &ticket).await.unwrap().unwrap().record, seen.record);
    let again = both.replace(NAME, &ticket, &seen, seen.record.clone()).await;
    assert_eq!(again, Ok(StoreOutcome::Changed), "it was sealed meanwhile");
    assert!(!load(&both, &ticket).await.unwrap().unwrap().is_to_reseal);
}

#[tokio::test]
async fn applications_on_one_server_do_not_find_each_others_sessions() {
    let Some(server) = RedisServer::start() else { return };
    let store = store(&server);
    let ticket = create(&store).await;
    let other = RedisStore::new(&server.address(), None, "another", keys(&[1])).unwrap();
    assert!(load(&other, &ticket).await.unwrap().is_none());
    let elsewhere = store_at(&format!("{}?prefix=shop:", server.address()));
    assert!(load(&elsewhere, &ticket).await.unwrap().is_none());
    let theirs = create(&elsewhere).await;
    load_to_keep(&elsewhere, &theirs).await;
    let keys: Vec<String> = tell(&server, "KEYS *session:*");
    assert_eq!(keys.iter().filter(|key| key.starts_with("shop:azure-auth:{")).count(), 1, "{keys:?}");
    assert_eq!(keys.iter().filter(|key| key.starts_with("azure-auth:{")).count(), 1, "{keys:?}");
}

#[test]
fn an_address_that_no_client_understands_is_refused() {
    for address in ["", "redis://", "http://host", "redis://host:port", "rediss://host/#insecure#"] {
        assert!(RedisStore::new(address, None, "application", keys(&[1])).is_err(), "{address}");
    }
}
