//! A request with a token for another API in hand, beside the same request without one.

use std::hint::black_box;

use azure_auth::testing::{TestAuth, TestIdentity};
use azure_auth::{SessionStore, Token, User, graph};
use poem::http::header::{COOKIE, HOST, HeaderMap, HeaderValue};
use poem::{Endpoint, EndpointExt, Response, get, handler};

use super::access_token::{bearer, headers};
use super::session::{at_once, browser_headers, requests_with};
use super::{Iteration, Material};

/// What a token of Microsoft Graph has.
const TOKEN_LENGTH: usize = 2048;

fn auth() -> TestAuth {
    TestAuth::with(|builder| builder.session_store(SessionStore::Memory))
}

fn plain(auth: &TestAuth) -> impl Endpoint<Output = Response> + 'static {
    #[azure_auth::protect]
    #[handler]
    fn page(user: User) -> &'static str {
        black_box(user);
        "files"
    }
    azure_auth::endpoints! { "/" => get(page) }.with(auth.azure_auth())
}

fn with_token(auth: &TestAuth) -> impl Endpoint<Output = Response> + 'static {
    #[azure_auth::protect]
    #[handler]
    fn page(user: User, token: Token<graph::MailRead>) -> &'static str {
        black_box((user, token.authorization()));
        drop(token);
        "files"
    }
    auth.give_token::<graph::MailRead>(&TestIdentity::user(), &"t".repeat(TOKEN_LENGTH));
    azure_auth::endpoints! { "/" => get(page) }.with(auth.azure_auth())
}

/// The floor: a session that was seen before.
pub(super) fn session_without_token(_: &Material) -> Iteration {
    let auth = auth();
    requests_with(plain(&auth), of_session(&auth))
}

pub(super) fn session_with_token(_: &Material) -> Iteration {
    let auth = auth();
    requests_with(with_token(&auth), of_session(&auth))
}

/// The floor: an access token that was seen before.
pub(super) fn caller_without_token(_: &Material) -> Iteration {
    let auth = auth();
    requests_with(plain(&auth), headers(&bearer(&auth)))
}

/// With a token that was got on behalf of its person.
pub(super) fn caller_with_token(_: &Material) -> Iteration {
    let auth = auth();
    requests_with(with_token(&auth), headers(&bearer(&auth)))
}

fn of_session(auth: &TestAuth) -> HeaderMap {
    let cookie = at_once(auth.session_cookie(&TestIdentity::user()));
    let mut headers = browser_headers();
    headers.insert(HOST, HeaderValue::from_static("localhost"));
    headers.insert(COOKIE, HeaderValue::try_from(cookie).expect("a header"));
    headers
}
