//! What is told beside the requests that cause it.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::AnyAuthEvents;
use super::told_request::{AdmittedRequest, RefusedRequest, ToldRequest};
use crate::io::queue::{Listener, Queue};
use crate::web::pages::refused::Failure;

/// Events that wait to be told.
const ROOM: usize = 1024;

/// Tells the application of requests, one after the other, and lets no request wait for it.
pub(crate) struct Telling {
    /// None: nobody listens.
    queue: Option<Queue<Event, Told>>,
    wants_admitted: bool,
}

/// Boxed, for many may wait.
enum Event {
    Refused(Box<RefusedRequest>),
    Admitted(Box<AdmittedRequest>),
}

struct Told(Arc<dyn AnyAuthEvents>);

impl Telling {
    pub(crate) fn to(events: &Arc<dyn AnyAuthEvents>) -> Self {
        let wants_admitted = events.wants_admitted();
        let queue = (!events.is_nothing()).then(|| Queue::new(ROOM, Told(events.clone())));
        Self { queue, wants_admitted }
    }

    /// Whether anybody listens.
    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        self.queue.is_some()
    }

    #[inline]
    pub(crate) fn wants_admitted(&self) -> bool {
        self.wants_admitted
    }

    /// What is not wanted is not worked out.
    pub(crate) fn refused(&self, failure: &Failure, request: impl FnOnce() -> ToldRequest) {
        if let Some(queue) = &self.queue {
            queue.push(Event::Refused(Box::new(request().refused(failure))));
        }
    }

    pub(crate) fn admitted(&self, request: ToldRequest) {
        if let Some(queue) = &self.queue {
            queue.push(Event::Admitted(Box::new(request.admitted())));
        }
    }
}

impl Listener<Event> for Told {
    fn hear(&self, event: Event) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            match event {
                Event::Refused(refused) => self.0.refused(&refused).await,
                Event::Admitted(admitted) => self.0.admitted(&admitted).await,
            }
        })
    }

    fn lost(&self, count: u64) -> BoxFuture<'_, ()> {
        self.0.lost(count)
    }
}
