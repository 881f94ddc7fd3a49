//! What is in the log: enough to find the cause, once; and nothing that opens a door or names a person.

use azure_auth_emulator::{Application as Registration, Defect, Emulator};
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::log::Log;
use azure_auth_tests::scene::{Scene, auth, builder};
use azure_auth_tests::sealed_cookie::SESSION_KEY;
use azure_auth_tests::tab::{self, PORTAL, Secret};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;

#[tokio::test]
async fn no_sign_in_good_or_bad_leaves_a_secret_or_a_person_in_the_log() {
    let (log, _guard) = Log::of_everything();
    let mut secrets = Vec::new();
    let quick = || Defect::ALL.iter().copied().filter(|defect| !format!("{defect:?}").ends_with("Slow"));
    for (authority, defects) in [("contoso.test", quick().collect()), ("plain", Vec::new())] {
        let emulator = Emulator::start().await.unwrap();
        let mut variables = emulator.env_for(authority);
        variables.push(("AZURE_SESSION_KEYS".to_owned(), SESSION_KEY.to_owned()));
        for (name, value) in &variables {
            if matches!(name.as_str(), "AZURE_CLIENT_SECRET" | "AZURE_SESSION_KEYS") {
                secrets.push(value.clone());
            }
        }
        let scene = Scene::of(emulator, azure_auth::AzureAuth::from_variables(variables).unwrap()).await;
        for person in scene.emulator.directory().users() {
            let (given, family) = person.name().split_once(' ').unwrap();
            secrets.extend([person.user_name(), given, family].map(ToOwned::to_owned));
            secrets.extend([given, family].map(str::to_lowercase));
        }
        for defect in [None].into_iter().chain(defects.into_iter().map(Some)) {
            if let Some(defect) = defect {
                scene.emulator.inject(defect);
            }
            everything(&scene, &mut secrets).await;
            scene.emulator.clear_defects();
        }
    }

    let text = log.text();
    assert!(log.lines_of(&["azure_auth::refusal", "id-token-refused"]).len() > 30, "the bad ones are there");
    // How every token begins: `{"alg":`.
    secrets.push("eyJhbGci".to_owned());
    secrets.sort();
    secrets.dedup();
    assert!(secrets.len() > 400, "the test knows what to look for: {}", secrets.len());
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        assert_eq!(text.lines().find(|line| line.contains(secret)), None, "{secret}");
    }
}

#[tokio::test]
async fn a_sign_in_from_a_frame_leaves_no_code_secret_or_token_in_log_page_or_message() {
    let (log, _guard) = Log::of_everything();
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[("AZURE_SESSION_KEYS", SESSION_KEY)]).frame_ancestors([PORTAL]).build().unwrap();
    let scene = Scene::of(emulator, auth).await;
    let (tab, secret) = (scene.tab().await, Secret::new());
    scene.login_window(&Page::of("https://evil.test"), &secret).await;
    let last = scene.signs_in_window(scene.login_window(&tab, &secret).await).await;
    let code = tab::code(&last).unwrap();
    scene.redeems(&tab, &code, "wrong").await;
    assert_eq!(scene.redeems(&tab, &code, &secret.secret).await.status, 204);
    scene.redeems(&tab, &code, &secret.secret).await;
    let [cookie] = scene.browser.frame_cookies("localhost").try_into().unwrap();
    scene.browser.script(&tab, Method::POST, scene.at("/logout")).send().await;

    let text = log.text();
    assert!(log.lines_of(&["embedded-code-refused"]).len() == 2 && text.contains("signed-in"), "{text}");
    for secret in
        [&code, &secret.secret, &secret.challenge, &cookie.value, "eyJhbGci", "eyJ0eXAi", "Adele", "adele", SESSION_KEY]
    {
        assert_eq!(text.lines().find(|line| line.contains(secret)), None, "{secret}");
    }
    // The page that hands over holds the sealed code and nothing that could be read.
    for readable in ["eyJhbGci", "eyJ0eXAi", "Adele", "adele", &secret.secret, &secret.challenge, &cookie.value] {
        assert!(!last.text.contains(readable), "{readable}");
    }
    let opened = String::from_utf8_lossy(&URL_SAFE_NO_PAD.decode(&code).unwrap()).to_lowercase();
    assert!(!opened.contains("adele") && !opened.contains("eyjhbgci"), "sealed");
}

