//! Three processes of one application behind a proxy that sends each request to the next one: nobody notices which of
//! them answers.

use std::sync::Arc;
use std::time::Duration;

use azure_auth_emulator::{Emulator, Tenant, User};
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::place::{Place, shared_places};
use azure_auth_tests::proxy::REPLICA;
use azure_auth_tests::replicas::{Built, COUNT, Replicas};
use azure_auth_tests::sealed_cookie::SESSION_KEY;
use futures_util::future::join_all;
use reqwest::{Method, Response};
use tokio::sync::Notify;
use tokio::time::timeout;

const BUILT: Built = Built { program: env!("CARGO_BIN_EXE_replica"), directory: env!("CARGO_TARGET_TMPDIR") };

const PATIENCE: Duration = Duration::from_secs(30);

async fn replicas(name: &str, place: &Place, changes: &[(&str, &str)]) -> Replicas {
    let store = ("AZURE_SESSION_STORE", place.address.as_str());
    let changes: Vec<_> = [store].into_iter().chain(changes.iter().copied()).collect();
    Replicas::start(BUILT, &format!("{name}-{}", place.name), Emulator::start().await.unwrap(), &changes).await
}

fn all(name: &str) -> [Option<String>; COUNT] {
    std::array::from_fn(|_| Some(name.to_owned()))
}

const NOBODY: [Option<String>; COUNT] = [const { None }; COUNT];

#[tokio::test]
async fn a_sign_in_begins_at_one_replica_and_ends_at_another() {
    for place in shared_places() {
        let replicas = replicas("sign-in", &place, &[]).await;
        let browser = Browser::new();
        let begun = browser.open(replicas.at("/login?return_to=/me")).await;
        let accounts = browser.follow(begun.clone()).await;
        let ended = browser.step(&browser.press(&accounts, "Adele").await).await;
        assert_eq!(ended.status, 303, "{}: {ended:?}", place.name);
        assert_ne!(begun.header(REPLICA), ended.header(REPLICA), "{}", place.name);
        let page = browser.follow(ended.clone()).await;
        assert_eq!((page.address.path(), page.text.as_str()), ("/me", "Adele Vance"), "{}", place.name);
        assert_ne!(ended.header(REPLICA), page.header(REPLICA), "{}", place.name);
        assert_eq!(replicas.users(&browser).await, all("Adele Vance"), "{}", place.name);
    }
}

/// A tab that listens at one replica for the end of its session, and has heard that it lives.
async fn tab_at(replica: usize, replicas: &Replicas, browser: &Browser) -> Response {
    let cookie = browser.session_cookie("localhost").unwrap();
    let request = reqwest::Client::new().get(replicas.at("/session/events")).header(REPLICA, replica.to_string());
    let mut tab = request.header("cookie", format!("{}={}", cookie.name, cookie.value)).send().await.unwrap();
    hears(&mut tab, "event: live").await;
    tab
}

async fn hears(tab: &mut Response, event: &str) {
    let mut heard = String::new();
    let heard_it = async {
        while !heard.contains(event) {
            heard += std::str::from_utf8(&tab.chunk().await.unwrap().expect("a stream that goes on")).unwrap();
        }
    };
    timeout(PATIENCE, heard_it).await.unwrap_or_else(|_| panic!("waited for {event}"));
}

/// The person presses a button of our sign-out page, and this replica answers.
async fn sign_out_at(replica: usize, replicas: &Replicas, browser: &Browser, path: &str) {
    let page = browser.open(replicas.at("/logout")).await;
    let call = browser.navigation(Method::POST, replicas.at(path)).from(&page).header(REPLICA, &replica.to_string());
    assert_eq!(call.send().await.status, 303);
}

