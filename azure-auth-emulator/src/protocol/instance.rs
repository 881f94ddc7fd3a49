//! `/common/discovery/instance`: is a host one of this cloud?

use poem::Response;
use serde_json::json;
use url::Url;

use crate::exchange::call::Call;
use crate::exchange::response;
use crate::faults::entra_error::EntraError;
use crate::memory::state::State;

/// `GET` with the `authorization_endpoint` that a client means to use. The real service knows its own hosts; this one
/// knows itself, under both names of this machine.
pub(crate) fn answer(state: &State, call: &Call) -> Response {
    let endpoint = call.parameter("authorization_endpoint").and_then(|endpoint| Url::parse(endpoint).ok());
    let Some(tenant) = endpoint.as_ref().filter(|endpoint| is_here(state, endpoint)).and_then(tenant) else {
        let error = EntraError::new("invalid_instance", 50049, "Unknown or invalid instance.");
        return response::json(error.status(), &error.to_json());
    };
    let host = state.host();
    let aliases = [host.to_owned(), host.replace("127.0.0.1", "localhost")];
    response::json(
        200,
        &json!({
            "tenant_discovery_endpoint": format!("{}/{tenant}/v2.0/.well-known/openid-configuration", state.origin),
            "api-version": "1.1",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": aliases}],
        }),
    )
}

fn is_here(state: &State, endpoint: &Url) -> bool {
    let origin = endpoint.origin().ascii_serialization();
    origin == state.origin || origin.replace("//localhost:", "//127.0.0.1:") == state.origin
}

fn tenant(endpoint: &Url) -> Option<&str> {
    endpoint.path_segments()?.next().filter(|segment| !segment.is_empty())
}
