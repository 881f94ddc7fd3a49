//! Access tokens as APIs and their clients see them: from the token endpoint, and made for a test.

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256;
use azure_auth_emulator::{Application, Emulator, SignedBy, StartError, TokenBuilder, User};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use url::Url;

const CONTOSO: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const STAFF: &str = "cccccccc-0000-4000-8000-000000000001";
const REDIRECT_URI: &str = "http://localhost:3000/authorization-code/callback";

/// A client of APIs, with the registration it uses.
struct Client {
    emulator: Emulator,
    http: reqwest::Client,
    application: Application,
}

impl Client {
    async fn new() -> Self {
        Self::of(Emulator::start().await.unwrap(), "Local application")
    }

    fn of(emulator: Emulator, name: &str) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
        let mut applications = emulator.directory().applications().iter();
        let application = applications.find(|application| application.name() == name).unwrap().clone();
        Self { emulator, http: http.build().unwrap(), application }
    }

    /// `{api}` in what is sent means the client id of the default application.
    fn api(&self) -> &str {
        self.emulator.directory().applications()[0].application_id()
    }

    async fn authorize(&self, account: &str, scope: &str) -> Vec<(String, String)> {
        let address = format!("{}/{CONTOSO}/oauth2/v2.0/authorize", self.emulator.origin());
        let form = [
            ("client_id", self.application.application_id()),
            ("redirect_uri", REDIRECT_URI),
            ("response_type", "code"),
            ("scope", &scope.replace("{api}", self.api())),
            ("account", account),
            ("consent", "1"),
        ];
        let answer = self.http.post(address).form(&form).send().await.unwrap();
        let location: Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
        location.query_pairs().into_owned().collect()
    }

    async fn redeem(&self, code: &str, more: &[(&str, &str)]) -> Value {
        let form = [("grant_type", "authorization_code"), ("redirect_uri", REDIRECT_URI), ("code", code)];
        self.post(CONTOSO, &[&form, more].concat()).await
    }

    /// The whole way of a person with one scope.
    async fn sign_in(&self, account: &str, scope: &str) -> Value {
        let answer = self.authorize(account, scope).await;
        let (_, code) = answer.iter().find(|(name, _)| name == "code").unwrap_or_else(|| panic!("{answer:?}"));
        self.redeem(code, &[]).await
    }

    async fn refresh(&self, tokens: &Value, scope: &str) -> Value {
        let token = tokens["refresh_token"].as_str().unwrap();
        self.post(CONTOSO, &[("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)]).await
    }

    async fn for_itself(&self, tenant: &str, scope: &str) -> Value {
        self.post(tenant, &[("grant_type", "client_credentials"), ("scope", scope)]).await
    }

    async fn post(&self, tenant: &str, form: &[(&str, &str)]) -> Value {
        let mut form: Vec<_> = form.iter().map(|(name, value)| (*name, value.replace("{api}", self.api()))).collect();
        form.push(("client_id", self.application.application_id().to_owned()));
        form.push(("client_secret", self.application.client_secret().to_owned()));
        let address = format!("{}/{tenant}/oauth2/v2.0/token", self.emulator.origin());
        self.http.post(address).form(&form).send().await.unwrap().json().await.unwrap()
    }

    /// Whether the key that the token names is published, and signed it.
    async fn verifies(&self, token: &str) -> bool {
        let address = format!("{}/common/discovery/v2.0/keys", self.emulator.origin());
        let set: Value = self.http.get(address).send().await.unwrap().json().await.unwrap();
        let header = header(token);
        let Some(key) = set["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]) else {
            return false;
        };
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (n, e) = (decode(key["n"].as_str().unwrap()), decode(key["e"].as_str().unwrap()));
        let key = PublicKeyComponents { n, e };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &decode(signature)).is_ok()
    }
}

fn header(token: &str) -> Map<String, Value> {
    part(token, 0)
}

fn claims(token: &str) -> Map<String, Value> {
    part(token, 1)
}

fn part(token: &str, index: usize) -> Map<String, Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()).unwrap()
}

fn access_token(answer: &Value) -> &str {
    answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}"))
}