#[tokio::test]
async fn a_sign_out_at_one_replica_is_known_to_all() {
    let Some(place) = Place::redis() else { return };
    let replicas = replicas("sign-out", &place, &[]).await;
    for told in 0..COUNT {
        let (browser, other) = (Browser::new(), Browser::new());
        replicas.sign_in(&browser, "Adele").await;
        replicas.sign_in(&other, "Adele").await;
        let thief = browser.copy();
        // Every replica has loaded the session, and would know it without asking anybody.
        assert_eq!(replicas.users(&thief).await, all("Adele Vance"));
        let tabs = (0..COUNT).map(|replica| tab_at(replica, &replicas, &thief));
        let mut tabs = join_all(tabs).await;

        sign_out_at(told, &replicas, &browser, "/logout").await;
        join_all(tabs.iter_mut().map(|tab| hears(tab, "event: ended"))).await;
        assert_eq!(replicas.users(&thief).await, NOBODY, "told: {told}");
        assert_eq!(replicas.users(&other).await, all("Adele Vance"), "another session of the same person");
    }
}

#[tokio::test]
async fn a_sign_out_everywhere_is_known_to_all() {
    let Some(place) = Place::redis() else { return };
    let replicas = replicas("everywhere", &place, &[]).await;
    let devices = [Browser::new(), Browser::new(), Browser::new()];
    for device in &devices {
        replicas.sign_in(device, "Adele").await;
        assert_eq!(replicas.users(device).await, all("Adele Vance"));
    }
    let alex = Browser::new();
    replicas.sign_in(&alex, "Alex").await;
    let tabs = devices.iter().zip(0..COUNT).map(|(device, replica)| tab_at(replica, &replicas, device));
    let mut tabs = join_all(tabs).await;

    let copies = devices.each_ref().map(Browser::copy);
    sign_out_at(1, &replicas, &devices[0], "/logout?everywhere").await;
    join_all(tabs.iter_mut().map(|tab| hears(tab, "event: ended"))).await;
    for device in copies.iter().chain(&devices) {
        // The other replicas are told by the server as well; the tab of each device sat at one of them only.
        let refused = async { while replicas.users(device).await != NOBODY {} };
        timeout(PATIENCE, refused).await.expect("all replicas refuse");
    }
    assert_eq!(replicas.users(&alex).await, all("Alex Wilber"));
}

/// What sealed cookies promise, and the limit that `docs/operations.md` names.
#[tokio::test]
async fn with_sealed_cookies_a_sign_out_takes_the_cookie_and_is_known_to_the_replica_that_was_told() {
    let replicas = replicas("sign-out", &Place::here("cookie"), &[]).await;
    let adele = Some("Adele Vance".to_owned());
    for path in ["/logout", "/logout?everywhere"] {
        let browser = Browser::new();
        replicas.sign_in(&browser, "Adele").await;
        let thief = browser.copy();
        sign_out_at(1, &replicas, &browser, path).await;
        assert_eq!(replicas.users(&browser).await, NOBODY, "{path}: the browser has no cookie any more");
        assert_eq!(replicas.users(&thief).await, [adele.clone(), None, adele.clone()], "{path}: a copy of it");
    }
}

/// Somebody on the way back from the provider, and a copy of what the browser has: the callback was not opened.
async fn on_the_way_back(replicas: &Replicas) -> (Browser, String) {
    let browser = Browser::new();
    let accounts = browser.visit(replicas.at("/login?return_to=/me")).await;
    let back = browser.press(&accounts, "Adele").await.location().unwrap();
    (browser, back.into())
}

async fn callback_at(replica: usize, browser: &Browser, back: &str) -> Page {
    browser.navigation(Method::GET, back).header(REPLICA, &replica.to_string()).send().await
}

