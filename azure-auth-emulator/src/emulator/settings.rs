//! Where an emulator is, and what an application needs to know to use it.

use std::path::Path;

use serde_json::Value;

use super::Emulator;
use crate::directory::application::Application;
use crate::directory::application::application_object::writing::UnpublishedId;
use crate::directory::guid::CONSUMERS;
use crate::directory::seed::Directory;
use crate::directory::tenant::Tenant;
use crate::server::ca_file::CaFile;
use crate::tokens::token_error::TokenError;

impl Emulator {
    /// `http://127.0.0.1:<port>`, or the same with `https`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// assert!(emulator.origin().starts_with("http://127.0.0.1:"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn origin(&self) -> &str {
        &self.state.origin
    }

    /// The file with the certificate authority that vouches for this emulator, in PEM. `None` without
    /// [`EmulatorBuilder::https`](crate::EmulatorBuilder::https).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use azure_auth_emulator::Emulator;
    /// let emulator = Emulator::builder().https().start().await?;
    /// let authority = std::fs::read_to_string(emulator.ca_file().ok_or("it speaks https")?)?;
    /// assert!(authority.starts_with("-----BEGIN CERTIFICATE-----"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_ref().map(CaFile::path)
    }

    /// The issuer address of a tenant, by id or domain, or of `common`, `organizations`, `consumers`. A name that is not
    /// in the directory is written into the address all the same; nothing is there.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// assert_eq!(emulator.issuer("common"), format!("{}/common/v2.0", emulator.origin()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn issuer(&self, tenant: &str) -> String {
        format!("{}/{tenant}/v2.0", self.state.origin)
    }

    /// The issuer of the ordinary OpenID Connect provider beside Entra, which has no tenants.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// assert_eq!(emulator.plain_issuer(), format!("{}/plain", emulator.origin()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn plain_issuer(&self) -> String {
        format!("{}/plain", self.state.origin)
    }

    /// The tenants, people, groups and applications that exist here.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// for user in emulator.directory().users() {
    ///     println!("{} signs in as {}", user.name(), user.user_name());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn directory(&self) -> &Directory {
        &self.state.directory
    }

    /// The variables of the default application at the first tenant, for `AzureAuth::from_variables` or the environment
    /// of a process.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let names: Vec<String> = emulator.env().into_iter().map(|(name, _)| name).collect();
    /// assert_eq!(names, ["AZURE_ISSUER_URI", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn env(&self) -> Vec<(String, String)> {
        self.env_for(self.first_tenant())
    }

    /// The variables of another application at the first tenant, for a second program: an API between, or a job without
    /// people. It is named by name or client id. One [without a secret](Application::without_secret) gets no
    /// `AZURE_CLIENT_SECRET`: where its certificate or its tokens are is not known here.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let orders = emulator.env_of("Local orders")?;
    /// assert_ne!(orders, emulator.env());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TokenError::UnknownApplication`], if there is no such application.
    pub fn env_of(&self, application: &str) -> Result<Vec<(String, String)>, TokenError> {
        Ok(self.variables(self.first_tenant(), Some(self.registration(application)?)))
    }

    /// A registration in the shape of the application object of Microsoft Graph, with the ids of its scopes and roles:
    /// [`Application::from_registration`] reads it again. The application is named by name or client id. A script gets the
    /// same from `/v1.0/applications(appId='<client id>')`, without a token, because everything here is local.
    ///
    /// The object has no place for the secret, for whom an administrator agreed to permissions, and for
    /// [`requires_assignment`](Application::requires_assignment), which are elsewhere at the real service, nor for
    /// [`any_loopback_redirect_uri`](Application::any_loopback_redirect_uri), which is not there at all.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let registration = emulator.registration_of("Local application")?;
    /// assert_eq!(registration["api"]["oauth2PermissionScopes"][0]["value"], "Files.Read");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TokenError::UnknownApplication`], if there is no such application, and [`TokenError::UnpublishedPermission`], if it
    /// asks for a permission that is newer than the emulator.
    pub fn registration_of(&self, application: &str) -> Result<Value, TokenError> {
        let written = self.registration(application)?.to_registration(&self.state.directory);
        written.map_err(|UnpublishedId { permission, api }| TokenError::UnpublishedPermission { permission, api })
    }

    /// The variables of the default application at another authority: a tenant's id or domain, `common`,
    /// `organizations`, `consumers`, or `plain`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let variables = emulator.env_for("organizations");
    /// assert!(variables.iter().any(|(name, _)| name == "AZURE_VALID_TENANT_IDS"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn env_for(&self, authority: &str) -> Vec<(String, String)> {
        self.variables(authority, self.state.directory.applications.first())
    }

    fn first_tenant(&self) -> &str {
        self.state.directory.tenants.first().map_or("", Tenant::tenant_id)
    }

    fn variables(&self, authority: &str, application: Option<&Application>) -> Vec<(String, String)> {
        let issuer = if authority == "plain" { self.plain_issuer() } else { self.issuer(authority) };
        let mut variables = vec![("AZURE_ISSUER_URI".to_owned(), issuer)];
        if let Some(path) = self.ca_file() {
            variables.push(("AZURE_CA_FILE".to_owned(), path.display().to_string()));
        }
        if let Some(application) = application {
            variables.push(("AZURE_CLIENT_ID".to_owned(), application.client_id.clone()));
            let secret = application.secret.clone();
            variables.extend(secret.map(|secret| ("AZURE_CLIENT_SECRET".to_owned(), secret)));
        }
        if matches!(authority, "common" | "organizations") {
            let ids = self.state.directory.tenants.iter().map(Tenant::tenant_id);
            let accepted: Vec<&str> = ids.filter(|id| authority == "common" || *id != CONSUMERS).collect();
            variables.push(("AZURE_VALID_TENANT_IDS".to_owned(), accepted.join(",")));
        }
        variables
    }
}
