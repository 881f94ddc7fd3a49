//! Sign-out from "Microsoft", and back to the application.

use poem::Response;
use poem::http::header::{HeaderValue, SET_COOKIE};
use url::Url;

use crate::exchange::call::{Call, SESSION_COOKIE};
use crate::exchange::pages;
use crate::exchange::response::redirect;
use crate::memory::state::State;

/// `GET` or `POST`. Without `logout_hint` a page asks which account, as the real service does; its button sends the
/// same parameters with `confirmed`. Where applications of the session want to know, a page tells them before it goes
/// back; otherwise a redirect does.
pub(crate) fn answer(state: &State, call: &Call) -> Response {
    let session = call.session.as_deref().and_then(|cookie| state.session(cookie));
    let user = session.as_ref().and_then(|session| state.directory.user_by_name(&session.user_name));
    let is_confirmed = call.parameter("logout_hint").is_some() || call.pressed("confirmed").is_some();
    if let Some(user) = user
        && !is_confirmed
    {
        return pages::choose_sign_out(user, call);
    }
    let front_channel = session.map(|session| session.front_channel).unwrap_or_default();
    if let Some(cookie) = &call.session {
        state.end_session(cookie);
    }
    let mut response = match destination(state, call) {
        Some(address) if front_channel.is_empty() => redirect(&address),
        address => pages::signed_out(&front_channel, address.as_deref()),
    };
    if let Ok(cookie) = HeaderValue::from_str(&format!("{SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"))
    {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// A sign-out may lead back to every registered redirect URI; registrations have no separate list for it.
fn destination(state: &State, call: &Call) -> Option<String> {
    let uri = call.parameter("post_logout_redirect_uri")?;
    let is_registered = state.directory.applications.iter().any(|application| application.is_registered(uri));
    is_registered.then(|| with_state(uri, call.parameter("state")))
}

/// `state` comes back (OpenID Connect RP-Initiated Logout 1.0 §3).
fn with_state(uri: &str, state: Option<&str>) -> String {
    match (Url::parse(uri), state) {
        (Ok(mut address), Some(state)) => {
            address.query_pairs_mut().append_pair("state", state);
            address.to_string()
        }
        _ => uri.to_owned(),
    }
}
