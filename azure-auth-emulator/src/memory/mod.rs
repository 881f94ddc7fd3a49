//! What the emulator remembers while it runs.

use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) mod assertions;
pub(crate) mod claims_request;
pub(crate) mod clock;
pub(crate) mod consents;
pub(crate) mod demands;
pub(crate) mod front_channel;
pub(crate) mod gates;
pub(crate) mod issued;
pub(crate) mod keys;
pub(crate) mod random;
pub(crate) mod session;
pub(crate) mod state;
pub(crate) mod transcript;

/// A poisoned lock is taken as it is: nothing that runs under it can panic half-way.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
