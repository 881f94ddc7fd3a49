//! What is wrong on purpose, and how errors read.

pub(crate) mod defect;
pub(crate) mod entra_error;
pub(crate) mod forced_error;
pub(crate) mod start_error;
pub(crate) mod token_grant;
