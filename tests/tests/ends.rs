//! How sessions end before their time, wherever they are kept: on sign-out, everywhere, at the provider, on somebody's
//! word; and who is told.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use azure_auth::{AuthEvents, AzureAuth, AzureAuthBuilder, Principal, Refusal, SignIn, SignOut, UserId};
use azure_auth_emulator::{Defect, Emulator, FrontChannelRequest, IdTokenShape, PlainProvider, Tenant, User};
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::place::{Place, places, shared_places};
use azure_auth_tests::redis::RedisServer;
use azure_auth_tests::scene::{Scene, auth, builder};
use azure_auth_tests::sealed_cookie::{self, Purpose, SESSION_KEY, session};
use poem::{get, handler};
use reqwest::{Method, Response};
use tokio::time::timeout;

/// A busy machine is given time, an endless loop is not.
const PATIENCE: Duration = Duration::from_secs(30);

/// Two devices of one person, and one of another.
async fn devices(scene: &Scene) -> [Browser; 3] {
    let browsers = [Browser::new(), Browser::new(), Browser::new()];
    for (browser, person) in browsers.iter().zip(["Adele", "Adele", "Alex"]) {
        browser.sign_in(&scene.application, person).await;
    }
    browsers
}

async fn are_signed_in(scene: &Scene, browsers: &[Browser; 3]) -> [bool; 3] {
    let [first, second, third] = browsers;
    let ask = async |browser: &Browser| browser.is_signed_in(&scene.application).await;
    [ask(first).await, ask(second).await, ask(third).await]
}

#[tokio::test]
async fn sign_out_ends_one_session_and_everywhere_ends_all_of_the_person() {
    for place in places() {
        let scene = place.scene().await;
        let browsers = devices(&scene).await;
        let page = browsers[0].open(scene.at("/logout")).await;
        let left = browsers[0].navigation(Method::POST, scene.at("/logout")).from(&page).send().await;
        assert_eq!(left.status, 303, "{}", place.name);
        assert_eq!(are_signed_in(&scene, &browsers).await, [false, true, true], "{}", place.name);

        browsers[0].sign_in(&scene.application, "Adele").await;
        let page = browsers[0].open(scene.at("/logout")).await;
        assert_eq!(browsers[0].press(&page, "Sign out everywhere").await.status, 303);
        assert_eq!(are_signed_in(&scene, &browsers).await, [false, false, true], "{}", place.name);
    }
}

#[tokio::test]
async fn another_site_ends_no_session_anywhere() {
    for place in places() {
        let scene = place.scene().await;
        let browsers = devices(&scene).await;
        for path in ["/logout", "/logout?everywhere"] {
            let evil = Page::of("http://evil.example/");
            let answer = browsers[0].navigation(Method::POST, scene.at(path)).from(&evil).send().await;
            assert_eq!((answer.status, answer.reason().as_deref()), (403, Some("foreign-origin")), "{path}");
        }
        assert_eq!(are_signed_in(&scene, &browsers).await, [true; 3], "{}", place.name);
    }
}

#[tokio::test]
async fn a_copied_ticket_is_dead_after_sign_out_wherever_sessions_are_kept() {
    for place in places() {
        let scene = place.scene().await;
        scene.browser.sign_in(&scene.application, "Adele").await;
        let thief = scene.browser.copy();
        assert!(thief.is_signed_in(&scene.application).await, "{}", place.name);
        let page = scene.browser.open(scene.at("/logout")).await;
        scene.browser.press(&page, "Sign out").await;
        assert!(!thief.is_signed_in(&scene.application).await, "{}", place.name);
    }
}

