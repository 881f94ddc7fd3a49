//! All that expanded code may name. It promises nothing between versions: `azure-auth-macros` is tied to this
//! crate by an exact version.

pub use crate::graph::Resource as GraphResource;
pub use crate::model::downstream::need::Need;
pub use crate::model::downstream::permission::{Consent, Permission, ResourceName};
pub use crate::model::policies::declaration::Declaration;
pub use crate::model::policies::delegated::{
    ApplicationPermission, Delegated, DelegatedKind, DelegatedPermission, ResourceItem,
};
pub use crate::model::policies::proof::Provable;
pub use crate::model::policies::vocabulary::{
    AppRole, AppRoleValue, Group, GroupId, Item, NamedPolicy, PolicyValue, Scope, ScopeValue,
};
pub use crate::model::refusals::refusal::Refusal;
pub use crate::model::registration::vocabulary::{Vocabulary, VocabularyApi};
pub use crate::web::handler::checked::Loaded;
pub use crate::web::handler::declared::{Check, CheckOutcome, Declared, Gives, check_outcome, check_outcome_giving};
pub use crate::web::handler::extractor::{
    AnyExtractor, Extractor, judge, judge_policy, judge_token, judge_tokens, refuse_if,
};
pub use crate::web::handler::guard::{Guarded, GuardedWith, Opened};
pub use crate::web::handler::place::Place;
pub use crate::web::handler::principal::Principal;
pub use crate::web::handler::router_guard::{guard, open, opened};
pub use crate::web::layer::authorization_lock::assert_authorization_lock;
#[cfg(feature = "openapi")]
pub use crate::web::layer::operations::{DeclaredApi, Operation, guarded};
pub use crate::web::layer::table::{AnyPublicEndpoint, Nested, OpenOnPurpose, PublicEndpoint, Table};
pub use ::azure_auth_policy::{Choice, Guid, Policy, Via};
pub use ::poem::Request;
#[cfg(feature = "openapi")]
pub use ::poem::{Endpoint, Response};