fn names(members: &Map<String, Value>) -> String {
    members.keys().cloned().collect::<Vec<_>>().join(" ")
}

fn code(answer: &Value) -> u64 {
    answer["error_codes"][0].as_u64().unwrap_or_else(|| panic!("{answer}"))
}

#[tokio::test]
async fn a_scope_of_an_api_yields_a_token_for_it() {
    let client = Client::new().await;
    let answer = client.sign_in("adele@contoso.test", "openid profile api://{api}/files.read").await;
    let token = access_token(&answer);
    assert!(client.verifies(token).await);
    assert_eq!(names(&header(token)), "alg kid typ");
    let claims = claims(token);
    assert_eq!(
        names(&claims),
        "aio aud azp azpacr exp groups iat iss name nbf oid preferred_username rh roles scp sid sub tid uti ver"
    );
    let user = client.emulator.directory().users().next().unwrap();
    for (name, expected) in [
        ("aud", json!(client.api())),
        ("azp", json!(client.api())),
        ("azpacr", json!("1")),
        ("groups", json!([STAFF])),
        ("iss", json!(client.emulator.issuer(CONTOSO))),
        ("name", json!("Adele Vance")),
        ("oid", json!(user.object_id())),
        ("preferred_username", json!("adele@contoso.test")),
        ("roles", json!(["Admin"])),
        ("scp", json!("Files.Read")),
        ("tid", json!(CONTOSO)),
        ("ver", json!("2.0")),
    ] {
        assert_eq!(claims[name], expected, "{name}");
    }
    assert_eq!(answer["scope"], format!("openid profile api://{}/Files.Read", client.api()));
    let lifetime = claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap();
    assert_eq!(answer["expires_in"].as_u64().unwrap(), lifetime - 300);
}

#[tokio::test]
async fn no_scope_of_an_api_yields_a_token_for_graph() {
    let client = Client::new().await;
    for scope in ["openid", "openid User.Read", "openid https://graph.microsoft.com/.default"] {
        let answer = client.sign_in("adele@contoso.test", scope).await;
        let token = access_token(&answer);
        assert_eq!(claims(token)["aud"], "https://graph.microsoft.com", "{scope}");
        assert!(
            header(token).contains_key("nonce") && !client.verifies(token).await,
            "its signature cannot be verified"
        );
    }
}

#[tokio::test]
async fn people_differ_by_groups_roles_and_home() {
    let client = Client::new().await;
    for (account, expected) in [
        ("alex@contoso.test", "name oid preferred_username"),
        ("isaiah@contoso.test", "_claim_names _claim_sources name oid preferred_username"),
        ("grady@fabrikam.onmicrosoft.com", "acct idp name oid preferred_username"),
    ] {
        let answer = client.sign_in(account, "openid api://{api}/.default").await;
        let mut claims = claims(access_token(&answer));
        assert_eq!(claims["scp"], "Files.Read Files.ReadWrite");
        let common = ["aio", "aud", "azp", "azpacr", "exp", "iat", "iss", "nbf", "rh", "scp", "sid", "sub", "tid"];
        claims.retain(|name, _| !common.contains(&name.as_str()) && !matches!(name.as_str(), "uti" | "ver"));
        assert_eq!(names(&claims), expected, "{account}");
        let id_token = self::claims(answer["id_token"].as_str().unwrap());
        for name in ["acct", "idp", "groups", "_claim_names", "_claim_sources", "roles"] {
            assert_eq!(id_token.get(name), claims.get(name), "{account} {name}");
        }
    }
}

