//! Tokens that an API gets to call another one, for the person who called it.

use std::time::Instant;

use serde_json::{Value, json};

use super::assertion::{Assertion, read_assertion};
use super::for_person::{PersonToken, answer};
use crate::directory::application::Application;
use crate::directory::authority::Authority;
use crate::directory::platform::Platform;
use crate::directory::resources::scopes::{Permissions, Scopes};
use crate::exchange::call::Call;
use crate::faults::entra_error::EntraError;
use crate::memory::consents::Asking;
use crate::memory::issued::Grant;
use crate::memory::state::State;
use crate::tokens::access_token::Proof;

/// An access token for one API, and with `offline_access` a refresh token. There is no ID token: the API knows who it is.
pub(super) fn issue(
    state: &State,
    authority: &Authority,
    client: &Application,
    proof: Proof,
    call: &Call,
) -> Result<Value, EntraError> {
    if call.parameter("requested_token_use") != Some("on_behalf_of") {
        return Err(EntraError::missing("requested_token_use"));
    }
    let assertion = read_assertion(state, authority, client, call)?;
    let text = call.parameter("scope").ok_or_else(|| EntraError::missing("scope"))?;
    let scopes = Scopes::parse(text, &state.directory)?;
    let keeps_access = scopes.openid.iter().any(|scope| scope == "offline_access");
    let asking = Asking { directory: &state.directory, client, tenant: &assertion.tenant, user: assertion.user };
    let permissions = state.consents.allow(asking, scopes.single()?)?;
    let claims = assertion.claims.and_parameter(call.parameter("claims"))?;
    let granted = Permissions { is_default: false, ..permissions.clone() }.words().join(" ");
    let token = PersonToken {
        tenant: &assertion.tenant,
        user: assertion.user,
        sid: &assertion.sid,
        proof,
        client,
        permissions,
        openid: Vec::new(),
        proven: Some(&assertion.claims),
        claims,
        grant: None,
    };
    let (mut answer, _) = answer(state, token)?;
    if keeps_access {
        let grant = grant(&assertion, client, format!("offline_access {granted}"));
        answer["refresh_token"] = json!(state.issued.issue_refresh_token(grant));
    }
    Ok(answer)
}

/// What a refresh token of this answer stands for.
fn grant(assertion: &Assertion<'_>, client: &Application, scope: String) -> Grant {
    Grant {
        authority: Authority::Tenant(assertion.tenant.clone()),
        tenant: assertion.tenant.clone(),
        user: assertion.user.clone(),
        sid: assertion.sid.clone(),
        client_id: client.client_id.clone(),
        redirect_uri: String::new(),
        platform: Platform::Web,
        scope,
        nonce: None,
        code_challenge: None,
        claims: assertion.claims.clone(),
        issued: Instant::now(),
        is_used: false,
    }
}
