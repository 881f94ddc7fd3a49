//! What a person does in a browser window, and sees there.

use std::fmt;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::webdriver::Session;

/// Longer than anything takes on a busy machine; reached only when a test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// In CSS pixels.
pub(crate) const PHONE_WIDTH: u64 = 320;

/// How WebDriver's answers name an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser window, possibly with several tabs.
pub(crate) struct Chromium {
    pub(crate) session: Session,
    /// Where its screenshots go.
    pub(crate) album: &'static Path,
}

/// What a page is looked at with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Screen {
    Light,
    Dark,
    /// [`PHONE_WIDTH`] wide.
    Phone,
}

impl fmt::Display for Screen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Phone => "phone",
        })
    }
}

/// What a person does.
impl Chromium {
    /// Types an address.
    pub(crate) async fn open(&self, address: &str) {
        self.does("url", json!({ "url": address })).await;
    }

    pub(crate) async fn reloads(&self) {
        self.does("refresh", json!({})).await;
    }

    pub(crate) async fn goes_back(&self) {
        self.does("back", json!({})).await;
    }

    /// Clicks the link or button on which this is written.
    pub(crate) async fn clicks(&self, label: &str) {
        let path = format!("//*[self::a or self::button][contains(normalize-space(), '{label}')]");
        let element = self.does("element", json!({ "using": "xpath", "value": path })).await;
        let id = element[ELEMENT].as_str().unwrap();
        self.does(&format!("element/{id}/click"), json!({})).await;
    }

    /// Clicks what a selector finds.
    pub(crate) async fn clicks_on(&self, selector: &str) {
        let element = self.does("element", json!({ "using": "css selector", "value": selector })).await;
        let id = element[ELEMENT].as_str().unwrap();
        self.does(&format!("element/{id}/click"), json!({})).await;
    }

    /// Types into what a selector finds.
    pub(crate) async fn types(&self, text: &str, selector: &str) {
        let element = self.does("element", json!({ "using": "css selector", "value": selector })).await;
        let id = element[ELEMENT].as_str().unwrap();
        self.does(&format!("element/{id}/value"), json!({ "text": text })).await;
    }

    /// The same where that closes the window, which then answers no more.
    pub(crate) async fn clicks_last(&self, label: &str) {
        let path = format!("//*[self::a or self::button][contains(normalize-space(), '{label}')]");
        let element = self.does("element", json!({ "using": "xpath", "value": path })).await;
        let id = element[ELEMENT].as_str().unwrap();
        let _ = self.session.post(&format!("element/{id}/click"), json!({})).await;
    }

    /// Looks into the one frame of the page in a tab.
    pub(crate) async fn turns_to_frame(&self, tab: &str) {
        self.turns_to(tab).await;
        let frame = self.does("element", json!({ "using": "css selector", "value": "iframe" })).await;
        self.does("frame", json!({ "id": frame })).await;
    }

    /// Waits for a window besides these, and turns to it.
    pub(crate) async fn turns_to_window_besides(&self, known: &[&str]) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let windows = self.session.get("window/handles").await.unwrap();
            let mut handles = windows.as_array().unwrap().iter().filter_map(Value::as_str);
            if let Some(new) = handles.find(|handle| !known.contains(handle)) {
                self.turns_to(new).await;
                return new.to_owned();
            }
            assert!(Instant::now() < deadline, "no window opened");
        }
    }

    /// Waits until no windows are left but these.
    pub(crate) async fn has_only(&self, known: &[&str]) {
        let deadline = Instant::now() + PATIENCE;
        while self.session.get("window/handles").await.unwrap() != json!(known) {
            assert!(Instant::now() < deadline, "the window stays open");
        }
    }

    /// Presses a key and lets it go.
    pub(crate) async fn presses(&self, key: char) {
        let strokes = json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        let actions = json!([{ "type": "key", "id": "keyboard", "actions": strokes }]);
        self.does("actions", json!({ "actions": actions })).await;
    }

    /// Opens a tab and stays there.
    pub(crate) async fn opens_tab(&self) -> String {
        let tab = text(&self.does("window/new", json!({ "type": "tab" })).await["handle"]);
        self.turns_to(&tab).await;
        tab
    }

    /// Opens tabs without waiting for any of them.
    pub(crate) async fn opens_tabs_at_once(&self, address: &str, count: usize) -> Vec<String> {
        let known = self.session.get("window/handles").await.unwrap();
        for _ in 0..count {
            self.commands("Target.createTarget", json!({ "url": address, "background": true })).await;
        }
        let all = self.session.get("window/handles").await.unwrap();
        let known = known.as_array().unwrap();
        let new: Vec<String> = all.as_array().unwrap().iter().filter(|tab| !known.contains(tab)).map(text).collect();
        assert_eq!(new.len(), count);
        new
    }

    /// Forgets the cookies that an address gets, as a browser does with those of a session when it is closed.
    pub(crate) async fn forgets_cookies_of(&self, address: &str) {
        let asked = json!({ "cmd": "Network.getCookies", "params": { "urls": [address] } });
        let found = self.does("goog/cdp/execute", asked).await;
        for cookie in found["cookies"].as_array().unwrap() {
            self.commands("Network.deleteCookies", json!({ "name": cookie["name"], "url": address })).await;
        }
    }

    pub(crate) async fn turns_to(&self, tab: &str) {
        self.does("window", json!({ "handle": tab })).await;
    }

    pub(crate) async fn looks_at(&self, screen: Screen) {
        let scheme = if screen == Screen::Dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.commands("Emulation.setEmulatedMedia", json!({ "features": features })).await;
        if screen == Screen::Phone {
            let metrics = json!({ "width": PHONE_WIDTH, "height": 640, "deviceScaleFactor": 2, "mobile": true });
            self.commands("Emulation.setDeviceMetricsOverride", metrics).await;
        } else {
            self.commands("Emulation.clearDeviceMetricsOverride", json!({})).await;
        }
    }
}

