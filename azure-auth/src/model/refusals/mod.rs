//! Why somebody was refused, in every form in which it is said.

pub(crate) mod diagnosis;
pub(crate) mod entra_codes;
pub(crate) mod explain;
pub(crate) mod explanation;
pub(crate) mod lost_session;
pub(crate) mod oauth_errors;
pub(crate) mod page_kind;
pub(crate) mod reason;
pub(crate) mod refusal;