#[tokio::test]
async fn a_callback_that_was_followed_at_one_replica_signs_nobody_in_at_the_others() {
    for place in shared_places() {
        let replicas = replicas("callback", &place, &[]).await;
        let (browser, back) = on_the_way_back(&replicas).await;
        let copies = [browser.copy(), browser.copy()];
        assert_eq!(callback_at(0, &browser, &back).await.status, 303, "{}", place.name);
        for (replica, copy) in (1..).zip(copies) {
            let page = callback_at(replica, &copy, &back).await;
            // Where the replicas remember it together, the same browser goes on; where only the provider does, it is told.
            if place.name == "redis" {
                assert_eq!((page.status, page.location().unwrap().path()), (303, "/me"), "{}", place.name);
            } else {
                assert_eq!((page.status, page.reason().as_deref()), (400, Some("sign-in-unknown")), "{}", place.name);
            }
            assert!(copy.session_cookie("localhost").is_none());
        }
        let redemptions = replicas.emulator.transcript().iter().filter(|asked| asked.path.ends_with("/token")).count();
        // Sealed cookies have no memory in common, but the provider has: it redeems no code twice.
        assert_eq!(redemptions, if place.name == "redis" { 1 } else { COUNT }, "{}", place.name);
    }
}

#[tokio::test]
async fn of_callbacks_at_the_same_moment_one_is_followed() {
    for place in shared_places() {
        let replicas = replicas("at-once", &place, &[]).await;
        for _ in 0..5 {
            let (browser, back) = on_the_way_back(&replicas).await;
            let copies = [browser.copy(), browser.copy(), browser];
            let pages = join_all((0..COUNT).map(|replica| callback_at(replica, &copies[replica], &back))).await;
            let mut statuses: Vec<_> = pages.iter().map(|page| page.status).collect();
            statuses.sort_unstable();
            let expected = if place.name == "redis" { [303, 303, 303] } else { [303, 400, 400] };
            assert_eq!(statuses, expected, "{}: {pages:?}", place.name);
            let sessions = copies.iter().filter(|copy| copy.session_cookie("localhost").is_some()).count();
            assert_eq!(sessions, 1, "{}", place.name);
        }
    }
}

const OLD: &str = SESSION_KEY;
const NEW: &str = "bmV3LXNlY3JldC1mb3ItdGhlLXRlc3RzLW9mLXRoaXMtY3JhdGUh";

/// Sessions that were begun at each step, in use at every replica at every step.
struct Rollout {
    replicas: Replicas,
    sessions: Vec<(User, Browser)>,
}

impl Rollout {
    async fn change_to(&mut self, keys: &str) {
        for number in 0..COUNT {
            let person = self.next_person();
            let browser = Browser::new();
            let accounts = browser.visit(self.replicas.at("/login?return_to=/me")).await;
            self.replicas.roll_out(number, &[("AZURE_SESSION_KEYS", keys)]);
            for (person, browser) in &self.sessions {
                let users = self.replicas.users(browser).await;
                assert_eq!(users, all(person.name()), "when replica {number} has {keys}");
            }
            let page = browser.pick(&accounts, person.name()).await;
            assert_eq!((page.status, page.text.as_str()), (200, person.name()), "the sign-in goes on: {page:?}");
            self.sessions.push((person, browser));
        }
    }

    fn next_person(&self) -> User {
        self.replicas
            .emulator
            .directory()
            .users()
            .filter(|user| user.home_tenant() == COMPANY)
            .nth(self.sessions.len())
            .unwrap()
            .clone()
    }

    /// Until every session was sealed anew, which those in use are. Those that are not in use end by their age, for
    /// which `docs/operations.md` says to wait.
    async fn renew(&self) {
        let before = self.replicas.logs();
        let renewals = |log: &str, person: &User| {
            let is_renewal = |line: &&str| line.contains("event=\"renewed\"") && line.contains(person.object_id());
            log.lines().filter(is_renewal).count()
        };
        for (person, browser) in &self.sessions {
            let renewed = async {
                while renewals(&self.replicas.logs(), person) == renewals(&before, person) {
                    browser.open(self.replicas.at("/me")).await;
                }
            };
            timeout(PATIENCE, renewed).await.expect("a session in use is renewed");
        }
    }
}

fn company() -> Tenant {
    (0..12).fold(Tenant::new("company.test").id(COMPANY), |company, number| {
        company.user(User::new(format!("Person {number:02}"), format!("person{number:02}@company.test")))
    })
}

