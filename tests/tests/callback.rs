//! The way back: only the answer to this browser's own question is followed, and only to a page of our own.

use azure_auth_emulator::{Application as Registration, Defect, Emulator, Tenant, User};
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::document;
use azure_auth_tests::scene::{Scene, auth};
use azure_auth_tests::sealed_cookie::{self, Purpose, SESSION_KEY};
use reqwest::Method;
use url::Url;

const CALLBACK: &str = "/authorization-code/callback";

/// A browser on its way back: the address it is sent to is not yet opened.
async fn on_the_way_back(scene: &Scene) -> Url {
    on_the_way_back_to(scene, "/").await
}

async fn on_the_way_back_to(scene: &Scene, return_to: &str) -> Url {
    let login = scene.browser.open(scene.at(&format!("/login?return_to={return_to}"))).await;
    let at_provider = scene.browser.step(&login).await;
    // Whoever is known to the provider already is not asked again.
    let answer =
        if at_provider.location().is_some() { at_provider } else { scene.browser.press(&at_provider, "Adele").await };
    answer.location().unwrap()
}

async fn assert_refused(scene: &Scene, page: &Page, status: u16, reason: &str, context: &str) {
    assert_eq!((page.status, page.reason().as_deref()), (status, Some(reason)), "{context}: {}", page.text);
    assert!(scene.browser.session_cookie("localhost").is_none(), "{context}");
    assert!(!scene.browser.is_signed_in(&scene.application).await, "{context}");
}

#[tokio::test]
async fn a_callback_that_nobody_waits_for_is_refused() {
    let scene = Scene::new().await;
    let state = "x".repeat(43);
    for query in [
        format!("code=a&state={state}"),
        format!("code=a&state={state}&state={state}"),
        format!("code=a&code=b&state={state}"),
        format!("error=access_denied&state={state}"),
        "code=a&state=".to_owned(),
        "code=a&state=short".to_owned(),
        format!("code=a&state={}", "é".repeat(20)),
        "code=a".to_owned(),
        format!("state={state}"),
        "state".to_owned(),
        "x".to_owned(),
        format!("code={}&state={state}", "a".repeat(4000)),
    ] {
        let page = scene.browser.open(scene.at(&format!("{CALLBACK}?{query}"))).await;
        assert_eq!(page.status, 400, "{query}");
        let expected = if query.starts_with("error") { "unasked-error" } else { "" };
        let is_expected = match page.reason().as_deref() {
            Some("unasked-error") => expected == "unasked-error",
            reason => matches!(reason, Some("sign-in-unknown" | "callback-malformed")) && expected.is_empty(),
        };
        assert!(is_expected, "{query}: {page:?}");
        assert!(!scene.browser.is_signed_in(&scene.application).await, "{query}");
    }
    assert!(!scene.emulator.transcript().iter().any(|exchange| exchange.path.ends_with("/token")), "none was redeemed");
}

#[tokio::test]
async fn what_anyone_may_have_written_into_the_address_is_not_on_the_page() {
    let scene = Scene::new().await;
    let back = on_the_way_back(&scene).await;
    let state = back.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let script = "%3Cscript%3Ealert(1)%3C/script%3E%22%27%3E%3Cimg%20src=x%20onerror=alert(1)%3E";
    for query in [
        format!("error={script}&error_description={script}&state=x"),
        format!("error={script}&error_description=AADSTS50105{script}&error_uri={script}&state={script}"),
        format!("{script}={script}"),
        format!("code={script}&state={script}"),
        format!("code=a&iss={script}&state={script}"),
        // The one that is taken for an answer.
        format!("error={script}&error_description=AADSTS1:{script}%20Correlation%20ID:{script}&state={state}"),
    ] {
        let page = scene.browser.open(scene.at(&format!("{CALLBACK}?{query}"))).await;
        assert_eq!(page.status, 400, "{query}");
        for written in ["<script", "alert(1)", "onerror", "<img", "%3C"] {
            assert!(!page.text.contains(written), "{written} of {query} in {}", page.text);
        }
    }
}

