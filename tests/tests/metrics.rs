//! What a collector is told: every number of docs/operations.md, exactly, and nothing that comes from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use azure_auth::AzureAuth;
use azure_auth_emulator::{Defect, Emulator, SignedBy};
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::certificate::{Certificate, File};
use azure_auth_tests::program::Program;
use azure_auth_tests::scene::{Scene, builder};
use metrics_exporter_prometheus::PrometheusBuilder;
use reqwest::Method;

const OPERATIONS: &str = include_str!("../../docs/operations.md");

/// Each sample of a scrape by its series, `name{label="word",…}`.
struct Scrape {
    text: String,
    samples: BTreeMap<String, f64>,
}

impl Scrape {
    fn read(text: String) -> Self {
        let samples = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let samples = samples.map(|line| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            (series.to_owned(), value.parse().unwrap())
        });
        Self { samples: samples.collect(), text }
    }

    fn value(&self, series: &str) -> Option<f64> {
        self.samples.get(series).copied()
    }

    /// Every series of this name that is not zero, as `word,word: value`.
    fn counted(&self, name: &str) -> Vec<String> {
        let of_name = self.samples.iter().filter(|(series, value)| family(series) == name && **value != 0.0);
        of_name.map(|(series, value)| format!("{}: {value}", words(series).join(","))).collect()
    }

    /// The same of how often something was measured.
    fn measured(&self, name: &str) -> Vec<String> {
        self.counted(&format!("{name}_count"))
    }
}

fn family(series: &str) -> &str {
    series.split('{').next().unwrap()
}

/// What the labels say, without the limits of buckets.
fn words(series: &str) -> Vec<&str> {
    let labels = series.split_once('{').map_or("", |(_, labels)| labels.trim_end_matches('}'));
    let labels = labels.split(',').filter(|label| !label.is_empty() && !label.starts_with("le="));
    labels.map(|label| label.split_once('=').unwrap().1.trim_matches('"')).collect()
}

/// The rows of the page's tables that begin with `first`, as the texts between their backquotes.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Metrics and their labels, as the page has them.
fn documented_metrics() -> BTreeMap<&'static str, Vec<&'static str>> {
    let rows = OPERATIONS.lines().filter(|line| line.starts_with("| `azure_auth_"));
    let cells = rows.map(|line| line.split('|').collect::<Vec<_>>());
    cells.map(|cells| (quoted(cells[1])[0], quoted(cells[3]))).collect()
}

/// Labels and their words, as the page has them; `code` and `outcome` may be a code of docs/refusals.md too.
fn documented_words() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let section = OPERATIONS.split("| label | words |").nth(1).unwrap();
    let rows = section.lines().skip(2).take_while(|line| line.starts_with("| `"));
    rows.map(|line| {
        let cells: Vec<_> = line.split('|').collect();
        (quoted(cells[1])[0], quoted(cells[2]).into_iter().collect())
    })
    .collect()
}

/// The example at a provider of the test's own.
struct Operations {
    program: Program,
    emulator: Emulator,
    collector: String,
}

impl Operations {
    async fn start(name: &str) -> Self {
        let emulator = Emulator::start().await.unwrap();
        let mut variables = emulator.env();
        for (name, value) in
            [("AZURE_SESSION_STORE", "memory"), ("METRICS_BIND", "127.0.0.1:0"), ("RUST_LOG", "info,azure_auth=debug")]
        {
            variables.push((name.to_owned(), value.to_owned()));
        }
        let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.log", std::process::id()));
        let mut program = Program::start("operations", &variables, &log);
        let collector = program.says();
        let collector = collector.strip_prefix("Collect ").unwrap_or_else(|| panic!("{collector}")).to_owned();
        Self { program, emulator, collector }
    }

    async fn scrape(&self) -> Scrape {
        let answer = Browser::new().program(Method::GET, &self.collector).send().await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/plain; version=0.0.4; charset=utf-8"));
        Scrape::read(answer.text)
    }

    async fn sign_in(&self, browser: &Browser, account: &str) -> Page {
        let accounts = browser.visit(self.program.at("/login?return_to=/me")).await;
        browser.pick(&accounts, account).await
    }

    async fn asks(&self, token: &str) -> u16 {
        let client = Browser::new();
        let call = client.program(Method::GET, self.program.at("/api/files"));
        call.header("authorization", &format!("Bearer {token}")).send().await.status
    }
}

