//! Programs without a secret: federated tokens and managed identities.

use azure_auth_emulator::{Application, Defect, Emulator};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const CONTOSO: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const EXCHANGE: &str = "api://AzureADTokenExchange";
const SUBJECT: &str = "system:serviceaccount:default:job";

struct Job {
    emulator: Emulator,
    http: reqwest::Client,
}

impl Job {
    async fn new() -> Self {
        let job = Application::new("Job")
            .scope("Jobs.Run")
            .without_secret()
            .federated_credential("{origin}/federated", SUBJECT)
            .federated_credential("https://oidc.example", SUBJECT)
            .trusts_managed_identity();
        let emulator =
            Emulator::builder().application(Application::new("Plain job")).application(job).start().await.unwrap();
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        Self { emulator, http }
    }

    /// The code of the refusal, or none.
    async fn present(&self, application: usize, assertion: &str) -> Option<u64> {
        let id = self.emulator.directory().applications()[application].application_id();
        let scope = format!("{id}/.default");
        let form = [
            ("grant_type", "client_credentials"),
            ("scope", &scope),
            ("client_id", id),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", assertion),
        ];
        let address = format!("{}/{CONTOSO}/oauth2/v2.0/token", self.emulator.origin());
        let answer: Value = self.http.post(address).form(&form).send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["access_token"].is_null(), answer["error"].is_string(), "{answer}");
        answer["error_codes"][0].as_u64()
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> (u16, Value) {
        let mut request = self.http.get(format!("{}/{path}", self.emulator.origin()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
    }

    async fn identity_token(&self, resource: &str) -> String {
        let path = format!("msi/token?api-version=2019-08-01&resource={resource}");
        let (_, answer) = self.get(&path, &[("x-identity-header", self.emulator.identity_header())]).await;
        answer["access_token"].as_str().unwrap().to_owned()
    }
}

fn claims(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// The same token with other claims, and with the signature that it had.
fn with_claim(token: &str, name: &str, value: Value) -> String {
    let parts: Vec<&str> = token.split('.').collect();
    let mut claims = claims(token);
    claims[name] = value;
    format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2])
}

#[tokio::test]
async fn a_federated_token_is_taken_where_issuer_subject_and_audience_are_registered_letter_for_letter() {
    let job = Job::new().await;
    let token = job.emulator.federated_token(SUBJECT);
    let changed = |name: &str, value: &str| with_claim(&token, name, json!(value));
    let issuer = job.emulator.federated_issuer();
    for (assertion, expected) in [
        (token.clone(), None),
        (token.clone(), None),
        (job.emulator.federated_token("system:serviceaccount:default:Job"), Some(700_213)),
        (changed("iss", &format!("{issuer}/")), Some(700_211)),
        (changed("aud", "api://azureadtokenexchange"), Some(700_212)),
        (changed("jti", "another"), Some(700_027)),
        (changed("iss", "https://oidc.example"), Some(700_027)),
        (format!("{token}.x"), Some(50027)),
        (job.identity_token(EXCHANGE).await, None),
        (job.identity_token("https://graph.microsoft.com").await, Some(700_212)),
        (job.emulator.access_token().user("adele@contoso.test").audience(EXCHANGE).issue(), Some(700_229)),
        (job.emulator.access_token().application("Local daemon").audience(EXCHANGE).issue(), Some(700_213)),
    ] {
        assert_eq!(job.present(0, &assertion).await, expected, "{assertion}");
    }
    assert_eq!(job.present(1, &token).await, Some(70021), "nothing is registered there");
    for (defect, expected) in [(Defect::FederatedTokenExpired, 700_024), (Defect::FederatedTokenForAnother, 700_212)] {
        job.emulator.inject(defect);
        assert_eq!(job.present(0, &job.emulator.federated_token(SUBJECT)).await, Some(expected), "{defect:?}");
        job.emulator.clear_defects();
    }
    job.emulator.inject(Defect::ManagedIdentityTokenExpired);
    assert_eq!(job.present(0, &job.identity_token(EXCHANGE).await).await, Some(700_024));
}

#[tokio::test]
async fn the_issuer_of_federated_tokens_has_a_document_and_keys_and_gives_scripts_a_token() {
    let job = Job::new().await;
    let (status, document) = job.get("federated/.well-known/openid-configuration", &[]).await;
    assert_eq!((status, &document["issuer"]), (200, &json!(job.emulator.federated_issuer())));
    let (_, keys) = job.get("federated/keys", &[]).await;
    let token = job.http.get(format!("{}/token?subject={SUBJECT}", job.emulator.federated_issuer()));
    let token = token.send().await.unwrap().text().await.unwrap();
    let found = claims(&token);
    assert_eq!((&found["sub"], &found["aud"]), (&json!(SUBJECT), &json!(EXCHANGE)));
    assert_eq!(found["exp"].as_u64().unwrap() - found["iat"].as_u64().unwrap(), 3600);
    let header: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap();
    assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == header["kid"]), "{keys}");
    assert_eq!(job.present(0, &token).await, None);
    assert_eq!(job.get("federated/token", &[]).await.0, 400);
}

