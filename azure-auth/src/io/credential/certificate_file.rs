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
    /// The provider takes an assertion more than once.
    are_reused: bool,
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
    pub(super) fn open(file: &CertificateFile, are_reused: bool) -> Result<Self, CredentialError> {
        let (digest, certificate) = read(file, &file::read_now(&file.path)?)?;
        let state = State {
            looked_at: clock::moment(),
            digest,
            certificate: Arc::new(certificate),
            assertions: HashMap::new(),
        };
        Ok(Self { file: file.clone(), are_reused, state: Mutex::new(state), noted: OnceAMinute::default() })
    }

    pub(super) fn ends_at(&self) -> UnixTime {
        self.with_state(|state| state.certificate.ends_at)
    }

    /// The assertion for a token endpoint: at Entra ID the same one until shortly before its end.
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
            let has_room = self.are_reused && state.assertions.len() < ASSERTIONS;
            if has_room && Arc::ptr_eq(&state.certificate, &certificate) {
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
    pub(super) async fn look_again(&self) {
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use serde_json::Value;

    use super::*;
    use crate::io::clock::test_clock;

    const CERTIFICATE: &str = include_str!("../../rules/credential/certificate_tests/certificate.pem");
    const KEY: &str = include_str!("../../rules/credential/certificate_tests/key.pem");
    const AUTHORITY: &str = include_str!("../../rules/credential/certificate_tests/authority.pem");
    const OTHER_KEY: &str = include_str!("../../rules/credential/certificate_tests/other_key.pem");

    /// A file of a test's own, which goes with it.
    struct Place(PathBuf);

    impl Place {
        fn new(name: &str) -> Self {
            let place = Self(std::env::temp_dir().join(format!("azure-auth-{name}-{}.pem", std::process::id())));
            place.write(&[CERTIFICATE, KEY]);
            place
        }

        fn write(&self, parts: &[&str]) {
            fs::write(&self.0, parts.concat()).unwrap();
        }

        fn open(&self, are_reused: bool) -> WatchedCertificate {
            let file = CertificateFile { path: self.0.clone(), password: None, sends_chain: false };
            WatchedCertificate::open(&file, are_reused).unwrap()
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.0);
        }
    }

    async fn assertion(certificate: &WatchedCertificate, endpoint: &str) -> String {
        let endpoint = Url::parse(endpoint).unwrap();
        certificate.assertion("client", &endpoint).await.unwrap().expose_secret().to_owned()
    }

    fn thumbprint(assertion: &str) -> String {
        let header = URL_SAFE_NO_PAD.decode(assertion.split('.').next().unwrap()).unwrap();
        serde_json::from_slice::<Value>(&header).unwrap()["x5t#S256"].as_str().unwrap().to_owned()
    }

    const ENDPOINT: &str = "https://login.example/token";

    #[tokio::test]
    async fn one_assertion_is_made_for_each_endpoint_and_used_until_shortly_before_its_end() {
        let place = Place::new("reuse");
        let certificate = place.open(true);
        let first = assertion(&certificate, ENDPOINT).await;
        assert_eq!(assertion(&certificate, ENDPOINT).await, first);
        assert_ne!(assertion(&certificate, "https://login.example/other").await, first);
        test_clock::pass(Duration::from_secs(530));
        assert_eq!(assertion(&certificate, ENDPOINT).await, first);
        test_clock::pass(Duration::from_secs(10));
        assert_ne!(assertion(&certificate, ENDPOINT).await, first);
    }

    #[tokio::test]
    async fn a_provider_that_takes_an_assertion_once_is_given_another_one_each_time() {
        let place = Place::new("once");
        let certificate = place.open(false);
        assert_ne!(assertion(&certificate, ENDPOINT).await, assertion(&certificate, ENDPOINT).await);
    }

    #[tokio::test]
    async fn a_replaced_file_counts_ten_seconds_later_and_one_that_is_half_written_changes_nothing() {
        let place = Place::new("rotation");
        let certificate = place.open(true);
        let first = assertion(&certificate, ENDPOINT).await;
        let half = &AUTHORITY[..AUTHORITY.len() / 2];
        for written in [vec![half], vec![AUTHORITY], vec![AUTHORITY, KEY], vec![]] {
            place.write(&written);
            test_clock::pass(LOOK);
            assert_eq!(assertion(&certificate, ENDPOINT).await, first, "{} parts", written.len());
        }
        place.write(&[AUTHORITY, OTHER_KEY]);
        test_clock::pass(LOOK.checked_sub(Duration::from_secs(1)).unwrap());
        assert_eq!(assertion(&certificate, ENDPOINT).await, first, "it is not looked at at every request");
        test_clock::pass(Duration::from_secs(1));
        let second = assertion(&certificate, ENDPOINT).await;
        assert_ne!(thumbprint(&second), thumbprint(&first));
        fs::remove_file(&place.0).unwrap();
        test_clock::pass(LOOK);
        assert_eq!(assertion(&certificate, ENDPOINT).await, second, "a file that is gone changes nothing either");
    }

    #[tokio::test]
    async fn a_certificate_that_ends_while_the_program_runs_proves_nothing_any_more() {
        let place = Place::new("end");
        let certificate = place.open(true);
        assertion(&certificate, ENDPOINT).await;
        test_clock::set_ahead(certificate.ends_at().since(clock::now()));
        let outcome = certificate.assertion("client", &Url::parse(ENDPOINT).unwrap()).await;
        let over = CertificateError::Over { at: certificate.ends_at() };
        assert_eq!(outcome.unwrap_err(), CredentialError::Certificate(over));
        assert!(!format!("{certificate:?}").contains("PRIVATE"));
    }
}
