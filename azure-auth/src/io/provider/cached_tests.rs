//! What accepted tokens hang on, and when an unknown key may ask for the keys again.

use std::net::TcpListener;

use serde_json::{Value, json};

use super::*;
use crate::io::clock::test_clock;
use crate::model::callers::groups::{Groups, UnknownGroups};
use crate::model::callers::principal::{Evidence, Party, Permissions};
use crate::model::downstream::tokens_in_hand::TokensInHand;
use crate::rules::token::id_token::tests::{MOMENT, NOW, TENANT, entra_identity, key, key_set, metadata, template};

const TOKEN: &[u8] = b"a token that was accepted before";

fn keys(names: &[&str]) -> KeySet {
    key_set(names.iter().map(|name| key(&json!({"kid": name}))).collect(), true)
}

fn after(before: Option<&Snapshot>, metadata: ProviderMetadata, keys: KeySet) -> Snapshot {
    Snapshot::after(before, metadata, keys, Duration::from_secs(3600), MOMENT)
}

/// A snapshot under which a token was accepted.
fn first(metadata: ProviderMetadata, keys: KeySet) -> Snapshot {
    let snapshot = after(None, metadata, keys);
    let principal = Principal {
        client_id: None,
        party: Party::User(Arc::new(entra_identity())),
        evidence: Evidence::Bearer(Permissions::default()),
        groups: Groups::of_token(Err(UnknownGroups::ClaimAbsent)),
        ends_at: NOW,
        known_until: NOW,
        tokens: TokensInHand::default(),
    };
    snapshot.accepted.insert(TOKEN, Arc::new(principal), 0);
    snapshot
}

fn remembers(snapshot: &Snapshot) -> bool {
    snapshot.accepted.get(TOKEN).is_some()
}

#[test]
fn accepted_tokens_stay_while_keys_and_metadata_are_the_same() {
    let before = first(metadata(), keys(&["a", "b"]));
    assert!(remembers(&after(Some(&before), metadata(), keys(&["b", "a"]))));
    let annotated = vec![key(&json!({"kid": "a", "x5t": "a"})), key(&json!({"kid": "b", "alg": "RS256"}))];
    assert!(remembers(&after(Some(&before), metadata(), key_set(annotated, true))));
}

#[test]
fn accepted_tokens_go_with_any_change() {
    let before = first(metadata(), keys(&["a", "b"]));
    let of = |members: &Value| key_set(vec![key(members), key(&json!({"kid": "b"}))], true);
    for keys in [
        keys(&["a"]),
        keys(&["a", "b", "c"]),
        keys(&["a", "c"]),
        of(&json!({"kid": "a", "issuer": "x"})),
        of(&json!({"kid": "a", "cloud_instance_name": "x"})),
        of(&json!({"kid": "a", "e": "Aw"})),
    ] {
        assert!(!remembers(&after(Some(&before), metadata(), keys.clone())), "{keys:?}");
    }
    for changed in [
        template(),
        ProviderMetadata { first_version_issuer: None, ..metadata() },
        ProviderMetadata { tenant: None, ..metadata() },
        ProviderMetadata { cloud_instance_name: None, ..metadata() },
    ] {
        assert!(!remembers(&after(Some(&before), changed, keys(&["a", "b"]))));
    }
}

#[test]
fn at_one_tenant_a_withdrawn_key_is_gone_at_once() {
    let before = first(metadata(), keys(&["a", "b"]));
    let next = after(Some(&before), metadata(), keys(&["b"]));
    assert!(!next.keys.contains("a") && !next.keys.is_in_doubt());
}

#[test]
fn at_several_tenants_a_key_in_doubt_keeps_tokens_for_its_return_and_they_go_with_it() {
    let before = first(template(), keys(&["a", "b"]));
    let in_doubt = after(Some(&before), template(), keys(&["b"]));
    assert!(in_doubt.keys.contains("a") && in_doubt.keys.is_in_doubt() && remembers(&in_doubt));
    let back = after(Some(&in_doubt), template(), keys(&["a", "b"]));
    assert!(!back.keys.is_in_doubt() && remembers(&back));
    let gone = after(Some(&in_doubt), template(), keys(&["b"]));
    assert!(!gone.keys.contains("a") && !gone.keys.is_in_doubt() && !remembers(&gone));
}

/// A provider at a port where nobody listens, and what is known of it.
fn unreachable() -> (Arc<Provider>, Arc<Snapshot>) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let authority = Authority::parse(&format!("http://127.0.0.1:{port}/{TENANT}")).unwrap();
    let provider = Arc::new(Provider::new(authority, Transport::new(true, Vec::new()).unwrap()));
    let known = Arc::new(Snapshot::after(None, metadata(), keys(&["a"]), Duration::from_secs(3600), clock::moment()));
    provider.snapshot.store(Some(known.clone()));
    (provider, known)
}

