//! A refusal in an application's own words.

use std::borrow::Cow;
use std::fmt;

/// Why a `check` of the application refuses a caller. The words are shown to the caller and stand in the log: no
/// names, addresses or secrets.
///
/// ```
/// use azure_auth::{Principal, Refusal};
///
/// fn office_hours(_: &Principal, request: &poem::Request) -> Result<(), Refusal> {
///     if request.headers().contains_key("x-closed") {
///         return Err(Refusal::new("the office is closed"));
///     }
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    words: Cow<'static, str>,
}

impl Refusal {
    /// A refusal that says `words`.
    pub fn new(words: impl Into<Cow<'static, str>>) -> Self {
        Self { words: words.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.words)
    }
}

impl std::error::Error for Refusal {}
