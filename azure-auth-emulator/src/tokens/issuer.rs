//! `iss`, as tokens and documents write it.

use crate::directory::authority::Authority;
use crate::memory::state::State;

/// `iss` of version 1.0. The real service puts it on a host of its own; the slash at its end is the same.
pub(crate) fn first_version_issuer(state: &State, tenant: &str) -> String {
    format!("{}/{tenant}/", state.origin)
}

/// `iss` as the discovery document writes it.
pub(crate) fn issuer(state: &State, authority: &Authority) -> String {
    let origin = &state.origin;
    match authority {
        Authority::Tenant(id) => format!("{origin}/{id}/v2.0"),
        Authority::Common | Authority::Organizations => format!("{origin}/{{tenantid}}/v2.0"),
        Authority::Plain => format!("{origin}/plain"),
    }
}

/// `iss` of tokens for a tenant, whichever authority was asked for them.
pub(crate) fn issuer_of_tokens(state: &State, authority: &Authority, tenant: &str) -> String {
    match authority {
        Authority::Plain => issuer(state, authority),
        _ => issuer(state, &Authority::Tenant(tenant.to_owned())),
    }
}
