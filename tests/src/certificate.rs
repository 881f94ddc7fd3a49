//! Certificates of a program, as an administrator would make them, and places for files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256, RsaKeySize};

/// A self-signed certificate and its key, each in PEM.
pub struct Certificate {
    /// What the registration lists.
    pub certificate: String,
    /// What the program keeps for itself.
    pub key: String,
}

impl Certificate {
    /// A new one, which ends in the year 4096.
    #[must_use]
    pub fn new() -> Self {
        Self::of(CertificateParams::default())
    }

    /// A new one that ended long ago.
    #[must_use]
    pub fn over() -> Self {
        let mut parameters = CertificateParams::default();
        parameters.not_after = rcgen::date_time_ymd(2001, 1, 1);
        Self::of(parameters)
    }

    fn of(mut parameters: CertificateParams) -> Self {
        parameters.distinguished_name.push(DnType::CommonName, "Application of nobody");
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).expect("a key");
        let certificate = parameters.self_signed(&key).expect("a certificate");
        Self { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    /// Both, as programs read them.
    #[must_use]
    pub fn with_key(&self) -> String {
        format!("{}{}", self.certificate, self.key)
    }
}

impl Default for Certificate {
    fn default() -> Self {
        Self::new()
    }
}

/// A file of a test's own, which goes with it.
pub struct File(PathBuf);

impl File {
    /// With a text in it.
    #[must_use]
    pub fn with(text: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("azure-auth-file-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let file = Self(std::env::temp_dir().join(name));
        file.write(text);
        file
    }

    /// Replaces its text.
    pub fn write(&self, text: &str) {
        fs::write(&self.0, text).expect("a file");
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &str {
        Path::to_str(&self.0).expect("a path of ours")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
