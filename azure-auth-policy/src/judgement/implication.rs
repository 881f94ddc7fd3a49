//! What is true of everyone who is admitted.

use crate::judgement::worlds::{CallerKind, Worlds};
use crate::language::policy::Policy;
use crate::language::requirement::Keys;
use crate::language::requirement::Requirement;
use crate::language::via::Via;

impl Requirement<'_> {
    /// Whether whoever is admitted meets `fact`. Where that takes more than a look at each key, the answer is no.
    ///
    /// ```
    /// use azure_auth_policy::{Choice, Policy, Requirement};
    ///
    /// const REQUIREMENT: Requirement<'_> =
    ///     Requirement { roles: Some(Choice::All(&["Admin", "Writer"])), ..Requirement::ANYONE };
    /// assert!(REQUIREMENT.implies(&Policy::Role("Admin")));
    /// assert!(!REQUIREMENT.implies(&Policy::Role("Owner")));
    /// ```
    #[must_use]
    pub const fn implies(&self, fact: &Policy<'_>) -> bool {
        if let Policy::All(facts) = fact {
            let mut place = 0;
            while place < facts.len() {
                if !self.implies(&facts[place]) {
                    return false;
                }
                place += 1;
            }
            return true;
        }
        let has_sessions = !matches!(self.via, Some(Via::Bearer));
        let has_clients = !matches!(self.via, Some(Via::Session));
        let has_people = self.admits_people();
        (!has_people || !has_sessions || self.implies_of(CallerKind::Session, fact))
            && (!has_people || !has_clients || self.implies_of(CallerKind::Client, fact))
            && (!has_clients || !self.admits_applications() || self.implies_of(CallerKind::Application, fact))
    }

    const fn implies_of(&self, caller: CallerKind, fact: &Policy<'_>) -> bool {
        let by_policy = match self.allow {
            Some(policy) => policy.implies(caller, fact),
            None => false,
        };
        let Some(keys) = Keys::of(self) else { return by_policy };
        by_policy
            || match caller {
                CallerKind::Application => keys.application_roles().implies(caller, fact),
                _ => {
                    keys.scopes().implies(caller, fact)
                        || keys.roles().implies(caller, fact)
                        || keys.groups().implies(caller, fact)
                }
            }
    }
}

impl Policy<'_> {
    /// Whether every caller of a kind who meets the policy meets `fact`. Of more facts than can be tried, as far as its
    /// parts show.
    const fn implies(&self, caller: CallerKind, fact: &Policy<'_>) -> bool {
        let (policies, callers) = ([self, fact], [caller]);
        let Some(mut worlds) = Worlds::of(&policies, &callers) else { return self.implies_by_parts(caller, fact) };
        while worlds.next() {
            if worlds.truth(0).is_yes() && !worlds.truth(1).is_yes() {
                return false;
            }
        }
        true
    }

    const fn implies_by_parts(&self, caller: CallerKind, fact: &Policy<'_>) -> bool {
        let (parts, needs_each) = match self {
            Self::Named(_, inner) => return inner.implies_by_parts(caller, fact),
            Self::All(parts) => (*parts, false),
            Self::Any(parts) => (*parts, true),
            _ => return false,
        };
        let mut place = 0;
        while place < parts.len() {
            if parts[place].implies(caller, fact) != needs_each {
                return !needs_each;
            }
            place += 1;
        }
        needs_each
    }
}

#[cfg(test)]
#[path = "implication_tests.rs"]
mod tests;
