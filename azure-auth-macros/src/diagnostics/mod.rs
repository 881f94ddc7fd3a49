//! Messages of the compiler, at the narrowest place, with the remedy.

pub(crate) mod literal;
pub(crate) mod problem;
pub(crate) mod shown;

pub(crate) use azure_auth_policy::nearest;
pub(crate) use literal::LiteralText;
pub(crate) use problem::{Problem, Problems, ends};
