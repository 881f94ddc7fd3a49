//! The emulator as a page in the browser sees it: a code, a verifier, no secret, and requests of another origin.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256;
use azure_auth_emulator::{Application, Directory, Emulator, StartError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use url::Url;

const CONTOSO: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const ORIGIN: &str = "http://localhost:3000";
/// Where Swagger UI receives codes, if it is at `/docs`.
const PAGE: &str = "http://localhost:3000/docs/oauth-receiver.html";
const SERVER: &str = "http://localhost:3000/authorization-code/callback";
const VERIFIER: &str = "verifier-verifier-verifier-verifier-verifier";

type Form = Vec<(&'static str, String)>;

struct Client {
    emulator: Emulator,
    http: reqwest::Client,
}

impl Client {
    fn of(emulator: Emulator) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
        Self { emulator, http: http.build().unwrap() }
    }

    async fn new() -> Self {
        Self::of(Emulator::start().await.unwrap())
    }

    fn application(&self) -> &Application {
        &self.emulator.directory().applications()[0]
    }

    fn endpoint(&self, name: &str) -> String {
        format!("{}/{CONTOSO}/oauth2/v2.0/{name}", self.emulator.origin())
    }

    fn request(&self, redirect_uri: &str) -> Form {
        let id = self.application().application_id();
        vec![
            ("client_id", id.to_owned()),
            ("redirect_uri", redirect_uri.to_owned()),
            ("response_type", "code".to_owned()),
            ("scope", format!("{id}/Files.Read")),
            ("state", "s".to_owned()),
            ("code_challenge", URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()))),
            ("code_challenge_method", "S256".to_owned()),
            ("account", "adele@contoso.test".to_owned()),
        ]
    }

    /// What comes back to the redirect URI when the person presses the button.
    async fn authorize(&self, request: Form) -> Vec<(String, String)> {
        let answer = self.http.post(self.endpoint("authorize")).form(&request).send().await.unwrap();
        let location: Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
        location.query_pairs().into_owned().collect()
    }

    async fn code(&self, request: Form) -> String {
        let answer = self.authorize(request).await;
        assert_eq!(answer[0].0, "code", "{answer:?}");
        answer[0].1.clone()
    }

    async fn redemption(&self, redirect_uri: &str) -> Form {
        vec![
            ("grant_type", "authorization_code".to_owned()),
            ("client_id", self.application().application_id().to_owned()),
            ("redirect_uri", redirect_uri.to_owned()),
            ("code_verifier", VERIFIER.to_owned()),
            ("code", self.code(self.request(redirect_uri)).await),
        ]
    }

    /// As a browser sends it for a page, or, without an origin, as a server does.
    async fn post(&self, form: &Form, origin: Option<&str>) -> Response {
        let request = self.http.post(self.endpoint("token")).form(form);
        let request = origin.into_iter().fold(request, |request, origin| request.header("origin", origin));
        request.send().await.unwrap()
    }

    async fn tokens(&self, form: &Form, origin: Option<&str>) -> Value {
        let answer = self.post(form, origin).await;
        let status = answer.status();
        let body = answer.json().await.unwrap();
        assert_eq!(status, 200, "{body}");
        body
    }

    /// Status and code of a refusal, which a page can read.
    async fn refusal(&self, form: &Form, origin: Option<&str>) -> (u16, u64) {
        let answer = self.post(form, origin).await;
        assert_eq!(answer.headers()["access-control-allow-origin"], "*", "the page cannot read why");
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap();
        (status, body["error_codes"][0].as_u64().unwrap_or_else(|| panic!("{body}")))
    }

    /// What a token says, if the key that it names is published and signed it.
    async fn verified(&self, token: &str) -> Value {
        let address = format!("{}/{CONTOSO}/discovery/v2.0/keys", self.emulator.origin());
        let set: Value = self.http.get(address).send().await.unwrap().json().await.unwrap();
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let [header, claims, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
        let id = serde_json::from_slice::<Value>(&decode(header)).unwrap()["kid"].clone();
        let key = set["keys"].as_array().unwrap().iter().find(|key| key["kid"] == id).unwrap();
        let key = ["n", "e"].map(|name| decode(key[name].as_str().unwrap()));
        let [n, e] = key;
        let signed = format!("{header}.{claims}");
        let key = PublicKeyComponents { n, e };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &decode(signature)).unwrap();
        serde_json::from_slice(&decode(claims)).unwrap()
    }
}

