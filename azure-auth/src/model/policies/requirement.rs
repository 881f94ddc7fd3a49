//! What a handler asks of its callers, as constant data.

use std::fmt;

use crate::model::guid::Guid;

/// Every part must hold. Empty and absent parts ask nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// Scopes of OpenID Connect: they shape the sign-in and refuse nobody.
    pub(crate) openid_scopes: &'static [&'static str],
    /// Delegated permissions of this API, all of them. They limit clients, not sessions.
    pub(crate) scopes: &'static [&'static str],
    /// App roles of a person.
    pub(crate) roles: Option<Choice<&'static str>>,
    pub(crate) groups: Option<Choice<Guid>>,
    /// What an application without a user needs. Without it none is admitted, and alone it admits nobody else.
    pub(crate) application_roles: Option<Choice<&'static str>>,
    /// Any of these.
    pub(crate) tenants: &'static [Guid],
    pub(crate) via: Option<Via>,
    pub(crate) allow: Option<&'static Policy>,
    /// The name of the function that is asked last. It judges by itself.
    pub(crate) check: Option<&'static str>,
}

/// Some of a list, or all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice<T: 'static> {
    /// At least one of them.
    Any(&'static [T]),
    /// Each of them.
    All(&'static [T]),
}

/// The kind of credential a handler insists on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// A browser's session.
    Session,
    /// An access token in the `Authorization` header.
    Bearer,
}

/// A policy expression over facts about the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// The caller is a person, whoever that is.
    User,
    /// A person has this app role.
    Role(&'static str),
    /// The client has this delegated permission; a session has all of them.
    Scope(&'static str),
    /// The person belongs to this group.
    Group(Guid),
    /// An application without a user has this app role.
    ApplicationRole(&'static str),
    /// The caller is of this tenant.
    Tenant(Guid),
    /// The opposite; of something unknown it is unknown.
    Not(&'static Policy),
    /// Each of them.
    All(&'static [Policy]),
    /// At least one of them.
    Any(&'static [Policy]),
}

impl Requirement {
    /// Any signed-in user or delegated caller of an accepted tenant.
    pub(crate) const ANYONE: Self = Self {
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
    pub(crate) fn groups(&self) -> Vec<Guid> {
        let mut groups: Vec<Guid> = match self.groups {
            Some(Choice::Any(groups) | Choice::All(groups)) => groups.to_vec(),
            None => Vec::new(),
        };
        if let Some(policy) = self.allow {
            policy.collect_groups(&mut groups);
        }
        groups
    }

    /// Whether an application without a user can be admitted at all.
    pub(crate) const fn admits_applications(&self) -> bool {
        match self.allow {
            Some(policy) if policy.names_application_role() => true,
            _ => self.application_roles.is_some(),
        }
    }

    /// Whether a person can be admitted at all: application roles alone are for applications only.
    pub(crate) const fn admits_people(&self) -> bool {
        let asks_people = !self.scopes.is_empty() || self.roles.is_some() || self.groups.is_some();
        self.application_roles.is_none() || asks_people
    }
}

impl Policy {
    fn collect_groups(&self, groups: &mut Vec<Guid>) {
        match self {
            Self::Group(group) => groups.push(*group),
            Self::Not(inner) => inner.collect_groups(groups),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.collect_groups(groups)),
            Self::User | Self::Role(_) | Self::Scope(_) | Self::ApplicationRole(_) | Self::Tenant(_) => {}
        }
    }

    const fn names_application_role(&self) -> bool {
        match self {
            Self::ApplicationRole(_) => true,
            Self::Not(inner) => inner.names_application_role(),
            // Constant evaluation knows no iterators.
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
            Self::User | Self::Role(_) | Self::Scope(_) | Self::Group(_) | Self::Tenant(_) => false,
        }
    }
}

/// `any of Admin, Writer`.
impl<T: fmt::Display> fmt::Display for Choice<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, names) = match self {
            Self::Any(names) => ("any of ", names),
            Self::All(names) => ("all of ", names),
        };
        if names.len() > 1 {
            formatter.write_str(word)?;
        }
        separated(formatter, names, ", ")
    }
}

/// As it is written in Rust.
impl fmt::Display for Policy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User => formatter.write_str("user()"),
            Self::Role(name) => write!(formatter, "role({name:?})"),
            Self::Scope(name) => write!(formatter, "scope({name:?})"),
            Self::Group(id) => write!(formatter, "group(\"{id}\")"),
            Self::ApplicationRole(name) => write!(formatter, "application_role({name:?})"),
            Self::Tenant(id) => write!(formatter, "tenant(\"{id}\")"),
            Self::Not(inner) => write!(formatter, "!{inner}"),
            Self::All(parts) => {
                formatter.write_str("(")?;
                separated(formatter, parts, " && ")?;
                formatter.write_str(")")
            }
            Self::Any(parts) => {
                formatter.write_str("(")?;
                separated(formatter, parts, " || ")?;
                formatter.write_str(")")
            }
        }
    }
}

/// `parts` with `separator` between them.
pub(crate) fn separated<T: fmt::Display>(
    formatter: &mut fmt::Formatter<'_>,
    parts: &[T],
    separator: &str,
) -> fmt::Result {
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            formatter.write_str(separator)?;
        }
        part.fmt(formatter)?;
    }
    Ok(())
}
