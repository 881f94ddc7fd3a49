//! Keys while many ask at once: made-up key ids neither storm the provider nor delay anybody, a real rotation is seen at
//! its first token, and an outage takes nothing away that is known.
//!
//! That the keys may be asked for again after the cool-down of 30 seconds, and not before, is a rule of
//! `azure-auth/src/rules/token/key_refresh.rs` and tested there and in `io/provider/cached_tests.rs`: nobody waits for it here.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use azure_auth::AzureAuth;
use azure_auth_emulator::Defect;
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::Browser;
use azure_auth_tests::scene::Scene;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::http::StatusCode;
use poem::{Endpoint, IntoResponse, Request, Response, Result, get, handler};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

const TENANT: &str = "33333333-cccc-4ddd-8eee-444444444444";
const CLIENT: &str = "11111111-aaaa-4bbb-8ccc-222222222222";

/// What nobody waits for here.
const COOL_DOWN: Duration = Duration::from_secs(30);
const FAILURE_REST: Duration = Duration::from_secs(5);

#[azure_auth::protect(scopes = "Files.Read")]
#[handler]
fn files() -> &'static str {
    "files"
}

/// A signing key of the provider.
struct Key {
    id: String,
    pair: KeyPair,
}

impl Key {
    fn new(id: &str) -> Self {
        Self { id: id.to_owned(), pair: KeyPair::generate(KeySize::Rsa2048).unwrap() }
    }

    fn published(&self) -> Value {
        // RSAPublicKey in DER: nine bytes of headers, then 256 bytes of modulus.
        let modulus = URL_SAFE_NO_PAD.encode(&self.pair.public_key().as_ref()[9..265]);
        json!({"kty": "RSA", "use": "sig", "kid": self.id, "n": modulus, "e": "AQAB"})
    }

