//! Every caller there could be, as far as some requirements can tell them apart.

use std::sync::Arc;

use azure_auth_policy::{Choice, Guid, Policy, Requirement};

use super::admission;
use crate::model::callers::claims::TokenClaims;
use crate::model::callers::groups::{Groups, UnknownGroups};
use crate::model::callers::identity::UserId;
use crate::model::callers::principal::{ApplicationIdentity, Evidence, Party, Permissions, Principal};
use crate::model::downstream::tokens_in_hand::TokensInHand;
use crate::model::unix_time::UnixTime;

/// More facts than anybody reads at once; each one doubles the work.
const MOST_FACTS: usize = 14;

/// A caller by the facts that requirements ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller<'r> {
    pub(crate) kind: CallerKind,
    pub(crate) facts: Vec<Fact<'r>>,
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
pub(crate) enum Fact<'r> {
    Scope(&'r str),
    Role(&'r str),
    Group(Guid),
    ApplicationRole(&'r str),
}

/// The facts and tenants that requirements name.
#[derive(Debug, Default)]
pub(crate) struct Questions<'r> {
    facts: Vec<Fact<'r>>,
    tenants: Vec<Guid>,
}

impl CallerKind {
    pub(crate) const ALL: [Self; 3] = [Self::Session, Self::Client, Self::Application];

    fn can_have(self, fact: Fact<'_>) -> bool {
        match fact {
            Fact::Scope(_) => self == Self::Client,
            Fact::Role(_) | Fact::Group(_) => self != Self::Application,
            Fact::ApplicationRole(_) => self == Self::Application,
        }
    }
}

impl<'r> Caller<'r> {
    /// As one guard after the other would judge them, their `check` aside.
    pub(crate) fn is_admitted(&self, requirements: &[Requirement<'_>]) -> bool {
        self.is_admitted_at(requirements, true)
    }

    /// The same at a provider with or without tenants.
    pub(crate) fn is_admitted_at(&self, requirements: &[Requirement<'_>], has_tenants: bool) -> bool {
        let principal = self.principal(has_tenants);
        requirements.iter().all(|requirement| admission::judge(requirement, &principal).is_ok())
    }

    pub(crate) fn roles(&self) -> Vec<String> {
        let role = |fact: &Fact<'r>| match fact {
            Fact::Role(role) | Fact::ApplicationRole(role) => Some((*role).to_owned()),
            Fact::Scope(_) | Fact::Group(_) => None,
        };
        self.facts.iter().filter_map(role).collect()
    }

    pub(crate) fn scopes(&self) -> Vec<&'r str> {
        let scope = |fact: &Fact<'r>| if let Fact::Scope(scope) = fact { Some(*scope) } else { None };
        self.facts.iter().filter_map(scope).collect()
    }

    pub(crate) fn groups(&self) -> Vec<Guid> {
        let group = |fact: &Fact<'r>| if let Fact::Group(group) = fact { Some(*group) } else { None };
        self.facts.iter().filter_map(group).collect()
    }

    fn principal(&self, has_tenants: bool) -> Principal {
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
                let id = if has_tenants {
                    UserId::Entra { tenant, object: Guid::from_u128(0) }
                } else {
                    UserId::OpenId { issuer: String::new(), subject: String::new() }
                };
                let identity = claims.into_identity(id);
                let evidence = match self.kind {
                    CallerKind::Session => Evidence::Session,
                    _ => Evidence::Bearer(Permissions(self.scopes().join(" "))),
                };
                (Party::User(Arc::new(identity)), evidence)
            }
        };
        let groups = Groups::of_token(if self.knows_groups { Ok(self.groups()) } else { Err(UnknownGroups::Overage) });
        Principal {
            party,
            evidence,
            client_id: None,
            groups,
            ends_at: UnixTime(u64::MAX),
            known_until: UnixTime(u64::MAX),
            tokens: TokensInHand::default(),
        }
    }
}

impl<'r> Questions<'r> {
    pub(crate) fn of<'q>(requirements: impl IntoIterator<Item = &'q Requirement<'r>>) -> Self
    where
        'r: 'q,
    {
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

    pub(crate) fn of_kind(&self, kind: CallerKind) -> impl Iterator<Item = Fact<'r>> {
        self.facts.iter().copied().filter(move |fact| kind.can_have(*fact))
    }

    /// The tenants that are named, and one that is not.
    pub(crate) fn tenants(&self) -> impl Iterator<Item = Option<Guid>> {
        self.tenants.iter().copied().map(Some).chain([None])
    }

    /// Every combination for one kind, fewer facts before more of the same.
    pub(crate) fn callers(&self, kind: CallerKind) -> impl Iterator<Item = Caller<'r>> {
        let facts: Vec<Fact<'r>> = self.of_kind(kind).collect();
        let tenants: Vec<Option<Guid>> = self.tenants().collect();
        (0..1_usize << facts.len()).flat_map(move |set| {
            let of_set = facts.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1);
            let facts: Vec<Fact<'r>> = of_set.map(|(_, fact)| *fact).collect();
            let with =
                move |tenant: Option<Guid>, knows_groups| Caller { kind, facts: facts.clone(), knows_groups, tenant };
            tenants.clone().into_iter().flat_map(move |tenant| [true, false].map(|knows| with(tenant, knows)))
        })
    }

    fn collect(&mut self, requirement: &Requirement<'r>) {
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
        self.facts.extend(roles.iter().flat_map(Choice::values).map(|role| Fact::Role(role)));
        self.facts.extend(groups.iter().flat_map(Choice::values).map(|group| Fact::Group(*group)));
        self.facts.extend(application_roles.iter().flat_map(Choice::values).map(|role| Fact::ApplicationRole(role)));
        self.tenants.extend(*tenants);
        if let Some(policy) = allow {
            policy.for_each_leaf(&mut |fact| match fact {
                Policy::Role(role) => self.facts.push(Fact::Role(role)),
                Policy::Scope(scope) => self.facts.push(Fact::Scope(scope)),
                Policy::Group(group) => self.facts.push(Fact::Group(group)),
                Policy::ApplicationRole(role) => self.facts.push(Fact::ApplicationRole(role)),
                Policy::Tenant(tenant) => self.tenants.push(tenant),
                // Who is a person, the kind of caller says.
                _ => {}
            });
        }
    }
}
