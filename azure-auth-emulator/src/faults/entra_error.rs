//! Errors in Entra's words and shapes.

use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

/// An error with its AADSTS code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntraError {
    /// The OAuth error.
    pub(crate) error: Cow<'static, str>,
    /// None only where a test asks for that.
    pub(crate) code: Option<u32>,
    pub(crate) message: String,
    pub(crate) suberror: Option<Cow<'static, str>>,
    /// Most errors have none of it.
    pub(crate) further: Option<Box<Further>>,
}

/// What some errors say beside their code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Further {
    /// What the next request must ask for, as JSON.
    pub(crate) claims: Option<String>,
    /// In the place of what the token endpoint gives it.
    pub(crate) status: Option<u16>,
    /// In seconds.
    pub(crate) retry_after: Option<u64>,
}

impl EntraError {
    pub(crate) fn new(error: &'static str, code: u32, message: impl Into<String>) -> Self {
        let suberror = (code == CONSENT_MISSING).then_some(Cow::Borrowed("consent_required"));
        Self { error: error.into(), code: Some(code), message: message.into(), suberror, further: None }
    }

    /// The person must do something first, and the next request must ask for these claims.
    pub(crate) fn interaction_required(claims: String) -> Self {
        let text = "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource.";
        let suberror = Some(Cow::Borrowed("basic_action"));
        let further = Some(Box::new(Further { claims: Some(claims), ..Further::default() }));
        Self { suberror, further, ..Self::new("interaction_required", 50076, text) }
    }

    /// A parameter that was not sent.
    pub(crate) fn missing(name: &str) -> Self {
        let message = format!("The request body must contain the following parameter: '{name}'.");
        Self::new("invalid_request", 900_144, message)
    }

    /// Code and message, without the lines that differ from one answer to the next.
    pub(crate) fn short_description(&self) -> String {
        match self.code {
            Some(code) => format!("AADSTS{code}: {}", self.message),
            None => self.message.clone(),
        }
    }

    pub(crate) fn description(&self) -> String {
        format!(
            "{}\r\nTrace ID: {}\r\nCorrelation ID: {}\r\nTimestamp: {}",
            self.short_description(),
            TRACE_ID,
            CORRELATION_ID,
            timestamp()
        )
    }

    /// The status the token endpoint gives it.
    pub(crate) fn status(&self) -> u16 {
        let forced = self.further.as_ref().and_then(|further| further.status);
        forced.unwrap_or(if self.error == "invalid_client" { 401 } else { 400 })
    }

    pub(crate) fn claims(&self) -> Option<&str> {
        self.further.as_ref()?.claims.as_deref()
    }

    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.further.as_ref()?.retry_after
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut error = json!({
            "error": self.error,
            "error_description": self.description(),
            "timestamp": timestamp(),
            "trace_id": TRACE_ID,
            "correlation_id": CORRELATION_ID,
        });
        if let Some(code) = self.code {
            error["error_codes"] = json!([code]);
            error["error_uri"] = json!(format!("https://login.microsoftonline.com/error?code={code}"));
        }
        if let Some(suberror) = &self.suberror {
            error["suberror"] = json!(suberror);
        }
        if let Some(claims) = self.claims() {
            error["claims"] = json!(claims);
        }
        error
    }
}

/// The only error here that a person can resolve by agreeing.
const CONSENT_MISSING: u32 = 65001;
const TRACE_ID: &str = "fe370167-0bac-4a7c-98c7-b1df1d63f801";
/// Constant, so that a test knows what a page must show.
const CORRELATION_ID: &str = "1fe73093-c804-4bf8-9a91-990f23c719c3";

/// `YYYY-MM-DD HH:MM:SSZ`, with a space where the standard has a `T`.
fn timestamp() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}Z", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// The calendar date of a day counted from 1970-01-01, by years of 365 and 366 days.
pub(crate) fn civil(mut days: u64) -> (u64, u64, u64) {
    let is_leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in lengths {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        for (days, date) in [(0, (1970, 1, 1)), (59, (1970, 3, 1)), (11_016, (2000, 2, 29)), (20_781, (2026, 11, 24))] {
            assert_eq!(civil(days), date);
        }
    }

    #[test]
    fn a_refused_client_is_401_and_all_else_400() {
        assert_eq!(EntraError::new("invalid_client", 7_000_215, "x").status(), 401);
        assert_eq!(EntraError::new("invalid_grant", 54005, "x").status(), 400);
    }
}
