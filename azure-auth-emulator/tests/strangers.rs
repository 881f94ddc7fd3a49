//! Who must not use the emulator: clients that ask for another host, and pages of other origins.

use azure_auth_emulator::Emulator;
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

const CONTOSO: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const BACK: &str = "http://localhost:3000/authorization-code/callback";

/// Addresses of every kind of endpoint, whether something is there or not.
const PATHS: [(&str, &str); 18] = [
    ("GET", "/"),
    ("GET", "/nothing"),
    ("GET", "/emulator/tokens"),
    ("POST", "/emulator/tokens"),
    ("POST", "/emulator/nothing"),
    ("GET", "/oidc/userinfo"),
    ("GET", "/contoso.test/v2.0/.well-known/openid-configuration"),
    ("GET", "/contoso.test/.well-known/openid-configuration"),
    ("GET", "/no.test/v2.0/.well-known/openid-configuration"),
    ("GET", "/plain/.well-known/openid-configuration"),
    ("GET", "/common/discovery/instance"),
    ("GET", "/contoso.test/discovery/v2.0/keys"),
    ("GET", "/contoso.test/oauth2/v2.0/authorize"),
    ("POST", "/contoso.test/oauth2/v2.0/token"),
    ("OPTIONS", "/contoso.test/oauth2/v2.0/token"),
    ("GET", "/contoso.test/oauth2/v2.0/logout"),
    ("GET", "/elsewhere/contoso.test/discovery/v2.0/keys"),
    ("DELETE", "/emulator/tokens"),
];

/// Sends a request as it is written, and returns status, head and body.
async fn send(emulator: &Emulator, request: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(emulator.origin().trim_start_matches("http://")).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer:?} to {request:?}"));
    (head.split(' ').nth(1).unwrap().parse().unwrap(), head.to_ascii_lowercase(), body.to_owned())
}

