//! Every caller there could be, as far as some policies can tell them apart.

use crate::judgement::evaluation::Truth;
use crate::language::policy::{MOST_LEAVES, Policy};

/// More facts than anybody reads at once; each one doubles the work.
pub const MOST_FACTS: usize = 9;

/// Who may call, as far as it decides which facts can be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerKind {
    /// A person with a session, which has every scope.
    Session,
    /// A person's client, with an access token.
    Client,
    /// An application without a person.
    Application,
    /// Nobody in particular: every fact may be true beside every other, and is known.
    Anyone,
}

impl CallerKind {
    /// People, by either kind of credential.
    pub const PEOPLE: &'static [Self] = &[Self::Session, Self::Client];

    /// Everyone who may call.
    pub const EVERYONE: &'static [Self] = &[Self::Session, Self::Client, Self::Application];

    /// Whether such a fact can be known of such a caller.
    const fn can_have(self, fact: &Policy<'_>) -> bool {
        match fact {
            Policy::User | Policy::Role(_) | Policy::Scope(_) | Policy::Group(_) => !matches!(self, Self::Application),
            Policy::ApplicationRole(_) => matches!(self, Self::Application | Self::Anyone),
            _ => true,
        }
    }

    /// Whether it is known of every such caller that it holds.
    const fn always_has(self, fact: &Policy<'_>) -> bool {
        match fact {
            Policy::User => matches!(self, Self::Session | Self::Client),
            Policy::Scope(_) => matches!(self, Self::Session),
            _ => false,
        }
    }
}

/// Every caller with every possible combination of facts, one after the other.
///
/// ```
/// use azure_auth_policy::{CallerKind, Policy, Worlds};
///
/// let policy = Policy::All(&[Policy::Role("Admin"), Policy::ApplicationRole("Jobs.Run")]);
/// let policies = [&policy];
/// let mut worlds = Worlds::of(&policies, CallerKind::EVERYONE).expect("two facts are few");
/// let mut admitted = 0;
/// while worlds.next() {
///     admitted += usize::from(worlds.truth(0).is_yes());
/// }
/// assert_eq!(admitted, 0, "nobody is a person and an application");
/// ```
#[derive(Clone, Debug)]
pub struct Worlds<'w> {
    policies: &'w [&'w Policy<'w>],
    callers: &'w [CallerKind],
    /// Each fact once.
    facts: [Policy<'w>; MOST_FACTS],
    fact_count: usize,
    /// The fact behind each leaf of the policies.
    leaves: [u8; MOST_LEAVES],
    leaf_count: usize,
    /// How many callers were begun.
    caller: usize,
    sets: Sets,
    /// One bit for each fact.
    set: usize,
    /// Overage leaves a person's groups unknown.
    knows_groups: bool,
    is_true: u64,
    is_known: u64,
}

/// Facts of one kind of callers, by their bits.
#[derive(Clone, Copy, Debug)]
struct Sets {
    never: usize,
    always: usize,
    tenants: usize,
    groups: usize,
    /// Facts of people, and the fact that somebody is a person.
    of_people: usize,
    user: usize,
}

impl<'w> Worlds<'w> {
    /// The worlds of some policies, before the first one; `None` where there are too many.
    #[must_use]
    pub const fn of(policies: &'w [&'w Policy<'w>], callers: &'w [CallerKind]) -> Option<Self> {
        let nothing = Sets { never: 0, always: 0, tenants: 0, groups: 0, of_people: 0, user: 0 };
        let mut worlds = Self {
            policies,
            callers,
            facts: [Policy::User; MOST_FACTS],
            fact_count: 0,
            leaves: [0; MOST_LEAVES],
            leaf_count: 0,
            caller: 0,
            sets: nothing,
            set: 0,
            knows_groups: false,
            is_true: 0,
            is_known: 0,
        };
        let mut place = 0;
        while place < policies.len() {
            if !worlds.collect(policies[place]) {
                return None;
            }
            place += 1;
        }
        worlds.set = worlds.end();
        Some(worlds)
    }

