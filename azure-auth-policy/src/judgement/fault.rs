//! What a policy says of every caller: which ones say nothing, or more than was meant. The macros judge what they can read,
//! part by part; constant evaluation judges as a whole what names stand for.

use crate::judgement::evaluation::Truth;
use crate::judgement::worlds::{CallerKind, Worlds};
use crate::language::policy::{MOST_LEAVES, Policy};
use crate::language::requirement::Keys;
use crate::language::requirement::Requirement;
use crate::language::via::Via;

/// What is wrong with a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It asks for more facts than can be counted.
    TooManyFacts,
    /// No caller can meet it.
    MetByNobody,
    /// Every caller meets it.
    MetByEveryone,
    /// No caller that the other keys admit can meet it.
    MetByNobodyBesideKeys,
    /// Every caller that the other keys admit already meets it.
    MetByEveryoneBesideKeys,
    /// It says who may not call, but not who may.
    SaysWhoMayNot,
    /// It would admit applications without an application role that it names.
    AdmitsApplications,
}

impl Fault {
    /// What was found, and the remedy, as a message of the compiler.
    ///
    /// ```
    /// use azure_auth_policy::Fault;
    ///
    /// assert!(Fault::SaysWhoMayNot.message().contains("help: write `user() && …`"));
    /// ```
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::TooManyFacts => {
                "with what its names stand for, this policy asks for more than 64 facts\n\
                 help: let one app role or group stand for several of them"
            }
            Self::MetByNobody => {
                "no caller can meet this policy, with what its names stand for\n\
                 help: correct one of its parts, or join with `||` what different callers meet"
            }
            Self::MetByEveryone => {
                "every caller meets this policy, with what its names stand for\n\
                 help: correct one of its parts, or remove it"
            }
            Self::MetByNobodyBesideKeys => {
                "no caller that the other keys admit can meet this policy, with what its names stand for\n\
                 help: correct `allow` or the key that contradicts it: all keys must hold"
            }
            Self::MetByEveryoneBesideKeys => {
                "every caller that the other keys admit already meets this policy, with what its names stand for\n\
                 help: remove `allow`, or the key that asks for more: all keys must hold"
            }
            Self::SaysWhoMayNot => {
                "this policy says who may not call, but not who may\n\
                 help: write `user() && …` to admit every other signed-in person"
            }
            Self::AdmitsApplications => {
                "this policy would admit applications without an application role that it names\n\
                 help: write `user() && …` around what is about people, `application_role(\"…\") && …` around what is about \
                 applications"
            }
        }
    }
}

impl Policy<'_> {
    /// Whether a caller of these kinds can meet it; `None` where it asks for too much to tell.
    ///
    /// ```
    /// use azure_auth_policy::{CallerKind, Policy};
    ///
    /// const POLICY: Policy<'_> = Policy::All(&[Policy::Role("A"), Policy::ApplicationRole("A")]);
    /// assert_eq!(POLICY.can_hold(CallerKind::EVERYONE), Some(false));
    /// assert_eq!(POLICY.can_hold(&[CallerKind::Anyone]), Some(true));
    /// ```
    #[must_use]
    pub const fn can_hold(&self, callers: &[CallerKind]) -> Option<bool> {
        let policies = [self];
        let Some(mut worlds) = Worlds::of(&policies, callers) else { return None };
        while worlds.next() {
            if worlds.truth(0).is_yes() {
                return Some(true);
            }
        }
        Some(false)
    }

    /// Whether every caller of these kinds meets it; `None` where it asks for too much to tell.
    #[must_use]
    pub const fn always_holds(&self, callers: &[CallerKind]) -> Option<bool> {
        let policies = [self];
        let Some(mut worlds) = Worlds::of(&policies, callers) else { return None };
        while worlds.next() {
            if !worlds.truth(0).is_yes() {
                return Some(false);
            }
        }
        Some(true)
    }

    /// Whether `other` is at least as true as this one everywhere: false, unknown, true. It is what makes one of two parts
    /// of a list redundant.
    #[must_use]
    pub const fn is_within(&self, other: &Policy<'_>) -> Option<bool> {
        let policies = [self, other];
        let Some(mut worlds) = Worlds::of(&policies, &[CallerKind::Anyone]) else { return None };
        while worlds.next() {
            match (worlds.truth(0), worlds.truth(1)) {
                (Truth::Yes { .. }, Truth::No | Truth::Unknown) | (Truth::Unknown, Truth::No) => return Some(false),
                _ => {}
            }
        }
        Some(true)
    }

    /// Whether an application meets it without an application role that is named and that makes it true.
    #[must_use]
    pub const fn admits_applications_without_role(&self) -> Option<bool> {
        let policies = [self];
        let Some(mut worlds) = Worlds::of(&policies, &[CallerKind::Application]) else { return None };
        while worlds.next() {
            if matches!(worlds.truth(0), Truth::Yes { by_application_role: false }) {
                return Some(true);
            }
        }
        Some(false)
    }

    /// Whether it asks for a fact to be so, rather than not to be so. Of alternatives each must.
    ///
    /// ```
    /// use azure_auth_policy::Policy;
    ///
    /// assert!(Policy::Role("Writer").says_who());
    /// assert!(!Policy::Not(&Policy::Named("Editor", &Policy::Role("Writer"))).says_who());
    /// ```
    #[must_use]
    pub const fn says_who(&self) -> bool {
        self.asserts(false)
    }

    const fn asserts(&self, is_negated: bool) -> bool {
        let (parts, needs_each) = match self {
            Self::Named(_, inner) => return inner.asserts(is_negated),
            Self::Not(inner) => return inner.asserts(!is_negated),
            Self::All(parts) => (*parts, is_negated),
            Self::Any(parts) => (*parts, !is_negated),
            _ => return !is_negated,
        };
        let mut place = 0;
        while place < parts.len() {
            if parts[place].asserts(is_negated) != needs_each {
                return !needs_each;
            }
            place += 1;
        }
        needs_each
    }

    /// What is wrong with it wherever it is written.
    #[must_use]
    pub const fn fault(&self) -> Option<Fault> {
        Requirement { allow: Some(self), ..Requirement::ANYONE }.fault()
    }
}

