//! Every caller there could be, as far as some requirements can tell them apart.

use std::sync::Arc;

use super::admission;
use crate::model::callers::claims::TokenClaims;
use crate::model::callers::groups::{Groups, UnknownGroups};
use crate::model::callers::identity::UserId;
use crate::model::callers::principal::{ApplicationIdentity, Evidence, Party, Permissions, Principal};
use crate::model::guid::Guid;
use crate::model::policies::requirement::{Choice, Policy, Requirement};
use crate::model::unix_time::UnixTime;

/// More facts than anybody reads at once; each one doubles the work.
const MOST_FACTS: usize = 14;

/// A caller by the facts that requirements ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) kind: CallerKind,
    pub(crate) facts: Vec<Fact>,
    /// Overage leaves a person's groups unknown.
    pub(crate) knows_groups: bool,
    /// None: of an accepted tenant that no requirement names.
    pub(crate) tenant: Option<Guid>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallerKind {
    /// A person with a session, which has every scope.
    Session,
    /// A person's client, with an access token.
    Client,
    /// An application without a person.
    Application,
}

/// What is true of a caller, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    Scope(&'static str),
    Role(&'static str),
    Group(Guid),
    ApplicationRole(&'static str),
}

/// The facts and tenants that requirements name.
#[derive(Debug, Default)]
pub(crate) struct Questions {
    facts: Vec<Fact>,
    tenants: Vec<Guid>,
}

impl CallerKind {
    pub(crate) const ALL: [Self; 3] = [Self::Session, Self::Client, Self::Application];

    fn can_have(self, fact: Fact) -> bool {
        match fact {
            Fact::Scope(_) => self == Self::Client,
            Fact::Role(_) | Fact::Group(_) => self != Self::Application,
            Fact::ApplicationRole(_) => self == Self::Application,
        }
    }
}

impl Caller {
    /// As one guard after the other would judge them, their `check` aside.
    pub(crate) fn is_admitted(&self, requirements: &[Requirement]) -> bool {
        let principal = self.principal();
        requirements.iter().all(|requirement| admission::judge(requirement, &principal).is_ok())
    }

    pub(crate) fn roles(&self) -> Vec<String> {
        let role = |fact: &Fact| match fact {
            Fact::Role(role) | Fact::ApplicationRole(role) => Some((*role).to_owned()),
            Fact::Scope(_) | Fact::Group(_) => None,
        };
        self.facts.iter().filter_map(role).collect()
    }

    pub(crate) fn scopes(&self) -> Vec<&'static str> {
        let scope = |fact: &Fact| if let Fact::Scope(scope) = fact { Some(*scope) } else { None };
        self.facts.iter().filter_map(scope).collect()
    }

    pub(crate) fn groups(&self) -> Vec<Guid> {
        let group = |fact: &Fact| if let Fact::Group(group) = fact { Some(*group) } else { None };
        self.facts.iter().filter_map(group).collect()
    }

    fn principal(&self) -> Principal {
        let tenant = self.tenant.unwrap_or(Guid::from_u128(u128::MAX));
        let roles = self.roles();
        let (party, evidence) = match self.kind {
            CallerKind::Application => {
                let client_id = String::new();
                let identity = ApplicationIdentity { client_id, object: None, tenant, roles };
                (Party::Application(Arc::new(identity)), Evidence::Bearer(Permissions::default()))
            }
            CallerKind::Session | CallerKind::Client => {
                let claims = TokenClaims { roles, ..TokenClaims::default() };
                let identity = claims.into_identity(UserId::Entra { tenant, object: Guid::from_u128(0) });
                let evidence = match self.kind {
                    CallerKind::Session => Evidence::Session,
                    _ => Evidence::Bearer(Permissions(self.scopes().join(" "))),
                };
                (Party::User(Arc::new(identity)), evidence)
            }
        };
        let groups = Groups::of_token(if self.knows_groups { Ok(self.groups()) } else { Err(UnknownGroups::Overage) });
        Principal { party, evidence, client_id: None, groups, ends_at: UnixTime(u64::MAX) }
    }
}

impl Questions {
    pub(crate) fn of<'r>(requirements: impl IntoIterator<Item = &'r Requirement>) -> Self {
        let mut questions = Self::default();
        for requirement in requirements {
            questions.collect(requirement);
        }
        questions.facts.sort_unstable();
        questions.facts.dedup();
        questions.tenants.sort_unstable();
        questions.tenants.dedup();
        questions
    }

    /// Whether every combination can be tried.
    pub(crate) fn are_few(&self) -> bool {
        self.facts.len() <= MOST_FACTS
    }

    pub(crate) fn of_kind(&self, kind: CallerKind) -> impl Iterator<Item = Fact> {
        self.facts.iter().copied().filter(move |fact| kind.can_have(*fact))
    }

    /// The tenants that are named, and one that is not.
    pub(crate) fn tenants(&self) -> impl Iterator<Item = Option<Guid>> {
        self.tenants.iter().copied().map(Some).chain([None])
    }

    /// Every combination for one kind, fewer facts before more of the same.
    pub(crate) fn callers(&self, kind: CallerKind) -> impl Iterator<Item = Caller> {
        let facts: Vec<Fact> = self.of_kind(kind).collect();
        let tenants: Vec<Option<Guid>> = self.tenants().collect();
        (0..1_usize << facts.len()).flat_map(move |set| {
            let of_set = facts.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1);
            let facts: Vec<Fact> = of_set.map(|(_, fact)| *fact).collect();
            let with =
                move |tenant: Option<Guid>, knows_groups| Caller { kind, facts: facts.clone(), knows_groups, tenant };
            tenants.clone().into_iter().flat_map(move |tenant| [true, false].map(|knows| with(tenant, knows)))
        })
    }

    fn collect(&mut self, requirement: &Requirement) {
        let Requirement {
            openid_scopes: _,
            scopes,
            roles,
            groups,
            application_roles,
            tenants,
            via: _,
            allow,
            check: _,
        } = requirement;
        self.facts.extend(scopes.iter().map(|scope| Fact::Scope(scope)));
        self.facts.extend(roles.iter().flat_map(names).map(|role| Fact::Role(role)));
        self.facts.extend(groups.iter().flat_map(names).map(|group| Fact::Group(*group)));
        self.facts.extend(application_roles.iter().flat_map(names).map(|role| Fact::ApplicationRole(role)));
        self.tenants.extend(*tenants);
        if let Some(policy) = allow {
            self.collect_policy(policy);
        }
    }

    fn collect_policy(&mut self, policy: &Policy) {
        match policy {
            Policy::User => {}
            Policy::Role(role) => self.facts.push(Fact::Role(role)),
            Policy::Scope(scope) => self.facts.push(Fact::Scope(scope)),
            Policy::Group(group) => self.facts.push(Fact::Group(*group)),
            Policy::ApplicationRole(role) => self.facts.push(Fact::ApplicationRole(role)),
            Policy::Tenant(tenant) => self.tenants.push(*tenant),
            Policy::Not(inner) => self.collect_policy(inner),
            Policy::All(parts) | Policy::Any(parts) => parts.iter().for_each(|part| self.collect_policy(part)),
        }
    }
}

fn names<T>(choice: &Choice<T>) -> &'static [T] {
    match choice {
        Choice::Any(names) | Choice::All(names) => names,
    }
}
