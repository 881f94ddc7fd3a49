//! How an emulator is to start.

use std::path::PathBuf;

use crate::directory::additions::Additions;
use crate::directory::application::Application;
use crate::directory::plain_provider::PlainProvider;
use crate::directory::seed::Directory;
use crate::directory::tenant::Tenant;
use crate::directory::user::User;
use crate::memory::demands::Lifetimes;

/// How an emulator is to start, from [`Emulator::builder`](crate::Emulator::builder).
///
/// Without any setting there is the [default directory](Directory), on a free port. The settings come in three kinds:
/// what replaces the directory or adds whole tenants and registrations ([`seed`](Self::seed), [`tenant`](Self::tenant),
/// [`application`](Self::application)), what adds to the first tenant and the default application
/// ([`scopes`](Self::scopes), [`user`](Self::user), [`assign`](Self::assign), [`grant`](Self::grant) and their like), and
/// how it is reached ([`port`](Self::port), [`host`](Self::host), [`https`](Self::https)).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use azure_auth_emulator::Emulator;
///
/// let emulator = Emulator::builder()
///     .scopes(["Tickets.Read"])
///     .assign("adele@contoso.test", "Agent")
///     .start()
///     .await?;
/// assert!(emulator.directory().defines("Tickets.Read"));
/// assert!(emulator.directory().defines("Agent"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "it starts nothing until `start` is called"]
pub struct EmulatorBuilder {
    pub(super) port: u16,
    pub(super) directory: Option<Directory>,
    pub(super) tenants: Vec<Tenant>,
    pub(super) applications: Vec<Application>,
    pub(super) additions: Additions,
    pub(super) plain_provider: PlainProvider,
    pub(super) front_channel_logout_url: Option<String>,
    pub(super) is_https: bool,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) hosts: Vec<String>,
    pub(super) graph_permissions: Vec<String>,
    pub(super) lifetimes: Lifetimes,
}

impl EmulatorBuilder {
    /// Sets the port on 127.0.0.1. Default: 0, a free one.
    ///
    /// ```
    /// use azure_auth_emulator::Emulator;
    ///
    /// let builder = Emulator::builder().port(8400);
    /// ```
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets how many seconds access tokens live. Default: between an hour and an hour and a half, as at the real service. It is
    /// for tests of what happens at the end of a token; [`Emulator::set_access_token_lifetime`](crate::Emulator) changes it.
    ///
    /// ```
    /// use azure_auth_emulator::Emulator;
    ///
    /// let builder = Emulator::builder().access_token_lifetime(60);
    /// ```
    pub fn access_token_lifetime(mut self, seconds: u64) -> Self {
        self.lifetimes.access_token = Some(seconds);
        self
    }

    /// Sets after how many seconds the token answer wants the access token to be renewed (`refresh_in`). Default: half of its
    /// life if that is two hours or more, and nothing.
    ///
    /// ```
    /// use azure_auth_emulator::Emulator;
    ///
    /// let builder = Emulator::builder().refresh_in(30);
    /// ```
    pub fn refresh_in(mut self, seconds: u64) -> Self {
        self.lifetimes.refresh_in = Some(seconds);
        self
    }

    /// Replaces the default directory. A [`Directory`] is read from JSON; the README shows its format.
    ///
    /// ```
    /// # fn main() -> Result<(), serde_json::Error> {
    /// use azure_auth_emulator::Emulator;
    ///
    /// let directory = serde_json::from_str(r#"{ "tenants": [], "applications": [] }"#)?;
    /// let builder = Emulator::builder().seed(directory);
    /// # Ok(())
    /// # }
    /// ```
    pub fn seed(mut self, directory: Directory) -> Self {
        self.directory = Some(directory);
        self
    }

    /// Adds a tenant.
    ///
    /// ```
    /// use azure_auth_emulator::{Emulator, Tenant, User};
    ///
    /// let northwind = Tenant::new("northwind.test").user(User::new("Nestor Wilke", "nestor@northwind.test"));
    /// let builder = Emulator::builder().tenant(northwind);
    /// ```
    pub fn tenant(mut self, tenant: Tenant) -> Self {
        self.tenants.push(tenant);
        self
    }

    /// Registers an application, which becomes the default one: [`Emulator::env`](crate::Emulator::env) has its settings.
    /// The default one before it stays registered.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::{Application, Emulator};
    ///
    /// let desk = Application::new("Help desk").redirect_uri("http://localhost/authorization-code/callback");
    /// let emulator = Emulator::builder().application(desk).start().await?;
    /// assert_eq!(emulator.directory().applications()[0].name(), "Help desk");
    /// # Ok(())
    /// # }
    /// ```
    pub fn application(mut self, application: Application) -> Self {
        self.applications.insert(0, application);
        self
    }

    /// Exposes these scopes at the default application, by their short names. Like all settings that follow here, it adds
    /// to what is there.
    ///
    /// ```
    /// use azure_auth_emulator::Emulator;
    ///
    /// let builder = Emulator::builder().scopes(["Tickets.Read", "Tickets.Close"]);
    /// ```
    pub fn scopes<Name: Into<String>>(mut self, names: impl IntoIterator<Item = Name>) -> Self {
        self.additions.scopes.extend(names.into_iter().map(Into::into));
        self
    }