/// What a person sees.
impl Chromium {
    /// Waits until the page with this heading is there.
    pub(crate) async fn sees(&self, heading: &str) {
        let script = "return document.readyState === 'complete' && document.querySelector('h1')?.textContent";
        let deadline = Instant::now() + PATIENCE;
        loop {
            // While one page gives way to the next, there is none to ask.
            let found = self.session.post("execute/sync", json!({ "script": script, "args": [] })).await;
            if found.as_ref().is_ok_and(|found| found == heading) {
                return;
            }
            assert!(Instant::now() < deadline, "{heading:?} never came, but {found:?} at {}", self.address().await);
        }
    }

    /// Waits until this is written in what a selector finds.
    pub(crate) async fn reads(&self, wanted: &str, selector: &str) {
        let script = format!("return document.querySelector('{selector}')?.innerText");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = self.asks(&script).await;
            if found.as_str().is_some_and(|found| found.contains(wanted)) {
                return;
            }
            assert!(Instant::now() < deadline, "{wanted:?} never came, but {found:?}");
        }
    }

    pub(crate) async fn address(&self) -> String {
        text(&self.session.get("url").await.unwrap())
    }

    /// The tab in front.
    pub(crate) async fn tab(&self) -> String {
        text(&self.session.get("window").await.unwrap())
    }

    /// Everything that is written on the page.
    pub(crate) async fn text(&self) -> String {
        text(&self.asks("return document.body.innerText").await)
    }

    /// The first line of what has the focus, and whether that shows.
    pub(crate) async fn focus(&self) -> String {
        let script = "const focused = document.activeElement; \
                      const outline = getComputedStyle(focused).outlineStyle === 'none' ? 'plain' : 'outlined'; \
                      return `${focused.innerText.split('\\n')[0]}, ${outline}`";
        text(&self.asks(script).await)
    }

    /// The texts that differ too little from what is behind them.
    pub(crate) async fn unreadable_texts(&self) -> Vec<String> {
        serde_json::from_value(self.asks(include_str!("contrast.js")).await).unwrap()
    }

    /// How wide the page is, beyond the edge of the screen too.
    pub(crate) async fn width(&self) -> u64 {
        self.asks("return document.documentElement.scrollWidth").await.as_u64().unwrap()
    }

    /// How many main parts the page has, where readers of screens begin.
    pub(crate) async fn main_parts(&self) -> u64 {
        self.asks("return document.querySelectorAll('main').length").await.as_u64().unwrap()
    }

    /// The errors that the browser has noted since they were last taken: what a page's policy forbids is among them.
    pub(crate) async fn take_errors(&self) -> Vec<String> {
        let entries = self.does("se/log", json!({ "type": "browser" })).await;
        let errors = entries.as_array().unwrap().iter().filter(|entry| entry["level"] == "SEVERE");
        // Browsers ask for a picture of the site by themselves; the quickstart has none.
        let is_picture = |error: &String| error.contains("/favicon.ico ") && error.contains("status of 404");
        errors.map(|error| text(&error["message"])).filter(|error| !is_picture(error)).collect()
    }

    /// Keeps what is to be seen as a picture.
    pub(crate) async fn screenshot(&self, name: &str) {
        let picture = text(&self.session.get("screenshot").await.unwrap());
        fs::write(self.album.join(name).with_extension("png"), STANDARD.decode(picture).unwrap()).unwrap();
    }
}

/// The commands behind it.
impl Chromium {
    async fn does(&self, command: &str, parameters: Value) -> Value {
        self.session.post(command, parameters).await.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// What a function body gives, run in the page.
    pub(crate) async fn asks(&self, script: &str) -> Value {
        self.does("execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// Whether the body of an async function gives something true. While one page gives way to the next, nothing is.
    pub(crate) async fn finds(&self, script: &str) -> bool {
        let script = format!("return (async () => {{ {script} }})()");
        let found = self.session.post("execute/sync", json!({ "script": script, "args": [] })).await;
        found.is_ok_and(|found| found == true)
    }

    /// Runs a script before those of each page that comes into this tab.
    pub(crate) async fn runs_first(&self, script: &str) {
        self.commands("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    }

    /// A command of the developer tools, for what WebDriver has none for.
    async fn commands(&self, command: &str, parameters: Value) {
        self.does("goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await;
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
