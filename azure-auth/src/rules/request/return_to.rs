//! May we send the browser back to this address?

use url::Url;

use crate::model::settings::origin::Origin;
use crate::model::settings::public_url::PublicUrl;

/// Longer addresses are not remembered.
pub(crate) const LENGTH_LIMIT: usize = 512;

/// A path of our own to go back to after sign-in: `wanted` where it is one, `/` otherwise.
///
/// A browser resolves `//host`, `/\host` and some encoded forms to another site, so only a path with exactly one
/// leading slash passes, without control characters, decoded or not.
pub(crate) fn return_to(wanted: &str) -> &str {
    if is_own_path(wanted) { wanted } else { "/" }
}

/// The same below the prefix of the public address; its start page otherwise. What is beside it on the same host is
/// another application.
pub(crate) fn return_to_below<'a>(url: &'a PublicUrl, wanted: &'a str) -> &'a str {
    let is_below = || {
        let rest = wanted.strip_prefix(url.prefix())?;
        (rest.is_empty() || rest.starts_with(['/', '?', '#'])).then_some(!climbs(rest))
    };
    let is_own = is_own_path(wanted) && (url.prefix().is_empty() || is_below().unwrap_or(false));
    if is_own { wanted } else { url.root() }
}

/// Whether a browser goes up from a path: `..`, in each of the spellings that it knows (URL Standard, "double-dot").
fn climbs(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    path.split('/').any(|segment| segment.to_ascii_lowercase().replace("%2e", ".") == "..")
}

/// A page of a trusted origin to go back to, by its whole address: as browsers write it, so that they read in it what was
/// judged here.
pub(crate) fn trusted_page(wanted: &str, trusted: &[Origin]) -> Option<String> {
    let is_plain = wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let url = Url::parse(wanted).ok().filter(|_| is_plain)?;
    // The letters of a user name are read as those of a host.
    let names_nobody = url.username().is_empty() && url.password().is_none();
    let is_trusted = Origin::of(&url).is_ok_and(|origin| trusted.contains(&origin));
    let is_fit = url.as_str().len() <= LENGTH_LIMIT && !has_encoded_control(url.as_str());
    (names_nobody && is_trusted && is_fit).then(|| url.into())
}

fn is_own_path(wanted: &str) -> bool {
    let starts_like_another_site = |rest: &str| {
        let rest = rest.to_ascii_lowercase();
        ["/", "\\", "%2f", "%5c"].iter().any(|slash| rest.starts_with(slash))
    };
    let is_plain = wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let Some(rest) = wanted.strip_prefix('/') else { return false };
    wanted.len() <= LENGTH_LIMIT && is_plain && !starts_like_another_site(rest) && !has_encoded_control(wanted)
}

