//! Tokens that an application gets for itself, without a user.

use serde_json::{Value, json};

use crate::directory::application::Application;
use crate::directory::authority::Authority;
use crate::directory::guid::CONSUMERS;
use crate::directory::scopes::{Permissions, Resource, Scopes, invalid_scope};
use crate::exchange::call::Call;
use crate::faults::entra_error::EntraError;
use crate::memory::state::State;
use crate::tokens::access_token::{AccessToken, Caller, lifetime};
use crate::tokens::graph_token::GraphToken;
use crate::tokens::jwt::Algorithm;

/// An access token and nothing else: no refresh token, no ID token, no `scope` (RFC 6749 §4.4.3).
pub(super) fn issue(
    state: &State,
    authority: &Authority,
    client: &Application,
    call: &Call,
) -> Result<Value, EntraError> {
    let tenant = check_tenant(authority)?;
    let permissions = read_permissions(state, call)?;
    let lifetime = lifetime();
    let access_token = match permissions.resource {
        Resource::Graph => {
            let (client_id, object) = (client.client_id.as_str(), client.oid(tenant));
            GraphToken { tenant, client_id, object, scopes: None, lifetime }.issue(state)
        }
        Resource::Api(resource) => {
            let roles = client.roles_on(resource);
            if resource.requires_assignment && roles.is_empty() {
                return Err(not_assigned(client, resource));
            }
            let (audience, version) = (permissions.name, resource.access_token_version);
            let caller = Caller::Application { roles };
            let token = AccessToken { tenant, client, resource, audience, version, caller, lifetime };
            token.draft(state).sign(Algorithm::Rs256)
        }
    };
    Ok(json!({
        "token_type": "Bearer",
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": access_token,
    }))
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
