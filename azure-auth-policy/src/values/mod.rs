//! What declarations and tables are written with: ids, values, paths.

pub(crate) mod guid;
pub mod hexadecimal;
pub(crate) mod nearest;
pub(crate) mod path_pattern;
pub mod permission_value;
