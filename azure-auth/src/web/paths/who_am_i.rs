//! `GET /session`: who am I, for the application's own scripts.

use poem::Response;
use poem::http::header::{CONTENT_TYPE, HeaderValue};
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::model::callers::principal::Party;
use crate::web::pages::refused::Refused;
use crate::web::request::authentication;
use crate::web::request::context::RequestContext;

/// Answers with the caller as JSON, or 401.
pub(crate) async fn who_am_i(context: &RequestContext<'_>) -> Result<Response, Refused> {
    if !matches!(*context.request.method(), Method::GET | Method::HEAD) {
        return Ok(StatusCode::METHOD_NOT_ALLOWED.into());
    }
    let principal = authentication::authenticate(context).await?;
    let mut response = Response::builder().body(description(&principal.party).to_string());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

fn description(party: &Party) -> Value {
    match party {
        Party::User(identity) => json!({
            "id": identity.id.to_string(),
            "tenant_id": identity.tenant(),
            "display_name": identity.display_name,
            "preferred_username": identity.preferred_username,
            "email": identity.email,
            "roles": identity.roles,
        }),
        Party::Application(application) => json!({
            "client_id": application.client_id,
            "tenant_id": application.tenant,
            "roles": application.roles,
        }),
    }
}
