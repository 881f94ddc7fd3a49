//! What a handler asks of its callers, as constant data.

use crate::language::choice::Choice;
use crate::language::policy::{MOST_LEAVES, Policy};
use crate::language::via::Via;
use crate::values::guid::Guid;

/// What a handler asks of its callers. Every part must hold. Empty and absent parts ask nothing.
///
/// ```
/// use azure_auth_policy::{Choice, Requirement};
///
/// const REQUIREMENT: Requirement<'_> =
///     Requirement { application_roles: Some(Choice::All(&["Jobs.Run"])), ..Requirement::ANYONE };
/// assert!(REQUIREMENT.admits_applications() && !REQUIREMENT.admits_people());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement<'r> {
    /// Scopes of OpenID Connect: they shape the sign-in and refuse nobody.
    pub openid_scopes: &'r [&'r str],
    /// Delegated permissions of this API, all of them. They limit clients, not sessions.
    pub scopes: &'r [&'r str],
    /// App roles of a person.
    pub roles: Option<Choice<'r, &'r str>>,
    /// Groups of a person.
    pub groups: Option<Choice<'r, Guid>>,
    /// What an application without a user needs. Without it none is admitted, and alone it admits nobody else.
    pub application_roles: Option<Choice<'r, &'r str>>,
    /// Any of these.
    pub tenants: &'r [Guid],
    /// The only kind of credential that is accepted.
    pub via: Option<Via>,
    /// A policy that must hold beside everything else.
    pub allow: Option<&'r Policy<'r>>,
    /// The name of the function that is asked last. It judges by itself.
    pub check: Option<&'r str>,
}

impl Requirement<'_> {
    /// Any signed-in user or delegated caller of an accepted tenant.
    pub const ANYONE: Self = Self {
        openid_scopes: &[],
        scopes: &[],
        roles: None,
        groups: None,
        application_roles: None,
        tenants: &[],
        via: None,
        allow: None,
        check: None,
    };

    /// The groups that decide something here.
    #[must_use]
    pub fn groups(&self) -> Vec<Guid> {
        let mut groups = self.groups.map_or_else(Vec::new, |choice| choice.values().to_vec());
        if let Some(policy) = self.allow {
            policy.for_each_leaf(&mut |fact| {
                if let Policy::Group(group) = fact {
                    groups.push(group);
                }
            });
        }
        groups
    }

    /// Whether an application without a user can be admitted at all.
    #[must_use]
    pub const fn admits_applications(&self) -> bool {
        match self.allow {
            Some(policy) if policy.names_application_role() => true,
            _ => self.application_roles.is_some(),
        }
    }

    /// Whether a person can be admitted at all: application roles alone are for applications only.
    #[must_use]
    pub const fn admits_people(&self) -> bool {
        let asks_people = !self.scopes.is_empty() || self.roles.is_some() || self.groups.is_some();
        self.application_roles.is_none() || asks_people
    }
}

/// What the short keys of a requirement ask for, as facts of policies.
pub(crate) struct Keys<'r> {
    facts: [Policy<'r>; MOST_LEAVES],
    count: usize,
    scopes: usize,
    roles: Range,
    groups: Range,
    application_roles: Range,
    tenants: Range,
}

/// A part of the facts. None: the key is absent.
type Range = Option<(usize, usize, Quantifier)>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quantifier {
    Any,
    All,
}

impl<'r> Keys<'r> {
    /// None: of more facts than a policy can have.
    pub(crate) const fn of(requirement: &Requirement<'r>) -> Option<Self> {
        let mut keys = Self {
            facts: [Policy::User; MOST_LEAVES],
            count: 0,
            scopes: 0,
            roles: None,
            groups: None,
            application_roles: None,
            tenants: None,
        };
        let Requirement { scopes, roles, groups, application_roles, tenants, .. } = *requirement;
        let facts = scopes.len() + length(roles) + length(groups) + length(application_roles) + tenants.len();
        if facts > MOST_LEAVES {
            return None;
        }
        let mut place = 0;
        while place < scopes.len() {
            keys.push(Policy::Scope(scopes[place]));
            place += 1;
        }
        keys.scopes = keys.count;
        keys.roles = keys.names(roles, false);
        keys.application_roles = keys.names(application_roles, true);
        keys.groups = match groups {
            Some(Choice::Any(groups)) => Some(keys.ids(groups, false, Quantifier::Any)),
            Some(Choice::All(groups)) => Some(keys.ids(groups, false, Quantifier::All)),
            None => None,
        };
        keys.tenants = if tenants.is_empty() { None } else { Some(keys.ids(tenants, true, Quantifier::Any)) };
        Some(keys)
    }

    pub(crate) const fn scopes(&self) -> Policy<'_> {
        self.policy(Some((0, self.scopes, Quantifier::All)))
    }

    pub(crate) const fn roles(&self) -> Policy<'_> {
        self.policy(self.roles)
    }

    pub(crate) const fn groups(&self) -> Policy<'_> {
        self.policy(self.groups)
    }

    pub(crate) const fn application_roles(&self) -> Policy<'_> {
        self.policy(self.application_roles)
    }

    pub(crate) const fn tenants(&self) -> Policy<'_> {
        self.policy(self.tenants)
    }

    /// An absent key is met by everyone.
    const fn policy(&self, range: Range) -> Policy<'_> {
        let Some((start, end, quantifier)) = range else { return Policy::All(&[]) };
        let facts = self.facts.as_slice().split_at(end).0.split_at(start).1;
        match quantifier {
            Quantifier::Any => Policy::Any(facts),
            Quantifier::All => Policy::All(facts),
        }
    }

    const fn names(&mut self, choice: Option<Choice<'r, &'r str>>, is_of_applications: bool) -> Range {
        let (names, quantifier) = match choice {
            Some(Choice::Any(names)) => (names, Quantifier::Any),
            Some(Choice::All(names)) => (names, Quantifier::All),
            None => return None,
        };
        let (start, mut place) = (self.count, 0);
        while place < names.len() {
            let name = names[place];
            self.push(if is_of_applications { Policy::ApplicationRole(name) } else { Policy::Role(name) });
            place += 1;
        }
        Some((start, self.count, quantifier))
    }

    const fn ids(&mut self, ids: &[Guid], are_tenants: bool, quantifier: Quantifier) -> (usize, usize, Quantifier) {
        let (start, mut place) = (self.count, 0);
        while place < ids.len() {
            self.push(if are_tenants { Policy::Tenant(ids[place]) } else { Policy::Group(ids[place]) });
            place += 1;
        }
        (start, self.count, quantifier)
    }

    const fn push(&mut self, fact: Policy<'r>) {
        self.facts[self.count] = fact;
        self.count += 1;
    }
}

const fn length<T: Copy>(choice: Option<Choice<'_, T>>) -> usize {
    match choice {
        Some(choice) => choice.values().len(),
        None => 0,
    }
}
