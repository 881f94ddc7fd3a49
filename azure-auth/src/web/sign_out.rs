//! Sign-out: here first, then at the provider.

use poem::http::header::{HeaderValue, LOCATION};
use poem::http::{Method, StatusCode};
use poem::{Request, Response};
use url::Url;

use super::events::SignOut;
use super::pages::{Page, PageAction};
use super::refused::Refused;
use super::request_cell::RequestCell;
use super::site::Site;
use super::{caller, credential, request_facts, session};
use crate::model::identity::Identity;
use crate::rules::after_sign_out;
use crate::rules::authorization_response::ATTEMPT_LIFETIME;
use crate::rules::cookies::Carrier;
use crate::rules::return_to::return_to;

/// `POST /logout` ends the session; `GET /logout` shows a page with the one button that does.
pub(crate) async fn logout(cell: &RequestCell, request: &Request) -> Result<Response, Refused> {
    if !cell.application().signs_in() {
        return Ok(StatusCode::NOT_FOUND.into());
    }
    match *request.method() {
        Method::GET | Method::HEAD => ask(cell, request).await,
        Method::POST => end(cell, request).await,
        _ => Ok(StatusCode::METHOD_NOT_ALLOWED.into()),
    }
}

/// On to where the sign-out wanted to go, if it said so.
pub(crate) fn way_on(cell: &RequestCell, request: &Request) -> Option<Response> {
    let site = cell.application().site(request)?;
    let path = after_sign_out::read(request_facts::cookie(request, site.names.signed_out())?)?;
    cell.delete_cookie(site.names.signed_out(), site.names.is_secure);
    let location = HeaderValue::from_str(&path).ok()?;
    Some(Response::builder().status(StatusCode::SEE_OTHER).header(LOCATION, location).finish())
}

/// Where browsers arrive after sign-out: a page that needs no session, or they would be signed in again at once.
pub(crate) async fn landing(cell: &RequestCell, request: &Request) -> Result<Response, Refused> {
    let application = cell.application();
    let start_page = application.addresses(request).root();
    if caller::session(cell, request).await?.is_some() {
        return Ok(Response::builder().status(StatusCode::SEE_OTHER).header(LOCATION, start_page).finish());
    }
    let link = |label, address| PageAction { label, method: Method::GET, address };
    let page = Page {
        status: StatusCode::OK,
        title: "You are signed out",
        sentences: vec!["You can close this page.".to_owned()],
        details: Vec::new(),
        actions: vec![
            link("Sign in again", application.addresses(request).login("/")),
            link("Start page", start_page.to_owned()),
        ],
    };
    Ok(application.pages.response(&page, ""))
}

async fn ask(cell: &RequestCell, request: &Request) -> Result<Response, Refused> {
    if caller::session_alone(cell, request).await?.is_none() {
        return landing(cell, request).await;
    }
    let application = cell.application();
    let addresses = application.addresses(request);
    let button = |label, address| PageAction { label, method: Method::POST, address };
    let wanted = request_facts::parameter(request, "return_to");
    let way_on = wanted.as_deref().filter(|path| return_to(path) == *path);
    let page = Page {
        status: StatusCode::OK,
        title: "Sign out",
        sentences: vec![
            "Do you want to sign out of this application and of your Microsoft account in this browser?".to_owned(),
        ],
        details: Vec::new(),
        actions: vec![
            button("Sign out", addresses.logout(way_on, false)),
            button("Sign out everywhere", addresses.logout(way_on, true)),
        ],
    };
    // The form ends at the provider, by way of a redirect, and browsers hold that against the page's policy.
    let provider = application.provider.snapshot().await.ok();
    let end_session = provider.as_ref().and_then(|snapshot| snapshot.metadata.end_session_endpoint.as_ref());
    let targets = end_session.map(|address| format!(" {}", address.origin().ascii_serialization())).unwrap_or_default();
    Ok(application.pages.response(&page, &targets))
}

async fn end(cell: &RequestCell, request: &Request) -> Result<Response, Refused> {
    let Some(site) = cell.application().site(request) else { return Ok(StatusCode::MISDIRECTED_REQUEST.into()) };
    end_here(cell, request, &site).await?;
    remember_way_on(cell, request, &site);
    // Ours is over, whatever becomes of the provider's.
    let at_provider = match cell.opened_session() {
        // In a frame the provider would show nothing.
        Some(session) if session.carrier == Carrier::Browser => {
            provider_address(cell, &site, Some(&session.stored.record.identity)).await
        }
        _ => None,
    };
    Ok(farewell(cell, request, at_provider))
}

/// `?return_to=/path`: the browser keeps it until it comes back from the provider, which returns to one address only.
fn remember_way_on(cell: &RequestCell, request: &Request, site: &Site) {
    let wanted = request_facts::parameter(request, "return_to").unwrap_or_default();
    if let Some(value) = after_sign_out::remember(&wanted) {
        let lifetime = u32::try_from(ATTEMPT_LIFETIME.as_secs()).ok();
        cell.set_cookie(site.names.signed_out(), &value, site.names.is_secure, lifetime);
    }
}

/// The same, and at the provider in any case: a window that a frame opened does not see the frame's session.
pub(crate) async fn end_at_provider(cell: &RequestCell, request: &Request) -> Result<Response, Refused> {
    let Some(site) = cell.application().site(request) else { return Ok(StatusCode::MISDIRECTED_REQUEST.into()) };
    end_here(cell, request, &site).await?;
    let identity = cell.opened_session().map(|session| session.stored.record.identity.as_ref());
    Ok(farewell(cell, request, provider_address(cell, &site, identity).await))
}

async fn end_here(cell: &RequestCell, request: &Request, site: &Site) -> Result<(), Refused> {
    let application = cell.application();
    // With or without a session: browsers send none along with another site's form, and would still let our answer
    // delete its cookie.
    if let Err(foreign) = credential::own_origin(application, request) {
        return Err(caller::refused(cell, request, &foreign.into()));
    }
    // What cannot be ended is not called ended: the cookie stays, and the person can try again.
    let opened = caller::session_alone(cell, request).await?;
    let is_everywhere = is_everywhere(request);
    session::end(cell, request, site, is_everywhere)
        .await
        .map_err(|error| caller::without_store(cell, request, &error))?;
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

/// The answer: on to the provider, or to the page that says that it is done.
fn farewell(cell: &RequestCell, request: &Request, at_provider: Option<HeaderValue>) -> Response {
    let application = cell.application();
    let landing =
        HeaderValue::from_str(&application.addresses(request).path(&application.configuration.paths.callback)).ok();
    let location = at_provider.or(landing).unwrap_or(HeaderValue::from_static("/"));
    let mut response = Response::builder().status(StatusCode::SEE_OTHER).header(LOCATION, location).finish();
    if let Some(what) = application.configuration.clear_site_data {
        response.headers_mut().insert("clear-site-data", HeaderValue::from_static(what));
    }
    response
}

/// `?everywhere`: every session of the person, not only the one of this browser.
fn is_everywhere(request: &Request) -> bool {
    request_facts::parameter(request, "everywhere").is_some_and(|value| matches!(&*value, "" | "1"))
}

/// The end-session request (OpenID Connect RP-Initiated Logout 1.0 §2), with Entra's `logout_hint`.
async fn provider_address(cell: &RequestCell, site: &Site, identity: Option<&Identity>) -> Option<HeaderValue> {
    let application = cell.application();
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
    HeaderValue::from_str(address.as_str()).ok()
}
