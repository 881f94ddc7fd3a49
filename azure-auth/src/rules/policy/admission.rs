//! Requirement × principal → admitted, or not and why.

use std::{fmt, slice};

use azure_auth_policy::{Choice, Guid, Policy, Requirement, Truth, Via, separated};
use thiserror::Error;

use crate::model::answer::Answer;
use crate::model::callers::groups::UnknownGroups;
use crate::model::callers::principal::{Evidence, Party, Principal};
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::model::refusals::lost_session::LostSession;
use crate::model::refusals::reason::Reason;
use crate::model::refusals::refusal::{Refusal, RefusalKind};
use crate::rules::request::same_origin::ForeignRequest;

/// Why a caller is not admitted. Found and expected are ids, roles and scopes, never names or addresses.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum NotAdmitted<'r> {
    #[error("the request came with neither a session nor an `Authorization` header")]
    NotSignedIn,
    #[error(transparent)]
    SessionLost(LostSession),
    #[error("the request came with {found} `Authorization` headers")]
    SeveralAuthorizations { found: usize },
    #[error("the `Authorization` header is not `Bearer` with one token")]
    AuthorizationScheme,
    #[error("the `Authorization` header is `Bearer` without a token")]
    TokenMissing,
    #[error(transparent)]
    Foreign(#[from] ForeignRequest),
    #[error("the handler is for sessions only (`via = session`), the request came with an access token")]
    SessionRequired,
    #[error("the handler is for access tokens only (`via = bearer`), the request came with a session")]
    BearerRequired,
    #[error("the caller is of tenant {found}, expected {}", List(expected))]
    Tenant { expected: &'r [Guid], found: Guid },
    #[error("the handler asks for a tenant, and the signed-in person has none: this provider has no tenants")]
    TenantMissing,
    #[error("the token has the scopes {found}, expected `{expected}`")]
    Scope { expected: &'r str, found: String },
    #[error("the person has the roles {}, expected {expected}", Names(found))]
    Role { expected: Choice<'r, &'r str>, found: Vec<String> },
    #[error("the person is in none of the groups in question, expected {expected}")]
    Group { expected: Choice<'r, Guid> },
    #[error("it is not known whether the person meets `{expected}`: {reason}")]
    GroupsUnknown { expected: String, reason: UnknownGroups },
    #[error("an application without a user called; the handler names no application role (`application_roles`)")]
    ApplicationUnwanted,
    #[error("a person called; the handler has `application_roles` alone, which admits applications only")]
    PersonUnwanted,
    #[error("the application has the roles {}, expected {expected}", Names(found))]
    ApplicationRole { expected: Choice<'r, &'r str>, found: Vec<String> },
    #[error("the policy does not admit the caller: `{policy}`")]
    Policy { policy: &'r Policy<'r> },
    #[error(
        "an application is admitted only by an application role that the policy names, `{policy}`; it has the roles {}, \
         and facts about a person are not known of it",
        Names(found)
    )]
    ApplicationPolicy { policy: &'r Policy<'r>, found: Vec<String> },
    #[error("{0}")]
    Check(Refusal),
    #[error("the handler takes a `User`, the caller is an application without one")]
    UserRequired,
    #[error("the handler takes an `Application`, the caller is a person")]
    ApplicationRequired,
}

/// Judges a principal against what the handler asks: constant data and borrowed facts, no clock. Nothing is allocated
/// unless the answer is no.
pub(crate) fn judge<'r>(requirement: &Requirement<'r>, principal: &Principal) -> Result<(), NotAdmitted<'r>> {
    check_via(requirement, principal)?;
    check_tenant(requirement, principal)?;
    match (&principal.party, &principal.evidence) {
        (Party::Application(_), _) => check_application(requirement, principal)?,
        (Party::User(_), evidence) => check_user(requirement, principal, evidence)?,
    }
    match requirement.allow {
        Some(policy) => check_policy(policy, principal),
        None => Ok(()),
    }
}

