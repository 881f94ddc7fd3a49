//! The way to the provider.

use std::sync::Arc;

use poem::http::header::{HeaderValue, LOCATION};
use poem::http::{Method, StatusCode};
use poem::{Request, Response};

use crate::io::{clock, entropy};
use crate::model::sessions::frame_challenge::FrameChallenge;
use crate::model::sessions::prompt::Prompt;
use crate::model::sessions::sign_in_attempt::SignInAttempt;
use crate::rules::policy::admission::NotAdmitted;
use crate::rules::sign_in::authorization_request;
use crate::rules::sign_in::login_request::{self, Wishes};
use crate::rules::sign_in::sign_in_state::{self, BROWSER_LIFETIME};
use crate::web::application::application::Mounted;
use crate::web::application::site::Site;
use crate::web::pages::refused::Refused;
use crate::web::request::failure::{self, Receiver, SignInError};
use crate::web::request::findings::RequestCell;
use crate::web::request::{request_facts, sign_in_loop};

/// `GET /login?return_to=…`: starts a sign-in.
pub(crate) async fn login(cell: &RequestCell, request: &Request) -> Result<Response, Refused> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(StatusCode::METHOD_NOT_ALLOWED.into());
    }
    if request_facts::is_ahead(request) {
        return Ok(not_ahead());
    }
    let query = request_facts::whole_uri(request).query().unwrap_or_default();
    let asked = login_request::read(query, login_request::is_own(request_facts::source(request).fetch_site));
    if !asked.ignored.is_empty() {
        tracing::debug!(
            target: "azure_auth::sign_in",
            parameters = asked.ignored.join(" "),
            "parameters of the address of the sign-in are not followed; it takes `return_to`, and `prompt` and \
             `login_hint` from pages of this application and the address bar"
        );
    }
    let wanted = Wanted { return_to: asked.return_to, wishes: asked.wishes, ..Wanted::default() };
    go(cell, request, wanted).await
}

/// What is fetched ahead of the person begins nothing and uses nothing up. Browsers drop an answer with such a status, and
/// ask again when the person comes.
pub(crate) fn not_ahead() -> Response {
    StatusCode::SERVICE_UNAVAILABLE.into()
}

/// Sends the browser to the provider.
pub(crate) async fn go(cell: &RequestCell, request: &Request, wanted: Wanted) -> Result<Response, Refused> {
    let asker = Asker::of(cell, request);
    asker.note_host(cell, request);
    match start(cell, &asker, wanted, &[]).await {
        Ok(address) => Ok(Response::builder().status(StatusCode::FOUND).header(LOCATION, address).finish()),
        Err(error) => Err(failure::sign_in_failed(cell.application(), request, &error)),
    }
}

/// What a sign-in is for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// Where to go afterwards, not judged yet.
    pub(crate) return_to: String,
    /// The frame that gets the session, if it is for one.
    pub(crate) frame: Option<FrameChallenge>,
    pub(crate) wishes: Wishes,
    /// How often it began anew by itself.
    pub(crate) begun_anew: u8,
}

/// What a sign-in has to know of the request that asks for it.
#[derive(Clone)]
pub(crate) struct Asker {
    pub(crate) site: Option<Arc<Site>>,
    /// What the browser keeps since it began another one.
    browser: Option<String>,
    /// The last ones that were to show nothing found somebody who has to be asked.
    pub(crate) silent_rounds: u8,
    pub(crate) receiver: Receiver,
    pub(crate) is_ahead: bool,
    pub(crate) is_htmx: bool,
}

impl Asker {
    pub(crate) fn of(cell: &RequestCell, request: &Request) -> Self {
        let application = cell.application();
        let site = application.site(request);
        let browser = site.as_ref().and_then(|site| request_facts::cookie(request, site.names.sign_in()));
        Self {
            browser: browser.filter(|value| sign_in_state::is_browser_cookie(value)).map(ToOwned::to_owned),
            silent_rounds: site.as_ref().map_or(0, |site| sign_in_loop::silent(request, site)),
            site,
            receiver: Receiver::of(application, request),
            is_ahead: request_facts::is_ahead(request),
            is_htmx: request_facts::is_htmx(request),
        }
    }