#[tokio::test]
async fn a_collector_is_told_exactly_what_happened() {
    let scene = Operations::start("metrics-counts").await;
    let before = scene.scrape().await;
    for name in ["azure_auth_refusals_total", "azure_auth_session_renewals_total", "azure_auth_sign_ins_total"] {
        assert_eq!(before.counted(name), [""; 0], "nothing happened yet");
        assert!(before.samples.keys().any(|series| family(series) == name), "and an alarm sees it begin");
    }
    let began_at = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();

    let browser = Browser::new();
    assert_eq!(scene.sign_in(&browser, "Adele").await.status, 200);
    for _ in 0..3 {
        assert_eq!(browser.open(scene.program.at("/me")).await.status, 200);
    }
    let token = scene.emulator.access_token().user("adele@contoso.test").scope("Files.Read").issue();
    assert_eq!([scene.asks(&token).await, scene.asks(&token).await], [200, 200]);
    let scrape = scene.scrape().await;
    assert_eq!(scrape.counted("azure_auth_sign_ins_total"), ["signed-in: 1"]);
    assert_eq!(scrape.counted("azure_auth_refusals_total"), [""; 0]);
    assert_eq!(
        scrape.counted("azure_auth_cache_lookups_total"),
        ["session,hit: 3", "session,miss: 1", "token,hit: 1", "token,miss: 1"]
    );
    assert_eq!(scrape.counted("azure_auth_sessions"), ["memory: 1"]);
    assert_eq!(
        scrape.measured("azure_auth_provider_request_duration_seconds"),
        ["discovery,answered: 1", "keys,answered: 1", "token,answered: 1"]
    );
    assert_eq!(
        scrape.measured("azure_auth_store_operation_duration_seconds"),
        ["memory,begin,done: 1", "memory,create,done: 1", "memory,lease,done: 1", "memory,load,done: 1"]
    );
    let loaded = scrape.value("azure_auth_keys_loaded_timestamp_seconds").unwrap();
    assert!((began_at - 1.0..began_at + 60.0).contains(&loaded), "{loaded} is not after {began_at}");

    // Refusals, one of each kind and one twice.
    let audience = scene.emulator.access_token().user("adele@contoso.test").audience("another").issue();
    let scope = scene.emulator.access_token().user("adele@contoso.test").claim("scp", "Files.Other").issue();
    assert_eq!([scene.asks(&audience).await, scene.asks(&audience).await, scene.asks(&scope).await], [401, 401, 403]);
    let anonymous = Browser::new();
    assert_eq!(anonymous.program(Method::GET, scene.program.at("/me")).send().await.status, 401);
    // A sign-in that the provider refuses, and one for which it has no answer.
    scene.emulator.inject(Defect::TokenSecretExpired);
    scene.sign_in(&Browser::new(), "Alex").await;
    scene.emulator.clear_defects();
    scene.emulator.inject(Defect::TokenServerError);
    scene.sign_in(&Browser::new(), "Alex").await;
    scene.emulator.clear_defects();
    let me = browser.open(scene.program.at("/me")).await;
    browser.follow(browser.press(&me, "Sign out").await).await;

    let scrape = scene.scrape().await;
    assert_eq!(
        scrape.counted("azure_auth_refusals_total"),
        [
            "code-not-redeemed: 1",
            "not-signed-in: 1",
            "provider-unavailable: 1",
            "scope-missing: 1",
            "token-audience: 2"
        ]
    );
    assert_eq!(
        scrape.counted("azure_auth_sign_ins_total"),
        ["code-not-redeemed: 1", "provider-unavailable: 1", "signed-in: 1"]
    );
    assert_eq!(
        scrape.measured("azure_auth_provider_request_duration_seconds"),
        ["discovery,answered: 1", "keys,answered: 1", "token,answered: 1", "token,refused: 1", "token,unavailable: 1"]
    );
    assert_eq!(scrape.value("azure_auth_sessions{store=\"memory\"}"), Some(0.0), "nobody is signed in any more");

    // Who collects traces is told of each step and request, and of nobody.
    let log = scene.program.log();
    for word in ["sign-in", "provider-request", "callback", "code-not-redeemed", "time.busy"] {
        assert!(log.contains(word), "{word} is not in the log");
    }
}

