//! The tokens of a person, from what they agreed to.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::client_authentication::unknown_application;
use super::for_person::{PersonToken, answer};
use crate::directory::authority::Authority;
use crate::directory::resources::first_party::FirstParty;
use crate::directory::resources::scopes::Scopes;
use crate::exchange::call::Call;
use crate::faults::defect::Defect;
use crate::faults::entra_error::EntraError;
use crate::memory::consents::Asking;
use crate::memory::issued::{AccessTokenRecord, Grant};
use crate::memory::state::State;
use crate::tokens::access_token::Proof;
use crate::tokens::first_party_token::{FirstPartyCaller, FirstPartyToken};
use crate::tokens::id_token;
use crate::tokens::lifetime::Lifetime;

/// Issues an access token for one API, and what was asked for beside it. A refresh token is new every time; the old ones
/// stay valid, as at the real service.
pub(super) fn issue(state: &State, grant: Grant, proof: Proof, call: &Call) -> Result<Value, EntraError> {
    let (mut answer, access_token) = match grant.authority {
        Authority::Plain => issue_at_plain(state, &grant),
        _ => issue_access_token(state, &grant, proof, call)?,
    };
    if grant.has_scope("openid") && !state.has(Defect::IdTokenMissing) {
        answer["id_token"] = json!(id_token::issue(state, &grant, &access_token));
    }
    // Microsoft's own libraries ask for it, to know one account in several tenants.
    if call.parameter("client_info") == Some("1") {
        let account = json!({"uid": grant.user.oid(), "utid": grant.user.home_tenant()});
        answer["client_info"] = json!(URL_SAFE_NO_PAD.encode(account.to_string()));
    }
    if grant.has_scope("offline_access") {
        answer["refresh_token"] = json!(state.issued.issue_refresh_token(grant));
    }
    Ok(answer)
}

/// The access token for the one API that the request names, or else the authorization request named first.
fn issue_access_token(state: &State, grant: &Grant, proof: Proof, call: &Call) -> Result<(Value, String), EntraError> {
    let client = state.directory.application_by_id(&grant.client_id).ok_or_else(unknown_application)?;
    let asked_before = Scopes::parse(&grant.scope, &state.directory)?;
    let openid = asked_before.openid.clone();
    let asked = match call.parameter("scope") {
        Some(asked) => Scopes::parse(asked, &state.directory)?.single()?,
        None => asked_before.first(),
    };
    let asking = Asking { directory: &state.directory, client, tenant: &grant.tenant, user: &grant.user };
    let permissions = state.consents.allow(asking, asked)?;
    let claims = grant.claims.and_parameter(call.parameter("claims"))?;
    let token = PersonToken {
        tenant: &grant.tenant,
        user: &grant.user,
        sid: &grant.sid,
        proof,
        client,
        permissions,
        openid,
        proven: Some(&grant.claims).filter(|_| call.parameter("refresh_token").is_some()),
        claims,
        grant: Some(grant),
    };
    answer(state, token)
}

/// The ordinary provider's access tokens are for its `UserInfo` alone.
fn issue_at_plain(state: &State, grant: &Grant) -> (Value, String) {
    let lifetime = Lifetime::choose(state, false);
    let token = FirstPartyToken {
        api: FirstParty::Graph,
        audience: FirstParty::Graph.uri().to_owned(),
        tenant: &grant.tenant,
        client_id: &grant.client_id,
        caller: FirstPartyCaller::Person(&grant.user, grant.scope.clone()),
        proof: Proof::Secret,
        claims: &grant.claims,
        lifetime: lifetime.seconds,
    };
    let token = token.issue(state);
    let record = AccessTokenRecord { grant: Some(grant.clone()), claims: grant.claims.clone() };
    state.issued.note_access_token(&token, record);
    let mut answer = json!({"token_type": "Bearer", "scope": grant.scope, "access_token": token});
    lifetime.write(&mut answer);
    (answer, token)
}
