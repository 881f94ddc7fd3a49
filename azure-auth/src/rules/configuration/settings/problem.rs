//! What keeps a program from starting, in one shape: the variables, what is wrong, what was found, the remedy.

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

use super::missing;
use super::misspelt::Misspelt;

/// Everything that keeps a program from starting: each with the variable, what was found and the remedy.
///
/// Its `Debug` is the list for people, because that is what `main() -> Result` prints. If variables that belong together
/// are missing, lines follow that can be pasted into `.env`.
///
/// ```
/// use azure_auth::{AzureAuth, ConfigurationProblem};
///
/// let error = AzureAuth::builder().client_id("my-app").build().unwrap_err();
/// let variables: Vec<&str> = error.problems().iter().map(ConfigurationProblem::variable).collect();
/// assert_eq!(variables, ["AZURE_ISSUER_URI", "AZURE_CLIENT_ID"]);
/// ```
#[derive(Clone, PartialEq, Eq, Error)]
pub struct ConfigurationError {
    problems: Vec<ConfigurationProblem>,
}

/// One thing that keeps a program from starting.
///
/// Its text is one line: the variables, what was found, what is wrong, and the remedy. It never holds a secret.
///
/// ```
/// let error = azure_auth::AzureAuth::builder().build().err().expect("nothing is set");
/// for problem in error.problems() {
///     println!("{problem}");
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigurationProblem {
    variables: Vec<&'static str>,
    found: Option<String>,
    cause: Cow<'static, str>,
    expected: Option<Cow<'static, str>>,
    remedy: Cow<'static, str>,
    /// Variables of which a program needs the text, and has none.
    missing: Vec<&'static str>,
}

impl ConfigurationError {
    /// The problems, in the order of the documentation. Variables that belong together and are missing are one.
    ///
    /// ```
    /// let error = azure_auth::AzureAuth::builder().build().err().expect("nothing is set");
    /// assert_eq!(error.problems().len(), 1);
    /// assert_eq!(
    ///     error.problems()[0].variables(),
    ///     ["AZURE_ISSUER_URI", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"]
    /// );
    /// ```
    pub fn problems(&self) -> &[ConfigurationProblem] {
        &self.problems
    }

    /// These problems, and those of another part.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.problems.extend(other.problems);
        self
    }
}

