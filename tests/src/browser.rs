//! A browser without a window: it keeps cookies, sends the headers that pages cannot forge, submits forms, and follows
//! redirects when it is asked to.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Method, StatusCode};
use url::{Url, form_urlencoded};

use crate::application::Application;
use crate::cookie_jar::{Cookie, CookieJar, Errand};
use crate::document;
use crate::site::{Relation, site};

/// A browser with its cookies. Tabs are pages: any number of them may be under way.
pub struct Browser {
    http: reqwest::Client,
    jar: Mutex<CookieJar>,
    /// Where hosts other than loopback are found: as if a proxy that ends TLS stood in between.
    hosts: Mutex<HashMap<String, SocketAddr>>,
    visited: Mutex<Vec<Url>>,
}

/// An answer, and how the browser got there.
#[derive(Clone, Debug)]
pub struct Page {
    /// The address in the address bar.
    pub address: Url,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
    trail: Trail,
}

/// What later redirects are judged by.
#[derive(Clone, Debug)]
struct Trail {
    method: Method,
    kind: Kind,
    form: Vec<(String, String)>,
    source: Option<Source>,
    earlier: Vec<Url>,
    /// The site of the page in the window, where that shows the answer in a frame.
    framed_by: Option<String>,
}

/// The page from which something was asked.
#[derive(Clone, Debug)]
struct Source {
    address: Url,
    referrer_policy: String,
    content_policy: String,
}

/// Who is behind a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A person: the answer is the next page.
    Navigation,
    /// A script of a page.
    Script,
    /// A program that is not a browser and says nothing about itself.
    Program,
}

/// A request that is not sent yet.
pub struct Call<'b> {
    browser: &'b Browser,
    address: Url,
    trail: Trail,
    headers: Vec<(String, String)>,
    without: Vec<&'static str>,
    body: Option<(&'static str, String)>,
}

impl Default for Browser {
    fn default() -> Self {
        // Everything is on this machine: no redirect unasked, no proxy, no certificates.
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
        Self {
            http: http.build().expect("a client"),
            jar: Mutex::default(),
            hosts: Mutex::default(),
            visited: Mutex::default(),
        }
    }
}

impl Browser {
    /// A browser without cookies.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another browser that somehow has the same cookies.
    #[must_use]
    pub fn copy(&self) -> Self {
        let copy = Self::new();
        lock(&copy.jar).clone_from(&lock(&self.jar));
        lock(&copy.hosts).clone_from(&lock(&self.hosts));
        copy
    }

    /// Puts a proxy that ends TLS for `host` in front of an address.
    pub fn put_proxy_before(&self, host: &str, address: SocketAddr) {
        lock(&self.hosts).insert(host.to_owned(), address);
    }

    /// The person types an address; a redirect stays unfollowed.
    pub async fn open(&self, address: impl AsRef<str>) -> Page {
        self.navigation(Method::GET, address).send().await
    }

    /// The person types an address and waits until a page is there.
    pub async fn visit(&self, address: impl AsRef<str>) -> Page {
        self.follow(self.open(address).await).await
    }

    /// Goes where a page sends the browser, as often as it does.
    pub async fn follow(&self, mut page: Page) -> Page {
        for _ in 0..20 {
            if page.location().is_none() {
                return page;
            }
            page = self.step(&page).await;
        }
        panic!("the browser is sent round in circles, last to {}", page.address);
    }

    /// Goes where a page sends the browser, once.
    pub async fn step(&self, page: &Page) -> Page {
        self.next(page).send().await
    }

