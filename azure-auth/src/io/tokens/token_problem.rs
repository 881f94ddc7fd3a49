//! Why there is no token for another API.

use std::time::Duration;

use thiserror::Error;

use crate::io::credential::credential_error::CredentialError;
use crate::io::provider::provider_error::ProviderError;
use crate::io::provider::transport_error::TransportError;
use crate::io::sessions::store::StoreError;
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::model::refusals::reason::Reason;
use crate::rules::downstream::claims_challenge::RequestedClaims;
use crate::rules::downstream::token_answer::TokenAnswerError;
use crate::rules::sign_in::entra_error::EntraError;

/// Why there is no token for another API.
#[derive(Clone, Debug, Error)]
pub(crate) enum TokenProblem {
    /// Usual cause: the person opens this page for the first time.
    #[error("the person has not agreed to {}", list(.scopes))]
    ConsentRequired { scopes: Vec<String>, error: Option<EntraError> },
    /// Usual cause: the refresh token is old, or a rule of the tenant wants more proof. `claims`: what it wants, as JSON.
    #[error("the provider asks for the person again{}", because(.error.as_ref()))]
    InteractionRequired { error: Option<EntraError>, claims: Option<RequestedClaims> },
    /// Usual cause: an administrator has to agree, and nobody has asked them.
    #[error("the provider gave a token without {}", list(.scopes))]
    NotGranted { scopes: Vec<String> },
    /// Usual cause: the API has a rule for programs, or for proof that the provider does not ask for.
    #[error("the API asks for more proof again and again")]
    ProofNotEnough,
    #[error("an application without a person calls, and there is nobody to act for")]
    NoPerson,
    /// Usual cause: the caller's token ended while it was used.
    #[error("the caller's access token is over at the provider{}", because(.error.as_ref()))]
    AssertionOver { error: Option<EntraError> },
    #[error("the session ended meanwhile")]
    SessionOver,
    /// Usual cause: the provider is down, or wants fewer requests.
    #[error("the token endpoint: {cause}")]
    Unavailable { cause: Unavailable, retry_after: Option<Duration> },
    /// Usual cause: a wrong or expired client secret.
    #[error("the token endpoint refuses this program{}", because(Some(.0)))]
    ProgramRefused(EntraError),
    #[error("this program cannot prove itself to the provider: {0}")]
    Credential(#[from] CredentialError),
    #[error("the token endpoint's answer: {0}")]
    Answer(#[from] TokenAnswerError),
    /// Usual cause: a rule for the identities of programs.
    #[error("the API answers with a claims challenge to the program's own token")]
    ProgramChallenged,
    #[error("tokens for other APIs cannot be kept: {0}")]
    NotKept(NotKept),
    #[error("the session store: {0}")]
    Store(#[from] StoreError),
    #[error("nothing is known of the provider: {0}")]
    Provider(#[from] ProviderError),
}

/// Why the token endpoint gives nothing at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Unavailable {
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error("the answer has status {status}")]
    Status { status: u16 },
    /// Usual cause: the provider's own load.
    #[error("the provider has a problem at the moment")]
    Passing,
    #[error("somebody else renews the token, and does not come to an end")]
    Waiting,
}

/// Why an application cannot have tokens for other APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum NotKept {
    #[error("sessions live in cookies, which have no room for them")]
    Cookies,
    #[error("the provider is not Microsoft Entra ID")]
    NotEntra,
    #[error("the program has no credential of its own")]
    NoCredential,
    #[error("the authority is not of one tenant, and the program's own token is")]
    NoTenant,
}

/// Nobody said when to try again.
impl From<Unavailable> for TokenProblem {
    fn from(cause: Unavailable) -> Self {
        Self::Unavailable { cause, retry_after: None }
    }
}

impl TokenProblem {
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::ConsentRequired { .. } => Reason::ConsentRequired,
            Self::InteractionRequired { .. } => Reason::InteractionRequired,
            Self::NotGranted { .. } => Reason::PermissionNotGranted,
            Self::ProofNotEnough => Reason::ProofNotEnough,
            Self::NoPerson => Reason::PersonToActForMissing,
            Self::AssertionOver { .. } => Reason::TokenExpired,
            Self::SessionOver => Reason::SessionEnded,
            Self::Unavailable { .. } | Self::Provider(_) => Reason::TokensUnavailable,
            Self::ProgramRefused(_) | Self::Answer(_) => Reason::TokensRefused,
            Self::Credential(_) => Reason::CredentialUnusable,
            Self::ProgramChallenged => Reason::ProgramChallenged,
            Self::NotKept(_) => Reason::TokensNotKept,
            Self::Store(_) => Reason::SessionStoreUnavailable,
        }
    }

    /// Whether the person can do something about it at the provider.
    pub(crate) fn asks_person(&self) -> bool {
        matches!(self, Self::ConsentRequired { .. } | Self::InteractionRequired { .. } | Self::NotGranted { .. })
    }

    /// Whether it is one of the permissions that were asked for, and of no others.
    pub(crate) fn is_of_permissions(&self) -> bool {
        matches!(self, Self::ConsentRequired { .. } | Self::NotGranted { .. })
    }

    /// What the next token has to be issued with, as JSON, where that is known.
    pub(crate) fn claims(&self) -> Option<String> {
        match self {
            Self::InteractionRequired { claims, .. } => claims.as_ref().map(|claims| claims.0.clone()),
            _ => None,
        }
    }

    /// What the provider said, where it said something.
    pub(crate) fn entra(&self) -> Option<&EntraError> {
        match self {
            Self::ConsentRequired { error, .. }
            | Self::InteractionRequired { error, .. }
            | Self::AssertionOver { error } => error.as_ref(),
            Self::ProgramRefused(error) => Some(error),
            _ => None,
        }
    }

    /// When the same question may have another answer, if the provider said so.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl Diagnosed for TokenProblem {
    fn details(&self) -> Details {
        match self {
            Self::ConsentRequired { scopes, .. } => Details::new("no consent", list(scopes)),
            Self::InteractionRequired { error, .. } => Details::new(said(error.as_ref()), "a token without the person"),
            Self::NotGranted { scopes } => Details::new(format!("a token without {}", list(scopes)), list(scopes)),
            Self::ProofNotEnough => {
                Details::new("a third claims challenge within ten minutes", "a token that the API takes")
            }
            Self::NoPerson => Details::new("an application", "a person"),
            Self::AssertionOver { error } => Details::new(said(error.as_ref()), "an access token that is not over"),
            Self::SessionOver => Details::new("no session", "the session that the request began with"),
            Self::Unavailable { cause: Unavailable::Transport(error), .. } => {
                Details::new(error.to_string(), "a token").remedy(error.remedy())
            }
            Self::Unavailable { cause, .. } => Details::new(cause.to_string(), "a token"),
            Self::ProgramRefused(error) => {
                Details::new(error.to_string(), "a token").remedy(error.explanation().remedy)
            }
            Self::Credential(error) => error.details(),
            Self::Answer(error) => error.details(),
            Self::ProgramChallenged => Details::new("a claims challenge", "an answer to the program"),
            Self::NotKept(why) => why.details(),
            Self::Store(error) => error.details(),
            Self::Provider(error) => error.details(),
        }
    }
}

impl Diagnosed for NotKept {
    fn details(&self) -> Details {
        match self {
            Self::Cookies => StoreError::NothingBeside.details(),
            Self::NotEntra => Details::new("another provider", "Microsoft Entra ID")
                .remedy("name Microsoft Entra ID in `AZURE_ISSUER_URI`; other providers' tokens are not passed on"),
            Self::NoCredential => Details::new("no credential", "a credential")
                .remedy("set `AZURE_CLIENT_SECRET`, or another credential, with which the program proves itself"),
            Self::NoTenant => Details::new("an authority of many tenants", "one tenant")
                .remedy("set `AZURE_TENANT_ID`, or name the tenant with `AzureAuth::application_token_in`"),
        }
    }
}

fn list(scopes: &[String]) -> String {
    scopes.join(" ")
}

fn said(error: Option<&EntraError>) -> String {
    error.map_or_else(|| "no refresh token".to_owned(), ToString::to_string)
}

fn because(error: Option<&EntraError>) -> String {
    error.map(|error| format!(": {error}")).unwrap_or_default()
}