fn with(mut form: Form, (name, value): (&'static str, &str)) -> Form {
    form.retain(|(found, _)| *found != name);
    form.push((name, value.to_owned()));
    form
}

fn names(body: &Value) -> String {
    body.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_page_redeems_its_code_with_the_verifier_and_no_secret() {
    let client = Client::new().await;
    for page in [PAGE, "http://localhost:9/docs/oauth-receiver.html"] {
        let answer = client.post(&client.redemption(page).await, Some(ORIGIN)).await;
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        assert_eq!(answer.status(), 200);
        let body: Value = answer.json().await.unwrap();
        assert_eq!(
            names(&body),
            "access_token expires_in ext_expires_in scope token_type",
            "no more than was asked for"
        );
        let id = client.application().application_id();
        assert_eq!(body["scope"], format!("{id}/Files.Read"), "as it was asked for");
        let claims = client.verified(body["access_token"].as_str().unwrap()).await;
        for (name, expected) in
            [("aud", json!(id)), ("azp", json!(id)), ("azpacr", json!("0")), ("scp", json!("Files.Read"))]
        {
            assert_eq!(claims[name], expected, "{name}");
        }
        assert_eq!(claims["roles"], json!(["Admin"]));
    }
}

#[tokio::test]
async fn an_empty_secret_counts_as_no_secret() {
    let client = Client::new().await;
    let redemption = with(client.redemption(PAGE).await, ("client_secret", ""));
    client.tokens(&redemption, Some(ORIGIN)).await;
}

#[tokio::test]
async fn a_page_without_a_challenge_gets_no_code_and_a_server_does() {
    let client = Client::new().await;
    let request = |redirect_uri| with(client.request(redirect_uri), ("code_challenge", ""));
    let refused = client.authorize(request(PAGE)).await;
    assert_eq!(refused[0], ("error".to_owned(), "invalid_request".to_owned()));
    assert!(refused[1].1.starts_with("AADSTS9002325: "), "{refused:?}");
    assert!(refused.contains(&("state".to_owned(), "s".to_owned())), "{refused:?}");
    client.code(request(SERVER)).await;
}

#[tokio::test]
async fn a_server_cannot_redeem_the_code_of_a_page() {
    let client = Client::new().await;
    let redemption = client.redemption(PAGE).await;
    assert_eq!(client.refusal(&redemption, None).await, (400, 9_002_327));
    let proven = with(redemption, ("client_secret", client.application().client_secret()));
    assert_eq!(client.refusal(&proven, None).await, (400, 9_002_327));
}

#[tokio::test]
async fn a_page_cannot_redeem_the_code_of_a_server() {
    let client = Client::new().await;
    let redemption = client.redemption(SERVER).await;
    let proven = with(redemption.clone(), ("client_secret", client.application().client_secret()));
    for form in [&redemption, &proven] {
        assert_eq!(client.refusal(form, Some(ORIGIN)).await, (400, 9_002_326));
    }
    let body: Value = client.post(&proven, Some(ORIGIN)).await.json().await.unwrap();
    let described = body["error_description"].as_str().unwrap();
    assert!(described.contains("Request origin: 'http://localhost:3000'."), "{described}");
    assert_eq!(client.refusal(&redemption, None).await, (401, 7_000_218));
    client.tokens(&proven, None).await;
}

#[tokio::test]
async fn a_page_gets_no_token_for_the_application_itself() {
    let client = Client::new().await;
    let scope = format!("{}/.default", client.application().application_id());
    let form = with(client.request(PAGE), ("grant_type", "client_credentials"));
    let form = with(with(form, ("scope", &scope)), ("client_secret", client.application().client_secret()));
    assert_eq!(client.refusal(&form, Some(ORIGIN)).await, (400, 9_002_326));
    client.tokens(&form, None).await;
}

#[tokio::test]
async fn a_page_that_sends_a_secret_is_refused() {
    let client = Client::new().await;
    for name in ["client_secret", "client_assertion"] {
        let form = with(client.redemption(PAGE).await, (name, client.application().client_secret()));
        assert_eq!(client.refusal(&form, Some(ORIGIN)).await, (401, 700_025), "{name}");
    }
    let form = client.redemption(PAGE).await;
    let request = client.http.post(client.endpoint("token")).form(&form).header("origin", ORIGIN);
    let application = client.application();
    let request = request.basic_auth(application.application_id(), Some(application.client_secret()));
    let body: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(body["error_codes"], json!([700_025]));
}

#[tokio::test]
async fn each_mistake_of_a_page_has_its_code() {
    let client = Client::new().await;
    for (change, expected) in [
        (("code_verifier", "another-verifier-another-verifier-another-verifier"), (400, 501_481)),
        (("code_verifier", ""), (400, 501_481)),
        (("redirect_uri", SERVER), (400, 500_112)),
        (("code", "unknown"), (400, 70000)),
        (("code", ""), (400, 900_144)),
        (("client_id", "99999999-9999-4999-8999-999999999999"), (400, 700_016)),
        (("client_id", client.emulator.directory().applications()[1].application_id()), (400, 70000)),
        (("client_id", ""), (400, 900_144)),
        (("grant_type", ""), (400, 900_144)),
        (("grant_type", "password"), (400, 70003)),
    ] {
        let form = with(client.redemption(PAGE).await, change);
        assert_eq!(client.refusal(&form, Some(ORIGIN)).await, expected, "{change:?}");
    }
}

#[tokio::test]
async fn a_browser_that_asks_first_is_told_what_a_page_may_send() {
    let client = Client::new().await;
    let request = client.http.request(Method::OPTIONS, client.endpoint("token")).header("origin", ORIGIN);
    let request = request.header("access-control-request-method", "POST");
    let answer = request.header("access-control-request-headers", "x-requested-with").send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    for (name, expected) in [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "POST, OPTIONS"),
        ("access-control-allow-headers", "authorization, content-type, x-requested-with"),
        ("access-control-max-age", "86400"),
    ] {
        assert_eq!(answer.headers()[name], expected, "{name}");
    }
    assert_eq!(client.emulator.transcript().last().unwrap().method, "OPTIONS");
}

#[tokio::test]
async fn a_refresh_token_of_a_page_stays_with_pages() {
    let client = Client::new().await;
    let scope = format!("offline_access {}/Files.Read", client.application().application_id());
    let code = client.code(with(client.request(PAGE), ("scope", &scope))).await;
    let mut tokens = client.tokens(&with(client.redemption(PAGE).await, ("code", &code)), Some(ORIGIN)).await;
    for _ in ["the first", "a later one"] {
        let refresh: Form = vec![
            ("grant_type", "refresh_token".to_owned()),
            ("client_id", client.application().application_id().to_owned()),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap().to_owned()),
        ];
        let proven = with(refresh.clone(), ("client_secret", client.application().client_secret()));
        assert_eq!(client.refusal(&proven, None).await, (400, 9_002_327));
        assert_eq!(client.refusal(&proven, Some(ORIGIN)).await, (401, 700_025));
        let unknown = with(refresh.clone(), ("refresh_token", "unknown"));
        assert_eq!(client.refusal(&unknown, Some(ORIGIN)).await, (400, 70000));
        tokens = client.tokens(&refresh, Some(ORIGIN)).await;
    }
    assert_eq!(client.verified(tokens["access_token"].as_str().unwrap()).await["azpacr"], "0");
}

