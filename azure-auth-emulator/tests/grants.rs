//! Tokens for other APIs: renewed, on behalf of a person, and for the application itself.

use azure_auth_emulator::{Application, Defect, Emulator, EmulatorBuilder, ForcedError, SignedBy, TokenGrant};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Response;
use serde_json::{Map, Value, json};
use url::Url;

const CONTOSO: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const REDIRECT_URI: &str = "http://localhost:3000/authorization-code/callback";
const GRAPH: &str = "https://graph.microsoft.com";
const STORAGE: &str = "https://storage.azure.com";
const STEP_UP: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
const CAPABLE: &str = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;

/// An application without any library.
struct Client {
    emulator: Emulator,
    http: reqwest::Client,
}

impl Client {
    async fn new() -> Self {
        Self::of(Emulator::builder()).await
    }

    async fn of(builder: EmulatorBuilder) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
        Self { emulator: builder.start().await.unwrap(), http: http.build().unwrap() }
    }

    fn registration(&self, name: &str) -> &Application {
        let mut applications = self.emulator.directory().applications().iter();
        applications.find(|application| application.name() == name).unwrap()
    }

    /// The whole way of a person who agrees to everything.
    async fn sign_in(&self, scope: &str, more: &[(&str, &str)]) -> Value {
        let application = self.registration("Local application");
        let address = format!("{}/{CONTOSO}/oauth2/v2.0/authorize", self.emulator.origin());
        let form = [
            ("client_id", application.application_id()),
            ("redirect_uri", REDIRECT_URI),
            ("response_type", "code"),
            ("scope", scope),
            ("account", "alex@contoso.test"),
            ("consent", "1"),
        ];
        let answer = self.http.post(address).form(&[&form, more].concat()).send().await.unwrap();
        let location: Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
        let (_, code) = location.query_pairs().find(|(name, _)| name == "code").unwrap();
        let form = [("grant_type", "authorization_code"), ("redirect_uri", REDIRECT_URI), ("code", &code)];
        self.ask("Local application", &form).await
    }

    async fn refresh(&self, tokens: &Value, more: &[(&str, &str)]) -> Value {
        let token = tokens["refresh_token"].as_str().unwrap();
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.ask("Local application", &[&form, more].concat()).await
    }

    async fn on_behalf_of(&self, assertion: &str, scope: &str, more: &[(&str, &str)]) -> Value {
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("requested_token_use", "on_behalf_of"),
            ("assertion", assertion),
            ("scope", scope),
        ];
        self.ask("Local orders", &[&form, more].concat()).await
    }

    /// A token of a person for the API between.
    fn caller(&self) -> azure_auth_emulator::TokenBuilder<'_> {
        let orders = self.registration("Local orders");
        self.emulator.access_token().user("alex@contoso.test").client("Local application").audience(orders.uri())
    }

    async fn for_itself(&self, scope: &str) -> Value {
        self.ask("Local daemon", &[("grant_type", "client_credentials"), ("scope", scope)]).await
    }

    async fn ask(&self, name: &str, form: &[(&str, &str)]) -> Value {
        self.post(CONTOSO, name, form).await.json().await.unwrap()
    }

    async fn post(&self, tenant: &str, name: &str, form: &[(&str, &str)]) -> Response {
        let application = self.registration(name);
        let client = [("client_id", application.application_id()), ("client_secret", application.client_secret())];
        let address = format!("{}/{tenant}/oauth2/v2.0/token", self.emulator.origin());
        self.http.post(address).form(&[&client, form].concat()).send().await.unwrap()
    }
}

fn part(token: &str, index: usize) -> Map<String, Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()).unwrap()
}

