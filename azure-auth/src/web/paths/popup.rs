//! The windows that a frame opens: the provider refuses to be framed, so people sign in and out beside the frame.

use poem::Response;
use poem::http::{Method, StatusCode};

use super::sign_in::access::{self, BroughtTokens};
use super::sign_in::{self, Wanted};
use super::sign_in_failure::{self, SignInError};
use super::{embedded, sign_out};
use crate::io::{clock, entropy};
use crate::model::refusals::page_kind::PageKind;
use crate::model::sessions::frame_challenge::FrameChallenge;
use crate::model::sessions::session::SessionRecord;
use crate::rules::request::embedding::{self, CODE_LIFETIME, Handover};
use crate::rules::session::cookies::CookiePlacement;
use crate::web::application::site::Site;
use crate::web::pages::page::{Page, PageAction};
use crate::web::pages::refused::Refused;
use crate::web::request::context::RequestContext;
use crate::web::request::findings::Findings;
use crate::web::request::{authentication, request_facts, session};

/// `GET /popup/login?challenge=…`, and `/login?display=popup&challenge=…`: on to the provider at once if a script of ours
/// opened the window. Anybody else may open it too, so then there is a button before; `POST` is that button.
pub(crate) async fn login(context: &RequestContext<'_>) -> Result<Response, Refused> {
    let text = request_facts::parameter(context.request, "challenge").unwrap_or_default();
    let frame = embedding::challenge(&text).map_err(|error| sign_in_failure::answer(context, &error.into()))?;
    match *context.request.method() {
        Method::GET | Method::HEAD if !is_opened_by_us(context) => Ok(ask_for_login(context, frame).await),
        Method::GET | Method::HEAD => go(context, frame).await,
        Method::POST => {
            own_page(context)?;
            go(context, frame).await
        }
        _ => Ok(StatusCode::METHOD_NOT_ALLOWED.into()),
    }
}

/// `POST /popup/logout` ends the browser's own session, if there is one, and signs out at the provider. `GET` shows a page
/// with the button that does: a link on one of our pages, which anybody may have written there, must end nothing.
pub(crate) async fn logout(context: &RequestContext<'_>) -> Result<Response, Refused> {
    if !context.application().signs_in() {
        return Ok(StatusCode::NOT_FOUND.into());
    }
    match *context.request.method() {
        Method::GET | Method::HEAD => Ok(ask_for_logout(context).await),
        Method::POST => sign_out::end_at_provider(context).await,
        _ => Ok(StatusCode::METHOD_NOT_ALLOWED.into()),
    }
}

/// Begins the session of a frame and seals the way to it.
pub(crate) async fn begin(
    findings: &Findings,
    site: &Site,
    record: SessionRecord,
    challenge: FrameChallenge,
    brought: BroughtTokens,
) -> Result<String, SignInError> {
    let ticket = session::begin_for_frame(findings, site, record).await?.ok_or(SignInError::NoCredential)?;
    let of_frame = site.names.session(CookiePlacement::Partitioned);
    if brought.refresh_token.is_some()
        && let Some(session) = access::kept_session(findings.application(), of_frame, &ticket).await?
    {
        access::keep(&session, brought, None).await?;
    }
    let handover = Handover { challenge, expires_at: clock::now() + CODE_LIFETIME, ticket };
    let keys = findings.application().embedded_code_keys.as_ref().ok_or(SignInError::NoCredential)?;
    let name = site.names.session(CookiePlacement::Partitioned);
    embedding::code(&handover, keys, name, entropy::random()?).ok_or(SignInError::NotSealed)
}

/// The last page of the window: the script on it hands the code over and closes the window.
pub(crate) fn hand_over(context: &RequestContext<'_>, code: &str) -> Response {
    let sentence = "This window closes by itself. If it stays, close it and try again on the page you came from.";
    let page = Page {
        // A code is made of letters that need no escaping.
        library_html: format!("<p hidden data-azure-auth-code=\"{code}\"></p>\n{}", embedded::script_element(context)),
        asked: context.asked(),
        ..Page::new(PageKind::SignedIn, StatusCode::OK, "You are signed in", sentence)
    };
    context.application().pages.unframed().response_with_script(&page)
}

async fn go(context: &RequestContext<'_>, frame: FrameChallenge) -> Result<Response, Refused> {
    let wanted = Wanted { return_to: "/".to_owned(), frame: Some(frame), ..Wanted::default() };
    sign_in::go(context, wanted).await.map_err(Refused::without_retry)
}

fn is_opened_by_us(context: &RequestContext<'_>) -> bool {
    let site = context.site();
    site.is_some_and(|site| embedding::is_opened_by_us(context.source(), &site.origin))
}

/// Whether a form that changes something was sent by our own page, and no other origin's, trusted or not.
fn own_page(context: &RequestContext<'_>) -> Result<(), Refused> {
    embedded::own_origin(context).map_err(|foreign| authentication::refuse(context, &foreign.into()))
}

async fn ask_for_login(context: &RequestContext<'_>, frame: FrameChallenge) -> Response {
    let path = context.application().configuration.embedding.as_ref().map_or("", |embedding| embedding.login.as_str());
    let path = context.addresses().path(path);
    let sentence = "A page that shows this application wants you to sign in.";
    let page = Page {
        actions: vec![PageAction {
            label: "Sign in",
            method: Method::POST,
            address: format!("{path}?challenge={}", embedding::challenge_text(frame)),
        }],
        asked: context.asked(),
        ..Page::new(PageKind::SignIn, StatusCode::OK, "Sign in", sentence)
    };
    let provider = context.application().provider.snapshot().await.ok();
    let target = provider.map(|snapshot| snapshot.metadata.authorization_endpoint.origin().ascii_serialization());
    ask(context.findings, &page, target)
}

async fn ask_for_logout(context: &RequestContext<'_>) -> Response {
    let path = context.application().configuration.embedding.as_ref().map_or("", |embedding| embedding.logout.as_str());
    let path = context.addresses().path(path);
    let sentence = "Do you want to sign out of your Microsoft account in this browser?";
    let page = Page {
        actions: vec![PageAction { label: "Sign out", method: Method::POST, address: path }],
        asked: context.asked(),
        ..Page::new(PageKind::SignOut, StatusCode::OK, "Sign out", sentence)
    };
    let provider = context.application().provider.snapshot().await.ok();
    let address = provider.as_ref().and_then(|snapshot| snapshot.metadata.end_session_endpoint.as_ref());
    let target = address.map(|address| address.origin().ascii_serialization());
    ask(context.findings, &page, target)
}

/// The form ends at the provider, by way of a redirect, and browsers hold that against the page's policy.
fn ask(findings: &Findings, page: &Page, target: Option<String>) -> Response {
    let target = target.map(|target| format!(" {target}")).unwrap_or_default();
    findings.application().pages.unframed().response(page, &target)
}
