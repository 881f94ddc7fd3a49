//! What a declaration asks of callers, as constant data.

pub(crate) mod declaration;
pub(crate) mod delegated;
pub(crate) mod proof;
pub(crate) mod row;
mod token_fault;
pub(crate) mod vocabulary;
