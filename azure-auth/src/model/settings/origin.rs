//! Scheme, host and port of a web address.

use std::fmt;
use std::net::IpAddr;

use thiserror::Error;
use url::{Host, Url};

/// Where browsers reach an application: `https://app.example.com`, `http://localhost:3000` (RFC 6454 §4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    text: String,
    is_https: bool,
    is_loopback: bool,
}

/// Why a text is not an origin that browsers may be sent to.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum OriginError {
    #[error("not a web address")]
    NotAnAddress,
    #[error("the address has a path, a query or a user name, and only scheme, host and port belong here")]
    MoreThanAnOrigin,
    #[error("`http` is for loopback hosts only, because cookies and codes would travel in the open")]
    OpenHttp,
}

impl OriginError {
    /// What to write instead.
    pub(crate) fn remedy(&self) -> &'static str {
        match self {
            Self::NotAnAddress => "write scheme and host, as in `https://app.example.com`",
            Self::MoreThanAnOrigin => "write no more than `https://app.example.com`",
            Self::OpenHttp => "write `https`, which browsers see also where a proxy in front ends TLS",
        }
    }
}

impl Origin {
    /// Reads an origin, with or without a trailing slash.
    pub(crate) fn parse(text: &str) -> Result<Self, OriginError> {
        let url = Url::parse(text).map_err(|_| OriginError::NotAnAddress)?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            return Err(OriginError::MoreThanAnOrigin);
        }
        Self::of(&url)
    }

    /// The origin of a whole address.
    pub(crate) fn of(url: &Url) -> Result<Self, OriginError> {
        let is_https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(OriginError::NotAnAddress),
        };
        let is_loopback = is_loopback(url) || is_below_localhost(url);
        if !is_https && !is_loopback {
            return Err(OriginError::OpenHttp);
        }
        Ok(Self { text: url.origin().ascii_serialization(), is_https, is_loopback })
    }

    /// The origin a loopback `Host` header stands for; `None` for every other host.
    pub(crate) fn of_loopback_host(host: &str) -> Option<Self> {
        let origin = Self::parse(&format!("http://{host}")).ok()?;
        // The parser is lenient with what a header may hold; what it made of it must be what was sent.
        (origin.is_loopback && origin.text["http://".len()..].eq_ignore_ascii_case(host.trim_end_matches(":80")))
            .then_some(origin)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Host and port, as a `Host` header names them: without the port that goes without saying.
    pub(crate) fn host(&self) -> &str {
        self.text.split_once("://").map_or("", |(_, host)| host)
    }

    /// Whether a `Host` header names this origin, in whatever letters and with or without the port that goes without saying.
    pub(crate) fn is_at(&self, host: &str) -> bool {
        let own = self.host();
        let port = if self.is_https() { ":443" } else { ":80" };
        host.eq_ignore_ascii_case(own)
            || host.strip_suffix(port).is_some_and(|host| !self.has_port() && host.eq_ignore_ascii_case(own))
    }

    /// Whether the port has to be said.
    pub(crate) fn has_port(&self) -> bool {
        self.host().rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
    }

    pub(crate) fn is_https(&self) -> bool {
        self.is_https
    }

    pub(crate) fn is_loopback(&self) -> bool {
        self.is_loopback
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Whether a browser finds the host on this machine whatever it is called: every name below `localhost` (RFC 6761 §6.3).
/// What this process asks for itself is another matter: its resolver may not know that, and would ask the network.
fn is_below_localhost(url: &Url) -> bool {
    matches!(url.host(), Some(Host::Domain(name)) if name.strip_suffix(".localhost").is_some_and(|labels| !labels.is_empty()))
}

/// Whether an address stays on this machine whoever asks for it: `localhost`, `127.0.0.0/8`, `::1`.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let origin = Origin::parse("https://App.Example.com/").unwrap();
        assert_eq!((origin.as_str(), origin.is_https()), ("https://app.example.com", true));
        assert_eq!(Origin::parse("http://localhost:3000/").unwrap().as_str(), "http://localhost:3000");
        for (text, host, has_port) in [
            ("https://app.example.com:443", "app.example.com", false),
            ("https://app.example.com:8443", "app.example.com:8443", true),
            ("http://[::1]", "[::1]", false),
            ("http://[::1]:3000", "[::1]:3000", true),
            ("http://localhost:80", "localhost", false),
        ] {
            let origin = Origin::parse(text).unwrap();
            assert_eq!((origin.host(), origin.has_port()), (host, has_port), "{text}");
        }
        assert_eq!(Origin::parse("http://app.example.com"), Err(OriginError::OpenHttp));
        assert_eq!(Origin::parse("https://app.example.com/path"), Err(OriginError::MoreThanAnOrigin));
        assert_eq!(Origin::parse("https://user@app.example.com"), Err(OriginError::MoreThanAnOrigin));
        assert_eq!(Origin::parse("app.example.com"), Err(OriginError::NotAnAddress));
        assert_eq!(Origin::parse("ftp://app.example.com"), Err(OriginError::NotAnAddress));
    }

    #[test]
    fn names_below_localhost_are_loopback_to_browsers_and_not_to_our_own_requests() {
        let origin = Origin::parse("http://app.localhost:3000").unwrap();
        assert_eq!((origin.as_str(), origin.is_loopback()), ("http://app.localhost:3000", true));
        assert!(Origin::parse("https://app.localhost").unwrap().is_loopback());
        assert_eq!(Origin::parse("http://applocalhost"), Err(OriginError::OpenHttp));
        assert!(!is_loopback(&"http://app.localhost".parse().unwrap()));
        assert!(is_loopback(&"http://localhost:3000".parse().unwrap()));
    }

    #[test]
    fn only_a_loopback_host_header_names_an_origin() {
        for host in [
            "localhost",
            "localhost:3000",
            "127.0.0.1:80",
            "127.9.9.9",
            "[::1]:3000",
            "LOCALHOST:1",
            "app.localhost:3000",
            "a.b.localhost",
            "App.LocalHost",
        ] {
            assert!(Origin::of_loopback_host(host).is_some(), "{host}");
        }
        for host in [
            "",
            "example.com",
            "localhost.example.com",
            "app.localhost.example.com",
            "notlocalhost",
            ".localhost",
            "app.localhost@example.com",
            "localhost/x",
            "a@localhost",
            "localhost:99999",
        ] {
            assert_eq!(Origin::of_loopback_host(host), None, "{host}");
        }
    }
}