    fn sign(&self, claims: &Value) -> String {
        let signed = unsigned(&self.id, claims);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn unsigned(key_id: &str, claims: &Value) -> String {
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": key_id}).to_string();
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// A provider that publishes the keys it is told to, counts who asks, and can be silent or gone.
#[derive(Clone, Default)]
struct Publisher(Arc<Published>);

struct Published {
    keys: RwLock<Vec<Value>>,
    is_down: AtomicBool,
    /// While true, answers wait.
    is_held: watch::Sender<bool>,
    discoveries: watch::Sender<usize>,
    key_fetches: AtomicUsize,
}

impl Default for Published {
    fn default() -> Self {
        Self {
            keys: RwLock::default(),
            is_down: AtomicBool::new(false),
            is_held: watch::channel(false).0,
            discoveries: watch::channel(0).0,
            key_fetches: AtomicUsize::new(0),
        }
    }
}

impl Endpoint for Publisher {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let is_discovery = request.uri().path().ends_with("/openid-configuration");
        if is_discovery {
            self.0.discoveries.send_modify(|count| *count += 1);
        } else {
            self.0.key_fetches.fetch_add(1, Ordering::SeqCst);
        }
        self.0.is_held.subscribe().wait_for(|is_held| !is_held).await.unwrap();
        if self.0.is_down.load(Ordering::SeqCst) {
            return Ok(StatusCode::SERVICE_UNAVAILABLE.into());
        }
        let document = if is_discovery {
            let origin = format!("http://{}", request.header("host").unwrap());
            json!({
                "issuer": format!("{origin}/{TENANT}/v2.0"), "authorization_endpoint": format!("{origin}/authorize"),
                "token_endpoint": format!("{origin}/token"), "jwks_uri": format!("{origin}/keys"),
            })
        } else {
            json!({"keys": *self.0.keys.read().unwrap()})
        };
        Ok(poem::web::Json(document).into_response())
    }
}

impl Publisher {
    fn publish(&self, keys: &[&Key]) {
        *self.0.keys.write().unwrap() = keys.iter().map(|key| key.published()).collect();
    }

    fn discoveries(&self) -> usize {
        *self.0.discoveries.borrow()
    }

    fn key_fetches(&self) -> usize {
        self.0.key_fetches.load(Ordering::SeqCst)
    }

    fn set_down(&self, is_down: bool) {
        self.0.is_down.store(is_down, Ordering::SeqCst);
    }

    fn set_held(&self, is_held: bool) {
        self.0.is_held.send_replace(is_held);
    }

    /// Until it was asked that often.
    async fn was_asked(&self, times: usize) {
        self.0.discoveries.subscribe().wait_for(|count| *count >= times).await.unwrap();
    }
}

/// An API, its provider, and clients that call it over HTTP.
#[derive(Clone)]
struct World {
    publisher: Publisher,
    authority: String,
    auth: AzureAuth,
    address: String,
    arrivals: watch::Sender<usize>,
    http: reqwest::Client,
    _servers: Arc<[Application; 2]>,
}

impl World {
    async fn new(keys: &[&Key]) -> Self {
        let publisher = Publisher::default();
        publisher.publish(keys);
        let provider = Application::start(publisher.clone()).await;
        let authority = format!("http://{}/{TENANT}", provider.address());
        let auth = api(&authority, CLIENT);
        let arrivals = watch::channel(0).0;
        let served = Application::start(counted(auth.clone(), &arrivals)).await;
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let address = served.at("/files");
        Self { publisher, authority, auth, address, arrivals, http, _servers: Arc::new([provider, served]) }
    }

    /// A person's token for this API; no two are the same text.
    fn token(&self, key: &Key, number: usize) -> String {
        key.sign(&self.claims(number))
    }

    fn token_for(&self, audience: &str, key: &Key, number: usize) -> String {
        let mut claims = self.claims(number);
        claims["aud"] = audience.into();
        key.sign(&claims)
    }

    /// A token of a key that nobody has.
    fn made_up_token(&self, number: usize) -> String {
        format!("{}.{}", unsigned(&format!("made-up-{number}"), &self.claims(number)), "A".repeat(342))
    }

    fn claims(&self, number: usize) -> Value {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let object = "55555555-dddd-4eee-8fff-666666666666";
        json!({
            "aud": CLIENT, "iss": format!("{}/v2.0", self.authority), "iat": now, "nbf": now, "exp": now + 3600,
            "azp": CLIENT, "oid": object, "sub": "s", "scp": "Files.Read", "tid": TENANT, "uti": number.to_string(), "ver": "2.0",
        })
    }

    async fn call(&self, token: &str) -> (u16, Option<String>) {
        let answer = self.answer(token).await;
        let status = answer.status().as_u16();
        let problem: Option<Value> = answer.json().await.ok();
        (status, problem.and_then(|problem| problem["code"].as_str().map(str::to_owned)))
    }

    async fn answer(&self, token: &str) -> reqwest::Response {
        self.http.get(&self.address).bearer_auth(token).send().await.unwrap()
    }

    /// Calls with each token, from several clients at once.
    async fn call_at_once(&self, tokens: Vec<String>) -> Vec<(u16, Option<String>)> {
        let mut calls = JoinSet::new();
        for token in tokens {
            let world = self.clone();
            calls.spawn(async move { world.call(&token).await });
        }
        calls.join_all().await
    }
}

/// An API only: without a secret nobody signs in.
fn api(authority: &str, audience: &str) -> AzureAuth {
    AzureAuth::builder().client_id(CLIENT).issuer_uri(authority).audiences([audience]).build().unwrap()
}

/// The application, which tells how many requests have arrived.
fn counted(auth: AzureAuth, arrivals: &watch::Sender<usize>) -> impl Endpoint<Output = Response> + use<> {
    let arrivals = arrivals.clone();
    let application = azure_auth::endpoints! { "/files" => get(files) }.with(auth);
    application.before(move |request| {
        arrivals.send_modify(|count| *count += 1);
        async move { Ok(request) }
    })
}

fn accepted() -> (u16, Option<String>) {
    (200, None)
}

fn unknown_key() -> (u16, Option<String>) {
    (401, Some("token-key-unknown".to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_made_up_keys_cause_one_fetch_and_disturb_no_good_token() {
    const TOKENS: usize = 10_000;
    const CLIENTS: usize = 32;
    let key = Key::new("current");
    let world = World::new(&[&key]).await;
    assert_eq!(world.call(&world.token(&key, 0)).await, accepted());

    let began = Instant::now();
    let mut flood = JoinSet::new();
    for client in 0..CLIENTS {
        let world = world.clone();
        flood.spawn(async move {
            for number in (client..TOKENS).step_by(CLIENTS) {
                assert_eq!(world.call(&world.made_up_token(number)).await, unknown_key());
            }
        });
    }
    let mut good = 0;
    while !flood.is_empty() {
        good += 1;
        // One that was seen before, and one that was not.
        assert_eq!(world.call(&world.token(&key, good)).await, accepted());
        assert_eq!(world.call(&world.token(&key, good)).await, accepted());
        while let Some(client) = flood.try_join_next() {
            client.unwrap();
        }
    }
    let elapsed = began.elapsed();
    println!("{TOKENS} made-up tokens in {elapsed:?}, {good} pairs of good ones meanwhile");
    let allowed = 1 + usize::try_from(elapsed.as_secs() / COOL_DOWN.as_secs()).unwrap();
    let caused = world.publisher.key_fetches() - 1;
    assert!((1..=allowed).contains(&caused), "{caused} fetches in {elapsed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_provider_is_silent_known_keys_do_not_wait() {
    let key = Key::new("current");
    let world = World::new(&[&key]).await;
    assert_eq!(world.call(&world.token(&key, 0)).await, accepted());
    world.publisher.set_held(true);
    let waiting = tokio::spawn({
        let world = world.clone();
        async move { world.call(&world.made_up_token(0)).await }
    });
    world.publisher.was_asked(2).await;
    for number in 0..50 {
        assert_eq!(world.call(&world.token(&key, number)).await, accepted());
    }
    assert!(!waiting.is_finished(), "whoever asks for an unknown key waits for the answer");
    world.publisher.set_held(false);
    assert_eq!(waiting.await.unwrap(), unknown_key());
    assert_eq!((world.publisher.discoveries(), world.publisher.key_fetches()), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_key_is_accepted_at_its_first_token_and_the_withdrawn_one_no_more() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let world = World::new(&[&old]).await;
    let by_the_old = world.token(&old, 0);
    assert_eq!(world.call(&by_the_old).await, accepted());
    world.publisher.publish(&[&new]);
    assert_eq!(world.call(&by_the_old).await, accepted(), "nobody has noticed yet");
    assert_eq!(world.call(&world.token(&new, 1)).await, accepted());
    assert_eq!(world.call(&by_the_old).await, unknown_key(), "what was remembered goes with its key");
    assert_eq!(world.publisher.key_fetches(), 2, "the cool-down is not over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_an_old_name_takes_its_place_with_the_next_answer() {
    let (old, replaced, other) = (Key::new("same"), Key::new("same"), Key::new("other"));
    let world = World::new(&[&old]).await;
    let by_the_old = world.token(&old, 0);
    assert_eq!(world.call(&by_the_old).await, accepted());
    world.publisher.publish(&[&replaced, &other]);
    assert_eq!(world.call(&world.token(&other, 1)).await, accepted());
    let refused = (401, Some("token-signature".to_owned()));
    assert_eq!(world.call(&by_the_old).await, refused);
    assert_eq!(world.call(&world.token(&replaced, 2)).await, accepted());
}

#[tokio::test(flavor = "multi_thread")]
async fn first_tokens_of_a_new_key_among_made_up_ones_are_all_accepted() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let world = World::new(&[&old]).await;
    assert_eq!(world.call(&world.token(&old, 0)).await, accepted());
    world.publisher.publish(&[&old, &new]);
    let mut tokens = Vec::new();
    for number in 0..200 {
        tokens.extend([world.made_up_token(number), world.token(&new, number), world.token(&old, number)]);
    }
    let outcomes = world.call_at_once(tokens).await;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == accepted()).count(), 400);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == unknown_key()).count(), 200);
    assert_eq!(world.publisher.key_fetches(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn right_after_made_up_keys_a_rotation_waits_for_the_cool_down_and_nobody_else_does() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let world = World::new(&[&old]).await;
    assert_eq!(world.call(&world.token(&old, 0)).await, accepted());
    assert_eq!(world.call(&world.made_up_token(0)).await, unknown_key());
    world.publisher.publish(&[&old, &new]);
    for number in 0..20 {
        assert_eq!(world.call(&world.token(&new, number)).await, unknown_key());
        assert_eq!(world.call(&world.token(&old, number)).await, accepted());
    }
    assert_eq!(world.publisher.key_fetches(), 2, "the first load, and one for the made-up key");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_takes_nothing_away() {
    let (key, other) = (Key::new("current"), Key::new("other"));
    let world = World::new(&[&key]).await;
    assert_eq!(world.call(&world.token(&key, 0)).await, accepted());
    world.publisher.set_down(true);
    for number in 0..20 {
        assert_eq!(world.call(&world.token(&key, number)).await, accepted());
        // The silence of the provider makes no token good, and none of ours a failure.
        assert_eq!(world.call(&world.token(&other, number)).await, unknown_key());
    }
    assert_eq!((world.publisher.discoveries(), world.publisher.key_fetches()), (2, 1));
}

#[tokio::test]
async fn people_sign_in_by_known_keys_while_the_keys_cannot_be_had() {
    let scene = Scene::new().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    for broken in [Defect::DiscoveryServerError, Defect::KeysServerError] {
        scene.emulator.inject(broken);
    }
    let other = Browser::new();
    let page = other.sign_in(&scene.application, "Alex").await;
    assert_eq!((page.status, page.text.as_str()), (200, "<p>Welcome, Alex Wilber!</p>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_load_that_fails_is_tried_again_once_per_rest_however_many_tokens_come() {
    let key = Key::new("current");
    let world = World::new(&[&key]).await;
    world.publisher.set_down(true);
    let began = Instant::now();
    let answer = world.answer(&world.token(&key, 0)).await;
    assert_eq!(answer.status(), 503);
    assert!(answer.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= FAILURE_REST.as_secs());
    assert!(!answer.headers().contains_key("www-authenticate"), "nothing is wrong with the token");
    let not_loaded = (503, Some("keys-not-loaded".to_owned()));
    let tokens =
        (0..500).map(|number| world.token(&key, number)).chain((0..500).map(|number| world.made_up_token(number)));
    for outcome in world.call_at_once(tokens.collect()).await {
        assert_eq!(outcome, not_loaded);
    }
    let allowed = 1 + usize::try_from(began.elapsed().as_secs() / FAILURE_REST.as_secs()).unwrap();
    let asked = world.publisher.discoveries();
    assert!((1..=allowed).contains(&asked), "{asked} fetches in {:?}", began.elapsed());

    world.publisher.set_down(false);
    world.auth.warm_up().await.unwrap();
    assert_eq!(world.call(&world.token(&key, 0)).await, accepted());
}

/// Anybody may open the page that begins a sign-in.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_load_that_fails_is_tried_again_once_a_second_however_many_people_come() {
    let world = World::new(&[&Key::new("current")]).await;
    let variables = [
        ("AZURE_CLIENT_ID", CLIENT),
        ("AZURE_CLIENT_SECRET", "a secret of more than thirty-two characters"),
        ("AZURE_ISSUER_URI", &world.authority),
    ];
    let server = Application::start(counted(AzureAuth::from_variables(variables).unwrap(), &world.arrivals)).await;
    world.publisher.set_down(true);
    let began = Instant::now();
    for number in 0..300 {
        let path = ["/login", "/files", "/login?return_to=/files"][number % 3];
        let page = Browser::new().open(server.at(path)).await;
        assert_eq!((page.status, page.reason().as_deref()), (502, Some("provider-unavailable")), "{path}");
    }
    let allowed = 1 + usize::try_from(began.elapsed().as_secs()).unwrap();
    let asked = world.publisher.discoveries();
    assert!((1..=allowed).contains(&asked), "{asked} fetches in {:?}", began.elapsed());
    world.publisher.set_down(false);
    while Browser::new().open(server.at("/login")).await.status != 302 {
        assert!(began.elapsed() < Duration::from_secs(60), "who comes a second later is served");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn first_tokens_that_come_together_share_one_load() {
    const TOKENS: usize = 100;
    let key = Key::new("current");
    let world = World::new(&[&key]).await;
    world.publisher.set_held(true);
    let tokens = (0..TOKENS).map(|number| world.token(&key, number)).collect();
    let calls = tokio::spawn({
        let world = world.clone();
        async move { world.call_at_once(tokens).await }
    });
    world.arrivals.subscribe().wait_for(|count| *count == TOKENS).await.unwrap();
    world.publisher.set_held(false);
    assert!(calls.await.unwrap().iter().all(|outcome| *outcome == accepted()));
    assert_eq!((world.publisher.discoveries(), world.publisher.key_fetches()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_applications_share_neither_tokens_nor_keys_nor_cool_downs() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let world = World::new(&[&old]).await;
    let server = Application::start(counted(api(&world.authority, "api://neighbour"), &world.arrivals)).await;
    let neighbour = World { address: server.at("/files"), ..world.clone() };

    let token = world.token(&old, 0);
    assert_eq!(world.call(&token).await, accepted());
    assert_eq!(neighbour.call(&token).await, (401, Some("token-audience".to_owned())));
    assert_eq!(neighbour.call(&world.token_for("api://neighbour", &old, 0)).await, accepted());
    assert_eq!(world.publisher.key_fetches(), 2, "one each");

    assert_eq!(world.call(&world.made_up_token(0)).await, unknown_key());
    world.publisher.publish(&[&new]);
    assert_eq!(world.call(&world.token(&new, 0)).await, unknown_key(), "it has asked just now");
    assert_eq!(neighbour.call(&world.token_for("api://neighbour", &new, 0)).await, accepted());
}
