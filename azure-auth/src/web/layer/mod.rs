//! The layer around an application, and what is put under it.

pub(crate) mod answering;
pub(crate) mod authorization_lock;
pub(crate) mod azure_auth;
pub(crate) mod builder;
pub(crate) mod endpoints;
pub(crate) mod inspection;
#[cfg(feature = "openapi")]
pub(crate) mod openapi;
#[cfg(feature = "openapi")]
pub(crate) mod operations;
pub(crate) mod own_path;
pub(crate) mod placement;
pub(crate) mod protected;
pub(crate) mod recognition;
pub(crate) mod table;
pub(crate) mod validate;
