//! Where an application is told that a session is over.

use url::Url;

use super::{Application, is_loopback};

impl Application {
    /// Where to tell this application that a session is over, if somebody signed in with this redirect URI.
    pub(crate) fn front_channel_logout_url_beside(&self, redirect_uri: &str) -> Option<String> {
        let registered = self.front_channel_logout_url.as_ref()?;
        let (Ok(mut url), Ok(beside)) = (Url::parse(registered), Url::parse(redirect_uri)) else {
            return Some(registered.clone());
        };
        if url.port().is_none() && is_loopback(&url) && is_loopback(&beside) {
            // It cannot fail for an address with a host.
            let _ = url.set_port(beside.port());
        }
        Some(url.to_string())
    }

    /// The front-channel logout URL, if it could not be loaded.
    pub(crate) fn wrong_logout_url(&self) -> Option<&str> {
        let is_right = |url: &Url| url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
        let written = self.front_channel_logout_url.as_deref()?;
        let url = Url::parse(written).ok().filter(is_right).filter(|url| url.fragment().is_none());
        if url.is_some() && written.len() <= LONGEST_LOGOUT_URL { None } else { Some(written) }
    }
}

/// In characters, as at the real service.
const LONGEST_LOGOUT_URL: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logout_url_on_loopback_is_loaded_at_the_port_where_the_application_is_if_it_names_none() {
        let loaded = |registered: &str, redirect_uri| {
            Application::new("a").front_channel_logout_url(registered).front_channel_logout_url_beside(redirect_uri)
        };
        for (registered, redirect_uri, expected) in [
            ("http://localhost/out", "http://localhost:3000/callback", "http://localhost:3000/out"),
            ("http://localhost/out", "http://127.0.0.1:3000/callback", "http://localhost:3000/out"),
            ("https://localhost/out", "https://localhost:3000/callback", "https://localhost:3000/out"),
            ("http://localhost/out", "http://localhost/callback", "http://localhost/out"),
            ("http://localhost:9/out", "http://localhost:3000/callback", "http://localhost:9/out"),
            ("http://localhost/out", "https://app.test:3000/callback", "http://localhost/out"),
            ("https://app.test/out", "http://localhost:3000/callback", "https://app.test/out"),
        ] {
            assert_eq!(loaded(registered, redirect_uri).as_deref(), Some(expected), "{registered} {redirect_uri}");
        }
        assert_eq!(Application::new("a").front_channel_logout_url_beside("http://localhost/callback"), None);
    }
}
