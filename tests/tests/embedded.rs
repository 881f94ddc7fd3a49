//! In a frame of another site: who signs in there is signed in there, and whoever opens the window gets nothing for it.

use azure_auth::{AuthEvents, AzureAuth, Refusal, SignIn, UserId};
use azure_auth_emulator::{Application as Registration, Emulator};
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::document;
use azure_auth_tests::guestbook::{Entries, guestbook};
use azure_auth_tests::scene::{Scene, builder};
use azure_auth_tests::sealed_cookie::{self, Purpose, SESSION_KEY};
use azure_auth_tests::tab::{PORTAL, Secret, code};
use reqwest::Method;

const EVIL: &str = "https://evil.test";

async fn scene() -> Scene {
    let emulator = Emulator::start().await.unwrap();
    let auth = embedded(&emulator);
    Scene::of(emulator, auth).await
}

fn embedded(emulator: &Emulator) -> AzureAuth {
    builder(emulator, &[("AZURE_SESSION_KEYS", SESSION_KEY)]).frame_ancestors([PORTAL]).build().unwrap()
}

#[tokio::test]
async fn who_signs_in_from_a_frame_is_signed_in_there_and_nowhere_else() {
    let scene = scene().await;
    let (tab, secret) = (scene.tab().await, Secret::new());
    assert_eq!(tab.text, "<p>Welcome, stranger!</p>");
    let window = scene.login_window(&tab, &secret).await;
    assert_eq!(window.status, 302, "the window was opened by our own script: nothing to press");
    let last = scene.signs_in_window(window).await;
    assert_eq!(last.status, 200);
    assert!(last.set_cookies().iter().all(|cookie| cookie.contains("Max-Age=0")), "{:?}", last.set_cookies());
    assert!(!scene.browser.is_signed_in(&scene.application).await, "the session belongs to the frame");

    let redeemed = scene.redeems(&tab, &code(&last).unwrap(), &secret.secret).await;
    assert_eq!((redeemed.status, redeemed.text.as_str()), (204, ""));
    let [cookie] = redeemed.set_cookies().try_into().unwrap();
    assert!(cookie.starts_with("azure-embedded-"), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=None", "Secure", "Path=/", "Partitioned"] {
        assert_eq!(cookie.split("; ").filter(|part| *part == attribute).count(), 1, "{attribute}: {cookie}");
    }

    assert!(scene.is_signed_in_at(&tab).await);
    assert_eq!(scene.tab().await.text, "<p>Welcome, Adele Vance!</p>", "after a reload as well");
    assert!(!scene.browser.is_signed_in(&scene.application).await);
    let elsewhere = scene.browser.frame(&Page::of(EVIL), scene.at("/")).await;
    assert_eq!(elsewhere.text, "<p>Welcome, stranger!</p>", "another site has other cookies");
}

#[tokio::test]
async fn over_tls_the_cookie_of_a_frame_is_bound_to_the_host() {
    let registration = Registration::new("Public").redirect_uri("https://app.example.test/authorization-code/callback");
    let emulator = Emulator::builder().application(registration).start().await.unwrap();
    let changes = [("AZURE_PUBLIC_URL", "https://app.example.test")];
    let auth = builder(&emulator, &changes).frame_ancestors([PORTAL]).build().unwrap();
    let scene = Scene::of(emulator, auth).await;
    scene.browser.put_proxy_before("app.example.test", scene.application.address());

    let at = |path: &str| format!("https://app.example.test{path}");
    let secret = Secret::new();
    let tab = scene.browser.frame(&Page::of(PORTAL), at("/")).await;
    let window = scene.browser.window(&tab, at(&format!("/popup/login?challenge={}", secret.challenge))).await;
    let last = scene.signs_in_window(window).await;
    let form = vec![("code".to_owned(), code(&last).unwrap()), ("secret".to_owned(), secret.secret)];
    let answer = scene.browser.script(&tab, Method::POST, at("/session/embedded")).form(form).send().await;
    let [cookie] = answer.set_cookies().try_into().unwrap();
    assert!(cookie.starts_with("__Host-azure-embedded-"), "{cookie}");
    let tab = scene.browser.frame(&Page::of(PORTAL), at("/")).await;
    assert_eq!(tab.text, "<p>Welcome, Adele Vance!</p>");
}

