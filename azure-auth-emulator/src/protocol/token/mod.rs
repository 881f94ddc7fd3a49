//! The token endpoint.

mod client_authentication;
mod client_credentials;
mod redemption;
mod user_tokens;

use poem::Response;
use poem::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    HeaderValue, RETRY_AFTER,
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
use crate::memory::state::State;

const BROKEN: Broken = Broken {
    server_error: Defect::TokenServerError,
    html: Defect::TokenHtml,
    huge: Defect::TokenHuge,
    redirects: Defect::TokenRedirects,
    slow: Defect::TokenSlow,
};

/// `POST` with `grant_type` `authorization_code`, `refresh_token` or `client_credentials`. Pages of every origin may read
/// the answer, which does not mean that they get tokens.
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
    if let Some(broken) = BROKEN.answer(state, call).await {
        return broken;
    }
    if state.has(Defect::TokenThrottled) {
        let mut response = response::json(429, &json!({"error": "temporarily_unavailable"}));
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
        return response;
    }
    let mut response = match issue_tokens(state, authority, call) {
        Ok(mut tokens) => {
            BROKEN.pad(state, &mut tokens);
            response::json(200, &tokens)
        }
        Err(error) => response::json(error.status(), &error.to_json()),
    };
    let headers = response.headers_mut();
    for (name, value) in [("cache-control", "no-store, no-cache"), ("pragma", "no-cache"), ("expires", "-1")] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn issue_tokens(state: &State, authority: &Authority, call: &Call) -> Result<Value, EntraError> {
    if !call.is_post() {
        return Err(EntraError::new("invalid_request", 900_561, "The endpoint only accepts POST requests."));
    }
    if let Some(error) = state.forced_error(Place::TokenEndpoint) {
        return Err(error);
    }
    let platform = find_platform(state, call);
    platform.check_origin(call.origin.as_deref())?;
    let application = match platform {
        Platform::Web => authenticate_confidential_client(state, authority, call)?,
        Platform::SinglePage => authenticate_public_client(state, call)?,
    };
    if state.has(Defect::TokenSecretExpired) {
        return Err(EntraError::new("invalid_client", 7_000_222, "The provided client secret keys are expired."));
    }
    if state.has(Defect::TokenCodeSpent) {
        return Err(spent_code());
    }
    match call.parameter("grant_type") {
        Some("authorization_code") => {
            user_tokens::issue(state, redeem_code(state, authority, application, call)?, call)
        }
        Some("refresh_token") => user_tokens::issue(state, redeem_refresh_token(state, application, call)?, call),
        Some("client_credentials") if *authority != Authority::Plain => {
            client_credentials::issue(state, authority, application, call)
        }
        Some(_) => {
            Err(EntraError::new("unsupported_grant_type", 70003, "The app requested an unsupported grant type."))
        }
        None => Err(EntraError::missing("grant_type")),
    }
}
