//! ID tokens.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::access_token;
use super::groups;
use super::id_token_defects::{self, ANOTHER_CLIENT, other_tenant};
use super::issuer;
use super::jwt::Draft;
use crate::directory::authority::Authority;
use crate::directory::plain_provider::IdTokenShape;
use crate::faults::defect::Defect;
use crate::memory::clock::{BACKDATED, now};
use crate::memory::issued::Grant;
use crate::memory::random::random_text;
use crate::memory::state::State;

/// The ID token of a grant, with every defect that is on.
pub(crate) fn issue(state: &State, grant: &Grant, access_token: &str) -> String {
    let mut draft = match grant.authority {
        Authority::Plain => draft_plain(state, grant, access_token),
        _ if state.has(Defect::ForeignTenant) => {
            draft(state, &Grant { tenant: other_tenant(state, &grant.tenant), ..grant.clone() })
        }
        _ => draft(state, grant),
    };
    id_token_defects::apply(state, grant, &mut draft);
    let token = id_token_defects::sign(state, draft);
    if state.has(Defect::IdTokenNotJwt) {
        return "not-a-token".to_owned();
    }
    if state.has(Defect::Encrypted) {
        return format!("{token}.AAAA.AAAA");
    }
    token
}

/// The ID token of a grant as the real service writes it.
pub(crate) fn draft(state: &State, grant: &Grant) -> Draft {
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
        "acrs": grant.claims.contexts("id_token"),
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
    let client = state.directory.application_by_id(&grant.client_id);
    let wants = |name: &str| client.is_some_and(|client| client.details.has_id_token_claim(name));
    if is_guest {
        claims.insert("idp".to_owned(), json!(access_token::identity_provider(user)));
    }
    if is_guest || wants("acct") {
        claims.insert("acct".to_owned(), json!(u8::from(is_guest)));
    }
    if (grant.has_scope("email") || is_guest || wants("email")) && user.email.is_some() {
        claims.insert("email".to_owned(), json!(user.email));
    }
    if wants("auth_time") {
        claims.insert("auth_time".to_owned(), json!(state.session_began(&grant.sid).unwrap_or(issued)));
    }
    claims.extend(session(state, grant));
    let roles = client.map(|client| state.directory.roles(user, client)).unwrap_or_default();
    if !roles.is_empty() {
        claims.insert("roles".to_owned(), json!(roles));
    }
    if !client.is_some_and(|client| client.details.leaves_out_groups) {
        claims.extend(groups::claims(&user.groups, tenant, &user.oid()));
    }
    claims.extend(user.claims.clone());
    draft
}

fn draft_plain(state: &State, grant: &Grant, access_token: &str) -> Draft {
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
    apply_shape(state.plain.id_token, &mut draft);
    draft
}

/// The same token as another honest provider writes it.
fn apply_shape(shape: IdTokenShape, draft: &mut Draft) {
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

/// `sub`: at Entra another text for every client (OpenID Connect Core 1.0 §8.1), at the ordinary provider the same for
/// all.
pub(crate) fn subject(grant: &Grant) -> String {
    match grant.authority {
        Authority::Plain => URL_SAFE_NO_PAD.encode(digest(&SHA256, grant.user.id.as_bytes())),
        _ => access_token::subject(&grant.tenant, &grant.client_id, &grant.user),
    }
}
