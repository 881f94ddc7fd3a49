//! All that expanded code may name. It promises nothing between versions: `azure-auth-macros` is tied to this
//! crate by an exact version.

pub use crate::model::guid::Guid;
pub use crate::model::policies::declaration::Declaration;
pub use crate::model::policies::proof::Provable;
pub use crate::model::policies::requirement::{Choice, Policy, Via};
pub use crate::model::policies::vocabulary::{AppRole, AppRoleValue, Group, GroupId, Item, Scope, ScopeValue};
pub use crate::model::refusals::refusal::Refusal;
pub use crate::web::authorization_lock::assert_authorization_lock;
pub use crate::web::checked::Loaded;
pub use crate::web::declared::{Check, CheckOutcome, Declared, Gives, check_outcome, check_outcome_giving};
pub use crate::web::endpoints::{AnyPublicEndpoint, Nested, OpenOnPurpose, PublicEndpoint, Table};
pub use crate::web::extractor::{AnyExtractor, Extractor, refuse_if};
pub use crate::web::guard::{Guarded, GuardedWith, Opened};
#[cfg(feature = "openapi")]
pub use crate::web::operations::{DeclaredApi, Operation, guarded};
pub use crate::web::place::Place;
pub use crate::web::principal::Principal;
pub use crate::web::router_guard::{guard, open, opened};
pub use ::poem::Request;
#[cfg(feature = "openapi")]
pub use ::poem::{Endpoint, Response};
