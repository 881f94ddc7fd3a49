//! At which path is an application mounted? Public addresses may have a prefix; routers and proxies may
//! have taken it away before the layer sees the request, all of it or a part.

use std::borrow::Cow;

use azure_auth_policy::{PathPattern, Segment};

/// What is left of a path behind the prefix: all of the prefix first, then what a proxy in front leaves of it.
pub(crate) fn behind_prefix<'p>(path: &'p str, prefix: &'p str) -> impl Iterator<Item = &'p str> {
    ends_of(prefix).filter_map(move |end| path.strip_prefix(end)).filter(|rest| rest.starts_with('/'))
}

/// The address as browsers know it, of a path and query as it came in. A proxy that takes the prefix away leaves no trace;
/// an application behind one cannot have pages whose own path begins with the prefix.
pub(crate) fn public_address<'a>(prefix: &str, address: &'a str) -> Cow<'a, str> {
    let has =
        |end: &&str| address.strip_prefix(end).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let kept = ends_of(prefix).find(has).map_or(0, str::len);
    match &prefix[..prefix.len() - kept] {
        "" => Cow::Borrowed(address),
        taken => Cow::Owned(format!("{taken}{address}")),
    }
}

/// Whether a request for a public path can get to a place of a router that the router describes by a pattern. What a
/// segment may be is not looked at where the pattern leaves it open.
pub(crate) fn can_reach(pattern: &str, prefix: &str, own_path: &str) -> bool {
    // What a router nests has no slash at its end; anything else is this one path.
    let nested = pattern.strip_suffix('/').unwrap_or(pattern);
    let is_one_path = nested.len() < pattern.len();
    let arrives = |end: &str| {
        let mut found = end.split('/').chain(own_path.split('/')).filter(|segment| !segment.is_empty());
        for wanted in PathPattern::of(nested).segments() {
            match (found.next(), wanted) {
                (_, Segment::Rest) => return true,
                (Some(_), Segment::Open) => {}
                (Some(segment), Segment::Text(wanted)) if segment == wanted => {}
                _ => return false,
            }
        }
        !is_one_path || found.next().is_none()
    };
    ends_of(prefix).chain([""]).any(arrives)
}

/// A path with single slashes and none at its end, where it is written otherwise.
pub(crate) fn plainer(path: &str) -> Option<String> {
    let mut plain = String::with_capacity(path.len());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        plain.push('/');
        plain.push_str(segment);
    }
    (plain != path && !plain.is_empty()).then_some(plain)
}

/// The ends of `/a/b` are `/a/b` and `/b`.
fn ends_of(prefix: &str) -> impl Iterator<Item = &str> {
    prefix.match_indices('/').map(|(start, _)| &prefix[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_behind_the_prefix_or_what_is_left_of_it() {
        for (path, prefix, expected) in [
            ("/login", "", &[][..]),
            ("/login", "/app", &[]),
            ("/app/login", "/app", &["/login"]),
            ("/app", "/app", &[]),
            ("/app/", "/app", &["/"]),
            ("/apple/login", "/app", &[]),
            ("/APP/login", "/app", &[]),
            ("/a/b/login", "/a/b", &["/login"]),
            ("/b/login", "/a/b", &["/login"]),
            ("/a/login", "/a/b", &[]),
            ("/b/b/login", "/b/b", &["/login", "/b/login"]),
        ] {
            assert_eq!(behind_prefix(path, prefix).collect::<Vec<_>>(), expected, "{path} at {prefix}");
        }
    }

    #[test]
    fn the_public_address_has_the_prefix_once() {
        for (prefix, address, expected) in [
            ("", "/me?tab=1", "/me?tab=1"),
            ("/app", "/me", "/app/me"),
            ("/app", "/", "/app/"),
            ("/app", "/?x=/app", "/app/?x=/app"),
            ("/app", "/app/me", "/app/me"),
            ("/app", "/app", "/app"),
            ("/app", "/app?x", "/app?x"),
            ("/app", "/apple", "/app/apple"),
            ("/a/b", "/me", "/a/b/me"),
            ("/a/b", "/b/me", "/a/b/me"),
            ("/a/b", "/a/b/me", "/a/b/me"),
            ("/a/b", "/a/me", "/a/b/a/me"),
        ] {
            assert_eq!(public_address(prefix, address), expected, "{address} at {prefix}");
        }
    }

    #[test]
    fn the_way_back_gets_to_a_part_of_a_router_only_below_its_path() {
        for (pattern, prefix, expected) in [
            ("", "", true),
            ("", "/app", true),
            ("/app", "", false),
            ("/app", "/app", true),
            ("/app", "/apple", false),
            ("/app", "/other", false),
            ("/b", "/a/b", true),
            ("/a/b", "/a/b", true),
            ("/a", "/a/b", true),
            ("/a/b", "/a", false),
            ("/a/b", "/b", false),
            ("/", "", false),
            ("/me", "", false),
            ("/app/me", "/app", false),
            ("/app/", "/app", false),
            ("/*rest", "", true),
            ("/admin/*rest", "", false),
            ("/app/*rest", "/app", true),
            ("/:tenant", "", true),
            ("/:tenant/", "", false),
            ("/:a/:b", "", true),
            ("/:a/:b/", "", true),
            ("/<\\d+>/x", "/7", false),
            ("/authorization-code", "", true),
            ("/authorization-code/callback", "", true),
            ("/authorization-code/callback/more", "", false),
        ] {
            assert_eq!(
                can_reach(pattern, prefix, "/authorization-code/callback"),
                expected,
                "{pattern:?} at {prefix:?}"
            );
        }
    }

    #[test]
    fn a_path_written_with_more_slashes_has_a_plainer_form() {
        for (path, expected) in [
            ("/login/", Some("/login")),
            ("//login", Some("/login")),
            ("//a///b//", Some("/a/b")),
            ("/login", None),
            ("/", None),
            ("//", None),
            ("", None),
        ] {
            assert_eq!(plainer(path).as_deref(), expected, "{path}");
        }
    }
}
