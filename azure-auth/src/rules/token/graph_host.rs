//! Where Microsoft Graph is, as a discovery document says it.

use serde_json::Value;
use url::{Host, Url};

use crate::model::settings::authority::Authority;
use crate::model::settings::origin::is_loopback;

/// The hosts of Microsoft's clouds, for documents without one.
const GRAPH: [(&str, &str); 4] = [
    ("https://login.microsoftonline.com", "graph.microsoft.com"),
    ("https://login.windows.net", "graph.microsoft.com"),
    ("https://login.microsoftonline.us", "graph.microsoft.us"),
    ("https://login.partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn"),
];

/// The address behind `msgraph_host`. Tokens of people are sent there, so that it has TLS, except on this machine: there it
/// is reached as the authority is. None where nobody knows.
pub(super) fn address(authority: &Authority, host: Option<&Value>) -> Option<Url> {
    let Authority::Entra { origin, .. } = authority else { return None };
    let said = host.and_then(Value::as_str).and_then(|host| of_host(authority, origin, host));
    said.or_else(|| {
        let (_, host) = GRAPH.iter().find(|(login, _)| login == origin)?;
        of_host(authority, origin, host)
    })
}

fn of_host(authority: &Authority, origin: &str, host: &str) -> Option<Url> {
    let is_plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte));
    let url = Url::parse(&format!("https://{host}")).ok().filter(|url| is_plain && url.path() == "/")?;
    if authority.is_loopback() && is_loopback(&url) {
        let (scheme, _) = origin.split_once("://")?;
        return Url::parse(&format!("{scheme}://{host}")).ok();
    }
    let is_name = matches!(url.host(), Some(Host::Domain(name)) if name.contains('.'));
    (is_name && url.port().is_none()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "33333333-cccc-4ddd-8eee-444444444444";

    #[test]
    fn graph_is_where_the_cloud_of_the_authority_has_it() {
        let public = "https://login.microsoftonline.com";
        let graph = Some("https://graph.microsoft.com/");
        for (authority, host, expected) in [
            (public, Some("graph.microsoft.com"), graph),
            (public, Some("Graph.Microsoft.com"), graph),
            (public, Some("graph.microsoft.us"), Some("https://graph.microsoft.us/")),
            // What cannot be used counts as missing.
            (public, None, graph),
            (public, Some(""), graph),
            (public, Some("graph.microsoft.com:8443"), graph),
            (public, Some("127.0.0.1:4000"), graph),
            (public, Some("127.0.0.1"), graph),
            (public, Some("localhost"), graph),
            (public, Some("[::1]"), graph),
            (public, Some("http://graph.microsoft.com"), graph),
            (public, Some("evil.example/graph.microsoft.com"), graph),
            (public, Some("evil.example?graph.microsoft.com"), graph),
            (public, Some("evil.example#graph.microsoft.com"), graph),
            (public, Some("graph.microsoft.com@evil.example"), graph),
            (public, Some("graph.microsoft.com\\evil.example"), graph),
            ("https://login.microsoftonline.us", None, Some("https://graph.microsoft.us/")),
            ("https://login.partner.microsoftonline.cn", None, Some("https://microsoftgraph.chinacloudapi.cn/")),
            ("https://contoso.ciamlogin.com", None, None),
            ("https://contoso.ciamlogin.com", Some("graph.microsoft.com"), graph),
            ("http://127.0.0.1:4000", Some("127.0.0.1:4000"), Some("http://127.0.0.1:4000/")),
            ("http://localhost:4000", Some("[::1]:4001"), Some("http://[::1]:4001/")),
            ("https://localhost:4000", Some("localhost:4000"), Some("https://localhost:4000/")),
            ("http://127.0.0.1:4000", Some("graph.microsoft.com"), graph),
            ("http://127.0.0.1:4000", Some("graph.microsoft.com:4000"), None),
            ("http://127.0.0.1:4000", Some("evil.example:4000"), None),
            ("http://127.0.0.1:4000", None, None),
        ] {
            let authority = Authority::parse(&format!("{authority}/{TENANT}")).unwrap();
            let host = host.map(Value::from);
            let found = address(&authority, host.as_ref());
            assert_eq!(found.as_ref().map(Url::as_str), expected, "{authority:?} {host:?}");
        }
        for other in [Value::from(7), Value::Null, Value::from(vec!["graph.microsoft.us"])] {
            let authority = Authority::parse(&format!("{public}/{TENANT}")).unwrap();
            assert_eq!(address(&authority, Some(&other)).as_ref().map(Url::as_str), graph, "{other}");
        }
    }

    #[test]
    fn other_providers_have_no_graph() {
        let authority = Authority::parse("https://accounts.example").unwrap();
        assert_eq!(address(&authority, Some(&"graph.microsoft.com".into())), None);
    }
}
