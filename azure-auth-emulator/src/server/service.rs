//! Reads each request, notes it, and sends it to its endpoint.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::http::header::{DATE, HeaderValue};
use poem::{Endpoint, Request, Response, Result};

use crate::directory::authority::Authority;
use crate::directory::host::WrongHost;
use crate::exchange::call::{self, Call};
use crate::exchange::pages;
use crate::exchange::response::text;
use crate::faults::defect::Defect;
use crate::graph;
use crate::memory::clock;
use crate::memory::state::State;
use crate::memory::transcript::{Exchange, masked};
use crate::protocol::workload::federated_issuer;
use crate::protocol::workload::managed_identity::{self, Shape};
use crate::protocol::{
    admin_consent, authorize, discovery, emulator_defects, emulator_tokens, instance, sign_out, start_page, token,
    userinfo,
};

pub(crate) struct Service {
    pub(crate) state: Arc<State>,
}

impl Endpoint for Service {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        if let Err(wrong) = self.state.hosts.check(&request) {
            return Ok(self.refuse_other_host(&request, &wrong));
        }
        let scheme = self.state.scheme();
        let Some(call) = call::read(request, scheme).await else { return Ok(StatusCode::PAYLOAD_TOO_LARGE.into()) };
        let index = self.state.note(Exchange {
            method: call.method.to_string(),
            path: call.path.clone(),
            query: masked(&call.query),
            form: masked(&call.form),
            has_authorization: call.authorization.is_some(),
            status: 0,
        });
        let mut response = dispatch(&self.state, &call).await;
        if let Some(date) = wrong_date(&self.state) {
            response.headers_mut().insert(DATE, date);
        }
        self.state.note_status(index, response.status().as_u16());
        Ok(response)
    }
}

impl Service {
    /// Refuses a request for another host. It is noted without its content, which was meant for that host.
    fn refuse_other_host(&self, request: &Request, wrong: &WrongHost) -> Response {
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

/// What the server writes into its answers in place of the time, if its clock is wrong.
fn wrong_date(state: &State) -> Option<HeaderValue> {
    const WRONG_BY: u64 = 600;
    let now = match (state.has(Defect::ClockAhead), state.has(Defect::ClockBehind)) {
        (true, _) => clock::now() + WRONG_BY,
        (false, true) => clock::now() - WRONG_BY,
        (false, false) => return None,
    };
    HeaderValue::from_str(&clock::http_date(now)).ok()
}

async fn dispatch(state: &State, call: &Call) -> Response {
    let segments: Vec<&str> = call.path.split('/').skip(if call.is_elsewhere { 2 } else { 1 }).collect();
    let Some((first, rest)) = segments.split_first() else { return answer_not_found() };
    if let Some(response) = answer_beside_authorities(state, first, rest, call).await {
        return response;
    }
    let Some(authority) = Authority::parse(first, &state.directory) else {
        return if rest.ends_with(&["openid-configuration"]) {
            discovery::refuse_unknown_tenant(first)
        } else {
            answer_not_found()
        };
    };
    match (&authority, rest) {
        (Authority::Plain, [".well-known", "openid-configuration"]) => {
            discovery::answer_plain_document(state, call).await
        }
        (Authority::Plain, ["keys"]) => discovery::answer_plain_keys(state, call).await,
        (Authority::Plain, ["authorize"]) => authorize::answer(state, &authority, call),
        (Authority::Plain, ["token"]) => token::answer(state, &authority, call).await,
        (Authority::Plain, ["userinfo"]) => userinfo::answer(state, call).await,
        (Authority::Plain, ["logout"]) => sign_out::answer(state, call),
        (Authority::Plain, _) => answer_not_found(),
        (_, ["v2.0", ".well-known", "openid-configuration"]) => {
            discovery::answer_document(state, &authority, call).await
        }
        (_, [".well-known", "openid-configuration"]) => discovery::answer_first_version(state, &authority, call).await,
        (Authority::Common, ["discovery", "instance"]) => instance::answer(state, call),
        (_, ["discovery", "v2.0", "keys"]) => discovery::answer_keys(state, &authority, call, true).await,
        (_, ["discovery", "keys"]) => discovery::answer_keys(state, &authority, call, false).await,
        (_, ["oauth2", "v2.0", "authorize"]) => authorize::answer(state, &authority, call),
        (_, ["oauth2", "v2.0", "token"]) => token::answer(state, &authority, call).await,
        (_, ["adminconsent"] | ["v2.0", "adminconsent"]) => admin_consent::answer(state, &authority, call),
        (_, ["oauth2", "v2.0", "logout"]) => sign_out::answer(state, call),
        _ => answer_not_found(),
    }
}

/// What belongs to no tenant.
async fn answer_beside_authorities(state: &State, first: &str, rest: &[&str], call: &Call) -> Option<Response> {
    Some(match (first, rest) {
        ("", []) => start_page::answer(state),
        ("emulator", _) if call.is_of_foreign_page && !call.method.is_safe() => refuse_foreign_page(call),
        ("emulator", ["tokens"]) => emulator_tokens::answer(state, call),
        ("emulator", ["defects"]) => emulator_defects::answer(state, call),
        ("v1.0", rest) => graph::answer(state, rest, call),
        ("oidc", ["userinfo"]) => userinfo::answer(state, call).await,
        ("federated", [".well-known", "openid-configuration"]) => federated_issuer::answer_document(state),
        ("federated", ["keys"]) => federated_issuer::answer_keys(state),
        ("federated", ["token"]) => federated_issuer::answer_token(state, call),
        ("metadata", ["identity", "oauth2", "token"]) => managed_identity::answer(state, Shape::Machine, call),
        ("msi", ["token"]) => managed_identity::answer(state, Shape::Hosted, call),
        _ => return None,
    })
}

/// Refuses what only programs and the emulator's own pages may do. The real service has no such addresses, so no
/// application needs them.
fn refuse_foreign_page(call: &Call) -> Response {
    let page = call.origin.as_deref().map_or_else(|| "another origin".to_owned(), |origin| format!("{origin:?}"));
    let problem = format!(
        "found a request that a page of {page} or a frame had a browser send, expected one of a program, or of this \
         emulator's own pages; send it from a shell or a test, without Origin and Sec-Fetch-Site\n"
    );
    text(StatusCode::FORBIDDEN, &problem)
}

fn answer_not_found() -> Response {
    pages::message(StatusCode::NOT_FOUND, "Not found", "There is nothing at this address.")
}
