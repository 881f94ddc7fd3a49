//! The endpoint of the managed identity, in the two shapes that it has: on virtual machines, and in hosted applications.

use poem::Response;
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::directory::guid::CONSUMERS;
use crate::directory::managed_identity::{IDENTITY_HEADER, ManagedIdentity};
use crate::exchange::call::Call;
use crate::exchange::response;
use crate::faults::defect::Defect;
use crate::memory::clock::{BACKDATED, now};
use crate::memory::state::State;
use crate::tokens::workload_token;

/// Where a program finds the endpoint, and what it has to say there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `/metadata/identity/oauth2/token`, of a virtual machine, with `Metadata: true`.
    Machine,
    /// `/msi/token`, of a hosted application, with `X-IDENTITY-HEADER`.
    Hosted,
}

/// Tokens live a day, unless a test says otherwise.
const A_DAY: u64 = 24 * 60 * 60;

/// `GET` with `api-version` and `resource`, and perhaps `client_id`.
pub(crate) fn answer(state: &State, shape: Shape, call: &Call) -> Response {
    if let Some(broken) = answer_defect(state) {
        return broken;
    }
    match check(shape, call).and_then(|resource| issue(state, shape, resource, call)) {
        Ok(answer) => response::json(200, &answer),
        Err(refusal) => refusal.to_response(shape),
    }
}

/// Why there is no token.
struct Refusal {
    status: u16,
    error: &'static str,
    description: String,
}

impl Refusal {
    fn new(status: u16, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into() }
    }

    /// Each shape has its own words.
    fn to_response(&self, shape: Shape) -> Response {
        let body = match shape {
            Shape::Machine => json!({"error": self.error, "error_description": self.description}),
            Shape::Hosted => json!({"statusCode": self.status, "error": self.error, "message": self.description}),
        };
        response::json(self.status, &body)
    }
}

/// The wrong answer that a defect puts in the place of the right one.
fn answer_defect(state: &State) -> Option<Response> {
    if state.has(Defect::ManagedIdentityUnavailable) {
        let text = "The service is temporarily unavailable. Try again.";
        return Some(Refusal::new(503, "server_error", text).to_response(Shape::Machine));
    }
    if state.has(Defect::ManagedIdentityThrottled) {
        let mut response = Refusal::new(429, "too_many_requests", "Too many requests.").to_response(Shape::Machine);
        response::retry_after(&mut response, Some(5));
        return Some(response);
    }
    let html = "<html><body>Please sign in to the network</body></html>";
    let answer = || Response::builder().status(StatusCode::OK).content_type("text/html").body(html);
    state.has(Defect::ManagedIdentityHtml).then(answer)
}

/// The API that a request asks for, if a program on the machine itself sent it, in the words of this shape.
fn check(shape: Shape, call: &Call) -> Result<&str, Refusal> {
    let version = match shape {
        Shape::Machine => {
            check_machine(call)?;
            "2018-02-01"
        }
        Shape::Hosted => {
            if call.identity_header.as_deref() != Some(IDENTITY_HEADER) {
                return Err(Refusal::new(401, "unauthorized", "The header X-IDENTITY-HEADER is missing or wrong."));
            }
            "2019-08-01"
        }
    };
    if call.method != Method::GET {
        return Err(Refusal::new(405, "method_not_allowed", "The endpoint only accepts GET requests."));
    }
    if call.parameter("api-version") != Some(version) {
        let text = format!("The api-version is missing or not supported; expected is {version}.");
        return Err(Refusal::new(400, "invalid_request", text));
    }
    call.parameter("resource")
        .ok_or_else(|| Refusal::new(400, "invalid_request", "Required query variable 'resource' is missing"))
}

/// Neither pages nor proxies can send this header, and who was forwarded is somewhere else.
fn check_machine(call: &Call) -> Result<(), Refusal> {
    if call.metadata.as_deref().is_none_or(|value| !value.eq_ignore_ascii_case("true")) {
        return Err(Refusal::new(400, "invalid_request", "Required metadata header not specified"));
    }
    if call.is_forwarded {
        return Err(Refusal::new(400, "invalid_request", "Requests with X-Forwarded-For are not answered"));
    }
    Ok(())
}

fn issue(state: &State, shape: Shape, resource: &str, call: &Call) -> Result<Value, Refusal> {
    let identity = ManagedIdentity::of_emulator();
    if call.parameter("client_id").is_some_and(|asked| asked != identity.client_id()) {
        return Err(Refusal::new(400, "invalid_request", "Identity not found"));
    }
    let tenant = state.directory.tenants.first().filter(|tenant| tenant.id != CONSUMERS);
    let tenant = tenant.ok_or_else(|| Refusal::new(400, "invalid_request", "Identity not found"))?;
    let lifetime = state.lifetimes().access_token.unwrap_or(A_DAY);
    let (token, expires) = workload_token::of_managed_identity(state, &tenant.id, resource, lifetime);
    // Every number is a text here.
    let mut answer = json!({
        "access_token": token, "expires_on": expires.to_string(), "resource": resource, "token_type": "Bearer",
        "client_id": identity.client_id(),
    });
    if shape == Shape::Machine {
        let left = expires.saturating_sub(now()).to_string();
        answer["expires_in"] = json!(left);
        answer["ext_expires_in"] = json!(left);
        answer["not_before"] = json!((now() - BACKDATED).to_string());
    }
    Ok(answer)
}