#[tokio::test]
async fn an_invented_sign_out_at_the_provider_ends_nothing_and_may_be_framed() {
    for place in places() {
        let scene = place.scene().await;
        let browsers = devices(&scene).await;
        for query in ["", "?iss=https://elsewhere.example&sid=invented", "?sid=1&sid=2&iss=x", "?sid=1"] {
            let path = format!("/session/front-channel-logout{query}");
            let answer = browsers[0].navigation(Method::GET, scene.at(&path)).send().await;
            assert_eq!((answer.status, answer.text.as_str()), (200, ""), "{query}");
            assert_eq!(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors *");
            assert!(!answer.headers.contains_key("x-frame-options"), "it is framed");
        }
        assert_eq!(are_signed_in(&scene, &browsers).await, [true; 3], "{}", place.name);
    }
}

#[tokio::test]
async fn the_providers_frame_ends_its_own_session_and_no_other() {
    for place in places() {
        // The address is completed with the port that the sign-in came back to.
        let emulator = Emulator::builder()
            .front_channel_logout_url("http://localhost/session/front-channel-logout")
            .start()
            .await
            .unwrap();
        let scene = Scene::of_changes(emulator, &[("AZURE_SESSION_STORE", &place.address)]).await;
        let browsers = devices(&scene).await;
        let frames = scene.emulator.front_channel_requests(scene.person("Adele").user_name());
        assert_eq!(frames.len(), 2, "two browsers: {frames:?}");

        // Without any cookie of ours, as in another site's frame.
        let frame = Browser::new();
        let mut answers = Vec::new();
        for wrong in [
            FrontChannelRequest { sid: "00000000-0000-4000-8000-00000000000a".to_owned(), ..frames[0].clone() },
            FrontChannelRequest { issuer: "https://elsewhere.example".to_owned(), ..frames[0].clone() },
        ] {
            answers.push(frame.navigation(Method::GET, wrong.url()).send().await);
        }
        assert_eq!(
            are_signed_in(&scene, &browsers).await,
            [true; 3],
            "{}: another session, another provider",
            place.name
        );

        answers.push(frame.navigation(Method::GET, frames[0].url()).send().await);
        let mut lives = are_signed_in(&scene, &browsers).await;
        lives[..2].sort_unstable();
        assert_eq!(lives, [false, true, true], "{}", place.name);
        assert!(answers.iter().all(|answer| (answer.status, answer.text.as_str()) == (200, "")), "nobody learns which");
    }
}

#[tokio::test]
async fn an_administrator_ends_every_session_of_a_person_with_one_word() {
    for place in places() {
        let emulator = Emulator::start().await.unwrap();
        let auth = auth(&emulator, &[("AZURE_SESSION_STORE", &place.address)]);
        let scene = Scene::of(emulator, auth.clone()).await;
        let browsers = devices(&scene).await;
        let id = browsers[0].open(scene.at("/me")).await.text;
        let user = id_of(&id);
        auth.end_sessions_of(&user).await.unwrap();
        assert_eq!(are_signed_in(&scene, &browsers).await, [false, false, true], "{}", place.name);
    }
}

/// `entra:<tenant>:<object>`.
fn id_of(text: &str) -> UserId {
    let [_, tenant, object] = text.split(':').collect::<Vec<_>>().try_into().unwrap();
    UserId::Entra { tenant: tenant.parse().unwrap(), object: object.parse().unwrap() }
}

#[tokio::test]
async fn a_store_that_is_down_is_not_taken_for_a_session_that_is_not_there() {
    let Some(mut server) = RedisServer::start() else { return };
    let scene = Scene::with(&[("AZURE_SESSION_STORE", &server.address())]).await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    server.end();
    for path in ["/logout", "/authorization-code/callback", "/me", "/session", "/session/events"] {
        let page = scene.browser.open(scene.at(path)).await;
        assert_eq!((page.status, page.reason().as_deref()), (503, Some("session-store-unavailable")), "{path}");
        assert!(page.set_cookies().is_empty(), "{path}: the session is to be found again");
    }
}

#[tokio::test]
async fn a_cookie_never_rides_on_an_answer_that_caches_keep() {
    #[azure_auth::protect]
    #[handler]
    fn cached() -> poem::Response {
        poem::Response::builder().header("cache-control", "public, max-age=600").body("cached")
    }
    let emulator = Emulator::start().await.unwrap();
    let auth = auth(&emulator, &[("AZURE_SESSION_KEYS", SESSION_KEY)]);
    let application = Application::start(azure_auth::endpoints! { "/" => get(cached) }.with(auth)).await;
    let browser = Browser::new();
    browser.sign_in(&application, "Adele").await;
    assert_eq!(
        browser.open(application.at("/")).await.header("cache-control"),
        "public, max-age=600",
        "as the application says"
    );
    let cookie = browser.session_cookie("localhost").unwrap();
    let mut record: serde_json::Value =
        serde_json::from_slice(&sealed_cookie::open(Purpose::Session, &cookie)).unwrap();
    record[session::LAST_SEEN] = (record[session::LAST_SEEN].as_u64().unwrap() - 3600).into();
    browser.put_cookie(sealed_cookie::sealed(Purpose::Session, &cookie, record.to_string().as_bytes()));
    let renewed = browser.open(application.at("/")).await;
    assert!(!renewed.set_cookies().is_empty());
    assert_eq!(renewed.header("cache-control"), "no-store");
}

#[tokio::test]
async fn other_tabs_learn_that_the_session_ended() {
    for place in places() {
        let scene = place.scene().await;
        scene.browser.sign_in(&scene.application, "Adele").await;
        let cookie = scene.browser.session_cookie("localhost").unwrap();
        let mut tab = reqwest::Client::new()
            .get(scene.at("/session/events"))
            .header("cookie", format!("{}={}", cookie.name, cookie.value))
            .send()
            .await
            .unwrap();
        assert_eq!(
            (tab.status().as_u16(), &tab.headers()["content-type"]),
            (200, &"text/event-stream".parse().unwrap())
        );
        let mut heard = String::new();
        while !heard.contains("event: live") {
            heard += std::str::from_utf8(&tab.chunk().await.unwrap().unwrap()).unwrap();
        }
        assert!(!heard.contains("ended"), "{heard}");

        let page = scene.browser.open(scene.at("/logout")).await;
        scene.browser.press(&page, "Sign out").await;
        // The stream ends by itself.
        while let Some(more) = tab.chunk().await.unwrap() {
            heard += std::str::from_utf8(&more).unwrap();
        }
        assert!(heard.contains("event: ended"), "{}: {heard}", place.name);
        let again = scene.browser.open(scene.at("/session/events")).await;
        assert_eq!((again.status, again.reason().as_deref()), (401, Some("not-signed-in")));
    }
}

#[tokio::test]
async fn browsers_clear_what_the_application_asks_for_and_never_cookies() {
    let emulator = Emulator::start().await.unwrap();
    for (clears_cache, clears_storage, expected) in
        [(false, false, None), (true, false, Some("\"cache\"")), (true, true, Some("\"cache\", \"storage\""))]
    {
        let mut builder = builder(&emulator, &[]);
        if clears_cache {
            builder = builder.clear_cache_at_sign_out();
        }
        if clears_storage {
            builder = builder.clear_storage_at_sign_out();
        }
        let scene = Scene::of(Emulator::start().await.unwrap(), builder.build().unwrap()).await;
        let page = scene.browser.open(scene.at("/logout")).await;
        let left = scene.browser.navigation(Method::POST, scene.at("/logout")).from(&page).send().await;
        let header = left.headers.get("clear-site-data").map(|header| header.to_str().unwrap());
        assert_eq!((left.status, header), (303, expected));
    }
}

/// What the application was told, in its own short words.
#[derive(Clone, Default)]
struct Book(Arc<Mutex<Vec<String>>>);

impl Book {
    fn write(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl AuthEvents for Book {
    async fn signed_in(&self, sign_in: &mut SignIn) -> Result<(), Refusal> {
        self.write(format!("signed in: {}", sign_in.user().display_name()));
        if sign_in.user().display_name().starts_with("Alex") {
            return Err(Refusal::new("the desk is taken"));
        }
        sign_in.remember(&7_u16).map_err(|_| Refusal::new("no desk"))
    }

    async fn renewed(&self, _: &UserId) {
        self.write("renewed");
    }

    async fn signed_out(&self, sign_out: &SignOut) {
        self.write(match sign_out {
            SignOut::Session(_) => "signed out",
            SignOut::Everywhere(_) => "signed out everywhere",
            _ => "signed out at the provider",
        });
    }

    async fn expired(&self, _: &UserId) {
        self.write("expired");
    }
}

#[azure_auth::protect]
#[handler]
fn desk(principal: Principal) -> String {
    format!("{:?}", principal.session_data::<u16>())
}

async fn office(place: &Place) -> (Emulator, Application, Book, AzureAuth) {
    let emulator = Emulator::start().await.unwrap();
    let book = Book::default();
    let changes = [("AZURE_SESSION_STORE", place.address.as_str()), ("AZURE_SESSION_KEYS", SESSION_KEY)];
    let auth = builder(&emulator, &changes).auth_events(book.clone()).build().unwrap();
    let table = azure_auth::endpoints! { "/" => get(desk) };
    let application = Application::start(table.with(auth.clone())).await;
    (emulator, application, book, auth)
}

#[tokio::test]
async fn the_application_is_told_and_has_its_say_before_a_session_begins() {
    for place in places() {
        let (_emulator, application, book, auth) = office(&place).await;
        let browser = Browser::new();
        assert_eq!(browser.sign_in(&application, "Adele").await.text, "Ok(Some(7))", "{}", place.name);
        assert_eq!(book.take(), ["signed in: Adele Vance"]);

        let alex = Browser::new();
        let page = alex.sign_in(&application, "Alex").await;
        assert_eq!((page.status, page.reason().as_deref()), (403, Some("sign-in-vetoed")));
        assert!(page.text.contains("the desk is taken"), "{}", page.text);
        assert!(alex.session_cookie("localhost").is_none(), "no session began");
        assert_eq!(book.take(), ["signed in: Alex Wilber"]);

        let stranger = Browser::new();
        stranger.open(application.at("/authorization-code/callback?code=a&state=b")).await;
        stranger.open(application.at("/session/front-channel-logout?iss=https://a.example&sid=invented")).await;
        assert_eq!(book.take(), Vec::<String>::new(), "nothing ended");

        let id = id_of(browser.open(application.at("/session")).await.json()["id"].as_str().unwrap());
        let page = browser.open(application.at("/logout")).await;
        browser.press(&page, "Sign out").await;
        assert_eq!(book.take(), ["signed out"]);
        auth.end_sessions_of(&id).await.unwrap();
        assert_eq!(book.take(), ["signed out everywhere"]);
    }
}

#[tokio::test]
async fn the_application_is_told_when_a_session_was_renewed_and_when_its_time_was_over() {
    let place = Place::here("cookie");
    let (_emulator, application, book, _) = office(&place).await;
    let browser = Browser::new();
    browser.sign_in(&application, "Adele").await;
    let cookie = browser.session_cookie("localhost").unwrap();
    let aged = |seconds: u64| {
        let plain = sealed_cookie::open(Purpose::Session, &cookie);
        let mut record: serde_json::Value = serde_json::from_slice(&plain).unwrap();
        record[session::LAST_SEEN] = (record[session::LAST_SEEN].as_u64().unwrap() - seconds).into();
        sealed_cookie::sealed(Purpose::Session, &cookie, record.to_string().as_bytes())
    };
    book.take();
    browser.put_cookie(aged(3600));
    browser.open(application.at("/")).await;
    assert_eq!(book.take(), ["renewed"]);
    browser.put_cookie(aged(9 * 3600));
    assert_eq!(browser.open(application.at("/session")).await.status, 401);
    assert_eq!(book.take(), ["expired"]);
    assert!(browser.session_cookie("localhost").is_none(), "it is told once");
}

#[tokio::test]
async fn an_application_says_whether_it_is_ready_and_why_not() {
    let emulator = Emulator::start().await.unwrap();
    let variables: Vec<(String, String)> = emulator.env().into_iter().collect();
    let auth = AzureAuth::from_variables(variables.clone()).unwrap();
    assert!(!auth.ready().await.problems().iter().any(|problem| problem.contains("secret")));
    assert!(auth.ready().await.is_ready(), "{:?}", auth.ready().await);
    let table = azure_auth::endpoints! { "/ready" => public(auth.ready_endpoint(), reason = "for the load balancer") };
    let application = Application::start(table.with(auth)).await;
    let answer = Browser::new().open(application.at("/ready")).await;
    assert_eq!((answer.status, answer.json()["ready"].as_bool()), (200, Some(true)));

    drop(emulator);
    let auth = AzureAuth::from_variables(variables).unwrap();
    let table = azure_auth::endpoints! { "/ready" => public(auth.ready_endpoint(), reason = "for the load balancer") };
    let application = Application::start(table.with(auth)).await;
    let answer = Browser::new().open(application.at("/ready")).await;
    assert_eq!((answer.status, answer.json()["ready"].as_bool()), (503, Some(false)));
    assert!(answer.json()["problems"][0].as_str().unwrap().contains("discovery document"), "{}", answer.text);
}

/// A page that waits for the end of the session.
async fn stream(scene: &Scene, browser: &Browser) -> Response {
    let cookie = browser.session_cookie("localhost").unwrap();
    let request = reqwest::Client::new().get(scene.at("/session/events"));
    request.header("cookie", format!("{}={}", cookie.name, cookie.value)).send().await.unwrap()
}

#[tokio::test]
async fn a_session_has_room_for_many_streams_and_each_gives_its_place_back() {
    for place in places() {
        let scene = place.scene().await;
        let browsers = devices(&scene).await;
        let mut streams = Vec::new();
        // Eight tabs that are restored at once are no problem, four times over.
        for _ in 0..4 {
            let tabs = futures_util::future::join_all((0..8).map(|_| stream(&scene, &browsers[0]))).await;
            assert!(tabs.iter().all(|tab| tab.status() == 200), "{}", place.name);
            streams.extend(tabs);
        }
        let refused = stream(&scene, &browsers[0]).await;
        assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (503, "10"));
        assert!(refused.text().await.unwrap().contains("too-many-streams"), "{}", place.name);
        assert_eq!(stream(&scene, &browsers[1]).await.status(), 200, "{}: another session", place.name);

        streams.truncate(31);
        let again = async { while stream(&scene, &browsers[0]).await.status() != 200 {} };
        timeout(PATIENCE, again).await.expect("the connection that was closed gave its place back");
    }
}

#[tokio::test]
async fn a_session_and_a_sign_in_belong_to_the_authority_that_they_began_at() {
    const COMPANY: &str = "eeeeeeee-0000-4000-8000-000000000001";
    for place in shared_places() {
        let adele = User::new("Adele Vance", "adele@company.test");
        let company = Tenant::new("company.test").id(COMPANY).user(adele);
        let emulator = Emulator::builder().tenant(company).start().await.unwrap();
        let forms = ["company.test", COMPANY, "organizations"];
        let auth = |authority: &str| {
            let kept = [("AZURE_SESSION_STORE", place.address.as_str()), ("AZURE_SESSION_KEYS", SESSION_KEY)];
            let kept = kept.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
            AzureAuth::from_variables(kept.chain(emulator.env_for(authority))).unwrap()
        };
        let auths = forms.map(auth);
        let scene = Scene::of(emulator, auths[0].clone()).await;
        scene.browser.sign_in(&scene.application, "Adele").await;
        assert!(scene.browser.is_signed_in(&scene.application).await, "{}", place.name);
        let waiting = Browser::new();
        let accounts = waiting.visit(scene.at("/login?return_to=/me")).await;

        for (form, auth) in forms.iter().zip(&auths).skip(1) {
            scene.restart(auth.clone());
            assert!(!scene.browser.is_signed_in(&scene.application).await, "{}: a session at {form}", place.name);
        }
        let back = waiting.press(&accounts, "Adele").await.location().unwrap();
        let page = waiting.open(back).await;
        assert_eq!(page.reason().as_deref(), Some("sign-in-unknown"), "{}: a sign-in of another one", place.name);
        scene.restart(auths[0].clone());
        assert!(scene.browser.is_signed_in(&scene.application).await, "{}: its own", place.name);
    }
}

#[tokio::test]
async fn two_values_of_one_process_know_of_each_others_ends() {
    for place in shared_places() {
        let emulator = Emulator::start().await.unwrap();
        let changes = [("AZURE_SESSION_STORE", place.address.as_str()), ("AZURE_SESSION_KEYS", SESSION_KEY)];
        let (one, other) = (auth(&emulator, &changes), auth(&emulator, &changes));
        let scene = Scene::of(emulator, one.clone()).await;
        let browsers = devices(&scene).await;
        scene.restart(other.clone());
        assert_eq!(are_signed_in(&scene, &browsers).await, [true; 3], "{}", place.name);
        let user = id_of(&browsers[0].open(scene.at("/me")).await.text);
        one.end_sessions_of(&user).await.unwrap();
        assert_eq!(are_signed_in(&scene, &browsers).await, [false, false, true], "{}", place.name);
        browsers[0].sign_in(&scene.application, "Adele").await;
        let page = browsers[0].open(scene.at("/logout")).await;
        let copy = browsers[0].copy();
        browsers[0].press(&page, "Sign out").await;
        scene.restart(one);
        assert!(!copy.is_signed_in(&scene.application).await, "{}: a copy of what was signed out", place.name);
        assert_eq!(are_signed_in(&scene, &browsers).await, [false, false, true], "{}", place.name);
    }
}

/// Whoever signs in is, at that very moment, signed out everywhere.
#[derive(Clone, Default)]
struct Unlucky(Arc<OnceLock<AzureAuth>>);

impl AuthEvents for Unlucky {
    async fn signed_in(&self, sign_in: &mut SignIn) -> Result<(), Refusal> {
        if sign_in.user().display_name().starts_with("Adele") {
            self.0.get().unwrap().end_sessions_of(sign_in.user().id()).await.map_err(|_| Refusal::new("no"))?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_sign_in_does_not_survive_that_all_sessions_of_its_person_end_meanwhile() {
    for place in places() {
        let emulator = Emulator::start().await.unwrap();
        let unlucky = Unlucky::default();
        let changes = [("AZURE_SESSION_STORE", place.address.as_str())];
        let auth = builder(&emulator, &changes).auth_events(unlucky.clone()).build().unwrap();
        assert!(unlucky.0.set(auth.clone()).is_ok());
        let scene = Scene::of(emulator, auth).await;
        let (adele, alex) = (Browser::new(), Browser::new());
        let accounts = adele.visit(scene.at("/login?return_to=/")).await;
        let back = adele.press(&accounts, "Adele").await;
        adele.step(&back).await;
        assert!(!adele.is_signed_in(&scene.application).await, "{}", place.name);
        alex.sign_in(&scene.application, "Alex").await;
        assert!(alex.is_signed_in(&scene.application).await, "{}: nobody else", place.name);
    }
}

/// Remembers who signed in first.
#[derive(Clone, Default)]
struct FirstPerson(Arc<OnceLock<UserId>>);

impl AuthEvents for FirstPerson {
    async fn signed_in(&self, sign_in: &mut SignIn) -> Result<(), Refusal> {
        self.0.get_or_init(|| sign_in.user().id().clone());
        Ok(())
    }
}

/// The provider keeps names out of its ID tokens, so that it is asked for them when the person is proven already.
#[tokio::test]
async fn a_sign_in_does_not_survive_that_all_sessions_of_its_person_end_while_the_provider_is_asked_for_their_name() {
    for place in places() {
        let id_token = IdTokenShape::NamesAtUserInfo;
        let plain = PlainProvider { id_token, ..PlainProvider::default() };
        let emulator = Emulator::builder().plain_provider(plain).start().await.unwrap();
        let settings = emulator.env_for("plain").into_iter();
        let settings = settings.chain([("AZURE_SESSION_STORE".to_owned(), place.address.clone())]);
        let first = FirstPerson::default();
        let auth = AzureAuthBuilder::from_variables(settings).auth_events(first.clone()).build().unwrap();
        let scene = Scene::of(emulator, auth.clone()).await;
        scene.browser.sign_in(&scene.application, "Adele").await;

        scene.emulator.inject(Defect::UserInfoSlow);
        let another = Browser::new();
        let accounts = another.visit(scene.at("/login?return_to=/")).await;
        let asked = scene.emulator.transcript().iter().filter(|exchange| exchange.path.ends_with("/userinfo")).count();
        assert_eq!(asked, 1, "{}: by the first sign-in", place.name);
        let back = another.press(&accounts, "Adele").await;
        let ending = async {
            scene.emulator.wait_for_requests("/userinfo", 2).await;
            auth.end_sessions_of(first.0.get().unwrap()).await.unwrap();
            scene.emulator.clear_defects();
        };
        let (page, ()) = tokio::join!(another.step(&back), ending);
        assert_eq!(page.status, 303, "{}: {page:?}", place.name);
        assert!(!another.is_signed_in(&scene.application).await, "{}", place.name);
        assert!(!scene.browser.is_signed_in(&scene.application).await, "{}", place.name);
        another.sign_in(&scene.application, "Adele").await;
        assert!(another.is_signed_in(&scene.application).await, "{}: a new sign-in", place.name);
    }
}

#[tokio::test]
async fn a_sign_out_at_the_provider_that_came_while_the_store_was_down_happens_when_it_is_back() {
    let Some(server) = RedisServer::start() else { return };
    let emulator = Emulator::builder()
        .front_channel_logout_url("http://localhost/session/front-channel-logout")
        .start()
        .await
        .unwrap();
    let scene = Scene::of_changes(emulator, &[("AZURE_SESSION_STORE", &server.address())]).await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    let frames = scene.emulator.front_channel_requests(scene.person("Adele").user_name());
    server.freeze();
    let frame = Browser::new();
    for url in [frames[0].url().clone(), scene.at("/session/front-channel-logout?iss=https://a.example&sid=invented")] {
        let answer = frame.navigation(Method::GET, url).send().await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""), "nobody learns what became of it");
    }
    server.thaw();
    // Nobody asks a second time.
    let ended = async {
        loop {
            let page = scene.browser.open(scene.at("/session")).await;
            if page.status == 401 {
                return;
            }
        }
    };
    timeout(PATIENCE, ended).await.expect("the session ends all the same");
}
