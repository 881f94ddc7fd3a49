//! The token endpoint.

mod answer_defects;
mod assertion;
mod client_assertion;
mod client_authentication;
mod client_credentials;
mod for_person;
mod on_behalf_of;
mod redemption;
mod user_tokens;

use poem::Response;
use poem::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    HeaderValue,
};
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};

use client_authentication::{authenticate_confidential_client, authenticate_public_client, find_platform};
use redemption::{redeem_code, redeem_refresh_token, spent_code};

use crate::directory::authority::Authority;
use crate::directory::platform::Platform;
use crate::exchange::broken::Broken;
use crate::exchange::call::Call;
use crate::exchange::response;
use crate::faults::defect::Defect;
use crate::faults::entra_error::EntraError;
use crate::faults::forced_error::Place;
use crate::faults::token_grant::TokenGrant;
use crate::memory::state::State;
use crate::tokens::access_token::Proof;

const BROKEN: Broken = Broken {
    server_error: Defect::TokenServerError,
    html: Defect::TokenHtml,
    huge: Defect::TokenHuge,
    redirects: Defect::TokenRedirects,
    slow: Defect::TokenSlow,
};

/// `POST` with one of the [grants](TokenGrant). Pages of every origin may read the answer, which does not mean that they
/// get tokens.
pub(crate) async fn answer(state: &State, authority: &Authority, call: &Call) -> Response {
    let mut response =
        if call.method == Method::OPTIONS { answer_preflight() } else { answer_post(state, authority, call).await };
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// A browser asks first if a page adds headers to its form, as Swagger UI does.
fn answer_preflight() -> Response {
    Response::builder()
        .status(StatusCode::NO_CONTENT)
        .header(ACCESS_CONTROL_ALLOW_METHODS, "POST, OPTIONS")
        .header(ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, x-requested-with")
        .header(ACCESS_CONTROL_MAX_AGE, "86400")
        .finish()
}

async fn answer_post(state: &State, authority: &Authority, call: &Call) -> Response {
    let grant = call.parameter("grant_type").and_then(TokenGrant::of_type);
    if let Some(grant) = grant {
        state.gates.pass(grant).await;
    }
    if let Some(broken) = BROKEN.answer(state, call).await {
        return broken;
    }
    if state.has(Defect::TokenThrottled) {
        let mut response = response::json(429, &json!({"error": "temporarily_unavailable"}));
        response::retry_after(&mut response, Some(5));
        return response;
    }
    let mut response = match issue_tokens(state, authority, grant, call) {
        Ok(mut tokens) => {
            answer_defects::apply(state, &mut tokens);
            BROKEN.pad(state, &mut tokens);
            response::json(200, &tokens)
        }
        Err(error) => response::error(&error),
    };
    let headers = response.headers_mut();
    for (name, value) in [("cache-control", "no-store, no-cache"), ("pragma", "no-cache"), ("expires", "-1")] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn issue_tokens(
    state: &State,
    authority: &Authority,
    grant: Option<TokenGrant>,
    call: &Call,
) -> Result<Value, EntraError> {
    if !call.is_post() {
        return Err(EntraError::new("invalid_request", 900_561, "The endpoint only accepts POST requests."));
    }
    let of_grant = || grant.and_then(|grant| state.forced_error(Place::Grant(grant)));
    if let Some(error) = state.forced_error(Place::TokenEndpoint).or_else(of_grant) {
        return Err(error);
    }
    let platform = find_platform(state, call);
    platform.check_origin(call.origin.as_deref())?;
    let (application, proof) = match platform {
        Platform::Web => authenticate_confidential_client(state, authority, call)?,
        Platform::SinglePage => (authenticate_public_client(state, call)?, Proof::Nothing),
    };
    if state.has(Defect::TokenSecretExpired) {
        return Err(EntraError::new("invalid_client", 7_000_222, "The provided client secret keys are expired."));
    }
    if state.has(Defect::TokenCodeSpent) {
        return Err(spent_code());
    }
    let is_plain = *authority == Authority::Plain;
    match grant {
        Some(TokenGrant::AuthorizationCode) => {
            user_tokens::issue(state, redeem_code(state, authority, application, call)?, proof, call)
        }
        Some(TokenGrant::RefreshToken) => {
            user_tokens::issue(state, redeem_refresh_token(state, application, call)?, proof, call)
        }
        Some(TokenGrant::ClientCredentials) if !is_plain => {
            client_credentials::issue(state, authority, application, proof, call)
        }
        Some(TokenGrant::OnBehalfOf) if !is_plain => on_behalf_of::issue(state, authority, application, proof, call),
        _ if call.parameter("grant_type").is_none() => Err(EntraError::missing("grant_type")),
        _ => Err(EntraError::new("unsupported_grant_type", 70003, "The app requested an unsupported grant type.")),
    }
}
