//! What exists if nobody says otherwise.

use super::application::Application;
use super::application::redirect_uri::DEFAULT_REDIRECT_URI;
use super::guid::CONSUMERS;
use super::seed::Directory;
use super::tenant::Tenant;
use super::user::User;

impl Default for Directory {
    /// Two work tenants, personal accounts, six people and four applications: one with people and an API, one daemon that
    /// was granted permissions of that API and of Microsoft Graph, one that was granted none, and an API that calls
    /// Microsoft Graph for the people who call it. Adele Vance and Megan Bowen are administrators.
    fn default() -> Self {
        let contoso = Tenant::new("contoso.onmicrosoft.com")
            .id("aaaaaaaa-0000-4000-8000-000000000001")
            .domain("contoso.test")
            .group(STAFF, "Staff")
            .user(
                User::new("Adele Vance", "adele@contoso.test")
                    .email("adele@contoso.test")
                    .role("Admin")
                    .group(STAFF)
                    .administrator(),
            )
            .user(User::new("Alex Wilber", "alex@contoso.test"))
            .user(member_of_everything());
        let fabrikam = Tenant::new("fabrikam.onmicrosoft.com")
            .id("bbbbbbbb-0000-4000-8000-000000000002")
            .user(
                User::new("Megan Bowen", "megan@fabrikam.onmicrosoft.com")
                    .email("megan@fabrikam.onmicrosoft.com")
                    .administrator(),
            )
            .user(
                User::new("Grady Archie", "grady@fabrikam.onmicrosoft.com")
                    .guest_of("aaaaaaaa-0000-4000-8000-000000000001"),
            );
        let personal = Tenant::new("live.com").id(CONSUMERS).user(User::new("Patti Fernandez", "patti@outlook.test"));
        let application = default_application();
        let files = application.uri();
        Self {
            tenants: vec![contoso, fabrikam, personal],
            applications: vec![application, daemon(files), Application::new("Local tool"), orders()],
            graph_permissions: Vec::new(),
        }
        .with_homes()
    }
}

/// Microsoft Graph, as registrations name it.
const GRAPH: &str = "https://graph.microsoft.com";

/// An application of people, which is an API as well. Like every new registration it lists `User.Read`.
fn default_application() -> Application {
    Application::new("Local application")
        .redirect_uri(DEFAULT_REDIRECT_URI)
        .redirect_uri("http://localhost/logged-out")
        .single_page_redirect_uri("http://localhost/docs/oauth-receiver.html")
        .with_sid()
        .scope("Files.Read")
        .scope("Files.ReadWrite")
        .app_role("Admin")
        .app_role_for_applications("Files.Read.All")
        .delegated_permission(GRAPH, "User.Read")
        .application_permission(GRAPH, "Organization.Read.All")
        .application_permission(GRAPH, "User.Read.All")
}

/// A job without people.
fn daemon(files: String) -> Application {
    Application::new("Local daemon")
        .application_permission(files, "Files.Read.All")
        .application_permission(GRAPH, "Organization.Read.All")
        .application_permission(GRAPH, "User.Read.All")
}

/// An API between an application and Microsoft Graph. People are not asked on its behalf, for they never see it.
fn orders() -> Application {
    Application::new("Local orders").scope("Orders.Read").consented_permission(GRAPH, "User.Read")
}

/// The group of the default directory.
const STAFF: &str = "cccccccc-0000-4000-8000-000000000001";

/// Has too many groups for a token.
fn member_of_everything() -> User {
    let groups = (0..250).map(|number| format!("dddddddd-0000-4000-8000-{number:012}"));
    groups.fold(User::new("Isaiah Langer", "isaiah@contoso.test"), User::group)
}