/// `%00` to `%1f` and `%7f`, and a backslash in disguise.
fn has_encoded_control(wanted: &str) -> bool {
    wanted.as_bytes().windows(3).any(|window| match window {
        [b'%', b'0' | b'1', second] => second.is_ascii_hexdigit(),
        [b'%', b'7', second] => second.eq_ignore_ascii_case(&b'f'),
        [b'%', b'5', second] => second.eq_ignore_ascii_case(&b'c'),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_our_own_is_kept() {
        for path in
            ["/", "/me", "/me?tab=1&x=%2F%2f", "/a/b/c#part", "/%C3%A9", "/a//b", "/a/../b", "/?u=https://x.example/"]
        {
            assert_eq!(return_to(path), path);
        }
        let longest = format!("/{}", "a".repeat(511));
        assert_eq!(return_to(&longest), longest);
    }

    #[test]
    fn below_a_prefix_nothing_leads_to_what_stands_beside_it() {
        let app = PublicUrl::parse("https://example.com/app").unwrap();
        for kept in ["/app", "/app/", "/app/me?x=/../y#..", "/app?x", "/app#part", "/app/a..b/...", "/app/./me"] {
            assert_eq!(return_to_below(&app, kept), kept);
        }
        for outside in [
            "/",
            "/me",
            "/apple",
            "/App/me",
            "/app.evil",
            "/app/..",
            "/app/../other",
            "/app/a/../../other",
            "/app/%2e%2E/other",
            "/app/.%2e/other?x",
            "/other/app",
            "//app/me",
            "//evil.example/app",
            "/%2fapp",
            "https://example.com/app",
            "",
        ] {
            assert_eq!(return_to_below(&app, outside), "/app", "{outside}");
        }
        let with_slash = PublicUrl::parse("https://example.com/app/").unwrap();
        assert_eq!(return_to_below(&with_slash, "/other"), "/app/");
        assert_eq!(return_to_below(&with_slash, "/app"), "/app");
        let whole_host = PublicUrl::parse("https://example.com").unwrap();
        for (wanted, expected) in [("/me", "/me"), ("/a/../b", "/a/../b"), ("//evil.example", "/"), ("", "/")] {
            assert_eq!(return_to_below(&whole_host, wanted), expected, "{wanted}");
        }
    }

    #[test]
    fn a_page_of_a_trusted_origin_is_gone_back_to_by_its_whole_address() {
        let trusted = ["https://www.example.com", "http://localhost:5173"].map(|origin| Origin::parse(origin).unwrap());
        for (wanted, expected) in [
            ("https://www.example.com/", "https://www.example.com/"),
            ("https://www.example.com", "https://www.example.com/"),
            ("https://www.example.com/a?b=%2F#c", "https://www.example.com/a?b=%2F#c"),
            // What browsers would make of these, said as they would say it.
            ("HTTPS://WWW.Example.com:443/a", "https://www.example.com/a"),
            ("https:www.example.com/a", "https://www.example.com/a"),
            ("https://www.example.com/a/../b", "https://www.example.com/b"),
            ("http://localhost:5173/app", "http://localhost:5173/app"),
        ] {
            assert_eq!(trusted_page(wanted, &trusted).as_deref(), Some(expected), "{wanted}");
            assert_eq!(trusted_page(wanted, &[]), None, "{wanted}: nobody is trusted");
            assert_eq!(return_to(wanted), "/", "{wanted}: by itself it is nobody's");
        }
        let long = format!("https://www.example.com/{}", "a".repeat(488));
        assert!(trusted_page(&long, &trusted).is_some());
        for wanted in [
            "http://www.example.com/",
            "https://www.example.com:8443/",
            "https://example.com/",
            "https://www.example.com.evil.example/",
            "https://www.example.com@evil.example/",
            "https://evil@www.example.com/",
            "https://:x@www.example.com/",
            "https://www.example.com\\@evil.example/",
            "https://www.example.com\\evil",
            "https://evil.example/https://www.example.com/",
            "https://evil.example#https://www.example.com/",
            "//www.example.com/",
            "/https://www.example.com/",
            "www.example.com",
            " https://www.example.com/",
            "https://www.example.com/\r\nSet-Cookie:x",
            "https://www.example.com/%0d%0aSet-Cookie:x",
            "https://www.example.com/é",
            "javascript://www.example.com/%0aalert(1)",
            "data:text/html,https://www.example.com",
            "blob:https://www.example.com/x",
            "",
            "/me",
        ] {
            assert_eq!(trusted_page(wanted, &trusted), None, "{wanted:?}");
        }
        assert_eq!(trusted_page(&format!("{long}a"), &trusted), None);
    }

    #[test]
    fn anything_else_becomes_the_start_page() {
        for address in [
            "",
            "me",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/%2fevil.example",
            "/%2Fevil.example",
            "/%5cevil.example",
            "/%5Cevil.example",
            "%2f%2fevil.example",
            "https://evil.example/",
            "https:evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "/\tevil",
            "/a\r\nSet-Cookie: x=y",
            "/a%0d%0aSet-Cookie:x",
            "/a%00",
            "/a%7F",
            "/a%5cb",
            "/a b",
            "/é",
            " /me",
            "/\u{2028}",
        ] {
            assert_eq!(return_to(address), "/", "{address:?}");
        }
        assert_eq!(return_to(&format!("/{}", "a".repeat(512))), "/");
    }
}