    fn note_host(&self, cell: &RequestCell, request: &Request) {
        if let Some(site) = &self.site {
            cell.application().note_other_host(site, request);
        }
    }
}

/// Turns "not signed in" of a person who opens a page into the way to the provider and back to that page.
pub(crate) async fn redirect(cell: &RequestCell, request: &Request, scopes: &[&str]) -> Refused {
    let application = cell.application();
    let asker = Asker::of(cell, request);
    if let Some(error) = too_many_rounds(cell, request, &asker) {
        return failure::sign_in_failed(application, request, &error);
    }
    asker.note_host(cell, request);
    let wanted = Wanted { return_to: application.addresses(request).of(request).into_owned(), ..Wanted::default() };
    match start(cell, &asker, wanted, scopes).await {
        Ok(address) => {
            let failure = failure::describe(application, request, NotAdmitted::NotSignedIn.reason(), String::new());
            Refused::redirect(failure, address, &application.pages)
        }
        Err(error) => failure::sign_in_failed(application, request, &error),
    }
}

/// Where the last sign-ins of this browser did not stick, the next one does not begin by itself. Whoever is told so may try
/// again.
pub(crate) fn too_many_rounds(cell: &RequestCell, request: &Request, asker: &Asker) -> Option<SignInError> {
    let site = asker.site.as_ref().filter(|site| sign_in_loop::are_over(request, site))?;
    sign_in_loop::forget(cell, request, site);
    Some(SignInError::Loop { host: site.origin.to_string(), is_secure: site.names.is_secure })
}

/// Begins an attempt: it is the `state` of the address returned, and the browser's cookie goes with the answer.
pub(crate) async fn start(
    cell: &RequestCell,
    asker: &Asker,
    wanted: Wanted,
    scopes: &[&str],
) -> Result<HeaderValue, SignInError> {
    let Mounted { application, table, .. } = cell.mounted.as_ref();
    let configuration = &application.configuration;
    let keys = application.attempt_keys.as_ref().ok_or(SignInError::NoSecret)?;
    let site = asker.site.as_ref().ok_or(SignInError::Host)?;
    if wanted.wishes.prompt == Some(Prompt::None) && sign_in_loop::is_silence_over(asker.silent_rounds) {
        // Whoever was told so may try again.
        cell.delete_cookie(site.names.rounds(), site.names.is_secure);
        return Err(SignInError::SilentLoop);
    }
    let snapshot = application.provider.snapshot().await?;

    let browser = match &asker.browser {
        Some(cookie) => cookie.clone(),
        None => sign_in_state::browser_cookie(entropy::random()?),
    };
    let attempt = SignInAttempt {
        secret: entropy::random()?,
        started_at: clock::now(),
        authority: application.authority,
        browser: sign_in_state::mark(&browser),
        return_to: application.addresses_at(Some(site)).return_to(&wanted.return_to).into_owned(),
        frame: wanted.frame,
        prompt: wanted.wishes.prompt,
        begun_anew: wanted.begun_anew,
    };
    let name = site.names.sign_in();
    let state = sign_in_state::seal(&attempt, keys, name, entropy::random()?).ok_or(SignInError::NotSealed)?;
    let configured = configuration.scopes.iter().map(String::as_str);
    let declared = table.openid_scopes.iter().chain(scopes).copied();
    let address = authorization_request::address(
        &snapshot.metadata,
        &configuration.client,
        &application.redirect_uri(site),
        declared.chain(configured),
        &attempt,
        state,
        &wanted.wishes,
    )?;
    cell.set_cookie(name, &browser, site.names.is_secure, Some(BROWSER_LIFETIME));
    HeaderValue::from_str(address.as_str()).map_err(|_| SignInError::NotSealed)
}
