//! Which redirect URIs are registered, and how a request has to write them.

use std::net::SocketAddr;

use url::Url;

use super::{Application, is_loopback};
use crate::directory::host::Host;
use crate::directory::platform::{Platform, origin_to_register};
use crate::faults::entra_error::EntraError;

impl Application {
    /// Whether a redirect URI is one of the registered ones.
    pub(crate) fn is_registered(&self, uri: &str) -> bool {
        self.platform(uri).is_some()
    }

    /// What a redirect URI is registered for, if it is.
    pub(crate) fn platform(&self, uri: &str) -> Option<Platform> {
        if self.is_among(&self.redirect_uris, uri) {
            Some(Platform::Web)
        } else {
            self.is_among(&self.single_page_redirect_uris, uri).then_some(Platform::SinglePage)
        }
    }

    /// The first redirect URI that is registered for both platforms.
    pub(crate) fn ambiguous_redirect_uri(&self) -> Option<&str> {
        let mut pages = self.single_page_redirect_uris.iter();
        pages.find(|uri| self.is_among(&self.redirect_uris, uri)).map(String::as_str)
    }

    /// What the real service says of a redirect URI that is not registered, together with those that are.
    pub(crate) fn unknown_redirect_uri(&self, uri: &str) -> EntraError {
        let registered: Vec<&str> =
            self.redirect_uris.iter().chain(&self.single_page_redirect_uris).map(String::as_str).collect();
        let registered = if registered.is_empty() { "none".to_owned() } else { registered.join(", ") };
        let is_other_name =
            Url::parse(uri).is_ok_and(|url| url.host_str() != Some("localhost") && is_this_machine(&url));
        let remedy = if is_other_name {
            "Open the application under http://localhost, where the port does not matter, or register this address"
        } else {
            "Register this address, letter for letter"
        };
        let text = format!(
            "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the \
             application '{}'. Registered are {registered}. {remedy}.",
            self.client_id
        );
        EntraError::new("invalid_request", 50011, text)
    }

    /// Registers the address at which a program serves this application. One without any redirect URI gets that of
    /// `azure-auth`.
    pub(crate) fn register_served(&mut self, address: SocketAddr) {
        if self.redirect_uris.is_empty() && self.single_page_redirect_uris.is_empty() {
            self.redirect_uris.push(DEFAULT_REDIRECT_URI.to_owned());
        }
        let Some(origin) = origin_to_register(address) else { return };
        for registered in [&mut self.redirect_uris, &mut self.single_page_redirect_uris] {
            let paths = registered
                .iter()
                .filter_map(|uri| without_port_of_localhost(uri).strip_prefix(LOCALHOST).map(str::to_owned));
            let served: Vec<String> = paths.map(|path| format!("{origin}{path}")).collect();
            registered.extend(served);
        }
    }

    fn is_among(&self, registered: &[String], uri: &str) -> bool {
        let comparable = if self.any_loopback_redirect_uri { without_loopback_host } else { without_port_of_localhost };
        let wanted = comparable(uri);
        registered.iter().any(|registered| comparable(registered) == wanted)
    }
}

