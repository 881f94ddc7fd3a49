//! One event as an object of JSON.

use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

use azure_auth_policy::Guid;
use cookie::time::{Duration, OffsetDateTime};
use serde::Serialize;

use crate::model::callers::identity::UserId;

/// What a line of the audit log says, in this order. Names of members never change their meaning.
#[derive(Serialize)]
pub(crate) struct AuditLine<'e> {
    pub(crate) time: String,
    pub(crate) event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<Cow<'e, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) application: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tenant: Option<Guid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) handler: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<u64>,
}

impl<'e> AuditLine<'e> {
    pub(crate) fn new(at: SystemTime, event: &'static str) -> Self {
        Self {
            time: rfc_3339(at),
            event,
            user: None,
            application: None,
            tenant: None,
            method: None,
            path: None,
            handler: None,
            code: None,
            status: None,
            reference: None,
            count: None,
        }
    }

    /// The same of a person, as the log names them: a subject may be an address.
    pub(crate) fn of_person(self, person: &'e UserId) -> Self {
        Self { user: Some(person.loggable()), ..self }
    }
}

/// In UTC, in milliseconds.
fn rfc_3339(at: SystemTime) -> String {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    // No clock is set to a year that does not fit.
    let at = OffsetDateTime::UNIX_EPOCH.checked_add(Duration::try_from(since).unwrap_or(Duration::ZERO));
    let at = at.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second, millisecond) = at.to_hms_milli();
    format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z", u8::from(month))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_time_is_written_as_rfc_3339_has_it() {
        for (milliseconds, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_852_807_042, "2026-11-28T08:00:07.042Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(rfc_3339(UNIX_EPOCH + Duration::from_millis(milliseconds)), expected);
        }
    }

    #[test]
    fn a_line_has_what_there_is_and_names_nobody() {
        let person =
            UserId::OpenId { issuer: "https://id.example".to_owned(), subject: "adele@contoso.test".to_owned() };
        let line = AuditLine { status: Some(403), ..AuditLine::new(UNIX_EPOCH, "refused") };
        assert_eq!(
            serde_json::to_string(&line.of_person(&person)).unwrap(),
            r#"{"time":"1970-01-01T00:00:00.000Z","event":"refused","user":"https://id.example","status":403}"#
        );
    }
}
