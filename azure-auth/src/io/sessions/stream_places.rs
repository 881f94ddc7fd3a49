//! How many pages of one session may wait for its end at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::model::sessions::session::SessionId;

/// For one session. Browsers that restore a window ask for all its tabs at once.
pub(crate) const PLACES: usize = 32;

/// Which sessions have streams, and how many.
#[derive(Debug, Default)]
pub(crate) struct StreamPlaces(Arc<Mutex<Taken>>);

type Taken = HashMap<SessionId, Streams>;

#[derive(Debug)]
struct Streams {
    count: usize,
    /// Told whenever somebody asks for one more.
    asked: watch::Sender<()>,
}

/// One place, until it is dropped.
#[derive(Debug)]
pub(crate) struct StreamPlace {
    session: SessionId,
    places: Arc<Mutex<Taken>>,
    asked: watch::Receiver<()>,
}

impl StreamPlaces {
    /// A place for one more stream of a session, if there is one. The others are told.
    pub(crate) fn take(&self, session: SessionId) -> Option<StreamPlace> {
        let mut taken = taken(&self.0);
        let streams = taken.entry(session).or_insert_with(|| Streams { count: 0, asked: watch::channel(()).0 });
        streams.asked.send_replace(());
        if streams.count >= PLACES {
            return None;
        }
        streams.count += 1;
        Some(StreamPlace { session, places: self.0.clone(), asked: streams.asked.subscribe() })
    }
}

impl StreamPlace {
    /// Waits until somebody asks for one more.
    pub(crate) async fn another(&mut self) {
        if self.asked.changed().await.is_err() {
            // It goes with the last place, and this is one.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut taken = taken(&self.places);
        if let Some(streams) = taken.get_mut(&self.session) {
            streams.count -= 1;
            if streams.count == 0 {
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
    use futures_util::FutureExt;

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
        assert!(held[0].another().now_or_never().is_some(), "those that have one were told");
        assert!(held[0].another().now_or_never().is_none(), "once");
        held.clear();
        assert!(taken(&places.0).is_empty(), "nothing remains of sessions without streams");
    }
}
