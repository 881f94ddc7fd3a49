//! Microsoft Graph on the port of the emulator, as those who call it see it.

use azure_auth_emulator::{Emulator, ForcedError, TokenBuilder};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, Response};
use serde_json::{Value, json};

const CONTOSO: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const STAFF: &str = "cccccccc-0000-4000-8000-000000000001";
const STEP_UP: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

struct Graph {
    emulator: Emulator,
    http: reqwest::Client,
}

impl Graph {
    async fn new() -> Self {
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        Self { emulator: Emulator::start().await.unwrap(), http }
    }

    fn token(&self, user: &str, scopes: &str) -> String {
        let token = self.emulator.access_token().graph().user(user);
        scopes.split(' ').fold(token, TokenBuilder::scope).issue()
    }

    fn own_token(&self, application: &str) -> String {
        self.emulator.access_token().graph().application(application).issue()
    }

    async fn get(&self, path: &str, token: &str) -> (u16, Value) {
        read(self.ask(Method::GET, path, token, None).await).await
    }

    async fn post(&self, path: &str, token: &str, body: &str) -> (u16, Value) {
        read(self.ask(Method::POST, path, token, Some(body.to_owned())).await).await
    }

    async fn ask(&self, method: Method, path: &str, token: &str, body: Option<String>) -> Response {
        let request = self.http.request(method, format!("{}{path}", self.emulator.origin()));
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        request.header("content-type", "application/json").body(body.unwrap_or_default()).send().await.unwrap()
    }

    /// A token from the token endpoint, for a person who agreed.
    async fn renewed(&self, refresh_token: &str, claims: &str) -> Value {
        self.redeem(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("claims", claims)]).await
    }

    async fn redeem(&self, form: &[(&str, &str)]) -> Value {
        let application = &self.emulator.directory().applications()[0];
        let client = [("client_id", application.application_id()), ("client_secret", application.client_secret())];
        let address = format!("{}/{CONTOSO}/oauth2/v2.0/token", self.emulator.origin());
        let answer = self.http.post(address).form(&[&client, form].concat()).send().await.unwrap();
        answer.json().await.unwrap()
    }

    async fn sign_in(&self, scope: &str) -> Value {
        const REDIRECT_URI: &str = "http://localhost:3000/authorization-code/callback";
        let form = [
            ("client_id", self.emulator.directory().applications()[0].application_id()),
            ("redirect_uri", REDIRECT_URI),
            ("response_type", "code"),
            ("response_mode", "form_post"),
            ("scope", scope),
            ("account", "adele@contoso.test"),
            ("consent", "1"),
        ];
        let address = format!("{}/{CONTOSO}/oauth2/v2.0/authorize", self.emulator.origin());
        let page = self.http.post(address).form(&form).send().await.unwrap().text().await.unwrap();
        let code = page.split("name=\"code\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        self.redeem(&[("grant_type", "authorization_code"), ("redirect_uri", REDIRECT_URI), ("code", code)]).await
    }
}

