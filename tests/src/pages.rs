//! The programs in the repository's pages compile, and so do the examples of the macros.
//!
//! They are here because they need features and libraries that a package of the project need not have for itself.

#[doc = include_str!("../../README.md")]
struct Readme;

#[doc = include_str!("../../docs/guide.md")]
struct Guide;

#[doc = include_str!("../../docs/configuration.md")]
struct Configuration;

#[doc = include_str!("../../docs/downstream.md")]
struct Downstream;

#[doc = include_str!("../../docs/embedding.md")]
struct Embedding;

#[doc = include_str!("../../docs/poem.md")]
struct Poem;

/// What documents the macros: `build.rs` takes it out of their sources.
#[doc = include_str!(concat!(env!("OUT_DIR"), "/macros.md"))]
struct Macros;
