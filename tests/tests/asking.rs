//! Asking Microsoft for what one wants: another account, no question, a certain person. Also what Microsoft says unasked,
//! and how pages that are put together by scripts get to sign in.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use azure_auth::{AzureAuth, Login, LoginRedirect, Logout, Prompt, User};
use azure_auth_emulator::{Application as Registration, Emulator};
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::document;
use azure_auth_tests::scene::{Scene, auth, builder};
use poem::web::Html;
use poem::{IntoResponse, Response, get, handler};
use reqwest::Method;
use url::Url;

const CALLBACK: &str = "/authorization-code/callback";

#[azure_auth::public(reason = "links to sign in")]
#[handler]
fn links(user: Option<User>, login: Login, logout: Logout) -> Html<String> {
    let escape = |text: String| text.replace('&', "&amp;");
    let name = user.as_ref().map_or("stranger", User::display_name);
    let other = escape(login.clone().return_to("/who?a=1&b=2").prompt(Prompt::SelectAccount).to_string());
    let known = escape(login.clone().login_hint("alex@contoso.test").address());
    let (login, logout) = (escape(login.address()), escape(logout.return_to("/links?bye").address()));
    Html(format!(
        "<p>Welcome, {name}!</p><a href=\"{login}\">Sign in</a><a href=\"{other}\">Another account</a>\
         <a href=\"{known}\">Alex</a><form method=\"post\" action=\"{logout}\"><button>Sign out</button></form>"
    ))
}

#[azure_auth::protect]
#[handler]
fn who(user: User) -> String {
    user.display_name().to_owned()
}

#[azure_auth::protect(roles = "Admin")]
#[handler]
fn admin(user: User) -> String {
    user.display_name().to_owned()
}

/// The start page of an application that would like to know people without asking them.
#[azure_auth::public(reason = "tries once")]
#[handler]
fn once(user: Option<User>, login: Login) -> Response {
    match user {
        Some(user) => user.display_name().to_owned().into_response(),
        None if login.was_refused_silently() => "stranger".into_response(),
        None => login.prompt(Prompt::None).redirect().into_response(),
    }
}

#[azure_auth::public(reason = "tries again and again")]
#[handler]
fn stubborn(user: Option<User>, login: Login) -> Response {
    match user {
        Some(user) => user.display_name().to_owned().into_response(),
        None => login.prompt(Prompt::None).redirect().into_response(),
    }
}

#[azure_auth::public(reason = "the entrance for one organisation")]
#[handler]
fn entrance(login: Login) -> LoginRedirect {
    login.return_to("/who").login_hint("adele@contoso.test").redirect().domain_hint("contoso.test")
}

#[azure_auth::public(reason = "hints that are not followed")]
#[handler]
fn wrong(login: Login) -> LoginRedirect {
    login.return_to("//evil.example").login_hint("a\r\nb").redirect().domain_hint("a b")
}

fn table(auth: AzureAuth) -> azure_auth::Endpoints {
    azure_auth::endpoints! {
        "/links"    => get(links),
        "/who"      => get(who).post(who),
        "/admin"    => get(admin),
        "/once"     => get(once),
        "/stubborn" => get(stubborn),
        "/entrance" => get(entrance),
        "/wrong"    => get(wrong),
    }
    .with(auth)
}

struct Desk {
    emulator: Emulator,
    application: Application,
    browser: Browser,
}

impl Desk {
    async fn new() -> Self {
        let emulator = Emulator::start().await.unwrap();
        let auth = auth(&emulator, &[]);
        Self::of(emulator, auth).await
    }

    async fn of(emulator: Emulator, auth: AzureAuth) -> Self {
        Self { application: Application::start(table(auth)).await, emulator, browser: Browser::new() }
    }

    fn at(&self, path: &str) -> String {
        self.application.at(path)
    }

    async fn sign_in(&self, account: &str) {
        let accounts = self.browser.visit(self.at("/login?return_to=/who")).await;
        assert!(self.browser.pick(&accounts, account).await.text.contains(account));
    }
}

#[tokio::test]
async fn a_signed_in_person_signs_in_with_another_account() {
    let desk = Desk::new().await;
    desk.sign_in("Alex").await;
    let page = desk.browser.visit(desk.at("/links")).await;
    assert!(page.text.contains("Welcome, Alex"), "{}", page.text);
    let at_provider = desk.browser.click(&page, "Another account").await;
    assert_eq!(at_provider.location_parameter("prompt").as_deref(), Some("select_account"));
    let accounts = desk.browser.follow(at_provider).await;
    assert!(accounts.text.contains("Pick an account"), "{}", accounts.text);
    let page = desk.browser.pick(&accounts, "Adele").await;
    assert_eq!((page.text.as_str(), page.address.query()), ("Adele Vance", Some("a=1&b=2")));
}

