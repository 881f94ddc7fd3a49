//! What a declaration comes to: for one caller, and for every caller there could be.

pub(crate) mod evaluation;
pub(crate) mod fault;
pub(crate) mod implication;
pub(crate) mod worlds;