async fn read(answer: Response) -> (u16, Value) {
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn each_address_wants_a_permission_of_its_own() {
    let graph = Graph::new().await;
    let groups = json!({"groupIds": [STAFF]}).to_string();
    for (method, path, enough, too_little) in [
        (Method::GET, "/v1.0/me", "User.Read", "Mail.Read"),
        (Method::GET, "/v1.0/me/photo/$value", "User.Read", "Mail.Read"),
        (Method::GET, "/v1.0/me/messages", "Mail.Read", "User.Read"),
        (Method::GET, "/v1.0/me/memberOf", "User.Read", "Mail.Read"),
        (Method::POST, "/v1.0/me/checkMemberGroups", "User.Read", "Mail.Read"),
        (Method::GET, "/v1.0/users", "Directory.Read.All", "User.Read"),
        (Method::GET, "/v1.0/organization", "User.Read", "Mail.Read"),
    ] {
        let ask = async |token: String| graph.ask(method.clone(), path, &token, Some(groups.clone())).await;
        assert_eq!(ask(graph.token("adele@contoso.test", enough)).await.status(), 200, "{path}");
        let (status, error) = read(ask(graph.token("adele@contoso.test", too_little)).await).await;
        assert_eq!((status, &error["error"]["code"]), (403, &json!("Authorization_RequestDenied")), "{path}");
        let refused = ask(String::new()).await;
        let challenge = refused.headers()["www-authenticate"].to_str().unwrap().to_owned();
        assert!(challenge.starts_with("Bearer realm=\"\", authorization_uri=\"") && !challenge.contains("claims"));
        let (status, error) = read(refused).await;
        assert_eq!((status, &error["error"]["code"]), (401, &json!("InvalidAuthenticationToken")), "{path}");
        assert!(error["error"]["innerError"]["request-id"].is_string());
    }
    let token = graph.token("adele@contoso.test", "User.Read");
    assert_eq!(graph.get("/v1.0/me/calendar", &token).await.0, 404);
    assert_eq!(graph.get("/v1.0/me/calendar", "").await.0, 401, "strangers learn nothing of addresses");
}

#[tokio::test]
async fn only_good_tokens_of_this_emulator_for_graph_count() {
    let graph = Graph::new().await;
    let builder = || graph.emulator.access_token().graph();
    let other = Emulator::start().await.unwrap();
    for (name, token) in [
        ("nonsense", "x".to_owned()),
        ("expired", builder().expires_in(-1).issue()),
        ("for another API", graph.emulator.access_token().issue()),
        ("for another audience", builder().claim("aud", "https://storage.azure.com").issue()),
        ("of another emulator", other.access_token().graph().issue()),
        ("changed", builder().issue() + "A"),
        ("of nobody", builder().claim("oid", "99999999-9999-4999-8999-999999999999").issue()),
    ] {
        let (status, error) = graph.get("/v1.0/me", &token).await;
        assert_eq!((status, &error["error"]["code"]), (401, &json!("InvalidAuthenticationToken")), "{name}");
    }
    assert_eq!(graph.get("/v1.0/me", &builder().issue()).await.0, 200);
}

#[tokio::test]
async fn a_person_finds_themselves_their_picture_and_their_mail() {
    let graph = Graph::new().await;
    let token = graph.token("adele@contoso.test", "User.Read Mail.Read");
    let (_, me) = graph.get("/v1.0/me", &token).await;
    let adele = graph.emulator.directory().users().next().unwrap();
    let expected = [adele.name(), "Adele", "Vance", "adele@contoso.test", "adele@contoso.test", adele.object_id()];
    let found = ["displayName", "givenName", "surname", "mail", "userPrincipalName", "id"].map(|name| &me[name]);
    assert_eq!(found.map(|found| found.as_str().unwrap()), expected);
    let photo = graph.ask(Method::GET, "/v1.0/me/photo/$value", &token, None).await;
    assert_eq!(photo.headers()["content-type"], "image/png");
    assert!(photo.bytes().await.unwrap().starts_with(b"\x89PNG"));
    let (_, mail) = graph.get("/v1.0/me/messages", &token).await;
    assert_eq!(mail["value"][0]["subject"], "Welcome, Adele Vance");
    let guest = graph.emulator.access_token().graph().user("grady@fabrikam.onmicrosoft.com").tenant(CONTOSO).issue();
    let (status, error) = graph.get("/v1.0/me/photo/$value", &guest).await;
    assert_eq!((status, &error["error"]["code"]), (404, &json!("ImageNotFound")));
}

#[tokio::test]
async fn an_application_reads_what_it_was_granted_and_is_nobody() {
    let graph = Graph::new().await;
    for name in ["Local daemon", "Local application"] {
        let token = graph.own_token(name);
        let (status, organization) = graph.get("/v1.0/organization", &token).await;
        assert_eq!((status, &organization["value"][0]["id"]), (200, &json!(CONTOSO)));
        assert_eq!(organization["value"][0]["verifiedDomains"][1]["name"], "contoso.test");
        let (status, users) = graph.get("/v1.0/users?$top=2", &token).await;
        assert_eq!((status, users["value"].as_array().unwrap().len()), (200, 2));
        assert!(users["@odata.nextLink"].as_str().unwrap().starts_with(graph.emulator.origin()));
        assert_eq!(graph.get("/v1.0/me", &token).await.0, 400);
        assert_eq!(graph.get("/v1.0/me/messages", &token).await.0, 400);
    }
    assert_eq!(graph.get("/v1.0/organization", &graph.own_token("Local tool")).await.0, 403, "it was granted nothing");
}

#[tokio::test]
async fn memberships_beyond_the_limit_of_a_token_are_known_here() {
    let graph = Graph::new().await;
    let token = graph.token("isaiah@contoso.test", "User.Read");
    let ids: Vec<String> = (240..260).map(|number| format!("dddddddd-0000-4000-8000-{number:012}")).collect();
    let check = async |ids: &[String]| {
        let body = json!({"groupIds": ids}).to_string();
        graph.post("/v1.0/me/checkMemberGroups", &token, &body).await
    };
    let (status, held) = check(&ids).await;
    assert_eq!((status, &held["value"]), (200, &json!(ids[..10])));
    let too_many: Vec<String> = (0..21).map(|number| format!("{number}")).collect();
    assert_eq!(check(&too_many).await.0, 400);
    assert_eq!(check(&[]).await.1["value"], json!([]));
    for body in ["", "[]", "{}", "{\"groupIds\": 1}", "groupIds=a"] {
        let (status, error) = graph.post("/v1.0/me/checkMemberGroups", &token, body).await;
        assert_eq!((status, &error["error"]["code"]), (400, &json!("Request_BadRequest")), "{body}");
    }

    let mut path = "/v1.0/me/memberOf".to_owned();
    let mut found = 0;
    loop {
        let (_, page) = graph.get(&path, &token).await;
        found += page["value"].as_array().unwrap().len();
        let Some(next) = page["@odata.nextLink"].as_str() else { break };
        path = next.strip_prefix(graph.emulator.origin()).unwrap().to_owned();
    }
    assert_eq!(found, 250);
    for (scopes, name) in [("User.Read", Value::Null), ("User.Read GroupMember.Read.All", json!("Staff"))] {
        let (_, groups) = graph.get("/v1.0/me/memberOf", &graph.token("adele@contoso.test", scopes)).await;
        assert_eq!((&groups["value"][0]["id"], &groups["value"][0]["displayName"]), (&json!(STAFF), &name), "{scopes}");
    }
}

#[tokio::test]
async fn a_challenge_is_met_by_a_token_that_was_issued_for_its_claims() {
    let graph = Graph::new().await;
    let tokens = graph.sign_in("openid offline_access User.Read").await;
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(graph.get("/v1.0/me", token).await.0, 200);
    graph.emulator.challenge("adele@contoso.test", STEP_UP).unwrap();
    let refused = graph.ask(Method::GET, "/v1.0/me", token, None).await;
    assert_eq!(refused.status(), 401);
    let challenge = refused.headers()["www-authenticate"].to_str().unwrap();
    assert!(challenge.contains("error=\"insufficient_claims\""), "{challenge}");
    let claims = challenge.split("claims=\"").nth(1).unwrap().trim_end_matches('"');
    let claims = String::from_utf8(STANDARD.decode(claims).unwrap()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&claims).unwrap(), serde_json::from_str::<Value>(STEP_UP).unwrap());

    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let without = graph.renewed(refresh_token, "{}").await;
    assert_eq!(graph.get("/v1.0/me", without["access_token"].as_str().unwrap()).await.0, 401);
    let with = graph.renewed(refresh_token, &claims).await;
    assert_eq!(graph.get("/v1.0/me", with["access_token"].as_str().unwrap()).await.0, 200);
    let other = graph.token("alex@contoso.test", "User.Read");
    assert_eq!(graph.get("/v1.0/me", &other).await.0, 200, "another person is not challenged");
    graph.emulator.clear_defects();
    assert_eq!(graph.get("/v1.0/me", token).await.0, 200);
}

