//! What a code means: for whoever has to fix what it stands for.

use std::fmt;

/// Why something was refused, for whoever has to fix it. Found by its code with [`explain`](crate::explain).
///
/// ```
/// let explanation = azure_auth::explain("token-expired").unwrap();
/// println!("{} Remedy: {}", explanation.sentence, explanation.remedy);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// Stable, lower case, such as `token-expired`. It appears in answers and in the log.
    pub code: &'static str,
    /// The HTTP status of the answer.
    pub status: u16,
    /// What happened, for the visitor.
    pub sentence: &'static str,
    /// What brings this about most often.
    pub cause: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
    /// Who can do it.
    pub responsible: Responsible,
}

/// Who can fix what went wrong.
///
/// ```
/// use azure_auth::{Responsible, explain};
///
/// assert_eq!(explain("token-audience").unwrap().responsible, Responsible::Developer);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Responsible {
    /// Whoever develops or runs the application, or the client that calls it.
    Developer,
    /// Whoever administers the tenant.
    TenantAdministrator,
    /// The person in front of the browser.
    Visitor,
}

impl fmt::Display for Responsible {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Developer => "the developers of this application",
            Self::TenantAdministrator => "the administrator of your organisation",
            Self::Visitor => "you",
        })
    }
}
