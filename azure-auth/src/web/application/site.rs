//! The addresses under which an application is used.

use std::ops::Deref;
use std::sync::Arc;

use arc_swap::ArcSwapOption;

use crate::model::settings::origin::Origin;
use crate::model::settings::public_url::PublicUrl;
use crate::rules::session::cookies::CookieNames;

/// All of them: those that are configured, or else whatever loopback host a developer's browser asks for.
pub(crate) struct Sites {
    client_id: String,
    /// One for each public URL.
    public: Vec<Arc<Site>>,
    /// The loopback site last asked for; a developer uses one.
    loopback: ArcSwapOption<Site>,
}

/// The site that a request belongs to.
pub(crate) enum FoundSite<'s> {
    Configured(&'s Arc<Site>),
    /// Of the host of this machine that the request names.
    Loopback(Arc<Site>),
}

impl FoundSite<'_> {
    /// For whoever keeps it.
    pub(crate) fn into_shared(self) -> Arc<Site> {
        match self {
            Self::Configured(site) => site.clone(),
            Self::Loopback(site) => site,
        }
    }
}

impl Deref for FoundSite<'_> {
    type Target = Arc<Site>;

    fn deref(&self) -> &Arc<Site> {
        match self {
            Self::Configured(site) => site,
            Self::Loopback(site) => site,
        }
    }
}

/// What a request says about the host it was sent to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Host<'r> {
    Named(&'r str),
    /// As in process, where nobody names one.
    Unsaid,
    /// Two `Host` headers. They name no site.
    Several,
    Unreadable,
}

/// One address, and the names of the application's cookies there.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) url: PublicUrl,
    pub(crate) origin: Origin,
    pub(crate) names: CookieNames,
}

impl Sites {
    pub(crate) fn new(client_id: &str, public_urls: &[PublicUrl]) -> Self {
        let site = |url: &PublicUrl| Arc::new(Site::new(client_id, url.clone()));
        let public = public_urls.iter().map(site).collect();
        Self { client_id: client_id.to_owned(), public, loopback: ArcSwapOption::empty() }
    }

    /// The site that a request belongs to: the configured one, or the one of several that its host names, or a loopback
    /// host.
    pub(crate) fn find<'r>(&self, host: impl Fn() -> Host<'r>) -> Option<FoundSite<'_>> {
        match self.public.as_slice() {
            [site] => Some(FoundSite::Configured(site)),
            [] => self.at_loopback(host()).map(FoundSite::Loopback),
            sites => named(sites, host()).map(FoundSite::Configured),
        }
    }

    /// The public address that a request belongs to; of several the first, where its host names none of them.
    pub(crate) fn public<'r>(&self, host: impl Fn() -> Host<'r>) -> Option<&Arc<Site>> {
        match self.public.as_slice() {
            [] => None,
            [site] => Some(site),
            sites => named(sites, host()).or(sites.first()),
        }
    }

    /// Whether every address is one of this machine. They all are, or none is.
    pub(crate) fn are_on_loopback(&self) -> bool {
        self.public.first().is_none_or(|site| site.origin.is_loopback())
    }

    /// The site of the first public URL.
    #[cfg(feature = "testing")]
    pub(crate) fn first(&self) -> Option<&Site> {
        self.public.first().map(Arc::as_ref)
    }

    fn at_loopback(&self, host: Host<'_>) -> Option<Arc<Site>> {
        let host = match host {
            Host::Named(host) => host,
            Host::Unsaid => "localhost",
            Host::Several | Host::Unreadable => return None,
        };
        if let Some(site) = self.loopback.load_full().filter(|site| site.origin.host() == host) {
            return Some(site);
        }
        let site = Arc::new(Site::new(&self.client_id, Origin::of_loopback_host(host)?));
        self.loopback.store(Some(site.clone()));
        Some(site)
    }
}

/// The one of several sites that a request means; without a host, as in process, it is the first.
fn named<'s>(sites: &'s [Arc<Site>], host: Host<'_>) -> Option<&'s Arc<Site>> {
    match host {
        Host::Unsaid => sites.first(),
        Host::Named(host) => sites.iter().find(|site| site.is_at(host)),
        Host::Several | Host::Unreadable => None,
    }
}

impl Site {
    pub(crate) fn new(client_id: &str, url: impl Into<PublicUrl>) -> Self {
        let url = url.into();
        Self { names: CookieNames::new(client_id, &url), origin: url.origin().clone(), url }
    }

    /// Whether a `Host` header names this site.
    pub(crate) fn is_at(&self, host: &str) -> bool {
        self.origin.is_at(host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_names_a_site_in_every_spelling_of_it_and_no_other() {
        let site = |url: &str| Site::new("client", PublicUrl::parse(url).unwrap());
        for (url, host, expected) in [
            ("https://app.example.com", "app.example.com", true),
            ("https://app.example.com/app", "App.Example.COM:443", true),
            ("https://app.example.com", "app.example.com:80", false),
            ("https://app.example.com", "app.example.com:8443", false),
            ("https://app.example.com", "app.example.com.", false),
            ("https://app.example.com", "evil.example", false),
            ("https://app.example.com", "app.example.com,evil.example", false),
            ("https://app.example.com", "evil.example@app.example.com", false),
            ("https://app.example.com", "app.example.com/", false),
            ("https://app.example.com", "", false),
            ("https://app.example.com:8443", "app.example.com:8443", true),
            ("https://app.example.com:8443", "app.example.com", false),
            ("https://app.example.com:8443", "app.example.com:8443:443", false),
            ("https://b\u{fc}cher.example", "xn--bcher-kva.example", true),
            ("http://localhost:3000", "LOCALHOST:3000", true),
            ("http://localhost", "localhost:80", true),
            ("http://[::1]:3000", "[::1]:3000", true),
        ] {
            assert_eq!(site(url).is_at(host), expected, "{host} at {url}");
        }
    }
}
