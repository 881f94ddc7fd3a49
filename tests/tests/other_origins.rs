//! A page of another origin: what its scripts may read and do here if it is trusted, where the browser goes back to, and
//! that nobody else gets anything of it.

use azure_auth_tests::browser::{Browser, Call, Page};
use azure_auth_tests::document;
use azure_auth_tests::guestbook::guestbook;
use azure_auth_tests::scene::{Scene, builder};
use poem::middleware::Cors;
use reqwest::Method;

/// An origin of the same site as the application, as `www.example.com` is of `app.example.com`'s.
const FRONT_END: &str = "http://localhost:5173";
const PARTNER: &str = "https://partner.example";

async fn scene() -> Scene {
    let scene = Scene::new().await;
    scene.restart(builder(&scene.emulator, &[]).trusted_origins([FRONT_END, PARTNER]).build().unwrap());
    scene
}

async fn signed_in() -> Scene {
    let scene = scene().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    scene
}

fn readers(answer: &Page) -> (Vec<&str>, Vec<&str>) {
    let all = |name| answer.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect();
    (all("access-control-allow-origin"), all("access-control-allow-credentials"))
}

fn names_origin(answer: &Page) -> bool {
    answer.headers.get_all("vary").iter().any(|value| value.to_str().unwrap().contains("Origin"))
}

#[tokio::test]
async fn a_script_of_a_trusted_origin_reads_who_is_signed_in() {
    let scene = signed_in().await;
    let front_end = Page::of(FRONT_END);
    let answer = scene.browser.script(&front_end, Method::GET, scene.at("/session")).send().await;
    assert_eq!((answer.status, answer.json()["display_name"].as_str()), (200, Some("Adele Vance")));
    assert_eq!(readers(&answer), (vec![FRONT_END], vec!["true"]));
    assert!(names_origin(&answer) && answer.header("cache-control") == "no-store");

    // A refusal is read as well, or a script could not tell it from a network that is down.
    let stranger = Browser::new();
    for path in ["/session", "/session/events"] {
        let answer = stranger.script(&front_end, Method::GET, scene.at(path)).send().await;
        assert_eq!((answer.status, answer.reason().as_deref()), (401, Some("not-signed-in")), "{path}");
        assert_eq!(readers(&answer), (vec![FRONT_END], vec!["true"]), "{path}");
    }
    // `SameSite=Lax` keeps the session to pages of the same site, whatever the application trusts.
    let answer = scene.browser.script(&Page::of(PARTNER), Method::GET, scene.at("/session")).send().await;
    assert_eq!((answer.status, readers(&answer)), (401, (vec![PARTNER], vec!["true"])));
}

#[tokio::test]
async fn nobody_elses_script_reads_anything() {
    let scene = signed_in().await;
    for origin in [
        "http://localhost:1",
        "https://localhost:5173",
        "http://127.0.0.1:5173",
        "https://evil.example",
        "https://partner.example.evil.example",
        "http://partner.example",
    ] {
        for (method, path) in [(Method::GET, "/session"), (Method::POST, "/logout")] {
            let answer = scene.browser.script(&Page::of(origin), method, scene.at(path)).send().await;
            assert_eq!(readers(&answer), (Vec::new(), Vec::new()), "{origin} {path}");
            assert!(names_origin(&answer), "{origin} {path}: a cache keeps the answers apart");
        }
    }
    let own = scene.browser.open(scene.at("/")).await;
    let with_header = |origin: &str| {
        let call = scene.browser.script(&own, Method::GET, scene.at("/session"));
        call.without_origin().header("origin", origin)
    };
    for origin in ["null", "*", "", FRONT_END.to_uppercase().as_str(), "http://localhost:5173/", "http://localhost"] {
        assert_eq!(readers(&with_header(origin).send().await), (Vec::new(), Vec::new()), "{origin:?}");
    }
    let two = with_header(FRONT_END).header("origin", PARTNER).send().await;
    assert_eq!(readers(&two), (Vec::new(), Vec::new()), "two origins are nobody's");
    assert!(scene.browser.is_signed_in(&scene.application).await);
}

#[tokio::test]
async fn other_paths_of_the_library_are_for_no_script_elsewhere() {
    let scene = signed_in().await;
    for path in ["/login", "/authorization-code/callback", "/session/watch.js", "/session/front-channel-logout", "/me"]
    {
        let answer = scene.browser.script(&Page::of(FRONT_END), Method::GET, scene.at(path)).send().await;
        assert_eq!(readers(&answer), (Vec::new(), Vec::new()), "{path}");
        let asked = question(&scene, FRONT_END, path, "GET").send().await;
        assert_eq!(readers(&asked), (Vec::new(), Vec::new()), "{path}");
    }
}

