//! A provider that is down, or answers something else.

use azure_auth_emulator::{Defect, Emulator};
use azure_auth_tests::browser::Browser;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::http::Method;

use super::stage::Hybrid;

/// What a person and a program are told, and the line of the log: the address that was asked is in all of them.
async fn fails(hybrid: &Hybrid, address: &str, found: &str, remedy: &str) {
    let browser = Browser::new();
    let page = browser.navigation(Method::GET, hybrid.program.at("/me")).send().await;
    assert!((500..=504).contains(&page.status), "{}: {}", page.status, page.text);
    let token = hybrid.emulator.access_token().user("adele@contoso.test").scope("Files.Read").issue();
    let call = browser.program(Method::GET, hybrid.program.at("/api/me"));
    let problem = call.header("authorization", &format!("Bearer {token}")).send().await;
    assert_eq!((problem.status, problem.reason().as_deref()), (503, Some("keys-not-loaded")), "{}", problem.text);
    let document = problem.json();
    for (member, words) in [("cause", address), ("found", found), ("expected", address), ("remedy", remedy)] {
        assert!(document[member].as_str().is_some_and(|text| text.contains(words)), "{member}: {document}");
    }
    let log = hybrid.log();
    let line = log.lines().find(|line| line.contains("azure_auth::provider")).unwrap_or_else(|| panic!("{log}"));
    for words in
        [address, found, remedy, "meanwhile=\"nobody can sign in", "next_attempt=\"with the first sign-in after"]
    {
        assert!(line.contains(words), "{words}: {line}");
    }
    assert!(!log.contains(&token));
}

const DISCOVERY: &str = "/v2.0/.well-known/openid-configuration";
const KEYS: &str = "/discovery/v2.0/keys";

#[tokio::test]
async fn what_came_in_place_of_a_document_is_said_with_the_address_that_was_asked() {
    for (defect, address, found, remedy) in [
        (Defect::DiscoveryServerError, DISCOVERY, "status 500", "health page"),
        (Defect::DiscoveryHtml, DISCOVERY, "an HTML page", "`curl`"),
        (Defect::DiscoveryRedirects, DISCOVERY, "a redirect (307)", "`AZURE_ISSUER_URI`"),
        (Defect::DiscoveryIssuerWrong, DISCOVERY, "`issuer` ", "`AZURE_ISSUER_URI`"),
        (Defect::DiscoveryOpenEndpoint, DISCOVERY, "`token_endpoint` without TLS", "`AZURE_ISSUER_URI`"),
        (Defect::KeysServerError, KEYS, "status 500", "health page"),
        (Defect::KeysHtml, KEYS, "an HTML page", "`curl`"),
        (Defect::KeysEmpty, KEYS, "no RSA key for signatures", "`AZURE_ISSUER_URI`"),
    ] {
        let hybrid = Hybrid::with([]).await;
        hybrid.emulator.inject(defect);
        // An issuer that differs, and an address, are expected in words of their own.
        let is_in_words =
            matches!(defect, Defect::DiscoveryIssuerWrong | Defect::DiscoveryOpenEndpoint | Defect::KeysEmpty);
        if is_in_words {
            let page = Browser::new().navigation(Method::GET, hybrid.program.at("/me")).send().await;
            assert_eq!(page.status, 502, "{}", page.text);
            let line = hybrid.line(&["azure_auth::provider", address, found, remedy]);
            assert!(line.contains("expected="), "{line}");
        } else {
            fails(&hybrid, address, found, remedy).await;
        }
    }
}

#[tokio::test]
async fn a_provider_that_nobody_answers_for_is_named_by_its_address() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let issuer = format!("http://{free}/aaaaaaaa-0000-4000-8000-000000000001");
    let hybrid = Hybrid::with([("AZURE_ISSUER_URI", &issuer)]).await;
    fails(&hybrid, &format!("{issuer}{DISCOVERY}"), "no connection", "`AZURE_ISSUER_URI`").await;
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_told_from_no_connection() {
    let hybrid = Hybrid::at(Emulator::builder().https(), [("AZURE_CA_FILE", "")]).await;
    fails(&hybrid, DISCOVERY, "its certificate is not trusted", "`AZURE_CA_FILE`").await;
}

/// A token with another header in the place of its own.
fn with_header(hybrid: &Hybrid, header: &str) -> String {
    let token = hybrid.emulator.access_token().user("adele@contoso.test").scope("Files.Read").issue();
    let (_, rest) = token.split_once('.').expect("a header");
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
}