#[tokio::test]
async fn a_page_that_refuses_a_person_offers_another_account_and_leads_back() {
    let desk = Desk::new().await;
    desk.sign_in("Alex").await;
    let page = desk.browser.open(desk.at("/admin?tab=2")).await;
    assert_eq!((page.status, page.reason().as_deref()), (403, Some("role-missing")));
    let accounts = desk.browser.follow(desk.browser.click(&page, "Sign in with another account").await).await;
    assert!(accounts.text.contains("Pick an account"), "the same account would be refused again: {}", accounts.text);
    let page = desk.browser.pick(&accounts, "Adele").await;
    assert_eq!((page.status, page.text.as_str(), page.address.query()), (200, "Adele Vance", Some("tab=2")));

    // Programs, and people whom another site sent, are offered nothing.
    let own = desk.browser.open(desk.at("/links")).await;
    desk.browser.follow(desk.browser.press(&own, "Sign out").await).await;
    let foreign = desk.browser.navigation(Method::POST, desk.at("/who")).from(&Page::of("https://evil.example"));
    let refused = foreign.send().await;
    assert!(!refused.text.contains("another account"), "{}", refused.text);
}

#[tokio::test]
async fn a_sign_in_that_is_refused_for_the_account_offers_another_one() {
    let emulator = Emulator::start().await.unwrap();
    let changes = [("AZURE_ISSUER_URI", format!("{}/common", emulator.origin()))];
    let changes: Vec<(&str, &str)> = changes.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let tenants = ("AZURE_VALID_TENANT_IDS", "aaaaaaaa-0000-4000-8000-000000000001");
    let auth = auth(&emulator, &[changes[0], tenants]);
    let desk = Desk::of(emulator, auth).await;
    let accounts = desk.browser.visit(desk.at("/login")).await;
    let page = desk.browser.pick(&accounts, "Megan").await;
    assert_eq!((page.status, page.reason().as_deref()), (403, Some("tenant-not-accepted")));
    let accounts = desk.browser.follow(desk.browser.click(&page, "Sign in with another account").await).await;
    assert!(accounts.text.contains("Pick an account"), "{}", accounts.text);
}

#[tokio::test]
async fn what_the_address_of_the_sign_in_asks_for_counts_from_our_own_pages_and_the_address_bar_alone() {
    let desk = Desk::new().await;
    let address =
        desk.at("/login?return_to=/who&prompt=Select_Account&login_hint=alex%40contoso.test&domain_hint=x.test");
    let own = desk.browser.open(desk.at("/links")).await;
    let from = |page: &Page| desk.browser.navigation(Method::GET, &address).from(page);
    let typed = desk.browser.navigation(Method::GET, &address);
    for (context, call, is_own) in [
        ("typed", typed, true),
        ("a page of ours", from(&own), true),
        ("another site", from(&Page::of("https://evil.example")), false),
        ("another port of this host", from(&Page::of("http://localhost:1")), false),
        ("a browser that does not say", desk.browser.navigation(Method::GET, &address).without_fetch_metadata(), false),
    ] {
        let page = call.send().await;
        assert_eq!(page.status, 302, "{context}: {page:?}");
        let parameter = |name| page.location_parameter(name);
        assert_eq!(parameter("prompt").as_deref(), is_own.then_some("select_account"), "{context}");
        assert_eq!(parameter("login_hint").as_deref(), is_own.then_some("alex@contoso.test"), "{context}");
        assert_eq!(parameter("domain_hint"), None, "{context}: from code only");
    }
    for (query, context) in [
        ("prompt=consent", "not one of ours"),
        ("prompt=none%20login", "two"),
        ("prompt=login&prompt=login", "twice"),
        ("login_hint=a%0d%0ab", "two lines"),
        ("claims=%7B%7D&max_age=0&response_mode=fragment&redirect_uri=https://evil.example", "others"),
    ] {
        let page = desk.browser.open(desk.at(&format!("/login?{query}"))).await;
        for name in ["prompt", "login_hint", "claims", "max_age"] {
            assert_eq!(page.location_parameter(name), None, "{context}");
        }
        assert_eq!(page.location_parameter("response_mode").as_deref(), Some("query"), "{context}");
        assert_eq!(page.location_parameter("redirect_uri"), Some(desk.at(CALLBACK)), "{context}");
    }
}