/// The claims of an answer's access token.
fn claims(answer: &Value) -> Map<String, Value> {
    part(answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")), 1)
}

fn code(answer: &Value) -> u64 {
    answer["error_codes"][0].as_u64().unwrap_or_else(|| panic!("{answer}"))
}

#[tokio::test]
async fn a_refresh_token_brings_a_token_for_every_api_that_was_agreed_to_one_at_a_time() {
    let client = Client::new().await;
    let orders = client.registration("Local orders").uri();
    let scope = format!(
        "openid offline_access {GRAPH}/User.Read {STORAGE}/user_impersonation {orders}/orders.read \
         https://vault.azure.net/user_impersonation https://management.azure.com//user_impersonation"
    );
    let mut tokens = client.sign_in(&scope, &[]).await;
    assert_eq!(claims(&tokens)["aud"], GRAPH, "the API named first");
    for (scope, audience, version, granted) in [
        (format!("{GRAPH}/user.READ"), GRAPH, "1.0", "openid User.Read"),
        (format!("{STORAGE}/user_impersonation"), STORAGE, "1.0", "user_impersonation"),
        (format!("{STORAGE}/.default"), STORAGE, "1.0", "user_impersonation"),
        ("https://vault.azure.net/.default".to_owned(), "https://vault.azure.net", "1.0", "user_impersonation"),
        (
            "https://management.azure.com//.default".to_owned(),
            "https://management.azure.com/",
            "1.0",
            "user_impersonation",
        ),
        (format!("{orders}/Orders.Read"), client.registration("Local orders").application_id(), "2.0", "Orders.Read"),
    ] {
        let renewed = client.refresh(&tokens, &[("scope", &scope)]).await;
        let found = claims(&renewed);
        assert_eq!((&found["aud"], &found["ver"], &found["scp"]), (&audience.into(), &version.into(), &granted.into()));
        if version == "1.0" {
            assert_eq!(found["iss"], format!("https://sts.windows.net/{CONTOSO}/"), "{scope}");
        }
        let is_opaque = part(renewed["access_token"].as_str().unwrap(), 0).contains_key("nonce");
        assert_eq!(is_opaque, audience == GRAPH, "{scope}");
        assert_ne!(renewed["refresh_token"], tokens["refresh_token"], "{scope}");
        assert_eq!(code(&client.refresh(&tokens, &[("scope", "Mail.Read")]).await), 65001, "the old one is good");
        tokens = renewed;
    }
    let both = format!("{GRAPH}/User.Read {STORAGE}/user_impersonation");
    assert_eq!(code(&client.refresh(&tokens, &[("scope", &both)]).await), 28000);
    assert_eq!(code(&client.refresh(&tokens, &[("scope", "https://storage.azure.com/Blobs.Read")]).await), 70011);
}

#[tokio::test]
async fn the_answer_repeats_what_was_granted_as_it_is_registered() {
    let client = Client::new().await;
    let tokens = client.sign_in(&format!("openid offline_access {GRAPH}/mail.READ"), &[]).await;
    assert_eq!(tokens["scope"], format!("openid {GRAPH}/Mail.Read"));
    let members: Vec<&String> = tokens.as_object().unwrap().keys().collect();
    let expected = ["access_token", "expires_in", "ext_expires_in", "id_token", "refresh_token", "scope", "token_type"];
    assert_eq!(members, expected);
}

#[tokio::test]
async fn consent_given_later_is_enough_for_a_refresh_token_of_before() {
    let client = Client::new().await;
    let tokens = client.sign_in("openid offline_access User.Read", &[]).await;
    let missing = client.refresh(&tokens, &[("scope", "Mail.Read")]).await;
    assert_eq!((code(&missing), &missing["error"]), (65001, &json!("invalid_grant")));
    assert_eq!(missing["suberror"], "consent_required");
    client.emulator.consent("alex@contoso.test", "Local application", "Mail.Read").unwrap();
    assert_eq!(claims(&client.refresh(&tokens, &[("scope", "Mail.Read")]).await)["scp"], "openid Mail.Read");
    client.emulator.withdraw_consent("alex@contoso.test").unwrap();
    assert_eq!(code(&client.refresh(&tokens, &[("scope", "Mail.Read")]).await), 65001);
}

#[tokio::test]
async fn a_refresh_token_ends_when_it_is_revoked_or_was_not_used() {
    let client = Client::new().await;
    let tokens = client.sign_in("openid offline_access", &[]).await;
    client.emulator.revoke_refresh_tokens("adele@contoso.test").unwrap();
    assert!(client.refresh(&tokens, &[]).await["access_token"].is_string(), "those of another person");
    client.emulator.revoke_refresh_tokens("alex@contoso.test").unwrap();
    let revoked = client.refresh(&tokens, &[]).await;
    assert_eq!((code(&revoked), &revoked["error"]), (50173, &json!("invalid_grant")));
    let later = client.sign_in("openid offline_access", &[]).await;
    assert!(client.refresh(&later, &[]).await["access_token"].is_string(), "one of a later sign-in");
    client.emulator.expire_refresh_tokens("alex@contoso.test").unwrap();
    assert_eq!(code(&client.refresh(&later, &[]).await), 700_082);
    assert!(client.emulator.revoke_refresh_tokens("nobody").is_err());
}

#[tokio::test]
async fn an_api_calls_another_one_for_the_person_who_called_it() {
    let client = Client::new().await;
    let assertion = client.caller().issue();
    let answer = client.on_behalf_of(&assertion, &format!("{GRAPH}/User.Read"), &[]).await;
    let found = claims(&answer);
    let person = client.emulator.directory().users().find(|user| user.user_name() == "alex@contoso.test").unwrap();
    assert_eq!((&found["aud"], &found["scp"]), (&json!(GRAPH), &json!("User.Read")));
    assert_eq!((&found["oid"], &found["tid"]), (&json!(person.object_id()), &json!(CONTOSO)));
    assert_eq!(found["appid"], client.registration("Local orders").application_id());
    assert_eq!(answer["scope"], format!("{GRAPH}/User.Read"));
    assert_eq!((answer.get("refresh_token"), answer.get("id_token")), (None, None));

    let lasting = client.on_behalf_of(&assertion, &format!("offline_access {GRAPH}/.default"), &[]).await;
    let form = [("grant_type", "refresh_token"), ("refresh_token", lasting["refresh_token"].as_str().unwrap())];
    let renewed = client.ask("Local orders", &form).await;
    assert_eq!((&claims(&renewed)["scp"], renewed.get("id_token")), (&json!("User.Read"), None));
    assert_eq!(code(&client.ask("Local application", &form).await), 70000, "it is the API's");
}

#[tokio::test]
async fn only_a_good_token_of_a_person_for_the_api_itself_is_an_assertion() {
    let client = Client::new().await;
    let default = client.emulator.access_token().user("alex@contoso.test");
    let first_version = client.caller().version(1).audience(client.registration("Local orders").uri());
    let guest = client.caller().user("grady@fabrikam.onmicrosoft.com").tenant("fabrikam.onmicrosoft.com");
    for (name, assertion, expected) in [
        ("good", client.caller().issue(), 0),
        ("version 1.0", first_version.issue(), 0),
        ("for another API", default.clone().issue(), 500_131),
        ("for Graph", default.clone().graph().issue(), 50013),
        ("an ID token", default.id_token().issue(), 500_131),
        ("expired", client.caller().expires_in(-1).issue(), 500_133),
        ("without end", client.caller().without("exp").issue(), 500_133),
        ("of an application", client.caller().application("Local daemon").issue(), 50013),
        ("forged", client.caller().signed_by(SignedBy::Impostor).issue(), 50013),
        ("unsigned", client.caller().signed_by(SignedBy::Nobody).issue(), 50013),
        ("by its public key", client.caller().signed_by(SignedBy::PublicKey).issue(), 50013),
        ("of another issuer", client.caller().claim("iss", "https://other.example/v2.0").issue(), 50013),
        ("of another tenant", guest.issue(), 50013),
        ("of nobody", client.caller().claim("oid", "99999999-9999-4999-8999-999999999999").issue(), 50013),
        ("no token", "x".to_owned(), 50013),
        ("nothing", String::new(), 900_144),
    ] {
        let answer = client.on_behalf_of(&assertion, &format!("{GRAPH}/User.Read"), &[]).await;
        let found = answer["error_codes"][0].as_u64().unwrap_or_default();
        assert_eq!(found, expected, "{name}: {answer}");
        assert!(found == 0 || found == 900_144 || answer["error"] == "invalid_grant", "{name}: {answer}");
    }
}

#[tokio::test]
async fn what_an_api_may_do_for_a_person_is_what_was_agreed_to_for_the_api() {
    let client = Client::new().await;
    let assertion = client.caller().issue();
    let answer = client.on_behalf_of(&assertion, &format!("{GRAPH}/Mail.Read"), &[]).await;
    assert_eq!((code(&answer), &answer["suberror"]), (65001, &json!("consent_required")));
    client.emulator.consent("alex@contoso.test", "Local application", "Mail.Read").unwrap();
    assert_eq!(code(&client.on_behalf_of(&assertion, &format!("{GRAPH}/Mail.Read"), &[]).await), 65001);
    client.emulator.consent("alex@contoso.test", "Local orders", "Mail.Read").unwrap();
    let answer = client.on_behalf_of(&assertion, &format!("{GRAPH}/Mail.Read"), &[]).await;
    assert_eq!(claims(&answer)["scp"], "Mail.Read");
    let several = format!("{GRAPH}/Mail.Read {STORAGE}/user_impersonation");
    assert_eq!(code(&client.on_behalf_of(&assertion, &several, &[]).await), 28000);
    assert_eq!(code(&client.on_behalf_of(&assertion, "", &[]).await), 900_144);
}

#[tokio::test]
async fn on_behalf_of_is_asked_of_the_persons_tenant_with_the_right_words() {
    let client = Client::new().await;
    let assertion = client.caller().issue();
    let ask = async |tenant: &str, more: &[(&str, &str)]| {
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", assertion.as_str()),
            ("scope", "User.Read"),
        ];
        let answer: Value = client.post(tenant, "Local orders", &[&form, more].concat()).await.json().await.unwrap();
        answer["error_codes"][0].as_u64()
    };
    let right = ("requested_token_use", "on_behalf_of");
    assert_eq!(ask(CONTOSO, &[right]).await, None);
    assert_eq!(ask(CONTOSO, &[]).await, Some(900_144));
    assert_eq!(ask(CONTOSO, &[("requested_token_use", "other")]).await, Some(900_144));
    assert_eq!(ask("fabrikam.onmicrosoft.com", &[right]).await, Some(50013));
}

