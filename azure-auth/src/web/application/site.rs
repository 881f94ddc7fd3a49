//! One address under which an application is used.

use crate::model::settings::origin::Origin;
use crate::model::settings::public_url::PublicUrl;
use crate::rules::session::cookies::CookieNames;

/// The address, and the names of the application's cookies there.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) url: PublicUrl,
    pub(crate) origin: Origin,
    pub(crate) names: CookieNames,
}

impl Site {
    pub(crate) fn new(client_id: &str, url: impl Into<PublicUrl>) -> Self {
        let url = url.into();
        Self { names: CookieNames::new(client_id, &url), origin: url.origin().clone(), url }
    }

    /// Whether a `Host` header names this site, in whatever letters and with or without the port that goes without saying.
    pub(crate) fn is_at(&self, host: &str) -> bool {
        let own = self.origin.host();
        let port = if self.origin.is_https() { ":443" } else { ":80" };
        host.eq_ignore_ascii_case(own)
            || host.strip_suffix(port).is_some_and(|host| !self.origin.has_port() && host.eq_ignore_ascii_case(own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_names_a_site_in_every_spelling_of_it_and_no_other() {
        let site = |url: &str| Site::new("client", PublicUrl::parse(url).unwrap());
        for (url, host, expected) in [
            ("https://app.example.com", "app.example.com", true),
            ("https://app.example.com/app", "App.Example.COM:443", true),
            ("https://app.example.com", "app.example.com:80", false),
            ("https://app.example.com", "app.example.com:8443", false),
            ("https://app.example.com", "app.example.com.", false),
            ("https://app.example.com", "evil.example", false),
            ("https://app.example.com", "app.example.com,evil.example", false),
            ("https://app.example.com", "evil.example@app.example.com", false),
            ("https://app.example.com", "app.example.com/", false),
            ("https://app.example.com", "", false),
            ("https://app.example.com:8443", "app.example.com:8443", true),
            ("https://app.example.com:8443", "app.example.com", false),
            ("https://app.example.com:8443", "app.example.com:8443:443", false),
            ("https://b\u{fc}cher.example", "xn--bcher-kva.example", true),
            ("http://localhost:3000", "LOCALHOST:3000", true),
            ("http://localhost", "localhost:80", true),
            ("http://[::1]:3000", "[::1]:3000", true),
        ] {
            assert_eq!(site(url).is_at(host), expected, "{host} at {url}");
        }
    }
}
