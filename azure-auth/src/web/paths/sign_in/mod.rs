//! The way to the provider.

pub(crate) mod access;
pub(crate) mod access_request;

use std::sync::Arc;

use poem::Response;
use poem::http::header::{HeaderValue, LOCATION};
use poem::http::{Method, StatusCode};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use self::access_request::AccessRequest;
use super::sign_in_failure::{self, SignInError};
use crate::io::{clock, entropy};
use crate::model::refusals::diagnosis::{Details, Diagnosis};
use crate::model::refusals::lost_session::LostSession;
use crate::model::refusals::reason::Reason;
use crate::model::sessions::asked_access::{AskedAccess, AskedApi};
use crate::model::sessions::frame_challenge::FrameChallenge;
use crate::model::sessions::prompt::Prompt;
use crate::model::sessions::sign_in_attempt::SignInAttempt;
use crate::rules::downstream::{claims_challenge, scopes};
use crate::rules::policy::admission::NotAdmitted;
use crate::rules::request::navigation::AnswerForm;
use crate::rules::sign_in::authorization_request;
use crate::rules::sign_in::login_request::{self, Wishes};
use crate::rules::sign_in::sign_in_state::{self, BROWSER_LIFETIME};
use crate::web::application::opened_session::OpenedSession;
use crate::web::application::site::{FoundSite, Site};
use crate::web::application::state::MountedApplication;
use crate::web::pages::refused::Refused;
use crate::web::request::context::RequestContext;
use crate::web::request::failure::{self, Receiver};
use crate::web::request::findings::Findings;
use crate::web::request::request_site::HostNotServed;
use crate::web::request::{request_facts, request_site, session, sign_in_loop};

/// `GET /login?return_to=…`: starts a sign-in.
pub(crate) async fn login(context: &RequestContext<'_>) -> Result<Response, Refused> {
    if !matches!(*context.request.method(), Method::GET | Method::HEAD) {
        return Ok(StatusCode::METHOD_NOT_ALLOWED.into());
    }
    if request_facts::is_ahead(context.request) {
        return Ok(not_ahead());
    }
    let query = request_facts::whole_uri(context.request).query().unwrap_or_default();
    let asked = login_request::read(query, login_request::is_own(context.source().fetch_site));
    if !asked.ignored.is_empty() {
        tracing::debug!(
            target: "azure_auth::sign_in",
            parameters = asked.ignored.join(" "),
            "parameters of the address of the sign-in are not followed; it takes `return_to`, and `prompt` and \
             `login_hint` from pages of this application and the address bar"
        );
    }
    let wanted = match asked.access.as_deref().and_then(|text| AccessRequest::open(text, context.application())) {
        // A script was sent here in the place of its page: it cannot follow to another site.
        Some(_) if context.form() != AnswerForm::Navigation => return Err(not_for_scripts(context)),
        Some(request) => for_access(context, request).await,
        None => Wanted { return_to: asked.return_to, wishes: asked.wishes, ..Wanted::default() },
    };
    go(context, wanted).await
}

/// What the session was given to ask its person for. In another session, or later, it is a plain sign-in.
async fn for_access(context: &RequestContext<'_>, request: AccessRequest) -> Wanted {
    let session = session::of(context).await.ok().flatten();
    let is_for_this = request.is_for(session.map(|session| session.stored.record.id));
    let Some(session) = session.filter(|_| is_for_this) else {
        return Wanted { return_to: return_to(context, request.return_to), ..Wanted::default() };
    };
    let AccessRequest { return_to: wanted, access, claims, .. } = request;
    let return_to = return_to(context, wanted);
    Wanted { return_to, wishes: wishes_for(session, claims), access: Some(access), ..Wanted::default() }
}

/// Where the person goes afterwards: as it was sealed, or the page that led here.
fn return_to(context: &RequestContext<'_>, wanted: Option<String>) -> String {
    let referring = || context.site().map(|site| request_facts::referring_page(context.request, &site.origin));
    wanted.or_else(referring).unwrap_or_default()
}

/// The same address, for the page of a script to open.
fn not_for_scripts(context: &RequestContext<'_>) -> Refused {
    let reason = Reason::ConsentRequired;
    let details = Details::new("a script", "a person who opens the address");
    let cause = "a script followed the way to the provider, which leads to another site";
    let mut failure = failure::describe(context, reason, Diagnosis::new(cause, details, reason));
    let address = context.own_address().into_owned();
    failure.script_login = request_facts::is_htmx(context.request).then(|| address.clone());
    failure.retry = Some(address);
    Refused::answered(failure, context.form(), &context.application().pages)
}

