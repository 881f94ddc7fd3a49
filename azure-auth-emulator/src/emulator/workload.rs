//! What vouches for programs without a secret, as a test gets hold of it.

use super::Emulator;
use crate::directory::managed_identity::{IDENTITY_HEADER, ManagedIdentity};
use crate::tokens::workload_token;

impl Emulator {
    /// The issuer of [federated tokens](Self::federated_token), with a discovery document and keys: a service beside Entra,
    /// such as a cluster or a build server. An application trusts it by
    /// [`Application::federated_credential`](crate::Application::federated_credential).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// assert_eq!(emulator.federated_issuer(), format!("{}/federated", emulator.origin()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn federated_issuer(&self) -> String {
        workload_token::federated_issuer(&self.state)
    }

    /// A token of that issuer for a subject, good for an hour, which proves an application that trusts it
    /// (`client_assertion`). A script gets one from `/federated/token?subject=…`, for example into the file that
    /// `AZURE_FEDERATED_TOKEN_FILE` names.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let assertion = emulator.federated_token("system:serviceaccount:default:job");
    /// assert_eq!(assertion.split('.').count(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn federated_token(&self, subject: &str) -> String {
        workload_token::federated(&self.state, subject)
    }

    /// The managed identity of this machine.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let subject = emulator.managed_identity().principal_id().to_owned();
    /// # Ok(())
    /// # }
    /// ```
    pub fn managed_identity(&self) -> ManagedIdentity {
        ManagedIdentity::of_emulator()
    }

    /// Where a hosted application gets tokens of the managed identity, for its variable `IDENTITY_ENDPOINT`. A virtual machine
    /// asks `/metadata/identity/oauth2/token` with `Metadata: true` instead, below [`origin`](Self::origin).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let address = format!(
    ///     "{}?api-version=2019-08-01&resource=api://AzureADTokenExchange",
    ///     emulator.identity_endpoint()
    /// );
    /// let client = reqwest::Client::new();
    /// let answer = client.get(address).header("X-IDENTITY-HEADER", emulator.identity_header()).send().await?;
    /// assert_eq!(answer.status(), 200);
    /// # Ok(())
    /// # }
    /// ```
    pub fn identity_endpoint(&self) -> String {
        format!("{}/msi/token", self.state.origin)
    }

    /// What a hosted application writes into the header `X-IDENTITY-HEADER`, for its variable `IDENTITY_HEADER`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let variables = [
    ///     ("IDENTITY_ENDPOINT", emulator.identity_endpoint()),
    ///     ("IDENTITY_HEADER", emulator.identity_header().to_owned()),
    /// ];
    /// # Ok(())
    /// # }
    /// ```
    pub fn identity_header(&self) -> &str {
        IDENTITY_HEADER
    }

    /// How many requests for tokens of the managed identity have come, answered or not.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// assert_eq!(emulator.managed_identity_requests(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn managed_identity_requests(&self) -> usize {
        self.state.managed_identity_requests()
    }
}
