//! Why this program cannot prove itself.

use std::io::ErrorKind;

use thiserror::Error;

use crate::io::entropy::EntropyError;
use crate::io::provider::transport::TransportSetupError;
use crate::io::provider::transport_error::TransportError;
use crate::model::refusals::diagnosis::{Details, Diagnosed};
#[cfg(feature = "certificate")]
use crate::rules::credential::certificate::CertificateError;
use crate::rules::credential::federated_token::FederatedTokenError;
use crate::rules::credential::managed_identity::IdentityAnswerError;

/// Why there is no proof. Nothing of a key, a token or a file is in it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum CredentialError {
    /// Usual cause: a path that is right on another machine, or a file of another user.
    #[error("the file cannot be read ({0})")]
    File(ErrorKind),
    #[cfg(feature = "certificate")]
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    #[cfg(not(feature = "certificate"))]
    #[error("this program was built without certificates")]
    NotBuilt,
    #[error(transparent)]
    FederatedToken(#[from] FederatedTokenError),
    #[error("the endpoint of managed identities: {0}")]
    Identity(#[from] TransportError),
    #[error("the endpoint of managed identities: {0}")]
    IdentityAnswer(#[from] IdentityAnswerError),
    #[error(transparent)]
    Setup(#[from] TransportSetupError),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    #[cfg(feature = "certificate")]
    #[error("no signature could be made")]
    NotSigned,
}

impl CredentialError {
    /// What to do about it.
    pub(crate) fn remedy(&self) -> &'static str {
        match self {
            Self::File(_) => {
                "write into `AZURE_CLIENT_CERTIFICATE_PATH` or `AZURE_FEDERATED_TOKEN_FILE` the path of a file that this process may read, \
                 inside of its container if it runs in one"
            }
            #[cfg(feature = "certificate")]
            Self::Certificate(error) => error.remedy(),
            #[cfg(not(feature = "certificate"))]
            Self::NotBuilt => "build it with the feature `certificate` of azure-auth",
            Self::FederatedToken(_) => {
                "look at what writes the file: in Kubernetes the label `azure.workload.identity/use` of the pod, and the annotation of \
                 its service account"
            }
            Self::Identity(error) => error.remedy(),
            Self::IdentityAnswer(IdentityAnswerError::Refused { .. }) => {
                "assign a user-assigned identity to where the program runs, and name its client id behind \
                 `AZURE_CLIENT_CREDENTIAL=managed-identity:`"
            }
            Self::IdentityAnswer(_) => "wait; if it lasts, look at the health of the machine's metadata service",
            #[cfg(feature = "certificate")]
            Self::NotSigned => SYSTEM_LOG,
            Self::Setup(_) | Self::Entropy(_) => SYSTEM_LOG,
        }
    }
}

const SYSTEM_LOG: &str = "try again; if it lasts, look at the operating system's log";

impl Diagnosed for CredentialError {
    fn details(&self) -> Details {
        Details::new(self.to_string(), "a proof of this program").remedy(self.remedy())
    }
}
