//! What a policy evaluates to for every possible caller: three-valued, as at run time. Facts about the other kind of
//! caller are unknown. Pure, and small: a policy with too many facts is not examined.

use crate::model::protection::Policy;

/// More facts than anyone reads at once; each one doubles the work.
const MOST_FACTS: usize = 9;

/// Who may call, as far as it decides which facts can be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A person with a session, which has every scope.
    Session,
    /// A person's client, with an access token.
    Client,
    /// An application without a person.
    Application,
    /// No particular caller: every fact may be true beside every other, and is known.
    Anyone,
}

/// Every caller with every possible combination of facts.
pub(crate) struct Worlds<'p> {
    facts: Vec<&'p Policy>,
    worlds: Vec<World>,
}

#[derive(Clone, Copy)]
struct World {
    caller: Caller,
    /// One bit for each fact.
    truths: usize,
    /// Overage leaves a person's groups unknown.
    knows_groups: bool,
}

impl<'p> Worlds<'p> {
    /// The worlds of some policies; None where there are too many.
    pub(crate) fn of(policies: &[&'p Policy], callers: &[Caller]) -> Option<Self> {
        let mut facts = Vec::new();
        for policy in policies {
            collect(policy, &mut facts);
        }
        if facts.len() > MOST_FACTS {
            return None;
        }
        let mut worlds = Vec::new();
        for caller in callers.iter().copied() {
            for truths in 0..1 << facts.len() {
                let world = World { caller, truths, knows_groups: true };
                if world.is_possible(&facts) {
                    worlds.extend([world, World { knows_groups: false, ..world }]);
                }
            }
        }
        Some(Self { facts, worlds })
    }

    /// The worlds in which `policy` holds for `callers`; all those of other callers as well.
    pub(crate) fn where_holds(mut self, policy: &Policy, callers: &[Caller]) -> Self {
        let Self { facts, worlds } = &mut self;
        worlds.retain(|world| !callers.contains(&world.caller) || world.value(policy, facts) == Some(true));
        self
    }

    pub(crate) fn can_hold(&self, policy: &Policy) -> bool {
        self.values(policy).any(|value| value == Some(true))
    }

    pub(crate) fn always_holds(&self, policy: &Policy) -> bool {
        self.values(policy).all(|value| value == Some(true))
    }

    /// Whether `other` is at least as true as `policy` everywhere: false, unknown, true.
    pub(crate) fn implies(&self, policy: &Policy, other: &Policy) -> bool {
        self.values(policy).zip(self.values(other)).all(|(one, other)| rank(one) <= rank(other))
    }

    /// Whether a caller meets the policy without a named application role that makes it true.
    pub(crate) fn can_hold_without_role(&self, policy: &Policy) -> bool {
        let holds = |world: &World| world.value(policy, &self.facts) == Some(true);
        self.worlds.iter().any(|world| holds(world) && !world.is_by_role(policy, &self.facts))
    }

    fn values(&self, policy: &Policy) -> impl Iterator<Item = Option<bool>> {
        self.worlds.iter().map(move |world| world.value(policy, &self.facts))
    }
}

impl World {
    /// No caller belongs to two tenants, a caller with a fact about people is a person, and a fact that does not apply to
    /// this caller is the same in every world.
    fn is_possible(self, facts: &[&Policy]) -> bool {
        let is_true = |place: usize| self.truths >> place & 1 == 1;
        let has_person = facts.iter().position(|fact| **fact == Policy::User).is_none_or(is_true);
        let is_possible = |(place, fact): (usize, &&Policy)| match (fact, self.caller) {
            (Policy::User, Caller::Session | Caller::Client) | (Policy::Scope(_), Caller::Session) => is_true(place),
            (Policy::Role(_) | Policy::Scope(_) | Policy::Group(_), Caller::Anyone) => has_person || !is_true(place),
            (fact, caller) if caller.has_not(fact) => !is_true(place),
            _ => true,
        };
        let tenants = facts.iter().enumerate().filter(|(_, fact)| matches!(fact, Policy::Tenant(_)));
        let tenants = tenants.filter(|(place, _)| is_true(*place)).count();
        facts.iter().enumerate().all(is_possible) && (tenants <= 1 || self.caller == Caller::Anyone)
    }

