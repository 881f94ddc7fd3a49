//! App registrations.

use std::net::SocketAddr;

use serde::Deserialize;
use url::Url;

use super::guid::invented_id;
use super::host::Host;
use super::platform::Platform;
use super::platform::origin_to_register;
use crate::faults::entra_error::EntraError;

/// An app registration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is a box to tick in a registration, and a member of a seed")]
pub struct Application {
    pub(crate) name: String,
    pub(crate) client_id: String,
    pub(crate) secret: String,
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
    #[serde(default = "second_version")]
    pub(crate) access_token_version: u8,
    #[serde(default)]
    pub(crate) with_idtyp: bool,
    #[serde(default)]
    pub(crate) with_sid: bool,
    #[serde(default)]
    pub(crate) front_channel_logout_url: Option<String>,
}

/// A permission of an API that an application holds for itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplicationPermission {
    /// Client id or identifier URI of the API.
    pub(crate) resource: String,
    pub(crate) role: String,
}

impl Application {
    /// A registration without redirect URIs, scopes and roles. Id and secret are made from the name.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            client_id: invented_id(&name),
            secret: format!("emulator-secret-{}", invented_id(&format!("secret of {name}"))),
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
            access_token_version: second_version(),
            with_idtyp: false,
            with_sid: false,
            front_channel_logout_url: None,
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