    /// The request for where a page sends the browser.
    pub fn next(&self, page: &Page) -> Call<'_> {
        let target = page.location().unwrap_or_else(|| panic!("{page:?} sends nowhere"));
        let mut trail = page.trail.clone();
        trail.earlier.push(page.address.clone());
        if let Some(source) = &trail.source
            && trail.method == Method::POST
        {
            source.assert_forms_may_go_to(&target);
        }
        let keeps_method = matches!(page.status, 307 | 308);
        if !keeps_method && trail.method == Method::POST {
            trail.method = Method::GET;
            trail.form.clear();
        }
        self.call(target, trail)
    }

    /// The person follows a link of a page; a redirect stays unfollowed.
    pub async fn click(&self, page: &Page, label: &str) -> Page {
        let links = document::links(&page.text);
        let link = links.iter().find(|link| link.label.contains(label));
        let link = link.unwrap_or_else(|| panic!("no link {label:?} on {page:?}"));
        let address = page.address.join(&link.address).expect("an address");
        self.navigation(Method::GET, address).from(page).send().await
    }

    /// The person presses a button of a page; a redirect stays unfollowed.
    pub async fn press(&self, page: &Page, label: &str) -> Page {
        self.submission(page, label).send().await
    }

    /// The request that a button of a page makes.
    pub fn submission(&self, page: &Page, label: &str) -> Call<'_> {
        let forms = document::forms(&page.text);
        let with_button = |form: &document::Form| {
            let button = form.buttons.iter().find(|button| button.label.contains(label))?;
            Some((form.clone(), button.clone()))
        };
        let (form, button) =
            forms.iter().find_map(with_button).unwrap_or_else(|| panic!("no button {label:?} on {page:?}"));
        assert_eq!(form.method, "post", "the forms of these tests change something");
        let address = page.address.join(&form.action).expect("an address");
        let fields = form.hidden.into_iter().chain(button.field).collect();
        self.navigation(Method::POST, address).from(page).form(fields)
    }

    /// The person signs in from the start, and ends where the application sends them. Whoever is known to the provider
    /// already is not asked again.
    pub async fn sign_in(&self, application: &Application, account: &str) -> Page {
        let page = self.visit(application.at("/login")).await;
        if page.text.contains("Pick an account") { self.pick(&page, account).await } else { page }
    }

    /// The person picks an account on the provider's page, and ends where that leads.
    pub async fn pick(&self, accounts: &Page, account: &str) -> Page {
        self.follow(self.press(accounts, account).await).await
    }

    /// The person opens an address, signs in where that is asked, and agrees to what is new.
    pub async fn visit_as(&self, account: &str, address: impl AsRef<str>) -> Page {
        let mut page = self.visit(address).await;
        for _ in 0..4 {
            page = if page.text.contains("Pick an account") {
                self.pick(&page, account).await
            } else if page.text.contains("name=\"consent\"") {
                self.pick(&page, "Accept").await
            } else {
                return page;
            };
        }
        page
    }

    /// Whether the application knows who this is.
    pub async fn is_signed_in(&self, application: &Application) -> bool {
        let answer = self.program(Method::GET, application.at("/session")).send().await;
        match answer.status {
            200 => true,
            401 => false,
            _ => panic!("neither signed in nor not: {answer:?}"),
        }
    }

    /// A request that becomes the next page.
    pub fn navigation(&self, method: Method, address: impl AsRef<str>) -> Call<'_> {
        self.call_of(Kind::Navigation, method, address)
    }

    /// A page shows another site's page in a frame.
    pub async fn frame(&self, top: &Page, address: impl AsRef<str>) -> Page {
        let mut call = self.navigation(Method::GET, address).from(top);
        call.trail.framed_by = Some(site(&top.address));
        call.send().await
    }

    /// A script of a page, or a link of it, opens an address in a window of its own; a redirect stays unfollowed.
    pub async fn window(&self, opener: &Page, address: impl AsRef<str>) -> Page {
        let mut call = self.navigation(Method::GET, address).from(opener);
        call.trail.framed_by = None;
        call.send().await
    }

    /// A request of a script on a page.
    pub fn script(&self, page: &Page, method: Method, address: impl AsRef<str>) -> Call<'_> {
        self.call_of(Kind::Script, method, address).from(page)
    }

    /// A request of a program that is not a browser, with this browser's cookies.
    pub fn program(&self, method: Method, address: impl AsRef<str>) -> Call<'_> {
        self.call_of(Kind::Program, method, address)
    }

    /// The cookies of a host.
    pub fn cookies(&self, host: &str) -> Vec<Cookie> {
        lock(&self.jar).of_host(host)
    }

    /// The one session cookie of a host, if there is one.
    pub fn session_cookie(&self, host: &str) -> Option<Cookie> {
        self.cookies(host).into_iter().find(|cookie| cookie.name.contains("azure-session-"))
    }

    /// The cookies of sessions in frames of a host.
    pub fn frame_cookies(&self, host: &str) -> Vec<Cookie> {
        self.cookies(host).into_iter().filter(|cookie| cookie.name.contains("azure-embedded-")).collect()
    }

    /// The cookies that a host knows this browser by while it signs in.
    pub fn attempt_cookies(&self, host: &str) -> Vec<Cookie> {
        self.cookies(host).into_iter().filter(|cookie| cookie.name.contains("azure-sign-in-")).collect()
    }

    /// Puts a cookie into the jar that no answer has set.
    pub fn put_cookie(&self, cookie: Cookie) {
        lock(&self.jar).put(cookie);
    }

    /// Forgets a cookie.
    pub fn remove_cookie(&self, cookie: &Cookie) {
        lock(&self.jar).remove(&cookie.host, &cookie.name);
    }

    /// Every address asked for so far.
    pub fn visited(&self) -> Vec<Url> {
        lock(&self.visited).clone()
    }

    fn call_of(&self, kind: Kind, method: Method, address: impl AsRef<str>) -> Call<'_> {
        let address = address.as_ref();
        let address = address.parse().unwrap_or_else(|error| panic!("{error}: {address}"));
        self.call(address, Trail { method, kind, form: Vec::new(), source: None, earlier: Vec::new(), framed_by: None })
    }

    fn call(&self, address: Url, trail: Trail) -> Call<'_> {
        Call { browser: self, address, trail, headers: Vec::new(), without: Vec::new(), body: None }
    }

    /// Where a host is on the network.
    fn network_address(&self, address: &Url) -> Url {
        let host = address.host_str().unwrap_or_default();
        let port = address.port_or_known_default().unwrap_or_default();
        let is_loopback = host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.");
        let socket = if is_loopback {
            SocketAddr::from((Ipv4Addr::LOCALHOST, port))
        } else {
            *lock(&self.hosts).get(host).unwrap_or_else(|| panic!("nobody is at {address}"))
        };
        let rest = &address[url::Position::BeforePath..url::Position::AfterQuery];
        format!("http://{socket}{rest}").parse().expect("an address")
    }
}

