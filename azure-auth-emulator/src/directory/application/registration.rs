//! What can be set in an app registration.

use super::{Application, ApplicationPermission, DelegatedPermission};

impl Application {
    /// Sets the client id, a GUID. Default: one that is made from the name.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// let desk = Application::new("Help desk").client_id("ffffffff-0000-4000-8000-000000000006");
    /// assert_eq!(desk.application_id(), "ffffffff-0000-4000-8000-000000000006");
    /// ```
    #[must_use]
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = id.into();
        self
    }

    /// Sets the client secret. Default: one that is made from the name. It protects nothing.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// let desk = Application::new("Help desk").secret("only-for-development");
    /// assert_eq!(desk.client_secret(), "only-for-development");
    /// ```
    #[must_use]
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// Registers a redirect URI of a server, which proves itself with the client secret: platform "Web".
    ///
    /// Requests must name it letter for letter, as at the real service. Only the port of `http://localhost` does not
    /// matter; `127.0.0.1` is another address, with a port that does.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// let desk = Application::new("Help desk").redirect_uri("http://localhost/authorization-code/callback");
    /// ```
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// Registers a redirect URI of a page in the browser, such as Swagger UI: platform "Single-page application". Ports
    /// are as in [`redirect_uri`](Self::redirect_uri).
    ///
    /// The page signs in with a `code_challenge` and redeems the code with the verifier and without a secret, in a
    /// request of another origin, which is recognised by its `Origin` header. Its refresh tokens end 24 hours after the
    /// sign-in. A URI belongs to one platform: if one is registered for both, whatever the port, the emulator does not
    /// start.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// let desk = Application::new("Help desk").single_page_redirect_uri("http://localhost/docs/oauth-receiver.html");
    /// ```
    #[must_use]
    pub fn single_page_redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.single_page_redirect_uris.push(uri.into());
        self
    }

    /// Accepts the paths of registered redirect URIs on loopback under `localhost` and `127.0.0.1` and any port. The real
    /// service does not: an application that relies on it cannot sign anybody in there.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// // Now `http://127.0.0.1:3000/callback` is accepted as well.
    /// let desk = Application::new("Help desk").redirect_uri("http://localhost/callback").any_loopback_redirect_uri();
    /// ```
    #[must_use]
    pub fn any_loopback_redirect_uri(mut self) -> Self {
        self.any_loopback_redirect_uri = true;
        self
    }

    /// Exposes a delegated permission, by its short name. Clients ask for `<identifier URI>/<name>`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::{Application, Emulator};
    ///
    /// let desk = Application::new("Help desk").scope("Tickets.Read").scope("Tickets.Close");
    /// let emulator = Emulator::builder().application(desk).start().await?;
    /// let token = emulator.access_token().scope("Tickets.Close").issue();
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn scope(mut self, name: impl Into<String>) -> Self {
        self.scopes.push(name.into());
        self
    }

    /// Defines an app role for people. [`User::role`](crate::User::role) gives it to one.
    ///
    /// ```
    /// use azure_auth_emulator::{Application, User};
    ///
    /// let desk = Application::new("Help desk").app_role("Agent");
    /// let adele = User::new("Adele Vance", "adele@contoso.test").role("Agent");
    /// ```
    #[must_use]
    pub fn app_role(mut self, value: impl Into<String>) -> Self {
        self.app_roles.push(value.into());
        self
    }

    /// Defines an app role for applications, which others ask for as an application permission.
    /// [`application_permission`](Self::application_permission) gives it to one.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// let desk = Application::new("Help desk").app_role_for_applications("Tickets.Read.All");
    /// let nightly = Application::new("Nightly report").application_permission(desk.uri(), "Tickets.Read.All");
    /// ```
    #[must_use]
    pub fn app_role_for_applications(mut self, value: impl Into<String>) -> Self {
        self.app_roles_for_applications.push(value.into());
        self
    }

    /// Grants this application a role on an API, to use without a user. The API is named by client id or identifier URI,
    /// and must define the role with [`app_role_for_applications`](Self::app_role_for_applications), or the emulator does
    /// not start. Microsoft Graph (`https://graph.microsoft.com`) has the application permissions of the real one.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use azure_auth_emulator::{Application, Emulator};
    ///
    /// let desk = Application::new("Help desk").app_role_for_applications("Tickets.Read.All");
    /// let nightly = Application::new("Nightly report").application_permission(desk.uri(), "Tickets.Read.All");
    /// let emulator = Emulator::builder().application(nightly).application(desk).start().await?;
    /// let token = emulator.access_token().application("Nightly report").issue();
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn application_permission(mut self, resource: impl Into<String>, role: impl Into<String>) -> Self {
        let granted = ApplicationPermission { resource: resource.into(), role: role.into() };
        self.permissions.push(granted);
        self
    }

    /// Lists a delegated permission of an API in the registration: what `<API>/.default` asks a person for. Applications can
    /// ask for others as well. The API is named by client id or identifier URI, or is one of Microsoft
    /// (`https://graph.microsoft.com`, `https://storage.azure.com`); if it does not have the permission, the emulator does
    /// not start.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// let desk = Application::new("Help desk").delegated_permission("https://graph.microsoft.com", "User.Read");
    /// ```
    #[must_use]
    pub fn delegated_permission(self, resource: impl Into<String>, scope: impl Into<String>) -> Self {
        self.list(resource.into(), scope.into(), false)
    }

    /// The same, and an administrator agreed to it for everyone in every tenant, so that no person is asked. An API that
    /// calls another one for the people who call it needs that, for it has no page on which to ask them.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// let orders = Application::new("Orders")
    ///     .scope("Orders.Read")
    ///     .consented_permission("https://graph.microsoft.com", "User.Read");
    /// ```
    #[must_use]
    pub fn consented_permission(self, resource: impl Into<String>, scope: impl Into<String>) -> Self {
        self.list(resource.into(), scope.into(), true)
    }

    fn list(mut self, resource: String, scope: String, is_consented: bool) -> Self {
        self.delegated_permissions.push(DelegatedPermission { resource, scope, is_consented });
        self
    }

    /// Sets the identifier URI, which clients put in front of scopes. Default: `api://<client id>`.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// let desk = Application::new("Help desk").identifier_uri("https://desk.contoso.test");
    /// assert_eq!(desk.uri(), "https://desk.contoso.test");
    /// ```
    #[must_use]
    pub fn identifier_uri(mut self, uri: impl Into<String>) -> Self {
        self.identifier_uri = Some(uri.into());
        self
    }

    /// Sets the version of access tokens for this application, 1 or 2. Default: 2. The API's registration decides it, not
    /// the client and not the endpoint that it uses. With another number the emulator does not start.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// let old = Application::new("Help desk").access_token_version(1);
    /// ```
    #[must_use]
    pub fn access_token_version(mut self, version: u8) -> Self {
        self.access_token_version = version;
        self
    }

    /// Adds the optional claim `idtyp`, so that access tokens for this application say `app` where they are app-only.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// let desk = Application::new("Help desk").with_idtyp();
    /// ```
    #[must_use]
    pub fn with_idtyp(mut self) -> Self {
        self.with_idtyp = true;
        self
    }

    /// Adds the optional claim `sid`, so that ID tokens say in which session of the provider they were issued.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// let desk = Application::new("Help desk").with_sid();
    /// ```
    #[must_use]
    pub fn with_sid(mut self) -> Self {
        self.with_sid = true;
        self
    }

    /// Sets the front-channel logout URL (`web.logoutUrl`), which a browser that signs out loads in a hidden frame.
    ///
    /// It begins with `https`. As this is a local service, `http` on loopback is accepted too; the real one refuses it.
    /// On loopback without a port, it is loaded at the port of the redirect URI that the person signed in with.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// let desk = Application::new("Help desk").with_sid().front_channel_logout_url("http://localhost/signed-out");
    /// ```
    #[must_use]
    pub fn front_channel_logout_url(mut self, url: impl Into<String>) -> Self {
        self.front_channel_logout_url = Some(url.into());
        self
    }

    /// Admits only people who are assigned, and, for tokens without a user, only applications with a permission.
    /// [`User::unassigned`](crate::User::unassigned) makes a person whom it refuses.
    ///
    /// ```
    /// use azure_auth_emulator::Application;
    ///
    /// let desk = Application::new("Help desk").requires_assignment();
    /// ```
    #[must_use]
    pub fn requires_assignment(mut self) -> Self {
        self.requires_assignment = true;
        self
    }
}