#[tokio::test]
async fn an_unknown_key_asks_once_and_then_once_per_cool_down() {
    let (provider, known) = unreachable();
    assert!(Arc::ptr_eq(&provider.snapshot_after(&known, "new").await, &known), "known keys stay in force");
    let asked_at = provider.lock().for_unknown_key_at.unwrap();
    let may_ask = |id: &str, seconds| {
        let fetch = provider.fetch_for_unknown_key(id, asked_at + Duration::from_secs(seconds));
        // What was asked for here counts for nothing.
        provider.lock().for_unknown_key_at = Some(asked_at);
        provider.lock().outcome = None;
        fetch.is_some()
    };
    assert!(!may_ask("new", 0) && !may_ask("other", 29));
    assert!(may_ask("other", 30));
    // Whether the key is there is as open as before: the provider did not answer.
    assert!(may_ask("new", 30), "a rotation during an outage is seen as soon as the cool-down allows");
}

#[tokio::test]
async fn whoever_comes_after_a_fetch_gets_its_outcome_and_causes_none() {
    let (provider, known) = unreachable();
    let newer = Arc::new(Snapshot::after(None, metadata(), keys(&["b"]), Duration::from_secs(3600), clock::moment()));
    provider.snapshot.store(Some(newer.clone()));
    assert!(Arc::ptr_eq(&provider.snapshot_after(&known, "b").await, &newer));
    assert!(provider.lock().started_at.is_none());
}

#[tokio::test]
async fn after_a_failed_first_load_one_asks_and_the_rest_share_what_it_was_told() {
    let (provider, _) = unreachable();
    provider.snapshot.store(None);
    let started = || provider.lock().started_at.take().is_some();
    let first = provider.snapshot_for_token().await.unwrap_err();
    assert!(started() && !first.is_resting);
    for _ in 0..3 {
        assert_eq!(provider.snapshot_for_token().await.unwrap_err(), first.resting());
        assert_eq!(provider.snapshot().await.unwrap_err(), first.resting());
        assert!(!started());
    }
    // The rest counts from the failure: a second for people, five for tokens.
    test_clock::pass(REST_FOR_PEOPLE);
    assert!(provider.snapshot_for_token().await.unwrap_err().is_resting && !started());
    assert!(!provider.snapshot().await.unwrap_err().is_resting && started());
    test_clock::pass(REST_FOR_TOKENS);
    assert!(!provider.snapshot_for_token().await.unwrap_err().is_resting && started());
    assert!(!provider.snapshot_now().await.unwrap_err().is_resting && started(), "the program itself asks at once");
}

/// The clock of the machine is set ahead by a year and right again, while a token with an unknown key comes each time.
#[tokio::test]
async fn setting_the_clock_ahead_and_back_neither_storms_the_provider_nor_keeps_it_from_being_asked() {
    let (provider, known) = unreachable();
    let asked = async || {
        provider.snapshot_after(&known, "new").await;
        provider.lock().started_at.take().is_some()
    };
    let year = Duration::from_secs(365 * 86_400);
    test_clock::set_ahead(year);
    assert!(asked().await);
    test_clock::set_ahead(Duration::ZERO);
    assert!(!asked().await, "the cool-down holds");
    test_clock::pass(key_refresh::COOL_DOWN);
    assert!(asked().await, "and is over after its time");
    test_clock::set_ahead(year);
    assert!(!asked().await, "a clock that jumps makes nothing older");
    test_clock::set_ahead(Duration::ZERO);
}

#[tokio::test]
async fn setting_the_clock_ahead_and_back_keeps_renewals_coming() {
    let (provider, _) = unreachable();
    let asked = || {
        provider.known_snapshot();
        provider.lock().started_at.is_some()
    };
    test_clock::set_ahead(Duration::from_secs(365 * 86_400));
    assert!(!asked(), "nothing is older for it");
    let loaded_then = Snapshot::after(None, metadata(), keys(&["a"]), Duration::from_secs(3600), clock::moment());
    provider.snapshot.store(Some(Arc::new(loaded_then)));
    test_clock::set_ahead(Duration::ZERO);
    assert!(!asked());
    test_clock::pass(Duration::from_secs(3600));
    assert!(asked(), "what was loaded while the clock was ahead is renewed in time");
}

#[tokio::test]
async fn setting_the_clock_ahead_and_back_makes_no_failure_last() {
    let (provider, _) = unreachable();
    provider.snapshot.store(None);
    test_clock::set_ahead(Duration::from_secs(365 * 86_400));
    assert!(provider.snapshot().await.is_err());
    test_clock::set_ahead(Duration::ZERO);
    assert!(provider.snapshot().await.unwrap_err().is_resting);
    test_clock::pass(REST_FOR_TOKENS);
    assert!(!provider.snapshot_for_token().await.unwrap_err().is_resting);
}

#[test]
fn codes_at_the_token_endpoint_are_bounded() {
    let (provider, _) = unreachable();
    let mut places: Vec<_> = std::iter::from_fn(|| provider.place_at_token_endpoint()).collect();
    assert_eq!(places.len(), REDEMPTIONS_AT_ONCE);
    places.pop();
    assert!(provider.place_at_token_endpoint().is_some(), "whoever is answered makes room");
}
