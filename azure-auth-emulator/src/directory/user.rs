//! People.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::Deserialize;

use super::guid::CONSUMERS;
use super::guid::invented_id;

/// A person of the directory.
///
/// [`User::new`] makes one in code. In a seed file it is an object with the members `name`, `user_name`, `id`, and those
/// that the README lists.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use azure_auth_emulator::{Emulator, User};
///
/// let nestor = User::new("Nestor Wilke", "nestor@contoso.test").email("nestor@contoso.test").role("Admin");
/// let emulator = Emulator::builder().user(nestor).start().await?;
/// let token = emulator.access_token().user("nestor@contoso.test").issue();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    pub(crate) name: String,
    #[allow(clippy::struct_field_names, reason = "it is what Entra calls it, and not the user's name")]
    pub(crate) user_name: String,
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) email: Option<String>,
    #[serde(default)]
    pub(crate) roles: Vec<String>,
    #[serde(default)]
    pub(crate) groups: Vec<String>,
    /// Further claims of this person's ID tokens.
    #[serde(default)]
    pub(crate) claims: serde_json::Map<String, serde_json::Value>,
    #[serde(default = "assigned")]
    pub(crate) is_assigned: bool,
    #[serde(default)]
    pub(crate) is_administrator: bool,
    #[serde(default)]
    pub(crate) guest_of: Vec<String>,
    #[serde(skip)]
    pub(crate) home_tenant: String,
}

impl User {
    /// A person with a name for display and a user name. Their object id is made from the user name.
    ///
    /// ```
    /// use azure_auth_emulator::User;
    ///
    /// let nestor = User::new("Nestor Wilke", "nestor@contoso.test");
    /// assert_eq!((nestor.name(), nestor.user_name()), ("Nestor Wilke", "nestor@contoso.test"));
    /// ```
    pub fn new(name: impl Into<String>, user_name: impl Into<String>) -> Self {
        let user_name = user_name.into();
        Self {
            name: name.into(),
            id: invented_id(&user_name),
            user_name,
            email: None,
            roles: Vec::new(),
            groups: Vec::new(),
            claims: serde_json::Map::new(),
            is_assigned: true,
            is_administrator: false,
            guest_of: Vec::new(),
            home_tenant: String::new(),
        }
    }

