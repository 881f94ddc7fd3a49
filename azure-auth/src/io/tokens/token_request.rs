//! One request to the token endpoint for a token for another API, and what came of it.

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Request, Response, StatusCode};
use url::{Url, form_urlencoded};

use super::token_problem::{TokenProblem, Unavailable};
use crate::io::clock;
use crate::io::provider::client_proof::ProvenClient;
use crate::io::provider::observed::Asked;
use crate::io::provider::transport::{self, Transport};
use crate::model::providers::provider_metadata::ClientAuthentication;
use crate::rules::downstream::grant::Grant;
use crate::rules::downstream::refusal::{self, RefusalKind, TokenRefusal};
use crate::rules::downstream::token_answer::{self, GrantedTokens};

/// Why a request brought no token.
#[derive(Debug)]
pub(crate) enum NoToken {
    /// The endpoint understood, and refuses.
    Refused(TokenRefusal),
    /// Anything else, which is nobody's decision.
    Problem(TokenProblem),
}

/// Whether somebody has not agreed to something that was asked for.
pub(super) fn lacks_consent(granted: &Result<GrantedTokens, NoToken>) -> bool {
    matches!(granted, Err(NoToken::Refused(refusal)) if refusal.kind == RefusalKind::ConsentRequired)
}

/// Asks once, and reads the answer (RFC 6749 §5). Nothing is tried again.
pub(crate) async fn ask(
    transport: &Transport,
    (endpoint, authentication): (&Url, ClientAuthentication),
    client: &ProvenClient<'_>,
    (asked, grant): (Asked, &Grant),
    wanted: &token_answer::Asked<'_>,
) -> Result<GrantedTokens, NoToken> {
    let unavailable = |error| NoToken::Problem(Unavailable::Transport(error).into());
    let request = request(endpoint, authentication, client, grant);
    let answer = transport.ask(asked, request).await.map_err(unavailable)?;
    match answer.status() {
        StatusCode::OK => {
            token_answer::read(answer.body(), wanted, clock::now()).map_err(|error| NoToken::Problem(error.into()))
        }
        status => Err(match understood(status, answer.body()) {
            Some(refusal) => NoToken::Refused(refusal),
            None => NoToken::Problem(busy(&answer)),
        }),
    }
}

/// A refusal in the words of RFC 6749 §5.2; whatever else answers there is not the provider.
fn understood(status: StatusCode, body: &[u8]) -> Option<TokenRefusal> {
    let may_be_one = status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS;
    refusal::read(body).filter(|_| may_be_one)
}

fn busy(answer: &Response<Vec<u8>>) -> TokenProblem {
    let cause = Unavailable::Status { status: answer.status().as_u16() };
    TokenProblem::Unavailable { cause, retry_after: transport::retry_after(answer) }
}

/// The form, with the client's proof of itself.
fn request(
    endpoint: &Url,
    authentication: ClientAuthentication,
    client: &ProvenClient<'_>,
    grant: &Grant,
) -> Request<Vec<u8>> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(grant.parameters()).append_pair("client_id", client.id);
    let request = Request::post(endpoint.as_str())
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.finish().into_bytes());
    // An address that was parsed and headers of ours: there is nothing that could be refused.
    client.sign(request.unwrap_or_default(), authentication)
}
