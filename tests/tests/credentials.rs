//! Programs without a secret: sign-in and tokens by a certificate, a federated token and a managed identity, and what is said
//! of each that is wrong.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use azure_auth::{AzureAuth, AzureAuthBuilder, ConfigurationError, Endpoints, Inspection, Token, User, graph};
use azure_auth_emulator::{Application as Registered, Defect, Emulator, TokenGrant};
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::certificate::{Certificate, File};
use azure_auth_tests::guestbook::{Entries, guestbook};
use azure_auth_tests::log::{self, Log};
use azure_auth_tests::openid_provider::OpenIdProvider;
use poem::{get, handler};

const KEYS: &str = "a2V5LW9mLW1vcmUtdGhhbi0zMi1ieXRlcy1oZXJlISE";
const SUBJECT: &str = "system:serviceaccount:default:desk";
const PERSON: &str = "adele@contoso.test";
const DESK: &str = "Help desk";

#[azure_auth::protect]
#[handler]
fn me(user: User) -> String {
    user.display_name().to_owned()
}

#[azure_auth::protect]
#[handler]
fn profile(token: Token<graph::UserRead>) -> String {
    token.authorization().is_sensitive().to_string()
}

fn table() -> Endpoints {
    azure_auth::endpoints! { "/me" => get(me), "/profile" => get(profile) }
}

/// A provider that knows the program by everything but a secret.
struct Stage {
    emulator: Emulator,
    certificate: Certificate,
}

impl Stage {
    async fn new() -> Self {
        log::install();
        let certificate = Certificate::new();
        let desk = Registered::new(DESK)
            .without_secret()
            .redirect_uri("http://localhost/authorization-code/callback")
            .scope("Tickets.Read")
            .delegated_permission("https://graph.microsoft.com", "User.Read")
            .certificate(certificate.certificate.as_str())
            .federated_credential("{origin}/federated", SUBJECT)
            .trusts_managed_identity();
        let emulator = Emulator::builder().application(desk).start().await.unwrap();
        Self { emulator, certificate }
    }

    fn builder(&self, credential: &[(&str, &str)]) -> AzureAuthBuilder {
        let own = [("AZURE_SESSION_KEYS", KEYS), ("AZURE_SESSION_STORE", "memory")];
        let own = own.into_iter().chain(credential.iter().copied());
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let registered = self.emulator.env_of(DESK).unwrap();
        assert!(registered.iter().all(|(name, _)| name != "AZURE_CLIENT_SECRET"), "it has none");
        AzureAuthBuilder::from_variables(own.chain(registered))
    }

