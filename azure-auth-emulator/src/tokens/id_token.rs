//! ID tokens, right and wrong.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::access_token;
use super::groups;
use super::issuer;
use super::jwt::{Algorithm, Draft};
use crate::directory::authority::Authority;
use crate::directory::guid::CONSUMERS;
use crate::directory::plain_issuer::IdTokenShape;
use crate::directory::tenant::Tenant;
use crate::faults::defect::Defect;
use crate::memory::random::{BACKDATED, now, random_text};
use crate::memory::state::{Grant, State};

/// Nobody's here.
const ANOTHER_CLIENT: &str = "99999999-9999-4999-8999-999999999999";

/// Beyond every leeway.
const TEN_MINUTES: u64 = 600;

/// The ID token of a grant, with every defect that is on.
pub(crate) fn issue(state: &State, grant: &Grant, access_token: &str) -> String {
    let mut draft = match grant.authority {
        Authority::Plain => plain(state, grant, access_token),
        _ if state.has(Defect::ForeignTenant) => {
            entra(state, &Grant { tenant: other_tenant(state, &grant.tenant), ..grant.clone() })
        }
        _ => entra(state, grant),
    };
    change(state, grant, &mut draft);
    let token = write(state, draft);
    if state.has(Defect::IdTokenNotJwt) {
        return "not-a-token".to_owned();
    }
    if state.has(Defect::Encrypted) {
        return format!("{token}.AAAA.AAAA");
    }
    token
}

/// The ID token of a grant as the real service writes it.
pub(crate) fn entra(state: &State, grant: &Grant) -> Draft {
    let Grant { user, tenant, .. } = grant;
    let issued = now() - BACKDATED;
    let claims = json!({
        "aud": grant.client_id,
        "iss": format!("{}/{tenant}/v2.0", state.origin),
        "iat": issued,
        "nbf": issued,
        "exp": now() + 3600,
        "aio": random_text(),
        "rh": "1.AX0A",
        "sub": subject(grant),
        "tid": tenant,
        "uti": random_text(),
        "ver": "2.0",
        "login_hint": user.login_hint(),
    });
    let mut draft = Draft::new(claims, state.keys().of_tenant(tenant));
    let claims = &mut draft.claims;
    claims.extend(grant.nonce.clone().map(|nonce| ("nonce".to_owned(), json!(nonce))));
    if grant.has_scope("profile") {
        claims.insert("oid".to_owned(), json!(user.oid()));
        claims.insert("name".to_owned(), json!(user.name));
        claims.insert("preferred_username".to_owned(), json!(user.user_name));
    }
    let is_guest = user.is_guest_in(tenant);
    if is_guest {
        claims.insert("idp".to_owned(), json!(access_token::identity_provider(user)));
        claims.insert("acct".to_owned(), json!(1));
    }
    if (grant.has_scope("email") || is_guest) && user.email.is_some() {
        claims.insert("email".to_owned(), json!(user.email));
    }
    claims.extend(session(state, grant));
    let client = state.directory.application_by_id(&grant.client_id);
    let roles = client.map(|client| state.directory.roles(user, client)).unwrap_or_default();
    if !roles.is_empty() {
        claims.insert("roles".to_owned(), json!(roles));
    }
    claims.extend(groups::claims(&user.groups, tenant, &user.oid()));
    claims.extend(user.claims.clone());
    draft
}

fn plain(state: &State, grant: &Grant, access_token: &str) -> Draft {
    let user = &grant.user;
    let claims = json!({
        "aud": grant.client_id,
        "iss": issuer::issuer(state, &Authority::Plain),
        "iat": now(),
        "exp": now() + 3600,
        "sub": subject(grant),
        "name": user.name,
        "preferred_username": user.user_name,
        "email": user.email,
        "at_hash": URL_SAFE_NO_PAD.encode(&digest(&SHA256, access_token.as_bytes()).as_ref()[..16]),
        "nonce": grant.nonce,
    });
    let mut draft = Draft::new(claims, state.keys().current);
    draft.claims.extend(session(state, grant));
    if !state.plain.keys_are_named {
        draft.header.remove("kid");
    }
    shape(state.plain.id_token, &mut draft);
    draft
}

