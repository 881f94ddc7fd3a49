//! Answers that are not pages.

use poem::Response;
use poem::http::StatusCode;
use poem::http::header::LOCATION;
use serde_json::Value;

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

pub(crate) fn redirect(address: &str) -> Response {
    Response::builder().status(StatusCode::FOUND).header(LOCATION, address).finish()
}
