//! Who is answered how: a person with a page or the way to sign in, a program with a status and a reason, and nobody
//! who comes from somewhere else with anything that changes.

use azure_auth::{Page as AuthPage, Refused};
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::document;
use azure_auth_tests::scene::{Scene, builder};
use poem::Response;
use reqwest::Method;

async fn signed_in() -> Scene {
    let scene = Scene::new().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    scene
}

#[tokio::test]
async fn a_person_who_opens_a_page_is_sent_to_sign_in_and_back_to_it() {
    let scene = Scene::new().await;
    let page = scene.browser.open(scene.at("/me?tab=2&q=%C3%A9")).await;
    assert_eq!(page.status, 302);
    assert!(page.header("location").starts_with(&format!("{}/", scene.emulator.origin())), "{page:?}");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("vary"), "Cookie, Authorization");
    assert_eq!(page.location_parameter("scope").as_deref(), Some("openid profile email"));
    let accounts = scene.browser.follow(page).await;
    let page = scene.browser.pick(&accounts, "Adele").await;
    assert_eq!((page.status, page.address.as_str()), (200, scene.at("/me?tab=2&q=%C3%A9").as_str()));
}

#[tokio::test]
async fn a_browser_without_fetch_metadata_is_known_by_what_it_accepts() {
    let scene = Scene::new().await;
    let old = || scene.browser.navigation(Method::GET, scene.at("/me")).without_fetch_metadata();
    assert_eq!(old().send().await.status, 302);
    assert_eq!(scene.browser.program(Method::GET, scene.at("/me")).send().await.status, 401);
}

#[tokio::test]
async fn a_program_gets_a_status_a_challenge_and_a_problem_document() {
    let scene = Scene::new().await;
    let own = scene.browser.open(scene.at("/")).await;
    let metadata = |mode: &str, destination: &str| {
        let call = scene.browser.navigation(Method::GET, scene.at("/me")).without_fetch_metadata();
        call.header("sec-fetch-mode", mode).header("sec-fetch-dest", destination)
    };
    for (context, call) in [
        ("script", scene.browser.script(&own, Method::GET, scene.at("/me"))),
        ("script that posts", scene.browser.script(&own, Method::POST, scene.at("/entries"))),
        ("program", scene.browser.program(Method::GET, scene.at("/me"))),
        ("program that posts", scene.browser.program(Method::POST, scene.at("/entries"))),
        ("image", metadata("no-cors", "image")),
        ("frame", metadata("navigate", "iframe")),
        ("embedded object", metadata("navigate", "object")),
        ("worker", metadata("same-origin", "worker")),
    ] {
        let answer = call.send().await;
        assert_is_problem(&answer, 401, "not-signed-in", context);
        assert!(answer.header("www-authenticate").starts_with("Bearer realm=\""), "{context}");
        assert_eq!(answer.location(), None, "{context}");
        assert!(answer.set_cookies().is_empty(), "{context}: no attempt is begun");
    }
    assert!(scene.emulator.transcript().is_empty(), "and the provider is not asked");
}

fn assert_is_problem(answer: &Page, status: u16, code: &str, context: &str) {
    assert_eq!((answer.status, answer.reason().as_deref()), (status, Some(code)), "{context}: {answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json", "{context}");
    assert_eq!(answer.header("cache-control"), "no-store", "{context}");
    let problem = answer.json();
    assert_eq!(problem["status"], status, "{context}");
    assert_eq!(problem["reference"].as_str().map(str::len), Some(8), "{context}");
    assert!(problem["title"].is_string() && problem["detail"].is_string(), "{context}");
}

#[tokio::test]
async fn what_a_browser_fetches_ahead_is_not_sent_to_sign_in() {
    let scene = Scene::new().await;
    for (name, value) in [("sec-purpose", "prefetch"), ("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch")] {
        let call = scene.browser.navigation(Method::GET, scene.at("/me")).header(name, value);
        let answer = call.send().await;
        assert_is_problem(&answer, 401, "not-signed-in", value);
        assert!(answer.set_cookies().is_empty());
    }
}

#[tokio::test]
async fn a_form_of_someone_who_is_not_signed_in_gets_a_page_with_a_button() {
    let scene = Scene::new().await;
    let own = scene.browser.open(scene.at("/")).await;
    let page = scene.browser.navigation(Method::POST, scene.at("/entries")).from(&own).send().await;
    assert_eq!((page.status, page.reason().as_deref()), (401, Some("not-signed-in")));
    assert!(page.header("www-authenticate").starts_with("Bearer realm=\""));
    assert!(page.text.contains("You are not signed in."), "{}", page.text);
    assert_eq!(document::links(&page.text)[0].label, "Sign in");
    let accounts = scene.browser.follow(scene.browser.click(&page, "Sign in").await).await;
    assert_eq!(scene.browser.pick(&accounts, "Adele").await.status, 200);
    assert_eq!(scene.entries.count(), 0, "what was posted is not posted again behind anyone's back");
}

