//! Starting, breaking and watching an emulator.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use poem::Server;
use poem::listener::{AcceptorExt, BoxAcceptor, TcpAcceptor};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::directory::additions::Additions;
use crate::directory::application::Application;
use crate::directory::guid::CONSUMERS;
use crate::directory::host::{AnsweredHosts, Host};
use crate::directory::plain_issuer::PlainIssuer;
use crate::directory::seed::Directory;
use crate::directory::tenant::Tenant;
use crate::directory::user::User;
use crate::faults::defect::Defect;
use crate::faults::start_error::StartError;
use crate::memory::front_channel::FrontChannelRequest;
use crate::memory::keys::KeyRing;
use crate::memory::state::State;
use crate::memory::transcript::Exchange;
use crate::server::ca_file::CaFile;
use crate::server::certificates::Certificates;
use crate::server::service::Service;
use crate::server::start_rule::{self, Objection};
use crate::server::tls::HandshakenConnections;
use crate::tokens::token_order::TokenOrder;

/// A running emulator. Dropping it stops it.
pub struct Emulator {
    state: Arc<State>,
    ca_file: Option<CaFile>,
    _stop: oneshot::Sender<()>,
}

/// How an emulator starts.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    port: u16,
    directory: Option<Directory>,
    tenants: Vec<Tenant>,
    applications: Vec<Application>,
    additions: Additions,
    plain: PlainIssuer,
    front_channel_logout_url: Option<String>,
    is_https: bool,
    ca_file: Option<PathBuf>,
    hosts: Vec<String>,
    graph_permissions: Vec<String>,
}

impl Builder {
    /// The port on 127.0.0.1. Default: 0, a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Replaces the default directory.
    #[must_use]
    pub fn seed(mut self, directory: Directory) -> Self {
        self.directory = Some(directory);
        self
    }

    /// Adds a tenant.
    #[must_use]
    pub fn tenant(mut self, tenant: Tenant) -> Self {
        self.tenants.push(tenant);
        self
    }

    /// Registers an application, which becomes the default one.
    #[must_use]
    pub fn application(mut self, application: Application) -> Self {
        self.applications.insert(0, application);
        self
    }

    /// Exposes these scopes at the default application, by their short names: `Tickets.Read`. Like all that follows here,
    /// it adds to what is there.
    #[must_use]
    pub fn scopes<Name: Into<String>>(mut self, names: impl IntoIterator<Item = Name>) -> Self {
        self.additions.scopes.extend(names.into_iter().map(Into::into));
        self
    }