#[tokio::test]
async fn an_application_gets_tokens_for_apis_of_microsoft_with_the_roles_it_was_granted() {
    let client = Client::new().await;
    for (scope, audience, roles) in [
        (format!("{GRAPH}/.default"), GRAPH, Some(json!(["Organization.Read.All", "User.Read.All"]))),
        (format!("{STORAGE}/.default"), STORAGE, None),
        ("https://management.azure.com//.default".to_owned(), "https://management.azure.com/", None),
    ] {
        let answer = client.for_itself(&scope).await;
        let found = claims(&answer);
        assert_eq!((&found["aud"], found.get("roles").cloned()), (&json!(audience), roles), "{scope}");
        assert_eq!((found.get("scp"), &found["idtyp"]), (None, &json!("app")));
        assert_eq!((answer.get("scope"), answer.get("refresh_token")), (None, None));
    }
    assert_eq!(code(&client.for_itself(&format!("{GRAPH}/User.Read.All")).await), 70011);
    assert_eq!(code(&client.for_itself(&format!("{GRAPH}/.default {STORAGE}/.default")).await), 28000);
}

#[tokio::test]
async fn a_token_lives_as_long_as_a_test_wants_and_says_when_to_renew_it() {
    let client = Client::of(Emulator::builder().access_token_lifetime(90)).await;
    let scope = format!("{GRAPH}/.default");
    let answer = client.for_itself(&scope).await;
    assert_eq!((&answer["expires_in"], answer.get("refresh_in")), (&json!(90), None));
    assert_eq!(claims(&answer)["exp"].as_u64().unwrap() - claims(&answer)["iat"].as_u64().unwrap(), 90 + 300);
    client.emulator.set_access_token_lifetime(7200);
    assert_eq!(client.for_itself(&scope).await["refresh_in"], 3600, "half of the life of a long one");
    client.emulator.set_refresh_in(5);
    let answer = client.for_itself(&scope).await;
    assert_eq!((&answer["refresh_in"], &answer["ext_expires_in"]), (&json!(5), &json!(7200)));
}