#[tokio::test]
async fn a_token_decides_alone_and_a_session_beside_it_does_not_help() {
    let scene = signed_in().await;
    for (scheme, reason) in [
        ("Bearer x.y.z", "token-malformed"),
        ("Basic YTpi", "authorization-scheme"),
        ("Negotiate abc", "authorization-scheme"),
        ("bearer", "token-missing"),
        ("Bearer   ", "token-missing"),
        ("", "authorization-scheme"),
        ("x", "authorization-scheme"),
    ] {
        let call = scene.browser.program(Method::GET, scene.at("/me")).header("authorization", scheme);
        let answer = call.send().await;
        assert_is_problem(&answer, 401, reason, scheme);
        let has_error = answer.header("www-authenticate").contains("error=");
        assert_eq!(has_error, reason != "token-missing", "{scheme}: whoever sent no token is told of no error");
        let call = scene.browser.navigation(Method::GET, scene.at("/me")).header("authorization", scheme);
        let page = call.send().await;
        assert_eq!((page.status, page.reason().as_deref()), (401, Some(reason)), "{scheme}");
    }
    assert!(scene.browser.is_signed_in(&scene.application).await);
}

#[tokio::test]
async fn two_tokens_are_no_question_with_one_answer() {
    let scene = signed_in().await;
    for second in ["Bearer a", "Bearer b", ""] {
        let call = scene.browser.program(Method::GET, scene.at("/me"));
        let call = call.header("authorization", "Bearer a").header("authorization", second);
        assert_is_problem(&call.send().await, 400, "several-authorizations", second);
    }
}

#[tokio::test]
async fn only_pages_of_our_own_change_anything_with_a_session() {
    let scene = signed_in().await;
    let own = scene.browser.open(scene.at("/")).await;
    let bare = |method| scene.browser.program(method, scene.at("/entries"));
    let mut expected = 0;
    for (context, call) in [
        ("a form", scene.browser.navigation(Method::POST, scene.at("/entries")).from(&own)),
        ("a script", scene.browser.script(&own, Method::POST, scene.at("/entries"))),
        (
            "a page that hides where it is",
            bare(Method::POST).header("sec-fetch-site", "same-origin").header("origin", "null"),
        ),
        ("an older browser", scene.browser.script(&own, Method::POST, scene.at("/entries")).without_fetch_metadata()),
        ("a person's own request", scene.browser.navigation(Method::POST, scene.at("/entries"))),
    ] {
        let answer = call.send().await;
        expected += 1;
        assert_eq!((answer.status, scene.entries.count()), (200, expected), "{context}: {answer:?}");
    }

    for (context, call, code) in [
        (
            "another port",
            scene.browser.script(&Page::of("http://localhost:1/"), Method::POST, scene.at("/entries")),
            "foreign-origin",
        ),
        (
            "its form",
            scene.browser.navigation(Method::POST, scene.at("/entries")).from(&Page::of("http://localhost:1/")),
            "foreign-origin",
        ),
        (
            "to delete",
            scene.browser.script(&Page::of("http://localhost:1/"), Method::DELETE, scene.at("/entries")),
            "foreign-origin",
        ),
        ("null", bare(Method::POST).header("origin", "null"), "foreign-origin"),
        ("https", bare(Method::POST).header("origin", &scene.at("").replace("http:", "https:")), "foreign-origin"),
        (
            "a longer name",
            bare(Method::POST).header("origin", &format!("{}.evil.example", scene.at(""))),
            "foreign-origin",
        ),
        (
            "same-site",
            bare(Method::POST).header("sec-fetch-site", "same-site").header("origin", &scene.at("")),
            "foreign-origin",
        ),
        ("cross-site", bare(Method::DELETE).header("sec-fetch-site", "cross-site"), "foreign-origin"),
        (
            "another's origin beside same-origin",
            bare(Method::POST).header("sec-fetch-site", "same-origin").header("origin", "https://evil.example"),
            "foreign-origin",
        ),
        (
            "another's origin beside none",
            bare(Method::POST).header("sec-fetch-site", "none").header("origin", "https://evil.example"),
            "foreign-origin",
        ),
        (
            "two origins",
            bare(Method::POST)
                .header("sec-fetch-site", "same-origin")
                .header("origin", &scene.at(""))
                .header("origin", "https://evil.example"),
            "foreign-origin",
        ),
        ("neither header", bare(Method::POST), "origin-missing"),
        ("neither, to delete", bare(Method::DELETE), "origin-missing"),
    ] {
        let answer = call.send().await;
        assert_eq!((answer.status, answer.reason().as_deref()), (403, Some(code)), "{context}: {answer:?}");
        assert_eq!(scene.entries.count(), expected, "{context}: the handler did not run");
    }
    assert!(bare(Method::POST).send().await.text.contains("send `Origin`, or use a bearer token"));
}

