//! Cookies as a browser keeps them (RFC 6265bis): by host, whatever the port.

use std::time::{Duration, SystemTime};

use cookie::{Cookie as SetCookie, SameSite};
use url::Url;

use crate::site::{Relation, site};

/// Names and values longer than this together are dropped without a word.
const SIZE_LIMIT: usize = 4096;

/// One cookie that a browser keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The host that set it. `Domain` is never used here, so no other gets it back.
    pub host: String,
    /// The paths that get it back begin with this.
    pub path: String,
    /// Scripts do not see it.
    pub http_only: bool,
    is_secure: bool,
    is_strict: bool,
    /// The site in whose frames it was set (`Partitioned`), and which alone gets it back there.
    partition: Option<String>,
    expires: Option<SystemTime>,
}

/// For what a request is made, as far as cookies care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errand<'e> {
    /// The relation of the address to whoever asks; none when the person typed it.
    pub relation: Option<Relation>,
    /// It will be the page in the window, and the method changes nothing.
    pub is_safe_navigation: bool,
    /// The site of the page in the window, where it shows whoever asks in a frame and is another site.
    pub framed_by: Option<&'e str>,
}

impl Errand<'_> {
    fn is_cross_site(self) -> bool {
        self.relation == Some(Relation::CrossSite)
    }
}

/// Everything one browser keeps.
#[derive(Clone, Debug, Default)]
pub struct CookieJar {
    cookies: Vec<Cookie>,
}

impl CookieJar {
    /// Takes a `Set-Cookie` header. `is_navigation`: the answer is the page in the window. Frames of other sites keep
    /// nothing but what is `Partitioned`: third-party cookies are blocked.
    ///
    /// # Panics
    /// Where browsers would drop it silently and a test could look for the cause for long: a malformed header, a
    /// cookie that is too big, a `__Host-` name without what it promises.
    pub fn store(&mut self, header: &str, from: &Url, errand: Errand, is_navigation: bool) {
        let set = SetCookie::parse(header.to_owned()).unwrap_or_else(|error| panic!("{error}: {header}"));
        let size = set.name().len() + set.value().len();
        assert!(size <= SIZE_LIMIT, "a cookie of {size} bytes would be dropped: {}", set.name());
        let is_secure = set.secure().unwrap_or(false);
        assert!(!is_secure || is_trustworthy(from), "a secure cookie from an open address would be dropped");
        let keeps_promise = is_secure && set.path() == Some("/") && set.domain().is_none();
        assert!(!set.name().starts_with("__Host-") || keeps_promise, "the prefix of {header} promises more");
        let is_partitioned = set.partitioned().unwrap_or(false);
        assert!(!is_partitioned || is_secure, "a partitioned cookie that is not secure would be dropped: {header}");
        let is_foreign_subresource = errand.is_cross_site() && !is_navigation;
        if !is_partitioned && (is_foreign_subresource || errand.framed_by.is_some()) {
            return;
        }

        let cookie = Cookie {
            name: set.name().to_owned(),
            value: set.value().to_owned(),
            host: host(from),
            path: set.path().filter(|path| path.starts_with('/')).map_or_else(|| directory(from), ToOwned::to_owned),
            http_only: set.http_only().unwrap_or(false),
            is_secure,
            is_strict: set.same_site() == Some(SameSite::Strict),
            partition: is_partitioned.then(|| errand.framed_by.map_or_else(|| site(from), ToOwned::to_owned)),
            expires: expiry(&set),
        };
        let is_same = |kept: &Cookie| kept.identity() == cookie.identity();
        match self.cookies.iter().position(is_same) {
            // A cookie that is set again keeps its place.
            Some(place) => self.cookies[place] = cookie,
            None => self.cookies.push(cookie),
        }
        self.cookies.retain(Cookie::is_live);
    }

    /// The `Cookie` header of a request; none if there is nothing to send.
    pub fn header(&self, to: &Url, errand: Errand) -> Option<String> {
        let mut sent: Vec<&Cookie> = self.cookies.iter().filter(|cookie| cookie.goes_to(to, errand)).collect();
        sent.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> = sent.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// The live cookies of a host.
    pub fn of_host(&self, host: &str) -> Vec<Cookie> {
        self.cookies.iter().filter(|cookie| cookie.host == host && cookie.is_live()).cloned().collect()
    }

    /// Puts a cookie into the jar that no answer has set: planted, restored, tampered with.
    pub fn put(&mut self, cookie: Cookie) {
        self.cookies.retain(|kept| (&kept.name, &kept.host) != (&cookie.name, &cookie.host));
        self.cookies.push(cookie);
    }

    /// Forgets the cookies of a host that are named so.
    pub fn remove(&mut self, host: &str, name: &str) {
        self.cookies.retain(|kept| (kept.name.as_str(), kept.host.as_str()) != (name, host));
    }
}

impl Cookie {
    /// The same cookie with another value.
    #[must_use]
    pub fn with_value(&self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self.clone() }
    }

    fn identity(&self) -> (&str, &str, &str, Option<&str>) {
        (&self.name, &self.host, &self.path, self.partition.as_deref())
    }

    fn is_live(&self) -> bool {
        self.expires.is_none_or(|expires| expires > SystemTime::now())
    }

