//! At which of its addresses an application is asked, and what that means for the answer.

use std::sync::Arc;

use poem::Request;
use poem::http::header::HOST;
use thiserror::Error;

use super::context::RequestContext;
use super::request_facts;
use crate::model::json::printable;
use crate::model::refusals::diagnosis::{Details, Diagnosed, Diagnosis};
use crate::model::refusals::reason::Reason;
use crate::model::settings::public_url::PublicUrl;
use crate::rules::request::seen_address::{self, AddressProblem};
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
            Host::Several => "two `Host` headers at once".to_owned(),
            Host::Unsaid | Host::Unreadable => "which cannot be read".to_owned(),
        };
        let urls = &context.application().configuration.public_urls;
        let expected = urls.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
        Self { found, expected: if expected.is_empty() { "a loopback host".to_owned() } else { expected } }
    }
}

impl Diagnosed for HostNotServed {
    fn details(&self) -> Details {
        let details = Details::new(self.found.clone(), self.expected.clone());
        // A name that can be one is written out, ready to be set.
        match PublicUrl::parse(&format!("https://{}", self.found)) {
            Ok(url) => details.remedy(format!(
                "if browsers use this address, add `{url}` to `AZURE_PUBLIC_URL` and register its redirect URI; otherwise \
                 let the proxy in front pass the `Host` header on"
            )),
            Err(_) => details,
        }
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

/// Says once a minute where the address that the browser uses is another than the one to which a sign-in will come back.
/// Asked at sign-in, where it matters.
pub(crate) fn note_other_address(context: &RequestContext<'_>) {
    let application = context.application();
    let Some(problem) = address_problem(context) else { return };
    let Some(held_back) = application.lets_say(problem.kind()) else { return };
    let diagnosis = Diagnosis::of(&problem, Reason::HostNotServed);
    let redirect_uri = context.site().map(|site| application.redirect_uri(&site));
    tracing::warn!(
        target: "azure_auth::startup",
        cause = diagnosis.cause(), found = diagnosis.found(), expected = diagnosis.expected(),
        remedy = diagnosis.remedy(), redirect_uri, held_back = (held_back > 0).then_some(held_back),
        "{diagnosis}"
    );
}

/// What is wrong with the address of a request, as far as it tells.
pub(crate) fn address_problem(context: &RequestContext<'_>) -> Option<AddressProblem> {
    let public = context.site().filter(|_| !context.application().configuration.public_urls.is_empty());
    let public_urls = &context.application().configuration.public_urls;
    let seen = request_facts::seen_address(context.request);
    seen_address::judge(&seen, public.as_ref().map(|site| &site.url), public_urls)
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
