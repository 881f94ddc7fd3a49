//! The registration that a program needs.

mod addresses;
mod clients;
mod exposed;
mod permissions;
#[cfg(test)]
pub(crate) mod tests;

use azure_auth_policy::Guid;
use thiserror::Error;

pub(super) use self::addresses::without_port;
use self::exposed::Exposed;
use super::program::Program;
use crate::model::registration::application::{
    Api, ApplicationObject, CLIENT_ID, GroupMembershipClaims, OptionalClaim, OptionalClaims, PermissionKind,
    Registration, SignInAudience,
};
use crate::model::settings::authority::TenantName;

/// A registration, and what could not be found out about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Built {
    pub(crate) registration: Registration,
    /// Permissions that the program needs and whose ids nobody here knows.
    pub(crate) undetermined: Vec<Undetermined>,
}

/// One of them is needed at least, and no more is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Undetermined {
    /// None: the client id of the API is not known either.
    pub(crate) api: Option<Guid>,
    pub(crate) kind: PermissionKind,
}

/// Names that Entra ID refuses beside each other. Usual cause: a typing error in a name that is written in quotes; an item of
/// `app!` is never both.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", .0.join("\n"))]
pub(crate) struct Collisions(pub(crate) Vec<String>);

/// Everything that the program needs of its registration. The same program gives the same one, in the same order.
pub(crate) fn build(program: &Program<'_>) -> Result<Built, Collisions> {
    let exposed = exposed::exposed(program)?;
    let mut open_points = Vec::new();
    exposed::judge_lengths(program, &exposed.scopes, &mut open_points);
    let (required_resource_access, undetermined) = permissions::required(program, &mut open_points);
    let application = ApplicationObject {
        app_id: program.client_id,
        display_name: program.name.to_owned(),
        sign_in_audience: audience(program, &mut open_points),
        identifier_uris: identifier_uris(program, &exposed),
        group_membership_claims: groups(program, &mut open_points),
        web: addresses::web(program, &mut open_points),
        spa: addresses::spa(program),
        public_client: addresses::none(),
        is_fallback_public_client: false,
        api: api(program, &exposed, &mut open_points),
        optional_claims: optional_claims(program, &exposed, &mut open_points),
        app_roles: exposed.granted_roles(program, &mut open_points),
        required_resource_access,
    };
    let tenant = match program.tenant {
        Some(TenantName::Id(tenant)) => Some(*tenant),
        _ => None,
    };
    let federated_credentials = program.federated_credentials.clone();
    let registration = Registration { application, tenant, federated_credentials, open_points };
    Ok(Built { registration, undetermined })
}

fn audience(program: &Program<'_>, open_points: &mut Vec<String>) -> SignInAudience {
    match program.tenant {
        Some(TenantName::Id(_) | TenantName::Domain(_)) => SignInAudience::OneTenant,
        Some(TenantName::Organizations) => SignInAudience::WorkTenants,
        Some(TenantName::Common) => SignInAudience::Everybody,
        Some(TenantName::Consumers) => SignInAudience::PersonalAccounts,
        None => {
            open_points.push(
                "AZURE_ISSUER_URI is not set, so that this is for the accounts of one tenant; set it if others sign in too"
                    .to_owned(),
            );
            SignInAudience::OneTenant
        }
    }
}

/// What other programs call this one: as configured, or as Entra ID proposes it.
fn identifier_uris(program: &Program<'_>, exposed: &Exposed) -> Vec<String> {
    if let Some(audiences) = program.audiences {
        return audiences.iter().filter(|audience| audience.contains("://")).cloned().collect();
    }
    let is_asked_for = !exposed.scopes.is_empty() || exposed.has_roles_of_applications();
    match program.client_id {
        _ if !is_asked_for => Vec::new(),
        Some(id) => vec![format!("api://{id}")],
        None => vec![format!("api://{CLIENT_ID}")],
    }
}

fn groups(program: &Program<'_>, open_points: &mut Vec<String>) -> Option<GroupMembershipClaims> {
    let groups = program.named_groups();
    if groups.is_empty() {
        return None;
    }
    let names: Vec<String> = groups.iter().map(ToString::to_string).collect();
    open_points.push(format!(
        "tokens name the groups that are assigned to the application; assign these under \"Users and groups\" of the enterprise \
         application: {}",
        names.join(", ")
    ));
    Some(GroupMembershipClaims::ApplicationGroup)
}

fn api(program: &Program<'_>, exposed: &Exposed, open_points: &mut Vec<String>) -> Api {
    let (known_client_applications, pre_authorized_applications) = clients::clients(program, exposed, open_points);
    Api {
        requested_access_token_version: 2,
        known_client_applications,
        scopes: exposed.scopes.clone(),
        pre_authorized_applications,
    }
}

/// Claims that tokens contain only where a registration asks for them.
fn optional_claims(program: &Program<'_>, exposed: &Exposed, open_points: &mut Vec<String>) -> OptionalClaims {
    let claim = |name| OptionalClaim { name, essential: false, additional_properties: Vec::new() };
    if program.has_personal_accounts() {
        open_points.push(
            "registrations for personal accounts have no optional claims, so that sign-out asks which account to sign out, and \
             a sign-out elsewhere ends no session here; use `organizations` or a tenant in AZURE_ISSUER_URI if nobody signs in \
             with a personal account"
                .to_owned(),
        );
        return OptionalClaims::default();
    }
    let mut claims = OptionalClaims::default();
    if program.signs_in() {
        claims.id_token = ["login_hint", "sid", "acrs"].map(claim).into();
    }
    if exposed.is_called() {
        let tells_applications = vec!["include_user_token"];
        let kind = OptionalClaim { additional_properties: tells_applications, ..claim("idtyp") };
        claims.access_token = vec![kind, claim("acrs")];
    }
    claims
}
