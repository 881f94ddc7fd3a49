//! Where a request comes from: a program, a page of this emulator, or a page of another origin.

use poem::http::HeaderMap;
use poem::http::header::{HOST, ORIGIN};

/// Whether a page that is not the emulator's own had a browser send this, or a frame did. Browsers say so: all of them
/// in `Origin` where a form or a script changes something, and today's in `Sec-Fetch-Site` always. A script cannot set
/// either. Programs have no reason to send them.
pub(crate) fn is_foreign_page(headers: &HeaderMap, scheme: &str) -> bool {
    let every = |name: &str, is_good: &dyn Fn(&[u8]) -> bool| {
        headers.get_all(name).iter().all(|value| is_good(value.as_bytes()))
    };
    let own = headers.get(HOST).map(|host| [scheme.as_bytes(), b"://", host.as_bytes()].concat()).unwrap_or_default();
    let is_own_site = every("sec-fetch-site", &|site| matches!(site, b"same-origin" | b"none"));
    let is_own_origin = every(ORIGIN.as_str(), &|origin| origin.eq_ignore_ascii_case(&own));
    let is_not_framed = every("sec-fetch-dest", &|destination| !FRAMES.contains(&destination));
    !(is_own_site && is_own_origin && is_not_framed)
}

/// The emulator's own pages do not frame each other.
const FRAMES: [&[u8]; 5] = [b"iframe", b"frame", b"embed", b"object", b"fencedframe"];

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTS: [(&str, &str); 2] = [("host", "127.0.0.1:8400"), ("host", "localhost:8400")];

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn programs_and_own_pages_are_told_apart_from_pages_of_others() {
        for (sent, is_foreign) in [
            (&[][..], false),
            (&[("origin", "{own}")][..], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "same-origin"), ("origin", "{own}"), ("sec-fetch-dest", "document")], false),
            (&[("origin", "http://evil.example")], true),
            (&[("origin", "https://{host}")], true),
            (&[("origin", "http://localhost:3000")], true),
            (&[("origin", "http://127.0.0.1:3000")], true),
            (&[("origin", "{own}.evil.example")], true),
            (&[("origin", "null")], true),
            (&[("origin", "")], true),
            (&[("origin", "{own}"), ("origin", "http://evil.example")], true),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "")], true),
            (&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "{own}")], true),
            (&[("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")], true),
            (&[("sec-fetch-site", "same-origin"), ("origin", "{own}"), ("sec-fetch-dest", "iframe")], true),
            (&[("sec-fetch-dest", "object")], true),
        ] {
            for host in HOSTS {
                let filled = |value: &str| value.replace("{own}", "http://{host}").replace("{host}", host.1);
                let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, filled(value))).collect();
                let mut sent: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
                sent.push(host);
                assert_eq!(is_foreign_page(&headers(&sent), "http"), is_foreign, "{sent:?}");
            }
        }
        let other_name = headers(&[("host", "127.0.0.1:8400"), ("origin", "http://localhost:8400")]);
        assert!(is_foreign_page(&other_name, "http"), "the other name of this machine is another origin");
    }
}
