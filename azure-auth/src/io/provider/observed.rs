//! What the provider is asked, and how long it takes to answer.

use std::future::Future;

use http::Response;
use tracing::Instrument;
use tracing::field::Empty;

use crate::io::meters::catalogue::{KEYS_LOADED, PROVIDER_REQUESTS};
use crate::io::meters::handles::{self, Stopwatch};
use crate::io::provider::provider_error::Document;
use crate::io::provider::transport_error::TransportError;
use crate::model::unix_time::UnixTime;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Discovery,
    Keys,
    Token,
    UserInfo,
    MemberGroups,
    Refresh,
    OnBehalfOf,
    ClientCredentials,
    ManagedIdentity,
}

type Answer = Result<Response<Vec<u8>>, TransportError>;

/// Waits for an exchange, in a span of its own. The address is not part of it.
pub(crate) async fn observed(asked: Asked, exchange: impl Future<Output = Answer>) -> Answer {
    let request = asked.word();
    let span = tracing::debug_span!(
        target: "azure_auth::provider", "provider-request", request, status = Empty, outcome = Empty
    );
    let begun = Stopwatch::start();
    let answer = exchange.instrument(span.clone()).await;
    let outcome = outcome(&answer);
    handles::histogram(&PROVIDER_REQUESTS, &[request, outcome]).record(begun.seconds());
    span.record("outcome", outcome);
    if let Some(status) = status(&answer) {
        span.record("status", status);
    }
    answer
}

/// Its keys are known as of now.
#[allow(clippy::cast_precision_loss, reason = "seconds of Unix time are exact for some hundred million years")]
pub(crate) fn keys_loaded(now: UnixTime) {
    handles::gauge(&KEYS_LOADED, &[]).set(now.0 as f64);
}

fn status(answer: &Answer) -> Option<u16> {
    match answer {
        Ok(answer) => Some(answer.status().as_u16()),
        Err(TransportError::Redirect { status } | TransportError::Status { status }) => Some(*status),
        Err(_) => None,
    }
}

fn outcome(answer: &Answer) -> &'static str {
    match answer {
        Ok(answer) if answer.status().is_success() => "answered",
        Ok(answer) if answer.status().is_server_error() || answer.status().as_u16() == 429 => "unavailable",
        Ok(_) => "refused",
        Err(TransportError::TimedOut) => "timed-out",
        Err(TransportError::NoConnection) => "no-connection",
        Err(TransportError::Untrusted(_)) => "untrusted",
        Err(TransportError::TooLarge) => "too-large",
        Err(TransportError::BrokenOff) => "broken-off",
        Err(TransportError::Redirect { .. }) => "redirect",
        Err(TransportError::Status { .. }) => "unavailable",
    }
}

impl From<Document> for Asked {
    fn from(document: Document) -> Self {
        match document {
            Document::Discovery => Self::Discovery,
            Document::Keys => Self::Keys,
        }
    }
}

impl Asked {
    fn word(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Keys => "keys",
            Self::Token => "token",
            Self::UserInfo => "userinfo",
            Self::MemberGroups => "member-groups",
            Self::Refresh => "refresh",
            Self::OnBehalfOf => "on-behalf-of",
            Self::ClientCredentials => "client-credentials",
            Self::ManagedIdentity => "managed-identity",
        }
    }
}
