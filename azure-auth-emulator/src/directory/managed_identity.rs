//! The identity of the machine that an application runs on.

use super::guid::invented_id;

/// The user-assigned managed identity of the emulator: an account of the first tenant, whose tokens whoever runs on this
/// machine gets without a secret.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use azure_auth_emulator::{Application, Emulator};
///
/// let desk = Application::new("Help desk").without_secret().trusts_managed_identity();
/// let emulator = Emulator::builder().application(desk).start().await?;
/// let identity = emulator.managed_identity();
/// assert_ne!(identity.client_id(), identity.principal_id());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedIdentity {
    client_id: String,
    principal_id: String,
}

impl ManagedIdentity {
    /// The one that there is. Its ids are the same from one start to the next.
    pub(crate) fn of_emulator() -> Self {
        Self {
            client_id: invented_id("managed identity of the emulator"),
            principal_id: invented_id("principal of the managed identity of the emulator"),
        }
    }

    /// The client id, by which a request chooses it.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let address = format!("{}?client_id={}", emulator.identity_endpoint(), emulator.managed_identity().client_id());
    /// # Ok(())
    /// # }
    /// ```
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The object id, which its tokens carry in `sub` and `oid`, and which a federated credential names as the subject.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// assert_eq!(emulator.managed_identity().principal_id().len(), 36);
    /// # Ok(())
    /// # }
    /// ```
    pub fn principal_id(&self) -> &str {
        &self.principal_id
    }

    /// Who issues its tokens: the tenant that it is in.
    pub(crate) fn issuer(origin: &str, tenant: &str) -> String {
        format!("{origin}/{tenant}/v2.0")
    }
}

/// What a hosted application finds in `IDENTITY_HEADER`. It is a word for development, and not a secret.
pub(crate) const IDENTITY_HEADER: &str = "emulator-identity-header";
