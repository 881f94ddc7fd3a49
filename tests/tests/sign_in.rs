//! Signing in, at every kind of provider and in every form that names one.

use azure_auth::AzureAuth;
use azure_auth_emulator::{
    Application as Registration, ClientAuthentication, Defect, Emulator, IdTokenShape, PlainProvider,
};
use azure_auth_tests::browser::Browser;
use azure_auth_tests::scene::{Scene, auth, builder};

const CONTOSO: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const FABRIKAM: &str = "bbbbbbbb-0000-4000-8000-000000000002";
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// A scene whose application has this authority and accepts these tenants.
async fn at_authority(path: &str, tenants: &str) -> Scene {
    let emulator = Emulator::start().await.unwrap();
    let issuer = format!("{}/{path}", emulator.origin());
    let auth = auth(&emulator, &[("AZURE_ISSUER_URI", &issuer), ("AZURE_VALID_TENANT_IDS", tenants)]);
    Scene::of(emulator, auth).await
}

#[tokio::test]
async fn every_form_of_an_authority_names_the_same_person() {
    let both = format!("{CONTOSO}, {FABRIKAM}");
    for (authority, tenants) in [
        (CONTOSO.to_owned(), ""),
        (format!("{CONTOSO}/"), ""),
        (format!("{CONTOSO}/v2.0"), ""),
        (format!("{CONTOSO}/v2.0/"), CONTOSO),
        ("contoso.test".to_owned(), ""),
        ("contoso.onmicrosoft.com/v2.0".to_owned(), &both),
        ("common".to_owned(), CONTOSO),
        ("common/v2.0".to_owned(), "*"),
        ("organizations".to_owned(), &both),
        ("organizations/v2.0".to_owned(), "*"),
    ] {
        let scene = at_authority(&authority, tenants).await;
        let page = scene.browser.sign_in(&scene.application, "Adele").await;
        assert_eq!((page.status, page.text.as_str()), (200, "<p>Welcome, Adele Vance!</p>"), "{authority} {tenants}");
        let expected = format!("entra:{CONTOSO}:{}", scene.person("Adele").object_id());
        assert_eq!(scene.session().await["id"], expected.as_str(), "{authority} {tenants}");
    }
}

#[tokio::test]
async fn a_session_says_who_it_is_and_what_they_may_do() {
    let scene = Scene::new().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    let session = scene.session().await;
    assert_eq!(session["tenant_id"], CONTOSO);
    assert_eq!(session["display_name"], "Adele Vance");
    assert_eq!(session["preferred_username"], "adele@contoso.test");
    assert_eq!(session["email"], "adele@contoso.test");
    assert_eq!(session["roles"], serde_json::json!(["Admin"]));
}

#[tokio::test]
async fn personal_accounts_sign_in_where_they_are_listed() {
    for (authority, tenants) in [("consumers", ""), (CONSUMERS, ""), ("common", CONSUMERS)] {
        let scene = at_authority(authority, tenants).await;
        scene.browser.sign_in(&scene.application, "Patti").await;
        let session = scene.session().await;
        assert_eq!(session["tenant_id"], CONSUMERS, "{authority}");
        let object = &scene.person("Patti").object_id()[19..];
        assert_eq!(session["id"], format!("entra:{CONSUMERS}:00000000-0000-0000-{object}"), "{authority}");
    }
}

#[tokio::test]
async fn people_of_tenants_that_are_not_listed_stay_outside() {
    let both = format!("{CONTOSO},{FABRIKAM}");
    for (authority, tenants, person) in [
        ("common", CONTOSO, "Megan"),
        ("organizations", CONTOSO, "Megan"),
        ("common", &both, "Patti"),
        ("common", "*", "Patti"),
    ] {
        let scene = at_authority(authority, tenants).await;
        let page = scene.browser.sign_in(&scene.application, person).await;
        assert_eq!((page.status, page.reason().as_deref()), (403, Some("tenant-not-accepted")), "{tenants} {person}");
        assert!(page.text.contains("Your organisation may not use this application."), "{}", page.text);
        assert!(!scene.browser.is_signed_in(&scene.application).await, "{tenants} {person}");
    }
}

#[tokio::test]
async fn a_guest_belongs_to_the_tenant_that_was_signed_in_to() {
    let scene = Scene::new().await;
    scene.browser.sign_in(&scene.application, "Grady").await;
    let expected = format!("entra:{CONTOSO}:{}", scene.person("Grady").object_id());
    assert_eq!(scene.session().await["id"], expected.as_str());
}

