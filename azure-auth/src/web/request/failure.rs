//! From a reason to an answer: one event in the log, one `Failure` for the receiver.

use std::sync::Arc;

use azure_auth_policy::Requirement;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::http::Method;

use super::context::RequestContext;
use super::findings::{CredentialRefusal, Findings};
use super::{request_facts, request_site};
use crate::io::entropy::{self};
use crate::io::meters::of_requests;
use crate::io::sessions::stream_places::PLACES;
use crate::model::json::printable;
use crate::model::refusals::diagnosis::{Details, Diagnosis};
use crate::model::refusals::lost_session::LostSession;
use crate::model::refusals::reason::Reason;
use crate::model::refusals::refusal::{Refusal, RefusalKind};
use crate::rules::policy::admission::NotAdmitted;
use crate::rules::request::challenge::{Challenge, ChallengeError};
use crate::rules::request::navigation::AnswerForm;
use crate::rules::token::access_token::TokenFacts;
use crate::web::application::addresses::Addresses;
use crate::web::application::events::told_request::ToldRequest;
use crate::web::application::site::{FoundSite, Site};
use crate::web::application::state::Application;
use crate::web::pages::page::Asked;
use crate::web::pages::refused::{Failure, Refused};

/// Who forgot the secret sees a program that asks for a sign-in and offers none.
const WITHOUT_SIGN_IN: &str = "send an access token as `Authorization: Bearer …`; nobody signs in here, because \
    no credential is set, such as `AZURE_CLIENT_SECRET`, and the program is an API only";

/// Refuses a caller whom a handler does not admit, without sending them anywhere.
pub(crate) fn refuse(
    context: &RequestContext<'_>,
    refusal: &NotAdmitted<'static>,
    requirement: &Requirement<'static>,
    handler: Option<&'static str>,
) -> Refused {
    let mut failure = describe(context, refusal.reason(), diagnosis(context, refusal));
    if let NotAdmitted::Check(words) = refusal {
        failure.sentence = words.to_string();
        // Those words are all there is to say: an explanation for developers would repeat them.
        failure.explained = false;
        if words.kind() == RefusalKind::NotFound {
            failure.title = "Not found";
        }
    }
    failure.challenge = challenge(context.findings, &failure, refusal, requirement);
    failure.other_account = other_account(context, &failure);
    if refusal.asks_to_sign_in() && context.application().signs_in() {
        failure.script_login = htmx_page(context).map(|page| context.addresses().login(&page));
    }
    if let NotAdmitted::SessionLost(lost) = refusal {
        note_lost(context.application(), *lost, &failure, handler);
    } else if handler.is_some() || *refusal != NotAdmitted::NotSignedIn {
        log(&failure, handler, &TokenFacts::default(), Some(0));
    } else {
        // A page for everyone asked whether somebody is signed in: nothing was refused.
        tracing::debug!(target: "azure_auth::refusal", code = failure.reason.code(), reference = failure.reference, "{}", failure.diagnosis);
    }
    answered(context, failure, handler)
}

/// The answer, of which the application is told: at once where a guard refuses. What asks beside the guards, such as an
/// argument `Option<User>`, refuses somebody only if it becomes the answer.
pub(crate) fn answered(context: &RequestContext<'_>, failure: Failure, handler: Option<&'static str>) -> Refused {
    let application = context.application();
    if handler.is_some() {
        application.telling.refused(&failure, || told(context, &failure, handler));
    }
    let refused = Refused::answered(failure, context.form(), &application.pages);
    if handler.is_none() && application.telling.is_on() {
        let (mounted, request) = (context.findings.mounted.clone(), told(context, refused.failure(), None));
        refused.untold.keep(Box::new(move |failure| mounted.application.telling.refused(failure, || request)));
    }
    refused
}

/// Whose cookie does not count for the request did not send it.
fn told(context: &RequestContext<'_>, failure: &Failure, handler: Option<&'static str>) -> ToldRequest {
    let request = context.told_request(handler);
    if failure.reason == Reason::NotSignedIn { request.by(None) } else { request }
}

