//! Why a token could not be made.

use thiserror::Error;

use crate::directory::application::Application;
use crate::directory::resources::resource;
use crate::directory::seed::Directory;
use crate::faults::entra_error::EntraError;

/// Why a token could not be made: it names what is not in the directory. Each text names what is.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use azure_auth_emulator::{Emulator, TokenError};
///
/// let emulator = Emulator::start().await?;
/// let error = emulator.access_token().scope("Files.Raed").try_issue().unwrap_err();
/// assert!(matches!(error, TokenError::UnknownScope { .. }));
/// assert!(error.to_string().contains("Files.Read, Files.ReadWrite"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Usual cause: a typing error in the user name.
    #[error("{found:?} is not a person of the directory; name one of {}", known.join(", "))]
    UnknownUser {
        /// The name as written.
        found: String,
        /// The user names of the directory.
        known: Vec<String>,
    },
    /// Usual cause: a typing error in the name or client id.
    #[error("{found:?} is not a registered application; name one of {}", known.join(", "))]
    UnknownApplication {
        /// The name as written.
        found: String,
        /// The names of the registrations.
        known: Vec<String>,
    },
    /// Usual cause: a typing error in the id or domain.
    #[error("{found:?} is not a tenant of the directory; name one of {}", known.join(", "))]
    UnknownTenant {
        /// The name as written.
        found: String,
        /// The first domains of the tenants.
        known: Vec<String>,
    },
    /// The token is for a person, but the tenant has none.
    #[error("the tenant {tenant} has no people; name a user, or an application")]
    TenantWithoutPeople {
        /// The id of the tenant.
        tenant: String,
    },
    /// The token of a person needs a scope, and the API has none to take.
    #[error("{application:?} exposes no scope; register one (`Application::scope`)")]
    NoScope {
        /// The name of the API.
        application: String,
    },
    /// Usual cause: a typing error, or a scope that was never registered.
    #[error(
        "{}; in code, a token that is wrong on purpose has `.claim(\"scp\", …)` instead",
        resource::unknown_scope(found, application).short_description()
    )]
    UnknownScope {
        /// The scope as written.
        found: String,
        /// The API, with the scopes that it has.
        application: Box<Application>,
    },
    /// Usual cause: a typing error, or a role that was never defined, or for the other kind of caller.
    #[error(
        "found the role {found:?}, which {application:?} does not define for {callers}; it has {}; define it \
         (`Application::app_role`, `Application::app_role_for_applications`), or in code, for a token that is wrong on \
         purpose, write `.claim(\"roles\", …)`",
        listed(known)
    )]
    UnknownRole {
        /// The role as written.
        found: String,
        /// The name of the API.
        application: String,
        /// `people` or `applications`.
        callers: &'static str,
        /// The roles that it has for them.
        known: Vec<String>,
    },
    /// The token endpoint would refuse it as well, in these words.
    #[error("{reason}")]
    Refused {
        /// The reason, with its AADSTS code.
        reason: String,
    },
    /// A registration in Microsoft Graph's shape names permissions by id, and Microsoft has not published this one's.
    #[error("the id of the permission {permission:?} of {api} was not published; leave it out of the registration")]
    UnpublishedPermission {
        /// The permission.
        permission: String,
        /// The name of its API.
        api: String,
    },
    /// There are two versions.
    #[error("found the version {found}, expected 1 or 2")]
    WrongVersion {
        /// The version as written.
        found: u8,
    },
}

impl TokenError {
    pub(crate) fn unknown_user(found: &str, directory: &Directory) -> Self {
        let known = directory.users().map(|user| user.user_name.clone()).collect();
        Self::UnknownUser { found: found.to_owned(), known }
    }

    pub(crate) fn unknown_application(found: &str, directory: &Directory) -> Self {
        let known = directory.applications.iter().map(|application| application.name.clone()).collect();
        Self::UnknownApplication { found: found.to_owned(), known }
    }

    /// What the service itself would say.
    pub(crate) fn refused(error: &EntraError) -> Self {
        Self::Refused { reason: error.short_description() }
    }
}

fn listed(known: &[String]) -> String {
    if known.is_empty() { "none".to_owned() } else { known.join(", ") }
}