#[tokio::test]
async fn a_form_of_another_site_arrives_without_the_session_and_changes_nothing() {
    let scene = signed_in().await;
    let evil = Page::of("https://evil.example/");
    let page = scene.browser.navigation(Method::POST, scene.at("/entries")).from(&evil).send().await;
    assert_eq!((page.status, page.reason().as_deref()), (401, Some("not-signed-in")));
    assert_eq!(scene.entries.count(), 0);
    let linked = scene.browser.navigation(Method::GET, scene.at("/me")).from(&evil).send().await;
    assert_eq!(linked.status, 200, "a link from elsewhere opens what the person may see");
}

#[tokio::test]
async fn a_web_socket_needs_our_own_origin_as_well() {
    let scene = signed_in().await;
    let upgrade = || {
        let call = scene.browser.program(Method::GET, scene.at("/me"));
        call.header("upgrade", "websocket").header("connection", "upgrade")
    };
    let foreign = upgrade().header("origin", "https://evil.example").send().await;
    assert_eq!((foreign.status, foreign.reason().as_deref()), (403, Some("foreign-origin")));
    assert_eq!(upgrade().send().await.reason().as_deref(), Some("origin-missing"));
    assert_eq!(upgrade().header("origin", &scene.at("")).send().await.status, 200);
}

#[tokio::test]
async fn origins_that_the_application_trusts_may_change_things() {
    let scene = signed_in().await;
    scene.restart(builder(&scene.emulator, &[]).trusted_origins(["https://partner.example"]).build().unwrap());
    let from = |origin| scene.browser.program(Method::POST, scene.at("/entries")).header("origin", origin);
    assert_eq!(from("https://partner.example").header("sec-fetch-site", "cross-site").send().await.status, 200);
    assert_eq!(from("https://partner.example").send().await.status, 200);
    for origin in [
        "https://partner.example.evil",
        "http://partner.example",
        "https://partner.example:8443",
        "https://evil.example",
    ] {
        assert_eq!(from(origin).send().await.status, 403, "{origin}");
    }
    assert_eq!(scene.entries.count(), 2);
}

#[tokio::test]
async fn a_program_without_a_secret_is_an_interface_only() {
    let scene = Scene::with(&[("AZURE_CLIENT_SECRET", "")]).await;
    // The first of two equal names counts, and an empty one counts as no name.
    let stranger = Browser::new();
    for path in ["/login", "/logout", "/authorization-code/callback?code=a&state=b"] {
        assert_eq!(stranger.open(scene.at(path)).await.status, 404, "{path}");
    }
    let page = stranger.open(scene.at("/me")).await;
    assert_eq!((page.status, page.reason().as_deref()), (401, Some("not-signed-in")), "nobody is sent anywhere");
    assert!(document::links(&page.text).is_empty(), "{}", page.text);
    assert_eq!(stranger.open(scene.at("/")).await.status, 200);
}

/// What a page in the application's own looks knows, one thing after the other.
fn facts(page: &AuthPage) -> String {
    let actions: Vec<_> =
        page.actions().iter().map(|action| format!("{} {}", action.method(), action.address())).collect();
    format!(
        "{:?}|{}|{}|{}|{}|{}|<style nonce=\"{}\">",
        page.kind(),
        page.status().as_u16(),
        page.language().unwrap_or("-"),
        page.path(),
        if page.diagnosis().is_some() { "developer" } else { "visitor" },
        actions.join(","),
        page.style_nonce(),
    )
}

