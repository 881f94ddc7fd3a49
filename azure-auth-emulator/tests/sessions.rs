//! Browser sessions at the emulator: one sign-in for all applications, and one end of which all of them are told.

use std::sync::Mutex;

use azure_auth_emulator::{
    Application, ClientAuthentication, Emulator, FrontChannelRequest, PlainProvider, StartError,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{RequestBuilder, Response};
use serde_json::Value;
use url::{Url, form_urlencoded};

const CONTOSO: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const FABRIKAM: &str = "bbbbbbbb-0000-4000-8000-000000000002";
const ADELE: &str = "adele@contoso.test";
const ALEX: &str = "alex@contoso.test";
const GRADY: &str = "grady@fabrikam.onmicrosoft.com";
const BACK: &str = "http://localhost:3000/authorization-code/callback";

/// Keeps the emulator's cookie and follows nothing.
#[derive(Default)]
struct Browser {
    cookie: Mutex<Option<String>>,
}

impl Browser {
    async fn send(&self, request: RequestBuilder) -> Response {
        let cookie = self.cookie.lock().unwrap().clone();
        let request = cookie.into_iter().fold(request, |request, cookie| request.header("cookie", cookie));
        let answer = request.send().await.unwrap();
        if let Some(set) = answer.headers().get("set-cookie") {
            let set = set.to_str().unwrap();
            let kept = set.split(';').next().filter(|_| !set.contains("Max-Age=0"));
            *self.cookie.lock().unwrap() = kept.map(ToOwned::to_owned);
        }
        answer
    }

    async fn open(&self, address: impl AsRef<str>) -> Response {
        self.send(http().get(address.as_ref())).await
    }

    /// What a press on an account does.
    async fn pick(&self, address: &Url, account: &str) -> Response {
        self.send(http().post(address.as_str()).form(&[("account", account)])).await
    }

    /// Signs in to the default application and answers with the claims of the ID token.
    async fn sign_in(&self, emulator: &Emulator, account: &str) -> Value {
        self.sign_in_to(emulator, CONTOSO, &emulator.directory().applications()[0], account).await
    }

    async fn sign_in_to(&self, emulator: &Emulator, tenant: &str, application: &Application, account: &str) -> Value {
        let answer = self.pick(&request(emulator, tenant, application, &[]), account).await;
        claims(&redeem(emulator, tenant, application, &answer).await)
    }

    /// What the default application is answered without a page: `code`, or the error.
    async fn silently(&self, emulator: &Emulator, parameters: &[(&str, &str)]) -> String {
        let parameters = [parameters, &[("prompt", "none")]].concat();
        let answer = self.open(request(emulator, CONTOSO, &emulator.directory().applications()[0], &parameters)).await;
        let location: Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
        let (name, value) = location.query_pairs().next().unwrap();
        if name == "error" { value.into_owned() } else { name.into_owned() }
    }

    async fn sign_out(&self, emulator: &Emulator, parameters: &[(&str, &str)]) -> Response {
        let address = format!("{}/{CONTOSO}/oauth2/v2.0/logout", emulator.origin());
        self.open(with(&address, parameters)).await
    }
}

fn http() -> reqwest::Client {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
    http.build().unwrap()
}

fn with(address: &str, parameters: &[(&str, &str)]) -> Url {
    let mut address: Url = address.parse().unwrap();
    address.query_pairs_mut().extend_pairs(parameters);
    address
}

fn endpoint(emulator: &Emulator, tenant: &str, name: &str) -> String {
    match tenant {
        "plain" => format!("{}/{name}", emulator.plain_issuer()),
        _ => format!("{}/{tenant}/oauth2/v2.0/{name}", emulator.origin()),
    }
}

fn request(emulator: &Emulator, tenant: &str, application: &Application, parameters: &[(&str, &str)]) -> Url {
    let own = [
        ("client_id", application.application_id()),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("scope", "openid profile offline_access"),
    ];
    with(&endpoint(emulator, tenant, "authorize"), &[&own, parameters].concat())
}

async fn redeem(emulator: &Emulator, tenant: &str, application: &Application, answer: &Response) -> Value {
    let location: Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
    let code = location.query_pairs().find(|(name, _)| name == "code").unwrap_or_else(|| panic!("{location}")).1;
    let form = [("grant_type", "authorization_code"), ("redirect_uri", BACK), ("code", &code)];
    tokens(emulator, tenant, application, &form).await
}

async fn tokens(emulator: &Emulator, tenant: &str, application: &Application, form: &[(&str, &str)]) -> Value {
    let client = [("client_id", application.application_id()), ("client_secret", application.client_secret())];
    let request = http().post(endpoint(emulator, tenant, "token")).form(&[form, &client].concat());
    request.send().await.unwrap().json().await.unwrap()
}

fn claims(tokens: &Value) -> Value {
    part(tokens["id_token"].as_str().unwrap_or_else(|| panic!("{tokens}")))
}

fn part(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// An application that wants to be told.
fn listening(name: &str) -> Application {
    let url = format!("https://{name}.test/signed-out");
    Application::new(name).redirect_uri(BACK).with_sid().front_channel_logout_url(url)
}

/// The addresses of the frames of a page.
fn frames(html: &str) -> Vec<String> {
    let frames = html.split("<iframe hidden src=\"").skip(1);
    frames.map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&")).collect()
}

fn urls(requests: &[FrontChannelRequest]) -> Vec<String> {
    requests.iter().map(FrontChannelRequest::url).collect()
}

#[tokio::test]
async fn all_applications_in_one_browser_learn_the_same_sid_and_another_browser_has_another() {
    let second = listening("second");
    let emulator = Emulator::builder().application(second.clone()).application(listening("first")).start().await;
    let emulator = emulator.unwrap();
    let (browser, other) = (Browser::default(), Browser::default());
    let first = browser.sign_in(&emulator, ADELE).await;
    assert_eq!(first["sid"].as_str().unwrap().len(), 36);
    assert_eq!(browser.sign_in_to(&emulator, CONTOSO, &second, ADELE).await["sid"], first["sid"], "asked again");
    let silent = browser.open(request(&emulator, CONTOSO, &second, &[("prompt", "none")])).await;
    assert_eq!(claims(&redeem(&emulator, CONTOSO, &second, &silent).await)["sid"], first["sid"], "not asked");
    assert_ne!(other.sign_in(&emulator, ADELE).await["sid"], first["sid"], "another browser");
    assert_ne!(browser.sign_in(&emulator, ALEX).await["sid"], first["sid"], "another person");
    let cookie = browser.cookie.lock().unwrap().clone().unwrap();
    assert!(!cookie.contains(first["sid"].as_str().unwrap()), "knowing the one does not help to the other");
}

#[tokio::test]
async fn a_sid_is_for_registrations_that_ask_for_it_and_stays_when_tokens_are_renewed() {
    let emulator = Emulator::builder().application(Application::new("mute").redirect_uri(BACK)).start().await.unwrap();
    let [mute, default, ..] = emulator.directory().applications() else { panic!("two applications") };
    let browser = Browser::default();
    assert_eq!(browser.sign_in_to(&emulator, CONTOSO, mute, ADELE).await.get("sid"), None);
    let answer = browser.open(request(&emulator, CONTOSO, default, &[])).await;
    let first = redeem(&emulator, CONTOSO, default, &answer).await;
    let refresh_token = first["refresh_token"].as_str().unwrap();
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    let second = tokens(&emulator, CONTOSO, default, &refresh).await;
    assert!(claims(&first)["sid"].is_string());
    assert_eq!(claims(&first)["sid"], claims(&second)["sid"]);
}

#[tokio::test]
async fn signing_out_tells_every_application_of_the_session_and_then_goes_back() {
    let (second, unused) = (listening("second"), listening("unused"));
    let emulator = Emulator::builder()
        .application(unused)
        .application(second.clone())
        .application(Application::new("mute").redirect_uri(BACK))
        .application(Application::new("first").redirect_uri(BACK).front_channel_logout_url("http://localhost/out?a=1"))
        .start()
        .await
        .unwrap();
    let mute = &emulator.directory().applications()[1];
    let (browser, other) = (Browser::default(), Browser::default());
    browser.sign_in(&emulator, ADELE).await;
    browser.sign_in(&emulator, ADELE).await;
    browser.sign_in_to(&emulator, CONTOSO, mute, ADELE).await;
    let sid = browser.sign_in_to(&emulator, CONTOSO, &second, ADELE).await["sid"].as_str().unwrap().to_owned();
    other.sign_in(&emulator, ADELE).await;

    let hint = [("logout_hint", "x"), ("post_logout_redirect_uri", BACK), ("state", "s\"'<")];
    let page = browser.sign_out(&emulator, &hint).await;
    assert_eq!((page.status().as_u16(), page.headers().get("location")), (200, None));
    let html = page.text().await.unwrap();
    let issuer: String = form_urlencoded::byte_serialize(emulator.issuer(CONTOSO).as_bytes()).collect();
    let expected = [
        format!("http://localhost:3000/out?a=1&iss={issuer}&sid={sid}"),
        format!("https://second.test/signed-out?iss={issuer}&sid={sid}"),
    ];
    assert_eq!(frames(&html), expected);
    assert!(html.contains(&format!("href=\"{BACK}?state=s%22%27%3C\">Continue</a>")), "{html}");
    assert!(html.contains("<script>"), "it goes on by itself");
    assert_eq!(*browser.cookie.lock().unwrap(), None);
    assert_eq!(browser.silently(&emulator, &[]).await, "login_required");
    assert_eq!(other.silently(&emulator, &[]).await, "code", "another browser is not concerned");
}

#[tokio::test]
async fn signing_out_without_a_registered_address_tells_the_applications_and_stays() {
    let emulator = Emulator::builder().front_channel_logout_url("https://app.test/out").start().await.unwrap();
    let logout = endpoint(&emulator, CONTOSO, "logout");
    let named = with(&logout, &[("logout_hint", "x"), ("post_logout_redirect_uri", "https://evil.example/")]);
    for request in [http().get(named), http().post(logout).form(&[("confirmed", "1")])] {
        let browser = Browser::default();
        browser.sign_in(&emulator, ADELE).await;
        let html = browser.send(request).await.text().await.unwrap();
        assert_eq!(frames(&html).len(), 1, "{html}");
        assert!(!html.contains("<script") && !html.contains("evil") && !html.contains("<a "), "{html}");
    }
}

#[tokio::test]
async fn signing_out_redirects_if_no_application_wants_to_be_told() {
    let emulator = Emulator::builder().front_channel_logout_url("https://app.test/out").start().await.unwrap();
    let browser = Browser::default();
    let parameters = [("logout_hint", "x"), ("post_logout_redirect_uri", BACK)];
    assert_eq!(browser.sign_out(&emulator, &parameters).await.status(), 302, "before the sign-in");
    browser.sign_in(&emulator, ADELE).await;
    assert_eq!(browser.sign_out(&emulator, &[]).await.status(), 200);
    assert_eq!(browser.silently(&emulator, &[]).await, "code", "the question alone ends nothing");
    assert_eq!(browser.sign_out(&emulator, &parameters).await.status(), 200);
    assert_eq!(browser.sign_out(&emulator, &parameters).await.status(), 302, "after the sign-out");
}

#[tokio::test]
async fn the_emulator_tells_beforehand_what_each_browser_of_a_person_would_load() {
    let emulator = Emulator::builder().front_channel_logout_url("https://app.test/out").start().await.unwrap();
    let (first, second) = (Browser::default(), Browser::default());
    assert_eq!(emulator.front_channel_requests(ADELE), []);
    let [first_sid, second_sid] = [first.sign_in(&emulator, ADELE).await, second.sign_in(&emulator, ADELE).await]
        .map(|claims| claims["sid"].as_str().unwrap().to_owned());
    let requests = emulator.front_channel_requests(ADELE);
    let expected = [&first_sid, &second_sid].map(|sid| FrontChannelRequest {
        logout_url: "https://app.test/out".to_owned(),
        issuer: emulator.issuer(CONTOSO),
        sid: sid.clone(),
    });
    assert_eq!(requests, expected);
    assert_eq!(emulator.front_channel_requests(ALEX), []);
    assert_eq!(emulator.front_channel_requests("nobody@contoso.test"), []);

    let html = first.sign_out(&emulator, &[("logout_hint", "x")]).await.text().await.unwrap();
    assert_eq!(frames(&html), urls(&requests[..1]));
    assert_eq!(emulator.front_channel_requests(ADELE), requests[1..]);
}

#[tokio::test]
async fn each_issuer_that_a_session_had_tokens_from_is_named() {
    let plain = PlainProvider { client_authentication: ClientAuthentication::Post, ..PlainProvider::default() };
    let builder = Emulator::builder().plain_provider(plain).front_channel_logout_url("https://app.test/out");
    let emulator = builder.start().await.unwrap();
    let application = &emulator.directory().applications()[0];
    let browser = Browser::default();
    let mut issuers = Vec::new();
    for authority in [CONTOSO, FABRIKAM, "plain", "common"] {
        let claims = browser.sign_in_to(&emulator, authority, application, GRADY).await;
        let named = emulator.front_channel_requests(GRADY).into_iter();
        assert!(named.clone().any(|request| claims["iss"] == request.issuer), "{authority}");
        assert!(named.clone().all(|request| claims["sid"] == request.sid), "{authority}");
        issuers = named.map(|request| request.issuer).collect();
    }
    assert_eq!(issuers, [emulator.issuer(CONTOSO), emulator.issuer(FABRIKAM), emulator.plain_issuer()]);
}

#[tokio::test]
async fn a_person_is_signed_in_silently_if_the_hints_name_them_or_their_session() {
    let emulator = Emulator::start().await.unwrap();
    let browser = Browser::default();
    let adele = browser.sign_in(&emulator, ADELE).await;
    let alex = Browser::default().sign_in(&emulator, ALEX).await;
    let text = |claims: &Value, name: &str| claims[name].as_str().unwrap().to_owned();
    for (name, hint, expected) in [
        ("login_hint", ADELE.to_owned(), "code"),
        ("login_hint", "Adele@Contoso.test".to_owned(), "code"),
        ("login_hint", text(&adele, "login_hint"), "code"),
        ("login_hint", text(&alex, "login_hint"), "login_required"),
        ("login_hint", ALEX.to_owned(), "login_required"),
        ("sid", text(&adele, "sid"), "code"),
        ("sid", text(&alex, "sid"), "login_required"),
    ] {
        assert_eq!(browser.silently(&emulator, &[(name, &hint)]).await, expected, "{name} {hint}");
    }
    let both = [("login_hint", ADELE), ("sid", adele["sid"].as_str().unwrap())];
    assert_eq!(browser.silently(&emulator, &both).await, "invalid_request");
}

#[tokio::test]
async fn a_logout_url_that_could_not_be_loaded_stops_the_start() {
    let long = |length: usize| format!("https://app.test/{}", "x".repeat(length - 17));
    let start = async |url: &str| Emulator::builder().front_channel_logout_url(url).start().await;
    for url in ["https://app.test/out?a=b", "http://localhost/out", "http://127.0.0.1:3000/out", &long(255)] {
        assert!(start(url).await.is_ok(), "{url}");
    }
    for url in ["", "/out", "http://app.test/out", "ftp://localhost/out", "https://app.test/out#a", &long(256)] {
        let Err(StartError::WrongLogoutUrl { found, name }) = start(url).await else { panic!("{url}") };
        assert_eq!((found.as_str(), name.as_str()), (url, "Local application"));
    }
}

#[tokio::test]
async fn no_page_may_be_framed_or_cut_off_from_the_window_that_opened_it() {
    let emulator = Emulator::builder().front_channel_logout_url("https://app.test/out").start().await.unwrap();
    let application = &emulator.directory().applications()[0];
    let address = |parameters: &[(&str, &str)]| request(&emulator, CONTOSO, application, parameters);
    let browser = Browser::default();
    let question = browser.open(address(&[])).await;
    let signed_in = browser.pick(&address(&[]), ADELE).await;
    for (name, page, status) in [
        ("accounts", question, 200),
        ("the way back", signed_in, 302),
        ("consent", browser.open(address(&[("prompt", "consent")])).await, 200),
        ("form", browser.open(address(&[("response_mode", "form_post")])).await, 200),
        ("error", browser.pick(&address(&[]), "nobody").await, 400),
        ("another tenant", browser.pick(&address(&[]), "megan@fabrikam.onmicrosoft.com").await, 400),
        ("stranger", browser.open(endpoint(&emulator, CONTOSO, "authorize")).await, 400),
        ("question at the end", browser.sign_out(&emulator, &[]).await, 200),
        ("frames", browser.sign_out(&emulator, &[("logout_hint", "x")]).await, 200),
        ("end", browser.sign_out(&emulator, &[]).await, 200),
        ("start", browser.open(emulator.origin()).await, 200),
        ("nothing", browser.open(format!("{}/nothing", emulator.origin())).await, 404),
    ] {
        assert_eq!(page.status(), status, "{name}");
        let header = |name: &str| page.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(header("x-frame-options"), (status != 302).then(|| "DENY".to_owned()), "{name}");
        // Entra is not known to send it; with it, a window that a script opened could not tell the result.
        assert_eq!(header("cross-origin-opener-policy"), None, "{name}");
    }
}
