//! The emulator as a relying party sees it: right unless it is told to be wrong, and then wrong in that one way.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RsaParameters};
use azure_auth_emulator::{
    Application, ClientAuthentication, Defect, Emulator, ForcedError, PlainProvider, StartError, Tenant, User,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Response;
use serde_json::{Map, Value};
use url::Url;

const CONTOSO: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const FABRIKAM: &str = "bbbbbbbb-0000-4000-8000-000000000002";
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
const REDIRECT_URI: &str = "http://localhost:3000/authorization-code/callback";
const VERIFIER: &str = "verifier-verifier-verifier-verifier-verifier";
const NONCE: &str = "nonce-of-this-request";

/// A relying party without any library: it sends parameters and looks at answers.
struct Client {
    emulator: Emulator,
    http: reqwest::Client,
    document: Value,
}

type Parameters = Vec<(&'static str, String)>;

impl Client {
    async fn at(emulator: Emulator, authority: &str) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
        let http = http.build().unwrap();
        let issuer = if authority == "plain" { emulator.plain_issuer() } else { emulator.issuer(authority) };
        let address = format!("{issuer}/.well-known/openid-configuration");
        let document = http.get(address).send().await.unwrap().json().await.unwrap();
        Self { emulator, http, document }
    }

    fn endpoint(&self, name: &str) -> String {
        self.document[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", self.document)).to_owned()
    }

    fn registration(&self) -> (String, String) {
        let variables = self.emulator.env();
        let variable = |name| variables.iter().find(|(found, _)| found == name).unwrap().1.clone();
        (variable("AZURE_CLIENT_ID"), variable("AZURE_CLIENT_SECRET"))
    }

    fn request(&self) -> Parameters {
        vec![
            ("client_id", self.registration().0),
            ("redirect_uri", REDIRECT_URI.to_owned()),
            ("response_type", "code".to_owned()),
            ("response_mode", "query".to_owned()),
            ("scope", "openid profile email".to_owned()),
            ("state", "state-of-this-request".to_owned()),
            ("nonce", NONCE.to_owned()),
            ("code_challenge", URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()))),
            ("code_challenge_method", "S256".to_owned()),
        ]
    }

    /// What the account page sends when a person presses a button.
    async fn press(&self, parameters: Parameters, button: (&'static str, &str)) -> Response {
        let form = with(parameters, button);
        self.http.post(self.endpoint("authorization_endpoint")).form(&form).send().await.unwrap()
    }

    async fn open(&self, parameters: Parameters) -> Response {
        let mut address: Url = self.endpoint("authorization_endpoint").parse().unwrap();
        address.query_pairs_mut().extend_pairs(&parameters);
        self.http.get(address).send().await.unwrap()
    }

    async fn callback(&self, account: &str) -> Vec<(String, String)> {
        callback(&self.press(self.request(), ("account", account)).await)
    }

    async fn code(&self, account: &str) -> String {
        value(&self.callback(account).await, "code").unwrap()
    }

    fn redemption(&self, code: &str) -> Parameters {
        let (client_id, secret) = self.registration();
        vec![
            ("grant_type", "authorization_code".to_owned()),
            ("client_id", client_id),
            ("client_secret", secret),
            ("redirect_uri", REDIRECT_URI.to_owned()),
            ("code_verifier", VERIFIER.to_owned()),
            ("code", code.to_owned()),
        ]
    }

    async fn post_for_tokens(&self, parameters: Parameters) -> (u16, Value) {
        let answer = self.http.post(self.endpoint("token_endpoint")).form(&parameters).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn tokens(&self, account: &str) -> Value {
        let code = self.code(account).await;
        let (status, tokens) = self.post_for_tokens(self.redemption(&code)).await;
        assert_eq!(status, 200, "{tokens}");
        tokens
    }

    async fn id_token(&self, account: &str) -> Token {
        Token::read(self.tokens(account).await["id_token"].as_str().unwrap())
    }

    async fn published_key(&self, id: &str) -> Option<Value> {
        let set: Value = self.http.get(self.endpoint("jwks_uri")).send().await.unwrap().json().await.unwrap();
        set["keys"].as_array().unwrap().iter().find(|key| key["kid"] == id).cloned()
    }

    async fn is_signed_by_published_key(&self, token: &Token) -> bool {
        match self.published_key(token.header.get("kid").and_then(Value::as_str).unwrap_or_default()).await {
            Some(key) => token.is_signed_by(&key, &RSA_PKCS1_2048_8192_SHA256),
            None => false,
        }
    }
}

/// A token taken apart.
struct Token {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    signed: String,
    signature: Vec<u8>,
}

impl Token {
    fn read(text: &str) -> Self {
        let [header, claims, signature] = text.split('.').collect::<Vec<_>>().try_into().unwrap();
        let object = |text| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
        Self {
            header: object(header),
            claims: object(claims),
            signed: format!("{header}.{claims}"),
            signature: URL_SAFE_NO_PAD.decode(signature).unwrap(),
        }
    }

    fn is_signed_by(&self, key: &Value, algorithm: &'static RsaParameters) -> bool {
        let decode = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
        let key = PublicKeyComponents { n: decode("n"), e: decode("e") };
        key.verify(algorithm, self.signed.as_bytes(), &self.signature).is_ok()
    }
}

fn with(mut parameters: Parameters, (name, value): (&'static str, &str)) -> Parameters {
    parameters.retain(|(found, _)| *found != name);
    parameters.push((name, value.to_owned()));
    parameters
}

fn without(mut parameters: Parameters, name: &str) -> Parameters {
    parameters.retain(|(found, _)| *found != name);
    parameters
}

fn callback(answer: &Response) -> Vec<(String, String)> {
    let location = answer.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(REDIRECT_URI), "{location}");
    location.parse::<Url>().unwrap().query_pairs().into_owned().collect()
}

fn value(pairs: &[(String, String)], name: &str) -> Option<String> {
    let mut found = pairs.iter().filter(|(candidate, _)| candidate == name);
    let value = found.next().map(|(_, value)| value.clone());
    assert!(found.next().is_none(), "{name} twice in {pairs:?}");
    value
}

async fn contoso() -> Client {
    Client::at(Emulator::start().await.unwrap(), CONTOSO).await
}

#[tokio::test]
async fn every_authority_signs_tokens_that_its_own_documents_verify() {
    for (authority, account, issuer, tenant) in [
        (CONTOSO, "adele@contoso.test", format!("{CONTOSO}/v2.0"), Some(CONTOSO)),
        ("Contoso.test", "adele@contoso.test", format!("{CONTOSO}/v2.0"), Some(CONTOSO)),
        (CONTOSO, "grady@fabrikam.onmicrosoft.com", format!("{CONTOSO}/v2.0"), Some(CONTOSO)),
        ("common", "megan@fabrikam.onmicrosoft.com", format!("{FABRIKAM}/v2.0"), Some(FABRIKAM)),
        ("common", "patti@outlook.test", format!("{CONSUMERS}/v2.0"), Some(CONSUMERS)),
        ("organizations", "adele@contoso.test", format!("{CONTOSO}/v2.0"), Some(CONTOSO)),
        ("consumers", "patti@outlook.test", format!("{CONSUMERS}/v2.0"), Some(CONSUMERS)),
        ("plain", "adele@contoso.test", "plain".to_owned(), None),
    ] {
        let plain = PlainProvider { client_authentication: ClientAuthentication::Post, ..PlainProvider::default() };
        let emulator = Emulator::builder().plain_provider(plain).start().await.unwrap();
        let client = Client::at(emulator, authority).await;
        let token = client.id_token(account).await;
        assert!(client.is_signed_by_published_key(&token).await, "{authority} {account}");
        let claim = |name: &str| token.claims.get(name).and_then(Value::as_str);
        assert_eq!(claim("iss"), Some(format!("{}/{issuer}", client.emulator.origin()).as_str()), "{authority}");
        assert_eq!(claim("tid"), tenant, "{authority} {account}");
        assert_eq!(claim("aud"), Some(client.registration().0.as_str()));
        assert_eq!(claim("nonce"), Some(NONCE));
        let template = client.document["issuer"].as_str().unwrap();
        assert_eq!(claim("iss"), Some(template.replace("{tenantid}", tenant.unwrap_or_default()).as_str()));
        if let Some(key_issuer) =
            client.published_key(token.header["kid"].as_str().unwrap()).await.unwrap().get("issuer")
        {
            let key_issuer = key_issuer.as_str().unwrap().replace("{tenantid}", tenant.unwrap_or_default());
            assert_eq!(claim("iss"), Some(key_issuer.as_str()), "the key may sign for this tenant");
        }
    }
}

#[tokio::test]
async fn each_defect_of_the_id_token_changes_what_it_says_and_nothing_else() {
    let client = contoso().await;
    let honest = client.id_token("adele@contoso.test").await;
    for (defect, header, claims, verifies) in [
        (Defect::SignatureBroken, "", "", false),
        (Defect::AlgorithmNone, "alg", "", false),
        (Defect::AlgorithmHs256WithPublicKey, "alg", "", false),
        (Defect::AlgorithmRs384, "alg", "", false),
        (Defect::IssuerWrong, "", "iss", true),
        (Defect::IssuerMissing, "", "iss", true),
        (Defect::IssuerWithExtraPath, "", "iss", true),
        (Defect::AudienceWrong, "", "aud", true),
        (Defect::AudienceMissing, "", "aud", true),
        (Defect::AudienceList, "", "aud", true),
        (Defect::ExpiryMissing, "", "exp", true),
        (Defect::Expired, "", "exp", true),
        (Defect::ExpiryAsText, "", "exp", true),
        (Defect::NotBeforeInFuture, "", "nbf", true),
        (Defect::IssuedInFuture, "", "iat", true),
        (Defect::IssuedAtMissing, "", "iat", true),
        (Defect::NonceWrong, "", "nonce", true),
        (Defect::NonceMissing, "", "nonce", true),
        (Defect::TenantWrong, "", "tid", true),
        (Defect::TenantMissing, "", "tid", true),
        (Defect::TenantNotId, "", "tid", true),
        (Defect::TenantDuplicated, "", "TID", true),
        (Defect::SubjectMissing, "", "sub", true),
        (Defect::ObjectMissing, "", "oid", true),
        (Defect::KeyUnknown, "kid", "", false),
        (Defect::KeyMissing, "kid", "", false),
        (Defect::KeyForeignCloud, "kid", "", true),
        (Defect::KeyOfConsumers, "kid", "", true),
        (Defect::KeyRetired, "kid", "", false),
        (Defect::AccessTokenHashWrong, "", "at_hash", true),
        (Defect::CriticalHeader, "crit", "", true),
        (Defect::IdTokenOversized, "", "padding", true),
        (Defect::ForeignTenant, "", "acct idp iss sub tid", true),
        (Defect::VersionOne, "", "iss ver", true),
    ] {
        client.emulator.inject(defect);
        let token = client.id_token("adele@contoso.test").await;
        assert_eq!(differences(&honest.header, &token.header), words(header), "{defect:?}");
        assert_eq!(differences(&honest.claims, &token.claims), words(claims), "{defect:?}");
        assert_eq!(client.is_signed_by_published_key(&token).await, verifies, "{defect:?}");
        client.emulator.clear_defects();
    }
    assert!(client.is_signed_by_published_key(&client.id_token("adele@contoso.test").await).await);
}

fn words(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(ToOwned::to_owned).collect()
}

/// The members that differ, leaving out what is random and what the seconds between two tokens explain.
fn differences(first: &Map<String, Value>, second: &Map<String, Value>) -> BTreeSet<String> {
    let is_alike = |name: &String| match (first.get(name), second.get(name)) {
        (Some(Value::Number(first)), Some(Value::Number(second))) => {
            first.as_u64().unwrap().abs_diff(second.as_u64().unwrap()) < 300
        }
        (first, second) => first == second,
    };
    let names = first.keys().chain(second.keys()).filter(|name| !matches!(name.as_str(), "aio" | "sid" | "uti"));
    names.filter(|name| !is_alike(name)).cloned().collect()
}

#[tokio::test]
async fn a_token_of_another_algorithm_is_signed_with_it() {
    let client = contoso().await;
    client.emulator.inject(Defect::AlgorithmRs384);
    let token = client.id_token("adele@contoso.test").await;
    let key = client.published_key(token.header["kid"].as_str().unwrap()).await.unwrap();
    assert!(token.is_signed_by(&key, &RSA_PKCS1_2048_8192_SHA384), "only its algorithm is wrong");
    client.emulator.clear_defects();
    client.emulator.inject(Defect::AlgorithmNone);
    assert!(client.id_token("adele@contoso.test").await.signature.is_empty());
    client.emulator.clear_defects();
    client.emulator.inject(Defect::AlgorithmHs256WithPublicKey);
    assert_eq!(client.id_token("adele@contoso.test").await.signature.len(), 32);
}

#[tokio::test]
async fn the_other_defects_of_the_token_answer_bring_no_tokens() {
    let client = contoso().await;
    client.emulator.inject(Defect::IdTokenMissing);
    assert_eq!(client.tokens("adele@contoso.test").await.get("id_token"), None);
    client.emulator.clear_defects();
    client.emulator.inject(Defect::IdTokenNotJwt);
    assert_eq!(client.tokens("adele@contoso.test").await["id_token"], "not-a-token");
    client.emulator.clear_defects();
    client.emulator.inject(Defect::Encrypted);
    let tokens = client.tokens("adele@contoso.test").await;
    assert_eq!(tokens["id_token"].as_str().unwrap().split('.').count(), 5);
}

#[tokio::test]
async fn each_defect_of_the_callback_changes_its_parameters() {
    let client = contoso().await;
    let names = |pairs: &[(String, String)]| pairs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>().join(" ");
    assert_eq!(names(&client.callback("adele@contoso.test").await), "code state session_state");
    for (defect, expected) in [
        (Defect::StateWrong, "code state session_state"),
        (Defect::StateMissing, "code session_state"),
        (Defect::StateDuplicated, "code state state session_state"),
        (Defect::CodeMissing, "state session_state"),
        (Defect::CodeDuplicated, "code code state session_state"),
        (Defect::ErrorWithScript, "error error_description state session_state"),
        (Defect::ErrorNotAssigned, "error error_description state session_state"),
        (Defect::ErrorConditionalAccess, "error error_description state session_state"),
        (Defect::IssuerParameterWrong, "code state session_state iss"),
    ] {
        client.emulator.inject(defect);
        let pairs = client.callback("adele@contoso.test").await;
        assert_eq!(names(&pairs), expected, "{defect:?}");
        let is_asked =
            pairs.iter().filter(|(name, _)| name == "state").all(|(_, state)| state == "state-of-this-request");
        assert_eq!(is_asked, defect != Defect::StateWrong, "{defect:?}");
        client.emulator.clear_defects();
    }
}

#[tokio::test]
async fn a_forced_error_is_met_in_its_place_and_nowhere_else_until_it_is_cleared() {
    let client = contoso().await;
    let discovery = format!("{}/.well-known/openid-configuration", client.emulator.issuer(CONTOSO));
    let code = client.code("adele@contoso.test").await;

    client.emulator.force_error(ForcedError::at_redirect("access_denied", 53003));
    client.emulator.force_error(ForcedError::at_redirect("access_denied", 50105));
    let pairs = client.callback("adele@contoso.test").await;
    assert_eq!(value(&pairs, "error").as_deref(), Some("access_denied"));
    assert!(value(&pairs, "error_description").unwrap().starts_with("AADSTS50105: "), "the last one counts");
    assert_eq!(value(&pairs, "code"), None);
    assert_eq!(client.http.get(&discovery).send().await.unwrap().status(), 200);

    let error = ForcedError::at_token_endpoint("invalid_grant", 50076).suberror("basic_action");
    client.emulator.force_error(error);
    let (status, answer) = client.post_for_tokens(client.redemption(&code)).await;
    assert_eq!((status, &answer["error_codes"][0], &answer["suberror"]), (400, &50076.into(), &"basic_action".into()));
    client.emulator.force_error(ForcedError::at_token_endpoint("invalid_client", None));
    let (status, answer) = client.post_for_tokens(client.redemption(&code)).await;
    assert_eq!((status, answer.get("error_codes"), answer.get("suberror")), (401, None, None));
    assert!(!answer["error_description"].as_str().unwrap().contains("AADSTS"));

    client.emulator.force_error(ForcedError::at_discovery("invalid_tenant", 90002));
    let answer = client.http.get(&discovery).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.json::<Value>().await.unwrap()["error"], "invalid_tenant");

    client.emulator.clear_defects();
    assert_eq!(client.http.get(&discovery).send().await.unwrap().status(), 200);
    assert_eq!(client.post_for_tokens(client.redemption(&code)).await.0, 200, "the code was not used");
}

#[tokio::test]
async fn broken_documents_are_broken_in_the_way_they_are_named_for() {
    let client = contoso().await;
    let discovery = format!("{}/.well-known/openid-configuration", client.emulator.issuer(CONTOSO));
    let keys = client.endpoint("jwks_uri");
    for (address, [server_error, html, huge, redirects], member) in [
        (
            &discovery,
            [Defect::DiscoveryServerError, Defect::DiscoveryHtml, Defect::DiscoveryHuge, Defect::DiscoveryRedirects],
            "issuer",
        ),
        (&keys, [Defect::KeysServerError, Defect::KeysHtml, Defect::KeysHuge, Defect::KeysRedirect], "keys"),
    ] {
        let get = async |address: &str| client.http.get(address).send().await.unwrap();
        client.emulator.inject(server_error);
        assert_eq!(get(address).await.status(), 500);
        client.emulator.clear_defects();
        client.emulator.inject(html);
        let answer = get(address).await;
        assert_eq!((answer.status().as_u16(), &answer.headers()["content-type"]), (200, &"text/html".parse().unwrap()));
        client.emulator.clear_defects();
        client.emulator.inject(huge);
        let text = get(address).await.text().await.unwrap();
        assert!(text.len() > 1024 * 1024);
        assert!(serde_json::from_str::<Value>(&text).unwrap().get(member).is_some(), "right but for its length");
        client.emulator.clear_defects();
        client.emulator.inject(redirects);
        let answer = get(address).await;
        assert_eq!(answer.status(), 307);
        let elsewhere: Value = get(answer.headers()["location"].to_str().unwrap()).await.json().await.unwrap();
        assert!(elsewhere.get(member).is_some(), "who follows finds what was asked for");
        client.emulator.clear_defects();
    }
}

#[tokio::test]
async fn a_slow_endpoint_answers_when_the_defect_is_cleared_and_not_before() {
    let client = contoso().await;
    for (defect, address) in [
        (Defect::DiscoverySlow, format!("{}/.well-known/openid-configuration", client.emulator.issuer(CONTOSO))),
        (Defect::KeysSlow, client.endpoint("jwks_uri")),
    ] {
        client.emulator.inject(defect);
        let (http, before) = (client.http.clone(), client.emulator.transcript().len());
        let waiting = tokio::spawn(async move { http.get(address).send().await.unwrap().status().as_u16() });
        while client.emulator.transcript().len() == before {
            tokio::task::yield_now().await;
        }
        assert_eq!(client.emulator.transcript()[before].status, 0, "{defect:?}: asked and not answered");
        assert!(!waiting.is_finished(), "{defect:?}");
        client.emulator.clear_defects();
        assert_eq!(waiting.await.unwrap(), 200, "{defect:?}");
    }
}

#[tokio::test]
async fn broken_token_endpoints_say_what_the_real_one_would() {
    let client = contoso().await;
    let post = async || {
        let code = client.code("adele@contoso.test").await;
        client.http.post(client.endpoint("token_endpoint")).form(&client.redemption(&code)).send().await.unwrap()
    };
    for (defect, status) in [
        (Defect::TokenServerError, 500),
        (Defect::TokenHtml, 200),
        (Defect::TokenRedirects, 307),
        (Defect::TokenThrottled, 429),
    ] {
        client.emulator.inject(defect);
        assert_eq!(post().await.status(), status, "{defect:?}");
        client.emulator.clear_defects();
    }
    for (defect, status, code) in [(Defect::TokenSecretExpired, 401, 7_000_222), (Defect::TokenCodeSpent, 400, 54005)] {
        client.emulator.inject(defect);
        let answer = post().await;
        assert_eq!(answer.status(), status, "{defect:?}");
        assert_eq!(answer.json::<Value>().await.unwrap()["error_codes"][0], code, "{defect:?}");
        client.emulator.clear_defects();
    }
    client.emulator.inject(Defect::TokenHuge);
    let text = post().await.text().await.unwrap();
    assert!(text.len() > 1024 * 1024 && text.contains("id_token"));
}

#[tokio::test]
async fn a_code_is_good_once_and_only_for_whom_it_was_made() {
    let client = contoso().await;
    for (change, status, code) in [
        (("client_secret", "wrong"), 401, 7_000_215),
        (("client_id", "99999999-9999-4999-8999-999999999999"), 400, 700_016),
        (("redirect_uri", "http://localhost:3001/authorization-code/callback"), 400, 500_112),
        (("code_verifier", "another-verifier-another-verifier-another-verifier"), 400, 501_481),
        (("code", "unknown"), 400, 70000),
        (("grant_type", "password"), 400, 70003),
    ] {
        let redemption = client.redemption(&client.code("adele@contoso.test").await);
        let (found, body) = client.post_for_tokens(with(redemption, change)).await;
        assert_eq!((found, &body["error_codes"][0]), (status, &Value::from(code)), "{change:?}: {body}");
    }
    for missing in ["client_secret", "code", "grant_type", "client_id", "code_verifier"] {
        let redemption = client.redemption(&client.code("adele@contoso.test").await);
        let (status, body) = client.post_for_tokens(without(redemption, missing)).await;
        assert!(matches!(status, 400 | 401), "{missing}: {body}");
    }

    let code = client.code("adele@contoso.test").await;
    let (first, _) = client.post_for_tokens(client.redemption(&code)).await;
    let (second, body) = client.post_for_tokens(client.redemption(&code)).await;
    assert_eq!((first, second, &body["error_codes"][0]), (200, 400, &Value::from(54005)));
    for member in ["error", "error_description", "timestamp", "trace_id", "correlation_id", "error_uri"] {
        assert!(body[member].is_string(), "{member} in {body}");
    }
}

#[tokio::test]
async fn people_are_asked_once_and_again_when_the_request_says_so() {
    let client = contoso().await;
    let unseen = callback(&client.open(with(client.request(), ("prompt", "none"))).await);
    assert_eq!(value(&unseen, "error").as_deref(), Some("login_required"));
    let page = client.open(client.request()).await;
    assert_eq!(page.status(), 200);
    let html = page.text().await.unwrap();
    for words in
        ["Pick an account", "adele@contoso.test", "grady@fabrikam.onmicrosoft.com", "Cancel", "It is not Microsoft."]
    {
        assert!(html.contains(words), "{words}");
    }
    assert!(!html.contains("megan@"), "of another tenant");

    let chosen = client.press(client.request(), ("account", "alex@contoso.test")).await;
    let session = chosen.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let again = async |change| {
        let mut address: Url = client.endpoint("authorization_endpoint").parse().unwrap();
        address.query_pairs_mut().extend_pairs(with(client.request(), change));
        client.http.get(address).header("cookie", &session).send().await.unwrap().status().as_u16()
    };
    assert_eq!(again(("prompt", "")).await, 302, "known by now");
    assert_eq!(again(("prompt", "none")).await, 302);
    assert_eq!(again(("login_hint", "alex@contoso.test")).await, 302);
    assert_eq!(again(("login_hint", "adele@contoso.test")).await, 200, "someone else is expected");
    assert_eq!(again(("prompt", "select_account")).await, 200);
    assert_eq!(again(("prompt", "login")).await, 200);
    assert_eq!(again(("prompt", "consent")).await, 200);
    assert_eq!(again(("domain_hint", "contoso.test")).await, 302, "their own organisation");
    assert_eq!(again(("domain_hint", "fabrikam.onmicrosoft.com")).await, 200, "somebody of another one is expected");
}

#[tokio::test]
async fn a_prompt_that_does_not_exist_is_refused_and_a_stranger_cannot_be_signed_in_without_a_question() {
    let client = contoso().await;
    let unknown = callback(&client.open(with(client.request(), ("prompt", "whatever"))).await);
    assert_eq!(value(&unknown, "error").as_deref(), Some("invalid_request"));
    assert!(value(&unknown, "error_description").unwrap().starts_with("AADSTS90023: "));

    let emulator = Emulator::start().await.unwrap();
    let at_common = Client::at(emulator, "common").await;
    let megan = at_common.press(at_common.request(), ("account", "megan@fabrikam.onmicrosoft.com")).await;
    let session = megan.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let authorize = at_common.endpoint("authorization_endpoint").replace("/common/", &format!("/{CONTOSO}/"));
    let mut address: Url = authorize.parse().unwrap();
    address.query_pairs_mut().extend_pairs(with(at_common.request(), ("prompt", "none")));
    let silent = callback(&at_common.http.get(address).header("cookie", session).send().await.unwrap());
    assert_eq!(value(&silent, "error").as_deref(), Some("interaction_required"));
    assert!(value(&silent, "error_description").unwrap().starts_with("AADSTS16000: "));
}

#[tokio::test]
async fn a_domain_hint_leaves_the_accounts_of_that_organisation() {
    let client = contoso().await;
    let page = async |hint| client.open(with(client.request(), ("domain_hint", hint))).await.text().await.unwrap();
    let own = page("contoso.test").await;
    assert!(own.contains("adele@contoso.test") && !own.contains("grady@"), "{own}");
    let guests = page("fabrikam.onmicrosoft.com").await;
    assert!(guests.contains("grady@") && !guests.contains("adele@"), "{guests}");
    let unknown = page("nobody.example").await;
    assert!(unknown.contains("adele@") && unknown.contains("grady@"), "{unknown}");
}

#[tokio::test]
async fn an_administrator_agrees_or_does_not_on_a_page_and_the_application_is_told() {
    let client = contoso().await;
    let (id, _) = client.registration();
    for (path, has_scope) in [("adminconsent", false), ("v2.0/adminconsent", true)] {
        let mut address: Url = format!("{}/{CONTOSO}/{path}", client.emulator.origin()).parse().unwrap();
        address.query_pairs_mut().extend_pairs([
            ("client_id", id.as_str()),
            ("redirect_uri", REDIRECT_URI),
            ("state", "12345"),
        ]);
        if has_scope {
            address.query_pairs_mut().append_pair("scope", "https://graph.microsoft.com/.default");
        }
        let page = client.http.get(address.clone()).send().await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(page.text().await.unwrap().contains("Permissions requested"));
        let press = async |button: &str| {
            let answer = client.http.post(address.clone()).form(&[(button, "1")]).send().await.unwrap();
            callback(&answer)
        };
        let granted = press("consent").await;
        assert_eq!(value(&granted, "admin_consent").as_deref(), Some("True"));
        assert_eq!(value(&granted, "tenant").as_deref(), Some(CONTOSO));
        assert_eq!(value(&granted, "state").as_deref(), Some("12345"));
        assert_eq!(value(&granted, "scope").is_some(), has_scope);
        assert_eq!(value(&granted, "code"), None);
        let refused = press("cancel").await;
        assert_eq!(value(&refused, "error").as_deref(), Some("permission_denied"));
    }
    let foreign = format!(
        "{}/{CONTOSO}/adminconsent?client_id={id}&redirect_uri=https://evil.example/",
        client.emulator.origin()
    );
    let page = client.http.get(foreign).send().await.unwrap();
    assert_eq!(page.status(), 400, "an address that is not registered gets nothing");
}

#[tokio::test]
async fn declining_and_missing_assignments_come_back_as_errors() {
    let application = Application::new("Strict").redirect_uri(REDIRECT_URI).requires_assignment();
    let tenant = Tenant::new("small.test")
        .user(User::new("A", "a@small.test").unassigned())
        .user(User::new("B", "b@small.test"));
    let emulator = Emulator::builder().application(application).tenant(tenant).start().await.unwrap();
    let client = Client::at(emulator, "small.test").await;
    let cancelled = callback(&client.press(client.request(), ("cancel", "1")).await);
    assert_eq!(value(&cancelled, "error").as_deref(), Some("access_denied"));
    assert!(value(&cancelled, "error_description").unwrap().starts_with("AADSTS65004: "));
    let unassigned = client.callback("a@small.test").await;
    assert!(value(&unassigned, "error_description").unwrap().starts_with("AADSTS50105: "));
    assert!(value(&client.callback("b@small.test").await, "code").is_some());
}

#[tokio::test]
async fn what_cannot_go_back_safely_stays_on_a_page_of_the_provider() {
    let client = contoso().await;
    for (change, code) in [
        (("client_id", "99999999-9999-4999-8999-999999999999"), "AADSTS700016"),
        (("redirect_uri", "http://localhost:3000/other"), "AADSTS50011"),
        (("redirect_uri", "http://127.0.0.1:3000/authorization-code/callback"), "AADSTS50011"),
        (("redirect_uri", "http://[::1]:3000/authorization-code/callback"), "AADSTS50011"),
        (("redirect_uri", "http://localhost:3000/Authorization-code/callback"), "AADSTS50011"),
        (("redirect_uri", "https://evil.example/authorization-code/callback"), "AADSTS50011"),
        (("redirect_uri", ""), "AADSTS50011"),
    ] {
        let page = client.open(with(client.request(), change)).await;
        assert_eq!((page.status().as_u16(), page.headers().get("location")), (400, None), "{change:?}");
        assert!(page.text().await.unwrap().contains(code), "{change:?}");
    }
    let stranger = client.press(client.request(), ("account", "megan@fabrikam.onmicrosoft.com")).await;
    assert!(stranger.text().await.unwrap().contains("AADSTS50020"));
    let answer = client.http.get(format!("{}/.well-known/openid-configuration", client.emulator.issuer("no.test")));
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.json::<Value>().await.unwrap()["error_codes"][0], 90002);
}