fn question<'s>(scene: &'s Scene, origin: &str, path: &str, method: &str) -> Call<'s> {
    let call = scene.browser.program(Method::OPTIONS, scene.at(path));
    call.header("origin", origin).header("access-control-request-method", method)
}

#[tokio::test]
async fn a_question_asked_ahead_is_answered_to_trusted_origins_only() {
    let scene = scene().await;
    for (path, method) in [("/session", "GET"), ("/session/events", "GET"), ("/logout", "POST")] {
        for origin in [FRONT_END, PARTNER] {
            let call = question(&scene, origin, path, method);
            let answer = call.header("access-control-request-headers", "content-type").send().await;
            assert_eq!((answer.status, answer.text.as_str()), (204, ""), "{path}");
            assert_eq!(readers(&answer), (vec![origin], vec!["true"]), "{path}");
            assert_eq!(answer.header("access-control-allow-methods"), method, "{path}");
            assert!(answer.header("access-control-allow-headers").contains("content-type"), "{path}");
            assert!(names_origin(&answer), "{path}");
        }
        for origin in ["https://evil.example", "null", "http://localhost:1"] {
            let answer = question(&scene, origin, path, method).send().await;
            assert_eq!((answer.status, readers(&answer)), (405, (Vec::new(), Vec::new())), "{path} {origin}");
            assert_eq!(answer.header("access-control-allow-methods"), "", "{path} {origin}");
        }
    }
}

/// As docs/operations.md has it: Poem's `Cors` around the application, for the application's own paths.
#[tokio::test]
async fn poems_cors_around_the_application_and_ours_say_it_once() {
    let scene = scene().await;
    let auth = builder(&scene.emulator, &[]).trusted_origins([FRONT_END]).build().unwrap();
    let own = scene.at("");
    let cors = Cors::new().allow_origin(FRONT_END).allow_origin(own.as_str()).allow_credentials(true);
    scene.application.restart(guestbook(auth, &scene.entries).with(cors));
    scene.browser.sign_in(&scene.application, "Adele").await;
    let (front_end, own) = (Page::of(FRONT_END), scene.browser.open(scene.at("/")).await);
    for (method, path) in [(Method::GET, "/session"), (Method::GET, "/me"), (Method::POST, "/entries")] {
        let answer = scene.browser.script(&front_end, method, scene.at(path)).send().await;
        assert_eq!((answer.status, readers(&answer)), (200, (vec![FRONT_END], vec!["true"])), "{path}");
    }
    let asked = question(&scene, FRONT_END, "/logout", "POST").send().await;
    assert_eq!((asked.status, readers(&asked)), (200, (vec![FRONT_END], vec!["true"])), "Poem's answers first");
    assert_eq!(scene.browser.script(&own, Method::POST, scene.at("/entries")).send().await.status, 200);
    let answer = scene.browser.script(&front_end, Method::POST, scene.at("/logout")).send().await;
    assert_eq!(readers(&answer), (vec![FRONT_END], vec!["true"]));
    assert!(!scene.browser.is_signed_in(&scene.application).await);
}

#[tokio::test]
async fn without_trusted_origins_nothing_is_said_of_them() {
    let scene = Scene::new().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    let answer = scene.browser.script(&Page::of(FRONT_END), Method::GET, scene.at("/session")).send().await;
    assert_eq!((readers(&answer), names_origin(&answer)), ((Vec::new(), Vec::new()), false));
    assert_eq!(question(&scene, FRONT_END, "/session", "GET").send().await.status, 405);
    let page = scene.browser.open(scene.at(&format!("/login?return_to={FRONT_END}/"))).await;
    let landed = scene.browser.follow(page).await;
    assert_eq!(landed.address.as_str(), scene.at("/"));
}

