//! What the guards of one request leave for the layer to know.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use poem::Request;

#[cfg(feature = "azure-sdk")]
use crate::model::downstream::need::Need;
use crate::web::pages::refusal_trace::Taken;
use crate::web::pages::refused::Refused;

/// What guards did with one request.
#[derive(Default)]
pub(crate) struct GuardNotes {
    pub(crate) refused: OnceLock<Box<Noted>>,
    /// The application sent several requests on in place of one, so that no refusal need be what ended it.
    pub(crate) has_further: AtomicBool,
    /// The name of what the last of them guards, where somebody wants to know.
    handler: Mutex<Option<&'static str>>,
    /// What they need of other APIs, as far as they need anything.
    #[cfg(feature = "azure-sdk")]
    needs: Mutex<Vec<&'static [Need]>>,
}

/// A refusal of the request that came from outside.
pub(crate) struct Noted {
    pub(crate) refused: Refused,
    pub(crate) taken: Taken,
}

/// A request, known again by where its address is in memory: that moves with it, whatever middleware does. A request that
/// the application made itself has another one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AddressMark {
    place: usize,
    length: usize,
    /// All requests for `/`, and all in process, have the same: of those, how long the path is, and how it ends.
    path: (usize, Option<u8>),
}

impl AddressMark {
    pub(crate) fn of(request: &Request) -> Self {
        let (whole, path) = (request.original_uri().path(), request.uri().path());
        Self { place: whole.as_ptr().addr(), length: whole.len(), path: (path.len(), path.bytes().last()) }
    }

    /// Whether this is the request, or what a router left of its path.
    pub(crate) fn is_of(&self, request: &Request) -> bool {
        let (whole, path) = (request.original_uri().path(), request.uri().path());
        let is_end = || path == "/" || path.len() <= self.path.0 && path.bytes().last() == self.path.1;
        self.place == whole.as_ptr().addr() && self.length == whole.len() && (whole.len() > 1 || is_end())
    }
}

impl GuardNotes {
    pub(crate) fn note_handler(&self, handler: &'static str) {
        *self.handler.lock().unwrap_or_else(PoisonError::into_inner) = Some(handler);
    }

    pub(crate) fn handler(&self) -> Option<&'static str> {
        *self.handler.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a guard's declaration needs of other APIs: mostly nothing.
    #[cfg(feature = "azure-sdk")]
    pub(crate) fn note_needs(&self, needs: &'static [Need]) {
        if needs.is_empty() {
            return;
        }
        self.needs.lock().unwrap_or_else(PoisonError::into_inner).push(needs);
    }

    #[cfg(feature = "azure-sdk")]
    pub(crate) fn needs(&self) -> Vec<&'static [Need]> {
        self.needs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A handler was let run.
    pub(crate) fn admitted(&self) {
        self.has_further.store(true, Ordering::Relaxed);
    }
}