#[tokio::test]
async fn an_attacker_who_opens_the_window_gets_nothing() {
    let scene = scene().await;
    // The person is signed in with Microsoft already: nothing but our own page would be in the way.
    scene.browser.sign_in(&scene.application, "Adele").await;
    let (evil, secret) = (Page::of(EVIL), Secret::new());
    for opener in [&evil, &Page::of("http://localhost:1/"), &Page::of(PORTAL)] {
        let window = scene.login_window(opener, &secret).await;
        assert_eq!((window.status, window.location()), (200, None), "{}", opener.address);
        assert!(window.set_cookies().is_empty() && code(&window).is_none(), "{window:?}");
        let [form] = document::forms(&window.text).try_into().unwrap();
        assert_eq!(form.action, format!("/popup/login?challenge={}", secret.challenge));
        assert_eq!(window.header("x-frame-options"), "DENY", "the button is in no frame, under no picture");
        assert!(window.header("content-security-policy").contains("frame-ancestors 'none'"));
    }
    // By way of a redirect of our own it is no better.
    let return_to = format!("/login?return_to=/popup/login%3Fchallenge={}", secret.challenge);
    let way = scene.browser.follow(scene.browser.window(&evil, scene.at(&return_to)).await).await;
    assert!(way.text.contains("A page that shows this application wants you to sign in."), "{}", way.text);

    // Their page cannot press the button.
    let path = scene.at(&format!("/popup/login?challenge={}", secret.challenge));
    for page in [EVIL, PORTAL, "http://localhost:1/"] {
        let pressed = scene.browser.navigation(Method::POST, &path).from(&Page::of(page)).send().await;
        assert_eq!((pressed.status, pressed.reason().as_deref()), (403, Some("foreign-origin")), "{page}");
        assert!(pressed.set_cookies().is_empty());
    }

    // The person does. The code goes to windows of our own origin, and no other's.
    let window = scene.login_window(&evil, &secret).await;
    let last = scene.browser.follow(scene.browser.press(&window, "Sign in").await).await;
    let code = code(&last).expect("a code that nobody takes");
    let script = scene.browser.open(scene.at("/session/embed.js")).await.text;
    assert_eq!(script.matches("postMessage(").count(), 1);
    assert!(
        script
            .contains("window.opener.postMessage({ azureAuthCode: handover.dataset.azureAuthCode }, location.origin)")
    );
    // Suppose they had it all the same, with the secret that is theirs.
    for page in [EVIL, PORTAL, "http://localhost:1/"] {
        let page = Page::of(page);
        let answer = scene.redeems(&page, &code, &secret.secret).await;
        assert_eq!((answer.status, answer.reason().as_deref()), (403, Some("foreign-origin")));
        assert!(answer.set_cookies().is_empty());
    }
    assert!(scene.browser.frame_cookies("localhost").is_empty());
}

#[tokio::test]
async fn a_code_is_worthless_without_its_secret_and_good_once() {
    let scene = scene().await;
    let (tab, secret) = (scene.tab().await, Secret::new());
    let code = scene.code_for(&tab, &secret).await;
    for (context, wrong) in [
        ("another secret", Secret::new().secret),
        ("the challenge", secret.challenge.clone()),
        ("nothing", String::new()),
        ("half of it", secret.secret[..21].to_owned()),
    ] {
        let answer = scene.redeems(&tab, &code, &wrong).await;
        assert_eq!((answer.status, answer.reason().as_deref()), (400, Some("embedded-code-refused")), "{context}");
        assert!(answer.set_cookies().is_empty(), "{context}");
    }
    assert!(!scene.is_signed_in_at(&tab).await);
    assert_eq!(scene.redeems(&tab, &code, &secret.secret).await.status, 204, "wrong guesses spend nothing");
    for _ in 0..2 {
        let again = scene.redeems(&tab, &code, &secret.secret).await;
        assert_eq!((again.status, again.reason().as_deref()), (400, Some("embedded-code-refused")));
        assert!(again.set_cookies().is_empty());
    }
    assert!(scene.is_signed_in_at(&tab).await, "whoever tries again harms nobody");
}

#[tokio::test]
async fn of_two_who_redeem_at_once_one_gets_the_session() {
    let scene = scene().await;
    let (tab, secret) = (scene.tab().await, Secret::new());
    let code = scene.code_for(&tab, &secret).await;
    let all = futures_util::future::join_all((0..8).map(|_| scene.redeems(&tab, &code, &secret.secret))).await;
    assert_eq!(all.iter().filter(|answer| answer.status == 204).count(), 1);
}

