//! Tenants, people and app registrations: invented, with stable ids.

use serde::Deserialize;

use super::application::{Application, ApplicationPermission, DelegatedPermission};
use super::guid::is_id;
use super::resources::first_party::FirstParty;
use super::resources::resource::Resource;
use super::tenant::Tenant;
use super::user::User;
use crate::faults::start_error::StartError;

/// Everything that exists in an emulator: tenants with their people and groups, and app registrations.
///
/// The [default one](Self::default) is enough to begin with. Another one is read from JSON, whose format the README shows;
/// `EmulatorBuilder` adds to either in code.
///
/// ```
/// # fn main() -> Result<(), serde_json::Error> {
/// use azure_auth_emulator::Directory;
///
/// let directory: Directory = serde_json::from_str(
///     r#"{
///         "tenants": [{
///             "id": "cccccccc-0000-4000-8000-000000000003",
///             "domains": ["northwind.test"]
///         }],
///         "applications": []
///     }"#,
/// )?;
/// assert_eq!(directory.tenants()[0].domains(), ["northwind.test"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    #[serde(default)]
    pub(crate) tenants: Vec<Tenant>,
    #[serde(default)]
    pub(crate) applications: Vec<Application>,
    /// Permissions of Microsoft Graph that are newer than the list of the emulator.
    #[serde(default)]
    pub(crate) graph_permissions: Vec<String>,
}

impl Directory {
    /// The tenants, in order. Personal accounts are a tenant too.
    ///
    /// ```
    /// use azure_auth_emulator::Directory;
    ///
    /// assert_eq!(Directory::default().tenants().len(), 3);
    /// ```
    pub fn tenants(&self) -> &[Tenant] {
        &self.tenants
    }

