//! The provider as somebody sees it who looks at each part of it once, and at nothing that is remembered.

use http::{HeaderMap, Request};

use super::cached::Provider;
use super::client_proof::ProvenClient;
use super::provider_error::{self, FetchProblem};
use super::token_endpoint::{self, RedemptionError};
use super::transport_error::TransportError;
use crate::io::clock;
use crate::model::providers::key_set::JsonWebKeySet;
use crate::model::providers::provider_metadata::{DiscoveryDocument, ProviderMetadata};
use crate::model::unix_time::UnixTime;
use crate::rules::inspection::clock::AnswerTime;
use crate::rules::inspection::documents::{Document, DocumentProblem, Keys, Unusable};
use crate::rules::inspection::{client_credential, redirect_uris};
use crate::rules::token::key_refresh;
use crate::rules::token::provider_metadata::{self, MetadataError};
use crate::rules::token::signature::KeySet;

/// A discovery document, what it says of the time, and when it came.
#[derive(Debug)]
pub(crate) struct Discovered {
    pub(crate) metadata: ProviderMetadata,
    pub(crate) time: AnswerTime,
    pub(crate) came_at: UnixTime,
}

/// Asks for the discovery document.
pub(crate) async fn discover(provider: &Provider) -> Result<Discovered, Unusable> {
    let address = provider.authority.metadata_address();
    let unusable = |problem: &FetchProblem| unusable(Document::Discovery, &address, problem);
    let answer = provider.get::<DiscoveryDocument>(&address, provider_error::Document::Discovery).await;
    let answer = answer.map_err(|error| unusable(&error.problem))?;
    let came_at = clock::now();
    let time = AnswerTime { date: header(answer.headers(), "date"), age: header(answer.headers(), "age") };
    let metadata = provider_metadata::judge(&provider.authority, answer.body());
    let metadata = metadata.map_err(|error| unusable(&error.into()))?;
    Ok(Discovered { metadata, time, came_at })
}

/// Asks for the keys.
pub(crate) async fn keys(provider: &Provider, metadata: &ProviderMetadata) -> Result<Keys, Unusable> {
    let address = metadata.keys_address.as_str();
    let unusable = |problem: &FetchProblem| unusable(Document::Keys, address, problem);
    let answer = provider.get::<JsonWebKeySet>(address, provider_error::Document::Keys).await;
    let answer = answer.map_err(|error| unusable(&error.problem))?;
    let published = answer.body().keys.len();
    // The only key counts under its name and without one.
    let usable = KeySet::read(answer.body(), provider.authority.is_entra()).count().min(published);
    if usable == 0 {
        return Err(unusable(&FetchProblem::NoUsableKey));
    }
    let cache_control = header(answer.headers(), "cache-control");
    let kept_for = key_refresh::renewal_age(cache_control.as_deref()).as_secs();
    Ok(Keys { published, usable, kept_for })
}

/// Asks whether the client is who it says it is.
pub(crate) async fn client(
    provider: &Provider,
    metadata: &ProviderMetadata,
    client: &ProvenClient<'_>,
    redirect_uri: &str,
) -> client_credential::Answer {
    match token_endpoint::prove_client(&provider.transport, metadata, client, redirect_uri).await {
        Err(RedemptionError::Refused(error)) => client_credential::Answer::Refused(error),
        Err(other) => client_credential::Answer::Other(other.to_string()),
        Ok(()) => client_credential::Answer::Other("tokens for a code that does not exist".to_owned()),
    }
}

/// Asks whether people may be sent back to an address.
pub(crate) async fn redirect_uri(
    provider: &Provider,
    metadata: &ProviderMetadata,
    client_id: &str,
    redirect_uri: &str,
) -> redirect_uris::Answer {
    let question = redirect_uris::question(metadata, client_id, redirect_uri);
    let request = Request::get(question.as_str()).header("accept", "text/html").body(Vec::new());
    let Ok(request) = request else { return redirect_uris::Answer::None("an address that cannot be asked".to_owned()) };
    match provider.transport.look(request).await {
        Err(error) => redirect_uris::Answer::None(error.to_string()),
        Ok(answer) => match header(answer.headers(), "location").filter(|_| answer.status().is_redirection()) {
            Some(address) => redirect_uris::Answer::Redirect(address),
            None => redirect_uris::Answer::Page { status: answer.status().as_u16(), body: answer.into_body() },
        },
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn unusable(document: Document, address: &str, found: &FetchProblem) -> Unusable {
    Unusable { document, address: address.to_owned(), problem: problem(found) }
}

fn problem(found: &FetchProblem) -> DocumentProblem {
    match found {
        FetchProblem::Transport(error) => match error {
            TransportError::TimedOut => DocumentProblem::TimedOut,
            TransportError::NoConnection => DocumentProblem::NoConnection,
            TransportError::Untrusted(distrust) => DocumentProblem::Untrusted(distrust.to_string()),
            TransportError::TooLarge => DocumentProblem::TooLarge,
            TransportError::BrokenOff => DocumentProblem::BrokenOff,
            TransportError::Redirect { status } => DocumentProblem::Redirect(*status),
            TransportError::Status { status } => DocumentProblem::Status(*status),
        },
        FetchProblem::Refused(error) => DocumentProblem::Refused(error.clone()),
        FetchProblem::Status { status } => DocumentProblem::Status(*status),
        FetchProblem::Unreadable { found } => DocumentProblem::Unreadable(found),
        FetchProblem::Metadata(MetadataError::Issuer { expected, found }) => {
            DocumentProblem::OtherIssuer { expected: expected.clone(), found: found.clone() }
        }
        FetchProblem::Metadata(MetadataError::Address { member }) => DocumentProblem::OpenAddress(member),
        FetchProblem::NoUsableKey => DocumentProblem::NoUsableKey,
        // Nobody gives up here.
        FetchProblem::Abandoned => DocumentProblem::BrokenOff,
    }
}