impl Call<'_> {
    /// Where it goes.
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// From which page it is asked. Without one, the person typed the address.
    #[must_use]
    pub fn from(mut self, page: &Page) -> Self {
        self.trail.framed_by.clone_from(&page.trail.framed_by);
        self.trail.source = Some(Source {
            address: page.address.clone(),
            referrer_policy: page.header("referrer-policy").to_owned(),
            content_policy: page.header("content-security-policy").to_owned(),
        });
        self
    }

    /// With form fields.
    #[must_use]
    pub fn form(mut self, fields: Vec<(String, String)>) -> Self {
        self.trail.form = fields;
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(mut self, body: impl Into<String>) -> Self {
        self.body = Some(("application/json", body.into()));
        self
    }

    /// With a further header; it may be there twice.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As an older browser, which sends no fetch metadata.
    #[must_use]
    pub fn without_fetch_metadata(mut self) -> Self {
        self.without.extend(["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"]);
        self
    }

    /// Without the `Accept` of its kind, in place of which there may be another.
    #[must_use]
    pub fn without_accept(mut self) -> Self {
        self.without.push("accept");
        self
    }

    /// As a browser that hides where it comes from.
    #[must_use]
    pub fn without_origin(mut self) -> Self {
        self.without.push("origin");
        self
    }

    /// Sends it, takes the cookies of the answer, follows nothing.
    pub async fn send(self) -> Page {
        let address = self.address.clone();
        self.try_send().await.unwrap_or_else(|error| panic!("no answer from {address}: {error:?}"))
    }

    /// The same where the other side may be gone: without a whole answer.
    pub async fn try_send(self) -> Result<Page, reqwest::Error> {
        let Self { browser, address, trail, headers, without, body } = self;
        if let Some(source) = &trail.source
            && trail.kind == Kind::Navigation
            && trail.method == Method::POST
        {
            source.assert_forms_may_go_to(&address);
        }
        lock(&browser.visited).push(address.clone());
        let relation = trail.source.as_ref().map(|source| Relation::between(&source.address, &address));
        let is_navigation = trail.kind == Kind::Navigation;
        let errand = Errand {
            relation,
            is_safe_navigation: is_navigation && trail.method.is_safe(),
            framed_by: trail.framed_by.as_deref(),
        };
        let cookies = lock(&browser.jar).header(&address, errand);

        let authority = &address[url::Position::BeforeHost..url::Position::AfterPort];
        let mut request =
            browser.http.request(trail.method.clone(), browser.network_address(&address)).header("host", authority);
        let automatic = trail.automatic_headers(&address).into_iter().filter(|(name, _)| !without.contains(name));
        for (name, value) in automatic.chain(cookies.map(|cookies| ("cookie", cookies))) {
            request = request.header(name, value);
        }
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = match body {
            Some((kind, body)) => request.header("content-type", kind).body(body),
            None if trail.method == Method::POST => {
                let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&trail.form).finish();
                request.header("content-type", "application/x-www-form-urlencoded").body(body)
            }
            None => request,
        };
        let answer = request.send().await?;

        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        for header in headers.get_all(SET_COOKIE) {
            let header = header.to_str().expect("a cookie in ASCII");
            lock(&browser.jar).store(header, &address, errand, is_navigation);
        }
        let text = answer.text().await?;
        Ok(Page { address, status, headers, text, trail })
    }
}

