//! A page learns that its session ended, whichever tab or server ended it: `GET /session/events`, and the script that
//! listens there for all tabs of a browser.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{self, Either};
use futures_util::stream;
use poem::http::header::{CONTENT_TYPE, HeaderValue};
use poem::http::{Method, StatusCode};
use poem::web::sse::{Event, SSE};
use poem::{IntoResponse, Response};

use crate::io::sessions::stream_places::StreamPlace;
use crate::rules::policy::admission::NotAdmitted;
use crate::web::pages::refused::Refused;
use crate::web::request::context::RequestContext;
use crate::web::request::{authentication, failure};

/// Proxies close connections on which nothing moves.
const KEEP_ALIVE: Duration = Duration::from_secs(25);

/// `GET /session/watch.js`. It finds the paths that it needs by its own address, so that it is the same for everybody.
pub(crate) fn script(context: &RequestContext<'_>) -> Response {
    if !context.application().signs_in() {
        return StatusCode::NOT_FOUND.into();
    }
    if !matches!(*context.request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into();
    }
    let mut response = Response::builder().body(include_str!("watch.js"));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    response
}

/// Server-sent events: `live` at once, `ended` when the session is over, and nothing after that. Without a session: 401,
/// which ends an `EventSource` for good. More streams of one session than it has places for: 503.
pub(crate) async fn watch(context: &RequestContext<'_>) -> Result<Response, Refused> {
    if *context.request.method() != Method::GET {
        return Ok(StatusCode::METHOD_NOT_ALLOWED.into());
    }
    let session = authentication::session_alone(context).await?;
    let (Some(session), Some(store)) = (session.cloned(), context.application().sessions.clone()) else {
        return Err(authentication::refuse(context, &NotAdmitted::NotSignedIn));
    };
    let application = context.application();
    let Some(place) = application.stream_places.take(session.stored.record.id) else {
        return Err(failure::refuse_stream(context));
    };
    let end = Box::pin(async move { session.ended(store.as_ref()).await });
    let events = stream::StreamExt::chain(stream::iter([event("live")]), stream::unfold(Some((end, place)), next));
    Ok(SSE::new(events).keep_alive(KEEP_ALIVE).into_response())
}

/// What a stream sends next: `ended`, or a blank line, which browsers pass over. Poem notices that a page is gone when it
/// writes to it, so that pages that went away give their places back when another one comes.
async fn next<E: Future<Output = ()> + Unpin>(
    waiting: Option<(E, StreamPlace)>,
) -> Option<(Event, Option<(E, StreamPlace)>)> {
    let (mut end, mut place) = waiting?;
    let is_over = matches!(future::select(&mut end, pin!(place.another())).await, Either::Left(_));
    Some(if is_over { (event("ended"), None) } else { (Event::message(""), Some((end, place))) })
}

/// Without data browsers drop an event.
fn event(name: &str) -> Event {
    Event::message("{}").event_type(name)
}
