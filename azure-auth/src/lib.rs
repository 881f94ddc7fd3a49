//! Sign in with Microsoft Entra ID for Poem: say on the handler who may call it.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod io;
mod model;
mod rules;
mod web;

pub use azure_auth_macros::{endpoints, protect, public};
pub use model::guid::{Guid, GuidError};
pub use model::identity::UserId;
pub use model::reason::{Explanation, Fixer, explain};
pub use model::refusal::Refusal;
pub use rules::configuration::{ConfigurationError, ConfigurationProblem};
pub use web::azure_auth::{AzureAuth, Builder, Protected, ProviderUnavailable};
pub use web::endpoints::Endpoints;
pub use web::pages::{Page, PageAction};
pub use web::principal::{Application, Principal, User};
pub use web::refused::Refused;