/// Signs in, uses the session well and badly, signs out; and notes every value that must not be logged.
async fn everything(scene: &Scene, secrets: &mut Vec<String>) {
    let browser = Browser::new();
    let note_cookies = |secrets: &mut Vec<String>| {
        let cookies = ["localhost", "127.0.0.1"].into_iter().flat_map(|host| browser.cookies(host));
        secrets.extend(cookies.map(|cookie| cookie.value));
    };
    let accounts = browser.visit(scene.at("/me")).await;
    note_cookies(secrets);
    if accounts.text.contains("Pick an account") {
        browser.pick(&accounts, "Adele").await;
    }
    note_cookies(secrets);
    if let Some(cookie) = browser.session_cookie("localhost") {
        browser.open(scene.at("/session")).await;
        browser.script(&Page::of("http://localhost:1/"), Method::POST, scene.at("/entries")).send().await;
        for token in [unsigned_token("none"), unsigned_token("RS256"), "opaque-token-of-a-person".to_owned()] {
            let call =
                browser.program(Method::GET, scene.at("/me")).header("authorization", &format!("Bearer {token}"));
            assert_eq!(call.send().await.status, 401);
            secrets.push(token);
        }
        let logout = browser.open(scene.at("/logout")).await;
        browser.follow(browser.press(&logout, "Sign out").await).await;
        browser.put_cookie(cookie.with_value(format!("{}A", cookie.value)));
        browser.open(scene.at("/me")).await;
    }
    // Names of parameters whose values are nobody else's business, on the way there and back.
    let parameters = ["code", "state", "nonce", "code_challenge", "logout_hint"];
    for address in browser.visited() {
        let values = address.query_pairs().filter(|(name, _)| parameters.contains(&name.as_ref()));
        // The defects' own made-up values are no secrets.
        let values = values.map(|(_, value)| value.into_owned()).filter(|value| value.len() > 20);
        secrets.extend(values);
    }
}

/// A token that names a person and that nobody signed.
fn unsigned_token(algorithm: &str) -> String {
    let encode = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = serde_json::json!({"alg": algorithm, "typ": "JWT", "kid": "made-up"});
    let claims = serde_json::json!({"name": "Adele Vance", "preferred_username": "adele@contoso.test", "scp": "x"});
    format!("{}.{}.AAAA", encode(header), encode(claims))
}

#[tokio::test]
async fn the_start_says_once_which_address_to_register() {
    let (log, _guard) = Log::of_everything();
    let registration = Registration::new("Public").redirect_uri("https://app.example.test/authorization-code/callback");
    let emulator = Emulator::builder().application(registration).start().await.unwrap();
    Scene::of_changes(emulator, &[("AZURE_PUBLIC_URL", "https://app.example.test"), ("AZURE_EXPLAIN", "1")]).await;
    let address = "register the redirect URI https://app.example.test/authorization-code/callback";
    assert_eq!(log.lines_of(&["INFO", "azure_auth::startup", address]).len(), 1, "{}", log.text());
    assert_eq!(log.lines_of(&["INFO", "azure_auth::startup", "a sign-out holds in this process"]).len(), 1);
    assert_eq!(log.lines_of(&["WARN", "azure_auth::startup", "AZURE_EXPLAIN"]).len(), 1);
}

#[tokio::test]
async fn accepting_every_tenant_is_said_at_the_start() {
    let (log, _guard) = Log::of_everything();
    let emulator = Emulator::start().await.unwrap();
    let issuer = emulator.issuer("common");
    Scene::of_changes(emulator, &[("AZURE_ISSUER_URI", &issuer), ("AZURE_VALID_TENANT_IDS", "*")]).await;
    assert_eq!(log.lines_of(&["WARN", "azure_auth::startup", "every work tenant"]).len(), 1, "{}", log.text());
}

