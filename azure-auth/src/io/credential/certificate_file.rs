//! A certificate in a file, which is looked at again while the program runs, and the assertions that it signs.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::RSA_PSS_SHA256;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::credential_error::CredentialError;
use super::file;
use crate::io::once_a_minute::OnceAMinute;
use crate::io::{clock, entropy};
use crate::model::http_date;
use crate::model::moment::Moment;
use crate::model::settings::client::CertificateFile;
use crate::model::unix_time::UnixTime;
use crate::rules::credential::assertion::{self, Signer};
use crate::rules::credential::certificate::{self, CertificateError, SigningCertificate};

/// How often the file is looked at, at most.
const LOOK: Duration = Duration::from_secs(10);

/// Assertions in hand, one for each token endpoint; a program of many tenants has as many of these.
const ASSERTIONS: usize = 256;

/// The certificate that counts at the moment.
pub(super) struct WatchedCertificate {
    file: CertificateFile,
    state: Mutex<State>,
    noted: OnceAMinute,
}

struct State {
    looked_at: Moment,
    /// SHA-256 of the file as it was read last.
    digest: Vec<u8>,
    certificate: Arc<SigningCertificate>,
    assertions: HashMap<String, Assertion>,
}

#[derive(Clone)]
struct Assertion {
    made_at: UnixTime,
    text: SecretString,
}

impl WatchedCertificate {
    pub(super) fn open(file: &CertificateFile) -> Result<Self, CredentialError> {
        let (digest, certificate) = read(file, &file::read_now(&file.path)?)?;
        let state = State {
            looked_at: clock::moment(),
            digest,
            certificate: Arc::new(certificate),
            assertions: HashMap::new(),
        };
        Ok(Self { file: file.clone(), state: Mutex::new(state), noted: OnceAMinute::default() })
    }

    pub(super) fn ends_at(&self) -> UnixTime {
        self.with_state(|state| state.certificate.ends_at)
    }

    /// The assertion for a token endpoint: the same one until shortly before its end.
    pub(super) async fn assertion(&self, client_id: &str, audience: &Url) -> Result<SecretString, CredentialError> {
        self.look_again().await;
        let now = clock::now();
        let known = self.with_state(|state| {
            state.assertions.get(audience.as_str()).filter(|known| assertion::is_usable(known.made_at, now)).cloned()
        });
        if let Some(known) = known {
            return Ok(known.text);
        }
        let certificate = self.with_state(|state| state.certificate.clone());
        if certificate.ends_at <= now {
            return Err(CertificateError::Over { at: certificate.ends_at }.into());
        }
        let text = self.sign(&certificate, client_id, audience, now)?;
        self.with_state(|state| {
            if state.assertions.len() >= ASSERTIONS {
                state.assertions.retain(|_, known| assertion::is_usable(known.made_at, now));
            }
            if state.assertions.len() < ASSERTIONS && Arc::ptr_eq(&state.certificate, &certificate) {
                state.assertions.insert(audience.to_string(), Assertion { made_at: now, text: text.clone() });
            }
        });
        Ok(text)
    }

    fn sign(
        &self,
        certificate: &SigningCertificate,
        client_id: &str,
        audience: &Url,
        now: UnixTime,
    ) -> Result<SecretString, CredentialError> {
        let chain = self.file.sends_chain.then_some(certificate.chain.as_slice());
        let signer = Signer { thumbprint: &certificate.thumbprint, chain };
        let input = assertion::signing_input(signer, client_id, audience.as_str(), entropy::random()?, now);
        let mut signature = vec![0; certificate.key.public_modulus_len()];
        let outcome = certificate.key.sign(&RSA_PSS_SHA256, &entropy::source(), input.as_bytes(), &mut signature);
        outcome.map_err(|_| CredentialError::NotSigned)?;
        Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)).into())
    }

    /// Takes over what is new in the file. What cannot be used, because it is half written or wrong, changes nothing.
    async fn look_again(&self) {
        let now = clock::moment();
        let is_due = self.with_state(|state| {
            let is_due = now.since(state.looked_at) >= LOOK;
            if is_due {
                state.looked_at = now;
            }
            is_due
        });
        if !is_due {
            return;
        }
        let outcome = match file::read(&self.file.path).await {
            Ok(bytes) if self.with_state(|state| state.digest == digest(&SHA256, &bytes).as_ref()) => return,
            Ok(bytes) => {
                let file = self.file.clone();
                let reading = tokio::task::spawn_blocking(move || read(&file, &bytes));
                reading.await.unwrap_or(Err(CredentialError::NotSigned))
            }
            Err(error) => Err(error),
        };
        match outcome {
            Ok((digest, certificate)) => self.take_over(digest, certificate),
            Err(error) => {
                if self.noted.passes("certificate", now).is_some() {
                    tracing::warn!(
                        target: "azure_auth::credential",
                        "the changed file of AZURE_CLIENT_CERTIFICATE_PATH is not used, the certificate before it is: {error}; {}",
                        error.remedy()
                    );
                }
            }
        }
    }

    fn take_over(&self, digest: Vec<u8>, certificate: SigningCertificate) {
        tracing::info!(
            target: "azure_auth::credential",
            "the certificate of AZURE_CLIENT_CERTIFICATE_PATH was replaced; the new one ends on {}",
            http_date::written(certificate.ends_at)
        );
        self.with_state(|state| {
            state.digest = digest;
            state.certificate = Arc::new(certificate);
            state.assertions.clear();
        });
    }

    fn with_state<T>(&self, use_it: impl FnOnce(&mut State) -> T) -> T {
        // Nothing under this lock can panic half-way.
        use_it(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn read(file: &CertificateFile, bytes: &[u8]) -> Result<(Vec<u8>, SigningCertificate), CredentialError> {
    let password = file.password.as_ref().map(ExposeSecret::expose_secret);
    let certificate = certificate::read(bytes, password, clock::now())?;
    Ok((digest(&SHA256, bytes).as_ref().to_vec(), certificate))
}

impl fmt::Debug for WatchedCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WatchedCertificate").finish_non_exhaustive()
    }
}
