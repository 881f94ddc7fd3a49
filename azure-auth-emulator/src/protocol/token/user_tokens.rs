//! The tokens of a person, from what they agreed to.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::client_authentication::unknown_application;
use crate::directory::application::Application;
use crate::directory::authority::Authority;
use crate::directory::scopes::{Permissions, Resource, Scopes};
use crate::exchange::call::Call;
use crate::faults::defect::Defect;
use crate::faults::entra_error::EntraError;
use crate::memory::state::{Grant, State};
use crate::tokens::access_token::{AccessToken, Caller, lifetime};
use crate::tokens::graph_token::GraphToken;
use crate::tokens::id_token;
use crate::tokens::jwt::Algorithm;

/// Issues an access token for one API, and what was asked for beside it. A refresh token is new every time; the old ones
/// stay valid, as at the real service.
pub(super) fn issue(state: &State, grant: Grant, call: &Call) -> Result<Value, EntraError> {
    let lifetime = lifetime();
    let (access_token, scope) = match grant.authority {
        Authority::Plain => (issue_for_graph(state, &grant, &grant.scope, lifetime), grant.scope.clone()),
        _ => issue_access_token(state, &grant, call.parameter("scope"), lifetime)?,
    };
    let mut answer = json!({
        "token_type": "Bearer",
        "scope": scope,
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": access_token,
    });
    if grant.has_scope("openid") && !state.has(Defect::IdTokenMissing) {
        answer["id_token"] = json!(id_token::issue(state, &grant, &access_token));
    }
    apply_defects(state, &mut answer);
    // Microsoft's own libraries ask for it, to know one account in several tenants.
    if call.parameter("client_info") == Some("1") {
        let account = json!({"uid": grant.user.oid(), "utid": grant.user.home_tenant()});
        answer["client_info"] = json!(URL_SAFE_NO_PAD.encode(account.to_string()));
    }
    if grant.has_scope("offline_access") {
        answer["refresh_token"] = json!(state.issue_refresh_token(grant));
    }
    Ok(answer)
}

fn apply_defects(state: &State, answer: &mut Value) {
    for (defect, name, value) in [
        (Defect::AccessTokenMissing, "access_token", None),
        (Defect::TokenTypeMissing, "token_type", None),
        (Defect::TokenTypeOther, "token_type", Some("DPoP")),
    ] {
        let members = answer.as_object_mut().filter(|_| state.has(defect));
        if let Some(members) = members {
            members.remove(name);
            members.extend(value.map(|value| (name.to_owned(), json!(value))));
        }
    }
}

/// The access token for the one API that the request names, or else the authorization request named first; and its
/// scope, as the answer repeats it.
fn issue_access_token(
    state: &State,
    grant: &Grant,
    asked: Option<&str>,
    lifetime: u64,
) -> Result<(String, String), EntraError> {
    let agreed = Scopes::parse(&grant.scope, &state.directory)?;
    let permissions = match asked {
        Some(asked) => agreed.allow(Scopes::parse(asked, &state.directory)?.single()?)?,
        None => agreed.clone().first(),
    };
    let openid = agreed.openid.into_iter().filter(|scope| scope != "offline_access");
    let scope = openid.chain(permissions.words()).collect::<Vec<_>>().join(" ");
    let token = match permissions.resource {
        Resource::Graph => issue_for_graph(state, grant, &scope, lifetime),
        Resource::Api(resource) => issue_for_api(state, grant, resource, permissions, lifetime)?,
    };
    Ok((token, scope))
}

/// `UserInfo` knows these tokens.
fn issue_for_graph(state: &State, grant: &Grant, scope: &str, lifetime: u64) -> String {
    let token = GraphToken {
        tenant: &grant.tenant,
        client_id: &grant.client_id,
        object: grant.user.oid(),
        scopes: Some(scope.to_owned()),
        lifetime,
    };
    let token = token.issue(state);
    state.note_access_token(&token, grant.clone());
    token
}

fn issue_for_api(
    state: &State,
    grant: &Grant,
    resource: &Application,
    permissions: Permissions<'_>,
    lifetime: u64,
) -> Result<String, EntraError> {
    let client = state.directory.application_by_id(&grant.client_id).ok_or_else(unknown_application)?;
    let token = AccessToken {
        tenant: &grant.tenant,
        client,
        resource,
        audience: permissions.name,
        version: resource.access_token_version,
        caller: Caller::User {
            user: &grant.user,
            sid: &grant.sid,
            platform: grant.platform,
            scopes: permissions.values,
            roles: state.directory.roles(&grant.user, resource),
        },
        lifetime,
    };
    Ok(token.draft(state).sign(Algorithm::Rs256))
}