#[tokio::test]
async fn a_handler_sends_people_to_the_page_of_their_organisation() {
    let desk = Desk::new().await;
    let page =
        desk.browser.navigation(Method::GET, desk.at("/entrance")).from(&Page::of("https://portal.test")).send().await;
    assert_eq!(page.status, 303, "{page:?}");
    assert!(page.header("location").starts_with(desk.emulator.origin()), "straight to the provider: {page:?}");
    assert_eq!(page.location_parameter("domain_hint").as_deref(), Some("contoso.test"));
    assert_eq!(page.location_parameter("login_hint").as_deref(), Some("adele@contoso.test"), "whoever linked here");
    assert_eq!(page.header("cache-control"), "no-store");
    let accounts = desk.browser.follow(page).await;
    assert!(!accounts.text.contains("fabrikam"), "the people of that domain: {}", accounts.text);
    assert_eq!(desk.browser.pick(&accounts, "Adele").await.text, "Adele Vance");

    let page = Browser::new().open(desk.at("/wrong")).await;
    for name in ["login_hint", "domain_hint"] {
        assert_eq!(page.location_parameter(name), None, "{name}");
    }
    let ahead = Browser::new();
    let ahead = ahead.navigation(Method::GET, desk.at("/entrance")).header("sec-purpose", "prefetch").send().await;
    assert_eq!((ahead.status, ahead.set_cookies().len()), (503, 0), "nothing begins ahead of the person");
}

#[tokio::test]
async fn links_know_where_the_paths_lie_and_where_people_come_from() {
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[]).login_path("/auth/in").logout_path("/auth/out").build().unwrap();
    let desk = Desk::of(emulator, auth).await;
    let page = desk.browser.open(desk.at("/links?x=1")).await;
    let found: Vec<String> = document::links(&page.text).into_iter().map(|link| link.address).collect();
    assert_eq!(
        found,
        [
            "/auth/in?return_to=%2Flinks%3Fx%3D1",
            "/auth/in?return_to=%2Fwho%3Fa%3D1%26b%3D2&prompt=select_account",
            "/auth/in?return_to=%2Flinks%3Fx%3D1&login_hint=alex%40contoso.test",
        ]
    );
    assert_eq!(document::forms(&page.text)[0].action, "/auth/out?return_to=%2Flinks%3Fbye");
}

#[tokio::test]
async fn a_sign_out_leads_to_the_page_that_it_names() {
    let desk = Desk::new().await;
    desk.sign_in("Adele").await;
    let page = desk.browser.visit(desk.at("/links")).await;
    let page = desk.browser.follow(desk.browser.press(&page, "Sign out").await).await;
    assert_eq!((page.status, page.address.query()), (200, Some("bye")), "{page:?}");
    assert!(page.text.contains("Welcome, stranger!"), "{}", page.text);
    let landing = desk.browser.open(desk.at(CALLBACK)).await;
    assert!(landing.text.contains("You are signed out"), "once: {}", landing.text);

    // By way of the page with the button, and never to another site.
    desk.sign_in("Adele").await;
    let page = desk.browser.open(desk.at("/logout?return_to=/links")).await;
    let page = desk.browser.follow(desk.browser.press(&page, "Sign out").await).await;
    assert_eq!(page.address.path(), "/links");
    desk.sign_in("Adele").await;
    let page = desk.browser.open(desk.at("/logout?return_to=//evil.example")).await;
    let page = desk.browser.follow(desk.browser.press(&page, "Sign out").await).await;
    assert!(page.text.contains("You are signed out"), "{page:?}");
}

#[tokio::test]
async fn whoever_the_provider_knows_is_signed_in_without_a_question_and_everybody_else_comes_back() {
    let desk = Desk::new().await;
    let page = desk.browser.visit(desk.at("/once")).await;
    assert_eq!((page.status, page.text.as_str(), page.address.path()), (200, "stranger", "/once"));
    let by_link = desk.browser.visit(desk.at("/login?prompt=none&return_to=/links")).await;
    assert_eq!((by_link.status, by_link.address.path()), (200, "/links"), "{by_link:?}");
    assert!(by_link.text.contains("stranger"), "{}", by_link.text);

    // A page that needs somebody asks them all the same.
    let accounts = desk.browser.visit(desk.at("/who")).await;
    assert_eq!(desk.browser.pick(&accounts, "Adele").await.text, "Adele Vance");
    desk.browser.remove_cookie(&desk.browser.session_cookie("localhost").unwrap());
    let page = desk.browser.visit(desk.at("/once")).await;
    assert_eq!(page.text, "Adele Vance", "known to the provider by now");
}

