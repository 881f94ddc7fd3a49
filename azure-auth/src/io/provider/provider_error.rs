//! Why nothing is known of the provider.

use std::fmt;

use thiserror::Error;

use super::transport_error::TransportError;
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::rules::sign_in::entra_error::EntraError;
use crate::rules::token::provider_metadata::MetadataError;

/// A document of the provider that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the provider's {document} at {address} cannot be used: {problem}{}", if *.is_resting { ", as it was just before" } else { "" })]
pub(crate) struct ProviderError {
    pub(crate) document: Document,
    /// The address that was asked, without a query.
    pub(crate) address: String,
    pub(crate) problem: FetchProblem,
    /// Somebody else asked, a moment ago.
    pub(crate) is_resting: bool,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    Discovery,
    Keys,
}

/// What came in its place.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum FetchProblem {
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// Usual cause: the tenant in `AZURE_ISSUER_URI` does not exist in this cloud.
    #[error("the provider refused: {0}")]
    Refused(EntraError),
    #[error("the answer has status {status}")]
    Status { status: u16 },
    /// Usual cause: a proxy or a sign-in page of the network answers in the provider's place.
    #[error("the answer is {found}, not the JSON document that it should be")]
    Unreadable { found: &'static str },
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    #[error("it has no key that can be used")]
    NoUsableKey,
    #[error("the fetch ended without an outcome")]
    Abandoned,
}

/// The kind of a body that should have been JSON, in words of ours.
pub(crate) fn kind_of_body(content_type: Option<&str>) -> &'static str {
    let kind = content_type.and_then(|text| text.split(';').next()).map(str::trim).unwrap_or_default();
    match kind.to_ascii_lowercase().as_str() {
        "text/html" | "application/xhtml+xml" => "an HTML page",
        "application/json" => "JSON of another shape",
        "text/plain" => "plain text",
        _ => "something else",
    }
}

impl ProviderError {
    pub(crate) fn is_timeout(&self) -> bool {
        matches!(self.problem, FetchProblem::Transport(error) if error.is_timeout())
    }

    /// Whether Microsoft names the problem, and then which it is.
    pub(crate) fn entra_error(&self) -> Option<&EntraError> {
        match &self.problem {
            FetchProblem::Refused(error) => Some(error),
            _ => None,
        }
    }

    /// The same, told to somebody who came later.
    pub(crate) fn resting(&self) -> Self {
        Self { is_resting: true, ..self.clone() }
    }

    /// A word of ours for each kind.
    pub(crate) fn kind(&self) -> &'static str {
        match (&self.problem, self.document) {
            (FetchProblem::Transport(_), Document::Discovery) => "discovery-transport",
            (FetchProblem::Transport(_), Document::Keys) => "keys-transport",
            (FetchProblem::Refused(_), _) => "refused",
            (FetchProblem::Status { .. }, _) => "status",
            (FetchProblem::Unreadable { .. }, _) => "unreadable",
            (FetchProblem::Metadata(_), _) => "metadata",
            (FetchProblem::NoUsableKey, _) => "no-usable-key",
            (FetchProblem::Abandoned, _) => "abandoned",
        }
    }
}

impl Diagnosed for ProviderError {
    fn details(&self) -> Details {
        let expected = format!("the {} at {}", self.document, self.address);
        match &self.problem {
            FetchProblem::Transport(error) => Details::new(error.to_string(), expected).remedy(error.remedy()),
            FetchProblem::Refused(error) if error.is_known() => {
                Details::new(error.to_string(), expected).remedy(error.explanation().remedy)
            }
            FetchProblem::Refused(error) => Details::new(error.to_string(), expected)
                .remedy("check the tenant in `AZURE_ISSUER_URI`: the provider does not know it"),
            FetchProblem::Status { status } => Details::new(format!("status {status}"), expected).remedy(
                "check `AZURE_ISSUER_URI`: the address in it, with `/.well-known/openid-configuration` behind it, must open",
            ),
            FetchProblem::Unreadable { found } => Details::new(*found, expected).remedy(
                "ask the address with `curl` from this machine: a proxy or a sign-in page of the network may answer in \
                 the provider's place; if it is the wrong address, correct `AZURE_ISSUER_URI`",
            ),
            FetchProblem::Metadata(error) => error.details(),
            FetchProblem::NoUsableKey => Details::new("no RSA key for signatures", "one or more RSA keys")
                .remedy("check `AZURE_ISSUER_URI`: the provider there publishes no key for RS256"),
            FetchProblem::Abandoned => Details::new("no outcome", expected)
                .remedy("try again; if it lasts, look for a runtime that ended while `AzureAuth` was in use"),
        }
    }
}

impl fmt::Display for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Discovery => "discovery document",
            Self::Keys => "key set",
        })
    }
}
