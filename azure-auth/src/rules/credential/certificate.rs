//! A certificate and its key, out of the bytes of a file: PEM (RFC 7468), or PKCS #12 (RFC 7292).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p12_keystore::{Pkcs12Archive, error::Error as ArchiveError};
use pem::Pem;
use pkcs8::{EncryptedPrivateKeyInfoRef, SecretDocument};
use thiserror::Error;
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode};

use crate::model::unix_time::UnixTime;

/// A key that signs, and the certificate that says so.
pub(crate) struct SigningCertificate {
    pub(crate) key: KeyPair,
    /// SHA-256 of the certificate, in base64url.
    pub(crate) thumbprint: String,
    /// The certificate and those that vouch for it, each in base64.
    pub(crate) chain: Vec<String>,
    pub(crate) ends_at: UnixTime,
}

/// Why a file gives nothing that signs. Nothing in it is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum CertificateError {
    /// Usual cause: the path of another file, or a file that is written at the moment.
    #[error("the file is neither PEM nor PKCS #12 (PFX)")]
    Unreadable,
    #[error("the file has no certificate")]
    NoCertificate,
    /// Usual cause: the certificate was exported without its key.
    #[error("the file has no private key")]
    NoKey,
    #[error("the file has several private keys")]
    SeveralKeys,
    #[error("the key is encrypted, and AZURE_CLIENT_CERTIFICATE_PASSWORD is not set")]
    PasswordMissing,
    #[error("the password is wrong")]
    PasswordWrong,
    /// Usual cause: a file of an old program.
    #[error("the encryption of the file is not one that is understood")]
    EncryptionUnknown,
    /// Usual cause: a key of an elliptic curve, or one of 1024 bits.
    #[error("the key is not an RSA key of 2048 bits or more")]
    NotRsa,
    /// Usual cause: a renewed certificate beside the old key.
    #[error("the key is not that of a certificate in the file")]
    KeyOfAnother,
    #[error("the certificate ended on {}", crate::model::http_date::written(*.at))]
    Over { at: UnixTime },
    #[error("the certificate begins on {}", crate::model::http_date::written(*.at))]
    NotYet { at: UnixTime },
}

impl CertificateError {
    /// What to do about it.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Unreadable => {
                "write the path of a PEM file with certificate and key, or of a PFX file, into AZURE_CLIENT_CERTIFICATE_PATH"
            }
            Self::NoCertificate => "put the certificate into the file as well, from `-----BEGIN CERTIFICATE-----` on",
            Self::NoKey => {
                "put the private key into the same file, from `-----BEGIN PRIVATE KEY-----` on, or export it into the PFX file"
            }
            Self::SeveralKeys => "leave one `PRIVATE KEY` and its certificate in the file",
            Self::PasswordMissing => "set AZURE_CLIENT_CERTIFICATE_PASSWORD",
            Self::PasswordWrong => {
                "compare AZURE_CLIENT_CERTIFICATE_PASSWORD with the password that the file was written with"
            }
            Self::EncryptionUnknown => {
                "encrypt the key anew, as with `openssl pkcs8 -topk8 -v2 aes-256-cbc`, or write the PFX file anew"
            }
            Self::NotRsa => "make an RSA key of 2048 bits or more and a certificate for it; Entra ID takes no other",
            Self::KeyOfAnother => "put the key into the file with which the request for this certificate was signed",
            Self::Over { .. } => {
                "renew the certificate, upload it under \"Certificates & secrets\", and replace the file"
            }
            Self::NotYet { .. } => "wait, use the one before it, or set the clock of this machine",
        }
    }
}

/// What is in a file, before anything is asked of it.
struct Contents {
    /// In DER (PKCS #8, or PKCS #1).
    keys: Vec<SecretDocument>,
    certificates: Vec<Vec<u8>>,
}