#[tokio::test]
async fn a_script_signs_out_and_is_told_where_the_browser_goes() {
    let scene = signed_in().await;
    let front_end = Page::of(FRONT_END);
    let address = scene.at(&format!("/logout?return_to={FRONT_END}/bye%3Fa=1"));
    let call = scene.browser.script(&front_end, Method::POST, address).header("accept", "application/json");
    let answer = call.send().await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{answer:?}");
    assert_eq!((answer.location(), readers(&answer)), (None, (vec![FRONT_END], vec!["true"])));
    assert!(!scene.browser.is_signed_in(&scene.application).await);

    let answer = answer.json();
    let redirect = answer["redirect"].as_str().unwrap();
    assert_eq!(answer.as_object().unwrap().len(), 1);
    assert!(redirect.starts_with(scene.emulator.origin()), "{redirect}");
    // `location = redirect`
    let mut page = scene.browser.navigation(Method::GET, redirect).from(&front_end).send().await;
    while page.address.path() != "/authorization-code/callback" {
        page = scene.browser.step(&page).await;
    }
    assert_eq!((page.status, page.header("location")), (303, "http://localhost:5173/bye?a=1"));
    // It is remembered once.
    let again = scene.browser.open(page.address.as_str()).await;
    assert_eq!((again.status, again.location()), (200, None));

    // Without a session there is nothing to end at the provider.
    let call = scene.browser.script(&front_end, Method::POST, scene.at("/logout")).header("accept", "application/json");
    assert_eq!(call.send().await.json()["redirect"], scene.at("/authorization-code/callback"));
}

#[tokio::test]
async fn a_page_that_signs_out_by_a_form_is_redirected_as_ever() {
    let scene = signed_in().await;
    let own = scene.browser.open(scene.at("/")).await;
    let form = scene.browser.navigation(Method::POST, scene.at("/logout")).from(&own);
    assert_eq!(form.send().await.status, 303, "its browser accepts pages");
    let form =
        scene.browser.navigation(Method::POST, scene.at("/logout")).from(&own).header("accept", "application/json");
    assert_eq!(form.send().await.status, 303, "and is not a script, whatever it accepts");
    let script = scene.browser.script(&own, Method::POST, scene.at("/logout"));
    assert_eq!(script.send().await.status, 303, "a script that did not ask for JSON");
}

#[tokio::test]
async fn a_script_of_nobody_we_trust_signs_nobody_out() {
    let scene = signed_in().await;
    for origin in ["http://localhost:1", "https://evil.example"] {
        let call = scene.browser.script(&Page::of(origin), Method::POST, scene.at("/logout"));
        let answer = call.header("accept", "application/json").send().await;
        assert_eq!((answer.status, answer.reason().as_deref()), (403, Some("foreign-origin")), "{origin}");
    }
    assert!(scene.browser.is_signed_in(&scene.application).await);
}

/// What is wanted, and where it leads.
const WAYS_BACK: [(&str, &str); 13] = [
    ("http://localhost:5173/a?b=1", "http://localhost:5173/a?b=1"),
    ("https://partner.example", "https://partner.example/"),
    ("HTTPS://PARTNER.example/x", "https://partner.example/x"),
    ("/me?x=1", "/me?x=1"),
    ("http://localhost:1/", "/"),
    ("https://evil.example/", "/"),
    ("https://partner.example@evil.example/", "/"),
    ("https://partner.example.evil.example/", "/"),
    ("https://partner.example:8443/", "/"),
    ("http://partner.example/", "/"),
    ("https://partner.example\\@evil.example/", "/"),
    ("//partner.example/", "/"),
    ("javascript:alert(1)", "/"),
];

#[tokio::test]
async fn a_sign_in_leads_back_to_a_trusted_page_and_to_no_other() {
    let scene = signed_in().await;
    for (wanted, expected) in WAYS_BACK {
        let query: String = url::form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
        let mut page = scene.browser.open(scene.at(&format!("/login?return_to={query}"))).await;
        while page.address.path() != "/authorization-code/callback" {
            page = scene.browser.step(&page).await;
        }
        assert_eq!((page.status, page.header("location")), (303, expected), "{wanted}");
    }
}

#[tokio::test]
async fn a_sign_out_leads_back_to_a_trusted_page_and_to_no_other() {
    for (wanted, expected) in WAYS_BACK {
        let scene = signed_in().await;
        let query: String = url::form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
        // From our own page with the two buttons, which keep it.
        let asks = scene.browser.open(scene.at(&format!("/logout?return_to={query}"))).await;
        let mut page = scene.browser.press(&asks, "Sign out").await;
        assert_eq!(page.status, 303, "{wanted}");
        while page.address.path() != "/authorization-code/callback" {
            page = scene.browser.step(&page).await;
        }
        if expected == "/" {
            assert_eq!((page.status, page.location()), (200, None), "{wanted}: our own page says that it is done");
        } else {
            assert_eq!((page.status, page.header("location")), (303, expected), "{wanted}");
        }
        assert!(!scene.browser.is_signed_in(&scene.application).await);
    }
}