#[tokio::test]
async fn who_can_deal_with_challenges_gets_long_tokens_of_graph() {
    let client = Client::new().await;
    let tokens = client.sign_in("openid offline_access User.Read", &[]).await;
    assert!(tokens["expires_in"].as_u64().unwrap() < 7200);
    let long = client.refresh(&tokens, &[("claims", CAPABLE)]).await;
    assert_eq!((&long["expires_in"], &long["refresh_in"]), (&json!(86_400), &json!(43_200)));
    assert_eq!(claims(&long)["xms_cc"], json!(["CP1"]));
    assert_eq!(code(&client.refresh(&tokens, &[("claims", "cp1")]).await), 90023, "it is not JSON");
}

#[tokio::test]
async fn claims_that_were_asked_for_are_in_the_token() {
    let client = Client::new().await;
    let both = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}},"id_token":{"acrs":{"value":"c2"}}}"#;
    let tokens = client.sign_in("openid offline_access User.Read", &[("claims", both)]).await;
    assert_eq!(claims(&tokens)["acrs"], json!(["c1"]));
    assert_eq!(part(tokens["id_token"].as_str().unwrap(), 1)["acrs"], json!(["c2"]));
    let tokens = client.sign_in("openid offline_access User.Read", &[]).await;
    assert_eq!(claims(&tokens).get("acrs"), None);
    assert_eq!(claims(&client.refresh(&tokens, &[("claims", STEP_UP)]).await)["acrs"], json!(["c1"]));
}

