//! `/oidc/userinfo`, as far as the access tokens of this emulator go.

use poem::Response;
use poem::http::StatusCode;
use serde_json::json;

use crate::exchange::call::Call;
use crate::exchange::response;
use crate::faults::defect::Defect;
use crate::memory::state::State;
use crate::tokens::id_token;

/// Answers with the person an access token was issued to, `sub` as in the ID token beside it (OpenID Connect Core 1.0
/// §5.3.2). Only tokens of this emulator are known.
pub(crate) async fn answer(state: &State, call: &Call) -> Response {
    state.wait_while(Defect::UserInfoSlow).await;
    let token = call.authorization.as_deref().and_then(|header| header.strip_prefix("Bearer "));
    let Some(grant) = token.and_then(|token| state.access_grant(token)) else {
        return StatusCode::UNAUTHORIZED.into();
    };
    let mut answer = json!({"sub": id_token::subject(&grant)});
    if grant.has_scope("profile") {
        answer["name"] = json!(grant.user.name);
    }
    if state.has(Defect::UserInfoOfAnother) {
        answer["sub"] = json!("another");
    }
    if state.has(Defect::UserInfoRefused) {
        return StatusCode::FORBIDDEN.into();
    }
    if let Some(email) = grant.user.email.as_ref().filter(|_| grant.has_scope("email")) {
        answer["email"] = json!(email);
    }
    response::json(200, &answer)
}
