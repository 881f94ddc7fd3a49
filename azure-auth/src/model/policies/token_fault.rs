//! What is wrong with the tokens for other APIs that a handler takes. Constant evaluation judges them: it knows what names
//! stand for.

use azure_auth_policy::{CallerKind, is_same};

use super::declaration::{Access, Declaration};
use crate::model::downstream::need::Need;
use crate::model::downstream::permission::{DEFAULT, Permission, ResourceName};

/// A mistake in a token, or in the list of `downstream`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenFault {
    /// Only applications are admitted.
    NobodyToActFor,
    /// A permission is named where it is named already.
    Twice,
    /// Every permission that was agreed to, beside single ones.
    DefaultBesideNames,
}

impl TokenFault {
    /// What was found, and the remedy, as a message of the compiler.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::NobodyToActFor => {
                "no person may call this, so there is nobody to act for\n\
                 help: take the program's own token, `ApplicationToken<…>` of the API's `Resource`, or admit people as well"
            }
            Self::Twice => {
                "a permission is named here twice\n\
                 help: name it once; what an argument `Token<…>` takes is not written in `downstream` as well"
            }
            Self::DefaultBesideNames => {
                "`.default` is every permission of an API that was agreed to, and cannot be asked for beside names\n\
                 help: ask for `.default` alone, or for the permissions without it"
            }
        }
    }
}

impl Declaration {
    /// What is wrong with a token that the handler takes as an argument.
    pub(crate) const fn fault_of_token(&self, need: &Need) -> Option<TokenFault> {
        let Need::Person { permissions, .. } = need else { return None };
        if !self.admits_people() {
            return Some(TokenFault::NobodyToActFor);
        }
        if has_twice(permissions) {
            return Some(TokenFault::Twice);
        }
        if self.has_names_beside(permissions) {
            return Some(TokenFault::DefaultBesideNames);
        }
        None
    }

    /// What is wrong with those that the declaration asks for itself, which are the first ones.
    pub(crate) const fn fault_of_tokens(&self, own: usize) -> Option<TokenFault> {
        let mut place = 0;
        while place < own {
            if let Some(fault) = self.fault_of_token(&self.needs[place]) {
                return Some(fault);
            }
            let mut other = place + 1;
            while other < self.needs.len() {
                if names_same(&self.needs[place], &self.needs[other]) {
                    return Some(TokenFault::Twice);
                }
                other += 1;
            }
            place += 1;
        }
        None
    }

    /// Whether a person can be admitted at all.
    const fn admits_people(&self) -> bool {
        let Access::Protected(requirement) = &self.access else { return true };
        let is_met_by_none = match requirement.allow {
            Some(policy) => matches!(policy.can_hold(CallerKind::PEOPLE), Some(false)),
            None => false,
        };
        requirement.admits_people() && !is_met_by_none
    }

    /// Whether these ask for everything, and something else of the handler's for single permissions of the same API.
    const fn has_names_beside(&self, permissions: &[Permission]) -> bool {
        if !has(permissions, true) {
            return false;
        }
        if has(permissions, false) {
            return true;
        }
        let mut place = 0;
        while place < self.needs.len() {
            if let Need::Person { permissions: others, .. } = self.needs[place]
                && is_of_same_api(permissions, others)
                && has(others, false)
            {
                return true;
            }
            place += 1;
        }
        false
    }
}

/// Whether there is one that is `.default`, or one that is not.
const fn has(permissions: &[Permission], is_default: bool) -> bool {
    let mut place = 0;
    while place < permissions.len() {
        if is_same(permissions[place].name, DEFAULT) == is_default {
            return true;
        }
        place += 1;
    }
    false
}

const fn has_twice(permissions: &[Permission]) -> bool {
    let mut place = 0;
    while place < permissions.len() {
        let (_, rest) = permissions.split_at(place + 1);
        if names(rest, permissions[place].name) {
            return true;
        }
        place += 1;
    }
    false
}

