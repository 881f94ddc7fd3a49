//! Messages of the compiler, at the narrowest place, with the remedy.

pub(crate) mod literal;
pub(crate) mod nearest;
pub(crate) mod problem;
pub(crate) mod shown;

pub(crate) use literal::LiteralText;
pub(crate) use nearest::nearest;
pub(crate) use problem::{Problem, Problems, ends};
