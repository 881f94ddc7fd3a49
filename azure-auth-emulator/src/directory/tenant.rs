//! Tenants: directories of people.

use serde::Deserialize;

use super::guid::invented_id;
use super::user::User;

/// One directory with its people.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    pub(crate) id: String,
    domains: Vec<String>,
    #[serde(default)]
    pub(crate) groups: Vec<Group>,
    #[serde(default)]
    pub(crate) users: Vec<User>,
}

/// A group's id, as tokens carry it, and its name, which they never do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl Tenant {
    /// A tenant with its first domain. Its id is made from the domain unless [`id`](Self::id) sets it.
    pub fn new(domain: impl Into<String>) -> Self {
        let domain = domain.into();
        Self { id: invented_id(&domain), domains: vec![domain], groups: Vec::new(), users: Vec::new() }
    }

    /// Sets the id, a GUID.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Adds a domain.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domains.push(domain.into());
        self
    }

    /// Adds a person.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// Names a group. Its members are those [`User::group`] adds.
    #[must_use]
    pub fn group(mut self, id: impl Into<String>, name: impl Into<String>) -> Self {
        self.groups.push(Group { id: id.into(), name: name.into() });
        self
    }

    /// The same, unless the group has a name.
    pub(crate) fn name_group(&mut self, id: String, name: String) {
        if !self.groups.iter().any(|group| group.id == id) {
            self.groups.push(Group { id, name });
        }
    }

    /// The id, a GUID.
    pub fn tenant_id(&self) -> &str {
        &self.id
    }

    /// Whether it is called so, by id or domain.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.id.eq_ignore_ascii_case(name) || self.domains.iter().any(|domain| domain.eq_ignore_ascii_case(name))
    }

    /// The domains, the first one being the initial domain.
    pub fn domains(&self) -> &[String] {
        &self.domains
    }
}
