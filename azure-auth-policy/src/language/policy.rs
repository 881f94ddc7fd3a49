//! A policy expression over facts about the caller.

use std::fmt;

use crate::language::choice::separated;
use crate::language::same::{is_same, is_same_id};
use crate::values::guid::Guid;

/// A policy expression over facts about the caller, as constant data, or in an [`Arena`](crate::language::arena::Arena).
///
/// ```
/// use azure_auth_policy::Policy;
///
/// const EDITOR: Policy<'_> = Policy::Any(&[Policy::Role("Writer"), Policy::Role("Admin")]);
/// const POLICY: Policy<'_> = Policy::All(&[Policy::Named("Editor", &EDITOR), Policy::Scope("Files.Write")]);
///
/// assert_eq!(POLICY.leaves(), 3);
/// assert_eq!(POLICY.to_string(), r#"(Editor(role("Writer") || role("Admin")) && scope("Files.Write"))"#);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy<'p> {
    /// The caller is a person, whoever that is.
    User,
    /// A person has this app role.
    Role(&'p str),
    /// The client has this delegated permission; a session has all of them.
    Scope(&'p str),
    /// The person belongs to this group.
    Group(Guid),
    /// An application without a user has this app role.
    ApplicationRole(&'p str),
    /// The caller is of this tenant.
    Tenant(Guid),
    /// The opposite; of something unknown it is unknown.
    Not(&'p Policy<'p>),
    /// Each of them.
    All(&'p [Policy<'p>]),
    /// At least one of them.
    Any(&'p [Policy<'p>]),
    /// What an application calls by a name.
    Named(&'p str, &'p Policy<'p>),
}

/// How many facts a policy can ask for: as many as there are bits for them.
pub const MOST_LEAVES: usize = 64;

impl<'p> Policy<'p> {
    /// How many facts it asks for. One that it asks for twice counts twice.
    #[must_use]
    pub const fn leaves(&self) -> usize {
        match self {
            Self::Not(inner) | Self::Named(_, inner) => inner.leaves(),
            // Constant evaluation knows no iterators.
            Self::All(parts) | Self::Any(parts) => {
                let (mut leaves, mut place) = (0, 0);
                while place < parts.len() {
                    leaves += parts[place].leaves();
                    place += 1;
                }
                leaves
            }
            _ => 1,
        }
    }

    /// Gives each fact that it asks for, in the order in which [`evaluate`](Self::evaluate) counts them.
    ///
    /// ```
    /// use azure_auth_policy::Policy;
    ///
    /// let policy = Policy::Any(&[Policy::User, Policy::Not(&Policy::Role("Guest"))]);
    /// let mut facts = Vec::new();
    /// policy.for_each_leaf(&mut |fact| facts.push(fact.to_string()));
    /// assert_eq!(facts, ["user()", "role(\"Guest\")"]);
    /// ```
    pub fn for_each_leaf(&self, visit: &mut impl FnMut(Policy<'p>)) {
        match self {
            Self::Not(inner) | Self::Named(_, inner) => inner.for_each_leaf(visit),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.for_each_leaf(visit)),
            leaf => visit(*leaf),
        }
    }

    /// Whether it asks somewhere for an application role: no other policy lets applications in.
    #[must_use]
    pub const fn names_application_role(&self) -> bool {
        match self {
            Self::ApplicationRole(_) => true,
            Self::Not(inner) | Self::Named(_, inner) => inner.names_application_role(),
            Self::All(parts) | Self::Any(parts) => {
                let mut place = 0;
                while place < parts.len() {
                    if parts[place].names_application_role() {
                        return true;
                    }
                    place += 1;
                }
                false
            }
            _ => false,
        }
    }

    /// Whether both are the same single fact.
    pub(crate) const fn is_same_fact(&self, other: &Policy<'_>) -> bool {
        match (self, other) {
            (Self::User, Policy::User) => true,
            (Self::Role(one), Policy::Role(other))
            | (Self::Scope(one), Policy::Scope(other))
            | (Self::ApplicationRole(one), Policy::ApplicationRole(other)) => is_same(one, other),
            (Self::Group(one), Policy::Group(other)) | (Self::Tenant(one), Policy::Tenant(other)) => {
                is_same_id(*one, *other)
            }
            _ => false,
        }
    }
}

/// As it is written in Rust; what a name stands for follows it in parentheses.
impl fmt::Display for Policy<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User => formatter.write_str("user()"),
            Self::Role(name) => write!(formatter, "role({name:?})"),
            Self::Scope(name) => write!(formatter, "scope({name:?})"),
            Self::Group(id) => write!(formatter, "group(\"{id}\")"),
            Self::ApplicationRole(name) => write!(formatter, "application_role({name:?})"),
            Self::Tenant(id) => write!(formatter, "tenant(\"{id}\")"),
            Self::Not(inner) => write!(formatter, "!{inner}"),
            Self::All(parts) => joined(formatter, parts, " && "),
            Self::Any(parts) => joined(formatter, parts, " || "),
            // Lists have parentheses of their own.
            Self::Named(name, inner @ (Self::All(_) | Self::Any(_))) => write!(formatter, "{name}{inner}"),
            Self::Named(name, inner) => write!(formatter, "{name}({inner})"),
        }
    }
}

fn joined(formatter: &mut fmt::Formatter<'_>, parts: &[Policy<'_>], separator: &str) -> fmt::Result {
    formatter.write_str("(")?;
    separated(formatter, parts, separator)?;
    formatter.write_str(")")
}