/// For somebody who is signed in: nobody need choose an account.
pub(crate) fn wishes_for(session: &OpenedSession, claims: Option<String>) -> Wishes {
    let login_hint = session.stored.record.identity.login_hint.clone();
    Wishes { login_hint, claims, ..Wishes::default() }
}

/// What is fetched ahead of the person starts nothing and uses nothing up. Browsers drop an answer with such a status, and
/// ask again when the person comes.
pub(crate) fn not_ahead() -> Response {
    StatusCode::SERVICE_UNAVAILABLE.into()
}

/// Sends the browser to the provider.
pub(crate) async fn go(context: &RequestContext<'_>, wanted: Wanted) -> Result<Response, Refused> {
    let asker = Asker::of(context);
    request_site::note_other_address(context);
    match start(context.findings, &asker, wanted, &[]).await {
        Ok(address) => Ok(Response::builder().status(StatusCode::FOUND).header(LOCATION, address).finish()),
        Err(error) => Err(sign_in_failure::answer(context, &error)),
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
    /// What it asks for at other APIs.
    pub(crate) access: Option<AskedAccess>,
}

/// What a sign-in has to know of the request that asks for it.
#[derive(Clone)]
pub(crate) struct Asker {
    pub(crate) site: Result<Arc<Site>, HostNotServed>,
    /// What the browser keeps since it began another one.
    browser: Option<String>,
    /// The last ones that were to show nothing found somebody who has to be asked.
    pub(crate) silent_rounds: u8,
    pub(crate) receiver: Receiver,
    pub(crate) is_ahead: bool,
    pub(crate) is_htmx: bool,
}

impl Asker {
    pub(crate) fn of(context: &RequestContext<'_>) -> Self {
        let site = context.served_site();
        let browser = site.as_ref().ok().and_then(|site| request_facts::cookie(context.request, site.names.sign_in()));
        Self {
            browser: browser.filter(|value| sign_in_state::is_browser_cookie(value)).map(ToOwned::to_owned),
            silent_rounds: site.as_ref().map_or(0, |site| sign_in_loop::silent(context.request, site)),
            site: site.map(FoundSite::into_shared),
            receiver: Receiver::of(context),
            is_ahead: request_facts::is_ahead(context.request),
            is_htmx: request_facts::is_htmx(context.request),
        }
    }
}

/// Turns "not signed in" of a person who opens a page into the way to the provider and back to that page.
/// `access`: what the page needs of other APIs, so that one visit is enough.
pub(crate) async fn redirect(context: &RequestContext<'_>, scopes: &[&str], access: Option<AskedAccess>) -> Refused {
    let application = context.application();
    let asker = Asker::of(context);
    if let Some(error) = too_many_rounds(context) {
        return sign_in_failure::answer(context, &error);
    }
    request_site::note_other_address(context);
    let wanted = Wanted { return_to: context.own_address().into_owned(), access, ..Wanted::default() };
    match start(context.findings, &asker, wanted, scopes).await {
        Ok(address) => {
            let refusal = context.findings.nobody();
            let failure = failure::describe(context, refusal.reason(), Diagnosis::of(&refusal, refusal.reason()));
            if let NotAdmitted::SessionLost(lost) = refusal {
                failure::note_lost(application, lost, &failure, None);
            }
            Refused::redirect(failure, address, &application.pages)
        }
        Err(error) => sign_in_failure::answer(context, &error),
    }
}

/// The same for somebody who is signed in, and is asked for more.
pub(crate) async fn redirect_for(
    context: &RequestContext<'_>,
    wanted: Wanted,
    reason: Reason,
    diagnosis: Diagnosis,
) -> Refused {
    match start(context.findings, &Asker::of(context), wanted, &[]).await {
        Ok(address) => {
            let failure = failure::describe(context, reason, diagnosis);
            Refused::redirect(failure, address, &context.application().pages)
        }
        Err(error) => sign_in_failure::answer(context, &error),
    }
}

/// Where the last sign-ins of this browser did not stick, the next one does not begin by itself. Whoever is told so may try
/// again.
pub(crate) fn too_many_rounds(context: &RequestContext<'_>) -> Option<SignInError> {
    let lost = context.findings.lost_session();
    let was_ended = matches!(lost, Some(LostSession::Ended));
    let site = context.site().filter(|site| sign_in_loop::are_over(context.request, site, was_ended))?;
    sign_in_loop::forget(context, &site);
    let lost = lost.map(|lost| Diagnosis::of(&lost, lost.reason()));
    let address = || request_site::address_problem(context).map(|problem| Diagnosis::of(&problem, Reason::SignInLoop));
    let host = site.origin.to_string();
    Some(SignInError::Loop { host, is_secure: site.names.is_secure, because: lost.or_else(address).map(Box::new) })
}

/// For whoever collects traces: one step of a sign-in, and the code of the refusal where it ends in one.
pub(crate) fn span(step: &'static str) -> Span {
    tracing::info_span!(target: "azure_auth::sign_in", "sign-in", step, code = Empty)
}

/// Begins an attempt: it is the `state` of the address returned, and the browser's cookie goes with the answer.
pub(crate) async fn start(
    findings: &Findings,
    asker: &Asker,
    wanted: Wanted,
    scopes: &[&str],
) -> Result<HeaderValue, SignInError> {
    let span = span("start");
    let outcome = begin(findings, asker, wanted, scopes).instrument(span.clone()).await;
    if let Err(error) = &outcome {
        span.record("code", error.reason().code());
    }
    outcome
}

/// As scopes write them. The same API may be asked for by a page, and to look groups up.
fn wanted_scopes<'a>(apis: impl Iterator<Item = &'a AskedApi>) -> Vec<String> {
    let mut wanted: Vec<(&str, Vec<&str>)> = Vec::new();
    for AskedApi { uri, names } in apis {
        let names = names.iter().map(String::as_str);
        match wanted.iter_mut().find(|(known, _)| known == uri) {
            Some((_, known)) => known.extend(names),
            None => wanted.push((uri, names.collect())),
        }
    }
    let written = |(uri, names)| scopes::joined(names).into_iter().map(move |name| scopes::scope(uri, name));
    wanted.into_iter().flat_map(written).collect()
}