#[tokio::test]
async fn a_code_that_is_old_changed_or_of_something_else_is_refused() {
    let scene = scene().await;
    let tab = scene.signed_in_tab().await;
    let [frame_cookie] = scene.browser.frame_cookies("localhost").try_into().unwrap();
    let secret = Secret::new();
    let code = scene.code_for(&tab, &secret).await;
    let sealed = frame_cookie.with_value(code.clone());
    let plain = sealed_cookie::open(Purpose::EmbeddedCode, &sealed);
    let with_seconds = |offset: i64| {
        let (challenge, rest) = plain.split_at(32);
        let (seconds, ticket) = rest.split_at(8);
        let seconds = u64::from_be_bytes(seconds.try_into().unwrap()).saturating_add_signed(offset);
        let text = [challenge, &seconds.to_be_bytes(), ticket].concat();
        sealed_cookie::sealed(Purpose::EmbeddedCode, &sealed, &text).value
    };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let ends = u64::from_be_bytes(plain[32..40].try_into().unwrap());
    assert!((now + 50..=now + 60).contains(&ends), "a code lives for a minute: {ends}, {now}");
    let changed = format!("{}{}", &code[..code.len() - 6], "AAAAAA");
    let of_a_session = sealed_cookie::sealed(Purpose::Session, &sealed, &plain).value;
    for (context, code) in [
        ("a minute later", with_seconds(-60)),
        ("changed", changed),
        ("cut", code[..code.len() - 4].to_owned()),
        ("the session itself", frame_cookie.value.clone()),
        ("sealed as a session", of_a_session),
        ("long", "A".repeat(200_000)),
        ("none", String::new()),
    ] {
        let answer = scene.redeems(&tab, &code, &secret.secret).await;
        assert_eq!((answer.status, answer.reason().as_deref()), (400, Some("embedded-code-refused")), "{context}");
        assert!(answer.set_cookies().is_empty(), "{context}");
    }
    assert_eq!(scene.redeems(&tab, &with_seconds(0), &secret.secret).await.status, 204, "the test seals as we do");
}

#[tokio::test]
async fn a_code_is_good_at_the_address_it_was_made_at() {
    let scene = scene().await;
    let neighbour = Application::start(guestbook(embedded(&scene.emulator), &Entries::default())).await;
    let (tab, secret) = (scene.tab().await, Secret::new());
    let code = scene.code_for(&tab, &secret).await;
    let there = scene.browser.frame(&Page::of(PORTAL), neighbour.at("/")).await;
    let form = vec![("code".to_owned(), code.clone()), ("secret".to_owned(), secret.secret.clone())];
    let answer = scene.browser.script(&there, Method::POST, neighbour.at("/session/embedded")).form(form).send().await;
    assert_eq!((answer.status, answer.reason().as_deref()), (400, Some("embedded-code-refused")));
    assert!(answer.set_cookies().is_empty());
    assert_eq!(scene.redeems(&tab, &code, &secret.secret).await.status, 204);
}

#[tokio::test]
async fn only_our_own_page_redeems_and_it_says_so() {
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[]).frame_ancestors([PORTAL]).trusted_origins([PORTAL]).build().unwrap();
    let scene = Scene::of(emulator, auth).await;
    let (tab, secret) = (scene.tab().await, Secret::new());
    let code = scene.code_for(&tab, &secret).await;
    let call = |page: &Page| {
        let form = vec![("code".to_owned(), code.clone()), ("secret".to_owned(), secret.secret.clone())];
        scene.browser.script(page, Method::POST, scene.at("/session/embedded")).form(form)
    };
    let own = scene.at("");
    for (context, call, reason) in [
        ("a trusted origin", call(&Page::of(PORTAL)), "foreign-origin"),
        ("null", call(&tab).without_fetch_metadata().without_origin().header("origin", "null"), "foreign-origin"),
        ("silence", call(&tab).without_fetch_metadata().without_origin(), "origin-missing"),
        (
            "a contradiction",
            call(&tab)
                .without_fetch_metadata()
                .without_origin()
                .header("origin", &own)
                .header("sec-fetch-site", "same-site"),
            "foreign-origin",
        ),
    ] {
        let answer = call.send().await;
        assert_eq!((answer.status, answer.reason().as_deref()), (403, Some(reason)), "{context}");
        assert!(answer.set_cookies().is_empty(), "{context}");
    }
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let answer = scene.browser.script(&tab, method.clone(), scene.at("/session/embedded")).send().await;
        assert_eq!(answer.status, 405, "{method}");
    }
    assert_eq!(call(&tab).without_fetch_metadata().send().await.status, 204, "an older browser names the origin");
}

