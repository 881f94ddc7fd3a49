//! A provider that is not Microsoft's and not ours: npm's `oidc-provider`. Whatever the standards let it write signs
//! people in, and nothing else does.

use azure_auth::AzureAuth;
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::Browser;
use azure_auth_tests::guestbook::{Entries, guestbook};
use azure_auth_tests::openid_provider::OpenIdProvider;

#[tokio::test]
async fn people_of_another_provider_sign_in_stay_and_sign_out_however_it_writes_its_id_tokens() {
    let Some(packages) = OpenIdProvider::installed().await else { return };
    for (authentication, shape) in [
        ("client_secret_basic", "usual"),
        ("client_secret_post", "usual"),
        ("client_secret_basic", "names-at-userinfo"),
        ("client_secret_post", "one-audience"),
        ("client_secret_basic", "several-audiences"),
        ("client_secret_post", "unnamed-key"),
        ("client_secret_basic", "fractions"),
        ("client_secret_post", "nulls"),
    ] {
        let context = format!("{shape}, {authentication}");
        let provider = OpenIdProvider::start(packages, authentication, shape).await;
        let (application, browser) = (application(&provider).await, Browser::new());
        let page = browser.sign_in(&application, "Grace").await;
        assert_eq!((page.status, page.text.as_str()), (200, "<p>Welcome, Grace Hopper!</p>"), "{context}");
        let page = browser.visit(application.at("/me")).await;
        assert!(page.status == 200 && page.text.ends_with("grace"), "{context}: {page:?}");

        let page = browser.open(application.at("/logout")).await;
        let at_provider = browser.follow(browser.press(&page, "Sign out").await).await;
        assert!(!browser.is_signed_in(&application).await, "{context}");
        let page = browser.follow(browser.press(&at_provider, "Leave the provider").await).await;
        assert!(page.text.contains("You are signed out"), "{context}: {page:?}");
        let page = browser.visit(application.at("/me")).await;
        assert!(page.text.contains("Pick an account"), "{context}: the provider has forgotten them too: {page:?}");
    }
}

#[tokio::test]
async fn an_id_token_that_the_standards_do_not_allow_signs_nobody_in_whoever_writes_it() {
    let Some(packages) = OpenIdProvider::installed().await else { return };
    for shape in [
        "audiences-without-party",
        "party-of-another",
        "audiences-of-others",
        "unnamed-key-of-several",
        "key-of-nobody",
    ] {
        let provider = OpenIdProvider::start(packages, "client_secret_basic", shape).await;
        let (application, browser) = (application(&provider).await, Browser::new());
        let page = browser.sign_in(&application, "Grace").await;
        assert_eq!((page.status, page.reason().as_deref()), (502, Some("id-token-refused")), "{shape}: {page:?}");
        assert!(!browser.is_signed_in(&application).await, "{shape}");
    }
}

async fn application(provider: &OpenIdProvider) -> Application {
    let auth = AzureAuth::from_variables(provider.settings()).unwrap();
    Application::start(guestbook(auth, &Entries::default())).await
}