/// Reads a file whole. Where it has several certificates, the key says which one counts.
pub(crate) fn read(file: &[u8], password: Option<&str>, now: UnixTime) -> Result<SigningCertificate, CertificateError> {
    let is_pem = file.windows(PEM_MARK.len()).any(|window| window == PEM_MARK);
    let Contents { keys, certificates } = if is_pem { of_pem(file, password)? } else { of_archive(file, password)? };
    let key = match keys.as_slice() {
        [] => return Err(CertificateError::NoKey),
        [key] => rsa_key(key.as_bytes())?,
        _ => return Err(CertificateError::SeveralKeys),
    };
    let read: Vec<(Certificate, &[u8])> = certificates
        .iter()
        .map(|der| Certificate::from_der(der).map(|certificate| (certificate, der.as_slice())))
        .collect::<Result<_, _>>()
        .map_err(|_| CertificateError::Unreadable)?;
    if read.is_empty() {
        return Err(CertificateError::NoCertificate);
    }
    // A renewed certificate may be beside the old one of the same key.
    let own = read.iter().filter(|(certificate, _)| is_of(&key, certificate));
    let own = own.max_by_key(|(certificate, _)| {
        let (begins_at, ends_at) = validity(certificate);
        (begins_at <= now, ends_at)
    });
    let own = own.ok_or(CertificateError::KeyOfAnother)?;
    let (begins_at, ends_at) = validity(&own.0);
    if ends_at <= now {
        return Err(CertificateError::Over { at: ends_at });
    }
    if begins_at > now {
        return Err(CertificateError::NotYet { at: begins_at });
    }
    let chain = chain(own, &read).into_iter().map(|der| STANDARD.encode(der)).collect();
    let thumbprint = URL_SAFE_NO_PAD.encode(digest(&SHA256, own.1));
    Ok(SigningCertificate { key, thumbprint, chain, ends_at })
}

const PEM_MARK: &[u8] = b"-----BEGIN ";

fn of_pem(file: &[u8], password: Option<&str>) -> Result<Contents, CertificateError> {
    let blocks = pem::parse_many(file).map_err(|_| CertificateError::Unreadable)?;
    let mut contents = Contents { keys: Vec::new(), certificates: Vec::new() };
    for block in blocks {
        match block.tag() {
            "CERTIFICATE" => contents.certificates.push(block.into_contents()),
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "ENCRYPTED PRIVATE KEY" | "EC PRIVATE KEY" => {
                contents.keys.push(key_of(&block, password)?);
            }
            // Parameters, requests and the like are beside the point.
            _ => {}
        }
    }
    Ok(contents)
}

fn key_of(block: &Pem, password: Option<&str>) -> Result<SecretDocument, CertificateError> {
    // RFC 1421's own encryption, as OpenSSL wrote it once.
    if block.headers().get("Proc-Type").is_some() {
        return Err(CertificateError::EncryptionUnknown);
    }
    if block.tag() != "ENCRYPTED PRIVATE KEY" {
        return SecretDocument::try_from(block.contents()).map_err(|_| CertificateError::Unreadable);
    }
    let password = password.ok_or(CertificateError::PasswordMissing)?;
    let encrypted =
        EncryptedPrivateKeyInfoRef::try_from(block.contents()).map_err(|_| CertificateError::EncryptionUnknown)?;
    encrypted.decrypt(password).map_err(|error| match error {
        pkcs8::Error::EncryptedPrivateKey(pkcs8::pkcs5::Error::DecryptFailed) => CertificateError::PasswordWrong,
        pkcs8::Error::EncryptedPrivateKey(_) => CertificateError::EncryptionUnknown,
        _ => CertificateError::PasswordWrong,
    })
}

fn of_archive(file: &[u8], password: Option<&str>) -> Result<Contents, CertificateError> {
    let archive = Pkcs12Archive::from_pkcs12(file, password.unwrap_or_default()).map_err(|error| match error {
        ArchiveError::UnsupportedEncryptionScheme | ArchiveError::UnsupportedMacAlgorithm => {
            CertificateError::EncryptionUnknown
        }
        ArchiveError::MacError(_) | ArchiveError::UnpadError | ArchiveError::Pkcs5Error(_) => match password {
            Some(_) => CertificateError::PasswordWrong,
            None => CertificateError::PasswordMissing,
        },
        _ => CertificateError::Unreadable,
    })?;
    let key = |key: &[u8]| SecretDocument::try_from(key).map_err(|_| CertificateError::Unreadable);
    Ok(Contents {
        keys: archive.keys.iter().map(|bag| key(bag.key.as_der())).collect::<Result<_, _>>()?,
        certificates: archive.certs.iter().map(|bag| bag.cert.as_der().to_vec()).collect(),
    })
}

