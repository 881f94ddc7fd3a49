//! A token of another issuer that proves this program: as much of it as can be judged before it is sent.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::model::http_date;
use crate::model::unix_time::UnixTime;

/// Why the text of a file cannot be one. Nothing of it is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum FederatedTokenError {
    #[error("the file is empty")]
    Empty,
    /// Usual cause: the path of another file.
    #[error("the file holds something else than a signed token")]
    NotAToken,
    /// Usual cause: whatever writes the file stopped.
    #[error("the token in the file ended on {}", http_date::written(*.at))]
    Over { at: UnixTime },
}

/// Real ones have 1 to 4 KiB.
pub(crate) const LONGEST: usize = 64 * 1024;

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    exp: Value,
}

/// The token, without the line end behind it. Only the provider verifies it.
pub(crate) fn judge(text: &[u8], now: UnixTime) -> Result<&str, FederatedTokenError> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Err(FederatedTokenError::Empty);
    }
    let text = std::str::from_utf8(text).map_err(|_| FederatedTokenError::NotAToken)?;
    let parts: Vec<&str> = text.split('.').collect();
    let is_encoded = |part: &&str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let [_, claims, _] = parts.as_slice() else { return Err(FederatedTokenError::NotAToken) };
    if text.len() > LONGEST || !parts.iter().all(is_encoded) {
        return Err(FederatedTokenError::NotAToken);
    }
    let claims = URL_SAFE_NO_PAD.decode(claims).map_err(|_| FederatedTokenError::NotAToken)?;
    let claims: Claims = serde_json::from_slice(&claims).map_err(|_| FederatedTokenError::NotAToken)?;
    match claims.exp.as_u64().map(UnixTime) {
        Some(at) if at <= now => Err(FederatedTokenError::Over { at }),
        _ => Ok(text),
    }
}

/// Who vouches for whom, as the registration has to know it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Vouched {
    #[serde(rename = "iss")]
    pub(crate) issuer: String,
    #[serde(rename = "sub")]
    pub(crate) subject: String,
    /// The exchange of a cloud, of one or several.
    #[serde(rename = "aud", default)]
    audience: Value,
}

impl Vouched {
    pub(crate) fn audience(&self) -> &str {
        let only = self.audience.as_array().and_then(|all| all.first()).unwrap_or(&self.audience);
        only.as_str().unwrap_or("api://AzureADTokenExchange")
    }
}

/// What a token says of that, if it says it.
pub(crate) fn vouched(text: &[u8]) -> Option<Vouched> {
    let claims = std::str::from_utf8(text).ok()?.trim().split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_767_225_600);

    fn token(claims: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn the_text_of_a_file_is_sent_if_it_can_be_a_token_that_is_not_over() {
        let (good, over) = (token(r#"{"exp":1767225601}"#), token(r#"{"exp":1767225600}"#));
        let line = format!("  {good}\r\n");
        let huge = token(&format!(r#"{{"x":"{}"}}"#, "y".repeat(LONGEST)));
        for (text, expected) in [
            (good.as_str(), Ok(good.as_str())),
            (&line, Ok(&good)),
            (&over, Err(FederatedTokenError::Over { at: NOW })),
            ("", Err(FederatedTokenError::Empty)),
            (" \n", Err(FederatedTokenError::Empty)),
            ("a secret", Err(FederatedTokenError::NotAToken)),
            ("a.b", Err(FederatedTokenError::NotAToken)),
            ("a.b.c.d", Err(FederatedTokenError::NotAToken)),
            ("a..c", Err(FederatedTokenError::NotAToken)),
            ("a.b c.d", Err(FederatedTokenError::NotAToken)),
            ("a.e30=.d", Err(FederatedTokenError::NotAToken)),
            ("a.bm90IGpzb24.d", Err(FederatedTokenError::NotAToken)),
            (&huge, Err(FederatedTokenError::NotAToken)),
        ] {
            assert_eq!(judge(text.as_bytes(), NOW), expected, "{text:.40}");
        }
        assert_eq!(judge(&[0xff], NOW), Err(FederatedTokenError::NotAToken));
        let without_end = token("{}");
        assert_eq!(judge(without_end.as_bytes(), NOW), Ok(without_end.as_str()), "the provider judges it");
    }

    #[test]
    fn a_token_says_who_vouches_for_whom() {
        let found = vouched(token(r#"{"iss":"https://issuer.example","sub":"job","exp":1}"#).as_bytes()).unwrap();
        assert_eq!((found.issuer.as_str(), found.subject.as_str()), ("https://issuer.example", "job"));
        for (audience, expected) in [
            ("null", "api://AzureADTokenExchange"),
            (r#""api://AzureADTokenExchangeUSGov""#, "api://AzureADTokenExchangeUSGov"),
            (r#"["api://AzureADTokenExchangeUSGov"]"#, "api://AzureADTokenExchangeUSGov"),
        ] {
            let text = token(&format!(r#"{{"iss":"i","sub":"s","aud":{audience}}}"#));
            assert_eq!(vouched(text.as_bytes()).unwrap().audience(), expected);
        }
        for text in [token(r#"{"iss":"https://issuer.example"}"#), "words".to_owned(), String::new()] {
            assert_eq!(vouched(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn nothing_of_the_file_is_repeated() {
        for text in [token(r#"{"exp":1,"sub":"planted"}"#), "planted".to_owned()] {
            let error = judge(text.as_bytes(), NOW).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("planted"));
        }
    }
}