#[tokio::test]
async fn errors_come_on_demand_with_when_to_come_again() {
    let graph = Graph::new().await;
    let token = graph.token("adele@contoso.test", "User.Read");
    graph.emulator.force_error(ForcedError::at_graph(429, "TooManyRequests").retry_after(9).times(1));
    let throttled = graph.ask(Method::GET, "/v1.0/me", &token, None).await;
    assert_eq!((throttled.status().as_u16(), &throttled.headers()["retry-after"]), (429, &"9".parse().unwrap()));
    assert_eq!(graph.get("/v1.0/me", &token).await.0, 200);
    graph.emulator.force_error(ForcedError::at_graph(403, "Authorization_RequestDenied"));
    let (status, error) = graph.get("/v1.0/me", &token).await;
    assert_eq!((status, &error["error"]["code"]), (403, &json!("Authorization_RequestDenied")));
    graph.emulator.force_error(ForcedError::at_graph(401, "InvalidAuthenticationToken").claims(STEP_UP));
    let challenged = graph.ask(Method::GET, "/v1.0/me", &token, None).await;
    assert!(challenged.headers()["www-authenticate"].to_str().unwrap().contains("claims=\""));
}

#[tokio::test]
async fn userinfo_knows_tokens_for_graph_only() {
    let graph = Graph::new().await;
    let files = format!("api://{}/Files.Read", graph.emulator.directory().applications()[0].application_id());
    for (scope, expected) in [("openid profile email".to_owned(), 200), (format!("openid profile {files}"), 401)] {
        let tokens = graph.sign_in(&scope).await;
        let (status, person) = graph.get("/oidc/userinfo", tokens["access_token"].as_str().unwrap()).await;
        assert_eq!(status, expected, "{scope}");
        assert_eq!(person["name"].as_str(), (status == 200).then_some("Adele Vance"));
        let members: Vec<&String> = person.as_object().into_iter().flatten().map(|(name, _)| name).collect();
        let expected = ["email", "family_name", "given_name", "name", "picture", "sub"];
        assert_eq!(members, if status == 200 { &expected[..] } else { &[] });
    }
    let builder = || graph.emulator.access_token().graph().scope("openid").scope("email");
    let (status, person) = graph.get("/oidc/userinfo", &builder().issue()).await;
    assert_eq!((status, &person["email"], person.get("name")), (200, &json!("adele@contoso.test"), None));
    assert_eq!(graph.get("/oidc/userinfo", &builder().expires_in(-1).issue()).await.0, 401);
    assert_eq!(graph.get("/oidc/userinfo", &graph.own_token("Local daemon")).await.0, 401);
}

#[tokio::test]
async fn the_discovery_document_says_where_graph_is() {
    let graph = Graph::new().await;
    let address = format!("{}/.well-known/openid-configuration", graph.emulator.issuer("common"));
    let document: Value = graph.http.get(address).send().await.unwrap().json().await.unwrap();
    let host = document["msgraph_host"].as_str().unwrap();
    assert_eq!(format!("http://{host}"), graph.emulator.origin());
}
