//! Input and output: clock, randomness, the provider, and where sessions are kept.

pub(crate) mod bounded_file;
pub(crate) mod clock;
pub(crate) mod credential;
pub(crate) mod entropy;
pub(crate) mod generations;
pub(crate) mod line_writer;
pub(crate) mod lock_file;
pub(crate) mod meters;
pub(crate) mod once_a_minute;
pub(crate) mod provider;
pub(crate) mod queue;
pub(crate) mod sessions;
pub(crate) mod standard_streams;
pub(crate) mod text_cache;
pub(crate) mod tokens;
