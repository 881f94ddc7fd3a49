//! The provider changes its keys: nobody notices, and what it withdrew opens nothing.

use azure_auth::AzureAuth;
use azure_auth_emulator::{Defect, Emulator, PlainProvider};
use azure_auth_tests::browser::Browser;
use azure_auth_tests::scene::Scene;

async fn scene_at(authority: &str) -> Scene {
    let emulator = Emulator::start().await.unwrap();
    let auth = AzureAuth::from_variables(emulator.env_for(authority)).unwrap();
    Scene::of(emulator, auth).await
}

/// How often the key set was fetched.
fn fetches(scene: &Scene) -> usize {
    scene.emulator.transcript().iter().filter(|exchange| exchange.path.ends_with("/keys")).count()
}

#[tokio::test]
async fn the_first_token_of_a_new_key_is_accepted() {
    for authority in ["contoso.test", "common", "organizations", "plain"] {
        let scene = scene_at(authority).await;
        scene.browser.sign_in(&scene.application, "Adele").await;
        scene.emulator.rotate_keys().unwrap();
        let other = Browser::new();
        let page = other.sign_in(&scene.application, "Alex").await;
        assert_eq!((page.status, page.text.as_str()), (200, "<p>Welcome, Alex Wilber!</p>"), "{authority}");
        assert_eq!(fetches(&scene), 2, "{authority}");
        assert!(scene.browser.is_signed_in(&scene.application).await, "sessions do not hang on keys");
    }
}

/// A token without `kid` cannot say that its key is new: its signature does, and asks once per cool-down.
#[tokio::test]
async fn a_token_that_names_no_key_asks_for_new_ones_where_its_signature_does_not_fit() {
    let plain = PlainProvider { keys_are_named: false, ..PlainProvider::default() };
    let emulator = Emulator::builder().plain_provider(plain).start().await.unwrap();
    let auth = AzureAuth::from_variables(emulator.env_for("plain")).unwrap();
    let scene = Scene::of(emulator, auth).await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    scene.emulator.rotate_keys().unwrap();
    let page = Browser::new().sign_in(&scene.application, "Alex").await;
    assert_eq!((page.status, page.text.as_str()), (200, "<p>Welcome, Alex Wilber!</p>"));
    assert_eq!(fetches(&scene), 2);

    scene.emulator.inject(Defect::SignatureBroken);
    for _ in 0..3 {
        let page = Browser::new().sign_in(&scene.application, "Alex").await;
        assert_eq!((page.status, page.reason().as_deref()), (502, Some("id-token-refused")));
    }
    assert_eq!(fetches(&scene), 2, "within the cool-down nobody asks again");
}

#[tokio::test]
async fn keys_may_change_while_a_person_is_at_the_provider() {
    let scene = scene_at("contoso.test").await;
    let accounts = scene.browser.visit(scene.at("/login")).await;
    let back = scene.browser.press(&accounts, "Adele").await;
    scene.emulator.rotate_keys().unwrap();
    assert_eq!(scene.browser.follow(back).await.text, "<p>Welcome, Adele Vance!</p>");
}

#[tokio::test]
async fn a_withdrawn_key_opens_nothing() {
    let scene = scene_at("contoso.test").await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    scene.emulator.rotate_keys().unwrap();
    scene.browser.sign_in(&scene.application, "Adele").await;
    // Now the key that signed the first of the two tokens is out of the set, and it signs once more.
    scene.emulator.inject(Defect::KeyRetired);
    let other = Browser::new();
    let page = other.sign_in(&scene.application, "Alex").await;
    assert_eq!((page.status, page.reason().as_deref()), (502, Some("id-token-refused")));
    assert!(!other.is_signed_in(&scene.application).await);
}

#[tokio::test]
async fn made_up_keys_neither_storm_the_provider_nor_disturb_good_tokens() {
    let scene = scene_at("contoso.test").await;
    for _ in 0..5 {
        scene.emulator.inject(Defect::KeyUnknown);
        let page = Browser::new().sign_in(&scene.application, "Adele").await;
        assert_eq!(page.reason().as_deref(), Some("id-token-refused"));
        scene.emulator.clear_defects();
        let page = Browser::new().sign_in(&scene.application, "Adele").await;
        assert_eq!(page.status, 200);
    }
    assert_eq!(fetches(&scene), 2, "the first load, and one for the first unknown key");
}

#[tokio::test]
async fn a_failed_fetch_for_a_new_key_leaves_the_old_ones_in_force() {
    let scene = scene_at("contoso.test").await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    scene.emulator.inject(Defect::KeyUnknown);
    for broken in [Defect::KeysServerError, Defect::KeysEmpty, Defect::KeysHuge] {
        scene.emulator.inject(broken);
    }
    let page = Browser::new().sign_in(&scene.application, "Adele").await;
    assert_eq!(page.status, 502);
    scene.emulator.clear_defects();
    scene.emulator.inject(Defect::KeysServerError);
    let page = Browser::new().sign_in(&scene.application, "Adele").await;
    assert_eq!(page.text, "<p>Welcome, Adele Vance!</p>");
}
