//! `/oidc/userinfo`, as far as the access tokens of this emulator go.

use poem::Response;
use poem::http::StatusCode;
use serde_json::json;

use crate::directory::authority::Authority;
use crate::directory::resources::first_party::FirstParty;
use crate::directory::user::User;
use crate::exchange::call::Call;
use crate::exchange::response;
use crate::faults::defect::Defect;
use crate::memory::state::State;
use crate::tokens::access_token::subject;
use crate::tokens::id_token;
use crate::tokens::jwt::{has_expired, read_claims, text_claim};

/// Answers with the person an access token was issued to, `sub` as in the ID token beside it (OpenID Connect Core 1.0
/// §5.3.2). Only tokens of this emulator for Microsoft Graph are known, until they expire.
pub(crate) async fn answer(state: &State, call: &Call) -> Response {
    state.wait_while(Defect::UserInfoSlow).await;
    let Some(person) = call.bearer().and_then(|token| find(state, token)) else {
        return StatusCode::UNAUTHORIZED.into();
    };
    let Person { user, sub, scopes, is_at_entra } = person;
    let has_scope = |name: &str| scopes.split(' ').any(|scope| scope == name);
    let mut answer = json!({"sub": sub});
    if has_scope("profile") {
        answer["name"] = json!(user.name);
        if let Some((given_name, family_name)) = user.name.split_once(' ').filter(|_| is_at_entra) {
            answer["given_name"] = json!(given_name);
            answer["family_name"] = json!(family_name);
            answer["picture"] = json!(format!("{}/v1.0/me/photo/$value", state.origin));
        }
    }
    if state.has(Defect::UserInfoOfAnother) {
        answer["sub"] = json!("another");
    }
    if state.has(Defect::UserInfoRefused) {
        return StatusCode::FORBIDDEN.into();
    }
    if let Some(email) = user.email.as_ref().filter(|_| has_scope("email")) {
        answer["email"] = json!(email);
    }
    response::json(200, &answer)
}

/// The person of a token.
struct Person {
    user: User,
    /// What they are called at the client.
    sub: String,
    /// What the client may know of them.
    scopes: String,
    /// Not at the ordinary provider.
    is_at_entra: bool,
}

fn find(state: &State, token: &str) -> Option<Person> {
    let record = state.issued.access_token(token)?;
    let claims = read_claims(token)?;
    if has_expired(&claims) || FirstParty::named(text_claim(&claims, "aud")) != Some(FirstParty::Graph) {
        return None;
    }
    let scopes = text_claim(&claims, "scp").to_owned();
    if let Some(grant) = record.grant {
        let (sub, is_at_entra) = (id_token::subject(&grant), grant.authority != Authority::Plain);
        return Some(Person { user: grant.user, sub, scopes, is_at_entra });
    }
    let user = state.directory.users().find(|user| user.oid() == text_claim(&claims, "oid"))?.clone();
    let sub = subject(text_claim(&claims, "tid"), text_claim(&claims, "appid"), &user);
    let has_openid = scopes.split(' ').any(|scope| scope == "openid");
    has_openid.then_some(Person { user, sub, scopes, is_at_entra: true })
}
