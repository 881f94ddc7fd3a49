//! Nothing that opens a door gets out: not into the log, a page, an error or what prints.

use azure_auth_emulator::{Defect, ForcedError, TokenGrant};
use azure_auth_tests::log::Log;
use reqwest::Method;

use super::stage::{Stage, seen_tokens};

/// Whether a text holds what the local Entra ID makes refresh tokens of.
fn holds_refresh_token(text: &str) -> bool {
    text.match_indices("1.R").any(|(at, _)| {
        let rest = &text[at + 3..];
        rest.len() >= 43 && rest.bytes().take(43).all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    })
}

#[tokio::test]
async fn no_token_code_assertion_or_secret_gets_into_log_page_session_or_debug() {
    let (log, _guard) = Log::of_everything();

    let stage = Stage::new("memory").await;
    let secret = stage.emulator.env().into_iter().find(|(name, _)| name == "AZURE_CLIENT_SECRET").unwrap().1;
    let mut pages = Vec::new();
    for path in ["/mail", "/both", "/later", "/session"] {
        pages.push(stage.visit(path).await);
    }
    let me = stage.browser.open(stage.at("/me")).await;
    for path in ["/directory", "/undeclared", "/mail"] {
        pages.push(stage.browser.script(&me, Method::GET, stage.at(path)).send().await);
        pages.push(stage.browser.navigation(Method::POST, stage.at(path)).from(&me).form(Vec::new()).send().await);
    }
    let assertion = stage.emulator.access_token().user("adele@contoso.test").scope("Files.Read").issue();
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let mut texts = Vec::new();
    for (path, error) in [
        ("/mail", None),
        ("/directory", None),
        ("/profile", Some(ForcedError::at_grant(TokenGrant::OnBehalfOf, "invalid_client", 7_000_222))),
    ] {
        if let Some(error) = error {
            stage.emulator.force_error(error);
        }
        let answer = http.get(stage.at(path)).bearer_auth(&assertion).send().await.unwrap();
        texts.push(format!("{:?} {}", answer.headers().clone(), answer.text().await.unwrap()));
        stage.emulator.clear_defects();
    }
    for defect in Defect::ALL.iter().copied().filter(|defect| format!("{defect:?}").starts_with("Token")) {
        stage.emulator.inject(defect);
        let fresh = stage.emulator.access_token().user("adele@contoso.test").scope("Files.Read").issue();
        let answer = http.get(stage.at("/mail")).bearer_auth(&fresh).send().await.unwrap();
        texts.push(answer.text().await.unwrap());
        stage.emulator.clear_defects();
    }

    let mut secrets = seen_tokens();
    assert!(secrets.len() >= 2, "the test knows what to look for: {}", secrets.len());
    secrets.extend([secret, assertion]);
    let text = log.text();
    assert!(text.contains("consent-required") && text.contains("tokens-refused"), "the bad ones are there");
    texts.push(text);
    texts.extend(pages.iter().map(|page| format!("{:?} {}", page.headers, page.text)));
    for text in &texts {
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{}", &secret[..8]);
        }
        assert!(!holds_refresh_token(text));
        // How every token begins.
        assert!(!text.contains("eyJ0eXAi") && !text.contains("eyJhbGci"), "{text}");
    }
}
