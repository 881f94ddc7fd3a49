//! What goes back to the application at the end of an authorization request, and how.

use poem::Response;
use url::Url;
use url::form_urlencoded;

use crate::directory::authority::Authority;
use crate::exchange::call::Call;
use crate::exchange::pages;
use crate::exchange::response::redirect;
use crate::faults::defect::Defect;
use crate::faults::entra_error::EntraError;
use crate::faults::forced_error::Place;
use crate::memory::state::State;
use crate::tokens::issuer;

/// The parameters of a response, in order.
pub(crate) type Pairs = Vec<(&'static str, String)>;

/// An error as parameters.
pub(crate) fn error_pairs(error: &EntraError) -> Pairs {
    vec![("error", error.error.to_string()), ("error_description", error.description())]
}

/// Adds what every response carries, and changes what the defects change about it.
pub(crate) fn complete(state: &State, authority: &Authority, call: &Call, pairs: Pairs) -> Pairs {
    let mut pairs = forced_error(state).unwrap_or(pairs);
    if state.has(Defect::CodeMissing) {
        pairs.retain(|(name, _)| *name != "code");
    }
    if state.has(Defect::CodeDuplicated) {
        pairs.push(("code", "another".to_owned()));
    }
    add_state(state, call, &mut pairs);
    pairs.push(("session_state", "007d8f10-0000-4000-8000-000000000000".to_owned()));
    if state.has(Defect::IssuerParameterWrong) {
        pairs.push(("iss", "https://other.example/v2.0".to_owned()));
    } else if *authority == Authority::Plain && state.plain.issuer_in_response {
        pairs.push(("iss", issuer::issuer(state, authority)));
    }
    pairs
}

/// The error that a test or a defect puts in the place of the right response.
fn forced_error(state: &State) -> Option<Pairs> {
    if let Some(error) = state.forced_error(Place::Redirect) {
        return Some(error_pairs(&error));
    }
    if state.has(Defect::ErrorNotAssigned) {
        let text = "The signed in user 'adele@contoso.test' is not assigned to a role for the application.";
        return Some(error_pairs(&EntraError::new("access_denied", 50105, text)));
    }
    if state.has(Defect::ErrorConditionalAccess) {
        let text = "Access has been blocked by Conditional Access policies.";
        return Some(error_pairs(&EntraError::new("access_denied", 53003, text)));
    }
    state.has(Defect::ErrorWithScript).then(|| {
        let script = "<script>alert(1)</script>".to_owned();
        let description = format!("{script}\"'><img src=x onerror=alert(1)>");
        vec![("error", script), ("error_description", description)]
    })
}

/// `state` comes back as it was sent (RFC 6749 §4.1.2).
fn add_state(state: &State, call: &Call, pairs: &mut Pairs) {
    let sent = call.parameter("state").map(ToOwned::to_owned);
    if state.has(Defect::StateWrong) {
        pairs.push(("state", "x".repeat(43)));
    } else if !state.has(Defect::StateMissing) {
        pairs.extend(sent.clone().map(|sent| ("state", sent)));
    }
    if state.has(Defect::StateDuplicated) {
        pairs.extend(sent.map(|sent| ("state", sent)));
    }
}

/// Sends a browser back in the `response_mode` that the application asked for.
pub(crate) fn send_back(call: &Call, redirect_uri: &str, pairs: &[(&str, String)]) -> Response {
    let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    match (call.parameter("response_mode"), Url::parse(redirect_uri)) {
        (Some("form_post"), _) => pages::form_post(redirect_uri, pairs),
        (Some("fragment"), _) => redirect(&format!("{redirect_uri}#{encoded}")),
        (_, Ok(mut address)) => {
            address.query_pairs_mut().extend_pairs(pairs);
            redirect(address.as_str())
        }
        (_, Err(_)) => redirect(&format!("{redirect_uri}?{encoded}")),
    }
}
