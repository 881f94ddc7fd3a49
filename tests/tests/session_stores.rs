//! Sessions that are kept on the server: in memory, and on a Redis server that fails.

use std::time::{Duration, Instant};

use azure_auth_tests::browser::Page;
use azure_auth_tests::redis::RedisServer;
use azure_auth_tests::scene::{Scene, auth};

const STORE: &str = "AZURE_SESSION_STORE";

async fn signed_in_at(store: &str) -> Scene {
    let scene = Scene::with(&[(STORE, store)]).await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    scene
}

async fn signed_in_with_redis() -> Option<(RedisServer, Scene)> {
    let server = RedisServer::start()?;
    let scene = signed_in_at(&server.address()).await;
    Some((server, scene))
}

/// The program starts again: whatever it had loaded is forgotten.
fn restart(scene: &Scene, store: &str) {
    scene.restart(auth(&scene.emulator, &[(STORE, store)]));
}

/// A page for which the store was not needed, and one for which it was and did not answer.
async fn assert_without_store(scene: &Scene) {
    let home = scene.browser.open(scene.at("/")).await;
    assert_eq!((home.status, home.text.as_str()), (200, "<p>Welcome, stranger!</p>"));
    for path in ["/me", "/session"] {
        let begun = Instant::now();
        let page = scene.browser.open(scene.at(path)).await;
        assert_eq!((page.status, page.reason().as_deref()), (503, Some("session-store-unavailable")), "{path}");
        assert!(!page.header("retry-after").is_empty(), "{path}");
        assert!(begun.elapsed() < Duration::from_secs(2), "{path}: {:?}", begun.elapsed());
    }
}

/// The page as soon as the store answers again.
async fn page_again(scene: &Scene, path: &str) -> Page {
    let answered = async {
        loop {
            let page = scene.browser.open(scene.at(path)).await;
            if page.status != 503 {
                return page;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), answered).await.expect("the store answers again")
}

async fn assert_a_sign_out_ends_the_ticket(scene: &Scene) {
    let ticket = scene.browser.session_cookie("localhost").unwrap().value;
    assert_eq!(ticket.len(), 43, "the cookie is a ticket and nothing else");
    let thief = scene.browser.copy();
    assert!(thief.is_signed_in(&scene.application).await);
    let page = scene.browser.open(scene.at("/logout")).await;
    scene.browser.press(&page, "Sign out").await;
    assert!(!thief.is_signed_in(&scene.application).await);
}

#[tokio::test]
async fn a_session_in_memory_ends_with_its_sign_out() {
    assert_a_sign_out_ends_the_ticket(&signed_in_at("memory").await).await;
}

#[tokio::test]
async fn a_session_in_memory_ends_with_the_program() {
    let scene = signed_in_at("memory").await;
    restart(&scene, "memory");
    assert!(!scene.browser.is_signed_in(&scene.application).await);
}

#[tokio::test]
async fn a_session_in_redis_ends_with_its_sign_out() {
    let Some((_server, scene)) = signed_in_with_redis().await else { return };
    assert_a_sign_out_ends_the_ticket(&scene).await;
}

#[tokio::test]
async fn a_session_in_redis_outlives_the_program_and_so_does_its_end() {
    let Some((server, scene)) = signed_in_with_redis().await else { return };
    restart(&scene, &server.address());
    let thief = scene.browser.copy();
    assert!(thief.is_signed_in(&scene.application).await);
    assert_a_sign_out_ends_the_ticket(&scene).await;
    restart(&scene, &server.address());
    assert!(!thief.is_signed_in(&scene.application).await);
}

#[tokio::test]
async fn without_redis_public_pages_work_and_others_say_come_back() {
    let Some((mut server, scene)) = signed_in_with_redis().await else { return };
    server.end();
    restart(&scene, &server.address());
    assert_without_store(&scene).await;
    server.start_again();
    // It is empty: whoever comes is sent to sign in, and may.
    assert_eq!(page_again(&scene, "/me").await.status, 302);
    scene.browser.sign_in(&scene.application, "Adele").await;
    assert!(scene.browser.is_signed_in(&scene.application).await);
}

#[tokio::test]
async fn nobody_waits_for_redis_when_it_hangs_and_nobody_is_signed_out_by_it() {
    let Some((server, scene)) = signed_in_with_redis().await else { return };
    restart(&scene, &server.address());
    server.freeze();
    assert_without_store(&scene).await;
    server.thaw();
    assert_eq!(page_again(&scene, "/me").await.status, 200);
}
