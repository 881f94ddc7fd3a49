//! Many people at three replicas over one Redis server while things break: Redis restarts and has lost everything, a
//! replica is killed and started again, the provider changes its keys. Nobody is ever taken for somebody else, nobody
//! who signed out is let in again, and when all is well again, everything works.
//!
//! An ordinary run is short and has few people. The whole thing, two minutes with 200 people:
//!
//! ```sh
//! AZURE_AUTH_CHAOS_SECONDS=120 cargo test -p azure-auth-tests --test chaos -- --nocapture
//! ```
//!
//! It prints the seed of what people do (`AZURE_AUTH_CHAOS_SEED` sets another one); each fault with when it began and
//! how long it took until every replica said that it is ready; how many requests there were, how long the longest took,
//! and how many failed in which way, with and without faults; how many sign-ins, sign-outs, and tickets of sessions that were over, presented again; and how
//! long after its end a session was still let in by a replica that had not heard of it yet. "Failed": no whole answer,
//! or another status than the application would give on a good day.
//!
//! **Budget.** Without faults no request fails, the changes of keys included. A replica that is killed costs the requests
//! that it was answering, [`BUDGET_OF_A_DEAD_REPLICA`] at most. While Redis is away whatever needs a session may fail; of
//! the whole run at most [`BUDGET_OF_ALL`] in a thousand.

use std::collections::BTreeMap;
use std::env;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use azure_auth_emulator::{Emulator, Tenant, User};
use azure_auth_tests::browser::{Browser, Call, Page};
use azure_auth_tests::proxy::REPLICA;
use azure_auth_tests::random::Random;
use azure_auth_tests::redis::RedisServer;
use azure_auth_tests::replicas::{Built, COUNT, Replicas};
use futures_util::future::join_all;
use reqwest::Method;
use tokio::time::{interval, sleep, sleep_until, timeout};

const BUILT: Built = Built { program: env!("CARGO_BIN_EXE_replica"), directory: env!("CARGO_TARGET_TMPDIR") };

const BUDGET_OF_A_DEAD_REPLICA: usize = 10;
const BUDGET_OF_ALL: usize = 150;

/// How long a replica may not have heard of a sign-out: "a fraction of a second" of `docs/operations.md`, on a machine
/// that is busy with all of this.
const NEWS_TRAVEL: Duration = Duration::from_secs(1);

const COMPANY: &str = "eeeeeeee-0000-4000-8000-000000000001";

#[derive(Clone, Copy, Debug)]
struct Settings {
    seconds: u64,
    people: usize,
    seed: u64,
}

impl Settings {
    fn from_env() -> Self {
        let number = |name| env::var(name).ok().map(|text| text.parse().expect("a number"));
        let seconds = number("AZURE_AUTH_CHAOS_SECONDS").unwrap_or(15);
        let people = if seconds < 60 { 40 } else { 200 };
        Self { seconds, people, seed: number("AZURE_AUTH_CHAOS_SEED").unwrap_or(4) }
    }

    /// A part of the whole time.
    fn part(self, percent: u64) -> Duration {
        Duration::from_millis(self.seconds * 10 * percent)
    }
}

/// What was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Redis,
    Replica,
}

struct Outage {
    fault: Fault,
    from: Instant,
    until: Option<Instant>,
}

#[derive(Debug, Default)]
struct Requests {
    all: usize,
    longest: Duration,
    /// How often, by what came instead of an answer of a good day.
    failures: BTreeMap<String, usize>,
}

impl Requests {
    fn failed(&self) -> usize {
        self.failures.values().sum()
    }
}

/// What everybody has seen.
#[derive(Default)]
struct Tally {
    outages: Vec<Outage>,
    calm: Requests,
    without_redis: Requests,
    without_a_replica: Requests,
    /// What must never happen.
    wrong: Vec<String>,
    sign_ins: usize,
    sign_outs: usize,
    presented: usize,
    /// How long after its end a session was still let in.
    late: Vec<Duration>,
}

impl Tally {
    fn count(&mut self, begun: Instant, failure: Option<String>) {
        let overlaps = |fault| {
            let is_over = |outage: &Outage| outage.until.is_some_and(|end| end < begun);
            self.outages.iter().any(|outage| outage.fault == fault && !is_over(outage))
        };
        let requests = if overlaps(Fault::Redis) {
            &mut self.without_redis
        } else if overlaps(Fault::Replica) {
            &mut self.without_a_replica
        } else {
            &mut self.calm
        };
        requests.all += 1;
        requests.longest = requests.longest.max(begun.elapsed());
        if let Some(failure) = failure {
            *requests.failures.entry(failure).or_default() += 1;
        }
    }

