//! One request after the other: read, noted, sent to the endpoint it is for.

use std::sync::Arc;

use poem::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN};
use poem::http::{HeaderMap, Method, StatusCode};
use poem::{Endpoint, Request, Response, Result};
use serde_json::Value;
use url::form_urlencoded;

use crate::authority::Authority;
use crate::defect::Defect;
use crate::host::WrongHost;
use crate::sender::is_foreign_page;
use crate::state::State;
use crate::transcript::{Exchange, masked};
use crate::{
    admin_consent, authorize, discovery, emulator_tokens, instance, pages, sign_out, start_page, token, userinfo,
};

/// Forms longer than this are not read.
const FORM_LIMIT: usize = 64 * 1024;

/// Name of the emulator's own cookie: who is signed in with "Microsoft".
pub(crate) const SESSION_COOKIE: &str = "emulator-session";

/// First segment of the paths that redirects lead to. What is there is right: only not to follow is right as well.
const ELSEWHERE: &str = "elsewhere";

pub(crate) struct Service {
    pub(crate) state: Arc<State>,
}

/// A request as the endpoints see it.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    /// A redirect was followed to get here.
    pub(crate) is_elsewhere: bool,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) form: Vec<(String, String)>,
    /// The body, for those who want it in another form than that of a form.
    pub(crate) body: Vec<u8>,
    pub(crate) content_type: String,
    pub(crate) accept: String,
    pub(crate) authorization: Option<String>,
    /// Where the page is from that sent it to another origin, as browsers say.
    pub(crate) origin: Option<String>,
    /// A page that is not the emulator's own sent it, or a frame.
    pub(crate) is_of_foreign_page: bool,
    pub(crate) session: Option<String>,
}

impl Call {
    pub(crate) fn is_post(&self) -> bool {
        self.method == Method::POST
    }

