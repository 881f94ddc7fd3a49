//! Microsoft Graph, as far as an application needs it to show who somebody is. It lies on the same port.

mod applications;
mod caller;
mod graph_error;
mod mail;
mod memberships;
mod organization;
mod paging;
mod people;

use poem::Response;
use poem::http::Method;
use serde_json::Value;

use caller::Caller;
use graph_error::GraphError;

use crate::exchange::call::Call;
use crate::exchange::response;
use crate::faults::forced_error::Place;
use crate::memory::state::State;

/// What lies below `/v1.0/`. The token is checked first, as at the real service, which says nothing of its addresses to
/// strangers; only registrations are for everybody here.
pub(crate) fn answer(state: &State, segments: &[&str], call: &Call) -> Response {
    let found = applications::answer(state, segments, call).unwrap_or_else(|| find(state, segments, call));
    match found {
        Ok(response) => response,
        Err(error) => error.to_response(call),
    }
}

fn find(state: &State, segments: &[&str], call: &Call) -> Result<Response, GraphError> {
    if let Some(error) = state.forced_error(Place::Graph) {
        return Err(GraphError::forced(&error));
    }
    let caller = Caller::identify(state, call)?;
    let json = |value: Result<Value, GraphError>| value.map(|value| response::json(200, &value));
    match (&call.method, segments) {
        (&Method::GET, ["me"]) => json(people::me(&caller)),
        (&Method::GET, ["me", "photo", "$value"]) => people::photo(&caller),
        (&Method::GET, ["me", "messages"]) => json(mail::messages(&caller)),
        (&Method::GET, ["me", "memberOf"]) => json(memberships::member_of(&caller, call)),
        (&Method::POST, ["me", "checkMemberGroups"]) => json(memberships::check_member_groups(&caller, call)),
        (&Method::GET, ["users"]) => json(people::users(&caller, call)),
        (&Method::GET, ["organization"]) => json(organization::organization(&caller)),
        _ => Err(GraphError::not_found(segments)),
    }
}