#[tokio::test]
async fn a_frame_and_the_browser_have_sessions_that_are_not_each_others() {
    let scene = scene().await;
    let tab = scene.signed_in_tab().await;
    let [in_frame] = scene.browser.frame_cookies("localhost").try_into().unwrap();
    let other = Browser::new();
    other.sign_in(&scene.application, "Adele").await;
    let own = other.session_cookie("localhost").unwrap();
    let stranger = Browser::new();
    let with = |name: &str, value: &str| {
        let call = stranger.program(Method::GET, scene.at("/session")).header("sec-fetch-site", "same-origin");
        call.header("cookie", &format!("{name}={value}"))
    };
    for (name, value, status) in [
        (&own.name, &own.value, 200),
        (&in_frame.name, &in_frame.value, 200),
        (&own.name, &in_frame.value, 401),
        (&in_frame.name, &own.value, 401),
    ] {
        assert_eq!(with(name, value).send().await.status, status, "{name}");
    }
    // A session of the browser that is over hides none of a frame.
    let both = format!("{}=over; {}={}", own.name, in_frame.name, in_frame.value);
    let call = stranger.program(Method::GET, scene.at("/session")).header("sec-fetch-site", "same-origin");
    assert_eq!(call.header("cookie", &both).send().await.status, 200);
    assert!(scene.is_signed_in_at(&tab).await);
}

#[tokio::test]
async fn whoever_signs_out_ends_the_frames_session_that_comes_along_as_well() {
    let scene = scene().await;
    let (tab, secret) = (scene.tab().await, Secret::new());
    let last = scene.signs_in_window(scene.login_window(&tab, &secret).await).await;
    let redeemed = scene.redeems(&tab, &code(&last).unwrap(), &secret.secret).await;
    let frames = redeemed.set_cookies()[0].split(';').next().unwrap().to_owned();
    let browser = Browser::new();
    browser.sign_in(&scene.application, "Alex").await;
    let own = browser.session_cookie("localhost").unwrap();
    let own = format!("{}={}", own.name, own.value);

    // Where the portal is of the same site as the application, both cookies are in one place.
    let who = async |cookies: &str| {
        let call = Browser::new();
        let call = call.program(Method::GET, scene.at("/session")).header("sec-fetch-site", "same-origin");
        call.header("cookie", cookies).send().await.status
    };
    let both = format!("{own}; {frames}");
    assert_eq!((who(&own).await, who(&frames).await), (200, 200));
    let page = Page::of(&scene.at("/"));
    let left =
        Browser::new().navigation(Method::POST, scene.at("/logout")).from(&page).header("cookie", &both).send().await;
    assert_eq!(left.status, 303);
    assert_eq!((who(&own).await, who(&frames).await, who(&both).await), (401, 401, 401));
}

#[tokio::test]
async fn what_changes_something_comes_from_our_own_page_in_the_frame_too() {
    let scene = scene().await;
    let tab = scene.signed_in_tab().await;
    let own = scene.browser.script(&tab, Method::POST, scene.at("/entries")).send().await;
    assert_eq!((own.status, scene.entries.count()), (200, 1));
    // The portal has this cookie in its part of the jar: its own forms and scripts would bring it along.
    let [cookie] = scene.browser.frame_cookies("localhost").try_into().unwrap();
    let header = format!("{}={}", cookie.name, cookie.value);
    let portal = Page::of(PORTAL);
    let into_the_frame = || {
        let call = scene.browser.navigation(Method::POST, scene.at("/entries")).from(&portal).without_fetch_metadata();
        let call = call.header("sec-fetch-site", "cross-site").header("sec-fetch-mode", "navigate");
        call.header("sec-fetch-dest", "iframe")
    };
    for (call, reason) in [
        (scene.browser.script(&portal, Method::POST, scene.at("/entries")), "not-signed-in"),
        (scene.browser.navigation(Method::POST, scene.at("/entries")).from(&portal), "not-signed-in"),
        (into_the_frame(), "foreign-origin"),
        (scene.browser.script(&portal, Method::POST, scene.at("/logout")), "foreign-origin"),
    ] {
        assert_eq!(call.header("cookie", &header).send().await.reason().as_deref(), Some(reason));
    }
    assert_eq!(scene.entries.count(), 1);
    assert!(scene.is_signed_in_at(&tab).await);
}

#[tokio::test]
async fn signing_out_in_the_frame_ends_its_session_and_every_copy_of_it() {
    let scene = scene().await;
    let tab = scene.signed_in_tab().await;
    let [copied] = scene.browser.frame_cookies("localhost").try_into().unwrap();
    let answer = scene.browser.script(&tab, Method::POST, scene.at("/logout")).send().await;
    assert_eq!((answer.status, answer.location().unwrap().path()), (303, "/authorization-code/callback"));
    let [deleted] = answer.set_cookies().try_into().unwrap();
    assert!(deleted.contains("Partitioned") && deleted.contains("Max-Age=0"), "{deleted}");
    assert!(!scene.is_signed_in_at(&tab).await);
    assert!(scene.browser.frame_cookies("localhost").is_empty());
    let header = format!("{}={}", copied.name, copied.value);
    let copy = scene.browser.program(Method::GET, scene.at("/session")).header("sec-fetch-site", "same-origin");
    assert_eq!(copy.header("cookie", &header).send().await.status, 401);
}