    fn begin(&mut self, fault: Fault) {
        self.outages.push(Outage { fault, from: Instant::now(), until: None });
    }

    /// How long it lasted.
    fn end(&mut self) -> Duration {
        let outage = self.outages.last_mut().expect("an outage");
        let now = Instant::now();
        outage.until = Some(now);
        now - outage.from
    }
}

/// What everybody shares.
struct World {
    origin: String,
    ends_at: Instant,
    /// A browser without cookies, for what thieves do.
    thief: Browser,
    tally: Mutex<Tally>,
}

impl World {
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().expect("no panic under this lock")
    }

    fn wrong(&self, what: String) {
        self.tally().wrong.push(what);
    }

    /// An answer with one of these statuses; whatever else comes has failed.
    async fn send(&self, call: Call<'_>, expected: &[u16]) -> Option<Page> {
        let address = call.address().clone();
        let begun = Instant::now();
        let answer = call.try_send().await;
        let failure = match &answer {
            Ok(page) if expected.contains(&page.status) => None,
            Ok(page) => Some(format!("{} {} {}", page.status, page.reason().unwrap_or_default(), address.path())),
            Err(_) => Some(format!("no whole answer {}", address.path())),
        };
        let is_fine = failure.is_none();
        // The provider is not what is tested.
        if address.as_str().starts_with(&self.origin) {
            self.tally().count(begun, failure);
        }
        answer.ok().filter(|_| is_fine)
    }

    /// Somebody shows the ticket of a session that is over.
    async fn present(&self, ended: &Ended, replica: Option<usize>) {
        let mut call = self.thief.program(Method::GET, self.at("/session")).header("cookie", &ended.cookie);
        if let Some(replica) = replica {
            call = call.header(REPLICA, &replica.to_string());
        }
        let since = ended.at.elapsed();
        let page = self.send(call, &[401, 200]).await;
        let mut tally = self.tally();
        tally.presented += 1;
        if page.is_some_and(|page| page.status == 200) {
            tally.late.push(since);
            if since > NEWS_TRAVEL {
                tally.wrong.push(format!("a session was let in {since:?} after its sign-out"));
            }
        }
    }
}

/// A session that is over: the sign-out was answered.
struct Ended {
    cookie: String,
    at: Instant,
}

/// Somebody with two devices.
struct Person {
    world: Arc<World>,
    name: String,
    is_administrator: bool,
    devices: [Browser; 2],
    random: Random,
    ended: Vec<Ended>,
}

impl Person {
    fn new(world: &Arc<World>, user: &User, number: usize, seed: u64) -> Self {
        Self {
            world: world.clone(),
            name: user.name().to_owned(),
            is_administrator: is_administrator(number),
            devices: [Browser::new(), Browser::new()],
            random: Random::new(seed ^ (number as u64) << 32),
            ended: Vec::new(),
        }
    }

    /// Until the time is over; then every ticket that was ever ended is shown to every replica once more.
    async fn live(mut self) {
        while Instant::now() < self.world.ends_at {
            // People think. Nothing waits for them.
            sleep(self.random.between(300, 1700)).await;
            let device = self.random.below(2);
            match self.random.below(100) {
                0..60 => self.look(device).await,
                60..75 => self.administer(device).await,
                75..80 => self.come_home(device).await,
                80..85 => self.leave(device, "/logout").await,
                85..88 => self.leave(device, "/logout?everywhere").await,
                _ => self.be_robbed().await,
            }
        }
        for ended in &self.ended {
            for replica in 0..COUNT {
                self.world.present(ended, Some(replica)).await;
            }
        }
    }

    /// A page that needs a session; whoever has none signs in on the way.
    async fn look(&mut self, device: usize) {
        let browser = &self.devices[device];
        let call = browser.navigation(Method::GET, self.world.at("/me"));
        let Some(page) = self.world.send(call, &[200, 302]).await else { return };
        let Some(page) = self.arrive(browser, page).await else { return };
        if page.text != self.name {
            self.world.wrong(format!("{} is shown {:?}", self.name, page.text));
        }
    }

    async fn administer(&mut self, device: usize) {
        let browser = &self.devices[device];
        let call = browser.navigation(Method::GET, self.world.at("/admin"));
        let Some(page) = self.world.send(call, &[200, 302, 403]).await else { return };
        match page.status {
            200 if !self.is_administrator => self.world.wrong(format!("{} is let in as administrator", self.name)),
            200 if page.text != self.name => self.world.wrong(format!("{} is shown {:?}", self.name, page.text)),
            403 if self.is_administrator => self.world.wrong(format!("{} is refused as administrator", self.name)),
            _ => {}
        }
    }

