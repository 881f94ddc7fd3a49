//! Tokens of programs that need no secret, because what they run on vouches for them.

use serde_json::json;

use super::jwt::{Algorithm, Draft};
use crate::directory::application::credentials::TOKEN_EXCHANGE;
use crate::directory::managed_identity::ManagedIdentity;
use crate::faults::defect::Defect;
use crate::memory::clock::{BACKDATED, now};
use crate::memory::random::random_text;
use crate::memory::state::State;

/// How long a federated token is good, in seconds.
pub(crate) const FEDERATED_LIFETIME: u64 = 3600;

/// How long ago tokens expired that are to have expired.
const EXPIRED_BY: u64 = 600;

/// Who issues federated tokens: a service beside Entra, such as a cluster or a build server.
pub(crate) fn federated_issuer(state: &State) -> String {
    format!("{}/federated", state.origin)
}

/// A token of that service, which says of whoever shows it that it is this subject.
pub(crate) fn federated(state: &State, subject: &str) -> String {
    let audience = if state.has(Defect::FederatedTokenForAnother) { "https://another.example" } else { TOKEN_EXCHANGE };
    let expires = expiry(FEDERATED_LIFETIME, state.has(Defect::FederatedTokenExpired));
    let issued = expires - FEDERATED_LIFETIME;
    let claims = json!({
        "iss": federated_issuer(state), "sub": subject, "aud": audience, "jti": random_text(),
        "iat": issued, "nbf": issued, "exp": expires,
    });
    Draft::new(claims, state.keys().current).sign(Algorithm::Rs256)
}

/// A token of the managed identity for an API, and when it ends.
pub(crate) fn of_managed_identity(state: &State, tenant: &str, resource: &str, lifetime: u64) -> (String, u64) {
    let identity = ManagedIdentity::of_emulator();
    let expires = expiry(lifetime, state.has(Defect::ManagedIdentityTokenExpired));
    // A token was issued before it expired.
    let issued = (now() - BACKDATED).min(expires.saturating_sub(lifetime));
    let claims = json!({
        "ver": "2.0", "iss": ManagedIdentity::issuer(&state.origin, tenant),
        "aud": resource.strip_suffix('/').unwrap_or(resource),
        "iat": issued, "nbf": issued, "exp": expires, "aio": random_text(), "rh": "1.AX0A", "uti": random_text(), "tid": tenant,
        "azp": identity.client_id(), "azpacr": "2", "idtyp": "app",
        "oid": identity.principal_id(), "sub": identity.principal_id(),
    });
    (Draft::new(claims, state.keys().of_tenant(tenant)).sign(Algorithm::Rs256), expires)
}

fn expiry(lifetime: u64, has_expired: bool) -> u64 {
    if has_expired { now() - EXPIRED_BY } else { now().saturating_add(lifetime) }
}
