//! Requirement × principal → admitted, or not and why.

use std::{fmt, slice};

use thiserror::Error;

use crate::model::answer::Answer;
use crate::model::callers::groups::UnknownGroups;
use crate::model::callers::principal::{Evidence, Party, Principal};
use crate::model::guid::Guid;
use crate::model::policies::proof::Fact;
use crate::model::policies::requirement::{Choice, Policy, Requirement, Via, separated};
use crate::model::refusals::reason::Reason;
use crate::model::refusals::refusal::{Refusal, RefusalKind};
use crate::rules::request::same_origin::ForeignRequest;

/// Why a caller is not admitted. Found and expected are ids, roles and scopes, never names or addresses.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum NotAdmitted {
    #[error("no session and no `Authorization` header; sign in, or send an access token")]
    NotSignedIn,
    #[error("the request comes with {found} `Authorization` headers, expected one")]
    SeveralAuthorizations { found: usize },
    #[error("the `Authorization` header is not `Bearer` with one token; send an access token, or no such header")]
    AuthorizationScheme,
    #[error("the `Authorization` header is `Bearer` without a token; send an access token, or no such header")]
    TokenMissing,
    #[error(transparent)]
    Foreign(#[from] ForeignRequest),
    #[error("the handler is for sessions only (`via = session`), the request came with an access token")]
    SessionRequired,
    #[error("the handler is for access tokens only (`via = bearer`), the request came with a session; send a token")]
    BearerRequired,
    #[error("the caller is of tenant {found}, expected {}", List(expected))]
    Tenant { expected: &'static [Guid], found: Guid },
    #[error("the handler asks for a tenant, and the signed-in person has none; this provider has no tenants")]
    TenantMissing,
    #[error("the token has the scopes {found}, expected `{expected}`; request it in the client and consent to it")]
    Scope { expected: &'static str, found: String },
    #[error("the person has the roles {}, expected {expected}; assign it, then sign in again", Names(found))]
    Role { expected: Choice<&'static str>, found: Vec<String> },
    #[error("the person is in none of the groups in question, expected {expected}")]
    Group { expected: Choice<Guid> },
    #[error("it is not known whether the person meets `{expected}`: {reason}")]
    GroupsUnknown { expected: String, reason: UnknownGroups },
    #[error("an application without a user called; the handler names no application role (`application_roles`)")]
    ApplicationUnwanted,
    #[error("a person called; the handler has `application_roles` alone, which admits applications only")]
    PersonUnwanted,
    #[error(
        "the application has the roles {}, expected {expected}; grant it and consent as an administrator",
        Names(found)
    )]
    ApplicationRole { expected: Choice<&'static str>, found: Vec<String> },
    #[error("the policy does not admit the caller: `{policy}`")]
    Policy { policy: &'static Policy },
    #[error(
        "an application is admitted only by an application role that the policy names, `{policy}`; it has the roles {}, \
         and facts about a person are not known of it; grant such a role and consent as an administrator",
        Names(found)
    )]
    ApplicationPolicy { policy: &'static Policy, found: Vec<String> },
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
    match requirement.allow {
        Some(policy) => meets(policy, principal),
        None => Ok(()),
    }
}

/// Judges a principal against what an argument proves.
pub(crate) fn judge_fact(fact: &'static Fact, principal: &Principal) -> Result<(), NotAdmitted> {
    let requirement = match fact {
        Fact::All(facts) => return facts.iter().try_for_each(|fact| judge_fact(fact, principal)),
        Fact::AppRole(role) => {
            let roles = Some(Choice::All(slice::from_ref(role)));
            Requirement { roles, application_roles: roles, ..Requirement::ANYONE }
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
    if !requirement.admits_applications() {
        return Err(NotAdmitted::ApplicationUnwanted);
    }
    match requirement.application_roles {
        Some(expected) if !chosen(&expected, |role| has_role(principal, role)) => {
            Err(NotAdmitted::ApplicationRole { expected, found: principal.roles().to_vec() })
        }
        _ => Ok(()),
    }
}

fn user(requirement: &Requirement, principal: &Principal, evidence: &Evidence) -> Result<(), NotAdmitted> {
    if !requirement.admits_people() {
        return Err(NotAdmitted::PersonUnwanted);
    }
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
    match requirement.groups {
        Some(expected) => groups(&expected, principal),
        None => Ok(()),
    }
}

/// One group that is known can decide for `any`, and one that is known not to be there for `all`.
fn groups(expected: &Choice<Guid>, principal: &Principal) -> Result<(), NotAdmitted> {
    let (Choice::Any(ids) | Choice::All(ids)) = expected;
    let facts = ids.iter().map(|id| group(*id, principal));
    let truth = if matches!(expected, Choice::Any(_)) { Truth::any(facts) } else { Truth::all(facts) };
    match truth {
        Truth::Yes { .. } => Ok(()),
        Truth::Unknown(Unknown::Group(reason)) => {
            Err(NotAdmitted::GroupsUnknown { expected: expected.to_string(), reason })
        }
        Truth::No | Truth::Unknown(_) => Err(NotAdmitted::Group { expected: *expected }),
    }
}

fn meets(policy: &'static Policy, principal: &Principal) -> Result<(), NotAdmitted> {
    let truth = truth(policy, principal);
    if let Party::Application(application) = &principal.party {
        // Whatever else holds: an application gets in by a role of its own.
        let is_admitted = truth == Truth::Yes { by_role: true };
        let refusal = || NotAdmitted::ApplicationPolicy { policy, found: application.roles.clone() };
        return if is_admitted { Ok(()) } else { Err(refusal()) };
    }
    match truth {
        Truth::Yes { .. } => Ok(()),
        Truth::No | Truth::Unknown(Unknown::OtherCaller | Unknown::Roles) => Err(NotAdmitted::Policy { policy }),
        Truth::Unknown(Unknown::Tenant) => Err(NotAdmitted::TenantMissing),
        Truth::Unknown(Unknown::Group(reason)) => {
            Err(NotAdmitted::GroupsUnknown { expected: policy.to_string(), reason })
        }
    }
}

/// What a policy comes to for one caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    No,
    /// Neither: it refuses, and so does its opposite.
    Unknown(Unknown),
    /// Whether an application role that the policy names, and the application has, made it true.
    Yes {
        by_role: bool,
    },
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

impl Truth {
    fn of(is_so: bool) -> Self {
        if is_so { Self::Yes { by_role: false } } else { Self::No }
    }

    /// What is unknown stays so unless one part is false. Of several, what nobody can change is said.
    fn all(parts: impl Iterator<Item = Self>) -> Self {
        let (mut unknown, mut is_by_role) = (None::<Unknown>, false);
        for part in parts {
            match part {
                Self::No => return Self::No,
                Self::Unknown(found) => unknown = Some(unknown.map_or(found, |known| known.min(found))),
                Self::Yes { by_role } => is_by_role |= by_role,
            }
        }
        unknown.map_or(Self::Yes { by_role: is_by_role }, Self::Unknown)
    }

    /// What is unknown stays so unless one part is true. Of several, what somebody can change is said.
    fn any(parts: impl Iterator<Item = Self>) -> Self {
        let (mut unknown, mut holds) = (None::<Unknown>, false);
        for part in parts {
            match part {
                Self::No => {}
                Self::Unknown(found) => unknown = unknown.max(Some(found)),
                Self::Yes { by_role: true } => return part,
                Self::Yes { by_role: false } => holds = true,
            }
        }
        match unknown {
            _ if holds => Self::Yes { by_role: false },
            Some(unknown) => Self::Unknown(unknown),
            None => Self::No,
        }
    }

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes { by_role: false },
            Self::Unknown(unknown) => Self::Unknown(unknown),
            Self::Yes { .. } => Self::No,
        }
    }
}

/// A single fact about a caller, in the words of `allow`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Question<'q> {
    User,
    Role(&'q str),
    Scope(&'q str),
    Group(Guid),
    ApplicationRole(&'q str),
}

/// What is known of a caller, as the same words in `allow` are judged.
pub(crate) fn ask(question: Question<'_>, principal: &Principal) -> Answer {
    match fact(question, principal) {
        Truth::Yes { .. } => Answer::Yes,
        Truth::No => Answer::No,
        Truth::Unknown(_) => Answer::Unknown,
    }
}

/// Facts of the other kind of caller are unknown, so that their opposite admits nobody either.
fn fact(question: Question<'_>, principal: &Principal) -> Truth {
    let is_user = matches!(principal.party, Party::User(_));
    match question {
        Question::User | Question::Role(_) | Question::Scope(_) | Question::Group(_) if !is_user => {
            Truth::Unknown(Unknown::OtherCaller)
        }
        Question::ApplicationRole(_) if is_user => Truth::Unknown(Unknown::OtherCaller),
        Question::User => Truth::of(true),
        Question::Role(role) if !has_role(principal, role) && principal.roles_are_unknown() => {
            Truth::Unknown(Unknown::Roles)
        }
        Question::Role(role) => Truth::of(has_role(principal, role)),
        Question::ApplicationRole(role) if has_role(principal, role) => Truth::Yes { by_role: true },
        Question::ApplicationRole(_) => Truth::No,
        Question::Scope(scope) => Truth::of(match &principal.evidence {
            Evidence::Session => true,
            Evidence::Bearer(permissions) => permissions.contains(scope),
        }),
        Question::Group(id) => group(id, principal),
    }
}

fn truth(policy: &Policy, principal: &Principal) -> Truth {
    match policy {
        Policy::User => fact(Question::User, principal),
        Policy::Role(role) => fact(Question::Role(role), principal),
        Policy::Scope(scope) => fact(Question::Scope(scope), principal),
        Policy::Group(id) => fact(Question::Group(*id), principal),
        Policy::ApplicationRole(role) => fact(Question::ApplicationRole(role), principal),
        Policy::Tenant(tenant) => match principal.tenant() {
            Some(found) => Truth::of(found == *tenant),
            None => Truth::Unknown(Unknown::Tenant),
        },
        Policy::Not(inner) => truth(inner, principal).not(),
        Policy::All(parts) => Truth::all(parts.iter().map(|part| truth(part, principal))),
        Policy::Any(parts) => Truth::any(parts.iter().map(|part| truth(part, principal))),
    }
}

fn group(id: Guid, principal: &Principal) -> Truth {
    match principal.groups.contain(id) {
        Ok(is_member) => Truth::of(is_member),
        Err(reason) => Truth::Unknown(Unknown::Group(reason)),
    }
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
