//! `GET /session`: who am I, for the application's own scripts.

use poem::http::header::{CONTENT_TYPE, HeaderValue};
use poem::http::{Method, StatusCode};
use poem::{Request, Response};
use serde_json::json;

use super::answer;
use super::application::RequestCell;
use super::refused::Refused;
use crate::rules::admission;

/// Answers with the session as JSON, or 401.
pub(crate) fn who_am_i(cell: &RequestCell, request: &Request) -> Result<Response, Refused> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(StatusCode::METHOD_NOT_ALLOWED.into());
    }
    let identity = admission::authenticated(cell.credential(request))
        .map_err(|refusal| answer::refuse(&cell.application, request, refusal, None))?;
    let body = json!({
        "id": identity.id.to_string(),
        "tenant_id": identity.tenant(),
        "display_name": identity.display_name,
        "preferred_username": identity.preferred_username,
        "email": identity.email,
        "roles": identity.roles,
    });
    let mut response = Response::builder().body(body.to_string());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