#[tokio::test]
async fn a_window_signs_out_at_the_provider_when_a_person_presses_its_button() {
    let scene = scene().await;
    let tab = scene.signed_in_tab().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    for opener in [EVIL, PORTAL, &scene.at("/")] {
        let asked = scene.browser.window(&Page::of(opener), scene.at("/popup/logout")).await;
        assert_eq!((asked.status, asked.set_cookies().len()), (200, 0), "{opener}");
        assert_eq!(asked.header("x-frame-options"), "DENY");
        assert!(scene.browser.is_signed_in(&scene.application).await, "looking at it ends nothing");
    }
    for page in [EVIL, PORTAL] {
        let call = scene.browser.navigation(Method::POST, scene.at("/popup/logout")).from(&Page::of(page));
        assert_eq!(call.send().await.reason().as_deref(), Some("foreign-origin"), "{page}");
        assert!(scene.browser.is_signed_in(&scene.application).await);
    }
    let asked = scene.browser.window(&tab, scene.at("/popup/logout")).await;
    let leaving = scene.browser.press(&asked, "Sign out").await;
    assert!(leaving.location().unwrap().path().ends_with("/oauth2/v2.0/logout"), "{leaving:?}");
    let landed = scene.browser.follow(leaving).await;
    assert!(landed.text.contains("You are signed out"), "{}", landed.text);
    assert!(!scene.browser.is_signed_in(&scene.application).await, "the browser's own session goes as well");
    let asked = scene.browser.window(&Page::of(EVIL), scene.at("/popup/logout")).await;
    let pressed = scene.browser.press(&asked, "Sign out").await;
    assert!(pressed.location().unwrap().path().ends_with("/oauth2/v2.0/logout"), "without a session too: {pressed:?}");
}

#[tokio::test]
async fn without_anybody_named_there_are_no_such_paths_and_nobody_frames_us() {
    let scene = Scene::with(&[("AZURE_SESSION_KEYS", SESSION_KEY), ("AZURE_POPUP_LOGIN_ENDPOINT", "/window")]).await;
    let own = scene.browser.open(scene.at("/")).await;
    let challenge = Secret::new().challenge;
    for (method, path) in [
        (Method::GET, format!("/popup/login?challenge={challenge}")),
        (Method::GET, format!("/window?challenge={challenge}")),
        (Method::GET, "/popup/logout".to_owned()),
        (Method::GET, "/session/embed.js".to_owned()),
        (Method::POST, "/session/embedded".to_owned()),
    ] {
        let answer = scene.browser.script(&own, method, scene.at(&path)).send().await;
        assert_eq!(answer.status, 404, "{path}");
    }
    let page = scene.browser.open(scene.at("/logout")).await;
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert_eq!(own.header("content-security-policy"), "", "the application's own pages are the application's");

    // A session that was begun while it was allowed opens nothing.
    scene.restart(embedded(&scene.emulator));
    let tab = scene.signed_in_tab().await;
    assert!(scene.is_signed_in_at(&tab).await);
    scene.restart(builder(&scene.emulator, &[("AZURE_SESSION_KEYS", SESSION_KEY)]).build().unwrap());
    assert!(!scene.is_signed_in_at(&tab).await);
    let popup = scene.browser.open(scene.at(&format!("/login?display=popup&challenge={challenge}"))).await;
    let last = scene.browser.follow(popup).await;
    assert_eq!(code(&last), None, "an ordinary sign-in: {}", last.text);
}