#[tokio::test]
async fn the_registration_of_the_api_decides_on_the_version() {
    let api = Application::new("Old")
        .redirect_uri(REDIRECT_URI)
        .identifier_uri("https://old.test")
        .scope("Files.Read")
        .app_role_for_applications("Files.Read.All")
        .application_permission("https://old.test", "Files.Read.All")
        .access_token_version(1);
    let client = Client::of(Emulator::builder().application(api).start().await.unwrap(), "Old");
    for (scope, audience) in [
        ("https://old.test/Files.Read", "https://old.test"),
        ("https://old.test//Files.Read", "https://old.test/"),
        ("{api}/Files.Read", client.api()),
    ] {
        let token = client.sign_in("grady@fabrikam.onmicrosoft.com", scope).await;
        let token = access_token(&token);
        assert!(client.verifies(token).await);
        let claims = claims(token);
        assert_eq!(
            names(&claims),
            "acct acr aio amr appid appidacr aud exp family_name given_name iat idp ipaddr iss name nbf oid rh scp sub \
             tid unique_name upn uti ver"
        );
        for (name, expected) in [
            ("appid", client.api()),
            ("appidacr", "1"),
            ("aud", audience),
            ("family_name", "Archie"),
            ("iss", &format!("{}/{CONTOSO}/", client.emulator.origin())),
            ("scp", "Files.Read"),
            ("unique_name", "grady@fabrikam.onmicrosoft.com"),
            ("upn", "grady_fabrikam.onmicrosoft.com#EXT#@contoso.onmicrosoft.com"),
            ("ver", "1.0"),
        ] {
            assert_eq!(claims[name], expected, "{name}");
        }
    }
    let answer = client.for_itself(CONTOSO, "https://old.test/.default").await;
    let claims = claims(access_token(&answer));
    assert_eq!(names(&claims), "aio appid appidacr aud exp iat iss nbf oid rh roles sub tid uti ver");
    assert_eq!((&claims["aud"], &claims["ver"]), (&json!("https://old.test"), &json!("1.0")));
}

#[tokio::test]
async fn an_application_gets_a_token_for_itself_with_what_it_was_granted() {
    for (name, roles) in [("Local daemon", Some(json!(["Files.Read.All"]))), ("Local tool", None)] {
        let client = Client::of(Emulator::start().await.unwrap(), name);
        for tenant in [CONTOSO, "contoso.test"] {
            let answer = client.for_itself(tenant, "api://{api}/.default").await;
            assert_eq!(names(answer.as_object().unwrap()), "access_token expires_in ext_expires_in token_type");
            let token = access_token(&answer);
            assert!(client.verifies(token).await);
            let mut claims = claims(token);
            assert_eq!(claims.remove("roles"), roles, "{name}");
            assert_eq!(names(&claims), "aio aud azp azpacr exp iat iss nbf oid rh sub tid uti ver");
            assert_eq!(claims["oid"], claims["sub"]);
            assert_eq!(claims["azp"], client.application.application_id());
            assert_eq!((&claims["aud"], &claims["tid"]), (&json!(client.api()), &json!(CONTOSO)));
        }
    }
}

#[tokio::test]
async fn an_api_that_wants_to_know_is_told_that_a_token_is_app_only() {
    let api = Application::new("Curious").redirect_uri(REDIRECT_URI).scope("Read").with_idtyp();
    let client = Client::of(Emulator::builder().application(api).start().await.unwrap(), "Curious");
    let answer = client.for_itself(CONTOSO, "{api}/.default").await;
    assert_eq!(claims(access_token(&answer))["idtyp"], "app");
    let answer = client.sign_in("adele@contoso.test", "{api}/Read").await;
    assert_eq!(claims(access_token(&answer)).get("idtyp"), None);
    assert_eq!(claims(access_token(&answer)).get("roles"), None, "Admin is a role of another application");
}

#[tokio::test]
async fn client_credentials_are_for_one_tenant_one_api_and_all_that_was_granted() {
    let client = Client::of(Emulator::start().await.unwrap(), "Local daemon");
    for (tenant, scope, expected) in [
        (CONTOSO, "api://{api}/Files.Read.All", 70011),
        (CONTOSO, "openid api://{api}/.default", 70011),
        (CONTOSO, "api://{api}/.default https://graph.microsoft.com/.default", 28000),
        (CONTOSO, "api://nobody/.default", 500_011),
        (CONTOSO, "", 900_144),
        ("common", "api://{api}/.default", 9_001_023),
        ("organizations", "api://{api}/.default", 9_001_023),
        ("consumers", "api://{api}/.default", 9_001_023),
    ] {
        assert_eq!(code(&client.for_itself(tenant, scope).await), expected, "{tenant} {scope}");
    }
    let graph = client.for_itself(CONTOSO, "https://graph.microsoft.com/.default").await;
    let claims = claims(access_token(&graph));
    assert_eq!((&claims["aud"], claims.get("scp")), (&json!("https://graph.microsoft.com"), None));
}