    /// Adds a person to the first tenant.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.additions.users.push(user);
        self
    }

    /// Gives a person a role, which the default application defines from then on. The person is named by user name or
    /// object id: `adele@contoso.test` and `alex@contoso.test` are in the default directory.
    #[must_use]
    pub fn assign(mut self, user: impl Into<String>, role: impl Into<String>) -> Self {
        self.additions.assigned.push((user.into(), role.into()));
        self
    }

    /// Names a group of the first tenant, by its object id.
    #[must_use]
    pub fn group(mut self, id: impl Into<String>, name: impl Into<String>) -> Self {
        self.additions.groups.push((id.into(), name.into()));
        self
    }

    /// Makes a person a member of a group.
    #[must_use]
    pub fn member(mut self, user: impl Into<String>, group: impl Into<String>) -> Self {
        self.additions.members.push((user.into(), group.into()));
        self
    }

    /// Grants an application, named by name or client id, a role of the default application, which defines it for
    /// applications from then on. `Local daemon` is in the default directory.
    #[must_use]
    pub fn grant(mut self, application: impl Into<String>, role: impl Into<String>) -> Self {
        self.additions.granted.push((application.into(), role.into()));
        self
    }

    /// Sets the front-channel logout URL of the default application, as
    /// [`Application::front_channel_logout_url`] does for others.
    #[must_use]
    pub fn front_channel_logout_url(mut self, url: impl Into<String>) -> Self {
        self.front_channel_logout_url = Some(url.into());
        self
    }

    /// Adds a delegated permission of Microsoft Graph, for one that is newer than this emulator's list. What is on neither
    /// is refused, as the real service refuses a scope that does not exist.
    #[must_use]
    pub fn graph_permission(mut self, name: impl Into<String>) -> Self {
        self.graph_permissions.push(name.into());
        self
    }

    /// How the ordinary provider beside Entra behaves.
    #[must_use]
    pub fn plain(mut self, plain: PlainIssuer) -> Self {
        self.plain = plain;
        self
    }

    /// Speaks https, as Microsoft's client libraries demand, with a certificate that a new authority of its own vouches
    /// for. Clients come to trust it by [`Emulator::ca_file`]; `azure-auth` by the `AZURE_CA_FILE` that is among the
    /// [settings](Emulator::env) then.
    #[must_use]
    pub fn https(mut self) -> Self {
        self.is_https = true;
        self
    }

    /// Writes the certificate authority to this file and leaves it there, instead of a file in the temporary directory
    /// that goes with the emulator. It matters with [`https`](Self::https) only.
    #[must_use]
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// Answers requests for this host as well: a name or an address, without a port. Otherwise only loopback is answered
    /// (`localhost`, names that end in `.localhost`, 127.0.0.0/8, `[::1]`, under any port), and every other `Host` is
    /// refused with 421, because a page of a foreign domain whose name leads to 127.0.0.1 could ask for tokens.
    ///
    /// The emulator still listens on 127.0.0.1 only; this is for a name in the hosts file, or for a proxy in front of it.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.hosts.push(host.into());
        self
    }

    /// Starts it.
    pub async fn start(self) -> Result<Emulator, StartError> {
        let mut directory = self.directory.unwrap_or_default();
        directory.tenants.extend(self.tenants);
        directory.graph_permissions.extend(self.graph_permissions);
        directory.applications.splice(0..0, self.applications);
        if let (Some(url), Some(default)) = (self.front_channel_logout_url, directory.applications.first_mut()) {
            default.front_channel_logout_url = Some(url);
        }
        self.additions.apply(&mut directory)?;
        let directory = directory.settled();
        check(&directory)?;
        if let Some(found) = self.hosts.iter().find(|host| Host::without_port(host).is_none()) {
            return Err(StartError::NotAHost { found: found.clone() });
        }

        let bind = |error| StartError::Bind { port: self.port, error };
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let certificates =
            if self.is_https { Some(Certificates::new().map_err(|_| StartError::Certificates)?) } else { None };
        let ca_file = certificates.as_ref().map(|made| CaFile::write(self.ca_file.as_deref(), &made.authority));
        let ca_file = ca_file.transpose().map_err(|(path, error)| StartError::CaFile { path, error })?;
        let scheme = if self.is_https { "https" } else { "http" };
        let acceptor = acceptor(listener, certificates).map_err(bind)?;
        let keys = KeyRing::new().map_err(|_| StartError::Keys)?;
        let state = Arc::new(State::new(
            format!("{scheme}://{address}"),
            AnsweredHosts::with(&self.hosts),
            directory,
            self.plain,
            keys,
        ));
        let (stop, stopped) = oneshot::channel::<()>();
        let service = Service { state: state.clone() };
        tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            // It ends with the emulator; there is nobody to tell about an error of the accept loop.
            let _ = Server::new_with_acceptor(acceptor)
                .run_with_graceful_shutdown(service, stopped, Some(Duration::ZERO))
                .await;
        });
        Ok(Emulator { state, ca_file, _stop: stop })
    }
}

