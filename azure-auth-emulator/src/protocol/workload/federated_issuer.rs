//! `/federated`: a service whose tokens an application may trust in the place of a secret, such as a cluster or a build
//! server. Scripts get a token of any subject here, because it is for development.

use poem::Response;
use poem::http::StatusCode;
use serde_json::json;

use crate::exchange::call::Call;
use crate::exchange::response::{json as answer_json, text};
use crate::memory::state::State;
use crate::tokens::workload_token::{federated, federated_issuer};

/// `/federated/.well-known/openid-configuration`.
pub(crate) fn answer_document(state: &State) -> Response {
    let issuer = federated_issuer(state);
    let document = json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    answer_json(200, &document)
}

/// `/federated/keys`: those that sign, and that will sign next.
pub(crate) fn answer_keys(state: &State) -> Response {
    let ring = state.keys();
    let keys = [&ring.current, &ring.next].map(|key| {
        let mut key = key.to_json();
        key["alg"] = json!("RS256");
        key
    });
    answer_json(200, &json!({"keys": keys}))
}

/// `/federated/token?subject=…`: the token alone, ready for a file.
pub(crate) fn answer_token(state: &State, call: &Call) -> Response {
    match call.parameter("subject") {
        Some(subject) => text(StatusCode::OK, &federated(state, subject)),
        None => text(StatusCode::BAD_REQUEST, "found no subject, expected one; write /federated/token?subject=…\n"),
    }
}