#[tokio::test]
async fn an_api_that_requires_assignment_is_closed_to_strangers() {
    let closed = Application::new("Closed").requires_assignment();
    let emulator = Emulator::builder().application(closed).start().await.unwrap();
    let client = Client::of(emulator, "Local daemon");
    assert_eq!(code(&client.for_itself(CONTOSO, "{api}/.default").await), 501_051);
}

#[tokio::test]
async fn a_sign_in_may_name_several_apis_and_a_token_is_for_one() {
    let client = Client::new().await;
    let scope = "openid offline_access api://{api}/Files.Read User.Read";
    let answer = client.authorize("adele@contoso.test", scope).await;
    let first = client.redeem(&answer[0].1, &[]).await;
    assert_eq!(claims(access_token(&first))["aud"], client.api(), "the API named first");
    let second = client.refresh(&first, "User.Read").await;
    assert_eq!(claims(access_token(&second))["aud"], "https://graph.microsoft.com");
    assert_eq!(second["scope"], "openid User.Read");
    let third = client.refresh(&second, "{api}/.default openid").await;
    assert_eq!(claims(access_token(&third))["scp"], "Files.Read", "what was agreed to, not all there is");
    for (scope, expected) in [
        ("{api}/Files.ReadWrite", 65001),
        ("{api}/Files.Read User.Read", 28000),
        ("{api}/Files.Write", 70011),
        ("api://nobody/Files.Read", 500_011),
    ] {
        assert_eq!(code(&client.refresh(&third, scope).await), expected, "{scope}");
    }
    assert_eq!(client.refresh(&first, "{api}/Files.ReadWrite").await["suberror"], "consent_required");
}

#[tokio::test]
async fn a_refresh_token_is_new_every_time_and_the_old_ones_stay_good() {
    let client = Client::new().await;
    let first = client.sign_in("adele@contoso.test", "openid offline_access {api}/Files.Read").await;
    let second = client.refresh(&first, "{api}/Files.Read").await;
    let again = client.refresh(&first, "{api}/Files.Read").await;
    let tokens = [&first, &second, &again].map(|answer| answer["refresh_token"].as_str().unwrap());
    assert!(tokens[0] != tokens[1] && tokens[1] != tokens[2] && tokens[0] != tokens[2]);
    for answer in [&second, &again] {
        assert_eq!(claims(access_token(answer))["scp"], "Files.Read");
        assert_eq!(claims(access_token(answer))["sub"], claims(access_token(&first))["sub"]);
    }
}

#[tokio::test]
async fn a_code_may_be_redeemed_for_another_api_than_the_first() {
    let client = Client::new().await;
    let answer = client.authorize("adele@contoso.test", "User.Read {api}/Files.Read {api}/Files.ReadWrite").await;
    let tokens = client.redeem(&answer[0].1, &[("scope", "{api}/Files.ReadWrite"), ("client_info", "1")]).await;
    assert_eq!(claims(access_token(&tokens))["scp"], "Files.ReadWrite");
    let account = URL_SAFE_NO_PAD.decode(tokens["client_info"].as_str().unwrap()).unwrap();
    let account: Value = serde_json::from_slice(&account).unwrap();
    assert_eq!((&account["uid"], &account["utid"]), (&claims(access_token(&tokens))["oid"], &json!(CONTOSO)));
}

#[tokio::test]
async fn what_does_not_exist_cannot_be_asked_for() {
    let client = Client::new().await;
    for (scope, error, expected) in [
        ("api://nobody/Files.Read", "invalid_resource", "AADSTS500011: "),
        ("openid {api}/Files.Write", "invalid_scope", "AADSTS70011: "),
        ("{api}/.default {api}/Files.Read", "invalid_scope", "AADSTS70011: "),
        ("openid profle", "invalid_scope", "AADSTS70011: "),
        ("openid User.Raed", "invalid_scope", "AADSTS70011: "),
        ("openid Tickets.Read", "invalid_scope", "AADSTS70011: "),
        ("https://graph.microsoft.com/User.Raed", "invalid_scope", "AADSTS70011: "),
    ] {
        let answer = client.authorize("adele@contoso.test", scope).await;
        assert_eq!(answer[0], ("error".to_owned(), error.to_owned()), "{scope}");
        assert!(answer[1].1.starts_with(expected), "{answer:?}");
    }
}

