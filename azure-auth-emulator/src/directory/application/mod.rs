//! App registrations.

pub(crate) mod application_object;
pub(crate) mod certificate;
pub(crate) mod credentials;
pub(crate) mod details;
mod logout_url;
pub(crate) mod redirect_uri;
mod registration;

use serde::Deserialize;
use url::Url;

use credentials::FederatedCredential;
use details::Details;

use crate::directory::guid::invented_id;
use crate::directory::resources::resource::Resource;
use crate::directory::resources::scopes::{Permissions, Scopes};
use crate::directory::seed::Directory;
use crate::faults::entra_error::EntraError;
use crate::faults::start_error::StartError;

/// An app registration: a client, an API, or both.
///
/// [`Application::new`] makes one in code. In a seed file it is an object with the members `name`, `client_id`, `secret`,
/// `redirect_uris` and those that the README lists.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use azure_auth_emulator::{Application, Emulator};
///
/// let desk = Application::new("Help desk")
///     .redirect_uri("http://localhost/authorization-code/callback")
///     .scope("Tickets.Read")
///     .app_role("Agent");
/// let emulator = Emulator::builder().application(desk).start().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is a box to tick in a registration, and a member of a seed")]
pub struct Application {
    pub(crate) name: String,
    pub(crate) client_id: String,
    #[serde(default)]
    pub(crate) secret: Option<String>,
    /// In PEM.
    #[serde(default)]
    pub(crate) certificates: Vec<String>,
    #[serde(default)]
    pub(crate) federated_credentials: Vec<FederatedCredential>,
    /// Until the emulator has an address; then it is one of the federated credentials.
    #[serde(default)]
    trusts_managed_identity: bool,
    redirect_uris: Vec<String>,
    #[serde(default)]
    single_page_redirect_uris: Vec<String>,
    #[serde(default)]
    any_loopback_redirect_uri: bool,
    #[serde(default)]
    pub(crate) requires_assignment: bool,
    #[serde(default)]
    identifier_uri: Option<String>,
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    #[serde(default)]
    pub(crate) app_roles: Vec<String>,
    #[serde(default)]
    pub(crate) app_roles_for_applications: Vec<String>,
    #[serde(default)]
    pub(crate) permissions: Vec<ApplicationPermission>,
    #[serde(default)]
    pub(crate) delegated_permissions: Vec<DelegatedPermission>,
    #[serde(default = "second_version")]
    pub(crate) access_token_version: u8,
    #[serde(default)]
    pub(crate) with_idtyp: bool,
    #[serde(default)]
    pub(crate) with_sid: bool,
    #[serde(default)]
    pub(crate) front_channel_logout_url: Option<String>,
    #[serde(skip)]
    pub(crate) details: Details,
}

/// A permission of an API that an application holds for itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplicationPermission {
    /// Client id or identifier URI of the API.
    pub(crate) resource: String,
    pub(crate) role: String,
}

/// A permission of an API that an application lists in its registration, to use for people.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DelegatedPermission {
    /// Client id or identifier URI of the API, or the address of one of Microsoft.
    pub(crate) resource: String,
    pub(crate) scope: String,
    /// An administrator agreed to it for everyone.
    #[serde(default)]
    pub(crate) is_consented: bool,
}

impl DelegatedPermission {
    /// The permission as it is registered, if it exists.
    pub(crate) fn parse<'d>(&self, directory: &'d Directory) -> Result<Permissions<'d>, EntraError> {
        Scopes::parse(&format!("{}/{}", self.resource, self.scope), directory)?.single()
    }
}

