//! What went wrong, in four answers.

use std::borrow::Cow;
use std::fmt;

use super::reason::Reason;

/// What went wrong, for whoever has to put it right: the same in the log, in the part of a page that is for developers, and
/// in a problem document that explains.
///
/// Each answer is a text in lower case without a final stop. None holds a secret, a token, a cookie, a name or an address of
/// a person. What a stranger may have written is cut, and has no control characters.
///
/// ```
/// # fn example(refused: &azure_auth::Refused) {
/// if let Some(diagnosis) = refused.diagnosis() {
///     println!("{}: found {}, expected {}", diagnosis.cause(), diagnosis.found(), diagnosis.expected());
///     println!("to do: {}", diagnosis.remedy());
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    pub(crate) cause: Cow<'static, str>,
    pub(crate) found: Cow<'static, str>,
    pub(crate) expected: Cow<'static, str>,
    pub(crate) remedy: Cow<'static, str>,
}

/// What an error tells beside its own text, which is the cause.
pub(crate) trait Diagnosed: fmt::Display {
    fn details(&self) -> Details;
}

/// What was found and what was expected, and what to do where that is not what the reason says in general.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Details {
    pub(crate) found: Cow<'static, str>,
    pub(crate) expected: Cow<'static, str>,
    pub(crate) remedy: Option<Cow<'static, str>>,
}

impl Details {
    pub(crate) fn new(found: impl Into<Cow<'static, str>>, expected: impl Into<Cow<'static, str>>) -> Self {
        Self { found: found.into(), expected: expected.into(), remedy: None }
    }

    pub(crate) fn remedy(self, remedy: impl Into<Cow<'static, str>>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }
}

impl Diagnosis {
    pub(crate) fn of(error: &(impl Diagnosed + ?Sized), reason: Reason) -> Self {
        Self::new(error.to_string(), error.details(), reason)
    }

    pub(crate) fn new(cause: impl Into<Cow<'static, str>>, details: Details, reason: Reason) -> Self {
        let Details { found, expected, remedy } = details;
        let remedy = remedy.unwrap_or(Cow::Borrowed(reason.explanation().remedy));
        Self { cause: cause.into(), found, expected, remedy }
    }

    /// What happened.
    ///
    /// ```
    /// # fn example(diagnosis: &azure_auth::Diagnosis) -> String {
    /// format!("It failed because {}.", diagnosis.cause())
    /// # }
    /// ```
    pub fn cause(&self) -> &str {
        &self.cause
    }

    /// What was there.
    ///
    /// ```
    /// # fn example(diagnosis: &azure_auth::Diagnosis) -> String {
    /// format!("found: {}", diagnosis.found())
    /// # }
    /// ```
    pub fn found(&self) -> &str {
        &self.found
    }

    /// What should have been there.
    ///
    /// ```
    /// # fn example(diagnosis: &azure_auth::Diagnosis) -> String {
    /// format!("expected: {}", diagnosis.expected())
    /// # }
    /// ```
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What to do about it: a setting, a page of the portal, a command or a call.
    ///
    /// ```
    /// # fn example(diagnosis: &azure_auth::Diagnosis) -> String {
    /// format!("to do: {}", diagnosis.remedy())
    /// # }
    /// ```
    pub fn remedy(&self) -> &str {
        &self.remedy
    }
}

/// Cause and remedy in one sentence.
impl fmt::Display for Diagnosis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}; {}", self.cause, self.remedy)
    }
}
