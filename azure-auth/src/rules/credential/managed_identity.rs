//! Tokens of the identity that Azure gave to where a program runs: how they are asked for, and what an answer says.

use std::time::Duration;

use http::Request;
use http::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;
use url::{Url, form_urlencoded};

use crate::model::json::printable;
use crate::model::settings::authority::Authority;
use crate::model::settings::client::{IdentityEndpoint, ManagedIdentity};
use crate::model::unix_time::UnixTime;

/// A token that proves the program for a while.
#[derive(Clone, Debug)]
pub(crate) struct IdentityToken {
    pub(crate) text: SecretString,
    /// How long it is good, and after how long another one is asked for.
    pub(crate) left: Duration,
    pub(crate) renew_after: Duration,
}

/// Why an answer brings no token.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum IdentityAnswerError {
    /// Usual cause: the machine has no such identity, or several, and none is named.
    #[error("the endpoint refuses (status {status}{})", error.as_ref().map(|error| format!(", {error}")).unwrap_or_default())]
    Refused { status: u16, error: Option<String> },
    /// Usual cause: many programs on one machine ask at once, or the machine is starting.
    #[error("the endpoint gives nothing at the moment (status {status})")]
    Passing { status: u16 },
    /// Usual cause: something else answers at the address.
    #[error("the answer is not the JSON document that it should be")]
    Unreadable,
    #[error("the answer has no usable `{name}`")]
    Member { name: &'static str },
}

/// How long before its end a token is renewed, and where its life is shorter than twice that, at half of it.
const RENEWED_BEFORE_END: Duration = Duration::from_secs(300);

/// What the tokens are for, by the cloud of the authority.
pub(crate) fn audience(authority: &Authority) -> &'static str {
    let host = Url::parse(&authority.address()).ok().and_then(|url| url.host_str().map(str::to_owned));
    match host.as_deref() {
        Some("login.microsoftonline.us" | "login.usgovcloudapi.net") => "api://AzureADTokenExchangeUSGov",
        Some("login.partner.microsoftonline.cn" | "login.chinacloudapi.cn") => "api://AzureADTokenExchangeChina",
        _ => "api://AzureADTokenExchange",
    }
}

/// Where the hypervisor of a virtual machine answers, and nobody else can.
pub(crate) const OF_MACHINE: &str = "http://169.254.169.254";

