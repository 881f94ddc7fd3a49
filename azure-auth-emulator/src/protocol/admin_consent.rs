//! Consent of an administrator, for everyone in a tenant: a page of its own, and back to a redirect URI that began nothing.

use poem::Response;
use url::Url;

use crate::directory::authority::Authority;
use crate::exchange::answer::redirect;
use crate::exchange::call::Call;
use crate::exchange::pages;
use crate::faults::entra_error::EntraError;
use crate::memory::state::State;

/// `GET` shows the page, `POST` is its buttons. `state` and, with the v2.0 form, `scope` come back. Nothing is remembered:
/// everybody here has agreed to everything.
pub(crate) fn answer(state: &State, authority: &Authority, call: &Call) -> Response {
    let client_id = call.parameter("client_id").unwrap_or_default();
    let Some(application) = state.directory.application_by_id(client_id) else {
        let text = format!("Application with identifier '{client_id}' was not found in the directory.");
        return pages::error(&EntraError::new("unauthorized_client", 700_016, text));
    };
    let redirect_uri = call.parameter("redirect_uri").unwrap_or_default();
    let (true, Ok(mut address)) = (application.is_registered(redirect_uri), Url::parse(redirect_uri)) else {
        return pages::error(&application.unknown_redirect_uri(redirect_uri));
    };
    let tenant = match authority {
        Authority::Tenant(id) => id.clone(),
        // The tenant of whoever agrees; somebody of the first one does.
        _ => state.directory.tenants().first().map(|tenant| tenant.tenant_id().to_owned()).unwrap_or_default(),
    };
    if call.pressed("cancel").is_some() {
        let refused = EntraError::new("permission_denied", 65004, "The admin canceled the request");
        address
            .query_pairs_mut()
            .append_pair("error", refused.error)
            .append_pair("error_description", &refused.description())
            .append_pair("admin_consent", "True");
    } else if call.pressed("consent").is_some() {
        address.query_pairs_mut().append_pair("admin_consent", "True");
    } else {
        return pages::admin_consent(application, &tenant, call);
    }
    address.query_pairs_mut().append_pair("tenant", &tenant);
    for name in ["state", "scope"] {
        if let Some(value) = call.parameter(name) {
            address.query_pairs_mut().append_pair(name, value);
        }
    }
    redirect(address.as_str())
}
