//! Whom a token is for, and who issues it.

use super::{CallerName, TokenBuilder};

impl TokenBuilder<'_> {
    /// Makes it for this person, by user name or object id.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().user("alex@contoso.test").issue();
    /// assert_eq!(claim_of(&token, "preferred_username"), "alex@contoso.test");
    /// # Ok(())
    /// # }
    /// ```
    pub fn user(mut self, name: impl Into<String>) -> Self {
        self.caller = Some(CallerName::User(name.into()));
        self
    }

    /// Makes it for an application without a user, by client id or name. `roles` holds what the application was granted.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().application("Local daemon").issue();
    /// assert_eq!(claim_of(&token, "roles")[0], "Files.Read.All");
    /// # Ok(())
    /// # }
    /// ```
    pub fn application(mut self, name: impl Into<String>) -> Self {
        self.caller = Some(CallerName::Application(name.into()));
        self
    }

    /// Says which application asked for it, by client id or name, for a person. Default: the API itself.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().client("Local tool").issue();
    /// let tool = &emulator.directory().applications()[2];
    /// assert_eq!(claim_of(&token, "azp"), tool.application_id());
    /// # Ok(())
    /// # }
    /// ```
    pub fn client(mut self, name: impl Into<String>) -> Self {
        self.client = Some(name.into());
        self
    }

    /// Makes it for this audience. If it is the client id or identifier URI of a registration, that is the API.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().audience("api://somebody-else").issue();
    /// assert_eq!(claim_of(&token, "aud"), "api://somebody-else");
    /// # Ok(())
    /// # }
    /// ```
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Makes this tenant issue it, by id or domain. Default: the person's own, or the first one.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().tenant("fabrikam.onmicrosoft.com").issue();
    /// assert_eq!(claim_of(&token, "tid"), emulator.directory().tenants()[1].tenant_id());
    /// # Ok(())
    /// # }
    /// ```
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }
}