#[tokio::test]
async fn a_redirect_uri_is_of_one_platform() {
    for (server, page) in [
        ("https://app.test/callback", "https://app.test/callback"),
        ("http://localhost:3000/callback", "http://localhost:3001/callback"),
    ] {
        let both = Application::new("a").redirect_uri(server).single_page_redirect_uri(page);
        let error = Emulator::builder().application(both).start().await.unwrap_err();
        let StartError::AmbiguousRedirectUri { name, found } = &error else { panic!("{error}") };
        assert_eq!((name.as_str(), found.as_str()), ("a", page));
    }
}

#[tokio::test]
async fn a_seed_may_register_pages() {
    let seed: Directory = serde_json::from_value(json!({
        "tenants": [{
            "id": CONTOSO,
            "domains": ["contoso.test"],
            "users": [{ "name": "A", "user_name": "adele@contoso.test", "id": "dddddddd-0000-4000-8000-000000000004" }],
        }],
        "applications": [{
            "name": "a",
            "client_id": "ffffffff-0000-4000-8000-000000000006",
            "secret": "s",
            "redirect_uris": [],
            "single_page_redirect_uris": ["https://app.test/page"],
            "scopes": ["Files.Read"],
        }],
    }))
    .unwrap();
    let client = Client::of(Emulator::builder().seed(seed).start().await.unwrap());
    client.tokens(&client.redemption("https://app.test/page").await, Some("https://app.test")).await;
}