#[tokio::test]
async fn wrong_registrations_do_not_start() {
    let start = async |application| Emulator::builder().application(application).start().await.unwrap_err();
    let wrong = start(Application::new("a").application_permission("api://nobody", "Read")).await;
    assert!(matches!(wrong, StartError::WrongPermission { .. }), "{wrong}");
    let wrong = start(Application::new("a").access_token_version(3)).await;
    assert!(matches!(wrong, StartError::WrongVersion { found: 3, .. }), "{wrong}");
}

#[tokio::test]
async fn a_token_without_settings_is_good() {
    let client = Client::new().await;
    let made = client.emulator.access_token().issue();
    assert!(client.verifies(&made).await);
    let asked = client.sign_in("adele@contoso.test", "{api}/Files.Read").await;
    let (made, asked) = (claims(&made), claims(access_token(&asked)));
    assert_eq!(names(&made), names(&asked));
    for (name, value) in asked.iter().filter(|(_, value)| !value.is_number()) {
        assert!(matches!(name.as_str(), "aio" | "sid" | "uti") || made[name] == *value, "{name}");
    }
}

#[tokio::test]
async fn each_setting_of_a_token_changes_one_thing_and_nothing_else() {
    let client = Client::new().await;
    let (emulator, api) = (&client.emulator, client.api());
    let honest = claims(&emulator.access_token().issue());
    let builder = || emulator.access_token();
    let daemon = emulator.directory().applications()[1].application_id();
    for (builder, changes) in [
        (builder().scope("files.readwrite").scope("Files.Read"), json!({"scp": "Files.ReadWrite Files.Read"})),
        (builder().claim("scp", "Other.Read More"), json!({"scp": "Other.Read More"})),
        (builder().role("Admin"), json!({"roles": ["Admin"]})),
        (builder().claim("roles", json!(["Writer", "Reader"])), json!({"roles": ["Writer", "Reader"]})),
        (builder().audience("api://other"), json!({"aud": "api://other"})),
        (builder().audience(format!("api://{api}")), json!({"aud": format!("api://{api}")})),
        (builder().client("Local daemon"), json!({"azp": daemon})),
        (builder().client(daemon), json!({"azp": daemon})),
        (builder().idtyp(), json!({"idtyp": "user"})),
        (builder().groups(["g"]), json!({"groups": ["g"]})),
        (builder().claim("ver", "3.0"), json!({"ver": "3.0"})),
        (builder().claim("scp", json!(["Files.Read"])), json!({"scp": ["Files.Read"]})),
        (builder().without("tid").without("scp"), json!({"tid": null, "scp": null})),
        (builder().groups([""; 0]), json!({"groups": null})),
        (builder().header("kid", "other"), json!({})),
    ] {
        let expected = changes.as_object().unwrap();
        let found = claims(&builder.issue());
        for name in honest.keys().chain(found.keys()).chain(expected.keys()) {
            let is_random = matches!(name.as_str(), "aio" | "uti" | "iat" | "nbf" | "exp");
            let wanted = expected.get(name).or(honest.get(name)).filter(|value| !value.is_null());
            assert!(is_random || found.get(name) == wanted, "{name} of {changes}");
        }
    }
    let overage = claims(&builder().overage().issue());
    assert!(overage.contains_key("_claim_names") && !overage.contains_key("groups"));
    let header = header(&builder().header("typ", "at+jwt").header("alg", "ES256").issue());
    assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("ES256")));
}

