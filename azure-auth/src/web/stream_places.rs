//! How many pages of one session may wait for its end at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::session::SessionId;

/// For one session. Browsers that restore a window ask for all its tabs at once.
pub(crate) const PLACES: usize = 32;

/// Which sessions have streams, and how many.
#[derive(Debug, Default)]
pub(crate) struct StreamPlaces(Arc<Mutex<Taken>>);

type Taken = HashMap<SessionId, usize>;

/// One place, until it is dropped.
#[derive(Debug)]
pub(crate) struct StreamPlace {
    session: SessionId,
    places: Arc<Mutex<Taken>>,
}

impl StreamPlaces {
    /// A place for one more stream of a session, if there is one.
    pub(crate) fn take(&self, session: SessionId) -> Option<StreamPlace> {
        let mut taken = taken(&self.0);
        let count = taken.entry(session).or_default();
        if *count >= PLACES {
            return None;
        }
        *count += 1;
        Some(StreamPlace { session, places: self.0.clone() })
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut taken = taken(&self.places);
        if let Some(count) = taken.get_mut(&self.session) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.session);
            }
        }
    }
}

fn taken(places: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    // Nothing under this lock can panic half-way.
    places.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_session_has_so_many_places_and_one_that_is_dropped_is_free() {
        let places = StreamPlaces::default();
        let (one, other) = (SessionId([1, 0]), SessionId([2, 0]));
        let mut held: Vec<_> = (0..PLACES).map(|_| places.take(one).unwrap()).collect();
        assert!(places.take(one).is_none());
        assert!(places.take(other).is_some(), "another session has its own");
        held.pop();
        held.push(places.take(one).unwrap());
        assert!(places.take(one).is_none());
        held.clear();
        assert!(taken(&places.0).is_empty(), "nothing remains of sessions without streams");
    }
}
