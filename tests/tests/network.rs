//! The network between an application and its provider: whose certificates are trusted, what is said of others, and which
//! proxy the requests go by.

use std::path::Path;
use std::sync::{Arc, Mutex};

use azure_auth::{AzureAuth, ConfigurationProblem};
use azure_auth_emulator::Emulator;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::program::Program;
use poem::http::StatusCode;
use poem::test::TestClient;
use poem::{get, handler};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

#[azure_auth::protect(scopes = "Files.Read")]
#[handler]
fn files() -> &'static str {
    "files"
}

async fn over_tls() -> Emulator {
    Emulator::builder().https().start().await.unwrap()
}

/// The settings of an emulator, and another value of one of them; an empty one is as good as none.
fn with(emulator: &Emulator, name: &str, value: &str) -> Vec<(String, String)> {
    let mut variables = emulator.env();
    variables.retain(|(known, _)| known != name);
    variables.push((name.to_owned(), value.to_owned()));
    variables
}

#[tokio::test]
async fn a_provider_of_a_named_authority_is_trusted_as_its_settings_are_printed() {
    let emulator = over_tls().await;
    let auth = AzureAuth::from_variables(emulator.env()).unwrap();
    auth.warm_up().await.unwrap();
    let client = TestClient::new(azure_auth::endpoints! { "/files" => get(files) }.with(auth));
    let token = emulator.access_token().user("adele@contoso.test").scope("Files.Read").issue();
    let answer = client.get("/files").header("authorization", format!("Bearer {token}")).send().await;
    answer.assert_status_is_ok();
    let refused = client.get("/files").header("authorization", "Bearer a.b.c").send().await;
    refused.assert_status(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_named_as_such_with_the_remedy() {
    let (emulator, other) = (over_tls().await, over_tls().await);
    let authority_of_another = other.ca_file().unwrap().display().to_string();
    for file in ["", &authority_of_another] {
        let auth = AzureAuth::from_variables(with(&emulator, "AZURE_CA_FILE", file)).unwrap();
        let problem = auth.warm_up().await.unwrap_err().to_string();
        assert!(problem.contains("certificate is not trusted"), "{problem}");
        assert!(problem.contains("AZURE_CA_FILE"), "{problem}");
    }
    assert_eq!(emulator.transcript().len(), 0, "nothing was asked over a connection that nobody trusts");
}

#[tokio::test]
async fn a_file_without_a_certificate_is_a_problem_at_start_beside_all_others() {
    let emulator = over_tls().await;
    let missing = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-such-file.pem");
    for (file, words) in [(missing.as_path(), "cannot be read"), (Path::new(file!()), "no certificate")] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(file);
        let mut variables = with(&emulator, "AZURE_CA_FILE", file.to_str().unwrap());
        let alone = AzureAuth::from_variables(variables.clone()).unwrap_err();
        assert_eq!(alone.problems().len(), 1, "{alone}");
        assert!(alone.problems()[0].variable() == "AZURE_CA_FILE" && alone.to_string().contains(words), "{alone}");
        variables.retain(|(name, _)| name != "AZURE_CLIENT_ID");
        let both = AzureAuth::from_variables(variables).unwrap_err();
        let names: Vec<&str> = both.problems().iter().map(ConfigurationProblem::variable).collect();
        assert_eq!(names, ["AZURE_CLIENT_ID", "AZURE_CA_FILE"], "{both}");
    }
}

/// A proxy that lets nothing through, and remembers what it was asked for.
struct Barrier {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Barrier {
    async fn raise() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let barrier = Self { address: format!("http://{}", listener.local_addr().unwrap()), asked: Arc::default() };
        let asked = barrier.asked.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let mut connection = BufReader::new(connection);
                let mut line = String::new();
                if connection.read_line(&mut line).await.is_ok() {
                    asked.lock().unwrap().push(line.trim_end().to_owned());
                }
                let _ = connection.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n").await;
            }
        });
        barrier
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// What becomes of somebody who signs in at the quickstart with these settings and variables.
async fn signing_in(name: &str, settings: Vec<(String, String)>, network: &[(&str, &str)]) -> Page {
    let network = network.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let variables: Vec<(String, String)> = settings.into_iter().chain(network).collect();
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.log"));
    let program = Program::start("quickstart", &variables, &log);
    Browser::new().open(program.at("/login")).await
}

/// A provider that is nowhere: names in this domain have no address (RFC 2606 §2).
fn elsewhere() -> Vec<(String, String)> {
    [
        ("AZURE_ISSUER_URI", "https://entra.invalid/contoso"),
        ("AZURE_CLIENT_ID", "a-client"),
        ("AZURE_CLIENT_SECRET", "a secret of more than thirty-two characters"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

#[tokio::test]
async fn requests_to_the_provider_go_by_the_proxy_that_the_environment_names() {
    let proxy = Barrier::raise().await;
    let page = signing_in("by-proxy", elsewhere(), &[("HTTPS_PROXY", &proxy.address)]).await;
    assert_eq!((page.status, page.reason().as_deref()), (502, Some("provider-unavailable")));
    assert_eq!(proxy.asked(), ["CONNECT entra.invalid:443 HTTP/1.1"], "the name alone: no address, no secret");
}

#[tokio::test]
async fn a_provider_that_is_excepted_is_asked_without_the_proxy() {
    for excepted in ["entra.invalid", ".invalid", "a.example, entra.invalid", "*"] {
        let proxy = Barrier::raise().await;
        let network = [("HTTPS_PROXY", proxy.address.as_str()), ("NO_PROXY", excepted)];
        let page = signing_in("without-proxy", elsewhere(), &network).await;
        assert_eq!((page.status, page.reason().as_deref()), (502, Some("provider-unavailable")), "{excepted}");
        assert_eq!(proxy.asked(), Vec::<String>::new(), "{excepted}");
    }
}

#[tokio::test]
async fn a_provider_on_this_machine_is_never_asked_by_a_proxy() {
    for emulator in [over_tls().await, Emulator::start().await.unwrap()] {
        let proxy = Barrier::raise().await;
        let network = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"].map(|name| (name, proxy.address.as_str()));
        let page = signing_in("loopback", emulator.env(), &network).await;
        let provider = page.location().unwrap_or_else(|| panic!("{page:?}"));
        assert!(provider.as_str().starts_with(emulator.origin()), "{provider}");
        assert_eq!(proxy.asked(), Vec::<String>::new());
    }
}