#[tokio::test]
async fn a_token_may_be_for_anyone() {
    let client = Client::new().await;
    let emulator = &client.emulator;
    let megan = claims(&emulator.access_token().tenant("fabrikam.onmicrosoft.com").issue());
    assert_eq!(megan["preferred_username"], "megan@fabrikam.onmicrosoft.com");
    assert_eq!(megan["iss"], emulator.issuer(megan["tid"].as_str().unwrap()));
    let guest = emulator.access_token().user("grady@fabrikam.onmicrosoft.com").tenant(CONTOSO).issue();
    assert_eq!((&claims(&guest)["acct"], &claims(&guest)["tid"]), (&json!(1), &json!(CONTOSO)));
    let patti = emulator.access_token().user("patti@outlook.test").issue();
    assert!(claims(&patti)["oid"].as_str().unwrap().starts_with("00000000-0000-0000-"));
    assert!(client.verifies(&patti).await, "with the key of personal accounts");
    let daemon = emulator.access_token().application("Local daemon").idtyp().issue();
    assert!(client.verifies(&daemon).await);
    let daemon = claims(&daemon);
    assert_eq!((&daemon["roles"], &daemon["idtyp"]), (&json!(["Files.Read.All"]), &json!("app")));
    assert_eq!((daemon.get("scp"), daemon.get("name")), (None, None));
    let tool = claims(&emulator.access_token().application("Local tool").issue());
    assert_eq!(tool.get("roles"), None);
    let old = claims(&emulator.access_token().version(1).issue());
    assert_eq!((&old["ver"], &old["aud"]), (&json!("1.0"), &json!(format!("api://{}", client.api()))));
    assert_eq!(old["iss"], format!("{}/{CONTOSO}/", emulator.origin()));
}

#[tokio::test]
async fn an_expired_token_was_issued_before_it_expired() {
    let emulator = Emulator::start().await.unwrap();
    for seconds in [-100_000, -1, 0, 1, 60, 3600, 100_000] {
        let claims = claims(&emulator.access_token().expires_in(seconds).issue());
        let time = |name: &str| i64::try_from(claims[name].as_u64().unwrap()).unwrap();
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs().cast_signed();
        assert!((time("exp") - now - seconds).abs() < 10, "{seconds}");
        assert!(time("iat") <= time("exp") - 3600 && time("iat") <= now - 300 && time("nbf") == time("iat"));
    }
}

#[tokio::test]
async fn only_the_right_keys_make_a_token_that_verifies() {
    let client = Client::new().await;
    client.emulator.rotate_keys().unwrap();
    for (signed_by, verifies) in [
        (SignedBy::Tenant, true),
        (SignedBy::Next, true),
        (SignedBy::ForeignCloud, true),
        (SignedBy::Consumers, true),
        (SignedBy::Retired, false),
        (SignedBy::Impostor, false),
        (SignedBy::PublicKey, false),
        (SignedBy::Nobody, false),
    ] {
        let token = client.emulator.access_token().signed_by(signed_by).issue();
        assert_eq!(client.verifies(&token).await, verifies, "{signed_by:?}");
    }
    let kid = |signed_by| header(&client.emulator.access_token().signed_by(signed_by).issue())["kid"].clone();
    assert_eq!(kid(SignedBy::Impostor), kid(SignedBy::Tenant));
    assert_ne!(kid(SignedBy::Retired), kid(SignedBy::Tenant));
    assert!(client.emulator.access_token().signed_by(SignedBy::Nobody).issue().ends_with('.'));
}

#[tokio::test]
async fn the_wrong_kinds_of_token_are_what_they_say() {
    let client = Client::new().await;
    let graph = client.emulator.access_token().graph().issue();
    assert!(header(&graph).contains_key("nonce") && !client.verifies(&graph).await);
    assert_eq!(claims(&graph)["aud"], "https://graph.microsoft.com");
    let id_token = client.emulator.access_token().id_token().issue();
    assert!(client.verifies(&id_token).await);
    let claims = claims(&id_token);
    assert_eq!(claims["aud"], client.api());
    assert!(claims.contains_key("nonce") && !claims.contains_key("scp") && !claims.contains_key("azp"));
}

