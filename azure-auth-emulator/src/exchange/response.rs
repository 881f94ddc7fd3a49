//! Answers that are not pages.

use poem::Response;
use poem::http::StatusCode;
use poem::http::header::{HeaderValue, LOCATION, RETRY_AFTER};
use serde_json::Value;

use crate::faults::entra_error::EntraError;

/// Plain text that nothing stores, frames or takes for anything else.
pub(crate) fn text(status: StatusCode, text: &str) -> Response {
    Response::builder()
        .status(status)
        .content_type("text/plain; charset=utf-8")
        .header("cache-control", "no-store")
        .header("x-content-type-options", "nosniff")
        .header("x-frame-options", "DENY")
        .body(text.to_owned())
}

/// JSON, with the headers that metadata and token answers share.
pub(crate) fn json(status: u16, value: &Value) -> Response {
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .content_type("application/json; charset=utf-8")
        .header("x-content-type-options", "nosniff")
        .header("x-ms-request-id", "fe370167-0bac-4a7c-98c7-b1df1d63f801")
        .body(value.to_string())
}

/// An error as JSON, with when to come again if it says so.
pub(crate) fn error(error: &EntraError) -> Response {
    let mut response = json(error.status(), &error.to_json());
    retry_after(&mut response, error.retry_after());
    response
}

pub(crate) fn retry_after(response: &mut Response, seconds: Option<u64>) {
    if let Some(seconds) = seconds {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
}

pub(crate) fn redirect(address: &str) -> Response {
    Response::builder().status(StatusCode::FOUND).header(LOCATION, address).finish()
}
