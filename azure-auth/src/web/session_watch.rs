//! `GET /session/events`: a page learns that its session ended, whichever tab or server ended it.

use std::time::Duration;

use futures_util::stream;
use poem::http::{Method, StatusCode};
use poem::web::sse::{Event, SSE};
use poem::{IntoResponse, Request, Response};

use super::caller;
use super::refused::Refused;
use super::request_cell::RequestCell;
use crate::rules::admission::NotAdmitted;

/// Proxies close connections on which nothing moves.
const KEEP_ALIVE: Duration = Duration::from_secs(25);

/// Server-sent events: `live` at once, `ended` when the session is over, and nothing after that. Without a session: 401,
/// which ends an `EventSource` for good.
pub(crate) async fn watch(cell: &RequestCell, request: &Request) -> Result<Response, Refused> {
    if *request.method() != Method::GET {
        return Ok(StatusCode::METHOD_NOT_ALLOWED.into());
    }
    let session = caller::session_alone(cell, request).await?;
    let (Some(session), Some(store)) = (session.cloned(), cell.application().sessions.clone()) else {
        return Err(caller::refused(cell, request, &NotAdmitted::NotSignedIn));
    };
    let end = async move {
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