#[tokio::test]
async fn tokens_for_unknown_names_are_refused_in_plain_words() {
    let lonely = Application::new("Lonely");
    let tenant = azure_auth_emulator::Tenant::new("empty.test");
    let emulator = Emulator::builder().application(lonely).tenant(tenant).start().await.unwrap();
    let refused = |order: TokenBuilder<'_>| order.try_issue().unwrap_err().to_string();
    let builder = || emulator.access_token().audience(emulator.directory().applications()[1].uri());
    for (builder, expected) in [
        (builder().user("nobody"), "\"nobody\" is not a person of the directory; name one of adele@contoso.test, "),
        (
            builder().application("nobody"),
            "\"nobody\" is not a registered application; name one of Lonely, Local application, ",
        ),
        (builder().client("nobody"), "\"nobody\" is not a registered application; name one of "),
        (
            builder().tenant("nobody"),
            "\"nobody\" is not a tenant of the directory; name one of contoso.onmicrosoft.com, ",
        ),
        (builder().tenant("empty.test"), "the tenant "),
        (builder().version(3), "found the version 3, expected 1 or 2"),
        (emulator.access_token(), "\"Lonely\" exposes no scope; register one"),
        (
            builder().scope("Files.Raed"),
            "AADSTS70011: The provided value for the input parameter 'scope' is not valid. The scope Files.Raed does not \
             exist. Local application (",
        ),
        (emulator.access_token().scope("Read"), "AADSTS70011: "),
        (
            builder().role("Amdin"),
            "found the role \"Amdin\", which \"Local application\" does not define for people; it has Admin; ",
        ),
        (
            builder().role("Files.Read.All"),
            "found the role \"Files.Read.All\", which \"Local application\" does not define for people; it has Admin; ",
        ),
        (
            builder().application("Local daemon").role("Admin"),
            "found the role \"Admin\", which \"Local application\" does not define for applications; it has Files.Read.All; ",
        ),
        (
            emulator.access_token().application("Local daemon").role("x"),
            "found the role \"x\", which \"Lonely\" does not define for applications; it has none; ",
        ),
    ] {
        let found = refused(builder);
        assert!(found.starts_with(expected), "{found}");
    }
}

