//! Which application sends a token request, and how it proves that.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

use super::client_assertion;
use crate::directory::application::Application;
use crate::directory::authority::Authority;
use crate::directory::plain_provider::ClientAuthentication;
use crate::directory::platform::Platform;
use crate::exchange::call::Call;
use crate::faults::entra_error::EntraError;
use crate::faults::token_grant::TokenGrant;
use crate::memory::state::State;
use crate::tokens::access_token::Proof;

/// The platform of the redirect URI where the code or refresh token began. An unknown one counts as that of its sender,
/// and is refused later.
pub(super) fn find_platform(state: &State, call: &Call) -> Platform {
    let grant = match call.parameter("grant_type").and_then(TokenGrant::of_type) {
        Some(TokenGrant::ClientCredentials | TokenGrant::OnBehalfOf) => return Platform::Web,
        Some(TokenGrant::RefreshToken) => {
            let known = call.parameter("refresh_token").and_then(|token| state.issued.refresh_grant(token));
            known.map(|(grant, _)| grant)
        }
        _ => call.parameter("code").and_then(|code| state.issued.code_grant(code)),
    };
    match grant {
        Some(grant) => grant.platform,
        None if call.origin.is_some() => Platform::SinglePage,
        None => Platform::Web,
    }
}

/// The application, if a page sent its id. Everybody can read a secret in a page.
pub(super) fn authenticate_public_client<'s>(state: &'s State, call: &Call) -> Result<&'s Application, EntraError> {
    let secret = call.parameter("client_secret").or(call.parameter("client_assertion"));
    if secret.or(call.authorization.as_deref()).is_some() {
        let text = "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.";
        return Err(EntraError::new("invalid_client", 700_025, text));
    }
    let client_id = call.parameter("client_id").ok_or_else(|| EntraError::missing("client_id"))?;
    state.directory.application_by_id(client_id).ok_or_else(unknown_application)
}

/// The application, if it proved itself with its secret or an assertion, and with which.
pub(super) fn authenticate_confidential_client<'s>(
    state: &'s State,
    authority: &Authority,
    call: &Call,
) -> Result<(&'s Application, Proof), EntraError> {
    // The ordinary provider takes secrets alone.
    let asserted =
        if *authority == Authority::Plain { None } else { client_assertion::authenticate(state, authority, call)? };
    if let Some(application) = asserted {
        return Ok((application, Proof::Assertion));
    }
    let basic = call.authorization.as_deref().and_then(read_basic);
    let has_basic = basic.is_some();
    let (client_id, secret) = if let Some((client_id, secret)) = basic {
        (client_id, Some(secret))
    } else {
        let client_id = call.parameter("client_id").ok_or_else(|| EntraError::missing("client_id"))?;
        (client_id.to_owned(), call.parameter("client_secret").map(ToOwned::to_owned))
    };
    let application = state.directory.application_by_id(&client_id).ok_or_else(unknown_application)?;
    let wants_basic = state.plain.client_authentication == ClientAuthentication::Basic;
    if *authority == Authority::Plain && has_basic != wants_basic {
        return Err(wrong_secret());
    }
    match secret {
        None => Err(missing_secret()),
        Some(secret) if application.secret.as_ref() != Some(&secret) => Err(wrong_secret()),
        Some(_) => Ok((application, Proof::Secret)),
    }
}

fn missing_secret() -> EntraError {
    EntraError::new(
        "invalid_client",
        7_000_218,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    )
}

fn wrong_secret() -> EntraError {
    EntraError::new(
        "invalid_client",
        7_000_215,
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
    )
}

/// Id and secret from a Basic header, each form-encoded within (RFC 6749 §2.3.1).
fn read_basic(header: &str) -> Option<(String, String)> {
    let decoded = STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    let decode = |text: &str| form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned());
    Some((decode(id)?, decode(secret)?))
}

pub(super) fn unknown_application() -> EntraError {
    EntraError::new("unauthorized_client", 700_016, "Application was not found in the directory.")
}
