//! What a recorder is told.

use std::collections::BTreeSet;
use std::sync::Arc;

use http::Response;
use metrics::set_default_local_recorder;

use crate::io::meters::catalogue::{ALL, Kind};
use crate::io::meters::of_requests::{self, Meters, Renewal};
use crate::io::provider::observed::{self, Asked};
use crate::io::provider::transport_error::TransportError;
use crate::io::sessions::beside::BesidePlace;
use crate::io::sessions::cookie::CookieStore;
use crate::io::sessions::ended_list::EndedLists;
use crate::io::sessions::memory::{MemoryLimits, MemoryStore};
use crate::io::sessions::metered::MeteredStore;
use crate::io::sessions::store::{SessionStore, StoreError, StoreOutcome};
use crate::model::refusals::reason::Reason;
use crate::model::sessions::session::SessionRecord;
use crate::model::unix_time::UnixTime;
use crate::rules::session::seal::{Purpose, SealingKeys};
use crate::rules::session::session_record::tests::record;

#[path = "../../../tests/support/recorder.rs"]
mod recorder;

use recorder::AtomicRecorder;

#[test]
fn names_end_in_their_unit_and_labels_are_plain_words() {
    for metric in ALL {
        let words = metric.name.strip_prefix("azure_auth_").unwrap();
        assert!(words.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{words}");
        assert_eq!(words.ends_with("_total"), metric.kind == Kind::Counter, "{words}");
        assert!(words.ends_with("_duration_seconds") || metric.kind != Kind::Histogram, "{words}");
        assert!(metric.labels.iter().all(|label| label.bytes().all(|byte| byte.is_ascii_lowercase())), "{words}");
    }
    let names: BTreeSet<_> = ALL.iter().map(|metric| metric.name).collect();
    assert_eq!(names.len(), ALL.len());
}

#[test]
fn what_can_be_counted_begins_at_zero_and_every_event_is_one() {
    let recorder = AtomicRecorder::default();
    let _guard = set_default_local_recorder(&recorder);
    let (meters, another) = (Meters::new(), Meters::new());
    for reason in Reason::ALL {
        let refusals = format!("azure_auth_refusals_total{{code=\"{}\"}}", reason.code());
        assert_eq!(recorder.value(&refusals), Some(0.0));
        of_requests::refused(*reason);
        assert_eq!(recorder.value(&refusals), Some(1.0));
    }
    for (renewal, word) in [(Renewal::Renewed, "renewed"), (Renewal::Over, "over"), (Renewal::Failed, "failed")] {
        of_requests::renewal(renewal);
        let renewals = format!("azure_auth_session_renewals_total{{outcome=\"{word}\"}}");
        assert_eq!(recorder.value(&renewals), Some(1.0), "{word}");
    }
    of_requests::signed_in();
    of_requests::sign_in_failed(Reason::SignInBusy);
    meters.session_cache.looked_up(true);
    another.session_cache.looked_up(true);
    meters.session_cache.looked_up(false);
    meters.token_cache.looked_up(true);
    for (series, expected) in [
        ("azure_auth_sign_ins_total{outcome=\"signed-in\"}", Some(1.0)),
        ("azure_auth_sign_ins_total{outcome=\"sign-in-busy\"}", Some(1.0)),
        ("azure_auth_sign_ins_total{outcome=\"sign-in-expired\"}", None),
        ("azure_auth_cache_lookups_total{cache=\"session\",outcome=\"hit\"}", Some(2.0)),
        ("azure_auth_cache_lookups_total{cache=\"session\",outcome=\"miss\"}", Some(1.0)),
        ("azure_auth_cache_lookups_total{cache=\"token\",outcome=\"hit\"}", Some(1.0)),
        ("azure_auth_cache_lookups_total{cache=\"token\",outcome=\"miss\"}", Some(0.0)),
    ] {
        assert_eq!(recorder.value(series), expected, "{series}");
    }
}

#[test]
fn without_a_recorder_nothing_happens() {
    let meters = Meters::new();
    meters.session_cache.looked_up(true);
    of_requests::signed_in();
    observed::keys_loaded(UnixTime(1));
}

#[tokio::test]
async fn an_exchange_is_timed_under_what_became_of_it() {
    let recorder = AtomicRecorder::default();
    let _guard = set_default_local_recorder(&recorder);
    let status = |status: u16| Ok(Response::builder().status(status).body(Vec::new()).unwrap());
    for (answer, outcome) in [
        (status(200), "answered"),
        (status(400), "refused"),
        (Err(TransportError::TimedOut), "timed-out"),
        (Err(TransportError::NoConnection), "no-connection"),
        (Err(TransportError::TooLarge), "too-large"),
        (Err(TransportError::BrokenOff), "broken-off"),
        (Err(TransportError::Redirect { status: 302 }), "redirect"),
        (Err(TransportError::Status { status: 503 }), "unavailable"),
    ] {
        for (asked, request) in [(Asked::Token, "token"), (Asked::UserInfo, "userinfo")] {
            let series =
                format!("azure_auth_provider_request_duration_seconds{{request=\"{request}\",outcome=\"{outcome}\"}}");
            assert_eq!(recorder.value(&series), None);
            let expected = answer.as_ref().map(Response::status).map_err(|error| *error);
            let found = observed::observed(asked, std::future::ready(answer.clone())).await;
            assert_eq!(found.map(|answer| answer.status()), expected);
            assert_eq!(recorder.value(&series), Some(1.0));
        }
    }
    observed::keys_loaded(UnixTime(1_800_000_000));
    assert_eq!(recorder.value("azure_auth_keys_loaded_timestamp_seconds"), Some(1_800_000_000.0));
}

/// A new session of a person: its ticket.
async fn create(store: &MeteredStore, record: SessionRecord) -> Result<String, StoreError> {
    let beginning = store.begin(&record.identity.id, record.provider_session).await?;
    store.create("name", SessionRecord { beginning, ..record }).await
}

#[tokio::test]
async fn a_store_is_timed_and_the_sessions_of_all_stores_of_a_kind_are_counted_together() {
    let recorder = AtomicRecorder::default();
    let _guard = set_default_local_recorder(&recorder);
    let new = || {
        let limits = MemoryLimits { sessions: 2, ..MemoryLimits::default() };
        MeteredStore::new(Arc::new(MemoryStore::new(limits)), "memory")
    };
    let now = crate::io::clock::now();
    let (store, other) = (new(), new());
    let sessions = || recorder.value("azure_auth_sessions{store=\"memory\"}");
    let operations = |operation: &str, outcome: &str| {
        recorder.value(&format!(
            "azure_auth_store_operation_duration_seconds{{store=\"memory\",operation=\"{operation}\",outcome=\"{outcome}\"}}"
        ))
    };
    assert_eq!(sessions(), Some(0.0));
    let ticket = create(&store, record(now.0)).await.unwrap();
    create(&store, record(now.0)).await.unwrap();
    assert_eq!(create(&store, record(now.0)).await, Err(StoreError::Full));
    create(&other, record(now.0)).await.unwrap();
    assert_eq!(sessions(), Some(3.0));
    assert_eq!((operations("create", "done"), operations("create", "full")), (Some(3.0), Some(1.0)));
    assert_eq!(operations("begin", "done"), Some(4.0));

    let seen = store.load("name", &ticket).await.unwrap().unwrap();
    assert!(store.is_current(&seen));
    let place = BesidePlace { name: "name", ticket: &ticket, seen: &seen, slot: "slot" };
    assert_eq!(store.put_beside(place, 0, vec![7]).await, Ok(StoreOutcome::InPlace));
    assert_eq!(store.load_beside(place).await.unwrap().content, Some(vec![7]));
    assert_eq!((operations("put-beside", "done"), operations("load-beside", "done")), (Some(1.0), Some(1.0)));
    store.delete("name", &ticket, &seen, now).await.unwrap();
    assert!(!store.is_current(&seen), "what the store says of a session that was loaded is its own");
    assert_eq!((sessions(), operations("load", "done"), operations("touch", "done")), (Some(2.0), Some(1.0), None));
    store.delete_of_user(&seen.record.identity.id).await.unwrap();
    assert_eq!(sessions(), Some(1.0));
    drop(other);
    assert_eq!(sessions(), Some(0.0));
}

#[test]
fn a_store_that_is_timed_keeps_beside_sessions_what_it_kept_before() {
    let keys = SealingKeys::derive(&[vec![1; 32]], Purpose::Session).unwrap();
    let cookies = CookieStore::new(keys, 0, EndedLists::of_process(7, std::time::Duration::MAX));
    assert!(!MeteredStore::new(Arc::new(cookies), "cookie").keeps_beside());
    let memory = MemoryStore::new(MemoryLimits::default());
    assert!(MeteredStore::new(Arc::new(memory), "memory").keeps_beside());
}

#[tokio::test]
async fn a_session_whose_time_is_over_is_not_counted_when_somebody_looks() {
    let recorder = AtomicRecorder::default();
    let _guard = set_default_local_recorder(&recorder);
    let store = MeteredStore::new(Arc::new(MemoryStore::new(MemoryLimits::default())), "memory");
    let record = record(crate::io::clock::now().0);
    create(&store, record.clone()).await.unwrap();
    let sessions = || recorder.value("azure_auth_sessions{store=\"memory\"}");
    assert_eq!(sessions(), Some(1.0));
    crate::io::clock::test_clock::pass(std::time::Duration::from_secs(record.idle_seconds + 1));
    store.ready().await.unwrap();
    assert_eq!(sessions(), Some(0.0));
    assert!(recorder.names().iter().all(|name| name.starts_with("azure_auth_")));
}
