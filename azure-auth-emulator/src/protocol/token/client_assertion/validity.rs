//! When an assertion is good.

use serde_json::Value;

use super::presented::{Presented, malformed};
use crate::faults::entra_error::EntraError;
use crate::memory::clock::{iso_date, now};

/// Clocks may differ by this many seconds.
const LEEWAY: u64 = 300;
/// An assertion is not for longer than this, in seconds.
const LONGEST: u64 = 24 * 60 * 60;

/// Refuses an assertion that has ended, has not begun, or is for too long. Some clients write times as texts, and some leave
/// out when it begins.
pub(super) fn check(presented: &Presented<'_>) -> Result<(), EntraError> {
    let (now, begins, ends) = (now(), time(presented, "nbf")?, time(presented, "exp")?);
    time(presented, "iat")?;
    let has_begun = begins.is_none_or(|begins| begins <= now + LEEWAY);
    let has_not_ended = ends.is_some_and(|ends| now < ends && ends <= now + LONGEST);
    if has_begun && has_not_ended {
        return Ok(());
    }
    let written = |time: Option<u64>| time.map_or_else(|| "(none)".to_owned(), |time| format!("{}Z", iso_date(time)));
    let text = format!(
        "Client assertion is not within its valid time range. Current time: {}, assertion valid from {}, expiry time of assertion {}. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .",
        written(Some(now)),
        written(begins),
        written(ends)
    );
    Err(EntraError::new("invalid_client", 700_024, text))
}

/// A time, as a number or a text of digits.
fn time(presented: &Presented<'_>, name: &str) -> Result<Option<u64>, EntraError> {
    let time = match presented.claims.get(name) {
        None => return Ok(None),
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        Some(_) => None,
    };
    // A date beyond this cannot be written.
    let time = time.filter(|time| *time < LAST_TIME);
    time.map(Some).ok_or_else(|| malformed(&format!("Its '{name}' is not a number of seconds since 1970.")))
}

/// The end of the year 9999.
const LAST_TIME: u64 = 253_402_300_800;