/// A browser may come back with the same cookie for ever: the log has each kind once a minute. What happens every day is
/// not said at all where nothing was refused.
pub(crate) fn note_lost(application: &Application, lost: LostSession, failure: &Failure, handler: Option<&str>) {
    if !lost.is_ordinary() || handler.is_some() {
        log(failure, handler, &TokenFacts::default(), application.lets_log(failure.reason, true));
    }
}

/// What a refusal of a caller says, with what only the request tells.
fn diagnosis(context: &RequestContext<'_>, refusal: &NotAdmitted<'static>) -> Diagnosis {
    let mut diagnosis = Diagnosis::of(refusal, refusal.reason());
    match refusal {
        NotAdmitted::NotSignedIn if !context.application().signs_in() => diagnosis.remedy = WITHOUT_SIGN_IN.into(),
        NotAdmitted::Foreign(_) => {
            let Details { found, expected, .. } = foreign_source(context);
            (diagnosis.found, diagnosis.expected) = (found, expected);
        }
        // A sentence for the visitor, in the middle of one of ours.
        NotAdmitted::Check(words) => diagnosis.cause = without_stop(words).into(),
        _ => {}
    }
    diagnosis
}

/// Where a request came from that was taken for forged, and where it should have.
fn foreign_source(context: &RequestContext<'_>) -> Details {
    let source = context.source();
    let found = match (source.origin, source.fetch_site) {
        (Some(origin), _) => format!("`Origin` {}", printable(origin)),
        (None, Some(site)) => format!("`Sec-Fetch-Site` {} without `Origin`", printable(site)),
        (None, None) => "neither `Origin` nor `Sec-Fetch-Site`".to_owned(),
    };
    let own = context.site().map(|site| site.origin.to_string());
    let trusted = context.application().configuration.trusted_origins.iter().map(ToString::to_string);
    let expected = own.into_iter().chain(trusted).collect::<Vec<_>>().join(" or ");
    Details::new(found, if expected.is_empty() { "an address of `AZURE_PUBLIC_URL`".to_owned() } else { expected })
}

/// The application's own sentence.
fn without_stop(words: &Refusal) -> String {
    words.to_string().trim_end_matches(['.', ' ']).to_owned()
}

/// Where a person who may not do this with the account of their session may choose another one, and come back.
fn other_account(context: &RequestContext<'_>, failure: &Failure) -> Option<String> {
    let is_about_person = failure.status() == 403
        && context.findings.opened_session().is_some()
        && !context.findings.is_bearer()
        && !matches!(failure.reason, Reason::OriginForeign | Reason::OriginMissing);
    let addresses = context.addresses();
    is_about_person.then(|| {
        // What a form sent is not sent again.
        let page =
            if *context.request.method() == Method::GET { context.own_address() } else { addresses.root().into() };
        addresses.login_with_other_account(&addresses.return_to(&page))
    })
}

/// The page on which htmx asks: it follows no redirect to another site, but goes where it is told.
fn htmx_page(context: &RequestContext<'_>) -> Option<String> {
    let site = context.site()?;
    request_facts::htmx_page(context.request, &site.origin)
}

/// Refuses a credential that proves nothing.
pub(crate) fn refuse_credential(
    context: &RequestContext<'_>,
    refusal: &CredentialRefusal,
    handler: Option<&'static str>,
) -> Refused {
    if let CredentialRefusal::NotAdmitted(refusal) = refusal {
        return refuse(context, refusal, &Requirement::ANYONE, handler);
    }
    let reason = refusal.reason();
    let mut failure = describe(context, reason, refusal.diagnosis());
    failure.challenge = (failure.status() < 500).then(|| Challenge {
        error: ChallengeError::InvalidToken,
        description: failure.shown_detail(),
        scope: Vec::new(),
        claims: None,
    });
    let is_shared = matches!(refusal, CredentialRefusal::Keys(error) if error.is_resting);
    log(&failure, handler, &refusal.facts(), context.application().lets_log(reason, is_shared));
    answered(context, failure, handler)
}

