//! What happens to answers of endpoints that do not say who may call them.

/// What happens to what answers in a `poem::Route` without having said who may call it; see
/// [`AzureAuthBuilder::undeclared`](crate::AzureAuthBuilder::undeclared).
///
/// ```
/// use azure_auth::{AzureAuth, Undeclared};
///
/// let builder = AzureAuth::builder().undeclared(Undeclared::Refuse);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undeclared {
    /// It answers, and the log names it once.
    #[default]
    Log,
    /// Its answer is withheld: the caller gets 403 `undeclared`. What the endpoint did is done, because a router tells
    /// nobody beforehand what it will call.
    Refuse,
}
