//! The host that a request names: this machine, or one that the emulator was told of.

use std::net::{Ipv4Addr, Ipv6Addr};

use poem::Request;
use poem::http::HeaderValue;
use poem::http::header::HOST;
use thiserror::Error;

/// The hosts that are answered. The owner of a domain can point its name at 127.0.0.1, and then a page of that domain
/// talks to this emulator as to its own server (DNS rebinding). The name that it asks for shows that.
#[derive(Clone, Debug, Default)]
pub(crate) struct AnsweredHosts {
    /// Beside loopback: names and addresses without a port, in lower case.
    further: Vec<String>,
}

/// Why a request is not for this emulator.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum WrongHost {
    /// HTTP/1.0, or a program that writes its requests itself.
    #[error("found no Host header, expected one")]
    Missing,
    #[error("found {0} Host headers, expected one")]
    Several(usize),
    /// Not what RFC 3986 §3.2 allows in a `Host`.
    #[error("found the host {0:?}, expected a name or an address, with or without a port")]
    Malformed(String),
    #[error(
        "found the host {0:?}, expected localhost, a name that ends in .localhost, 127.0.0.1 or [::1], under any port"
    )]
    Foreign(String),
}

impl WrongHost {
    /// What to do about it.
    pub(crate) const REMEDY: &str = "ask for http://127.0.0.1:<port> or http://localhost:<port>, or start the emulator \
                                     with `--host <name>` (`EmulatorBuilder::host` in code) if it has that name on purpose";
}

impl AnsweredHosts {
    /// Loopback and these.
    pub(crate) fn with(further: &[String]) -> Self {
        Self { further: further.iter().map(|host| host.to_ascii_lowercase()).collect() }
    }

    /// Every name that a request gives must be answered: that of its header, and that of its target, which comes first
    /// where both are there (RFC 9112 §3.2.2), and which is all there is in HTTP/2.
    pub(crate) fn check(&self, request: &Request) -> Result<(), WrongHost> {
        let target = request.original_uri().authority().or(request.uri().authority());
        let headers: Vec<&HeaderValue> = request.headers().get_all(HOST).iter().collect();
        match (headers.as_slice(), target) {
            ([], None) => return Err(WrongHost::Missing),
            ([] | [_], _) => {}
            (several, _) => return Err(WrongHost::Several(several.len())),
        }
        let written = headers.into_iter().map(|header| String::from_utf8_lossy(header.as_bytes()).into_owned());
        written.chain(target.map(ToString::to_string)).try_for_each(|written| self.check_one(&written))
    }

    fn check_one(&self, written: &str) -> Result<(), WrongHost> {
        let host = Host::parse(written).ok_or_else(|| WrongHost::Malformed(written.to_owned()))?;
        let is_told = self.further.iter().any(|further| Host::without_port(further).as_ref() == Some(&host));
        if host.is_loopback() || is_told { Ok(()) } else { Err(WrongHost::Foreign(written.to_owned())) }
    }
}

/// A host as a request or a setting names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// In lower case.
    Name(String),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