/// What is asked, with which headers, and the status of the answer.
type Row<'r> = (&'r str, &'r [(&'r str, &'r str)], u16);

#[tokio::test]
async fn the_managed_identity_answers_in_both_shapes_and_only_programs_on_the_machine() {
    let job = Job::new().await;
    let machine = "metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net/";
    let hosted = "msi/token?api-version=2019-08-01&resource=https://vault.azure.net/";
    let word = job.emulator.identity_header().to_owned();
    let identity = job.emulator.managed_identity();
    let known = format!("{machine}&client_id={}", identity.client_id());
    let unknown = format!("{hosted}&client_id={CONTOSO}");
    let rows: [Row<'_>; 12] = [
        (machine, &[("metadata", "true")], 200),
        (&known, &[("metadata", "True")], 200),
        (hosted, &[("x-identity-header", &word)], 200),
        (machine, &[], 400),
        (machine, &[("metadata", "false")], 400),
        (machine, &[("metadata", "true"), ("x-forwarded-for", "10.0.0.1")], 400),
        (hosted, &[], 401),
        (hosted, &[("x-identity-header", "guess")], 401),
        (&unknown, &[("x-identity-header", &word)], 400),
        ("metadata/identity/oauth2/token?api-version=2018-02-01", &[("metadata", "true")], 400),
        ("metadata/identity/oauth2/token?resource=x", &[("metadata", "true")], 400),
        ("msi/token?api-version=2018-02-01&resource=x", &[("x-identity-header", &word)], 400),
    ];
    for (path, headers, expected) in rows {
        let (status, answer) = job.get(path, headers).await;
        assert_eq!(status, expected, "{path} {headers:?} {answer}");
        if status != 200 {
            assert!(answer["access_token"].is_null() && answer["error"].is_string(), "{answer}");
            continue;
        }
        let expires: u64 = answer["expires_on"].as_str().unwrap().parse().unwrap();
        assert_eq!((&answer["token_type"], &answer["client_id"]), (&json!("Bearer"), &json!(identity.client_id())));
        assert_eq!(answer["resource"], "https://vault.azure.net/");
        let found = claims(answer["access_token"].as_str().unwrap());
        let expected = json!({
            "iss": job.emulator.issuer(CONTOSO), "aud": "https://vault.azure.net", "tid": CONTOSO, "idtyp": "app",
            "sub": identity.principal_id(), "oid": identity.principal_id(), "exp": expires,
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&found[name], value, "{name}");
        }
    }
    assert_eq!(job.emulator.managed_identity_requests(), rows.len());
}

#[tokio::test]
async fn the_endpoint_of_the_managed_identity_can_be_gone_busy_or_another_page() {
    let job = Job::new().await;
    let path = format!("msi/token?api-version=2019-08-01&resource={EXCHANGE}");
    let word = job.emulator.identity_header().to_owned();
    for (defect, expected) in [
        (Defect::ManagedIdentityUnavailable, 503),
        (Defect::ManagedIdentityThrottled, 429),
        (Defect::ManagedIdentityHtml, 200),
    ] {
        job.emulator.inject(defect);
        let (status, answer) = job.get(&path, &[("x-identity-header", &word)]).await;
        assert_eq!((status, answer["access_token"].is_null()), (expected, true), "{defect:?}");
        job.emulator.clear_defects();
    }
    assert_eq!(job.get(&path, &[("x-identity-header", &word)]).await.0, 200);
}