/// The question, in the shape of the endpoint.
pub(crate) fn question(identity: &ManagedIdentity) -> Request<Vec<u8>> {
    let (address, version, name, value) = match &identity.endpoint {
        IdentityEndpoint::AppService { address, header } => {
            (address.clone(), "2019-08-01", "x-identity-header", header.expose_secret())
        }
        IdentityEndpoint::Machine(host) => {
            let address = format!("{}/metadata/identity/oauth2/token", host.trim_end_matches('/'));
            (address, "2018-02-01", "metadata", "true")
        }
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("api-version", version).append_pair("resource", identity.audience);
    if let Some(client_id) = identity.client_id {
        query.append_pair("client_id", &client_id.to_string());
    }
    let request = Request::get(format!("{address}?{}", query.finish()));
    let value = HeaderValue::from_str(value).map(|mut value| {
        value.set_sensitive(true);
        value
    });
    // The address was parsed; a header that cannot be sent is not sent, and the endpoint says so.
    let request = match value {
        Ok(value) => request.header(name, value),
        Err(_) => request,
    };
    request.body(Vec::new()).unwrap_or_default()
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    access_token: Option<SecretString>,
    #[serde(default)]
    expires_on: Value,
    #[serde(default)]
    expires_in: Value,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    error: Option<String>,
}

/// Reads an answer of either shape.
pub(crate) fn read(status: u16, body: &[u8], now: UnixTime) -> Result<IdentityToken, IdentityAnswerError> {
    match status {
        200 => {}
        // A machine that starts or is updated has no endpoint for a while.
        404 | 410 | 429 | 500.. => return Err(IdentityAnswerError::Passing { status }),
        _ => {
            let error = serde_json::from_slice::<Refusal>(body).ok().and_then(|refusal| refusal.error);
            return Err(IdentityAnswerError::Refused { status, error: error.map(|error| printable(&error)) });
        }
    }
    let answer: Answer = serde_json::from_slice(body).map_err(|_| IdentityAnswerError::Unreadable)?;
    let text = answer.access_token.filter(|token| !token.expose_secret().is_empty());
    let text = text.ok_or(IdentityAnswerError::Member { name: "access_token" })?;
    let ends_at = number(&answer.expires_on).map(UnixTime);
    let ends_at = ends_at.or_else(|| number(&answer.expires_in).map(|seconds| now + Duration::from_secs(seconds)));
    let left = ends_at.map(|ends_at| ends_at.since(now)).filter(|left| !left.is_zero());
    let left = left.ok_or(IdentityAnswerError::Member { name: "expires_on" })?;
    let renew_after = if left > RENEWED_BEFORE_END * 2 { left.saturating_sub(RENEWED_BEFORE_END) } else { left / 2 };
    Ok(IdentityToken { text, left, renew_after })
}

/// The endpoints write numbers as texts, most of them.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_767_225_600);

    fn asked(endpoint: IdentityEndpoint, client_id: Option<&str>) -> (String, String) {
        let client_id = client_id.map(|id| id.parse().unwrap());
        let audience = "api://AzureADTokenExchange";
        let request = question(&ManagedIdentity { client_id, endpoint, audience });
        let headers: Vec<String> =
            request.headers().iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        assert!(!format!("{request:?}").contains("planted"));
        (request.uri().to_string(), headers.join("\n"))
    }

    #[test]
    fn each_shape_of_the_endpoint_is_asked_in_its_own_words() {
        let service = || IdentityEndpoint::AppService {
            address: "http://localhost:42356/msi/token".to_owned(),
            header: "planted".into(),
        };
        let resource = "resource=api%3A%2F%2FAzureADTokenExchange";
        let machine = |host: &str| IdentityEndpoint::Machine(host.to_owned());
        let id = "11111111-aaaa-4bbb-8ccc-222222222222";
        let of_machine =
            format!("http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&{resource}");
        let of_service = format!("http://localhost:42356/msi/token?api-version=2019-08-01&{resource}");
        for (endpoint, client_id, address, header) in [
            (machine(OF_MACHINE), None, of_machine.clone(), "metadata: true"),
            (machine("http://169.254.169.254/"), Some(id), format!("{of_machine}&client_id={id}"), "metadata: true"),
            (service(), None, of_service.clone(), "x-identity-header: planted"),
            (service(), Some(id), format!("{of_service}&client_id={id}"), "x-identity-header: planted"),
        ] {
            assert_eq!(asked(endpoint, client_id), (address, header.to_owned()));
        }
    }

    #[test]
    fn a_token_is_used_until_shortly_before_its_end() {
        for (members, expected) in [
            (r#""expires_on":"1767312000""#, Ok(86_400 - 300)),
            (r#""expires_on":1767312000"#, Ok(86_400 - 300)),
            (r#""expires_in":"3600""#, Ok(3600 - 300)),
            (r#""expires_on":"","expires_in":3600"#, Ok(3600 - 300)),
            (r#""expires_in":"600""#, Ok(300)),
            (r#""expires_in":"10""#, Ok(5)),
            (r#""expires_on":"1""#, Err("expires_on")),
            (r#""expires_in":"0""#, Err("expires_on")),
            (r#""expires_on":"soon""#, Err("expires_on")),
            (r#""token_type":"Bearer""#, Err("expires_on")),
        ] {
            let body = format!(r#"{{"access_token":"a.b.c",{members}}}"#);
            let found = read(200, body.as_bytes(), NOW).map(|token| token.renew_after.as_secs());
            assert_eq!(found, expected.map_err(|name| IdentityAnswerError::Member { name }), "{members}");
        }
    }

    #[test]
    fn any_other_answer_says_whether_asking_again_may_help() {
        let refused =
            |status, error: Option<&str>| IdentityAnswerError::Refused { status, error: error.map(str::to_owned) };
        for (status, body, expected) in [
            (
                400,
                r#"{"error":"invalid_request","error_description":"planted"}"#,
                refused(400, Some("invalid_request")),
            ),
            (400, r#"{"statusCode":400,"message":"planted"}"#, refused(400, None)),
            (403, "planted", refused(403, None)),
            (302, "", refused(302, None)),
            (404, "", IdentityAnswerError::Passing { status: 404 }),
            (410, "", IdentityAnswerError::Passing { status: 410 }),
            (429, "{}", IdentityAnswerError::Passing { status: 429 }),
            (503, "<html>planted", IdentityAnswerError::Passing { status: 503 }),
            (200, "<html>planted", IdentityAnswerError::Unreadable),
            (200, r#"{"expires_in":"1"}"#, IdentityAnswerError::Member { name: "access_token" }),
            (200, r#"{"access_token":"","expires_in":"1"}"#, IdentityAnswerError::Member { name: "access_token" }),
        ] {
            let error = read(status, body.as_bytes(), NOW).unwrap_err();
            assert!(!error.to_string().contains("planted"), "{error}");
            assert_eq!(error, expected, "{status} {body}");
        }
    }

    #[test]
    fn each_cloud_has_its_own_exchange() {
        for (authority, expected) in [
            ("https://login.microsoftonline.com/common", "api://AzureADTokenExchange"),
            ("https://login.microsoftonline.us/common", "api://AzureADTokenExchangeUSGov"),
            ("https://login.partner.microsoftonline.cn/common", "api://AzureADTokenExchangeChina"),
            ("https://login.usgovcloudapi.net/common", "api://AzureADTokenExchangeUSGov"),
            ("https://login.chinacloudapi.cn/common", "api://AzureADTokenExchangeChina"),
            ("http://localhost:3000/common", "api://AzureADTokenExchange"),
        ] {
            assert_eq!(audience(&Authority::parse(authority).unwrap()), expected);
        }
    }
}
