//! What a client shows in the place of a secret: a token that it signed itself, or that another service gave it.

mod certificate;
mod federated;
mod presented;
mod validity;

use crate::directory::application::Application;
use crate::directory::authority::Authority;
use crate::directory::guid::is_id;
use crate::exchange::call::Call;
use crate::faults::entra_error::EntraError;
use crate::memory::state::State;

use super::client_authentication::unknown_application;
use presented::Presented;

/// RFC 7523 §2.2.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The application that the assertion of a request proves; none if the request has no assertion.
pub(super) fn authenticate<'s>(
    state: &'s State,
    authority: &Authority,
    call: &Call,
) -> Result<Option<&'s Application>, EntraError> {
    let Some(text) = read_parameters(call)? else { return Ok(None) };
    let presented = Presented::read(text)?;
    let named = call.parameter("client_id");
    let issuer = presented.claim("iss");
    let is_of_client = is_id(issuer) || named == Some(issuer) || (issuer.is_empty() && presented.names_key());
    // A client that signs for itself need not say twice who it is; another service does not say it.
    let own_name = Some(issuer).filter(|name| is_of_client && !name.is_empty());
    let client_id = named.or(own_name).ok_or_else(|| EntraError::missing("client_id"))?;
    let client = state.directory.application_by_id(client_id).ok_or_else(unknown_application)?;
    if is_of_client {
        certificate::check(state, authority, client, &presented, call)?;
    } else {
        federated::check(state, client, &presented)?;
    }
    Ok(Some(client))
}

/// The assertion, with its type, and nothing else that proves a client.
fn read_parameters(call: &Call) -> Result<Option<&str>, EntraError> {
    let (assertion, kind) = (call.parameter("client_assertion"), call.parameter("client_assertion_type"));
    let assertion = match (assertion, kind) {
        (None, None) => return Ok(None),
        (None, Some(_)) => return Err(EntraError::missing("client_assertion")),
        (Some(_), None) => return Err(EntraError::missing("client_assertion_type")),
        (Some(assertion), Some(JWT_BEARER)) => assertion,
        (Some(_), Some(other)) => {
            let text = format!(
                "The provided value '{other}' for the input parameter 'client_assertion_type' is not valid. Expected is '{JWT_BEARER}'."
            );
            return Err(EntraError::new("invalid_request", 90023, text));
        }
    };
    if call.parameter("client_secret").or(call.authorization.as_deref()).is_some() {
        let text = "The request presents both 'client_assertion' and a client secret. Send one of them.";
        return Err(EntraError::new("invalid_request", 90023, text));
    }
    Ok(Some(assertion))
}
