//! Certificates with which an application proves itself.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::server::ParsedCertificate;

/// An X.509 certificate with an RSA key, of which an application has the private part.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    der: Vec<u8>,
    /// `SubjectPublicKeyInfo` in DER.
    key: Vec<u8>,
}

/// How an assertion is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignatureAlgorithm {
    Ps256,
    Rs256,
}

impl SignatureAlgorithm {
    /// The algorithm that a header names, if the service takes it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "PS256" => Some(Self::Ps256),
            "RS256" => Some(Self::Rs256),
            _ => None,
        }
    }

    fn parameters(self) -> &'static RsaParameters {
        match self {
            Self::Ps256 => &RSA_PSS_2048_8192_SHA256,
            Self::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        }
    }
}

impl Certificate {
    /// Reads the first certificate of a text in PEM, or says why it cannot be one.
    pub(crate) fn read(pem: &str) -> Result<Self, &'static str> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|_| "it has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----")?;
        let parsed = ParsedCertificate::try_from(&der).map_err(|_| "it is not an X.509 certificate of version 3")?;
        let key = parsed.subject_public_key_info().as_ref().to_vec();
        ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key).map_err(|_| "its key is not an RSA key")?;
        Ok(Self { der: der.to_vec(), key })
    }

    /// What `x5t#S256` names, before it is encoded.
    pub(crate) fn sha256_thumbprint(&self) -> Vec<u8> {
        digest(&SHA256, &self.der).as_ref().to_vec()
    }

    /// What `x5t` names, before it is encoded.
    pub(crate) fn sha1_thumbprint(&self) -> Vec<u8> {
        digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.der).as_ref().to_vec()
    }

    /// Whether the key of this certificate made a signature.
    pub(crate) fn verifies(&self, algorithm: SignatureAlgorithm, text: &str, signature: &[u8]) -> bool {
        let key = ParsedPublicKey::new(algorithm.parameters(), &self.key);
        key.is_ok_and(|key| key.verify_sig(text.as_bytes(), signature).is_ok())
    }

    /// As the application object of Microsoft Graph writes it.
    pub(crate) fn to_base64(&self) -> String {
        STANDARD.encode(&self.der)
    }
}

/// A certificate in PEM from its base64, which that is without the lines around it.
pub(crate) fn pem_of_base64(base64: &str) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pem_of(key: &rcgen::KeyPair) -> String {
        pem_of_base64(&STANDARD.encode(rcgen::CertificateParams::default().self_signed(key).unwrap().der()))
    }

    #[test]
    fn only_a_certificate_with_an_rsa_key_is_one() {
        let rsa = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
        let elliptic = rcgen::KeyPair::generate().unwrap();
        let private_key = pem_of_base64(&STANDARD.encode(rsa.serialize_der())).replace("CERTIFICATE", "PRIVATE KEY");
        for (pem, expected) in [
            (pem_of(&rsa), Ok(())),
            (format!("subject=CN = desk\n\n{}", pem_of(&rsa)), Ok(())),
            (pem_of(&elliptic), Err("its key is not an RSA key")),
            (pem_of_base64("AAAA"), Err("it is not an X.509 certificate of version 3")),
            (String::new(), Err("it has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----")),
            (private_key, Err("it has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----")),
        ] {
            assert_eq!(Certificate::read(&pem).map(|_| ()), expected, "{pem}");
        }
        let pem = pem_of(&rsa);
        let read = Certificate::read(&pem).unwrap();
        assert_eq!(pem_of_base64(&read.to_base64()), pem);
        assert_eq!((read.sha256_thumbprint().len(), read.sha1_thumbprint().len()), (32, 20));
    }
}
