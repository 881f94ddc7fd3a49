//! Sign-out: here first, then at the provider.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use poem::http::{Method, StatusCode};
use poem::{Request, Response};
use serde_json::json;
use url::Url;

use crate::model::callers::identity::Identity;
use crate::model::refusals::page_kind::PageKind;
use crate::model::settings::configuration::AuthPaths;
use crate::rules::session::cookies::CookiePlacement;
use crate::web::application::events::sign_out::SignOut;
use crate::web::application::site::Site;
use crate::web::pages::page::{Page, PageAction};
use crate::web::pages::refused::Refused;
use crate::web::request::context::RequestContext;
use crate::web::request::findings::Findings;
use crate::web::request::{authentication, credential, request_facts, session};

/// The lifetime of the cookie that remembers where to go after sign-out, in seconds: as long as a person may think at the provider.
const WAY_BACK_LIFETIME: u32 = 600;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// `POST /logout` ends the session; `GET /logout` shows a page with the one button that does.
pub(crate) async fn logout(context: &RequestContext<'_>) -> Result<Response, Refused> {
    if !context.application().signs_in() {
        return Ok(StatusCode::NOT_FOUND.into());
    }
    match *context.request.method() {
        Method::GET | Method::HEAD => ask(context).await,
        Method::POST => end(context).await,
        _ => Ok(StatusCode::METHOD_NOT_ALLOWED.into()),
    }
}

/// Where browsers arrive after sign-out, from the provider: on to where the person wanted to go afterwards, or to a page that
/// needs no session, or they would be signed in again at once.
pub(crate) async fn landing(context: &RequestContext<'_>) -> Result<Response, Refused> {
    let Some(way_back) = take_way_back(context) else { return signed_out(context).await };
    let location = HeaderValue::from_str(&way_back).unwrap_or(HeaderValue::from_static("/"));
    let mut response = Response::builder().status(StatusCode::SEE_OTHER).header(LOCATION, location).finish();
    clear_site_data(context.findings, &mut response);
    Ok(response)
}

async fn signed_out(context: &RequestContext<'_>) -> Result<Response, Refused> {
    let application = context.application();
    let addresses = context.addresses();
    let start_page = addresses.root();
    if authentication::session(context).await?.is_some() {
        return Ok(Response::builder().status(StatusCode::SEE_OTHER).header(LOCATION, start_page).finish());
    }
    let link = |label, address| PageAction { label, method: Method::GET, address };
    // Browsers keep the page that was left in memory only when the next one is there, which is this one.
    let clear_cache = format!("{}{}", addresses.path(&addresses.paths.session), AuthPaths::CLEAR_CACHE);
    let picture = format!("<img src=\"{clear_cache}\" alt=\"\" width=\"1\" height=\"1\">\n");
    let page = Page {
        actions: vec![link("Sign in again", addresses.login("/")), link("Start page", start_page.to_owned())],
        library_html: if application.configuration.clears_cache() { picture } else { String::new() },
        asked: context.asked(),
        ..Page::new(PageKind::SignedOut, StatusCode::OK, "You are signed out", "You can close this page.")
    };
    Ok(application.pages.response(&page, ""))
}

/// `GET /session/clear-cache.svg`: nothing to see, but browsers forget what they cached of us, pages they could go back to
/// included. Other sites' pages have no say in that.
pub(crate) fn clear_cache(context: &RequestContext<'_>) -> Response {
    if !context.application().configuration.clears_cache() {
        return StatusCode::NOT_FOUND.into();
    }
    if !matches!(*context.request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into();
    }
    let mut response = Response::builder().body("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>");
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    if request_facts::is_for_own_page(context.request) {
        headers.insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
    }
    response
}

async fn ask(context: &RequestContext<'_>) -> Result<Response, Refused> {
    if authentication::session_alone(context).await?.is_none() {
        return signed_out(context).await;
    }
    let application = context.application();
    let addresses = context.addresses();
    let way_back = wanted_way_back(context);
    let button = |label, is_everywhere| PageAction {
        label,
        method: Method::POST,
        address: addresses.logout(way_back.as_deref(), is_everywhere),
    };
    let page = Page {
        actions: vec![button("Sign out", false), button("Sign out everywhere", true)],
        asked: context.asked(),
        ..Page::new(
            PageKind::SignOut,
            StatusCode::OK,
            "Sign out",
            "Do you want to sign out of this application and of your Microsoft account in this browser?",
        )
    };
    // The form ends at the provider, by way of a redirect, and browsers hold that against the page's policy.
    let provider = application.provider.snapshot().await.ok();
    let end_session = provider.as_ref().and_then(|snapshot| snapshot.metadata.end_session_endpoint.as_ref());
    let targets = end_session.map(|address| format!(" {}", address.origin().ascii_serialization())).unwrap_or_default();
    Ok(application.pages.response(&page, &targets))
}

async fn end(context: &RequestContext<'_>) -> Result<Response, Refused> {
    let Some(site) = context.site() else { return Ok(StatusCode::MISDIRECTED_REQUEST.into()) };
    end_here(context, &site).await?;
    // Ours is over, whatever becomes of the provider's.
    let at_provider = match context.findings.opened_session() {
        // In a frame the provider would show nothing.
        Some(session) if session.placement == CookiePlacement::FirstParty => {
            provider_address(context.findings, &site, Some(&session.stored.record.identity)).await
        }
        _ => None,
    };
    Ok(farewell(context, &site, at_provider))
}

