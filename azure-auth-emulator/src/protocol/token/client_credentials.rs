//! Tokens that an application gets for itself, without a user.

use serde_json::{Value, json};

use super::for_person::another;
use crate::directory::application::Application;
use crate::directory::authority::Authority;
use crate::directory::guid::CONSUMERS;
use crate::directory::resources::resource::Resource;
use crate::directory::resources::scopes::{Permissions, Scopes, invalid_scope};
use crate::exchange::call::Call;
use crate::faults::defect::Defect;
use crate::faults::entra_error::EntraError;
use crate::memory::claims_request::ClaimsRequest;
use crate::memory::issued::AccessTokenRecord;
use crate::memory::state::State;
use crate::tokens::access_token::{AccessToken, Caller, Proof};
use crate::tokens::first_party_token::{FirstPartyCaller, FirstPartyToken};
use crate::tokens::jwt::Algorithm;
use crate::tokens::lifetime::Lifetime;

/// An access token and nothing else: no refresh token, no ID token, no `scope` (RFC 6749 §4.4.3).
pub(super) fn issue(
    state: &State,
    authority: &Authority,
    client: &Application,
    proof: Proof,
    call: &Call,
) -> Result<Value, EntraError> {
    let tenant = check_tenant(authority)?;
    let mut permissions = read_permissions(state, call)?;
    if state.has(Defect::AccessTokenForAnother) {
        permissions = another(permissions.resource);
    }
    let claims = call.parameter("claims").map(ClaimsRequest::parse).transpose()?.unwrap_or_default();
    let is_graph = permissions.resource == Resource::GRAPH;
    let lifetime = Lifetime::choose(state, is_graph && claims.is_capable());
    let roles = client.roles_on(permissions.resource);
    let (audience, lifetime_in_seconds) = (permissions.audience(), lifetime.seconds);
    let access_token = match permissions.resource {
        Resource::Microsoft(api) => {
            let caller = FirstPartyCaller::Application { object: client.oid(tenant), roles };
            let (client_id, claims, lifetime) = (client.client_id.as_str(), &claims, lifetime_in_seconds);
            FirstPartyToken { api, audience, tenant, client_id, caller, proof, claims, lifetime }.issue(state)
        }
        Resource::Api(resource) => {
            if resource.requires_assignment && roles.is_empty() {
                return Err(not_assigned(client, resource));
            }
            let version = resource.access_token_version;
            let (caller, claims, lifetime) = (Caller::Application { roles }, &claims, lifetime_in_seconds);
            let token = AccessToken { tenant, client, resource, audience, version, caller, proof, claims, lifetime };
            token.draft(state).sign(Algorithm::Rs256)
        }
    };
    state.issued.note_access_token(&access_token, AccessTokenRecord { grant: None, claims });
    let mut answer = json!({"token_type": "Bearer", "access_token": access_token});
    lifetime.write(&mut answer);
    Ok(answer)
}

/// An application has an account in work tenants only, and only the address says which one is meant.
fn check_tenant(authority: &Authority) -> Result<&str, EntraError> {
    match authority {
        Authority::Tenant(tenant) if tenant != CONSUMERS => Ok(tenant),
        _ => Err(EntraError::new(
            "invalid_request",
            9_001_023,
            "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.",
        )),
    }
}

/// One API with `/.default` after it: what was granted is not a matter of the request.
fn read_permissions<'s>(state: &'s State, call: &Call) -> Result<Permissions<'s>, EntraError> {
    let text = call.parameter("scope").ok_or_else(|| EntraError::missing("scope"))?;
    let is_default = |word: &str| word.ends_with("/.default") || word == ".default";
    if !text.split(' ').filter(|word| !word.is_empty()).all(is_default) {
        let text = format!(
            "The scope {text} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
        );
        return Err(invalid_scope(&text));
    }
    Scopes::parse(text, &state.directory)?.single()
}

fn not_assigned(client: &Application, resource: &Application) -> EntraError {
    let text = format!(
        "Application '{}'({}) is not assigned to a role for the application '{}'({}).",
        client.client_id, client.name, resource.client_id, resource.name
    );
    EntraError::new("invalid_grant", 501_051, text)
}