impl Application {
    /// A registration without redirect URIs, scopes and roles. Its id and secret are made from the name, so that they stay
    /// the same from one start to the next.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// assert_eq!(Application::new("Help desk").application_id(), Application::new("Help desk").application_id());
    /// assert_ne!(Application::new("Help desk").application_id(), Application::new("Shop").application_id());
    /// ```
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            client_id: invented_id(&name),
            secret: Some(format!("emulator-secret-{}", invented_id(&format!("secret of {name}")))),
            certificates: Vec::new(),
            federated_credentials: Vec::new(),
            trusts_managed_identity: false,
            name,
            redirect_uris: Vec::new(),
            single_page_redirect_uris: Vec::new(),
            any_loopback_redirect_uri: false,
            requires_assignment: false,
            identifier_uri: None,
            scopes: Vec::new(),
            app_roles: Vec::new(),
            app_roles_for_applications: Vec::new(),
            permissions: Vec::new(),
            delegated_permissions: Vec::new(),
            access_token_version: second_version(),
            with_idtyp: false,
            with_sid: false,
            front_channel_logout_url: None,
            details: Details::default(),
        }
    }

    /// The name for display.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// assert_eq!(Application::new("Help desk").name(), "Help desk");
    /// ```
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The client id, which Entra calls the application id as well.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// let desk = Application::new("Help desk").client_id("ffffffff-0000-4000-8000-000000000006");
    /// assert_eq!(desk.application_id(), "ffffffff-0000-4000-8000-000000000006");
    /// ```
    pub fn application_id(&self) -> &str {
        &self.client_id
    }

    /// The client secret; empty [without](Self::without_secret) one. It is a word for development, and not a secret.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// assert!(Application::new("Help desk").client_secret().starts_with("emulator-secret-"));
    /// ```
    pub fn client_secret(&self) -> &str {
        self.secret.as_deref().unwrap_or_default()
    }

    /// The identifier URI, which clients put in front of scopes.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// let desk = Application::new("Help desk");
    /// assert_eq!(desk.uri(), format!("api://{}", desk.application_id()));
    /// ```
    pub fn uri(&self) -> String {
        self.identifier_uri.clone().unwrap_or_else(|| format!("api://{}", self.client_id))
    }

    /// Whether a client means this API: by client id or identifier URI, with or without one slash at the end.
    pub(crate) fn is_resource(&self, name: &str) -> bool {
        let plain = |name: &str| name.strip_suffix('/').unwrap_or(name).to_owned();
        plain(name) == self.client_id || plain(name) == plain(&self.uri())
    }

    /// The scope of that name, as it is registered.
    pub(crate) fn registered_scope(&self, name: &str) -> Option<&str> {
        let mut scopes = self.scopes.iter().map(String::as_str);
        scopes.find(|scope| scope.eq_ignore_ascii_case(name))
    }

    /// The roles that this application, as a client, was granted on an API.
    pub(crate) fn roles_on(&self, resource: Resource<'_>) -> Vec<String> {
        let granted = self.permissions.iter().filter(|granted| resource.is_named(&granted.resource));
        granted.map(|granted| granted.role.clone()).collect()
    }

    /// `oid` of the application's own account in a tenant, its service principal.
    pub(crate) fn oid(&self, tenant: &str) -> String {
        invented_id(&format!("{tenant}|{}", self.client_id))
    }

    /// Refuses an address that could not be registered, or would not be reached.
    pub(crate) fn check_addresses(&self) -> Result<(), StartError> {
        if let Some(found) = self.wrong_logout_url() {
            return Err(StartError::WrongLogoutUrl { name: self.name.clone(), found: found.to_owned() });
        }
        match self.ambiguous_redirect_uri() {
            Some(found) => Err(StartError::AmbiguousRedirectUri { name: self.name.clone(), found: found.to_owned() }),
            None => Ok(()),
        }
    }

    /// Refuses a version of access tokens that does not exist.
    pub(crate) fn check_version(&self) -> Result<(), StartError> {
        match self.access_token_version {
            1 | 2 => Ok(()),
            found => Err(StartError::WrongVersion { name: self.name.clone(), found }),
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1"))
}

fn second_version() -> u8 {
    2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_is_meant_by_client_id_or_identifier_uri() {
        let id = Application::new("a").client_id;
        for (api, name, expected) in [
            (Application::new("a"), id.clone(), true),
            (Application::new("a"), format!("api://{id}"), true),
            (Application::new("a"), format!("api://{id}/"), true),
            (Application::new("a"), format!("api://{id}//"), false),
            (Application::new("a"), "a".to_owned(), false),
            (Application::new("a"), String::new(), false),
            (Application::new("a").identifier_uri("https://files.test"), "https://files.test/".to_owned(), true),
            (Application::new("a").identifier_uri("https://files.test"), format!("api://{id}"), false),
            (Application::new("a").identifier_uri("https://files.test"), id.clone(), true),
        ] {
            assert_eq!(api.is_resource(&name), expected, "{name}");
        }
    }
}
