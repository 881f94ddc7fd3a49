//! `/oidc/userinfo`, as far as the access tokens of this emulator go.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::Response;
use poem::http::StatusCode;
use serde_json::{Value, json};

use crate::server::{self, Call};
use crate::state::State;

/// Answers with the person an access token was issued to. Our own tokens name them; nobody else's are accepted.
pub(crate) fn answer(state: &State, call: &Call) -> Response {
    let user = call.authorization.as_deref().and_then(object).and_then(|object| state.directory.user_by_name(&object));
    match user {
        Some(user) => server::json(200, &json!({"sub": user.id, "name": user.name, "email": user.email})),
        None => StatusCode::UNAUTHORIZED.into(),
    }
}

fn object(header: &str) -> Option<String> {
    let payload = header.strip_prefix("Bearer ")?.split('.').nth(1)?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    claims.get("oid")?.as_str().map(ToOwned::to_owned)
}