    /// A parameter of the query or the form.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().chain(&self.form).find(|(candidate, _)| candidate == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// What a person did on a page of the emulator, as its form says. Nobody else can press a button there: not the
    /// address of a link, and not a form of another origin.
    pub(crate) fn pressed(&self, name: &str) -> Option<&str> {
        if !self.is_post() || self.is_of_foreign_page {
            return None;
        }
        let found = self.form.iter().find(|(candidate, _)| candidate == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

impl Endpoint for Service {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        if let Err(wrong) = self.state.hosts.check(&request) {
            return Ok(self.misdirected(&request, &wrong));
        }
        let scheme = self.state.scheme();
        let Some(call) = read(request, scheme).await else { return Ok(StatusCode::PAYLOAD_TOO_LARGE.into()) };
        let index = self.state.note(Exchange {
            method: call.method.to_string(),
            path: call.path.clone(),
            query: masked(&call.query),
            form: masked(&call.form),
            has_authorization: call.authorization.is_some(),
            status: 0,
        });
        let response = answer(&self.state, &call).await;
        self.state.note_status(index, response.status().as_u16());
        Ok(response)
    }
}

impl Service {
    /// The answer to a request for another host. It is noted without what it carried, which was meant for somebody else.
    fn misdirected(&self, request: &Request, wrong: &WrongHost) -> Response {
        tracing::debug!(%wrong, "refused a request for another host");
        self.state.note(Exchange {
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            query: Vec::new(),
            form: Vec::new(),
            has_authorization: false,
            status: StatusCode::MISDIRECTED_REQUEST.as_u16(),
        });
        text(StatusCode::MISDIRECTED_REQUEST, &format!("{wrong}; {}\n", WrongHost::REMEDY))
    }
}

async fn read(mut request: Request, scheme: &str) -> Option<Call> {
    let pairs = |text: &[u8]| form_urlencoded::parse(text).into_owned().collect::<Vec<_>>();
    let body = request.take_body().into_bytes_limit(FORM_LIMIT).await.ok()?;
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
    Some(Call {
        method: request.method().clone(),
        path: request.uri().path().to_owned(),
        is_elsewhere: request.uri().path().split('/').nth(1) == Some(ELSEWHERE),
        query: pairs(request.uri().query().unwrap_or_default().as_bytes()),
        form: pairs(&body),
        body: body.to_vec(),
        content_type: header(CONTENT_TYPE).unwrap_or_default(),
        accept: header(ACCEPT).unwrap_or_default(),
        authorization: header(AUTHORIZATION),
        origin: header(ORIGIN),
        is_of_foreign_page: is_foreign_page(request.headers(), scheme),
        session: session(request.headers()),
    })
}

fn session(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let mut pairs = cookies.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == SESSION_COOKIE).map(|(_, value)| value.to_owned())
}

async fn answer(state: &State, call: &Call) -> Response {
    let segments: Vec<&str> = call.path.split('/').skip(if call.is_elsewhere { 2 } else { 1 }).collect();
    let Some((first, rest)) = segments.split_first() else { return not_found() };
    match (*first, rest) {
        ("", []) => return start_page::answer(state),
        ("emulator", _) if call.is_of_foreign_page && !call.method.is_safe() => return of_foreign_page(call),
        ("emulator", ["tokens"]) => return emulator_tokens::answer(state, call),
        ("oidc", ["userinfo"]) => return userinfo::answer(state, call),
        _ => {}
    }
    let Some(authority) = Authority::parse(first, &state.directory) else {
        return if rest.ends_with(&["openid-configuration"]) { discovery::unknown_tenant(first) } else { not_found() };
    };
    match (&authority, rest) {
        (Authority::Plain, [".well-known", "openid-configuration"]) => discovery::plain_document(state, call).await,
        (Authority::Plain, ["keys"]) => discovery::plain_keys(state, call).await,
        (Authority::Plain, ["authorize"]) => authorize::answer(state, &authority, call),
        (Authority::Plain, ["token"]) => token::answer(state, &authority, call).await,
        (Authority::Plain, ["userinfo"]) => userinfo::answer(state, call),
        (Authority::Plain, ["logout"]) => sign_out::answer(state, call),
        (Authority::Plain, _) => not_found(),
        (_, ["v2.0", ".well-known", "openid-configuration"]) => discovery::document(state, &authority, call).await,
        (_, [".well-known", "openid-configuration"]) => discovery::first_version(state, &authority, call).await,
        (Authority::Common, ["discovery", "instance"]) => instance::answer(state, call),
        (_, ["discovery", "v2.0", "keys"]) => discovery::keys(state, &authority, call, true).await,
        (_, ["discovery", "keys"]) => discovery::keys(state, &authority, call, false).await,
        (_, ["oauth2", "v2.0", "authorize"]) => authorize::answer(state, &authority, call),
        (_, ["oauth2", "v2.0", "token"]) => token::answer(state, &authority, call).await,
        (_, ["adminconsent"] | ["v2.0", "adminconsent"]) => admin_consent::answer(state, &authority, call),
        (_, ["oauth2", "v2.0", "logout"]) => sign_out::answer(state, call),
        _ => not_found(),
    }
}

/// What only programs and own pages may do. The real service has no such addresses, and so nobody else needs them.
fn of_foreign_page(call: &Call) -> Response {
    let page = call.origin.as_deref().map_or_else(|| "another origin".to_owned(), |origin| format!("{origin:?}"));
    let problem = format!(
        "found a request that a page of {page} or a frame had a browser send, expected one of a program, or of this \
         emulator's own pages; send it from a shell or a test, without Origin and Sec-Fetch-Site\n"
    );
    text(StatusCode::FORBIDDEN, &problem)
}

/// Plain text that nothing stores, frames or takes for anything else.
pub(crate) fn text(status: StatusCode, text: &str) -> Response {
    Response::builder()
        .status(status)
        .content_type("text/plain; charset=utf-8")
        .header("cache-control", "no-store")
        .header("x-content-type-options", "nosniff")
        .header("x-frame-options", "DENY")
        .body(text.to_owned())
}

/// JSON, with the headers that metadata and token answers share.
pub(crate) fn json(status: u16, value: &Value) -> Response {
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .content_type("application/json; charset=utf-8")
        .header("x-content-type-options", "nosniff")
        .header("x-ms-request-id", "fe370167-0bac-4a7c-98c7-b1df1d63f801")
        .body(value.to_string())
}

pub(crate) fn redirect(address: &str) -> Response {
    Response::builder().status(StatusCode::FOUND).header(LOCATION, address).finish()
}

/// The ways in which any endpoint of the back channel may be broken.
pub(crate) struct Broken {
    pub(crate) server_error: Defect,
    pub(crate) html: Defect,
    pub(crate) huge: Defect,
    pub(crate) redirects: Defect,
    pub(crate) slow: Defect,
}

impl Broken {
    /// The answer in the place of the right one, if a defect puts one there. A slow one waits until it is mended.
    pub(crate) async fn answer(&self, state: &State, call: &Call) -> Option<Response> {
        state.while_slow(self.slow).await;
        let html = |status| {
            Response::builder()
                .status(status)
                .content_type("text/html")
                .body("<html><body>Please sign in to the network</body></html>")
        };
        if state.has(self.server_error) {
            Some(html(StatusCode::INTERNAL_SERVER_ERROR))
        } else if state.has(self.html) {
            Some(html(StatusCode::OK))
        } else if state.has(self.redirects) && !call.is_elsewhere {
            // Method and form go along: whoever follows sends its secret a second time.
            let address = format!("{}/{ELSEWHERE}{}", state.origin, call.path);
            Some(Response::builder().status(StatusCode::TEMPORARY_REDIRECT).header(LOCATION, address).finish())
        } else {
            None
        }
    }

    /// Right in every member, and longer than anyone should read.
    pub(crate) fn pad(&self, state: &State, answer: &mut Value) {
        if state.has(self.huge) {
            answer["padding"] = Value::String("x".repeat(1024 * 1024));
        }
    }
}

fn not_found() -> Response {
    pages::message(StatusCode::NOT_FOUND, "Not found", "There is nothing at this address.")
}