#[tokio::test]
async fn malformed_requests_come_back_with_the_code_of_their_mistake() {
    let client = contoso().await;
    for (change, code) in [
        (("response_type", "id_token"), 700_054),
        (("scope", ""), 900_144),
        (("code_challenge", "short"), 50147),
        (("code_challenge_method", "plain"), 9_002_313),
    ] {
        let pairs = callback(&client.open(with(client.request(), change)).await);
        assert!(value(&pairs, "error_description").unwrap().starts_with(&format!("AADSTS{code}: ")), "{pairs:?}");
        assert_eq!(value(&pairs, "state").as_deref(), Some("state-of-this-request"));
    }
}

#[tokio::test]
async fn the_subject_of_userinfo_is_that_of_the_id_token_and_foreign_tokens_are_unknown() {
    let client = contoso().await;
    let tokens = client.tokens("adele@contoso.test").await;
    let token = Token::read(tokens["id_token"].as_str().unwrap());
    let access_token = tokens["access_token"].as_str().unwrap();
    let ask = async |token: &str| {
        client.http.get(client.endpoint("userinfo_endpoint")).bearer_auth(token).send().await.unwrap()
    };
    let person: Value = ask(access_token).await.json().await.unwrap();
    assert_eq!(person["sub"], token.claims["sub"]);
    assert_eq!((&person["name"], &person["email"]), (&"Adele Vance".into(), &"adele@contoso.test".into()));
    for foreign in ["", "x", &access_token[1..], tokens["id_token"].as_str().unwrap()] {
        assert_eq!(ask(foreign).await.status(), 401);
    }
    let graph = Token::read(access_token);
    assert!(graph.header.contains_key("nonce") && !client.is_signed_by_published_key(&graph).await, "opaque");
}

