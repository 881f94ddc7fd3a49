//! Errors in the words and shapes of Microsoft Graph.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use poem::Response;
use poem::http::header::{HeaderValue, WWW_AUTHENTICATE};
use serde_json::json;

use crate::directory::resources::first_party::FirstParty;
use crate::exchange::call::Call;
use crate::exchange::response;
use crate::faults::entra_error::EntraError;
use crate::memory::claims_request::ClaimsRequest;
use crate::memory::clock;

/// An error with its status.
#[derive(Debug)]
pub(super) struct GraphError {
    status: u16,
    code: String,
    message: String,
    retry_after: Option<u64>,
    /// What the next token must prove.
    challenge: Option<ClaimsRequest>,
}

impl GraphError {
    fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), retry_after: None, challenge: None }
    }

    /// The token is missing, or not one that counts here.
    pub(super) fn invalid_token(message: &str) -> Self {
        Self::new(401, "InvalidAuthenticationToken", message)
    }

    /// The token is good, but does not prove what is demanded now.
    pub(super) fn challenge(claims: ClaimsRequest) -> Self {
        let text = "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp";
        Self { challenge: Some(claims), ..Self::invalid_token(text) }
    }

    pub(super) fn denied() -> Self {
        Self::new(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "Request_BadRequest", message)
    }

    pub(super) fn not_found(segments: &[&str]) -> Self {
        let text = format!("Resource not found for the segment '{}'.", segments.last().unwrap_or(&""));
        Self::new(404, "BadRequest", text)
    }

    pub(super) fn no_resource(id: &str) -> Self {
        let text =
            format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present.");
        Self::new(404, "Request_ResourceNotFound", text)
    }

    pub(super) fn no_photo() -> Self {
        Self::new(
            404,
            "ImageNotFound",
            "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.",
        )
    }

    /// The error that a test wants. With claims it is a challenge.
    pub(super) fn forced(error: &EntraError) -> Self {
        Self {
            retry_after: error.retry_after(),
            challenge: error.claims().and_then(|claims| ClaimsRequest::parse(claims).ok()),
            ..Self::new(error.status(), &error.error, error.message.as_str())
        }
    }

    pub(super) fn to_response(&self, call: &Call) -> Response {
        let id = "fe370167-0bac-4a7c-98c7-b1df1d63f801";
        let client_id = call.client_request_id.as_deref().unwrap_or(id);
        let body = json!({"error": {
            "code": self.code, "message": self.message,
            "innerError": {"date": clock::iso_date(clock::now()), "request-id": id, "client-request-id": client_id},
        }});
        let mut response = response::json(self.status, &body);
        response::retry_after(&mut response, self.retry_after);
        let challenge = (self.status == 401).then(|| HeaderValue::from_str(&self.www_authenticate()).ok()).flatten();
        response.headers_mut().extend(challenge.map(|challenge| (WWW_AUTHENTICATE, challenge)));
        response
    }

    /// The claims are in base64, because they hold quotation marks.
    fn www_authenticate(&self) -> String {
        let about = format!(
            "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"{}\"",
            FirstParty::Graph.application_id()
        );
        match &self.challenge {
            Some(claims) => {
                let claims = STANDARD.encode(claims.to_string());
                format!("{about}, error=\"insufficient_claims\", claims=\"{claims}\"")
            }
            None => about,
        }
    }
}
