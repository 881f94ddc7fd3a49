//! Sessions that ended before their time.

use crate::model::callers::identity::UserId;

/// What ended.
///
/// ```
/// use azure_auth::{AuthEvents, SignOut};
///
/// struct Audit;
///
/// impl AuthEvents for Audit {
///     async fn signed_out(&self, sign_out: &SignOut) {
///         match sign_out {
///             SignOut::Session(user) => println!("{user} signed out"),
///             SignOut::Everywhere(user) => println!("every session of {user} ended"),
///             _ => println!("sessions ended that began with a session at the provider"),
///         }
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignOut {
    /// The person ended the session of one browser.
    Session(UserId),
    /// Every session of a person ended: they asked for it, or the application did.
    Everywhere(UserId),
    /// The provider ended the sessions that began with one of its own. It does not say which person that was.
    AtProvider,
}
