//! The userinfo endpoint of a provider that keeps names out of its ID tokens.

use http::Request;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use url::Url;

use super::transport::Transport;
use super::transport_error::TransportError;
use crate::io::provider::observed::Asked;
use crate::rules::token::user_info::{self, Names, UserInfoProblem};

/// Why it gave no names. A sign-in goes on without.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum UserInfoError {
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error("the access token cannot be sent in a header")]
    Token,
    #[error("the answer has status {status}")]
    Status { status: u16 },
    /// Usual cause: the registration asks for signed answers.
    #[error("the answer is not `application/json`")]
    NotJson,
    #[error(transparent)]
    Answer(#[from] UserInfoProblem),
}

/// Asks once for the names of the person whom the ID token proves (OpenID Connect Core 1.0 §5.3).
pub(crate) async fn ask(
    transport: &Transport,
    address: &Url,
    access_token: &SecretString,
    subject: &str,
) -> Result<Names, UserInfoError> {
    let bearer = format!("Bearer {}", access_token.expose_secret());
    let mut bearer = HeaderValue::from_str(&bearer).map_err(|_| UserInfoError::Token)?;
    bearer.set_sensitive(true);
    let request = Request::get(address.as_str()).header(ACCEPT, "application/json").header(AUTHORIZATION, bearer);
    let request = request.body(Vec::new()).map_err(|_| UserInfoError::Token)?;
    let answer = transport.send(Asked::UserInfo, request).await?;
    if answer.status() != 200 {
        return Err(UserInfoError::Status { status: answer.status().as_u16() });
    }
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(UserInfoError::NotJson);
    }
    Ok(user_info::judge(answer.body(), subject)?)
}
