//! Consent of an administrator, for everyone in a tenant: a page of its own, and then back to the redirect URI, where no
//! sign-in is under way.

use poem::Response;
use url::Url;

use super::consent;
use super::relying_party::RelyingParty;
use crate::directory::application::Application;
use crate::directory::authority::Authority;
use crate::directory::resources::scopes::{Permissions, Scopes};
use crate::exchange::call::Call;
use crate::exchange::pages;
use crate::exchange::response::redirect;
use crate::faults::entra_error::EntraError;
use crate::memory::state::State;

/// `GET` shows the page, `POST` is its buttons. `state` and, with the v2.0 form, `scope` come back. What the administrator
/// agreed to is remembered for everyone in the tenant: the permissions that `scope` names, or those that the registration
/// lists.
pub(crate) fn answer(state: &State, authority: &Authority, call: &Call) -> Response {
    let party = match RelyingParty::find(state, call) {
        Ok(party) => party,
        Err(error) => return pages::error(&error),
    };
    let Ok(mut address) = Url::parse(party.redirect_uri) else {
        return pages::error(&party.application.unknown_redirect_uri(party.redirect_uri));
    };
    let tenant = consenting_tenant(state, authority);
    if call.pressed("cancel").is_some() {
        append_refusal(&mut address);
    } else if call.pressed("consent").is_none() {
        return pages::admin_consent(party.application, &tenant, call);
    } else if let Err(error) = remember(state, party.application, &tenant, call.parameter("scope")) {
        return pages::error(&error);
    }
    let mut pairs = address.query_pairs_mut();
    pairs.append_pair("admin_consent", "True").append_pair("tenant", &tenant);
    for name in ["state", "scope"] {
        if let Some(value) = call.parameter(name) {
            pairs.append_pair(name, value);
        }
    }
    drop(pairs);
    redirect(address.as_str())
}

fn remember(state: &State, client: &Application, tenant: &str, scope: Option<&str>) -> Result<(), EntraError> {
    let directory = &state.directory;
    let asked: Vec<Permissions<'_>> = match scope {
        Some(scope) => Scopes::parse(scope, directory)?.permissions,
        None => client.delegated_permissions.iter().map(|listed| listed.parse(directory)).collect::<Result<_, _>>()?,
    };
    for (api, behind) in consent::behind(state, client, &asked) {
        state.consents.give(tenant, None, api, &behind);
    }
    for asked in asked {
        state.consents.give(tenant, None, client, &asked.expanded(client, &[], directory));
    }
    Ok(())
}

/// Where no tenant is named, it is that of the administrator; somebody of the first one agrees.
fn consenting_tenant(state: &State, authority: &Authority) -> String {
    match authority {
        Authority::Tenant(id) => id.clone(),
        _ => state.directory.tenants().first().map(|tenant| tenant.tenant_id().to_owned()).unwrap_or_default(),
    }
}

fn append_refusal(address: &mut Url) {
    let refused = EntraError::new("permission_denied", 65004, "The admin canceled the request");
    address
        .query_pairs_mut()
        .append_pair("error", &refused.error)
        .append_pair("error_description", &refused.description());
}
