//! Tenants: directories of people.

use serde::Deserialize;

use super::guid::invented_id;
use super::user::User;

/// A tenant: one directory with its people and groups.
///
/// [`Tenant::new`] makes one in code. In a seed file it is an object with the members `id`, `domains`, `groups` and `users`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use azure_auth_emulator::{Emulator, Tenant, User};
///
/// let northwind = Tenant::new("northwind.test").user(User::new("Nestor Wilke", "nestor@northwind.test"));
/// let emulator = Emulator::builder().tenant(northwind).start().await?;
/// let settings = emulator.env_for("northwind.test");
/// # Ok(())
/// # }
/// ```
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
    ///
    /// ```
    /// use azure_auth_emulator::Tenant;
    ///
    /// assert_eq!(Tenant::new("northwind.test").domains(), ["northwind.test"]);
    /// ```
    pub fn new(domain: impl Into<String>) -> Self {
        let domain = domain.into();
        Self { id: invented_id(&domain), domains: vec![domain], groups: Vec::new(), users: Vec::new() }
    }

    /// Sets the id, a GUID. With another text the emulator does not start.
    ///
    /// ```
    /// use azure_auth_emulator::Tenant;
    ///
    /// let northwind = Tenant::new("northwind.test").id("cccccccc-0000-4000-8000-000000000003");
    /// assert_eq!(northwind.tenant_id(), "cccccccc-0000-4000-8000-000000000003");
    /// ```
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Adds a domain, by which addresses may name the tenant.
    ///
    /// ```
    /// use azure_auth_emulator::Tenant;
    ///
    /// let northwind = Tenant::new("northwind.onmicrosoft.com").domain("northwind.test");
    /// assert_eq!(northwind.domains().len(), 2);
    /// ```
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domains.push(domain.into());
        self
    }

    /// Adds a person.
    ///
    /// ```
    /// use azure_auth_emulator::{Tenant, User};
    ///
    /// let northwind = Tenant::new("northwind.test").user(User::new("Nestor Wilke", "nestor@northwind.test"));
    /// ```
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// Names a group. Its members are those that [`User::group`] adds to it.
    ///
    /// ```
    /// use azure_auth_emulator::Tenant;
    ///
    /// let northwind = Tenant::new("northwind.test").group("eeeeeeee-0000-4000-8000-000000000005", "Staff");
    /// ```
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
    ///
    /// ```
    /// use azure_auth_emulator::Tenant;
    ///
    /// assert_eq!(Tenant::new("northwind.test").tenant_id().len(), 36);
    /// ```
    pub fn tenant_id(&self) -> &str {
        &self.id
    }

    /// Whether it is called so, by id or domain.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.id.eq_ignore_ascii_case(name) || self.domains.iter().any(|domain| domain.eq_ignore_ascii_case(name))
    }

    /// The domains, the first one being the initial domain.
    ///
    /// ```
    /// use azure_auth_emulator::Tenant;
    ///
    /// let northwind = Tenant::new("northwind.onmicrosoft.com").domain("northwind.test");
    /// assert_eq!(northwind.domains(), ["northwind.onmicrosoft.com", "northwind.test"]);
    /// ```
    pub fn domains(&self) -> &[String] {
        &self.domains
    }
}
