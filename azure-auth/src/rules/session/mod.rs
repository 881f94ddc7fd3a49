//! How sessions are sealed, named, renewed and ended.

pub(crate) mod cookies;
pub(crate) mod revocation;
pub(crate) mod seal;
pub(crate) mod session_lifetime;
pub(crate) mod session_record;
pub(crate) mod ticket;