#[tokio::test]
async fn a_refresh_token_comes_with_its_scope_and_yields_new_tokens() {
    let client = contoso().await;
    assert_eq!(client.tokens("adele@contoso.test").await.get("refresh_token"), None);
    let request = with(client.request(), ("scope", "openid profile offline_access"));
    let code = value(&callback(&client.press(request, ("account", "adele@contoso.test")).await), "code").unwrap();
    let (_, tokens) = client.post_for_tokens(client.redemption(&code)).await;
    let refresh = with(client.redemption("x"), ("grant_type", "refresh_token"));
    let refresh = with(refresh, ("refresh_token", tokens["refresh_token"].as_str().unwrap()));
    let (status, renewed) = client.post_for_tokens(refresh.clone()).await;
    assert_eq!(status, 200, "{renewed}");
    let (first, second) = (tokens["id_token"].as_str().unwrap(), renewed["id_token"].as_str().unwrap());
    assert_eq!(Token::read(first).claims["sub"], Token::read(second).claims["sub"]);
    let (status, _) = client.post_for_tokens(with(refresh, ("refresh_token", "unknown"))).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn signing_out_asks_without_a_hint_and_returns_only_to_registered_addresses() {
    let client = contoso().await;
    let chosen = client.press(client.request(), ("account", "adele@contoso.test")).await;
    let session = chosen.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let sign_out = async |query: &str| {
        let address = format!("{}?{query}", client.endpoint("end_session_endpoint"));
        client.http.get(address).header("cookie", &session).send().await.unwrap()
    };
    let back = "post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fauthorization-code%2Fcallback";
    assert!(sign_out(back).await.text().await.unwrap().contains("Which account do you want to sign out of?"));
    let elsewhere = sign_out("post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F&logout_hint=x").await;
    assert_eq!((elsewhere.status().as_u16(), elsewhere.headers().get("location")), (200, None));
    let returned = sign_out(&format!("{back}&logout_hint=x&state=s")).await;
    let location = returned.headers()["location"].to_str().unwrap();
    assert_eq!(location, "http://localhost:3000/authorization-code/callback?state=s");
    assert!(returned.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
}

#[tokio::test]
async fn rotating_replaces_the_keys_at_once() {
    let client = contoso().await;
    let before = client.id_token("adele@contoso.test").await;
    client.emulator.rotate_keys().unwrap();
    let after = client.id_token("adele@contoso.test").await;
    assert_ne!(before.header["kid"], after.header["kid"]);
    assert!(client.is_signed_by_published_key(&after).await);
    assert!(!client.is_signed_by_published_key(&before).await, "its key is published no more");
    client.emulator.inject(Defect::KeyRetired);
    assert_eq!(client.id_token("adele@contoso.test").await.header["kid"], before.header["kid"]);
}

#[tokio::test]
async fn the_transcript_tells_what_was_sent_and_keeps_secrets_to_itself() {
    let client = contoso().await;
    client.tokens("adele@contoso.test").await;
    let transcript = client.emulator.transcript();
    let told: Vec<_> = transcript.iter().map(|exchange| (exchange.method.as_str(), exchange.status)).collect();
    assert_eq!(told, [("GET", 200), ("POST", 302), ("POST", 200)]);
    assert_eq!(transcript[1].parameter("scope"), Some("openid profile email"));
    assert_eq!(transcript[2].parameter("grant_type"), Some("authorization_code"));
    let printed = format!("{transcript:?}");
    for secret in [client.registration().1.as_str(), VERIFIER, NONCE, "state-of-this-request", "1."] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}

#[tokio::test]
async fn the_start_page_and_every_other_say_what_this_is() {
    let client = contoso().await;
    let page = client.http.get(client.emulator.origin()).send().await.unwrap().text().await.unwrap();
    for words in ["This is a local emulator for development. It is not Microsoft.", "Adele Vance", CONTOSO, "Client id"]
    {
        assert!(page.contains(words), "{words}");
    }
    let missing = client.http.get(format!("{}/nothing", client.emulator.origin())).send().await.unwrap();
    assert_eq!(missing.status(), 404);
    assert!(missing.text().await.unwrap().contains("It is not Microsoft."));
}

#[tokio::test]
async fn a_seed_replaces_the_directory_and_its_mistakes_are_named() {
    let readme = include_str!("../README.md");
    let seed = readme.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let emulator = Emulator::builder().seed(serde_json::from_str(seed).unwrap()).start().await.unwrap();
    let client = Client::at(emulator, "northwind.test").await;
    let token = client.id_token("nestor@northwind.test").await;
    assert_eq!(token.claims["roles"], serde_json::json!(["Admin"]));
    assert_eq!(token.claims["department"], "Research");

    let start =
        async |seed: Value| Emulator::builder().seed(serde_json::from_value(seed).unwrap()).start().await.unwrap_err();
    let empty = start(serde_json::json!({})).await;
    assert!(matches!(empty, StartError::Incomplete { missing: "tenant" }), "{empty}");
    let mut wrong: Value = serde_json::from_str(seed).unwrap();
    wrong["tenants"][0]["users"][0]["id"] = "nestor".into();
    assert_eq!(
        start(wrong).await.to_string(),
        "a tenant or person of the directory has the id \"nestor\", expected a GUID; write one like \
         aaaaaaaa-0000-4000-8000-000000000001"
    );
}

#[tokio::test]
async fn a_port_in_use_is_an_error_that_says_so() {
    let first = Emulator::start().await.unwrap();
    let port = first.origin().rsplit(':').next().unwrap().parse().unwrap();
    let second = Emulator::builder().port(port).start().await.unwrap_err().to_string();
    assert!(second.starts_with(&format!("127.0.0.1:{port} cannot be listened on: ")), "{second}");
}

#[tokio::test]
async fn a_dropped_emulator_is_gone() {
    let Client { emulator, .. } = contoso().await;
    let origin = emulator.origin().to_owned();
    drop(emulator);
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    // The listener closes as soon as its task runs again.
    while http.get(&origin).send().await.is_ok() {}
}
