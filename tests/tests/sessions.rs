//! Sessions: what the browser holds, what it is worth when someone touched it, and when it ends.

use azure_auth_emulator::{Application as Registration, Emulator, Tenant, User};
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::cookie_jar::Cookie;
use azure_auth_tests::scene::{Scene, auth, builder};
use azure_auth_tests::sealed_cookie::{self, Purpose, SESSION_KEY, session};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::Value;

/// Someone signed in, with a session key that the test knows.
async fn signed_in() -> (Scene, Cookie) {
    let scene = Scene::with(&[("AZURE_SESSION_KEYS", SESSION_KEY)]).await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    let cookie = scene.browser.session_cookie("localhost").unwrap();
    (scene, cookie)
}

fn record(cookie: &Cookie) -> Value {
    serde_json::from_slice(&sealed_cookie::open(Purpose::Session, cookie)).unwrap()
}

/// The answers of the three kinds of page to a request with exactly this `Cookie` header.
async fn with_header(scene: &Scene, header: &str) -> (Page, Page, Page) {
    // A new one each time: the answer may renew the cookie, and the header must stay the only one.
    let open =
        async |path| Browser::new().navigation(Method::GET, scene.at(path)).header("cookie", header).send().await;
    (open("/session").await, open("/").await, open("/me").await)
}

async fn assert_is_nobody(scene: &Scene, header: &str, context: &str) {
    let (session, home, me) = with_header(scene, header).await;
    let reason = session.reason().unwrap_or_default();
    // Why the cookie is not a session has a code of its own each time.
    assert_eq!(session.status, 401, "{context}");
    assert!(reason == "not-signed-in" || reason.starts_with("session-"), "{context}: {reason}");
    assert_eq!((home.status, home.text.as_str()), (200, "<p>Welcome, stranger!</p>"), "{context}");
    assert_eq!(me.status, 302, "{context}: asked to sign in, with no error");
}

async fn assert_is_adele(scene: &Scene, header: &str, context: &str) {
    let (session, home, me) = with_header(scene, header).await;
    assert_eq!((session.status, home.text.as_str()), (200, "<p>Welcome, Adele Vance!</p>"), "{context}");
    assert_eq!(me.status, 200, "{context}");
}

#[tokio::test]
async fn the_cookie_is_for_the_server_only_and_tells_nothing() {
    let scene = Scene::new().await;
    let accounts = scene.browser.visit(scene.at("/me")).await;
    let attempt = scene.browser.attempt_cookies("localhost").remove(0);
    let back = scene.browser.step(&scene.browser.press(&accounts, "Adele").await).await;

    let header = back.set_cookies().into_iter().find(|header| header.contains("azure-session-")).unwrap().to_owned();
    let attributes: Vec<&str> = header.split("; ").skip(1).collect();
    assert_eq!(attributes, ["HttpOnly", "SameSite=Lax", "Path=/"], "on loopback, and it goes with the browser");
    assert!(header.len() <= 4096);
    let session = scene.browser.session_cookie("localhost").unwrap();
    for cookie in [attempt, session] {
        assert!(cookie.http_only, "{}", cookie.name);
        let bytes = URL_SAFE_NO_PAD.decode(&cookie.value).unwrap();
        let text = format!("{} {} {}", cookie.name, cookie.value, String::from_utf8_lossy(&bytes)).to_lowercase();
        for readable in ["adele", "vance", "contoso", "admin", "eyjhbgci", "eyj0exai", "localhost", "aaaaaaaa-0000"] {
            assert!(!text.contains(readable), "{readable} in {}", cookie.name);
        }
    }
}