#[tokio::test]
async fn every_metric_of_the_page_is_there_and_no_label_comes_from_outside() {
    let scene = Operations::start("metrics-labels").await;
    let browser = Browser::new();
    scene.sign_in(&browser, "Adele").await;
    let planted = |kind: &str| format!("planted-{kind}");
    for path in ["/planted-path?planted-query=planted-value", "/api/files/planted-path"] {
        browser.open(scene.program.at(path)).await;
    }
    browser.open(scene.program.at("/login?planted-query=1&return_to=/planted-path")).await;
    browser.open(scene.program.at("/authorization-code/callback?error=planted-error&state=planted-state")).await;
    browser.open(scene.program.at("/authorization-code/callback?code=planted-code&state=planted-state")).await;
    browser.program(Method::from_bytes(b"PLANTED").unwrap(), scene.program.at("/me")).send().await;
    let new = || scene.emulator.access_token().user("adele@contoso.test").scope("Files.Read");
    for token in [
        new().header("kid", planted("kid")).issue(),
        new().audience(planted("audience")).issue(),
        new().claim("oid", planted("oid")).claim("iss", planted("issuer")).issue(),
        new().claim("ver", planted("version")).claim("azp", planted("client")).issue(),
        new().signed_by(SignedBy::Nobody).header("alg", planted("algorithm")).issue(),
        planted("token"),
    ] {
        assert_ne!(scene.asks(&token).await, 200);
    }
    let user = scene.emulator.directory().users().find(|user| user.name().contains("Adele")).unwrap();

    let scrape = scene.scrape().await;
    let lower = scrape.text.to_lowercase();
    let (port, variables) = (scene.program.address().port().to_string(), scene.emulator.env());
    let of_provider = variables.iter().map(|(_, value)| value.as_str());
    for outside in ["planted", "adele", "contoso", user.user_name(), "127.0.0.1", "localhost", &port, "/me", "/api"]
        .into_iter()
        .chain(of_provider)
    {
        assert!(!lower.contains(&outside.to_lowercase()), "{outside} is in {}", scrape.text);
    }

    let documented = documented_metrics();
    let family = |series: &str| {
        let name = family(series).to_owned();
        let histogram = ["_bucket", "_sum", "_count"].iter().find_map(|ending| name.strip_suffix(ending));
        histogram.filter(|name| documented.contains_key(name)).map_or(name.clone(), ToOwned::to_owned)
    };
    let found: BTreeSet<String> = scrape.samples.keys().map(|series| family(series)).collect();
    let of_a_secret = documented.keys().copied().filter(|name| *name != OF_CERTIFICATES);
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), of_a_secret.collect::<Vec<_>>());

    let known = documented_words();
    for series in scrape.samples.keys() {
        let labels = &documented[family(series).as_str()];
        let words = words(series);
        assert_eq!(words.len(), labels.len(), "{series}");
        for (label, word) in labels.iter().zip(words) {
            assert!(series.contains(&format!("{label}=\"{word}\"")), "{series}");
            let is_code = matches!(*label, "code" | "outcome") && azure_auth::explain(word).is_some();
            assert!(is_code || known[label].contains(word), "docs/operations.md does not know `{word}` of {series}");
        }
    }
}

/// The program of the test before has a secret, whose end nobody here knows.
const OF_CERTIFICATES: &str = "azure_auth_credential_end_timestamp_seconds";

#[test]
fn the_end_of_a_certificate_is_told_from_the_start() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let file = File::with(&Certificate::new().with_key());
    let variables = [
        ("AZURE_CLIENT_ID", "11111111-aaaa-4bbb-8ccc-222222222222"),
        ("AZURE_ISSUER_URI", "https://login.microsoftonline.com/33333333-cccc-4ddd-8eee-444444444444"),
        ("AZURE_SESSION_KEYS", "a2V5LW9mLW1vcmUtdGhhbi0zMi1ieXRlcy1oZXJlISE"),
        ("AZURE_CLIENT_CERTIFICATE_PATH", file.path()),
    ];
    AzureAuth::from_variables(variables).unwrap();
    let start_of_the_year_4096 = 67_090_118_400.0;
    assert_eq!(Scrape::read(handle.render()).value(OF_CERTIFICATES), Some(start_of_the_year_4096));
}

#[tokio::test]
async fn renewals_are_counted_by_what_became_of_them() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    // Application and browser are on this thread.
    let _guard = metrics::set_default_local_recorder(&recorder);
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[("AZURE_SESSION_STORE", "memory")]).idle_lifetime(Duration::from_secs(60));
    let scene = Scene::of(emulator, auth.build().unwrap()).await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    tokio::time::sleep(Duration::from_millis(7200)).await;
    for _ in 0..2 {
        assert_eq!(scene.browser.open(scene.at("/me")).await.status, 200);
    }
    let scrape = Scrape::read(handle.render());
    assert_eq!(scrape.counted("azure_auth_session_renewals_total"), ["renewed: 1"]);
    assert_eq!(scrape.measured("azure_auth_store_operation_duration_seconds").last().unwrap(), "memory,touch,done: 1");
}
