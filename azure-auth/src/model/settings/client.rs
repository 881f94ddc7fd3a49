//! Our application, toward the provider.

use std::path::PathBuf;

use azure_auth_policy::Guid;
use secrecy::SecretString;

/// The relying party's registration: its id, and what proves that it is asking.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    /// Without one nobody signs in here; the program is an API only.
    pub(crate) credential: Option<Credential>,
}

/// What proves to the provider that this program is asking (RFC 6749 §2.3, RFC 7523 §2.2).
#[derive(Clone, Debug)]
pub(crate) enum Credential {
    /// A word that both know.
    Secret(SecretString),
    /// The key of a certificate that the registration lists.
    Certificate(CertificateFile),
    /// Tokens of another issuer, which whoever runs the program keeps in a file.
    FederatedToken(PathBuf),
    /// Tokens of an identity that Azure gave to where the program runs.
    ManagedIdentity(ManagedIdentity),
}

/// A certificate with its key.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "certificate"), expect(dead_code, reason = "without the feature nobody opens it"))]
pub(crate) struct CertificateFile {
    pub(crate) path: PathBuf,
    pub(crate) password: Option<SecretString>,
    /// Proofs carry the certificate and those that vouch for it, for registrations that trust its subject and issuer.
    pub(crate) sends_chain: bool,
}

/// Where an identity's tokens come from, and whose they are.
#[derive(Clone, Debug)]
pub(crate) struct ManagedIdentity {
    /// Which one, where a machine has several identities.
    pub(crate) client_id: Option<Guid>,
    pub(crate) endpoint: IdentityEndpoint,
    /// What its tokens are for, in the authority's cloud: the exchange for a proof of the application.
    pub(crate) audience: &'static str,
}

/// The two shapes of the endpoint.
#[derive(Clone, Debug)]
pub(crate) enum IdentityEndpoint {
    /// App Service, Functions and Container Apps: `header` keeps others on the machine from asking.
    AppService { address: String, header: SecretString },
    /// A virtual machine, whose hypervisor answers at a host of its own.
    Machine(String),
}

impl Client {
    pub(crate) fn secret(&self) -> Option<&SecretString> {
        match &self.credential {
            Some(Credential::Secret(secret)) => Some(secret),
            _ => None,
        }
    }
}

impl Credential {
    /// As people call it.
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::Secret(_) => "client secret",
            Self::Certificate(_) => "certificate",
            Self::FederatedToken(_) => "federated token",
            Self::ManagedIdentity(_) => "managed identity",
        }
    }
}