const COMPANY: &str = "eeeeeeee-0000-4000-8000-000000000001";

#[tokio::test]
async fn keys_change_replica_by_replica_without_a_session_lost() {
    for place in shared_places() {
        let emulator = Emulator::builder().tenant(company()).start().await.unwrap();
        let issuer = emulator.issuer(COMPANY);
        // Sessions are seen, and so sealed anew, every tenth of a minute.
        let changes = [
            ("AZURE_SESSION_STORE", place.address.as_str()),
            ("AZURE_ISSUER_URI", &issuer),
            ("AZURE_SESSION_KEYS", OLD),
            ("IDLE_SECONDS", "60"),
        ];
        let replicas = Replicas::start(BUILT, &format!("keys-{}", place.name), emulator, &changes).await;
        let mut rollout = Rollout { replicas, sessions: Vec::new() };
        rollout.change_to(&format!("{OLD},{NEW}")).await;
        rollout.change_to(&format!("{NEW},{OLD}")).await;
        rollout.renew().await;
        rollout.change_to(NEW).await;

        // Whoever has the old key alone opens nothing any more: it is really gone.
        rollout.replicas.roll_out(0, &[("AZURE_SESSION_KEYS", OLD)]);
        for (person, browser) in &rollout.sessions {
            let user = Some(person.name().to_owned());
            assert_eq!(rollout.replicas.users(browser).await, [None, user.clone(), user], "{}", place.name);
        }
    }
}

const PEOPLE: usize = 12;

#[tokio::test]
async fn a_replica_that_dies_in_the_middle_of_sign_ins_costs_nobody_more_than_one_retry() {
    for place in shared_places() {
        let mut replicas = replicas("killed", &place, &[]).await;
        let mut waiting = Vec::new();
        for number in 0..PEOPLE {
            let browser = Browser::new();
            // Some have begun, some are at the provider, some are on their way back.
            let mut page = browser.open(replicas.at("/login?return_to=/me")).await;
            if number % 3 > 0 {
                page = browser.follow(page).await;
            }
            if number % 3 > 1 {
                page = browser.press(&page, "Adele").await;
            }
            waiting.push((browser, page));
        }
        let (login, arrived) = (replicas.at("/login?return_to=/me"), Arc::new(Notify::new()));
        let people = waiting.into_iter().map(|(browser, page)| {
            let (login, arrived) = (login.clone(), arrived.clone());
            tokio::spawn(async move {
                let retries = signs_in(&browser, page, &login, &arrived).await;
                (browser, retries)
            })
        });
        let people: Vec<_> = people.collect();
        arrived.notified().await;
        replicas.kill(1);
        let people: Vec<_> = join_all(people).await.into_iter().map(Result::unwrap).collect();
        assert!(people.iter().all(|(_, retries)| *retries <= 1), "{}", place.name);

        replicas.start_again(1);
        for (browser, _) in &people {
            assert_eq!(replicas.users(browser).await, all("Adele Vance"), "{}", place.name);
        }
        let retries: usize = people.iter().map(|(_, retries)| retries).sum();
        println!("{}: {retries} of {PEOPLE} people signed in a second time", place.name);
    }
}

/// Goes on until the page is there; begins anew where an answer failed. How often that was.
async fn signs_in(browser: &Browser, from: Page, login: &str, arrived: &Notify) -> usize {
    let mut at = Some(from);
    let mut retries = 0;
    loop {
        let call = match &at {
            None => browser.navigation(Method::GET, login),
            Some(page) if page.location().is_some() => browser.next(page),
            Some(page) if page.text.contains("Pick an account") => browser.submission(page, "Adele"),
            Some(page) => {
                assert_eq!(page.text, "Adele Vance", "{page:?}");
                return retries;
            }
        };
        let page = call.try_send().await.ok().filter(|page| page.status < 400);
        if page.as_ref().is_some_and(|page| page.status == 303) {
            arrived.notify_one();
        }
        retries += usize::from(page.is_none());
        at = page;
    }
}
