//! What vouches for programs that have no secret: the machine that they run on, and a service beside Entra.

pub(crate) mod federated_issuer;
pub(crate) mod managed_identity;
