//! The policy language of [azure-auth](https://docs.rs/azure-auth): what its macros and its runtime both must know.
//!
//! This crate is a part of azure-auth, which names it by its exact version, and promises nothing between versions.
//! Applications use what `azure_auth` gives them of it, such as `azure_auth::Guid`.
//!
//! | What | Where |
//! |---|---|
//! | Ids of directories and of the objects in them | [`Guid`] |
//! | Hexadecimal digits, of ids and of sessions | [`hexadecimal`] |
//! | Which values app roles and scopes can have | [`permission_value`] |
//! | What a declaration asks for, as constant data | [`Requirement`], [`Choice`], [`Via`], [`Policy`] |
//! | What a policy comes to for one caller | [`Policy::evaluate`], [`Truth`] |
//! | What it comes to for every caller there could be | [`Worlds`], and what is judged by them in [`Policy`] |
//! | A declaration as text | [`RowAccess`], read with an [`Arena`] |
//! | Paths of a table | [`PathPattern`] |
//! | Which name a mistyped one meant | [`nearest`] |
//! | Whether two texts are the same, in constant evaluation | [`is_same`] |
//!
//! There is one evaluator. The guard of a handler asks it about one caller; proofs, and the rules that find declarations
//! which nobody can meet, ask it about every caller there could be, in constant evaluation if need be.
//!
//! ```
//! use azure_auth_policy::{Policy, Truth};
//!
//! const POLICY: Policy<'_> = Policy::All(&[Policy::Role("Writer"), Policy::Not(&Policy::Role("Trainee"))]);
//! // The first fact is true, and of the second nothing is known.
//! const TRUTH: Truth = POLICY.evaluate(0b01, 0b01);
//! assert_eq!(TRUTH, Truth::Unknown);
//! assert_eq!(POLICY.to_string(), r#"(role("Writer") && !role("Trainee"))"#);
//! ```

#![forbid(unsafe_code)]

mod judgement;
mod language;
mod values;

pub use judgement::evaluation::Truth;
pub use judgement::fault::Fault;
pub use judgement::worlds::{CallerKind, MOST_FACTS, Worlds};
pub use language::arena::Arena;
pub use language::choice::{Choice, separated};
pub use language::policy::{MOST_LEAVES, Policy};
pub use language::requirement::Requirement;
pub use language::row_access::RowAccess;
pub use language::same::is_same;
pub use language::text::Unreadable;
pub use language::via::Via;
pub use values::guid::{Guid, GuidError};
pub use values::hexadecimal;
pub use values::nearest::nearest;
pub use values::path_pattern::{PathPattern, PathProblem, PathProblemKind, Segment};
pub use values::permission_value;