#[tokio::test]
async fn what_only_the_person_can_prove_is_demanded_of_them() {
    let client = Client::new().await;
    let tokens = client.sign_in("openid offline_access User.Read", &[]).await;
    client.emulator.require_interaction("alex@contoso.test", STEP_UP).unwrap();
    let scope = format!("{GRAPH}/User.Read");
    let on_behalf = client.on_behalf_of(&client.caller().issue(), &scope, &[]).await;
    for answer in [client.refresh(&tokens, &[("claims", STEP_UP)]).await, on_behalf] {
        assert_eq!((code(&answer), &answer["error"]), (50076, &json!("interaction_required")));
        assert_eq!(answer["suberror"], "basic_action");
        let claims: Value = serde_json::from_str(answer["claims"].as_str().unwrap()).unwrap();
        assert_eq!(claims, serde_json::from_str::<Value>(STEP_UP).unwrap(), "a text with JSON in it");
    }
    let unproven = client.sign_in("openid offline_access User.Read", &[]).await;
    assert!(unproven["access_token"].is_string(), "who is here is asked on the spot");
    let proven = client.sign_in("openid offline_access User.Read", &[("claims", STEP_UP)]).await;
    assert!(client.refresh(&proven, &[]).await["access_token"].is_string());
    client.emulator.clear_defects();
    assert!(client.refresh(&tokens, &[]).await["access_token"].is_string());
}