fn written(method: &str, target: &str, hosts: &[&str]) -> String {
    let hosts: Vec<String> = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect();
    let hosts = hosts.concat();
    format!("{method} {target} HTTP/1.1\r\n{hosts}Content-Length: 0\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn a_request_for_another_host_gets_nothing_at_any_path() {
    let emulator = Emulator::start().await.unwrap();
    for (method, path) in PATHS {
        for hosts in [
            &["evil.example"][..],
            &["evil.example:8400"],
            &["localhost.evil.example"],
            &["127.0.0.1.evil.example"],
            &["192.168.0.1"],
            &["0.0.0.0"],
            &[""],
            &["localhost,evil.example"],
            &["localhost", "localhost"],
            &["localhost", "evil.example"],
            &[],
        ] {
            let (status, head, body) = send(&emulator, &written(method, path, hosts)).await;
            assert_eq!(status, 421, "{method} {path} {hosts:?}: {body}");
            assert!(body.starts_with("found ") && body.contains(", expected "), "{body}");
            assert!(body.contains("ask for http://127.0.0.1:<port> or http://localhost:<port>"), "{body}");
            for promise in ["content-type: text/plain", "cache-control: no-store", "x-content-type-options: nosniff"] {
                assert!(head.contains(promise), "{head}");
            }
            assert!(!head.contains("access-control-allow-origin"), "{head}");
            assert!(!body.contains("eyJ") && !body.contains("adele") && !body.contains("client"), "{body}");
        }
        for (hosts, target) in [(&["localhost"][..], "http://evil.example"), (&["evil.example"], "http://localhost")] {
            let (status, ..) = send(&emulator, &written(method, &format!("{target}{path}"), hosts)).await;
            assert_eq!(status, 421, "{method} {target}{path} {hosts:?}");
        }
    }
    let head_of_http_1_0 = "GET / HTTP/1.0\r\n\r\n";
    assert_eq!(send(&emulator, head_of_http_1_0).await.0, 421, "it names no host");
}

#[tokio::test]
async fn loopback_is_served_under_each_of_its_names() {
    let emulator = Emulator::start().await.unwrap();
    let own = emulator.origin().trim_start_matches("http://").to_owned();
    for host in
        [own.as_str(), "localhost", "LocalHost:1", "entra.localhost:8400", "127.0.0.1", "127.9.9.9:2", "[::1]:8400"]
    {
        for (method, path, expected) in [
            ("GET", "/", 200),
            ("GET", "/contoso.test/v2.0/.well-known/openid-configuration", 200),
            ("POST", "/emulator/tokens", 200),
        ] {
            let (status, _, body) = send(&emulator, &written(method, path, &[host])).await;
            assert_eq!(status, expected, "{method} {path} at {host}: {body}");
        }
    }
}

#[tokio::test]
async fn a_request_for_another_host_is_noted_without_what_it_carried() {
    let emulator = Emulator::start().await.unwrap();
    send(&emulator, &written("GET", "/contoso.test/oauth2/v2.0/authorize?client_id=a", &["evil.example"])).await;
    let transcript = emulator.transcript();
    let told: Vec<_> = transcript.iter().map(|exchange| (exchange.path.as_str(), exchange.status)).collect();
    assert_eq!(told, [("/contoso.test/oauth2/v2.0/authorize", 421)]);
    assert_eq!(transcript[0].parameter("client_id"), None);
}

/// What browsers say of a page that is not the emulator's own; `{other}` is the other name of this machine.
const FOREIGN: [&[(&str, &str)]; 8] = [
    &[("origin", "http://evil.example")],
    &[("origin", "http://localhost:3000")],
    &[("origin", "null")],
    &[("origin", "{other}")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "same-site"), ("origin", "{other}"), ("sec-fetch-mode", "no-cors")],
    &[("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "iframe")],
];

/// Somebody's browser, as far as it says where a request is from.
struct Browser<'e> {
    emulator: &'e Emulator,
    http: reqwest::Client,
}

impl<'e> Browser<'e> {
    fn at(emulator: &'e Emulator) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
        Self { emulator, http: http.build().unwrap() }
    }

    fn call(&self, method: Method, path: &str, says: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let mut call = self.http.request(method, format!("{}{path}", self.emulator.origin()));
        for (name, value) in says {
            let other = self.emulator.origin().replace("127.0.0.1", "localhost");
            let value = value.replace("{other}", &other).replace("{own}", self.emulator.origin());
            call = call.header(*name, value);
        }
        call
    }
}

/// What browsers say of the emulator's own pages, and what programs say.
const OWN: [&[(&str, &str)]; 3] =
    [&[], &[("origin", "{own}"), ("sec-fetch-site", "same-origin")], &[("sec-fetch-site", "none")]];

#[tokio::test]
async fn no_page_of_another_origin_gets_a_token_made_and_no_frame_does() {
    let emulator = Emulator::start().await.unwrap();
    let browser = Browser::at(&emulator);
    for (path, open) in [("/emulator/tokens", 200), ("/emulator/of-tomorrow", 404)] {
        for says in FOREIGN {
            for body in ["user=adele@contoso.test", "", "{}"] {
                let call = browser.call(Method::POST, path, says).body(body);
                let answer = call.header("content-type", "text/plain").send().await.unwrap();
                assert_eq!(answer.status(), 403, "{path} {says:?}");
                assert_eq!(answer.headers().get("access-control-allow-origin"), None);
                assert_eq!(answer.headers()["x-frame-options"], "DENY");
                let text = answer.text().await.unwrap();
                assert!(text.starts_with("found a request that a page of ") && text.contains(", expected "), "{text}");
                assert!(!text.contains("eyJ"), "{text}");
            }
        }
        for says in OWN {
            let answer = browser.call(Method::POST, path, says).send().await.unwrap();
            assert_eq!(answer.status(), open, "{path} {says:?}");
        }
    }
}

#[tokio::test]
async fn a_get_issues_no_token_and_says_how_to_ask() {
    let emulator = Emulator::start().await.unwrap();
    let browser = Browser::at(&emulator);
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let path = "/emulator/tokens?user=adele@contoso.test&scope=Files.Read";
        let answer = browser.call(method.clone(), path, &[]).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.headers()["allow"]), (405, &"POST".parse().unwrap()), "{method}");
        assert_eq!(answer.headers().get("access-control-allow-origin"), None, "{method}");
        assert_eq!(answer.headers()["x-frame-options"], "DENY", "{method}");
        assert!(!answer.text().await.unwrap().contains("eyJ"), "{method}");
    }
}

