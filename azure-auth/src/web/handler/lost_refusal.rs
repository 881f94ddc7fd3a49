//! An application may rewrite every error, and with it refusals. What sends people to sign in, and tells programs how to
//! come back, is put back.

use std::sync::atomic::Ordering;

use poem::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, HeaderValue, LOCATION};
use poem::http::{HeaderMap, StatusCode};
use poem::{Error, Response};

use crate::rules::request::rewritten_answer::{Amends, amends};
use crate::web::application::state::is_first;
use crate::web::pages::refused::Refused;
use crate::web::request::context::RequestContext;
use crate::web::request::findings::Findings;
use crate::web::request::guard_notes::Noted;

/// The error with which a guard refuses. What it says to a request that came from outside is remembered.
pub(crate) fn error(context: &RequestContext<'_>, refused: Refused) -> Error {
    let noted = Noted { taken: refused.trace.taken(), refused: refused.share() };
    let error = Error::from(refused);
    if let Some(refused) = error.downcast_ref::<Refused>() {
        refused.trace.settle();
    }
    let is_from_outside = context.findings.original.address.is_of(context.request);
    if is_from_outside && context.findings.guard_notes.refused.set(Box::new(noted)).is_err() {
        context.findings.guard_notes.has_further.store(true, Ordering::Relaxed);
    }
    error
}

/// Gives an answer back what makes it a refusal, where a single refusal ended the request and nobody took it to decide about
/// it.
pub(crate) fn put_back(findings: &Findings, response: &mut Response) {
    if findings.all().any(|findings| findings.guard_notes.refused.get().is_some()) {
        amend(findings, response);
    }
}

#[cold]
fn amend(findings: &Findings, response: &mut Response) {
    let mut all = findings.all().filter_map(|findings| findings.guard_notes.refused.get());
    let Some(Noted { refused, taken }) = all.next().map(Box::as_ref) else { return };
    let is_several =
        all.next().is_some() || findings.all().any(|findings| findings.guard_notes.has_further.load(Ordering::Relaxed));
    if is_several {
        return;
    }
    match amends(refused.status().as_u16(), response.status().as_u16(), taken.is_sure()) {
        Amends::None => {}
        Amends::Headers => {
            for (name, value) in refused.headers() {
                response.headers_mut().entry(name).or_insert(value);
            }
        }
        Amends::StatusAndHeaders => {
            note_rewriting(findings, refused, response.status());
            refuse_again(refused, response);
        }
    }
}

fn note_rewriting(findings: &Findings, refused: &Refused, answered: StatusCode) {
    if is_first(&findings.application().noted_rewriting) {
        tracing::info!(
            target: "azure_auth::refusal",
            code = refused.code(), refused = refused.status().as_u16(), answered = answered.as_u16(),
            "the application rewrites errors: status and headers of refusals are put back; to decide about them, catch \
             `azure_auth::Refused`"
        );
    }
}

fn refuse_again(refused: &Refused, response: &mut Response) {
    let body = response.take_body();
    if body.is_empty() {
        let (own, body) = refused.to_response().into_parts();
        for name in [CONTENT_LENGTH, CONTENT_ENCODING] {
            response.headers_mut().remove(name);
        }
        overwrite(response.headers_mut(), &own.headers);
        response.set_body(body);
    } else {
        response.set_body(body);
    }
    response.set_status(refused.status());
    let headers = response.headers_mut();
    headers.remove(LOCATION);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.extend(refused.headers());
}

fn overwrite(headers: &mut HeaderMap, with: &HeaderMap) {
    for (name, value) in with {
        headers.insert(name.clone(), value.clone());
    }
}
