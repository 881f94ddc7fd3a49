//! A sign-in that the application has its say in.

use serde::Serialize;

use crate::model::sessions::session::SessionRecord;
use crate::web::application::user::User;

/// A sign-in that is about to become a session.
///
/// ```
/// use azure_auth::{Refusal, SignIn};
///
/// fn remember_team(sign_in: &mut SignIn) -> Result<(), Refusal> {
///     sign_in.remember(&"purchasing").map_err(|_| Refusal::forbidden("Your team cannot be remembered."))
/// }
/// ```
#[derive(Debug)]
pub struct SignIn {
    user: User,
    record: SessionRecord,
}

impl SignIn {
    pub(crate) fn new(record: SessionRecord) -> Self {
        Self { user: User::new(record.identity.clone()), record }
    }

    pub(crate) fn into_record(self) -> SessionRecord {
        self.record
    }

    /// Who signs in.
    ///
    /// ```
    /// # fn example(sign_in: &azure_auth::SignIn) -> String {
    /// sign_in.user().id().to_string()
    /// # }
    /// ```
    pub fn user(&self) -> &User {
        &self.user
    }

    /// Keeps a small value with the session, for [`Principal::session_data`](crate::Principal::session_data). A sealed cookie has
    /// room for some hundred bytes; a session that does not fit is refused.
    ///
    /// ```
    /// # fn example(sign_in: &mut azure_auth::SignIn) -> Result<(), serde_json::Error> {
    /// #[derive(serde::Serialize)]
    /// struct Desk {
    ///     number: u16,
    /// }
    ///
    /// sign_in.remember(&Desk { number: 7 })
    /// # }
    /// ```
    ///
    /// # Errors
    /// The value cannot be written as JSON.
    pub fn remember<T: Serialize>(&mut self, data: &T) -> Result<(), serde_json::Error> {
        self.record.data = Some(serde_json::to_value(data)?);
        Ok(())
    }
}