impl Requirement<'_> {
    /// What is wrong with its policy, beside its other keys.
    ///
    /// ```
    /// use azure_auth_policy::{Fault, Policy, Requirement};
    ///
    /// const REQUIREMENT: Requirement<'_> =
    ///     Requirement { allow: Some(&Policy::Not(&Policy::Role("Guest"))), ..Requirement::ANYONE };
    /// const FAULT: Option<Fault> = REQUIREMENT.fault();
    /// assert_eq!(FAULT, Some(Fault::SaysWhoMayNot));
    /// ```
    #[must_use]
    pub const fn fault(&self) -> Option<Fault> {
        let Some(policy) = self.allow else { return None };
        if policy.leaves() > MOST_LEAVES {
            return Some(Fault::TooManyFacts);
        }
        let callers = self.callers();
        if matches!(policy.can_hold(callers), Some(false)) {
            return Some(Fault::MetByNobody);
        }
        if matches!(policy.always_holds(callers), Some(true)) {
            return Some(Fault::MetByEveryone);
        }
        if let Some(fault) = self.fault_beside_keys() {
            return Some(fault);
        }
        if !self.says_who() && !policy.says_who() {
            return Some(Fault::SaysWhoMayNot);
        }
        let takes_applications = matches!(callers, [.., CallerKind::Application]);
        if takes_applications && matches!(policy.admits_applications_without_role(), Some(true)) {
            return Some(Fault::AdmitsApplications);
        }
        None
    }

    /// Who is considered at all, applications last.
    #[must_use]
    pub const fn callers(&self) -> &'static [CallerKind] {
        use CallerKind::{Application, Client, Session};
        match (self.via, self.admits_applications()) {
            (Some(Via::Session), _) => &[Session],
            (Some(Via::Bearer), true) => &[Client, Application],
            (Some(Via::Bearer), false) => &[Client],
            (None, true) => CallerKind::EVERYONE,
            (None, false) => CallerKind::PEOPLE,
        }
    }

    /// Whether keys other than `allow` say who may call. The policy is joined to them.
    #[must_use]
    pub const fn says_who(&self) -> bool {
        !self.scopes.is_empty() || self.roles.is_some() || self.groups.is_some() || !self.tenants.is_empty()
    }

    /// Whether the other keys leave the policy nothing to decide.
    #[must_use]
    pub const fn fault_beside_keys(&self) -> Option<Fault> {
        let (Some(policy), Some(keys)) = (self.allow, Keys::of(self)) else { return None };
        let (scopes, roles, groups, tenants) = (&keys.scopes(), &keys.roles(), &keys.groups(), &keys.tenants());
        let policies = [policy, scopes, roles, groups, tenants];
        let Some(mut worlds) = Worlds::of(&policies, self.callers()) else { return None };
        let (mut is_met, mut is_missed) = (false, false);
        while worlds.next() {
            let is_person = !matches!(worlds.caller(), CallerKind::Application);
            let are_people_admitted = worlds.truth(1).is_yes() && worlds.truth(2).is_yes() && worlds.truth(3).is_yes();
            if worlds.truth(4).is_yes() && (!is_person || are_people_admitted) {
                let meets = worlds.truth(0).is_yes();
                is_met |= meets;
                is_missed |= !meets;
            }
        }
        match (is_met, is_missed) {
            (false, _) => Some(Fault::MetByNobodyBesideKeys),
            (true, false) => Some(Fault::MetByEveryoneBesideKeys),
            (true, true) => None,
        }
    }
}

#[cfg(test)]
#[path = "fault_tests.rs"]
mod tests;