    fn value(self, policy: &Policy, facts: &[&Policy]) -> Option<bool> {
        match policy {
            Policy::Not(inner) => self.value(inner, facts).map(|holds| !holds),
            // Kleene's logic: false, unknown, true, and a list is its least or its greatest part.
            Policy::All(parts) => self.values(parts, facts).min_by_key(|value| rank(*value)).unwrap_or(Some(true)),
            Policy::Any(parts) => self.values(parts, facts).max_by_key(|value| rank(*value)).unwrap_or(Some(false)),
            fact if self.caller.has_not(fact) => None,
            Policy::Group(_) if !self.knows_groups => None,
            fact => facts.iter().position(|known| *known == fact).map(|place| self.truths >> place & 1 == 1),
        }
    }

    /// Whether an application role that is named makes the policy true.
    fn is_by_role(self, policy: &Policy, facts: &[&Policy]) -> bool {
        let is_by_role = match policy {
            Policy::ApplicationRole(_) => true,
            Policy::All(parts) | Policy::Any(parts) => parts.iter().any(|part| self.is_by_role(part, facts)),
            _ => false,
        };
        is_by_role && self.value(policy, facts) == Some(true)
    }

    fn values(self, parts: &[Policy], facts: &[&Policy]) -> impl Iterator<Item = Option<bool>> {
        parts.iter().map(move |part| self.value(part, facts))
    }
}

impl Caller {
    /// Whether it is never known of such a caller.
    fn has_not(self, fact: &Policy) -> bool {
        match fact {
            Policy::User | Policy::Role(_) | Policy::Scope(_) | Policy::Group(_) => self == Self::Application,
            Policy::ApplicationRole(_) => matches!(self, Self::Session | Self::Client),
            _ => false,
        }
    }
}

fn collect<'p>(policy: &'p Policy, facts: &mut Vec<&'p Policy>) {
    match policy {
        Policy::Not(inner) => collect(inner, facts),
        Policy::All(parts) | Policy::Any(parts) => parts.iter().for_each(|part| collect(part, facts)),
        fact if !facts.contains(&fact) => facts.push(fact),
        _ => {}
    }
}