#[tokio::test]
async fn every_answer_that_somebody_has_to_be_asked_leads_back_and_no_other_error_does() {
    for (error, leads_back) in [
        ("login_required", true),
        ("interaction_required", true),
        ("consent_required", true),
        ("account_selection_required", true),
        ("access_denied", false),
        ("server_error", false),
    ] {
        let desk = Desk::new().await;
        for (prompt, is_silent) in [("none", true), ("login", false)] {
            let begun = desk.browser.open(desk.at(&format!("/login?prompt={prompt}&return_to=/links"))).await;
            let state = begun.location_parameter("state").unwrap();
            let page = desk.browser.open(desk.at(&format!("{CALLBACK}?error={error}&state={state}"))).await;
            if leads_back && is_silent {
                assert_eq!((page.status, page.header("location")), (303, "/links"), "{error}");
            } else {
                assert_eq!(
                    (page.status, page.reason().as_deref()),
                    (400, Some("provider-refused")),
                    "{error} {prompt}"
                );
            }
            assert!(!desk.browser.is_signed_in(&desk.application).await, "{error}");
        }
    }
}

#[tokio::test]
async fn a_page_that_asks_for_nobody_to_be_asked_again_and_again_is_stopped() {
    let desk = Desk::new().await;
    let stopped = desk.browser.visit(desk.at("/stubborn")).await;
    assert_eq!((stopped.status, stopped.reason().as_deref()), (400, Some("silent-sign-in-loop")), "{stopped:?}");
    let asked = desk.emulator.transcript().iter().filter(|exchange| exchange.path.ends_with("/authorize")).count();
    assert_eq!(asked, 2);
    let accounts = desk.browser.follow(desk.browser.click(&stopped, "Sign in").await).await;
    assert!(accounts.text.contains("Pick an account"), "{}", accounts.text);

    // Without any cookies nobody counts; the answer of a browser that is not known leads nowhere.
    let blocked = Browser::new();
    let mut page = blocked.open(desk.at("/stubborn")).await;
    let mut steps = 0;
    while page.location().is_some() {
        steps += 1;
        assert!(steps < 20, "sent round");
        for cookie in blocked.cookies("localhost") {
            blocked.remove_cookie(&cookie);
        }
        page = blocked.step(&page).await;
    }
    assert_eq!((page.status, page.reason().as_deref()), (400, Some("unasked-error")), "{page:?}");
}

#[tokio::test]
async fn what_microsoft_says_unasked_gets_a_page_that_says_so_and_believes_nothing() {
    let desk = Desk::new().await;
    let tenant = "bbbbbbbb-0000-4000-8000-000000000002";
    let description =
        "AADSTS65004%3a+The+admin+canceled+%3cscript%3e+Correlation+ID%3a+1fe73093-c804-4bf8-9a91-990f23c719c3";
    for (query, status, title) in [
        (format!("admin_consent=True&tenant={tenant}"), 200, "Permissions were granted"),
        (format!("admin_consent=True&tenant={tenant}&state=12345&scope=x"), 200, "Permissions were granted"),
        ("admin_consent=%3cscript%3e".to_owned(), 200, "Permissions were not granted"),
        (format!("error=permission_denied&error_description={description}"), 200, "Permissions were not granted"),
        (
            format!("error=access_denied&error_description={description}&admin_consent=True&tenant={tenant}&state=1"),
            200,
            "Permissions were not granted",
        ),
        (format!("error=access_denied&error_description={description}"), 400, "Microsoft reports an error"),
        (format!("error=server_error&error_description={description}&state=12345"), 400, "Microsoft reports an error"),
        (String::new(), 200, "You are signed out"),
    ] {
        let page = desk.browser.open(desk.at(&format!("{CALLBACK}?{query}"))).await;
        assert_eq!(page.status, status, "{query}");
        assert!(page.text.contains(&format!("<h1>{title}</h1>")), "{query}: {}", page.text);
        assert!(!page.text.contains("Sign-in failed"), "{query}");
        for written in ["<script", "canceled", tenant, "12345"] {
            assert!(!page.text.contains(written), "{written} of {query}: {}", page.text);
        }
        assert!(document::links(&page.text).iter().any(|link| link.label.starts_with("Sign in")), "{query}");
        assert!(page.set_cookies().is_empty() && !desk.browser.is_signed_in(&desk.application).await, "{query}");
        if query.contains("AADSTS") {
            assert_eq!(document::detail(&page.text, "Microsoft's code").as_deref(), Some("AADSTS65004"), "{query}");
        }
    }
    assert!(!desk.emulator.transcript().iter().any(|exchange| exchange.path.ends_with("/token")), "nothing is asked");

    // Whoever is signed in stays so.
    desk.sign_in("Adele").await;
    for query in ["admin_consent=True", "error=access_denied", "error=access_denied&state=x"] {
        desk.browser.open(desk.at(&format!("{CALLBACK}?{query}"))).await;
        assert!(desk.browser.is_signed_in(&desk.application).await, "{query}");
    }
}