#[tokio::test]
async fn the_start_page_says_who_is_who() {
    let person = User::new("Nestor <Wilke>", "nestor@contoso.test");
    let tenant = azure_auth_emulator::Tenant::new("small.test").user(person);
    let client = Client::of(Emulator::builder().tenant(tenant).start().await.unwrap(), "Local application");
    let page = client.http.get(client.emulator.origin()).send().await.unwrap().text().await.unwrap();
    for words in [
        "adele@contoso.test, administrator, role Admin, in Staff<",
        "isaiah@contoso.test, in 250 groups, which are too many for a token<",
        "grady@fabrikam.onmicrosoft.com, guest<",
        STAFF,
        "Local daemon",
        "Asks people for: <code>https://graph.microsoft.com/User.Read</code>",
        "Was granted: <code>Files.Read.All Organization.Read.All User.Read.All</code>",
        "Scopes: <code>Files.Read Files.ReadWrite</code>",
        "Nestor &lt;Wilke&gt;",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_shell_gets_the_bare_token() {
    let client = Client::new().await;
    let address = format!("{}/emulator/tokens", client.emulator.origin());
    let post = async |form: &[(&str, &str)]| {
        let answer = client.http.post(&address).form(form).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, token) = post(&[("user", "alex@contoso.test"), ("scope", "Files.Read Files.ReadWrite")]).await;
    assert_eq!(status, 200, "{token}");
    assert!(client.verifies(&token).await);
    let expected = (json!("alex@contoso.test"), json!("Files.Read Files.ReadWrite"));
    assert_eq!((claims(&token)["preferred_username"].clone(), claims(&token)["scp"].clone()), expected);
    for (form, name, expected) in [
        (vec![], "preferred_username", json!("adele@contoso.test")),
        (vec![("client", "Local daemon")], "roles", json!(["Files.Read.All"])),
        (vec![("client", "Local tool"), ("user", "alex@contoso.test")], "scp", json!("Files.Read")),
        (vec![("role", "Admin"), ("user", "alex@contoso.test")], "roles", json!(["Admin"])),
        (vec![("scope", "files.readwrite")], "scp", json!("Files.ReadWrite")),
        (vec![("group", STAFF), ("group", "other")], "groups", json!([STAFF, "other"])),
        (vec![("audience", "api://other")], "aud", json!("api://other")),
        (vec![("version", "1")], "ver", json!("1.0")),
        (vec![("tenant", "fabrikam.onmicrosoft.com")], "name", json!("Megan Bowen")),
        (vec![("idtyp", "true")], "idtyp", json!("user")),
        (vec![("idtyp", "false"), ("overage", "true")], "_claim_names", json!({"groups": "src1"})),
        (vec![("kind", "graph")], "aud", json!("https://graph.microsoft.com")),
        (vec![("kind", "id")], "email", json!("adele@contoso.test")),
    ] {
        let (status, token) = post(&form).await;
        assert_eq!(status, 200, "{token}");
        assert_eq!(claims(&token)[name], expected, "{form:?}");
    }
    let (_, expired) = post(&[("expires_in", "-600")]).await;
    assert!(
        claims(&expired)["exp"].as_u64() < std::time::SystemTime::UNIX_EPOCH.elapsed().ok().map(|now| now.as_secs())
    );
}

#[tokio::test]
async fn programs_get_tokens_in_json() {
    let client = Client::new().await;
    let address = format!("{}/emulator/tokens", client.emulator.origin());
    let post = async |body: &str| {
        let request = client.http.post(&address).header("content-type", "application/json").body(body.to_owned());
        request.header("accept", "application/json").send().await.unwrap().json::<Value>().await.unwrap()
    };
    let answer = post(r#"{"client": "Local daemon", "role": ["Files.Read.All"], "version": 1, "idtyp": true}"#).await;
    assert_eq!(answer["token_type"], "Bearer");
    let claims = claims(access_token(&answer));
    let found = ["roles", "ver", "idtyp"].map(|name| claims[name].clone());
    assert_eq!(found, [json!(["Files.Read.All"]), json!("1.0"), json!("app")]);
    assert_eq!(post("[]").await["error"], "the body is JSON, but not an object");
    assert!(post("{").await["error"].as_str().unwrap().starts_with("the body is not JSON: "));
    let refused = post(r#"{"scope": "Files.Read Files.Raed"}"#).await;
    assert_eq!(
        (&refused["error"], &refused["error_codes"]),
        (&json!("invalid_scope"), &json!([70011])),
        "as Entra says it"
    );
    assert!(
        refused["error_description"].as_str().unwrap().contains("The scope Files.Raed does not exist."),
        "{refused}"
    );
    assert_eq!(refused.get("access_token"), None);
}

#[tokio::test]
async fn wrong_fields_are_answered_in_plain_words() {
    let client = Client::new().await;
    let address = format!("{}/emulator/tokens", client.emulator.origin());
    for (field, expected) in [
        (("user", "nobody"), "\"nobody\" is not a person of the directory; name one of adele@contoso.test, "),
        (
            ("scope", "Files.Raed"),
            "AADSTS70011: The provided value for the input parameter 'scope' is not valid. The scope Files.Raed does not \
             exist. Local application (",
        ),
        (("scope", "Files.Read Files.Raed"), "AADSTS70011: "),
        (("scope", "User.Read"), "AADSTS70011: "),
        (("role", "Amdin"), "found the role \"Amdin\", which "),
        (("scopes", "Files.Read"), "found the field \"scopes\", expected one of those below\n\nPOST a form"),
        (("version", "two"), "found version=two, expected 1 or 2"),
        (("version", "3"), "found the version 3, expected 1 or 2"),
        (("expires_in", "soon"), "found expires_in=soon, expected a number of seconds"),
        (("overage", "yes"), "found overage=yes, expected true or false"),
        (("kind", "refresh"), "found kind=refresh, expected access, graph or id"),
    ] {
        let answer = client.http.post(&address).form(&[field]).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{field:?}");
        let text = answer.text().await.unwrap();
        assert!(text.starts_with(expected), "{text}");
    }
    let help = client.http.get(&address).send().await.unwrap();
    assert_eq!(help.status(), 405);
    assert!(help.text().await.unwrap().contains("curl -d user=adele@contoso.test"));
}
