//! How an application proves itself: with a secret, a certificate, or what another service says of it.

use serde::Deserialize;

use super::Application;
use super::certificate::Certificate;
use crate::directory::managed_identity::ManagedIdentity;
use crate::faults::start_error::StartError;

/// A service that vouches for an application: its tokens are taken in the place of a secret.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FederatedCredential {
    /// For display only.
    #[serde(default)]
    pub(crate) name: Option<String>,
    pub(crate) issuer: String,
    pub(crate) subject: String,
    #[serde(default = "token_exchange")]
    pub(crate) audiences: Vec<String>,
}

/// The audience of tokens that prove an application.
pub(crate) const TOKEN_EXCHANGE: &str = "api://AzureADTokenExchange";

/// What stands for the emulator's own address in an issuer, which is not known before it listens.
const ORIGIN: &str = "{origin}";

impl FederatedCredential {
    pub(crate) fn new(issuer: String, subject: String) -> Self {
        Self { name: None, issuer, subject, audiences: token_exchange() }
    }
}

impl Application {
    /// Registers a certificate, in PEM, with whose private key the application signs what proves it
    /// (`client_assertion`). It has an RSA key; otherwise the emulator does not start. There may be several, as while one
    /// is exchanged for the next, beside the secret or [instead](Self::without_secret) of it.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use azure_auth_emulator::{Application, Emulator, StartError};
    ///
    /// let desk = Application::new("Help desk").certificate("not a certificate").without_secret();
    /// let error = Emulator::builder().application(desk).start().await.unwrap_err();
    /// assert!(matches!(error, StartError::WrongCertificate { .. }));
    /// # }
    /// ```
    #[must_use]
    pub fn certificate(mut self, pem: impl Into<String>) -> Self {
        self.certificates.push(pem.into());
        self
    }

    /// Trusts tokens of another service in the place of a secret: those of this issuer and subject, for the audience
    /// `api://AzureADTokenExchange`. All three are compared letter for letter.
    ///
    /// `{origin}` in the issuer stands for the address of the emulator, whose own issuer of such tokens is
    /// `{origin}/federated`. It can check no other signatures.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::{Application, Emulator};
    ///
    /// let job = Application::new("Job")
    ///     .without_secret()
    ///     .federated_credential("{origin}/federated", "system:serviceaccount:default:job");
    /// let emulator = Emulator::builder().application(job).start().await?;
    /// let assertion = emulator.federated_token("system:serviceaccount:default:job");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn federated_credential(mut self, issuer: impl Into<String>, subject: impl Into<String>) -> Self {
        self.federated_credentials.push(FederatedCredential::new(issuer.into(), subject.into()));
        self
    }

    /// Trusts the [managed identity](crate::Emulator::managed_identity) of the emulator in the place of a secret: its
    /// tokens for `api://AzureADTokenExchange`.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// let desk = Application::new("Help desk").without_secret().trusts_managed_identity();
    /// ```
    #[must_use]
    pub fn trusts_managed_identity(mut self) -> Self {
        self.trusts_managed_identity = true;
        self
    }

    /// Takes the client secret away. The application then proves itself with a [certificate](Self::certificate) or a
    /// [federated credential](Self::federated_credential), or not at all.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// assert_eq!(Application::new("Help desk").without_secret().client_secret(), "");
    /// ```
    #[must_use]
    pub fn without_secret(mut self) -> Self {
        self.secret = None;
        self
    }

    /// The certificates. Those that cannot be read kept the emulator from starting.
    pub(crate) fn read_certificates(&self) -> impl Iterator<Item = Certificate> {
        self.certificates.iter().filter_map(|pem| Certificate::read(pem).ok())
    }

    /// Refuses a certificate that no assertion could be checked with.
    pub(crate) fn check_certificates(&self) -> Result<(), StartError> {
        let check = |pem: &String| Certificate::read(pem).map(drop);
        self.certificates
            .iter()
            .try_for_each(check)
            .map_err(|problem| StartError::WrongCertificate { name: self.name.clone(), problem })
    }

    /// Writes into the federated credentials what is known only once the emulator has an address.
    pub(crate) fn settle_credentials(&mut self, origin: &str, tenant: &str) {
        if std::mem::take(&mut self.trusts_managed_identity) {
            let identity = ManagedIdentity::of_emulator();
            let trusted =
                FederatedCredential::new(ManagedIdentity::issuer(origin, tenant), identity.principal_id().to_owned());
            self.federated_credentials.push(trusted);
        }
        for credential in &mut self.federated_credentials {
            credential.issuer = credential.issuer.replace(ORIGIN, origin);
        }
    }
}

fn token_exchange() -> Vec<String> {
    vec![TOKEN_EXCHANGE.to_owned()]
}