impl Trail {
    /// The headers that a browser adds by itself, and that no page can change.
    fn automatic_headers(&self, address: &Url) -> Vec<(&'static str, String)> {
        let (mode, destination, accept) = match self.kind {
            Kind::Navigation if self.framed_by.is_some() => ("navigate", "iframe", "text/html,*/*;q=0.8"),
            Kind::Navigation => ("navigate", "document", "text/html,application/xhtml+xml,*/*;q=0.8"),
            Kind::Script => ("cors", "empty", "*/*"),
            Kind::Program => return vec![("accept", "*/*".to_owned())],
        };
        let mut headers = vec![
            ("accept", accept.to_owned()),
            ("sec-fetch-site", self.fetch_site(address).to_owned()),
            ("sec-fetch-mode", mode.to_owned()),
            ("sec-fetch-dest", destination.to_owned()),
        ];
        if let Some(source) = &self.source {
            let relation = Relation::between(&source.address, address);
            let is_foreign_script = self.kind == Kind::Script && relation != Relation::SameOrigin;
            if !self.method.is_safe() || is_foreign_script {
                headers.push(("origin", source.origin_toward(relation)));
            }
            if let Some(referrer) = source.referrer_toward(relation) {
                headers.push(("referer", referrer));
            }
        }
        headers
    }

    /// The farthest that the way led from the page that asked (Fetch Metadata §2.4).
    fn fetch_site(&self, address: &Url) -> &'static str {
        let Some(source) = &self.source else { return "none" };
        let way = self.earlier.iter().chain([address]);
        way.map(|step| Relation::between(&source.address, step)).max().map_or("none", Relation::as_str)
    }
}

impl Source {
    /// `Origin`, as far as the page's referrer policy lets it be known (Fetch §3.2).
    fn origin_toward(&self, relation: Relation) -> String {
        let is_hidden = match self.referrer_policy.as_str() {
            "no-referrer" => true,
            "same-origin" => relation != Relation::SameOrigin,
            _ => false,
        };
        if is_hidden { "null".to_owned() } else { self.address.origin().ascii_serialization() }
    }

    /// `Referer`, as far as the page's policy lets it be known (Referrer Policy §3; without one
    /// `strict-origin-when-cross-origin`).
    fn referrer_toward(&self, relation: Relation) -> Option<String> {
        let (origin, mut whole) = (self.address.origin().ascii_serialization() + "/", self.address.clone());
        whole.set_fragment(None);
        let is_same_origin = relation == Relation::SameOrigin;
        match self.referrer_policy.as_str() {
            "no-referrer" => None,
            "same-origin" => is_same_origin.then(|| whole.into()),
            "origin" | "strict-origin" => Some(origin),
            _ => Some(if is_same_origin { whole.into() } else { origin }),
        }
    }

    /// What browsers do with `form-action`, redirects of the form included.
    fn assert_forms_may_go_to(&self, target: &Url) {
        let mut directives = self.content_policy.split(';').map(str::trim);
        let Some(allowed) = directives.find_map(|directive| directive.strip_prefix("form-action ")) else { return };
        let target = target.origin().ascii_serialization();
        let is_allowed = allowed.split(' ').any(|allowed| match allowed {
            "'self'" => self.address.origin().ascii_serialization() == target,
            origin => origin == target,
        });
        assert!(is_allowed, "the policy of {} lets no form go to {target}: {}", self.address, self.content_policy);
    }
}

impl Page {
    /// A page of somebody else.
    pub fn of(address: &str) -> Self {
        let trail = Trail {
            method: Method::GET,
            kind: Kind::Navigation,
            form: Vec::new(),
            source: None,
            earlier: Vec::new(),
            framed_by: None,
        };
        let address = address.parse().expect("an address");
        Self { address, status: StatusCode::OK.as_u16(), headers: HeaderMap::new(), text: String::new(), trail }
    }

    /// A header; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where the answer sends the browser.
    pub fn location(&self) -> Option<Url> {
        let location = self.headers.get(LOCATION)?.to_str().expect("an address in ASCII");
        Some(self.address.join(location).expect("an address"))
    }

    /// The cookies that the answer sets, as written.
    pub fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().filter_map(|header| header.to_str().ok()).collect()
    }

    /// A parameter of the address it sends to.
    pub fn location_parameter(&self, name: &str) -> Option<String> {
        let location = self.location()?;
        let parameter = location.query_pairs().find(|(found, _)| found == name);
        parameter.map(|(_, value)| value.into_owned())
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Why the application refused: the code on its page, or in its problem document.
    pub fn reason(&self) -> Option<String> {
        if self.header("content-type") == "application/problem+json" {
            return self.json()["code"].as_str().map(ToOwned::to_owned);
        }
        document::detail(&self.text, "Reason")
    }
}

/// Nothing under these locks can panic half-way.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
