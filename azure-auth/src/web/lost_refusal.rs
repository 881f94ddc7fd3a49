//! An application may rewrite every error, and with it refusals. What sends people to sign in, and tells programs how to
//! come back, is put back.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use poem::error::ResponseError;
use poem::http::HeaderMap;
use poem::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, HeaderValue, LOCATION};
use poem::{Request, Response};

use super::placement::is_first;
use super::refused::Refused;
use super::request_cell::RequestCell;
use crate::rules::rewritten_answer::{Amends, amends};

/// What guards did with one request.
#[derive(Default)]
pub(crate) struct GuardNotes {
    refused: OnceLock<Box<Refused>>,
    /// The application sent several requests on in place of one, so that no refusal need be what ended it.
    has_further: AtomicBool,
}

/// A request, known again by where its address is in memory: that moves with it, whatever middleware does. A request that
/// the application made itself has another one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AddressMark {
    place: usize,
    length: usize,
    /// All requests for `/`, and all in process, have the same: of those, how the path ends.
    end: [u8; 8],
}

impl AddressMark {
    pub(crate) fn of(request: &Request) -> Self {
        let whole = request.original_uri().path();
        let end = if whole.len() == 1 { end(request.uri().path()) } else { [0; 8] };
        Self { place: whole.as_ptr().addr(), length: whole.len(), end }
    }

    /// Whether this is the request, or what a router left of its path.
    fn is_of(&self, request: &Request) -> bool {
        let (whole, path) = (request.original_uri().path(), request.uri().path());
        let known = path.len().min(self.end.len());
        let is_end = || path == "/" || self.end[self.end.len() - known..] == end(path)[self.end.len() - known..];
        self.place == whole.as_ptr().addr() && self.length == whole.len() && (whole.len() > 1 || is_end())
    }
}

/// The last eight bytes, zeros in front of fewer.
fn end(path: &str) -> [u8; 8] {
    let mut end = [0; 8];
    let known = path.len().min(end.len());
    end[8 - known..].copy_from_slice(&path.as_bytes()[path.len() - known..]);
    end
}

impl GuardNotes {
    /// A handler was let run.
    pub(crate) fn admitted(&self) {
        self.has_further.store(true, Ordering::Relaxed);
    }
}

/// Remembers what a guard said to a request that came from outside.
pub(crate) fn note(cell: &RequestCell, request: &Request, refused: &Refused) {
    let is_from_outside = cell.original.address.is_of(request);
    if is_from_outside && cell.guard_notes.refused.set(Box::new(refused.share())).is_err() {
        cell.guard_notes.has_further.store(true, Ordering::Relaxed);
    }
}

/// Gives an answer back what makes it a refusal, where a single refusal ended the request and the application did not say
/// that it decides itself.
pub(crate) fn put_back(cell: &RequestCell, response: &mut Response) {
    let mut all = cell.all().filter_map(|cell| cell.guard_notes.refused.get());
    let Some(refused) = all.next() else { return };
    let is_several =
        all.next().is_some() || cell.all().any(|cell| cell.guard_notes.has_further.load(Ordering::Relaxed));
    if !is_several && !refused.is_replaced() {
        amend(cell, refused, response);
    }
}

fn amend(cell: &RequestCell, refused: &Refused, response: &mut Response) {
    let status = refused.status();
    match amends(status.as_u16(), response.status().as_u16()) {
        Amends::None => return,
        Amends::Headers => {
            for (name, value) in refused.headers() {
                response.headers_mut().entry(name).or_insert(value);
            }
            return;
        }
        Amends::StatusAndHeaders => {}
    }
    if is_first(&cell.application().noted_rewriting) {
        tracing::info!(
            target: "azure_auth::refusal",
            code = refused.code(), refused = status.as_u16(), answered = response.status().as_u16(),
            "the application rewrites errors: status and headers of refusals are put back; where it decides on purpose, it \
             says so with `Refused::replaced_by`"
        );
    }
    let body = response.take_body();
    if body.is_empty() {
        let own = refused.to_response();
        let (parts, body) = own.into_parts();
        for name in [CONTENT_LENGTH, CONTENT_ENCODING] {
            response.headers_mut().remove(name);
        }
        overwrite(response.headers_mut(), &parts.headers);
        response.set_body(body);
    } else {
        response.set_body(body);
    }
    response.set_status(status);
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