#[tokio::test]
async fn an_administrator_comes_back_from_the_page_for_administrators() {
    let desk = Desk::new().await;
    let mut address: Url = format!("{}/organizations/v2.0/adminconsent", desk.emulator.origin()).parse().unwrap();
    let client = desk.emulator.env().into_iter().find(|(name, _)| name == "AZURE_CLIENT_ID").unwrap().1;
    address
        .query_pairs_mut()
        .append_pair("client_id", &client)
        .append_pair("redirect_uri", &desk.at(CALLBACK))
        .append_pair("scope", "https://graph.microsoft.com/.default")
        .append_pair("state", "12345");
    for (button, title) in [("Accept", "Permissions were granted"), ("Cancel", "Permissions were not granted")] {
        let page = desk.browser.open(&address).await;
        let page = desk.browser.follow(desk.browser.press(&page, button).await).await;
        assert_eq!(page.address.path(), CALLBACK, "{button}");
        assert!(page.text.contains(title), "{button}: {}", page.text);
    }
}

#[tokio::test]
async fn a_page_load_that_a_service_worker_passes_on_is_sent_to_sign_in_or_gets_the_way_there() {
    let desk = Desk::new().await;
    let html = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let turbo = "text/vnd.turbo-stream.html, text/html, application/xhtml+xml";
    let ask = async |mode: &str, accept: &str| {
        let browser = Browser::new();
        let call = browser.program(Method::GET, desk.at("/who?q=1")).header("sec-fetch-site", "same-origin");
        let call = call.header("sec-fetch-mode", mode).header("sec-fetch-dest", "empty");
        call.without_accept().header("accept", accept).send().await
    };
    let chromium = ask("navigate", html).await;
    assert!(chromium.status == 302 && chromium.header("location").starts_with(desk.emulator.origin()), "{chromium:?}");
    for (mode, accept, context) in [("same-origin", html, "Firefox"), ("cors", turbo, "Turbo")] {
        let page = ask(mode, accept).await;
        assert_eq!((page.status, page.reason().as_deref()), (401, Some("not-signed-in")), "{context}");
        assert!(page.header("content-type").starts_with("text/html"), "{context}: {page:?}");
        assert!(page.header("www-authenticate").starts_with("Bearer realm="), "{context}");
        assert_eq!(document::links(&page.text)[0].label, "Sign in", "{context}");
        assert!(page.set_cookies().is_empty(), "{context}: nothing is begun");
    }
    for (mode, accept) in [("cors", "*/*"), ("same-origin", "application/json"), ("no-cors", html)] {
        let answer = ask(mode, accept).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (401, "application/problem+json"),
            "{mode} {accept}"
        );
    }
}