/// Judges a principal against what an argument proves.
pub(crate) fn judge_fact(fact: &'static Policy<'static>, principal: &Principal) -> Result<(), NotAdmitted<'static>> {
    let requirement = match fact {
        Policy::All(facts) => return facts.iter().try_for_each(|fact| judge_fact(fact, principal)),
        // The refusal says what the caller lacks, as the keys of declarations do.
        Policy::Any([Policy::Role(role), Policy::ApplicationRole(_)]) => {
            let roles = Some(Choice::All(slice::from_ref(role)));
            Requirement { roles, application_roles: roles, ..Requirement::ANYONE }
        }
        Policy::Scope(scope) => Requirement { scopes: slice::from_ref(scope), ..Requirement::ANYONE },
        Policy::Group(group) => {
            Requirement { groups: Some(Choice::All(slice::from_ref(group))), ..Requirement::ANYONE }
        }
        policy => Requirement { allow: Some(policy), ..Requirement::ANYONE },
    };
    judge(&requirement, principal)
}

fn check_via<'r>(requirement: &Requirement<'r>, principal: &Principal) -> Result<(), NotAdmitted<'r>> {
    match (requirement.via, &principal.evidence) {
        (Some(Via::Session), Evidence::Bearer(_)) => Err(NotAdmitted::SessionRequired),
        (Some(Via::Bearer), Evidence::Session) => Err(NotAdmitted::BearerRequired),
        _ => Ok(()),
    }
}

fn check_tenant<'r>(requirement: &Requirement<'r>, principal: &Principal) -> Result<(), NotAdmitted<'r>> {
    let expected = requirement.tenants;
    if expected.is_empty() {
        return Ok(());
    }
    let found = principal.tenant().ok_or(NotAdmitted::TenantMissing)?;
    if expected.contains(&found) { Ok(()) } else { Err(NotAdmitted::Tenant { expected, found }) }
}

fn check_application<'r>(requirement: &Requirement<'r>, principal: &Principal) -> Result<(), NotAdmitted<'r>> {
    if !requirement.admits_applications() {
        return Err(NotAdmitted::ApplicationUnwanted);
    }
    match requirement.application_roles {
        Some(expected) if !expected.holds(|role| has_role(principal, role)) => {
            Err(NotAdmitted::ApplicationRole { expected, found: principal.roles().to_vec() })
        }
        _ => Ok(()),
    }
}

fn check_user<'r>(
    requirement: &Requirement<'r>,
    principal: &Principal,
    evidence: &Evidence,
) -> Result<(), NotAdmitted<'r>> {
    if !requirement.admits_people() {
        return Err(NotAdmitted::PersonUnwanted);
    }
    if let Evidence::Bearer(permissions) = evidence
        && let Some(expected) = requirement.scopes.iter().find(|scope| !permissions.contains(scope))
    {
        return Err(NotAdmitted::Scope { expected, found: permissions.to_string() });
    }
    if let Some(expected) = requirement.roles
        && !expected.holds(|role| has_role(principal, role))
    {
        return Err(NotAdmitted::Role { expected, found: principal.roles().to_vec() });
    }
    match requirement.groups {
        Some(expected) => check_groups(expected, principal),
        None => Ok(()),
    }
}

/// One group that is known can decide for `any`, and one that is known not to be there for `all`. Of several reasons why
/// nothing is known, `any` gives one that somebody can change, and `all` one that nobody can.
fn check_groups<'r>(expected: Choice<'r, Guid>, principal: &Principal) -> Result<(), NotAdmitted<'r>> {
    let answers = || expected.values().iter().map(|group| principal.groups.contain(*group));
    let reasons = answers().filter_map(Result::err);
    let (decides, reason) = match expected {
        Choice::Any(_) => (true, reasons.max()),
        Choice::All(_) => (false, reasons.min()),
    };
    let is_decided = answers().any(|answer| answer == Ok(decides));
    match reason {
        Some(reason) if !is_decided => Err(NotAdmitted::GroupsUnknown { expected: expected.to_string(), reason }),
        _ if is_decided == decides => Ok(()),
        _ => Err(NotAdmitted::Group { expected }),
    }
}

