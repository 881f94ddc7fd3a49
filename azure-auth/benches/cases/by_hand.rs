//! What somebody in a hurry would write for credentials that were judged before: a hash map, compared in full.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime};

use poem::http::StatusCode;
use poem::http::header::{CACHE_CONTROL, HeaderMap, VARY};
use poem::web::Data;
use poem::{
    Endpoint, EndpointExt, Error, FromRequest, IntoResponse, Request, RequestBody, Response, Result, Route, get,
    handler,
};

/// Finds the credential in a request.
type Finder = fn(&HeaderMap) -> Option<&str>;

#[derive(Clone)]
struct Guard {
    find: Finder,
    known: Arc<RwLock<HashMap<String, Caller>>>,
}

#[derive(Clone)]
struct Caller {
    name: Arc<str>,
    scopes: Arc<str>,
    until: SystemTime,
}

/// A handler for whoever brings this credential and may read files.
pub(crate) fn endpoint(credential: &str, find: Finder) -> impl Endpoint<Output = Response> + 'static + use<> {
    // An answer about somebody is for no cache, whoever writes the guard.
    #[handler]
    fn files(caller: Caller) -> impl IntoResponse {
        black_box(caller);
        "files".with_header(CACHE_CONTROL, "no-store").with_header(VARY, "Cookie, Authorization")
    }
    let caller = Caller {
        name: Arc::from("Test User"),
        scopes: Arc::from("Files.Read"),
        until: SystemTime::now() + Duration::from_secs(3600),
    };
    let known = HashMap::from([(credential.to_owned(), caller)]);
    Route::new().at("/", get(files)).data(Guard { find, known: Arc::new(RwLock::new(known)) }).map_to_response()
}

impl<'a> FromRequest<'a> for Caller {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let refused = || Error::from_status(StatusCode::UNAUTHORIZED);
        let guard = Data::<&Guard>::from_request(request, body).await?;
        let credential = (guard.find)(request.headers()).ok_or_else(refused)?;
        let caller = guard.known.read().ok().and_then(|known| known.get(credential).cloned()).ok_or_else(refused)?;
        let may_read = caller.scopes.split(' ').any(|scope| scope == "Files.Read");
        if caller.until <= SystemTime::now() || caller.name.is_empty() || !may_read {
            return Err(refused());
        }
        Ok(caller)
    }
}
