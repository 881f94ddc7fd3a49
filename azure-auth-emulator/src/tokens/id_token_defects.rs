//! What the defects change about an ID token.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::issuer;
use super::jwt::{Algorithm, Draft, Members};
use crate::directory::guid::CONSUMERS;
use crate::directory::tenant::Tenant;
use crate::faults::defect::Defect;
use crate::memory::clock::now;
use crate::memory::issued::Grant;
use crate::memory::state::State;

/// Each defect changes one thing.
pub(super) fn apply(state: &State, grant: &Grant, draft: &mut Draft) {
    change_parties(state, grant, &mut draft.claims);
    change_times(state, &mut draft.claims);
    change_tenant(state, grant, &mut draft.claims);
    remove_claims(state, &mut draft.claims);
    change_key(state, draft);
    if state.has(Defect::CriticalHeader) {
        draft.header.insert("crit".to_owned(), json!(["exp"]));
    }
}

fn change_parties(state: &State, grant: &Grant, claims: &mut Members) {
    let issuer = claims.get("iss").and_then(Value::as_str).unwrap_or_default().to_owned();
    let changes = [
        (Defect::IssuerWrong, "iss", json!("https://other.example/v2.0")),
        (Defect::IssuerWithExtraPath, "iss", json!(format!("{issuer}/extra"))),
        (Defect::AudienceWrong, "aud", json!(ANOTHER_CLIENT)),
        (Defect::AudienceList, "aud", json!([grant.client_id])),
        (Defect::AudienceListOfOthers, "aud", json!([ANOTHER_CLIENT])),
        (Defect::AudiencesWithoutParty, "aud", json!([grant.client_id, ANOTHER_CLIENT])),
        (Defect::AuthorizedPartyWrong, "azp", json!(ANOTHER_CLIENT)),
        (Defect::NonceWrong, "nonce", json!("another")),
        (Defect::AccessTokenHashWrong, "at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        (Defect::IdTokenOversized, "padding", json!("x".repeat(64 * 1024))),
    ];
    replace_claims(state, claims, changes);
}

fn change_times(state: &State, claims: &mut Members) {
    let later = now() + TEN_MINUTES;
    let changes = [
        // The library's leeway is 300 seconds.
        (Defect::ExpiredByFraction, "exp", json!(Duration::from_secs(now() - 300).as_secs_f64() + 0.75)),
        (Defect::Expired, "exp", json!(now() - TEN_MINUTES)),
        (Defect::ExpiryAsText, "exp", json!((now() + 3600).to_string())),
        (Defect::NotBeforeInFuture, "nbf", json!(later)),
        (Defect::IssuedInFuture, "iat", json!(later)),
    ];
    replace_claims(state, claims, changes);
}

fn change_tenant(state: &State, grant: &Grant, claims: &mut Members) {
    let other = json!(other_tenant(state, &grant.tenant));
    let first_version_issuer = json!(issuer::first_version_issuer(state, &grant.tenant));
    let changes = [
        (Defect::TenantWrong, "tid", other.clone()),
        (Defect::TenantNotId, "tid", json!("contoso.test")),
        (Defect::TenantDuplicated, "TID", other),
        (Defect::VersionOne, "ver", json!("1.0")),
        (Defect::VersionOne, "iss", first_version_issuer),
    ];
    replace_claims(state, claims, changes);
}

fn replace_claims<const COUNT: usize>(state: &State, claims: &mut Members, changes: [(Defect, &str, Value); COUNT]) {
    for (_, name, value) in changes.into_iter().filter(|(defect, ..)| state.has(*defect)) {
        claims.insert(name.to_owned(), value);
    }
}

fn remove_claims(state: &State, claims: &mut Members) {
    for (defect, name) in [
        (Defect::IssuerMissing, "iss"),
        (Defect::AudienceMissing, "aud"),
        (Defect::ExpiryMissing, "exp"),
        (Defect::IssuedAtMissing, "iat"),
        (Defect::NonceMissing, "nonce"),
        (Defect::TenantMissing, "tid"),
        (Defect::SubjectMissing, "sub"),
        (Defect::ObjectMissing, "oid"),
    ] {
        if state.has(defect) {
            claims.remove(name);
        }
    }
}

fn change_key(state: &State, draft: &mut Draft) {
    let ring = state.keys();
    for (defect, key) in [
        (Defect::KeyForeignCloud, ring.foreign),
        (Defect::KeyOfConsumers, ring.consumers),
        (Defect::KeyRetired, ring.retired),
    ] {
        if state.has(defect) {
            draft.header.insert("kid".to_owned(), json!(key.id));
            draft.key = key;
        }
    }
    if state.has(Defect::KeyUnknown) {
        draft.header.insert("kid".to_owned(), json!("AAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    }
    if state.has(Defect::KeyMissing) || state.has(Defect::KeyMissingOfSeveral) {
        draft.header.remove("kid");
    }
}

/// Signs it in the way that the defects demand.
pub(super) fn sign(state: &State, mut draft: Draft) -> String {
    let algorithm = [
        (Defect::AlgorithmNone, Algorithm::None),
        (Defect::AlgorithmHs256WithPublicKey, Algorithm::Hs256WithPublicKey),
        (Defect::AlgorithmRs384, Algorithm::Rs384),
    ]
    .into_iter()
    .find(|(defect, _)| state.has(*defect))
    .map_or(Algorithm::Rs256, |(_, algorithm)| algorithm);
    draft.header.insert("alg".to_owned(), json!(algorithm.name()));
    let token = draft.sign(algorithm);
    if state.has(Defect::SignatureBroken) { with_broken_signature(&token) } else { token }
}

/// One bit of the signature is another.
fn with_broken_signature(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap_or((token, ""));
    let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
    if let Some(byte) = signature.get_mut(100) {
        *byte ^= 1;
    }
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A tenant of the directory that is not this one, or one that does not exist if there is only one.
pub(super) fn other_tenant(state: &State, tenant: &str) -> String {
    let tenants = state.directory.tenants.iter().map(Tenant::tenant_id);
    let mut others = tenants.filter(|id| *id != tenant && *id != CONSUMERS);
    others.next_back().unwrap_or(NOT_A_TENANT).to_owned()
}

/// The id of no application of the directory.
pub(super) const ANOTHER_CLIENT: &str = "99999999-9999-4999-8999-999999999999";

/// The id of no tenant of the directory.
const NOT_A_TENANT: &str = "99999999-9999-4999-8999-999999999999";

/// Beyond every leeway.
const TEN_MINUTES: u64 = 600;