impl From<ConfigurationProblem> for ConfigurationError {
    fn from(problem: ConfigurationProblem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl ConfigurationProblem {
    pub(crate) fn new(
        variable: &'static str,
        cause: impl Into<Cow<'static, str>>,
        remedy: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (cause, remedy) = (cause.into(), remedy.into());
        Self { variables: vec![variable], found: None, cause, expected: None, remedy, missing: Vec::new() }
    }

    /// What was found, if it may be shown.
    pub(crate) fn having_found(mut self, found: impl Into<Option<String>>) -> Self {
        self.found = found.into();
        self
    }

    pub(crate) fn expecting(mut self, expected: impl Into<Cow<'static, str>>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// A problem of several variables.
    pub(crate) fn beside(mut self, others: &[&'static str]) -> Self {
        self.variables.extend(others);
        self
    }

    /// Of which the error shows lines to fill in.
    pub(super) fn of_missing(mut self, missing: Vec<&'static str>) -> Self {
        self.missing = missing;
        self
    }

    /// The environment variable, or the setting in code, that has the problem; of several the first.
    ///
    /// ```
    /// let error = azure_auth::AzureAuth::builder().client_id("my-app").build().err().expect("there is no issuer");
    /// assert_eq!(error.problems()[0].variable(), "AZURE_ISSUER_URI");
    /// ```
    pub fn variable(&self) -> &str {
        self.variables[0]
    }

    /// Every variable or setting that the problem is about, at least one.
    ///
    /// ```
    /// let error = azure_auth::AzureAuth::builder().client_id("my-app").build().err().expect("there is no issuer");
    /// assert_eq!(error.problems()[0].variables(), ["AZURE_ISSUER_URI", "AZURE_CLIENT_SECRET"]);
    /// ```
    pub fn variables(&self) -> &[&'static str] {
        &self.variables
    }

    /// Whether what is wrong is that something is not there.
    pub(crate) fn is_about_missing(&self) -> bool {
        !self.missing.is_empty()
    }

    /// What is wrong.
    ///
    /// ```
    /// let error = azure_auth::AzureAuth::from_variables([("AZURE_EXPLAIN", "yes")]).err().expect("much is missing");
    /// assert_eq!(error.problems()[1].cause(), "not a switch");
    /// ```
    pub fn cause(&self) -> &str {
        &self.cause
    }

    /// What was found, where it is no secret, without what may be a password.
    ///
    /// ```
    /// let error = azure_auth::AzureAuth::from_variables([("AZURE_EXPLAIN", "yes")]).err().expect("much is missing");
    /// assert_eq!(error.problems()[1].found(), Some("yes"));
    /// ```
    pub fn found(&self) -> Option<&str> {
        self.found.as_deref()
    }

    /// What would have been right, where that can be said in a few words.
    ///
    /// ```
    /// let error = azure_auth::AzureAuth::from_variables([("AZURE_EXPLAIN", "yes")]).err().expect("much is missing");
    /// assert_eq!(error.problems()[1].expected(), Some("`1` or nothing"));
    /// ```
    pub fn expected(&self) -> Option<&str> {
        self.expected.as_deref()
    }

    /// What to do about it.
    ///
    /// ```
    /// let error = azure_auth::AzureAuth::from_variables([("AZURE_EXPLAIN", "yes")]).err().expect("much is missing");
    /// assert!(error.problems()[1].remedy().contains("AZURE_EXPLAIN=1"));
    /// ```
    pub fn remedy(&self) -> &str {
        &self.remedy
    }
}

impl fmt::Display for ConfigurationProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.variables.join(", "))?;
        if let Some(found) = &self.found {
            write!(formatter, "found {found:?}: ")?;
        }
        write!(formatter, "{}", self.cause)?;
        if let Some(expected) = &self.expected {
            write!(formatter, ", expected {expected}")?;
        }
        write!(formatter, "; {}", self.remedy)
    }
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the configuration of azure-auth is not complete")?;
        self.problems.iter().try_for_each(|problem| write!(formatter, "\n  {problem}"))?;
        let missing: Vec<&str> = self.problems.iter().flat_map(|problem| &problem.missing).copied().collect();
        if missing.is_empty() { Ok(()) } else { write!(formatter, "\n\n{}", missing::lines(&missing)) }
    }
}

impl fmt::Debug for ConfigurationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// The problems that were found so far.
pub(super) struct Problems<'s> {
    found: Vec<ConfigurationProblem>,
    misspelt: &'s [Misspelt],
}

impl<'s> Problems<'s> {
    pub(super) fn new(misspelt: &'s [Misspelt]) -> Self {
        Self { found: Vec::new(), misspelt }
    }

    pub(super) fn add(&mut self, problem: ConfigurationProblem) {
        self.found.push(problem);
    }

    /// What another judge has found.
    pub(super) fn found_of(&mut self, problems: impl IntoIterator<Item = ConfigurationProblem>) {
        self.found.extend(problems);
    }

    /// A variable that is not set and has to be: a misspelt one is the most probable cause.
    pub(super) fn add_unset(&mut self, variable: &'static str, others: &[&'static str], cause: &str, remedy: &str) {
        let problem = match self.misspelling_of(variable) {
            None => ConfigurationProblem::new(variable, format!("not set{cause}"), remedy.to_owned()),
            Some(name) => ConfigurationProblem::new(
                variable,
                format!("not set{cause}; {name} is set, and is not read"),
                format!("rename {name} to {variable} if that was meant, or else {remedy}"),
            ),
        };
        self.found.push(problem.beside(others));
    }

    /// What is set and probably means this variable.
    pub(super) fn misspelling_of(&self, variable: &str) -> Option<&'s str> {
        self.misspelt.iter().find(|misspelt| misspelt.meant == variable).map(|misspelt| misspelt.name.as_str())
    }

    /// Whether something was said of this variable.
    pub(super) fn has(&self, variable: &str) -> bool {
        self.found.iter().any(|problem| problem.variables.contains(&variable))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn into_error(self) -> ConfigurationError {
        ConfigurationError { problems: self.found }
    }
}
