//! What a declaration asks of callers, as constant data.

pub(crate) mod declaration;
pub(crate) mod delegated;
pub(crate) mod proof;
pub(crate) mod row;
pub(crate) mod vocabulary;