const fn names_same(one: &Need, other: &Need) -> bool {
    let (Need::Person { permissions, .. }, Need::Person { permissions: others, .. }) = (one, other) else {
        return false;
    };
    if !is_of_same_api(permissions, others) {
        return false;
    }
    let mut place = 0;
    while place < permissions.len() {
        if names(others, permissions[place].name) {
            return true;
        }
        place += 1;
    }
    false
}

const fn names(permissions: &[Permission], name: &str) -> bool {
    let mut place = 0;
    while place < permissions.len() {
        if is_same(permissions[place].name, name) {
            return true;
        }
        place += 1;
    }
    false
}

const fn is_of_same_api(one: &[Permission], other: &[Permission]) -> bool {
    let ([one, ..], [other, ..]) = (one, other) else { return false };
    match (one.resource, other.resource) {
        (ResourceName::Graph, ResourceName::Graph) => true,
        (ResourceName::Uri(one), ResourceName::Uri(other)) => is_same(one, other),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use azure_auth_policy::{Choice, Policy};

    use super::*;

    const READ: Permission = Permission::of("api://a", "Read");
    const WRITE: Permission = Permission::of("api://a", "Write");
    const EVERYTHING: Permission = Permission::of("api://a", DEFAULT);
    const READ_ELSEWHERE: Permission = Permission::of("api://b", "Read");

    const fn of(permissions: &'static [Permission]) -> Need {
        Need::Person { permissions, is_optional: false }
    }

    #[test]
    fn a_handler_for_applications_only_has_nobody_to_act_for() {
        let handler = Declaration::protected("handler");
        let roles = Choice::All(&["Jobs"]);
        for (declaration, expected) in [
            (handler, None),
            (Declaration::public("handler"), None),
            (handler.application_roles(roles), Some(TokenFault::NobodyToActFor)),
            (handler.application_roles(roles).roles(roles), None),
            (handler.allow(&Policy::ApplicationRole("Jobs")), Some(TokenFault::NobodyToActFor)),
            (handler.allow(&Policy::Any(&[Policy::User, Policy::ApplicationRole("Jobs")])), None),
        ] {
            assert_eq!(declaration.fault_of_token(&of(&[READ])), expected, "{declaration:?}");
            assert_eq!(declaration.fault_of_token(&Need::Application(ResourceName::Graph)), None);
        }
    }

    #[test]
    fn a_permission_is_named_once() {
        let handler = Declaration::protected("handler");
        for (permissions, expected) in [
            (&[READ, WRITE][..], None),
            (&[READ, READ], Some(TokenFault::Twice)),
            (&[READ, EVERYTHING], Some(TokenFault::DefaultBesideNames)),
            (&[EVERYTHING], None),
        ] {
            assert_eq!(handler.fault_of_token(&of(permissions)), expected, "{permissions:?}");
        }
    }

    #[test]
    fn what_the_declaration_asks_for_is_judged_beside_the_arguments() {
        const TABLE: &[(&[Need], Option<TokenFault>)] = &[
            (&[of(&[READ]), of(&[WRITE])], None),
            (&[of(&[READ]), Need::Nothing, of(&[READ])], Some(TokenFault::Twice)),
            (&[of(&[READ]), of(&[READ_ELSEWHERE])], None),
            (&[of(&[EVERYTHING]), of(&[READ])], Some(TokenFault::DefaultBesideNames)),
            (&[of(&[EVERYTHING]), of(&[READ_ELSEWHERE])], None),
        ];
        for (needs, expected) in TABLE {
            assert_eq!(Declaration::protected("handler").downstream(needs).fault_of_tokens(1), *expected, "{needs:?}");
        }
        let handler = Declaration::protected("handler").downstream(const { &[of(&[READ]), of(&[EVERYTHING])] });
        assert_eq!(handler.fault_of_tokens(1), None, "it is said at the argument");
        assert_eq!(handler.fault_of_token(&of(&[EVERYTHING])), Some(TokenFault::DefaultBesideNames));
    }
}