/// The same token as another honest provider writes it.
fn shape(shape: IdTokenShape, draft: &mut Draft) {
    let client = draft.claims["aud"].clone();
    let fraction = |seconds: u64, thousandths: f64| json!(Duration::from_secs(seconds).as_secs_f64() + thousandths);
    let changes = match shape {
        IdTokenShape::Usual => json!({}),
        IdTokenShape::Nulls => json!({
            "email": null, "preferred_username": null, "groups": null, "roles": null, "sid": null, "nbf": null,
            "at_hash": null, "login_hint": null, "azp": null,
        }),
        IdTokenShape::Fractions => json!({
            "iat": fraction(now(), 0.25), "nbf": fraction(now(), 0.0), "exp": fraction(now() + 3600, 0.5),
        }),
        IdTokenShape::OneAudience => json!({"aud": [client]}),
        IdTokenShape::SeveralAudiences => json!({"aud": [ANOTHER_CLIENT, client], "azp": client}),
        IdTokenShape::UnnamedKey => {
            draft.header.remove("kid");
            json!({})
        }
        IdTokenShape::RolesAndGroupsAsObjects => json!({
            "roles": {"Task.Admin": {"org": "contoso"}}, "groups": [{"id": 1, "name": "Finance"}],
        }),
        IdTokenShape::NamesAsObjects => json!({"name": {"given": "Megan"}, "email": [{"value": "m@example.test"}]}),
        IdTokenShape::NamesAtUserInfo => {
            for name in ["name", "preferred_username", "email"] {
                draft.claims.remove(name);
            }
            json!({})
        }
        IdTokenShape::EmptyName => json!({"name": " "}),
        IdTokenShape::MicrosoftsNames => json!({
            "ver": 2, "tid": ["a"], "oid": 7, "scp": ["a", "b"], "idtyp": {}, "uti": null, "hasgroups": 0, "appid": 1,
            "unique_name": [], "_claim_names": null,
        }),
    };
    draft.claims.extend(changes.as_object().cloned().unwrap_or_default());
}

/// `sid`, if the registration asks for it.
fn session(state: &State, grant: &Grant) -> Option<(String, Value)> {
    let client = state.directory.application_by_id(&grant.client_id)?;
    client.with_sid.then(|| ("sid".to_owned(), json!(grant.sid)))
}

/// Each defect changes one thing.
fn change(state: &State, grant: &Grant, draft: &mut Draft) {
    let ring = state.keys();
    let claims = &mut draft.claims;
    let later = now() + TEN_MINUTES;
    let issuer = claims.get("iss").and_then(Value::as_str).unwrap_or_default().to_owned();
    for (defect, name, value) in [
        (Defect::IssuerWrong, "iss", json!("https://other.example/v2.0")),
        (Defect::IssuerWithExtraPath, "iss", json!(format!("{issuer}/extra"))),
        (Defect::AudienceWrong, "aud", json!("99999999-9999-4999-8999-999999999999")),
        (Defect::AudienceList, "aud", json!([grant.client_id])),
        (Defect::AudienceListOfOthers, "aud", json!([ANOTHER_CLIENT])),
        (Defect::AudiencesWithoutParty, "aud", json!([grant.client_id, ANOTHER_CLIENT])),
        (Defect::AuthorizedPartyWrong, "azp", json!(ANOTHER_CLIENT)),
        // The library's leeway is 300 seconds.
        (Defect::ExpiredByFraction, "exp", json!(Duration::from_secs(now() - 300).as_secs_f64() + 0.75)),
        (Defect::Expired, "exp", json!(now() - TEN_MINUTES)),
        (Defect::ExpiryAsText, "exp", json!((now() + 3600).to_string())),
        (Defect::NotBeforeInFuture, "nbf", json!(later)),
        (Defect::IssuedInFuture, "iat", json!(later)),
        (Defect::NonceWrong, "nonce", json!("another")),
        (Defect::TenantWrong, "tid", json!(other_tenant(state, &grant.tenant))),
        (Defect::TenantNotId, "tid", json!("contoso.test")),
        (Defect::AccessTokenHashWrong, "at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        (Defect::IdTokenOversized, "padding", json!("x".repeat(64 * 1024))),
    ] {
        if state.has(defect) {
            claims.insert(name.to_owned(), value);
        }
    }
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
    if state.has(Defect::VersionOne) {
        claims.insert("ver".to_owned(), json!("1.0"));
        claims.insert("iss".to_owned(), json!(issuer::first_version_issuer(state, &grant.tenant)));
    }
    if state.has(Defect::TenantDuplicated) {
        claims.insert("TID".to_owned(), json!(other_tenant(state, &grant.tenant)));
    }

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
    if state.has(Defect::CriticalHeader) {
        draft.header.insert("crit".to_owned(), json!(["exp"]));
    }
}

fn write(state: &State, mut draft: Draft) -> String {
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

/// Who it is: at Entra another text for every client (OpenID Connect Core 1.0 §8.1), elsewhere the same for all.
pub(crate) fn subject(grant: &Grant) -> String {
    match grant.authority {
        Authority::Plain => URL_SAFE_NO_PAD.encode(digest(&SHA256, grant.user.id.as_bytes())),
        _ => access_token::subject(&grant.tenant, &grant.client_id, &grant.user),
    }
}

fn other_tenant(state: &State, tenant: &str) -> String {
    let tenants = state.directory.tenants.iter().map(Tenant::tenant_id);
    let mut others = tenants.filter(|id| *id != tenant && *id != CONSUMERS);
    others.next_back().unwrap_or("99999999-9999-4999-8999-999999999999").to_owned()
}
