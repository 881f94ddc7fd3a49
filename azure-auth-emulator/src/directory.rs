//! Tenants, people and app registrations: invented, with stable ids.

use serde::Deserialize;

/// The tenant of all personal Microsoft accounts.
pub(crate) const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// Everything that exists here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    #[serde(default)]
    pub(crate) tenants: Vec<Tenant>,
    #[serde(default)]
    pub(crate) applications: Vec<Application>,
}

/// One directory with its people.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    id: String,
    domains: Vec<String>,
    #[serde(default)]
    users: Vec<User>,
}

/// A person.
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
    guest_of: Vec<String>,
    #[serde(skip)]
    home_tenant: String,
}

/// An app registration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    pub(crate) name: String,
    pub(crate) client_id: String,
    pub(crate) secret: String,
    pub(crate) redirect_uris: Vec<String>,
    #[serde(default)]
    pub(crate) requires_assignment: bool,
}

impl Default for Directory {
    /// Two work tenants, personal accounts, six people and one application.
    fn default() -> Self {
        let contoso = Tenant::new("contoso.onmicrosoft.com")
            .id("aaaaaaaa-0000-4000-8000-000000000001")
            .domain("contoso.test")
            .user(User::new("Adele Vance", "adele@contoso.test").email("adele@contoso.test").role("Admin"))
            .user(User::new("Alex Wilber", "alex@contoso.test"));
        let fabrikam = Tenant::new("fabrikam.onmicrosoft.com")
            .id("bbbbbbbb-0000-4000-8000-000000000002")
            .user(User::new("Megan Bowen", "megan@fabrikam.onmicrosoft.com").email("megan@fabrikam.onmicrosoft.com"))
            .user(
                User::new("Grady Archie", "grady@fabrikam.onmicrosoft.com")
                    .guest_of("aaaaaaaa-0000-4000-8000-000000000001"),
            );
        let personal = Tenant::new("live.com").id(CONSUMERS).user(User::new("Patti Fernandez", "patti@outlook.test"));
        let application = Application::new("Local application")
            .redirect_uri("http://localhost/authorization-code/callback")
            .redirect_uri("http://localhost/logged-out");
        Self { tenants: Vec::new(), applications: Vec::new() }
            .tenant(contoso)
            .tenant(fabrikam)
            .tenant(personal)
            .application(application)
    }
}

impl Directory {
    /// The tenants, personal accounts among them.
    pub fn tenants(&self) -> &[Tenant] {
        &self.tenants
    }

    /// Everyone.
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.tenants.iter().flat_map(|tenant| &tenant.users)
    }

    /// The app registrations; the first is the default one.
    pub fn applications(&self) -> &[Application] {
        &self.applications
    }

    pub(crate) fn tenant(mut self, tenant: Tenant) -> Self {
        self.tenants.push(tenant);
        self.settled()
    }

    pub(crate) fn application(mut self, application: Application) -> Self {
        self.applications.push(application);
        self
    }

    /// The first tenant or person whose id is none.
    pub(crate) fn wrong_id(&self) -> Option<&str> {
        let ids = self.tenants.iter().map(Tenant::tenant_id).chain(self.users().map(User::object_id));
        ids.into_iter().find(|id| !is_id(id))
    }

    /// Every person knows their home, however the directory was made.
    pub(crate) fn settled(mut self) -> Self {
        for tenant in &mut self.tenants {
            for user in &mut tenant.users {
                user.home_tenant.clone_from(&tenant.id);
            }
        }
        self
    }

    pub(crate) fn tenant_by_name(&self, name: &str) -> Option<String> {
        let is_named = |tenant: &&Tenant| {
            tenant.id.eq_ignore_ascii_case(name)
                || tenant.domains.iter().any(|domain| domain.eq_ignore_ascii_case(name))
        };
        self.tenants.iter().find(is_named).map(|tenant| tenant.id.clone())
    }

    pub(crate) fn user_by_name(&self, name: &str) -> Option<&User> {
        self.users().find(|user| user.user_name.eq_ignore_ascii_case(name) || user.id == name)
    }

    pub(crate) fn application_by_id(&self, client_id: &str) -> Option<&Application> {
        self.applications.iter().find(|application| application.client_id == client_id)
    }
}