#[tokio::test]
async fn an_error_may_be_forced_for_one_grant_and_so_many_times() {
    let client = Client::new().await;
    let tokens = client.sign_in("openid offline_access User.Read", &[]).await;
    let error = |code| ForcedError::at_grant(TokenGrant::RefreshToken, "temporarily_unavailable", code);
    client.emulator.force_error(error(90055).status(429).retry_after(7).times(2));
    for (status, retry_after) in [(429, Some("7")), (429, Some("7")), (200, None)] {
        let form = [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
        assert!(client.for_itself(&format!("{GRAPH}/.default")).await["access_token"].is_string());
        let answer = client.post(CONTOSO, "Local application", &form).await;
        let header = answer.headers().get("retry-after").map(|value| value.to_str().unwrap());
        assert_eq!((answer.status().as_u16(), header), (status, retry_after));
    }
    client.emulator.force_error(error(90055).times(0));
    assert!(client.refresh(&tokens, &[]).await["access_token"].is_string());
    let needed = ForcedError::at_grant(TokenGrant::ClientCredentials, "invalid_grant", 90092).claims(STEP_UP);
    client.emulator.force_error(needed.suberror("basic_action"));
    let answer = client.for_itself(&format!("{GRAPH}/.default")).await;
    assert_eq!(
        (code(&answer), &answer["claims"], &answer["suberror"]),
        (90092, &json!(STEP_UP), &json!("basic_action"))
    );
}

#[tokio::test]
async fn token_requests_are_counted_and_wait_at_a_gate() {
    let client = Client::new().await;
    let tokens = client.sign_in("openid offline_access User.Read", &[]).await;
    let gate = client.emulator.hold(TokenGrant::RefreshToken);
    let client = std::sync::Arc::new(client);
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..2 {
        let (client, tokens) = (client.clone(), tokens.clone());
        waiting.spawn(async move { client.refresh(&tokens, &[]).await });
    }
    gate.arrived(2).await;
    assert!(client.for_itself(&format!("{GRAPH}/.default")).await["access_token"].is_string(), "others do not wait");
    assert!(waiting.try_join_next().is_none());
    gate.let_through(1);
    assert!(waiting.join_next().await.unwrap().unwrap()["access_token"].is_string());
    assert_eq!((gate.count(), waiting.len()), (2, 1));
    drop(gate);
    assert!(waiting.join_next().await.unwrap().unwrap()["access_token"].is_string());
    assert!(client.refresh(&tokens, &[]).await["access_token"].is_string(), "the gate is gone");
    for (grant, expected) in [
        (TokenGrant::AuthorizationCode, 1),
        (TokenGrant::RefreshToken, 3),
        (TokenGrant::ClientCredentials, 1),
        (TokenGrant::OnBehalfOf, 0),
    ] {
        assert_eq!(client.emulator.token_requests(grant), expected, "{grant:?}");
    }
}

#[tokio::test]
async fn each_defect_of_a_token_answer_changes_one_thing() {
    let client = Client::new().await;
    let tokens = client.sign_in("openid offline_access User.Read Mail.Read", &[]).await;
    let scope = format!("{GRAPH}/User.Read");
    let renew = async || client.refresh(&tokens, &[("scope", &scope)]).await;
    let right = format!("openid {scope}");
    assert_eq!(renew().await["scope"], right);
    for (defect, name, expected) in [
        (Defect::AccessTokenMissing, "access_token", Value::Null),
        (Defect::TokenTypeOther, "token_type", json!("DPoP")),
        (Defect::TokenTypeMissing, "token_type", Value::Null),
        (Defect::ScopesMissing, "scope", Value::Null),
        (Defect::ScopesInOtherCase, "scope", json!(right.to_lowercase())),
        (Defect::ScopesFurther, "scope", json!(format!("{right} {GRAPH}/Mail.Read"))),
        (Defect::ScopesNotGranted, "scope", json!("openid")),
        (Defect::AccessTokenForAnother, "scope", json!("openid https://vault.azure.net/user_impersonation")),
    ] {
        client.emulator.inject(defect);
        assert_eq!(renew().await[name], expected, "{defect:?}");
        client.emulator.clear_defects();
    }
    client.emulator.inject(Defect::NumbersAsText);
    assert!(renew().await["expires_in"].as_str().unwrap().parse::<u64>().unwrap() > 3000);
    client.emulator.clear_defects();
    client.emulator.inject(Defect::AccessTokenForAnother);
    assert_eq!(claims(&renew().await)["aud"], "https://vault.azure.net");
    assert_eq!(claims(&client.for_itself(&format!("{GRAPH}/.default")).await)["aud"], "https://vault.azure.net");
}

#[tokio::test]
async fn the_transcript_keeps_assertions_to_itself() {
    let client = Client::new().await;
    let assertion = client.caller().issue();
    client.on_behalf_of(&assertion, &format!("{GRAPH}/User.Read"), &[]).await;
    let transcript = client.emulator.transcript();
    let length = format!("({} characters)", assertion.len());
    assert_eq!(transcript[0].parameter("assertion"), Some(length.as_str()));
    assert!(!format!("{transcript:?}").contains(&assertion));
}
