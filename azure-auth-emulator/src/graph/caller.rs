//! Who calls Microsoft Graph, and what they may do there.

use serde_json::Value;

use super::graph_error::GraphError;
use crate::directory::resources::first_party::FirstParty;
use crate::directory::tenant::Tenant;
use crate::directory::user::User;
use crate::exchange::call::Call;
use crate::memory::state::State;
use crate::tokens::jwt::{Members, has_expired, read_claims, text_claim};

/// An application with a good token, for a person or for itself.
pub(super) struct Caller<'s> {
    pub(super) state: &'s State,
    pub(super) tenant: &'s Tenant,
    /// None if it calls for itself.
    user: Option<&'s User>,
    claims: Members,
}

impl<'s> Caller<'s> {
    /// Checks the token: this emulator issued it, for Microsoft Graph, and it has not expired.
    pub(super) fn identify(state: &'s State, call: &Call) -> Result<Self, GraphError> {
        let token = call.bearer().ok_or_else(|| GraphError::invalid_token("Access token is empty."))?;
        let record = state.issued.access_token(token);
        let record =
            record.ok_or_else(|| GraphError::invalid_token("Access token validation failure. Invalid signature."))?;
        let claims = read_claims(token).unwrap_or_default();
        let claim = |name: &str| text_claim(&claims, name);
        if FirstParty::named(claim("aud")) != Some(FirstParty::Graph) {
            return Err(GraphError::invalid_token("Access token validation failure. Invalid audience."));
        }
        if has_expired(&claims) {
            return Err(GraphError::invalid_token("Lifetime validation failed, the token is expired."));
        }
        let unknown = || GraphError::invalid_token("The identity of the calling application could not be established.");
        let tenant = state.directory.tenants().iter().find(|tenant| tenant.id == claim("tid")).ok_or_else(unknown)?;
        let is_of_person = claims.contains_key("scp");
        let person = || state.directory.users().find(|user| user.oid() == claim("oid")).ok_or_else(unknown);
        let user = is_of_person.then(person).transpose()?;
        let demand = user.and_then(|user| state.demands.of(user));
        if let Some(demand) = demand.filter(|demand| !record.claims.satisfies(&demand.claims)) {
            return Err(GraphError::challenge(demand.claims));
        }
        Ok(Self { state, tenant, user, claims })
    }

    /// Whether it has one of these permissions: of the person's in `scp`, of its own in `roles`.
    pub(super) fn has(&self, permissions: &[&str]) -> bool {
        let is_one = |found: &str| permissions.contains(&found);
        if self.user.is_some() {
            self.claims.get("scp").and_then(Value::as_str).unwrap_or_default().split(' ').any(is_one)
        } else {
            let roles = self.claims.get("roles").and_then(Value::as_array).into_iter().flatten();
            roles.filter_map(Value::as_str).any(is_one)
        }
    }

    pub(super) fn require(&self, permissions: &[&str]) -> Result<(), GraphError> {
        if self.has(permissions) { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// The person it calls for, if it has one of these permissions.
    pub(super) fn person(&self, permissions: &[&str]) -> Result<&'s User, GraphError> {
        let nobody = || GraphError::bad_request("/me request is only valid with delegated authentication flow.");
        let user = self.user.ok_or_else(nobody)?;
        self.require(permissions)?;
        Ok(user)
    }
}
