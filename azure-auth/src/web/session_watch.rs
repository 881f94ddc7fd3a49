//! `GET /session/events`: a page learns that its session ended, whichever tab or server ended it.

use std::time::Duration;

use futures_util::stream;
use poem::http::{Method, StatusCode};
use poem::web::sse::{Event, SSE};
use poem::{IntoResponse, Request, Response};

use super::refused::Refused;
use super::request_cell::RequestCell;
use super::{answer, caller};
use crate::rules::admission::NotAdmitted;

/// Proxies close connections on which nothing moves.
const KEEP_ALIVE: Duration = Duration::from_secs(25);

/// Server-sent events: `live` at once, `ended` when the session is over, and nothing after that. Without a session: 401,
/// which ends an `EventSource` for good. More streams of one session than it has places for: 503.
pub(crate) async fn watch(cell: &RequestCell, request: &Request) -> Result<Response, Refused> {
    if *request.method() != Method::GET {
        return Ok(StatusCode::METHOD_NOT_ALLOWED.into());
    }
    let session = caller::session(cell, request).await?;
    let (Some(session), Some(store)) = (session.cloned(), cell.application().sessions.clone()) else {
        return Err(caller::refused(cell, request, &NotAdmitted::NotSignedIn));
    };
    let application = cell.application();
    let Some(place) = application.stream_places.take(session.stored.record.id) else {
        return Err(answer::refuse_stream(cell, request, application.told_of_streams.is_due()));
    };
    let end = async move {
        // Given back with the stream, however that ends.
        let _place = place;
        session.ended(store.as_ref()).await;
        event("ended")
    };
    let events = stream::StreamExt::chain(stream::iter([event("live")]), stream::once(end));
    Ok(SSE::new(events).keep_alive(KEEP_ALIVE).into_response())
}

/// Without data browsers drop an event.
fn event(name: &str) -> Event {
    Event::message("{}").event_type(name)
}