    /// The people of all tenants.
    ///
    /// ```
    /// use azure_auth_emulator::Directory;
    ///
    /// let directory = Directory::default();
    /// assert!(directory.users().any(|user| user.user_name() == "adele@contoso.test"));
    /// ```
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.tenants.iter().flat_map(|tenant| &tenant.users)
    }

    /// The app registrations; the first is the default one.
    ///
    /// ```
    /// use azure_auth_emulator::Directory;
    ///
    /// let names: Vec<_> = Directory::default().applications().iter().map(|one| one.name().to_owned()).collect();
    /// assert_eq!(names, ["Local application", "Local daemon", "Local tool", "Local orders"]);
    /// ```
    pub fn applications(&self) -> &[Application] {
        &self.applications
    }

    /// Whether a registration has a scope or a role of exactly this name, or a tenant a group of this id. With it a test
    /// compares what an application asks for with the directory that it is developed with: a name that is mistyped in
    /// one of the two is then found before a person is refused.
    ///
    /// ```
    /// use azure_auth_emulator::Directory;
    ///
    /// let directory = Directory::default();
    /// assert!(directory.defines("Files.Read") && directory.defines("Admin"));
    /// assert!(!directory.defines("Files.Raed"));
    /// ```
    pub fn defines(&self, name: &str) -> bool {
        let has = |names: &[String]| names.iter().any(|known| known == name);
        let lists = |one: &Application| has(&one.scopes) || has(&one.app_roles) || has(&one.app_roles_for_applications);
        self.applications.iter().any(lists)
            || self.tenants.iter().any(|tenant| tenant.groups.iter().any(|group| group.id == name))
    }

    /// Refuses what no directory of the real service could be.
    pub(crate) fn check(&self) -> Result<(), StartError> {
        for (missing, is_empty) in [("tenant", self.tenants.is_empty()), ("application", self.applications.is_empty())]
        {
            if is_empty {
                return Err(StartError::Incomplete { missing });
            }
        }
        if let Some(found) = self.wrong_id() {
            return Err(StartError::NotAnId { found: found.to_owned() });
        }
        if let Some(granted) = self.wrong_permission() {
            return Err(StartError::WrongPermission { resource: granted.resource.clone(), role: granted.role.clone() });
        }
        if let Some(wrong) = self.wrong_delegated_permission() {
            return Err(StartError::WrongScope { resource: wrong.resource.clone(), scope: wrong.scope.clone() });
        }
        self.applications.iter().try_for_each(Application::check_addresses)?;
        self.applications.iter().try_for_each(Application::check_certificates)?;
        self.applications.iter().try_for_each(Application::check_version)
    }

    /// The first tenant or person whose id is not a GUID.
    pub(crate) fn wrong_id(&self) -> Option<&str> {
        let ids = self.tenants.iter().map(Tenant::tenant_id).chain(self.users().map(User::object_id));
        ids.into_iter().find(|id| !is_id(id))
    }

    /// Tells every person which tenant they belong to. A seed says it only by where the person is.
    pub(crate) fn with_homes(mut self) -> Self {
        for tenant in &mut self.tenants {
            for user in &mut tenant.users {
                user.home_tenant.clone_from(&tenant.id);
            }
        }
        self
    }

    pub(crate) fn tenant_by_name(&self, name: &str) -> Option<String> {
        self.tenants.iter().find(|tenant| tenant.is_named(name)).map(|tenant| tenant.id.clone())
    }

    pub(crate) fn user_by_name(&self, name: &str) -> Option<&User> {
        self.users().find(|user| user.is_called(name))
    }

    pub(crate) fn application_by_id(&self, client_id: &str) -> Option<&Application> {
        self.applications.iter().find(|application| application.client_id == client_id)
    }

    /// By client id, or by name.
    pub(crate) fn application_by_name(&self, name: &str) -> Option<&Application> {
        self.application_by_id(name).or_else(|| self.applications.iter().find(|application| application.name == name))
    }

    /// The delegated permission of Microsoft Graph of that name, as it is written there.
    pub(crate) fn graph_permission(&self, name: &str) -> Option<&str> {
        let mut further = self.graph_permissions.iter().map(String::as_str);
        FirstParty::Graph.delegated(name).or_else(|| further.find(|permission| permission.eq_ignore_ascii_case(name)))
    }

    /// The API that a client means: by client id or identifier URI.
    pub(crate) fn resource(&self, name: &str) -> Option<&Application> {
        self.applications.iter().find(|application| application.is_resource(name))
    }

    /// The person's roles on an application. A role that registrations define is held on those; one that none defines
    /// is held on all.
    pub(crate) fn roles(&self, user: &User, application: &Application) -> Vec<String> {
        self.roles_as_written(user, application).cloned().collect()
    }

    fn roles_as_written<'d>(
        &'d self,
        user: &'d User,
        application: &'d Application,
    ) -> impl Iterator<Item = &'d String> {
        let is_defined = |role: &String| self.applications.iter().any(|other| other.app_roles.contains(role));
        user.roles.iter().filter(move |role| application.app_roles.contains(role) || !is_defined(role))
    }

    /// The roles that a token of an API may carry: those that its registration defines for this kind of caller, and for
    /// people those that they hold everywhere because no registration defines them.
    pub(crate) fn known_roles<'d>(&'d self, api: &'d Application, for_application: bool) -> Vec<&'d str> {
        if for_application {
            return api.app_roles_for_applications.iter().map(String::as_str).collect();
        }
        let held = self.users().flat_map(|user| self.roles_as_written(user, api));
        let mut known: Vec<&str> = api.app_roles.iter().chain(held).map(String::as_str).collect();
        known.sort_unstable();
        known.dedup();
        known
    }

    /// The delegated permissions of an API that a registration lists, as they are written there.
    pub(crate) fn listed_permissions(&self, client: &Application, api: Resource<'_>) -> Vec<String> {
        self.delegated_permissions(client, api, |_| true)
    }

    /// Those of them that an administrator agreed to for everyone, and those that the API itself gives this client.
    pub(crate) fn consented_permissions(&self, client: &Application, api: Resource<'_>) -> Vec<String> {
        let mut consented = self.delegated_permissions(client, api, |listed| listed.is_consented);
        if let Resource::Api(api) = api {
            let given = api.details.scopes_without_consent(&client.client_id);
            let new: Vec<String> = given.filter(|scope| !consented.contains(scope)).cloned().collect();
            consented.extend(new);
        }
        consented
    }

    fn delegated_permissions(
        &self,
        client: &Application,
        api: Resource<'_>,
        is_meant: impl Fn(&DelegatedPermission) -> bool,
    ) -> Vec<String> {
        let of_api = client.delegated_permissions.iter().filter(|listed| is_meant(listed));
        let parsed = of_api.filter_map(|listed| listed.parse(self).ok()).filter(|listed| listed.resource == api);
        parsed.flat_map(|listed| listed.values).collect()
    }

    /// The first delegated permission that a registration lists and that does not exist.
    pub(crate) fn wrong_delegated_permission(&self) -> Option<&DelegatedPermission> {
        let mut listed = self.applications.iter().flat_map(|client| &client.delegated_permissions);
        listed.find(|listed| listed.parse(self).is_err())
    }

    /// The first permission that was granted and does not exist.
    pub(crate) fn wrong_permission(&self) -> Option<&ApplicationPermission> {
        let exists = |granted: &&ApplicationPermission| {
            Resource::named(&granted.resource, self).is_ok_and(|resource| resource.has_role(&granted.role))
        };
        self.applications.iter().flat_map(|client| &client.permissions).find(|granted| !exists(granted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_id_is_found_before_anyone_signs_in() {
        assert_eq!(Directory::default().wrong_id(), None);
        for wrong in ["", "contoso", "aaaaaaaa-0000-4000-8000-00000000000g", "aaaaaaaa00004000800000000000000100--"] {
            let mut directory = Directory::default();
            directory.tenants.push(Tenant::new("other.test").id(wrong));
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

    #[test]
    fn a_role_is_held_where_it_is_defined_and_an_undefined_one_everywhere() {
        let directory = Directory::default();
        let [application, daemon, ..] = &directory.applications[..] else { panic!("two applications") };
        let user = User::new("A", "a@b.test").role("Admin").role("Writer");
        assert_eq!(directory.roles(&user, application), ["Admin", "Writer"]);
        assert_eq!(directory.roles(&user, daemon), ["Writer"]);
    }

    const GRAPH: &str = "https://graph.microsoft.com";

    #[test]
    fn applications_hold_what_they_were_granted_on_one_api_and_only_what_exists_there() {
        let mut directory = Directory::default();
        let [application, daemon, tool, _] = &directory.applications[..] else { panic!("four applications") };
        assert_eq!(daemon.roles_on(Resource::Api(application)), ["Files.Read.All"]);
        assert_eq!(daemon.roles_on(Resource::Api(tool)), [""; 0]);
        assert_eq!(tool.roles_on(Resource::Api(application)), [""; 0]);
        assert_eq!(daemon.roles_on(Resource::GRAPH), ["Organization.Read.All", "User.Read.All"]);
        assert!(directory.wrong_permission().is_none());
        for (resource, role) in [
            (application.client_id.clone(), "Admin"),
            ("api://nobody".to_owned(), "Files.Read.All"),
            (GRAPH.to_owned(), "User.Read"),
        ] {
            let client = Application::new("x").application_permission(&resource, role);
            directory.applications.push(client);
            assert_eq!(directory.wrong_permission().unwrap().resource, resource);
            directory.applications.pop();
        }
    }
}