#[tokio::test]
async fn an_ordinary_provider_works_in_every_variant_that_the_standards_allow() {
    for variant in 0..16 {
        let has = |bit: u8| variant & (1 << bit) != 0;
        let client_authentication = if has(2) { ClientAuthentication::Post } else { ClientAuthentication::Basic };
        let plain = PlainProvider {
            algorithm_in_keys: has(0),
            keys_are_named: has(1),
            client_authentication,
            issuer_in_response: has(3),
            ..PlainProvider::default()
        };
        let emulator = Emulator::builder().plain_provider(plain.clone()).start().await.unwrap();
        let auth = AzureAuth::from_variables(emulator.env_for("plain")).unwrap();
        let scene = Scene::of(emulator, auth).await;
        let page = scene.browser.sign_in(&scene.application, "Megan").await;
        assert_eq!(page.text, "<p>Welcome, Megan Bowen!</p>", "{plain:?}");

        let session = scene.session().await;
        let id = session["id"].as_str().unwrap();
        assert!(id.starts_with(&format!("openid:{} ", scene.emulator.plain_issuer())), "{id}");
        assert_eq!(session["tenant_id"], serde_json::Value::Null);

        let transcript = scene.emulator.transcript();
        let exchange = transcript.iter().find(|exchange| exchange.path == "/plain/token").unwrap();
        let is_post = client_authentication == ClientAuthentication::Post;
        assert_eq!((exchange.has_authorization, exchange.parameter("client_secret").is_some()), (!is_post, is_post));
    }
}

#[tokio::test]
async fn an_ordinary_provider_may_write_its_id_tokens_in_every_honest_way() {
    for id_token in IdTokenShape::ALL.iter().copied() {
        let plain = PlainProvider { id_token, ..PlainProvider::default() };
        let emulator = Emulator::builder().plain_provider(plain).start().await.unwrap();
        let auth = AzureAuth::from_variables(emulator.env_for("plain")).unwrap();
        let scene = Scene::of(emulator, auth).await;
        let page = scene.browser.sign_in(&scene.application, "Megan").await;
        let has_name = !matches!(id_token, IdTokenShape::NamesAsObjects | IdTokenShape::EmptyName);
        let name = if has_name { "Megan Bowen" } else { scene.person("Megan").user_name() };
        assert_eq!(page.text, format!("<p>Welcome, {name}!</p>"), "{id_token:?}");
        assert_eq!(scene.session().await["roles"], serde_json::json!([]), "{id_token:?}");
        assert_eq!(scene.browser.visit(scene.at("/me")).await.status, 200, "{id_token:?}");
    }
}

#[tokio::test]
async fn a_name_from_the_userinfo_endpoint_is_that_of_the_person_who_signed_in_or_none() {
    let plain = PlainProvider { id_token: IdTokenShape::NamesAtUserInfo, ..PlainProvider::default() };
    for (defect, name) in [
        (None, "Megan Bowen"),
        (Some(Defect::UserInfoOfAnother), "Signed-in user"),
        (Some(Defect::UserInfoRefused), "Signed-in user"),
    ] {
        let emulator = Emulator::builder().plain_provider(plain.clone()).start().await.unwrap();
        let auth = AzureAuth::from_variables(emulator.env_for("plain")).unwrap();
        let scene = Scene::of(emulator, auth).await;
        if let Some(defect) = defect {
            scene.emulator.inject(defect);
        }
        let page = scene.browser.sign_in(&scene.application, "Megan").await;
        assert_eq!(page.text, format!("<p>Welcome, {name}!</p>"), "{defect:?}");
        let transcript = scene.emulator.transcript();
        let asked: Vec<_> = transcript.iter().filter(|exchange| exchange.path == "/plain/userinfo").collect();
        assert_eq!(asked.len(), 1, "{defect:?}: once");
        assert!(asked[0].has_authorization && asked[0].query.is_empty(), "{defect:?}: no token in an address");
    }
}