impl Builder {
    /// For programs that run without a tenant as well: starts it if nobody else can reach the application and nothing is
    /// configured. `bind` is where the application is going to listen, such as `127.0.0.1:3000`.
    ///
    /// It starts if `bind` is loopback and none of [`Emulator::VARIABLES`] is set; other variables, such as those of the
    /// Azure command line, do not matter. If it does not, an event of `tracing` says why, once: a warning if nothing is
    /// configured either, so that the application cannot start.
    ///
    /// The address is registered with the default application: people may open it under `localhost`, as is usual, and
    /// under the very address. An application of your own without redirect URIs gets that of `azure-auth`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::Emulator;
    ///
    /// let emulator = Emulator::builder()
    ///     .scopes(["Tickets.Read", "Tickets.Close"])
    ///     .assign("adele@contoso.test", "Agent")
    ///     .grant("Local daemon", "Tickets.Read.All")
    ///     .start_unless_configured("127.0.0.1:3000")
    ///     .await?;
    /// // let auth = match &emulator {
    /// //     Some(emulator) => AzureAuth::from_variables(emulator.env())?,
    /// //     None => AzureAuth::from_env()?,
    /// // };
    /// # Ok(())
    /// # }
    /// ```
    pub async fn start_unless_configured(mut self, bind: &str) -> Result<Option<Emulator>, StartError> {
        match start_rule::objection(bind, |name| std::env::var_os(name)) {
            Some(objection @ Objection::Configured { .. }) => {
                tracing::info!("no local Entra ID is started: {objection}");
                return Ok(None);
            }
            Some(objection @ Objection::NotLoopback { .. }) => {
                tracing::warn!("no local Entra ID is started: {objection}");
                return Ok(None);
            }
            None => {}
        }
        let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        for (found, meant) in start_rule::mistyped(names) {
            tracing::warn!("found the variable {found}, which azure-auth does not read; is {meant} meant?");
        }
        // `localhost` is registered under any port.
        self.additions.served_at = Some(bind.parse().unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0))));
        let emulator = self.start().await?;
        tracing::info!("a local Entra ID listens on {}; it is not Microsoft", emulator.origin());
        Ok(Some(emulator))
    }
}

fn acceptor(listener: TcpListener, certificates: Option<Certificates>) -> std::io::Result<BoxAcceptor> {
    Ok(match certificates {
        Some(certificates) => HandshakenConnections::new(listener, certificates.server)?.boxed(),
        None => TcpAcceptor::from_tokio(listener)?.boxed(),
    })
}

fn check(directory: &Directory) -> Result<(), StartError> {
    for (missing, is_empty) in
        [("tenant", directory.tenants.is_empty()), ("application", directory.applications.is_empty())]
    {
        if is_empty {
            return Err(StartError::Incomplete { missing });
        }
    }
    if let Some(found) = directory.wrong_id() {
        return Err(StartError::NotAnId { found: found.to_owned() });
    }
    if let Some(granted) = directory.wrong_permission() {
        return Err(StartError::WrongPermission { resource: granted.resource.clone(), role: granted.role.clone() });
    }
    for application in &directory.applications {
        if let Some(found) = application.wrong_logout_url() {
            return Err(StartError::WrongLogoutUrl { name: application.name.clone(), found: found.to_owned() });
        }
        if let Some(found) = application.ambiguous_redirect_uri() {
            return Err(StartError::AmbiguousRedirectUri { name: application.name.clone(), found: found.to_owned() });
        }
    }
    let mut applications = directory.applications.iter();
    match applications.find(|application| !matches!(application.access_token_version, 1 | 2)) {
        Some(Application { name, access_token_version: found, .. }) => {
            Err(StartError::WrongVersion { name: name.clone(), found: *found })
        }
        None => Ok(()),
    }
}

impl Emulator {
    /// Starts with the default directory on a free port.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Starts with other settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The variables that `azure-auth` reads, and that speak against a local Entra ID if one of them is set and not empty.
    pub const VARIABLES: &[&str] = &start_rule::VARIABLES;

    /// Starts with the default directory, unless something is configured:
    /// [`Builder::start_unless_configured`].
    pub async fn start_unless_configured(bind: &str) -> Result<Option<Self>, StartError> {
        Self::builder().start_unless_configured(bind).await
    }

    /// `http://127.0.0.1:<port>`, or the same with `https`.
    pub fn origin(&self) -> &str {
        &self.state.origin
    }

