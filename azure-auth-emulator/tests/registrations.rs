//! Registrations in the shape of Microsoft Graph's application object.

use azure_auth_emulator::{Application, Emulator, StartError, TokenError};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Response;
use serde_json::{Value, json};
use url::Url;

const CONTOSO: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const TASKS: &str = "11111111-aaaa-4bbb-8ccc-000000000001";
const DESK: &str = "11111111-aaaa-4bbb-8ccc-000000000002";
const READ: &str = "0e4c1d1f-0000-4000-8000-000000000001";
const MANAGE: &str = "0e4c1d1f-0000-4000-8000-000000000002";
const ALL: &str = "0e4c1d1f-0000-4000-8000-000000000003";
const REDIRECT_URI: &str = "http://localhost:3000/callback";

/// An API with scopes for people and for administrators, which calls Microsoft Graph.
fn tasks(more: &Value) -> Value {
    let mut api = json!({
        "requestedAccessTokenVersion": 2,
        "oauth2PermissionScopes": [
            {"id": READ, "value": "Tasks.Read", "type": "User", "isEnabled": true},
            {"id": MANAGE, "value": "Tasks.Manage", "type": "Admin", "isEnabled": true},
        ],
    });
    api.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({
        "displayName": "Tasks", "appId": TASKS, "api": api,
        "appRoles": [{"id": ALL, "value": "Tasks.Read.All", "allowedMemberTypes": ["Application"], "isEnabled": true}],
        "requiredResourceAccess": [required("00000003-0000-0000-c000-000000000000", &[("570282fd-fa5c-430d-a7fd-fc8dc98a9dca", "Scope")])],
        "optionalClaims": {"accessToken": [{"name": "idtyp", "additionalProperties": ["include_user_token"]}]},
    })
}

/// A client of that API.
fn desk() -> Value {
    json!({
        "displayName": "Desk", "appId": DESK, "web": {"redirectUris": ["http://localhost/callback"]},
        "groupMembershipClaims": "SecurityGroup",
        "requiredResourceAccess": [required(TASKS, &[(READ, "Scope"), (ALL, "Role")])],
        "optionalClaims": {"idToken": [{"name": "auth_time"}, {"name": "acct"}]},
    })
}

fn required(resource: &str, permissions: &[(&str, &str)]) -> Value {
    let access: Vec<_> = permissions.iter().map(|(id, kind)| json!({"id": id, "type": kind})).collect();
    json!({"resourceAppId": resource, "resourceAccess": access})
}

struct Scene {
    emulator: Emulator,
    http: reqwest::Client,
}

impl Scene {
    async fn of(registrations: &[Value]) -> Self {
        let mut builder = Emulator::builder();
        for registration in registrations {
            builder = builder.application(Application::from_registration(registration).unwrap());
        }
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
        Self { emulator: builder.start().await.unwrap(), http: http.build().unwrap() }
    }

    /// A person without any rights asks for this, and perhaps presses a button.
    async fn authorize(&self, scope: &str, button: (&str, &str)) -> Response {
        let form = [
            ("client_id", DESK),
            ("redirect_uri", REDIRECT_URI),
            ("response_type", "code"),
            ("scope", scope),
            ("account", "alex@contoso.test"),
            button,
        ];
        let address = format!("{}/{CONTOSO}/oauth2/v2.0/authorize", self.emulator.origin());
        self.http.post(address).form(&form).send().await.unwrap()
    }

    async fn tokens(&self, name: &str, form: &[(&str, &str)]) -> Value {
        let applications = self.emulator.directory().applications();
        let client = applications.iter().find(|client| client.name() == name).unwrap();
        let client = [("client_id", client.application_id()), ("client_secret", client.client_secret())];
        let address = format!("{}/{CONTOSO}/oauth2/v2.0/token", self.emulator.origin());
        self.http.post(address).form(&[&client, form].concat()).send().await.unwrap().json().await.unwrap()
    }

    /// The tokens of a person who has agreed before, or agrees now.
    async fn sign_in(&self, scope: &str) -> Value {
        let answer = self.authorize(scope, ("consent", "1")).await;
        let location: Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
        let (_, code) = location.query_pairs().find(|(name, _)| name == "code").unwrap();
        let form = [("grant_type", "authorization_code"), ("redirect_uri", REDIRECT_URI), ("code", &code)];
        self.tokens("Desk", &form).await
    }
}