/// What a program is told of its token, and the line of the log.
async fn refused(hybrid: &Hybrid, token: &str, code: &str) -> (serde_json::Value, String) {
    let browser = Browser::new();
    let call = browser.program(Method::GET, hybrid.program.at("/api/me"));
    let problem = call.header("authorization", &format!("Bearer {token}")).send().await;
    assert_eq!(problem.reason().as_deref(), Some(code), "{}", problem.text);
    assert!(!hybrid.log().contains(token) && !hybrid.log().contains("adele@contoso.test"));
    (problem.json(), hybrid.line(&[&format!("code=\"{code}\"")]))
}

#[tokio::test]
async fn a_token_of_another_cloud_is_told_with_its_key_and_whose_keys_are_loaded() {
    let hybrid = Hybrid::with([]).await;
    let token = with_header(&hybrid, r#"{"alg":"RS256","kid":"of-another-cloud"}"#);
    let (document, line) = refused(&hybrid, &token, "token-key-unknown").await;
    let found = document["found"].as_str().unwrap();
    assert!(found.starts_with("`kid` of-another-cloud "), "{document}");
    assert!(found.contains("tenant aaaaaaaa-0000-4000-8000-000000000001 of another provider"), "{document}");
    let expected = document["expected"].as_str().unwrap();
    assert!(expected.starts_with("one of the ") && expected.contains(" keys of http://"), "{document}");
    assert!(expected.contains("loaded 0 s ago") || expected.contains("loaded 1 s ago"), "{document}");
    assert!(line.contains("`AZURE_ISSUER_URI`"), "{line}");
}

#[tokio::test]
async fn what_does_not_fit_in_a_token_is_said_as_it_was_found() {
    let hybrid = Hybrid::with([]).await;
    let token = || hybrid.emulator.access_token().user("adele@contoso.test").scope("Files.Read");
    for (token, code, found) in [
        (token().audience("99999999-9999-4999-8999-999999999999").issue(), "token-audience", "`aud` 99999999"),
        (token().tenant("bbbbbbbb-0000-4000-8000-000000000002").issue(), "token-issuer", "`iss` http://"),
        (token().expires_in(-3600).issue(), "token-expired", "`exp` "),
        (token().claim("ver", "7.0").issue(), "token-claims", "`ver` 7.0"),
    ] {
        let (document, line) = refused(&hybrid, &token, code).await;
        assert!(document["found"].as_str().is_some_and(|text| text.contains(found)), "{document}");
        assert!(line.contains(found), "{line}");
    }
}

#[tokio::test]
async fn a_header_with_another_algorithm_or_type_is_said_as_it_was_found() {
    let hybrid = Hybrid::with([]).await;
    for (header, code, found) in [
        (r#"{"alg":"HS512","kid":"k"}"#, "token-algorithm", "`alg` HS512"),
        (r#"{"alg":"RS256","typ":"at+jwt","kid":"k"}"#, "token-malformed", "`typ` at+jwt"),
    ] {
        let token = with_header(&hybrid, header);
        let (document, line) = refused(&hybrid, &token, code).await;
        assert!(document["found"].as_str().is_some_and(|text| text == found), "{document}");
        assert!(line.contains(found), "{line}");
    }
}

#[tokio::test]
async fn the_keys_that_are_known_serve_on_while_the_provider_is_down() {
    let hybrid = Hybrid::with([]).await;
    let token = || hybrid.emulator.access_token().user("adele@contoso.test").scope("Files.Read");
    let browser = Browser::new();
    let ask = |token: String| {
        let call = browser.program(Method::GET, hybrid.program.at("/api/me"));
        call.header("authorization", &format!("Bearer {token}")).send()
    };
    assert_eq!(ask(token().issue()).await.status, 200);
    hybrid.emulator.inject(Defect::KeysServerError);
    let unknown = with_header(&hybrid, r#"{"alg":"RS256","kid":"of-another-cloud"}"#);
    assert_eq!(ask(unknown).await.status, 401, "its key is asked for, in vain");
    assert_eq!(ask(token().issue()).await.status, 200);
    let line = hybrid.line(&["azure_auth::provider"]);
    assert!(line.contains("meanwhile=\"sign-in and access tokens go on with what was fetched "), "{line}");
    assert!(line.contains("next_attempt=\"with the first request after 30 s\""), "{line}");
}