    /// The certificate authority that vouches for this emulator, in PEM. None without [`Builder::https`].
    pub fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_ref().map(CaFile::path)
    }

    /// The issuer address of a tenant, by id or domain, or of `common`, `organizations`, `consumers`.
    pub fn issuer(&self, tenant: &str) -> String {
        format!("{}/{tenant}/v2.0", self.state.origin)
    }

    /// The issuer of the ordinary OpenID Connect provider beside Entra.
    pub fn plain_issuer(&self) -> String {
        format!("{}/plain", self.state.origin)
    }

    /// Who and what exists.
    pub fn directory(&self) -> &Directory {
        &self.state.directory
    }

    /// The variables of the default application at the first tenant.
    pub fn env(&self) -> Vec<(String, String)> {
        let tenant = self.state.directory.tenants.first().map(|tenant| tenant.tenant_id().to_owned());
        self.env_for(&tenant.unwrap_or_default())
    }

    /// The same for another authority: a tenant's id or domain, `common`, `organizations`, `consumers`, or `plain`.
    pub fn env_for(&self, authority: &str) -> Vec<(String, String)> {
        let directory = &self.state.directory;
        let issuer = if authority == "plain" { self.plain_issuer() } else { self.issuer(authority) };
        let mut variables = vec![("AZURE_ISSUER_URI".to_owned(), issuer)];
        if let Some(path) = self.ca_file() {
            variables.push(("AZURE_CA_FILE".to_owned(), path.display().to_string()));
        }
        if let Some(application) = directory.applications.first() {
            variables.push(("AZURE_CLIENT_ID".to_owned(), application.client_id.clone()));
            variables.push(("AZURE_CLIENT_SECRET".to_owned(), application.secret.clone()));
        }
        if matches!(authority, "common" | "organizations") {
            let ids = directory.tenants.iter().map(Tenant::tenant_id);
            let accepted: Vec<&str> = ids.filter(|id| authority == "common" || *id != CONSUMERS).collect();
            variables.push(("AZURE_VALID_TENANT_IDS".to_owned(), accepted.join(",")));
        }
        variables
    }

    /// An access token for the default application, or any other, right or wrong: say what is special about it, then
    /// [`issue`](TokenOrder::issue) it.
    pub fn access_token(&self) -> TokenOrder<'_> {
        TokenOrder::new(&self.state)
    }

    /// What a person's browsers would load in hidden frames if they signed out now: for each session, in the order in
    /// which they began, one request to each application with a front-channel logout URL. The person is named by user
    /// name or object id. The real service offers nothing like it; with it a test sends them itself, changed or as they
    /// are.
    pub fn front_channel_requests(&self, user: &str) -> Vec<FrontChannelRequest> {
        let user = self.state.directory.user_by_name(user);
        let sessions = user.map(|user| self.state.sessions_of(user)).unwrap_or_default();
        sessions.into_iter().flat_map(|session| session.front_channel).collect()
    }

    /// Changes the keys at once: a new one signs from now on, the old ones leave the key set.
    pub fn rotate_keys(&self) -> Result<(), StartError> {
        self.state.set_keys(self.state.keys().rotated().map_err(|_| StartError::Keys)?);
        Ok(())
    }

    /// Is wrong in one way more, until [`clear_defects`](Self::clear_defects).
    pub fn inject(&self, defect: Defect) {
        self.state.inject(defect);
    }

    /// Is right again.
    pub fn clear_defects(&self) {
        self.state.clear_defects();
    }

    /// What was sent so far, in order.
    pub fn transcript(&self) -> Vec<Exchange> {
        self.state.transcript()
    }

    /// Waits until so many requests were sent to paths that end like this, such as `/token`; answered or not. For tests of
    /// what happens meanwhile, beside a defect that holds the answer back.
    pub async fn until_asked(&self, end_of_path: &str, times: usize) {
        self.state.until_asked(end_of_path, times).await;
    }
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Emulator").field("origin", &self.state.origin).finish_non_exhaustive()
    }
}
