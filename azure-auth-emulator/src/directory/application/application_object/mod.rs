//! Registrations in the shape of the application object of Microsoft Graph (`application` resource type, version 1.0).

mod member;
mod optional_claims;
mod permissions;
mod reading;
pub(crate) mod writing;

#[cfg(test)]
mod refusal_tests;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::Application;
use crate::faults::start_error::StartError;

impl Application {
    /// Reads a registration in the shape of the application object of Microsoft Graph, as `az ad app show`, a manifest or a
    /// template has it, with the ids of its scopes and roles. Beside the object it takes `federatedCredentials`, a list of
    /// federated credentials (`name`, `issuer`, `subject`, `audiences`).
    ///
    /// Without `appId` it is made from `displayName`, and so is the secret always, since no such object holds one. What the
    /// real service decides where nothing is written is decided so: access tokens are of version 1, and hold no groups
    /// (`groupMembershipClaims`). `requiredResourceAccess` counts as granted where it is for the application itself, and as
    /// listed where it is for people. The registration serves the accounts of every tenant, whatever `signInAudience` says.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::{Application, Emulator};
    ///
    /// let desk = Application::from_registration(&serde_json::json!({
    ///     "displayName": "Help desk",
    ///     "web": { "redirectUris": ["http://localhost/authorization-code/callback"] },
    ///     "api": {
    ///         "requestedAccessTokenVersion": 2,
    ///         "oauth2PermissionScopes": [
    ///             { "id": "0e4c1d1f-0000-4000-8000-000000000001", "value": "Tickets.Read", "type": "User", "isEnabled": true }
    ///         ]
    ///     }
    /// }))?;
    /// let emulator = Emulator::builder().application(desk).start().await?;
    /// assert!(emulator.directory().defines("Tickets.Read"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`StartError::WrongRegistration`], which names the member that is not what the object has, or that this emulator
    /// cannot honour. What has no meaning here, such as `createdDateTime`, is left out.
    pub fn from_registration(registration: &Value) -> Result<Self, StartError> {
        reading::read(registration)
    }
}

/// Who may be given a role, as `allowedMemberTypes` writes it.
const PEOPLE: &str = "User";
const APPLICATIONS: &str = "Application";