fn rsa_key(der: &[u8]) -> Result<KeyPair, CertificateError> {
    KeyPair::from_pkcs8(der).or_else(|_| KeyPair::from_der(der)).map_err(|_| CertificateError::NotRsa)
}

/// Whether it is the certificate's public key that the private one belongs to.
fn is_of(key: &KeyPair, certificate: &Certificate) -> bool {
    let of_certificate = certificate.tbs_certificate().subject_public_key_info().subject_public_key.as_bytes();
    of_certificate == Some(key.public_key().as_ref())
}

/// Its first second, and the one after its last.
fn validity(certificate: &Certificate) -> (UnixTime, UnixTime) {
    let validity = certificate.tbs_certificate().validity();
    let seconds = |time: &x509_cert::time::Time| UnixTime(time.to_unix_duration().as_secs());
    (seconds(&validity.not_before), seconds(&validity.not_after))
}

/// The certificate, then each time the one that its issuer has.
fn chain<'d>(own: &(Certificate, &'d [u8]), all: &[(Certificate, &'d [u8])]) -> Vec<&'d [u8]> {
    let mut chain = vec![own];
    while let Some((last, _)) = chain.last() {
        let issuer = last.tbs_certificate().issuer().to_der().ok();
        let subject = |certificate: &Certificate| certificate.tbs_certificate().subject().to_der().ok();
        let is_new = |der: &[u8]| chain.iter().all(|(_, known)| *known != der);
        match all.iter().find(|(next, der)| issuer.is_some() && subject(next) == issuer && is_new(der)) {
            Some(next) => chain.push(next),
            None => break,
        }
    }
    chain.into_iter().map(|(_, der)| *der).collect()
}

#[cfg(test)]
mod tests {
    use super::CertificateError::*;
    use super::*;

    const CERTIFICATE: &str = include_str!("certificate_tests/certificate.pem");
    const AUTHORITY: &str = include_str!("certificate_tests/authority.pem");
    const KEY: &str = include_str!("certificate_tests/key.pem");
    const OTHER_KEY: &str = include_str!("certificate_tests/other_key.pem");
    const OLD_FORM: &str = include_str!("certificate_tests/pkcs1_key.pem");
    const ENCRYPTED: &str = include_str!("certificate_tests/encrypted_key.pem");
    const OLD_ENCRYPTION: &str = include_str!("certificate_tests/old_encryption_key.pem");
    const WEAK: &str = include_str!("certificate_tests/weak_key.pem");
    const CURVE: &str = include_str!("certificate_tests/curve.pem");
    const SMALL: &str = include_str!("certificate_tests/small.pem");
    const MODERN: &[u8] = include_bytes!("certificate_tests/modern.pfx");
    const LEGACY: &[u8] = include_bytes!("certificate_tests/legacy.pfx");
    const WITHOUT_PASSWORD: &[u8] = include_bytes!("certificate_tests/without_password.pfx");
    const WITHOUT_KEY: &[u8] = include_bytes!("certificate_tests/without_key.pfx");

    /// As OpenSSL computes it.
    const THUMBPRINT: &str = "eGFhgXNGXTKJKN0r1pcs2WDGdVL_5-Zvm_0-c4qCox8";
    const BEGIN: UnixTime = UnixTime(1_795_873_105);
    const END: UnixTime = UnixTime(4_949_473_105);

    /// Thumbprint and length of the chain.
    type Outcome = Result<(String, usize), CertificateError>;

    fn outcome(file: &[u8], password: Option<&str>) -> Outcome {
        read(file, password, BEGIN).map(|read| (read.thumbprint, read.chain.len()))
    }

    fn together(parts: &[&str]) -> Vec<u8> {
        parts.concat().into_bytes()
    }

    #[test]
    fn each_form_of_a_file_gives_the_same_certificate_and_each_defect_its_own_problem() {
        let word = Some("word");
        let ours = |chain| Ok((THUMBPRINT.to_owned(), chain));
        let cases: &[(&str, Vec<u8>, Option<&str>, Outcome)] = &[
            ("PEM", together(&[CERTIFICATE, KEY]), None, ours(1)),
            ("the key first", together(&[KEY, CERTIFICATE]), None, ours(1)),
            ("with its authority", together(&[AUTHORITY, CERTIFICATE, KEY]), None, ours(2)),
            ("words between", together(&["Bag Attributes\n", KEY, "of nobody\n", CERTIFICATE]), None, ours(1)),
            ("PKCS #1", together(&[CERTIFICATE, OLD_FORM]), None, ours(1)),
            ("a password that nothing needs", together(&[CERTIFICATE, KEY]), word, ours(1)),
            ("encrypted", together(&[CERTIFICATE, ENCRYPTED]), word, ours(1)),
            ("encrypted, another password", together(&[CERTIFICATE, ENCRYPTED]), Some("other"), Err(PasswordWrong)),
            ("encrypted, no password", together(&[CERTIFICATE, ENCRYPTED]), None, Err(PasswordMissing)),
            ("RFC 1421", together(&[CERTIFICATE, OLD_ENCRYPTION]), word, Err(EncryptionUnknown)),
            ("weak", together(&[CERTIFICATE, WEAK]), word, Err(EncryptionUnknown)),
            ("no key", together(&[CERTIFICATE]), None, Err(NoKey)),
            ("no certificate", together(&[KEY]), None, Err(NoCertificate)),
            ("two keys", together(&[CERTIFICATE, KEY, OTHER_KEY]), None, Err(SeveralKeys)),
            ("the key of another", together(&[CERTIFICATE, OTHER_KEY]), None, Err(KeyOfAnother)),
            ("a curve", together(&[CURVE]), None, Err(NotRsa)),
            ("1024 bits", together(&[SMALL]), None, Err(NotRsa)),
            ("half of it", CERTIFICATE.as_bytes()[..500].to_vec(), None, Err(NoKey)),
            ("PFX", MODERN.to_vec(), word, ours(2)),
            ("PFX of old", LEGACY.to_vec(), word, ours(2)),
            ("PFX without a password", WITHOUT_PASSWORD.to_vec(), None, ours(1)),
            ("PFX, another password", MODERN.to_vec(), Some("other"), Err(PasswordWrong)),
            ("PFX of old, another password", LEGACY.to_vec(), Some("other"), Err(PasswordWrong)),
            ("PFX, no password", MODERN.to_vec(), None, Err(PasswordMissing)),
            ("PFX without a key", WITHOUT_KEY.to_vec(), word, Err(NoKey)),
            ("half of a PFX", MODERN[..1000].to_vec(), word, Err(Unreadable)),
            ("nothing", Vec::new(), None, Err(Unreadable)),
            ("a secret", b"Q~k8Q~AbCdEfGhIjKlMn".to_vec(), None, Err(Unreadable)),
        ];
        for (name, file, password, expected) in cases {
            assert_eq!(&outcome(file, *password), expected, "{name}");
        }
    }

    #[test]
    fn a_certificate_counts_from_its_first_second_to_its_last() {
        let file = together(&[CERTIFICATE, KEY]);
        for (now, expected) in [
            (UnixTime(BEGIN.0 - 1), Err(NotYet { at: BEGIN })),
            (BEGIN, Ok(END)),
            (UnixTime(END.0 - 1), Ok(END)),
            (END, Err(Over { at: END })),
        ] {
            assert_eq!(read(&file, None, now).map(|read| read.ends_at), expected);
        }
    }

    #[test]
    fn no_file_makes_reading_it_panic() {
        let files = [together(&[CERTIFICATE, ENCRYPTED]), MODERN.to_vec(), LEGACY.to_vec()];
        for file in files {
            // Every part of a key is not worth the time of its derivation.
            for length in (0..file.len()).step_by(97) {
                let mut changed = file.clone();
                changed[length] ^= 0x41;
                let _ = read(&file[..length], Some("word"), BEGIN);
                let _ = read(&changed, Some("word"), BEGIN);
            }
        }
    }
}