#[tokio::test]
async fn every_answer_says_who_may_frame_it() {
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[]).frame_ancestors([PORTAL, "https://*.teams.test"]).build().unwrap();
    let application = Application::start(framed_pages::endpoints().with(auth)).await;
    let browser = Browser::new();
    let ancestors = format!("frame-ancestors {PORTAL} https://*.teams.test");
    let policies = |page: &Page| {
        let all = page.headers.get_all("content-security-policy").iter();
        all.map(|policy| policy.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for path in ["/plain", "/protected", "/session", "/session/embed.js", "/logout", "/missing"] {
        let page = browser.open(application.at(path)).await;
        let policies = policies(&page);
        assert_eq!(policies.iter().filter(|policy| policy.contains(&ancestors)).count(), 1, "{path}: {policies:?}");
        assert_eq!(page.header("x-frame-options"), "", "{path}: it could not name them");
    }
    let own = browser.open(application.at("/own-policy")).await;
    assert_eq!(policies(&own), ["frame-ancestors 'self'"], "the application's word goes before ours");
    let denied = browser.open(application.at("/denied")).await;
    assert_eq!((policies(&denied).len(), denied.header("x-frame-options")), (0, "DENY"));
    let other = browser.open(application.at("/other-policy")).await;
    assert_eq!(policies(&other), ["img-src 'self'".to_owned(), ancestors]);
}

/// Pages that say themselves who may frame them, and others.
mod framed_pages {
    use azure_auth::Endpoints;
    use poem::{Response, get, handler};

    pub(crate) fn endpoints() -> Endpoints {
        azure_auth::endpoints! {
            "/plain"        => get(plain),
            "/protected"    => get(protected),
            "/own-policy"   => get(own_policy),
            "/other-policy" => get(other_policy),
            "/denied"       => get(denied),
        }
    }

    #[azure_auth::public]
    #[handler]
    fn plain() -> &'static str {
        "plain"
    }

    #[azure_auth::protect]
    #[handler]
    fn protected() -> &'static str {
        "protected"
    }

    #[azure_auth::public]
    #[handler]
    fn own_policy() -> Response {
        Response::builder().header("content-security-policy", "frame-ancestors 'self'").finish()
    }

    #[azure_auth::public]
    #[handler]
    fn other_policy() -> Response {
        Response::builder().header("content-security-policy", "img-src 'self'").finish()
    }

    #[azure_auth::public]
    #[handler]
    fn denied() -> Response {
        Response::builder().header("x-frame-options", "DENY").finish()
    }
}

#[tokio::test]
async fn a_protected_page_in_a_frame_offers_the_window_in_place_of_the_provider() {
    let scene = scene().await;
    for path in ["/me", "/login?return_to=/me"] {
        let page = scene.browser.frame(&Page::of(PORTAL), scene.at(path)).await;
        assert_eq!((page.status, page.reason().as_deref()), (401, Some("not-signed-in")), "{path}");
        assert!(page.text.contains("data-azure-auth=\"sign-in\"") && document::links(&page.text).is_empty(), "{path}");
        assert!(page.text.contains("<script src=\"/session/embed.js\"></script>"), "{path}");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains(&format!("frame-ancestors {PORTAL}")), "{policy}");
        assert!(page.set_cookies().is_empty());
    }
    scene.signed_in_tab().await;
    let page = scene.browser.frame(&Page::of(PORTAL), scene.at("/login?return_to=/me")).await;
    assert_eq!((page.status, page.location().unwrap().path()), (303, "/me"));
    assert_eq!(scene.browser.follow(page).await.status, 200);
    // Outside frames nothing is different.
    assert_eq!(Browser::new().open(scene.at("/me")).await.status, 302);
}

#[tokio::test]
async fn pages_in_a_frame_and_its_window_have_the_applications_looks_as_well() {
    let emulator = Emulator::start().await.unwrap();
    let write = |page: &azure_auth::Page| format!("<h1>{:?}</h1>{}", page.kind(), page.library_html());
    let auth = builder(&emulator, &[]).frame_ancestors([PORTAL]).pages(write).build().unwrap();
    let scene = Scene::of(emulator, auth).await;
    let refused = scene.browser.frame(&Page::of(PORTAL), scene.at("/me")).await;
    assert!(refused.text.starts_with("<h1>SignInNeeded</h1><div class=\"actions\">"), "{}", refused.text);
    assert_eq!(refused.text.matches("data-azure-auth=\"sign-in\"").count(), 1, "the button is there once");
    assert!(refused.header("content-security-policy").contains("script-src 'self'; connect-src 'self'"));
    let (tab, secret) = (scene.tab().await, Secret::new());
    let asked = scene.login_window(&Page::of(EVIL), &secret).await;
    assert!(asked.text.starts_with("<h1>SignIn</h1>"), "{}", asked.text);
    let last = scene.signs_in_window(scene.login_window(&tab, &secret).await).await;
    assert!(last.text.starts_with("<h1>SignedIn</h1><p hidden"), "{}", last.text);
    assert_eq!(scene.redeems(&tab, &code(&last).unwrap(), &secret.secret).await.status, 204, "and it works");
}

#[tokio::test]
async fn a_script_asks_whether_the_browser_kept_the_cookie_before_it_loads_the_page_again() {
    let scene = scene().await;
    let script = scene.browser.open(scene.at("/session/embed.js")).await.text;
    let asks = script.find("await isKept()").expect("it asks");
    assert!(asks < script.find("told(\"azure-auth-signed-in\")").unwrap());
    assert!(script.contains("\"session\":\"/session\"") && script.contains("azure-auth-cookie-refused"));
    // A frame whose cookie was refused: the redemption is fine, and the question says that nobody is signed in.
    let (tab, secret) = (scene.tab().await, Secret::new());
    let code = scene.code_for(&tab, &secret).await;
    assert_eq!(scene.redeems(&tab, &code, &secret.secret).await.status, 204);
    for cookie in scene.browser.frame_cookies("localhost") {
        scene.browser.remove_cookie(&cookie);
    }
    let answer = scene.browser.script(&tab, Method::GET, scene.at("/session")).send().await;
    assert_eq!((answer.status, answer.reason().as_deref()), (401, Some("not-signed-in")));
}