    /// Registers a redirect URI of a server, which proves itself with the client secret: platform "Web".
    ///
    /// Requests must name it letter for letter, as at the real service. Only the port of `http://localhost` does not
    /// matter; `127.0.0.1` is another address, with a port that does.
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// Registers a redirect URI of a page in the browser, such as Swagger UI: platform "Single-page application". Ports
    /// are as in [`redirect_uri`](Self::redirect_uri).
    ///
    /// The page signs in with a `code_challenge` and redeems the code with the verifier and no secret, in a request of
    /// another origin, which is recognised by its `Origin` header. Its refresh tokens end 24 hours after the sign-in. A
    /// URI is of one platform: with one that is both, whatever the port, no emulator starts.
    #[must_use]
    pub fn single_page_redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.single_page_redirect_uris.push(uri.into());
        self
    }

    /// Takes the paths of registered redirect URIs on loopback under `localhost` and `127.0.0.1` and any port. The real
    /// service does not: an application that relies on it cannot sign anybody in there.
    #[must_use]
    pub fn any_loopback_redirect_uri(mut self) -> Self {
        self.any_loopback_redirect_uri = true;
        self
    }

    /// Exposes a delegated permission, by its short name: `Files.Read`.
    #[must_use]
    pub fn scope(mut self, name: impl Into<String>) -> Self {
        self.scopes.push(name.into());
        self
    }

    /// Defines an app role for people.
    #[must_use]
    pub fn app_role(mut self, value: impl Into<String>) -> Self {
        self.app_roles.push(value.into());
        self
    }

    /// Defines an app role for applications, which is what others ask for as an application permission.
    #[must_use]
    pub fn app_role_for_applications(mut self, value: impl Into<String>) -> Self {
        self.app_roles_for_applications.push(value.into());
        self
    }

    /// Grants this application, as a client of its own, a role of another one, named by client id or identifier URI.
    #[must_use]
    pub fn application_permission(mut self, resource: impl Into<String>, role: impl Into<String>) -> Self {
        let granted = ApplicationPermission { resource: resource.into(), role: role.into() };
        self.permissions.push(granted);
        self
    }

    /// Sets the identifier URI, which clients put in front of scopes. Default: `api://<client id>`.
    #[must_use]
    pub fn identifier_uri(mut self, uri: impl Into<String>) -> Self {
        self.identifier_uri = Some(uri.into());
        self
    }

    /// Sets the version of access tokens for this application, 1 or 2. Default: 2. Whoever asks, and wherever, it is
    /// the API's registration that decides.
    #[must_use]
    pub fn access_token_version(mut self, version: u8) -> Self {
        self.access_token_version = version;
        self
    }

    /// Adds the optional claim `idtyp`, so that app-only tokens for this application say that they are.
    #[must_use]
    pub fn with_idtyp(mut self) -> Self {
        self.with_idtyp = true;
        self
    }

    /// Adds the optional claim `sid`, so that ID tokens say in which session of the provider they were issued.
    #[must_use]
    pub fn with_sid(mut self) -> Self {
        self.with_sid = true;
        self
    }

    /// Sets the front-channel logout URL (`web.logoutUrl`), which a browser that signs out loads in a hidden frame.
    ///
    /// It begins with `https`. Here `http` on loopback will do as well, because this is a local service; the real one
    /// refuses it. On loopback without a port, it is loaded at the port of the redirect URI that the person signed in
    /// with.
    #[must_use]
    pub fn front_channel_logout_url(mut self, url: impl Into<String>) -> Self {
        self.front_channel_logout_url = Some(url.into());
        self
    }

    /// Lets only assigned people in, and for tokens of their own only applications with a permission.
    #[must_use]
    pub fn requires_assignment(mut self) -> Self {
        self.requires_assignment = true;
        self
    }

    /// The name for display.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The client id, which Entra calls the application id as well.
    pub fn application_id(&self) -> &str {
        &self.client_id
    }

    /// The client secret.
    pub fn client_secret(&self) -> &str {
        &self.secret
    }

    /// The identifier URI.
    pub fn uri(&self) -> String {
        self.identifier_uri.clone().unwrap_or_else(|| format!("api://{}", self.client_id))
    }

    /// Whether a client means this API: by client id or identifier URI, give or take one slash at the end.
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
    pub(crate) fn roles_on(&self, resource: &Self) -> Vec<String> {
        let granted = self.permissions.iter().filter(|granted| resource.is_resource(&granted.resource));
        granted.map(|granted| granted.role.clone()).collect()
    }

    /// `oid` of the application's own account in a tenant, its service principal.
    pub(crate) fn oid(&self, tenant: &str) -> String {
        invented_id(&format!("{tenant}|{}", self.client_id))
    }

    /// Where to tell this application that a session is over, if somebody signed in with this redirect URI.
    pub(crate) fn front_channel_logout_url_beside(&self, redirect_uri: &str) -> Option<String> {
        let registered = self.front_channel_logout_url.as_ref()?;
        let (Ok(mut url), Ok(beside)) = (Url::parse(registered), Url::parse(redirect_uri)) else {
            return Some(registered.clone());
        };
        if url.port().is_none() && is_loopback(&url) && is_loopback(&beside) {
            // It cannot fail for an address with a host.
            let _ = url.set_port(beside.port());
        }
        Some(url.to_string())
    }

    /// The front-channel logout URL, if nobody could be told there.
    pub(crate) fn wrong_logout_url(&self) -> Option<&str> {
        let is_right = |url: &Url| url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
        let written = self.front_channel_logout_url.as_deref()?;
        let url = Url::parse(written).ok().filter(is_right).filter(|url| url.fragment().is_none());
        if url.is_some() && written.len() <= LONGEST_LOGOUT_URL { None } else { Some(written) }
    }

    /// Whether a redirect URI is one of the registered ones.
    pub(crate) fn is_registered(&self, uri: &str) -> bool {
        self.platform(uri).is_some()
    }

    /// What a redirect URI is registered for, if it is.
    pub(crate) fn platform(&self, uri: &str) -> Option<Platform> {
        if self.is_among(&self.redirect_uris, uri) {
            Some(Platform::Web)
        } else {
            self.is_among(&self.single_page_redirect_uris, uri).then_some(Platform::SinglePage)
        }
    }

    /// The first redirect URI that is registered for both platforms.
    pub(crate) fn ambiguous_redirect_uri(&self) -> Option<&str> {
        let mut pages = self.single_page_redirect_uris.iter();
        pages.find(|uri| self.is_among(&self.redirect_uris, uri)).map(String::as_str)
    }

    /// What the real service says of a redirect URI that is not registered, and beside it which are.
    pub(crate) fn unknown_redirect_uri(&self, uri: &str) -> EntraError {
        let registered: Vec<&str> =
            self.redirect_uris.iter().chain(&self.single_page_redirect_uris).map(String::as_str).collect();
        let registered = if registered.is_empty() { "none".to_owned() } else { registered.join(", ") };
        let is_other_name =
            Url::parse(uri).is_ok_and(|url| url.host_str() != Some("localhost") && is_this_machine(&url));
        let remedy = if is_other_name {
            "Open the application under http://localhost, where the port does not matter, or register this address"
        } else {
            "Register this address, letter for letter"
        };
        let text = format!(
            "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the \
             application '{}'. Registered are {registered}. {remedy}.",
            self.client_id
        );
        EntraError::new("invalid_request", 50011, text)
    }

    /// Registers the address at which a program serves this application. One without any redirect URI gets that of
    /// `azure-auth`.
    pub(crate) fn register_served(&mut self, address: SocketAddr) {
        if self.redirect_uris.is_empty() && self.single_page_redirect_uris.is_empty() {
            self.redirect_uris.push(DEFAULT_REDIRECT_URI.to_owned());
        }
        let Some(origin) = origin_to_register(address) else { return };
        for registered in [&mut self.redirect_uris, &mut self.single_page_redirect_uris] {
            let paths = registered
                .iter()
                .filter_map(|uri| without_port_of_localhost(uri).strip_prefix(LOCALHOST).map(str::to_owned));
            let served: Vec<String> = paths.map(|path| format!("{origin}{path}")).collect();
            registered.extend(served);
        }
    }

    fn is_among(&self, registered: &[String], uri: &str) -> bool {
        let comparable = if self.any_loopback_redirect_uri { without_loopback_host } else { without_port_of_localhost };
        let wanted = comparable(uri);
        registered.iter().any(|registered| comparable(registered) == wanted)
    }
}

