//! Scripts on pages of trusted origins may use a few of the library's own paths (CORS: Fetch §3.3).

use poem::Response;
use poem::http::StatusCode;
use poem::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, VARY,
};

use crate::rules::request::cross_origin::{self, Preflight};
use crate::web::request::context::RequestContext;

/// What a script may send beside what needs no permission.
const HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type, x-requested-with");

/// In seconds: a list of trusted origins changes with a new start only, and browsers forget it soon after.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// The answer to a question that a browser asks before it sends a request of a trusted origin's script. `methods`: those
/// of the path.
pub(crate) fn preflight(context: &RequestContext<'_>, methods: &'static str) -> Option<Response> {
    let question = Preflight {
        method: context.request.method(),
        origin: context.source().origin,
        wanted: context
            .request
            .headers()
            .get(ACCESS_CONTROL_REQUEST_METHOD)
            .map(|wanted| wanted.to_str().unwrap_or_default()),
    };
    cross_origin::preflight(question, &context.application().configuration.trusted_origins)?;
    let mut response: Response = StatusCode::NO_CONTENT.into();
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
    headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    Some(response)
}

/// Lets the script of a trusted origin read an answer, whatever it says. Nobody else's may.
pub(crate) fn let_read(context: &RequestContext<'_>, response: &mut Response) {
    let trusted = &context.application().configuration.trusted_origins;
    if trusted.is_empty() {
        return;
    }
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(reader) = cross_origin::reader(context.source().origin, trusted)
        && let Ok(origin) = HeaderValue::from_str(reader.as_str())
    {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
}