async fn begin(
    findings: &Findings,
    asker: &Asker,
    wanted: Wanted,
    scopes: &[&str],
) -> Result<HeaderValue, SignInError> {
    let MountedApplication { application, table, .. } = findings.mounted.as_ref();
    let configuration = &application.configuration;
    let keys = application.attempt_keys.as_ref().ok_or(SignInError::NoCredential)?;
    let site = asker.site.as_ref().map_err(Clone::clone)?;
    if wanted.wishes.prompt == Some(Prompt::None) && sign_in_loop::is_silence_over(asker.silent_rounds) {
        // Whoever was told so may try again.
        findings.delete_cookie(site.names.rounds(), site.names.is_secure);
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
        access: wanted.access.clone(),
    };
    let name = site.names.sign_in();
    let state = sign_in_state::seal(&attempt, keys, name, entropy::random()?).ok_or(SignInError::NotSealed)?;
    let configured = configuration.scopes.iter().map(String::as_str);
    let groups_by = findings.mounted.groups_by(&snapshot.metadata);
    let apis = wanted.access.iter().flat_map(|access| &access.apis);
    let permissions = wanted_scopes(apis.chain(&groups_by));
    let keeps_tokens = (wanted.access.is_some() || table.acts_for_people()) && application.keeps_tokens();
    let offline = keeps_tokens.then_some("offline_access");
    let declared = table.openid_scopes.iter().chain(scopes).copied().chain(offline);
    let declared = declared.chain(permissions.iter().map(String::as_str));
    let capability = keeps_tokens && configuration.handles_claims_challenges;
    let claims = claims_challenge::merged(wanted.wishes.claims.as_deref(), capability);
    let wishes = Wishes { claims, ..wanted.wishes };
    let address = authorization_request::address(
        &snapshot.metadata,
        &configuration.client.id,
        &application.redirect_uri(site),
        declared.chain(configured),
        &attempt,
        state,
        &wishes,
    )?;
    findings.set_cookie(name, &browser, site.names.is_secure, Some(BROWSER_LIFETIME));
    HeaderValue::from_str(address.as_str()).map_err(|_| SignInError::NotSealed)
}
