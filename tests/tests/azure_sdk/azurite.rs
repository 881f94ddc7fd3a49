//! Azurite, Microsoft's emulator of Azure Storage, as npm has it.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use azure_auth_tests::packages;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SanType};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A running Azurite, which takes the tokens of people over TLS. Dropping it ends it.
pub(crate) struct Azurite {
    /// Of its only account.
    pub(crate) account: String,
    /// The authority of its certificate, in PEM.
    pub(crate) ca_file: PathBuf,
    _process: Child,
    /// Open as long as the process may write into it.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Azurite {
    /// None, and a notice, where its packages cannot be installed.
    pub(crate) async fn start() -> Option<Self> {
        let directory = packages::with_node_packages("azurite").await?;
        let ca_file = write_certificates(&directory);
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).unwrap();
        let mut command = Command::new("node");
        command
            .arg("node_modules/azurite/dist/src/blob/main.js")
            .args(["--blobHost", "127.0.0.1", "--blobPort", &free.port().to_string()])
            // Beside the lifetime it checks issuer and audience, as Azure Storage does; not the signature.
            .args(["--oauth", "basic", "--cert", "server.pem", "--key", "server.key"])
            .args(["--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck"])
            .current_dir(&directory)
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut process = command.spawn().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
        loop {
            let line = output.next_line().await.unwrap().expect("Azurite says that it listens");
            if line.contains("successfully listens") {
                break;
            }
        }
        let account = format!("https://{free}/devstoreaccount1");
        Some(Self { account, ca_file, _process: process, _output: output })
    }
}

/// A certificate for this machine, by an authority that is known to nobody else.
fn write_certificates(directory: &Path) -> PathBuf {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "azure-auth tests, not Microsoft");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let mut server = CertificateParams::default();
    server.subject_alt_names = vec![SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST))];
    let key = KeyPair::generate().unwrap();
    let certificate = server.signed_by(&key, &authority).unwrap();
    let ca_file = directory.join("authority.pem");
    fs::write(&ca_file, pem("CERTIFICATE", authority.der())).unwrap();
    fs::write(directory.join("server.pem"), pem("CERTIFICATE", certificate.der())).unwrap();
    fs::write(directory.join("server.key"), pem("PRIVATE KEY", &key.serialize_der())).unwrap();
    ca_file
}

/// RFC 7468 §5: base64 in lines of 64 characters.
fn pem(label: &str, der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let lines = encoded.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned());
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.collect::<Vec<_>>().join("\n"))
}