    /// Sets the e-mail address. Without it tokens have no `email`.
    ///
    /// ```
    /// use azure_auth_emulator::User;
    ///
    /// let nestor = User::new("Nestor Wilke", "nestor@contoso.test").email("nestor@contoso.test");
    /// ```
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Assigns an app role: on the applications that [define](crate::Application::app_role) it, or on all if none does.
    ///
    /// ```
    /// use azure_auth_emulator::User;
    ///
    /// let nestor = User::new("Nestor Wilke", "nestor@contoso.test").role("Admin").role("Agent");
    /// ```
    #[must_use]
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.roles.push(role.into());
        self
    }

    /// Adds the person to a group, by its object id. With more than 200 groups, tokens say only where to ask for them.
    ///
    /// ```
    /// use azure_auth_emulator::User;
    ///
    /// let nestor = User::new("Nestor Wilke", "nestor@contoso.test").group("eeeeeeee-0000-4000-8000-000000000005");
    /// ```
    #[must_use]
    pub fn group(mut self, id: impl Into<String>) -> Self {
        self.groups.push(id.into());
        self
    }

    /// Adds a claim to the person's ID tokens, or replaces it.
    ///
    /// ```
    /// use azure_auth_emulator::User;
    ///
    /// let nestor = User::new("Nestor Wilke", "nestor@contoso.test").claim("department", "Research");
    /// ```
    #[must_use]
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Invites the person to another tenant, by its id.
    ///
    /// ```
    /// use azure_auth_emulator::{Directory, User};
    ///
    /// let directory = Directory::default();
    /// let contoso = directory.tenants()[0].tenant_id();
    /// let grady = User::new("Grady Archie", "grady@fabrikam.test").guest_of(contoso);
    /// ```
    #[must_use]
    pub fn guest_of(mut self, tenant: impl Into<String>) -> Self {
        self.guest_of.push(tenant.into());
        self
    }

    /// Leaves the person without an assignment, for applications that
    /// [require one](crate::Application::requires_assignment).
    ///
    /// ```
    /// use azure_auth_emulator::User;
    ///
    /// let stranger = User::new("Nestor Wilke", "nestor@contoso.test").unassigned();
    /// ```
    #[must_use]
    pub fn unassigned(mut self) -> Self {
        self.is_assigned = false;
        self
    }

    /// Makes the person an administrator of their own tenant, who may agree to what others may not: permissions of Microsoft
    /// Graph such as `Directory.Read.All`.
    ///
    /// ```
    /// use azure_auth_emulator::User;
    ///
    /// let nestor = User::new("Nestor Wilke", "nestor@contoso.test").administrator();
    /// ```
    #[must_use]
    pub fn administrator(mut self) -> Self {
        self.is_administrator = true;
        self
    }

    /// The name for display.
    ///
    /// ```
    /// use azure_auth_emulator::User;
    ///
    /// assert_eq!(User::new("Nestor Wilke", "nestor@contoso.test").name(), "Nestor Wilke");
    /// ```
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the person signs in.
    ///
    /// ```
    /// use azure_auth_emulator::User;
    ///
    /// assert_eq!(User::new("Nestor Wilke", "nestor@contoso.test").user_name(), "nestor@contoso.test");
    /// ```
    pub fn user_name(&self) -> &str {
        &self.user_name
    }

    /// Whether it is this person's user name or object id.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.user_name.eq_ignore_ascii_case(name) || self.id == name
    }

    /// The object id, a GUID.
    ///
    /// ```
    /// use azure_auth_emulator::User;
    ///
    /// assert_eq!(User::new("Nestor Wilke", "nestor@contoso.test").object_id().len(), 36);
    /// ```
    pub fn object_id(&self) -> &str {
        &self.id
    }

    /// The id of the tenant the person belongs to. It is empty before the person is in a directory that an emulator started
    /// with.
    ///
    /// ```
    /// use azure_auth_emulator::Directory;
    ///
    /// let directory = Directory::default();
    /// let adele = directory.users().next().expect("there are six people");
    /// assert_eq!(adele.home_tenant(), directory.tenants()[0].tenant_id());
    /// ```
    pub fn home_tenant(&self) -> &str {
        &self.home_tenant
    }

    /// `oid` of this person. Personal accounts have ids of half the length, filled up with zeros.
    pub(crate) fn oid(&self) -> String {
        match self.id.get(19..) {
            Some(half) if self.home_tenant == CONSUMERS => format!("00000000-0000-0000-{half}"),
            _ => self.id.clone(),
        }
    }

    /// The claim `login_hint`: opaque to everyone else, and fed back as a hint.
    pub(crate) fn login_hint(&self) -> String {
        STANDARD_NO_PAD.encode(format!("O.{}", self.user_name))
    }

    /// Whether this person is meant, by user name or by the claim.
    pub(crate) fn is_hinted_at_by(&self, hint: &str) -> bool {
        hint.eq_ignore_ascii_case(&self.user_name) || hint == self.login_hint()
    }

    /// Whether the account is of this domain, or of the kind `organizations` or `consumers`.
    pub(crate) fn is_of_domain(&self, hint: &str) -> bool {
        let is_personal = self.home_tenant == CONSUMERS;
        match hint {
            "consumers" => is_personal,
            "organizations" => !is_personal,
            domain => self.user_name.rsplit('@').next().is_some_and(|own| own.eq_ignore_ascii_case(domain)),
        }
    }

    pub(crate) fn is_guest_in(&self, tenant: &str) -> bool {
        self.home_tenant != tenant
    }

    /// Whether they may agree for others in a tenant. Guests may not.
    pub(crate) fn administers(&self, tenant: &str) -> bool {
        self.is_administrator && self.home_tenant == tenant
    }

    pub(crate) fn belongs_to(&self, tenant: &str) -> bool {
        self.home_tenant == tenant || self.guest_of.iter().any(|guest| guest == tenant)
    }
}

/// As in [`User::new`]: a seed names only those whom an application must refuse.
fn assigned() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_of_its_own_domain_and_kind() {
        let user = User::new("A", "a@Contoso.test");
        for (hint, expected) in [
            ("contoso.test", true),
            ("CONTOSO.test", true),
            ("fabrikam.test", false),
            ("organizations", true),
            ("consumers", false),
        ] {
            assert_eq!(user.is_of_domain(hint), expected, "{hint}");
        }
    }

    #[test]
    fn ids_have_the_shape_of_ids_and_stay() {
        let user = User::new("A", "a@b.test");
        assert_eq!(user.object_id(), User::new("B", "a@b.test").object_id());
        assert_eq!(user.object_id().len(), 36);
        assert_ne!(user.object_id(), User::new("A", "b@b.test").object_id());
    }
}
