//! From a reason to an answer: one line in the log, one `Failure` for the receiver.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::Request;
use poem::http::StatusCode;
use thiserror::Error;

use super::application::Application;
use super::refused::{Failure, Refused};
use super::request_facts;
use crate::io::entropy::{self, EntropyError};
use crate::io::provider::ProviderError;
use crate::io::token_endpoint::RedemptionError;
use crate::model::refusal::Fixer;
use crate::rules::admission::Refusal;
use crate::rules::authorization_response::CallbackError;
use crate::rules::entra_error::EntraError;
use crate::rules::id_token::IdTokenError;
use crate::rules::relying_party::RelyingPartyError;
use crate::rules::session_record::SessionRecordError;

/// Why someone did not get signed in.
#[derive(Clone, Debug, Error)]
pub(crate) enum SignInError {
    #[error(
        "the host of the request is neither loopback nor configured; set AZURE_PUBLIC_URL to the address browsers use"
    )]
    Host,
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
    Session(#[from] SessionRecordError),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    #[error("a sealed cookie could not be made")]
    NotSealed,
}

/// Refuses a caller of a handler, without sending them anywhere.
pub(crate) fn refuse(application: &Application, request: &Request, refusal: Refusal, handler: Option<&str>) -> Refused {
    let form = request_facts::form_of_answer(request);
    let failure = describe(application, request, refusal);
    tracing::warn!(
        target: "azure_auth::refusal",
        code = failure.code,
        status = failure.status.as_u16(),
        handler,
        fixer = %failure.fixer,
        reference = failure.reference,
        "{}", failure.detail
    );
    Refused::answered(failure, form, &application.pages)
}

/// What a refusal says. Being sent to sign in is none that anyone has to look after, so that it is not logged here.
pub(crate) fn describe(application: &Application, request: &Request, refusal: Refusal) -> Failure {
    Failure {
        status: refusal.status(),
        code: refusal.code(),
        title: if refusal == Refusal::NotSignedIn { "Please sign in" } else { "Not allowed" },
        sentence: refusal.sentence().to_owned(),
        fixer: refusal.fixer(),
        detail: refusal.to_string(),
        reference: reference(),
        correlation_id: None,
        entra_code: None,
        explained: application.explains(request),
        retry: (refusal == Refusal::NotSignedIn && application.signs_in()).then(|| application.login_address("/")),
    }
}

/// Answers a sign-in that failed.
pub(crate) fn sign_in_failed(application: &Application, request: &Request, error: &SignInError) -> Refused {
    let entra = error.entra_error();
    let explanation = entra.map(EntraError::explanation);
    let failure = Failure {
        status: error.status(),
        code: error.code(),
        title: "Sign-in failed",
        sentence: explanation.map_or_else(|| error.sentence(), |explanation| explanation.sentence).to_owned(),
        fixer: explanation.map_or_else(|| error.fixer(), |explanation| explanation.fixer),
        detail: error.to_string(),
        reference: reference(),
        correlation_id: entra.and_then(|error| error.correlation_id).map(|id| id.to_string()),
        entra_code: entra.and_then(|error| error.code),
        explained: application.explains(request),
        retry: (application.signs_in() && !matches!(error, SignInError::Host)).then(|| application.login_address("/")),
    };
    tracing::warn!(
        target: "azure_auth::refusal",
        code = failure.code,
        status = failure.status.as_u16(),
        fixer = %failure.fixer,
        reference = failure.reference,
        entra_code = failure.entra_code,
        correlation_id = failure.correlation_id,
        "{}", failure.detail
    );
    let form = request_facts::form_of_answer(request);
    Refused::answered(failure, form, &application.pages)
}

impl SignInError {
    fn code(&self) -> &'static str {
        match self {
            Self::Host => "host-not-served",
            Self::NoSecret => "no-sign-in",
            Self::Provider(_) => "provider-unavailable",
            Self::Request(_) => "provider-address",
            Self::Callback(CallbackError::Refused(_)) => "provider-refused",
            Self::Callback(CallbackError::AttemptMissing | CallbackError::AttemptUsed) => "sign-in-unknown",
            Self::Callback(CallbackError::AttemptExpired) => "sign-in-expired",
            Self::Callback(_) => "callback-malformed",
            Self::Redemption(RedemptionError::Refused(error)) if error.is_spent_code() => "sign-in-unknown",
            Self::Redemption(_) => "code-not-redeemed",
            Self::IdToken(_) => "id-token-refused",
            Self::Session(_) => "session-over-budget",
            Self::Entropy(_) | Self::NotSealed => "internal",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Host => StatusCode::MISDIRECTED_REQUEST,
            Self::NoSecret => StatusCode::NOT_FOUND,
            Self::Provider(error) if error.is_timeout() => StatusCode::GATEWAY_TIMEOUT,
            Self::Redemption(RedemptionError::Transport(error)) if error.is_timeout() => StatusCode::GATEWAY_TIMEOUT,
            Self::Callback(CallbackError::Refused(error)) if error.is_forbidden() => StatusCode::FORBIDDEN,
            // A code that was spent, expired or is another attempt's: the visitor starts again.
            Self::Redemption(RedemptionError::Refused(error)) if error.error == "invalid_grant" => {
                StatusCode::BAD_REQUEST
            }
            Self::Callback(_) => StatusCode::BAD_REQUEST,
            Self::IdToken(IdTokenError::TenantNotAccepted { .. }) => StatusCode::FORBIDDEN,
            Self::Provider(_) | Self::Redemption(_) | Self::IdToken(_) | Self::Request(_) => StatusCode::BAD_GATEWAY,
            Self::Session(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Entropy(_) | Self::NotSealed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn fixer(&self) -> Fixer {
        match self {
            Self::Callback(_) => Fixer::Visitor,
            Self::Provider(ProviderError::Transport { .. }) | Self::Redemption(RedemptionError::Transport(_)) => {
                Fixer::Visitor
            }
            Self::IdToken(IdTokenError::TenantNotAccepted { .. }) | Self::Session(_) => Fixer::TenantAdministrator,
            _ => Fixer::Developer,
        }
    }

    fn sentence(&self) -> &'static str {
        match self {
            Self::Host => "This address is not one under which this application signs people in.",
            Self::NoSecret => "Nobody signs in here.",
            Self::Provider(_) | Self::Redemption(_) | Self::Request(_) => {
                "The sign-in service cannot be reached at the moment, or gave no usable answer. Please try again."
            }
            Self::Callback(CallbackError::AttemptExpired) => "The sign-in took too long. Please try again.",
            Self::Callback(_) => {
                "This browser is not waiting for this answer. The page may be old, cookies may be off, or the sign-in \
                 may have begun at another address."
            }
            Self::IdToken(IdTokenError::TenantNotAccepted { .. }) => "Your organisation may not use this application.",
            Self::IdToken(_) => "The sign-in service gave an answer that cannot be trusted.",
            Self::Session(_) => "Your account has more roles than this application can hold.",
            Self::Entropy(_) | Self::NotSealed => "Something went wrong.",
        }
    }

    fn entra_error(&self) -> Option<&EntraError> {
        match self {
            Self::Callback(CallbackError::Refused(error))
            | Self::Redemption(RedemptionError::Refused(error))
            | Self::Provider(ProviderError::Refused { error, .. }) => Some(error),
            _ => None,
        }
    }
}

/// Eight random characters; a number that was not to be had is no reason not to answer.
fn reference() -> String {
    entropy::random::<6>().map_or_else(|_| "none".to_owned(), |bytes| URL_SAFE_NO_PAD.encode(bytes))
}