fn rank(value: Option<bool>) -> u8 {
    match value {
        Some(false) => 0,
        None => 1,
        Some(true) => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::Caller::{Anyone, Application, Client, Session};
    use super::*;
    use crate::model::item::Name;

    const EVERYONE: [Caller; 3] = [Session, Client, Application];

    fn role(name: &str) -> Policy {
        Policy::Role(Name::Literal(name.to_owned()))
    }

    fn application_role(name: &str) -> Policy {
        Policy::ApplicationRole(Name::Literal(name.to_owned()))
    }

    fn scope(name: &str) -> Policy {
        Policy::Scope(Name::Literal(name.to_owned()))
    }

    fn group(id: u128) -> Policy {
        Policy::Group(Name::Literal(id))
    }

    fn not(policy: Policy) -> Policy {
        Policy::Not(Box::new(policy))
    }

    fn can_hold(policy: &Policy, callers: &[Caller]) -> bool {
        Worlds::of(&[policy], callers).unwrap().can_hold(policy)
    }

    fn always_holds(policy: &Policy, callers: &[Caller]) -> bool {
        Worlds::of(&[policy], callers).unwrap().always_holds(policy)
    }

    #[test]
    fn what_contradicts_itself_cannot_hold() {
        for (policy, expected) in [
            (Policy::All(vec![role("A"), role("B")]), true),
            (Policy::All(vec![role("A"), not(role("A"))]), false),
            (Policy::All(vec![role("A"), application_role("A")]), false),
            (Policy::All(vec![group(1), application_role("A")]), false),
            (Policy::All(vec![scope("A"), application_role("A")]), false),
            (Policy::All(vec![Policy::Tenant(1), Policy::Tenant(2)]), false),
            (Policy::Any(vec![Policy::Tenant(1), Policy::Tenant(2)]), true),
            (not(Policy::Any(vec![role("A"), not(role("A"))])), false),
        ] {
            assert_eq!(can_hold(&policy, &EVERYONE), expected, "{policy:?}");
        }
    }

    #[test]
    fn without_a_caller_every_combination_of_facts_is_possible() {
        assert!(can_hold(&Policy::All(vec![role("A"), application_role("A")]), &[Anyone]));
        assert!(!can_hold(&Policy::All(vec![role("A"), not(role("A"))]), &[Anyone]));
    }

    #[test]
    fn what_holds_for_everyone_always_holds() {
        for (policy, expected) in [
            (Policy::Any(vec![role("A"), not(role("A"))]), false),
            (Policy::Any(vec![Policy::Tenant(1), not(Policy::Tenant(1))]), true),
            (Policy::Any(vec![not(role("A")), not(application_role("A"))]), false),
            (Policy::Any(vec![role("A"), not(role("B"))]), false),
            (Policy::Any(vec![group(1), not(group(1))]), false),
        ] {
            assert_eq!(always_holds(&policy, &EVERYONE), expected, "{policy:?}");
        }
        let people = [Session, Client];
        assert!(always_holds(&Policy::Any(vec![role("A"), not(role("A"))]), &people));
        assert!(always_holds(&Policy::User, &people) && !can_hold(&not(Policy::User), &EVERYONE));
        assert!(always_holds(&scope("A"), &[Session]));
        assert!(!always_holds(&scope("A"), &[Session, Client]));
    }

    #[test]
    fn a_part_is_redundant_only_if_it_changes_nothing_when_groups_are_unknown() {
        let (part, whole) = (Policy::All(vec![role("A"), group(1)]), role("A"));
        let worlds = Worlds::of(&[&part, &whole], &[Anyone]).unwrap();
        assert!(worlds.implies(&part, &whole) && !worlds.implies(&whole, &part));

        let open = Policy::Any(vec![group(1), not(group(1))]);
        assert!(!Worlds::of(&[&whole, &open], &[Anyone]).unwrap().implies(&whole, &open));
    }

    #[test]
    fn what_else_must_hold_narrows_the_worlds() {
        let policy = Policy::Any(vec![not(role("A")), application_role("B")]);
        let (role, people) = (role("A"), [Session, Client]);
        let narrowed = |callers: &[Caller]| {
            Worlds::of(&[&policy, &role], callers).unwrap().where_holds(&role, &people).can_hold(&policy)
        };
        assert!(!narrowed(&people));
        assert!(narrowed(&EVERYONE));
    }

    #[test]
    fn an_application_needs_a_role_that_is_named_and_that_it_has() {
        let job = || application_role("J");
        for (policy, expected) in [
            (job(), false),
            (Policy::Any(vec![role("A"), job()]), false),
            (Policy::Any(vec![not(role("A")), job()]), false),
            (Policy::Any(vec![Policy::User, job()]), false),
            (Policy::All(vec![Policy::Tenant(1), job()]), false),
            (Policy::Any(vec![Policy::Tenant(1), job()]), true),
            (Policy::Any(vec![not(Policy::Tenant(1)), job()]), true),
            (not(job()), true),
            (Policy::All(vec![Policy::Tenant(1), Policy::Any(vec![role("A"), not(job())])]), true),
            (Policy::Any(vec![Policy::All(vec![Policy::User, Policy::Tenant(1)]), job()]), false),
        ] {
            let worlds = Worlds::of(&[&policy], &[Application]).unwrap();
            assert_eq!(worlds.can_hold_without_role(&policy), expected, "{policy:?}");
        }
    }

    #[test]
    fn a_fact_about_people_implies_a_person() {
        let (user, role) = (Policy::User, role("A"));
        let worlds = Worlds::of(&[&user, &role], &[Anyone]).unwrap();
        assert!(worlds.implies(&role, &user) && !worlds.implies(&user, &role));
    }

    #[test]
    fn too_many_facts_are_not_examined() {
        let policy = Policy::Any((0..10).map(group).collect());
        assert!(Worlds::of(&[&policy], &EVERYONE).is_none());
    }
}
