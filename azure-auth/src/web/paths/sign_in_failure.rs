//! Why somebody did not get signed in, and what they are told.

use thiserror::Error;

use crate::io::credential::credential_error::CredentialError;
use crate::io::entropy::EntropyError;
use crate::io::meters::of_requests;
use crate::io::provider::provider_error::ProviderError;
use crate::io::provider::token_endpoint::RedemptionError;
use crate::io::sessions::store::StoreError;
use crate::model::callers::identity::UserId;
use crate::model::refusals::diagnosis::{Details, Diagnosed, Diagnosis};
use crate::model::refusals::reason::Reason;
use crate::model::refusals::refusal::Refusal;
use crate::model::settings::configuration::Configuration;
use crate::rules::request::embedding::EmbeddingError;
use crate::rules::session::session_record::SessionRecordError;
use crate::rules::sign_in::authorization_response::CallbackError;
use crate::rules::sign_in::entra_error::EntraError;
use crate::rules::sign_in::entra_facts::EntraFacts;
use crate::rules::sign_in::relying_party::RelyingPartyError;
use crate::rules::token::access_token::TokenFacts;
use crate::rules::token::id_token::IdTokenError;
use crate::rules::token::token_claims::ClaimError;
use crate::web::application::state::Application;
use crate::web::pages::refused::Refused;
use crate::web::request::context::RequestContext;
use crate::web::request::failure::{self, Receiver};
use crate::web::request::request_site::HostNotServed;

/// Why someone did not get signed in.
#[derive(Clone, Debug, Error)]
pub(crate) enum SignInError {
    #[error(transparent)]
    Host(#[from] HostNotServed),
    /// Usual cause: `AzureAuth` inside of a router, which has a path that the public URL does not have.
    #[error("nobody can sign in where `AzureAuth` is mounted: the answer of the provider does not arrive there")]
    Misplaced,
    #[error("nobody signs in here: no credential is set, such as `AZURE_CLIENT_SECRET`; the program is an API only")]
    NoCredential,
    /// Usual cause: a file that cannot be read any more.
    #[error("this program cannot prove itself to the provider: {0}")]
    Credential(#[from] CredentialError),
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
    #[error("the application does not let this person in: {}", .words.to_string().trim_end_matches('.'))]
    Vetoed { words: Refusal, person: UserId },
    /// Usual cause: very many people, or a flood of callbacks while the provider does not answer.
    #[error("no further sign-in can be answered: as many as this process remembers were answered within ten minutes")]
    NoRoom,
    /// Usual cause: the provider is slow, or a flood of callbacks.
    #[error("no further code is redeemed now: as many as this process redeems at once are at the token endpoint")]
    Busy,
    /// Usual cause: a page that sends everybody without a session to sign in without being asked.
    #[error(
        "two sign-ins in a row that were to show nothing found somebody who has to be asked, and the page begins a third"
    )]
    SilentLoop,
    /// Usual cause: the session cookie is not kept, or another replica with other keys receives it.
    #[error(
        "two sign-ins in a row ended without their session coming back to {host} (cookie: HttpOnly, SameSite=Lax, {})",
        if *is_secure { "Secure, __Host-" } else { "not Secure" }
    )]
    Loop {
        host: String,
        is_secure: bool,
        /// What the request itself tells of it.
        because: Option<Box<Diagnosis>>,
    },
}

/// Answers a sign-in that failed.
pub(crate) fn answer(context: &RequestContext<'_>, error: &SignInError) -> Refused {
    let refused = answer_to(context.application(), &Receiver::of(context), error);
    context.application().telling.refused(refused.failure(), || {
        let request = context.told_request(None);
        match error {
            SignInError::Vetoed { person, .. } => request.by_person(person),
            _ => request,
        }
    });
    refused
}

/// The same where the request is gone. The application is not told of it here.
pub(crate) fn answer_to(application: &Application, receiver: &Receiver, error: &SignInError) -> Refused {
    let addresses = receiver.addresses(application);
    let mut failure = failure::describe_to(application, receiver, error.reason(), Diagnosis::of(error, error.reason()));
    failure.title = "Sign-in failed";
    if let SignInError::Vetoed { words, .. } = error {
        failure.sentence = words.to_string();
    }
    if let Some(entra) = error.entra_error() {
        let Configuration { client, authority, .. } = &application.configuration;
        let redirect_uri = receiver.redirect_uri(application);
        let facts = EntraFacts { client_id: &client.id, authority, redirect_uri: redirect_uri.as_deref() };
        let told = entra.told(&facts);
        told.sentence.clone_into(&mut failure.sentence);
        failure.diagnosis.cause = told.cause;
        failure.diagnosis.remedy = told.remedy;
        failure.responsible = told.responsible;
        failure.entra_code = entra.code;
        failure.correlation_id = entra.correlation_id.map(|id| id.to_string());
    }
    failure.retry = (application.signs_in()
        && !matches!(error, SignInError::Host(_) | SignInError::Misplaced | SignInError::Embedding(_)))
    .then(|| addresses.login("/"));
    // The same account would be refused again, without a word.
    if failure.retry.is_some() && failure.status() == 403 {
        failure.other_account = Some(addresses.login_with_other_account("/"));
    }
    of_requests::sign_in_failed(failure.reason);
    let is_shared = matches!(error, SignInError::Provider(error) if error.is_resting);
    failure::log(&failure, None, &TokenFacts::default(), application.lets_log(failure.reason, is_shared));
    Refused::answered(failure, receiver.form, &application.pages)
}

