//! What a policy comes to: the one place where that is decided.

use crate::language::policy::{MOST_LEAVES, Policy};

/// What a policy comes to for one caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It is known not to hold.
    No,
    /// Neither: it refuses, and so does its opposite.
    Unknown,
    /// It holds.
    Yes {
        /// Whether an application role that the policy names, and the application has, made it true.
        by_application_role: bool,
    },
}

impl Truth {
    /// Whether it is known to hold.
    #[must_use]
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes { .. })
    }

    const fn yes() -> Self {
        Self::Yes { by_application_role: false }
    }

    const fn not(self) -> Self {
        match self {
            Self::No => Self::yes(),
            Self::Unknown => Self::Unknown,
            Self::Yes { .. } => Self::No,
        }
    }

    /// What is unknown stays so unless one part is false.
    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Yes { by_application_role: one }, Self::Yes { by_application_role: other }) => {
                Self::Yes { by_application_role: one | other }
            }
        }
    }

    /// What is unknown stays so unless one part is true.
    const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes { by_application_role: one }, Self::Yes { by_application_role: other }) => {
                Self::Yes { by_application_role: one | other }
            }
            (Self::Yes { .. }, _) | (_, Self::No) => self,
            (_, Self::Yes { .. }) | (Self::No, _) => other,
            (Self::Unknown, Self::Unknown) => Self::Unknown,
        }
    }
}

/// What is known about a caller: one bit for each fact that a policy asks for, the first one the lowest.
#[derive(Clone, Copy)]
struct Facts {
    is_true: u64,
    is_known: u64,
}

impl Policy<'_> {
    /// What the policy comes to for a caller. Each fact that it asks for has a bit, the first one the lowest: in `is_known`
    /// whether it is known, and in `is_true` whether it holds. What lies beyond 64 facts is unknown.
    ///
    /// ```
    /// use azure_auth_policy::{Policy, Truth};
    ///
    /// let policy = Policy::Any(&[Policy::Role("Admin"), Policy::ApplicationRole("Jobs.Run")]);
    /// assert_eq!(policy.evaluate(0b01, 0b01), Truth::Yes { by_application_role: false });
    /// assert_eq!(policy.evaluate(0b10, 0b10), Truth::Yes { by_application_role: true });
    /// assert_eq!(policy.evaluate(0b00, 0b10), Truth::Unknown);
    /// assert_eq!(policy.evaluate(0b00, 0b11), Truth::No);
    /// ```
    #[must_use]
    pub const fn evaluate(&self, is_true: u64, is_known: u64) -> Truth {
        self.truth(Facts { is_true, is_known }, &mut 0)
    }

    /// `leaf`: the number of the first fact, and afterwards that of the next one behind.
    const fn truth(&self, facts: Facts, leaf: &mut usize) -> Truth {
        match self {
            Self::Named(_, inner) => inner.truth(facts, leaf),
            Self::Not(inner) => inner.truth(facts, leaf).not(),
            Self::All(parts) => {
                let (mut truth, mut place) = (Truth::yes(), 0);
                while place < parts.len() {
                    truth = truth.and(parts[place].truth(facts, leaf));
                    place += 1;
                }
                truth
            }
            Self::Any(parts) => {
                let (mut truth, mut place) = (Truth::No, 0);
                while place < parts.len() {
                    truth = truth.or(parts[place].truth(facts, leaf));
                    place += 1;
                }
                truth
            }
            fact => {
                *leaf += 1;
                fact.single(facts, *leaf - 1)
            }
        }
    }

    const fn single(&self, Facts { is_true, is_known }: Facts, leaf: usize) -> Truth {
        if leaf >= MOST_LEAVES || is_known >> leaf & 1 == 0 {
            return Truth::Unknown;
        }
        if is_true >> leaf & 1 == 0 {
            return Truth::No;
        }
        Truth::Yes { by_application_role: matches!(self, Self::ApplicationRole(_)) }
    }
}

#[cfg(test)]
#[path = "evaluation_tests.rs"]
mod tests;
