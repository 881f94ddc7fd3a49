//! Sign in with Microsoft Entra ID for Poem: say on the handler who may call it.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod model;
mod web;

pub use azure_auth_macros::{endpoints, protect, public};
pub use web::endpoints::Endpoints;
pub use web::user::User;
