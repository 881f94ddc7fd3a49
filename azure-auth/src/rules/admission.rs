//! Requirement × principal → admitted, or not and why.

use std::{fmt, slice};

use thiserror::Error;

use super::same_origin::ForeignRequest;
use crate::model::groups::Groups;
use crate::model::guid::Guid;
use crate::model::principal::{Evidence, Party, Principal};
use crate::model::proof::Fact;
use crate::model::reason::Reason;
use crate::model::refusal::Refusal;
use crate::model::requirement::{Choice, Policy, Requirement, Via, separated};

/// Why a caller is not admitted. Found and expected are ids, roles and scopes, never names or addresses.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum NotAdmitted {
    #[error("no session and no `Authorization` header; sign in, or send an access token")]
    NotSignedIn,
    #[error("the request comes with {found} `Authorization` headers, expected one")]
    SeveralAuthorizations { found: usize },
    #[error("the `Authorization` header is not `Bearer` with one token; send an access token, or no such header")]
    AuthorizationScheme,
    #[error(transparent)]
    Foreign(#[from] ForeignRequest),
    #[error("the handler is for sessions only (`via = session`), the request came with an access token")]
    SessionRequired,
    #[error("the handler is for access tokens only (`via = bearer`), the request came with a session; send a token")]
    BearerRequired,
    #[error("the caller is of tenant {found}, expected {}", List(expected))]
    Tenant { expected: &'static [Guid], found: Guid },
    #[error("the handler lists `tenants`, and the signed-in person has none; this provider has no tenants")]
    TenantMissing,
    #[error("the token has the scopes {found}, expected `{expected}`; request it in the client and consent to it")]
    Scope { expected: &'static str, found: String },
    #[error("the person has the roles {}, expected {expected}; assign it, then sign in again", Names(found))]
    Role { expected: Choice<&'static str>, found: Vec<String> },
    #[error("the person is in none of the groups in question, expected {expected}")]
    Group { expected: Choice<Guid> },
    #[error(
        "the person's groups are not known (overage, names in place of ids, or signed in before the groups were asked \
         for), expected {expected}"
    )]
    GroupsUnknown { expected: String },
    #[error("an application without a user called; the handler has no `app_roles`")]
    ApplicationUnwanted,
    #[error(
        "the application has the roles {}, expected {expected}; grant it and consent as an administrator",
        Names(found)
    )]
    AppRole { expected: Choice<&'static str>, found: Vec<String> },
    #[error("the policy does not admit the caller: `{policy}`")]
    Policy { policy: &'static Policy },
    #[error("{0}")]
    Check(Refusal),
    #[error("the handler takes a `User`, the caller is an application without one")]
    UserRequired,
    #[error("the handler takes an `Application`, the caller is a person")]
    ApplicationRequired,
}

/// Judges a principal against what the handler asks: constant data and borrowed facts, no clock. Nothing is allocated
/// unless the answer is no.
pub(crate) fn judge(requirement: &Requirement, principal: &Principal) -> Result<(), NotAdmitted> {
    via(requirement, principal)?;
    tenant(requirement, principal)?;
    match (&principal.party, &principal.evidence) {
        (Party::Application(_), _) => application(requirement, principal)?,
        (Party::User(_), evidence) => user(requirement, principal, evidence)?,
    }
    let Some(policy) = requirement.allow else { return Ok(()) };
    match holds(policy, principal) {
        Some(true) => Ok(()),
        Some(false) => Err(NotAdmitted::Policy { policy }),
        None => Err(NotAdmitted::GroupsUnknown { expected: policy.to_string() }),
    }
}

/// Judges a principal against what an argument proves.
pub(crate) fn judge_fact(fact: &'static Fact, principal: &Principal) -> Result<(), NotAdmitted> {
    let requirement = match fact {
        Fact::All(facts) => return facts.iter().try_for_each(|fact| judge_fact(fact, principal)),
        Fact::AppRole(role) => {
            let roles = Some(Choice::All(slice::from_ref(role)));
            Requirement { roles, app_roles: roles, ..Requirement::ANYONE }
        }
        Fact::Scope(scope) => Requirement { scopes: slice::from_ref(scope), ..Requirement::ANYONE },
        Fact::Group(group) => Requirement { groups: Some(Choice::All(slice::from_ref(group))), ..Requirement::ANYONE },
    };
    judge(&requirement, principal)
}

fn via(requirement: &Requirement, principal: &Principal) -> Result<(), NotAdmitted> {
    match (requirement.via, &principal.evidence) {
        (Some(Via::Session), Evidence::Bearer(_)) => Err(NotAdmitted::SessionRequired),
        (Some(Via::Bearer), Evidence::Session) => Err(NotAdmitted::BearerRequired),
        _ => Ok(()),
    }
}

fn tenant(requirement: &Requirement, principal: &Principal) -> Result<(), NotAdmitted> {
    let expected = requirement.tenants;
    if expected.is_empty() {
        return Ok(());
    }
    let found = principal.tenant().ok_or(NotAdmitted::TenantMissing)?;
    if expected.contains(&found) { Ok(()) } else { Err(NotAdmitted::Tenant { expected, found }) }
}

fn application(requirement: &Requirement, principal: &Principal) -> Result<(), NotAdmitted> {
    if !requirement.considers_applications() {
        return Err(NotAdmitted::ApplicationUnwanted);
    }
    match requirement.app_roles {
        Some(expected) if !chosen(&expected, |role| has_role(principal, role)) => {
            Err(NotAdmitted::AppRole { expected, found: principal.roles().to_vec() })
        }
        _ => Ok(()),
    }
}

fn user(requirement: &Requirement, principal: &Principal, evidence: &Evidence) -> Result<(), NotAdmitted> {
    if let Evidence::Bearer(permissions) = evidence
        && let Some(expected) = requirement.scopes.iter().find(|scope| !permissions.contains(scope))
    {
        return Err(NotAdmitted::Scope { expected, found: permissions.to_string() });
    }
    if let Some(expected) = requirement.roles
        && !chosen(&expected, |role| has_role(principal, role))
    {
        return Err(NotAdmitted::Role { expected, found: principal.roles().to_vec() });
    }
    match (requirement.groups, &principal.groups) {
        (Some(expected), Groups::Unknown) => Err(NotAdmitted::GroupsUnknown { expected: expected.to_string() }),
        (Some(expected), Groups::Known(found)) if !chosen(&expected, |group| found.contains(group)) => {
            Err(NotAdmitted::Group { expected })
        }
        _ => Ok(()),
    }
}

/// Three-valued: `None` is unknown, and spreads unless the other side decides alone (Kleene's logic).
fn holds(policy: &Policy, principal: &Principal) -> Option<bool> {
    let is_user = matches!(principal.party, Party::User(_));
    match policy {
        Policy::Role(role) => Some(is_user && has_role(principal, role)),
        Policy::AppRole(role) => Some(!is_user && has_role(principal, role)),
        Policy::Scope(scope) => Some(match &principal.evidence {
            Evidence::Session => true,
            Evidence::Bearer(permissions) => permissions.contains(scope),
        }),
        Policy::Tenant(tenant) => Some(principal.tenant() == Some(*tenant)),
        Policy::Group(_) if !is_user => Some(false),
        Policy::Group(group) => match &principal.groups {
            Groups::Known(groups) => Some(groups.contains(group)),
            Groups::Unknown => None,
        },
        Policy::Not(inner) => holds(inner, principal).map(|holds| !holds),
        Policy::All(parts) => decided(parts, principal, false),
        Policy::Any(parts) => decided(parts, principal, true),
    }
}

/// The value of a list in which one part of value `decisive` decides.
fn decided(parts: &[Policy], principal: &Principal, decisive: bool) -> Option<bool> {
    let mut is_known = true;
    for part in parts {
        match holds(part, principal) {
            Some(value) if value == decisive => return Some(decisive),
            Some(_) => {}
            None => is_known = false,
        }
    }
    is_known.then_some(!decisive)
}

fn chosen<T>(choice: &Choice<T>, is_there: impl Fn(&T) -> bool) -> bool {
    match choice {
        Choice::Any(names) => names.iter().any(is_there),
        Choice::All(names) => names.iter().all(is_there),
    }
}

fn has_role(principal: &Principal, role: &str) -> bool {
    principal.roles().iter().any(|found| found == role)
}

impl NotAdmitted {
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::NotSignedIn => Reason::NotSignedIn,
            Self::SeveralAuthorizations { .. } => Reason::SeveralAuthorizations,
            Self::AuthorizationScheme => Reason::AuthorizationScheme,
            Self::Foreign(ForeignRequest::OtherOrigin) => Reason::OriginForeign,
            Self::Foreign(ForeignRequest::Unknown) => Reason::OriginMissing,
            Self::SessionRequired => Reason::SessionRequired,
            Self::BearerRequired => Reason::BearerRequired,
            Self::Tenant { .. } => Reason::TenantNotAdmitted,
            Self::TenantMissing => Reason::TenantMissing,
            Self::Scope { .. } => Reason::ScopeMissing,
            Self::Role { .. } => Reason::RoleMissing,
            Self::Group { .. } => Reason::GroupMissing,
            Self::GroupsUnknown { .. } => Reason::GroupsUnknown,
            Self::ApplicationUnwanted => Reason::ApplicationNotAdmitted,
            Self::AppRole { .. } => Reason::AppRoleMissing,
            Self::Policy { .. } => Reason::PolicyNotMet,
            Self::Check(_) => Reason::CheckRefused,
            Self::UserRequired => Reason::UserRequired,
            Self::ApplicationRequired => Reason::ApplicationRequired,
        }
    }
}

/// `a, b`, or `none`.
struct Names<'a>(&'a [String]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { formatter.write_str("none") } else { separated(formatter, self.0, ", ") }
    }
}

/// `any of a, b`.
struct List<'a>(&'a [Guid]);

impl fmt::Display for List<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.len() > 1 {
            formatter.write_str("any of ")?;
        }
        separated(formatter, self.0, ", ")
    }
}

#[cfg(test)]
#[path = "admission_tests.rs"]
mod tests;