impl Host {
    /// Reads `host` or `host:port`, and nothing lenient: two programs could read a sloppy name as two hosts.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let end = if text.starts_with('[') { text.find(']')? + 1 } else { text.find(':').unwrap_or(text.len()) };
        let (host, port) = text.split_at(end);
        let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
        let has_no_bad_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        Self::without_port(host).filter(|_| has_no_bad_port)
    }

    /// Reads a host alone.
    pub(crate) fn without_port(text: &str) -> Option<Self> {
        if let Some(address) = text.strip_prefix('[') {
            return address.strip_suffix(']')?.parse().ok().map(Self::V6);
        }
        if let Ok(address) = text.parse() {
            return Some(Self::V4(address));
        }
        let is_label = |label: &str| {
            let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            (1..=63).contains(&label.len()) && label.bytes().all(is_letter)
        };
        // A name that ends in a number would be read as an address (URL Standard), and this one is not an address.
        let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
        let is_name =
            text.len() <= 253 && text.split('.').all(is_label) && !text.rsplit('.').next().is_some_and(is_number);
        is_name.then(|| Self::Name(text.to_ascii_lowercase()))
    }

    /// Whether it is this machine, whatever the network says: RFC 6761 §6.3 for names.
    pub(crate) fn is_loopback(&self) -> bool {
        match self {
            Self::Name(name) => name == "localhost" || name.ends_with(".localhost"),
            Self::V4(address) => address.is_loopback(),
            Self::V6(address) => address.is_loopback(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(target: &str, hosts: &[&[u8]]) -> Request {
        let mut request = Request::builder().uri_str(target);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        request.finish()
    }

    #[test]
    fn loopback_is_answered_in_every_spelling_and_under_every_port_and_no_other_host_is() {
        let malformed = |host: &str| Err(WrongHost::Malformed(host.to_owned()));
        let foreign = |host: &str| Err(WrongHost::Foreign(host.to_owned()));
        for (host, expected) in [
            ("localhost", Ok(())),
            ("LOCALHOST:8400", Ok(())),
            ("localhost:1", Ok(())),
            ("localhost:65535", Ok(())),
            ("app.localhost", Ok(())),
            ("a.b.localhost:3000", Ok(())),
            ("127.0.0.1", Ok(())),
            ("127.0.0.1:8400", Ok(())),
            ("127.255.255.254:1", Ok(())),
            ("[::1]", Ok(())),
            ("[::1]:8400", Ok(())),
            ("[0:0:0:0:0:0:0:1]:8400", Ok(())),
            ("evil.example", foreign("evil.example")),
            ("evil.example:8400", foreign("evil.example:8400")),
            ("localhost.evil.example", foreign("localhost.evil.example")),
            ("127.0.0.1.evil.example:8400", foreign("127.0.0.1.evil.example:8400")),
            ("127.0.0.1.nip.io", foreign("127.0.0.1.nip.io")),
            ("notlocalhost", foreign("notlocalhost")),
            ("localhost-evil", foreign("localhost-evil")),
            ("local", foreign("local")),
            ("128.0.0.1", foreign("128.0.0.1")),
            ("126.255.255.255", foreign("126.255.255.255")),
            ("0.0.0.0:8400", foreign("0.0.0.0:8400")),
            ("192.168.0.1", foreign("192.168.0.1")),
            ("169.254.169.254", foreign("169.254.169.254")),
            ("[::]:8400", foreign("[::]:8400")),
            ("[::2]", foreign("[::2]")),
            ("[::ffff:127.0.0.1]", foreign("[::ffff:127.0.0.1]")),
            ("", malformed("")),
            (":8400", malformed(":8400")),
            (".localhost", malformed(".localhost")),
            ("a..localhost", malformed("a..localhost")),
            ("localhost.", malformed("localhost.")),
            ("localhost:", malformed("localhost:")),
            ("localhost:65536", malformed("localhost:65536")),
            ("localhost:+80", malformed("localhost:+80")),
            ("localhost:80:80", malformed("localhost:80:80")),
            ("localhost:8400/evil.example", malformed("localhost:8400/evil.example")),
            ("localhost, evil.example", malformed("localhost, evil.example")),
            ("evil.example@localhost", malformed("evil.example@localhost")),
            ("localhost@evil.example", malformed("localhost@evil.example")),
            ("localhost evil.example", malformed("localhost evil.example")),
            ("http://localhost", malformed("http://localhost")),
            ("127.1", malformed("127.1")),
            ("2130706433", malformed("2130706433")),
            ("0177.0.0.1", malformed("0177.0.0.1")),
            ("127.0.0.1.", malformed("127.0.0.1.")),
            ("::1", malformed("::1")),
            ("[::1", malformed("[::1")),
            ("[::1]8400", malformed("[::1]8400")),
            ("[::1%lo]", malformed("[::1%lo]")),
            ("[localhost]", malformed("[localhost]")),
            ("ⅼocalhost", malformed("ⅼocalhost")),
        ] {
            assert_eq!(AnsweredHosts::default().check(&request("/", &[host.as_bytes()])), expected, "{host}");
        }
    }

    #[test]
    fn a_request_names_one_host_and_means_it() {
        let foreign = || Err(WrongHost::Foreign("evil.example".to_owned()));
        for (target, hosts, expected) in [
            ("/", &[][..], Err(WrongHost::Missing)),
            ("/", &["localhost"][..], Ok(())),
            ("/", &["localhost", "localhost"], Err(WrongHost::Several(2))),
            ("/", &["localhost", "evil.example"], Err(WrongHost::Several(2))),
            ("/", &["evil.example", "localhost"], Err(WrongHost::Several(2))),
            ("http://localhost/", &["localhost"], Ok(())),
            ("http://127.0.0.1:8400/", &["localhost:8400"], Ok(())),
            ("http://evil.example/", &["localhost"], foreign()),
            ("http://localhost/", &["evil.example"], foreign()),
            ("http://localhost/", &["localhost", "localhost"], Err(WrongHost::Several(2))),
            ("http://localhost/", &[], Ok(())),
            ("http://evil.example/", &[], foreign()),
        ] {
            let hosts: Vec<&[u8]> = hosts.iter().map(|host| host.as_bytes()).collect();
            assert_eq!(AnsweredHosts::default().check(&request(target, &hosts)), expected, "{target} {hosts:?}");
        }
        let unreadable = AnsweredHosts::default().check(&request("/", &[b"localhost\xff"]));
        assert_eq!(unreadable, Err(WrongHost::Malformed("localhost\u{fffd}".to_owned())));
    }

    #[test]
    fn a_host_that_the_emulator_was_told_of_is_answered_under_every_port_and_its_relatives_are_not() {
        let hosts = AnsweredHosts::with(&["Entra.Test".to_owned(), "10.0.0.7".to_owned(), "[fd00::7]".to_owned()]);
        for (host, is_answered) in [
            ("entra.test", true),
            ("ENTRA.test:8400", true),
            ("10.0.0.7:8400", true),
            ("[fd00:0::7]:8400", true),
            ("localhost", true),
            ("a.entra.test", false),
            ("entra.test.evil.example", false),
            ("xentra.test", false),
            ("10.0.0.70", false),
            ("[fd00::8]", false),
        ] {
            assert_eq!(hosts.check(&request("/", &[host.as_bytes()])).is_ok(), is_answered, "{host}");
        }
    }
}