impl Tenant {
    /// A tenant with its first domain. Its id is made from the domain unless [`id`](Self::id) sets it.
    pub fn new(domain: impl Into<String>) -> Self {
        let domain = domain.into();
        Self { id: invented_id(&domain), domains: vec![domain], users: Vec::new() }
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

    /// The id, a GUID.
    pub fn tenant_id(&self) -> &str {
        &self.id
    }

    /// The domains, the first one being the initial domain.
    pub fn domains(&self) -> &[String] {
        &self.domains
    }
}

impl User {
    /// A person with a name for display and a user name. Their object id is made from the user name.
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
            guest_of: Vec::new(),
            home_tenant: String::new(),
        }
    }

    /// Sets the e-mail address.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Assigns an app role.
    #[must_use]
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.roles.push(role.into());
        self
    }

    /// Adds the person to a group, by its object id.
    #[must_use]
    pub fn group(mut self, id: impl Into<String>) -> Self {
        self.groups.push(id.into());
        self
    }

    /// Adds a claim to the person's ID tokens.
    #[must_use]
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Invites the person to another tenant, by its id.
    #[must_use]
    pub fn guest_of(mut self, tenant: impl Into<String>) -> Self {
        self.guest_of.push(tenant.into());
        self
    }

    /// Leaves the person without an assignment, for applications that require one.
    #[must_use]
    pub fn unassigned(mut self) -> Self {
        self.is_assigned = false;
        self
    }

    /// The name for display.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the person signs in.
    pub fn user_name(&self) -> &str {
        &self.user_name
    }

    /// The object id, a GUID.
    pub fn object_id(&self) -> &str {
        &self.id
    }

    /// The id of the tenant the person belongs to.
    pub fn home_tenant(&self) -> &str {
        &self.home_tenant
    }

    pub(crate) fn belongs_to(&self, tenant: &str) -> bool {
        self.home_tenant == tenant || self.guest_of.iter().any(|guest| guest == tenant)
    }
}

impl Application {
    /// A registration without redirect URIs. Id and secret are made from the name.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            client_id: invented_id(&name),
            secret: format!("emulator-secret-{}", invented_id(&format!("secret of {name}"))),
            name,
            redirect_uris: Vec::new(),
            requires_assignment: false,
        }
    }

    /// Sets the client id, a GUID.
    #[must_use]
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = id.into();
        self
    }

    /// Sets the client secret.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = secret.into();
        self
    }

    /// Registers a redirect URI. On `localhost` and `127.0.0.1` any port is accepted (RFC 8252 §7.3).
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// Lets only assigned people in.
    #[must_use]
    pub fn requires_assignment(mut self) -> Self {
        self.requires_assignment = true;
        self
    }

    /// Whether a redirect URI is one of the registered ones.
    pub(crate) fn is_registered(&self, uri: &str) -> bool {
        let wanted = without_loopback_port(uri);
        self.redirect_uris.iter().any(|registered| without_loopback_port(registered) == wanted)
    }
}

/// The address without its port if it is on loopback, unchanged otherwise. The two names of loopback count as one, so
/// that a program may be opened under either.
fn without_loopback_port(uri: &str) -> String {
    match url::Url::parse(uri) {
        Ok(mut url) if url.scheme() == "http" && matches!(url.host_str(), Some("localhost" | "127.0.0.1")) => {
            // Both cannot fail for an http address with a host.
            let _ = url.set_port(None);
            let _ = url.set_host(Some("localhost"));
            url.to_string()
        }
        _ => uri.to_owned(),
    }
}

/// 8, 4, 4, 4 and 12 hexadecimal digits.
fn is_id(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let are_digits = text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    are_digits && groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
}

/// As in [`User::new`]: a seed names only those whom an application must refuse.
fn assigned() -> bool {
    true
}

/// A GUID that depends on the text alone.
fn invented_id(text: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    let number = digest.as_ref()[..16].iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let hex = format!("{number:032x}");
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_of_a_loopback_redirect_uri_does_not_matter_and_all_else_does() {
        let application =
            Application::new("a").redirect_uri("http://localhost/callback").redirect_uri("https://app.test/callback");
        for uri in [
            "http://localhost/callback",
            "http://localhost:3000/callback",
            "http://127.0.0.1:9/callback",
            "https://app.test/callback",
        ] {
            assert!(application.is_registered(uri), "{uri}");
        }
        for uri in [
            "http://localhost/callback/",
            "http://localhost/other",
            "https://localhost/callback",
            "https://app.test:8443/callback",
            "",
            "x",
        ] {
            assert!(!application.is_registered(uri), "{uri}");
        }
    }

    #[test]
    fn ids_have_the_shape_of_ids_and_stay() {
        let user = User::new("A", "a@b.test");
        assert_eq!(user.object_id(), User::new("B", "a@b.test").object_id());
        assert_eq!(user.object_id().len(), 36);
        assert_ne!(user.object_id(), User::new("A", "b@b.test").object_id());
    }

    #[test]
    fn what_is_no_id_is_found_before_anyone_signs_in() {
        assert_eq!(Directory::default().wrong_id(), None);
        for wrong in ["", "contoso", "aaaaaaaa-0000-4000-8000-00000000000g", "aaaaaaaa00004000800000000000000100--"] {
            let directory = Directory::default().tenant(Tenant::new("other.test").id(wrong));
            assert_eq!(directory.wrong_id(), Some(wrong));
        }
    }

    #[test]
    fn guests_belong_to_two_tenants() {
        let directory = Directory::default();
        let guest = directory.user_by_name("grady@fabrikam.onmicrosoft.com").unwrap();
        let contoso = directory.tenant_by_name("contoso.test").unwrap();
        assert!(guest.belongs_to(&contoso) && guest.home_tenant() != contoso);
    }
}
