//! Why a token could not be made.

use thiserror::Error;

use crate::directory::application::Application;
use crate::directory::scopes;

/// Why a token could not be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Usual cause: a typing error in the user name.
    #[error("there is no person {found:?}; there are {}", known.join(", "))]
    UnknownUser {
        /// The name as written.
        found: String,
        /// The user names there are.
        known: Vec<String>,
    },
    /// Usual cause: a typing error in the name or client id.
    #[error("there is no application {found:?}; there are {}", known.join(", "))]
    UnknownApplication {
        /// The name as written.
        found: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// Usual cause: a typing error in the id or domain.
    #[error("there is no tenant {found:?}; there are {}", known.join(", "))]
    UnknownTenant {
        /// The name as written.
        found: String,
        /// The first domains of those there are.
        known: Vec<String>,
    },
    /// The token is for a person, and no person is there.
    #[error("nobody is at home in the tenant {tenant}; name a user, or an application")]
    TenantWithoutPeople {
        /// The id of the tenant.
        tenant: String,
    },
    /// A person's token needs a scope.
    #[error("{application:?} exposes no scope; name one")]
    NoScope {
        /// The name of the API.
        application: String,
    },
    /// Usual cause: a typing error, or a scope that was never registered.
    #[error(
        "{}; in code, a token that is wrong on purpose has `.claim(\"scp\", …)` instead",
        scopes::unknown_scope(found, application).short_description()
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
    /// There are two.
    #[error("access tokens are of version 1 or 2, not {found}")]
    WrongVersion {
        /// The version as written.
        found: u8,
    },
}

fn listed(known: &[String]) -> String {
    if known.is_empty() { "none".to_owned() } else { known.join(", ") }
}