    /// Adds a person to the first tenant.
    ///
    /// ```
    /// use azure_auth_emulator::{Emulator, User};
    ///
    /// let builder = Emulator::builder().user(User::new("Nestor Wilke", "nestor@contoso.test"));
    /// ```
    pub fn user(mut self, user: User) -> Self {
        self.additions.users.push(user);
        self
    }

    /// Gives a person a role, which the default application defines from then on. The person is named by user name or
    /// object id: `adele@contoso.test` and `alex@contoso.test` are in the default directory.
    ///
    /// ```
    /// use azure_auth_emulator::Emulator;
    ///
    /// let builder = Emulator::builder().assign("adele@contoso.test", "Agent");
    /// ```
    pub fn assign(mut self, user: impl Into<String>, role: impl Into<String>) -> Self {
        self.additions.assigned.push((user.into(), role.into()));
        self
    }

    /// Names a group of the first tenant, by its object id.
    ///
    /// ```
    /// use azure_auth_emulator::Emulator;
    ///
    /// let builder = Emulator::builder().group("12345678-0000-4000-8000-000000000001", "Agents");
    /// ```
    pub fn group(mut self, id: impl Into<String>, name: impl Into<String>) -> Self {
        self.additions.groups.push((id.into(), name.into()));
        self
    }

    /// Makes a person a member of a group. The person is named by user name or object id, the group by object id.
    ///
    /// ```
    /// use azure_auth_emulator::Emulator;
    ///
    /// let builder = Emulator::builder().member("adele@contoso.test", "12345678-0000-4000-8000-000000000001");
    /// ```
    pub fn member(mut self, user: impl Into<String>, group: impl Into<String>) -> Self {
        self.additions.members.push((user.into(), group.into()));
        self
    }

    /// Grants an application, named by name or client id, a role of the default application, which defines it for
    /// applications from then on. `Local daemon` is in the default directory.
    ///
    /// ```
    /// use azure_auth_emulator::Emulator;
    ///
    /// let builder = Emulator::builder().grant("Local daemon", "Tickets.Read.All");
    /// ```
    pub fn grant(mut self, application: impl Into<String>, role: impl Into<String>) -> Self {
        self.additions.granted.push((application.into(), role.into()));
        self
    }

    /// Sets the front-channel logout URL of the default application, as
    /// [`Application::front_channel_logout_url`] does for others.
    ///
    /// ```
    /// use azure_auth_emulator::Emulator;
    ///
    /// let builder = Emulator::builder().front_channel_logout_url("http://localhost/signed-out");
    /// ```
    pub fn front_channel_logout_url(mut self, url: impl Into<String>) -> Self {
        self.front_channel_logout_url = Some(url.into());
        self
    }

    /// Adds a delegated permission of Microsoft Graph, for one that is newer than this emulator's list. What is on neither
    /// is refused, as the real service refuses a scope that does not exist.
    ///
    /// ```
    /// use azure_auth_emulator::Emulator;
    ///
    /// let builder = Emulator::builder().graph_permission("Moon.Read");
    /// ```
    pub fn graph_permission(mut self, name: impl Into<String>) -> Self {
        self.graph_permissions.push(name.into());
        self
    }

    /// Sets how the ordinary provider beside Entra behaves.
    ///
    /// ```
    /// use azure_auth_emulator::{Emulator, PlainProvider};
    ///
    /// let provider = PlainProvider { issuer_in_response: true, ..PlainProvider::default() };
    /// let builder = Emulator::builder().plain_provider(provider);
    /// ```
    pub fn plain_provider(mut self, plain_provider: PlainProvider) -> Self {
        self.plain_provider = plain_provider;
        self
    }

    /// Speaks https, as Microsoft's client libraries demand, with a certificate of an authority that is made for this
    /// emulator. Clients come to trust it by [`Emulator::ca_file`](crate::Emulator::ca_file); `azure-auth` by
    /// `AZURE_CA_FILE`, which is then among the [settings](crate::Emulator::env).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::Emulator;
    ///
    /// let emulator = Emulator::builder().https().start().await?;
    /// assert!(emulator.origin().starts_with("https://127.0.0.1:"));
    /// assert!(emulator.ca_file().is_some_and(|file| file.exists()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn https(mut self) -> Self {
        self.is_https = true;
        self
    }

    /// Writes the certificate authority to this file and leaves it there. Otherwise it is a file in the temporary
    /// directory, which is removed with the emulator. It matters with [`https`](Self::https) only.
    ///
    /// ```
    /// use azure_auth_emulator::Emulator;
    ///
    /// let builder = Emulator::builder().https().ca_file("target/emulator-ca.pem");
    /// ```
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// Answers requests for this host as well: a name or an address, without a port. Otherwise only loopback is answered
    /// (`localhost`, names that end in `.localhost`, 127.0.0.0/8, `[::1]`, under any port), and every other `Host` is
    /// refused with 421, because a page of a foreign domain whose name leads to 127.0.0.1 could ask for tokens.
    ///
    /// The emulator still listens on 127.0.0.1 only; this is for a name in the hosts file, or for a proxy in front of it.
    ///
    /// ```
    /// use azure_auth_emulator::Emulator;
    ///
    /// let builder = Emulator::builder().host("entra.test");
    /// ```
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.hosts.push(host.into());
        self
    }
}