/// Refuses a stream of a session that has as many as it may. Whoever opens them goes on doing so, and not every one is
/// worth a line.
pub(crate) fn refuse_stream(context: &RequestContext<'_>) -> Refused {
    let details = Details::new(format!("{PLACES} streams that are open"), format!("fewer than {PLACES}"));
    let cause = format!("{PLACES} pages of this session listen to it already");
    let failure = describe(context, Reason::TooManyStreams, Diagnosis::new(cause, details, Reason::TooManyStreams));
    log(&failure, None, &TokenFacts::default(), context.application().lets_log(failure.reason, false));
    answered(context, failure, None)
}

/// The code of a refusal that a handler returns.
pub(crate) fn reason_of(refusal: &Refusal) -> Reason {
    match refusal.kind() {
        RefusalKind::Forbidden => Reason::HandlerRefused,
        RefusalKind::NotFound => Reason::NothingThere,
    }
}

/// A refusal that a handler returns. Its words are all there is to say; an explanation for developers would repeat them.
pub(crate) fn refuse_object(refusal: &Refusal) -> Failure {
    let reason = reason_of(refusal);
    let details = Details::new("an object that is not the caller's, or is not there", "an object of the caller's");
    let diagnosis = Diagnosis::new(without_stop(refusal), details, reason);
    let failure = Failure { sentence: refusal.to_string(), ..plain(reason, diagnosis) };
    log(&failure, None, &TokenFacts::default(), Some(0));
    failure
}

/// In place of an answer that came without anybody having said who may have it.
pub(crate) fn withhold(application: &Application, form: AnswerForm, name: &str) -> Refused {
    let reason = Reason::Undeclared;
    let details = Details::new("an answer of an endpoint without a declaration", "a declaration");
    let cause = format!("{name}: what answered does not say who may call it");
    let failure = plain(reason, Diagnosis::new(cause, details, reason));
    log(&failure, None, &TokenFacts::default(), application.lets_log(failure.reason, false));
    Refused::answered(failure, form, &application.pages)
}

/// A token in hand that is refused: the reference of its line in the log.
pub(crate) fn note_token(refusal: &CredentialRefusal, handler: &str) -> (Reason, String) {
    let failure = plain(refusal.reason(), refusal.diagnosis());
    log(&failure, Some(handler), &refusal.facts(), Some(0));
    (failure.reason, failure.reference)
}

/// A call that the program itself gets wrong: the reference of its line in the log.
pub(crate) fn note_misuse(reason: Reason, diagnosis: Diagnosis) -> String {
    let failure = plain(reason, diagnosis);
    log(&failure, None, &TokenFacts::default(), Some(0));
    failure.reference
}

/// A refusal that needs no request to be told.
fn plain(reason: Reason, diagnosis: Diagnosis) -> Failure {
    Failure {
        reason,
        title: if reason.status() == 404 { "Not found" } else { "Not allowed" },
        sentence: reason.explanation().sentence.to_owned(),
        responsible: reason.explanation().responsible,
        diagnosis,
        reference: reference(),
        realm: String::new(),
        authorization_uri: None,
        challenge: None,
        correlation_id: None,
        entra_code: None,
        explained: false,
        asked: Asked::default(),
        retry: None,
        other_account: None,
        script_login: None,
        status: reason.status(),
        retry_after: None,
    }
}

/// For whom an answer is, as far as answers care.
#[derive(Clone, Debug)]
pub(crate) struct Receiver {
    asked: Asked,
    /// The public address that it is at.
    site: Option<Arc<Site>>,
    /// The same, or a loopback host, where people sign in.
    served_site: Option<Arc<Site>>,
    pub(crate) explained: bool,
    pub(crate) form: AnswerForm,
}

impl Receiver {
    pub(crate) fn of(context: &RequestContext<'_>) -> Self {
        Self {
            site: request_site::public(context.application(), context.request).cloned(),
            served_site: context.site().map(FoundSite::into_shared),
            asked: context.asked(),
            explained: context.explains(),
            form: context.form(),
        }
    }

    /// Of a browser at a site, where the request is gone.
    pub(crate) fn at(site: Option<&Arc<Site>>, form: AnswerForm, explained: bool) -> Self {
        Self { asked: Asked::default(), site: site.cloned(), served_site: site.cloned(), explained, form }
    }

