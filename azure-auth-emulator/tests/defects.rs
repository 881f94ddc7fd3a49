//! The page on which the emulator is made wrong while it runs.

use azure_auth_emulator::{Defect, Emulator};

async fn page(http: &reqwest::Client, address: &str) -> String {
    http.get(address).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_person_makes_it_wrong_and_right_again_on_a_page() {
    let emulator = Emulator::start().await.unwrap();
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
    let http = http.build().unwrap();
    let address = format!("{}/emulator/defects", emulator.origin());
    let before = page(&http, &address).await;
    for defect in Defect::ALL {
        assert!(before.contains(&format!("value=\"{}\"", defect.name())), "{defect:?}");
    }
    assert!(before.contains("The token endpoint answers 429.") && !before.contains("Now:"));
    let press = async |name: &str, value: &str| http.post(&address).form(&[(name, value)]).send().await.unwrap();
    assert_eq!(press("defect", "TokenThrottled").await.status(), 302);
    emulator.inject(Defect::KeysEmpty);
    assert!(page(&http, &address).await.contains("Now: <code>TokenThrottled KeysEmpty</code>"));
    assert!(page(&http, emulator.origin()).await.contains("Wrong on purpose</a>: TokenThrottled KeysEmpty"));
    assert_eq!(press("clear", "1").await.status(), 302);
    assert!(!page(&http, &address).await.contains("Now:"));
    let unknown = press("defect", "TokenThrotled").await;
    assert_eq!(unknown.status(), 400);
    assert!(unknown.text().await.unwrap().starts_with("found the defect \"TokenThrotled\", expected one of "));
}

#[tokio::test]
async fn refresh_tokens_end_and_consent_is_forgotten_by_a_button_for_each_person() {
    const REDIRECT_URI: &str = "http://localhost:3000/authorization-code/callback";
    let emulator = Emulator::start().await.unwrap();
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
    let http = http.build().unwrap();
    let address = format!("{}/emulator/defects", emulator.origin());
    let press = async |name: &str, value: &str| http.post(&address).form(&[(name, value)]).send().await.unwrap();
    let application = &emulator.directory().applications()[0];
    let authorize = async |button: (&str, &str)| {
        let form = [
            ("client_id", application.application_id()),
            ("redirect_uri", REDIRECT_URI),
            ("response_type", "code"),
            ("scope", "openid offline_access User.Read"),
            ("account", "adele@contoso.test"),
            button,
        ];
        let address = emulator.issuer("common").replace("/v2.0", "/oauth2/v2.0/authorize");
        let answer = http.post(address).form(&form).send().await.unwrap();
        let location: Option<url::Url> =
            answer.headers().get("location").map(|location| location.to_str().unwrap().parse().unwrap());
        location.and_then(|location| {
            location.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned())
        })
    };
    let tokens = async |more: &[(&str, &str)]| {
        let client = [
            ("client_id", application.application_id()),
            ("client_secret", application.client_secret()),
            ("redirect_uri", REDIRECT_URI),
        ];
        let address = emulator.issuer("common").replace("/v2.0", "/oauth2/v2.0/token");
        let answer = http.post(address).form(&[&client, more].concat()).send().await.unwrap();
        answer.json::<serde_json::Value>().await.unwrap()
    };
    let code = authorize(("consent", "1")).await.unwrap();
    let granted = tokens(&[("grant_type", "authorization_code"), ("code", &code)]).await;
    let refresh_token = granted["refresh_token"].as_str().unwrap();
    let renew = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    assert!(tokens(&renew).await["access_token"].is_string());
    assert_eq!(press("revoke", "alex@contoso.test").await.status(), 302);
    assert!(tokens(&renew).await["access_token"].is_string(), "of another person");
    assert_eq!(press("revoke", "adele@contoso.test").await.status(), 302);
    assert_eq!(tokens(&renew).await["error_codes"][0], 50173);

    assert!(authorize(("other", "1")).await.is_some(), "she agreed before");
    assert_eq!(press("withdraw", "adele@contoso.test").await.status(), 302);
    assert!(authorize(("other", "1")).await.is_none(), "she is asked again");
    let unknown = press("withdraw", "nobody").await;
    assert_eq!(unknown.status(), 400);
    assert!(unknown.text().await.unwrap().starts_with("\"nobody\" is not a person of the directory; name one of "));
}

#[tokio::test]
async fn a_page_of_another_origin_makes_nothing_wrong() {
    let emulator = Emulator::start().await.unwrap();
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let address = format!("{}/emulator/defects", emulator.origin());
    let request = http.post(&address).header("origin", "http://evil.example").form(&[("defect", "KeysEmpty")]);
    assert_eq!(request.send().await.unwrap().status(), 403);
    assert!(!page(&http, &address).await.contains("Now:"));
}
