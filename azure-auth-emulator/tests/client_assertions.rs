//! Assertions that a client signs with the key of its certificate, at the token endpoint.

use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding};
use azure_auth_emulator::{Application, Emulator, StartError};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use url::Url;

const CONTOSO: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const REDIRECT_URI: &str = "http://localhost:3000/callback";

/// A key and its certificate.
struct Signer {
    pair: KeyPair,
    der: Vec<u8>,
}

impl Signer {
    fn new() -> Self {
        let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
        let der = rcgen::CertificateParams::default().self_signed(&key).unwrap().der().to_vec();
        Self { pair: KeyPair::from_pkcs8(&key.serialize_der()).unwrap(), der }
    }

    fn pem(&self) -> String {
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(&self.der))
    }

    fn sha256(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, &self.der))
    }

    fn sha1(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.der))
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let encoding: &'static dyn RsaEncoding =
            if header["alg"] == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(encoding, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Keys take a moment, so all tests share theirs.
static FIRST: LazyLock<Signer> = LazyLock::new(Signer::new);
static SECOND: LazyLock<Signer> = LazyLock::new(Signer::new);
static STRANGER: LazyLock<Signer> = LazyLock::new(Signer::new);

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// An application with two certificates and no secret, without any library.
struct Client {
    emulator: Emulator,
    http: reqwest::Client,
}

/// A request for tokens, to be changed in one way.
struct Attempt {
    header: Value,
    claims: Value,
    form: Vec<(&'static str, String)>,
    signer: &'static Signer,
    path: String,
}

impl Client {
    async fn new() -> Self {
        let desk = Application::new("Help desk")
            .redirect_uri("http://localhost/callback")
            .scope("Tickets.Read")
            .certificate(FIRST.pem())
            .certificate(SECOND.pem())
            .without_secret();
        let emulator = Emulator::builder().application(desk).start().await.unwrap();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
        Self { emulator, http: http.build().unwrap() }
    }

    fn id(&self) -> String {
        self.emulator.directory().applications()[0].application_id().to_owned()
    }

    /// The attempt that is right.
    fn attempt(&self, path: &str) -> Attempt {
        let audience = format!("{}/{path}", self.emulator.origin());
        let (id, now) = (self.id(), now());
        Attempt {
            header: json!({"alg": "PS256", "typ": "JWT", "x5t#S256": FIRST.sha256()}),
            claims: json!({
                "aud": audience, "iss": id, "sub": id, "jti": unique(), "nbf": now, "iat": now, "exp": now + 600,
            }),
            form: vec![
                ("grant_type", "client_credentials".to_owned()),
                ("scope", format!("{id}/.default")),
                ("client_id", id),
                ("client_assertion_type", JWT_BEARER.to_owned()),
            ],
            signer: &FIRST,
            path: path.to_owned(),
        }
    }

    async fn send(&self, attempt: Attempt) -> Value {
        let assertion = attempt.signer.sign(&attempt.header, &attempt.claims);
        let mut form = attempt.form;
        if !form.iter().any(|(name, _)| *name == "client_assertion") {
            form.push(("client_assertion", assertion));
        }
        self.post(&attempt.path, &form).await
    }

    async fn post(&self, path: &str, form: &[(&str, String)]) -> Value {
        let address = format!("{}/{path}", self.emulator.origin());
        self.http.post(address).form(form).send().await.unwrap().json().await.unwrap()
    }

    /// One request with a good assertion and these parameters.
    async fn ask(&self, form: &[(&'static str, &str)]) -> Value {
        let mut attempt = self.attempt(&token_path());
        attempt.form.retain(|(name, _)| name.starts_with("client_"));
        attempt.form.extend(form.iter().map(|(name, value)| (*name, (*value).to_owned())));
        self.send(attempt).await
    }
}

fn token_path() -> String {
    format!("{CONTOSO}/oauth2/v2.0/token")
}

fn unique() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed).to_string()
}

fn claims(answer: &Value) -> Value {
    let token = answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}"));
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

impl Attempt {
    fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.form.retain(|(known, _)| *known != name);
        self.form.push((name, value.into()));
    }

    fn leave_out(&mut self, name: &str) {
        self.form.retain(|(known, _)| *known != name);
        for part in [&mut self.header, &mut self.claims] {
            part.as_object_mut().unwrap().remove(name);
        }
    }
}

const TOLD_APART: &str = "00000000-0000-4000-8000-000000000000";

/// What is changed about an assertion, and the code of the refusal; none if it is taken.
type Row = (&'static str, fn(&mut Attempt), Option<u64>);

const TABLE: &[Row] = &[
    ("nothing", |_| {}, None),
    ("the older form", |it| it.header = json!({"alg": "RS256", "typ": "JWT", "x5t": FIRST.sha1()}), None),
    ("both thumbprints", |it| it.header["x5t"] = json!(FIRST.sha1()), None),
    ("the chain beside it", |it| it.header["x5c"] = json!([STANDARD.encode(&FIRST.der)]), None),
    ("RS256 with the longer thumbprint", |it| it.header["alg"] = json!("RS256"), None),
    (
        "the second certificate",
        |it| {
            it.signer = &SECOND;
            it.header["x5t#S256"] = json!(SECOND.sha256());
        },
        None,
    ),
    (
        "times as texts",
        |it| {
            for name in ["nbf", "iat", "exp"] {
                it.claims[name] = json!(it.claims[name].to_string());
            }
        },
        None,
    ),
    ("no beginning", |it| it.leave_out("nbf"), None),
    ("no time of issue", |it| it.leave_out("iat"), None),
    ("no client_id", |it| it.leave_out("client_id"), None),
    ("a slow clock here", |it| it.claims["nbf"] = json!(now() + 290), None),
    ("a whole day", |it| it.claims["exp"] = json!(now() + 86_390), None),
    (
        "the tenant by its domain",
        |it| it.claims["aud"] = json!(it.claims["aud"].as_str().unwrap().replace(CONTOSO, "contoso.test")),
        None,
    ),
    (
        "the host by its other name",
        |it| it.claims["aud"] = json!(it.claims["aud"].as_str().unwrap().replace("127.0.0.1", "localhost")),
        None,
    ),
    ("another type", |it| it.set("client_assertion_type", "urn:x"), Some(90023)),
    ("no type", |it| it.leave_out("client_assertion_type"), Some(900_144)),
    ("no assertion", |it| it.set("client_assertion", ""), Some(900_144)),
    ("a secret as well", |it| it.set("client_secret", "x"), Some(90023)),
    ("a text that is not a token", |it| it.set("client_assertion", "x"), Some(50027)),
    ("no signature", |it| it.header["alg"] = json!("none"), Some(50027)),
    ("a shared secret", |it| it.header["alg"] = json!("HS256"), Some(50027)),
    ("an unknown client", |it| it.set("client_id", TOLD_APART), Some(700_016)),
    ("another issuer", |it| it.claims["iss"] = json!(TOLD_APART), Some(700_021)),
    ("no issuer", |it| it.leave_out("iss"), Some(700_021)),
    ("another subject", |it| it.claims["sub"] = json!(TOLD_APART), Some(700_021)),
    ("no subject", |it| it.leave_out("sub"), Some(700_021)),
    ("an unknown thumbprint", |it| it.header["x5t#S256"] = json!(STRANGER.sha256()), Some(700_027)),
    ("no thumbprint", |it| it.leave_out("x5t#S256"), Some(700_027)),
    ("the key of a stranger", |it| it.signer = &STRANGER, Some(700_027)),
    ("the key of the other certificate", |it| it.signer = &SECOND, Some(700_027)),
    ("the tenant's issuer", |it| it.claims["aud"] = json!(format!("x/{CONTOSO}/v2.0")), Some(700_023)),
    (
        "another tenant",
        |it| it.claims["aud"] = json!(it.claims["aud"].as_str().unwrap().replace(CONTOSO, "common")),
        Some(700_023),
    ),
    (
        "another host",
        |it| it.claims["aud"] = json!(format!("https://login.microsoftonline.com/{}", token_path())),
        Some(700_023),
    ),
    ("no audience", |it| it.leave_out("aud"), Some(700_023)),
    ("the end", |it| it.claims["exp"] = json!(now()), Some(700_024)),
    ("no end", |it| it.leave_out("exp"), Some(700_024)),
    ("more than a day", |it| it.claims["exp"] = json!(now() + 86_500), Some(700_024)),
    ("a beginning to come", |it| it.claims["nbf"] = json!(now() + 310), Some(700_024)),
    ("a time that is none", |it| it.claims["exp"] = json!("soon"), Some(50027)),
    ("no id", |it| it.leave_out("jti"), Some(50027)),
];

#[tokio::test]
async fn an_assertion_is_taken_if_all_of_it_is_right_and_each_defect_has_its_code() {
    let client = Client::new().await;
    for (what, change, expected) in TABLE {
        let mut attempt = client.attempt(&token_path());
        change(&mut attempt);
        let answer = client.send(attempt).await;
        assert_eq!(answer["error_codes"][0].as_u64(), *expected, "{what}: {answer}");
        assert_eq!(answer["access_token"].is_string(), expected.is_none(), "{what}: {answer}");
        let error = match expected {
            None => Value::Null,
            Some(90023 | 900_144 | 50027) => json!("invalid_request"),
            Some(700_016) => json!("unauthorized_client"),
            Some(_) => json!("invalid_client"),
        };
        assert_eq!(answer["error"], error, "{what}");
    }
}

#[tokio::test]
async fn one_assertion_may_come_again_until_its_end_and_its_id_is_for_no_other() {
    let client = Client::new().await;
    let Attempt { header, claims, mut form, signer, path } = client.attempt(&token_path());
    form.push(("client_assertion", signer.sign(&header, &claims)));
    for _ in 0..2 {
        assert!(client.post(&path, &form).await["access_token"].is_string());
    }
    // The same claims, signed once more: another assertion with the same id.
    form.pop();
    form.push(("client_assertion", signer.sign(&header, &claims)));
    let answer = client.post(&path, &form).await;
    assert_eq!(answer["error_codes"][0], 50027, "{answer}");
}

#[tokio::test]
async fn every_grant_takes_an_assertion_and_tokens_say_so() {
    let client = Client::new().await;
    let id = client.id();
    let form = [
        ("client_id", id.as_str()),
        ("redirect_uri", REDIRECT_URI),
        ("response_type", "code"),
        ("scope", &format!("openid offline_access api://{id}/Tickets.Read")),
        ("account", "alex@contoso.test"),
        ("consent", "1"),
    ];
    let address = format!("{}/{CONTOSO}/oauth2/v2.0/authorize", client.emulator.origin());
    let answer = client.http.post(address).form(&form).send().await.unwrap();
    let location: Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
    let (_, code) = location.query_pairs().find(|(name, _)| name == "code").unwrap();
    let form = [("grant_type", "authorization_code"), ("redirect_uri", REDIRECT_URI), ("code", &*code)];
    let redeemed = client.ask(&form).await;
    let refresh_token = redeemed["refresh_token"].as_str().unwrap();
    let renewed = client.ask(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await;
    let scope = format!("{id}/.default");
    let for_itself = client.ask(&[("grant_type", "client_credentials"), ("scope", &scope)]).await;
    client.emulator.consent("alex@contoso.test", "Help desk", "User.Read").unwrap();
    let on_behalf = client
        .ask(&[
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("requested_token_use", "on_behalf_of"),
            ("assertion", redeemed["access_token"].as_str().unwrap()),
            ("scope", "User.Read"),
        ])
        .await;
    for (answer, claim) in [(redeemed, "azpacr"), (renewed, "azpacr"), (for_itself, "azpacr"), (on_behalf, "appidacr")]
    {
        assert_eq!(claims(&answer)[claim], "2", "{answer}");
    }
}

#[tokio::test]
async fn an_application_without_a_secret_has_none_and_a_certificate_that_cannot_be_read_is_named_at_start() {
    let client = Client::new().await;
    let names: Vec<String> = client.emulator.env().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["AZURE_ISSUER_URI", "AZURE_CLIENT_ID"]);
    for (secret, expected) in [("", 7_000_218), ("x", 7_000_215)] {
        let mut attempt = client.attempt(&token_path());
        attempt.form.retain(|(name, _)| *name != "client_assertion_type");
        attempt.set("client_secret", secret);
        assert_eq!(client.post(&attempt.path, &attempt.form).await["error_codes"][0], expected, "{secret:?}");
    }
    let desk = Application::new("Help desk").certificate(FIRST.pem()).certificate("/etc/ssl/desk.pem");
    let error = Emulator::builder().application(desk).start().await.unwrap_err();
    assert!(matches!(&error, StartError::WrongCertificate { name, .. } if name == "Help desk"), "{error}");
    let seed = json!({
        "tenants": [{"id": CONTOSO, "domains": ["contoso.test"]}],
        "applications": [{
            "name": "Job", "client_id": TOLD_APART, "redirect_uris": [], "certificates": [FIRST.pem()],
            "federated_credentials": [{"issuer": "{origin}/federated", "subject": "job"}],
        }],
    });
    let emulator = Emulator::builder().seed(serde_json::from_value(seed).unwrap()).start().await.unwrap();
    assert_eq!(emulator.directory().applications()[0].client_secret(), "");
}