fn claims(answer: &Value, token: &str) -> Value {
    let token = answer[token].as_str().unwrap_or_else(|| panic!("{answer}"));
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

#[tokio::test]
async fn permissions_of_another_registration_are_named_by_their_ids() {
    let scene = Scene::of(&[desk(), tasks(&json!({}))]).await;
    let scope = format!("{TASKS}/.default");
    let answer = scene.tokens("Desk", &[("grant_type", "client_credentials"), ("scope", &scope)]).await;
    assert_eq!(claims(&answer, "access_token")["roles"], json!(["Tasks.Read.All"]));
    let mut wrong = desk();
    wrong["requiredResourceAccess"][0]["resourceAccess"][0]["id"] = json!(DESK);
    let builder = [wrong, tasks(&json!({}))].iter().fold(Emulator::builder(), |builder, registration| {
        builder.application(Application::from_registration(registration).unwrap())
    });
    let error = builder.start().await.unwrap_err();
    assert!(matches!(&error, StartError::WrongScope { scope, .. } if scope == DESK), "{error}");
}

#[tokio::test]
async fn tokens_have_what_the_registrations_ask_for() {
    let scene = Scene::of(&[tasks(&json!({})), desk()]).await;
    scene.emulator.consent("adele@contoso.test", "Desk", &format!("{TASKS}/Tasks.Read")).unwrap();
    let answer = scene.sign_in(&format!("openid profile {TASKS}/Tasks.Read")).await;
    let (id_token, access_token) = (claims(&answer, "id_token"), claims(&answer, "access_token"));
    assert!(id_token["auth_time"].as_u64() > id_token["iat"].as_u64(), "{id_token}");
    assert_eq!((&id_token["acct"], &access_token["idtyp"]), (&json!(0), &json!("user")));
    let staff = |builder: azure_auth_emulator::TokenBuilder<'_>| {
        let token = builder.user("adele@contoso.test").issue();
        claims(&json!({"token": token}), "token")["groups"].clone()
    };
    let groups = json!(["cccccccc-0000-4000-8000-000000000001"]);
    assert_eq!(staff(scene.emulator.access_token().id_token()), groups, "the client asks for groups");
    assert_eq!(
        staff(scene.emulator.access_token().audience(TASKS).scope("Tasks.Read")),
        Value::Null,
        "the API does not"
    );
    let told = staff(scene.emulator.access_token().audience(TASKS).scope("Tasks.Read").group(TASKS));
    assert_eq!(told, json!([TASKS]), "a test does");
}

#[tokio::test]
async fn a_client_that_the_api_trusts_needs_nobodys_consent_and_one_that_it_knows_asks_for_both() {
    let scope = format!("openid {TASKS}/Tasks.Read");
    let manage = format!("openid {TASKS}/Tasks.Manage");
    let trusted = json!({"preAuthorizedApplications": [{"appId": DESK, "delegatedPermissionIds": [READ]}]});
    for (more, scope, is_asked) in
        [(json!({}), &scope, true), (trusted.clone(), &scope, false), (trusted, &manage, true)]
    {
        let scene = Scene::of(&[desk(), tasks(&more)]).await;
        let status = scene.authorize(scope, ("other", "1")).await.status();
        assert_eq!(status, if is_asked { 200 } else { 302 }, "{more} {scope}");
    }
    for (known, expected) in [(json!([DESK]), None), (json!([]), Some(65001))] {
        let scene = Scene::of(&[desk(), tasks(&json!({"knownClientApplications": known}))]).await;
        let page = scene.authorize(&scope, ("other", "1")).await.text().await.unwrap();
        assert_eq!(page.contains("Microsoft Graph: Mail.Read"), expected.is_none(), "{page}");
        let tokens = scene.sign_in(&scope).await;
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("requested_token_use", "on_behalf_of"),
            ("assertion", tokens["access_token"].as_str().unwrap()),
            ("scope", "Mail.Read"),
        ];
        assert_eq!(scene.tokens("Tasks", &form).await["error_codes"][0].as_u64(), expected);
    }
}

#[tokio::test]
async fn only_an_administrator_agrees_to_a_scope_of_administrators() {
    let scene = Scene::of(&[desk(), tasks(&json!({}))]).await;
    let page = scene.authorize(&format!("{TASKS}/Tasks.Manage"), ("consent", "1")).await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("Tasks.Manage"));
    assert_eq!(scene.authorize(&format!("{TASKS}/Tasks.Read"), ("consent", "1")).await.status(), 302);
}

#[tokio::test]
async fn every_registration_can_be_had_again_in_the_shape_it_came_in() {
    let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
    let certificate = STANDARD.encode(rcgen::CertificateParams::default().self_signed(&key).unwrap().der());
    let mut desk = desk();
    desk["keyCredentials"] = json!([{"type": "AsymmetricX509Cert", "usage": "Verify", "key": certificate}]);
    desk["federatedCredentials"] = json!([{
        "name": "job", "issuer": "https://oidc.example", "subject": "job", "audiences": ["api://AzureADTokenExchange"],
    }]);
    let scene = Scene::of(&[tasks(&json!({})), desk.clone()]).await;
    let served = |id: &str| {
        let address = format!("{}/v1.0/applications(appId='{id}')", scene.emulator.origin());
        scene.http.get(address).send()
    };
    for (name, id) in [("Tasks", TASKS), ("Desk", DESK)] {
        let written = scene.emulator.registration_of(name).unwrap();
        assert_eq!(served(id).await.unwrap().json::<Value>().await.unwrap(), written);
        let again = Application::from_registration(&written).unwrap();
        let others = [&scene.emulator.registration_of("Tasks").unwrap(), &desk]
            .map(|one| Application::from_registration(one).unwrap());
        let builder = others.into_iter().fold(Emulator::builder(), azure_auth_emulator::EmulatorBuilder::application);
        let emulator = builder.application(again).start().await.unwrap();
        assert_eq!(emulator.registration_of(id).unwrap(), written, "{name}");
    }
    let written = scene.emulator.registration_of("Desk").unwrap();
    for name in ["appId", "displayName", "keyCredentials", "federatedCredentials", "requiredResourceAccess"] {
        assert_eq!(written[name], desk[name], "{name}");
    }
    assert_eq!(served(CONTOSO).await.unwrap().status(), 404);
    let error = scene.emulator.registration_of("Dsek").unwrap_err();
    assert!(matches!(error, TokenError::UnknownApplication { .. }), "{error}");
}
