//! Origins and sites, as browsers tell them apart.

use std::net::Ipv4Addr;

use url::{Host, Url};

/// The relation of an address to the page that asks for it: the values of `Sec-Fetch-Site`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// Scheme, host and port are equal.
    SameOrigin,
    /// Scheme and registrable domain are equal.
    SameSite,
    /// Anything else.
    CrossSite,
}

impl Relation {
    /// The relation of `to` to `from`.
    pub fn between(from: &Url, to: &Url) -> Self {
        if from.origin() == to.origin() {
            Self::SameOrigin
        } else if from.scheme() == to.scheme() && site(from) == site(to) {
            Self::SameSite
        } else {
            Self::CrossSite
        }
    }

    /// As the header writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SameOrigin => "same-origin",
            Self::SameSite => "same-site",
            Self::CrossSite => "cross-site",
        }
    }
}

/// The registrable domain: the last two labels, as far as the invented names of tests go.
pub fn site(url: &Url) -> String {
    match url.host() {
        Some(Host::Domain(name)) if name.parse::<Ipv4Addr>().is_err() => {
            let mut labels: Vec<&str> = name.rsplit('.').take(2).collect();
            labels.reverse();
            labels.join(".")
        }
        host => host.map(|host| host.to_string()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_make_origins_and_not_sites() {
        let relation = |from: &str, to: &str| Relation::between(&from.parse().unwrap(), &to.parse().unwrap());
        assert_eq!(relation("http://localhost:1/a", "http://localhost:1/b"), Relation::SameOrigin);
        assert_eq!(relation("http://localhost:1", "http://localhost:2"), Relation::SameSite);
        assert_eq!(relation("http://localhost:1", "http://127.0.0.1:1"), Relation::CrossSite);
        assert_eq!(relation("https://a.example.test", "https://b.example.test"), Relation::SameSite);
        assert_eq!(relation("https://a.example.test", "http://a.example.test"), Relation::CrossSite);
        assert_eq!(relation("https://a.test", "https://b.test"), Relation::CrossSite);
    }
}
