//! A running emulator: how it starts, what it is made to do wrong, and what it was asked.

mod builder;
mod settings;
mod start;
mod steering;
mod workload;

use std::sync::Arc;

use tokio::sync::oneshot;

pub use builder::EmulatorBuilder;

use crate::faults::defect::Defect;
use crate::faults::forced_error::ForcedError;
use crate::faults::start_error::StartError;
use crate::memory::front_channel::FrontChannelRequest;
use crate::memory::state::State;
use crate::memory::transcript::Exchange;
use crate::server::ca_file::CaFile;
use crate::server::start_rule;
use crate::tokens::token_builder::TokenBuilder;

/// A running emulator. It stops when it is dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use azure_auth_emulator::Emulator;
///
/// let emulator = Emulator::start().await?;
/// let settings = emulator.env(); // for the application
/// let token = emulator.access_token().user("adele@contoso.test").issue(); // for its API
/// # assert_eq!(settings.len(), 3);
/// # Ok(())
/// # }
/// ```
pub struct Emulator {
    state: Arc<State>,
    ca_file: Option<CaFile>,
    _stop: oneshot::Sender<()>,
}

impl Emulator {
    /// The variables that `azure-auth` reads. If one of them is set and not empty,
    /// [`start_unless_configured`](Self::start_unless_configured) starts nothing.
    ///
    /// ```
    /// use azure_auth_emulator::Emulator;
    ///
    /// assert!(Emulator::VARIABLES.contains(&"AZURE_ISSUER_URI"));
    /// assert!(!Emulator::VARIABLES.contains(&"AZURE_CONFIG_DIR"));
    /// ```
    pub const VARIABLES: &[&str] = &start_rule::VARIABLES;

    /// Starts with the default directory on a free port.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::Emulator;
    ///
    /// let emulator = Emulator::start().await?;
    /// println!("{}", emulator.origin());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`StartError`], if the system has no free port or gives no randomness.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, in which it runs.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Starts with other settings.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::{Emulator, User};
    ///
    /// let nestor = User::new("Nestor Wilke", "nestor@contoso.test");
    /// let emulator = Emulator::builder().user(nestor).start().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }

    /// Starts with the default directory, unless something is configured or the application can be reached from outside:
    /// [`EmulatorBuilder::start_unless_configured`].
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::Emulator;
    ///
    /// let emulator = Emulator::start_unless_configured("0.0.0.0:3000").await?;
    /// assert!(emulator.is_none(), "others could reach the application");
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
    pub async fn start_unless_configured(bind: &str) -> Result<Option<Self>, StartError> {
        Self::builder().start_unless_configured(bind).await
    }

    /// An access token for the default application, or any other, right or wrong: say what is special about it, then
    /// [`issue`](TokenBuilder::issue) it.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let token = emulator.access_token().user("adele@contoso.test").scope("Files.Read").issue();
    /// let header = format!("Bearer {token}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn access_token(&self) -> TokenBuilder<'_> {
        TokenBuilder::new(&self.state)
    }

    /// What a person's browsers would load in hidden frames if they signed out now: for each session, in the order in
    /// which they began, one request to each application with a front-channel logout URL. The person is named by user
    /// name or object id. The real service offers nothing like it; with it a test sends them itself, changed or as they
    /// are.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::Emulator;
    ///
    /// let emulator = Emulator::builder().front_channel_logout_url("http://localhost/signed-out").start().await?;
    /// assert!(emulator.front_channel_requests("adele@contoso.test").is_empty(), "she has not signed in");
    /// # Ok(())
    /// # }
    /// ```
    pub fn front_channel_requests(&self, user: &str) -> Vec<FrontChannelRequest> {
        let user = self.state.directory.user_by_name(user);
        let sessions = user.map(|user| self.state.sessions_of(user)).unwrap_or_default();
        sessions.into_iter().flat_map(|session| session.front_channel).collect()
    }

    /// Changes the keys at once: a new one signs from now on, and the one that signed before is not in the key set any
    /// more. The real service may do so without notice.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let before = emulator.access_token().issue();
    /// emulator.rotate_keys()?; // an API refuses `before` as soon as it has fetched the keys again
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`StartError::Keys`], if the system gives no randomness. The keys are the old ones then.
    pub fn rotate_keys(&self) -> Result<(), StartError> {
        self.state.set_keys(self.state.keys().rotate().map_err(|_| StartError::Keys)?);
        Ok(())
    }

    /// Makes the emulator wrong in one more way, until [`clear_defects`](Self::clear_defects).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::{Defect, Emulator};
    ///
    /// let emulator = Emulator::start().await?;
    /// emulator.inject(Defect::AudienceWrong); // now a sign-in must fail
    /// # Ok(())
    /// # }
    /// ```
    pub fn inject(&self, defect: Defect) {
        self.state.inject(defect);
    }

    /// Answers with an error of Entra ID, whatever requests deserve, until [`clear_defects`](Self::clear_defects) or another
    /// error for the same place. So an application can be shown every code.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::{Emulator, ForcedError};
    ///
    /// let emulator = Emulator::start().await?;
    /// emulator.force_error(ForcedError::at_redirect("access_denied", 50105)); // nobody is assigned
    /// # Ok(())
    /// # }
    /// ```
    pub fn force_error(&self, error: ForcedError) {
        self.state.force_error(error);
    }

    /// Makes everything right again. What a slow endpoint held back is answered now.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use azure_auth_emulator::{Defect, Emulator};
    /// # let emulator = Emulator::start().await?;
    /// for defect in [Defect::SignatureBroken, Defect::Expired] {
    ///     emulator.inject(defect);
    ///     // … a sign-in fails …
    ///     emulator.clear_defects();
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn clear_defects(&self) {
        self.state.clear_defects();
    }

    /// What was sent so far, in order. Secrets, codes and tokens appear by their length only.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let redeemed = emulator.transcript().into_iter().filter(|exchange| exchange.path.ends_with("/token"));
    /// assert_eq!(redeemed.count(), 0, "no application has redeemed a code");
    /// # Ok(())
    /// # }
    /// ```
    pub fn transcript(&self) -> Vec<Exchange> {
        self.state.transcript()
    }

    /// Waits until so many requests have come for paths with this end, such as `/token`, answered or not. It is for tests
    /// of what happens meanwhile, beside a defect that holds the answer back.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::{Defect, Emulator};
    ///
    /// let emulator = Emulator::start().await?;
    /// emulator.inject(Defect::DiscoverySlow);
    /// let address = format!("{}/.well-known/openid-configuration", emulator.issuer("common"));
    /// let asked = tokio::spawn(async move { reqwest::get(address).await });
    /// emulator.wait_for_requests("/openid-configuration", 1).await;
    /// assert!(!asked.is_finished()); // it waits
    /// emulator.clear_defects();
    /// assert_eq!(asked.await??.status(), 200);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn wait_for_requests(&self, end_of_path: &str, times: usize) {
        self.state.wait_for_requests(end_of_path, times).await;
    }
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Emulator").field("origin", &self.state.origin).finish_non_exhaustive()
    }
}
