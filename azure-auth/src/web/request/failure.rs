//! From a reason to an answer: one event in the log, one `Failure` for the receiver.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::Request;
use poem::http::Method;
use thiserror::Error;

use super::findings::{CredentialRefusal, RequestCell};
use super::request_facts;
use crate::io::entropy::{self, EntropyError};
use crate::io::provider::cached::ProviderError;
use crate::io::provider::token_endpoint::RedemptionError;
use crate::io::sessions::store::StoreError;
use crate::io::sessions::stream_places::PLACES;
use crate::model::policies::requirement::Requirement;
use crate::model::refusals::reason::Reason;
use crate::model::refusals::refusal::{Refusal, RefusalKind};
use crate::rules::policy::admission::NotAdmitted;
use crate::rules::request::challenge::{Challenge, ChallengeError};
use crate::rules::request::embedding::EmbeddingError;
use crate::rules::request::navigation::AnswerForm;
use crate::rules::session::session_record::SessionRecordError;
use crate::rules::sign_in::authorization_response::CallbackError;
use crate::rules::sign_in::entra_error::EntraError;
use crate::rules::sign_in::relying_party::RelyingPartyError;
use crate::rules::token::access_token::TokenFacts;
use crate::rules::token::id_token::IdTokenError;
use crate::rules::token::token_claims::ClaimError;
use crate::web::application::addresses::Addresses;
use crate::web::application::application::Application;
use crate::web::application::site::Site;
use crate::web::pages::page::Asked;
use crate::web::pages::refused::{Failure, Refused};