#[tokio::test]
async fn both_addresses_of_the_window_are_one_way() {
    let scene = scene().await;
    let (tab, secret) = (scene.tab().await, Secret::new());
    let address = scene.at(&format!("/login?display=popup&challenge={}", secret.challenge));
    let asked = scene.browser.window(&Page::of(EVIL), &address).await;
    assert_eq!(document::forms(&asked.text)[0].action, format!("/popup/login?challenge={}", secret.challenge));
    let last = scene.signs_in_window(scene.browser.window(&tab, &address).await).await;
    assert_eq!(scene.redeems(&tab, &code(&last).unwrap(), &secret.secret).await.status, 204);
    for path in ["/popup/login", "/popup/login?challenge=short", "/login?display=popup"] {
        let refused = scene.browser.window(&tab, scene.at(path)).await;
        assert_eq!((refused.status, refused.reason().as_deref()), (400, Some("popup-malformed")), "{path}");
    }
}

#[tokio::test]
async fn the_paths_of_the_windows_are_the_applications_choice() {
    let emulator = Emulator::start().await.unwrap();
    let changes = [("AZURE_POPUP_LOGIN_ENDPOINT", "/window/in"), ("AZURE_POPUP_LOGOUT_ENDPOINT", "/window/out")];
    let auth = builder(&emulator, &changes).session_path("/who").frame_ancestors([PORTAL]).build().unwrap();
    let scene = Scene::of(emulator, auth).await;
    let tab = scene.tab().await;
    let script = scene.browser.open(scene.at("/who/embed.js")).await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    for path in ["\"/window/in\"", "\"/window/out\"", "\"/who/embedded\"", "\"/logout\""] {
        assert!(script.text.contains(path), "{path}");
    }
    let window = scene.at(&format!("/window/in?challenge={}", Secret::new().challenge));
    assert_eq!(scene.browser.window(&tab, window).await.status, 302);
    assert_eq!(scene.browser.window(&tab, scene.at("/window/out")).await.status, 200);
    assert_eq!(scene.browser.window(&tab, scene.at("/popup/login")).await.status, 404);
}

#[tokio::test]
async fn a_sign_in_that_fails_shows_why_in_the_window_and_gives_no_code() {
    struct Closed;
    impl AuthEvents for Closed {
        async fn signed_in(&self, _: &mut SignIn) -> Result<(), Refusal> {
            Err(Refusal::new("closed for today"))
        }
    }
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[]).frame_ancestors([PORTAL]).auth_events(Closed).build().unwrap();
    let scene = Scene::of(emulator, auth).await;
    let tab = scene.tab().await;
    let last = scene.signs_in_window(scene.login_window(&tab, &Secret::new()).await).await;
    assert_eq!((last.status, last.reason().as_deref()), (403, Some("sign-in-vetoed")));
    assert!(last.text.contains("closed for today") && code(&last).is_none());
    assert!(document::links(&last.text).is_empty(), "the window is not where to go on: {}", last.text);
}

#[tokio::test]
async fn who_was_signed_out_everywhere_before_the_frame_came_is_not_signed_in() {
    for store in ["cookie", "memory"] {
        let emulator = Emulator::start().await.unwrap();
        let auth = builder(&emulator, &[("AZURE_SESSION_STORE", store)]).frame_ancestors([PORTAL]).build().unwrap();
        let scene = Scene::of(emulator, auth.clone()).await;
        let (tab, secret) = (scene.tab().await, Secret::new());
        let code = scene.code_for(&tab, &secret).await;
        let known = Browser::new();
        known.sign_in(&scene.application, "Adele").await;
        let id = known.open(scene.at("/me")).await.text;
        let [tenant, object] = *id.split(':').skip(1).collect::<Vec<_>>() else { panic!("{id}") };
        let user = UserId::Entra { tenant: tenant.parse().unwrap(), object: object.parse().unwrap() };
        auth.end_sessions_of(&user).await.unwrap();
        scene.redeems(&tab, &code, &secret.secret).await;
        assert!(!scene.is_signed_in_at(&tab).await, "{store}");
    }
}