    fn goes_to(&self, to: &Url, errand: Errand) -> bool {
        let is_under = to.path().strip_prefix(self.path.as_str());
        let is_on_path =
            is_under.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/'));
        // `SameSite=Lax`, written or not.
        let is_allowed = match (&self.partition, errand.framed_by) {
            (Some(partition), Some(framed_by)) => partition == framed_by,
            (Some(partition), None) => *partition == site(to),
            (None, Some(_)) => false,
            (None, None) => !errand.is_cross_site() || errand.is_safe_navigation && !self.is_strict,
        };
        let is_safe = !self.is_secure || is_trustworthy(to);
        self.host == host(to) && is_on_path && is_allowed && is_safe && self.is_live()
    }
}

/// Browsers keep secure cookies of this machine as well, which nobody on the way can read.
fn is_trustworthy(url: &Url) -> bool {
    url.scheme() == "https" || host(url) == "localhost" || host(url).starts_with("127.")
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// The default path: up to the last slash.
fn directory(url: &Url) -> String {
    match url.path().rsplit_once('/') {
        Some(("", _)) | None => "/".to_owned(),
        Some((directory, _)) => directory.to_owned(),
    }
}

/// `Max-Age` goes before `Expires`.
fn expiry(set: &SetCookie<'_>) -> Option<SystemTime> {
    let now = SystemTime::now();
    match (set.max_age(), set.expires_datetime()) {
        (Some(age), _) => {
            Some(u64::try_from(age.whole_seconds()).map_or(now, |seconds| now + Duration::from_secs(seconds)))
        }
        (None, Some(instant)) => Some(instant.into()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPED: Errand = Errand { relation: None, is_safe_navigation: true, framed_by: None };

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    fn jar(headers: &[&str], from: &str) -> CookieJar {
        let mut jar = CookieJar::default();
        for header in headers {
            jar.store(header, &url(from), TYPED, true);
        }
        jar
    }

    #[test]
    fn cookies_know_hosts_and_no_ports() {
        let jar = jar(&["a=1; Path=/"], "http://localhost:1/");
        assert_eq!(jar.header(&url("http://localhost:2/"), TYPED).as_deref(), Some("a=1"));
        assert_eq!(jar.header(&url("http://127.0.0.1:1/"), TYPED), None);
    }

    #[test]
    fn paths_are_honoured_and_the_longest_goes_first() {
        let jar = jar(&["a=1; Path=/", "b=2; Path=/in", "c=3"], "http://localhost/in/deep");
        assert_eq!(jar.header(&url("http://localhost/in/x"), TYPED).as_deref(), Some("b=2; c=3; a=1"));
        assert_eq!(jar.header(&url("http://localhost/inner"), TYPED).as_deref(), Some("a=1"));
    }

    #[test]
    fn a_cookie_ends_when_it_says_so_and_only_under_its_own_path() {
        let mut jar = jar(&["a=1; Path=/", "b=1; Path=/"], "http://localhost/");
        jar.store("a=; Max-Age=0; Path=/", &url("http://localhost/"), TYPED, true);
        jar.store("b=; Max-Age=0; Path=/elsewhere", &url("http://localhost/"), TYPED, true);
        jar.store("c=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", &url("http://localhost/"), TYPED, true);
        assert_eq!(jar.header(&url("http://localhost/"), TYPED).as_deref(), Some("b=1"));
    }

    #[test]
    fn a_secure_cookie_stays_off_open_addresses() {
        let jar = jar(&["__Host-a=1; Path=/; Secure"], "https://app.example.test/");
        assert!(jar.header(&url("https://app.example.test/"), TYPED).is_some());
        assert_eq!(jar.header(&url("http://app.example.test/"), TYPED), None);
    }

    #[test]
    fn a_frame_of_another_site_has_cookies_of_its_own_and_no_others() {
        let framed = |framed_by| Errand { relation: None, is_safe_navigation: true, framed_by: Some(framed_by) };
        let mut jar = jar(&["own=1; Path=/"], "https://localhost/");
        let partitioned = "frame=1; Path=/; Secure; SameSite=None; Partitioned";
        jar.store(partitioned, &url("https://localhost/"), framed("portal.test"), false);
        jar.store("blocked=1; Path=/; Secure; SameSite=None", &url("https://localhost/"), framed("portal.test"), false);
        let sent = |errand| jar.header(&url("https://localhost/"), errand);
        assert_eq!(sent(framed("portal.test")).as_deref(), Some("frame=1"));
        assert_eq!(sent(framed("other.test")), None);
        assert_eq!(sent(TYPED).as_deref(), Some("own=1"));
    }

    #[test]
    fn another_site_sends_a_cookie_only_with_a_link() {
        let jar = jar(&["lax=1; Path=/; SameSite=Lax", "strict=1; Path=/; SameSite=Strict"], "http://localhost/");
        let sent = |relation, is_safe_navigation| {
            jar.header(
                &url("http://localhost/"),
                Errand { relation: Some(relation), is_safe_navigation, framed_by: None },
            )
        };
        assert_eq!(sent(Relation::CrossSite, true).as_deref(), Some("lax=1"));
        assert_eq!(sent(Relation::CrossSite, false), None);
        assert_eq!(sent(Relation::SameSite, false).as_deref(), Some("lax=1; strict=1"));
    }
}