    async fn come_home(&mut self, device: usize) {
        let browser = &self.devices[device];
        let call = browser.navigation(Method::GET, self.world.at("/"));
        let Some(page) = self.world.send(call, &[200]).await else { return };
        if page.text != format!("Welcome, {}!", self.name) && page.text != "Welcome, stranger!" {
            self.world.wrong(format!("{} is greeted with {:?}", self.name, page.text));
        }
    }

    /// Signs out, as often as it takes until an answer says that it is done.
    async fn leave(&mut self, device: usize, path: &str) {
        let own =
            |browser: &Browser| browser.session_cookie("localhost").map(|own| format!("{}={}", own.name, own.value));
        let ends = match path {
            "/logout" => vec![own(&self.devices[device])],
            _ => self.devices.iter().map(own).collect(),
        };
        // Who is not known does not say whose sessions are to end.
        if !self.is_known(device).await {
            return;
        }
        let (browser, page) = (&self.devices[device], Page::of(&self.world.at("/")));
        loop {
            let call = browser.navigation(Method::POST, self.world.at(path)).from(&page);
            if self.world.send(call, &[303]).await.is_some() {
                break;
            }
            // A moment's rest before the button is pressed again.
            sleep(self.random.between(300, 1700)).await;
        }
        let at = Instant::now();
        self.world.tally().sign_outs += 1;
        for cookie in ends.into_iter().flatten() {
            let ended = Ended { cookie, at };
            self.world.present(&ended, None).await;
            self.ended.push(ended);
        }
    }

    async fn is_known(&self, device: usize) -> bool {
        let call = self.devices[device].navigation(Method::GET, self.world.at("/session"));
        self.world.send(call, &[200, 401]).await.is_some_and(|page| page.status == 200)
    }

    /// Somebody has the cookie of a session that is over.
    async fn be_robbed(&mut self) {
        if self.ended.is_empty() {
            return;
        }
        let which = self.random.below(self.ended.len());
        self.world.present(&self.ended[which], None).await;
    }

    /// To the page that a sign-in leads to, if there was one to be done.
    async fn arrive(&self, browser: &Browser, mut page: Page) -> Option<Page> {
        let is_new = page.location().is_some();
        loop {
            let call = if page.location().is_some() {
                browser.next(&page)
            } else if page.text.contains("Pick an account") {
                browser.submission(&page, &self.name)
            } else {
                self.world.tally().sign_ins += usize::from(is_new);
                return Some(page);
            };
            page = self.world.send(call, &[200, 302, 303]).await?;
        }
    }
}

fn is_administrator(number: usize) -> bool {
    number.is_multiple_of(4)
}

fn company(people: usize) -> Tenant {
    (0..people).fold(Tenant::new("company.test").id(COMPANY), |company, number| {
        let user = User::new(format!("Person {number:03}"), format!("person{number:03}@company.test"));
        company.user(if is_administrator(number) { user.role("Admin") } else { user })
    })
}

/// What breaks, and when.
struct Breaker {
    settings: Settings,
    begun: Instant,
    world: Arc<World>,
    replicas: Replicas,
    redis: RedisServer,
}

impl Breaker {
    async fn run(&mut self) {
        self.wait_until(15).await;
        self.restart_redis(self.settings.part(3)).await;
        self.wait_until(35).await;
        self.change_keys();
        self.wait_until(45).await;
        self.kill_replica(1, self.settings.part(8)).await;
        self.wait_until(70).await;
        self.restart_redis(Duration::ZERO).await;
        self.wait_until(80).await;
        // Made-up key ids cost the provider one question in half a minute; so a second change may not follow at once.
        if self.settings.part(80 - 35) > Duration::from_secs(40) {
            self.change_keys();
        }
        self.wait_until(85).await;
        self.kill_replica(2, Duration::ZERO).await;
    }

    async fn wait_until(&self, percent: u64) {
        sleep_until((self.begun + self.settings.part(percent)).into()).await;
    }

    async fn restart_redis(&mut self, pause: Duration) {
        let begun = self.begins(Fault::Redis);
        self.redis.end();
        sleep(pause).await;
        self.redis.start_again();
        self.recovers(begun, &format!("Redis was away for {pause:?} and lost everything")).await;
    }

    async fn kill_replica(&mut self, number: usize, pause: Duration) {
        let begun = self.begins(Fault::Replica);
        self.replicas.kill(number);
        sleep(pause).await;
        self.replicas.start_again(number);
        self.recovers(begun, &format!("replica {number} was killed, and started after {pause:?}")).await;
    }

    fn change_keys(&self) {
        println!("{:6.1} s  the provider changed its keys", self.begun.elapsed().as_secs_f32());
        self.replicas.emulator.rotate_keys().expect("a key");
    }

