//! Another program that answers in JSON: for the page it is the API, for the API Microsoft Graph.

use std::time::Duration;

use azure_auth::TokenError;
use poem::http::header::{AUTHORIZATION, HeaderValue};
use poem::http::{HeaderMap, StatusCode};
use poem::{Error, Result};
use reqwest::redirect::Policy;
use serde::de::DeserializeOwned;

/// A client of it, to be shared by all requests.
#[derive(Clone)]
pub(crate) struct Remote {
    address: String,
    http: reqwest::Client,
}

impl Remote {
    pub(crate) fn at(address: String) -> reqwest::Result<Self> {
        // A redirect could lead to somebody whom the token is not for.
        let http = reqwest::Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(10));
        // On this machine, where no proxy is needed.
        let http = if address.starts_with("http://") { http.no_proxy() } else { http };
        Ok(Self { address, http: http.build()? })
    }

    /// `accepts`: that of the token, which reads every answer first.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        authorization: &HeaderValue,
        accepts: impl FnOnce(StatusCode, &HeaderMap) -> Result<(), TokenError>,
    ) -> Result<T> {
        let request = self.http.get(format!("{}{path}", self.address)).header(AUTHORIZATION, authorization);
        let answer = request.send().await.map_err(unusable)?;
        accepts(answer.status(), answer.headers())?;
        if answer.status() == StatusCode::OK {
            return answer.json().await.map_err(unusable);
        }
        tracing::warn!("{}{path} answers {}", self.address, answer.status());
        Err(Error::from_string("Another program does not tell.", StatusCode::BAD_GATEWAY))
    }
}

/// No answer, or not the one that was asked for.
fn unusable(error: reqwest::Error) -> Error {
    tracing::warn!("another program: {error}");
    Error::from_string("Another program cannot be asked at the moment.", StatusCode::BAD_GATEWAY)
}