/// As the real service compares: the text itself, but for the port of `http://localhost`.
fn without_port_of_localhost(uri: &str) -> String {
    let Some(rest) = uri.strip_prefix(LOCALHOST).and_then(|rest| rest.strip_prefix(':')) else { return uri.to_owned() };
    let (port, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    if is_port { format!("{LOCALHOST}{path}") } else { uri.to_owned() }
}

/// The address without its port if it is on loopback, unchanged otherwise. The two names of loopback count as one.
fn without_loopback_host(uri: &str) -> String {
    match Url::parse(uri) {
        Ok(mut url) if url.scheme() == "http" && is_loopback(&url) => {
            // Both cannot fail for an http address with a host.
            let _ = url.set_port(None);
            let _ = url.set_host(Some("localhost"));
            url.to_string()
        }
        _ => uri.to_owned(),
    }
}

const LOCALHOST: &str = "http://localhost";

/// Of applications with `azure-auth`, unless they choose another path.
pub(crate) const DEFAULT_REDIRECT_URI: &str = "http://localhost/authorization-code/callback";

fn is_this_machine(url: &Url) -> bool {
    url.host_str().and_then(Host::without_port).is_some_and(|host| host.is_loopback())
}

fn is_loopback(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1"))
}

/// In characters, as at the real service.
const LONGEST_LOGOUT_URL: usize = 255;

fn second_version() -> u8 {
    2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_uri_is_right_letter_for_letter_but_for_the_port_of_localhost() {
        let exact = Application::new("a")
            .redirect_uri("http://localhost:5000/callback")
            .redirect_uri("http://127.0.0.1:3000/other")
            .redirect_uri("https://app.test/callback")
            .single_page_redirect_uri("http://localhost/page");
        let lenient = exact.clone().any_loopback_redirect_uri();
        for (uri, is_exact, is_lenient) in [
            ("http://localhost:5000/callback", true, true),
            ("http://localhost/callback", true, true),
            ("http://localhost:3000/callback", true, true),
            ("http://localhost:65535/callback", true, true),
            ("http://localhost:9/page", true, true),
            ("http://127.0.0.1:3000/other", true, true),
            ("https://app.test/callback", true, true),
            ("http://127.0.0.1:5000/callback", false, true),
            ("http://127.0.0.1/callback", false, true),
            ("http://127.0.0.1:3001/other", false, true),
            ("http://127.0.0.1/other", false, true),
            ("http://localhost:3000/other", false, true),
            ("http://LOCALHOST/callback", false, true),
            ("http://localhost/a/../callback", false, true),
            ("http://localhost:3000/Callback", false, false),
            ("http://localhost/callback/", false, false),
            ("http://localhost/callback?a=b", false, false),
            ("http://localhost/callback#a", false, false),
            ("http://localhost:65536/callback", false, false),
            ("http://localhost:+80/callback", false, false),
            ("http://localhost:3000@evil.example/callback", false, false),
            ("http://localhost.evil.example/callback", false, false),
            ("http://localhost:3000.evil.example/callback", false, false),
            ("http://app.localhost/callback", false, false),
            ("http://[::1]:5000/callback", false, false),
            ("http://127.0.0.2:3000/other", false, false),
            ("https://localhost:5000/callback", false, false),
            ("https://app.test:8443/callback", false, false),
            ("https://APP.test/callback", false, false),
            ("http://app.test/callback", false, false),
            ("", false, false),
            ("x", false, false),
        ] {
            assert_eq!(exact.is_registered(uri), is_exact, "{uri}");
            assert_eq!(lenient.is_registered(uri), is_lenient, "{uri}, any on loopback");
        }
    }

    #[test]
    fn an_unknown_redirect_uri_is_named_with_those_that_are_registered_and_the_remedy() {
        let application = Application::new("a").redirect_uri("http://localhost/callback");
        let registered = "Registered are http://localhost/callback. ";
        for (uri, remedy) in [
            ("http://127.0.0.1:3000/callback", "Open the application under http://localhost, where"),
            ("http://[::1]:3000/callback", "Open the application under http://localhost, where"),
            ("http://localhost:3000/other", "Register this address, letter for letter."),
            ("https://evil.example/callback", "Register this address, letter for letter."),
        ] {
            let text = application.unknown_redirect_uri(uri).message;
            assert!(text.contains(&format!("'{uri}'")) && text.contains(&format!("{registered}{remedy}")), "{text}");
        }
        assert!(Application::new("a").unknown_redirect_uri("x").message.contains("Registered are none. "));
    }

    #[test]
    fn the_address_that_is_going_to_be_served_is_registered_and_no_other() {
        for (bind, registered, refused) in [
            (
                "127.0.0.1:3000",
                &["http://127.0.0.1:3000/cb", "http://127.0.0.1:3000/page"][..],
                "http://127.0.0.1:3001/cb",
            ),
            ("127.9.9.9:1", &["http://127.9.9.9:1/cb"], "http://127.0.0.1:1/cb"),
            ("127.0.0.1:0", &["http://localhost:3000/cb"], "http://127.0.0.1:0/cb"),
            ("[::1]:3000", &["http://localhost:3000/cb"], "http://[::1]:3000/cb"),
            ("192.168.0.1:3000", &["http://localhost:3000/cb"], "http://192.168.0.1:3000/cb"),
        ] {
            let mut application = Application::new("a")
                .redirect_uri("http://localhost:5000/cb")
                .redirect_uri("https://app.test/cb")
                .single_page_redirect_uri("http://localhost/page");
            application.register_served(bind.parse().unwrap());
            for uri in registered {
                assert!(application.is_registered(uri), "{bind} {uri}");
            }
            assert!(!application.is_registered(refused), "{bind} {refused}");
            assert_eq!(application.ambiguous_redirect_uri(), None);
        }
        let mut without = Application::new("a");
        without.register_served("127.0.0.1:3000".parse().unwrap());
        for host in ["localhost:1", "127.0.0.1:3000"] {
            assert!(without.is_registered(&format!("http://{host}/authorization-code/callback")), "{host}");
        }
        let mut page = Application::new("a").single_page_redirect_uri("https://app.test/page");
        page.register_served("127.0.0.1:3000".parse().unwrap());
        assert!(!page.is_registered(DEFAULT_REDIRECT_URI), "whoever registers one says what is registered");
    }

    #[test]
    fn a_logout_url_on_loopback_is_loaded_at_the_port_where_the_application_is_if_it_names_none() {
        let loaded = |registered: &str, redirect_uri| {
            Application::new("a").front_channel_logout_url(registered).front_channel_logout_url_beside(redirect_uri)
        };
        for (registered, redirect_uri, expected) in [
            ("http://localhost/out", "http://localhost:3000/callback", "http://localhost:3000/out"),
            ("http://localhost/out", "http://127.0.0.1:3000/callback", "http://localhost:3000/out"),
            ("https://localhost/out", "https://localhost:3000/callback", "https://localhost:3000/out"),
            ("http://localhost/out", "http://localhost/callback", "http://localhost/out"),
            ("http://localhost:9/out", "http://localhost:3000/callback", "http://localhost:9/out"),
            ("http://localhost/out", "https://app.test:3000/callback", "http://localhost/out"),
            ("https://app.test/out", "http://localhost:3000/callback", "https://app.test/out"),
        ] {
            assert_eq!(loaded(registered, redirect_uri).as_deref(), Some(expected), "{registered} {redirect_uri}");
        }
        assert_eq!(Application::new("a").front_channel_logout_url_beside("http://localhost/callback"), None);
    }

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