#[tokio::test]
async fn a_page_in_ones_own_looks_knows_its_kind_the_language_and_the_path() {
    let scene = Scene::new().await;
    let auth =
        builder(&scene.emulator, &[("AZURE_PUBLIC_URL", "https://app.example.test")]).pages(facts).build().unwrap();
    scene.restart(auth);
    scene.browser.put_proxy_before("app.example.test", scene.application.address());
    let at = |path: &str| format!("https://app.example.test{path}");
    let own = Page::of(&at("/"));
    for (context, call, expected) in [
        (
            "a form without a session",
            scene.browser.navigation(Method::POST, at("/entries?secret=1")).from(&own),
            "SignInNeeded|401|-|/entries|visitor|GET /login|",
        ),
        (
            "another site's form",
            scene.browser.navigation(Method::POST, at("/logout")).from(&Page::of("https://evil.example/")),
            "Forbidden|403|-|/logout|visitor||",
        ),
        (
            "an answer that nobody asked for",
            scene.browser.navigation(Method::GET, at("/authorization-code/callback?code=c&state=s")),
            "SignInFailed|400|-|/authorization-code/callback|visitor|GET /login|",
        ),
        (
            "after a sign-out",
            scene.browser.navigation(Method::GET, at("/logout")),
            "SignedOut|200|-|/logout|visitor|GET /login,GET /|",
        ),
        (
            "in Swiss German",
            scene.browser.navigation(Method::GET, at("/logout")).header("accept-language", "fr;q=0.8,de-CH,en;q=0.1"),
            "SignedOut|200|de-CH|/logout|visitor|GET /login,GET /|",
        ),
        (
            "in no language",
            scene.browser.navigation(Method::GET, at("/logout")).header("accept-language", "\"><script>"),
            "SignedOut|200|-|/logout|visitor|GET /login,GET /|",
        ),
    ] {
        let page = call.send().await;
        let (facts, style) = page.text.split_at(page.text.find('<').unwrap());
        assert_eq!(facts, expected, "{context}");
        let nonce = style.split('"').nth(1).unwrap();
        let policy = page.header("content-security-policy");
        assert!(nonce.len() > 20 && policy.contains(&format!("'nonce-{nonce}'")), "{context}: {policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{context}: {policy}");
        assert_eq!(page.header("cache-control"), "no-store", "{context}");
    }
    // What developers need to know is told apart, and only where it may be shown.
    scene.restart(builder(&scene.emulator, &[]).pages(facts).build().unwrap());
    let own = scene.browser.open(scene.at("/")).await;
    let page = scene.browser.navigation(Method::POST, scene.at("/entries")).from(&own).send().await;
    assert!(page.text.starts_with("SignInNeeded|401|-|/entries|developer|"), "{}", page.text);
}

/// An answer of the application's own, made of what a refusal says.
async fn in_own_words(refused: Refused) -> Response {
    let facts = serde_json::json!({
        "code": refused.code(),
        "status": refused.status().as_u16(),
        "form": format!("{:?}", refused.form()),
        "explanation": refused.explanation(),
        "developer": refused.diagnosis().map(ToString::to_string),
        "reference": refused.reference(),
        "sign_in": refused.sign_in(),
    });
    refused.into_response_with(poem::web::Json(facts))
}

#[tokio::test]
async fn an_application_answers_in_its_own_words_and_loses_neither_status_nor_challenge_nor_cookies() {
    let scene = Scene::new().await;
    let auth = builder(&scene.emulator, &[("AZURE_PUBLIC_URL", "https://app.example.test")]).build().unwrap();
    let application = Application::start(open_hours::endpoints().catch_error(in_own_words).with(auth)).await;
    scene.browser.put_proxy_before("app.example.test", application.address());
    let at = "https://app.example.test/report";
    let own = Page::of("https://app.example.test/");

    let sent = scene.browser.open(at).await;
    let facts = sent.json();
    assert_eq!((sent.status, facts["status"].as_u64(), facts["form"].as_str()), (302, Some(302), Some("Redirect")));
    assert_eq!(facts["sign_in"].as_str(), Some(sent.header("location")), "the address with the attempt");
    assert_eq!(sent.set_cookies().len(), 1, "and the cookie of the attempt");

    let script = scene.browser.script(&own, Method::GET, at).send().await;
    let facts = script.json();
    assert_eq!(
        (script.status, facts["form"].as_str(), facts["code"].as_str()),
        (401, Some("Problem"), Some("not-signed-in"))
    );
    assert_eq!(
        (facts["sign_in"].as_str(), facts["explanation"].as_str()),
        (Some("/login"), Some("You are not signed in."))
    );
    assert_eq!(facts["reference"].as_str().map(str::len), Some(8));
    assert!(facts["developer"].is_null(), "strangers are told no more");
    assert!(script.header("www-authenticate").starts_with("Bearer realm=\""));
    assert_eq!(
        (script.header("cache-control"), script.header("content-type")),
        ("no-store", "application/json; charset=utf-8")
    );
    assert_eq!(script.header("x-frame-options"), "DENY");

    let form = scene.browser.navigation(Method::POST, at).from(&own).send().await;
    assert_eq!(
        (form.status, form.json()["form"].as_str(), form.json()["sign_in"].as_str()),
        (401, Some("Page"), Some("/login"))
    );
    let token = scene.browser.program(Method::GET, at).header("authorization", "Bearer x.y.z").send().await;
    assert_eq!((token.status, token.json()["sign_in"].is_null()), (401, true), "to sign in would not help");
    assert!(token.header("www-authenticate").contains("error=\"invalid_token\""));
}

mod open_hours {
    use azure_auth::Endpoints;
    use poem::{get, handler};

    pub(crate) fn endpoints() -> Endpoints {
        azure_auth::endpoints! { "/report" => get(report).post(report) }
    }

    #[azure_auth::protect]
    #[handler]
    fn report() -> &'static str {
        "report"
    }
}
