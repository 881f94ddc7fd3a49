//! What tokens are for: APIs of applications and of Microsoft, and their permissions.

pub(crate) mod first_party;
pub(crate) mod graph_permission;
pub(crate) mod nearest;
pub(crate) mod resource;
pub(crate) mod scopes;