#[tokio::test]
async fn a_frame_signs_in_with_sessions_in_memory_too() {
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[("AZURE_SESSION_STORE", "memory")]).frame_ancestors([PORTAL]).build().unwrap();
    let scene = Scene::of(emulator, auth).await;
    let tab = scene.signed_in_tab().await;
    assert_eq!(scene.tab().await.text, "<p>Welcome, Adele Vance!</p>");
    scene.browser.script(&tab, Method::POST, scene.at("/logout")).send().await;
    assert!(!scene.is_signed_in_at(&tab).await);
}

type Headers<'h> = &'h [(&'h str, &'h str)];

/// Within the portal the browser sends the cookie of a frame along with everything that goes to us, whoever asks.
#[tokio::test]
async fn the_cookie_of_a_frame_signs_in_our_own_pages_and_what_is_to_stand_in_the_frame_and_nothing_else() {
    let scene = scene().await;
    scene.signed_in_tab().await;
    let [cookie] = scene.browser.frame_cookies("localhost").try_into().unwrap();
    let cookie = format!("{}={}", cookie.name, cookie.value);
    let own = scene.at("");
    let status = async |headers: Headers<'_>| {
        let browser = Browser::new();
        let mut call = browser.program(Method::GET, scene.at("/entries")).header("cookie", &cookie);
        for (name, value) in headers {
            call = call.header(name, value);
        }
        call.send().await.status
    };
    let (site, mode, destination) = ("sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest");
    let signed_in: [Headers<'_>; 10] = [
        &[(site, "same-origin")],
        &[(site, "same-origin"), (mode, "cors"), (destination, "empty")],
        &[(site, "same-origin"), (mode, "navigate"), (destination, "document")],
        &[(site, "same-origin"), (mode, "no-cors"), (destination, "image")],
        &[(site, "same-origin"), ("origin", "null")],
        &[(site, "cross-site"), (mode, "navigate"), (destination, "iframe")],
        &[(site, "same-site"), (mode, "navigate"), (destination, "frame")],
        &[(site, "none"), (mode, "navigate"), (destination, "iframe")],
        &[(site, "cross-site"), (mode, "navigate"), (destination, "embed")],
        // As Chromium opens a WebSocket.
        &[("origin", &own), ("upgrade", "websocket"), ("connection", "upgrade")],
    ];
    for headers in signed_in {
        assert_eq!(status(headers).await, 200, "{headers:?}");
    }
    let nobody: [Headers<'_>; 13] = [
        &[],
        &[("origin", &own)],
        &[(site, "")],
        &[(site, "cross-site")],
        &[(site, "cross-site"), (mode, "no-cors"), (destination, "script")],
        &[(site, "cross-site"), (mode, "no-cors"), (destination, "image")],
        &[(site, "cross-site"), (mode, "cors"), (destination, "empty"), ("origin", PORTAL)],
        &[(site, "same-site"), (mode, "cors"), (destination, "empty")],
        &[(site, "cross-site"), (mode, "no-cors"), (destination, "iframe")],
        &[(mode, "navigate"), (destination, "iframe")],
        &[(site, "same-origin"), ("origin", PORTAL)],
        &[("origin", PORTAL), ("upgrade", "websocket"), ("connection", "upgrade")],
        &[("origin", "null"), ("upgrade", "websocket"), ("connection", "upgrade")],
    ];
    for headers in nobody {
        assert_eq!(status(headers).await, 401, "{headers:?}");
    }
    // A page in the window of its own is not the frame, and may be opened by a link.
    let top = [(site, "cross-site"), (mode, "navigate"), (destination, "document")];
    let shown = Browser::new();
    let shown = shown.program(Method::GET, scene.at("/")).header("cookie", &cookie);
    let shown = top.iter().fold(shown, |call, (name, value)| call.header(name, value)).send().await;
    assert_eq!(shown.text, "<p>Welcome, stranger!</p>");

    // Our own paths look at the session as well.
    let at = async |path: &str, headers: Headers<'_>| {
        let browser = Browser::new();
        let mut call = browser.program(Method::GET, scene.at(path)).header("cookie", &cookie);
        for (name, value) in headers {
            call = call.header(name, value);
        }
        call.send().await
    };
    let script: Headers<'_> = &[(site, "cross-site"), (mode, "no-cors"), (destination, "script")];
    for path in ["/session", "/session/events"] {
        let answer = at(path, script).await;
        assert_eq!((answer.status, answer.reason().as_deref()), (401, Some("not-signed-in")), "{path}");
    }
    for path in ["/logout", "/authorization-code/callback"] {
        assert!(at(path, &top).await.text.contains("You are signed out"), "{path}");
    }
    let framed = [(site, "cross-site"), (mode, "navigate"), (destination, "iframe")];
    assert!(at("/logout", &framed).await.text.contains("Do you want to sign out"));
    assert_eq!(at("/authorization-code/callback", &framed).await.status, 303);
}
