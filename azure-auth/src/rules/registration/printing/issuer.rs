//! The last part of what a program is told of its registration: where its people come from.

use crate::model::registration::application::SignInAudience;

/// What stands in an authority for the tenants of everybody who signs in; the tenant itself where it is one.
pub(crate) fn tenant_alias(audience: SignInAudience) -> Option<&'static str> {
    match audience {
        SignInAudience::OneTenant => None,
        SignInAudience::WorkTenants => Some("organizations"),
        SignInAudience::Everybody => Some("common"),
        SignInAudience::PersonalAccounts => Some("consumers"),
    }
}
