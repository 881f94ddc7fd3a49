//! Sign-out from the provider: its page loads this address in a hidden frame (OpenID Connect Front-Channel Logout 1.0 §2).

use poem::Response;
use poem::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue};
use poem::http::{Method, StatusCode};
use url::form_urlencoded;

use crate::rules::token::id_token;
use crate::web::application::missed_sign_outs::follow;
use crate::web::request::context::RequestContext;
use crate::web::request::request_facts;

/// Ends the sessions here that began with the session at the provider that `iss` and `sid` name. Browsers bring no
/// cookie of ours along into another site's frame, so these two are all there is; nobody guesses a `sid`.
///
/// The answer is always the same: whoever asks learns nothing about sessions.
pub(crate) async fn sign_out(context: &RequestContext<'_>) -> Response {
    if *context.request.method() == Method::GET
        && let Some(store) = &context.application().sessions
        && let Some((issuer, id)) = named(request_facts::whole_uri(context.request).query().unwrap_or_default())
    {
        let application = context.application();
        let session = id_token::named(&issuer, &id);
        if let Err(error) = follow(store.as_ref(), application.events.as_ref(), session).await {
            // The provider does not ask a second time.
            let lifetime = application.configuration.lifetimes.absolute;
            application.missed_sign_outs.note(store, &application.events, session, lifetime, &error);
        }
    }
    empty()
}

/// Both, and each once.
fn named(query: &str) -> Option<(String, String)> {
    let only = |wanted: &str| {
        let mut found = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == wanted);
        let (_, value) = found.next()?;
        found.next().is_none().then(|| value.into_owned())
    };
    Some((only("iss")?, only("sid")?))
}

/// Nothing to see and nothing to click, so that any page may frame it.
fn empty() -> Response {
    let mut response = Response::builder().status(StatusCode::OK).body(());
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors *"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_out_names_one_session_of_one_provider() {
        let both = Some(("https://a/b".to_owned(), "s".to_owned()));
        assert_eq!(named("iss=https%3A%2F%2Fa%2Fb&sid=s"), both);
        assert_eq!(named("sid=s&x=1&iss=https://a/b"), both);
        for query in ["", "iss=a", "sid=s", "iss=a&iss=b&sid=s", "iss=a&sid=s&sid=s"] {
            assert_eq!(named(query), None, "{query}");
        }
    }
}
