//! Starting an emulator.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use poem::Server;
use poem::listener::{AcceptorExt, BoxAcceptor, TcpAcceptor};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::Emulator;
use super::builder::EmulatorBuilder;
use crate::directory::host::{AnsweredHosts, Host};
use crate::directory::seed::Directory;
use crate::faults::start_error::StartError;
use crate::memory::keys::KeyRing;
use crate::memory::state::State;
use crate::server::ca_file::CaFile;
use crate::server::certificates::Certificates;
use crate::server::service::Service;
use crate::server::start_rule::{self, Objection};
use crate::server::tls::HandshakenConnections;

impl EmulatorBuilder {
    /// Starts the emulator, which listens when this returns.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::Emulator;
    ///
    /// let emulator = Emulator::builder().start().await?;
    /// assert!(emulator.origin().starts_with("http://127.0.0.1:"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`StartError`], if a setting names what does not exist or cannot be, the port is taken, or the system gives no
    /// randomness.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, in which it runs.
    pub async fn start(mut self) -> Result<Emulator, StartError> {
        let mut directory = self.take_directory()?;
        let bind = |error| StartError::Bind { port: self.port, error };
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let certificates = self.make_certificates()?;
        let ca_file = self.write_authority(certificates.as_ref())?;
        let acceptor = acceptor(listener, certificates).map_err(bind)?;
        let scheme = if self.is_https { "https" } else { "http" };
        let origin = format!("{scheme}://{address}");
        directory.settle(&origin);
        let state = Arc::new(State::new(
            origin,
            AnsweredHosts::with(&self.hosts),
            directory,
            self.plain_provider,
            KeyRing::new().map_err(|_| StartError::Keys)?,
            self.lifetimes,
        ));
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(serve(acceptor, Service { state: state.clone() }, stopped));
        Ok(Emulator { state, ca_file, _stop: stop })
    }

    /// Starts the emulator only if no tenant is configured and only this machine can reach the application. It is for
    /// programs that run with and without a tenant. `bind` is where the application is going to listen, such as `127.0.0.1:3000`.
    ///
    /// It starts if `bind` is loopback and none of [`Emulator::VARIABLES`] is set; other variables, such as those of the
    /// Azure command line, do not matter. If it does not, an event of `tracing` says why, once: a warning if nothing is
    /// configured either, so that the application cannot start.
    ///
    /// The address is registered with the default application: people may open it under `localhost`, as is usual, and
    /// under this very address. An application of your own without redirect URIs gets that of `azure-auth`.
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
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start). That it does not start because something is configured is not an error, but `None`.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, in which it runs.
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
        for (found, meant) in start_rule::mistyped_variables(names) {
            tracing::warn!("found the variable {found}, which azure-auth does not read; is {meant} meant?");
        }
        // `localhost` is registered under any port.
        self.additions.served_at = Some(bind.parse().unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0))));
        let emulator = self.start().await?;
        tracing::info!("a local Entra ID listens on {}; it is not Microsoft", emulator.origin());
        Ok(Some(emulator))
    }

    /// The directory with everything that was added, checked.
    fn take_directory(&mut self) -> Result<Directory, StartError> {
        let mut directory = self.directory.take().unwrap_or_default();
        directory.tenants.append(&mut self.tenants);
        directory.graph_permissions.append(&mut self.graph_permissions);
        directory.applications.splice(0..0, self.applications.drain(..));
        if let (Some(url), Some(default)) = (self.front_channel_logout_url.take(), directory.applications.first_mut()) {
            default.front_channel_logout_url = Some(url);
        }
        std::mem::take(&mut self.additions).apply(&mut directory)?;
        directory.name_permissions();
        let directory = directory.with_homes();
        directory.check()?;
        match self.hosts.iter().find(|host| Host::without_port(host).is_none()) {
            Some(found) => Err(StartError::NotAHost { found: found.clone() }),
            None => Ok(directory),
        }
    }

    fn make_certificates(&self) -> Result<Option<Certificates>, StartError> {
        self.is_https.then(Certificates::new).transpose().map_err(|_| StartError::Certificates)
    }

    fn write_authority(&self, certificates: Option<&Certificates>) -> Result<Option<CaFile>, StartError> {
        let written = certificates.map(|made| CaFile::write(self.ca_file.as_deref(), &made.authority));
        written.transpose().map_err(|(path, error)| StartError::CaFile { path, error })
    }
}

fn acceptor(listener: TcpListener, certificates: Option<Certificates>) -> std::io::Result<BoxAcceptor> {
    Ok(match certificates {
        Some(certificates) => HandshakenConnections::new(listener, certificates.server)?.boxed(),
        None => TcpAcceptor::from_tokio(listener)?.boxed(),
    })
}

/// Serves until the emulator is dropped. An error of the accept loop has no place to go.
async fn serve(acceptor: BoxAcceptor, service: Service, stopped: oneshot::Receiver<()>) {
    let stopped = async { drop(stopped.await) };
    let _ =
        Server::new_with_acceptor(acceptor).run_with_graceful_shutdown(service, stopped, Some(Duration::ZERO)).await;
}