    /// Our addresses as its browser knows them.
    pub(crate) fn addresses<'a>(&'a self, application: &'a Application) -> Addresses<'a> {
        application.addresses_at(self.site.as_deref())
    }

    /// The redirect URI of a sign-in there.
    pub(crate) fn redirect_uri(&self, application: &Application) -> Option<String> {
        self.served_site.as_ref().map(|site| application.redirect_uri(site))
    }
}

/// What a refusal says. Nobody has to look into a redirect to the sign-in, so nothing is logged here.
pub(crate) fn describe(context: &RequestContext<'_>, reason: Reason, diagnosis: Diagnosis) -> Failure {
    describe_to(context.application(), &Receiver::of(context), reason, diagnosis)
}

/// The same where the request is gone.
pub(crate) fn describe_to(
    application: &Application,
    receiver: &Receiver,
    reason: Reason,
    diagnosis: Diagnosis,
) -> Failure {
    let addresses = receiver.addresses(application);
    Failure {
        reason,
        title: if reason.asks_to_sign_in() { "Please sign in" } else { "Not allowed" },
        sentence: reason.explanation().sentence.to_owned(),
        responsible: reason.explanation().responsible,
        diagnosis,
        reference: reference(),
        realm: application.configuration.authority.realm(),
        authorization_uri: application.configuration.authority.authorization_uri(),
        challenge: None,
        correlation_id: None,
        entra_code: None,
        explained: receiver.explained,
        asked: receiver.asked.clone(),
        retry: (reason.asks_to_sign_in() && application.signs_in()).then(|| addresses.login("/")),
        other_account: None,
        script_login: None,
        status: reason.status(),
        retry_after: None,
    }
}

/// Programs are told in their own language what is missing; a session's owner reads the page.
fn challenge(
    findings: &Findings,
    failure: &Failure,
    refusal: &NotAdmitted<'static>,
    requirement: &Requirement<'static>,
) -> Option<Challenge> {
    let is_bearer = findings.is_bearer();
    let error = match (refusal, failure.status()) {
        // No scope would help.
        (NotAdmitted::Check(_), _) => return None,
        (NotAdmitted::SeveralAuthorizations { .. }, _) => ChallengeError::InvalidRequest,
        // RFC 6750 §3.1: whoever sent no token is told of no error.
        (NotAdmitted::TokenMissing, _) => ChallengeError::None,
        (NotAdmitted::AuthorizationScheme, _) => ChallengeError::InvalidToken,
        (_, 401) if !is_bearer => ChallengeError::None,
        _ if is_bearer => ChallengeError::InsufficientScope,
        _ => return None,
    };
    let is_of_scope = matches!(refusal, NotAdmitted::Scope { .. });
    let scope = requirement.scopes.iter().filter(|_| is_of_scope).map(ToString::to_string).collect();
    Some(Challenge { error, description: failure.shown_detail(), scope, claims: None })
}

/// Writes the one event of a refusal. `held_back`: how many lines like this one were not written before it. None: this one is not written either.
pub(crate) fn log(failure: &Failure, handler: Option<&str>, token: &TokenFacts, held_back: Option<u64>) {
    of_requests::refused(failure.reason);
    let Some(held_back) = held_back else { return };
    tracing::warn!(
        target: "azure_auth::refusal",
        code = failure.reason.code(),
        status = failure.status(),
        handler,
        cause = failure.diagnosis.cause(),
        found = failure.diagnosis.found(),
        expected = failure.diagnosis.expected(),
        remedy = failure.diagnosis.remedy(),
        responsible = %failure.responsible,
        reference = failure.reference,
        entra_code = failure.entra_code,
        correlation_id = failure.correlation_id,
        tid = token.tid,
        aud = token.aud,
        iss = token.iss,
        kid = token.kid,
        azp = token.azp,
        uti = token.uti,
        held_back = (held_back > 0).then_some(held_back),
        "{}", failure.diagnosis
    );
}

/// Eight random characters; without randomness the answer is given all the same.
fn reference() -> String {
    entropy::random::<6>().map_or_else(|_| "none".to_owned(), |bytes| URL_SAFE_NO_PAD.encode(bytes))
}