#[tokio::test]
async fn the_number_on_a_page_finds_its_line_in_the_log() {
    let (log, _guard) = Log::of_everything();
    let scene = Scene::new().await;
    scene.emulator.inject(Defect::AudienceWrong);
    let page = scene.browser.sign_in(&scene.application, "Adele").await;
    let reference = azure_auth_tests::document::detail(&page.text, "Reference").unwrap();
    let [line] = log.lines_of(&[&reference]).try_into().unwrap();
    for part in [
        "WARN sign-in{step=\"callback\"}: azure_auth::refusal",
        "code=\"id-token-refused\"",
        "status=502",
        "responsible=the developers of this application",
        "the token is for `99999999-9999-4999-8999-999999999999`",
        "compare `AZURE_CLIENT_ID`",
    ] {
        assert!(line.contains(part), "{part} not in {line}");
    }

    let answer = scene.browser.program(Method::GET, scene.at("/me")).send().await;
    let [line] = log.lines_of(&[answer.json()["reference"].as_str().unwrap()]).try_into().unwrap();
    assert!(line.contains("not-signed-in") && line.contains("guestbook::me"), "{line}");
}

#[tokio::test]
async fn what_an_address_of_the_sign_in_asks_for_in_vain_is_named_and_no_value_of_it() {
    let (log, _guard) = Log::of_everything();
    let scene = Scene::new().await;
    let address =
        "/login?returnto=/x&prompt=login&login_hint=hinted%40contoso.test&domain_hint=domain.test&a%0ab=forged";
    let foreign = scene.browser.navigation(Method::GET, scene.at(address)).from(&Page::of("https://evil.example"));
    assert_eq!(foreign.send().await.status, 302);
    let named = log.lines_of(&["DEBUG", "returnto domain_hint (no plain name) prompt login_hint"]);
    assert_eq!(named.len(), 1, "{}", log.text());
    // What is followed is in no log either.
    let own = scene.browser.open(scene.at("/login?login_hint=hinted%40contoso.test")).await;
    assert_eq!(own.location_parameter("login_hint").as_deref(), Some("hinted@contoso.test"));
    for value in ["hinted", "domain.test", "forged"] {
        assert!(!log.text().contains(value), "{value} in {}", log.text());
    }
}

#[tokio::test]
async fn an_error_of_the_provider_is_logged_with_its_code_and_correlation_id() {
    let (log, _guard) = Log::of_everything();
    let scene = Scene::new().await;
    scene.emulator.inject(Defect::TokenSecretExpired);
    scene.browser.sign_in(&scene.application, "Adele").await;
    let [line] = log.lines_of(&["code-not-redeemed"]).try_into().unwrap();
    assert!(line.contains("entra_code=7000222") && line.contains("1fe73093-c804-4bf8-9a91-990f23c719c3"), "{line}");
}

#[tokio::test]
async fn what_any_visitor_can_cause_is_noted_once_and_not_at_every_request() {
    let (log, _guard) = Log::of_everything();
    let scene = Scene::with(&[("AZURE_PUBLIC_URL", "http://localhost:3000")]).await;
    for _ in 0..3 {
        scene.browser.open(scene.at("/login")).await;
    }
    assert_eq!(
        log.lines_of(&["WARN", "azure_auth::startup", "requests arrive for the host"]).len(),
        1,
        "{}",
        log.text()
    );

    let (log, _guard) = Log::of_everything();
    let scene = Scene::new().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    let cookie = scene.browser.session_cookie("localhost").unwrap();
    scene.restart(auth(&scene.emulator, &[("AZURE_SESSION_KEYS", SESSION_KEY)]));
    for _ in 0..3 {
        scene.browser.put_cookie(cookie.clone());
        scene.browser.open(scene.at("/")).await;
        scene.browser.put_cookie(cookie.with_value("A".repeat(5000)));
        scene.browser.open(scene.at("/")).await;
    }
    for code in ["session-key-unknown", "session-cut"] {
        let lines = log.lines_of(&["WARN", "azure_auth::refusal", &format!("code={code:?}")]);
        assert_eq!(lines.len(), 1, "{}", log.text());
    }
}

#[tokio::test]
async fn what_keeps_a_program_from_being_served_is_said_as_an_error() {
    let (log, _guard) = Log::of_everything();
    let emulator = Emulator::start().await.unwrap();
    let auth = azure_auth_tests::scene::builder(&emulator, &[]).session_path("/me").build().unwrap();
    Scene::of(emulator, auth).await;
    let lines = log.lines_of(&["ERROR", "azure_auth::startup", "this application is not served", "\"/me\""]);
    assert_eq!(lines.len(), 1, "{}", log.text());
}
