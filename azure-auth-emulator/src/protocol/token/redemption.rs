//! What a code or a refresh token is exchanged for: the grant behind it, if it is this application's and still good.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::directory::application::Application;
use crate::directory::authority::Authority;
use crate::exchange::call::Call;
use crate::faults::entra_error::EntraError;
use crate::memory::issued::{End, Grant};
use crate::memory::state::State;

/// The grant behind the code of a request. The code is used from now on, whatever comes of it.
pub(super) fn redeem_code(
    state: &State,
    authority: &Authority,
    application: &Application,
    call: &Call,
) -> Result<Grant, EntraError> {
    let code = call.parameter("code").ok_or_else(|| EntraError::missing("code"))?;
    let grant = state.issued.use_code(code).ok_or_else(invalid_code)?;
    if grant.is_used {
        return Err(spent_code());
    }
    if grant.issued.elapsed() >= CODE_LIFETIME {
        return Err(EntraError::new("invalid_grant", 70008, "The provided authorization code has expired."));
    }
    if grant.client_id != application.client_id {
        return Err(invalid_code());
    }
    check_request(&grant, authority, call)?;
    check_verifier(&grant, call)?;
    Ok(grant)
}

/// A code is redeemed at the authority and for the redirect URI of its authorization request.
fn check_request(grant: &Grant, authority: &Authority, call: &Call) -> Result<(), EntraError> {
    if grant.authority != *authority {
        let text = "The provided authorization code is intended to be used against another tenant.";
        return Err(EntraError::new("invalid_grant", 700_005, text));
    }
    if call.parameter("redirect_uri") != Some(&grant.redirect_uri) {
        let text =
            "The reply address does not match the reply address provided when requesting the authorization code.";
        return Err(EntraError::new("invalid_grant", 500_112, text));
    }
    Ok(())
}

/// RFC 7636 §4.6.
fn check_verifier(grant: &Grant, call: &Call) -> Result<(), EntraError> {
    let Some(challenge) = &grant.code_challenge else { return Ok(()) };
    let verifier = call.parameter("code_verifier").unwrap_or_default();
    if URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())) == *challenge {
        return Ok(());
    }
    let text = "The code_verifier does not match the code_challenge supplied in the authorization request.";
    Err(EntraError::new("invalid_grant", 501_481, text))
}

/// The grant behind the refresh token of a request. The token stays good, as at the real service.
pub(super) fn redeem_refresh_token(state: &State, application: &Application, call: &Call) -> Result<Grant, EntraError> {
    let token = call.parameter("refresh_token").ok_or_else(|| EntraError::missing("refresh_token"))?;
    let grant = state.issued.refresh_grant(token).filter(|(grant, _)| grant.client_id == application.client_id);
    let text = "The provided value for the input parameter 'refresh_token' is not valid.";
    let (grant, end) = grant.ok_or_else(|| EntraError::new("invalid_grant", 70000, text))?;
    if let Some(end) = end {
        return Err(ended(end));
    }
    grant.platform.check_age(grant.issued.elapsed())?;
    Ok(Grant { nonce: None, ..grant })
}

fn ended(end: End) -> EntraError {
    let (code, text) = match end {
        End::Revoked => (
            50173,
            "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.",
        ),
        End::Inactive => (
            700_082,
            "The refresh token has expired due to inactivity. The token was issued before and was inactive for 90.00:00:00.",
        ),
    };
    EntraError::new("invalid_grant", code, text)
}

fn invalid_code() -> EntraError {
    EntraError::new("invalid_grant", 70000, "The provided value for the 'code' parameter is not valid.")
}

pub(super) fn spent_code() -> EntraError {
    EntraError::new(
        "invalid_grant",
        54005,
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
    )
}

const CODE_LIFETIME: Duration = Duration::from_secs(600);
