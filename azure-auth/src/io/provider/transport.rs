//! One exchange with the provider: bytes in, bytes out, within limits.

use std::error::Error as _;
use std::time::Duration;

use http::header::{HeaderValue, RETRY_AFTER};
use http::{Request, Response};
use reqwest::Certificate;
use thiserror::Error;

use super::observed::{self, Asked};
use super::transport_error::{Distrust, SIZE_LIMIT, TIME_LIMIT, TransportError};
use crate::io::clock;
use crate::rules::downstream::renewal;

/// Sends requests to the provider. It follows no redirects and retries nothing.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    /// Without one there is no network.
    client: Option<reqwest::Client>,
}

/// The HTTP client could not be made.
/// Usual cause: the machine has no certificate authorities; install the package `ca-certificates`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no HTTPS client could be made; install the certificate authorities of the system (package `ca-certificates`)")]
pub(crate) struct TransportSetupError;

impl Transport {
    /// `on_loopback`: the provider is on this machine, where neither a proxy is needed nor the certificates of the system.
    /// `authorities`: further ones that it may be known by.
    pub(crate) fn new(on_loopback: bool, authorities: Vec<Certificate>) -> Result<Self, TransportSetupError> {
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(TIME_LIMIT)
            .user_agent(concat!("azure-auth/", env!("CARGO_PKG_VERSION")));
        let builder = match (on_loopback, authorities.is_empty()) {
            (true, _) => builder.no_proxy().tls_certs_only(authorities),
            (false, true) => builder,
            (false, false) => builder.tls_certs_merge(authorities),
        };
        Ok(Self { client: Some(builder.build().map_err(|_| TransportSetupError)?) })
    }

    /// Reaches nobody.
    #[cfg(feature = "testing")]
    pub(crate) fn without_network() -> Self {
        Self { client: None }
    }

    /// Sends a request; every answer below 300 and every 4xx counts as one, whatever it says.
    pub(crate) async fn send(
        &self,
        asked: Asked,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, TransportError> {
        let refuse = |status| match status {
            300..=399 => Err(TransportError::Redirect { status }),
            429 | 500.. => Err(TransportError::Status { status }),
            _ => Ok(()),
        };
        observed::observed(asked, self.exchange(request, refuse)).await
    }

    /// Sends a request whose answer counts whatever its status is: the server says in it when to try again.
    pub(crate) async fn ask(
        &self,
        asked: Asked,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, TransportError> {
        observed::observed(asked, self.look(request)).await
    }

    /// Sends a request whose answer is looked at and not followed: a redirect is one, and so is a failure of the server.
    pub(crate) async fn look(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        self.exchange(request, |_| Ok(())).await
    }

    async fn exchange(
        &self,
        request: Request<Vec<u8>>,
        refuse: impl Fn(u16) -> Result<(), TransportError>,
    ) -> Result<Response<Vec<u8>>, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(|_| TransportError::NoConnection)?;
        let client = self.client.as_ref().ok_or(TransportError::NoConnection)?;
        let mut answer = client.execute(request).await.map_err(|error| sort(&error, TransportError::NoConnection))?;
        let status = answer.status();
        refuse(status.as_u16())?;

        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| sort(&error, TransportError::BrokenOff))? {
            if body.len() + chunk.len() > SIZE_LIMIT {
                return Err(TransportError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

/// When the server wants to be asked again, if it says so.
pub(crate) fn retry_after(answer: &Response<Vec<u8>>) -> Option<Duration> {
    renewal::retry_after(answer.headers().get(RETRY_AFTER).map(HeaderValue::as_bytes), clock::now())
}

fn sort(error: &reqwest::Error, otherwise: TransportError) -> TransportError {
    match distrust(error) {
        _ if error.is_timeout() => TransportError::TimedOut,
        Some(distrust) => TransportError::Untrusted(distrust),
        None => otherwise,
    }
}

/// What the library for TLS says of the certificate, if that is what went wrong.
fn distrust(error: &reqwest::Error) -> Option<Distrust> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(rustls::Error::InvalidCertificate(problem)) = error.downcast_ref() {
            return Some(Distrust::of(problem));
        }
        // An error of the system passes over the one that it holds.
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(held) => Some(held),
            None => error.source(),
        };
    }
    None
}
