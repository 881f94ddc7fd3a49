//! Who and what there is: tenants, people, groups, applications, and how they are addressed.

pub(crate) mod additions;
pub(crate) mod application;
pub(crate) mod authority;
mod completion;
mod default_directory;
pub(crate) mod guid;
pub(crate) mod host;
pub(crate) mod managed_identity;
pub(crate) mod plain_provider;
pub(crate) mod platform;
pub(crate) mod resources;
pub(crate) mod seed;
pub(crate) mod tenant;
pub(crate) mod user;
