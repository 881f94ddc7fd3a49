//! The access token that an API was called with, and that it shows to act for the person.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::directory::application::Application;
use crate::directory::authority::Authority;
use crate::directory::user::User;
use crate::exchange::call::Call;
use crate::faults::entra_error::EntraError;
use crate::memory::claims_request::ClaimsRequest;
use crate::memory::state::State;
use crate::tokens::jwt::{Members, has_expired, read_part, text_claim};

/// Who called the API.
pub(super) struct Assertion<'s> {
    pub(super) user: &'s User,
    pub(super) tenant: String,
    pub(super) sid: String,
    /// What the person did prove.
    pub(super) claims: ClaimsRequest,
}

/// Checks the assertion of a request: it is a token of this service, for this API, for a person, of this tenant, and has not
/// expired.
pub(super) fn read_assertion<'s>(
    state: &'s State,
    authority: &Authority,
    client: &Application,
    call: &Call,
) -> Result<Assertion<'s>, EntraError> {
    let text = call.parameter("assertion").ok_or_else(|| EntraError::missing("assertion"))?;
    let claims = verify(state, text).ok_or_else(|| failed("The assertion is not a token that this service signed."))?;
    let claim = |name: &str| text_claim(&claims, name);
    // All emulators of a process have the same keys.
    if !claim("iss").starts_with(&format!("{}/", state.origin)) {
        return Err(failed("The assertion is of another issuer."));
    }
    if !client.is_resource(claim("aud")) {
        return Err(wrong_audience(claim("aud"), client));
    }
    if has_expired(&claims) {
        let text = "Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token.";
        return Err(EntraError::new("invalid_grant", 500_133, text));
    }
    if claim("scp").is_empty() {
        return Err(failed("The assertion is not a token of a person; an application has nobody to act for."));
    }
    let tenant = claim("tid").to_owned();
    let user = state.directory.users().find(|user| user.oid() == claim("oid") && user.belongs_to(&tenant));
    let user = user.ok_or_else(|| failed("The person of the assertion is not in the tenant."))?;
    if authority.tenant_of(user).as_ref() != Some(&tenant) {
        return Err(failed(
            "The assertion is of another tenant than the request; send it to the tenant that its tid names.",
        ));
    }
    let claims = state.issued.access_token(text).unwrap_or_default().claims;
    Ok(Assertion { user, sid: claim("sid").to_owned(), tenant, claims })
}

/// The claims of a token that a published key signed.
fn verify(state: &State, text: &str) -> Option<Members> {
    let (signed, signature) = text.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let (header, claims) = (read_part(header)?, read_part(claims)?);
    if text_claim(&header, "alg") != "RS256" {
        return None;
    }
    let tenant = text_claim(&claims, "tid");
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let ring = state.keys();
    let mut keys = [ring.of_tenant(tenant), ring.next].into_iter();
    keys.any(|key| key.verifies(signed, &signature)).then_some(claims)
}

fn failed(why: &str) -> EntraError {
    EntraError::new("invalid_grant", 50013, format!("Assertion failed signature validation. {why}"))
}

fn wrong_audience(found: &str, client: &Application) -> EntraError {
    let text = format!(
        "Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '{found}' and the expected audience is '{}' or one of the Application Uris of this application with App ID '{}'({}). The downstream client must request a token for the expected audience (the application that made the OBO request) and this application should use that token as the assertion.",
        client.uri(),
        client.client_id,
        client.name
    );
    EntraError::new("invalid_grant", 500_131, text)
}
