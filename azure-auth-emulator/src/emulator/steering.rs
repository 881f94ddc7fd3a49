//! What a test makes of token requests and of what people agreed to.

use super::Emulator;
use crate::directory::application::Application;
use crate::directory::resources::scopes::Scopes;
use crate::directory::user::User;
use crate::faults::token_grant::TokenGrant;
use crate::memory::claims_request::ClaimsRequest;
use crate::memory::demands::Demand;
use crate::memory::gates::Gate;
use crate::memory::issued::End;
use crate::tokens::token_error::TokenError;

impl Emulator {
    /// How many token requests of this kind have come, answered or not.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::{Emulator, TokenGrant};
    ///
    /// let emulator = Emulator::start().await?;
    /// assert_eq!(emulator.token_requests(TokenGrant::OnBehalfOf), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn token_requests(&self, grant: TokenGrant) -> usize {
        self.state.token_requests(grant)
    }

    /// Holds token requests of this kind, from now on and until the gate is dropped. A gate that was there before lets none of
    /// the later ones wait any more.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::{Emulator, TokenGrant};
    ///
    /// let emulator = Emulator::start().await?;
    /// let gate = emulator.hold(TokenGrant::RefreshToken);
    /// // … cause a renewal, wait with `gate.arrived(1).await`, and sign out meanwhile …
    /// drop(gate);
    /// # Ok(())
    /// # }
    /// ```
    pub fn hold(&self, grant: TokenGrant) -> Gate {
        self.state.gates.close(grant)
    }

    /// Sets how many seconds access tokens live that are issued from now on.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// emulator.set_access_token_lifetime(2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_access_token_lifetime(&self, seconds: u64) {
        self.state.change_lifetimes(|lifetimes| lifetimes.access_token = Some(seconds));
    }

    /// Sets `refresh_in` of token answers from now on; none leaves it to the lifetime.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// emulator.set_refresh_in(1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_refresh_in(&self, seconds: impl Into<Option<u64>>) {
        let seconds = seconds.into();
        self.state.change_lifetimes(|lifetimes| lifetimes.refresh_in = seconds);
    }

    /// Ends the refresh tokens that a person has now, as when an administrator revokes their sessions: AADSTS50173.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// emulator.revoke_refresh_tokens("adele@contoso.test")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TokenError::UnknownUser`], if there is no such person.
    pub fn revoke_refresh_tokens(&self, user: &str) -> Result<(), TokenError> {
        self.state.issued.end_refresh_tokens(self.person(user)?, End::Revoked);
        Ok(())
    }

    /// Ends the refresh tokens that a person has now, as if they had not been used for 90 days: AADSTS700082.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// emulator.expire_refresh_tokens("adele@contoso.test")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TokenError::UnknownUser`], if there is no such person.
    pub fn expire_refresh_tokens(&self, user: &str) -> Result<(), TokenError> {
        self.state.issued.end_refresh_tokens(self.person(user)?, End::Inactive);
        Ok(())
    }

    /// Lets Microsoft Graph answer a person's calls with 401 and this claims challenge, until the token was issued for a
    /// request with these `claims`. `clear_defects` ends it.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let step_up = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
    /// emulator.challenge("adele@contoso.test", step_up)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TokenError`], if there is no such person, or the claims are not a JSON object.
    pub fn challenge(&self, user: &str, claims: &str) -> Result<(), TokenError> {
        self.demand(user, claims, false)
    }

    /// The same, and no refresh token or call on behalf of the person is enough: their token requests for Microsoft Graph are
    /// answered with `interaction_required` (AADSTS50076) and these claims, until the person has signed in for an authorization
    /// request with them.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let second_factor = r#"{"access_token":{"polids":{"essential":true,"values":["p"]}}}"#;
    /// emulator.require_interaction("adele@contoso.test", second_factor)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TokenError`], if there is no such person, or the claims are not a JSON object.
    pub fn require_interaction(&self, user: &str, claims: &str) -> Result<(), TokenError> {
        self.demand(user, claims, true)
    }

    /// Remembers that a person agreed to what an application asks for, as if they had pressed the button in every tenant that
    /// they belong to. The application is named by name or client id, the scopes as it would ask for them.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// emulator.consent("adele@contoso.test", "Local application", "User.Read https://storage.azure.com/user_impersonation")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TokenError`], if the person, the application or a scope does not exist.
    pub fn consent(&self, user: &str, application: &str, scope: &str) -> Result<(), TokenError> {
        let (user, client) = (self.person(user)?, self.registration(application)?);
        let directory = &self.state.directory;
        let asked = Scopes::parse(scope, directory).map_err(|error| TokenError::refused(&error))?;
        for asked in asked.permissions {
            let asked = asked.expanded(client, &[], directory);
            for tenant in directory.tenants().iter().filter(|tenant| user.belongs_to(tenant.tenant_id())) {
                self.state.consents.give(tenant.tenant_id(), Some(user), client, &asked);
            }
        }
        Ok(())
    }

    /// Forgets all that a person agreed to, so that they are asked again.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// emulator.withdraw_consent("adele@contoso.test")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TokenError::UnknownUser`], if there is no such person.
    pub fn withdraw_consent(&self, user: &str) -> Result<(), TokenError> {
        self.state.consents.withdraw(self.person(user)?);
        Ok(())
    }

    fn demand(&self, user: &str, claims: &str, needs_person: bool) -> Result<(), TokenError> {
        let claims = ClaimsRequest::parse(claims).map_err(|error| TokenError::refused(&error))?;
        self.state.demands.set(self.person(user)?, Demand { claims, needs_person });
        Ok(())
    }

    fn person(&self, name: &str) -> Result<&User, TokenError> {
        let directory = &self.state.directory;
        directory.user_by_name(name).ok_or_else(|| TokenError::unknown_user(name, directory))
    }

    pub(super) fn registration(&self, name: &str) -> Result<&Application, TokenError> {
        let directory = &self.state.directory;
        directory.application_by_name(name).ok_or_else(|| TokenError::unknown_application(name, directory))
    }
}
