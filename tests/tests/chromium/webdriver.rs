//! WebDriver, as far as it is used here (<https://www.w3.org/TR/webdriver2/>).
//!
//! A client of our own: the crates for this bring a second `http`, a second `cookie` and tables for segmenting text,
//! and here it is one request with JSON for each of a dozen commands.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

/// A running chromedriver. Dropping it closes its browsers and ends it.
pub(crate) struct Chromedriver {
    port: u16,
    process: Child,
    scratch: PathBuf,
    /// Open as long as the process may write into it.
    _output: BufReader<ChildStdout>,
}

/// One browser with a profile of its own, empty at first.
pub(crate) struct Session {
    address: String,
    client: Client,
}

/// What a command gave, or the error's name in the standard and its text.
pub(crate) type Outcome = Result<Value, String>;

impl Chromedriver {
    /// Starts one on a port of its own choice. `scratch`: a directory for what it and its browsers need for the time
    /// being, gone afterwards; they would leave some of it behind.
    pub(crate) fn start(log: &Path, scratch: PathBuf) -> Self {
        fs::create_dir(&scratch).unwrap();
        // The port that is free in one family of addresses may be taken in the other, and then it ends.
        let started = (0..10).find_map(|_| start(log, &scratch));
        let (process, port, output) = started.expect("chromedriver says its port");
        Self { port, process, scratch, _output: output }
    }

    /// Opens a browser that keeps no cookies of sites in frames of others, and opens windows only when a person asks. As
    /// no directory is named for its profile, chromedriver makes an empty one.
    /// `further`: preferences beside these.
    pub(crate) async fn open(&self, browser: &Path, further: &Value) -> Session {
        let mut preferences = json!({ "profile.cookie_controls_mode": 1, "profile.block_third_party_cookies": true });
        for (name, value) in further.as_object().into_iter().flatten() {
            preferences[name] = value.clone();
        }
        let options = json!({
            "binary": browser,
            "args": ARGUMENTS,
            "prefs": preferences,
            "excludeSwitches": ["disable-popup-blocking"],
        });
        let capabilities = json!({
            "browserName": "chrome",
            // A local Entra ID that speaks https has a certificate that no browser knows.
            "acceptInsecureCerts": true,
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        // Not through a proxy that the environment may name.
        let client = Client::builder().no_proxy().build().unwrap();
        let address = format!("http://127.0.0.1:{}/session", self.port);
        let wanted = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let session = exchange(&client, Method::POST, &address, &wanted).await.unwrap();
        let id = session["sessionId"].as_str().unwrap();
        Session { address: format!("{address}/{id}"), client }
    }
}

fn start(log: &Path, scratch: &Path) -> Option<(Child, u16, BufReader<ChildStdout>)> {
    let mut process = Command::new("chromedriver")
        .arg("--port=0")
        .arg(format!("--log-path={}", log.display()))
        .env("TMPDIR", scratch)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(process.stdout.take().unwrap());
    let port = output.by_ref().lines().map_while(Result::ok).find_map(|line| port(&line));
    if port.is_none() {
        process.wait().unwrap();
    }
    Some((process, port?, output))
}

impl Session {
    /// Asks for something: `url`, `screenshot`, …
    pub(crate) async fn get(&self, command: &str) -> Outcome {
        exchange(&self.client, Method::GET, &format!("{}/{command}", self.address), &Value::Null).await
    }

    /// Does something: `url`, `refresh`, `actions`, …
    pub(crate) async fn post(&self, command: &str, parameters: Value) -> Outcome {
        exchange(&self.client, Method::POST, &format!("{}/{command}", self.address), &parameters).await
    }
}

impl Drop for Chromedriver {
    /// Killed, it would leave its browsers behind; asked, it closes them first. A test that failed cannot wait for
    /// anything, so this is said without a runtime.
    fn drop(&mut self) {
        if shut_down(self.port).is_err() {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.scratch);
    }
}

fn shut_down(port: u16) -> std::io::Result<()> {
    let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    connection.set_read_timeout(Some(Duration::from_secs(20)))?;
    write!(connection, "GET /shutdown HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n")?;
    connection.read_to_end(&mut Vec::new()).map(drop)
}

async fn exchange(client: &Client, method: Method, address: &str, parameters: &Value) -> Outcome {
    let mut request = client.request(method.clone(), address);
    if method == Method::POST {
        request = request.json(parameters);
    }
    let response = request.send().await.map_err(|error| error.to_string())?;
    let is_success = response.status().is_success();
    let mut answer: Value = response.json().await.map_err(|error| error.to_string())?;
    let value = answer["value"].take();
    if is_success { Ok(value) } else { Err(format!("{}: {}", value["error"], value["message"])) }
}

/// `ChromeDriver was started successfully on port 45231.`
fn port(line: &str) -> Option<u16> {
    line.strip_prefix("ChromeDriver was started successfully on port ")?.trim_end_matches('.').parse().ok()
}

const ARGUMENTS: [&str; 11] = [
    "--headless=new",
    // The sandbox needs rights that containers do not have; the only pages opened are our own.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    // Nothing but the pages under test.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1000,800",
    "--lang=en",
];