fn parameter(address: &Url, name: &str) -> Option<String> {
    address.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

fn redemptions(scene: &Scene) -> usize {
    scene.emulator.transcript().iter().filter(|exchange| exchange.path.ends_with("/token")).count()
}

#[tokio::test]
async fn the_answer_to_one_browser_is_worthless_in_another() {
    let scene = Scene::new().await;
    let back = on_the_way_back_to(&scene, "/me").await;
    let (without, with) = (Browser::new(), Browser::new());
    assert_eq!(with.open(scene.at("/login")).await.status, 302, "one that has a sign-in of its own under way");
    for victim in [&without, &with] {
        let page = victim.open(&back).await;
        assert_eq!(page.status, 302, "{page:?}");
        assert!(page.header("location").starts_with(scene.emulator.origin()), "it begins anew: {page:?}");
        assert!(victim.session_cookie("localhost").is_none());
        assert!(!victim.is_signed_in(&scene.application).await);
        let accounts = victim.follow(page).await;
        let page = victim.pick(&accounts, "Alex").await;
        assert_eq!((page.status, page.address.path()), (200, "/me"), "as themselves, and where the link led");
    }
    assert_eq!(redemptions(&scene), 2, "nobody redeemed the code of the first");
}

#[tokio::test]
async fn a_used_callback_signs_nobody_in_and_leads_back_to_where_it_wanted_to_go() {
    let scene = Scene::new().await;
    let back = on_the_way_back_to(&scene, "/me").await;
    assert_eq!(scene.browser.open(&back).await.status, 303);

    scene.browser.remove_cookie(&scene.browser.session_cookie("localhost").unwrap());
    let again = scene.browser.open(&back).await;
    assert_eq!((again.status, again.header("location")), (303, "/me"), "{again:?}");
    assert!(!scene.browser.is_signed_in(&scene.application).await);
    assert_eq!(redemptions(&scene), 1, "the provider is not even asked");

    // Another process has forgotten it; the provider has not.
    scene.restart(auth(&scene.emulator, &[]));
    assert_refused(&scene, &scene.browser.open(&back).await, 400, "sign-in-unknown", "after a restart").await;
}

#[tokio::test]
async fn the_back_button_goes_on_when_someone_is_signed_in() {
    let scene = Scene::new().await;
    let back = on_the_way_back_to(&scene, "/me").await;
    let browser = scene.browser.attempt_cookies("localhost").remove(0);
    let page = scene.browser.follow(scene.browser.open(&back).await).await;
    assert_eq!((page.status, page.address.path()), (200, "/me"));
    let session = scene.browser.session_cookie("localhost");

    for context in ["with the cookie of the browser", "without it"] {
        let again = scene.browser.follow(scene.browser.open(&back).await).await;
        assert_eq!((again.status, again.address.path()), (200, "/me"), "{context}");
        assert_eq!(scene.browser.session_cookie("localhost"), session, "{context}: nobody was signed in anew");
        scene.browser.remove_cookie(&browser);
    }
    assert_eq!(redemptions(&scene), 1);
}

#[tokio::test]
async fn the_same_answer_twice_with_the_same_cookies_is_redeemed_once_and_leads_on_twice() {
    let scene = Scene::new().await;
    let back = on_the_way_back_to(&scene, "/me").await;
    // What the browser fetched ahead, as far as it says nothing of it, and the page itself.
    let page = scene.browser.copy();
    let ahead = scene.browser.open(&back).await;
    assert_eq!((ahead.status, ahead.header("location")), (303, "/me"));
    let page = page.open(&back).await;
    assert_eq!((page.status, page.header("location")), (303, "/me"), "{page:?}");
    assert_eq!(redemptions(&scene), 1);
}

#[tokio::test]
async fn what_is_fetched_ahead_begins_nothing_and_uses_nothing_up() {
    let scene = Scene::new().await;
    let back = on_the_way_back_to(&scene, "/me").await;
    let stranger = Browser::new();
    for (name, value) in [
        ("sec-purpose", "prefetch;prerender"),
        ("sec-purpose", "prefetch"),
        ("purpose", "prefetch"),
        ("x-moz", "prefetch"),
    ] {
        let ahead = scene.browser.navigation(Method::GET, &back).header(name, value).send().await;
        assert_eq!((ahead.status, ahead.set_cookies().len()), (503, 0), "{name}: {ahead:?}");
        let ahead = stranger.navigation(Method::GET, scene.at("/login?return_to=/me")).header(name, value).send().await;
        assert_eq!((ahead.status, ahead.set_cookies().len()), (503, 0), "{name}: {ahead:?}");
        assert_eq!(ahead.header("cache-control"), "no-store");
    }
    assert_eq!(redemptions(&scene), 0);
    assert_eq!(scene.browser.open(&back).await.status, 303, "the page itself");
}

#[tokio::test]
async fn a_link_that_another_program_opened_first_begins_anew_by_itself_and_once() {
    let scene = Scene::new().await;
    // Office follows the redirect of the link, and opens what it found in the browser.
    let office = Browser::new();
    let at_provider = office.open(scene.at("/me?from=office")).await.location().unwrap();
    let accounts = scene.browser.open(&at_provider).await;
    let page = scene.browser.pick(&accounts, "Adele").await;
    assert_eq!((page.status, page.address.query()), (200, Some("from=office")), "{page:?}");
    let asked = |browser: &Browser| {
        let of_provider = |address: &&Url| address.path().ends_with("/authorize");
        browser.visited().iter().filter(of_provider).count()
    };
    assert_eq!(asked(&scene.browser), 3, "the page, the button, and once more without a page");

    // A browser that keeps no cookies is told so, and not sent round for ever.
    let blocked = Browser::new();
    let accounts = blocked.open(&at_provider).await;
    let mut page = blocked.press(&accounts, "Adele").await;
    while page.location().is_some() {
        assert!(asked(&blocked) < 10);
        for cookie in blocked.cookies("localhost") {
            blocked.remove_cookie(&cookie);
        }
        page = blocked.step(&page).await;
    }
    assert_eq!((page.status, page.reason().as_deref()), (400, Some("sign-in-unknown")), "{page:?}");
    assert_eq!(asked(&blocked), 3, "once more, and not again");
}

async fn tabs(scene: &Scene, count: usize) -> Vec<Page> {
    let mut tabs = Vec::new();
    for tab in 0..count {
        tabs.push(scene.browser.visit(scene.at(&format!("/me?tab={tab}"))).await);
        assert_eq!(scene.browser.attempt_cookies("localhost").len(), 1, "one small cookie");
    }
    tabs
}

#[tokio::test]
async fn eight_tabs_one_after_the_other_all_arrive_in_whatever_order_they_are_finished() {
    for order in [[0, 1, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1, 0], [3, 7, 0, 6, 1, 5, 2, 4]] {
        let scene = Scene::new().await;
        let tabs = tabs(&scene, 8).await;
        for (done, tab) in order.into_iter().enumerate() {
            let page = scene.browser.pick(&tabs[tab], "Adele").await;
            let expected = format!("tab={tab}");
            assert_eq!((page.status, page.address.query()), (200, Some(expected.as_str())), "{order:?}: {page:?}");
            assert_eq!(redemptions(&scene), done + 1, "{order:?}: each of them answered its own");
        }
    }
}

#[tokio::test]
async fn eight_tabs_that_begin_at_the_same_moment_all_arrive_from_either_end() {
    for is_from_end in [false, true] {
        let scene = Scene::new().await;
        // None of the requests has the cookie yet: each answer sets one, and the last stays.
        let opened = (0..8).map(|tab| scene.browser.open(scene.at(&format!("/me?tab={tab}"))));
        let opened: Vec<Page> = futures_util::future::join_all(opened.collect::<Vec<_>>()).await;
        assert!(opened.iter().all(|page| page.status == 302));
        let mut tabs = Vec::new();
        for page in opened {
            tabs.push(scene.browser.follow(page).await);
        }
        let mut order: Vec<usize> = (0..8).collect();
        if is_from_end {
            order.reverse();
        }
        for tab in order {
            let page = scene.browser.pick(&tabs[tab], "Adele").await;
            let expected = format!("tab={tab}");
            assert_eq!((page.status, page.address.query()), (200, Some(expected.as_str())), "{is_from_end}: {page:?}");
        }
        assert_eq!(scene.browser.attempt_cookies("localhost").len(), 1);
    }
}

#[tokio::test]
async fn tabs_that_are_signed_in_before_any_of_them_shows_its_page_are_not_taken_for_a_circle() {
    let scene = Scene::new().await;
    let tabs = tabs(&scene, 4).await;
    for tab in &tabs {
        let back = scene.browser.press(tab, "Adele").await;
        assert_eq!(
            scene.browser.step(&back).await.status,
            303,
            "each answer begins a session in place of the last one"
        );
    }
    // A request that left with a session which ended meanwhile, because another tab got its own.
    let session = scene.browser.session_cookie("localhost").unwrap();
    scene.browser.remove_cookie(&session);
    let page = scene.browser.open(scene.at("/me")).await;
    assert_eq!(page.status, 302, "{page:?}");
}

#[tokio::test]
async fn eight_tabs_that_a_browser_opens_again_all_arrive_without_a_question() {
    let scene = Scene::new().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    for cookie in scene.browser.cookies("localhost") {
        scene.browser.remove_cookie(&cookie);
    }
    let visits = (0..8).map(|tab| scene.browser.visit(scene.at(&format!("/me?tab={tab}"))));
    let pages = futures_util::future::join_all(visits.collect::<Vec<_>>()).await;
    for (tab, page) in pages.iter().enumerate() {
        let expected = format!("tab={tab}");
        assert_eq!((page.status, page.address.query()), (200, Some(expected.as_str())), "{page:?}");
    }
}

#[tokio::test]
async fn an_attempt_that_took_too_long_or_was_changed_is_none() {
    let scene = Scene::with(&[("AZURE_SESSION_KEYS", SESSION_KEY)]).await;
    let with_state = |back: &Url, state: &str| {
        let mut changed = back.clone();
        let pairs: Vec<_> = back.query_pairs().into_owned().filter(|(name, _)| name != "state").collect();
        changed.query_pairs_mut().clear().extend_pairs(pairs).append_pair("state", state);
        changed
    };
    for (older, reason) in [(0, None), (590, None), (600, Some("sign-in-expired")), (86_400, Some("sign-in-expired"))] {
        let back = on_the_way_back(&scene).await;
        // The state is sealed under the name of the browser's cookie.
        let cookie =
            scene.browser.attempt_cookies("localhost").remove(0).with_value(parameter(&back, "state").unwrap());
        let mut attempt = sealed_cookie::open(Purpose::Attempt, &cookie);
        let started = u64::from_be_bytes(attempt[32..40].try_into().unwrap());
        attempt[32..40].copy_from_slice(&(started - older).to_be_bytes());
        let state = sealed_cookie::sealed(Purpose::Attempt, &cookie, &attempt).value;
        let page = scene.browser.open(with_state(&back, &state)).await;
        assert_eq!(page.reason().as_deref(), reason, "{older} s ago: {page:?}");
        if let Some(session) = scene.browser.session_cookie("localhost") {
            scene.browser.remove_cookie(&session);
        }
    }
    for change in ["", "x", "AAAA", &"A".repeat(600)] {
        let back = on_the_way_back(&scene).await;
        let page = scene.browser.open(with_state(&back, change)).await;
        assert_refused(&scene, &page, 400, "sign-in-unknown", change).await;
        let state = parameter(&back, "state").unwrap();
        let page = scene.browser.open(with_state(&back, &format!("{}{change}A", &state[..state.len() - 1]))).await;
        assert_refused(&scene, &page, 400, "sign-in-unknown", change).await;
    }
    // Whoever changes the cookie of the browser has another browser.
    for change in ["", "x", &"A".repeat(43)] {
        let scene = Scene::new().await;
        let back = on_the_way_back(&scene).await;
        let cookie = scene.browser.attempt_cookies("localhost").remove(0);
        scene.browser.put_cookie(cookie.with_value(change));
        let page = scene.browser.open(&back).await;
        assert_eq!(page.status, 302, "{change}");
        assert!(!scene.browser.is_signed_in(&scene.application).await, "{change}");
    }
}

#[tokio::test]
async fn after_signing_in_nobody_is_sent_to_another_site() {
    let scene = Scene::new().await;
    for hostile in [
        "//evil.example",
        "///evil.example",
        "////evil.example/%2f..",
        "/\\evil.example",
        "\\\\evil.example",
        "%2f%2fevil.example",
        "/%2fevil.example",
        "/%5cevil.example",
        "/%5Cevil.example",
        "https://evil.example/",
        "http:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\tevil.example",
        "/\n/evil.example",
        "/a\r\nSet-Cookie: planted=1",
        "/a%0d%0aSet-Cookie:planted=1",
        " //evil.example",
        ".evil.example",
        "@evil.example",
        "",
    ] {
        let mut login: Url = scene.at("/login").parse().unwrap();
        login.query_pairs_mut().append_pair("return_to", hostile);
        let mut page = scene.browser.visit(&login).await;
        if page.text.contains("Pick an account") {
            page = scene.browser.pick(&page, "Adele").await;
        }
        assert_eq!(page.address.as_str(), scene.at("/"), "{hostile:?}");
        assert_eq!(page.status, 200, "{hostile:?}");
        assert!(scene.browser.cookies("localhost").iter().all(|cookie| cookie.name != "planted"), "{hostile:?}");
    }
    for own in ["/me", "/me?tab=1&next=https://other.example/", "/me#part", "/me?q=%C3%A9"] {
        let mut login: Url = scene.at("/login").parse().unwrap();
        login.query_pairs_mut().append_pair("return_to", own);
        let back = scene.browser.visit(&login).await;
        assert_eq!(back.address.as_str(), scene.at(own), "{own:?}");
    }
}

#[tokio::test]
async fn each_error_of_the_provider_becomes_a_page_in_plain_words() {
    for (defect, status, code, sentence) in [
        (Defect::ErrorNotAssigned, 403, "AADSTS50105", "You are not assigned to this application."),
        (
            Defect::ErrorConditionalAccess,
            403,
            "AADSTS53003",
            "A rule of your organisation does not allow this sign-in.",
        ),
    ] {
        let scene = Scene::new().await;
        scene.emulator.inject(defect);
        let page = scene.browser.sign_in(&scene.application, "Adele").await;
        let reason = if status == 403 { "provider-forbids" } else { "provider-refused" };
        assert_refused(&scene, &page, status, reason, code).await;
        assert_explains(&page, code, sentence);
        assert!(page.text.contains("This can be fixed by the administrator of your organisation."), "{}", page.text);
    }
}

#[tokio::test]
async fn cancelling_is_no_error_of_anyone_and_offers_another_try() {
    let scene = Scene::new().await;
    let accounts = scene.browser.visit(scene.at("/login")).await;
    let page = scene.browser.pick(&accounts, "Cancel").await;
    assert_refused(&scene, &page, 400, "provider-refused", "cancelled").await;
    assert_explains(&page, "AADSTS65004", "You did not agree to what this application asks for.");
    let again = scene.browser.follow(scene.browser.click(&page, "Sign in").await).await;
    assert_eq!(scene.browser.pick(&again, "Adele").await.text, "<p>Welcome, Adele Vance!</p>");

    let other = Browser::new();
    let page = other.pick(&other.visit(scene.at("/me?tab=2")).await, "Cancel").await;
    let again = other.follow(other.click(&page, "Sign in").await).await;
    assert_eq!(other.pick(&again, "Adele").await.address.query(), Some("tab=2"), "back to where they were going");
}

#[tokio::test]
async fn someone_without_an_assignment_is_told_so_without_their_address() {
    let registration = Registration::new("Assigned only")
        .redirect_uri("http://localhost/authorization-code/callback")
        .requires_assignment();
    let tenant = Tenant::new("small.test").user(User::new("Nestor Wilke", "nestor@small.test").unassigned());
    let id = tenant.tenant_id().to_owned();
    let emulator = Emulator::builder().application(registration).tenant(tenant).start().await.unwrap();
    let issuer = emulator.issuer(&id);
    let scene = Scene::of_changes(emulator, &[("AZURE_ISSUER_URI", &issuer)]).await;
    let page = scene.browser.sign_in(&scene.application, "Nestor").await;
    assert_refused(&scene, &page, 403, "provider-forbids", "not assigned").await;
    assert_explains(&page, "AADSTS50105", "You are not assigned to this application.");
    assert!(!page.text.contains("nestor") && !page.text.contains("Nestor"), "{}", page.text);
}

/// The code and the number that Microsoft's support asks for, and not a word of the description.
fn assert_explains(page: &Page, code: &str, sentence: &str) {
    let detail = |name| document::detail(&page.text, name);
    assert_eq!(detail("Microsoft's code").as_deref(), Some(code));
    assert_eq!(detail("Correlation id").as_deref(), Some("1fe73093-c804-4bf8-9a91-990f23c719c3"));
    assert_eq!(detail("Reference").map(|reference| reference.len()), Some(8));
    assert!(page.text.contains(sentence), "{sentence} not in {}", page.text);
    for of_the_description in
        ["Trace ID", "Timestamp", "adele@", "specifically granted", "signed in user", "declined to"]
    {
        assert!(!page.text.contains(of_the_description), "{of_the_description} in {}", page.text);
    }
}

#[tokio::test]
async fn only_a_page_that_is_opened_is_an_answer() {
    let scene = Scene::new().await;
    let back = on_the_way_back(&scene).await;
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::HEAD] {
        let page = scene.browser.program(method.clone(), &back).send().await;
        assert_eq!(page.status, 405, "{method}");
    }
    assert_eq!(scene.browser.open(&back).await.status, 303, "it was not used up");
}

#[tokio::test]
async fn the_way_back_leads_through_an_answer_that_hides_and_keeps_nothing() {
    let scene = Scene::new().await;
    let back = on_the_way_back_to(&scene, "/me").await;
    let page = scene.browser.open(&back).await;
    assert_eq!((page.status, page.header("location")), (303, "/me"), "and not the code with it");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
}