fn check_policy<'r>(policy: &'r Policy<'r>, principal: &Principal) -> Result<(), NotAdmitted<'r>> {
    let truth = truth(policy, principal);
    if let Party::Application(application) = &principal.party {
        // Whatever else holds: an application gets in by a role of its own.
        let is_admitted = truth == Truth::Yes { by_application_role: true };
        let refusal = || NotAdmitted::ApplicationPolicy { policy, found: application.roles.clone() };
        return if is_admitted { Ok(()) } else { Err(refusal()) };
    }
    if truth.is_yes() {
        return Ok(());
    }
    Err(match unknown(policy, principal) {
        None | Some(Unknown::OtherCaller | Unknown::Roles) => NotAdmitted::Policy { policy },
        Some(Unknown::Tenant) => NotAdmitted::TenantMissing,
        Some(Unknown::Group(reason)) => NotAdmitted::GroupsUnknown { expected: policy.to_string(), reason },
    })
}

/// What is known of a caller, as the same words in `allow` are judged: an application meets a policy only by an application
/// role that it names.
pub(crate) fn ask(policy: &Policy<'_>, principal: &Principal) -> Answer {
    let is_user = matches!(principal.party, Party::User(_));
    match truth(policy, principal) {
        Truth::Yes { by_application_role } if is_user || by_application_role => Answer::Yes,
        Truth::Yes { .. } | Truth::Unknown => Answer::Unknown,
        Truth::No => Answer::No,
    }
}

/// What a policy comes to for a caller.
fn truth(policy: &Policy<'_>, principal: &Principal) -> Truth {
    let (mut is_true, mut is_known, mut bit) = (0, 0, 1_u64);
    policy.for_each_leaf(&mut |fact| {
        if let Ok(holds) = known(fact, principal) {
            is_known |= bit;
            is_true |= if holds { bit } else { 0 };
        }
        // Behind the last bit there is none: what stands there is unknown.
        bit <<= 1;
    });
    policy.evaluate(is_true, is_known)
}

/// What was not known, by how much anybody can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unknown {
    /// A fact about a person, of an application; or the other way round.
    OtherCaller,
    /// The provider has no tenants.
    Tenant,
    /// The token has roles in a form that is not read here.
    Roles,
    Group(UnknownGroups),
}

/// Why nothing is known of a policy, if so. Of several reasons, `&&` gives what nobody can change, and `||` what somebody can.
fn unknown(policy: &Policy<'_>, principal: &Principal) -> Option<Unknown> {
    if truth(policy, principal) != Truth::Unknown {
        return None;
    }
    match policy {
        Policy::Not(inner) | Policy::Named(_, inner) => unknown(inner, principal),
        Policy::All(parts) => parts.iter().filter_map(|part| unknown(part, principal)).min(),
        Policy::Any(parts) => parts.iter().filter_map(|part| unknown(part, principal)).max(),
        fact => known(*fact, principal).err(),
    }
}

/// Whether a single fact holds. Facts of the other kind of caller are unknown, so that their opposite admits nobody either.
fn known(fact: Policy<'_>, principal: &Principal) -> Result<bool, Unknown> {
    let is_user = matches!(principal.party, Party::User(_));
    match fact {
        Policy::User | Policy::Role(_) | Policy::Scope(_) | Policy::Group(_) if !is_user => Err(Unknown::OtherCaller),
        Policy::ApplicationRole(_) if is_user => Err(Unknown::OtherCaller),
        Policy::Role(role) if !has_role(principal, role) && principal.roles_are_unknown() => Err(Unknown::Roles),
        Policy::Role(role) | Policy::ApplicationRole(role) => Ok(has_role(principal, role)),
        Policy::Scope(scope) => Ok(match &principal.evidence {
            Evidence::Session => true,
            Evidence::Bearer(permissions) => permissions.contains(scope),
        }),
        Policy::Group(group) => principal.groups.contain(group).map_err(Unknown::Group),
        Policy::Tenant(tenant) => principal.tenant().map(|found| found == tenant).ok_or(Unknown::Tenant),
        // A person is one; anything else is not a single fact.
        Policy::User | Policy::Not(_) | Policy::All(_) | Policy::Any(_) | Policy::Named(..) => Ok(is_user),
    }
}