/// The same, and at the provider in any case: a window that a frame opened does not see the frame's session.
pub(crate) async fn end_at_provider(context: &RequestContext<'_>) -> Result<Response, Refused> {
    let Some(site) = context.site() else { return Ok(StatusCode::MISDIRECTED_REQUEST.into()) };
    end_here(context, &site).await?;
    let identity = context.findings.opened_session().map(|session| session.stored.record.identity.as_ref());
    Ok(farewell(context, &site, provider_address(context.findings, &site, identity).await))
}

async fn end_here(context: &RequestContext<'_>, site: &Site) -> Result<(), Refused> {
    let application = context.application();
    // With or without a session: browsers send none along with another site's form, and would still let our answer
    // delete its cookie.
    if let Err(foreign) = credential::check_origin(context.application(), context.site().as_deref(), context.source()) {
        return Err(authentication::refuse(context, &foreign.into()));
    }
    // What cannot be ended is not called ended: the cookie stays, and the person can try again.
    let opened = authentication::session_alone(context).await?;
    let is_everywhere = is_everywhere(context.request);
    session::end(context, site, is_everywhere)
        .await
        .map_err(|error| authentication::refuse_without_store(context, &error))?;
    if let Some(session) = opened {
        let user = session.stored.record.identity.id.clone();
        tracing::info!(
            target: "azure_auth::session",
            event = "signed-out", user = %user.loggable(), is_everywhere,
            "a person signed out"
        );
        let sign_out = if is_everywhere { SignOut::Everywhere(user) } else { SignOut::Session(user) };
        application.events.signed_out(&sign_out).await;
    }
    Ok(())
}

/// The answer: on to the provider, or to the page that says that it is done. Scripts are told where to send the browser.
fn farewell(context: &RequestContext<'_>, site: &Site, at_provider: Option<Url>) -> Response {
    remember_way_back(context, site);
    let next = at_provider.map_or_else(|| context.application().redirect_uri(site), String::from);
    let mut response = if request_facts::wants_json(context.request) {
        let mut response = Response::builder().body(json!({ "redirect": next }).to_string());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    } else {
        let location = HeaderValue::from_str(&next).unwrap_or(HeaderValue::from_static("/"));
        Response::builder().status(StatusCode::SEE_OTHER).header(LOCATION, location).finish()
    };
    clear_site_data(context.findings, &mut response);
    response
}

fn clear_site_data(findings: &Findings, response: &mut Response) {
    if let Some(what) = findings.application().configuration.clear_site_data {
        response.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static(what));
    }
}

/// `?return_to=…`: where to go afterwards, if that is anywhere but the page that says that it is done.
fn wanted_way_back(context: &RequestContext<'_>) -> Option<String> {
    let wanted = request_facts::parameter(context.request, "return_to")?;
    context.addresses().page(&wanted).map(Cow::into_owned)
}

/// The provider returns only to the address that is registered, and not every one hands a `state` on: the browser keeps it
/// meanwhile. Whoever writes into the cookie sends themselves to another page of ours, or of those we trust.
fn remember_way_back(context: &RequestContext<'_>, site: &Site) {
    if let Some(way_back) = wanted_way_back(context) {
        let value = URL_SAFE_NO_PAD.encode(way_back);
        context.findings.set_cookie(site.names.farewell(), &value, site.names.is_secure, Some(WAY_BACK_LIFETIME));
    }
}

fn take_way_back(context: &RequestContext<'_>) -> Option<String> {
    let _application = context.application();
    let site = context.site()?;
    let value = request_facts::cookie(context.request, site.names.farewell())?;
    context.findings.delete_cookie(site.names.farewell(), site.names.is_secure);
    let wanted = String::from_utf8(URL_SAFE_NO_PAD.decode(value).ok()?).ok()?;
    context.addresses().page(&wanted).map(Cow::into_owned)
}

/// `?everywhere`: every session of the person, not only the one of this browser.
fn is_everywhere(request: &Request) -> bool {
    request_facts::parameter(request, "everywhere").is_some_and(|value| matches!(&*value, "" | "1"))
}

/// The end-session request (OpenID Connect RP-Initiated Logout 1.0 §2), with Entra's `logout_hint`.
async fn provider_address(findings: &Findings, site: &Site, identity: Option<&Identity>) -> Option<Url> {
    let application = findings.application();
    let snapshot = application.provider.snapshot().await.ok()?;
    let mut address: Url = snapshot.metadata.end_session_endpoint.clone()?;
    // Entra returns only to a registered redirect URI, so the callback doubles as the landing page.
    address
        .query_pairs_mut()
        .append_pair("post_logout_redirect_uri", &application.redirect_uri(site))
        .append_pair("client_id", &application.configuration.client.id);
    if let Some(hint) = identity.and_then(|identity| identity.login_hint.as_ref()) {
        address.query_pairs_mut().append_pair("logout_hint", hint);
    }
    Some(address)
}