    fn auth(&self, credential: &[(&str, &str)]) -> AzureAuth {
        self.builder(credential).build().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Every proof that a token request brought.
    fn proofs(&self) -> Vec<String> {
        let transcript = self.emulator.transcript();
        let requests = transcript.iter().filter(|exchange| exchange.path.ends_with("/oauth2/v2.0/token"));
        let proof = |exchange: &azure_auth_emulator::Exchange| {
            assert!(exchange.parameter("client_secret").is_none() && !exchange.has_authorization, "{exchange:?}");
            assert_eq!(exchange.parameter("client_assertion_type"), Some(ASSERTION_TYPE));
            exchange.parameter("client_assertion").expect("a proof").to_owned()
        };
        requests.map(proof).collect()
    }
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Signs in, renews a token of the session, acts on behalf of a caller, and gets the program's own token: every grant.
async fn assert_everything_works(stage: &Stage, auth: AzureAuth, what: &str) {
    let before = stage.proofs().len();
    let application = Application::start(table().with(auth.clone())).await;
    let browser = Browser::new();
    let page = browser.visit_as("Adele", application.at("/profile")).await;
    assert_eq!((page.status, page.text.as_str()), (200, "true"), "{what}: {page:?}");
    // A handler that comes new asks with the refresh token.
    stage.emulator.consent(PERSON, DESK, "https://graph.microsoft.com/User.Read").unwrap();
    let caller = stage.emulator.access_token().application(DESK).user(PERSON).scope("Tickets.Read").issue();
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let answer = http.get(application.at("/profile")).bearer_auth(caller).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{what}: {:?}", answer.text().await);
    auth.application_token::<graph::Resource>().await.unwrap_or_else(|error| panic!("{what}: {error}"));
    for grant in [TokenGrant::AuthorizationCode, TokenGrant::OnBehalfOf, TokenGrant::ClientCredentials] {
        assert!(stage.emulator.token_requests(grant) > 0, "{what}: {grant:?}");
    }
    assert!(stage.proofs().len() >= before + 3, "{what}");
}

#[tokio::test]
async fn a_certificate_proves_the_program_wherever_it_asks_and_one_assertion_does_for_a_while() {
    let stage = Stage::new().await;
    let file = File::with(&stage.certificate.with_key());
    let auth = stage.auth(&[("AZURE_CLIENT_CERTIFICATE_PATH", file.path())]);
    assert_everything_works(&stage, auth, "certificate").await;
    let mut proofs = stage.proofs();
    proofs.dedup();
    assert_eq!(proofs.len(), 1, "one endpoint was asked");
}

#[tokio::test]
async fn a_federated_token_proves_the_program_and_is_read_anew_each_time() {
    let stage = Stage::new().await;
    let file = File::with(&stage.emulator.federated_token(SUBJECT));
    let auth = stage.auth(&[("AZURE_FEDERATED_TOKEN_FILE", file.path())]);
    assert_everything_works(&stage, auth.clone(), "federated token").await;

    let application = Application::start(table().with(auth)).await;
    let failed = |page: &Page| (page.status, page.reason());
    for broken in ["", "not a token"] {
        file.write(broken);
        let page = Browser::new().visit_as("Adele", application.at("/me")).await;
        assert_eq!(failed(&page), (503, Some("credential-unusable".to_owned())), "{page:?}");
        assert!(!page.text.contains(file.path()) || page.text.contains("developers"), "{page:?}");
    }
    file.write(&format!("{}\n", stage.emulator.federated_token(SUBJECT)));
    let page = Browser::new().visit_as("Adele", application.at("/me")).await;
    assert_eq!(page.status, 200, "without a restart: {page:?}");
}

#[tokio::test]
async fn a_managed_identity_proves_the_program_in_both_shapes_and_is_asked_once() {
    for is_service in [false, true] {
        let stage = Stage::new().await;
        let emulator = &stage.emulator;
        let (endpoint, header) = (emulator.identity_endpoint(), emulator.identity_header());
        let identity = format!("managed-identity:{}", emulator.managed_identity().client_id());
        let mut variables = vec![("AZURE_CLIENT_CREDENTIAL", identity.as_str())];
        if is_service {
            variables.extend([("IDENTITY_ENDPOINT", endpoint.as_str()), ("IDENTITY_HEADER", header)]);
        } else {
            variables.push(("AZURE_POD_IDENTITY_AUTHORITY_HOST", emulator.origin()));
        }
        assert_everything_works(&stage, stage.auth(&variables), &format!("{variables:?}")).await;
        assert_eq!(emulator.managed_identity_requests(), 1);
    }
}

#[tokio::test]
async fn an_identity_that_is_not_given_stops_who_needs_it_and_is_asked_again_later() {
    let stage = Stage::new().await;
    let variables = [
        ("AZURE_CLIENT_CREDENTIAL", "managed-identity"),
        ("AZURE_POD_IDENTITY_AUTHORITY_HOST", stage.emulator.origin()),
    ];
    for defect in [Defect::ManagedIdentityUnavailable, Defect::ManagedIdentityThrottled, Defect::ManagedIdentityHtml] {
        stage.emulator.inject(defect);
        let error = stage.auth(&variables).application_token::<graph::Resource>().await.expect_err("no token");
        assert_eq!(error.code(), "credential-unusable", "{defect:?}: {error}");
    }
    stage.emulator.clear_defects();
    assert!(stage.auth(&variables).application_token::<graph::Resource>().await.is_ok());
}

#[tokio::test]
async fn what_is_wrong_with_a_credential_stops_the_start_with_one_problem_and_nothing_of_the_key_in_it() {
    let stage = Stage::new().await;
    let (ours, other, over) = (&stage.certificate, Certificate::new(), Certificate::over());
    let missing = File::with("").path().to_owned();
    for (variable, text, words) in [
        (
            "AZURE_CLIENT_CERTIFICATE_PATH",
            Some(format!("{}{}", ours.certificate, other.key)),
            "is not that of a certificate",
        ),
        ("AZURE_CLIENT_CERTIFICATE_PATH", Some(ours.certificate.clone()), "has no private key"),
        ("AZURE_CLIENT_CERTIFICATE_PATH", Some(ours.key.clone()), "has no certificate"),
        ("AZURE_CLIENT_CERTIFICATE_PATH", Some(over.with_key()), "the certificate ended on Mon, 01 Jan 2001"),
        ("AZURE_CLIENT_CERTIFICATE_PATH", Some("words".to_owned()), "neither PEM nor PKCS #12"),
        ("AZURE_CLIENT_CERTIFICATE_PATH", None, "cannot be read"),
        ("AZURE_FEDERATED_TOKEN_FILE", Some(String::new()), "the file is empty"),
        ("AZURE_FEDERATED_TOKEN_FILE", Some("planted".to_owned()), "something else than a signed token"),
        ("AZURE_FEDERATED_TOKEN_FILE", None, "cannot be read"),
    ] {
        let file = text.as_deref().map(File::with);
        let path = file.as_ref().map_or(missing.as_str(), File::path);
        let error: ConfigurationError = stage.builder(&[(variable, path)]).build().expect_err(words);
        let [problem] = error.problems() else { panic!("{error}") };
        assert!(problem.variable() == variable && problem.cause().contains(words), "{error}");
        let shown = format!("{error} {error:?}");
        let body = text.as_deref().unwrap_or_default().lines().filter(|line| line.len() > 20 && !line.contains('-'));
        assert!(!shown.contains("planted") && body.into_iter().all(|line| !shown.contains(line)), "{error}");
    }
}

#[tokio::test]
async fn a_certificate_that_the_registration_does_not_list_is_named_by_log_and_doctor() {
    let stage = Stage::new().await;
    let file = File::with(&Certificate::new().with_key());
    let variables = [("AZURE_CLIENT_CERTIFICATE_PATH", file.path())];
    let (log, _listening) = Log::begin();
    let error = stage.auth(&variables).application_token::<graph::Resource>().await.expect_err("no token");
    assert_eq!(error.code(), "tokens-refused");
    assert!(format!("{error:?} {error} {}", log.text()).contains("AADSTS700027"), "{error:?}");
    let doctor = Inspection::from_args(["program", "--auth-doctor=json"].map(str::to_owned)).unwrap();
    let status = doctor.run(&table(), stage.builder(&variables)).await;
    assert_eq!(format!("{status:?}"), format!("{:?}", std::process::ExitCode::from(1)), "there is a problem");
}

#[tokio::test]
async fn another_implementation_takes_our_assertions_and_takes_each_once() {
    let Some(packages) = OpenIdProvider::installed().await else { return };
    let certificate = Certificate::new();
    let provider = OpenIdProvider::start_for_certificate(packages, &certificate.certificate).await;
    for (key, expected) in [(certificate.with_key(), 200), (Certificate::new().with_key(), 502)] {
        let file = File::with(&key);
        let own = [("AZURE_CLIENT_CERTIFICATE_PATH", file.path()), ("AZURE_SESSION_KEYS", KEYS)];
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let of_provider = provider.settings().into_iter().filter(|(name, _)| name != "AZURE_CLIENT_SECRET");
        let auth = AzureAuth::from_variables(own.into_iter().chain(of_provider)).unwrap();
        let application = Application::start(guestbook(auth, &Entries::default())).await;
        for _ in 0..2 {
            let page = Browser::new().sign_in(&application, "Grace").await;
            assert_eq!(page.status, expected, "{page:?}");
        }
    }
}