fn has_role(principal: &Principal, role: &str) -> bool {
    principal.roles().iter().any(|found| found == role)
}

impl NotAdmitted<'_> {
    /// Whether the request proves nobody, and signing in would help.
    pub(crate) fn asks_to_sign_in(&self) -> bool {
        matches!(self, Self::NotSignedIn | Self::SessionLost(_))
    }

    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::NotSignedIn => Reason::NotSignedIn,
            Self::SessionLost(lost) => lost.reason(),
            Self::SeveralAuthorizations { .. } => Reason::SeveralAuthorizations,
            Self::AuthorizationScheme => Reason::AuthorizationScheme,
            Self::TokenMissing => Reason::TokenMissing,
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
            Self::PersonUnwanted => Reason::PersonNotAdmitted,
            Self::ApplicationRole { .. } | Self::ApplicationPolicy { .. } => Reason::ApplicationRoleMissing,
            Self::Policy { .. } => Reason::PolicyNotMet,
            Self::Check(refusal) => match refusal.kind() {
                RefusalKind::Forbidden => Reason::CheckRefused,
                RefusalKind::NotFound => Reason::NothingThere,
            },
            Self::UserRequired => Reason::UserRequired,
            Self::ApplicationRequired => Reason::ApplicationRequired,
        }
    }
}

impl Diagnosed for NotAdmitted<'_> {
    fn details(&self) -> Details {
        let roles = |found: &[String]| format!("the roles {}", Names(found));
        match self {
            Self::NotSignedIn => Details::new("neither a session cookie nor an `Authorization` header", CREDENTIAL),
            Self::SessionLost(lost) => lost.details(),
            Self::SeveralAuthorizations { found } => Details::new(format!("{found} `Authorization` headers"), "one"),
            Self::AuthorizationScheme => Details::new("an `Authorization` header in another form", BEARER),
            Self::TokenMissing => Details::new("`Authorization: Bearer` with nothing after it", BEARER),
            Self::Foreign(foreign) => foreign.details(),
            Self::SessionRequired => Details::new("an access token", "a session (`via = session`)"),
            Self::BearerRequired => Details::new("a session", "an access token (`via = bearer`)"),
            Self::Tenant { expected, found } => Details::new(format!("tenant {found}"), List(expected).to_string()),
            Self::TenantMissing => Details::new("a person of a provider without tenants", "a person of a tenant"),
            Self::Scope { expected, found } => {
                Details::new(format!("the scopes {found}"), format!("the scope {expected}"))
            }
            Self::Role { expected, found } | Self::ApplicationRole { expected, found } => {
                Details::new(roles(found), expected.to_string())
            }
            Self::Group { expected } => Details::new("none of the groups in question", expected.to_string()),
            Self::GroupsUnknown { expected, reason } => {
                Details::new(reason.to_string(), format!("groups that are known, to decide `{expected}`"))
                    .remedy(reason.remedy())
            }
            Self::ApplicationUnwanted => Details::new("an application without a user", "a person"),
            Self::PersonUnwanted => Details::new("a person", "an application without a user"),
            Self::Policy { policy } => Details::new("a caller of whom it is not true", format!("`{policy}`")),
            Self::ApplicationPolicy { policy, found } => {
                Details::new(roles(found), format!("an application role that `{policy}` names"))
            }
            Self::Check(_) => Details::new("a refusal of the application itself", "a caller whom its `check` admits"),
            Self::UserRequired => Details::new("an application without a user", "a person (`User`)"),
            Self::ApplicationRequired => Details::new("a person", "an application without a user (`Application`)"),
        }
    }
}

/// What proves who sends a request.
pub(crate) const CREDENTIAL: &str = "a session, or `Authorization: Bearer <access token>`";
const BEARER: &str = "`Authorization: Bearer <access token>`, or no such header";

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
