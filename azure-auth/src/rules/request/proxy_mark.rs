//! What tells that a request came through a proxy.

/// Whether a header of this name is a proxy's. Names are many, and new ones follow the same patterns: they speak of what
/// was forwarded, of the client's address, or of what the request was before.
pub(crate) fn is_left_by(name: &str) -> bool {
    let mut words = name.split(['-', '_']);
    matches!(name, "via" | "x-scheme" | "x-host" | "x-rewrite-url" | "x-varnish" | "cdn-loop" | "max-forwards")
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || words.any(|word| WORDS.contains(&word))
}

/// Whether `Connection` says that no second request follows. Browsers and `curl` keep connections; proxies without a pool
/// of them do not.
pub(crate) fn closes(connection: &str) -> bool {
    connection.split(',').any(|option| option.trim().eq_ignore_ascii_case("close"))
}

/// Headers of single products.
const PREFIXES: [&str; 13] = [
    "x-original-",
    "cf-",
    "cloudfront-",
    "fastly-",
    "fly-",
    "akamai-",
    "x-akamai-",
    "x-amzn-",
    "x-amz-cf-",
    "x-appengine-",
    "x-arr-",
    "x-azure-",
    "x-envoy-",
];

/// Parts of a name, wherever they appear in it.
const WORDS: [&str; 10] =
    ["forwarded", "forward", "proxy", "proxyuser", "ip", "ipv6", "clientip", "addr", "nginx", "ingress"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_known_by_their_headers_and_developers_tools_are_not_taken_for_one() {
        for name in [
            "forwarded",
            "via",
            "x-forwarded",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-forwarded-prefix",
            "forwarded-for",
            "x-real-ip",
            "true-client-ip",
            "cf-connecting-ip",
            "cf-connecting-ipv6",
            "cf-ray",
            "x-client-ip",
            "client-ip",
            "x-cluster-client-ip",
            "proxy-client-ip",
            "wl-proxy-client-ip",
            "x-remote-ip",
            "x-remote-addr",
            "remote-addr",
            "x-proxyuser-ip",
            "fastly-client-ip",
            "fly-client-ip",
            "x-azure-clientip",
            "x-azure-socketip",
            "x-appengine-user-ip",
            "x-original-url",
            "x-original-host",
            "x-original-uri",
            "x-original-forwarded-for",
            "x-rewrite-url",
            "x-envoy-external-address",
            "x-arr-log-id",
            "x-amzn-trace-id",
            "x-nginx-proxy",
            "proxy-connection",
            "cdn-loop",
            "x-scheme",
        ] {
            assert!(is_left_by(name), "{name}");
        }
        for name in [
            "host",
            "user-agent",
            "accept",
            "accept-encoding",
            "accept-language",
            "authorization",
            "cache-control",
            "connection",
            "content-length",
            "content-type",
            "cookie",
            "dnt",
            "origin",
            "pragma",
            "priority",
            "purpose",
            "range",
            "referer",
            "sec-ch-ua",
            "sec-ch-ua-platform",
            "sec-fetch-site",
            "sec-fetch-mode",
            "sec-gpc",
            "sec-purpose",
            "te",
            "traceparent",
            "upgrade",
            "upgrade-insecure-requests",
            "x-requested-with",
            "x-request-id",
            "x-csrf-token",
        ] {
            assert!(!is_left_by(name), "{name}");
        }
    }

    #[test]
    fn a_connection_that_is_closed_at_once_is_a_proxys() {
        for (connection, expected) in [
            ("close", true),
            ("Close", true),
            ("upgrade, close", true),
            ("keep-alive", false),
            ("Upgrade", false),
            ("keep-alive, Upgrade", false),
            ("", false),
        ] {
            assert_eq!(closes(connection), expected, "{connection}");
        }
    }
}
