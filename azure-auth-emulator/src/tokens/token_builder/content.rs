//! What a token says.

use serde_json::Value;

use super::TokenBuilder;

impl TokenBuilder<'_> {
    /// Adds a scope of the API, by its short name. One that is not registered is refused, as everywhere; a token that is
    /// wrong on purpose has `.claim("scp", "Files.Raed")`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().scope("Files.Read").scope("Files.ReadWrite").issue();
    /// assert_eq!(claim_of(&token, "scp"), "Files.Read Files.ReadWrite");
    /// # Ok(())
    /// # }
    /// ```
    pub fn scope(mut self, name: impl Into<String>) -> Self {
        self.scopes.push(name.into());
        self
    }

    /// Adds a role that the API defines for such a caller. The token then leaves out those of the directory. A token with
    /// a role that does not exist has `.claim("roles", json!(["Other"]))`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().user("alex@contoso.test").role("Admin").issue();
    /// assert_eq!(claim_of(&token, "roles")[0], "Admin");
    /// # Ok(())
    /// # }
    /// ```
    pub fn role(mut self, value: impl Into<String>) -> Self {
        self.roles.push(value.into());
        self
    }

    /// Adds a group, by object id. The token then leaves out those of the directory.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().group("eeeeeeee-0000-4000-8000-000000000005").issue();
    /// assert_eq!(claim_of(&token, "groups")[0], "eeeeeeee-0000-4000-8000-000000000005");
    /// # Ok(())
    /// # }
    /// ```
    pub fn group(mut self, id: impl Into<String>) -> Self {
        self.groups.get_or_insert_default().push(id.into());
        self
    }

    /// Sets the groups, by object id, instead of those of the directory.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let ids = (0..300).map(|number| format!("eeeeeeee-0000-4000-8000-{number:012}"));
    /// let token = emulator.access_token().groups(ids).issue();
    /// assert!(claim_of(&token, "groups").is_null(), "they are too many for a token");
    /// # Ok(())
    /// # }
    /// ```
    pub fn groups<Id: Into<String>>(mut self, ids: impl IntoIterator<Item = Id>) -> Self {
        self.groups = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// Writes a pointer instead of groups, as if there were too many for a token.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().overage().issue();
    /// assert_eq!(claim_of(&token, "_claim_names")["groups"], "src1");
    /// # Ok(())
    /// # }
    /// ```
    pub fn overage(mut self) -> Self {
        self.has_overage = true;
        self
    }

    /// Makes it of this version, 1 or 2. Default: what the API's registration says.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().version(1).issue();
    /// assert_eq!(claim_of(&token, "ver"), "1.0");
    /// # Ok(())
    /// # }
    /// ```
    pub fn version(mut self, version: u8) -> Self {
        self.version = Some(version);
        self
    }

    /// Makes it valid for so many seconds from now. With a negative number it has expired. Default: one hour.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let expired = emulator.access_token().expires_in(-600).issue();
    /// let (issued, expires) = (claim_of(&expired, "iat").as_u64(), claim_of(&expired, "exp").as_u64());
    /// assert!(issued < expires, "it was good once");
    /// # Ok(())
    /// # }
    /// ```
    pub fn expires_in(mut self, seconds: i64) -> Self {
        self.expires_in = seconds;
        self
    }

    /// Adds `idtyp`: `app` without a user, `user` with one.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().application("Local daemon").idtyp().issue();
    /// assert_eq!(claim_of(&token, "idtyp"), "app");
    /// # Ok(())
    /// # }
    /// ```
    pub fn idtyp(mut self) -> Self {
        self.has_idtyp = true;
        self
    }

    /// Sets a claim, right or wrong.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().claim("ver", "3.0").issue();
    /// assert_eq!(claim_of(&token, "ver"), "3.0");
    /// # Ok(())
    /// # }
    /// ```
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Leaves out a claim.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// # let claim_of = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tokens/token_builder/claim_of.in"));
    /// let token = emulator.access_token().without("exp").issue();
    /// assert!(claim_of(&token, "exp").is_null());
    /// # Ok(())
    /// # }
    /// ```
    pub fn without(mut self, name: impl Into<String>) -> Self {
        self.without.push(name.into());
        self
    }

    /// Sets a member of the header, right or wrong.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// let token = emulator.access_token().header("typ", "at+jwt").issue();
    /// # Ok(())
    /// # }
    /// ```
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.header.insert(name.into(), value.into());
        self
    }
}