#[tokio::test]
async fn both_buttons_keep_the_way_back_and_say_nothing_without_one() {
    let scene = signed_in().await;
    let actions = |page: &Page| document::forms(&page.text).into_iter().map(|form| form.action).collect::<Vec<_>>();
    let page = scene.browser.open(scene.at("/logout?return_to=/bye%26x")).await;
    assert_eq!(actions(&page), ["/logout?return_to=%2Fbye%26x", "/logout?everywhere&return_to=%2Fbye%26x"]);
    let page = scene.browser.open(scene.at("/logout?return_to=https://evil.example/")).await;
    assert_eq!(actions(&page), ["/logout", "/logout?everywhere"]);
}

#[tokio::test]
async fn what_somebody_wrote_into_the_cookie_leads_nowhere_else() {
    let scene = signed_in().await;
    let asks = scene.browser.open(scene.at("/logout?return_to=/me")).await;
    scene.browser.press(&asks, "Sign out").await;
    let cookie = scene.browser.cookies("localhost").into_iter().find(|cookie| cookie.name.contains("azure-farewell-"));
    let cookie = cookie.expect("the way back is kept");
    for value in [
        // https://evil.example/ and //evil.example
        "aHR0cHM6Ly9ldmlsLmV4YW1wbGUv",
        "Ly9ldmlsLmV4YW1wbGU",
        "not base64!",
        "",
        "_w",
    ] {
        let browser = Browser::new();
        let mut changed = cookie.clone();
        value.clone_into(&mut changed.value);
        browser.put_cookie(changed);
        let page = browser.open(scene.at("/authorization-code/callback")).await;
        let location = page.header("location");
        assert!(location.is_empty() || location == "/", "{value}: {location}");
    }
}

#[tokio::test]
async fn the_script_that_watches_needs_no_more_than_a_strict_policy_allows() {
    let scene = Scene::new().await;
    let script = scene.browser.open(scene.at("/session/watch.js")).await;
    assert_eq!((script.status, script.header("content-type")), (200, "text/javascript; charset=utf-8"));
    assert_eq!(script.header("x-content-type-options"), "nosniff");
    for word in ["eval", "new Function", "innerHTML", "document.write", "/session", "/logout"] {
        assert!(!script.text.contains(word), "{word}");
    }
    let own = scene.browser.open(scene.at("/")).await;
    let posted = scene.browser.script(&own, Method::POST, scene.at("/session/watch.js")).send().await;
    assert_eq!(posted.status, 405);

    scene.restart(builder(&scene.emulator, &[]).session_path("/app/who").build().unwrap());
    let elsewhere = scene.browser.open(scene.at("/app/who/watch.js")).await;
    assert_eq!((elsewhere.status, &elsewhere.text), (200, &script.text), "it finds its paths itself");
    assert_eq!(scene.browser.open(scene.at("/session/watch.js")).await.status, 404);
    let interface = Scene::with(&[("AZURE_CLIENT_SECRET", "")]).await;
    assert_eq!(interface.browser.open(interface.at("/session/watch.js")).await.status, 404, "nobody signs in there");
}

#[tokio::test]
async fn a_picture_clears_the_cache_for_our_own_page_where_that_is_wanted() {
    let scene = signed_in().await;
    assert_eq!(scene.browser.open(scene.at("/session/clear-cache.svg")).await.status, 404);
    scene.browser.press(&scene.browser.open(scene.at("/logout")).await, "Sign out").await;
    let landing = scene.browser.open(scene.at("/authorization-code/callback")).await;
    assert!(!landing.text.contains("<img"), "{}", landing.text);

    scene.restart(builder(&scene.emulator, &[]).clear_cache_at_sign_out().build().unwrap());
    let landing = scene.browser.open(scene.at("/authorization-code/callback")).await;
    assert!(landing.text.contains("<img src=\"/session/clear-cache.svg\""), "{}", landing.text);
    assert!(landing.header("content-security-policy").contains("img-src 'self'"));
    let picture = scene.browser.script(&landing, Method::GET, scene.at("/session/clear-cache.svg")).send().await;
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/svg+xml"));
    assert_eq!(picture.header("clear-site-data"), "\"cache\"");
    for page in ["https://evil.example/", "http://localhost:1/"] {
        let call = scene.browser.script(&Page::of(page), Method::GET, scene.at("/session/clear-cache.svg"));
        assert_eq!(call.send().await.header("clear-site-data"), "", "{page}: another page has no say in it");
    }
}