fn authorization_request(emulator: &Emulator) -> Vec<(&'static str, String)> {
    let application = &emulator.directory().applications()[0];
    vec![
        ("client_id", application.application_id().to_owned()),
        ("redirect_uri", BACK.to_owned()),
        ("response_type", "code".to_owned()),
        ("scope", "openid".to_owned()),
    ]
}

#[tokio::test]
async fn no_page_of_another_origin_presses_a_button_of_the_account_page() {
    let emulator = Emulator::start().await.unwrap();
    let browser = Browser::at(&emulator);
    let path = format!("/{CONTOSO}/oauth2/v2.0/authorize");
    for (button, value) in [("account", "adele@contoso.test"), ("cancel", "1")] {
        let mut form = authorization_request(&emulator);
        form.push((button, value.to_owned()));
        for says in FOREIGN {
            let answer = browser.call(Method::POST, &path, says).form(&form).send().await.unwrap();
            assert_eq!(
                (answer.status().as_u16(), answer.headers().get("set-cookie")),
                (200, None),
                "{button} {says:?}"
            );
            assert!(answer.text().await.unwrap().contains("Pick an account"), "the person is asked: {says:?}");
        }
        for says in OWN {
            let answer = browser.call(Method::POST, &path, says).form(&form).send().await.unwrap();
            assert_eq!(answer.status(), 302, "{button} {says:?}");
        }
        let address = Url::parse_with_params(&format!("{}{path}", emulator.origin()), &form).unwrap();
        for method in [Method::GET, Method::POST] {
            let answer = browser.http.request(method.clone(), address.clone()).send().await.unwrap();
            let page = answer.text().await.unwrap();
            assert!(page.contains("Pick an account"), "an address presses no {button} either, by {method}");
        }
    }
}

#[tokio::test]
async fn a_foreign_page_neither_agrees_for_a_person_nor_signs_them_out() {
    let emulator = Emulator::start().await.unwrap();
    let browser = Browser::at(&emulator);
    let authorize = format!("/{CONTOSO}/oauth2/v2.0/authorize");
    let mut form = authorization_request(&emulator);
    form.push(("account", "adele@contoso.test".to_owned()));
    let answer = browser.call(Method::POST, &authorize, &[]).form(&form).send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();

    let mut consent = authorization_request(&emulator);
    consent.extend([("prompt", "consent".to_owned()), ("consent", "1".to_owned())]);
    let logout = format!("/{CONTOSO}/oauth2/v2.0/logout");
    let confirmed = [("confirmed", "1".to_owned())];
    for (path, form, question) in
        [(&authorize, &consent[..], "Permissions requested"), (&logout, &confirmed[..], "Which account do you want")]
    {
        for says in FOREIGN {
            let call = browser.call(Method::POST, path, says).header("cookie", &cookie);
            let page = call.form(form).send().await.unwrap().text().await.unwrap();
            assert!(page.contains(question), "{path} {says:?}: {page}");
        }
        let address = Url::parse_with_params(&format!("{}{path}", emulator.origin()), form).unwrap();
        let page = browser.http.get(address).header("cookie", &cookie).send().await.unwrap().text().await.unwrap();
        assert!(page.contains(question), "{path} by an address: {page}");
    }
    for (path, form, status) in [(&authorize, &consent[..], 302), (&logout, &confirmed[..], 200)] {
        let call = browser.call(Method::POST, path, OWN[1]).header("cookie", &cookie);
        let answer = call.form(form).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}: the person presses the button");
        assert!(!answer.text().await.unwrap().contains("Which account"), "{path}");
    }
}
