//! A certificate authority of our own, and the certificate of one server.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};
use thiserror::Error;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::memory::clock::now;

const DAY: u64 = 24 * 3600;
/// An emulator that runs longer needs a restart.
const LIFETIME: u64 = 90 * DAY;

/// What a server needs to be trusted, and its clients to trust it.
pub(crate) struct Certificates {
    pub(crate) server: Arc<ServerConfig>,
    /// The authority's certificate, in PEM.
    pub(crate) authority: String,
}

/// The certificates could not be made.
#[derive(Debug, Error)]
#[error("the certificates could not be made")]
pub(crate) struct CertificateError;

impl Certificates {
    /// Certifies a server on this machine. The authority's key is forgotten at the end: a client that trusts the
    /// authority trusts this one server and nothing else.
    pub(crate) fn new() -> Result<Self, CertificateError> {
        let key = KeyPair::generate().map_err(|_| CertificateError)?;
        let authority = CertifiedIssuer::self_signed(authority(), KeyPair::generate().map_err(|_| CertificateError)?)
            .map_err(|_| CertificateError)?;
        let certificate = server()?.signed_by(&key, &authority).map_err(|_| CertificateError)?;
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(|_| CertificateError)?;
        // An explicit provider leaves the one that the process chose for itself as it is.
        let mut server = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|_| CertificateError)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .map_err(|_| CertificateError)?;
        server.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { server: Arc::new(server), authority: pem(authority.der()) })
    }
}

fn authority() -> CertificateParams {
    let mut parameters = valid_from_yesterday("azure-auth-emulator, not Microsoft");
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    parameters
}

fn server() -> Result<CertificateParams, CertificateError> {
    let mut parameters = valid_from_yesterday("localhost");
    parameters.subject_alt_names = vec![
        SanType::DnsName("localhost".try_into().map_err(|_| CertificateError)?),
        SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
    ];
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Strict clients, Python's from 3.13 on among them, follow the identifier from one certificate to the other.
    parameters.use_authority_key_identifier_extension = true;
    parameters.distinguished_name.push(DnType::OrganizationName, "azure-auth-emulator");
    Ok(parameters)
}

/// It is valid since yesterday, because clocks differ.
fn valid_from_yesterday(name: &str) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, name);
    let at = |seconds| date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds);
    parameters.not_before = at(now() - DAY);
    parameters.not_after = at(now() + LIFETIME);
    parameters
}

/// RFC 7468 §5: base64 in lines of 64 characters.
fn pem(der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let mut lines = vec!["-----BEGIN CERTIFICATE-----"];
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        lines.push(line);
        rest = after;
    }
    lines.extend(["-----END CERTIFICATE-----", ""]);
    lines.join("\n")
}
