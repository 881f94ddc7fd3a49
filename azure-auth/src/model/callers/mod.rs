//! Who calls: claims as they came, and what is made of them.

pub(crate) mod claims;
pub(crate) mod groups;
pub(crate) mod identity;
pub(crate) mod principal;