/// Why someone did not get signed in.
#[derive(Clone, Debug, Error)]
pub(crate) enum SignInError {
    #[error(
        "the host of the request is neither loopback nor configured; set AZURE_PUBLIC_URL to the address browsers use; where it lists several, a proxy in front has to pass the `Host` header on"
    )]
    Host,
    /// Usual cause: `AzureAuth` inside of a router, which has a path that the public URL does not have.
    #[error(
        "nobody can sign in where `AzureAuth` stands: what the provider answers does not get there; the first request has put the remedy into the log"
    )]
    Misplaced,
    #[error("nobody signs in here: AZURE_CLIENT_SECRET is not set, the program is an API only")]
    NoSecret,
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error(transparent)]
    Request(#[from] RelyingPartyError),
    #[error(transparent)]
    Callback(#[from] CallbackError),
    #[error(transparent)]
    Redemption(#[from] RedemptionError),
    #[error("the ID token was refused: {0}")]
    IdToken(#[from] IdTokenError),
    #[error(transparent)]
    Session(#[from] StoreError),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    #[error("a sealed cookie could not be made")]
    NotSealed,
    #[error(transparent)]
    Embedding(#[from] EmbeddingError),
    #[error("the application does not let this person in: {0}")]
    Vetoed(Refusal),
    /// Usual cause: very many people, or a flood of callbacks while the provider does not answer.
    #[error("no further sign-in can be answered: as many as this process remembers were answered within ten minutes")]
    NoRoom,
    /// Usual cause: the provider is slow, or a flood of callbacks.
    #[error("no further code is redeemed now: as many as this process redeems at once are at the token endpoint")]
    Busy,
    /// Usual cause: a page that sends everybody without a session to sign in without being asked.
    #[error(
        "two sign-ins in a row that were to show nothing found somebody who has to be asked, and the page begins a third; \
         ask for `prompt=none` once, and show the page to whoever comes back without a session"
    )]
    SilentLoop,
    /// Usual cause: the session cookie is not kept, or another replica with other keys receives it.
    #[error(
        "two sign-ins in a row ended without their session coming back to {host} (cookie: HttpOnly, SameSite=Lax, {}); open the application at one address, and give every replica the same AZURE_SESSION_KEYS",
        if *is_secure { "Secure, __Host-" } else { "not Secure" }
    )]
    Loop { host: String, is_secure: bool },
}

/// Who forgot the secret sees a program that asks for a sign-in and offers none.
const WITHOUT_SIGN_IN: &str =
    "; nobody signs in here, because AZURE_CLIENT_SECRET is not set and the program is an API only";

/// Refuses a caller whom a handler does not admit, without sending them anywhere.
pub(crate) fn refuse(
    cell: &RequestCell,
    request: &Request,
    refusal: &NotAdmitted,
    requirement: &Requirement,
    handler: Option<&str>,
) -> Refused {
    let mut failure = describe(cell.application(), request, refusal.reason(), refusal.to_string());
    if *refusal == NotAdmitted::NotSignedIn && !cell.application().signs_in() {
        failure.detail.push_str(WITHOUT_SIGN_IN);
    }
    if let NotAdmitted::Check(words) = refusal {
        failure.sentence = words.to_string();
        // Those words are all there is to say: to explain it to a developer would be to say them twice.
        failure.explained = false;
        if words.kind() == RefusalKind::NotFound {
            failure.title = "Not found";
        }
    }
    failure.challenge = challenge(cell, &failure, refusal, requirement);
    failure.other_account = other_account(cell, request, &failure);
    if *refusal == NotAdmitted::NotSignedIn && cell.application().signs_in() {
        failure.script_login = htmx_page(cell, request).map(|page| cell.application().addresses(request).login(&page));
    }
    if handler.is_some() || *refusal != NotAdmitted::NotSignedIn {
        log(&failure, handler, &TokenFacts::default(), Some(0));
    } else {
        // A page for everyone asked whether somebody is signed in: nothing was refused.
        tracing::debug!(target: "azure_auth::refusal", code = failure.reason.code(), reference = failure.reference, "{}", failure.detail);
    }
    Refused::answered(failure, request_facts::form_of_answer(request), &cell.application().pages)
}

/// Where a person who may not do this with the account of their session may choose another one, and come back.
fn other_account(cell: &RequestCell, request: &Request, failure: &Failure) -> Option<String> {
    let is_about_person = failure.status() == 403
        && cell.opened_session().is_some()
        && !cell.is_bearer()
        && !matches!(failure.reason, Reason::OriginForeign | Reason::OriginMissing);
    let addresses = cell.application().addresses(request);
    is_about_person.then(|| {
        // What a form sent is not sent again.
        let page = if *request.method() == Method::GET { addresses.of(request) } else { addresses.root().into() };
        addresses.login_with_other_account(&addresses.return_to(&page))
    })
}

/// The page on which htmx asks: it follows no redirect to another site, but goes where it is told.
fn htmx_page(cell: &RequestCell, request: &Request) -> Option<String> {
    let site = cell.application().site(request)?;
    request_facts::htmx_page(request, &site.origin)
}

/// Refuses a credential that proves nothing.
pub(crate) fn refuse_credential(
    cell: &RequestCell,
    request: &Request,
    refusal: &CredentialRefusal,
    handler: Option<&str>,
) -> Refused {
    let (reason, facts) = match refusal {
        CredentialRefusal::NotAdmitted(refusal) => {
            return refuse(cell, request, refusal, &Requirement::ANYONE, handler);
        }
        CredentialRefusal::Token(token) => (token.error.reason(), token.facts.clone()),
        CredentialRefusal::Keys(_) => (Reason::KeysNotLoaded, TokenFacts::default()),
        CredentialRefusal::Store(_) => (Reason::SessionStoreUnavailable, TokenFacts::default()),
    };
    let mut failure = describe(cell.application(), request, reason, refusal.to_string());
    failure.challenge = (failure.status() < 500).then(|| Challenge {
        error: ChallengeError::InvalidToken,
        description: failure.shown_detail().to_owned(),
        scope: Vec::new(),
    });
    let is_shared = matches!(refusal, CredentialRefusal::Keys(error) if error.is_resting());
    log(&failure, handler, &facts, cell.application().lets_log(reason, is_shared));
    Refused::answered(failure, request_facts::form_of_answer(request), &cell.application().pages)
}

/// Refuses a stream of a session that has as many as it may. Whoever opens them goes on doing so, and not every one is
/// worth a line.
pub(crate) fn refuse_stream(cell: &RequestCell, request: &Request) -> Refused {
    let detail = format!("{PLACES} pages of this session listen to it already; close some of them");
    let failure = describe(cell.application(), request, Reason::TooManyStreams, detail);
    log(&failure, None, &TokenFacts::default(), cell.application().lets_log(failure.reason, false));
    Refused::answered(failure, request_facts::form_of_answer(request), &cell.application().pages)
}

/// The code of a refusal that a handler returns.
pub(crate) fn reason_of(refusal: &Refusal) -> Reason {
    match refusal.kind() {
        RefusalKind::Forbidden => Reason::HandlerRefused,
        RefusalKind::NotFound => Reason::NothingThere,
    }
}

/// A refusal that a handler returns. Its words are all there is to say: to explain it to a developer would be no more.
pub(crate) fn refuse_object(refusal: &Refusal) -> Failure {
    let failure = Failure { sentence: refusal.to_string(), ..plain(reason_of(refusal), refusal.to_string()) };
    log(&failure, None, &TokenFacts::default(), Some(0));
    failure
}

/// In place of an answer that came without anybody having said who may have it.
pub(crate) fn withheld(application: &Application, form: AnswerForm, name: &str) -> Refused {
    let failure = plain(Reason::Undeclared, format!("{name}: what answered does not say who may call it"));
    log(&failure, None, &TokenFacts::default(), application.lets_log(failure.reason, false));
    Refused::answered(failure, form, &application.pages)
}

/// A token in hand that is refused: the reference of its line in the log.
pub(crate) fn note_token(refusal: &CredentialRefusal, handler: &str) -> (Reason, String) {
    let (reason, facts) = match refusal {
        CredentialRefusal::NotAdmitted(refusal) => (refusal.reason(), TokenFacts::default()),
        CredentialRefusal::Token(token) => (token.error.reason(), token.facts.clone()),
        CredentialRefusal::Keys(_) => (Reason::KeysNotLoaded, TokenFacts::default()),
        CredentialRefusal::Store(_) => (Reason::SessionStoreUnavailable, TokenFacts::default()),
    };
    let failure = plain(reason, refusal.to_string());
    log(&failure, Some(handler), &facts, Some(0));
    (reason, failure.reference)
}

/// A refusal that needs no request to be told.
fn plain(reason: Reason, detail: String) -> Failure {
    Failure {
        reason,
        title: if reason.status() == 404 { "Not found" } else { "Not allowed" },
        sentence: reason.explanation().sentence.to_owned(),
        fixer: reason.explanation().fixer,
        detail,
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
    }
}

/// For whom an answer is, as far as answers care.
#[derive(Clone, Debug)]
pub(crate) struct Receiver {
    asked: Asked,
    /// The public address that it is at.
    site: Option<Arc<Site>>,
    pub(crate) explained: bool,
    pub(crate) form: AnswerForm,
}

impl Receiver {
    pub(crate) fn of(application: &Application, request: &Request) -> Self {
        let site = application.public_site(request).cloned();
        Self {
            site,
            asked: application.pages.asked(request),
            explained: application.explains(request),
            form: request_facts::form_of_answer(request),
        }
    }

    /// Our addresses as its browser knows them.
    pub(crate) fn addresses<'a>(&'a self, application: &'a Application) -> Addresses<'a> {
        application.addresses_at(self.site.as_deref())
    }
}

/// What a refusal says. Being sent to sign in is none that anyone has to look after, so that nothing is logged here.
pub(crate) fn describe(application: &Application, request: &Request, reason: Reason, detail: String) -> Failure {
    describe_to(application, &Receiver::of(application, request), reason, detail)
}

fn describe_to(application: &Application, receiver: &Receiver, reason: Reason, detail: String) -> Failure {
    let addresses = receiver.addresses(application);
    Failure {
        reason,
        title: if reason == Reason::NotSignedIn { "Please sign in" } else { "Not allowed" },
        sentence: reason.explanation().sentence.to_owned(),
        fixer: reason.explanation().fixer,
        detail,
        reference: reference(),
        realm: application.configuration.authority.realm(),
        authorization_uri: application.configuration.authority.authorization_uri(),
        challenge: None,
        correlation_id: None,
        entra_code: None,
        explained: receiver.explained,
        asked: receiver.asked.clone(),
        retry: (reason == Reason::NotSignedIn && application.signs_in()).then(|| addresses.login("/")),
        other_account: None,
        script_login: None,
    }
}

/// Answers a sign-in that failed.
pub(crate) fn sign_in_failed(application: &Application, request: &Request, error: &SignInError) -> Refused {
    sign_in_failed_to(application, &Receiver::of(application, request), error)
}

/// The same where the request is gone.
pub(crate) fn sign_in_failed_to(application: &Application, receiver: &Receiver, error: &SignInError) -> Refused {
    let addresses = receiver.addresses(application);
    let mut failure = describe_to(application, receiver, error.reason(), error.to_string());
    failure.title = "Sign-in failed";
    if let SignInError::Vetoed(words) = error {
        failure.sentence = words.to_string();
    }
    if let Some(entra) = error.entra_error() {
        let explanation = entra.explanation();
        explanation.sentence.clone_into(&mut failure.sentence);
        failure.fixer = explanation.fixer;
        failure.entra_code = entra.code;
        failure.correlation_id = entra.correlation_id.map(|id| id.to_string());
    }
    failure.retry = (application.signs_in()
        && !matches!(error, SignInError::Host | SignInError::Misplaced | SignInError::Embedding(_)))
    .then(|| addresses.login("/"));
    // The same account would be refused again, without a word.
    if failure.retry.is_some() && failure.status() == 403 {
        failure.other_account = Some(addresses.login_with_other_account("/"));
    }
    let is_shared = matches!(error, SignInError::Provider(error) if error.is_resting());
    log(&failure, None, &TokenFacts::default(), application.lets_log(failure.reason, is_shared));
    Refused::answered(failure, receiver.form, &application.pages)
}

/// Answers an error of the provider that no sign-in of this browser waits for. Anybody can write it into an address, so that
/// only its numbers are shown.
pub(crate) fn unasked_error(application: &Application, receiver: &Receiver, error: &EntraError) -> Refused {
    let detail =
        format!("the redirect URI was opened with the error {error}, and no sign-in of this browser waits for it");
    let mut failure = describe_to(application, receiver, Reason::ErrorUnasked, detail);
    failure.title = "Microsoft reports an error";
    failure.entra_code = error.code;
    failure.correlation_id = error.correlation_id.map(|id| id.to_string());
    failure.retry = application.signs_in().then(|| receiver.addresses(application).login("/"));
    log(&failure, None, &TokenFacts::default(), application.lets_log(failure.reason, false));
    Refused::answered(failure, receiver.form, &application.pages)
}

/// Programs are told in their own language what is missing; a session's owner reads the page.
fn challenge(
    cell: &RequestCell,
    failure: &Failure,
    refusal: &NotAdmitted,
    requirement: &Requirement,
) -> Option<Challenge> {
    let is_bearer = cell.is_bearer();
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
    let scope = if matches!(refusal, NotAdmitted::Scope { .. }) { requirement.scopes.to_vec() } else { Vec::new() };
    Some(Challenge { error, description: failure.shown_detail().to_owned(), scope })
}

/// `held_back`: how many lines like this one were not written before it. None: this one is not written either.
fn log(failure: &Failure, handler: Option<&str>, token: &TokenFacts, held_back: Option<u64>) {
    let Some(held_back) = held_back else { return };
    tracing::warn!(
        target: "azure_auth::refusal",
        code = failure.reason.code(),
        status = failure.status(),
        handler,
        fixer = %failure.fixer,
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
        "{}", failure.detail
    );
}

impl SignInError {
    fn reason(&self) -> Reason {
        match self {
            Self::NoRoom => Reason::SignInNoRoom,
            Self::Busy => Reason::SignInBusy,
            Self::Loop { .. } => Reason::SignInLoop,
            Self::SilentLoop => Reason::SilentSignInLoop,
            Self::Vetoed(_) => Reason::SignInVetoed,
            Self::Embedding(EmbeddingError::Challenge) => Reason::PopupMalformed,
            Self::Embedding(_) => Reason::EmbeddedCodeRefused,
            Self::Host => Reason::HostNotServed,
            Self::Misplaced => Reason::LayerMisplaced,
            Self::NoSecret => Reason::NoSignIn,
            Self::Provider(error) if error.is_timeout() => Reason::ProviderTimeout,
            Self::Redemption(RedemptionError::Transport(error)) if error.is_timeout() => Reason::ProviderTimeout,
            Self::Provider(_) | Self::Redemption(RedemptionError::Transport(_) | RedemptionError::Unreadable) => {
                Reason::ProviderUnavailable
            }
            Self::Request(_) | Self::Redemption(RedemptionError::Request(_)) => Reason::ProviderAddress,
            Self::Callback(CallbackError::Refused(error)) if error.is_forbidden() => Reason::ProviderForbids,
            Self::Callback(CallbackError::Refused(_)) => Reason::ProviderRefused,
            Self::Callback(CallbackError::AttemptMissing | CallbackError::AttemptUsed) => Reason::SignInUnknown,
            Self::Callback(CallbackError::AttemptExpired) => Reason::SignInExpired,
            Self::Callback(_) => Reason::CallbackMalformed,
            // A code that was spent, expired or is another attempt's: the visitor starts again.
            Self::Redemption(RedemptionError::Refused(error)) if error.is_spent_code() => Reason::SignInUnknown,
            Self::Redemption(RedemptionError::Refused(error)) if error.error == "invalid_grant" => {
                Reason::ProviderRefused
            }
            Self::Redemption(RedemptionError::Refused(_)) => Reason::CodeNotRedeemed,
            Self::Redemption(RedemptionError::MemberMissing { .. } | RedemptionError::TokenType { .. }) => {
                Reason::TokenAnswerRefused
            }
            Self::IdToken(IdTokenError::Claim(ClaimError::TenantNotAccepted { .. })) => Reason::TenantNotAccepted,
            Self::IdToken(_) | Self::Redemption(RedemptionError::IdTokenMissing) => Reason::IdTokenRefused,
            Self::Session(StoreError::Record(SessionRecordError::OverBudget { .. })) => Reason::SessionOverBudget,
            Self::Session(StoreError::Record(SessionRecordError::NotSealed) | StoreError::Entropy)
            | Self::Entropy(_)
            | Self::NotSealed => Reason::Internal,
            Self::Session(_) => Reason::SessionStoreUnavailable,
        }
    }

    fn entra_error(&self) -> Option<&EntraError> {
        match self {
            Self::Callback(CallbackError::Refused(error)) | Self::Redemption(RedemptionError::Refused(error)) => {
                Some(error)
            }
            Self::Provider(error) => match error.answered() {
                ProviderError::Refused { error, .. } => Some(error),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Eight random characters; a number that was not to be had is no reason not to answer.
fn reference() -> String {
    entropy::random::<6>().map_or_else(|_| "none".to_owned(), |bytes| URL_SAFE_NO_PAD.encode(bytes))
}
