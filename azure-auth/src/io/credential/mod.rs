//! What proves this program to the provider: read at the start, and made anew as often as it has to be.

#[cfg(feature = "certificate")]
mod certificate_file;
pub(crate) mod credential_error;
mod file;
mod identity_tokens;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use secrecy::SecretString;
use url::Url;

#[cfg(feature = "certificate")]
use self::certificate_file::WatchedCertificate;
use self::credential_error::CredentialError;
use self::identity_tokens::IdentityTokens;
use crate::io::clock;
use crate::io::meters::catalogue::CREDENTIAL_END;
use crate::io::meters::handles;
use crate::io::provider::client_proof::{ClientProof, ProvenClient};
use crate::model::settings::authority::Authority;
use crate::model::settings::client::{Client, Credential};
use crate::model::unix_time::UnixTime;
use crate::rules::credential::{expiry, federated_token};

/// The client, and whatever makes its proofs.
#[derive(Debug)]
pub(crate) struct ClientCredential {
    id: String,
    source: ProofSource,
    /// When the log last had words about a near end.
    reminded_at: Mutex<Option<UnixTime>>,
}

#[derive(Debug)]
enum ProofSource {
    Nothing,
    Secret(SecretString),
    #[cfg(feature = "certificate")]
    Certificate(WatchedCertificate),
    FederatedToken(PathBuf),
    ManagedIdentity(IdentityTokens),
}

impl ClientCredential {
    /// Files are read once, so that what is wrong with them is known at the start. Nobody is asked on the network.
    #[cfg_attr(
        not(feature = "certificate"),
        expect(unused_variables, reason = "only what is signed here is for one authority")
    )]
    pub(crate) fn new(client: &Client, authority: &Authority) -> Result<Self, CredentialError> {
        let source = match &client.credential {
            None => ProofSource::Nothing,
            Some(Credential::Secret(secret)) => ProofSource::Secret(secret.clone()),
            #[cfg(feature = "certificate")]
            Some(Credential::Certificate(file)) => {
                // Others take an assertion once (OpenID Connect Core 1.0 §9).
                ProofSource::Certificate(WatchedCertificate::open(file, authority.is_entra())?)
            }
            #[cfg(not(feature = "certificate"))]
            Some(Credential::Certificate(_)) => return Err(CredentialError::NotBuilt),
            Some(Credential::FederatedToken(path)) => {
                federated_token::judge(&file::read_now(path)?, clock::now())?;
                ProofSource::FederatedToken(path.clone())
            }
            Some(Credential::ManagedIdentity(identity)) => {
                ProofSource::ManagedIdentity(IdentityTokens::new(identity.clone())?)
            }
        };
        let credential = Self { id: client.id.clone(), source, reminded_at: Mutex::default() };
        credential.remind();
        Ok(credential)
    }

    /// Whether the program has no credential of its own.
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self.source, ProofSource::Nothing)
    }

    /// The proof for one request to that token endpoint. What a certificate signs is good for that address alone.
    #[cfg_attr(not(feature = "certificate"), expect(unused_variables, reason = "every other proof is good for all"))]
    pub(crate) async fn prove(&self, audience: &Url) -> Result<ProvenClient<'_>, CredentialError> {
        let proof = match &self.source {
            ProofSource::Nothing => ClientProof::Nothing,
            ProofSource::Secret(secret) => ClientProof::Secret(secret.clone()),
            #[cfg(feature = "certificate")]
            ProofSource::Certificate(certificate) => {
                ClientProof::Assertion(certificate.assertion(&self.id, audience).await?)
            }
            ProofSource::FederatedToken(path) => {
                let text = file::read(path).await?;
                ClientProof::Assertion(federated_token::judge(&text, clock::now())?.into())
            }
            ProofSource::ManagedIdentity(tokens) => ClientProof::Assertion(tokens.token().await?),
        };
        self.remind();
        Ok(ProvenClient { id: &self.id, proof })
    }

    /// When it ends, where that is known to anybody here.
    pub(crate) fn ends_at(&self) -> Option<UnixTime> {
        match &self.source {
            #[cfg(feature = "certificate")]
            ProofSource::Certificate(certificate) => Some(certificate.ends_at()),
            _ => None,
        }
    }

    /// What there is to say of a near end, as of the file as it is now.
    pub(crate) async fn notice(&self) -> Option<String> {
        #[cfg(feature = "certificate")]
        if let ProofSource::Certificate(certificate) = &self.source {
            certificate.look_again().await;
            self.remind();
        }
        expiry::notice(WORDS, self.ends_at()?, clock::now())
    }

    /// Says once a day in the log that the end is near, and in the metric when it is.
    #[allow(clippy::cast_precision_loss, reason = "seconds of Unix time are exact for some hundred million years")]
    fn remind(&self) {
        let Some(ends_at) = self.ends_at() else { return };
        handles::gauge(&CREDENTIAL_END, &[]).set(ends_at.0 as f64);
        let now = clock::now();
        let Some(notice) = expiry::notice(WORDS, ends_at, now) else { return };
        // Nothing under this lock can panic half-way.
        let mut reminded_at = self.reminded_at.lock().unwrap_or_else(PoisonError::into_inner);
        if expiry::is_due(*reminded_at, now) {
            *reminded_at = Some(now);
            tracing::warn!(target: "azure_auth::credential", "{notice}");
        }
    }
}

/// Nobody here knows the end of any other credential.
const WORDS: &str = "certificate of AZURE_CLIENT_CERTIFICATE_PATH";
