//! The emulator over https: trusted by those who trust its authority, and by no others.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use azure_auth_emulator::{Emulator, StartError};
use reqwest::Certificate;
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

async fn emulator() -> Emulator {
    Emulator::builder().https().start().await.unwrap()
}

fn trusting(authority: &Path) -> reqwest::Client {
    let authority = Certificate::from_pem(&fs::read(authority).unwrap()).unwrap();
    reqwest::Client::builder().no_proxy().tls_certs_only([authority]).build().unwrap()
}

async fn document(client: &reqwest::Client, origin: &str) -> reqwest::Result<Value> {
    let address = format!("{origin}/contoso.test/v2.0/.well-known/openid-configuration");
    client.get(address).send().await?.json().await
}

/// A name for a file that no other test uses.
fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[tokio::test]
async fn who_trusts_the_authority_is_served_under_both_names() {
    let emulator = emulator().await;
    let client = trusting(emulator.ca_file().unwrap());
    assert!(emulator.origin().starts_with("https://127.0.0.1:"));
    for origin in [emulator.origin().to_owned(), emulator.origin().replace("127.0.0.1", "localhost")] {
        let document = document(&client, &origin).await.unwrap();
        assert!(document["issuer"].as_str().unwrap().starts_with(emulator.origin()));
        assert!(document["token_endpoint"].as_str().unwrap().starts_with(emulator.origin()));
    }
}

#[tokio::test]
async fn every_emulator_has_an_authority_of_its_own() {
    let (one, other) = (emulator().await, emulator().await);
    let client = trusting(one.ca_file().unwrap());
    assert!(document(&client, one.origin()).await.is_ok());
    assert!(document(&client, other.origin()).await.unwrap_err().is_connect());
    let plain = Emulator::start().await.unwrap();
    assert_eq!(plain.ca_file(), None);
    let plain_http = one.origin().replace("https", "http");
    assert!(document(&client, &plain_http).await.is_err(), "nothing is served without TLS");
}

#[tokio::test]
async fn a_silent_client_delays_no_other() {
    let emulator = emulator().await;
    let address = emulator.origin().trim_start_matches("https://");
    let mut silent = Vec::new();
    for _ in 0..10 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    assert!(document(&trusting(emulator.ca_file().unwrap()), emulator.origin()).await.is_ok());
    drop(emulator);
    for mut stream in silent {
        assert!(!matches!(stream.read(&mut [0]).await, Ok(count) if count > 0), "let go with the emulator");
    }
}

#[tokio::test]
async fn the_authority_goes_with_the_emulator_unless_it_was_given_a_file() {
    let temporary = emulator().await;
    let path = temporary.ca_file().unwrap().to_owned();
    assert!(fs::read_to_string(&path).unwrap().starts_with("-----BEGIN CERTIFICATE-----\n"));
    drop(temporary);
    assert!(!path.exists());

    let path = file("kept.pem");
    let before = "of the emulator before, and longer than what comes now".repeat(100);
    fs::write(&path, before).unwrap();
    let kept = Emulator::builder().https().ca_file(&path).start().await.unwrap();
    assert!(document(&trusting(&path), kept.origin()).await.is_ok());
    drop(kept);
    assert!(path.exists());
}

#[tokio::test]
async fn an_authority_that_cannot_be_written_is_an_error_that_says_where() {
    let path = file("no such directory").join("ca.pem");
    let error = Emulator::builder().https().ca_file(&path).start().await.unwrap_err();
    assert!(matches!(&error, StartError::CaFile { path: found, .. } if *found == path), "{error}");
}

#[tokio::test]
async fn the_instance_is_known_to_itself_and_no_other_is() {
    let emulator = emulator().await;
    let client = trusting(emulator.ca_file().unwrap());
    let ask = async |endpoint: &str| {
        let address = format!("{}/common/discovery/instance", emulator.origin());
        let query = [("api-version", "1.1"), ("authorization_endpoint", endpoint)];
        let address = url::Url::parse_with_params(&address, query).unwrap();
        client.get(address).send().await.unwrap().json::<Value>().await.unwrap()
    };
    let origin = emulator.origin();
    for origin in [origin.to_owned(), origin.replace("127.0.0.1", "localhost")] {
        let known = ask(&format!("{origin}/contoso.test/oauth2/v2.0/authorize")).await;
        let expected = format!("{}/contoso.test/v2.0/.well-known/openid-configuration", emulator.origin());
        assert_eq!(known["tenant_discovery_endpoint"], expected);
        let host = emulator.origin().trim_start_matches("https://");
        assert_eq!(known["metadata"][0]["preferred_network"], host);
        assert_eq!(known["metadata"][0]["aliases"][1], host.replace("127.0.0.1", "localhost"));
    }
    for other in ["https://login.microsoftonline.com/common/oauth2/v2.0/authorize", &origin.replace(':', "x"), origin] {
        assert_eq!(ask(other).await["error"], "invalid_instance", "{other}");
    }
}

/// Ends it, however the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[tokio::test]
async fn the_program_says_where_its_authority_is() {
    use std::io::{BufRead, BufReader};

    let path = file("program.pem");
    let arguments = ["--https", "--ca-file", path.to_str().unwrap()];
    let mut program = Command::new(env!("CARGO_BIN_EXE_azure-auth-emulator"));
    let mut running = Running(program.args(arguments).stdout(Stdio::piped()).spawn().unwrap());
    let lines = BufReader::new(running.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let printed: Vec<String> = lines.take(11).collect();
    let first = &printed[0];
    let origin = first.split(' ').find(|word| word.starts_with("https://127.0.0.1:")).unwrap().trim_end_matches('.');
    let expected = format!("export NODE_EXTRA_CA_CERTS='{}'", path.display());
    assert!(printed.contains(&expected), "{printed:?}");
    let says_where = format!("Its certificate authority is in {}. ", path.display());
    assert!(printed.iter().any(|line| line.starts_with(&says_where)), "{printed:?}");
    let settings: Vec<_> = printed.iter().filter_map(|line| line.strip_prefix("export ")?.split('=').next()).collect();
    let of_the_library = ["AZURE_ISSUER_URI", "AZURE_CA_FILE", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"];
    let of_others = ["NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"];
    assert_eq!(settings, [&of_the_library[..], &of_others].concat(), "every variable is one that somebody reads");
    assert!(of_the_library.iter().all(|name| Emulator::VARIABLES.contains(name)));
    assert!(document(&trusting(&path), origin).await.is_ok());
}