/// What the real service compares: the text itself, except for the port of `http://localhost`.
fn without_port_of_localhost(uri: &str) -> String {
    let Some(rest) = uri.strip_prefix(LOCALHOST).and_then(|rest| rest.strip_prefix(':')) else { return uri.to_owned() };
    let (port, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    if is_port { format!("{LOCALHOST}{path}") } else { uri.to_owned() }
}

/// The address without its port if it is on loopback, unchanged otherwise. The two names of loopback count as one.
fn without_loopback_host(uri: &str) -> String {
    match Url::parse(uri) {
        Ok(mut url) if url.scheme() == "http" && is_loopback(&url) => {
            // Both cannot fail for an http address with a host.
            let _ = url.set_port(None);
            let _ = url.set_host(Some("localhost"));
            url.to_string()
        }
        _ => uri.to_owned(),
    }
}

const LOCALHOST: &str = "http://localhost";

/// The redirect URI of applications with `azure-auth`, unless they choose another path.
pub(crate) const DEFAULT_REDIRECT_URI: &str = "http://localhost/authorization-code/callback";

fn is_this_machine(url: &Url) -> bool {
    url.host_str().and_then(Host::without_port).is_some_and(|host| host.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_uri_is_right_letter_for_letter_but_for_the_port_of_localhost() {
        let exact = Application::new("a")
            .redirect_uri("http://localhost:5000/callback")
            .redirect_uri("http://127.0.0.1:3000/other")
            .redirect_uri("https://app.test/callback")
            .single_page_redirect_uri("http://localhost/page");
        let lenient = exact.clone().any_loopback_redirect_uri();
        for (uri, is_exact, is_lenient) in [
            ("http://localhost:5000/callback", true, true),
            ("http://localhost/callback", true, true),
            ("http://localhost:3000/callback", true, true),
            ("http://localhost:65535/callback", true, true),
            ("http://localhost:9/page", true, true),
            ("http://127.0.0.1:3000/other", true, true),
            ("https://app.test/callback", true, true),
            ("http://127.0.0.1:5000/callback", false, true),
            ("http://127.0.0.1/callback", false, true),
            ("http://127.0.0.1:3001/other", false, true),
            ("http://127.0.0.1/other", false, true),
            ("http://localhost:3000/other", false, true),
            ("http://LOCALHOST/callback", false, true),
            ("http://localhost/a/../callback", false, true),
            ("http://localhost:3000/Callback", false, false),
            ("http://localhost/callback/", false, false),
            ("http://localhost/callback?a=b", false, false),
            ("http://localhost/callback#a", false, false),
            ("http://localhost:65536/callback", false, false),
            ("http://localhost:+80/callback", false, false),
            ("http://localhost:3000@evil.example/callback", false, false),
            ("http://localhost.evil.example/callback", false, false),
            ("http://localhost:3000.evil.example/callback", false, false),
            ("http://app.localhost/callback", false, false),
            ("http://[::1]:5000/callback", false, false),
            ("http://127.0.0.2:3000/other", false, false),
            ("https://localhost:5000/callback", false, false),
            ("https://app.test:8443/callback", false, false),
            ("https://APP.test/callback", false, false),
            ("http://app.test/callback", false, false),
            ("", false, false),
            ("x", false, false),
        ] {
            assert_eq!(exact.is_registered(uri), is_exact, "{uri}");
            assert_eq!(lenient.is_registered(uri), is_lenient, "{uri}, any on loopback");
        }
    }

    #[test]
    fn an_unknown_redirect_uri_is_named_with_those_that_are_registered_and_the_remedy() {
        let application = Application::new("a").redirect_uri("http://localhost/callback");
        let registered = "Registered are http://localhost/callback. ";
        for (uri, remedy) in [
            ("http://127.0.0.1:3000/callback", "Open the application under http://localhost, where"),
            ("http://[::1]:3000/callback", "Open the application under http://localhost, where"),
            ("http://localhost:3000/other", "Register this address, letter for letter."),
            ("https://evil.example/callback", "Register this address, letter for letter."),
        ] {
            let text = application.unknown_redirect_uri(uri).message;
            assert!(text.contains(&format!("'{uri}'")) && text.contains(&format!("{registered}{remedy}")), "{text}");
        }
        assert!(Application::new("a").unknown_redirect_uri("x").message.contains("Registered are none. "));
    }

    #[test]
    fn the_address_that_is_going_to_be_served_is_registered_and_no_other() {
        for (bind, registered, refused) in [
            (
                "127.0.0.1:3000",
                &["http://127.0.0.1:3000/cb", "http://127.0.0.1:3000/page"][..],
                "http://127.0.0.1:3001/cb",
            ),
            ("127.9.9.9:1", &["http://127.9.9.9:1/cb"], "http://127.0.0.1:1/cb"),
            ("127.0.0.1:0", &["http://localhost:3000/cb"], "http://127.0.0.1:0/cb"),
            ("[::1]:3000", &["http://localhost:3000/cb"], "http://[::1]:3000/cb"),
            ("192.168.0.1:3000", &["http://localhost:3000/cb"], "http://192.168.0.1:3000/cb"),
        ] {
            let mut application = Application::new("a")
                .redirect_uri("http://localhost:5000/cb")
                .redirect_uri("https://app.test/cb")
                .single_page_redirect_uri("http://localhost/page");
            application.register_served(bind.parse().unwrap());
            for uri in registered {
                assert!(application.is_registered(uri), "{bind} {uri}");
            }
            assert!(!application.is_registered(refused), "{bind} {refused}");
            assert_eq!(application.ambiguous_redirect_uri(), None);
        }
        let mut without = Application::new("a");
        without.register_served("127.0.0.1:3000".parse().unwrap());
        for host in ["localhost:1", "127.0.0.1:3000"] {
            assert!(without.is_registered(&format!("http://{host}/authorization-code/callback")), "{host}");
        }
        let mut page = Application::new("a").single_page_redirect_uri("https://app.test/page");
        page.register_served("127.0.0.1:3000".parse().unwrap());
        assert!(!page.is_registered(DEFAULT_REDIRECT_URI), "an application that registers one gets no other");
    }
}
