//! What a declaration can say, as constant data and as text.

pub(crate) mod arena;
pub(crate) mod choice;
pub(crate) mod policy;
pub(crate) mod requirement;
pub(crate) mod row_access;
pub(crate) mod same;
pub(crate) mod text;
pub(crate) mod via;