/// Answers an error of the provider that no sign-in of this browser waits for. Anybody can write it into an address, so that
/// only its numbers are shown.
pub(crate) fn answer_unasked(context: &RequestContext<'_>, error: &EntraError) -> Refused {
    let (application, receiver) = (context.application(), &Receiver::of(context));
    let reason = Reason::ErrorUnasked;
    let cause =
        format!("the redirect URI was opened with the error {error}, and no sign-in of this browser waits for it");
    let details = Details::new(error.to_string(), "the answer to a sign-in of this browser");
    let mut failure = failure::describe_to(application, receiver, reason, Diagnosis::new(cause, details, reason));
    failure.title = "Microsoft reports an error";
    failure.entra_code = error.code;
    failure.correlation_id = error.correlation_id.map(|id| id.to_string());
    failure.retry = application.signs_in().then(|| receiver.addresses(application).login("/"));
    failure::log(&failure, None, &TokenFacts::default(), application.lets_log(failure.reason, false));
    application.telling.refused(&failure, || context.told_request(None));
    Refused::answered(failure, receiver.form, &application.pages)
}

impl Diagnosed for SignInError {
    fn details(&self) -> Details {
        match self {
            Self::Host(error) => error.details(),
            Self::Misplaced => {
                Details::new("a path that `AZURE_PUBLIC_URL` does not have", "the path of `AZURE_PUBLIC_URL`")
            }
            Self::NoCredential => {
                Details::new("no credential of the program", "a credential, such as `AZURE_CLIENT_SECRET`")
            }
            Self::Credential(error) => error.details(),
            Self::Provider(error) => error.details(),
            Self::Request(error) => error.details(),
            Self::Callback(error) => error.details(),
            Self::Redemption(error) => error.details(),
            Self::IdToken(error) => error.details(),
            Self::Session(error) => error.details(),
            Self::Entropy(_) => Details::new("no randomness", "randomness of the operating system"),
            Self::NotSealed => Details::new("no sealed cookie", "a sealed cookie"),
            Self::Embedding(error) => error.details(),
            Self::Vetoed { .. } => Details::new("a refusal of the application itself", "a person whom it lets in"),
            Self::NoRoom => Details::new("no room to remember one more", "fewer sign-ins in ten minutes"),
            Self::Busy => Details::new("no free place at the token endpoint", "a provider that answers sooner"),
            Self::SilentLoop => Details::new("a third `prompt=none` in a row", "one, and then the page"),
            Self::Loop { because: Some(because), .. } => {
                Details::new(because.cause.clone(), because.expected.clone()).remedy(because.remedy.clone())
            }
            Self::Loop { host, .. } => Details::new("no session cookie", format!("the session cookie at {host}")),
        }
    }
}

impl SignInError {
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::NoRoom => Reason::SignInNoRoom,
            Self::Busy => Reason::SignInBusy,
            Self::Loop { .. } => Reason::SignInLoop,
            Self::SilentLoop => Reason::SilentSignInLoop,
            Self::Vetoed { .. } => Reason::SignInVetoed,
            Self::Embedding(EmbeddingError::Challenge) => Reason::PopupMalformed,
            Self::Embedding(_) => Reason::EmbeddedCodeRefused,
            Self::Host(_) => Reason::HostNotServed,
            Self::Misplaced => Reason::LayerMisplaced,
            Self::NoCredential => Reason::NoSignIn,
            Self::Credential(_) => Reason::CredentialUnusable,
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
            // A code that was spent: the visitor starts again.
            Self::Redemption(RedemptionError::Refused(error)) if error.is_spent_code() => Reason::SignInUnknown,
            Self::Redemption(RedemptionError::Refused(error)) => match error.explanation().status {
                403 => Reason::ProviderForbids,
                400 => Reason::ProviderRefused,
                _ => Reason::CodeNotRedeemed,
            },
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
            Self::Provider(error) => error.entra_error(),
            _ => None,
        }
    }
}
