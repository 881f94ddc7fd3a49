//! Microsoft Graph, as far as this application asks it. Each question takes the token with the permission that it needs: without
//! one it does not compile.

use std::time::Duration;

use azure_auth::graph::{MailRead, Resource, UserRead};
use azure_auth::{ApplicationToken, AzureAuth, Token, TokenError};
use poem::error::BadGateway;
use poem::http::header::{AUTHORIZATION, HeaderValue, RETRY_AFTER};
use poem::http::{HeaderMap, StatusCode};
use poem::{Error, Response, Result};
use reqwest::redirect::Policy;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A client of Microsoft Graph, to be shared by all requests.
#[derive(Clone)]
pub(crate) struct Graph {
    auth: AzureAuth,
    /// If not that of the authority's cloud.
    address: Option<String>,
    http: reqwest::Client,
}

/// Who somebody is, as their organisation writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Profile {
    pub(crate) display_name: String,
}

/// A message in the person's mailbox.
#[derive(Deserialize)]
pub(crate) struct Message {
    /// None where the sender wrote none.
    pub(crate) subject: Option<String>,
}

/// What is in a list, without the addresses of further pages.
#[derive(Deserialize)]
struct List<T> {
    value: Vec<T>,
}

impl Graph {
    /// `is_local`: it is on this machine, where no proxy leads to.
    pub(crate) fn new(auth: &AzureAuth, address: Option<String>, is_local: bool) -> reqwest::Result<Self> {
        // A redirect could lead to somebody whom the token is not for.
        let http = reqwest::Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(10));
        let http = if is_local { http.no_proxy() } else { http };
        Ok(Self { auth: auth.clone(), address, http: http.build()? })
    }

    pub(crate) async fn me(&self, token: &Token<UserRead>) -> Result<Profile> {
        self.get("/v1.0/me", token.authorization(), |status, headers| token.accepts(status, headers)).await
    }

    pub(crate) async fn messages(&self, token: &Token<MailRead>) -> Result<Vec<Message>> {
        let path = "/v1.0/me/messages?$select=subject";
        let list: List<Message> =
            self.get(path, token.authorization(), |status, headers| token.accepts(status, headers)).await?;
        Ok(list.value)
    }

    pub(crate) async fn organization(&self, token: &ApplicationToken<Resource>) -> Result<serde_json::Value> {
        self.get("/v1.0/organization", token.authorization(), |status, headers| token.accepts(status, headers)).await
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        authorization: &HeaderValue,
        accepts: impl FnOnce(StatusCode, &HeaderMap) -> Result<(), TokenError>,
    ) -> Result<T> {
        let address = match &self.address {
            Some(address) => address.clone(),
            // Known by now: the token came from there.
            None => self.auth.graph_uri().await.map_err(BadGateway)?,
        };
        let request = self.http.get(format!("{address}{path}")).header(AUTHORIZATION, authorization);
        let answer = request.send().await.map_err(unusable)?;
        // Before anything else: Graph may want the person to prove more, and this becomes the way back to Microsoft.
        accepts(answer.status(), answer.headers())?;
        match answer.status() {
            StatusCode::OK => answer.json().await.map_err(unusable),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Err(busy(answer.headers())),
            status => {
                tracing::warn!("Microsoft Graph answers {path} with {status}");
                Err(Error::from_string("Microsoft Graph does not tell.", StatusCode::BAD_GATEWAY))
            }
        }
    }
}

/// No answer, or not the one that was asked for.
fn unusable(error: reqwest::Error) -> Error {
    tracing::warn!("Microsoft Graph: {}", error.without_url());
    Error::from_string("Microsoft Graph cannot be asked at the moment.", StatusCode::BAD_GATEWAY)
}

/// Graph wants fewer requests, and says for how long.
fn busy(headers: &HeaderMap) -> Error {
    let answer = Response::builder().status(StatusCode::SERVICE_UNAVAILABLE);
    let answer = headers.get(RETRY_AFTER).into_iter().fold(answer, |answer, after| answer.header(RETRY_AFTER, after));
    Error::from_response(answer.body("Microsoft Graph is busy. Please try again."))
}
