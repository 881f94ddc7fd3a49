//! At which of its addresses an application is asked, and what that means for the answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use poem::Request;
use poem::http::header::HOST;
use thiserror::Error;

use super::context::RequestContext;
use super::request_facts;
use crate::model::json::printable;
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::web::application::addresses::Addresses;
use crate::web::application::site::{FoundSite, Host, Site};
use crate::web::application::state::Application;

/// A request for an address that is none of the application's.
#[derive(Clone, Debug, Error)]
#[error("the host of the request, {found}, is neither loopback nor configured")]
pub(crate) struct HostNotServed {
    found: String,
    expected: String,
}

impl HostNotServed {
    pub(crate) fn of(context: &RequestContext<'_>) -> Self {
        let found = match host(context.request) {
            Host::Named(host) => printable(host),
            Host::Several => "two `Host` headers".to_owned(),
            Host::Unsaid | Host::Unreadable => "a `Host` header that cannot be read".to_owned(),
        };
        let urls = &context.application().configuration.public_urls;
        let expected = urls.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
        Self { found, expected: if expected.is_empty() { "a loopback host".to_owned() } else { expected } }
    }
}

impl Diagnosed for HostNotServed {
    fn details(&self) -> Details {
        Details::new(format!("`Host` {}", self.found), self.expected.clone())
    }
}

/// The site a request belongs to: the configured one, or the one of several that the host names, or a loopback host.
pub(crate) fn of<'a>(application: &'a Application, request: &Request) -> Option<FoundSite<'a>> {
    application.sites.find(|| host(request))
}

/// The library's addresses as the browser of a request knows them.
pub(crate) fn addresses<'a>(application: &'a Application, request: &Request) -> Addresses<'a> {
    application.addresses_at(public(application, request).map(Arc::as_ref))
}

/// The public address that a request belongs to, if any is configured.
pub(crate) fn public<'a>(application: &'a Application, request: &Request) -> Option<&'a Arc<Site>> {
    application.sites.public(|| host(request))
}

/// Whether the answer may hold what developers need to know.
pub(crate) fn explains(application: &Application, request: &Request) -> bool {
    application.configuration.explain || application.sites.are_on_loopback() && request_facts::is_local(request)
}

/// A proxy that rewrites the host is common; a wrong public URL is a mistake that only this line shows. Asked at
/// sign-in, where it matters.
pub(crate) fn note_other_host(context: &RequestContext<'_>) {
    let (Some(site), Some(host)) = (context.site(), request_facts::host(context.request)) else { return };
    // In process nobody names a host.
    let is_other = !site.is_at(host) && context.request.headers().contains_key(HOST);
    if is_other && !context.application().noted_host.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            target: "azure_auth::startup",
            public_url = %site.url, host,
            "requests arrive under another host than AZURE_PUBLIC_URL; fine behind a proxy that rewrites it"
        );
    }
}

/// Two hosts name no site.
fn host(request: &Request) -> Host<'_> {
    if request.headers().get_all(HOST).iter().nth(1).is_some() {
        return Host::Several;
    }
    match request_facts::host(request) {
        _ if !request_facts::has_host(request) => Host::Unsaid,
        Some(host) => Host::Named(host),
        None => Host::Unreadable,
    }
}
