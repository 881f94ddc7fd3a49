//! ID tokens, right and wrong.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use crate::authority::Authority;
use crate::defect::Defect;
use crate::directory::{CONSUMERS, Tenant};
use crate::discovery;
use crate::keys::SigningKey;
use crate::state::{Grant, State, now, random_text};

/// The service dates its tokens back by this much, for clocks that are slow.
const BACKDATED: u64 = 300;
/// Beyond every leeway.
const TEN_MINUTES: u64 = 600;

struct Draft {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    key: Arc<SigningKey>,
}

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
    let token = write(state, &draft);
    if state.has(Defect::IdTokenNotJwt) {
        return "not-a-token".to_owned();
    }
    if state.has(Defect::Encrypted) {
        return format!("{token}.AAAA.AAAA");
    }
    token
}

/// An access token for Microsoft Graph: opaque to relying parties, with the `nonce` in its header that makes its
/// signature unverifiable for them.
pub(crate) fn graph_token(state: &State, grant: &Grant) -> String {
    let header = json!({"typ": "JWT", "nonce": random_text(), "alg": "RS256", "kid": state.keys().current.id});
    let issued = now() - BACKDATED;
    let claims = json!({
        "aud": "https://graph.microsoft.com", "iss": discovery::first_version_issuer(state, &grant.tenant), "iat": issued, "nbf": issued,
        "exp": now() + 3600, "oid": grant.user.id, "scp": grant.scope, "tid": grant.tenant, "ver": "1.0",
    });
    let signed = format!("{}.{}", encode(&header), encode(&claims));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(state.keys().current.sign(&random_text())))
}

fn entra(state: &State, grant: &Grant) -> Draft {
    let Grant { user, tenant, .. } = grant;
    let is_personal = tenant == CONSUMERS;
    let issued = now() - BACKDATED;
    let mut claims = members(json!({
        "aud": grant.client_id,
        "iss": format!("{}/{tenant}/v2.0", state.origin),
        "iat": issued,
        "nbf": issued,
        "exp": now() + 3600,
        "aio": random_text(),
        "rh": "1.AX0A",
        "sid": "007d8f10-0000-4000-8000-000000000000",
        "sub": subject(grant),
        "tid": tenant,
        "uti": random_text(),
        "ver": "2.0",
        // Opaque, and fed back as `logout_hint`.
        "login_hint": STANDARD_NO_PAD.encode(format!("O.{}", user.user_name)),
    }));
    claims.extend(grant.nonce.clone().map(|nonce| ("nonce".to_owned(), json!(nonce))));
    if grant.has_scope("profile") {
        let object = if is_personal { format!("00000000-0000-0000-{}", &user.id[19..]) } else { user.id.clone() };
        claims.insert("oid".to_owned(), json!(object));
        claims.insert("name".to_owned(), json!(user.name));
        claims.insert("preferred_username".to_owned(), json!(user.user_name));
    }
    let is_guest = user.home_tenant() != tenant.as_str();
    if is_guest {
        claims.insert("idp".to_owned(), json!(format!("https://sts.windows.net/{}/", user.home_tenant())));
        claims.insert("acct".to_owned(), json!(1));
    }
    if (grant.has_scope("email") || is_guest) && user.email.is_some() {
        claims.insert("email".to_owned(), json!(user.email));
    }
    for (name, values) in [("roles", &user.roles), ("groups", &user.groups)] {
        if !values.is_empty() {
            claims.insert(name.to_owned(), json!(values));
        }
    }
    claims.extend(user.claims.clone());
    let ring = state.keys();
    let key = if is_personal { ring.consumers } else { ring.current };
    let header = members(json!({"typ": "JWT", "alg": "RS256", "kid": key.id}));
    Draft { header, claims, key }
}

fn plain(state: &State, grant: &Grant, access_token: &str) -> Draft {
    let user = &grant.user;
    let mut claims = members(json!({
        "aud": grant.client_id,
        "iss": discovery::issuer(state, &Authority::Plain),
        "iat": now(),
        "exp": now() + 3600,
        "sub": subject(grant),
        "name": user.name,
        "preferred_username": user.user_name,
        "email": user.email,
        "at_hash": URL_SAFE_NO_PAD.encode(&digest(&SHA256, access_token.as_bytes()).as_ref()[..16]),
    }));
    claims.retain(|_, value| !value.is_null());
    claims.extend(grant.nonce.clone().map(|nonce| ("nonce".to_owned(), json!(nonce))));
    let key = state.keys().current;
    let mut header = members(json!({"typ": "JWT", "alg": "RS256"}));
    if state.plain.keys_are_named {
        header.insert("kid".to_owned(), json!(key.id));
    }
    Draft { header, claims, key }
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
        claims.insert("iss".to_owned(), json!(discovery::first_version_issuer(state, &grant.tenant)));
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
    if state.has(Defect::KeyMissing) {
        draft.header.remove("kid");
    }
    if state.has(Defect::CriticalHeader) {
        draft.header.insert("crit".to_owned(), json!(["exp"]));
    }
}

fn write(state: &State, draft: &Draft) -> String {
    let mut header = draft.header.clone();
    let algorithm = [
        (Defect::AlgorithmNone, "none"),
        (Defect::AlgorithmHs256WithPublicKey, "HS256"),
        (Defect::AlgorithmRs384, "RS384"),
    ]
    .into_iter()
    .find(|(defect, _)| state.has(*defect))
    .map_or("RS256", |(_, name)| name);
    header.insert("alg".to_owned(), json!(algorithm));
    let signed = format!("{}.{}", encode(&Value::Object(header)), encode(&Value::Object(draft.claims.clone())));
    let mut signature = match algorithm {
        "none" => Vec::new(),
        "HS256" => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &draft.key.public_der());
            hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
        }
        "RS384" => draft.key.sign_sha384(&signed),
        _ => draft.key.sign(&signed),
    };
    if state.has(Defect::SignatureBroken)
        && let Some(byte) = signature.get_mut(100)
    {
        *byte ^= 1;
    }
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Who it is: at Entra another text for every client (OpenID Connect Core 1.0 §8.1), elsewhere the same for all.
pub(crate) fn subject(grant: &Grant) -> String {
    let Grant { tenant, client_id, user, .. } = grant;
    let text = match grant.authority {
        Authority::Plain => user.id.clone(),
        _ => format!("{tenant}|{client_id}|{}", user.id),
    };
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}

fn other_tenant(state: &State, tenant: &str) -> String {
    let tenants = state.directory.tenants.iter().map(Tenant::tenant_id);
    let mut others = tenants.filter(|id| *id != tenant && *id != CONSUMERS);
    others.next_back().unwrap_or("99999999-9999-4999-8999-999999999999").to_owned()
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