#[tokio::test]
async fn the_subject_is_the_same_at_every_sign_in_and_differs_between_people() {
    let emulator = Emulator::start().await.unwrap();
    let auth = AzureAuth::from_variables(emulator.env_for("plain")).unwrap();
    let mut scene = Scene::of(emulator, auth).await;
    let mut ids = Vec::new();
    for person in ["Adele", "Adele", "Alex"] {
        scene.browser = Browser::new();
        scene.browser.sign_in(&scene.application, person).await;
        ids.push(scene.session().await["id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2]);
}

#[tokio::test]
async fn the_request_asks_for_a_code_bound_to_this_browser_and_nothing_else() {
    let scene = Scene::new().await;
    let page = scene.browser.open(scene.at("/login")).await;
    assert_eq!(page.status, 302);
    let parameter = |name: &str| page.location_parameter(name).unwrap_or_default();
    assert_eq!(parameter("response_type"), "code");
    assert_eq!(parameter("response_mode"), "query");
    assert_eq!(parameter("code_challenge_method"), "S256");
    assert_eq!(parameter("redirect_uri"), scene.at("/authorization-code/callback"));
    for name in ["nonce", "code_challenge"] {
        assert_eq!(parameter(name).len(), 43, "{name}");
    }
    assert!((100..=856).contains(&parameter("state").len()), "{}", parameter("state"));
    for name in ["prompt", "login_hint", "domain_hint"] {
        assert_eq!(page.location_parameter(name), None, "{name}");
    }
    let other = scene.browser.open(scene.at("/login")).await;
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(Some(parameter(name)), other.location_parameter(name), "{name}");
    }
}

#[tokio::test]
async fn the_sign_in_asks_once_for_all_scopes_of_the_table_and_the_settings() {
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[]).scopes(["address", "email"]).build().unwrap();
    let scene = Scene::of(emulator, auth).await;
    let page = scene.browser.open(scene.at("/login")).await;
    assert_eq!(page.location_parameter("scope").as_deref(), Some("openid profile address email"));
}

#[tokio::test]
async fn a_secret_travels_to_the_token_endpoint_only_and_the_code_is_redeemed_once() {
    let scene = Scene::new().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    let transcript = scene.emulator.transcript();
    let redeemed: Vec<_> = transcript.iter().filter(|exchange| exchange.path.ends_with("/token")).collect();
    assert_eq!(redeemed.len(), 1);
    assert_eq!((redeemed[0].method.as_str(), redeemed[0].status), ("POST", 200));
    assert_eq!(redeemed[0].parameter("code_verifier"), Some("(43 characters)"));
    assert!(redeemed[0].query.is_empty(), "nothing of it is in an address");
    for exchange in transcript.iter().filter(|exchange| !exchange.path.ends_with("/token")) {
        assert_eq!(exchange.parameter("client_secret").or(exchange.parameter("code_verifier")), None, "{exchange:?}");
    }
}

#[tokio::test]
async fn whoever_the_provider_knows_already_is_not_asked_again() {
    let scene = Scene::new().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    scene.browser.remove_cookie(&scene.browser.session_cookie("localhost").unwrap());
    assert!(!scene.browser.is_signed_in(&scene.application).await);
    let page = scene.browser.visit(scene.at("/login?return_to=/me")).await;
    assert_eq!((page.address.as_str(), page.status), (scene.at("/me").as_str(), 200));
}

#[tokio::test]
async fn two_applications_on_one_host_do_not_sign_each_other_out() {
    let first = Scene::new().await;
    let second = Scene::new().await;
    first.browser.sign_in(&first.application, "Adele").await;
    first.browser.sign_in(&second.application, "Alex").await;
    assert_eq!(first.session().await["display_name"], "Adele Vance");
    let at_second = first.browser.open(second.at("/session")).await.json();
    assert_eq!(at_second["display_name"], "Alex Wilber");
}

#[tokio::test]
async fn claims_that_the_application_keeps_are_there_later() {
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[]).keep_claims(["uti", "missing"]).build().unwrap();
    let scene = Scene::of(emulator, auth).await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    let claims: serde_json::Value = scene.browser.open(scene.at("/claims")).await.json();
    assert_eq!(claims["uti"].as_str().map(str::len), Some(43));
    assert_eq!(claims.as_object().unwrap().len(), 1, "what the token did not have is missing here too");
}

#[tokio::test]
async fn the_paths_of_the_library_may_lie_elsewhere() {
    let registration = Registration::new("Elsewhere").redirect_uri("http://localhost/auth/back");
    let emulator = Emulator::builder().application(registration).start().await.unwrap();
    let auth = builder(&emulator, &[("AZURE_AUTHORIZATION_CODE_ENDPOINT", "/auth/back")])
        .login_path("/auth/in")
        .logout_path("/auth/out")
        .session_path("/auth/who")
        .build()
        .unwrap();
    let scene = Scene::of(emulator, auth).await;
    let accounts = scene.browser.visit(scene.at("/auth/in")).await;
    let page = scene.browser.pick(&accounts, "Adele").await;
    assert_eq!(page.text, "<p>Welcome, Adele Vance!</p>");
    assert_eq!(scene.browser.open(scene.at("/auth/who")).await.json()["display_name"], "Adele Vance");
    assert_eq!(scene.browser.open(scene.at("/auth/out")).await.status, 200);
    for path in ["/login", "/logout", "/session", "/authorization-code/callback"] {
        assert_eq!(scene.browser.open(scene.at(path)).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_browser_that_keeps_no_session_is_not_sent_round_for_ever() {
    let scene = Scene::new().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    let lose_session = || scene.browser.remove_cookie(&scene.browser.session_cookie("localhost").unwrap());
    lose_session();
    for round in 1..=2 {
        let to_provider = scene.browser.open(scene.at("/me")).await;
        let to_callback = scene.browser.step(&to_provider).await;
        let back = scene.browser.step(&to_callback).await;
        assert_eq!((back.status, back.header("location")), (303, "/me"), "round {round}");
        lose_session();
    }

    let stopped = scene.browser.open(scene.at("/me")).await;
    assert_eq!((stopped.status, stopped.reason().as_deref()), (400, Some("sign-in-loop")));
    assert!(stopped.text.contains("SameSite=Lax") && stopped.text.contains("http://localhost:"), "{}", stopped.text);

    // Whoever was told may try again, and where the session comes back nobody counts any more.
    let page = scene.browser.follow(scene.browser.click(&stopped, "Sign in").await).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert_eq!(scene.browser.open(scene.at("/me")).await.status, 200);
    lose_session();
    assert_eq!(scene.browser.open(scene.at("/me")).await.status, 302);
}