#[tokio::test]
async fn behind_https_the_cookie_is_bound_to_the_host_and_to_tls() {
    let registration = Registration::new("Public").redirect_uri("https://app.example.test/authorization-code/callback");
    let emulator = Emulator::builder().application(registration).start().await.unwrap();
    let scene = Scene::of_changes(emulator, &[("AZURE_PUBLIC_URL", "https://app.example.test")]).await;
    scene.browser.put_proxy_before("app.example.test", scene.application.address());

    let accounts = scene.browser.visit("https://app.example.test/me").await;
    let attempts = scene.browser.attempt_cookies("app.example.test");
    assert!(attempts[0].name.starts_with("__Host-"), "{}", attempts[0].name);
    let back = scene.browser.press(&accounts, "Adele").await;
    assert!(back.header("location").starts_with("https://app.example.test/authorization-code/callback?"));
    let answer = scene.browser.step(&back).await;
    let header = answer.set_cookies().into_iter().find(|header| header.contains("azure-session-")).unwrap();
    assert!(header.starts_with("__Host-azure-session-"), "{header}");
    let attributes: Vec<&str> = header.split("; ").skip(1).collect();
    assert_eq!(attributes, ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"]);
    assert_eq!(scene.browser.follow(answer).await.address.as_str(), "https://app.example.test/me");
}

#[tokio::test]
async fn the_public_address_is_the_configured_one_whatever_a_request_says() {
    let registration = Registration::new("Public").redirect_uri("https://app.example.test/authorization-code/callback");
    let emulator = Emulator::builder().application(registration).start().await.unwrap();
    let scene = Scene::of_changes(emulator, &[("AZURE_PUBLIC_URL", "https://app.example.test")]).await;
    for host in ["app.example.test", "internal.example.test", "evil.example"] {
        scene.browser.put_proxy_before(host, scene.application.address());
        let call = scene.browser.navigation(Method::GET, format!("https://{host}/login"));
        let call = call.header("x-forwarded-host", "evil.example").header("forwarded", "host=evil.example;proto=http");
        let page = call.send().await;
        let redirect_uri = page.location_parameter("redirect_uri");
        assert_eq!(redirect_uri.as_deref(), Some("https://app.example.test/authorization-code/callback"), "{host}");
    }
}

#[tokio::test]
async fn without_a_public_address_nobody_signs_in_under_an_unknown_name() {
    let scene = Scene::new().await;
    scene.browser.put_proxy_before("app.example.test", scene.application.address());
    for path in ["/login", "/me", "/authorization-code/callback?code=a&state=b"] {
        let page = scene.browser.open(format!("https://app.example.test{path}")).await;
        assert_eq!((page.status, page.reason().as_deref()), (421, Some("host-not-served")), "{path}");
        assert!(page.set_cookies().is_empty(), "{path}");
    }
    let page = scene.browser.open("https://app.example.test/").await;
    assert_eq!((page.status, page.text.as_str()), (200, "<p>Welcome, stranger!</p>"), "the rest is served");
}

#[tokio::test]
async fn what_was_touched_is_nobodys_session() {
    let (scene, cookie) = signed_in().await;
    let Cookie { name, value, .. } = &cookie;
    assert_is_adele(&scene, &format!("{name}={value}"), "untouched").await;

    let flipped = |at: usize| {
        let other = if value.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{other}{}", &value[..at], &value[at + 1..])
    };
    let end = value.len() - 1;
    for at in [0, 1, 3, 7, 20, 23, 40, end / 2, end - 20] {
        assert_is_nobody(&scene, &format!("{name}={}", flipped(at)), &format!("byte {at} changed")).await;
    }
    for length in [0, 1, 10, 23, 44, end / 2, end] {
        assert_is_nobody(&scene, &format!("{name}={}", &value[..length]), &format!("cut at {length}")).await;
    }
    for (context, header) in [
        ("longer", format!("{name}={value}A")),
        ("padded", format!("{name}={value}==")),
        ("quoted", format!("{name}=\"{value}\"")),
        ("oversized", format!("{name}={}", "A".repeat(6000))),
        ("no text", format!("{name}=\u{e9}")),
        ("of an attempt", format!("{}={value}", name.replace("session", "sign-in"))),
        ("under a longer name", format!("{name}x={value}")),
        ("beside another of the name", format!("{name}={value}; {name}=planted")),
        ("after another of the name", format!("{name}=; {name}={value}")),
        ("of JSON", format!("{name}={{\"w\":{{}}}}")),
    ] {
        assert_is_nobody(&scene, &header, context).await;
    }
    assert_is_adele(&scene, &format!("a=b; {name}={value}; c=d"), "among others").await;
    assert_is_adele(&scene, &format!("{name}={value}; {name}={value}"), "twice the same").await;
}

#[tokio::test]
async fn a_session_of_another_application_is_none() {
    let (scene, cookie) = signed_in().await;
    let (other, other_cookie) = signed_in().await;
    assert_is_nobody(&scene, &format!("{}={}", cookie.name, other_cookie.value), "same key, other address").await;
    assert_is_nobody(&other, &format!("{}={}", cookie.name, cookie.value), "other name").await;
    let login = other.browser.open(other.at("/login")).await;
    let state = login.location_parameter("state").unwrap();
    assert_is_nobody(&other, &format!("{}={state}", other_cookie.name), "an attempt as a session").await;
    let browser = other.browser.attempt_cookies("localhost").remove(0);
    assert_is_nobody(&other, &format!("{}={}", other_cookie.name, browser.value), "a browser as a session").await;
}

const HOUR: i64 = 3600;

#[tokio::test]
async fn a_session_ends_when_nobody_came_and_when_its_day_is_over() {
    let (scene, cookie) = signed_in().await;
    let moved = |last_seen: i64, ends_at: i64| {
        let mut record = record(&cookie);
        record[session::LAST_SEEN] = (record[session::LAST_SEEN].as_i64().unwrap() + last_seen).into();
        record[session::ENDS_AT] = (record[session::ENDS_AT].as_i64().unwrap() + ends_at).into();
        let moved = sealed_cookie::sealed(Purpose::Session, &cookie, record.to_string().as_bytes());
        format!("{}={}", moved.name, moved.value)
    };
    assert_is_adele(&scene, &moved(0, 0), "just made").await;
    assert_is_adele(&scene, &moved(-8 * HOUR + 60, 0), "a minute before the idle limit").await;
    assert_is_nobody(&scene, &moved(-8 * HOUR, 0), "the idle limit").await;
    assert_is_adele(&scene, &moved(-HOUR, -24 * HOUR + 60), "a minute before the absolute limit").await;
    assert_is_nobody(&scene, &moved(-HOUR, -24 * HOUR), "the absolute limit").await;
    assert_is_nobody(&scene, &moved(2 * HOUR, 0), "from the future").await;
}

#[tokio::test]
async fn a_session_in_use_is_written_again_now_and_then() {
    let (scene, cookie) = signed_in().await;
    let aged = |minutes: u64| {
        let mut record = record(&cookie);
        record[session::LAST_SEEN] = (record[session::LAST_SEEN].as_u64().unwrap() - minutes * 60).into();
        sealed_cookie::sealed(Purpose::Session, &cookie, record.to_string().as_bytes())
    };
    scene.browser.put_cookie(aged(40));
    assert!(scene.browser.open(scene.at("/me")).await.set_cookies().is_empty(), "not at every request");

    scene.browser.put_cookie(aged(50));
    let page = scene.browser.open(scene.at("/me")).await;
    assert_eq!((page.status, page.set_cookies().len()), (200, 1));
    assert!(page.set_cookies()[0].ends_with("; HttpOnly; SameSite=Lax; Path=/"), "{:?}", page.set_cookies());
    let (before, after) = (record(&cookie), record(&scene.browser.session_cookie("localhost").unwrap()));
    assert!(after[session::LAST_SEEN].as_u64() >= before[session::LAST_SEEN].as_u64(), "seen now");
    for member in ["i", "a", "d", "x", "w"] {
        assert_eq!(after[member], before[member], "{member} stays");
    }
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_request_that_brings_a_token_leaves_the_session_closed() {
    let (scene, cookie) = signed_in().await;
    let mut record = record(&cookie);
    record[session::LAST_SEEN] = (record[session::LAST_SEEN].as_u64().unwrap() - 3600).into();
    scene.browser.put_cookie(sealed_cookie::sealed(Purpose::Session, &cookie, record.to_string().as_bytes()));
    let call = scene.browser.navigation(Method::GET, scene.at("/")).header("authorization", "Bearer x.y.z");
    let page = call.send().await;
    assert_eq!(page.text, "<p>Welcome, stranger!</p>");
    assert!(page.set_cookies().is_empty(), "neither opened nor renewed");
}

#[tokio::test]
async fn each_sign_in_makes_a_new_session() {
    let (scene, first) = signed_in().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    let second = scene.browser.session_cookie("localhost").unwrap();
    assert_eq!(first.name, second.name);
    assert_ne!(record(&first)[session::ID], record(&second)[session::ID]);
}

#[tokio::test]
async fn a_planted_session_is_never_taken_over() {
    let (scene, attackers) = signed_in().await;
    let victim = Browser::new();
    victim.put_cookie(attackers.clone());
    // Who signs in on top of it gets a session of their own, and the planted one ends.
    victim.sign_in(&scene.application, "Alex").await;
    let victims = victim.session_cookie("localhost").unwrap();
    assert_ne!(record(&victims)[session::ID], record(&attackers)[session::ID]);
    assert_eq!(victim.open(scene.at("/session")).await.json()["display_name"], "Alex Wilber");
    assert!(!scene.browser.is_signed_in(&scene.application).await, "the planted session is over for its owner too");

    let stranger = Browser::new();
    stranger.put_cookie(attackers.with_value("A".repeat(80)));
    stranger.sign_in(&scene.application, "Alex").await;
    assert_ne!(stranger.session_cookie("localhost").unwrap().value, "A".repeat(80));
}

#[tokio::test]
async fn sessions_outlive_a_restart_as_long_as_a_key_does() {
    let scene = Scene::new().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    let keys = format!("{SESSION_KEY},{}", "0a0b".repeat(16));
    for (context, changes, lives) in [
        ("the same settings", vec![], true),
        ("other keys", vec![("AZURE_SESSION_KEYS", SESSION_KEY)], false),
        ("the same again", vec![], true),
    ] {
        scene.restart(auth(&scene.emulator, &changes));
        assert_eq!(scene.browser.is_signed_in(&scene.application).await, lives, "{context}");
    }

    let (scene, _) = signed_in().await;
    let newer = format!("{},{SESSION_KEY}", "0a0b".repeat(16));
    scene.restart(auth(&scene.emulator, &[("AZURE_SESSION_KEYS", &newer)]));
    assert!(scene.browser.is_signed_in(&scene.application).await, "an older key still opens");
    scene.restart(auth(&scene.emulator, &[("AZURE_SESSION_KEYS", &keys)]));
    assert!(scene.browser.is_signed_in(&scene.application).await, "in any place");
    scene.restart(auth(&scene.emulator, &[("AZURE_SESSION_KEYS", &"0c0d".repeat(16))]));
    assert!(!scene.browser.is_signed_in(&scene.application).await, "and no longer than it is listed");
}

#[tokio::test]
async fn more_than_a_cookie_holds_is_no_session_and_says_so() {
    let emulator =
        emulator_with_person(|user| (0..200).fold(user, |user, number| user.role(format!("Role.{number:0>20}")))).await;
    let scene = Scene::of_changes(emulator, &[]).await;
    let page = scene.browser.sign_in(&scene.application, "Nestor").await;
    assert_eq!((page.status, page.reason().as_deref()), (503, Some("session-over-budget")));
    assert!(page.text.contains("more roles than this application can hold"), "{}", page.text);
    assert!(!scene.browser.is_signed_in(&scene.application).await);
}

#[tokio::test]
async fn claims_give_way_before_the_session_does() {
    let emulator = emulator_with_person(|user| user.claim("long", "x".repeat(4000)).claim("short", "y")).await;
    let auth = builder(&emulator, &[]).keep_claims(["long", "short"]).build().unwrap();
    let scene = Scene::of(emulator, auth).await;
    scene.browser.sign_in(&scene.application, "Nestor").await;
    let claims = scene.browser.open(scene.at("/claims")).await.json();
    assert_eq!(claims, serde_json::json!({"short": "y"}));
}

/// The default directory, and one person more in the first tenant's place.
async fn emulator_with_person(change: impl FnOnce(User) -> User) -> Emulator {
    let person =
        change(User::new("Nestor Wilke", "nestor@contoso.test").guest_of("aaaaaaaa-0000-4000-8000-000000000001"));
    Emulator::builder().tenant(Tenant::new("small.test").user(person)).start().await.unwrap()
}

#[tokio::test]
async fn answers_that_depend_on_a_session_are_kept_by_no_cache() {
    let scene = Scene::new().await;
    assert_eq!(
        scene.browser.open(scene.at("/")).await.header("cache-control"),
        "",
        "nobody's page is the application's"
    );
    scene.browser.sign_in(&scene.application, "Adele").await;
    for path in ["/", "/me", "/session", "/logout"] {
        assert_eq!(scene.browser.open(scene.at(path)).await.header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn someone_signed_in_at_one_name_of_this_machine_is_nobody_at_another() {
    let scene = Scene::new().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    let other_name = scene.at("/session").replace("localhost", "127.0.0.1");
    assert_eq!(scene.browser.program(Method::GET, other_name).send().await.status, 401);
}