    fn begins(&self, fault: Fault) -> Duration {
        self.world.tally().begin(fault);
        self.begun.elapsed()
    }

    /// Until every replica says so.
    async fn recovers(&self, begun: Duration, what: &str) {
        let asking = Browser::new();
        let is_ready = async |number: usize| {
            let call = asking.program(Method::GET, self.world.at("/ready")).header(REPLICA, &number.to_string());
            call.try_send().await.is_ok_and(|page| page.status == 200)
        };
        let all_ready = async {
            // Asked without a rest, they would have less time to recover.
            let mut look = interval(Duration::from_millis(50));
            for number in 0..COUNT {
                while !is_ready(number).await {
                    look.tick().await;
                }
            }
        };
        timeout(Duration::from_secs(60), all_ready).await.expect("the replicas recover without a restart");
        let lasted = self.world.tally().end();
        println!("{:6.1} s  {what}; all was well after {:.1} s", begun.as_secs_f32(), lasted.as_secs_f32());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_things_break_nobody_is_let_in_wrongly_and_afterwards_everything_works() {
    let settings = Settings::from_env();
    let Some(redis) = RedisServer::start() else { return };
    let emulator = Emulator::builder().tenant(company(settings.people)).start().await.unwrap();
    let issuer = emulator.issuer(COMPANY);
    let changes = [("AZURE_SESSION_STORE", redis.address()), ("AZURE_ISSUER_URI", issuer)];
    let changes = changes.each_ref().map(|(name, value)| (*name, value.as_str()));
    let replicas = Replicas::start(BUILT, "chaos", emulator, &changes).await;

    println!("{settings:?}");
    let begun = Instant::now();
    let world = Arc::new(World {
        origin: replicas.at(""),
        ends_at: begun + settings.part(100),
        thief: Browser::new(),
        tally: Mutex::default(),
    });
    let users = replicas.emulator.directory().users().filter(|user| user.home_tenant() == COMPANY);
    let people = users.enumerate().map(|(number, user)| Person::new(&world, user, number, settings.seed).live());
    let people: Vec<_> = people.map(tokio::spawn).collect();
    let mut breaker = Breaker { settings, begun, world: world.clone(), replicas, redis };
    breaker.run().await;
    for person in join_all(people).await {
        person.expect("a person that does not panic");
    }
    report(&world.tally());
    assert_logs(&breaker.replicas.logs());
    assert_tally(&world.tally());
}

fn report(tally: &Tally) {
    for (when, requests) in [
        ("without faults", &tally.calm),
        ("while a replica was dead", &tally.without_a_replica),
        ("while Redis was away", &tally.without_redis),
    ] {
        let Requests { all, longest, failures } = requests;
        println!("{when}: {all} requests, the longest took {longest:?}; {} failed", requests.failed());
        for (failure, times) in failures {
            println!("    {times} × {failure}");
        }
    }
    println!("{} sign-ins, {} sign-outs", tally.sign_ins, tally.sign_outs);
    let latest = tally.late.iter().max().copied().unwrap_or_default();
    println!(
        "{} times the ticket of a session that was over was shown: {} times let in, at most {latest:?} after its end",
        tally.presented,
        tally.late.len()
    );
}

fn assert_logs(logs: &str) {
    let panics: Vec<_> = logs.lines().filter(|line| line.contains("panicked")).collect();
    assert!(panics.is_empty(), "{panics:#?}");
    assert!(logs.contains("signed-in"), "the logs are those of the replicas");
}

fn assert_tally(tally: &Tally) {
    assert!(tally.wrong.is_empty(), "{:#?}", tally.wrong);
    assert!(tally.sign_ins > 0 && tally.sign_outs > 0 && tally.presented > tally.sign_outs, "something was tried");
    let Tally { calm, without_a_replica, without_redis, .. } = tally;
    assert_eq!(calm.failed(), 0, "{calm:?}");
    let dead = tally.outages.iter().filter(|outage| outage.fault == Fault::Replica).count();
    assert!(without_a_replica.failed() <= dead * BUDGET_OF_A_DEAD_REPLICA, "{without_a_replica:?}");
    // Whoever cannot be looked up is told to come back, and nothing else.
    let is_expected = |failure: &str| failure.starts_with("503 session-store-unavailable");
    assert!(without_redis.failures.keys().all(|failure| is_expected(failure)), "{without_redis:?}");
    let all = calm.all + without_a_replica.all + without_redis.all;
    let failed = without_a_replica.failed() + without_redis.failed();
    assert!(failed * 1000 <= all * BUDGET_OF_ALL, "{failed} of {all} requests failed");
}
