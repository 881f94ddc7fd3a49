//! What the real service checks of an authorization request before it shows anybody a page.

use crate::directory::authority::Authority;
use crate::directory::platform::Platform;
use crate::directory::resources::scopes::Scopes;
use crate::exchange::call::Call;
use crate::faults::entra_error::EntraError;
use crate::memory::claims_request::ClaimsRequest;
use crate::memory::state::State;

/// Checks every parameter that has nothing to do with the person.
pub(crate) fn check(state: &State, authority: &Authority, platform: Platform, call: &Call) -> Result<(), EntraError> {
    if call.parameter("response_type") != Some("code") {
        let text = "response_type 'id_token' is not enabled for the application";
        return Err(EntraError::new("unsupported_response_type", 700_054, text));
    }
    let mode = call.parameter("response_mode").unwrap_or("query");
    if !matches!(mode, "query" | "form_post" | "fragment") {
        return Err(EntraError::new("invalid_request", 70007, "The response_mode is not supported."));
    }
    let scope = call.parameter("scope").ok_or_else(|| EntraError::missing("scope"))?;
    if call.parameter("sid").is_some() && call.parameter("login_hint").is_some() {
        let text = "The request isn't valid because the identifier and login hint can't be used together.";
        return Err(EntraError::new("invalid_request", 90005, text));
    }
    check_challenge(platform, call)?;
    call.parameter("claims").map(ClaimsRequest::parse).transpose()?;
    check_scopes(state, authority, scope)
}

fn check_challenge(platform: Platform, call: &Call) -> Result<(), EntraError> {
    let challenge = call.parameter("code_challenge");
    platform.check_challenge(challenge)?;
    let Some(challenge) = challenge else { return Ok(()) };
    if !(43..=128).contains(&challenge.len()) {
        let text = "The size of the code_challenge parameter is not valid.";
        return Err(EntraError::new("invalid_request", 50147, text));
    }
    if call.parameter("code_challenge_method") != Some("S256") {
        let text = "Invalid request. The code_challenge_method is not supported.";
        return Err(EntraError::new("invalid_request", 9_002_313, text));
    }
    Ok(())
}

/// Several APIs may be named here, if they all exist.
fn check_scopes(state: &State, authority: &Authority, scope: &str) -> Result<(), EntraError> {
    match authority {
        Authority::Plain => Ok(()),
        _ => Scopes::parse(scope, &state.directory).map(drop),
    }
}

/// Reads `prompt`; without it the text is empty.
pub(crate) fn read_prompt(call: &Call) -> Result<&str, EntraError> {
    let prompt = call.parameter("prompt").unwrap_or_default();
    if matches!(prompt, "" | "none" | "login" | "consent" | "select_account") {
        Ok(prompt)
    } else {
        Err(EntraError::new("invalid_request", 90023, "Unsupported 'prompt' value."))
    }
}