    /// Goes to the next world, if there is one.
    #[allow(clippy::should_implement_trait, reason = "an iterator cannot be asked in constant evaluation")]
    pub const fn next(&mut self) -> bool {
        if self.knows_groups && self.sets.groups != 0 {
            self.knows_groups = false;
            self.look();
            return true;
        }
        loop {
            self.set += 1;
            if self.set >= self.end() {
                if self.caller == self.callers.len() {
                    return false;
                }
                self.caller += 1;
                self.set = 0;
                self.sets = self.sets();
            }
            if self.is_possible() {
                self.knows_groups = true;
                self.look();
                return true;
            }
        }
    }

    /// Who calls in this world.
    #[must_use]
    pub const fn caller(&self) -> CallerKind {
        self.callers[self.caller.saturating_sub(1)]
    }

    /// What a policy, by its place among those given, comes to in this world.
    #[must_use]
    pub const fn truth(&self, policy: usize) -> Truth {
        let (mut leaf, mut place) = (0, 0);
        while place < policy {
            leaf += self.policies[place].leaves();
            place += 1;
        }
        // The last policy may ask for nothing.
        if leaf >= MOST_LEAVES {
            return self.policies[policy].evaluate(0, 0);
        }
        self.policies[policy].evaluate(self.is_true >> leaf, self.is_known >> leaf)
    }

    const fn end(&self) -> usize {
        1 << self.fact_count
    }

    /// Adds the facts of a policy; false where there are too many.
    const fn collect(&mut self, policy: &Policy<'w>) -> bool {
        match policy {
            Policy::Not(inner) | Policy::Named(_, inner) => self.collect(inner),
            Policy::All(parts) | Policy::Any(parts) => {
                let mut place = 0;
                while place < parts.len() {
                    if !self.collect(&parts[place]) {
                        return false;
                    }
                    place += 1;
                }
                true
            }
            fact => self.add(fact),
        }
    }

    const fn add(&mut self, fact: &Policy<'w>) -> bool {
        let mut place = 0;
        while place < self.fact_count && !self.facts[place].is_same_fact(fact) {
            place += 1;
        }
        if place == MOST_FACTS || self.leaf_count == MOST_LEAVES {
            return false;
        }
        if place == self.fact_count {
            self.facts[place] = *fact;
            self.fact_count += 1;
        }
        #[allow(clippy::cast_possible_truncation, reason = "there are few facts")]
        let fact = place as u8;
        self.leaves[self.leaf_count] = fact;
        self.leaf_count += 1;
        true
    }

    /// What decides which combinations are possible for the caller.
    const fn sets(&self) -> Sets {
        let mut sets = Sets { never: 0, always: 0, tenants: 0, groups: 0, of_people: 0, user: 0 };
        let (caller, mut place) = (self.caller(), 0);
        while place < self.fact_count {
            let (fact, bit) = (&self.facts[place], 1 << place);
            match fact {
                Policy::Tenant(_) => sets.tenants |= bit,
                Policy::User => sets.user |= bit,
                Policy::Role(_) | Policy::Scope(_) | Policy::Group(_) => sets.of_people |= bit,
                _ => {}
            }
            if matches!(fact, Policy::Group(_)) && caller.can_have(fact) {
                sets.groups |= bit;
            }
            if !caller.can_have(fact) {
                sets.never |= bit;
            } else if caller.always_has(fact) {
                sets.always |= bit;
            }
            place += 1;
        }
        sets
    }

    /// Nobody is of two tenants, whoever has something of a person is one, and what is not asked of this caller is the
    /// same in every world.
    const fn is_possible(&self) -> bool {
        let Sets { never, always, tenants, of_people, user, .. } = self.sets;
        let is_anyone = matches!(self.caller(), CallerKind::Anyone);
        let is_somebody_else = is_anyone && user != 0 && self.set & user == 0;
        self.set & never == 0
            && self.set & always == always
            && (is_anyone || (self.set & tenants).count_ones() <= 1)
            && !(is_somebody_else && self.set & of_people != 0)
    }

    /// Sets the bits of the leaves.
    const fn look(&mut self) {
        let unknown = self.sets.never | if self.knows_groups { 0 } else { self.sets.groups };
        (self.is_true, self.is_known) = (0, 0);
        let mut leaf = 0;
        while leaf < self.leaf_count {
            let fact = self.leaves[leaf];
            self.is_true |= ((self.set >> fact & 1) as u64) << leaf;
            self.is_known |= ((!unknown >> fact & 1) as u64) << leaf;
            leaf += 1;
        }
    }
}

#[cfg(test)]
#[path = "worlds_tests.rs"]
mod tests;
