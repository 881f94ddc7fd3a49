//! A token for another API, in hand.

use std::fmt;

use http::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::model::unix_time::UnixTime;

/// A token that a provider gave for one API, and what it said of it. The token itself is a text that nobody here reads.
#[derive(Clone)]
pub(crate) struct HeldToken {
    pub(crate) secret: SecretString,
    /// The names of the permissions it was granted for, without the API in front, as the provider writes them.
    pub(crate) granted: Vec<String>,
    /// The names it was asked with: what a renewal asks for again.
    pub(crate) asked: Vec<String>,
    /// From then on it is renewed, while it still serves.
    pub(crate) renew_at: UnixTime,
    /// From then on it serves nobody.
    pub(crate) ends_at: UnixTime,
}

/// The value of the header `Authorization` (RFC 6750 §2.1), marked as sensitive, so that it does not print. None: the text
/// cannot be written into a header.
pub(crate) fn authorization(token: &SecretString) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Whoever has it may do what it is good for, so it never prints.
impl fmt::Debug for HeldToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("HeldToken").field("ends_at", &self.ends_at).finish_non_exhaustive()
    }
}