#[tokio::test]
async fn htmx_is_told_where_its_page_goes_to_sign_in_and_comes_back_to_that_page() {
    let desk = Desk::new().await;
    let own = desk.browser.open(desk.at("/links")).await;
    for (current, expected) in [
        (desk.at("/links?page=2#top"), "/login?return_to=%2Flinks%3Fpage%3D2"),
        ("https://evil.example/x".to_owned(), "/login"),
        (desk.at("//evil.example"), "/login"),
        (String::new(), "/login"),
    ] {
        for method in [Method::GET, Method::POST] {
            let call = desk.browser.script(&own, method.clone(), desk.at("/who"));
            let call = call.header("hx-request", "true").header("hx-current-url", &current);
            let answer = call.send().await;
            assert_eq!((answer.status, answer.header("hx-redirect")), (401, expected), "{method} {current}");
            assert_eq!(answer.location(), None, "{method} {current}");
        }
    }
    for (method, expected) in
        [(Method::GET, "/login?return_to=%2Fwho%3Fq%3D1"), (Method::POST, "/login?return_to=%2Flinks")]
    {
        let call = desk.browser.script(&own, method.clone(), desk.at("/who?q=1")).header("hx-request", "true");
        let call = call.header("hx-boosted", "true").header("hx-current-url", &desk.at("/links"));
        assert_eq!(call.send().await.header("hx-redirect"), expected, "a link that is followed: {method}");
    }
    let plain = desk.browser.script(&own, Method::GET, desk.at("/who")).send().await;
    assert_eq!((plain.status, plain.header("hx-redirect")), (401, ""), "other scripts are not led anywhere");
    let redirect =
        desk.browser.script(&own, Method::GET, desk.at("/entrance")).header("hx-request", "true").send().await;
    assert_eq!((redirect.status, redirect.location()), (204, None));
    assert!(redirect.header("hx-redirect").starts_with(desk.emulator.origin()), "{redirect:?}");

    desk.sign_in("Alex").await;
    let refused = desk.browser.script(&own, Method::GET, desk.at("/admin")).header("hx-request", "true").send().await;
    assert_eq!((refused.status, refused.header("hx-redirect")), (403, ""), "who is signed in is led nowhere");
}

#[tokio::test]
async fn names_below_localhost_are_this_machine() {
    let registration =
        Registration::new("Below localhost").redirect_uri("http://app.localhost:3000/authorization-code/callback");
    for public_url in ["", "http://app.localhost:3000"] {
        let emulator = Emulator::builder().application(registration.clone()).start().await.unwrap();
        let scene = Scene::of_changes(emulator, &[("AZURE_PUBLIC_URL", public_url)]).await;
        let port = scene.application.address().port();
        let page = scene.browser.open(format!("http://app.localhost:{port}/me")).await;
        assert_eq!(page.status, 302, "{public_url}: {page:?}");
        let expected =
            if public_url.is_empty() { format!("http://app.localhost:{port}") } else { public_url.to_owned() };
        assert_eq!(page.location_parameter("redirect_uri"), Some(format!("{expected}{CALLBACK}")), "{public_url}");
        let problem = scene.browser.program(Method::GET, format!("http://app.localhost:{port}/me")).send().await;
        assert!(problem.text.contains("\"remedy\""), "detail for developers at this machine: {}", problem.text);
    }
    let scene = Scene::new().await;
    let port = scene.application.address().port();
    for host in ["localhost.example.com", "app.localhost.example.com", "applocalhost"] {
        scene.browser.put_proxy_before(host, scene.application.address());
        let page = scene.browser.open(format!("http://{host}:{port}/login")).await;
        assert_eq!(page.status, 421, "{host}");
    }
}

#[tokio::test]
async fn a_challenge_says_where_entra_signs_people_in_and_no_other_provider_is_taken_for_it() {
    let scene = Scene::new().await;
    let issuer = scene.emulator.env().into_iter().find(|(name, _)| name == "AZURE_ISSUER_URI").unwrap().1;
    let authority = issuer.trim_end_matches("/v2.0");
    let expected = format!("authorization_uri=\"{authority}/oauth2/v2.0/authorize\"");
    for authorization in [None, Some("Bearer"), Some("Bearer x.y.z"), Some("Basic YTpi")] {
        let call = scene.browser.program(Method::GET, scene.at("/me"));
        let call = authorization.into_iter().fold(call, |call, value| call.header("authorization", value));
        let answer = call.send().await;
        assert_eq!(answer.status, 401, "{authorization:?}");
        assert!(answer.header("www-authenticate").contains(&expected), "{:?}", answer.header("www-authenticate"));
    }
    let emulator = Emulator::start().await.unwrap();
    let auth = AzureAuth::from_variables(emulator.env_for("plain")).unwrap();
    let scene = Scene::of(emulator, auth).await;
    let answer = scene.browser.program(Method::GET, scene.at("/me")).send().await;
    assert_eq!(answer.status, 401);
    assert!(
        !answer.header("www-authenticate").contains("authorization_uri"),
        "{:?}",
        answer.header("www-authenticate")
    );
}
