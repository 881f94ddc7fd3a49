//! The signed-in person, as handlers and the application's events see them.

use std::fmt;
use std::sync::Arc;

use azure_auth_policy::Guid;
use serde::de::DeserializeOwned;

use crate::model::callers::identity::{Identity, UserId};

/// The signed-in person.
///
/// As an argument it authenticates by itself: without a person the handler does not run, whatever it declares. On a
/// public handler ask for `Option<User>`; every refusal reads as `None` there.
///
/// ```
/// use azure_auth::User;
/// use poem::handler;
///
/// #[azure_auth::protect]
/// #[handler]
/// fn me(user: User) -> String {
///     format!("Welcome, {}!", user.display_name())
/// }
/// ```
#[derive(Clone)]
pub struct User {
    identity: Arc<Identity>,
}

impl User {
    pub(crate) fn new(identity: Arc<Identity>) -> Self {
        Self { identity }
    }

    /// Names the person for good. It is the only thing to store, and the only thing to compare.
    ///
    /// ```no_run
    /// # fn example(user: azure_auth::User, owner: &str) -> bool {
    /// // As text in a column of its own: `entra:<tenant>:<object>`.
    /// user.id().to_string() == owner
    /// # }
    /// ```
    pub fn id(&self) -> &UserId {
        &self.identity.id
    }

    /// For display: the name, or the user name, or a general word. It may change, and several people may share it.
    ///
    /// ```
    /// # fn example(user: &azure_auth::User) -> String {
    /// format!("Welcome, {}!", user.display_name())
    /// # }
    /// ```
    pub fn display_name(&self) -> &str {
        let Identity { display_name, preferred_username, .. } = self.identity.as_ref();
        display_name.as_deref().or(preferred_username.as_deref()).unwrap_or("Signed-in user")
    }

    /// For display: how the person signs in. It may change, and proves nothing.
    ///
    /// ```
    /// # fn example(user: &azure_auth::User) -> String {
    /// format!("signed in as {}", user.preferred_username().unwrap_or("somebody"))
    /// # }
    /// ```
    pub fn preferred_username(&self) -> Option<&str> {
        self.identity.preferred_username.as_deref()
    }

    /// For display: an e-mail address that nobody may have verified. Never decide by it.
    ///
    /// ```
    /// # fn example(user: &azure_auth::User) -> String {
    /// format!("We will write to {}.", user.email().unwrap_or("you"))
    /// # }
    /// ```
    pub fn email(&self) -> Option<&str> {
        self.identity.email.as_deref()
    }

    /// The app roles the person had when the session or the token was made (`roles`).
    ///
    /// To decide something by a role, ask [`Principal::has_role`](crate::Principal::has_role), or say it in `protect`.
    ///
    /// ```
    /// # fn example(user: &azure_auth::User) -> String {
    /// format!("your roles: {}", user.roles().join(", "))
    /// # }
    /// ```
    pub fn roles(&self) -> &[String] {
        &self.identity.roles
    }

    /// The tenant the person signed in to; none at a provider without tenants.
    ///
    /// ```
    /// # fn example(user: &azure_auth::User, contoso: azure_auth::Guid) -> bool {
    /// user.tenant_id() == Some(contoso)
    /// # }
    /// ```
    pub fn tenant_id(&self) -> Option<Guid> {
        self.identity.tenant()
    }

    /// The further claims that [`AzureAuthBuilder::keep_claims`](crate::AzureAuthBuilder::keep_claims) keeps, as a type of your own.
    ///
    /// ```no_run
    /// # fn example(user: azure_auth::User) -> Result<(), serde_json::Error> {
    /// #[derive(serde::Deserialize)]
    /// struct Department {
    ///     department: Option<String>,
    /// }
    /// let Department { department } = user.claims()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The claims do not fit the type. A claim the token did not have is missing here too.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        let claims = self.identity.claims.clone().into_iter().collect();
        serde_json::from_value(serde_json::Value::Object(claims))
    }
}

/// Names and addresses stay out of logs.
impl fmt::Debug for User {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("User").field("id", &self.identity.id).finish_non_exhaustive()
    }
}
