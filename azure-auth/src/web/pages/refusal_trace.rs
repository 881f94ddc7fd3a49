//! Whether an application took a refusal out of the error that carries it. Who does that decides what to answer; who rewrites
//! every error has not seen it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::refused::Failure;

/// A part of a refusal, which goes with it wherever it is moved.
#[derive(Default)]
pub(crate) struct RefusalTrace {
    /// In memory, as soon as an error carries it; zero before.
    place: AtomicUsize,
    was_taken: Arc<AtomicBool>,
}

/// What the layer keeps of it.
#[derive(Clone)]
pub(crate) struct Taken(Arc<AtomicBool>);

impl RefusalTrace {
    /// It has come to where it stays while nobody takes it.
    pub(crate) fn settle(&self) {
        self.place.store(self.here(), Ordering::Relaxed);
    }

    /// Whether it is somewhere else than where it came to stay.
    pub(crate) fn was_taken(&self) -> bool {
        let place = self.place.load(Ordering::Relaxed);
        place != 0 && place != self.here()
    }

    pub(crate) fn taken(&self) -> Taken {
        Taken(self.was_taken.clone())
    }

    /// Compared, and never followed.
    fn here(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

impl Drop for RefusalTrace {
    /// An error is dropped with all that it carries. What was taken out of it ends at another place.
    fn drop(&mut self) {
        if self.was_taken() {
            self.was_taken.store(true, Ordering::Relaxed);
        }
    }
}

impl Taken {
    /// Whether it is gone, and was taken before.
    pub(crate) fn is_sure(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Who is to be told of a refusal, once, if it turns out to be one.
#[derive(Default)]
pub(crate) struct Untold(Mutex<Option<Tell>>);

/// Tells of it.
pub(crate) type Tell = Box<dyn FnOnce(&Failure) + Send>;

impl Untold {
    pub(crate) fn keep(&self, tell: Tell) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(tell);
    }

    pub(crate) fn tell(&self, failure: &Failure) {
        let tell = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(tell) = tell {
            tell(failure);
        }
    }

    /// Nobody was refused.
    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_where_it_settled_was_not_taken() {
        let carried = Box::new(RefusalTrace::default());
        carried.settle();
        let taken = carried.taken();
        let moved_with_its_box = std::hint::black_box(carried);
        drop(moved_with_its_box);
        assert!(!taken.is_sure());
        let unsettled = RefusalTrace::default();
        let taken = unsettled.taken();
        drop(Box::new(unsettled));
        assert!(!taken.is_sure());
    }

    #[test]
    fn what_was_moved_out_of_its_box_was_taken() {
        let carried = Box::new(RefusalTrace::default());
        carried.settle();
        let taken = carried.taken();
        let own = std::hint::black_box(*carried);
        assert!(!taken.is_sure(), "nothing has become of it yet");
        drop(own);
        assert!(taken.is_sure());
    }
}
