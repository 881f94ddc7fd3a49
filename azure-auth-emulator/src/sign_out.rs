//! Sign-out from "Microsoft", and back to the application.

use poem::Response;
use poem::http::header::{HeaderValue, SET_COOKIE};
use url::Url;

use crate::pages;
use crate::server::{Call, SESSION_COOKIE, redirect};
use crate::state::State;

/// `GET` or `POST`. Without `logout_hint` a page asks which account, as the real service does; its button sends the
/// same parameters with `confirmed`.
pub(crate) fn answer(state: &State, call: &Call) -> Response {
    let user = call.session.as_deref().and_then(|session| state.session_user(session));
    let is_confirmed = call.parameter("logout_hint").is_some() || call.parameter("confirmed").is_some();
    if let Some(user) = user
        && !is_confirmed
    {
        return pages::choose_sign_out(user, call);
    }
    if let Some(session) = &call.session {
        state.end_session(session);
    }
    // Only back to where a sign-in could have come from; there is no separate list.
    let wanted = call.parameter("post_logout_redirect_uri");
    let registered =
        wanted.filter(|uri| state.directory.applications.iter().any(|application| application.is_registered(uri)));
    let mut response = match registered {
        Some(uri) => redirect(&with_state(uri, call.parameter("state"))),
        None => pages::signed_out(),
    };
    if let Ok(cookie) = HeaderValue::from_str(&format!("{SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"))
    {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
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
